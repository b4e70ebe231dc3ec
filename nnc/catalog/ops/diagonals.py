"""Matrices as tables of numbers: diagonals, triangles, turns."""

from __future__ import annotations

from nnc.catalog.ops import dtypes
from nnc.catalog.ops.arrays import Array, as_array, axis_in, one_axis
from nnc.catalog.ops.elementwise import Bound, OpRule
from nnc.catalog.ops.layout import ints_of
from nnc.catalog.rules import Refused, unknown
from nnc.catalog.shape import Dim, Size

EMPTY = "this would leave a tensor with no values"


def _two_axes(bound: Bound, array: Array) -> tuple[int, int]:
    a, b = (one_axis(bound[name], len(array.shape), name) for name in ("axis1", "axis2"))
    if a == b:
        raise Refused("the two axes must differ", "two axes", bound["axis2"], "axis2")
    return a, b


def _diagonal_length(rows: Dim, columns: Dim, offset: int) -> Dim:
    if not isinstance(rows, int) or not isinstance(columns, int):
        return unknown(rows, columns)
    length = min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns)
    if length < 1:
        raise Refused("there is no such diagonal", "an offset inside the matrix", offset, "offset")
    return length


def diagonal(bound: Bound) -> tuple[Array, ...]:
    """The diagonal of two axes, as the last axis."""
    array = as_array(bound["x"], "x")
    a, b = _two_axes(bound, array)
    length = _diagonal_length(array.shape[a], array.shape[b], ints_of(bound["offset"], "offset")[0])
    rest = tuple(size for axis, size in enumerate(array.shape) if axis not in (a, b))
    return (Array((*rest, length), array.dtype),)


def trace(bound: Bound) -> tuple[Array, ...]:
    """The sum of the diagonal of two axes."""
    (found,) = diagonal(bound)
    array = as_array(bound["x"], "x")
    rows, columns = (array.shape[axis] for axis in _two_axes(bound, array))
    if isinstance(rows, int) and isinstance(columns, int) and not _mask_fits(rows, columns, int(bound["offset"])):
        raise Refused(
            "Keras 3.15 fails on this diagonal of a matrix that is not square", "0", bound["offset"], "offset",
            "sum what `ops.diagonal` gives",
        )  # fmt: skip
    return (Array(found.shape[:-1], dtypes.summed(found.dtype)),)


def _mask_fits(rows: int, columns: int, offset: int) -> bool:
    """Whether the mask that Keras 3.15 makes of a diagonal (its `eye`) has the size of the matrix."""
    length = min(columns - offset, rows + offset)
    high = length + max(-offset, 0) + max(rows - columns + offset, 0)
    wide = length + max(offset, 0) + max(columns - rows - offset, 0)
    return length >= 0 and (high, wide) == (rows, columns)


def triangle(along: int, sign: int) -> OpRule:
    """A triangle of the last two axes, whose edge TensorFlow takes no further than that axis is long."""

    def rule(bound: Bound) -> tuple[Array, ...]:
        array, k = as_array(bound["x"], "x"), ints_of(bound["k"], "k")[0]
        if len(array.shape) < 3:
            raise Refused("a triangle needs two axes beside the batch", "2 axes", array, "x")
        size = array.shape[along]
        if not isinstance(size, Size) and sign * k > size:
            raise Refused("the edge of the triangle lies outside the matrix", f"{sign * size} at the furthest", k, "k")
        return (array,)

    return rule


def flip_columns(bound: Bound) -> tuple[Array, ...]:
    """The first axis beside the batch turned round."""
    array = as_array(next(iter(bound.values())), "x")
    axis_in(1, len(array.shape), "x")
    return (array,)


def rot90(bound: Bound) -> tuple[Array, ...]:
    """A quarter turn of two axes, k times."""
    array = as_array(bound["array"], "array")
    axes = ints_of(bound["axes"], "axes")
    if len(axes) != 2:
        raise Refused("`axes` must be two axes", "two axes", list(axes), "axes")
    a, b = (one_axis(axis, len(array.shape), "axes") for axis in axes)
    turns = ints_of(bound["k"], "k")[0]
    if a == b:
        raise Refused("the two axes must differ", "two axes", list(axes), "axes")
    shape = list(array.shape)
    if turns % 2:
        shape[a], shape[b] = shape[b], shape[a]
    elif shape[a] != shape[b]:
        raise Refused(
            "Keras 3.15 gets the shape of a half turn wrong", "an odd `k`", turns, "k", "flip both axes with `ops.flip`"
        )
    return (Array(tuple(shape), array.dtype),)
