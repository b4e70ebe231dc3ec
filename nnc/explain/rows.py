"""Which rows are explained: a seeded sample of the test rows, and among them the few that are shown alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnc.data.table import shortest
from nnc.evidence import ChosenRow, Task


@dataclass(frozen=True)
class Outcome:
    """What the model said of the test rows.

    For classification `predictions` are probabilities, (n,) or (n, 1) of the second class or (n, classes), and
    `truth` the classes' numbers; for regression both are in the target's own unit.
    """

    task: Task
    classes: Sequence[str]
    predictions: np.ndarray
    truth: np.ndarray

    def probabilities(self) -> np.ndarray:
        """The probabilities of all classes, (n, classes)."""
        given = np.asarray(self.predictions, float).reshape(len(self.truth), -1)
        return np.hstack([1 - given, given]) if given.shape[1] == 1 else given

    def texts(self, row: int) -> tuple[str, str, float | None]:
        """A row's truth and prediction in words, and the probability of the predicted class."""
        if self.task == "regression":
            truth, predicted = (np.asarray(v, float).reshape(len(self.truth), -1)[row, 0] for v in self._pair())
            return _plain(truth), _plain(predicted), None
        probabilities = self.probabilities()[row]
        best = int(probabilities.argmax())
        truth = int(np.asarray(self.truth).reshape(-1)[row])
        return self.classes[truth], self.classes[best], float(f"{probabilities[best]:.6g}")

    def _pair(self) -> tuple[np.ndarray, np.ndarray]:
        return self.truth, self.predictions


def _plain(value: float) -> str:
    """A number to four significant digits, as a person writes it: 167900 and never 1.679e+05."""
    return shortest(float(f"{value:.4g}"))


def choose(outcome: Outcome) -> list[tuple[str, int]]:
    """(why, test row) of the rows to be shown alone; none is chosen twice.

    Classification: the right and the wrong prediction with the greatest probability, and the row whose two likeliest
    classes are closest. Regression: the smallest, the largest and the median absolute error. The first of equals.
    """
    chosen: list[tuple[str, int]] = []
    for why, scores in _SCORES[outcome.task == "regression"](outcome).items():
        free = scores.copy()
        free[[row for _, row in chosen]] = -np.inf
        if len(free) and np.isfinite(free.max()):
            chosen.append((why, int(free.argmax())))
    return chosen


def _class_scores(outcome: Outcome) -> Mapping[str, np.ndarray]:
    probabilities = outcome.probabilities()
    right = probabilities.argmax(axis=1) == np.asarray(outcome.truth).reshape(-1)
    ordered = np.sort(probabilities, axis=1)
    return {
        "confident_right": np.where(right, ordered[:, -1], -np.inf),
        "confident_wrong": np.where(right, -np.inf, ordered[:, -1]),
        "borderline": ordered[:, -2] - ordered[:, -1],
    }


def _error_scores(outcome: Outcome) -> Mapping[str, np.ndarray]:
    truth, predicted = (np.asarray(v, float).reshape(len(outcome.truth), -1)[:, 0] for v in outcome._pair())
    error = np.abs(truth - predicted)
    return {"best": -error, "worst": error, "median": -np.abs(error - np.median(error))}


_SCORES: Mapping[bool, Callable[[Outcome], Mapping[str, np.ndarray]]] = {True: _error_scores, False: _class_scores}


def sample(rng: np.random.Generator, rows: int, size: int, wanted: Sequence[int]) -> np.ndarray:
    """`size` of `rows` row numbers without repetition, the wanted ones first, the others as they are drawn."""
    others = np.setdiff1d(np.arange(rows), wanted)
    drawn = rng.choice(others, size=min(max(size - len(wanted), 0), len(others)), replace=False)
    return np.concatenate([np.asarray(wanted, int), drawn.astype(int)])


def chosen_rows(
    outcome: Outcome, picked: Sequence[tuple[str, int]], rows: np.ndarray, file_rows: Sequence[int]
) -> tuple[ChosenRow, ...]:
    """The chosen rows as evidence; `rows` are the test rows that are explained, in order."""
    found = []
    for why, row in picked:
        truth, predicted, probability = outcome.texts(row)
        index = int(np.searchsorted(rows, row))
        found.append(ChosenRow(index, int(file_rows[row]), why, truth, predicted, probability))
    return tuple(found)
