"""Simple models on the same prepared rows: is the network worth it?"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnc.data import Part, Prepared
from nnc.data.simple import simple
from nnc.data.targets import TargetPlan
from nnc.evidence import Task
from nnc.scoring.scores import Floats, Predictions

TREES = 100
JOBS = 2


@dataclass(frozen=True, eq=False)
class Simple:
    """A fitted baseline: its key in the evidence, its predictions, and the scikit-learn model, if it is one."""

    key: str
    predictions: Predictions
    model: Any = None


def _trivial(prepared: Prepared, part: Part, seed: int) -> tuple[Floats, None]:
    """Classes: the shares of the training rows. Numbers: their mean, in the target's own unit."""
    del seed
    truth = prepared.train.truth
    if prepared.task == "regression":
        return np.full(len(part), truth.mean()), None
    classes = len(prepared.preparation.target.classes)
    shares = np.bincount(truth.astype(np.int64), minlength=classes) / len(truth)
    every = np.tile(shares, (len(part), 1))
    return (every[:, 1] if prepared.task == "binary" else every), None


def _linear(prepared: Prepared, part: Part, seed: int) -> tuple[Floats, Any]:
    from sklearn.linear_model import LogisticRegression, Ridge

    if prepared.task == "regression":
        return _fitted(Ridge(), prepared, part)
    return _fitted(LogisticRegression(max_iter=2_000, random_state=seed), prepared, part)


def _forest(prepared: Prepared, part: Part, seed: int) -> tuple[Floats, Any]:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestRegressor if prepared.task == "regression" else RandomForestClassifier
    return _fitted(kind(n_estimators=TREES, random_state=seed, n_jobs=JOBS), prepared, part)


def _fitted(model: Any, prepared: Prepared, part: Part) -> tuple[Floats, Any]:
    """Fit on the training rows, with the target as the network has it, and predict."""
    training, target = prepared.train, prepared.preparation.target
    labels = training.truth.astype(np.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "did not converge" is told by how good the baseline is
        rows = simple(prepared, training)
        model.fit(rows, _numbers(target, training) if not target.classes else labels, training.weights)
    if hasattr(model, "n_jobs"):
        model.set_params(n_jobs=1)  # threads add trees up in any order, and the last bit would change from run to run
    matrix = simple(prepared, part)
    if not target.classes:
        return target.own_unit(np.asarray(model.predict(matrix), dtype=np.float64)), model
    found = np.zeros((len(part), len(target.classes)))
    found[:, model.classes_] = model.predict_proba(matrix)
    return (found[:, 1] if target.task == "binary" else found), model


def _numbers(target: TargetPlan, part: Part) -> Floats:
    return np.asarray(target.encode(part.truth), dtype=np.float64).reshape(len(part))


Fit = Callable[[Prepared, Part, int], "tuple[Floats, Any]"]

BASELINES: Mapping[str, Fit] = {
    "majority": _trivial,
    "mean": _trivial,
    "linear": _linear,
    "random_forest": _forest,
}
TRIVIAL: Mapping[Task, str] = {"binary": "majority", "multiclass": "majority", "regression": "mean"}


def fit_baselines(prepared: Prepared, part: Part, wanted: Sequence[str] | None, seed: int) -> list[Simple]:
    """The baselines that the report section names, or all that fit the task."""
    trivial = TRIVIAL[prepared.task]
    names = [trivial if name in TRIVIAL.values() else name for name in wanted or (trivial, "linear", "random_forest")]
    if len(np.unique(prepared.train.truth)) < 2:  # nothing can be learnt from a single class
        names = [trivial]
    simple = []
    for name in dict.fromkeys(names):
        scores, model = BASELINES[name](prepared, part, seed)
        classes = prepared.preparation.target.width
        simple.append(Simple(name, Predictions(prepared.task, part.truth, scores, classes), model))
    return simple
