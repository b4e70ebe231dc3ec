"""The arguments of optimizers, schedules and callbacks."""

from __future__ import annotations

import re

from nnc.catalog.arguments.common import ABOVE_ZERO, COUNT, FRACTION, NOT_NEGATIVE, NUMBER, POSITIVE
from nnc.catalog.kinds import (
    ANY,
    BOOL,
    LARGEST,
    NO,
    NONE,
    STRING,
    Type,
    as_float,
    choice,
    integer,
    is_int,
    keras_object,
    many,
    number,
    optional,
)
from nnc.catalog.rows import Argument

# Of these Keras takes no whole number: `Adam(learning_rate=1)` fails.
LEARNING_RATE = as_float(NOT_NEGATIVE) | keras_object("optimizers.schedules", "a learning-rate schedule", word=False)


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


_FLOAT = as_float(NUMBER)
_BELOW_ONE = number(0, 1, below=True)

TYPES: dict[str, Type] = {
    "optimizers:name": optional(STRING),
    "optimizers.schedules:name": optional(STRING),
    "learning_rate": LEARNING_RATE,
    "beta_1": _BELOW_ONE,
    "Lion.beta_1": number(0, 1, above=True),
    "beta_2": _BELOW_ONE,
    "adam_beta_1": _BELOW_ONE,
    "adam_beta_2": _BELOW_ONE,
    "beta_2_decay": NUMBER,
    "optimizers:beta": NUMBER,
    "rho": NUMBER,
    "epsilon": NUMBER,
    "epsilon_1": NUMBER,
    "epsilon_2": NUMBER,
    "optimizers:momentum": as_float(FRACTION),
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
    "inner_optimizer": keras_object("optimizers", "an optimizer", word=False),
    "default_optimizer": keras_object("optimizers", "an optimizer"),
    "optimizer_map": ANY,
    "initial_scale": ABOVE_ZERO,
    "dynamic_growth_steps": POSITIVE,
    "initial_learning_rate": _FLOAT,
    "decay_steps": ABOVE_ZERO,
    "first_decay_steps": ABOVE_ZERO,
    "decay_rate": _FLOAT,
    "end_learning_rate": _FLOAT,
    "optimizers.schedules:alpha": _FLOAT,
    "power": _FLOAT,
    "cycle": BOOL,
    "staircase": BOOL,
    "t_mul": _FLOAT,
    "m_mul": _FLOAT,
    "warmup_target": optional(_FLOAT),
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
