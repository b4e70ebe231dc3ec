"""Keras as a table: one row for each layer, loss, metric, optimizer and so on that a spec can name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc.catalog.rows import Applied, Arg, Argument, Kind, LayerRow, MetricRow, Operand, Rejection, Row
from nnc.catalog.shape import Dim, Shape, Size, TensorType

__all__ = [
    "Applied",
    "Arg",
    "Argument",
    "Dim",
    "Kind",
    "LayerRow",
    "MetricRow",
    "Operand",
    "Rejection",
    "Row",
    "Shape",
    "Size",
    "TensorType",
    "apply_layer",
    "apply_op",
    "find",
    "names",
]


def find(kind: str, name: str) -> Row | None:
    """The row of that name or alias, or None. `kind` as in Row; `activations` and `ops` are kinds as well."""
    raise NotImplementedError


def names(kind: str) -> Sequence[str]:
    """Every name of that kind without aliases, sorted; for suggestions, completion and the reference."""
    raise NotImplementedError


def apply_layer(
    row: LayerRow, args: Mapping[str, Argument], operands: Sequence[Operand], by_name: Mapping[str, Operand]
) -> Applied | Rejection:
    """What comes of applying a layer with these (already accepted) arguments; missing ones take their default."""
    raise NotImplementedError


def apply_op(name: str, args: Sequence[Argument], kwargs: Mapping[str, Argument]) -> tuple[TensorType, ...] | Rejection:
    """The types of `keras.ops.<name>(...)`; tensors among the arguments stand there as TensorType.

    Operators have the names of `nnc.graph.FnCall` (`add`, `matmul`, `getitem`, ...).
    """
    raise NotImplementedError
