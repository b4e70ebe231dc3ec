"""Where Keras is looser than nnc on purpose, layers aside: an argument, a sort of value, and a reason.

Layers have theirs in `compare`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nnc.catalog import Rejection


def excused(ours: Rejection, args: Mapping[str, Any]) -> bool:
    """Whether nnc refuses on purpose what Keras takes: that argument, that sort of value, and a reason."""
    name, value = str(ours.argument), args.get(str(ours.argument))
    return (name in SCALARS and _list(value)) or any(sort(value) for sort, _ in EXCUSES.get(name, ()))


Sort = Callable[[Any], bool]


def _number(value: Any) -> bool:
    return isinstance(value, (int, float))


def _count(value: Any) -> bool:
    """A fraction, or less than there can be of anything."""
    return isinstance(value, float) or (isinstance(value, int) and value <= 0)


def _list(value: Any) -> bool:
    return isinstance(value, tuple)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _none(value: Any) -> bool:
    return value is None


def _no_text(value: Any) -> bool:
    return not isinstance(value, str)


_DECAYS = ("beta_1", "beta_2", "adam_beta_1", "adam_beta_2", "ema_momentum", "momentum")
_CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")
_STEPS = ("patience", "cooldown", "start_from_epoch", "warmup_steps", "dynamic_growth_steps")
_EVERY = ("histogram_freq", "embeddings_freq", "profile_batch")
_PATHS = ("filepath", "filename", "backup_dir", "log_dir")

# Documented as one number; Keras keeps a list until it needs the number, or lays it over the values by accident.
SCALARS = {
    *_DECAYS, *_CLIPS, *_STEPS, *_EVERY, "loss_scale_factor", "gamma", "mean", "stddev", "minval", "maxval", "value",
    "gain", "power", "update_freq", "decay_rate", "initial_learning_rate", "end_learning_rate", "min_lr", "factor",
    "min_delta", "min_value", "max_value", "gradient_accumulation_steps", "epsilon", "epsilon_1", "epsilon_2", "delta",
    "baseline", "warmup_target", "threshold", "label_smoothing", "rho", "muon_a", "muon_b", "muon_c", "rms_rate",
    "weight_decay", "adam_weight_decay", "ema_overwrite_frequency", "initial_accumulator_value",
    "initial_scale", "adam_lr_ratio",
}  # fmt: skip

_UNUSED = "kept, and looked at in a training that uses it alone"
_DECAY = "documented as at least 0 and below 1; from 1 on the average grows without end, and Keras does not look"
_CLIP = "documented as above 0; Keras does not clip at all with 0 or less, and says nothing"
_GROWS = "documented as at least 0; below it the weights grow"
_SCALED = "a loss multiplied by 0 or less trains nothing, or the wrong way"
_COUNTED = "a number of steps or epochs; Keras compares it with a counter, which a fraction never meets"
_WARNED = "Keras warns of a word that it does not know, and goes on with `auto`"
_ALL_AXES = "all axes, the batch's too: the rows of a batch would be reckoned together"

# By the argument: the sort of value that Keras takes and nnc does not, and why not.
EXCUSES: Mapping[str, tuple[tuple[Sort, str], ...]] = {
    **dict.fromkeys(_DECAYS, ((_number, _DECAY), (_text, _UNUSED), (_none, _UNUSED))),
    **dict.fromkeys(_CLIPS, ((_number, _CLIP), (_text, _UNUSED))),
    **dict.fromkeys(("weight_decay", "adam_weight_decay"), ((_number, _GROWS),)),
    **dict.fromkeys(("loss_scale_factor", "initial_scale"), ((_number, _SCALED),)),
    "learning_rate": ((_number, "below 0 the training climbs"),),
    "factor": ((_number, "the learning rate is multiplied by it; below 0 the training climbs"),),
    "min_lr": ((_number, "no learning rate is below 0"),),
    "initial_accumulator_value": ((_number, "below 0 its root is no number"),),
    "learning_rate_power": ((_number, "documented as at most 0"),),
    **dict.fromkeys(
        ("l1", "l2"),
        ((_number, _GROWS), (_none, "none is the default for Keras, which its documentation does not say")),
    ),
    "epsilon": ((_none, "most optimizers fail once they need it"), (_text, _UNUSED)),
    "ns_steps": ((_count, "a number of steps, which Muon takes for some weights alone"),),
    **dict.fromkeys(_STEPS, ((_count, _COUNTED), (_text, _UNUSED), (_none, _UNUSED))),
    **dict.fromkeys(_EVERY, ((_count, _COUNTED), (_text, _UNUSED), (_none, _UNUSED))),
    "ema_overwrite_frequency": ((_count, _COUNTED), (_text, _UNUSED)),
    "gradient_accumulation_steps": ((_count, "documented as at least 2; Keras takes 0 for none"),),
    "update_freq": ((_count, _COUNTED), (_text, "TensorBoard takes another word for `epoch`"), (_none, _UNUSED)),
    "save_freq": ((_count, _COUNTED),),
    "verbose": (
        (_text, "a word that Keras does not know is true"),
        (_number, "as true as 1"),
        (_none, "as false as 0"),
    ),
    "mode": ((_text, _WARNED), (_number, _WARNED), (_none, _WARNED)),
    "monitor": ((_no_text, "a name that no figure of the training has; Keras warns at every epoch"),),
    "separator": ((_no_text, _UNUSED),),
    "baseline": ((_text, _UNUSED),),
    **dict.fromkeys(_PATHS, ((_no_text, "for Python a number is a file that is open already"),)),
    "exclude_layers": ((_no_text, _UNUSED), (_text, "read letter by letter")),
    "label_smoothing": (
        (_number, "documented as from 0 to 1; beyond it the smoothed truth is no probability"),
        (_none, "Keras takes none for 0"),
    ),
    "margin": ((_number, "documented as from 0 to 1, which is what cosines differ by"),),
    "q": ((_number, "documented as between 0 and 1"),),
    "alpha": ((_text, "looked at where a row is weighed alone"),),
    "beta": ((_number, "documented as above 0"),),
    "recall": ((_number, "a share from 0 to 1"),),
    "threshold": ((_number, "a share; from 1 on, or from 0 down, every row is on one side"),),
    "thresholds": ((_list, "shares from 0 to 1; Keras does not look at those of `AUC`"),),
    "num_thresholds": (
        (_none, "Keras forgets it where `thresholds` are given, and fails where they are not"),
        (_number, "a fraction of a threshold"),
    ),
    "ignore_class": ((_number, "a class is a whole number; a fraction is none that a row could have"),),
    "class_id": ((_number, "from -1 down Keras counts from the last class, which its documentation does not say"),),
    "target_class_ids": ((_list, "a fraction of a class"),),
    **dict.fromkeys(("top_k", "k"), ((_count, "of no class at all, nothing is right"),)),
    "num_regressors": ((_count, "a count; Keras reckons with a fraction of one"),),
    "num_labels": ((_number, "Keras forgets it where `multi_label` is false"),),
    "label_weights": ((_list, "Keras forgets them where `multi_label` is false, and takes weights below 0"),),
    "axis": (
        (_number, "counted from the front, which is the last axis for the samples alone"),
        (_none, _ALL_AXES),
        (_list, _ALL_AXES),
    ),
    **dict.fromkeys(
        ("input_axes", "output_axes"),
        (
            (_number, "a fraction of an axis, which stays unused where the other is none"),
            (_text, _UNUSED),
            (_list, _UNUSED),
        ),
    ),
}
