"""What Keras says to a layer applied to inputs: a real symbolic call, and then a call on data.

Where the symbolic call accepts what the call on data rejects, or promises a shape that the data then does not
have, the data decides: nobody can train such a model.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from nnc.catalog import Operand, Size, TensorType
from nnc.catalog.values import Object

# What an unknown size is when data is made. Prime and larger than most windows, so that nothing fits by accident.
UNKNOWN = 11
BATCH = 2


@dataclass(frozen=True)
class Answer:
    """Keras's answer. `shapes` have None for a size that Keras does not know; the batch axis is left out."""

    accepted: bool
    outputs: tuple[tuple[tuple[int | None, ...], str], ...] = ()
    trainable: int = 0
    non_trainable: int = 0
    why: str = ""


def build(value: Any) -> Any:
    """The Keras object of a value of the catalog; the same for the values in it."""
    if isinstance(value, Object):
        module: Any = keras
        for part in value.kind.split("."):
            module = getattr(module, part)
        return getattr(module, value.name)(**{name: build(item) for name, item in value.args.items()})
    if isinstance(value, (tuple, list)):
        return tuple(build(item) for item in value)
    return value


def _symbol(operand: Operand) -> Any:
    if isinstance(operand, TensorType):
        shape = tuple(None if isinstance(size, Size) else size for size in operand.shape)
        return keras.KerasTensor((None, *shape), dtype=operand.dtype)
    return [_symbol(item) for item in operand] if isinstance(operand, tuple) else operand


def _data(operand: Operand) -> Any:
    if isinstance(operand, TensorType):
        shape = (BATCH, *(UNKNOWN if isinstance(size, Size) else size for size in operand.shape))
        if operand.dtype == "string":
            return tf.constant(np.full(shape, "a"))
        return tf.cast(tf.zeros(shape), operand.dtype)
    return [_data(item) for item in operand] if isinstance(operand, tuple) else operand


def _flat(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (tuple, list)) else [value]


def ask(
    name: str,
    args: Mapping[str, Any],
    operands: Sequence[Operand],
    by_name: Mapping[str, Operand] | None = None,
    *,
    data: bool = True,
) -> Answer:
    """Build the layer and apply it."""
    keyed = by_name or {}
    try:
        layer = build(Object("layers", name, args))
        outputs = _flat(layer(*map(_symbol, operands), **{k: _symbol(v) for k, v in keyed.items()}))
        found = tuple((tuple(out.shape[1:]), keras.backend.standardize_dtype(out.dtype)) for out in outputs)
        if data:
            real = _call_on_data(layer, [_data(o) for o in operands], {k: _data(v) for k, v in keyed.items()})
            _agree(outputs, real)
    except Exception as error:  # noqa: BLE001 - whatever Keras or TensorFlow raises is a refusal
        return Answer(False, why=f"{type(error).__name__}: {str(error).strip()[:300]}")
    trainable = sum(int(np.prod(w.shape)) for w in layer.trainable_weights)
    non_trainable = sum(int(np.prod(w.shape)) for w in layer.non_trainable_weights)
    return Answer(True, found, trainable, non_trainable)


def _call_on_data(layer: Any, operands: list[Any], keyed: dict[str, Any]) -> list[Any]:
    """As when predicting, and as when training where the layer tells the two apart."""
    if "training" in inspect.signature(layer.call).parameters:
        layer(*operands, **keyed, training=True)
    return _flat(layer(*operands, **keyed))


def _agree(promised: Sequence[Any], real: Sequence[Any]) -> None:
    if len(promised) != len(real):
        raise ValueError(f"promised {len(promised)} outputs and gave {len(real)}")
    for symbol, tensor in zip(promised, real, strict=True):
        expected, got = tuple(symbol.shape), tuple(tensor.shape)
        batch = expected[0] is None and got[:1] != (BATCH,)
        if len(expected) != len(got) or batch or any(e not in (None, g) for e, g in zip(expected, got, strict=True)):
            raise ValueError(f"promised {expected} and gave {got}")
