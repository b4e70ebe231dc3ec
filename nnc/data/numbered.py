"""Categories that a model is given as numbers (`encode=ids`): their numbers must fit its Embedding, and mean nothing to
a model that takes them as quantities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from nnc import codes
from nnc.data.preparations import Fitted
from nnc.data.prepared import InputPlan, Matrix, Preparation
from nnc.data.words import RESERVED
from nnc.diagnostics import DataPlace, Findings, UserFault
from nnc.graph import Layer, ModelGraph, Tensor

# How a spec keeps fewer numbers of a column.
_FEWER: Mapping[str, str] = {
    "category": "category(encode=ids, max_categories={most})",
    "text": "text(max_tokens={tokens})",
    "tokens": "tokens(max_tokens={tokens})",
}
# A text becomes at most so many counts for a model that knows no order of words.
MOST_COUNTED = 1_000


def check_embeddings(source: str, model: ModelGraph, plans: Sequence[InputPlan], columns: Sequence[Fitted]) -> None:
    """Raise UserFault where an Embedding has fewer places than a column that it is given has numbers."""
    findings = Findings()
    inputs = {one.tensor.id: plan for one, plan in zip(model.inputs, plans, strict=True)}
    for plan, layer in _embeddings(model, inputs):
        most = layer.args.get("input_dim")
        for column in columns:
            if column.name in plan.columns and isinstance(most, int) and column.places > most:
                findings.add(
                    codes.TOO_MANY_IDS,
                    f"column `{column.name}` has the numbers 0 to {column.places - 1}, and the Embedding "
                    f"`{layer.name}` has places for {most}",
                    data_place=DataPlace(source, None, column.name),
                    expected=f"Embedding({column.places}, ...) or more",
                    found=f"Embedding({most}, ...)",
                    help="or keep the most frequent: " + _FEWER[column.kind].format(most=max(most - 2, 1), tokens=most),
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


def flat(preparation: Preparation, matrix: Matrix) -> Matrix:
    """The features for a model that knows no Embedding: each number of a category, and how often each of the first

    MOST_COUNTED words of a text stands in it, becomes a feature of its own.
    """
    if not any(column.places for column in preparation.columns):
        return matrix
    parts, start = [], 0
    for column in preparation.columns:
        end = start + column.width
        part = matrix[:, start:end]
        parts.append(_counts(column, part.astype(np.int64)) if column.places else part)
        start = end
    return np.concatenate(parts, axis=1)


def with_padding(preparation: Preparation, matrix: Matrix) -> Matrix:
    """The features with nothing in the place of every text: what an explanation of words measures them against.

    Where texts are all that there is, all rows are the same, and one is given.
    """
    texts = {column.name for column in preparation.columns if column.length}
    if not texts:
        return matrix
    of_text = np.array([name in texts for name in preparation.feature_columns])
    return np.where(of_text, np.float32(0), matrix)[: 1 if of_text.all() else None]


def _counts(column: Fitted, numbers: npt.NDArray[np.int64]) -> Matrix:
    """How often each number stands in a row, [rows, numbers]; padding and what comes after the first ones left out."""
    first = RESERVED if column.vocabulary else int(column.length > 0)
    most = min(column.places, first + MOST_COUNTED)
    counts = np.zeros((len(numbers), most), dtype=np.float32)
    rows = np.repeat(np.arange(len(numbers)), numbers.shape[1])
    flat_numbers = numbers.ravel()
    kept = flat_numbers < most
    np.add.at(counts, (rows[kept], flat_numbers[kept]), 1.0)
    return counts[:, first:]
