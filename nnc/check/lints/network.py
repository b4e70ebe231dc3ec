"""Warnings about the network itself: names and inputs that nothing uses, layers that change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nnc import codes, graph
from nnc.check.files import Unit
from nnc.check.frame import Context
from nnc.check.lints.outputs import activation
from nnc.diagnostics import Code
from nnc.source import Span
from nnc.syntax import tree

# ---- layers ------------------------------------------------------------------------------------


def softmax_of_one(model: graph.ModelGraph, spec: graph.Spec, unit: Unit, context: Context) -> None:
    """A softmax over one number is 1, wherever it stands."""
    for call in _written(model, unit, None):
        if call.outputs[0].type.shape[-1:] != (1,):
            continue
        layer = model.layers[call.layer] if call.layer is not None else None
        ends = activation(layer.kind, layer.args, spec.fns) if layer is not None else None
        if ends == "softmax" or (call.op == "softmax" and len(call.args) == 1 and not call.kwargs):
            context.faults.add(
                codes.SOFTMAX_OF_ONE,
                "this is softmax over one unit, which is 1 whatever comes in",
                _rest(call, unit),
                help="for yes or no write Dense(1, sigmoid); for several classes one unit each",
            )


def idle_layers(model: graph.ModelGraph, spec: graph.Spec, unit: Unit, context: Context) -> None:
    """Layers that give what they are given. Those of a block or a loop may be there for another use of it."""
    del spec
    makers = {tensor.id: call for call in model.calls for tensor in call.outputs}
    for call in _written(model, unit, ()):
        source = call.args[0] if call.args else None
        if call.layer is None or not isinstance(source, graph.Tensor) or (call.place is not None and call.place.rounds):
            continue
        kind, before = model.layers[call.layer].kind, makers.get(source.id)
        if kind == "Flatten" and len(source.type.shape) == 1:
            message = f"Flatten is given {source.type}, which is flat already"
        elif kind == "BatchNormalization" and before is not None and _kind(before, model) == kind:
            message = "this normalizes what the BatchNormalization before it has normalized"
        else:
            continue
        context.faults.add(codes.IDLE_LAYER, message, _rest(call, unit), help="remove it")


def _kind(call: graph.Call, model: graph.ModelGraph) -> str | None:
    return model.layers[call.layer].kind if call.layer is not None else None


def _written(model: graph.ModelGraph, unit: Unit, scope: tuple[()] | None) -> Iterator[graph.Call]:
    """The calls that stand in the main file (with `scope` empty: outside of blocks)."""
    name = unit.file.source.name
    for call in model.calls:
        if call.place is not None and call.place.file == name and (scope is None or call.scope == scope):
            yield call


def _rest(call: graph.Call, unit: Unit) -> Span:
    """The name with which a call that stands in the main file begins."""
    source, start = unit.file.source, call.place.start if call.place is not None else 0
    end, text = start, source.text
    while end < len(text) and (text[end].isalnum() or text[end] in "_."):
        end += 1
    return Span(source, start, max(end, min(start + 1, len(text))))


# ---- what nothing uses ---------------------------------------------------------------------------


def unused_inputs(model: graph.ModelGraph, spec: graph.Spec, unit: Unit, context: Context) -> None:
    """Inputs that no output hangs on."""
    del spec
    node = unit.models[model.name]
    reached = _reached(model)
    places = {statement.name.id: statement for statement in node.body if isinstance(statement, tree.Input)}
    for one in model.inputs:
        if one.tensor.id not in reached and one.name in places:
            context.faults.add(
                codes.UNUSED_INPUT,
                f"no output hangs on the input `{one.name}`",
                places[one.name].name.span,
                help="use it, or remove it",
            )


def _reached(model: graph.ModelGraph) -> set[int]:
    """The numbers of all tensors that an output hangs on."""
    reached = {output.tensor.id for output in model.outputs}
    for call in reversed(model.calls):
        if any(tensor.id in reached for tensor in call.outputs):
            reached.update(_ids((*call.args, *call.kwargs.values())))
    return reached


def _ids(operands: Sequence[graph.Operand]) -> Iterator[int]:
    for operand in operands:
        if isinstance(operand, graph.Tensor):
            yield operand.id
        elif isinstance(operand, tuple):
            yield from _ids(operand)


_UNUSED: Mapping[str, tuple[Code, str]] = {
    "binding": (codes.UNUSED_BINDING, "nothing uses `{}`"),
    "layer": (codes.UNUSED_BINDING, "nothing uses the layer `{}`"),
    "loop": (codes.UNUSED_BINDING, "nothing uses `{}`; a name that is not needed is `_`"),
    "param": (codes.UNUSED_PARAM, "nothing uses the param `{}`"),
    "parameter": (codes.UNUSED_PARAM, "nothing uses the parameter `{}`"),
    "block": (codes.UNUSED_PIECE, "nothing uses the block `{}`"),
    "fn": (codes.UNUSED_PIECE, "nothing uses the fn `{}`"),
}


def unused(unit: Unit, context: Context) -> None:
    """Names of the main file that nothing reads."""
    for name, kind, site in context.usage.unused():
        row = _UNUSED.get(kind)
        if row is not None and site.source is unit.file.source:
            context.faults.add(row[0], row[1].format(name), site, help="use it, or remove it")
