"""Text from data without marks that would turn its sentence around: they are shown, not obeyed.

A name may hold a mark such as U+202E, behind which all letters run from right to left: on a page the numbers behind it
would be read backwards. Letters that run so by themselves (Arabic, Hebrew) need no mark and stay.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")

# Direction marks, embeddings, overrides and isolates of Unicode, and control characters but for tab and line feed.
_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f]")


def visible(value: T) -> T:
    """The same value with each such mark as its code point, in every text within it."""
    found: T = _visible(value)
    return found


def _visible(value: Any) -> Any:
    if isinstance(value, str):
        return _MARKS.sub(lambda mark: f"\\u{ord(mark[0]):04x}", value)
    if isinstance(value, (tuple, list)):
        # Arrays of numbers are most of what evidence holds.
        return value if value and isinstance(value[0], (float, int)) else type(value)(map(_visible, value))
    if isinstance(value, Mapping):
        return {_visible(key): _visible(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **{name: _visible(item) for name, item in fields.items()})
    return value
