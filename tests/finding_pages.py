"""The pages of findings, taken apart: the failing spec, what nnc says of it, the mended one, the tables they read."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from nnc import codes
from nnc.diagnostics import Diagnostic, UserFault
from nnc.pipeline import front
from nnc.pipeline.reading import read_source
from nnc.render import render_text
from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "findings"
INDEX = ROOT / "docs" / "findings.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SAID = re.compile(r"^```text\n.*?^```$", re.MULTILINE | re.DOTALL)
_HELD = re.compile(r"<!-- held by (\S+)::(\S+) -->")


@dataclass(frozen=True)
class Case:
    """A spec of a page, and the rows that it reads, if any."""

    spec: str
    rows: str | None

    def said(self) -> str:
        """What nnc prints of it."""
        return self._findings()[1]

    def codes(self) -> set[str]:
        """The codes of what it finds."""
        return {item.code.id for item in self._findings()[0]}

    def _findings(self) -> tuple[list[Diagnostic], str]:
        with tempfile.TemporaryDirectory() as name:
            found = self._in(Path(name))
            return found, render_text(found).replace(f"{name}/", "")

    def _in(self, folder: Path) -> list[Diagnostic]:
        """The findings of the checker, and where rows are given of their preparation."""
        path = folder / "spec.nn"
        path.write_text(self.spec, encoding="utf-8")
        if self.rows is not None:
            (folder / "rows.csv").write_text(self.rows, encoding="utf-8")
        source = read_source(path, "spec.nn")
        checked = front.check_source(path, source, front.Settings(), widths={})
        if checked.spec is None or self.rows is None:
            return list(checked.findings)
        from nnc.pipeline.sized import prepare_and_check, read_table

        try:
            checked, _ = prepare_and_check(checked, read_table(checked), front.Settings())
        except UserFault as fault:
            return list(fault.findings)
        return list(checked.findings)


@dataclass(frozen=True)
class Page:
    """A page of a finding. `held` is the test that holds a page which no spec can show: its file and name."""

    code: str
    text: str
    wrong: Case | None
    said: str | None
    right: Case | None
    held: tuple[str, str] | None


def page(code: str) -> Page:
    """The page of a code."""
    text = (FOLDER / f"{code}.md").read_text(encoding="utf-8")
    blocks = _BLOCK.findall(text)
    specs = [body for kind, body in blocks if kind == "nn"]
    tables = [body for kind, body in blocks if kind == "csv"]
    held = _HELD.search(text)
    if not specs:
        return Page(code, text, None, None, None, (held[1], held[2]) if held else None)
    wrong, right = specs
    first, last = (tables[0], tables[-1]) if tables else (None, None)
    said = next(body for kind, body in blocks if kind == "text")
    return Page(code, text, Case(wrong, first), said, Case(right, last), None)


def write_pages() -> None:
    """Put what nnc says of each failing spec into its page, and write the index."""
    for code in codes.ALL:
        old = page(code.id)
        if old.wrong is not None:
            before, after = _SAID.split(old.text, maxsplit=1)
            (FOLDER / f"{code.id}.md").write_text(f"{before}```text\n{old.wrong.said()}```{after}", encoding="utf-8")
    INDEX.write_text(index(), encoding="utf-8")


_HUNDREDS = {
    "00": "The text and the files",
    "01": "Syntax",
    "02": "Names and constants",
    "03": "Layers and shapes",
    "04": "Training and report",
    "05": "The data section",
    "06": "The data itself",
    "07": "Runs",
    "08": "Models that come in",
    "09": "What runs but is likely wrong",
}


def index() -> str:
    """The list of all findings, as Markdown."""
    lines = [
        "# Findings",
        "",
        "Every finding of nnc has a code and a page, which `nnc explain NN0312` prints: what it means, a spec that",
        "fails with what nnc says of it, and the mended spec. Warnings, the hundreds from 0900 on, stop nothing; each",
        "can be silenced on its line with a reason: `# allow NN0901: a single class on purpose`.",
    ]
    hundred = ""
    for code in sorted(codes.ALL, key=lambda code: code.id):
        if code.id[2:4] != hundred:
            hundred = code.id[2:4]
            lines += ["", f"## {_HUNDREDS[hundred]}", "", "| | |", "| --- | --- |"]
        lines.append(f"| [{code.id}](findings/{code.id}.md) | {code.title} |")
    return "\n".join(lines) + "\n"
