"""How often a 95% interval holds the truth: draws from a world whose truth is known, an interval of each.

`python -m tests.intervals` does all metrics of all tasks, and ends with 1 where one is outside its bounds.
"""

from __future__ import annotations

import functools
import sys

import numpy as np

from nnc.evidence import Task
from nnc.scoring.bootstrap import interval
from nnc.scoring.scores import SCORERS, Predictions, score

DRAWS = 1_000
ROWS = 150
MANY = 400_000  # rows from which the truth is taken
BOUNDS = (0.93, 0.97)


def world(task: Task, rows: int, seed: int) -> Predictions:
    """Rows and what a model that is fair, and not perfect, says of them."""
    rng = np.random.default_rng([seed, rows])
    x = rng.normal(size=(rows, 3))
    if task == "regression":
        return Predictions(task, 50 + 10 * (x[:, 0] + rng.normal(size=rows) / 2), 50 + 9 * x[:, 0])
    if task == "binary":
        truth = rng.random(rows) < 1 / (1 + np.exp(-2 * x[:, 0]))
        return Predictions(task, truth.astype(float), 1 / (1 + np.exp(-1.5 * x[:, 0] - 0.2)), 2)
    shares = np.cumsum(np.exp(2 * x) / np.exp(2 * x).sum(axis=1, keepdims=True), axis=1)
    truth = (rng.random((rows, 1)) > shares).sum(axis=1)
    said = np.exp(1.5 * x)
    return Predictions(task, truth.astype(float), said / said.sum(axis=1, keepdims=True), 3)


@functools.cache
def truth(task: Task, key: str) -> float:
    """The metric over so many rows that chance no longer shows."""
    return score(SCORERS[task][key], world(task, MANY, seed=2**20))


def covered(task: Task, key: str, draws: int = DRAWS) -> float:
    """The share of draws whose interval holds the truth."""
    found = [interval(world(task, ROWS, seed), key, seed) for seed in range(draws)]
    return float(np.mean([one.low is not None and one.low <= truth(task, key) <= (one.high or 0) for one in found]))


def main() -> int:
    wrong = 0
    for task, scorers in SCORERS.items():
        for key, scorer in scorers.items():
            if scorer.interval == "none":
                continue
            share = covered(task, key)
            wrong += not BOUNDS[0] <= share <= BOUNDS[1]
            sys.stdout.write(f"{task:<11} {key:<22} {share:.3f}\n")
    sys.stdout.write(f"{DRAWS} draws of {ROWS} rows each; {wrong} outside {BOUNDS[0]:.0%} to {BOUNDS[1]:.0%}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
