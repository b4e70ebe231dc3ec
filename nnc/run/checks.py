"""Warnings that hang on the training and its evaluation. Their keys and values: `nnc.evidence.Warn`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from nnc.evidence import Baseline, Evaluation, TrainingEvidence, Warn
from nnc.run.baselines import TRIVIAL
from nnc.scoring import bootstrap
from nnc.scoring.scores import SCORERS, Predictions, score

# A gap between training and unseen rows is told where it is this large and outside the unseen rows' interval as well.
GAP: Mapping[str, float] = {"r2": 0.1}
GAP_OTHERS = 0.05
RISEN = 1.25
STILL_FALLING = 0.02


def training_warnings(
    training: TrainingEvidence | None,
    said: Mapping[str, Predictions],
    evaluation: Evaluation,
    baselines: Sequence[Baseline],
    seed: int,
) -> tuple[Warn, ...]:
    """All that the training and its evaluation give reason for."""
    found = (
        _overfit(said, evaluation.primary, seed),
        *((_overtrained(training), _not_converged(training)) if training is not None else ()),
        *_against_baselines(evaluation, baselines),
    )
    return tuple(warn for warn in found if warn is not None)


def _overfit(said: Mapping[str, Predictions], primary: str, seed: int) -> Warn | None:
    """The primary metric is far better on training rows than on others, by more than chance explains."""
    unseen = said.get("validation") or said.get("test")
    scorer = SCORERS[said["train"].task][primary]
    if unseen is None or not scorer.higher_is_better:
        return None
    train = score(scorer, said["train"])
    estimate = bootstrap.interval(unseen, primary, seed)
    gap = train - estimate.value
    if not gap > GAP.get(primary, GAP_OTHERS) or estimate.high is None or train <= estimate.high:
        return None
    return Warn("overfit", {"metric": primary, "train": train, "validation": estimate.value, "gap": gap})


def _overtrained(training: TrainingEvidence) -> Warn | None:
    """The weights that were kept have a validation loss far above the lowest one."""
    losses = training.curves[0].validation
    if not losses or training.kept_epoch <= training.best_epoch:
        return None
    best, kept = losses[training.best_epoch - 1], losses[training.kept_epoch - 1]
    if best <= 0 or kept < RISEN * best:
        return None
    values = {"best_epoch": training.best_epoch, "kept_epoch": training.kept_epoch, "best": best, "kept": kept}
    return Warn("overtrained", values)


def _not_converged(training: TrainingEvidence) -> Warn | None:
    """The loss was still falling in the last tenth of the epochs, and the last epoch is the best."""
    losses = training.curves[0].validation or training.curves[0].train
    tenth = max(1, training.epochs_planned // 10)
    if training.stopped_early or training.best_epoch != training.epochs_run or len(losses) <= tenth:
        return None
    before = min(losses[:-tenth])
    fall = (before - losses[-1]) / abs(before) if before else 0.0
    if not fall > STILL_FALLING:
        return None
    return Warn("not_converged", {"epoch": training.best_epoch, "epochs": training.epochs_planned, "fall": fall})


def _against_baselines(evaluation: Evaluation, baselines: Sequence[Baseline]) -> tuple[Warn | None, ...]:
    """Worse than a baseline for sure; no better than a guess for all that is known."""
    mine = next(metric for metric in evaluation.metrics if metric.key == evaluation.primary)
    sign = 1 if mine.higher_is_better else -1
    trivial = TRIVIAL[evaluation.task]

    def score_of(baseline: Baseline) -> float:
        return next(metric.estimate.value for metric in baseline.metrics if metric.key == evaluation.primary)

    def bounds(baseline: Baseline) -> tuple[float, float]:
        low, high = baseline.difference.low, baseline.difference.high
        if low is None or high is None:
            return math.nan, math.nan
        return (low, high) if sign > 0 else (-high, -low)

    def warn(key: str, baseline: Baseline) -> Warn:
        gap = baseline.difference
        values = {"baseline": baseline.key, "metric": evaluation.primary, "network": mine.estimate.value}
        return Warn(
            key, {**values, "score": score_of(baseline), "difference": gap.value, "low": gap.low, "high": gap.high}
        )

    better = [one for one in baselines if one.key != trivial and bounds(one)[1] < 0]
    best = max(better, key=lambda one: sign * score_of(one), default=None)
    guess = next((one for one in baselines if one.key == trivial and bounds(one)[0] <= 0), None)
    return (
        warn("worse_than_baseline", best) if best is not None else None,
        warn("no_better_than_trivial", guess) if guess is not None else None,
    )
