"""Tables that the page cuts, as pandas and sha256sum read them from their files."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from nnc.report import write_tables
from nnc.report.page import Cell, Head, Page
from nnc.report.texts import texts
from tests.report_samples import sample

TEXTS = [
    "=cmd()",
    "+1",
    "@x",
    "-x",
    "\ttab",
    "\rcr",
    'a "quote", a comma',
    "two\nlines",
    "−12,345.5",
    "a,b",
    "12,34",
    "—",
]
READ = [
    "'=cmd()",
    "+1",
    "'@x",
    "'-x",
    "'\ttab",
    "'\ncr",
    'a "quote", a comma',
    "two\nlines",
    "-12345.5",
    "a,b",
    "12,34",
    "—",
]


def cut(*names: str) -> Page:
    page = Page(sample("wine"), texts("en"))
    rows: list[list[Cell | str]] = [[text, Cell("a curve", picture="data:,"), str(i)] for i, text in enumerate(TEXTS)]
    for name in names:
        table = page.table(name, "caption", [Head("=head"), Head("drawn"), Head("n", "right")], rows, limit=5)
        assert len(table.rows) == 5
        assert table.rest == f"… and 7 more rows: all of them stand in report-tables/{name}.csv, beside the report."
    return page


def test_the_file_has_all_rows_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    write_tables(tmp_path, cut("columns").cut)
    path = tmp_path / "report-tables" / "columns.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        head, *rows = csv.reader(stream)
    assert head == ["'=head", "n"]
    assert [row[0] for row in rows] == READ
    found = pd.read_csv(path)
    assert list(found["n"]) == list(range(len(TEXTS)))
    assert not [text for text in found.iloc[:, 0] if str(text).startswith(("=", "@", "\t", "\r"))]


def test_the_list_is_what_sha256sum_checks_and_the_bytes_stay_the_same(tmp_path: Path) -> None:
    for folder in (tmp_path / "a", tmp_path / "b"):
        write_tables(folder, cut("columns", "worst").cut)
    found = [{path.name: path.read_bytes() for path in (tmp_path / one / "report-tables").iterdir()} for one in "ab"]
    assert found[0] == found[1]
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=tmp_path / "a" / "report-tables", check=True)


def test_only_what_an_earlier_report_wrote_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "report-tables"
    write_tables(tmp_path, cut("columns", "worst", "layers").cut)
    (folder / "notes.csv").write_text("mine")
    (folder / "worst.csv").write_text("mine by now")
    write_tables(tmp_path, cut("columns").cut)
    assert {path.name for path in folder.iterdir()} == {"columns.csv", "worst.csv", "notes.csv", "SHA256SUMS"}
    write_tables(tmp_path, ())
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "worst.csv": "mine by now",
        "notes.csv": "mine",
    }


@pytest.mark.parametrize("line", ["{sum}  ../outside.csv", "{sum}  /outside.csv", "{sum} *outside.csv", "nonsense"])
def test_a_list_of_somebody_else_removes_nothing(tmp_path: Path, line: str) -> None:
    import hashlib

    (tmp_path / "outside.csv").write_text("precious")
    (tmp_path / "report-tables").mkdir()
    digest = hashlib.sha256(b"precious").hexdigest()
    (tmp_path / "report-tables" / "SHA256SUMS").write_text(line.format(sum=digest) + "\n")
    write_tables(tmp_path, ())
    assert (tmp_path / "outside.csv").read_text() == "precious"
    assert (tmp_path / "report-tables" / "SHA256SUMS").is_file()


def test_a_folder_without_cut_tables_has_none(tmp_path: Path) -> None:
    write_tables(tmp_path, cut("columns").cut)
    write_tables(tmp_path, ())
    assert list(tmp_path.iterdir()) == []
