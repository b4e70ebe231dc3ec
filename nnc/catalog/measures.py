"""Losses and metrics: what each measures, which way is better, and for which tasks."""

from __future__ import annotations

from nnc.lean import dataclass

BINARY = ("binary",)
SEVERAL = ("multiclass",)
CLASSES = ("binary", "multiclass")
NUMBERS = ("regression",)


@dataclass(frozen=True, slots=True)
class Measure:
    """A loss or metric; the columns are those of `MetricRow`."""

    doc: str
    higher_is_better: bool | None
    tasks: tuple[str, ...] = ()
    refused: str | None = None


def _down(doc: str, tasks: tuple[str, ...] = ()) -> Measure:
    return Measure(doc, higher_is_better=False, tasks=tasks)


def _up(doc: str, tasks: tuple[str, ...] = ()) -> Measure:
    return Measure(doc, higher_is_better=True, tasks=tasks)


# Losses and metrics of the same name measure the same thing.
_BOTH: dict[str, Measure] = {
    "BinaryCrossentropy": _down("The log loss of a probability for each of two classes.", BINARY),
    "CategoricalCrossentropy": _down("The log loss of several classes, the truth one-hot.", SEVERAL),
    "SparseCategoricalCrossentropy": _down("The log loss of several classes, the truth a class number.", SEVERAL),
    "CategoricalHinge": _down("The margin by which a wrong class beats the true one, plus 1.", SEVERAL),
    "Hinge": _down("How far predictions fall short of a margin of 1, the truth being -1 or 1.", BINARY),
    "SquaredHinge": _down("The square of the hinge loss.", BINARY),
    "KLDivergence": _down("How far a predicted distribution lies from the true one.", SEVERAL),
    "MeanAbsoluteError": _down("The mean distance between prediction and truth.", NUMBERS),
    "MeanAbsolutePercentageError": _down("The mean distance in per cent of the truth.", NUMBERS),
    "MeanSquaredError": _down("The mean squared distance between prediction and truth.", NUMBERS),
    "MeanSquaredLogarithmicError": _down("The mean squared distance of the logarithms (of 1 + value).", NUMBERS),
    "Poisson": _down("The negative log-likelihood of counts under a Poisson distribution.", NUMBERS),
}

_LOSSES: dict[str, Measure] = _BOTH | {
    "BinaryFocalCrossentropy": _down("A log loss that makes light of easy rows, for rare classes.", BINARY),
    "CategoricalFocalCrossentropy": _down("A log loss that makes light of easy rows, truth one-hot.", SEVERAL),
    "CategoricalGeneralizedCrossEntropy": _down("A loss between log loss and mean absolute error, for noisy labels.",
                                                SEVERAL),
    "CTC": _down("Connectionist temporal classification, for sequences without alignment."),
    "Circle": _down("Pulls embeddings of a class together and pushes others away."),
    "CosineSimilarity": _down("Minus the cosine of the angle between prediction and truth."),
    "Dice": _down("One minus twice the overlap over the sum of two masks.", CLASSES),
    "Huber": _down("Squared near the truth and absolute far from it, so outliers weigh less.", NUMBERS),
    "LogCosh": _down("The logarithm of the error's hyperbolic cosine: smooth, and kind to outliers.", NUMBERS),
    "Tversky": _down("Dice with its own weights for false positives and false negatives.", CLASSES),
}  # fmt: skip

_NO_TRUTH = "it takes values without a truth beside them, and Keras fails on it as a metric of `train`"

_METRICS: dict[str, Measure] = _BOTH | {
    "AUC": _up("The area under the ROC curve, or under the precision-recall curve.", CLASSES),
    "Accuracy": _up("The share of predictions that are right; as the word `accuracy` it fits itself to the output.",
                    CLASSES),
    "BinaryAccuracy": _up("The share of rows on the right side of the threshold.", BINARY),
    "BinaryIoU": _up("The overlap of two masks over their union, at a threshold.", BINARY),
    "CategoricalAccuracy": _up("The share of rows whose likeliest class is right, truth one-hot.", SEVERAL),
    "ConcordanceCorrelation": _up("How well prediction and truth agree, in trend and in scale.", NUMBERS),
    "CosineSimilarity": _up("The cosine of the angle between prediction and truth."),
    "F1Score": _up("The harmonic mean of precision and recall, over all rows.", CLASSES),
    "FBetaScore": _up("F1 with recall counted beta times as much as precision.", CLASSES),
    "FalseNegatives": _down("How many positives were missed.", BINARY),
    "FalsePositives": _down("How many negatives were taken for positives.", BINARY),
    "IoU": _up("The overlap of chosen classes over their union.", CLASSES),
    "LogCoshError": _down("The mean logarithm of the error's hyperbolic cosine.", NUMBERS),
    "Mean": Measure("The mean of the predictions themselves.", None, refused=_NO_TRUTH),
    "MeanIoU": _up("The mean over all classes of overlap over union.", CLASSES),
    "OneHotIoU": _up("Overlap over union of chosen classes, truth one-hot.", CLASSES),
    "OneHotMeanIoU": _up("The mean over all classes of overlap over union, truth one-hot.", CLASSES),
    "PearsonCorrelation": _up("How straight the line between prediction and truth is.", NUMBERS),
    "Precision": _up("The share of predicted positives that are right, over all rows.", BINARY),
    "PrecisionAtRecall": _up("The best precision at which recall is still what was asked for.", BINARY),
    "R2Score": _up("The share of the truth's variance that the predictions explain, over all rows.", NUMBERS),
    "Recall": _up("The share of true positives that were found, over all rows.", BINARY),
    "RecallAtPrecision": _up("The best recall at which precision is still what was asked for.", BINARY),
    "RootMeanSquaredError": _down("The root of the mean squared error, in the target's unit.", NUMBERS),
    "SensitivityAtSpecificity": _up("The best sensitivity at a given specificity.", BINARY),
    "SparseCategoricalAccuracy": _up("The share of rows whose likeliest class is right.", SEVERAL),
    "SparseTopKCategoricalAccuracy": _up("The share of rows with the true class among the k likeliest.", SEVERAL),
    "SpecificityAtSensitivity": _up("The best specificity at a given sensitivity.", BINARY),
    "Sum": Measure("The sum of the predictions themselves.", None, refused=_NO_TRUTH),
    "TopKCategoricalAccuracy": _up("The share of rows with the true class among the k likeliest, truth one-hot.",
                                   SEVERAL),
    "TrueNegatives": _up("How many negatives were recognised.", BINARY),
    "TruePositives": _up("How many positives were found.", BINARY),
}  # fmt: skip

MEASURES: dict[tuple[str, str], Measure] = {
    **{("losses", name): measure for name, measure in _LOSSES.items()},
    **{("metrics", name): measure for name, measure in _METRICS.items()},
}
