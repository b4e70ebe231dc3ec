"""Python expressions and how they are laid out: the one place that knows what `ruff format` would do.

The layout is the formatter's by construction. What fits into the line stays in it; what does not is broken at its
brackets, one item a line with a comma behind the last, which the formatter leaves as it is. An operator whose line
is too long is written as the call that it means (`ops.add(...)`), since calls can always be broken.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import TypeAlias

from nnc.lean import dataclass

WIDTH = 88


@dataclass(frozen=True)
class Atom:
    """A name, a dotted name or a literal; it can't be broken. `power` says that `a**b` hugs it."""

    text: str
    power: bool = True


@dataclass(frozen=True)
class Invoke:
    """`function(args, name=value)`."""

    function: Code
    args: tuple[Code, ...] = ()
    kwargs: tuple[tuple[str, Code], ...] = ()


@dataclass(frozen=True)
class Group:
    """A list (`[`) or a tuple (`(`)."""

    opening: str
    items: tuple[Code, ...]


@dataclass(frozen=True)
class Table:
    """`{key: value}`."""

    entries: tuple[tuple[Code, Code], ...]


@dataclass(frozen=True)
class Operator:
    """`left symbol right`, or `-right` where `left` is None; `call` is the function that means the same.

    Between numbers there is none (`call` is empty): such a line can't be broken.
    """

    symbol: str
    left: Code | None
    right: Code
    call: str


@dataclass(frozen=True)
class Subscript:
    """`value[index]`; an index is a short text of integers and colons."""

    value: Code
    index: str


@dataclass(frozen=True)
class Loose:
    """What binds looser than a comparison: `not a`, `a and b`, `a if c else b`. `binding` as in `_PRECEDENCE`."""

    text: str
    binding: int


Code: TypeAlias = Atom | Invoke | Group | Table | Operator | Subscript | Loose
CHOICE, OR, AND, NOT = -4, -3, -2, -1

_PRECEDENCE: Mapping[str, int] = {
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), 1),
    **dict.fromkeys(("+", "-"), 2),
    **dict.fromkeys(("*", "/", "//", "%", "@"), 3),
    "**": 5,
}
_NEGATIVE, _TIGHTEST = 4, 6
_CLOSING = {"[": "]", "(": ")"}


# ---- literals ------------------------------------------------------------------------------------


def string(value: str) -> Atom:
    """A string literal that means exactly `value`, in the formatter's choice of quotes.

    Letters of any script stay readable; what has no sure width or can't be seen is escaped.
    """
    quote = "'" if value.count('"') > value.count("'") else '"'
    return Atom(quote + "".join(_escaped(char, quote) for char in value) + quote)


_SHORT_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\\": r"\\"}


def _escaped(char: str, quote: str) -> str:
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if char == quote:
        return f"\\{char}"
    if " " <= char <= "~" or (char.isalpha() and unicodedata.east_asian_width(char) in {"N", "Na", "W", "A"}):
        return char
    point = ord(char)
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def number(value: float) -> Code:
    """An integer or float literal; what has none (`inf`, `nan`) is written as a call of `float`."""
    if not math.isfinite(value):
        return Invoke(Atom("float"), (string(str(value)),))
    text = repr(abs(value)).replace("e+", "e")
    negative = math.copysign(1, value) < 0
    return minus(Atom(text), "ops.negative") if negative else Atom(text)


def minus(value: Code, call: str) -> Code:
    """`-value`; never `--value`, which reads like C's decrement, and linters say so.

    `call` is the function that means the same, and empty for a plain number, whose two signs cancel.
    """
    if isinstance(value, Operator) and value.left is None:
        return Invoke(Atom(call), (value,)) if call else value.right
    return Operator("-", None, value, call)


def comment(text: str) -> str:
    """Text of a spec as it may stand in a comment or docstring: one line of letters that can't end either."""
    # Without a hash it can hold no directive to a linter either.
    plain = re.sub(r"[\s#]+", " ", text).replace("\\", "/").replace('"', "'").strip()
    return "".join(char if char.isprintable() else "?" for char in plain)


def width(text: str) -> int:
    """How many columns a line takes; wide letters (Chinese, Japanese, Korean) take two."""
    return sum(2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1 for char in text)


# ---- one line ------------------------------------------------------------------------------------


def flat(code: Code) -> str:
    """The whole expression in one line."""
    match code:
        case Atom(text) | Loose(text):
            return text
        case Invoke(function, args, kwargs):
            items = [*map(flat, args), *(f"{name}={flat(value)}" for name, value in kwargs)]
            return f"{_primary(function)}({', '.join(items)})"
        case Group(opening, items):
            comma = "," if opening == "(" and len(items) == 1 else ""
            return f"{opening}{', '.join(map(flat, items))}{comma}{_CLOSING[opening]}"
        case Table(entries):
            return "{" + ", ".join(f"{flat(key)}: {flat(value)}" for key, value in entries) + "}"
        case Subscript(value, index):
            return f"{_primary(value)}[{index}]"
        case Operator():
            return _flat_operator(code)


