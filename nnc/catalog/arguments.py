"""What each argument takes: one table by the argument's name, since Keras uses a name for one thing.

A key is looked for as `Row.argument`, `kind:argument`, `argument/2` (for a layer on two spatial axes, `...2D`),
`argument`, and at last by the name's ending (`_initializer`). Where a name means something else in some row, that
row has its own key.
"""

from __future__ import annotations

import re

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
    number,
    optional,
    pairs,
)
from nnc.catalog.rows import Argument, Kind, Rejection
from nnc.catalog.values import Object

POSITIVE = integer(1)
COUNT = integer(0)
INT = integer()
NUMBER = number()
NOT_NEGATIVE = number(0)
ABOVE_ZERO = number(0, above=True)
FRACTION = number(0, 1)
SEED = optional(INT)
AXIS = integer(noun="an axis (a whole number)")
AXES = AXIS | many(AXIS, "a list of axes", empty=False)
SIZES = many(POSITIVE, "a list of positive whole numbers")

INITIALIZER = optional(keras_object("initializers", "an initializer"))
REGULARIZER = optional(keras_object("regularizers", "a regularizer"))
CONSTRAINT = optional(keras_object("constraints", "a constraint"))
LAYER = keras_object("layers", "a layer", word=False)
LEARNING_RATE = NOT_NEGATIVE | keras_object("optimizers.schedules", "a learning-rate schedule", word=False)

_DTYPES = (
    "float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64",
    "uint8", "uint16", "uint32", "uint64", "bool", "string",
)  # fmt: skip
_FLOATS = ("float16", "bfloat16", "float32", "float64")
_POLICIES = (*_DTYPES, "mixed_float16", "mixed_bfloat16")

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
ACTIVATION = Type("an activation", _activation, words_of="activations", objects="activations", fn=True)


def _path(value: Argument) -> Argument:
    """A path that stays inside the run's folder: a spec can't write where it likes."""
    if not isinstance(value, str) or not value or "\0" in value:
        return NO
    inside = not value.startswith(("/", "\\", "~")) and ":" not in value
    return value if inside and ".." not in re.split(r"[/\\]", value) else NO


PATH = Type("a path inside the run's folder", _path, why="write a relative path without `..`, such as `logs`")


def _rate_step(value: Argument) -> Argument:
    return value if value == "epoch" or (is_int(value) and 1 <= value <= LARGEST) else NO


SAVE_FREQ = Type("`epoch` or a positive whole number of batches", _rate_step, ("epoch",))


def _cells(value: Argument) -> Argument:
    """A recurrent cell, or several in a list, which Keras stacks."""
    items = value if isinstance(value, (tuple, list)) else (value,)
    if not items or not all(isinstance(item, Object) and item.kind == "layers" for item in items):
        return NO
    return tuple(value) if isinstance(value, (tuple, list)) else value


def _positive(*names: str) -> dict[str, Type]:
    return dict.fromkeys(names, POSITIVE)


# ---- layers --------------------------------------------------------------------------------------

_PADDING = choice("valid", "same")
_CAUSAL = choice("valid", "same", "causal")
_VALUE_RANGE = many(NUMBER, "a pair of numbers", 2)
_FACTOR = NUMBER | many(NUMBER, "a pair of numbers", 2)
_SHAPE = many(optional(POSITIVE), "a list of positive whole numbers or none")
_LIST = many(ANY, "a list")

_BY_RANK: dict[str, Type] = {}
for _rank in (1, 2, 3):
    _BY_RANK |= {f"{name}/{_rank}": ints(_rank) for name in ("kernel_size", "strides", "dilation_rate", "pool_size")}
    _BY_RANK |= {f"size/{_rank}": ints(_rank), f"output_size/{_rank}": ints(_rank)}
    _BY_RANK[f"output_padding/{_rank}"] = optional(ints(_rank, 0))
    _BY_RANK |= {f"ZeroPadding{_rank}D.padding": pairs(_rank), f"Cropping{_rank}D.cropping": pairs(_rank)}
    _BY_RANK[f"Conv{_rank}D.padding"] = _CAUSAL if _rank == 1 else _PADDING

