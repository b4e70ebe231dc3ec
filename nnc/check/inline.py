"""An `fn` applied in a model: as calls of keras.ops one by one, or tried on types alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from nnc import codes, graph, limits
from nnc.catalog import Rejection, TensorType, apply_op
from nnc.check.constants import OPERATORS, index
from nnc.check.faults import Trouble
from nnc.check.frame import Frame, Use
from nnc.check.values import POISON, TensorValue, Value, is_number, show
from nnc.source import Span

# Keras's epsilon() unless somebody has set another one.
_NAMED = {"epsilon": 1e-7, "pi": math.pi}

Do = Callable[[str, Sequence[Value], Mapping[str, Value]], Value]

_CONSTANT = {operator.op: operator for operator in OPERATORS.values()}


def call_fn(fn: graph.Fn, use: Use, frame: Frame) -> Value:
    """The fn's result on tensors of the model; its functions become calls of the model."""
    operands, by_name, span = use.operands, use.by_name, use.node.span
    given = dict(zip(fn.parameters, operands, strict=False))
    if len(operands) > len(fn.parameters) or set(given) & set(by_name) or {*given, *by_name} != set(fn.parameters):
        frame.faults.add(
            codes.WRONG_COUNT,
            f"the fn `{fn.name}` takes {len(fn.parameters)} argument{'s' * (len(fn.parameters) != 1)}",
            span,
            expected=f"{fn.name}({', '.join(fn.parameters)})",
            found=str(len(operands) + len(by_name)),
        )
        return POISON
    given.update(by_name)
    if any(value is POISON for value in given.values()):
        return POISON
    builder = frame.builder
    assert builder is not None  # noqa: S101 - apply asked
    return _run(fn, given, lambda op, args, kwargs: builder.op(op, args, kwargs, frame, span), frame, span)


def fits_activation(fn: graph.Fn, operands: Sequence[Value], frame: Frame, span: Span) -> bool:
    """Whether the fn keeps the shape of its argument, as an activation must; a finding where it does not."""
    if len(operands) != 1 or not isinstance(operands[0], TensorValue):
        return True  # the layer says what is wrong with its input
    operand = operands[0]

    def on_types(op: str, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        frame.faults.spend(limits.LAYER_STEPS, span)
        result = apply_op(op, list(args), dict(kwargs))
        if isinstance(result, Rejection):
            frame.faults.add(
                codes.FN_SHAPE,
                f"the fn `{fn.name}` can't take this tensor: {result.reason}",
                span,
                expected=result.expected,
                found=result.found,
                help=result.help,
            )
            return POISON
        return result[0] if len(result) == 1 else result

    result = _run(fn, {fn.parameters[0]: operand.type}, on_types, frame, span)
    if result is POISON:
        return False
    if isinstance(result, TensorType) and result.shape == operand.type.shape:
        return True
    frame.faults.add(
        codes.FN_SHAPE,
        f"an activation keeps the shape of its input, and the fn `{fn.name}` does not",
        span,
        expected=f"a result {operand.type}",
        found=str(result) if isinstance(result, TensorType) else show(result),
        help=f"call it in an expression instead: y = {fn.name}(x)",
    )
    return False


def _run(fn: graph.Fn, given: Mapping[str, Value], do: Do, frame: Frame, span: Span) -> Value:
    names = dict(given)

    def value(expr: graph.FnExpr) -> Value:
        frame.faults.spend(1, span)
        if isinstance(expr, graph.FnName):
            return names[expr.id]
        if isinstance(expr, graph.FnConst):
            return _NAMED[expr.name] if expr.name else expr.value
        if isinstance(expr, graph.FnList):
            items = tuple(value(item) for item in expr.items)
            return POISON if any(item is POISON for item in items) else items
        args = [value(arg) for arg in expr.args]
        kwargs = {key: value(arg) for key, arg in expr.kwargs.items()}
        if any(v is POISON for v in (*args, *kwargs.values())):
            return POISON
        return _applied(expr.op, args, kwargs, frame, do, span)

    for name, expr in fn.body:
        if isinstance(name, str):
            names[name] = value(expr)
        else:
            names.update(zip(name, _parts(fn, name, value(expr), frame, span), strict=True))
    return value(fn.result)


def _applied(
    op: str | graph.FnRef, args: Sequence[Value], kwargs: Mapping[str, Value], frame: Frame, do: Do, span: Span
) -> Value:
    if isinstance(op, graph.FnRef):
        return _inner(op.name, args, frame, do, span)
    if op in _CONSTANT and len(args) == 2 and all(map(is_number, args)):
        return _settled(_CONSTANT[op].compute(op, *args), frame, span)
    if op == "getitem" and isinstance(args[0], tuple):
        return _list_item(args[0], args[1:], frame, span)
    return do(op, args, kwargs)


def _settled(result: Value | Trouble, frame: Frame, span: Span) -> Value:
    if isinstance(result, Trouble):
        frame.faults.trouble(result, span)
        return POISON
    return result


def _list_item(items: tuple[Value, ...], at: Sequence[Value], frame: Frame, span: Span) -> Value:
    """`split(x, 2)[0]`: an index of a list of tensors."""
    item = at[0]
    if len(at) == 1 and isinstance(item, graph.IndexItem):
        if item.is_slice:
            return items[item.start : item.stop : item.step]
        return _settled(index(items, item.start), frame, span)
    return _settled(Trouble(codes.BAD_INDEX, "a list has one axis", expected="one index"), frame, span)


def _parts(fn: graph.Fn, names: Sequence[str], value: Value, frame: Frame, span: Span) -> Sequence[Value]:
    """The several values that several names take apart."""
    if isinstance(value, tuple) and len(value) == len(names):
        return value
    if value is not POISON:
        count = len(value) if isinstance(value, tuple) else 1
        frame.faults.add(
            codes.BAD_TARGETS,
            f"in the fn `{fn.name}` {len(names)} names take apart what has {count} part{'s' * (count != 1)} here",
            span,
            expected=f"{len(names)} values for {', '.join(names)}",
            found=str(count),
        )
    return [POISON] * len(names)


def _inner(name: str, args: Sequence[Value], frame: Frame, do: Do, span: Span) -> Value:
    fn = frame.context.fns.get(name)
    if fn is None:
        return POISON
    frame.context.enter(span)
    result = _run(fn, dict(zip(fn.parameters, args, strict=True)), do, frame, span)
    frame.context.nesting -= 1
    return result
