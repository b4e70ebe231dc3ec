"""Categories that a model is given as numbers (`encode=ids`): their numbers must fit its Embedding, and mean nothing to
a model that takes them as quantities.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from nnc import codes
from nnc.data.preparations import Fitted
from nnc.data.prepared import InputPlan, Matrix, Preparation
from nnc.diagnostics import DataPlace, Findings, UserFault
from nnc.graph import Layer, ModelGraph, Tensor


def places(fitted: Fitted) -> int:
    """How many numbers a column takes: its categories, one for a missing value if it has one, and 0 for all others."""
    return len(fitted.categories) + fitted.missing_category + 1


def check_embeddings(source: str, model: ModelGraph, plans: Sequence[InputPlan], columns: Sequence[Fitted]) -> None:
    """Raise UserFault where an Embedding has fewer places than a column that it is given has numbers."""
    findings = Findings()
    inputs = {one.tensor.id: plan for one, plan in zip(model.inputs, plans, strict=True)}
    for plan, layer in _embeddings(model, inputs):
        most = layer.args.get("input_dim")
        for column in columns:
            if column.ids and column.name in plan.columns and isinstance(most, int) and places(column) > most:
                findings.add(
                    codes.TOO_MANY_IDS,
                    f"column `{column.name}` has the numbers 0 to {places(column) - 1}, and the Embedding "
                    f"`{layer.name}` has places for {most}",
                    data_place=DataPlace(source, None, column.name),
                    expected=f"Embedding({places(column)}, ...) or more",
                    found=f"Embedding({most}, ...)",
                    help=f"or keep the most frequent: category(encode=ids, max_categories={max(most - 2, 1)})",
                )
    if findings.has_errors:
        raise UserFault(findings)


def _embeddings(model: ModelGraph, inputs: dict[int, InputPlan]) -> Iterator[tuple[InputPlan, Layer]]:
    for call in model.calls:
        layer = model.layers.get(call.layer) if call.layer is not None else None
        if layer is not None and layer.kind == "Embedding":
            yield from (
                (inputs[operand.id], layer)
                for operand in call.args
                if isinstance(operand, Tensor) and operand.id in inputs
            )


def flat(preparation: Preparation, matrix: Matrix) -> Matrix:
    """The features for a model that knows no Embedding: each number of a category becomes a feature of its own."""
    if not any(column.ids for column in preparation.columns):
        return matrix
    parts, start = [], 0
    for column in preparation.columns:
        end = start + len(column.features)
        part = matrix[:, start:end]
        parts.append(np.eye(places(column), dtype=np.float32)[part[:, 0].astype(np.int64)] if column.ids else part)
        start = end
    return np.concatenate(parts, axis=1)
