"""What a category is called: the same for `1` and `1.0`; and the order in which categories stand."""

from __future__ import annotations

import re

from nnc.data.table import shortest

_PLAIN_NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,14})(\.\d{1,15})?")


def canonical(text: str) -> str:
    """`1.0` and `1` are the same category; `007` and `1e3` are texts."""
    return shortest(float(text)) if _PLAIN_NUMBER.fullmatch(text) else text


def category_order(text: str) -> tuple[int, float, str]:
    """Numbers first, by size, then words."""
    return (0, float(text), text) if _PLAIN_NUMBER.fullmatch(text) else (1, 0.0, text)
