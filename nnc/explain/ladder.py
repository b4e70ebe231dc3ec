"""The explainers from the first choice down, the checks that decide between them, and what they may cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import tensorflow as tf

from nnc.evidence import ADDITIVITY_REJECTED, CORRELATION_REJECTED
from nnc.explain.faults import CannotExplain
from nnc.explain.gradients import NODES, gradient_values
from nnc.explain.permutation import active_features, draw_orders, permutation_values
from nnc.explain.rescale import rescale_values, supports
from nnc.explain.twin import Twin

PERMUTATIONS = 5
# From more features on, gradients are tried before the permutations, which are slow then.
WIDE = 300
_CHECK_ROWS = 10

# Multiply-adds that an explainer may take (some four seconds on two cores), and those beyond which none is begun.
_MAX_WORK = 2e11
_MOST_WORK = 1.5e12

# Small convolutions, of which the models of pictures are made, take so many times as long as dense layers.
_SLOWER = 4

# (rows, background rows) that are kept as long as can be, from the first wish down.
_FLOORS = ((100, 50), (20, 20), (_CHECK_ROWS, 10))


@dataclass(frozen=True)
class Problem:
    """What is explained: the twin, the rows and the background, (rows, features) each, and the seed of all draws.

    Rows and background stand in the order in which they are wanted: where fewer can be had, these are the first.
    `groups` has the group of each feature where permutations switch some together, as the pixels of a cell: hundreds of
    features one by one would take minutes. Explainers are then compared by the sums of the groups.
    """

    twin: Twin
    rows: np.ndarray
    background: np.ndarray
    seed: int
    groups: np.ndarray | None = None

    def cut(self, rows: int, background: int) -> Problem:
        """The first of the rows against the first of the background."""
        return replace(self, rows=self.rows[:rows], background=self.background[:background])

    def active(self) -> np.ndarray:
        """The features, or the groups of them, that differ in any row."""
        features = active_features(self.rows, self.background)
        return features if self.groups is None else np.unique(self.groups[features])

    def summed(self, values: np.ndarray) -> np.ndarray:
        """Values (rows, features, outputs) as (rows, groups, outputs)."""
        if self.groups is None:
            return values
        found = np.zeros((len(values), int(self.groups.max()) + 1, values.shape[2]))
        for feature, group in enumerate(self.groups.tolist()):
            found[:, group] += values[:, feature]
        return found

    def shared(self, values: np.ndarray) -> np.ndarray:
        """Values of groups as values of their features, which have an equal share each."""
        return values if self.groups is None else (values / np.bincount(self.groups)[None, :, None])[:, self.groups]


@dataclass(frozen=True)
class Found:
    """An explainer's values (rows, features, outputs); `spread` (outputs) is the root mean square of the values'

    standard error over the drawn permutations, None where nothing is drawn.
    """

    values: np.ndarray
    spread: np.ndarray | None = None


@dataclass(frozen=True)
class Rung:
    """An explainer: its name in the report, whether it takes this model, how many evaluations of the model a row

    against a background row costs it (a pass back counted as two), and how it is run.
    """

    name: str
    takes: Callable[[Twin], bool]
    evaluations: Callable[[Problem], int]
    run: Callable[[Problem], Found]


@dataclass(frozen=True)
class Judged:
    """Values of the first rows against the first `background` rows, with the numbers of the checks, an entry an

    output (NaN: can't be said).
    """

    explainer: str
    values: np.ndarray
    background: int
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
    active = problem.active()
    orders = draw_orders(rng, len(problem.rows), PERMUTATIONS, len(active))
    found = permutation_values(problem.twin, problem.rows, problem.background, orders, active, problem.groups)
    return Found(problem.shared(found.values), np.sqrt((found.standard_error**2).mean(axis=(0, 1))))


def _permutation_evaluations(problem: Problem) -> int:
    return PERMUTATIONS * (2 * len(problem.active()) + 1)


def _gradients(problem: Problem) -> Found:
    return Found(gradient_values(problem.twin, problem.rows, problem.background))


RUNGS = (
    Rung("deeplift_rescale", supports, lambda problem: 2 * (1 + 2 * problem.twin.outputs), _rescale),
    Rung(
        "integrated_gradients",
        lambda twin: twin.features > WIDE,
        lambda problem: NODES * (1 + 2 * problem.twin.outputs),
        _gradients,
    ),
    Rung("permutation", lambda _twin: True, _permutation_evaluations, _permutation),
)

LAST = RUNGS[-1].name


def affordable(rung: Rung, problem: Problem) -> Problem | None:
    """As many of the problem's rows and background rows as the explainer can take in the time that it may take.

    The rows are made fewer first, then the background. None where the fewest would still take minutes.
    """
    pair = rung.evaluations(problem) * problem.twin.cost.work
    share = 1 if problem.groups is None else _SLOWER
    pairs = int(_MAX_WORK / share / pair)
    rows, background = len(problem.rows), len(problem.background)
    for least_rows, least_background in _FLOORS:
        rows = min(rows, max(least_rows, pairs // background))
        background = min(background, max(least_background, pairs // rows))
    return problem.cut(rows, background) if rows * background * pair <= _MOST_WORK / share else None


def climb(problem: Problem) -> Judged:
    """The values of the first explainer that passes the checks; the last one's are taken as they are, with their

    numbers shown. Which it is shows on ten rows, before more is spent on it than on those. Raises CannotExplain
    where the model's outputs are not finite, or where it would take minutes.
    """
    outputs, references = (_evaluated(problem.twin, rows) for rows in (problem.rows, problem.background))
    if not (np.isfinite(outputs).all() and np.isfinite(references).all()):
        raise CannotExplain("the model gives no finite output for some of the rows")
    compared = affordable(RUNGS[-1], problem)
    few = compared.cut(_CHECK_ROWS, len(compared.background)) if compared else None
    truth = few.summed(_permuted(few, np.random.default_rng([problem.seed, 2])).values) if few else None

    def judge(rung: Rung, part: Problem, among: int) -> Judged:
        """Run an explainer and check it, additivity by the range of the first `among` outputs."""
        rows, background = len(part.rows), len(part.background)
        found = rung.run(part)
        base = references[:background].mean(axis=0)
        additivity = additivity_error(found.values, base, outputs[:rows], outputs[:among])
        correlation = correlations(part.summed(found.values[:_CHECK_ROWS]), truth)
        return Judged(rung.name, found.values, background, base, outputs[:rows], additivity, correlation, found.spread)

    for rung in RUNGS:
        part = affordable(rung, problem) if rung.takes(problem.twin) else None
        if part is None:
            continue
        last = rung is RUNGS[-1]
        # The range of ten outputs may be small by chance.
        trial = judge(rung, few, len(outputs)) if few and not last else None
        if trial and not _passes(trial):
            continue
        judged = judge(rung, part, len(part.rows))
        if trial:
            # Against more background than the permutations had, values differ by that and not by the rule.
            judged = replace(judged, correlation=trial.correlation)
        if last or _passes(judged):
            return judged
    raise CannotExplain("the model is so large that SHAP values of ten rows would take minutes")


def _passes(judged: Judged) -> bool:
    sound = bool(np.isfinite(judged.values).all()) and bool((judged.additivity <= ADDITIVITY_REJECTED).all())
    return sound and not (judged.correlation < CORRELATION_REJECTED).any()


def _evaluated(twin: Twin, rows: np.ndarray) -> np.ndarray:
    size = twin.at_once(len(rows))
    parts = [twin(tf.constant(rows[i : i + size], tf.float32)).numpy() for i in range(0, len(rows), size)]
    return np.concatenate(parts).astype(np.float64)


def additivity_error(
    values: np.ndarray, base: np.ndarray, outputs: np.ndarray, among: np.ndarray | None = None
) -> np.ndarray:
    """For each output the largest |base + Σ values − output| over the rows, divided by the range of the outputs

    (of those in `among`, where it is given).
    """
    gap = np.abs(base + values.sum(axis=1) - outputs).max(axis=0)
    span = np.ptp(outputs if among is None else among, axis=0)
    flat = np.where(gap > 1e-6, np.inf, 0.0)
    error: np.ndarray = np.where(span > 0, gap / np.where(span > 0, span, 1), flat)
    return error


def correlations(values: np.ndarray, others: np.ndarray | None) -> np.ndarray:
    """For each output the Pearson correlation of two sets of values; NaN where one is constant or there is none."""
    found = np.full(values.shape[2], np.nan)
    if others is None:
        return found
    for i in range(values.shape[2]):
        a, b = values[:, :, i].ravel(), others[:, :, i].ravel()
        if a.std() > 0 and b.std() > 0:
            found[i] = np.corrcoef(a, b)[0, 1]
    return found
