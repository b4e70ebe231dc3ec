"""What an expression can stand for while a spec is checked, and how a message speaks of it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from nnc import graph
from nnc.catalog import LayerRow, Size, TensorType
from nnc.graph import FnRef, Object
from nnc.lean import dataclass
from nnc.source import Span
from nnc.syntax import tree

if TYPE_CHECKING:
    from nnc.check.scope import Scope


Value: TypeAlias = object


class _Poison(enum.Enum):
    POISON = enum.auto()


# What a mistake leaves behind: everything that touches it is silent, so that one mistake gives one finding.
POISON: Final = _Poison.POISON


@dataclass(eq=False, slots=True)
class TensorValue:
    """A tensor while the model is being built; `span` is where it was made. Becomes a `graph.Tensor`."""

    id: int
    type: TensorType
    span: Span
    name: str | None = None


@dataclass(frozen=True, slots=True)
class LayerProto:
    """`Dense(64, relu)`: a layer that is described and not yet made. Each use of it makes one.

    `args` are what was given, in Keras's order; `places` where each stands; `name` is the argument of that name.
    """

    row: LayerRow
    args: Mapping[str, object]
    places: Mapping[str, Span]
    span: Span
    name: str | None = None
    name_span: Span | None = None


@dataclass(eq=False, slots=True)
class LayerValue:
    """A layer with its weights. `counts` are its parameters as the first use found them."""

    name: str
    proto: LayerProto
    counts: tuple[int | None, int | None] | None = None
    first_use: Span | None = None
    place: graph.Place | None = None
    scope: tuple[graph.Scope, ...] = ()
    inner_names: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BlockDef:
    """A block of the spec, with the names that its file can see."""

    node: tree.Block
    scope: Scope


@dataclass(frozen=True, slots=True)
class BlockProto:
    """`Residual(64, stride=2)`: a block with its parameters. Each use of it makes its layers anew."""

    definition: BlockDef
    args: Mapping[str, object]
    span: Span


@dataclass(eq=False, slots=True)
class Pool:
    """What a shared block's first use made, in order: layers, and blocks that are shared in turn."""

    made: list[LayerValue | BlockValue] = field(default_factory=list)
    next: int = 0
    replaying: bool = False


@dataclass(eq=False, slots=True)
class BlockValue:
    """A block made by `layer`: each use shares its weights."""

    name: str
    proto: BlockProto
    pool: Pool = field(default_factory=Pool)


@dataclass(frozen=True, slots=True)
class Repeat:
    """`3 * Block(8)` in a chain. `what` may be whatever can be a step: a shared layer, an fn, an activation's word."""

    count: int
    what: Value
    span: Span


class Several(tuple[TensorValue, ...]):
    """The several outputs of one layer or block: a list, which a block of several inputs takes as these."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word, as a section's keys take it (`adam`, `median`)."""

    id: str


def settled(value: Value) -> graph.Value:
    """A value that the checker has accepted, as the graph holds it: it has become plain."""
    return cast("graph.Value", value)


def all_settled(values: Mapping[str, Value]) -> Mapping[str, graph.Value]:
    """Accepted arguments, as the graph holds them."""
    return cast("Mapping[str, graph.Value]", values)


_NOUNS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a number"),
    (str, "a string"),
    (tuple, "a list"),
    (Mapping, "a map"),
    (TensorValue, "a tensor"),
    ((LayerProto, LayerValue), "a layer"),
    ((BlockProto, BlockValue, BlockDef), "a block"),
    (FnRef, "an fn"),
    (Object, "a Keras object"),
    (Size, "a size that is not known yet"),
    (Repeat, "a repeated layer"),
    (Word, "a word"),
    (type(None), "none"),
)


def noun(value: Value) -> str:
    """What kind of thing a value is, in words."""
    return next((words for types, words in _NOUNS if isinstance(value, types)), "a value")


def is_number(value: Value) -> bool:
    """Whether it is a number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def show(value: Value, depth: int = 2) -> str:
    """The value as somebody would write it in a spec, shortened to a length that fits in a message."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "none"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 40 else f'"{value[:37]}..."'
    if isinstance(value, (int, float)):
        text = repr(value)
        return text if len(text) <= 30 else f"{text[:27]}..."
    if isinstance(value, tuple):
        return _show_list(value, depth)
    return _show_other(value)


def _show_list(value: tuple[Value, ...], depth: int) -> str:
    if depth == 0 and value:
        return "[...]"
    items = [show(item, depth - 1) for item in value[:6]]
    return f"[{', '.join(items)}{', ...' if len(value) > 6 else ''}]"


def _show_other(value: Value) -> str:
    if isinstance(value, TensorValue):
        return f"a tensor {value.type}"
    if isinstance(value, (LayerProto, LayerValue)):
        proto = value if isinstance(value, LayerProto) else value.proto
        return f"the layer {proto.row.name}"
    if isinstance(value, (FnRef, Object)):
        return value.name
    if isinstance(value, Size):
        return str(value)
    if isinstance(value, Word):
        return value.id
    return noun(value)
