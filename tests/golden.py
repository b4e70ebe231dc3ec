"""The findings of every spec in `cases/bad`, rendered: `python -m tests.golden` writes them anew.

`X.nn` is the spec and `X.txt` beside it what `nnc check` prints of it; the mistakes that docs/language.md shows have it
below them. Read the difference before you commit it.
`X.nn` is the spec and `X.txt` beside it what `nnc check` prints of it; the pages in `docs/findings` and their index are
written as well. Read the difference before you commit it.
"""

from __future__ import annotations

from pathlib import Path

from nnc.check import check
from nnc.diagnostics import Diagnostic, Findings
from nnc.render import render_text
from nnc.source import Source
from nnc.syntax import parse
from tests import doc_examples
from tests.finding_pages import write_pages

CASES = Path(__file__).parent / "cases"


def findings_of(path: Path) -> list[Diagnostic]:
    """Everything that is found in a spec; files that it uses are looked for beside it."""
    source = Source(path.name, path.read_text(encoding="utf-8"))
    file, findings = parse(source)
    found = Findings(findings)
    if file is not None:
        found.extend(check(file, read=lambda name: read(path.parent, name), syntax=findings)[1])
    return list(found)


def read(folder: Path, name: str) -> Source:
    """A used file, under the name by which it was asked for."""
    return Source(name, (folder / name).read_text(encoding="utf-8"))


def bad_cases() -> list[Path]:
    """Every spec with something wrong."""
    return sorted((CASES / "bad").glob("*.nn"))


def main() -> None:
    for path in bad_cases():
        path.with_suffix(".txt").write_text(render_text(findings_of(path)), encoding="utf-8")
    doc_examples.PAGE.write_text(doc_examples.renewed(doc_examples.PAGE.read_text("utf-8")), encoding="utf-8")
    write_pages()


if __name__ == "__main__":
    main()
