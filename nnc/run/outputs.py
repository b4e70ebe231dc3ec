"""From a network's raw output to what it says: probabilities of classes, or numbers in the target's own unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnc import codes
from nnc.data import Part, Preparation
from nnc.data.targets import TargetPlan
from nnc.diagnostics import DataPlace, Findings, RunFault
from nnc.scoring.scores import Floats, Predictions

BATCH = 1_024


def network_scores(
    network: Any, preparation: Preparation, inputs: Mapping[str, Any], rows: Sequence[int]
) -> dict[str, Floats]:
    """What the network says of prepared rows: for each target, by its name, `Predictions.scores`.

    `rows` are their rows in the file. Raises RunFault where it says what is no number.
    """
    arrays = [inputs[plan.name] for plan in preparation.inputs]
    raw = network.predict(arrays[0] if len(arrays) == 1 else arrays, batch_size=BATCH, verbose=0)
    return {target.name: _finite(preparation, scores(target, own(target, raw)), rows) for target in preparation.targets}


def own(target: TargetPlan, raw: Any) -> npt.NDArray[np.float64]:
    """A target's part of what the network gives (a dict by outputs where there are several), [rows, units]."""
    values = np.asarray(raw[target.output] if isinstance(raw, Mapping) else raw, dtype=np.float64)
    return values if target.unit is None else values[:, target.unit : target.unit + 1]


def _finite(preparation: Preparation, values: Floats, rows: Sequence[int]) -> Floats:
    bad = ~np.isfinite(values).reshape(len(values), -1).all(axis=1)
    if bad.any():
        findings = Findings()
        row = int(rows[int(np.flatnonzero(bad)[0])])
        findings.add(
            codes.NOT_FINITE_PREDICTION,
            f"the model's prediction for row {row} is no finite number (and for {int(bad.sum())} rows in all)",
            data_place=DataPlace(preparation.source, row),
            help="are the row's values far outside those of the training rows? Or train with a lower learning rate",
        )
        raise RunFault(findings)
    return values


def scores(target: TargetPlan, raw: npt.NDArray[np.float64]) -> Floats:
    """Raw outputs [rows, units] as probabilities ([rows], or [rows, classes]) or in the target's own unit ([rows])."""
    if target.task == "regression":
        return target.own_unit(raw.reshape(len(raw)))
    if target.task == "binary":
        flat = raw.reshape(len(raw))
        if target.from_logits:
            flat = 0.5 * (1 + np.tanh(flat / 2))  # the logistic function, in a form that can't overflow
        return np.clip(flat, 0.0, 1.0)
    if target.from_logits:
        raw = np.exp(raw - raw.max(axis=1, keepdims=True))
    raw = np.clip(raw, 0.0, None)
    # Keras's categorical losses divide by the sum as well, so an output of any positive numbers is read as it is.
    total = raw.sum(axis=1, keepdims=True)
    return np.where(total > 0, raw / np.where(total > 0, total, 1.0), 1.0 / raw.shape[1])


def predictions(network: Any, preparation: Preparation, part: Part) -> dict[str, Predictions]:
    """What the network says of one part of the split: for each target, by its name."""
    said = network_scores(network, preparation, part.inputs, part.rows.tolist())
    return {
        target.name: Predictions(target.task, part.truths[target.name], said[target.name], target.width)
        for target in preparation.targets
    }
