"""Columns of dates: what a date becomes. A part that comes round again (month, weekday, hour) is a point on a circle,
its sine and cosine, so that December lies beside January; days and years are numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nnc import codes
from nnc.data.dates import days
from nnc.data.table import Floats, RawColumn, Table
from nnc.diagnostics import Findings


@dataclass(frozen=True)
class Part:
    """A part of a date: its value from the moments, and after how many it comes round (None: never)."""

    value: Callable[[pd.DatetimeIndex], npt.NDArray[np.float64] | pd.Index]
    round: float | None = None


# One for each word that `parts` of `date` takes.
PARTS: Mapping[str, Part] = {
    "days": Part(lambda at: (at - pd.Timestamp(0)) / pd.Timedelta(days=1)),
    "year": Part(lambda at: at.year),
    "month": Part(lambda at: at.month - 1, 12),
    "yearday": Part(lambda at: at.dayofyear - 1, 365.25),
    "day": Part(lambda at: at.day - 1, 31),
    "weekday": Part(lambda at: at.dayofweek, 7),
    "hour": Part(lambda at: at.hour + at.minute / 60, 24),
}


def names(column: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    """What the features of a column of dates are called."""
    found: list[str] = []
    for part in parts:
        found += [f"{column} {part}"] if PARTS[part].round is None else [f"{column} {part} sin", f"{column} {part} cos"]
    return tuple(found)


def circular(parts: tuple[str, ...]) -> tuple[bool, ...]:
    """Of each feature whether it is a point on a circle."""
    return tuple(on for part in parts for on in ([False] if PARTS[part].round is None else [True, True]))


def features(moments: Floats, parts: tuple[str, ...]) -> Floats:
    """The features of moments, which are days since 1970 without a NaN. float64 [rows, features]."""
    at = pd.DatetimeIndex(pd.to_datetime(np.round(moments * 86_400), unit="s"))
    found: list[Floats] = []
    for name in parts:
        part = PARTS[name]
        values = np.asarray(part.value(at), dtype=np.float64)
        angle = 2 * np.pi * values / part.round if part.round else None
        found += [values] if angle is None else [np.sin(angle), np.cos(angle)]
    return np.stack(found, axis=1)


def date_faults(table: Table, column: RawColumn, findings: Findings, *, may_be_missing: bool) -> None:
    """Adds a finding where a value is no date, or missing where it may not be."""
    strange = np.isnan(days(column)) & ~column.missing
    if strange.any():
        first = int(np.flatnonzero(strange)[0])
        place, value = table.place(first, column.name), str(column.texts[first])[:60]
        more = int(strange.sum()) - 1
        findings.add(
            codes.NOT_A_DATE,
            f"`{value}` in column `{column.name}`, row {place.row}, is no date"
            + (f" (and {more:,} row{'s' * (more != 1)} more)" if more else ""),
            data_place=place,
            expected="a date as 2024-02-28, or a time as 2024-02-28T10:30:00",
            found=f"`{value}`",
            help="write dates as ISO 8601 has them, year first; leave the field empty where it is not known",
        )
    if not may_be_missing and column.missing.any():
        place = table.place(int(np.flatnonzero(column.missing)[0]), column.name)
        findings.add(
            codes.MISSING_VALUE,
            f"column `{column.name}` has no date in row {place.row}",
            data_place=place,
            expected="a date in every row",
            help="fill the values in, or say what stands for them: date(impute=median)",
        )
