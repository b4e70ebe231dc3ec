"""The arguments of losses and metrics."""

from __future__ import annotations

from nnc.catalog.arguments.common import (
    ABOVE_ZERO,
    AXES,
    AXIS,
    COUNT,
    FLOATS,
    FRACTION,
    INT,
    NOT_NEGATIVE,
    NUMBER,
    POSITIVE,
)
from nnc.catalog.kinds import (
    BOOL,
    NO,
    STRING,
    Type,
    as_float,
    choice,
    describe,
    integer,
    is_int,
    many,
    number,
    optional,
)
from nnc.catalog.rows import Argument, Rejection

_CLASS_ID = optional(COUNT)


def _thresholds(value: Argument) -> Argument:
    """One threshold. Several make a metric of several numbers in Keras, and a training keeps one number a metric."""
    if not isinstance(value, (tuple, list)):
        return optional(FRACTION).take(value)
    if len(value) > 1 and all(FRACTION.take(item) is not NO for item in value):
        return Rejection(
            "{argument} takes one threshold: several give as many numbers, and a training keeps one a metric",
            "one number from 0 to 1", describe(value),
            help="write a metric for each, such as `Recall(thresholds=0.3, name=\"recall_3\")`",
        )  # fmt: skip
    taken = many(FRACTION, "", 1).take(value)
    return taken if taken is NO else taken[0]


_THRESHOLDS = Type("a number from 0 to 1, or none", _thresholds)
# Keras takes a float alone here, and 1 is none.
_CUT = optional(as_float(number(0, 1, above=True)))
# The sparse losses and metrics reckon along the last axis alone.
_LAST = Type("-1", lambda value: value if value == -1 and is_int(value) else NO)
_CLASS_IDS = many(COUNT, "a list of class numbers", empty=False)

TYPES: dict[str, Type] = {
    "losses:name": optional(STRING),
    "losses:dtype": optional(choice(*FLOATS)),
    "metrics:name": optional(STRING),
    "metrics:dtype": optional(choice(*FLOATS)),
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
    "F1Score.threshold": _CUT,
    "FBetaScore.threshold": _CUT,
    "AUC.thresholds": optional(many(FRACTION, "a list of numbers from 0 to 1", empty=False)),
    "SparseCategoricalCrossentropy.axis": _LAST,
    "metrics:beta": as_float(ABOVE_ZERO),
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
    # Keras sums its result, which has one axis, along the same one.
    **dict.fromkeys((f"{name}.axis" for name in ("IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU")), _LAST),
    "recall": FRACTION,
    "precision": FRACTION,
    "sensitivity": FRACTION,
    "specificity": FRACTION,
    "class_aggregation": optional(choice("uniform_average", "variance_weighted_average")),
    "num_regressors": COUNT,
}
