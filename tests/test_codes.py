"""The table of findings is a table: ids are unique, and no row hides another."""

from __future__ import annotations

import re

from nnc import codes
from tests.conftest import ROOT


def test_no_row_hides_another() -> None:
    text = (ROOT / "nnc" / "codes.py").read_text(encoding="utf-8")
    rows = re.findall(r'^([A-Z0-9_]+) = Code\(\s*"(NN\d{4})"', text, re.MULTILINE)
    assert len(rows) == len(codes.ALL)
    assert len({name for name, _ in rows}) == len(rows)
    assert len({id_ for _, id_ in rows}) == len(rows)


def test_every_row_is_used() -> None:
    """A code that nothing can print is a promise nobody keeps."""
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "nnc").rglob("*.py"))
    text = (ROOT / "nnc" / "codes.py").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Z0-9_]+) = Code\(", text, re.MULTILINE)
    assert [name for name in names if not re.search(rf"\bcodes\.{name}\b", sources)] == []
