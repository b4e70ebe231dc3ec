"""The model under construction: layers, their names, calls, and the shapes that come of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import cast

from nnc import codes, graph, limits
from nnc.catalog import Operand, Rejection, TensorType, apply_layer, apply_op
from nnc.check import trace
from nnc.check.faults import Faults, Halt
from nnc.check.frame import Frame, Use
from nnc.check.values import (
    POISON,
    BlockProto,
    BlockValue,
    LayerProto,
    LayerValue,
    Several,
    TensorValue,
    Value,
    settled,
    show,
)
from nnc.diagnostics import Code, Label, Route
from nnc.lean import dataclass
from nnc.source import Span


def snake(kind: str) -> str:
    """A kind of layer as part of a name: `MultiHeadAttention` is `multi_head_attention`, `Conv2D` is `conv2d`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])", "_", kind).lower()


@dataclass(slots=True)
class Made:
    """A call while tensors and layers may still get their names."""

    layer: LayerValue | None
    op: str | None
    args: tuple[Value, ...]
    kwargs: Mapping[str, Value]
    outputs: tuple[TensorValue, ...]
    scope: tuple[graph.Scope, ...]
    place: graph.Place
    span: Span


@dataclass(slots=True)
class Names:
    """Gives names that nothing else has: the second `h` is `h_2`."""

    taken: set[str] = field(default_factory=set)
    _next: dict[str, int] = field(default_factory=dict)

    def unique(self, wanted: str) -> str:
        """The name itself, or with the first number from 2 that is free."""
        name = wanted
        number = self._next.get(wanted, 2)
        while name in self.taken:
            name = f"{wanted}_{number}"
            number += 1
        self._next[wanted] = number
        self.taken.add(name)
        return name


