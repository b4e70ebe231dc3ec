"""The types of arguments: what each takes, and what it says when it is given something else.

A `Type` knows nothing of the argument's name; `Type.of("units")` makes the `Kind` of an argument, whose
rejections speak of it by name: "`units` must be a positive whole number".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nnc.catalog.rows import Argument, Kind, Rejection
from nnc.catalog.signatures import bare, words
from nnc.catalog.values import FnRef, Object
from nnc.lean import dataclass


class _No:
    """What a `take` gives for a value that it does not take."""


NO = _No()


@dataclass(frozen=True, slots=True)
class Type:
    """What may stand for an argument.

    `noun` fits into "must be ...", `take` gives the value as Keras should have it, or NO, or a Rejection where
    there is more to say than that. `words_of` is the kind whose names may stand there as bare words. `why` says what to
    do instead, `hint` what was probably meant by a value.
    """

    noun: str
    take: Callable[[Argument], Argument]
    words: tuple[str, ...] = ()
    words_of: str | None = None
    objects: str | None = None
    fn: bool = False
    why: str | None = None
    hint: Callable[[Argument], str | None] | None = None

    def of(self, argument: str) -> Kind:
        """The kind of the argument of that name."""
        known = self.words + (words(self.words_of) if self.words_of else ())

        def accept(value: Argument) -> Argument:
            taken = self.take(value)
            if taken is NO:
                reason = f"`{argument}` must be {self.noun}"
                near = _near(value, known)
                hint = self.hint(value) if self.hint is not None else None
                help_ = f"did you mean `{near}`?" if near else hint or self.why
                return Rejection(reason, self.noun, describe(value), argument, help_, near)
            if isinstance(taken, Rejection):
                return replace(taken, reason=taken.reason.format(argument=f"`{argument}`"), argument=argument)
            return taken

        return Kind(self.noun, accept, known, self.objects, self.fn)

    def __or__(self, other: Type) -> Type:
        """Either of two types."""

        def take(value: Argument) -> Argument:
            taken = self.take(value)
            return other.take(value) if taken is NO else taken

        known = f" or {other.noun}" in f" or {self.noun}"
        return Type(
            self.noun if known else f"{self.noun} or {other.noun}",
            take,
            self.words + other.words,
            self.words_of or other.words_of,
            self.objects or other.objects,
            self.fn or other.fn,
            self.why or other.why,
        )


def _near(value: Argument, known: Sequence[str]) -> str | None:
    """The word that was meant by a string that is none of the known ones."""
    if not isinstance(value, str) or not known:
        return None
    from nnc.spelling import suggest

    return suggest(value, known)


def describe(value: Argument) -> str:
    """A value as the user wrote it, more or less, shortened."""
    text = _describe(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _describe(value: Argument) -> str:
    for kind, text in _TEXTS:
        if isinstance(value, kind):
            return text(value)
    return str(value)


def _list_text(value: Sequence[Argument]) -> str:
    return "[" + ", ".join(_describe(item) for item in value[:20]) + "]"


_TEXTS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (type(None), lambda _: "none"),
    (bool, lambda value: str(value).lower()),
    (Object, lambda value: f"{value.name}(...)" if value.args else f"{value.name}()"),
    (FnRef, lambda value: f"the fn {value.name}"),
    (str, lambda value: f'"{value}"'),
    (Mapping, lambda _: "a map"),
    ((tuple, list), _list_text),
)


# ---- plain values --------------------------------------------------------------------------------


def is_int(value: Argument) -> bool:
    """Whether it is a whole number (true and false are none, though Python says so)."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Argument) -> bool:
    """Whether it is a finite number."""
    return is_int(value) or (isinstance(value, float) and math.isfinite(value))


def _when(test: Callable[[Any], bool]) -> Callable[[Argument], Argument]:
    return lambda value: value if test(value) else NO


# No layer of a network that fits a machine comes near this; beyond it, 64-bit sizes overflow.
LARGEST = 2**31 - 1


def integer(low: int | None = None, high: int = LARGEST, noun: str | None = None) -> Type:
    """A whole number within bounds."""
    if noun is None:
        noun = {None: "a whole number", 0: "a whole number of at least 0", 1: "a positive whole number"}.get(
            low, f"a whole number of at least {low}"
        )
    least = -LARGEST if low is None else low
    return Type(noun, _when(lambda value: is_int(value) and least <= value <= high))


