"""Metrics and intervals against scikit-learn, on all rows and on resamples of them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sk

from nnc.csv_files import safe_cell, write_csv
from nnc.evidence import Task
from nnc.run import details
from nnc.scoring.bootstrap import differences, interval, metrics
from nnc.scoring.scores import SCORERS, Predictions, resamples, score
from tests import intervals

ROWS = 150
rng = np.random.default_rng(5)


def binary() -> Predictions:
    truth = rng.integers(0, 2, ROWS).astype(float)
    return Predictions("binary", truth, np.round(np.clip(truth * 0.3 + rng.random(ROWS) * 0.7, 0, 1), 2), 2)


def several() -> Predictions:
    truth = rng.integers(0, 4, ROWS).astype(float)
    raw = np.eye(4)[truth.astype(int)] + rng.random((ROWS, 4)) * 2
    return Predictions("multiclass", truth, raw / raw.sum(axis=1, keepdims=True), 4)


def numbers() -> Predictions:
    truth = rng.normal(1e6, 10, ROWS)
    return Predictions("regression", truth, truth + rng.normal(0, 5, ROWS))


MADE: Mapping[str, Predictions] = {"binary": binary(), "multiclass": several(), "regression": numbers()}

ORACLE: Mapping[tuple[str, str], Callable[[Predictions], float]] = {
    ("binary", "accuracy"): lambda p: sk.accuracy_score(p.labels, p.scores >= 0.5),
    ("binary", "balanced_accuracy"): lambda p: sk.balanced_accuracy_score(p.labels, p.scores >= 0.5),
    ("binary", "precision"): lambda p: sk.precision_score(p.labels, p.scores >= 0.5),
    ("binary", "recall"): lambda p: sk.recall_score(p.labels, p.scores >= 0.5),
    ("binary", "f1"): lambda p: sk.f1_score(p.labels, p.scores >= 0.5),
    ("binary", "roc_auc"): lambda p: sk.roc_auc_score(p.labels, p.scores),
    ("binary", "average_precision"): lambda p: sk.average_precision_score(p.labels, p.scores),
    ("binary", "log_loss"): lambda p: sk.log_loss(p.labels, p.scores),
    ("binary", "brier"): lambda p: sk.brier_score_loss(p.labels, p.scores),
    ("multiclass", "accuracy"): lambda p: sk.accuracy_score(p.labels, p.scores.argmax(1)),
    ("multiclass", "balanced_accuracy"): lambda p: sk.balanced_accuracy_score(p.labels, p.scores.argmax(1)),
    ("multiclass", "macro_f1"): lambda p: sk.f1_score(p.labels, p.scores.argmax(1), average="macro"),
    ("multiclass", "log_loss"): lambda p: sk.log_loss(p.labels, p.scores, labels=range(4)),
    ("regression", "r2"): lambda p: sk.r2_score(p.truth, p.scores),
    ("regression", "mae"): lambda p: sk.mean_absolute_error(p.truth, p.scores),
    ("regression", "rmse"): lambda p: sk.root_mean_squared_error(p.truth, p.scores),
    ("regression", "median_absolute_error"): lambda p: sk.median_absolute_error(p.truth, p.scores),
}


def drawn(p: Predictions, counts: Any) -> Predictions:
    """The rows of a resample, each as often as it was drawn."""
    rows = np.repeat(np.arange(len(p)), counts.astype(int))
    return Predictions(p.task, p.truth[rows], p.scores[rows], p.classes)


def test_every_metric_but_ece_has_its_oracle() -> None:
    every = {(task, key) for task, scorers in SCORERS.items() for key in scorers}
    assert every - set(ORACLE) == {("binary", "ece")}


@pytest.mark.parametrize(("task", "key"), list(ORACLE))
def test_a_metric_is_scikit_learns(task: str, key: str) -> None:
    p, scorer = MADE[task], SCORERS[task][key]  # type: ignore[index]
    assert score(scorer, p) == pytest.approx(ORACLE[task, key](p), rel=1e-9, abs=1e-12)
    counts = next(resamples(ROWS, seed=2, total=7))
    expected = [ORACLE[task, key](drawn(p, one)) for one in counts]
    np.testing.assert_allclose(scorer.score(p, counts), expected, rtol=1e-9, atol=1e-12)


def test_ece_is_the_mean_gap_over_ten_bins() -> None:
    p = MADE["binary"]
    bins = np.digitize(p.scores, np.linspace(0, 1, 11)[1:-1])
    gaps = [abs(p.scores[bins == i].mean() - p.labels[bins == i].mean()) * (bins == i).mean() for i in np.unique(bins)]
    assert score(SCORERS["binary"]["ece"], p) == pytest.approx(sum(gaps))
    assert sum(one.n for one in details.calibration(p)) == ROWS


@pytest.mark.parametrize("task", list(MADE))
def test_intervals_are_percentiles_over_the_resampled_rows(task: str) -> None:
    p = MADE[task]
    key = {"binary": "brier", "multiclass": "macro_f1", "regression": "r2"}[task]
    draws = [ORACLE[task, key](drawn(p, one)) for block in resamples(ROWS, seed=11) for one in block]
    assert len(draws) == 1000
    found = interval(p, key, seed=11)
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(draws, [2.5, 97.5])), rel=1e-9)
    every = {metric.key: metric.estimate for metric in metrics([p], seed=11)[0]}
    assert every[key] == found


def test_the_difference_is_paired() -> None:
    p = MADE["binary"]
    other = Predictions("binary", p.truth, np.clip(p.scores + rng.normal(0, 0.2, ROWS), 0, 1), 2)
    draws = [
        ORACLE["binary", "roc_auc"](drawn(p, one)) - ORACLE["binary", "roc_auc"](drawn(other, one))
        for block in resamples(ROWS, seed=3)
        for one in block
    ]
    (found,) = differences([p, other], "roc_auc", seed=3)
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(draws, [2.5, 97.5])), abs=1e-12)
    assert found.low is not None
    assert found.low < found.value < (found.high or 0)


@pytest.mark.parametrize(
    ("task", "key"), [("binary", "accuracy"), ("binary", "average_precision"), ("regression", "r2")]
)
def test_of_a_thousand_intervals_95_in_a_hundred_hold_the_truth(task: Task, key: str) -> None:
    """Every metric: `make intervals`."""
    assert intervals.BOUNDS[0] <= intervals.covered(task, key) <= intervals.BOUNDS[1]


def test_no_interval_is_better_than_a_false_one() -> None:
    """The calibration error of resamples is above that of the rows, which is above the truth."""
    found = interval(MADE["binary"], "ece", seed=1)
    assert found.value > 0
    assert (found.low, found.high) == (None, None)


def test_blocks_of_many_rows_are_the_same_number_of_resamples() -> None:
    assert sum(len(block) for block in resamples(30_000, seed=1, total=300)) == 300
    assert all((block.sum(axis=1) == 30_000).all() for block in resamples(30_000, seed=1, total=300))


def test_no_error_at_all_is_not_certainty() -> None:
    """Clopper and Pearson: with 36 of 36 right the true share is above 0.025 ** (1 / 36) with 97.5% confidence."""
    from scipy.stats import binomtest

    truth = np.array([0.0, 1.0] * 18)
    perfect = Predictions("binary", truth, truth, 2)
    found = {metric.key: metric.estimate for metric in metrics([perfect], seed=0)[0]}
    expected = binomtest(36, 36).proportion_ci(method="exact")
    assert (found["accuracy"].low, found["accuracy"].high) == pytest.approx((expected.low, 1.0))
    assert (found["roc_auc"].low, found["roc_auc"].high) == (None, None)


def test_one_class_alone_has_no_auc() -> None:
    p = Predictions("binary", np.ones(20), np.linspace(0, 1, 20), 2)
    found = {metric.key: metric.estimate for metric in metrics([p], seed=0)[0]}
    assert np.isnan(found["roc_auc"].value)
    assert found["roc_auc"].low is None
    assert details.roc(p) is None


def test_details_are_scikit_learns() -> None:
    p = MADE["multiclass"]
    assert np.array(details.confusion(p)).tolist() == sk.confusion_matrix(p.labels, p.predicted).tolist()
    expected = np.array(sk.precision_recall_fscore_support(p.labels, p.predicted)).T
    found = [[c.precision, c.recall, c.f1, c.n] for c in details.per_class(p, ("a", "b", "c", "d"))]
    np.testing.assert_allclose(found, expected)
    quantiles = dict(details.error_quantiles(MADE["regression"]))
    assert quantiles[0.5] == pytest.approx(
        sk.median_absolute_error(MADE["regression"].truth, MADE["regression"].scores)
    )


def test_curves_have_few_points_and_keep_their_ends() -> None:
    truth = rng.integers(0, 2, 5000).astype(float)
    p = Predictions("binary", truth, np.clip(truth * 0.2 + rng.random(5000), 0, 1), 2)
    line = details.roc(p)
    assert line is not None
    assert len(line.x) <= 400
    assert (line.x[0], line.y[0], line.x[-1], line.y[-1]) == (0, 0, 1, 1)
    assert sk.auc(line.x, line.y) == pytest.approx(sk.roc_auc_score(truth, p.scores), abs=1e-3)


def test_thresholds_are_the_best_of_the_validation_rows() -> None:
    validation, test = MADE["binary"], binary()
    f1, youden = details.thresholds(validation, test)
    cuts = np.unique(validation.scores)
    assert sk.f1_score(validation.labels, validation.scores >= f1.value) == pytest.approx(
        max(sk.f1_score(validation.labels, validation.scores >= cut) for cut in cuts)
    )
    down, up, _ = sk.roc_curve(validation.labels, validation.scores)
    said = validation.scores >= youden.value
    gained = sk.recall_score(validation.labels, said) + sk.recall_score(1 - validation.labels, ~said) - 1
    assert gained == pytest.approx((up - down).max())
    assert f1.f1 == pytest.approx(sk.f1_score(test.labels, test.scores >= f1.value))


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(tmp_path: Path, text: str) -> None:
    write_csv(tmp_path / "a.csv", ["x"], [[text], ["-2.5"], ["a\rb"]])
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        cells = [row[0] for row in csv.reader(stream)]
    assert cells == ["x", "'" + text.replace("\r", "\n"), "-2.5", "a\nb"]
    assert safe_cell("") == ""