_LAYERS: dict[str, Type] = {
    **_BY_RANK,
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
        "height",
        "width",
        "num_bins",
        "power_iterations",
        "bins",
        "max_number",
        "num_mel_bins",
        "sampling_rate",
        "frame_length",
        "fft_length",
        "sequence_stride",
        "num_chains",
        "chain_depth",
        "num_ops",
    ),
    "strides": ANY,
    "layers:name": optional(STRING),
    "layers:dtype": optional(choice(*_POLICIES)),
    "trainable": BOOL,
    "autocast": BOOL,
    "activation": ACTIVATION,
    "recurrent_activation": ACTIVATION,
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
    "target_shape": many(integer(-1), "a list of sizes, of which one may be -1"),
    "dims": many(POSITIVE, "a list of axes, counted from 1"),
    "mask_zero": BOOL,
    "layers:weights": NONE,
    "tie_weights": BOOL,
    "reverse_dtype": optional(choice(*_FLOATS)),
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
    "layers": many(LAYER, "a list of layers"),
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
    "Normalization.mean": optional(NUMBER | many(NUMBER, "a list of numbers")),
    "variance": optional(NUMBER | many(NUMBER, "a list of numbers")),
    "invert": BOOL,
    "num_tokens": optional(POSITIVE),
    "max_tokens": optional(POSITIVE),
    "num_oov_indices": COUNT,
    "mask_token": ANY,
    "oov_token": ANY,
    "vocabulary": optional(_LIST),
    "vocabulary_dtype": choice("int32", "int64"),
    "idf_weights": optional(_LIST),
    "output_mode": choice("int", "one_hot", "multi_hot", "count", "tf_idf"),
    "sparse": BOOL,
    "ragged": BOOL,
    "pad_to_max_tokens": BOOL,
    "oov_method": choice("floormod", "farmhash"),
    "salt": ANY,
    "standardize": optional(choice("lower_and_strip_punctuation", "lower", "strip_punctuation")),
    "split": optional(choice("whitespace", "character")),
    "ngrams": optional(POSITIVE | SIZES),
    "output_sequence_length": optional(POSITIVE),
    "encoding": STRING,
    "bin_boundaries": optional(many(NUMBER, "a list of numbers")),
    "Discretization.num_bins": optional(POSITIVE),
    "Hashing.mask_value": ANY,
    "value_range": _VALUE_RANGE,
    "factor": _FACTOR,
    "height_factor": _FACTOR,
    "width_factor": optional(_FACTOR),
    "x_factor": _FACTOR,
    "y_factor": _FACTOR,
    "sigma": _FACTOR,
    "brightness_factor": optional(_FACTOR),
    "contrast_factor": optional(_FACTOR),
    "saturation_factor": optional(_FACTOR),
    "hue_factor": optional(_FACTOR),
    "addition_factor": _FACTOR,
    "threshold_factor": _FACTOR,
    "RandomElasticTransform.scale": _FACTOR,
    "RandomErasing.scale": _FACTOR,
    "RandomPerspective.scale": _FACTOR,
    "RandomGaussianBlur.kernel_size": ints(2),
    "RandomFlip.mode": choice("horizontal", "vertical", "horizontal_and_vertical"),
    "STFTSpectrogram.mode": choice("log", "magnitude", "psd", "real", "imag", "angle", "stft"),
    "tile_grid_size": many(POSITIVE, "a pair of positive whole numbers", 2),
    "clip_limit": NUMBER,
    "all_ops": BOOL,
    "fill_mode": choice("reflect", "wrap", "constant", "nearest", "crop"),
    "fill_value": optional(NUMBER),
    "crop_to_aspect_ratio": BOOL,
    "pad_to_aspect_ratio": BOOL,
    "antialias": BOOL,
    "frame_step": optional(POSITIVE),
    "STFTSpectrogram.fft_length": optional(POSITIVE),
    "sequence_length": optional(POSITIVE),
    "window": optional(choice("hann", "hamming")),
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

# ---- losses and metrics --------------------------------------------------------------------------

_CLASS_ID = optional(COUNT)
_THRESHOLDS = optional(FRACTION | many(FRACTION, "a list of numbers from 0 to 1"))
_CLASS_IDS = many(COUNT, "a list of class numbers")

