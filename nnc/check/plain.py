"""From the checker's values to those of the graph: what may stand in an argument once it is worked out."""

from __future__ import annotations

from collections.abc import Mapping

from nnc import codes
from nnc.catalog import Size
from nnc.check.constants import unknown_size
from nnc.check.frame import Frame
from nnc.check.values import (
    POISON,
    BlockDef,
    BlockProto,
    BlockValue,
    LayerProto,
    LayerValue,
    Repeat,
    TensorValue,
    Value,
    all_settled,
    noun,
    show,
)
from nnc.graph import FnRef, Object
from nnc.syntax import tree

_PLAIN = (bool, int, float, str, type(None), FnRef, Object)


def plain(value: Value, expr: tree.Expr, frame: Frame) -> Value:
    """The value as the graph holds it, or POISON: a tensor can't stand in an argument, for one."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, tuple):
        frame.faults.spend(len(value), expr.span)
        frame.context.enter(expr.span)
        items = tuple(plain(item, expr, frame) for item in value)
        frame.context.nesting -= 1
        return POISON if any(item is POISON for item in items) else items
    if isinstance(value, Mapping):
        entries = {key: plain(item, expr, frame) for key, item in value.items()}
        return POISON if any(item is POISON for item in entries.values()) else entries
    if isinstance(value, LayerProto):
        return as_object(value)
    _refuse(value, expr, frame)
    return POISON


def as_object(proto: LayerProto) -> Object:
    """A layer as an argument of another one; its `name` goes with it."""
    args = dict(proto.args)
    if proto.name is not None:
        args["name"] = proto.name
    return Object("layers", proto.row.name, all_settled(args))


_WHY: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (TensorValue, "tensors stand before `->`; an argument is a number, a word, a list or a Keras object"),
    (LayerValue, "a shared layer can't be wrapped; write the layer itself"),
    ((BlockDef, BlockProto, BlockValue), "blocks can't be wrapped; write a layer of Keras"),
    (Repeat, "a repeat stands in a chain alone"),
)


def _refuse(value: Value, expr: tree.Expr, frame: Frame) -> None:
    if isinstance(value, Size):
        frame.faults.trouble(unknown_size(value), expr.span)
        return
    hint = next((words for types, words in _WHY if isinstance(value, types)), None)
    frame.faults.add(
        codes.BAD_ARGUMENT,
        f"{noun(value)} can't be an argument",
        expr.span,
        expected="a number, a word, a list or a Keras object",
        found=show(value),
        help=hint,
    )
