"""Applying a layer, a block or an fn: which of them it is, what its layers are called, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nnc import codes, graph
from nnc.catalog import LayerRow, find
from nnc.check import blocks
from nnc.check.builder import check_operands, snake
from nnc.check.expressions import block_without_brackets
from nnc.check.frame import Frame, Use, unwrap
from nnc.check.inline import call_fn, fits_activation
from nnc.check.values import (
    POISON,
    BlockDef,
    BlockProto,
    BlockValue,
    LayerProto,
    LayerValue,
    Repeat,
    Several,
    TensorValue,
    Value,
    noun,
    show,
)
from nnc.graph import FnRef
from nnc.source import Span
from nnc.syntax import tree


def apply(callee: Value, use: Use, frame: Frame) -> Value:
    """What comes of applying a layer, a block or an fn; POISON where it can't be applied to this."""
    if callee is POISON:
        return POISON
    applier = next((row[1] for row in _APPLIERS if isinstance(callee, row[0])), None)
    if applier is None:
        _not_a_layer(callee, use.node.span, frame)
        return POISON
    if frame.builder is None:
        frame.faults.add(codes.NOT_HERE, "a layer is applied inside a model or block", use.node.span)
        return POISON
    return applier(callee, use, frame)


def _not_a_layer(callee: Value, span: Span, frame: Frame) -> None:
    if isinstance(callee, BlockDef):
        block_without_brackets(callee, span, frame)
        return
    message = f"{noun(callee)} can't be applied to a tensor"
    expected = "a layer, a block or an fn"
    frame.faults.add(codes.NOT_A_LAYER, message, span, expected=expected, found=show(callee))


def _apply_proto(proto: LayerProto, use: Use, frame: Frame) -> Value:
    return _apply_named(proto, wanted_name(frame, use.node, snake(proto.row.name)), use, frame)


def _apply_named(proto: LayerProto, wanted: str, use: Use, frame: Frame) -> Value:
    if frame.builder is None or not _fit(proto.row.name, use, frame):
        return POISON
    layer = frame.builder.make(proto, wanted, frame)
    return frame.builder.call(layer, use, frame)


def _apply_layer(layer: LayerValue, use: Use, frame: Frame) -> Value:
    if frame.builder is None or not _fit(layer.proto.row.name, use, frame):
        return POISON
    return frame.builder.call(layer, use, frame)


def _fit(kind: str, use: Use, frame: Frame) -> bool:
    named = [v for v in use.by_name.values() if isinstance(v, (TensorValue, tuple)) or v is POISON]
    if not use.operands and not use.by_name:
        message = f"`{kind}` is applied to nothing"
        frame.faults.add(codes.NOT_A_TENSOR, message, use.node.span, expected="a tensor")
        return False
    return check_operands([*use.operands, *named], frame, use.place, f"`{kind}`")


def _apply_block(proto: BlockProto, use: Use, frame: Frame) -> Value:
    return blocks.expand(proto, wanted_name(frame, use.node, snake(proto.definition.node.name.id)), use, frame)


def _apply_repeat(repeat: Repeat, use: Use, frame: Frame) -> Value:
    what = repeat.what
    if not repeat.count:
        return _through(use, frame)
    value: Value = POISON
    around = frame.rounds
    for i in range(repeat.count):
        frame.rounds = (*around, i)
        if isinstance(what, LayerProto):
            value = _apply_named(what, f"{wanted_name(frame, use.node, snake(what.row.name))}_{i + 1}", use, frame)
        elif isinstance(what, BlockProto):
            wanted = wanted_name(frame, use.node, snake(what.definition.node.name.id))
            value = blocks.expand(what, f"{wanted}_{i + 1}", use, frame, (i, repeat.count))
        else:
            value = apply(what, use, frame)
        if value is POISON:
            break
        use = Use([value], {}, use.node, use.node.span)
    frame.rounds = around
    return value


def _through(use: Use, frame: Frame) -> Value:
    """What `0 * Block()` makes of its inputs: nothing, they come out as they went in."""
    if not _fit("0 * ...", use, frame):
        return POISON
    if len(use.operands) == 1:
        return use.operands[0]
    return Several(value for value in (*use.operands, *use.by_name.values()) if isinstance(value, TensorValue))


def _apply_word(word: str, use: Use, frame: Frame) -> Value:
    """A param or an argument that is the name of an activation, as a step: `x -> kind`."""
    row = find("layers", "Activation")
    if find("activations", word) is None or not isinstance(row, LayerRow):
        _not_a_layer(word, use.node.span, frame)
        return POISON
    span = use.node.span
    return _apply_proto(LayerProto(row, {"activation": word}, {"activation": span}, span), use, frame)


def _apply_fn(ref: FnRef, use: Use, frame: Frame) -> Value:
    fn = frame.context.fns.get(ref.name)
    if fn is None:  # its own mistakes are on the list
        return POISON
    return call_fn(fn, use, frame) if isinstance(use.node, tree.Call) else _as_activation(fn, use, frame)


def _as_activation(fn: graph.Fn, use: Use, frame: Frame) -> Value:
    span = use.node.span
    if len(fn.parameters) != 1:
        frame.faults.add(
            codes.FN_SHAPE,
            f"the fn `{fn.name}` takes {len(fn.parameters)} arguments, and a step of a chain gives it one",
            span,
            expected="an fn of one argument",
            help=f"call it: {fn.name}({', '.join(fn.parameters)})",
        )
        return POISON
    row = find("layers", "Activation")
    if not isinstance(row, LayerRow) or not fits_activation(fn, use.operands, frame, span):
        return POISON
    return _apply_proto(LayerProto(row, {"activation": FnRef(fn.name)}, {"activation": span}, span), use, frame)


_APPLIERS: tuple[tuple[type, Callable[[Any, Use, Frame], Value]], ...] = (
    (LayerProto, _apply_proto),
    (LayerValue, _apply_layer),
    (BlockProto, _apply_block),
    (BlockValue, blocks.expand_shared),
    (Repeat, _apply_repeat),
    (FnRef, _apply_fn),
    (str, _apply_word),
)
APPLICABLE = tuple(row[0] for row in _APPLIERS if row[0] is not str)


def wanted_name(frame: Frame, node: tree.Expr, kind: str) -> str:
    """What a layer or block is to be called: the binding's name if it alone makes the value, else with its kind."""
    if unwrap(node) is frame.sole:
        return f"{frame.prefix}{frame.base}"
    return f"{frame.prefix}{frame.base}_{kind}" if frame.base else f"{frame.prefix}{kind}"


def sole_step(expr: tree.Expr) -> tree.Expr | None:
    """The step that alone makes a value: the only one of a chain, or a call in Keras's form."""
    expr = unwrap(expr)
    if isinstance(expr, tree.Chain):
        return unwrap(expr.steps[0]) if len(expr.steps) == 1 else None
    return expr if isinstance(expr, tree.Call) else None
