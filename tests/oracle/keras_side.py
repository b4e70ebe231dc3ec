"""What Keras says to a layer applied to inputs: a real symbolic call, and then a call on data.

Where the symbolic call accepts what the call on data rejects, or promises a shape that the data then does not
have, the data decides: nobody can train such a model.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from nnc.catalog import LayerRow, Operand, Size, TensorType, find
from nnc.catalog.rules import tensors
from nnc.catalog.values import Object

OPEN = (3, 1, 2, 4, 6)  # what an open size may be on data
BATCH = 7  # no size of the samples, so that nothing fits the batch by accident


@dataclass(frozen=True)
class Answer:
    """Keras's answer. `outputs` have None for a size that Keras does not know; the batch axis is left out.

    `computed` has the dtypes that functions of `keras.ops` really give; a dozen promise another one for some inputs.
    """

    accepted: bool
    outputs: tuple[tuple[tuple[int | None, ...], str], ...] = ()
    trainable: int = 0
    non_trainable: int = 0
    why: str = ""
    computed: tuple[tuple[tuple[int | None, ...], str], ...] = ()


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
        return keras.KerasTensor((None, *_open(operand)), dtype=operand.dtype)
    return [_symbol(item) for item in operand] if isinstance(operand, tuple) else operand


def _data(leaf: TensorType, fill: int = 0) -> Any:
    shape = (BATCH, *_open(leaf))
    if leaf.dtype == "string":
        return tf.constant(np.full(shape, "a"))
    return tf.cast(tf.fill(shape, fill), leaf.dtype)


def _flat(value: Any) -> list[Any]:
    found: list[Any] = keras.tree.flatten(value)
    return found


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
        _see_data(name, layer, args, operands)
        if data:
            for real in _call_on_data(layer, operands, keyed):
                _agree(outputs, real)
    except Exception as error:  # noqa: BLE001 - whatever Keras or TensorFlow raises is a refusal
        # A failure on the way leaves variables behind that Keras would set up again with the next layer, and fail.
        keras.utils.clear_session(free_memory=False)
        return Answer(False, why=f"{type(error).__name__}: {str(error).strip()[:300]}")
    trainable = sum(int(np.prod(w.shape)) for w in layer.trainable_weights)
    non_trainable = sum(int(np.prod(w.shape)) for w in layer.non_trainable_weights)
    return Answer(True, found, trainable, non_trainable)


def _units(leaf: TensorType) -> Any:
    """Unit matrices, for functions that can't take every matrix (an inverse)."""
    shape = (BATCH, *_open(leaf))
    return tf.cast(tf.eye(*shape[-2:], batch_shape=shape[:-2]) if len(shape) > 2 else tf.ones(shape), leaf.dtype)


def _see_data(name: str, layer: Any, args: Mapping[str, Any], operands: Sequence[Operand]) -> None:
    """Adapt the layers that learn from data first, as a run does before it trains."""
    row = find("layers", name)
    assert isinstance(row, LayerRow)
    leaves = [leaf for operand in operands for leaf in tensors(operand)]
    if row.adapts and args.get(row.adapts[0]) is None and leaves:
        shape = (BATCH, *(3 if isinstance(size, Size) else size for size in leaves[0].shape))
        rows = np.arange(np.prod(shape)).reshape(shape) % 3 + 1
        layer.adapt(np.full(shape, "a") if leaves[0].dtype == "string" else rows.astype(leaves[0].dtype))


def ask_op(function: Callable[..., Any], leaves: Sequence[TensorType], *, unit: bool = False, fill: int = 1) -> Answer:
    """The answer to `function(*tensors)`, a call of `keras.ops` with its constants filled in."""
    try:
        outputs = _flat(function(*map(_symbol, leaves)))
        if not all(isinstance(out, keras.KerasTensor) for out in outputs):
            return Answer(False, why="no tensor")
        signature = [tf.TensorSpec((None, *_open(leaf)), leaf.dtype) for leaf in leaves]
        traced = tf.function(function, input_signature=signature).get_concrete_function().structured_outputs
        _agree(outputs, _flat(traced))
        if not _any_open(leaves):
            _agree(outputs, _flat(function(*(_units(leaf) if unit else _data(leaf, fill) for leaf in leaves))))
    except Exception as error:  # noqa: BLE001 - as above
        return Answer(False, why=f"{type(error).__name__}: {str(error).strip()[:300]}")
    if any(tuple(out.shape[:1]) != (None,) for out in outputs):
        return Answer(False, why=f"the batch is not the first axis of {[out.shape for out in outputs]}")
    promised, computed = (
        [keras.backend.standardize_dtype(out.dtype) for out in _flat(found)] for found in (outputs, traced)
    )
    shapes = [tuple(out.shape[1:]) for out in outputs]
    return Answer(True, tuple(zip(shapes, promised, strict=True)), computed=tuple(zip(shapes, computed, strict=True)))


