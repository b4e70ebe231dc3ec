"""Which pictures a model takes: what its input says of their size, and whether its features make a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc import codes
from nnc.catalog.shape import TensorType
from nnc.data.columns import Choice
from nnc.data.layout import Layout, layout
from nnc.data.picture_file import MODES
from nnc.data.preparations import METHODS
from nnc.data.prepared import Preparation
from nnc.data.table import Table
from nnc.diagnostics import Findings, UserFault
from nnc.graph import ModelGraph, ModelInput


def picture_shapes(table: Table, choices: Sequence[Choice], inputs: Sequence[ModelInput]) -> Mapping[str, Layout]:
    """The shape that each column of pictures is brought to: that of the input. Raises UserFault where it has none."""
    names = [choice.name for choice in choices if METHODS[choice.kind].pictures]
    return {name: _shape(table, inputs[0]) for name in names}


def _shape(table: Table, one: ModelInput) -> Layout:
    kind: TensorType = one.tensor.type
    sizes = [size for size in kind.shape if isinstance(size, int)]
    if len(kind.shape) != 3 or len(sizes) != 3 or sizes[2] not in MODES:
        findings = Findings()
        findings.add(
            codes.NO_PICTURE_INPUT,
            f"input `{one.name}` takes {kind}, and `{table.source}` holds pictures",
            expected="[height, width, channels] with 1 channel for grey, 3 for colours, 4 with how opaque they are",
            found=str(kind),
            help=f"write input {one.name}: [64, 64, 3]; pictures are brought to that size",
        )
        raise UserFault(findings)
    return sizes[0], sizes[1], sizes[2]


def picture_layout(model: ModelGraph, preparation: Preparation) -> Layout | None:
    """The picture that the features make: one of a picture's own, or of numbers that the model takes as pixels."""
    found = layout(model)
    columns = preparation.columns
    if any(METHODS[column.kind].pictures for column in columns):
        return found
    numbers = all(METHODS[column.kind].quantity for column in columns)
    fits = found is not None and found[0] * found[1] * found[2] == len(columns)
    return found if numbers and fits else None
