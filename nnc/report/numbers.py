"""Numbers as a reader wants them: three significant digits, or as many as the interval bears."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from nnc.evidence import Estimate

MINUS = "\u2212"
FIGURE_SPACE = "\u2007"
PUNCTUATION_SPACE = "\u2008"
NONE = "\u2014"
_NUMBER = re.compile(rf"[+{MINUS}]?\d{{1,3}}(,\d{{3}})*(\.\d+)?")

_SCIENTIFIC_FROM = 1e7
_SCIENTIFIC_BELOW = 1e-4


def count(value: int) -> str:
    """A whole number with its thousands apart: `12,345`."""
    return f"{value:,}".replace("-", MINUS)


def decimals_for(value: float, digits: int = 3) -> int:
    """How many decimals show a value to so many significant digits; negative where it is to be rounded before

    the point.
    """
    if value == 0 or not math.isfinite(value):
        return digits - 1
    return digits - 1 - math.floor(math.log10(abs(value)))


def fixed(value: float, decimals: int, *, sign: bool = False) -> str:
    """A number with so many decimals; `sign` writes the plus as well. Not-a-number is a dash."""
    if math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    shown = round(value, decimals)
    text = f"{abs(shown):,.{max(decimals, 0)}f}"
    if shown < 0:
        return MINUS + text
    return f"+{text}" if sign and shown > 0 else text


def number(value: float | None, digits: int = 3) -> str:
    """A number to so many significant digits, by powers of ten where it is very small or very large."""
    if value is None:
        return NONE
    if value != 0 and math.isfinite(value) and not _SCIENTIFIC_BELOW <= abs(value) < _SCIENTIFIC_FROM:
        return scientific(value, digits)
    return fixed(value, max(decimals_for(value, digits), 0))


def scientific(value: float, digits: int = 3) -> str:
    """`1.2×10⁻⁵`."""
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    powers = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa.replace('-', MINUS)}×10{powers}"


def estimate_decimals(estimate: Estimate) -> int:
    """Decimals that an estimate bears: half of its interval to two significant digits; three where it has none."""
    if estimate.low is None or estimate.high is None:
        return max(decimals_for(estimate.value), 0)
    half = (estimate.high - estimate.low) / 2
    if not math.isfinite(half) or half <= 0:
        return max(decimals_for(estimate.value), 0)
    return max(min(decimals_for(half, 2), 6), -6)


def point(estimate: Estimate, *, sign: bool = False) -> str:
    """An estimate's value with the decimals that it bears."""
    return _value(estimate.value, estimate_decimals(estimate), sign=sign)


def ends(estimate: Estimate, *, sign: bool = False) -> tuple[str, str] | None:
    """Both ends of the interval with the decimals that it bears, or None where there is no interval."""
    if estimate.low is None or estimate.high is None:
        return None
    decimals = estimate_decimals(estimate)
    return _value(estimate.low, decimals, sign=sign), _value(estimate.high, decimals, sign=sign)


def ratio(value: float | None) -> str:
    """A correlation or the like with two decimals; a dash for None. What rounds to zero has no sign."""
    return NONE if value is None else fixed(value, 2)


def share(value: float) -> str:
    """A fraction of 1 as a percentage: `12.3%`; one decimal below 99.9%."""
    percent = 100 * value
    return f"{fixed(percent, 0 if percent in (0, 100) or abs(percent) >= 10 else 1)}%"


def plain(text: str) -> str:
    """A number of these pages as programs read it: no thousands apart, an ASCII minus. Other texts stay as they are."""
    return text.replace(",", "").replace(MINUS, "-") if _NUMBER.fullmatch(text) else text


def aligned(texts: Sequence[str]) -> list[str]:
    """The texts of a column, padded on the right by spaces as wide as digits, so that their points stand in line

    where the column is set to the right in tabular figures. Texts that are no plain numbers stay as they are.
    """
    widest = max((_fraction(text) for text in texts if _plain(text)), default=0)
    return [text + _padding(text, widest) if _plain(text) else text for text in texts]


def _value(value: float, decimals: int, *, sign: bool) -> str:
    if value != 0 and math.isfinite(value) and (abs(value) >= _SCIENTIFIC_FROM * 100 or abs(value) < 1e-6):
        return scientific(value)
    return fixed(value, decimals, sign=sign)


def _plain(text: str) -> bool:
    return bool(text) and all(char in f"0123456789.,+{MINUS}" for char in text)


def _fraction(text: str) -> int:
    return len(text.partition(".")[2])


def _padding(text: str, widest: int) -> str:
    has = _fraction(text)
    if widest in (0, has):
        return ""
    return (PUNCTUATION_SPACE if has == 0 else "") + FIGURE_SPACE * (widest - has)