def _flat_operator(code: Operator) -> str:
    if code.left is None:
        return f"-{_inside(code.right, _NEGATIVE + 2)}"
    mine = _PRECEDENCE[code.symbol]
    if code.symbol == "**":
        left, right = _inside(code.left, _TIGHTEST), _inside(code.right, _TIGHTEST)
        hugged = _hugs(code.left) and _hugs(code.right)
        return f"{left}**{right}" if hugged else f"{left} ** {right}"
    # Comparisons don't chain, so both sides of one must bind tighter; the others group from the left.
    left = _inside(code.left, mine + (mine == 1))
    return f"{left} {code.symbol} {_inside(code.right, mine + 1)}"


def _binding(code: Code) -> int:
    if isinstance(code, Loose):
        return code.binding
    if isinstance(code, Operator):
        return _NEGATIVE if code.left is None else _PRECEDENCE[code.symbol]
    return _TIGHTEST


def either(condition: Code, then: Code, otherwise: Code) -> Loose:
    """`then if condition else otherwise`."""
    return Loose(f"{_inside(then, OR)} if {_inside(condition, OR)} else {_inside(otherwise, CHOICE)}", CHOICE)


def logic(word: str, left: Code, right: Code) -> Loose:
    """`left and right`, `left or right`."""
    mine = AND if word == "and" else OR
    return Loose(f"{_inside(left, mine)} {word} {_inside(right, mine + 1)}", mine)


def negation(code: Code) -> Loose:
    """`not code`."""
    return Loose(f"not {_inside(code, NOT)}", NOT)


def _inside(code: Code, least: int) -> str:
    return flat(code) if _binding(code) >= least else f"({flat(code)})"


def _primary(code: Code) -> str:
    return _inside(code, _TIGHTEST)


def _hugs(code: Code) -> bool:
    return isinstance(code, Atom) and code.power


# ---- several lines -------------------------------------------------------------------------------


def layout(code: Code, indent: int, used: int, tail: int = 0) -> str:
    """The expression as it stands behind `used` columns of its line and before `tail` further ones.

    Lines after the first are indented already; `indent` is that of the statement or item it stands in.
    """
    line = flat(code)
    if used + width(line) + tail <= WIDTH:
        return line
    match code:
        case Invoke():
            line = _broken_call(code, indent, used, tail)
        case Group(opening, items) if items:
            line = _bracketed(opening, _CLOSING[opening], [("", item) for item in items], indent)
        case Table(entries) if entries:
            line = _bracketed("{", "}", [(f"{flat(key)}: ", value) for key, value in entries], indent)
        case Subscript(value, index):
            line = layout(_as_call(value), indent, used, tail + len(index) + 2) + f"[{index}]"
        case Operator() if code.call:
            line = layout(_as_call(code), indent, used, tail)
    return line


def _as_call(code: Code) -> Code:
    if not isinstance(code, Operator) or not code.call:
        return code
    operands = (code.right,) if code.left is None else (code.left, code.right)
    is_literal = code.left is None and isinstance(code.right, Atom) and code.right.text[0].isdigit()
    return Atom(flat(code)) if is_literal else Invoke(Atom(code.call), operands)


def _broken_call(call: Invoke, indent: int, used: int, tail: int) -> str:
    items = [("", arg) for arg in call.args] + [(f"{name}=", value) for name, value in call.kwargs]
    head = call.function
    if isinstance(head, Invoke):
        last = flat(Invoke(Atom(""), call.args, call.kwargs))
        if (head.args or head.kwargs) and indent + 1 + width(last) + tail <= WIDTH:
            return _broken_call(head, indent, used, 0) + last
        first = layout(head, indent, used, 1)
    else:
        first = _primary(head)
    return first + (_bracketed("(", ")", items, indent) if items else "()")


def _bracketed(opening: str, closing: str, items: list[tuple[str, Code]], indent: int) -> str:
    inner = indent + 4
    lines = [opening]
    for before, item in items:
        lines.append(f"{' ' * inner}{before}{layout(item, inner, inner + width(before), 1)},")
    lines.append(" " * indent + closing)
    return "\n".join(lines)


# ---- statements ----------------------------------------------------------------------------------


def assign(target: str, value: Code, indent: int = 4) -> str:
    """`target = value` as a statement."""
    start = f"{' ' * indent}{target} = "
    return start + layout(value, indent, width(start))


def returns(value: Code, indent: int = 4) -> str:
    """`return value` as a statement."""
    start = f"{' ' * indent}return "
    return start + layout(value, indent, width(start))


def statement(value: Code, indent: int = 4) -> str:
    """An expression as a statement."""
    return " " * indent + layout(value, indent, indent)
