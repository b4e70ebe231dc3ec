"""Which command may load what: checking, showing, formatting and writing Python never load the heavy libraries."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

HEAVY = ("tensorflow", "keras", "numpy", "pandas", "sklearn", "matplotlib", "shap", "weasyprint", "jinja2")

PROBE = """
import sys
from nnc.cli import run
code = run(sys.argv[1:])
heavy = [name for name in {heavy!r} if name in sys.modules]
sys.stderr.write("LOADED " + ",".join(heavy))
sys.exit(code)
"""


@pytest.mark.parametrize(
    "words",
    [
        ["check", "examples/deep_nn.nn"],
        ["check", "--format", "json", "examples/titanic.nn"],
        ["show", "examples/deep_nn.nn"],
        ["explain", "NN0312"],
        ["fmt", "--check", "examples/deep_nn.nn"],
        ["compile", "examples/deep_nn.nn"],
        ["compile", "examples/deep_nn.nn", "-o", "{tmp}/deep_nn.py"],
        ["compile", "examples/deep_nn.nn", "-o", "{tmp}/deep_nn.svg", "--style", "neurons"],
    ],
    ids=" ".join,
)
def test_a_light_command_loads_nothing_heavy(words: list[str], tmp_path) -> None:
    probe = PROBE.format(heavy=HEAVY)
    arguments = [word.replace("{tmp}", str(tmp_path)) for word in words]
    done = subprocess.run(
        [sys.executable, "-c", probe, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.rpartition("LOADED ")[2] == ""
