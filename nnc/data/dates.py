"""Dates in a column of text: as ISO 8601 writes them, `2024-02-28` or `2024-02-28T10:30:00+01:00`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nnc.data.table import Floats, RawColumn

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