_MEASURES: dict[str, Type] = {
    "losses:name": optional(STRING),
    "losses:dtype": optional(choice(*_FLOATS)),
    "metrics:name": optional(STRING),
    "metrics:dtype": optional(choice(*_FLOATS)),
    "reduction": optional(choice("sum", "sum_over_batch_size", "mean", "mean_with_sample_weight", "none")),
    "from_logits": BOOL,
    "label_smoothing": FRACTION,
    "losses:axis": AXIS,
    "Dice.axis": optional(AXES),
    "Tversky.axis": optional(AXES),
    "losses:alpha": NUMBER | many(NUMBER, "a list of numbers"),
    "losses:beta": NUMBER,
    "losses:gamma": NUMBER,
    "apply_class_balancing": BOOL,
    "ignore_class": optional(INT),
    "delta": NUMBER,
    "margin": FRACTION,
    "remove_diagonal": BOOL,
    "q": number(0, 1, above=True, below=True),
    "metrics:threshold": optional(NUMBER),
    "thresholds": _THRESHOLDS,
    "BinaryAccuracy.threshold": number(0, 1, above=True, below=True),
    "F1Score.threshold": optional(number(0, above=True)),
    "FBetaScore.threshold": optional(number(0, above=True)),
    "metrics:beta": ABOVE_ZERO,
    "average": optional(choice("micro", "macro", "weighted")),
    "num_thresholds": integer(2),
    "PrecisionAtRecall.num_thresholds": POSITIVE,
    "RecallAtPrecision.num_thresholds": POSITIVE,
    "SensitivityAtSpecificity.num_thresholds": POSITIVE,
    "SpecificityAtSensitivity.num_thresholds": POSITIVE,
    "curve": choice("ROC", "PR"),
    "summation_method": choice("interpolation", "minoring", "majoring"),
    "multi_label": BOOL,
    "num_labels": optional(POSITIVE),
    "label_weights": optional(many(NOT_NEGATIVE, "a list of numbers of at least 0")),
    "top_k": optional(POSITIVE),
    "class_id": _CLASS_ID,
    "k": POSITIVE,
    "from_sorted_ids": BOOL,
    "num_classes": POSITIVE,
    "target_class_ids": _CLASS_IDS,
    "sparse_y_true": BOOL,
    "sparse_y_pred": BOOL,
    "metrics:axis": AXIS,
    "recall": FRACTION,
    "precision": FRACTION,
    "sensitivity": FRACTION,
    "specificity": FRACTION,
    "class_aggregation": optional(choice("uniform_average", "variance_weighted_average")),
    "num_regressors": COUNT,
}

# ---- training ------------------------------------------------------------------------------------

_BELOW_ONE = number(0, 1, below=True)

