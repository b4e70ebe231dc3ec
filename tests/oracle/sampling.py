"""Random layers with random inputs, mostly sensible and now and then wrong; the same for the same seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nnc.catalog import LayerRow, Operand, Size, TensorType, find, names
from nnc.catalog.layers import FAMILIES
from nnc.catalog.values import Object
from tests.oracle import others, pictures, prepared

SIZES = (1, 2, 3, 4, 5, 6, 8, 9)
WRONG = 0.07  # how often a value is drawn from the wrong ones


@dataclass(frozen=True)
class Sample:
    """A layer, what it is given, and what it is applied to."""

    name: str
    args: dict[str, Any]
    operands: tuple[Operand, ...]
    by_name: dict[str, Operand] = field(default_factory=dict)

    def __str__(self) -> str:
        args = ", ".join(f"{key}={value!r}" for key, value in self.args.items())
        inputs = ", ".join(_text(item) for item in self.operands)
        return f"{self.name}({args})({inputs}{', ' + str(self.by_name) if self.by_name else ''})"


def _text(item: Operand) -> str:
    return "[" + ", ".join(map(_text, item)) + "]" if isinstance(item, tuple) else str(item)


def layer_names() -> list[str]:
    """The layers that nnc offers, cells aside, which stand inside RNN."""
    rows = ((name, find("layers", name)) for name in names("layers"))
    return [name for name, row in rows if isinstance(row, LayerRow) and not row.refused and name not in CELLS]


# Layers of which one sample takes Keras a good part of a second: each is made of many.
SLOW = ("AugMix", "RandAugment", "RandomElasticTransform", "Bidirectional")
CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells")


def sample(rng: random.Random, name: str) -> Sample:
    """A random use of that layer."""
    rank = spatial_rank(name)
    args = arguments(rng, name, rank)
    operands, by_name = _INPUTS.get(name, _one)(rng, name, rank)
    return Sample(name, args, operands, by_name)


def arguments(rng: random.Random, name: str, rank: int | None) -> dict[str, Any]:
    """Random arguments: required ones always, others now and then."""
    row = find("layers", name)
    assert row is not None
    given = {}
    for arg in row.args:
        if arg.name in {"name", "autocast", "quantization_config", "flash_attention", "weights", "seed"}:
            continue
        if arg.name == "dtype" and name.endswith("Pooling3D"):
            continue  # in half precision it needs a GPU
        often = 0.25 if arg.name in _INTERESTING else 0.08
        if arg.required or (name, arg.name) in others.ALWAYS or rng.random() < often:
            found = value(rng, name, arg.name, rank)
            if found is not _SKIP:
                given[arg.name] = found
    return given


_SKIP = object()
_INTERESTING = {
    "axis", "strides", "padding", "dilation_rate", "groups", "data_format", "use_bias", "return_sequences",
    "return_state", "output_padding", "depth_multiplier", "pool_size", "keepdims", "merge_mode", "output_shape",
    "value_dim", "cropping", "size", "shared_axes", "noise_shape", "attention_axes", "key_dim", "use_scale",
    "score_mode", "lora_rank", "renorm", "center", "scale", "normalize", "reset_after", "use_gate", "kernel_size",
    "filters", *pictures.INTERESTING, *prepared.INTERESTING, *others.INTERESTING,
}  # fmt: skip


def value(rng: random.Random, name: str, argument: str, rank: int | None) -> Any:
    """A value for an argument: a good one, or rarely a wrong one."""
    for key in (f"{name}.{argument}", argument, _ending(argument)):
        if key in _VALUES:
            good, wrong = _VALUES[key]
            chosen = rng.choice(wrong) if wrong and rng.random() < WRONG else rng.choice(good)
            return chosen(rng, rank or 2) if callable(chosen) else chosen
    return _SKIP


def _ending(argument: str) -> str:
    return "*_" + argument.rpartition("_")[2]


def _per_axis(*choices: int) -> Callable[[random.Random, int], Any]:
    return lambda rng, rank: tuple(rng.choice(choices) for _ in range(rank))


def _too_many(rng: random.Random, rank: int) -> Any:
    return (2,) * (rank + 1)


def _pairs(rng: random.Random, rank: int) -> Any:
    pair = lambda: (rng.randint(0, 2), rng.randint(0, 2))  # noqa: E731 - a name for a line that is used twice
    return pair() if rank == 1 else tuple(pair() for _ in range(rank))


def _noise(rng: random.Random, rank: int) -> Any:
    return (None, *(rng.choice((None, 1, 3)) for _ in range(rng.randint(1, 3))))


def layer(*options: str) -> Callable[[random.Random, int], Any]:
    """A nested layer with arguments of its own."""

    def make(rng: random.Random, _: int) -> Any:
        name = rng.choice(options)
        return Object("layers", name, arguments(rng, name, spatial_rank(name)))

    return make


def _cells(rng: random.Random, rank: int) -> Any:
    return tuple(layer(*CELLS[:3])(rng, rank) for _ in range(rng.randint(1, 3)))


_ACTIVATIONS = ("relu", "tanh", "sigmoid", "softmax", "gelu", "linear", "leaky_relu", "swish", None)
_VALUES: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "units": ((1, 3, 4, 7), (0, -2, 2.5, "4", None)),
    "filters": ((1, 2, 4, 6), (0, -1, 1.5)),
    "kernel_size": ((1, 2, 3, _per_axis(1, 2, 3), 5), (0, _too_many, "3")),
    "pool_size": ((1, 2, 3, _per_axis(1, 2, 3)), (0, _too_many, -1)),
    "strides": ((1, 2, 3, _per_axis(1, 2)), (0, _too_many, -1)),
    "dilation_rate": ((1, 2, _per_axis(1, 2)), (0, _too_many)),
    "output_padding": ((None, 0, 1, _per_axis(0, 1)), (_too_many, -1)),
    "output_size": ((1, 2, 3, _per_axis(1, 2, 3)), (0, _too_many)),
    "groups": ((1, 2, 3), (0, -1)),
    "GroupNormalization.groups": ((1, 2, 3, -1), (0, -2, 1.5)),
    "depth_multiplier": ((1, 2, 3), (0, -1)),
    "padding": (("valid", "same"), ("full", 3)),
    "Conv1D.padding": (("valid", "same", "causal"), ("full",)),
    "data_format": (("channels_last", "channels_last", "channels_first", None), ("NHWC",)),
    "activation": (_ACTIVATIONS, ("rleu",)),
    "recurrent_activation": (_ACTIVATIONS, ("rleu",)),
    "*_initializer": (
        (
            "zeros",
            "he_normal",
            "glorot_uniform",
            "orthogonal",
            "identity",
            Object("initializers", "RandomNormal"),
            Object("initializers", "STFT"),
        ),
        ("zeroes",),
    ),
    "*_regularizer": ((None, "l2", Object("regularizers", "L1")), ("l3",)),
    "*_constraint": ((None, "non_neg", Object("constraints", "MaxNorm")), ("nonneg",)),
    "use_bias": ((True, False), ()),
    "rate": ((0.2, 0.5, 0, 1), (-0.1, 1.5, "a")),
    "stddev": ((0.2, 0.0, 1), (-0.1, 1.5)),
    "noise_shape": ((_noise, None), ((0, 1), (None, -1))),
    "axis": ((-1, -1, 1, 2, -2), (0, 5, -7, "a")),
    "LayerNormalization.axis": ((-1, 1, (1, 2), (-1, -2), (-1,)), (0, 5, (1, 9))),
    "RMSNormalization.axis": ((-1, 1, (1, 2), (-1,)), (0, 5)),
    "UnitNormalization.axis": ((-1, 1, (1, 2), (-1,)), (5, (1, 9))),
    "Normalization.axis": ((-1, -1, None, (1, 2), 2, (-1,)), (0, 5, (1, 9), (-1, -1))),
    "mean": ((None, 1.0, (1.0,), (1.0, 2.0, 3.0)), ("a", ((1.0, 2.0), (3.0,)))),
    "variance": ((None, 1.0, (1.0,), (1.0, 2.0, 3.0)), ("a",)),
    "invert": ((True, False), ()),
    "Softmax.axis": ((-1, 1, (1, 2), 2, (-1,)), (5, (1, 9))),
    "epsilon": ((1e-3, 1e-6), ()),
    "momentum": ((0.9,), ()),
    "center": ((True, False), ()),
    "scale": ((True, False), ()),
    "renorm": ((True, False), ()),
    "lora_rank": ((None, 1, 2), (0, -1)),
    "lora_alpha": ((None, 2.0), ()),
    "equation": (
        ("ab,bc->ac", "abc,cd->abd", "...b,bc->...c", "abc,c->abc", "abc,bcd->ad", "abc...,bd->adc..."),
        ("ab->a", "abc,cd->abe", "aab,bc->ac"),
    ),
    "EinsumDense.output_shape": ((4, (4,), (None, 4), (3, 4), (None, None)), ((),)),
    "bias_axes": ((None, "c", "d", "bd", None), ("z", "")),
    "trainable": ((True, False), ()),
    "dtype": (("float32", "float32", "float16", "mixed_float16", None), ("float33",)),
    "Rescaling.scale": ((2, 0.5, (1.0, 2.0, 3.0)), ("a",)),
    "offset": ((0, 1.5, (1.0, 2.0)), ("a",)),
    "max_value": ((None, 6.0, 0), (-1.0,)),
    "negative_slope": ((0.0, 0.3), (-1.0,)),
    "threshold": ((0.0, 1.0), (-1.0,)),
    "alpha": ((1.0, 0.5), ()),
    "shared_axes": ((None, (1,), (1, 2), (2,)), ((0,), (7,))),
    "target_shape": (((-1,), (2, -1), (4, 3), (3, 2, -1), (6,), (1, 12)), ((-1, -1), (-2, 3), (5, 0))),
    "dims": (((1,), (2, 1), (1, 2), (3, 1, 2), (2, 1, 3)), ((0, 1), (1, 1), (2, 3))),
    "n": ((1, 2, 5), (0, -1, 1.5)),
    "input_dim": ((1, 5, 20), (0, -1, 1.5)),
    "output_dim": ((1, 4), (0, -1)),
    "mask_zero": ((True, False), ()),
    "mask_value": ((0.0, -1.0), ()),
    "keepdims": ((True, False), ()),
    "interpolation": (("nearest", "bilinear"), ("cubic",)),
    "size": ((1, 2, 3, _per_axis(1, 2, 3)), (0, _too_many)),
    "cropping": ((0, 1, _pairs), (-1, _too_many)),
    **{f"ZeroPadding{rank}D.padding": ((0, 1, 2, _pairs), (-1, (1, 2, 3, 4))) for rank in (1, 2, 3)},
    "axes": ((1, -1, 2, (1, 1), (2, 1), (-1, 1)), (0, 5, (1, 0))),
    "normalize": ((True, False), ()),
    "return_sequences": ((True, False), ()),
    "return_state": ((True, False), ()),
    "go_backwards": ((True, False), ()),
    "unroll": ((True, False), ()),
    "reset_after": ((True, False), ()),
    "dropout": ((0.0, 0.3), ()),
    "recurrent_dropout": ((0.0, 0.3), ()),
    "unit_forget_bias": ((True, False), ()),
    "zero_output_for_mask": ((True, False), ()),
    "merge_mode": (("concat", "sum", "mul", "ave", None), ("add",)),
    "cell": ((layer(*CELLS[:3]), _cells), ()),
    "Bidirectional.layer": ((layer("LSTM", "GRU", "SimpleRNN", "RNN"),), (layer("Dense", "Dropout"),)),
    "backward_layer": ((None, layer("LSTM", "GRU")), ()),
    "TimeDistributed.layer": (
        (layer("Dense", "Dropout", "Conv1D", "Flatten", "Embedding", "LayerNormalization", "MaxPooling1D", "LSTM"),),
        (layer("Conv2D", "RepeatVector"),),
    ),
    "SpectralNormalization.layer": ((layer("Dense", "Conv1D", "Embedding", "DepthwiseConv1D"),), (layer("Dropout"),)),
    "power_iterations": ((1, 2), (0,)),
    "use_scale": ((True, False), ()),
    "score_mode": (("dot", "concat"), ("mul",)),
    "num_heads": ((1, 2, 3), (0, -1)),
    "key_dim": ((1, 2, 4), (0, -1)),
    "value_dim": ((None, 3), (0, -1)),
    "output_shape": ((None, 5, (2, 3)), ()),
    "attention_axes": ((None, (1,), 1, (1, 2), (-2,)), ((0,), (9,))),
    "sliding_window": ((None, 2), (0,)),
    "use_gate": ((True, False), ()),
    "head_dim": ((2, 4), (0,)),
    "num_query_heads": ((2, 4, 6), (0,)),
    "num_key_value_heads": ((1, 2), (0, 4)),
    "l1": ((0.0, 0.1), ()),
    "l2": ((0.0, 0.1), ()),
    **pictures.VALUES,
    **prepared.VALUES,
    **others.VALUES,
    "layers": ((others.in_a_row(layer),), ((), "Dense")),
}

# ---- inputs --------------------------------------------------------------------------------------


def spatial_rank(name: str) -> int | None:
    """The number of spatial axes that a name speaks of (`Conv2D`: 2)."""
    found = re.search(r"([123])D", name)
    return int(found[1]) if found else None


def _size(rng: random.Random) -> Any:
    return Size() if rng.random() < 0.1 else rng.choice(SIZES)


def _tensor(rng: random.Random, axes: int) -> TensorType:
    if rng.random() < WRONG:
        axes = rng.randint(0, 4)
    dtype = (
        rng.choice(("int32", "float16", "float64", "int64", "uint8", "bool", "string"))
        if rng.random() < 0.12
        else "float32"
    )
    return TensorType(tuple(_size(rng) for _ in range(axes)), dtype)


_Made = tuple[tuple[Operand, ...], dict[str, Operand]]


def _one(rng: random.Random, name: str, rank: int | None) -> _Made:
    axes = rank + 1 if rank is not None else rng.choice((1, 1, 2, 2, 3))
    if rng.random() < 0.02:
        return ((_tensor(rng, axes), _tensor(rng, axes)),), {}
    return (_tensor(rng, axes),), {}


def _sequence(rng: random.Random, name: str, rank: int | None) -> _Made:
    return (_tensor(rng, 2),), {}


def _deep(rng: random.Random, name: str, rank: int | None) -> _Made:
    return (_tensor(rng, rng.choice((2, 3))),), {}


def _like(rng: random.Random, tensor: TensorType) -> TensorType:
    """The same type with a size changed now and then."""
    shape = list(tensor.shape)
    for index in range(len(shape)):
        if rng.random() < 0.12:
            shape[index] = rng.choice((1, 1, 3, Size()))
    if shape and rng.random() < 0.08:
        shape.pop(0)
    return TensorType(tuple(shape), tensor.dtype if rng.random() < 0.95 else "int32")


def _list(rng: random.Random, name: str, rank: int | None) -> _Made:
    first = _tensor(rng, rng.choice((1, 2, 3)))
    count = 2 if name in ("Dot", "Subtract") and rng.random() > WRONG else rng.randint(1, 4)
    items = (first, *(_like(rng, first) for _ in range(count - 1)))
    return ((items,), {}) if rng.random() > WRONG / 2 else ((first,), {})


def _attention(rng: random.Random, name: str, rank: int | None) -> _Made:
    query = _tensor(rng, 2 if rng.random() < 0.85 else 3)
    value_ = _like(rng, query)
    items = (query, value_, *((_like(rng, value_),) if rng.random() < 0.4 else ()))
    flags: dict[str, Operand] = {}
    if rng.random() < 0.15 and name != "GroupQueryAttention":
        flags["return_attention_scores"] = True
    if rng.random() < 0.15:
        flags["use_causal_mask"] = True
    return ((items,) if name in ("Attention", "AdditiveAttention") else items), flags


_INPUTS: dict[str, Callable[[random.Random, str, int | None], _Made]] = {
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"), _sequence),
    **dict.fromkeys(("TimeDistributed", "SpectralNormalization"), _deep),
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"), _list),
    **dict.fromkeys(("Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention"), _attention),
    **dict.fromkeys((FAMILIES["images"] + " " + FAMILIES["augmentation"]).split(), pictures.picture),
    **dict.fromkeys((FAMILIES["lookup"] + " Discretization CategoryEncoding Hashing").split(), prepared.values),
    "HashedCrossing": prepared.crossed,
    "EinsumDense": others.summed,
    **dict.fromkeys(("STFTSpectrogram", "MelSpectrogram"), others.sound),
    **dict.fromkeys(FAMILIES["conv_recurrent"].split(), others.frames),
    "ReversibleEmbedding": others.embedded,
}
