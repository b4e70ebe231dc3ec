"""Which command may load what: checking, showing, formatting and writing Python never load the heavy libraries."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

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


def test_a_command_loads_its_own_module_alone() -> None:
    """The others cost time before a check begins."""
    probe = PROBE.format(heavy=("nnc.cli.networks", "nnc.cli.training", "nnc.pipeline.runs", "nnc.data", "nnc.report"))
    words = ["check", "examples/deep_nn.nn"]
    done = subprocess.run([sys.executable, "-c", probe, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.rpartition("LOADED ")[2] == ""


def test_checking_needs_the_standard_library_alone() -> None:
    probe = "import sys; before = {*sys.modules}; import nnc.check; print(*({*sys.modules} - before))"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert loaded - sys.stdlib_module_names == {"nnc"}  # so no lark: the tables of its grammar are not built again
    assert loaded.isdisjoint({"asyncio", "multiprocessing", "unittest", "xml", "http", "ssl", "sqlite3", "ctypes"})


def _processor(arguments: Sequence[str], pycache: Path) -> float:
    """Processor seconds of a Python process that finds bytecode of all that it imports from its second run on."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        check=True,
        capture_output=True,
        env=env | {"PYTHONPYCACHEPREFIX": str(pycache)},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize(
    "ours", [["-c", "import nnc.check"], ["-m", "nnc", "check", "examples/deep_nn.nn"]], ids=["import", "check"]
)
def test_a_check_starts_in_less_than_three_times_the_import_of_lark(ours: list[str], tmp_path: Path) -> None:
    theirs = ["-c", "import lark"]
    _processor(ours, tmp_path)
    _processor(theirs, tmp_path)
    pairs = []
    for _ in range(10):  # by turns; other processes only ever make one slower, so that the best of each counts
        pairs.append((_processor(ours, tmp_path), _processor(theirs, tmp_path)))
        best = min(mine for mine, _ in pairs) / min(other for _, other in pairs)
        if len(pairs) >= 3 and best < 3:
            return
    pytest.fail(f"{best:.2f} times")
