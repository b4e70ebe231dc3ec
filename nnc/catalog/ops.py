"""Functions of tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc.catalog.rows import Argument, Rejection
from nnc.catalog.shape import TensorType


def apply_op(name: str, args: Sequence[Argument], kwargs: Mapping[str, Argument]) -> tuple[TensorType, ...] | Rejection:
    """The types of `keras.ops.<name>(...)`; tensors among the arguments stand there as TensorType."""
    del args, kwargs
    return Rejection(f"nnc can't check `ops.{name}` yet")
