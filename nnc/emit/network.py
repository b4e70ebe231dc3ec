"""A checked model as drawings and tables need it: one node a call, with what the catalog knows of its layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from nnc import catalog
from nnc.catalog import Applied, LayerRow, TensorType
from nnc.catalog.ops.work import op_work
from nnc.emit.flow import inputs_of, live_calls
from nnc.evidence import Network, NetworkNode
from nnc.graph import Call, FnRef, Layer, ModelGraph, ModelInput, Object, Operand, Tensor, Value
from nnc.lean import dataclass

# Functions of keras.ops as people write them.
_SYMBOLS: Mapping[str, str] = {
    "add": "+",
    "subtract": "−",
    "negative": "−",
    "multiply": "×",
    "divide": "÷",
    "floor_divide": "//",
    "mod": "%",
    "power": "**",
    "matmul": "@",
    "equal": "=",
    "not_equal": "≠",
    "less": "<",
    "less_equal": "≤",
    "greater": ">",
    "greater_equal": "≥",
    "getitem": "[ ]",
}
_BYTES: Mapping[str, int] = {
    **dict.fromkeys(("bool", "int8", "uint8"), 1),
    **dict.fromkeys(("float16", "bfloat16", "int16", "uint16"), 2),
    **dict.fromkeys(("float32", "int32", "uint32"), 4),
    **dict.fromkeys(("float64", "int64", "uint64", "complex64"), 8),
}
Role = Literal["input", "hidden", "dropout", "output", "other"]
_ROLES: Mapping[str, Role] = {"hidden": "hidden", "dropout": "dropout"}


@dataclass(frozen=True)
class _Facts:
    """What the kind of a call says of its node."""

    kind: str
    units: int | None = None
    activation: str | None = None
    trainable: int | None = 0
    non_trainable: int | None = 0
    bias: bool | None = None
    role: Role = "other"
    multiply_adds: int | None = None
    detail: str = ""


def describe(model: ModelGraph) -> Network:
    """The nodes of a model in the order in which they are made, calls that no output hangs on left out.

    Counts are None where they hang on a size that is not known; its name stands in the shapes.
    """
    return _Describer(model).network()


class _Describer:
    """Turns calls into nodes; knows which node made a tensor and which ids and layers have been met."""

    def __init__(self, model: ModelGraph) -> None:
        self.model = model
        self.makers: dict[int, str] = {}
        self.ids: set[str] = set()
        self.numbers: dict[str, int] = {}
        self.met: set[str] = set()
        self.calls = live_calls(model)
        self.ends = self.end_tensors()

    def network(self) -> Network:
        nodes = [self.input_node(item) for item in self.model.inputs]
        nodes += [self.node(call) for call in self.calls]
        outputs = dict.fromkeys(self.makers[output.tensor.id] for output in self.model.outputs)
        trainable = _total([node.trainable for node in nodes])
        return Network(
            self.model.name, tuple(nodes), tuple(outputs), trainable, _total([n.non_trainable for n in nodes])
        )

    def end_tensors(self) -> set[int]:
        """The tensors that are outputs, or become one without passing another layer with neurons."""
        ends = {output.tensor.id for output in self.model.outputs}
        for call in reversed(self.calls):
            inputs = inputs_of(call)
            if len(inputs) == 1 and any(tensor.id in ends for tensor in call.outputs) and not self.has_neurons(call):
                ends.add(inputs[0].id)
        return ends

    def has_neurons(self, call: Call) -> bool:
        row = catalog.find("layers", self.model.layers[call.layer].kind) if call.layer else None
        return isinstance(row, LayerRow) and row.role == "hidden"

    def new_id(self, wanted: str) -> str:
        name, number = wanted, self.numbers.get(wanted, 2)
        while name in self.ids:
            name, number = f"{wanted}:{number}", number + 1
        self.numbers[wanted] = number
        self.ids.add(name)
        return name

    def input_node(self, item: ModelInput) -> NetworkNode:
        node_id = self.new_id(item.name)
        self.makers[item.tensor.id] = node_id
        shape = item.tensor.type.shape
        return NetworkNode(
            id=node_id,
            layer=item.name,
            kind="Input",
            inputs=(),
            in_shapes=(),
            out_shapes=(_shape(item.tensor.type),),
            units=shape[0] if len(shape) == 1 and isinstance(shape[0], int) else None,
            activation=None,
            trainable=0,
            non_trainable=0,
            bias=None,
            role="input",
            multiply_adds=0,
            activation_bytes=_bytes((item.tensor,)),
            detail="" if item.tensor.type.dtype == "float32" else item.tensor.type.dtype,
        )

    def node(self, call: Call) -> NetworkNode:
        facts = self.layer_facts(call, self.model.layers[call.layer]) if call.layer else self.op_facts(call)
        name = call.layer or next((t.name for t in call.outputs if t.name), None) or call.op or "op"
        node_id = self.new_id(name)
        shared = call.layer in self.met
        if call.layer:
            self.met.add(call.layer)
        inputs = inputs_of(call)
        self.makers.update((tensor.id, node_id) for tensor in call.outputs)
        return NetworkNode(
            id=node_id,
            layer=name,
            kind=facts.kind,
            inputs=tuple(dict.fromkeys(self.makers[tensor.id] for tensor in inputs)),
            in_shapes=tuple(_shape(tensor.type) for tensor in inputs),
            out_shapes=tuple(_shape(tensor.type) for tensor in call.outputs),
            units=facts.units,
            activation=facts.activation,
            trainable=0 if shared else facts.trainable,
            non_trainable=0 if shared else facts.non_trainable,
            bias=facts.bias,
            role=facts.role,
            multiply_adds=facts.multiply_adds,
            activation_bytes=_bytes(call.outputs),
            shared=shared,
            scope=tuple((scope.block, scope.instance) for scope in call.scope),
            repeat=next((scope.repeat for scope in reversed(call.scope) if scope.repeat), None),
            detail=facts.detail,
        )

    def layer_facts(self, call: Call, layer: Layer) -> _Facts:
        row = catalog.find("layers", layer.kind)
        if not isinstance(row, LayerRow):
            raise TypeError(f"the catalog has no layer {layer.kind!r}")
        units = _argument(row, layer, row.units) if row.units else None
        role = _ROLES.get(row.role, "other")
        if role == "hidden" and any(tensor.id in self.ends for tensor in call.outputs):
            role = "output"
        by_name = {name: _operand_type(operand) for name, operand in call.kwargs.items()}
        applied = catalog.apply_layer(row, layer.args, [_operand_type(operand) for operand in call.args], by_name)
        bias = _argument(row, layer, "use_bias")
        return _Facts(
            kind=layer.kind,
            units=units if isinstance(units, int) else None,
            activation=_activation(row, layer),
            trainable=layer.trainable,
            non_trainable=layer.non_trainable,
            bias=bias if isinstance(bias, bool) else None,
            role=role,
            multiply_adds=applied.multiply_adds if isinstance(applied, Applied) else None,
            detail=_detail(row, layer),
        )

    def op_facts(self, call: Call) -> _Facts:
        given = (*call.args, *call.kwargs.values())
        work = op_work(call.op or "", [_operand(item) for item in given], [tensor.type for tensor in call.outputs])
        made = {tensor.id for tensor in call.outputs}
        role: Role = "output" if made & {output.tensor.id for output in self.model.outputs} else "other"
        return _Facts(kind=_SYMBOLS.get(call.op or "", call.op or ""), role=role, multiply_adds=work)


def _operand(operand: Operand) -> catalog.Operand:
    """As the catalog takes it; letters of `einsum` stay."""
    return operand if isinstance(operand, str) else _operand_type(operand)


def _argument(row: LayerRow, layer: Layer, name: str) -> Value:
    """An argument as given, or its default; None where the layer has none of that name."""
    found = row.arg(name)
    value: Value = layer.args.get(name, found.default if found else None)
    return value


def _activation(row: LayerRow, layer: Layer) -> str | None:
    if row.arg("activation") is None:
        return None
    value = _argument(row, layer, "activation")
    if isinstance(value, (FnRef, Object)):
        return value.name
    return "linear" if value is None else str(value)


def _operand_type(operand: Operand) -> TensorType | tuple[catalog.Operand, ...] | None:
    if isinstance(operand, Tensor):
        return operand.type
    if isinstance(operand, tuple):
        return tuple(_operand_type(item) for item in operand)
    return None


def _shape(tensor: TensorType) -> str:
    return f"[{', '.join(str(dim) for dim in tensor.shape)}]"


def _bytes(tensors: tuple[Tensor, ...]) -> int | None:
    """Bytes that the tensors take for one row of the batch."""
    total = 0
    for tensor in tensors:
        size = _BYTES.get(tensor.type.dtype)
        for dim in tensor.type.shape:
            size = size * dim if size is not None and isinstance(dim, int) else None
        if size is None:
            return None
        total += size
    return total


def _total(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


# ---- details -------------------------------------------------------------------------------------


def _detail(row: LayerRow, layer: Layer) -> str:
    """The arguments worth showing; what has its own column, and what is at its default, is left out."""
    parts = []
    for name in row.shown:
        if name in {row.units, "activation"}:
            continue
        value = _argument(row, layer, name)
        argument = row.arg(name)
        if argument is None or (name not in _ALWAYS and not argument.required and value == argument.default):
            continue
        if name in _STEPS and set(_sizes(value, 1)) == {1}:
            continue
        parts.append(_WORDS.get(name, _plainly)(name, value, _rank(layer.kind)))
    return ", ".join(parts)


def _rank(kind: str) -> int:
    """How many spatial axes a layer has, by the end of its name: Conv2D, Conv2DTranspose."""
    digits = [int(digit) for digit in "123" if f"{digit}D" in kind]
    return digits[0] if digits else 1


def _sizes(value: Value, rank: int) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,) * rank


def _by(value: Value, rank: int) -> str:
    return "×".join(_text(size) for size in _sizes(value, rank))


def _text(value: Value) -> str:
    if isinstance(value, (FnRef, Object)):
        return value.name
    if isinstance(value, tuple):
        return f"[{', '.join(_text(item) for item in value)}]"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _window(name: str, value: Value, rank: int) -> str:
    del name
    return _by(value, rank)


def _stride(name: str, value: Value, rank: int) -> str:
    del name
    sizes = set(_sizes(value, rank))
    return f"stride {_text(sizes.pop()) if len(sizes) == 1 else _by(value, rank)}"


def _value_alone(name: str, value: Value, rank: int) -> str:
    del name, rank
    return _text(value)


def _plainly(name: str, value: Value, rank: int) -> str:
    del rank
    return f"{name.replace('_', ' ')} {_text(value)}"


_ALWAYS = {"kernel_size", "pool_size", "rate", "size", "target_shape"}
_STEPS = {"strides", "dilation_rate"}
# How an argument is worded on a box; the others are `name value`.
_WORDS: Mapping[str, Callable[[str, Value, int], str]] = {
    "kernel_size": _window,
    "pool_size": _window,
    "size": _window,
    "strides": _stride,
    "target_shape": _value_alone,
    "dims": _value_alone,
    "padding": _value_alone,
}
