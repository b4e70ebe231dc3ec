"""What nnc and Keras once disagreed about in a full count: each stays a case."""

from __future__ import annotations

from typing import Any

import keras

from nnc.catalog import Rejection, Size, TensorType, apply_op
from nnc.catalog.values import Object
from tests.oracle.keras_side import ask_op
from tests.oracle.sampling import Sample

OPEN = Size()
_FLOATS = TensorType((3,))
_STFT = Object("initializers", "STFT", {})


def _of(name: str, tensor: TensorType, **args: Any) -> Sample:
    return Sample(name, args, (tensor,))


LAYERS = (
    _of("Hashing", TensorType((1, 1), "int32"), num_bins=8, output_mode="one_hot"),
    _of("Hashing", TensorType((2, 1), "int32"), num_bins=8, output_mode="one_hot"),
    _of("ReversibleEmbedding", _FLOATS, input_dim=5, output_dim=4, tie_weights=False, lora_rank=2),
    _of("ReversibleEmbedding", _FLOATS, input_dim=5, output_dim=4, lora_rank=2),
    Sample("HashedCrossing", {"num_bins": 3, "dtype": "mixed_float16"}, ((TensorType((1,), "string"),) * 2,)),
    *(
        _of("Resizing", TensorType(shape, "int32"), height=3, width=8, pad_to_aspect_ratio=True,
            data_format="channels_first", fill_value=fill)
        for shape in ((2, 9, 3), (2, 6, 16)) for fill in (0, 0.0)
    ),
    _of("Discretization", TensorType((1, 2)), bin_boundaries=(0.5,), output_mode="count", dtype="mixed_float16"),
    _of("Discretization", TensorType((2,)), bin_boundaries=(0.5,), output_mode="count", dtype="mixed_float16"),
    _of("RandomElasticTransform", TensorType((4, 5, 9)), fill_mode="mirror"),
    _of("CutMix", TensorType((3, 9, OPEN)), dtype="float16"),
    _of("Dense", _FLOATS, units=2, bias_initializer="orthogonal"),
    _of("Dense", _FLOATS, units=2, use_bias=False, bias_initializer="orthogonal"),
    _of("Dense", _FLOATS, units=2, kernel_initializer=_STFT),
    _of("Conv1D", TensorType((8, 1)), filters=5, kernel_size=4, kernel_initializer=_STFT),
    _of("Conv1D", TensorType((8, 1)), filters=5, kernel_size=4, kernel_initializer="identity"),
    _of("LayerNormalization", TensorType((3, 4)), axis=(1, 2), gamma_initializer="orthogonal"),
    _of("RNN", TensorType((3, 4)), cell=Object("layers", "LSTMCell", {"units": 2, "bias_initializer": "orthogonal"})),
    _of("GRU", TensorType((3, 4)), units=2, bias_initializer="orthogonal"),
    _of("GRU", TensorType((3, 4)), units=2, dtype="bfloat16"),
    _of("GRU", TensorType((3, 4)), units=2, dtype="bfloat16", recurrent_initializer="glorot_uniform"),
    _of("GRU", TensorType((3, 4)), units=2, dtype="mixed_bfloat16"),
    _of("RNN", TensorType((3, 4)), cell=Object("layers", "LSTMCell", {"units": 2, "dtype": "bfloat16"})),
    *(
        _of("RNN", TensorType((3, 4)), cell=Object("layers", "GRUCell", {"units": 2, "dtype": "float16", one: 0.3}),
            **own)
        for one in ("dropout", "recurrent_dropout") for own in ({}, {"dtype": "mixed_float16"})
    ),
    _of("Dense", _FLOATS, units=2, dtype="bfloat16", kernel_initializer="orthogonal"),
    _of("AugMix", TensorType((8, 8, OPEN)), chain_depth=0),
    _of("TextVectorization", TensorType((), "string"), output_mode="one_hot", vocabulary=("a", "b")),
)  # fmt: skip


def _op(name: str, *args: Any, **kwargs: Any) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    return name, args, kwargs


_SQUARE, _WIDE = TensorType((3, 6, 6)), TensorType((4, 1, 2), "int32")
_SCORES, _COUNTS = TensorType((4, 4)), TensorType((4, 4), "uint8")

FUNCTIONS = (
    _op("bitwise_right_shift", TensorType((OPEN,), "int64"), True),
    _op("prod", TensorType((6, 4), "bool"), axis=2, dtype="int32"),
    _op("trace", _SQUARE, offset=1, axis1=2, axis2=1),
    _op("trace", _SQUARE, offset=-1, axis1=2, axis2=1),
    _op("trace", _SQUARE, offset=2, axis1=2, axis2=3),
    _op("trace", TensorType((4, 3, 2)), offset=1, axis1=2, axis2=3),
    _op("categorical_crossentropy", _SCORES, _COUNTS),
    _op("categorical_crossentropy", _SCORES, _COUNTS, from_logits=True),
    _op("categorical_crossentropy", _SCORES, _SCORES, axis=1),
    _op("categorical_crossentropy", _SCORES, _SCORES, from_logits=True, axis=-2),
    _op("categorical_crossentropy", TensorType((4, 3)), TensorType((4, 3)), axis=1),
    _op("sparse_categorical_crossentropy", TensorType((4,), "int32"), _SCORES, axis=1),
)


def function_differs(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """None where both say the same of a call of `keras.ops`."""
    tensors = [arg for arg in args if isinstance(arg, TensorType)]

    def call(*given: Any) -> Any:
        rest = iter(given)
        filled = [next(rest) if isinstance(arg, TensorType) else arg for arg in args]
        return getattr(keras.ops, name)(*filled, **kwargs)

    ours, theirs = apply_op(name, args, kwargs), ask_op(call, tensors)
    if isinstance(ours, Rejection):
        return f"{name}{args}: nnc refuses ({ours.reason})" if theirs.accepted else None
    found = tuple((tuple(None if isinstance(n, Size) else n for n in out.shape), out.dtype) for out in ours)
    return None if found == theirs.outputs else f"{name}{args}: nnc gives {found}, Keras {theirs.outputs} {theirs.why}"
