"""Sizes, shapes and tensor types, as the checker, the graph and the catalog's rules see them.

The batch axis is never part of a shape.
"""

from __future__ import annotations

from typing import TypeAlias

from nnc.lean import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """A size that is not known when compiling: `?`, or a name that two inputs may share (`T`, `features`)."""

    name: str = "?"

    @property
    def is_width(self) -> bool:
        """Whether it hangs on the prepared table: such a size is known before anything is built.

        `features?` is one that was reckoned from such a width (`2 * features + 3`).
        """
        return self.name.startswith("features")

    def __str__(self) -> str:
        return self.name


Dim: TypeAlias = int | Size
Shape: TypeAlias = tuple[Dim, ...]


@dataclass(frozen=True, slots=True)
class TensorType:
    """Shape (batch axis left out) and dtype (Keras's word: `float32`, `int32`, `string`, `bool`)."""

    shape: Shape
    dtype: str = "float32"

    def __str__(self) -> str:
        dims = ", ".join(str(dim) for dim in self.shape)
        return f"[{dims}]" if self.dtype == "float32" else f"{self.dtype}[{dims}]"


def same_size(a: Dim, b: Dim) -> bool | None:
    """Whether two sizes are equal: True or False if that is certain, None if it is not known."""
    if isinstance(a, int) and isinstance(b, int):
        return a == b
    if a == b and isinstance(a, Size) and not a.name.endswith("?"):
        return True
    return None