@dataclass(slots=True)
class Builder:
    """One model. Everything is named at the end, so that names written in the spec come first."""

    faults: Faults
    inputs: list[tuple[TensorValue, tuple[str, ...] | None]] = field(default_factory=list)
    outputs: list[tuple[str, TensorValue]] = field(default_factory=list)
    instances: Names = field(default_factory=Names)
    layers: list[LayerValue] = field(default_factory=list)
    _calls: list[Made] = field(default_factory=list)
    _explicit: dict[str, Span] = field(default_factory=dict)
    _tensors: int = 0

    def tensor(self, type_: TensorType, span: Span, name: str | None = None) -> TensorValue:
        """A new tensor, made at that place."""
        if len(type_.shape) > limits.MAX_AXES:
            self.faults.add(
                codes.BAD_SHAPE,
                "this makes a tensor of more axes than it may have",
                span,
                expected=f"at most {limits.MAX_AXES} beside the batch's",
                found=f"{len(type_.shape):,}",
            )
            raise Halt
        self._tensors += 1
        return TensorValue(self._tensors - 1, type_, span, name)

    # ---- layers ----------------------------------------------------------------------------------

    def make(self, proto: LayerProto, wanted: str, frame: Frame) -> LayerValue:
        """A layer with its own weights; inside a shared block the one that the block's first use made."""
        made = self._made_before(frame, proto.span)
        if isinstance(made, LayerValue) and made.proto.row is proto.row and made.proto.args == proto.args:
            return made
        if made is not None:
            self._makes_others(proto.span)
        layer = LayerValue(wanted, proto, place=frame.place_of(proto.span), scope=frame.path)
        if proto.name is not None:
            self._claim(layer, f"{frame.prefix}{proto.name}")
        self.layers.append(layer)
        _remember(layer, frame)
        return layer

    def share(self, proto: BlockProto, name: str, frame: Frame) -> BlockValue:
        """A block whose uses share their weights; inside a shared block the one that its first use made."""
        made = self._made_before(frame, proto.span)
        if isinstance(made, BlockValue) and made.proto.definition is proto.definition:
            return made
        if made is not None:
            self._makes_others(proto.span)
        block = BlockValue(name, proto)
        _remember(block, frame)
        return block

    def _made_before(self, frame: Frame, span: Span) -> LayerValue | BlockValue | None:
        """What the first use of the shared block that we are in made at this point; None outside of one."""
        pool = frame.pool
        if pool is None or not pool.replaying:
            return None
        pool.next += 1
        if pool.next <= len(pool.made):
            return pool.made[pool.next - 1]
        self._makes_others(span)
        return None

    def _makes_others(self, span: Span) -> None:
        self.faults.add(
            codes.SHARED_TWICE,
            "a shared block must have the same layers at each use, and here it has others",
            span,
            help="a condition on an input's shape makes them differ; make two blocks of it",
        )

    def _claim(self, layer: LayerValue, name: str) -> None:
        layer.name = name
        place = layer.proto.name_span or layer.proto.span
        if name in self._explicit:
            self.faults.add(
                codes.LAYER_NAME_TAKEN,
                f"two layers have the name `{name}`",
                place,
                Label(self._explicit[name], "the other one"),
                help="leave `name` out: each layer gets a name of its own from what it is bound to",
            )
        else:
            self._explicit[name] = place

    def call(self, layer: LayerValue, use: Use, frame: Frame) -> Value:
        """Apply a layer: its output, or a tuple of them; POISON where it can't take these inputs."""
        proto, operands, by_name, span = layer.proto, use.operands, use.by_name, use.node.span
        self.faults.spend(limits.LAYER_STEPS, span)
        if proto.row.listed and len(operands) > 1:
            # `(q, v) -> Attention()`: Keras takes these as one list, and would take the second for a mask.
            operands = (tuple(operands),)
        applied = apply_layer(
            proto.row,
            proto.args,
            [_type(operand) for operand in operands],
            {name: _type(operand) for name, operand in by_name.items()},
        )
        if isinstance(applied, Rejection):
            place = proto.places.get(applied.argument or "", span)
            self._reject(codes.BAD_SHAPE, applied, place, [*operands, *by_name.values()])
            return POISON
        counts = (applied.trainable, applied.non_trainable)
        if layer.counts is None:
            layer.counts, layer.first_use = counts, span
        elif layer.counts != counts and None not in (*counts, *layer.counts):
            self._differs(layer, counts, operands, span)
            return POISON
        outputs = Several(self.tensor(type_, span) for type_ in applied.outputs)
        written = frame.place_of(span)
        self._calls.append(Made(layer, None, tuple(operands), by_name, outputs, frame.path, written, span))
        return outputs[0] if len(outputs) == 1 else outputs

    def _differs(
        self, layer: LayerValue, counts: tuple[int | None, int | None], operands: Sequence[Value], span: Span
    ) -> None:
        first = Label(layer.first_use or layer.proto.span, "its weights were made for this input")
        self.faults.add(
            codes.SHARED_TWICE,
            f"the shared layer `{layer.name}` has weights for another size of input",
            span,
            first,
            expected=f"an input that asks for the same weights ({_total(layer.counts):,} parameters)",
            found=f"one that asks for {_total(counts):,}",
            help="make a second layer, or bring both inputs to one size",
            routes=lambda: self.routes(operands),
        )

    # ---- functions of tensors --------------------------------------------------------------------

    def op(self, name: str, args: Sequence[Value], kwargs: Mapping[str, Value], frame: Frame, span: Span) -> Value:
        """Apply a function of keras.ops (or an operator by its name)."""
        self.faults.spend(limits.LAYER_STEPS, span)
        result = apply_op(name, [_type(arg) for arg in args], {key: _type(arg) for key, arg in kwargs.items()})
        if isinstance(result, Rejection):
            self._reject(codes.BAD_OPERATION, result, span, [*args, *kwargs.values()])
            return POISON
        outputs = tuple(self.tensor(type_, span) for type_ in result)
        place = frame.place_of(span)
        self._calls.append(Made(None, name, tuple(args), kwargs, outputs, frame.path, place, span))
        return outputs[0] if len(outputs) == 1 else outputs

    def _reject(self, code: Code, rejection: Rejection, span: Span, operands: Sequence[Value]) -> None:
        self.faults.add(
            code,
            rejection.reason,
            span,
            *origins(tensor for tensor in _tensors(operands) if tensor.span != span)[:3],
            expected=rejection.expected,
            found=rejection.found,
            help=rejection.help,
            routes=lambda: self.routes(operands),
        )

    def routes(self, operands: Sequence[Value]) -> tuple[Route, ...]:
        """How the tensors among the operands came to be, from the model's inputs on."""
        return trace.routes(_tensors(operands)[:3], self._calls)

    # ---- the end ---------------------------------------------------------------------------------

    def finish(self, name: str) -> graph.ModelGraph:
        """The model as a frozen graph. Names: those written in the spec, then outputs', then in order of making."""
        self._name_layers()
        calls = self._live_calls()
        used = {id(call.layer) for call in calls}
        tensors: dict[int, graph.Tensor] = {}

        def frozen(value: Value) -> graph.Operand:
            if isinstance(value, TensorValue):
                if value.id not in tensors:
                    tensors[value.id] = graph.Tensor(value.id, value.type, value.name)
                return tensors[value.id]
            return tuple(frozen(item) for item in value) if isinstance(value, tuple) else cast("graph.Operand", value)

        def one(value: TensorValue) -> graph.Tensor:
            result = frozen(value)
            assert isinstance(result, graph.Tensor)  # noqa: S101 - a TensorValue freezes to a Tensor
            return result

        return graph.ModelGraph(
            name,
            tuple(graph.ModelInput(t.name or "", one(t), features) for t, features in self.inputs),
            tuple(graph.ModelOutput(output, one(t)) for output, t in self.outputs),
            {layer.name: _layer(layer) for layer in self.layers if id(layer) in used},
            tuple(
                graph.Call(
                    call.layer.name if call.layer else None,
                    call.op,
                    tuple(frozen(arg) for arg in call.args),
                    {key: frozen(arg) for key, arg in call.kwargs.items()},
                    tuple(one(output) for output in call.outputs),
                    call.scope,
                    call.place,
                )
                for call in calls
            ),
        )

    def _live_calls(self) -> list[Made]:
        """The calls that an output hangs on. Keras leaves the others out of a functional model, with their weights."""
        needed = {tensor.id for _, tensor in self.outputs}
        live: list[Made] = []
        for call in reversed(self._calls):
            if any(tensor.id in needed for tensor in call.outputs):
                live.append(call)
                needed.update(tensor.id for tensor in _tensors_in((*call.args, *call.kwargs.values())))
        return live[::-1]

    def _name_layers(self) -> None:
        names = Names(set(self._explicit) | {t.name or "" for t, _ in self.inputs})
        makers = {call.outputs[0].id: call.layer for call in self._calls if call.layer}
        of_outputs = [
            layer
            for name, tensor in self.outputs
            if (layer := makers.get(tensor.id)) is not None and layer.proto.name is None and layer.name == name
        ]
        rest = [layer for layer in self.layers if layer.proto.name is None]
        done: set[int] = set()
        for layer in [*of_outputs, *rest]:
            if id(layer) not in done:
                done.add(id(layer))
                layer.name = names.unique(layer.name)


