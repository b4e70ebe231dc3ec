"""The random forest beside the network, explained by shap's TreeExplainer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnc.explain.ladder import additivity_error

# Leaves × squared depth × rows, and a quarter of it for each output: what TreeExplainer's time grows with. Some three
# seconds on one core, and those beyond which no forest is explained.
_MAX_WORK = 6e9
_MOST_WORK = 2.5e10
_MIN_ROWS = 50


def forest_values(
    forest: Any, rows: np.ndarray, wanted: Sequence[int | None]
) -> list[tuple[int | None, np.ndarray, float, np.ndarray, float]]:
    """For each wanted class (None: a regression) its number, the values (rows, features), the base, the outputs and

    the additivity error. A class that the forest never saw is left out. The probability is explained, or the
    prediction: a forest has no logit. `tree_path_dependent` takes the rows that went down each branch in training
    as the background.
    """
    import shap

    explainer = shap.TreeExplainer(forest, feature_perturbation="tree_path_dependent")
    # The sum is checked below and shown; shap's own check would raise.
    values = np.asarray(explainer.shap_values(rows, check_additivity=False), float)
    values = values[:, :, None] if values.ndim == 2 else values
    base = np.atleast_1d(np.asarray(explainer.expected_value, float))
    places: dict[int | None, int] = {None: 0}
    if hasattr(forest, "predict_proba"):
        outputs = forest.predict_proba(rows)
        places = {int(label): i for i, label in enumerate(forest.classes_)}
    else:
        outputs = forest.predict(rows).reshape(len(rows), -1)
    errors = additivity_error(values, base, outputs)
    found = []
    for label in wanted:
        i = places.get(label)
        if i is not None:
            found.append((label, values[:, :, i], float(base[i]), outputs[:, i], float(errors[i])))
    return found


def affordable_rows(forest: Any, wanted: int) -> int:
    """How many of the wanted rows TreeExplainer can take in the time that it may take; 0: too few to be of use."""
    leaves = sum(int(tree.get_n_leaves()) * int(tree.get_depth()) ** 2 for tree in forest.estimators_)
    each = max(leaves, 1) * (1 + int(forest.estimators_[0].tree_.value[0].size) / 4)
    rows = min(wanted, max(_MIN_ROWS, int(_MAX_WORK / each)))
    return rows if rows * each <= _MOST_WORK else 0
