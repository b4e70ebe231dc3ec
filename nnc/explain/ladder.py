"""The explainers from the first choice down, the checks that decide between them, and what they may cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from nnc.explain.faults import CannotExplain
from nnc.explain.permutation import active_features, draw_orders, permutation_values
from nnc.explain.rescale import rescale_values, supports
from nnc.explain.twin import Twin

ADDITIVITY_GOOD = 0.001
ADDITIVITY_REJECTED = 0.01
CORRELATION_GOOD = 0.95
CORRELATION_REJECTED = 0.9

PERMUTATIONS = 5
_CHECK_ROWS = 10
_MIN_ROWS = 20

# Multiply-adds and model evaluations that an explainer may take: some ten seconds on two cores.
_MAX_WORK = 1.5e11
_MAX_EVALUATIONS = 1.2e7


@dataclass(frozen=True)
class Problem:
    """What is explained: the twin, the rows and the background, (rows, features) each, and the seed of all draws."""

    twin: Twin
    rows: np.ndarray
    background: np.ndarray
    seed: int


@dataclass(frozen=True)
class Found:
    """An explainer's values (rows, features, outputs); `spread` (outputs) is the root mean square of the values'

    standard error over the drawn permutations, None where nothing is drawn.
    """

    values: np.ndarray
    spread: np.ndarray | None = None


@dataclass(frozen=True)
class Rung:
    """An explainer: its name in the report, whether it takes this model, how many evaluations a row costs it

    (of the model, a pass back counted as two), and how it is run.
    """

    name: str
    takes: Callable[[Twin], bool]
    evaluations: Callable[[Twin, int], int]
    run: Callable[[Problem], Found]


@dataclass(frozen=True)
class Judged:
    """Values that passed the checks, with the numbers of the checks, an entry an output (NaN: can't be said)."""

    explainer: str
    values: np.ndarray
    base: np.ndarray
    outputs: np.ndarray
    additivity: np.ndarray
    correlation: np.ndarray
    spread: np.ndarray | None


def _rescale(problem: Problem) -> Found:
    return Found(rescale_values(problem.twin, problem.rows, problem.background).astype(np.float64))


def _permutation(problem: Problem) -> Found:
    rng = np.random.default_rng([problem.seed, 1])
    return _permuted(problem, rng)


def _permuted(problem: Problem, rng: np.random.Generator) -> Found:
    active = active_features(problem.rows, problem.background)
    orders = draw_orders(rng, len(problem.rows), PERMUTATIONS, len(active))
    found = permutation_values(problem.twin, problem.rows, problem.background, orders, active)
    return Found(found.values, np.sqrt((found.standard_error**2).mean(axis=(0, 1))))


RUNGS = (
    Rung("deeplift_rescale", supports, lambda twin, background: background * 2 * (1 + 2 * twin.outputs), _rescale),
    Rung(
        "permutation",
        lambda _twin: True,
        lambda twin, background: background * PERMUTATIONS * (2 * twin.features + 1),
        _permutation,
    ),
)


def affordable(twin: Twin, rows: int, background: int) -> tuple[int, int]:
    """(rows, background rows) that the model's first explainer can take in the time that it may take.

    First the rows are made fewer, down to 20, then the background, down to 20.
    """
    rung = next(rung for rung in RUNGS if rung.takes(twin))
    evaluations = min(_MAX_EVALUATIONS * (5 if rung is RUNGS[0] else 1), _MAX_WORK / max(twin.parameters, 1))
    while rows > _MIN_ROWS and rows * rung.evaluations(twin, background) > evaluations:
        rows = max(_MIN_ROWS, rows * 3 // 4)
    while background > _MIN_ROWS and rows * rung.evaluations(twin, background) > evaluations:
        background = max(_MIN_ROWS, background * 3 // 4)
    return rows, background


def climb(problem: Problem) -> Judged:
    """The values of the first explainer that passes the checks; the last one's are taken as they are, with their

    numbers shown. Raises CannotExplain where the model's outputs are not finite.
    """
    outputs = _evaluated(problem.twin, problem.rows)
    base = _evaluated(problem.twin, problem.background).mean(axis=0)
    if not (np.isfinite(outputs).all() and np.isfinite(base).all()):
        raise CannotExplain("the model gives no finite output for some of the rows")
    check = np.linspace(0, len(problem.rows) - 1, min(_CHECK_ROWS, len(problem.rows))).astype(int)
    few = Problem(problem.twin, problem.rows[check], problem.background, problem.seed)
    truth = _permuted(few, np.random.default_rng([problem.seed, 2])).values
    for rung in RUNGS:
        if not rung.takes(problem.twin):
            continue
        found = rung.run(problem)
        additivity = additivity_error(found.values, base, outputs)
        correlation = correlations(found.values[check], truth)
        judged = Judged(rung.name, found.values, base, outputs, additivity, correlation, found.spread)
        if rung is RUNGS[-1] or _passes(judged):
            break
    return judged


def _passes(judged: Judged) -> bool:
    sound = bool(np.isfinite(judged.values).all()) and bool((judged.additivity <= ADDITIVITY_REJECTED).all())
    return sound and not (judged.correlation < CORRELATION_REJECTED).any()


def additivity_error(values: np.ndarray, base: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """For each output the largest |base + Σ values − output| over the rows, divided by the outputs' range."""
    gap = np.abs(base + values.sum(axis=1) - outputs).max(axis=0)
    span = np.ptp(outputs, axis=0)
    flat = np.where(gap > 1e-6, np.inf, 0.0)
    error: np.ndarray = np.where(span > 0, gap / np.where(span > 0, span, 1), flat)
    return error


def correlations(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    """For each output the Pearson correlation of two sets of values; NaN where one of them is constant."""
    found = np.full(values.shape[2], np.nan)
    for i in range(values.shape[2]):
        a, b = values[:, :, i].ravel(), others[:, :, i].ravel()
        if a.std() > 0 and b.std() > 0:
            found[i] = np.corrcoef(a, b)[0, 1]
    return found


def _evaluated(twin: Twin, rows: np.ndarray) -> np.ndarray:
    outputs = tf.function(twin, autograph=False)(tf.constant(rows, tf.float32))
    return np.asarray(outputs, np.float64)