def _total(counts: tuple[int | None, int | None] | None) -> int:
    return sum(count or 0 for count in counts or ())


def _remember(made: LayerValue | BlockValue, frame: Frame) -> None:
    if frame.pool is not None and not frame.pool.replaying:
        frame.pool.made.append(made)


def _layer(layer: LayerValue) -> graph.Layer:
    trainable, non_trainable = layer.counts or (None, None)
    args = {key: _named(value, layer.name) for key, value in layer.proto.args.items()}
    return graph.Layer(layer.name, layer.proto.row.name, args, trainable, non_trainable, layer.place, layer.scope)


def _named(value: Value, owner: str) -> graph.Value:
    """Layers inside a layer get names too: left to itself Keras numbers them by what else the process has made."""
    if isinstance(value, tuple):
        return tuple(_named(item, f"{owner}_{i}" if i else owner) for i, item in enumerate(value))
    if isinstance(value, graph.Object) and value.kind == "layers":
        name = value.args.get("name") or f"{owner}_{snake(value.name)}"
        args = {key: _named(item, str(name)) for key, item in value.args.items() if key != "name"}
        return replace(value, args={**args, "name": name})
    return settled(value)


def _type(operand: Value) -> Operand:
    if isinstance(operand, TensorValue):
        return operand.type
    return tuple(_type(item) for item in operand) if isinstance(operand, tuple) else cast("Operand", operand)


def _tensors(operands: Iterable[Value]) -> list[TensorValue]:
    found: list[TensorValue] = []
    for operand in operands:
        if isinstance(operand, TensorValue) and operand not in found:
            found.append(operand)
        elif isinstance(operand, tuple):
            found += [t for t in _tensors(operand) if t not in found]
    return found


def _tensors_in(operand: Value) -> Iterator[TensorValue]:
    if isinstance(operand, TensorValue):
        yield operand
    elif isinstance(operand, tuple):
        for item in operand:
            yield from _tensors_in(item)


def origins(tensors: Iterable[TensorValue]) -> list[Label]:
    """Where tensors were made, and their shapes there; one label for what the rounds of a loop made in one place."""
    shapes: dict[tuple[Span, str | None], list[str]] = {}
    for tensor in tensors:
        seen = shapes.setdefault((tensor.span, tensor.name), [])
        seen += [text] if (text := str(tensor.type)) not in seen else []
    return [
        Label(span, f"{f'`{name}`' if name else 'this'} is {', then '.join(_ends(texts))}")
        for (span, name), texts in shapes.items()
    ]


def _ends(texts: list[str]) -> list[str]:
    return texts if len(texts) <= _MOST_SHAPES else [*texts[: _MOST_SHAPES - 1], "...", texts[-1]]


_MOST_SHAPES = 4
"""Shapes of one place that a label shows."""


def check_operands(values: Sequence[Value], frame: Frame, span: Span, what: str) -> bool:
    """Whether all are tensors or lists of them; a finding at `span` where one is something else."""
    right = True
    for value in values:
        if value is POISON:
            right = False
        elif isinstance(value, tuple) and value:
            frame.faults.spend(len(value), span)
            frame.context.enter(span)
            right = check_operands(value, frame, span, what) and right
            frame.context.nesting -= 1
        elif not isinstance(value, TensorValue):
            right = False
            frame.faults.add(
                codes.NOT_A_TENSOR, f"{what} needs a tensor", span, expected="a tensor", found=_found(value)
            )
    return right


def _found(value: Value) -> str:
    return "an empty list" if value == () else show(value)
