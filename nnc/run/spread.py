"""Several trainings' figures together: their mean, and how far they lie apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev
from typing import Literal

from nnc.evidence import Repeated, Repeats
from nnc.run.outputs import predictions
from nnc.run.training import Trained
from nnc.scoring.scores import SCORERS, score


def figures(trained: Trained) -> dict[str, dict[str, float]]:
    """Of each target, by its name, every metric of the task on the test rows (or what stands for them)."""
    prepared = trained.prepared
    said = predictions(trained.model, prepared.preparation, prepared.parts[prepared.evaluated])
    return {
        name: {key: score(scorer, mine) for key, scorer in SCORERS[mine.task].items()} for name, mine in said.items()
    }


def spread(kind: Literal["folds", "seeds"], found: Sequence[Mapping[str, Mapping[str, float]]]) -> tuple[Repeats, ...]:
    """Of each target the metrics' means and standard deviations; one without a value in some training is left out."""
    several = len(found[0]) > 1
    return tuple(_spread(kind, [one[name] for one in found], name if several else None) for name in found[0])


def _spread(kind: Literal["folds", "seeds"], found: Sequence[Mapping[str, float]], output: str | None) -> Repeats:
    metrics = []
    for key in found[0]:
        values = tuple(float(one[key]) for one in found)
        if all(map(math.isfinite, values)):
            metrics.append(Repeated(key, fmean(values), stdev(values) if len(values) > 1 else 0.0, values))
    return Repeats(kind, len(found), tuple(metrics), output)
