"""Text in a drawing: what may be shown of a hostile string, how wide it is, and how it is shortened.

There is no font engine here, so widths are upper estimates: the widths of DejaVu Sans, the widest of the families
that a drawing names. In a narrower font a label has more room around it, never less.
"""

from __future__ import annotations

import unicodedata

FAMILIES = "Inter, 'Helvetica Neue', Arial, 'DejaVu Sans', 'Noto Sans CJK SC', sans-serif"

# Widths in ems, by groups of characters.
_GROUPS = (
    ("iljI.,:;'|!", 0.33),
    ("ftr()[]/ -·", 0.41),
    ("mwMW%@", 0.98),
    ("abcdeghknopqsuvxyz", 0.63),
    ("0123456789", 0.64),
    ("ABCDEFGHJKLNOPQRSTUVXYZ", 0.75),
    ("_", 0.5),
)
_WIDTHS = {character: width for group, width in _GROUPS for character in group}
_OTHER = 0.84  # operators and whatever is not listed
_WIDE = 1.05
_BOLD = 1.1
# Category Cf holds marks that reorder or hide the text around them; Cc control characters, which XML forbids.
_HIDDEN = frozenset({"Cf"})
_BROKEN = frozenset({"Cc", "Cs"})
_LONGEST = 2_000
ELLIPSIS = "…"


def clean(text: str) -> str:
    """The text on one line, without marks that turn or hide its neighbours; what XML can't hold becomes U+FFFD."""
    shown = []
    for character in text[:_LONGEST]:
        category = unicodedata.category(character)
        if character in "\t\n\r" or category in {"Zl", "Zp"}:
            shown.append(" ")
        elif category in _BROKEN or ord(character) & 0xFFFE == 0xFFFE:
            shown.append("\N{REPLACEMENT CHARACTER}")
        elif category not in _HIDDEN:
            shown.append(character)
    return "".join(shown)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text of one line is at most, in the unit of `size`."""
    ems = sum(map(_em, text))
    return ems * size * (_BOLD if bold else 1.0)


def _em(character: str) -> float:
    known = _WIDTHS.get(character)
    if known is not None:
        return known
    if unicodedata.combining(character):
        return 0.0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else _OTHER


def shorten(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text, or where it is wider than `room` its beginning and its end around an ellipsis.

    The end is kept because names of layers differ there (`block1_conv1`, `block1_conv2`).
    """
    if width(text, size, bold=bold) <= room:
        return text
    head, tail = 0, 0
    while head + tail < len(text):
        longer = (head + 1, tail) if head <= tail else (head, tail + 1)
        if width(_around(text, *longer), size, bold=bold) > room:
            break
        head, tail = longer
    return _around(text, head, tail)


def _around(text: str, head: int, tail: int) -> str:
    end = text[len(text) - tail :] if tail else ""
    while end and unicodedata.combining(end[0]):
        end = end[1:]
    return text[:head].rstrip() + ELLIPSIS + end.lstrip()


def count(number: int) -> str:
    """A count with its thousands apart."""
    return f"{number:,}"
