"""The same training several times, over folds of the rows or over seeds: how far do the figures hang on chance?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from nnc.graph import Spec, Split
from nnc.lean import dataclass
from nnc.pipeline.front import Checked, Settings, choose_model, require
from nnc.pipeline.sized import prepare_and_check

if TYPE_CHECKING:
    from nnc.data import Table
    from nnc.evidence import Repeats
    from nnc.run import Progress

Kind = Literal["folds", "seeds"]


@dataclass(frozen=True)
class Several:
    """`count` trainings: each fold is the test part once, or the seed of the training goes up by one each time."""

    kind: Kind
    count: int


def repeat(
    checked: Checked, table: Table, settings: Settings, several: Several, progress: Progress
) -> tuple[Repeats, ...]:
    """Train each of them and give the test metrics' means and spreads, for each target. Raises UserFault, RunFault."""
    from nnc import run as runs

    found = []
    for varied in _variations(require(checked), several):
        again, prepared = prepare_and_check(replace(checked, spec=varied), table, settings)
        spec = replace(require(again), data=varied.data, train=varied.train)
        trained = runs.train(spec, choose_model(spec, settings.model), prepared, progress=progress)
        found.append(runs.figures(trained))
    return runs.spread(several.kind, found)


def _variations(spec: Spec, several: Several) -> Iterator[Spec]:
    if spec.train is None or spec.data is None:
        return
    split = spec.data.split
    seed = spec.train.seed if split.seed is None else split.seed
    for i in range(several.count):
        if several.kind == "folds":
            fold = replace(split, seed=seed, fold=(i, several.count), stratify=split.stratify or split == Split())
            yield replace(spec, data=replace(spec.data, split=fold))
        else:
            fixed = replace(spec.data, split=replace(split, seed=seed, stratify=split.stratify or split == Split()))
            yield replace(spec, data=fixed, train=replace(spec.train, seed=spec.train.seed + i))
