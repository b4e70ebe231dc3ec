"""Categories that a model is given as numbers (`encode=ids`): their numbers must fit its Embedding, and mean nothing to
a model that takes them as quantities.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from nnc import codes
from nnc.data.kinds.fitted import Fitted
from nnc.data.preparations import method_of
from nnc.data.prepared import InputPlan, Matrix, Preparation
from nnc.diagnostics import DataPlace, Findings, UserFault
from nnc.graph import Layer, ModelGraph, Tensor


def check_embeddings(source: str, model: ModelGraph, plans: Sequence[InputPlan], columns: Sequence[Fitted]) -> None:
    """Raise UserFault where an Embedding has fewer places than a column that it is given has numbers."""
    findings = Findings()
    inputs = {one.tensor.id: plan for one, plan in zip(model.inputs, plans, strict=True)}
    for plan, layer in _embeddings(model, inputs):
        most = layer.args.get("input_dim")
        for column in columns:
            if column.name in plan.columns and isinstance(most, int) and column.places > most:
                fewer = method_of(column).fewer
                findings.add(
                    codes.TOO_MANY_IDS,
                    f"column `{column.name}` has the numbers 0 to {column.places - 1}, and the Embedding "
                    f"`{layer.name}` has places for {most}",
                    data_place=DataPlace(source, None, column.name),
                    expected=f"Embedding({column.places}, ...) or more",
                    found=f"Embedding({most}, ...)",
                    help=f"or keep the most frequent: {fewer(most)}" if fewer else None,
                )
    if findings.has_errors:
        raise UserFault(findings)


def check_token_inputs(source: str, plans: Sequence[InputPlan], columns: Sequence[Fitted]) -> None:
    """Raise UserFault where numbers of words are to be taken as quantities."""
    findings = Findings()
    for plan in plans:
        for column in columns:
            if column.length and column.name in plan.columns and not plan.dtype.startswith("int"):
                findings.add(
                    codes.INPUT_WIDTH,
                    f"input `{plan.name}` takes {plan.dtype}, and column `{column.name}` becomes numbers of words",
                    data_place=DataPlace(source, None, column.name),
                    expected=f"int32[features({column.name})]",
                    help="give it an input of its own, and an Embedding behind that",
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


def with_padding(preparation: Preparation, matrix: Matrix) -> Matrix:
    """The features with nothing in the place of every text: what an explanation of words measures them against.

    Where texts are all that there is, all rows are the same, and one is given.
    """
    texts = {column.name for column in preparation.columns if column.length}
    if not texts:
        return matrix
    of_text = np.array([name in texts for name in preparation.feature_columns])
    return np.where(of_text, np.float32(0), matrix)[: 1 if of_text.all() else None]
