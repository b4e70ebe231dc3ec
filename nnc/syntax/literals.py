"""The values of numbers and strings. A literal that has none gives a sentence about what is wrong with it."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from nnc import limits

_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
ESCAPES = r"\n \t \r \\ \" \' \xHH \uHHHH \UHHHHHHHH"
_SURROGATES = range(0xD800, 0xE000)


class Wrong(NamedTuple):
    """What is wrong with a literal: characters from `start` up to `end` of it."""

    message: str
    start: int
    end: int


def number_value(text: str) -> int | float | Wrong:
    """The value of a number without its percent sign."""
    if len(text) > limits.MAX_NUMBER_CHARS:
        return Wrong(
            f"a number has at most {limits.MAX_NUMBER_CHARS} characters, and this one has {len(text)}", 0, len(text)
        )
    if re.fullmatch(r"0[0_]*[1-9][0-9_]*", text):
        return Wrong("a whole number does not begin with 0", 0, len(text))
    if re.fullmatch(r"[0-9_]+|0[xXbBoO].*", text):
        return int(text, 0)
    value = float(text)
    if math.isinf(value):
        return Wrong(
            "this number is larger than the largest that a computer's floating point holds, about 1.8e308", 0, len(text)
        )
    return value


def percentage_value(text: str) -> float | Wrong:
    """The value of `70%`: 0.7."""
    value = number_value(text.removesuffix("%"))
    return value if isinstance(value, Wrong) else value / 100


def string_value(text: str) -> str | Wrong:
    """The value of a quoted string."""
    if "\\" not in text:
        return text[1:-1]
    parts, position = [], 1
    for escape in _ESCAPE.finditer(text, 1, len(text) - 1):
        char = _escaped(escape.group(1))
        if char is None:
            return Wrong(f"`{escape.group()}` is no escape that the language knows", escape.start(), escape.end())
        parts += [text[position : escape.start()], char]
        position = escape.end()
    return "".join(parts) + text[position:-1]


def _escaped(code: str) -> str | None:
    """What stands after a backslash as a character; None where it stands for none that may be in a text."""
    if code in _SIMPLE:
        return _SIMPLE[code]
    if len(code) == 1:
        return None
    point = int(code[1:], 16)
    if point > 0x10FFFF or point in _SURROGATES or is_control(chr(point)):
        return None
    return chr(point)


# Control characters, and the marks that turn the direction of text round: with them a spec can show a reviewer
# something else than what it says.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def is_control(char: str) -> bool:
    """Whether a character may not stand in a spec; tab and line feed may."""
    return _CONTROL.match(char) is not None


def find_control(text: str, position: int) -> int:
    """The offset of the first control character from a position on, or -1; the CR of a CR LF is none."""
    for found in _CONTROL.finditer(text, position):
        if found.group() != "\r" or not text.startswith("\n", found.end()):
            return found.start()
    return -1


def quoted(value: str) -> str:
    """A string as the formatter writes it: in double quotes, with the fewest escapes that read back as the same."""
    out = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return f'"{out}"'
