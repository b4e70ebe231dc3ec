"""CSV that nnc writes, for spreadsheets and programs: in UTF-8, and without a cell that a spreadsheet would run."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

# A spreadsheet takes a cell that begins so for a formula, and runs it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: a quote is put before what would begin one. Numbers stay."""
    if not text.startswith(_FORMULA):
        return text.replace("\r", "\n")  # a bare carriage return ends a row, and Python 3.11 doesn't quote it
    try:
        float(text)
    except ValueError:
        return f"'{text}".replace("\r", "\n")
    return text


def write_csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A CSV file in UTF-8. Raises OSError."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        write_rows(stream, head, rows)


def write_rows(stream: TextIO, head: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """CSV into an open stream, row by row as they come; gives how many there were. Raises OSError."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([safe_cell(name) for name in head])
    count = 0
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        count += 1
    return count
