"""The statements of models and blocks, and models as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc import codes, graph, limits
from nnc.catalog import Size
from nnc.check.applying import sole_step
from nnc.check.blocks import definitions
from nnc.check.builder import Builder
from nnc.check.constants import unknown_size
from nnc.check.expressions import condition
from nnc.check.frame import Context, Frame, Runner, unwrap
from nnc.check.inputs import check_input, defined_twice
from nnc.check.scope import Scope
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
    noun,
    show,
)
from nnc.diagnostics import Label
from nnc.syntax import tree


def check_model(node: tree.Model, context: Context, file_scope: Scope) -> graph.ModelGraph | None:
    """A model as a graph; None where something in it is at fault."""
    context.faults.spend(limits.MODEL_STEPS, node.name.span)
    before = len(context.faults.findings)
    builder = Builder(context.faults)
    scope = Scope(context.usage, file_scope)
    frame = Frame(context, scope, builder, "model", later=definitions(node.body))
    frame.run(node.body)
    if not builder.inputs and not context.unread and len(context.faults.findings) == before:
        hint = "add: input x: [10]"
        context.faults.add(codes.NO_INPUT, f"the model `{node.name.id}` has no input", node.name.span, help=hint)
    if not frame.outputs and not context.unread and len(context.faults.findings) == before:
        hint = "add: output y = ..."
        context.faults.add(codes.NO_OUTPUT, f"the model `{node.name.id}` has no output", node.name.span, help=hint)
    for name, value in frame.outputs:
        if isinstance(value, TensorValue):
            builder.outputs.append((name.id, value))
        elif not context.faults.met and not context.unread:
            raise AssertionError(f"the output {name.id!r} went wrong and nothing was said")
    whole = all(isinstance(value, TensorValue) for _, value in frame.outputs)
    is_right = whole and len(context.faults.findings) == before and not context.has_gap(node)
    return builder.finish(node.name.id) if is_right else None


# ---- binding -------------------------------------------------------------------------------------


def _evaluate(name: tree.Name, expr: tree.Expr, frame: Frame) -> Value:
    frame.base, frame.sole = name.id, sole_step(expr)
    value = frame.value(expr)
    frame.base, frame.sole = "", None
    return value


def _bind(node: tree.Bind, frame: Frame) -> None:
    first = next((name for name in node.targets if name.id != "_"), node.targets[0])
    value = _evaluate(first, node.value, frame)
    if len(node.targets) == 1:
        frame.bind(node.targets[0], _bindable(node, value, frame))
        return
    _take_apart(node.targets, value, node.value, frame)


def _bindable(node: tree.Bind, value: Value, frame: Frame) -> Value:
    if not isinstance(value, (LayerProto, BlockProto, Repeat, BlockDef)):
        return value
    shown = unwrap(node.value).span.text
    shown = shown if len(shown) <= 40 and "\n" not in shown else "..."
    frame.faults.add(
        codes.NOT_A_TENSOR,
        f"`{node.targets[0].id} = ...` binds a tensor or a constant, and this is {noun(value)}",
        node.value.span,
        expected=f"x -> {shown}, which applies it",
        found=show(value),
        help=f"a layer with a name is `layer {node.targets[0].id} = {shown}`; each use of it shares its weights",
    )
    return POISON


def _take_apart(targets: Sequence[tree.Name], value: Value, expr: tree.Expr, frame: Frame) -> None:
    values: Sequence[Value] = [POISON] * len(targets)
    if isinstance(value, tuple) and len(value) == len(targets):
        values = value
    elif value is not POISON:
        found = f"{len(value)}" if isinstance(value, tuple) else f"one, {show(value)}"
        frame.faults.add(
            codes.BAD_TARGETS,
            f"{len(targets)} names take apart what has {len(value) if isinstance(value, tuple) else 'one part'}",
            targets[0].span.to(targets[-1].span),
            Label(expr.span, "this is taken apart"),
            expected=f"{len(targets)} values",
            found=found,
            help="`_` drops a value; return_state=true or return_sequences=true make a layer give more"
            if isinstance(value, TensorValue)
            else "`_` drops a value",
        )
    for target, item in zip(targets, values, strict=True):
        frame.bind(target, item)


def _layer(node: tree.LayerDef, frame: Frame) -> None:
    value = _evaluate(node.name, node.value, frame)
    builder = frame.builder
    result: Value = POISON
    if builder is not None and isinstance(value, LayerProto):
        result = builder.make(value, f"{frame.prefix}{node.name.id}", frame)
    elif builder is not None and isinstance(value, BlockProto):
        result = builder.share(value, f"{frame.prefix}{node.name.id}", frame)
    elif isinstance(value, (LayerValue, BlockValue)):
        result = value
    elif value is not POISON:
        frame.faults.add(
            codes.NOT_A_LAYER,
            f"`layer {node.name.id}` needs a layer or a block",
            node.value.span,
            expected="a layer, as in Dense(64, relu)",
            found=show(value),
        )
    frame.scope.bind(node.name.id, result, node.name.span, "layer")


def _output(node: tree.Output, frame: Frame) -> None:
    value = _evaluate(node.name, node.value, frame)
    if value is not POISON and not isinstance(value, TensorValue):
        hint = "an output is one tensor: give each its own `output`" if isinstance(value, tuple) else None
        frame.faults.add(
            codes.NOT_A_TENSOR,
            f"the output `{node.name.id}` must be a tensor",
            node.value.span,
            expected="a tensor",
            found=noun(value) if isinstance(value, tuple) else show(value),
            help=hint,
        )
        value = POISON
    earlier = next((name for name, _ in frame.outputs if name.id == node.name.id), None)
    if earlier is node.name:
        frame.faults.add(
            codes.DEFINED_TWICE,
            f"each round of the `for` gives the output `{node.name.id}` again",
            node.name.span,
            help="bind a name in the loop, or gather what it makes in a list, and write the output behind it",
        )
        return
    if earlier is not None:
        defined_twice(node.name, earlier.span, "output", frame)
        return
    frame.outputs.append((node.name, value))
    if isinstance(value, TensorValue) and value.name is None:
        value.name = node.name.id
    frame.scope.bind(node.name.id, value, node.name.span, "output")


# ---- for and if ----------------------------------------------------------------------------------


# Rounds of a loop that meet a mistake before the loop is given up.
_FAULTY_ROUNDS = 3


def _for(node: tree.For, frame: Frame) -> None:
    items = frame.value(node.iterable)
    if items is POISON:
        items = (POISON,)
    elif isinstance(items, TensorValue | Size) or not isinstance(items, tuple):
        if isinstance(items, Size):
            frame.faults.trouble(unknown_size(items), node.iterable.span)
        else:
            hint = f"range({show(items)}) counts from 0" if isinstance(items, int) else None
            frame.faults.add(
                codes.NOT_A_LIST,
                f"`for` goes through a list, and this is {noun(items)}",
                node.iterable.span,
                expected="a list, or range(n)",
                found=show(items),
                help=hint,
            )
        items = (POISON,)
    faulty = 0
    around = frame.rounds
    for number, item in enumerate(items):
        frame.rounds = (*around, number)
        frame.faults.spend(2, node.span)
        before = frame.faults.met
        if len(node.targets) == 1:
            frame.scope.bind(node.targets[0].id, item, node.targets[0].span, "loop")
        else:
            _take_apart(node.targets, item, node.iterable, frame)
        frame.run(node.body)
        faulty += frame.faults.met > before
        if faulty == _FAULTY_ROUNDS:  # the others would hardly say more, and what they bind is not known now
            _unknown_from_here(node.body, frame)
            break
    frame.rounds = around


def _if(node: tree.If, frame: Frame) -> None:
    holds = condition(node.condition, frame)
    if holds is None:  # nobody can say which branch is meant; both are looked at, and what they bind is not known
        frame.run(node.then)
        frame.run(node.otherwise)
        _unknown_from_here((*node.then, *node.otherwise), frame)
        return
    frame.run(node.then if holds else node.otherwise)


def _unknown_from_here(body: Sequence[tree.Statement], frame: Frame) -> None:
    for name in definitions(body):
        binding = frame.scope.bindings.get(name)
        if binding is not None:
            frame.scope.bind(name, POISON, binding.site, binding.kind)
    frame.outputs = [(name, POISON) for name, _ in frame.outputs]


def _return(node: tree.Return, frame: Frame) -> None:
    del node, frame  # the parser has said that it belongs to an fn


STATEMENTS: Mapping[type, Runner] = {
    tree.Input: check_input,
    tree.Bind: _bind,
    tree.LayerDef: _layer,
    tree.Output: _output,
    tree.For: _for,
    tree.If: _if,
    tree.Return: _return,
}