_TRAINING: dict[str, Type] = {
    "optimizers:name": optional(STRING),
    "optimizers.schedules:name": optional(STRING),
    "learning_rate": LEARNING_RATE,
    "beta_1": _BELOW_ONE,
    "beta_2": _BELOW_ONE,
    "adam_beta_1": _BELOW_ONE,
    "adam_beta_2": _BELOW_ONE,
    "beta_2_decay": NUMBER,
    "optimizers:beta": NUMBER,
    "rho": NUMBER,
    "epsilon_1": NUMBER,
    "epsilon_2": NUMBER,
    "optimizers:momentum": FRACTION,
    "nesterov": BOOL,
    "amsgrad": BOOL,
    "centered": BOOL,
    "weight_decay": optional(NOT_NEGATIVE),
    "adam_weight_decay": optional(NOT_NEGATIVE),
    "clipnorm": optional(ABOVE_ZERO),
    "clipvalue": optional(ABOVE_ZERO),
    "global_clipnorm": optional(ABOVE_ZERO),
    "use_ema": BOOL,
    "ema_momentum": FRACTION,
    "ema_overwrite_frequency": optional(POSITIVE),
    "loss_scale_factor": optional(ABOVE_ZERO),
    "gradient_accumulation_steps": optional(integer(2)),
    "clip_threshold": NUMBER,
    "relative_step": BOOL,
    "initial_accumulator_value": NOT_NEGATIVE,
    "learning_rate_power": number(high=0),
    "l1_regularization_strength": NOT_NEGATIVE,
    "l2_regularization_strength": NOT_NEGATIVE,
    "l2_shrinkage_regularization_strength": NOT_NEGATIVE,
    "exclude_layers": optional(many(STRING, "a list of strings")),
    "exclude_embeddings": BOOL,
    "muon_a": NUMBER,
    "muon_b": NUMBER,
    "muon_c": NUMBER,
    "adam_lr_ratio": NUMBER,
    "ns_steps": POSITIVE,
    "rms_rate": NUMBER,
    "warmup_steps": COUNT,
    "inner_optimizer": keras_object("optimizers", "an optimizer"),
    "default_optimizer": keras_object("optimizers", "an optimizer"),
    "optimizer_map": ANY,
    "initial_scale": ABOVE_ZERO,
    "dynamic_growth_steps": POSITIVE,
    "initial_learning_rate": NUMBER,
    "decay_steps": POSITIVE,
    "first_decay_steps": POSITIVE,
    "decay_rate": NUMBER,
    "end_learning_rate": NUMBER,
    "optimizers.schedules:alpha": NUMBER,
    "power": NUMBER,
    "cycle": BOOL,
    "staircase": BOOL,
    "t_mul": NUMBER,
    "m_mul": NUMBER,
    "warmup_target": optional(NUMBER),
    "boundaries": many(NUMBER, "a list of numbers"),
    "values": many(NUMBER, "a list of numbers"),
    "monitor": STRING,
    "min_delta": NUMBER,
    "patience": COUNT,
    "verbose": choice("auto") | integer(0, 2),
    "callbacks:mode": choice("auto", "min", "max"),
    "baseline": optional(NUMBER),
    "restore_best_weights": BOOL,
    "start_from_epoch": COUNT,
    "ReduceLROnPlateau.factor": number(0, 1, below=True),
    "cooldown": COUNT,
    "min_lr": NOT_NEGATIVE,
    "filepath": PATH,
    "filename": PATH,
    "directory": PATH,
    "backup_dir": PATH,
    "log_dir": PATH,
    "separator": STRING,
    "append": BOOL,
    "save_best_only": BOOL,
    "save_weights_only": BOOL,
    "save_freq": SAVE_FREQ,
    "initial_value_threshold": optional(NUMBER),
    "double_checkpoint": BOOL,
    "delete_checkpoint": BOOL,
    "raise_error": BOOL,
    "swap_on_epoch": BOOL,
    "histogram_freq": COUNT,
    "write_graph": BOOL,
    "write_images": BOOL,
    "write_steps_per_second": BOOL,
    "update_freq": Type("`batch`, `epoch` or a positive whole number", lambda v: v if v == "batch" else _rate_step(v)),
    "profile_batch": COUNT | many(COUNT, "a pair of batches", 2),
    "embeddings_freq": COUNT,
    "embeddings_metadata": NONE,
    "max_to_keep": POSITIVE,
    "save_on_background": BOOL,
}

# ---- initializers, regularizers, constraints ------------------------------------------------------

_WEIGHTS: dict[str, Type] = {
    "value": NUMBER,
    "initializers:mean": NUMBER,
    "initializers:stddev": NUMBER,
    "initializers:scale": ABOVE_ZERO,
    "minval": NUMBER,
    "maxval": NUMBER,
    "gain": NUMBER,
    "VarianceScaling.mode": choice("fan_in", "fan_out", "fan_avg"),
    "distribution": choice("truncated_normal", "untruncated_normal", "uniform"),
    "input_axes": optional(AXES),
    "output_axes": optional(AXES),
    "side": optional(choice("real", "imag")),
    "OrthogonalRegularizer.mode": choice("rows", "columns"),
    "regularizers:factor": NUMBER,
    "regularizers:l1": NOT_NEGATIVE,
    "regularizers:l2": NOT_NEGATIVE,
    "max_value": NUMBER,
    "min_value": NUMBER,
    "constraints:axis": AXES,
    "constraints:rate": NUMBER,
}

_TYPES: dict[str, Type] = _LAYERS | _MEASURES | _TRAINING | _WEIGHTS
_ENDINGS = {"_initializer": INITIALIZER, "_regularizer": REGULARIZER, "_constraint": CONSTRAINT}
_RANK = re.compile(r"([123])D")


def type_of(kind: str, row: str, argument: str) -> Type | None:
    """What the argument of that row takes, or None where the tables have nothing to say."""
    keys = [f"{row}.{argument}", f"{kind}:{argument}"]
    if rank := _RANK.search(row):
        keys.append(f"{argument}/{rank[1]}")
    for key in (*keys, argument):
        if key in _TYPES:
            return _TYPES[key]
    return next((kind_ for ending, kind_ in _ENDINGS.items() if argument.endswith(ending)), None)


def kind_of(kind: str, row: str, argument: str) -> Kind:
    """The same, for a row. An argument that no table knows takes anything; the tests see to it that there is none

    in a row that a spec may name.
    """
    return (type_of(kind, row, argument) or ANY).of(argument)
