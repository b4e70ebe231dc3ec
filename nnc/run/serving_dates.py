"""Dates in TensorFlow: a text as ISO 8601 has it → days since 1970 → the parts of a date.

Days and dates into each other by Howard Hinnant's `days_from_civil` and `civil_from_days`
(https://howardhinnant.github.io/date_algorithms.html), which count years from March on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

_ISO = r"^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2})(?::?(\d{2})(?::?(\d{2})(\.\d+)?)?)?(?:Z|([+-])(\d{2}):?(\d{2}))?)?$"
_YEAR, _MONTH, _DAY, _HOUR, _MINUTE, _SECOND, _REST, _SIGN, _ZONE_HOUR, _ZONE_MINUTE = range(1, 11)
_SECONDS = 86_400


def days_of(texts: Any) -> Any:
    """Days since 1970-01-01 in UTC, float64 [rows], with the part of the day behind the point; NaN for no date."""
    fits = tf.strings.regex_full_match(texts, _ISO)
    texts = tf.where(fits, texts, "1970-01-01")

    def part(group: int) -> Any:
        found = tf.strings.regex_replace(texts, _ISO, rf"\{group}") if group < 10 else _zone_minutes(texts)
        return tf.strings.to_number(tf.where(found == "", "0", found), tf.float64)

    year, month, day = (tf.cast(part(group), tf.int64) for group in (_YEAR, _MONTH, _DAY))
    count = _from_civil(year, month, day)
    again = _civil(count)
    fits &= (month >= 1) & (month <= 12) & (day >= 1) & (again[1] == month) & (again[2] == day)
    fits &= (part(_HOUR) < 24) & (part(_MINUTE) < 60) & (part(_SECOND) < 60)
    seconds = part(_HOUR) * 3_600 + part(_MINUTE) * 60 + part(_SECOND) + part(_REST)
    sign = tf.where(tf.strings.regex_replace(texts, _ISO, rf"\{_SIGN}") == "-", -1.0, 1.0)
    ahead = tf.cast(sign, tf.float64) * (part(_ZONE_HOUR) * 3_600 + part(_ZONE_MINUTE) * 60)
    days = tf.cast(count, tf.float64) + (seconds - ahead) / _SECONDS
    return tf.where(fits, days, tf.constant(math.nan, tf.float64))


def _zone_minutes(texts: Any) -> Any:
    """The tenth group, which a rewrite of RE2 can't name."""
    found = tf.strings.regex_full_match(texts, r".*[+-]\d{2}:?\d{2}$")
    timed = found & tf.strings.regex_full_match(texts, r".*[T ].*")
    return tf.where(timed, tf.strings.substr(texts, -2, 2), "")


def _from_civil(year: Any, month: Any, day: Any) -> Any:
    year -= tf.cast(month <= 2, tf.int64)
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + tf.where(month > 2, tf.cast(-3, tf.int64), tf.cast(9, tf.int64))) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def _civil(days: Any) -> tuple[Any, Any, Any]:
    """Year, month and day of whole days since 1970."""
    days += 719_468
    era = days // 146_097
    of_era = days - era * 146_097
    years = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * years + years // 4 - years // 100)
    place = (5 * of_year + 2) // 153
    day = of_year - (153 * place + 2) // 5 + 1
    month = tf.where(place < 10, place + 3, place - 9)
    return years + era * 400 + tf.cast(month <= 2, tf.int64), month, day


class _Moments:
    """Moments to the second, and what a calendar says of them. All int64 [rows]."""

    def __init__(self, days: Any) -> None:
        seconds = tf.cast(tf.round(days * _SECONDS), tf.int64)
        self.exact = tf.cast(seconds, tf.float64) / _SECONDS
        self.whole = seconds // _SECONDS
        self.of_day = seconds - self.whole * _SECONDS
        self.year, self.month, self.day = _civil(self.whole)

    @property
    def yearday(self) -> Any:
        """From 0."""
        one = tf.ones_like(self.year)
        return self.whole - _from_civil(self.year, one, one)

    @property
    def hour(self) -> Any:
        """With the minutes as a part of it, float64."""
        minutes = self.of_day // 60
        return tf.cast(minutes // 60, tf.float64) + tf.cast(minutes % 60, tf.float64) / 60


# The same parts as in `nnc/data/kinds/date.py`: the value, and after how many it comes round.
_PARTS: Mapping[str, tuple[Callable[[_Moments], Any], float | None]] = {
    "days": (lambda at: at.exact, None),
    "year": (lambda at: at.year, None),
    "month": (lambda at: at.month - 1, 12),
    "yearday": (lambda at: at.yearday, 365.25),
    "day": (lambda at: at.day - 1, 31),
    "weekday": (lambda at: (at.whole + 3) % 7, 7),
    "hour": (lambda at: at.hour, 24),
}


def date_features(days: Any, parts: tuple[str, ...]) -> Any:
    """The features of days, float64 [rows, features]."""
    at = _Moments(days)
    found = []
    for name in parts:
        value, comes_round = _PARTS[name]
        values = tf.cast(value(at), tf.float64)
        angle = None if comes_round is None else 2 * math.pi * values / comes_round
        found += [values] if angle is None else [tf.sin(angle), tf.cos(angle)]
    return tf.stack(found, axis=1)
