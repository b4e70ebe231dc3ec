"""Letters that no font on the machine has, and what to install for them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from nnc.report.style import families

# Blocks that DejaVu Sans has whole, which matplotlib brings along: for these alone no font is opened.
ALWAYS_THERE = (
    (0x20, 0x24F),  # Latin
    (0x391, 0x3A1), (0x3A3, 0x3FF), (0x400, 0x45F),  # Greek and Cyrillic
    (0x2010, 0x2027), (0x2030, 0x205E), (0x2070, 0x2071), (0x2074, 0x208E),  # punctuation, raised and lowered digits
    (0x2190, 0x22FF), (0x2500, 0x25FF),  # arrows, operators, boxes and shapes
)  # fmt: skip
_HIDDEN = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))  # variation selectors draw nothing by themselves

# From a letter's block to the package of Debian and Ubuntu that has it; what is in none of them is in the last one.
_PACKAGES = (
    ("fonts-noto-cjk", "CJK", ((0x1100, 0x11FF), (0x2E80, 0xA4CF), (0xAC00, 0xD7FF), (0xF900, 0xFAFF),
                               (0xFE30, 0xFE4F), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF))),
    ("fonts-symbola", "emoji, symbols", ((0x2100, 0x2BFF), (0x1F000, 0x1FBFF))),
)  # fmt: skip
_OTHERS = "fonts-noto-core"
_BOXES = "Last Resort"  # matplotlib brings a font along that has a box for each letter that there is


def missing(texts: Iterable[str]) -> str:
    """The letters of the texts that no font on this machine has, each once, in order of code point.

    Control and format characters count as present: they draw nothing.
    """
    letters = {char for text in texts if not text.isascii() for char in text}
    wanted = {char for char in letters if char.isprintable() and not char.isspace()}
    wanted = {char for char in wanted if not _within(char, ALWAYS_THERE + _HIDDEN)}
    if wanted:
        wanted = {char for char in wanted if ord(char) not in _of_charts()}
    for font in _of_the_machine() if wanted else ():  # the PDF and a browser find letters in any font
        wanted = {char for char in wanted if ord(char) not in font}
        if not wanted:
            break
    return "".join(sorted(wanted))


def packages(letters: str) -> str:
    """`fonts-noto-cjk (CJK), fonts-noto-core (Arabic, Thai)`: what to install for some letters."""
    found: dict[str, dict[str, None]] = {}
    for char in letters:
        package, script = next(
            ((name, script) for name, script, blocks in _PACKAGES if _within(char, blocks)), (_OTHERS, _script(char))
        )
        found.setdefault(package, {})[script] = None
    return ", ".join(f"{package} ({', '.join(scripts)})" for package, scripts in sorted(found.items()))


def _script(char: str) -> str:
    """`Arabic` of ARABIC LETTER ALEF: names of letters begin with their script."""
    return unicodedata.name(char, "?").split()[0].capitalize()


def _within(char: str, blocks: Iterable[tuple[int, int]]) -> bool:
    return any(first <= ord(char) <= last for first, last in blocks)


@cache
def _of_charts() -> frozenset[int]:
    """The code points that charts have a font for."""
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    found: set[int] = set()
    for family in families():
        found |= get_font(fontManager.findfont(FontProperties(family=[family]))).get_charmap().keys()
    return frozenset(found)


def _of_the_machine() -> Iterator[frozenset[int]]:
    """The code points of each font that there is."""
    from matplotlib.font_manager import fontManager, get_font

    fonts = (font for font in fontManager.ttflist if not font.name.startswith(_BOXES))
    for path in sorted({font.fname for font in fonts}):
        yield frozenset(get_font(path).get_charmap().keys())
