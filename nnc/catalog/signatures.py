"""The names, order and defaults of Keras's arguments, as `tests/oracle/harvest.py` wrote them down.

One JSON file a kind, read when that kind is first asked for.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from nnc.lean import dataclass

DATA = os.path.join(os.path.dirname(__file__), "data")  # noqa: PTH118, PTH120 - pathlib takes 2 ms to load


@dataclass(frozen=True, slots=True)
class Signature:
    """What Keras says of a row.

    `args` are (name,) where required, (name, default) where not, (name, default, True) where only the name will do.
    """

    name: str
    args: tuple[tuple[Any, ...], ...]
    aliases: tuple[str, ...]
    identifiers: tuple[str, ...]


@cache
def _rows(kind: str) -> Mapping[str, Mapping[str, Any]]:
    if kind not in KINDS:
        return {}
    with open(os.path.join(DATA, f"{kind}.json"), encoding="utf-8") as file:  # noqa: PTH118, PTH123 - as above
        rows: Mapping[str, Mapping[str, Any]] = json.load(file)["rows"]
    return rows


KINDS = (
    "activations",
    "callbacks",
    "constraints",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "ops",
    "optimizers",
    "optimizers.schedules",
    "regularizers",
)


@cache
def canonical_names(kind: str) -> tuple[str, ...]:
    """Every name of that kind without aliases, sorted."""
    return tuple(_rows(kind))


@cache
def spellings(kind: str) -> Mapping[str, str]:
    """Every name, alias and identifier of that kind, and the canonical name that each stands for.

    A name comes before an alias of another row, an alias before an identifier.
    """
    found: dict[str, str] = {}
    for part in ("identifiers", "aliases"):
        found.update((word, name) for name, row in _rows(kind).items() for word in row.get(part, ()))
    found.update((name, name) for name in _rows(kind))
    return found


@cache
def words(kind: str) -> tuple[str, ...]:
    """The words in snake case that may stand in a string's place (`he_normal`, `mae`), sorted."""
    return tuple(sorted(word for word in bare(kind) if word.islower()))


@cache
def bare(kind: str) -> frozenset[str]:
    """The spellings that Keras takes without brackets: not `constant`, of which it can't make an initializer."""
    called = (word for row in _rows(kind).values() for word in row.get("called", ()))
    return frozenset(spellings(kind)).difference(called)


def signature(kind: str, name: str) -> Signature | None:
    """The signature of the row with that canonical name."""
    row = _rows(kind).get(name)
    if row is None:
        return None
    args = tuple(tuple(_tuples(part) for part in arg) for arg in row["args"])
    return Signature(name, args, tuple(row.get("aliases", ())), tuple(row.get("identifiers", ())))


def _tuples(value: Any) -> Any:
    """JSON has no tuples; Keras's defaults have no lists."""
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
