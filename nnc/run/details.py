"""What an evaluation shows beside its metrics: curves, thresholds, calibration, classes, errors, the worst rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nnc.data import Part, Prepared
from nnc.data.table import shortest
from nnc.data.thumbnails import thumbnail
from nnc.evidence import CalibrationBin, ClassScores, Line, Threshold, WorstRow
from nnc.scoring.scores import BINS, THRESHOLD, Predictions, calibration_bin

POINTS = 400
WORST = 10
QUANTILES = (0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
SCATTER = 2_000


def confusion(p: Predictions) -> tuple[tuple[int, ...], ...]:
    """Rows of class i that were predicted as j."""
    counts = np.bincount(p.labels * p.classes + p.predicted, minlength=p.classes**2).reshape(p.classes, p.classes)
    return tuple(tuple(int(n) for n in row) for row in counts)


def roc(p: Predictions) -> Line | None:
    """False positive rate and true positive rate; None where there is one class alone."""
    from sklearn.metrics import roc_curve

    if len(np.unique(p.labels)) < 2:
        return None
    x, y, _ = roc_curve(p.labels, p.scores)
    return _line(x, y)


def precision_recall(p: Predictions) -> Line | None:
    """Recall and precision, from the highest recall down; None where no row is positive."""
    from sklearn.metrics import precision_recall_curve

    if not p.labels.any():
        return None
    precision, recall, _ = precision_recall_curve(p.labels, p.scores, drop_intermediate=True)
    return _line(recall, precision)


def _line(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> Line:
    keep = np.unique(np.linspace(0, len(x) - 1, POINTS).round().astype(int)) if len(x) > POINTS else np.arange(len(x))
    return Line(tuple(float(v) for v in x[keep]), tuple(float(v) for v in y[keep]))


def calibration(p: Predictions) -> tuple[CalibrationBin, ...]:
    """The ten equal bins that have a row."""
    bins = calibration_bin(p.scores)
    return tuple(
        CalibrationBin(float(p.scores[bins == i].mean()), float(p.labels[bins == i].mean()), int((bins == i).sum()))
        for i in range(BINS)
        if (bins == i).any()
    )


def thresholds(validation: Predictions | None, test: Predictions) -> tuple[Threshold, ...]:
    """The thresholds that maximise F1 and Youden's J on the validation rows, and what they give on the test rows.

    A threshold lies half-way between two neighbouring predictions. J: Youden, Index for rating diagnostic tests (1950).
    """
    if validation is None or len(np.unique(validation.labels)) < 2:
        return ()
    seen = np.unique(validation.scores)
    cuts = np.concatenate([seen[:1], (seen[1:] + seen[:-1]) / 2])
    order = np.argsort(validation.scores, kind="stable")
    ranked, labels = validation.scores[order], validation.labels[order]
    below = np.searchsorted(ranked, cuts, side="left")
    positives = int(labels.sum())
    negatives = len(labels) - positives
    passed = np.concatenate([[0], np.cumsum(labels)])[below]
    hits, alarms = positives - passed, negatives - (below - passed)
    found = {
        "f1": 2 * hits / np.maximum(hits + alarms + positives, 1),
        "youden": hits / positives - alarms / negatives,
    }
    # Of several that are equally good the one nearest to 0.5, which is what one would take without looking.
    near = np.argsort(np.abs(cuts - THRESHOLD), kind="stable")
    return tuple(_at(float(cuts[near][int(np.argmax(values[near]))]), name, test) for name, values in found.items())


def _at(cut: float, criterion: str, p: Predictions) -> Threshold:
    predicted = p.scores >= cut
    truth = p.labels == 1
    hits, alarms, missed = (int(m.sum()) for m in (predicted & truth, predicted & ~truth, ~predicted & truth))
    return Threshold(
        cut,
        criterion,
        accuracy=float((predicted == truth).mean()),
        precision=hits / max(hits + alarms, 1),
        recall=hits / max(hits + missed, 1),
        f1=2 * hits / max(2 * hits + alarms + missed, 1),
    )


def per_class(p: Predictions, names: tuple[str, ...]) -> tuple[ClassScores, ...]:
    """Precision, recall and F1 of each class; 0 where a share has no rows."""
    table = np.array(confusion(p))
    hits, predicted, true = np.diag(table), table.sum(axis=0), table.sum(axis=1)
    return tuple(
        ClassScores(
            name,
            precision=float(hits[i] / max(predicted[i], 1)),
            recall=float(hits[i] / max(true[i], 1)),
            f1=float(2 * hits[i] / max(predicted[i] + true[i], 1)),
            n=int(true[i]),
        )
        for i, name in enumerate(names)
    )


def scatter(p: Predictions, seed: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Truth and prediction of at most 2,000 rows, sampled by seed and in the order of the file."""
    rows = np.arange(len(p))
    if len(p) > SCATTER:
        rows = np.sort(np.random.default_rng(seed).choice(len(p), SCATTER, replace=False))
    return tuple(float(v) for v in p.truth[rows]), tuple(float(v) for v in p.scores[rows])


def error_quantiles(p: Predictions) -> tuple[tuple[float, float], ...]:
    """(quantile, absolute error)."""
    errors = np.abs(p.truth - p.scores)
    return tuple((q, float(np.quantile(errors, q))) for q in QUANTILES)


def worst(p: Predictions, prepared: Prepared, part: Part) -> tuple[WorstRow, ...]:
    """The ten rows that are furthest off; of classes only those that are wrong, by how unlikely the truth was held."""
    regression = p.task == "regression"
    errors = np.abs(p.truth - p.scores) if regression else 1 - p.true_probability
    order = np.argsort(-errors, kind="stable")
    chosen = [int(i) for i in order if regression or p.predicted[i] != p.labels[i]][:WORST]
    classes = prepared.preparation.target.classes
    texts = prepared.table.columns[prepared.preparation.target.column].texts
    return tuple(
        WorstRow(
            row=int(part.rows[i]),
            truth=str(texts[part.positions[i]]) if regression else classes[p.labels[i]],
            predicted=number(float(p.scores[i])) if regression else classes[p.predicted[i]],
            error=float(errors[i]),
            values=prepared.raw(int(part.positions[i])),
            png=thumbnail(prepared, part, i) if prepared.layout else None,
        )
        for i in chosen
    )


def number(value: float) -> str:
    """A number to six significant digits, never in powers of ten below 1e15."""
    return shortest(float(f"{value:.6g}"))
