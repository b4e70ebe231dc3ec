"""The arguments of layers."""

from __future__ import annotations

from nnc import limits
from nnc.catalog.arguments.common import (
    ABOVE_ZERO,
    AXES,
    AXIS,
    COUNT,
    FLOATS,
    FRACTION,
    LAYER,
    NOT_NEGATIVE,
    NUMBER,
    POLICIES,
    POSITIVE,
    SEED,
    SIZES,
    WINDOWS,
)
from nnc.catalog.arguments.pictures import TYPES as _PICTURES
from nnc.catalog.kinds import (
    ANY,
    BOOL,
    LARGEST,
    NO,
    NONE,
    STRING,
    Type,
    choice,
    integer,
    ints,
    is_int,
    keras_object,
    many,
    mapping,
    nested_numbers,
    optional,
    pairs,
)
from nnc.catalog.rows import Argument, Rejection
from nnc.catalog.values import Object

# Keras takes these words and then fails, or gives a shape other than the one that it has promised.
_NO_LAYER_ACTIVATION = {
    "glu": "{argument} can't be `glu`: it halves the last axis, which Keras's layers don't reckon with",
    "threshold": "{argument} can't be the word `threshold`: that function needs two more arguments",
}


def _activation(value: Argument) -> Argument:
    if isinstance(value, str) and value in _NO_LAYER_ACTIVATION:
        return Rejection(_NO_LAYER_ACTIVATION[value], help="write it as an `fn`, with `ops` functions")
    return _ANY_ACTIVATION.take(value)


_ANY_ACTIVATION = optional(keras_object("activations", "an activation", fn=True))
_ACTIVATION = Type("an activation", _activation, words_of="activations", objects="activations", fn=True)


def _cells(value: Argument) -> Argument:
    """A recurrent cell, or several in a list, which Keras stacks."""
    items = value if isinstance(value, (tuple, list)) else (value,)
    if not items or not all(isinstance(item, Object) and item.kind == "layers" for item in items):
        return NO
    return tuple(value) if isinstance(value, (tuple, list)) else value


_NAME = Type("a string without `/`", lambda v: v if v is None or (isinstance(v, str) and v and "/" not in v) else NO)
_AUTOCAST = Type("true", lambda v: v if v is True else NO, ("true",), why="nnc can't check a layer without it yet")


def _positive(*names: str) -> dict[str, Type]:
    return dict.fromkeys(names, POSITIVE)


_PADDING = choice("valid", "same")
_CAUSAL = choice("valid", "same", "causal")
_SHAPE = many(optional(POSITIVE), "a list of positive whole numbers or none")
_MOMENTS = Type("a number, or a list of numbers", nested_numbers)
_SALT = optional(integer() | many(integer(), "a pair of whole numbers", 2))
_WORDS = many(STRING, "a list of texts", empty=False)

_BY_RANK: dict[str, Type] = {}
for _rank in (1, 2, 3):
    _BY_RANK |= {f"{name}/{_rank}": ints(_rank) for name in ("kernel_size", "strides", "dilation_rate", "pool_size")}
    _BY_RANK |= {f"size/{_rank}": ints(_rank), f"output_size/{_rank}": ints(_rank)}
    _BY_RANK |= {f"{name}Pooling{_rank}D.strides": optional(ints(_rank)) for name in ("Max", "Average")}
    _BY_RANK[f"output_padding/{_rank}"] = optional(ints(_rank, 0))
    _BY_RANK |= {f"ZeroPadding{_rank}D.padding": pairs(_rank), f"Cropping{_rank}D.cropping": pairs(_rank)}
    _BY_RANK[f"Conv{_rank}D.padding"] = _CAUSAL if _rank == 1 else _PADDING

