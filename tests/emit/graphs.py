"""Checked models made by hand, for tests of the emitters alone. Shapes and counts come from the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnc import catalog
from nnc.catalog import Applied, LayerRow, Size, TensorType
from nnc.graph import (
    Call,
    Fn,
    FnCall,
    FnConst,
    FnName,
    FnRef,
    Layer,
    ModelGraph,
    ModelInput,
    ModelOutput,
    Operand,
    Scope,
    Spec,
    Tensor,
    TrainConfig,
)


class Graph:
    """Builds a ModelGraph call by call."""

    def __init__(self, name: str = "M") -> None:
        self.name = name
        self.inputs: list[ModelInput] = []
        self.outputs: list[ModelOutput] = []
        self.layers: dict[str, Layer] = {}
        self.calls: list[Call] = []
        self._count = 0
        self.scope: tuple[Scope, ...] = ()

    def tensor(self, kind: TensorType, name: str | None = None) -> Tensor:
        self._count += 1
        return Tensor(self._count, kind, name)

    def input(self, name: str, *shape: int | Size, dtype: str = "float32", features: Any = None) -> Tensor:
        tensor = self.tensor(TensorType(shape, dtype), name)
        self.inputs.append(ModelInput(name, tensor, features))
        return tensor

    def layer(
        self,
        kind: str,
        args: Mapping[str, Any],
        *operands: Operand,
        layer: str,
        name: str | None = None,
        **by_name: Any,
    ) -> Tensor:
        return self.layers_of(kind, args, *operands, layer=layer, names=(name,), **by_name)[0]

    def layers_of(
        self,
        kind: str,
        args: Mapping[str, Any],
        *operands: Operand,
        layer: str,
        names: tuple[str | None, ...],
        **by_name: Any,
    ) -> tuple[Tensor, ...]:
        row = catalog.find("layers", kind)
        assert isinstance(row, LayerRow)
        applied = catalog.apply_layer(
            row, args, [_types(o) for o in operands], {k: _types(v) for k, v in by_name.items()}
        )
        assert isinstance(applied, Applied), applied
        self.layers.setdefault(layer, Layer(layer, kind, args, applied.trainable, applied.non_trainable))
        outputs = tuple(self.tensor(kind, name) for kind, name in zip(applied.outputs, names, strict=True))
        self.calls.append(Call(layer, None, operands, by_name, outputs, self.scope))
        return outputs

    def op(
        self, op: str, *operands: Operand, shape: tuple[int | Size, ...] = (), name: str | None = None, **by_name: Any
    ) -> Tensor:
        return self.ops(op, *operands, shapes=(shape,), names=(name,), **by_name)[0]

    def ops(
        self,
        op: str,
        *operands: Operand,
        shapes: tuple[tuple[int | Size, ...], ...],
        names: tuple[str | None, ...],
        **by_name: Any,
    ) -> tuple[Tensor, ...]:
        outputs = tuple(self.tensor(TensorType(shape), name) for shape, name in zip(shapes, names, strict=True))
        self.calls.append(Call(None, op, operands, by_name, outputs, self.scope))
        return outputs

    def output(self, name: str, tensor: Tensor) -> None:
        self.outputs.append(ModelOutput(name, tensor))

    def model(self) -> ModelGraph:
        return ModelGraph(self.name, tuple(self.inputs), tuple(self.outputs), dict(self.layers), tuple(self.calls))

    def spec(self, *fns: Fn, train: TrainConfig | None = None, file: str = "a_spec.nn") -> Spec:
        return Spec(file, {}, {fn.name: fn for fn in fns}, {self.name: self.model()}, train=train)


def _types(operand: Operand) -> Any:
    if isinstance(operand, Tensor):
        return operand.type
    return tuple(_types(item) for item in operand) if isinstance(operand, tuple) else None


def call(op: str | FnRef, *args: Any, **kwargs: Any) -> FnCall:
    """An expression of an fn: strings are names, numbers are constants."""
    return FnCall(op, tuple(map(_expr, args)), {key: _expr(value) for key, value in kwargs.items()})


def _expr(value: Any) -> Any:
    if isinstance(value, str):
        return FnName(value)
    return FnConst(value) if value is None or isinstance(value, (bool, int, float, tuple)) else value


STEP = Fn("step", ("x",), (), call("where", call("greater", "x", 0), 1, 0))
EPSILON = FnConst(1e-7, "epsilon")
