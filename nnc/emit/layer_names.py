"""The names that one place of a spec gave to its layers, as an expression over the loops around it.

A place in a block's body makes a layer for each use of the block and each round of a loop. Their names are known; what
is found here is how a program says them: the use's own name, then a text, or a text with a number that counts rounds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from nnc.lean import dataclass

Rounds: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Plain:
    """The same text each time."""

    text: str


@dataclass(frozen=True)
class Numbered:
    """`base_3` in round 0, `base_4` in round 1, ... of the innermost loop; `first` is the number of round 0."""

    base: str
    first: int


@dataclass(frozen=True)
class Suffixed:
    """`base` in round 0, `base_2` in round 1, ... of the loop that is `loop` (0 the outermost).

    Where `numbered`, the innermost loop's number, from 1, stands between base and suffix.
    """

    base: str
    loop: int
    numbered: bool = False


@dataclass(frozen=True)
class Listed:
    """A text for each round of one loop or of two: nothing regular."""

    texts: tuple[object, ...]


Pattern: TypeAlias = Plain | Numbered | Suffixed | Listed


def pattern(names: Mapping[Rounds, str], loops: int) -> Pattern | None:
    """How the names hang on the rounds of `loops` loops; None where that can't be said in an expression."""
    if not names:
        return None
    if len(names) == 1:
        ((rounds, text),) = names.items()
        return _once(text, loops) if not any(rounds) else Plain(text)
    if loops == 0:
        return None
    return (_doubly(names) if loops == 2 else None) or _counted(names, loops) or _listed(names, loops)


def _once(text: str, loops: int) -> Pattern:
    """A loop that has one round is written so that it may have more."""
    if loops == 0:
        return Plain(text)
    return Numbered(text[:-2], 1) if text.endswith("_1") else Suffixed(text, loops - 1)


def _counted(names: Mapping[Rounds, str], loops: int) -> Pattern | None:
    """A name that counts the rounds of one loop, the only one that has several."""
    moving = [axis for axis in range(loops) if len({rounds[axis] for rounds in names}) > 1]
    if len(moving) != 1:
        return None
    (axis,) = moving
    by_round = {rounds[axis]: text for rounds, text in names.items()}
    first = by_round.get(0)
    if first is not None and all(text == _nth(first, number) for number, text in by_round.items()):
        return Suffixed(first, axis)
    start = min(by_round)
    cut = re.fullmatch(r"(.*)_(\d+)", by_round[start])
    if cut is None or axis != loops - 1:
        return None
    base, offset = cut[1], int(cut[2]) - start
    regular = all(text == f"{base}_{number + offset}" for number, text in by_round.items())
    return Numbered(base, offset) if regular and offset >= 0 else None


def _doubly(names: Mapping[Rounds, str]) -> Pattern | None:
    """`base_1`, `base_2` in the first round outside, `base_1_2`, `base_2_2` in the second."""
    first = names.get((0, 0), "")
    if not first.endswith("_1"):
        return None
    base = first[:-2]
    regular = all(text == _nth(f"{base}_{inner + 1}", outer) for (outer, inner), text in names.items())
    return Suffixed(base, 0, numbered=True) if regular else None


def _nth(text: str, number: int) -> str:
    return text if number == 0 else f"{text}_{number + 1}"


def _listed(names: Mapping[Rounds, str], loops: int) -> Listed | None:
    if loops == 1:
        return Listed(tuple(names.get((i,), "") for i in range(max(rounds[0] for rounds in names) + 1)))
    if loops == 2:
        outer = max(rounds[0] for rounds in names) + 1
        rows = []
        for i in range(outer):
            inner = max((rounds[1] for rounds in names if rounds[0] == i), default=-1) + 1
            rows.append(tuple(names.get((i, j), "") for j in range(inner)))
        return Listed(tuple(rows))
    return None
