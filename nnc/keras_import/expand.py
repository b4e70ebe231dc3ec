"""Layers that live inside keras.applications and are no part of Keras's public layers, said with those that are.

A row gives the steps that compute the same with the same weights: each step's kind (or function of keras.ops), its
arguments, and its operands, where a number stands for the step's own result and `inputs` for the layer's operands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nnc.graph import Object, Operand, Tensor, Value
from nnc.keras_import.raw import Broken, Unsayable
from nnc.lean import dataclass


@dataclass(frozen=True)
class Part:
    """One step: a layer of `kind` with `args`, or the function `op`; `operands` are places among `inputs + results`."""

    operands: tuple[int | float, ...]
    kind: str | None = None
    args: Mapping[str, Value] | None = None
    op: str | None = None


def expansion(module: Any, class_name: str, config: Mapping[str, Any], operands: Sequence[Operand]) -> tuple[Part, ...]:
    """The steps for a layer of keras.applications; empty where there is no row for it."""
    row = _ROWS.get((module, class_name)) if isinstance(module, str) else None
    return () if row is None else row(config, operands)


def _number(config: Mapping[str, Any], key: str) -> int | float:
    value = config.get(key)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise Broken(f"`{key}` should be a number")
    return value


def _layer_scale(config: Mapping[str, Any], operands: Sequence[Operand]) -> tuple[Part, ...]:
    """One weight a channel, multiplied onto it: a Dense with a diagonal kernel, which EinsumDense can say."""
    rank = _rank(operands)
    axes = "abcdefgh"[: rank + 1]
    start = Object("initializers", "Constant", {"value": _number(config, "init_values")})
    args: dict[str, Value] = {
        "equation": f"{axes},{axes[-1]}->{axes}",
        "output_shape": (*(None,) * (rank - 1), int(_number(config, "projection_dim"))),
        "kernel_initializer": start,
    }
    return (Part((0,), "EinsumDense", args),)


def _stochastic_depth(config: Mapping[str, Any], operands: Sequence[Operand]) -> tuple[Part, ...]:
    """Drops a whole row of the batch and scales what is left: Dropout with one throw of the dice a row."""
    shape: tuple[Value, ...] = (None, *(1,) * _rank(operands))
    return (Part((0,), "Dropout", {"rate": _number(config, "drop_path_rate"), "noise_shape": shape}),)


def _custom_scale(config: Mapping[str, Any], operands: Sequence[Operand]) -> tuple[Part, ...]:
    """`inputs[0] + inputs[1] * scale`, over a list of two."""
    if len(operands) != 1 or not isinstance(operands[0], tuple) or len(operands[0]) != 2:
        raise Broken("CustomScaleLayer takes a list of two tensors")
    # The two tensors of the list are inputs 0 and 1, so the first result is place 2.
    return (Part((1, float(_number(config, "scale"))), op="multiply"), Part((0, 2), op="add"))


def _rank(operands: Sequence[Operand]) -> int:
    if len(operands) != 1 or not isinstance(operands[0], Tensor):
        raise Unsayable("it takes more than one tensor")
    rank = len(operands[0].type.shape)
    if not 1 <= rank <= 6:
        raise Unsayable(f"it works on {rank} axes")
    return rank


_ROWS: Mapping[tuple[str, str], Callable[[Mapping[str, Any], Sequence[Operand]], tuple[Part, ...]]] = {
    ("keras.src.applications.convnext", "LayerScale"): _layer_scale,
    ("keras.src.applications.convnext", "StochasticDepth"): _stochastic_depth,
    ("keras.src.applications.inception_resnet_v2", "CustomScaleLayer"): _custom_scale,
}