TYPES: dict[str, Type] = {
    **_BY_RANK,
    **_PICTURES,
    **_positive(
        "units",
        "filters",
        "input_dim",
        "output_dim",
        "num_heads",
        "key_dim",
        "head_dim",
        "num_query_heads",
        "num_key_value_heads",
        "n",
        "depth_multiplier",
        "groups",
        "num_bins",
        "power_iterations",
        "num_mel_bins",
        "sampling_rate",
        "frame_length",
        "fft_length",
        "sequence_stride",
    ),
    "strides": ANY,
    "layers:name": _NAME,
    "layers:dtype": optional(choice(*POLICIES)),
    "trainable": BOOL,
    "autocast": _AUTOCAST,
    "activation": _ACTIVATION,
    "recurrent_activation": _ACTIVATION,
    "use_bias": BOOL,
    "padding": _PADDING,
    "data_format": optional(choice("channels_last", "channels_first")),
    "lora_rank": optional(COUNT),
    "lora_alpha": optional(NUMBER),
    "quantization_config": NONE,
    "gptq_unpacked_column_size": optional(POSITIVE),
    "rate": FRACTION,
    "stddev": FRACTION,
    "UpSampling1D.size": POSITIVE,
    "noise_shape": optional(_SHAPE),
    "seed": SEED,
    "axis": AXIS,
    "epsilon": NUMBER,
    "momentum": NUMBER,
    "center": BOOL,
    "scale": BOOL,
    "synchronized": BOOL,
    "renorm": BOOL,
    "renorm_clipping": optional(mapping("a map from `rmax`, `rmin` and `dmax` to numbers")),
    "renorm_momentum": NUMBER,
    "LayerNormalization.axis": AXES,
    "RMSNormalization.axis": AXES,
    "UnitNormalization.axis": AXES,
    "Normalization.axis": optional(AXES),
    "Softmax.axis": AXES,
    "GroupNormalization.groups": Type(
        "a positive whole number, or -1", lambda v: v if is_int(v) and (v == -1 or 0 < v <= LARGEST) else NO
    ),
    "ReLU.max_value": optional(NOT_NEGATIVE),
    "layers:threshold": NOT_NEGATIVE,
    "negative_slope": NOT_NEGATIVE,
    "layers:alpha": NUMBER,
    "shared_axes": optional(AXES),
    "l1": NUMBER,
    "l2": NUMBER,
    "target_shape": many(integer(-1), "a list of sizes, of which one may be -1", most=limits.MAX_AXES),
    "dims": many(POSITIVE, "a list of axes, counted from 1"),
    "mask_zero": BOOL,
    "layers:weights": NONE,
    "tie_weights": BOOL,
    "reverse_dtype": optional(choice(*FLOATS)),
    "logit_soft_cap": optional(ABOVE_ZERO),
    "mask_value": NUMBER,
    "keepdims": BOOL,
    "interpolation": choice("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"),
    "axes": AXIS | many(AXIS, "a pair of axes", 2),
    "normalize": BOOL,
    "layer": LAYER,
    "backward_layer": optional(LAYER),
    "merge_mode": optional(choice("concat", "sum", "mul", "ave")),
    "cell": Type("a recurrent cell, or a list of them", _cells, objects="layers"),
    "cells": Type("a list of recurrent cells", lambda v: _cells(v) if isinstance(v, (tuple, list)) else NO),
    "layers": many(LAYER, "a list of layers", empty=False),
    "dropout": FRACTION,
    "recurrent_dropout": FRACTION,
    "unit_forget_bias": BOOL,
    "return_sequences": BOOL,
    "return_state": BOOL,
    "go_backwards": BOOL,
    "stateful": BOOL,
    "unroll": BOOL,
    "reset_after": BOOL,
    "use_cudnn": BOOL | choice("auto"),
    "zero_output_for_mask": BOOL,
    "use_scale": BOOL,
    "score_mode": choice("dot", "concat"),
    "value_dim": optional(POSITIVE),
    "output_shape": optional(POSITIVE | SIZES),
    "attention_axes": optional(AXES),
    "sliding_window": optional(POSITIVE),
    "flash_attention": optional(BOOL),
    "use_gate": BOOL,
    "equation": STRING,
    "bias_axes": optional(STRING),
    "EinsumDense.output_shape": POSITIVE | many(optional(POSITIVE), "a list of sizes, none for one that is not known"),
    "Rescaling.scale": NUMBER | many(NUMBER, "a list of numbers"),
    "offset": NUMBER | many(NUMBER, "a list of numbers"),
    "Normalization.mean": optional(_MOMENTS),
    "variance": optional(_MOMENTS),
    "invert": BOOL,
    "num_tokens": optional(POSITIVE),
    "max_tokens": optional(integer(2)),
    "num_oov_indices": COUNT,
    "StringLookup.mask_token": optional(STRING),
    "StringLookup.oov_token": STRING,
    "StringLookup.vocabulary": optional(_WORDS),
    "TextVectorization.vocabulary": optional(_WORDS),
    "IntegerLookup.mask_token": optional(integer()),
    "IntegerLookup.oov_token": integer(),
    "IntegerLookup.vocabulary": optional(many(integer(), "a list of whole numbers", empty=False)),
    "vocabulary_dtype": choice("int64"),
    "idf_weights": optional(many(NUMBER, "a list of numbers")),
    "output_mode": choice("int", "one_hot", "multi_hot", "count", "tf_idf"),
    "Discretization.output_mode": choice("int", "one_hot", "multi_hot", "count"),
    "CategoryEncoding.output_mode": choice("one_hot", "multi_hot", "count"),
    "Hashing.output_mode": choice("int", "one_hot", "multi_hot", "count"),
    "HashedCrossing.output_mode": choice("int", "one_hot"),
    "sparse": BOOL,
    "ragged": BOOL,
    "pad_to_max_tokens": BOOL,
    "oov_method": choice("floormod", "farmhash"),
    "salt": _SALT,
    "standardize": optional(choice("lower_and_strip_punctuation", "lower", "strip_punctuation")),
    "split": optional(choice("whitespace", "character")),
    "ngrams": optional(POSITIVE | SIZES),
    "output_sequence_length": optional(POSITIVE),
    "encoding": choice("utf-8"),
    "bin_boundaries": optional(many(NUMBER, "a list of numbers")),
    "Discretization.num_bins": optional(POSITIVE),
    "Hashing.mask_value": ANY,
    "STFTSpectrogram.mode": choice("log", "magnitude", "psd", "real", "imag", "angle", "stft"),
    "frame_step": optional(POSITIVE),
    "STFTSpectrogram.fft_length": optional(POSITIVE),
    "sequence_length": optional(POSITIVE),
    "window": optional(WINDOWS),
    "MelSpectrogram.window": optional(choice("hann", "hamming")),
    "periodic": BOOL,
    "scaling": optional(choice("density", "spectrum")),
    "expand_dims": BOOL,
    "min_freq": NOT_NEGATIVE,
    "max_freq": optional(NOT_NEGATIVE),
    "power_to_db": BOOL,
    "top_db": NUMBER,
    "mag_exp": NUMBER,
    "min_power": NUMBER,
    "ref_power": NUMBER,
}