def number(low: float = -math.inf, high: float = math.inf, *, above: bool = False, below: bool = False) -> Type:
    """A number within bounds; `above` and `below` leave the bounds themselves out."""
    noun = "a number"
    if low > -math.inf and high < math.inf:
        noun = f"a number from {low:g} to {high:g}"
        noun += f" (but not {low if above else high:g})" if above != below else ""
        noun = f"a number between {low:g} and {high:g}" if above and below else noun
    elif low > -math.inf:
        noun = f"a number above {low:g}" if above else f"a number of at least {low:g}"

    def fits(value: Argument) -> bool:
        if not is_number(value) or not low <= value <= high:
            return False
        return not (above and value == low) and not (below and value == high)

    return Type(noun, _when(fits), hint=_share if (low, high) == (0, 1) else None)


def _share(value: Argument) -> str | None:
    """What `Dropout(20)` probably means."""
    if not is_number(value) or not 2 <= value <= 100:
        return None
    return f"if {value:g} of a hundred is meant, write {value:g}% or {value / 100:g}"


def as_float(kind: Type) -> Type:
    """The same numbers, each as a float: for arguments of which Keras takes no whole number."""

    def take(value: Argument) -> Argument:
        taken = kind.take(value)
        return float(taken) if is_int(taken) else taken

    return replace(kind, take=take)


BOOL = Type("true or false", _when(lambda value: isinstance(value, bool)), ("true", "false"))
STRING = Type("a string", _when(lambda value: isinstance(value, str)))
NONE = Type("none", _when(lambda value: value is None))
ANY = Type("a value", lambda value: value)


def optional(kind: Type) -> Type:
    """That, or none."""
    return kind | NONE


def choice(*options: str) -> Type:
    """One of a few words."""
    return Type(one_of(options), _when(lambda value: isinstance(value, str) and value in options), options)


def one_of(options: Sequence[str]) -> str:
    """`a`, `b` or `c`."""
    quoted = [f"`{option}`" for option in options]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


# ---- several numbers -----------------------------------------------------------------------------


def many(item: Type, noun: str, count: int | None = None, *, empty: bool = True, most: int | None = None) -> Type:
    """A list of values of one type, `count` of them, or `most`, where that is given. It becomes a tuple."""

    def take(value: Argument) -> Argument:
        if not isinstance(value, (tuple, list)) or (count is not None and len(value) != count):
            return NO
        if (not value and not empty) or (most is not None and len(value) > most):
            return NO
        taken = tuple(item.take(part) for part in value)
        return NO if any(part is NO for part in taken) else taken

    return Type(noun, take)


def several_of(options: Sequence[str], noun: str) -> Type:
    """A list of one or more of these words, none of them twice."""
    item = choice(*options)

    def take(value: Argument) -> Argument:
        if not isinstance(value, (tuple, list)) or not value or len(set(map(str, value))) < len(value):
            return NO
        taken = tuple(item.take(part) for part in value)
        return NO if any(part is NO for part in taken) else taken

    return Type(f"{noun} ({', '.join(options)})", take, tuple(options))


def nested_numbers(value: Argument) -> Argument:
    """A number, or lists in lists of them, as tuples."""
    if is_number(value):
        return value
    if not isinstance(value, (tuple, list)) or not value:
        return NO
    items = tuple(nested_numbers(item) for item in value)
    return NO if any(item is NO for item in items) else items


def ints(rank: int, low: int = 1) -> Type:
    """A whole number for all spatial axes, or one for each."""
    each = integer(low)
    what = "positive whole number" if low == 1 else f"whole number of at least {low}"
    if rank == 1:
        return replace(each | many(each, "a list of one", 1), noun=f"a {what}")
    return replace(each | many(each, "", rank), noun=f"a {what} or a list of {rank}")


def pairs(rank: int) -> Type:
    """How much to pad or crop: one number, one for each axis, or a pair (before, after) for each axis."""
    each = integer(0)
    pair = each | many(each, "", 2)
    if rank == 1:
        return replace(pair, noun="a whole number of at least 0 or a pair of them")
    return replace(
        each | many(pair, "", rank), noun=f"a whole number of at least 0, or a list of {rank} of them or of pairs"
    )


def mapping(noun: str = "a map") -> Type:
    """A map from words to values."""
    return Type(noun, _when(lambda value: isinstance(value, Mapping)))


# ---- Keras's objects -----------------------------------------------------------------------------


def keras_object(kind: str, noun: str, *, word: bool = True, fn: bool = False) -> Type:
    """A row of another kind: a word (`he_normal`), an object (`HeNormal(seed=1)`), or an `fn` where that may be."""

    def take(value: Argument) -> Argument:
        if isinstance(value, FnRef):
            return value if fn else NO
        if isinstance(value, Object):
            return value if value.kind == kind else NO
        return value if word and isinstance(value, str) and value in bare(kind) else NO

    return Type(noun, take, (), kind if word else None, kind, fn)
