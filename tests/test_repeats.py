"""`--folds` and `--seeds`: several trainings with their mean and spread."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import numpy as np
import pytest

from nnc.data import load, prepare
from nnc.graph import Split
from tests.specs_by_hand import mlp, spec_of

SPEC = """
model M {
  input x: [features]
  output y = x -> Dense(4, relu) -> Dense(1, sigmoid)
}
data {
  source = sklearn("breast_cancer")
}
train {
  loss = binary_crossentropy
  optimizer = Adam(learning_rate=0.02)
  epochs = 2
  seed = 5
}
"""


@pytest.mark.parametrize("stratify", [True, False])
def test_each_row_is_tested_in_one_fold(stratify: bool) -> None:
    spec = spec_of(mlp(30, 1, last="sigmoid"), "sklearn", "breast_cancer", "binary_crossentropy")
    assert spec.data is not None
    table = load(spec.data, Path())
    tested = []
    for i in range(5):
        data = replace(spec.data, split=Split(stratify=stratify, seed=3, fold=(i, 5), validation=0.2))
        made = prepare(table, replace(spec, data=data), spec.model)
        parts = [set(part.positions.tolist()) for part in (made.train, made.validation, made.test)]
        assert sum(map(len, parts)) == len(set.union(*parts)) == len(table)
        assert len(made.test) in {len(table) // 5, len(table) // 5 + 1}
        if stratify:
            share = made.test.truth.mean()
            assert share == pytest.approx(np.mean(np.concatenate([made.train.truth, made.test.truth])), abs=0.02)
        tested += made.test.positions.tolist()
    assert sorted(tested) == list(range(len(table)))


@pytest.mark.tf
def test_folds_and_seeds_give_mean_and_spread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nnc import evidence
    from nnc.api import _Silent
    from nnc.pipeline import front, runs
    from nnc.report import render_html

    def unexplained(*_: Any) -> tuple[None, str]:
        return None, "not asked for"

    monkeypatch.setattr(runs, "explain_rows", unexplained)
    path = tmp_path / "m.nn"
    path.write_text(SPEC, encoding="utf-8")
    settings = front.Settings()
    how = runs.How(several=runs.several(3, 2))
    said = runs.train(front.check(path, settings), tmp_path / "run", settings, _Silent(), how)
    found = evidence.read(tmp_path / "run" / "evidence.json")
    assert [(one.kind, one.count) for one in found.repeats] == [("folds", 3), ("seeds", 2)]
    for repeats in found.repeats:
        accuracy = next(metric for metric in repeats.metrics if metric.key == "accuracy")
        assert len(accuracy.values) == repeats.count
        assert len(set(accuracy.values)) > 1
        assert accuracy.mean == pytest.approx(fmean(accuracy.values))
        assert accuracy.std == pytest.approx(stdev(accuracy.values))
    # The first seed is the spec's own, on the same rows: the run itself.
    own = next(metric for metric in found.evaluation.metrics if metric.key == "accuracy").estimate.value
    first = next(metric for metric in found.repeats[1].metrics if metric.key == "accuracy").values[0]
    assert first == pytest.approx(own)
    assert "3 folds: accuracy" in said
    assert "2 seeds: accuracy" in said
    assert "The same training again" in render_html(found)
