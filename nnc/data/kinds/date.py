"""`date`: moments, written as ISO 8601 has them, `2024-02-28` or `2024-02-28T10:30:00+01:00`, and what they become.

A part that comes round again (month, weekday, hour) is a point on a circle, its sine and cosine, so that December lies
beside January; days and years are numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nnc import codes
from nnc.data.kinds.faults import Wrong, missing_values, wrong_values
from nnc.data.kinds.fitted import Allowed, Args, Features, Fitted, Method, said
from nnc.data.kinds.numeric import FILLS, scaling
from nnc.data.table import Floats, RawColumn, Table
from nnc.diagnostics import Findings

_DAY = 86_400.0


def days(column: RawColumn) -> Floats:
    """Days since 1970-01-01, with the part of the day behind the point; NaN where there is no date. A time without a

    zone is one of UTC.
    """
    texts = pd.Series(column.texts, dtype=object)
    whole = texts.where(texts.str.match(r"\d{4}-\d\d-\d\d", na=False))
    parsed = pd.to_datetime(whole, format="ISO8601", errors="coerce", utc=True)
    seconds = (parsed - pd.Timestamp("1970-01-01", tz="UTC")).dt.total_seconds()
    return np.asarray(seconds, dtype=np.float64) / _DAY


@dataclass(frozen=True)
class Part:
    """A part of a date: its value from the moments, and after how many it comes round (None: never)."""

    value: Callable[[pd.DatetimeIndex], npt.NDArray[np.float64] | pd.Index]
    round: float | None = None


# One for each word that `parts` of `date` takes.
_PARTS: Mapping[str, Part] = {
    "days": Part(lambda at: (at - pd.Timestamp(0)) / pd.Timedelta(days=1)),
    "year": Part(lambda at: at.year),
    "month": Part(lambda at: at.month - 1, 12),
    "yearday": Part(lambda at: at.day_of_year - 1, 365.25),
    "day": Part(lambda at: at.day - 1, 31),
    "weekday": Part(lambda at: at.day_of_week, 7),
    "hour": Part(lambda at: at.hour + at.minute / 60, 24),
}


def _names(column: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    """What the features of a column of dates are called."""
    found: list[str] = []
    for part in parts:
        found += (
            [f"{column} {part}"] if _PARTS[part].round is None else [f"{column} {part} sin", f"{column} {part} cos"]
        )
    return tuple(found)


def _circular(parts: tuple[str, ...]) -> tuple[bool, ...]:
    """Of each feature whether it is a point on a circle."""
    return tuple(on for part in parts for on in ([False] if _PARTS[part].round is None else [True, True]))


def features(moments: Floats, parts: tuple[str, ...]) -> Floats:
    """The features of moments, which are days since 1970 without a NaN. float64 [rows, features]."""
    at = pd.DatetimeIndex(pd.to_datetime(np.round(moments * _DAY), unit="s"))
    found: list[Floats] = []
    for name in parts:
        part = _PARTS[name]
        values = np.asarray(part.value(at), dtype=np.float64)
        angle = 2 * np.pi * values / part.round if part.round else None
        found += [values] if angle is None else [np.sin(angle), np.cos(angle)]
    return np.stack(found, axis=1)


def _fit(column: RawColumn, args: Args, guessed: bool) -> Fitted:
    given, impute, scale = args["parts"], args["impute"], args["scale"]
    parts = tuple(str(part) for part in given) if isinstance(given, tuple) else ()
    found = days(column)
    there = found[~np.isnan(found)]
    fill = FILLS[impute](there) if isinstance(impute, str) else None
    values = features(there if fill is None else np.where(np.isnan(found), fill, found), parts)
    # A sine and a cosine lie between -1 and 1 as they are.
    pairs = [scaling(values[:, i], None if on else scale) for i, on in enumerate(_circular(parts))]
    return Fitted(
        column.name,
        "date",
        guessed,
        said("date", args),
        _names(column.name, parts),
        fill=fill,
        parts=parts,
        shifts=tuple(shift for shift, _ in pairs),
        scales=tuple(spread for _, spread in pairs),
    )


def _apply(column: RawColumn, fitted: Fitted) -> Floats:
    found = days(column)
    values = features(found if fitted.fill is None else np.where(np.isnan(found), fitted.fill, found), fitted.parts)
    scaled: Floats = (values - np.array(fitted.shifts)) / np.array(fitted.scales)
    return scaled


_WRONG = Wrong(
    codes.NOT_A_DATE,
    "is no date",
    "a date as 2024-02-28, or a time as 2024-02-28T10:30:00",
    "write dates as ISO 8601 has them, year first; leave the field empty where it is not known",
)


def _faults(table: Table, column: RawColumn, allowed: Allowed, findings: Findings) -> None:
    wrong_values(table, column, np.isnan(days(column)) & ~column.missing, _WRONG, findings)
    if not allowed.may_be_missing:
        missing_values(table, column, "date", "date", findings)


def _shown(fitted: Fitted, features: Features) -> list[list[str]]:
    own = features.astype(np.float64) * np.array(fitted.scales) + np.array(fitted.shifts)
    return [[f"{value:.4g}" for value in values] for values in own.T]


DATE = Method(_fit, _apply, _faults, shown=_shown)
