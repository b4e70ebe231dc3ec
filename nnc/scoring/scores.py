"""Metrics over rows with weights, so that a bootstrap of 1,000 resamples is a few matrix products.

A resample of n rows is n counts: how often each row was drawn. Each metric is a function of such counts, [resamples,
rows] → [resamples], and of nothing else that is drawn; with every count 1 it is scikit-learn's metric of the name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from nnc.evidence import Task

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

RESAMPLES = 1_000
BLOCK_CELLS = 1_000_000  # counts at hand at a time: 8 MB, and some ten times as much beside them
THRESHOLD = 0.5
BINS = 10
EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model said of some rows. All float64.

    `truth` [rows]: class numbers, or the target in its own unit. `scores`: binary, the probability of class 1, [rows];
    several classes, the probability of each, [rows, classes]; regression, the prediction in that unit, [rows].
    """

    task: Task
    truth: Floats
    scores: Floats
    classes: int = 0

    def __len__(self) -> int:
        return len(self.truth)

    @cached_property
    def labels(self) -> Ints:
        """The true class of each row."""
        return self.truth.astype(np.int64)

    @cached_property
    def predicted(self) -> Ints:
        """The predicted class of each row: the likeliest; for binary class 1 from a probability of 0.5 on."""
        if self.task == "binary":
            return np.asarray(self.scores >= THRESHOLD, dtype=np.int64)
        return np.asarray(np.argmax(self.scores, axis=1), dtype=np.int64)

    @cached_property
    def true_probability(self) -> Floats:
        """The probability that each row's true class was given."""
        if self.task == "binary":
            return np.where(self.labels == 1, self.scores, 1 - self.scores)
        return self.scores[np.arange(len(self)), self.labels]

    @cached_property
    def one_hot(self) -> Floats:
        """The true class as a vector, [rows, classes]."""
        return np.eye(self.classes)[self.labels]

    @cached_property
    def one_hot_predicted(self) -> Floats:
        """The predicted class as a vector, [rows, classes]."""
        return np.eye(self.classes)[self.predicted]

    @cached_property
    def ascending(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Rows by their score, and where each different score begins."""
        order = np.argsort(self.scores, kind="stable")
        ranked = self.scores[order]
        return order, np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])


Counts: TypeAlias = Floats
Score: TypeAlias = Callable[[Predictions, Counts], Floats]


# How resamples become an interval. `percentile`: what lies between their 2.5% and 97.5%. `logit`: the normal interval
# of their logits, for areas, whose resamples lean to one side near 1. `none`: resamples say nothing of it.
Interval = Literal["percentile", "logit", "none"]


@dataclass(frozen=True)
class Scorer:
    """A metric. `trials`: for a proportion, how many rows it is a proportion of (an exact interval rests on it)."""

    score: Score
    higher_is_better: bool
    trials: Callable[[Predictions], int] | None = None
    interval: Interval = "percentile"


def _share(numerator: Floats, denominator: Floats, otherwise: float) -> Floats:
    """The quotient, and a fixed value where the denominator is zero."""
    safe = np.where(denominator == 0, 1.0, denominator)
    return np.where(denominator == 0, otherwise, numerator / safe)


def _mean(values: Floats, counts: Counts) -> Floats:
    return np.asarray(counts @ values / counts.sum(axis=1), dtype=np.float64)


def _accuracy(p: Predictions, counts: Counts) -> Floats:
    return _mean((p.labels == p.predicted).astype(np.float64), counts)


def _balanced_accuracy(p: Predictions, counts: Counts) -> Floats:
    """The mean recall of the classes that occur."""
    hits = counts @ (p.one_hot * p.one_hot_predicted)
    recall = _share(hits, counts @ p.one_hot, np.nan)
    return np.asarray(np.nanmean(recall, axis=1), dtype=np.float64)


def _confused(p: Predictions, counts: Counts) -> tuple[Floats, Floats, Floats]:
    """True positives, false positives and false negatives, each [resamples, classes]."""
    true_positives = counts @ (p.one_hot * p.one_hot_predicted)
    return true_positives, counts @ p.one_hot_predicted - true_positives, counts @ p.one_hot - true_positives


def _precision(p: Predictions, counts: Counts) -> Floats:
    hit, false_alarm, _ = _confused(p, counts)
    return _share(hit, hit + false_alarm, 0.0)[:, 1]


def _recall(p: Predictions, counts: Counts) -> Floats:
    hit, _, missed = _confused(p, counts)
    return _share(hit, hit + missed, 0.0)[:, 1]


def _f1(p: Predictions, counts: Counts) -> Floats:
    hit, false_alarm, missed = _confused(p, counts)
    return _share(2 * hit, 2 * hit + false_alarm + missed, 0.0)[:, 1]


def _macro_f1(p: Predictions, counts: Counts) -> Floats:
    """The mean F1 of the classes that occur or are predicted."""
    hit, false_alarm, missed = _confused(p, counts)
    return np.asarray(np.nanmean(_share(2 * hit, 2 * hit + false_alarm + missed, np.nan), axis=1), dtype=np.float64)


def _ranked(p: Predictions, counts: Counts) -> tuple[Floats, Floats]:
    """Positive and negative rows at each different score, ascending: [resamples, scores]."""
    order, starts = p.ascending
    ranked = counts[:, order]
    positive = ranked * p.labels[order]
    ups = np.add.reduceat(positive, starts, axis=1)
    return ups, np.add.reduceat(ranked, starts, axis=1) - ups


def _roc_auc(p: Predictions, counts: Counts) -> Floats:
    """The chance that a positive row has a higher score than a negative one, a tie counting one half."""
    ups, downs = _ranked(p, counts)
    below = np.cumsum(downs, axis=1) - downs / 2
    return _share((ups * below).sum(axis=1), ups.sum(axis=1) * downs.sum(axis=1), np.nan)


def _average_precision(p: Predictions, counts: Counts) -> Floats:
    """Σ (recall_k − recall_k−1) · precision_k over the thresholds, from the highest score down."""
    ups, downs = (part[:, ::-1] for part in _ranked(p, counts))
    hits = np.cumsum(ups, axis=1)
    precision = _share(hits, hits + np.cumsum(downs, axis=1), 0.0)
    return _share((ups * precision).sum(axis=1), hits[:, -1], np.nan)


def _log_loss(p: Predictions, counts: Counts) -> Floats:
    return _mean(-np.log(np.clip(p.true_probability, EPS, 1 - EPS)), counts)


def _brier(p: Predictions, counts: Counts) -> Floats:
    return _mean((p.scores - p.labels) ** 2, counts)


def calibration_bin(scores: Floats) -> Ints:
    """Which of the ten equal bins of [0, 1] a probability lies in."""
    return np.minimum((scores * BINS).astype(np.int64), BINS - 1)


def _ece(p: Predictions, counts: Counts) -> Floats:
    """Expected calibration error: the mean gap between prediction and share in ten equal bins, by their rows.

    Source: Naeini, Cooper, Hauskrecht, Obtaining Well Calibrated Probabilities Using Bayesian Binning (AAAI 2015).
    """
    gaps = np.eye(BINS)[calibration_bin(p.scores)] * (p.scores - p.labels)[:, None]
    return np.asarray(np.abs(counts @ gaps).sum(axis=1) / counts.sum(axis=1), dtype=np.float64)


def _r2(p: Predictions, counts: Counts) -> Floats:
    centred = p.truth - p.truth.mean()  # R² doesn't mind, and the squares stay small
    total = counts @ centred**2 - (counts @ centred) ** 2 / counts.sum(axis=1)
    return 1 - _share(counts @ (p.truth - p.scores) ** 2, np.where(total <= 0, 0.0, total), np.nan)


def _mae(p: Predictions, counts: Counts) -> Floats:
    return _mean(np.abs(p.truth - p.scores), counts)


def _rmse(p: Predictions, counts: Counts) -> Floats:
    return np.sqrt(_mean((p.truth - p.scores) ** 2, counts))


def _median_absolute_error(p: Predictions, counts: Counts) -> Floats:
    """The median over rows with counts: the mean of the two middle ones where their number is even."""
    errors = np.abs(p.truth - p.scores)
    order = np.argsort(errors, kind="stable")
    reached = np.cumsum(counts[:, order], axis=1)
    half = reached[:, -1:] / 2
    low = np.argmax(reached >= half, axis=1)
    high = np.argmax(reached > half, axis=1)
    ranked = errors[order]
    return np.asarray((ranked[low] + ranked[high]) / 2, dtype=np.float64)


# The first row of each task is not its primary metric: that is chosen in `nnc.run.evaluate`.
SCORERS: Mapping[Task, Mapping[str, Scorer]] = {
    "binary": {
        "accuracy": Scorer(_accuracy, True, len),
        "balanced_accuracy": Scorer(_balanced_accuracy, True),
        "precision": Scorer(_precision, True, lambda p: int(p.predicted.sum())),
        "recall": Scorer(_recall, True, lambda p: int(p.labels.sum())),
        "f1": Scorer(_f1, True),
        "roc_auc": Scorer(_roc_auc, True, interval="logit"),
        "average_precision": Scorer(_average_precision, True, interval="logit"),
        "log_loss": Scorer(_log_loss, False),
        "brier": Scorer(_brier, False),
        # It sums sizes, so that chance alone makes it larger, in a resample once more: none of them is near the truth.
        "ece": Scorer(_ece, False, interval="none"),
    },
    "multiclass": {
        "accuracy": Scorer(_accuracy, True, len),
        "balanced_accuracy": Scorer(_balanced_accuracy, True),
        "macro_f1": Scorer(_macro_f1, True),
        "log_loss": Scorer(_log_loss, False),
    },
    "regression": {
        "r2": Scorer(_r2, True),
        "mae": Scorer(_mae, False),
        "rmse": Scorer(_rmse, False),
        "median_absolute_error": Scorer(_median_absolute_error, False),
    },
}


def resamples(rows: int, seed: int, total: int = RESAMPLES) -> Iterator[Counts]:
    """Blocks of counts, [block, rows]: `total` resamples in all, the same for the same seed and number of rows."""
    rng = np.random.default_rng(seed)
    block = max(1, min(total, BLOCK_CELLS // max(rows, 1)))
    for start in range(0, total, block):
        size = min(block, total - start)
        drawn = rng.integers(rows, size=(size, rows)) + np.arange(size)[:, None] * rows
        yield np.bincount(drawn.ravel(), minlength=size * rows).reshape(size, rows).astype(np.float64)


def score(scorer: Scorer, predictions: Predictions) -> float:
    """The metric over all rows, each once. NaN where it has no value (one class alone, no spread)."""
    return float(scorer.score(predictions, np.ones((1, len(predictions))))[0])
