"""Functions of each value by itself, of values laid over each other, and along axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from nnc.catalog.ops import dtypes
from nnc.catalog.ops.arrays import BATCH, Array, as_array, axes_in, broadcast
from nnc.catalog.rules import Refused, is_float
from nnc.catalog.shape import Dim

Bound: TypeAlias = Mapping[str, Any]
OpRule: TypeAlias = Callable[[Bound], tuple[Array, ...]]
DtypeRule: TypeAlias = Callable[[str], str]


def first(bound: Bound) -> tuple[str, Array]:
    """The first argument, which is the tensor."""
    name = next(iter(bound))
    return name, as_array(bound[name], name)


def pointwise(dtype: DtypeRule, takes: str = "any") -> OpRule:
    """A function of each value by itself."""

    def rule(bound: Bound) -> tuple[Array, ...]:
        name, array = first(bound)
        dtypes.need(array, takes, name)
        return (Array(array.shape, str(bound.get("dtype") or dtype(array.dtype))),)

    return rule


def along(dtype: DtypeRule, takes: str = "any") -> OpRule:
    """A function along an axis that keeps the shape (softmax, cumsum, sort, flip)."""

    def rule(bound: Bound) -> tuple[Array, ...]:
        name, array = first(bound)
        axes_in(bound["axis"], len(array.shape))
        dtypes.need(array, takes, name)
        return (Array(array.shape, dtype(str(bound.get("dtype") or array.dtype))),)

    return rule


def reduction(dtype: DtypeRule, takes: str = "any") -> OpRule:
    """A function that makes one value of all along an axis."""

    def rule(bound: Bound) -> tuple[Array, ...]:
        name, array = first(bound)
        dtypes.need(array, takes, name)
        axes = axes_in(bound["axis"], len(array.shape))
        if bound.get("dtype") is not None and array.dtype == "bool":
            reason = "Keras 3.15 can't reduce truth values where a dtype is given"
            raise Refused(reason, "none", bound["dtype"], "dtype", "leave `dtype` out, or cast the tensor first")
        keep = bool(bound.get("keepdims"))
        shape: tuple[Dim, ...] = tuple(
            1 if index in axes else size for index, size in enumerate(array.shape) if keep or index not in axes
        )
        return (Array(shape, str(bound.get("dtype") or dtype(array.dtype))),)

    return rule


def single_axis(rule: OpRule) -> OpRule:
    """The same for a function that takes one axis and no list of them."""

    def one(bound: Bound) -> tuple[Array, ...]:
        if isinstance(bound["axis"], tuple):
            raise Refused("`axis` must be one axis", "one axis", list(bound["axis"]), "axis")
        return rule(bound)

    return one


def binary(
    *more: str,
    takes: str = "numbers",
    result: DtypeRule = dtypes.kept,
    each: tuple[str, str] = ("any", "any"),
    tensors: bool = False,
) -> OpRule:
    """A function of two values laid over each other.

    `takes` is asked of their common dtype, `each` of their own; with `tensors` neither may be a constant.
    """

    def rule(bound: Bound) -> tuple[Array, ...]:
        (a_name, a_value), (b_name, b_value) = list(bound.items())[:2]
        pair = as_array(a_value, a_name), as_array(b_value, b_name)
        if tensors and not (isinstance(a_value, Array) and isinstance(b_value, Array)):
            raise Refused("both must be tensors", "two tensors", "a constant", b_name)
        dtypes.need(pair[0], each[0], a_name)
        dtypes.need(pair[1], each[1], b_name)
        dtype = dtypes.promoted(pair, *more)
        dtypes.need(Array((), dtype), takes, a_name)
        return (Array(broadcast([array.shape for array in pair]), result(dtype)),)

    return rule


def with_dtype(bound: Bound) -> tuple[Array, ...]:
    """A function to another dtype, which must be named."""
    name, array = first(bound)
    if bound["dtype"] is None:
        raise Refused("`dtype` must be named", "a dtype such as `float32`", "none", "dtype")
    del name
    return (Array(array.shape, str(bound["dtype"])),)


def quantile(most: int) -> OpRule:
    """The value below which a share of an axis lies; `q` is from 0 to `most`."""
    reduced = reduction(dtypes.floated)

    def rule(bound: Bound) -> tuple[Array, ...]:
        q = bound["q"]
        if isinstance(q, tuple):
            raise Refused("several quantiles would come before the batch axis", "one number", list(q), "q")
        if isinstance(q, bool) or not isinstance(q, (int, float)) or not 0 <= q <= most:
            raise Refused(f"`q` must be a number from 0 to {most}", f"a number from 0 to {most}", q, "q")
        return reduced(bound)

    return rule


# ---- a few with a shape of their own -------------------------------------------------------------


def where(bound: Bound) -> tuple[Array, ...]:
    """`where(condition, x1, x2)`: the condition may have any dtype."""
    if bound["x1"] is None or bound["x2"] is None:
        raise Refused("`where` needs both values", "`where(condition, a, b)`", "the condition alone")
    condition, a, b = (as_array(bound[name], name) for name in ("condition", "x1", "x2"))
    return (Array(broadcast([condition.shape, a.shape, b.shape]), dtypes.promoted((a, b))),)


def clip(bound: Bound) -> tuple[Array, ...]:
    """`clip(x, low, high)` keeps the shape of x; the limits are laid over it."""
    array = as_array(bound["x"], "x")
    limits = [as_array(bound[name], name) for name in ("x_min", "x_max")]
    if broadcast([array.shape, *(limit.shape for limit in limits)]) != array.shape:
        raise Refused("the limits must fit onto the tensor", str(array), "a larger shape", "x_min")
    if any(limit.dtype.startswith("float") for limit in limits) and not is_float(array.dtype):
        raise Refused("whole numbers can't be clipped to fractions", "whole limits", "a fraction", "x_max")
    return (Array(array.shape, dtypes.accumulated(array.dtype)),)


def matmul(bound: Bound) -> tuple[Array, ...]:
    """The matrix product of the last two axes; axes before them are laid over each other."""
    a, b = (as_array(bound[name], name) for name in ("x1", "x2"))
    dtype = dtypes.promoted((a, b))
    dtypes.need(Array((), dtype), "numbers", "x1")
    left = a.shape if len(a.shape) > 1 else (1, *a.shape)
    right = b.shape if len(b.shape) > 1 else (*b.shape, 1)
    if not a.shape or not b.shape:
        found = " and ".join("a number" if not side.shape else str(side) for side in (a, b))
        raise Refused("a matrix product needs a tensor on both sides", "two tensors", found,
                      help="a tensor times a number is written `*`")  # fmt: skip
    _contract(left[-1], right[-2], a, b)
    head = broadcast([left[:-2], right[:-2]])
    last = ((left[-2],) if len(a.shape) > 1 else ()) + ((right[-1],) if len(b.shape) > 1 else ())
    return (Array((*head, *last), dtype),)


def _contract(inner: Dim, other: Dim, a: Array, b: Array) -> None:
    if BATCH in (inner, other):
        side, array = ("right", b) if other is BATCH else ("left", a)
        what = "vector" if array.shape[1:] else "number"
        raise Refused(
            f"a matrix product needs a matrix on the {side}, and each row has a {what} there",
            "at least 2 axes", array,
            help="the product of two vectors is ops.sum(a * b, axis=-1)",
        )  # fmt: skip
    if isinstance(inner, int) and isinstance(other, int) and inner != other:
        raise Refused(
            f"the last axis of the left and the last but one of the right must agree, not {inner} and {other}",
            "equal sizes",
            f"{a}, {b}",
        )