def _random(leaf: TensorType, size: int, rng: np.random.Generator, most: float = 3, least: float = 0) -> Any:
    shape = (BATCH, *(size if isinstance(n, Size) else n for n in leaf.shape))
    drawn = rng.uniform(least, most, shape)
    return tf.cast(drawn if "float" in leaf.dtype and most > 2 else np.floor(drawn), leaf.dtype)


def mixes_rows(function: Callable[..., Any], leaves: Sequence[TensorType]) -> bool:
    """Whether a row of the result hangs on the others, or on its place: fewer rows, or in another order, change it."""
    return any(
        rows_hang(function, [_random(leaf, size, np.random.default_rng(5), most, least) for leaf in leaves])
        for least, most in ((0, 3), (0, 2), (1, 3))  # without a 0 where that is divided by
        for size in (OPEN if _any_open(leaves) else OPEN[:1])
    )


def rows_hang(function: Callable[..., Any], data: Sequence[Any]) -> bool:
    """The same, on these data; False where they can't be computed at all."""
    try:
        whole = _arrays(function(*data))
    except Exception:  # noqa: BLE001 - what can't be asked shows nothing
        return False
    for rows in (slice(3), slice(None, None, -1)):
        try:
            part = _arrays(function(*(array[rows] for array in data)))
        except Exception:  # noqa: BLE001 - it needs a certain number of rows
            return True
        if any(p.shape != w[rows].shape or not np.allclose(p, w[rows], 1e-2, 1e-2, equal_nan=True)
               for p, w in zip(part, whole, strict=True)):  # fmt: skip
            return True
    return False


def _arrays(outputs: Any) -> list[Any]:
    return [keras.ops.convert_to_numpy(tensor) for tensor in _flat(outputs)]


def works_on_data(function: Callable[..., Any], leaves: Sequence[TensorType], size: int) -> bool:
    """Whether the call on data works, and gives what was promised, where that size stands for the open ones."""
    try:
        _agree(
            _flat(function(*map(_symbol, leaves))),
            _flat(function(*(_random(leaf, size, np.random.default_rng(5)) for leaf in leaves))),
        )
    except Exception:  # noqa: BLE001 - as above
        return False
    return True


def _call_on_data(layer: Any, operands: Sequence[Operand], keyed: Mapping[str, Operand]) -> list[list[Any]]:
    """As when predicting, and as when training where the layer tells the two apart.

    With sizes left open there is no such thing as the data; TensorFlow traces the layer without knowing them, as
    `fit` and `predict` do.
    """
    leaves = [tensor for operand in (*operands, *keyed.values()) for tensor in tensors(operand)]

    def call(*flat: Any, **training: bool) -> Any:
        rest = iter(flat)
        positional = [_filled(operand, rest) for operand in operands]
        return layer(*positional, **{key: _filled(operand, rest) for key, operand in keyed.items()}, **training)

    modes = ({"training": True}, {}) if "training" in inspect.signature(layer.call).parameters else ({},)
    both: list[list[Any]] = []
    for training in modes:
        found = _traced(call, leaves, training) if _any_open(leaves) else call(*map(_data, leaves), **training)
        both.append(_flat(found))
    return both


def _any_open(leaves: Sequence[TensorType]) -> bool:
    return any(isinstance(size, Size) for leaf in leaves for size in leaf.shape)


def _traced(call: Any, leaves: Sequence[TensorType], training: Mapping[str, bool]) -> Any:
    signature = [tf.TensorSpec((None, *_open(leaf)), leaf.dtype) for leaf in leaves]
    function = tf.function(lambda *flat: call(*flat, **training), input_signature=signature)
    return function.get_concrete_function().structured_outputs


def _open(leaf: TensorType) -> tuple[int | None, ...]:
    return tuple(None if isinstance(size, Size) else size for size in leaf.shape)


def _filled(operand: Operand, rest: Iterator[Any]) -> Any:
    """The operand with its tensors taken from `rest`, in order."""
    if isinstance(operand, TensorType):
        return next(rest)
    return [_filled(item, rest) for item in operand] if isinstance(operand, tuple) else operand


def _agree(promised: Sequence[Any], real: Sequence[Any]) -> None:
    if len(promised) != len(real):
        raise ValueError(f"promised {len(promised)} outputs and gave {len(real)}")
    for symbol, tensor in zip(promised, real, strict=True):
        expected, got = tuple(symbol.shape), tuple(tensor.shape)
        batch = expected[0] is None and got[:1] not in ((BATCH,), (None,))
        sizes = zip(expected, got, strict=False)
        if len(expected) != len(got) or batch or any(e is not None and g not in (None, e) for e, g in sizes):
            raise ValueError(f"promised {expected} and gave {got}")
