"""Intervals: the percentile bootstrap over test rows, and paired for the difference of two models."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence

import numpy as np

from nnc.evidence import Estimate, Metric
from nnc.run.scores import SCORERS, Floats, Predictions, Scorer, resamples, score

LEVEL = 0.95


def metrics(models: Sequence[Predictions], seed: int) -> list[tuple[Metric, ...]]:
    """Every metric of the task for each model, all models on the same rows and the same resamples."""
    scorers = SCORERS[models[0].task]
    drawn = _draw(models, scorers, seed)
    return [
        tuple(
            Metric(key, _estimate(scorer, model, draws[key]), scorer.higher_is_better)
            for key, scorer in scorers.items()
        )
        for model, draws in zip(models, drawn, strict=True)
    ]


def differences(models: Sequence[Predictions], key: str, seed: int) -> list[Estimate]:
    """The first model's metric less that of each other one, with the interval of the paired bootstrap."""
    scorer = SCORERS[models[0].task][key]
    first, *others = _draw(models, {key: scorer}, seed)
    value = score(scorer, models[0])
    found = []
    for model, draws in zip(models[1:], others, strict=True):
        low, high = _percentiles(first[key] - draws[key])
        found.append(Estimate(value - score(scorer, model), low, high, len(model)))
    return found


def interval(predictions: Predictions, key: str, seed: int) -> Estimate:
    """One metric of one model."""
    scorer = SCORERS[predictions.task][key]
    (draws,) = _draw([predictions], {key: scorer}, seed)
    return _estimate(scorer, predictions, draws[key])


def _draw(models: Sequence[Predictions], scorers: Mapping[str, Scorer], seed: int) -> list[dict[str, Floats]]:
    """Each metric of each model over the resamples."""
    found: list[dict[str, list[Floats]]] = [{key: [] for key in scorers} for _ in models]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a resample without a class has no value, which is NaN here
        for counts in resamples(len(models[0]), seed):
            for model, lists in zip(models, found, strict=True):
                for key, scorer in scorers.items():
                    lists[key].append(scorer.score(model, counts))
    return [{key: np.concatenate(parts) for key, parts in lists.items()} for lists in found]


def _estimate(scorer: Scorer, predictions: Predictions, draws: Floats) -> Estimate:
    value = score(scorer, predictions)
    low, high = _percentiles(draws)
    if low is not None and low == high:
        # Every resample agrees (no error at all): the bootstrap knows nothing of how sure that is.
        low, high = _exact(value, scorer.trials(predictions)) if scorer.trials else (None, None)
    return Estimate(value, low, high, len(predictions))


def _percentiles(draws: Floats) -> tuple[float | None, float | None]:
    draws = draws[np.isfinite(draws)]
    if len(draws) < 2:
        return None, None
    low, high = np.percentile(draws, [100 * (1 - LEVEL) / 2, 100 * (1 + LEVEL) / 2])
    return float(low), float(high)


def _exact(value: float, trials: int) -> tuple[float | None, float | None]:
    """Clopper and Pearson's interval for a proportion of 0 or of 1; none in between."""
    if trials < 1 or value not in (0.0, 1.0):
        return None, None
    edge = math.pow((1 - LEVEL) / 2, 1 / trials)
    return (edge, 1.0) if value == 1.0 else (0.0, 1 - edge)
