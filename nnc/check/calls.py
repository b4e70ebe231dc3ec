"""Calls and chains: which layer, block or function is meant, and what comes of applying it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc import codes
from nnc.catalog import Arg, LayerRow, Row, find, names
from nnc.check.applying import APPLICABLE, apply
from nnc.check.arguments import argument_value, layer_proto
from nnc.check.constants import FUNCTIONS
from nnc.check.elsewhere import ELSEWHERE
from nnc.check.expressions import repeated, unknown_op
from nnc.check.faults import Trouble
from nnc.check.frame import Evaluator, Frame, Use, unwrap
from nnc.check.keras_names import what_is
from nnc.check.matching import Parameter, match
from nnc.check.modules import activation_called, modules_before, refuse_modules
from nnc.check.values import (
    POISON,
    BlockDef,
    BlockProto,
    BlockValue,
    LayerProto,
    LayerValue,
    TensorValue,
    Value,
    noun,
    show,
)
from nnc.diagnostics import Fix
from nnc.graph import FnRef
from nnc.spelling import suggest
from nnc.syntax import tree

# ---- chains --------------------------------------------------------------------------------------


def _chain(expr: tree.Chain, frame: Frame) -> Value:
    head = expr.head
    several = isinstance(head, tree.TupleOf)
    operands = [frame.value(item) for item in head.items] if isinstance(head, tree.TupleOf) else [frame.value(head)]
    value: Value = operands[0] if operands and not several else POISON
    place = head.span
    for step in expr.steps:
        callee = _step(step, frame)
        value = apply(callee, Use(operands, {}, step, place), frame)
        operands, place = [value], step.span
    return value


def _step(expr: tree.Expr, frame: Frame) -> Value:
    """What a step of a chain names: a layer, a block, an fn, or an activation by its bare word."""
    bare = unwrap(expr)
    if isinstance(bare, tree.Name) and frame.scope.find(bare.id) is None:
        return _bare_step(bare, frame)
    if isinstance(bare, tree.Binary) and bare.op == "*":
        return _repeated_step(bare, frame)
    return frame.value(expr)


def _repeated_step(expr: tree.Binary, frame: Frame) -> Value:
    right = unwrap(expr.right)
    if isinstance(right, tree.Name) and frame.scope.find(right.id) is None:
        count, what = frame.value(expr.left), _step(right, frame)
        return POISON if count is POISON or what is POISON else repeated(expr, count, what, frame)
    return frame.value(expr)


def _bare_step(name: tree.Name, frame: Frame) -> Value:
    row = find("layers", "Activation")
    if find("activations", name.id) is not None and isinstance(row, LayerRow):
        return LayerProto(row, {"activation": name.id}, {"activation": name.span}, name.span)
    layer = find("layers", name.id)
    if layer is not None:
        needs = [arg.name for arg in layer.args if arg.required]
        written = f"{name.id}({', '.join(needs)})"
        fix = None if needs else Fix(f"write `{written}`", name.span, written)
        frame.faults.add(
            codes.NOT_A_LAYER, f"the layer `{name.id}` needs its brackets", name.span, help=f"write {written}", fix=fix
        )
        return POISON
    _unknown_layer(name, frame, [*names("activations"), *names("layers")])
    return POISON


def _unknown_layer(name: tree.Name, frame: Frame, known: Sequence[str]) -> None:
    if name.id in frame.context.unread:
        return
    other = what_is(name.id)
    if other is not None:
        kind, words = other
        hint = {
            "ops": f"call it on tensors: ops.{name.id}(x)",
            "activations": f"as a step it stands alone: -> {name.id}",
        }.get(kind, f"{words} stands in an argument or in `train`")
        frame.faults.add(
            codes.UNKNOWN_LAYER, f"`{name.id}` is {words}, not a layer", name.span, expected="a layer", help=hint
        )
        return
    step = activation_called(name.id)
    aliases = ELSEWHERE[codes.UNKNOWN_LAYER.id]
    if (
        step is not None
        and name.id not in aliases
        and not any(layer.casefold() == name.id.casefold() for layer in names("layers"))
    ):
        hint = f"an activation is a step of its own: -> {step}"
        frame.faults.add(codes.UNKNOWN_LAYER, f"there is no layer `{name.id}`", name.span, help=hint)
        return
    own = [n for n in frame.scope.names() if isinstance(_peek(n, frame), (BlockDef, LayerValue, BlockValue, FnRef))]
    known = [*own, *known]
    if frame.context.lost and suggest(name.id, known) is None:
        return
    message = f"there is no layer, block or fn `{name.id}`"
    frame.faults.misspelt(codes.UNKNOWN_LAYER, message, name.span, known)


def _is_layer(name: str) -> bool:
    return any(layer.casefold() == name.casefold() for layer in names("layers"))


def _peek(name: str, frame: Frame) -> Value:
    binding = frame.scope.find(name)
    return binding.value if binding else None


# ---- calls ---------------------------------------------------------------------------------------


def _call(expr: tree.Call, frame: Frame) -> Value:
    function = unwrap(expr.function)
    if isinstance(function, tree.Attribute):
        return _namespaced(function, expr, frame)
    if isinstance(function, tree.Name) and frame.scope.find(function.id) is None:
        return _keras_call(function, expr, frame)
    callee = frame.value(function)
    if callee is POISON:
        _evaluate_arguments(expr, frame)
        return POISON
    if isinstance(callee, BlockDef):
        return _block_proto(callee, expr, frame)
    if isinstance(callee, APPLICABLE):
        return _apply_call(callee, expr, frame)
    frame.faults.add(codes.NOT_CALLABLE, f"{noun(callee)} can't be called", function.span, found=show(callee))
    return POISON


def _namespaced(function: tree.Attribute, expr: tree.Call, frame: Frame) -> Value:
    base = unwrap(function.value)
    if isinstance(base, tree.Name) and base.id == "ops" and frame.scope.find("ops") is None:
        return _ops_call(function.name, expr, frame)
    parts = modules_before(function, frame)
    if parts:
        if refuse_modules(parts, function.name, frame):
            go_on = _ops_call if parts[-1].id == "ops" else _keras_call
            return go_on(function.name, expr, frame)
        _evaluate_arguments(expr, frame)
        return POISON
    if frame.value(function) is not POISON:  # a namespace has no values, so this is never reached without a finding
        frame.faults.add(codes.NOT_CALLABLE, "this can't be called", function.span)
    _evaluate_arguments(expr, frame)
    return POISON


def _keras_call(name: tree.Name, expr: tree.Call, frame: Frame) -> Value:
    function = FUNCTIONS.get(name.id)
    if function is not None:
        return _constant_call(name.id, expr, frame)
    row = find("layers", name.id)
    if not isinstance(row, LayerRow):
        later = frame.later.get(name.id)
        if later is not None:
            frame.value(name)  # which says that it is defined further down
        else:
            _unknown_layer(name, frame, [*names("layers"), *FUNCTIONS])
        _evaluate_arguments(expr, frame)
        return POISON
    if row.refused is not None:
        frame.faults.add(codes.REFUSED, f"`{name.id}` can't be in a spec: {row.refused}", name.span)
        return POISON
    proto = layer_proto(row, expr, frame)
    return POISON if proto is None else proto


def _evaluate_arguments(expr: tree.Call, frame: Frame) -> None:
    """Mistakes inside the arguments of something unknown; its bare words can't be judged."""
    for argument in expr.arguments:
        if isinstance(unwrap(argument.value), (tree.Call, tree.Binary, tree.Chain)):
            frame.value(argument.value)


