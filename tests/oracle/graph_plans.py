"""What a plan of a whole network is: branches, merges, shared layers and blocks, nested blocks, loops, choices, lists.

A plan says nothing of .nn and nothing of Keras; `graph_spec.py` and `graph_keras.py` have an interpreter each. Tensors
are numbers in a scope: its inputs first, then what the steps make, in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Args = dict[str, Any]


class Name(str):
    """An expression of a block's parameters or of a loop's name; `VALUES` has what it comes to."""

    __slots__ = ()


@dataclass(frozen=True)
class Described:
    """A layer or block with its arguments, not yet made."""

    name: str
    args: Args = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One statement. `takes` are the tensors, `gives` how many names it binds, `times` repeats it.

    `form` says how it is written: layer, given (a layer that is a block's parameter), shared, many (a list into a
    layer), attend (a tuple into one), infix, op, index, same (nothing is done), block; and those with `inner` steps,
    whose scope is what this one takes: loop (`args["values"]` in turn as `u`), if (`args["left"] > args["than"]`, two
    inner steps), towers (a loop over a list of tensors that makes a list, which `name` then merges).
    """

    form: str
    name: str
    takes: tuple[int, ...]
    args: Args = field(default_factory=dict)
    times: int = 1
    gives: int = 1
    inner: tuple[Step, ...] = ()


@dataclass(frozen=True)
class BlockPlan:
    """A block of some inputs, with parameters `n`, `act` and `norm`; `outputs` are tensors of its scope."""

    name: str
    inputs: int
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]


Input = tuple[tuple[int | str | None, ...], str]  # a shape (a size may be open, with or without a name) and a dtype


@dataclass(frozen=True)
class Plan:
    """A network. `shared` are layers and blocks by name."""

    inputs: tuple[Input, ...]
    blocks: tuple[BlockPlan, ...]
    shared: Mapping[str, Described]
    steps: tuple[Step, ...]

    def block(self, name: str) -> BlockPlan | None:
        """The block of that name, if there is one."""
        return next((block for block in self.blocks if block.name == name), None)


VALUES = {
    "n": lambda bound: bound["n"],
    "2 * n": lambda bound: 2 * bound["n"],
    "n + 1": lambda bound: bound["n"] + 1,
    "act": lambda bound: bound["act"],
    "norm": lambda bound: bound["norm"],
    "u": lambda bound: bound["u"],
}


def resolved(value: Any, bound: Mapping[str, Any]) -> Any:
    """A value with its names looked up."""
    if isinstance(value, Name):
        return VALUES[value](bound)
    if isinstance(value, dict):
        return {key: resolved(item, bound) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(resolved(item, bound) for item in value)
    return value
