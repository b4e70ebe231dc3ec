"""Values that stand for more than numbers and words: a Keras object, a function of the spec, an item of an index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

from nnc.lean import dataclass


@dataclass(frozen=True)
class FnRef:
    """A function that the spec defines with `fn`."""

    name: str


@dataclass(frozen=True)
class Object:
    """A Keras object by its row in the catalog: `Object("optimizers", "Adam", {"learning_rate": 0.01})`.

    `kind` is the Keras module that holds it: layers, optimizers, losses, metrics, initializers, regularizers,
    constraints, callbacks, `optimizers.schedules`. `args` are only those that were given, by Keras's names and
    in Keras's order.
    """

    kind: str
    name: str
    args: Mapping[str, Value] = field(default_factory=dict)


Value: TypeAlias = bool | int | float | str | tuple["Value", ...] | Mapping[str, "Value"] | Object | FnRef | None


@dataclass(frozen=True)
class IndexItem:
    """One item of an index: an integer, a slice (`is_slice`), or `...` (`is_ellipsis`)."""

    start: int | None = None
    stop: int | None = None
    step: int | None = None
    is_slice: bool = False
    is_ellipsis: bool = False
