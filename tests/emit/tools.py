"""What the emitters' tests share: ruff on a text, and a text as a module."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from nnc.check import check
from nnc.graph import Spec
from nnc.source import Source
from nnc.syntax import parse


def ruff_complaints(text: str) -> str:
    """What ruff, in its default configuration with the pyupgrade rules, has to say; empty where it is content."""
    check = ["check", "--isolated", "--no-cache", "--extend-select", "UP", "--output-format", "concise", "-"]
    format_ = ["format", "--isolated", "--no-cache", "--diff", "-"]
    said = ""
    for words in (check, format_):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words], input=text.encode(), capture_output=True, check=False
        )
        if done.returncode != 0:
            said += (done.stdout + done.stderr).decode()
    return said


def ruff_complaints_about(folder: Path) -> str:
    """What ruff has to say about the modules of a folder, asked once for all."""
    check = ["check", "--isolated", "--no-cache", "--extend-select", "UP", "--output-format", "concise"]
    said = ""
    for words in (check, ["format", "--isolated", "--no-cache", "--diff"]):
        done = subprocess.run([sys.executable, "-m", "ruff", *words, str(folder)], capture_output=True, check=False)
        if done.returncode != 0:
            said += (done.stdout + done.stderr).decode()
    return said


def as_module(text: str, folder: Path, name: str = "a_spec") -> ModuleType:
    """The text as an imported module."""
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    found = importlib.util.spec_from_file_location(name, path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def checked(text: str, name: str = "a_spec.nn", widths: Mapping[str, int] | None = None) -> Spec:
    """The spec that a text is; it must be right."""
    file, findings = parse(Source(name, text))
    assert file is not None, [item.message for item in findings]
    spec, found = check(file, widths=widths or {})
    assert spec is not None, [(item.code.id, item.message) for item in found]
    return spec
