"""Linear algebra on the last two axes of a tensor, and sums of products by `einsum`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nnc.catalog.ops import dtypes
from nnc.catalog.ops.arrays import BATCH, Array, as_array, broadcast, texts
from nnc.catalog.ops.elementwise import Bound, OpRule, first
from nnc.catalog.rules import Refused, merged
from nnc.catalog.shape import Dim, Shape


def _matrices(bound: Bound, name: str | None = None, takes: str = "wide") -> Array:
    """The tensor, which must have two axes beside the batch and, in most cases, 32 or 64-bit floats."""
    found = name or first(bound)[0]
    array = as_array(bound[found], found)
    if len(array.shape) < 3:
        raise Refused(f"`{found}` must hold matrices: two axes beside the batch", "at least 2 axes", array, found)
    dtypes.need(array, takes, found)
    return array


def _square(bound: Bound, name: str | None = None, takes: str = "wide") -> Array:
    array = _matrices(bound, name, takes)
    rows, columns = array.shape[-2:]
    if isinstance(rows, int) != isinstance(columns, int) or (isinstance(rows, int) and rows != columns):
        raise Refused("the matrices must be square", "equal last axes", array, name or "x")
    return array


def square(*, outputs: Sequence[int], takes: str = "wide") -> OpRule:
    """A function of square matrices; each output keeps so many of the last two axes."""

    def rule(bound: Bound) -> tuple[Array, ...]:
        array = _square(bound, takes=takes)
        return tuple(Array(array.shape[: len(array.shape) - 2 + kept], array.dtype) for kept in outputs)

    return rule


def matrix_rank(bound: Bound) -> tuple[Array, ...]:
    """How many rows of a matrix are independent."""
    return (Array(_matrices(bound).shape[:-2], "int32"),)


def logdet(bound: Bound) -> tuple[Array, ...]:
    """The logarithm of the determinant of positive matrices."""
    array = _matrices(bound)
    rows, columns = array.shape[-2:]
    if isinstance(rows, int) and isinstance(columns, int) and rows != columns:
        raise Refused("the matrices must be square", "equal last axes", array, "x")
    return (Array(array.shape[:-2], array.dtype),)


def pinv(bound: Bound) -> tuple[Array, ...]:
    """The pseudo-inverse: the last two axes change places."""
    array = _matrices(bound)
    return (Array((*array.shape[:-2], array.shape[-1], array.shape[-2]), array.dtype),)


def _known(array: Array) -> tuple[int, int]:
    rows, columns = array.shape[-2:]
    if not isinstance(rows, int) or not isinstance(columns, int):
        raise Refused("the sizes of the matrices must be known", "known sizes", array, "x")
    return rows, columns


def svd(bound: Bound) -> tuple[Array, ...]:
    """Singular values, and the matrices on both sides of them unless `compute_uv=false`."""
    array = _matrices(bound)
    (rows, columns), head = _known(array), array.shape[:-2]
    least = min(rows, columns)
    values = Array((*head, least), array.dtype)
    if not bound["compute_uv"]:
        return (values,)
    left, right = (rows, columns) if bound["full_matrices"] else (least, least)
    return Array((*head, rows, left), array.dtype), values, Array((*head, right, columns), array.dtype)


def qr(bound: Bound) -> tuple[Array, ...]:
    """An orthogonal matrix and a triangular one."""
    name, array = first(bound)
    if len(array.shape) < 3:
        raise Refused("`x` must hold matrices: two axes beside the batch", "at least 2 axes", array, name)
    dtypes.need(array, "floats", name)
    (rows, columns), head, mode = _known(array), array.shape[:-2], bound["mode"]
    if mode not in ("reduced", "complete"):
        raise Refused("`mode` must be `reduced` or `complete`", "one of these", mode, "mode")
    inner = min(rows, columns) if mode == "reduced" else rows
    return Array((*head, rows, inner), array.dtype), Array((*head, inner, columns), array.dtype)


def solve(bound: Bound) -> tuple[Array, ...]:
    """What a matrix must be multiplied with to give `b`."""
    a, b = _square(bound, "a"), as_array(bound["b"], "b")
    vector = len(b.shape) == len(a.shape) - 1
    if not vector and len(b.shape) != len(a.shape):
        raise Refused("`b` must have as many axes as `a`, or one less", str(a), b, "b")
    if a.dtype != b.dtype:
        raise Refused("both must have the same dtype", a.dtype, b.dtype, "b")

    def complain() -> Refused:
        return Refused("the rows of `a` and of `b` must agree", "equal sizes", texts([a.shape, b.shape]), "b")

    for one, other in zip(a.shape[:-1], b.shape, strict=False):
        if (one is BATCH) != (other is BATCH):
            raise complain()
        merged(one, other, complain)
    return (b,)


def cdist(bound: Bound) -> tuple[Array, ...]:
    """The distance of each row of one matrix to each row of another."""
    a, b = as_array(bound["x"], "x"), as_array(bound["y"], "y")
    if min(len(a.shape), len(b.shape)) < 3 or len(a.shape) != len(b.shape):
        raise Refused("both must hold matrices: two axes beside the batch", "2 axes", texts([a.shape, b.shape]), "y")
    for array, name in ((a, "x"), (b, "y")):
        dtypes.need(array, "floats", name)
    if a.dtype != b.dtype:
        raise Refused("both must have the same dtype", a.dtype, b.dtype, "y")
    if isinstance(a.shape[-1], int) != isinstance(b.shape[-1], int) or (
        isinstance(a.shape[-1], int) and a.shape[-1] != b.shape[-1]
    ):
        raise Refused("the last axes must agree", "equal sizes", texts([a.shape, b.shape]), "y")
    head = broadcast([a.shape[:-2], b.shape[:-2]])
    return (Array((*head, a.shape[-2], b.shape[-2]), a.dtype),)


def cross(bound: Bound) -> tuple[Array, ...]:
    """The cross product of vectors of 2 or 3 numbers along the last axis."""
    if any(bound[name] not in (-1, None) for name in ("axisa", "axisb", "axisc", "axis")):
        raise Refused("nnc checks `cross` along the last axis alone", "the last axis", bound["axis"], "axis")
    a, b = (as_array(bound[name], name) for name in ("x1", "x2"))
    dtype = dtypes.promoted((a, b))
    dtypes.need(Array((), dtype), "numbers", "x1")
    for array in (a, b):
        if len(array.shape) < 2 or array.shape[-1] not in (2, 3):
            raise Refused("the last axis of both must be 2 or 3", "2 or 3", texts([a.shape, b.shape]))
    head = broadcast([a.shape[:-1], b.shape[:-1]])
    flat = a.shape[-1] == b.shape[-1] == 2
    return (Array(head if flat else (*head, 3), dtype),)


# ---- einsum --------------------------------------------------------------------------------------

_SPEC = re.compile(r"[A-Za-z.]*(,[A-Za-z.]*)*(->[A-Za-z.]*)?")


def einsum(bound: Bound) -> tuple[Array, ...]:
    """Sums of products, as the letters say; the batch is the first letter everywhere."""
    text = bound["subscripts"]
    if not isinstance(text, str) or not _SPEC.fullmatch(text.replace(" ", "")):
        raise Refused("the first argument says the axes as letters", '"bij,bjk->bik"', text, "subscripts")
    left, arrow, right = text.replace(" ", "").partition("->")
    parts, operands = left.split(","), [as_array(item, "operands") for item in bound["operands"]]
    if len(parts) != len(operands):
        raise Refused(f"`{text}` speaks of {len(parts)} tensors", f"{len(parts)} tensors", len(operands), "operands")
    dtype = dtypes.promoted(operands)
    dtypes.need(Array((), dtype), "numbers", "operands")
    sizes: dict[str, Dim] = {}
    dots: list[Shape] = []
    for part, array in zip(parts, operands, strict=True):
        _label(part, array, sizes, dots)
    between = broadcast(dots) if dots else ()
    if not arrow:
        letters = left.replace(",", "").replace(".", "")
        right = ("..." if dots else "") + "".join(sorted(c for c in sizes if letters.count(c) == 1))
    return (Array(_named(right, sizes, between), dtype),)


def _label(part: str, array: Array, sizes: dict[str, Dim], dots: list[Shape]) -> None:
    head, ellipsis, tail = part.partition("...")
    named = len(head) + len(tail)
    if "." in head + tail or named > len(array.shape) or (not ellipsis and named != len(array.shape)):
        raise Refused(
            f"`{part}` does not name the axes of this tensor", f"{len(array.shape)} letters", array, "operands"
        )
    inner = len(array.shape) - len(tail)
    if ellipsis:
        dots.append(array.shape[len(head) : inner])
    dims = (*array.shape[: len(head)], *array.shape[inner:])
    for letter, size in zip(head + tail, dims, strict=True):
        known = sizes.get(letter, size)

        def complain(letter: str = letter, known: Dim = known, size: Dim = size) -> Refused:
            return Refused(f"the axis `{letter}` has two sizes", "one size", f"{known} and {size}", "operands")

        if (known is BATCH) != (size is BATCH):
            reason = f"`{letter}` stands for the batch here and for another axis there"
            raise Refused(reason, "the batch as the first letter of each part", part, "subscripts")
        sizes[letter] = merged(known, size, complain)


def _named(right: str, sizes: dict[str, Dim], between: Shape) -> Shape:
    head, ellipsis, tail = right.partition("...")
    letters = head + tail
    if any(letter not in sizes for letter in letters) or len(set(letters)) < len(letters):
        raise Refused(f"`{right}` names an axis that is not there, or one twice", "axes of the tensors", right)
    if between and not ellipsis:
        raise Refused("the result must have `...` too", "`...` behind `->`", right, "subscripts")
    return (*(sizes[c] for c in head), *(between if ellipsis else ()), *(sizes[c] for c in tail))
