"""The parser's tables, as `nnc/syntax/generate.py` made them from `grammar/nn.lark`: loaded in milliseconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from nnc.lean import dataclass

TABLES = Path(__file__).with_name("tables.json")
START = "file"
END = "$END"
LINE_END = "_NL"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the grammar as the parser needs it.

    `build` is the name of the function that makes the node: empty for a rule that passes its lone child through
    or, where `splice` is set, hands its children over to the rule around it. `kept` are the indices of the
    symbols that count as children: words and punctuation do not.
    """

    origin: str
    size: int
    kept: tuple[int, ...]
    build: str
    splice: bool
    lone: bool = field(init=False)
    """Whether its only symbol is its only child and stands for it. (A list of one child may as well be that child.)"""

    def __post_init__(self) -> None:
        object.__setattr__(self, "lone", self.size == 1 and not self.build and self.kept == (0,))


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """The LALR(1) automaton: in each state, an action for each symbol.

    An action n >= 0 is "shift (or, for a rule's name, go) to state n"; n < 0 is "reduce by rule -1 - n".
    """

    signs: tuple[tuple[str, str], ...]
    words: Mapping[str, str]
    rules: tuple[Rule, ...]
    states: tuple[Mapping[str, int], ...]
    start: int
    end: int


def load(path: Path = TABLES) -> Tables:
    """The tables as they were written. Raises OSError where the installation is broken."""
    raw = json.loads(path.read_text("ascii"))
    symbols = raw["symbols"]
    return Tables(
        signs=tuple((name, pattern) for name, pattern in raw["signs"]),
        words=raw["words"],
        rules=tuple(
            Rule(origin, size, tuple(kept), build, splice) for origin, size, kept, build, splice in raw["rules"]
        ),
        states=tuple(
            {symbols[s]: action for s, action in zip(row[::2], row[1::2], strict=True)} for row in raw["states"]
        ),
        start=raw["start"],
        end=raw["end"],
    )
