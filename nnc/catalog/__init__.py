"""Keras as a table: one row for each layer, loss, metric, optimizer and so on that a spec can name."""

from __future__ import annotations

from nnc.catalog.ops import apply_op
from nnc.catalog.registry import apply_layer, find, names, sees_data
from nnc.catalog.rows import Applied, Arg, Argument, Kind, LayerRow, MetricRow, Operand, Rejection, Row
from nnc.catalog.shape import Dim, Shape, Size, TensorType
from nnc.catalog.together import refused_together

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
    "refused_together",
    "sees_data",
]
