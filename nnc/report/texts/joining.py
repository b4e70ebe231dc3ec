"""Chinese beside Latin: one rule for the blank between them, so that it is there always or nowhere.

A text of a catalogue is put together from its own words and from values, which may be of either writing. Between a
Chinese character and a Latin letter or a digit stands one blank, between two Chinese characters none. Only the joints
are touched: what is within a value (a column's name, say) stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

_HAN = (("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff"))
_OF_NUMBERS = frozenset("%−+-±")


def fill_in(text: str, values: Mapping[str, object]) -> str:
    """`text.format(**values)` with the rule at each joint. Raises what `format` raises."""
    whole = ""
    for literal, field, spec, _ in Formatter().parse(text):
        whole = _joined(whole, literal)
        if field is not None:
            whole = _joined(whole, format(values[field], spec or ""))
    return whole


def _joined(before: str, after: str) -> str:
    """Two parts, the blanks between them by the rule."""
    end, start = before.rstrip(" ")[-1:], after.lstrip(" ")[:1]
    if _is_han(end) and _is_han(start):
        return before.rstrip(" ") + after.lstrip(" ")
    if (_is_han(end) and _is_latin(start)) or (_is_latin(end) and _is_han(start)):
        return before.rstrip(" ") + " " + after.lstrip(" ")
    return before + after


def _is_han(sign: str) -> bool:
    return any(first <= sign <= last for first, last in _HAN)


def _is_latin(sign: str) -> bool:
    return sign in _OF_NUMBERS or (sign.isalnum() and not _is_han(sign))