def _constant_call(name: str, expr: tree.Call, frame: Frame) -> Value:
    function = FUNCTIONS[name]
    values = [frame.value(argument.value) for argument in expr.arguments]
    named = next((a.name for a in expr.arguments if a.name is not None), None)
    if named is not None:
        frame.faults.add(codes.UNKNOWN_ARGUMENT, f"`{name}` takes no arguments by name", named.span)
        return POISON
    if len(values) < function.least or (function.most is not None and len(values) > function.most):
        most = "or more" if function.most is None else "" if function.most == function.least else f"to {function.most}"
        wanted = f"{function.least} {most}".strip()
        frame.faults.add(
            codes.WRONG_COUNT,
            f"`{name}` takes {wanted} argument{'s' * (wanted != '1')}",
            expr.function.span,
            expected=wanted,
            found=str(len(values)),
        )
        return POISON
    if any(value is POISON for value in values):
        return POISON
    if values and isinstance(values[0], TensorValue) and name not in ("shape", "channels", "len"):
        hint = f"ops.{name}(...) works on tensors" if find("ops", name) else None
        message = f"`{name}` works on constants, and this is a tensor"
        frame.faults.add(
            codes.BAD_OPERAND, message, expr.arguments[0].span, expected="a number", found=show(values[0]), help=hint
        )
        return POISON
    frame.faults.spend(sum(len(value) // 8 for value in values if isinstance(value, tuple)), expr.span)
    result = function.compute(values)
    if isinstance(result, Trouble):
        place = expr.arguments[0].span if len(expr.arguments) == 1 else expr.span
        frame.faults.trouble(result, place)
        return POISON
    if isinstance(result, tuple):
        frame.faults.spend(len(result) // 64, expr.span)
    return result


def _block_proto(definition: BlockDef, expr: tree.Call, frame: Frame) -> Value:
    node = definition.node
    if frame.context.is_headless(node):
        _evaluate_arguments(expr, frame)
        return POISON
    slots = [Parameter(p.name.id, p.default is None) for p in node.parameters]
    matched = match(node.name.id, slots, expr, frame)
    if matched is None:
        _evaluate_arguments(expr, frame)
        return POISON
    args = {name: frame.value(argument.value) for name, argument in matched.items()}
    return BlockProto(definition, args, expr.function.span)


def _apply_call(callee: Value, expr: tree.Call, frame: Frame) -> Value:
    """`encoder(x)`, `MultiHeadAttention(8, 64)(query=x, value=y)`: Keras's own call form."""
    operands: list[Value] = []
    by_name: dict[str, Value] = {}
    for argument in expr.arguments:
        value = frame.value(argument.value)
        if argument.name is None:
            operands.append(value)
        else:
            by_name[argument.name.id] = value
    place = expr.arguments[0].span if len(expr.arguments) == 1 else expr.span
    return apply(callee, Use(operands, by_name, expr, place), frame)


def _ops_call(name: tree.Name, expr: tree.Call, frame: Frame) -> Value:
    row = find("ops", name.id)
    if row is None:
        unknown_op(name, frame)
        _evaluate_arguments(expr, frame)
        return POISON
    matched = match(f"ops.{row.name}", row.args, expr, frame)
    if matched is None:
        _evaluate_arguments(expr, frame)
        return POISON
    by_place: list[Value] = []
    by_name: dict[str, Value] = {}
    for position, argument in enumerate(expr.arguments):
        if argument.name is None:
            arg = row.args[min(position, len(row.args) - 1)]
            by_place.append(_op_argument(row, arg, argument.value, frame))
        else:
            by_name[argument.name.id] = _op_argument(row, row.arg(argument.name.id), argument.value, frame)
    values = [*by_place, *by_name.values()]
    if any(value is POISON for value in values):
        return POISON
    if not any(_has_tensor(value, expr, frame) for value in values):
        frame.faults.add(
            codes.NOT_A_TENSOR,
            f"`ops.{name.id}` needs a tensor of the model",
            expr.span,
            expected="at least one tensor among its arguments",
        )
        return POISON
    return POISON if frame.builder is None else frame.builder.op(row.name, by_place, by_name, frame, expr.span)


def _op_argument(row: Row, arg: Arg | None, expr: tree.Expr, frame: Frame) -> Value:
    bare = unwrap(expr)
    if arg is not None and isinstance(bare, tree.Name) and frame.scope.find(bare.id) is None and arg.kind.words:
        return argument_value(expr, arg, f"ops.{row.name}", frame)
    return frame.value(expr)


def _has_tensor(value: Value, expr: tree.Expr, frame: Frame) -> bool:
    if isinstance(value, tuple):
        frame.faults.spend(len(value), expr.span)
        return any(_has_tensor(item, expr, frame) for item in value)
    return isinstance(value, TensorValue)


CALLS: Mapping[type, Evaluator] = {tree.Chain: _chain, tree.Call: _call}
