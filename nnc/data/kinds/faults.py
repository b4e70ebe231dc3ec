"""What is wrong with a column's values: one finding for the first of them, which counts the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnc import codes
from nnc.data.table import Bools, RawColumn, Table
from nnc.diagnostics import Code, Findings


@dataclass(frozen=True)
class Wrong:
    """A kind of wrong value: its code, what it is ("is no number"), what was expected, and what mends it."""

    code: Code
    what: str
    expected: str
    help: str


def others(mask: Bools) -> str:
    """` (and 3 rows more)`, or nothing."""
    more = int(mask.sum()) - 1
    return f" (and {more:,} row{'s' * (more != 1)} more)" if more else ""


def first_of(mask: Bools) -> int:
    """The first row that the mask marks."""
    return int(np.flatnonzero(mask)[0])


def text_at(column: RawColumn, row: int) -> str:
    """The value there as it stands in the file; of a long one the beginning."""
    return str(column.texts[row])[:60]


def wrong_values(table: Table, column: RawColumn, mask: Bools, wrong: Wrong, findings: Findings) -> None:
    """Adds a finding where the mask marks a value."""
    if not mask.any():
        return
    first = first_of(mask)
    place, value = table.place(first, column.name), text_at(column, first)
    findings.add(
        wrong.code,
        f"`{value}` in column `{column.name}`, row {place.row}, {wrong.what}{others(mask)}",
        data_place=place,
        expected=wrong.expected,
        found=f"`{value}`",
        help=wrong.help,
    )


def missing_values(table: Table, column: RawColumn, what: str, kind: str, findings: Findings) -> None:
    """Adds a finding where a value is missing: `what` it should be, and the `kind` of preparation that can fill it."""
    if not column.missing.any():
        return
    place = table.place(first_of(column.missing), column.name)
    findings.add(
        codes.MISSING_VALUE,
        f"column `{column.name}` has no value in row {place.row}{others(column.missing)}",
        data_place=place,
        expected=f"a {what} in every row",
        help=f"fill the values in, or say what stands for them: {kind}(impute=median)",
    )
