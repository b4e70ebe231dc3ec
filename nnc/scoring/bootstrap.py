"""Intervals: the percentile bootstrap over test rows, and paired for the difference of two models."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from nnc.evidence import Estimate, Metric
from nnc.scoring.scores import SCORERS, Floats, Interval, Predictions, Scorer, resamples, score

LEVEL = 0.95
Z = 1.959964  # the standard normal's 97.5%


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
    low, high = _INTERVALS[scorer.interval](value, draws, len(predictions))
    if low is not None and low == high:
        # Every resample agrees (no error at all): the bootstrap knows nothing of how sure that is.
        low, high = _exact(value, scorer.trials(predictions)) if scorer.trials else (None, None)
    return Estimate(value, low, high, len(predictions))


Ends: TypeAlias = tuple[float | None, float | None]


def _logit(value: float, draws: Floats, rows: int) -> Ends:
    """The normal interval of the logit, with the resamples' standard error; percentiles where the value is 0 or 1."""
    draws = draws[np.isfinite(draws)]
    if len(draws) < 2 or not 0 < value < 1:
        return _percentiles(draws)
    edge = 0.5 / rows
    logits = np.log(np.clip(draws, edge, 1 - edge) / (1 - np.clip(draws, edge, 1 - edge)))
    middle, reach = math.log(value / (1 - value)), Z * float(logits.std())
    low, high = (1 / (1 + math.exp(-end)) for end in (middle - reach, middle + reach))
    return low, high


_INTERVALS: Mapping[Interval, Callable[[float, Floats, int], Ends]] = {
    "percentile": lambda _value, draws, _rows: _percentiles(draws),
    "logit": _logit,
    "none": lambda _value, _draws, _rows: (None, None),
}


def _percentiles(draws: Floats) -> Ends:
    draws = draws[np.isfinite(draws)]
    if len(draws) < 2:
        return None, None
    low, high = np.percentile(draws, [100 * (1 - LEVEL) / 2, 100 * (1 + LEVEL) / 2])
    return float(low), float(high)


def _exact(value: float, trials: int) -> Ends:
    """Clopper and Pearson's interval for a proportion of 0 or of 1; none in between."""
    if trials < 1 or value not in (0.0, 1.0):
        return None, None
    edge = math.pow((1 - LEVEL) / 2, 1 / trials)
    return (edge, 1.0) if value == 1.0 else (0.0, 1 - edge)
