"""Functions that lay values out anew, put tensors together, take them apart or pick from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from nnc.catalog.ops import dtypes
from nnc.catalog.ops.arrays import BATCH, Array, as_array, axes_in, axis_in, one_axis, texts
from nnc.catalog.ops.elementwise import Bound, first
from nnc.catalog.rows import Argument
from nnc.catalog.rules import Refused, merged, product, unknown
from nnc.catalog.shape import Dim, Shape, Size
from nnc.catalog.values import IndexItem

MOST_PARTS = 4096


def ints_of(value: Argument, argument: str) -> tuple[int, ...]:
    """An argument that must be a whole number or a list of them."""
    items = value if isinstance(value, (tuple, list)) else (value,)
    if not all(isinstance(item, int) and not isinstance(item, bool) for item in items):
        raise Refused(f"`{argument}` must be whole numbers", "whole numbers", value, argument)
    return tuple(items)


def reshape(bound: Bound) -> tuple[Array, ...]:
    """The batch is written as -1, and the rest must hold as many values as before."""
    array = as_array(bound["x"], "x")
    target = ints_of(bound["newshape"], "newshape")
    total = product(array.shape[1:])
    rest = math.prod(target[1:])
    if not target or target[0] != -1 or any(size < 0 for size in target[1:]) or total is None:
        raise Refused(
            "`ops.reshape` must leave the batch alone", "-1 for the batch, then known sizes", list(target), "newshape",
            "write it as a layer, which leaves the batch out: `x -> Reshape([4, -1])`",
        )  # fmt: skip
    if rest != total:
        raise Refused(
            f"a row of {total} values can't be laid out as {list(target[1:])}, which holds {rest}",
            f"{total} values",
            rest,
            "newshape",
        )
    return (Array((BATCH, *target[1:]), array.dtype),)


def transpose(bound: Bound) -> tuple[Array, ...]:
    """Axes in another order; the batch must stay the first."""
    array = as_array(bound["x"], "x")
    rank = len(array.shape)
    axes = bound["axes"]
    order = tuple(range(rank))[::-1] if axes is None else tuple(axis_in(a, rank, "axes") for a in ints_of(axes, "axes"))
    meant = f"write `axes={[0, *range(rank - 1, 0, -1)]}`" if rank > 2 else None
    if sorted(order) != list(range(rank)):
        raise Refused("`axes` must name each axis once, the batch as axis 0 among them", f"each of 0 to {rank - 1}",
                      list(order), "axes", meant)  # fmt: skip
    if order[:1] != (0,):
        found = list(order) if axes is not None else "all axes the other way round"
        raise Refused("the batch, which is axis 0, must stay the first axis", "axes that begin with 0", found, "axes",
                      meant)  # fmt: skip
    return (Array(tuple(array.shape[axis] for axis in order), array.dtype),)


def swapaxes(bound: Bound) -> tuple[Array, ...]:
    """Two axes change places."""
    array = as_array(bound["x"], "x")
    a, b = (axis_in(bound[name], len(array.shape), name) for name in ("axis1", "axis2"))
    shape = list(array.shape)
    shape[a], shape[b] = shape[b], shape[a]
    return (Array(tuple(shape), array.dtype),)


def moveaxis(bound: Bound) -> tuple[Array, ...]:
    """Axes move to other places, the rest keep their order."""
    array = as_array(bound["x"], "x")
    rank = len(array.shape)
    source, target = (
        tuple(axis_in(axis, rank, name) for axis in ints_of(bound[name], name)) for name in ("source", "destination")
    )
    if len(source) != len(target) or len(set(source)) < len(source) or len(set(target)) < len(target):
        raise Refused("each axis needs a place of its own", "equally many different axes", source, "source")
    rest = [size for axis, size in enumerate(array.shape) if axis not in source]
    for place, axis in sorted(zip(target, source, strict=True)):
        rest.insert(place, array.shape[axis])
    return (Array(tuple(rest), array.dtype),)


def expand_dims(bound: Bound) -> tuple[Array, ...]:
    """New axes of size 1."""
    array = as_array(bound["x"], "x")
    axes = ints_of(bound["axis"], "axis")
    rank = len(array.shape) + len(axes)
    places = {axis_in(axis, rank) for axis in axes}
    if len(places) < len(axes):
        raise Refused("an axis stands there twice", "different axes", list(axes), "axis")
    old = iter(array.shape)
    return (Array(tuple(1 if place in places else next(old) for place in range(rank)), array.dtype),)


def squeeze(bound: Bound) -> tuple[Array, ...]:
    """Axes of size 1 fall away: the given ones, or all."""
    array = as_array(bound["x"], "x")
    if bound["axis"] is None:
        raise Refused(
            "Keras must be told which axis falls away, since the size of a batch is open", "an axis", "none", "axis"
        )
    axes = {axis_in(axis, len(array.shape)) for axis in ints_of(bound["axis"], "axis")}
    for axis in axes:
        if array.shape[axis] != 1:
            raise Refused(f"axis {axis} is no axis of size 1", "an axis of size 1", array.shape[axis], "axis")
    return (Array(tuple(size for axis, size in enumerate(array.shape) if axis not in axes), array.dtype),)


def repeat(bound: Bound) -> tuple[Array, ...]:
    """Each value along an axis, several times."""
    array = as_array(bound["x"], "x")
    axis = one_axis(bound["axis"], len(array.shape))
    times = bound["repeats"]
    if isinstance(times, bool) or not isinstance(times, int) or times < 1:
        raise Refused("`repeats` must be a positive whole number", "a positive whole number", times, "repeats")
    size = array.shape[axis]
    wide: Dim = size * times if isinstance(size, int) else (size if times == 1 else unknown(size))
    return (Array(with_size(array.shape, axis, wide), array.dtype),)


def roll(bound: Bound) -> tuple[Array, ...]:
    """Values along an axis move round."""
    array = as_array(bound["x"], "x")
    axes_in(bound["axis"], len(array.shape))
    shifts, axes = ints_of(bound["shift"], "shift"), ints_of(bound["axis"], "axis")
    if len(shifts) != len(axes):
        raise Refused("each axis needs its own shift", f"{len(axes)} shifts", len(shifts), "shift")
    return (array,)


def with_size(shape: Shape, axis: int, size: Dim) -> Shape:
    """The shape with another size along that axis."""
    return (*shape[:axis], size, *shape[axis + 1 :])


# ---- several tensors -----------------------------------------------------------------------------


def _several(bound: Bound) -> list[Array]:
    name, value = next(iter(bound.items()))
    if not isinstance(value, tuple) or not value:
        raise Refused(f"`{name}` must be a list of tensors", "a list of tensors", "something else", name)
    return [as_array(item, name) for item in value]


def concatenate(bound: Bound) -> tuple[Array, ...]:
    """Tensors one after the other along an axis."""
    arrays = _several(bound)
    if len({len(array.shape) for array in arrays}) > 1:
        raise Refused("all must have equally many axes", "equally many axes", texts([a.shape for a in arrays]))
    axis = one_axis(bound["axis"], len(arrays[0].shape))
    sizes = [array.shape[axis] for array in arrays]
    total: Dim = sum(size for size in sizes if isinstance(size, int))
    if any(isinstance(size, Size) for size in sizes):
        total = sizes[0] if len(sizes) == 1 else unknown(*sizes)
    shape = with_size(_alike(arrays, axis), axis, total)
    return (Array(shape, dtypes.promoted(arrays)),)


def stack(bound: Bound) -> tuple[Array, ...]:
    """Tensors side by side along a new axis."""
    arrays = _several(bound)
    if len({len(array.shape) for array in arrays}) > 1:
        raise Refused("all must have the same shape", "the same shape", texts([a.shape for a in arrays]))
    axis = axis_in(bound["axis"], len(arrays[0].shape) + 1)
    shape = _alike(arrays, None)
    return (Array((*shape[:axis], len(arrays), *shape[axis:]), dtypes.promoted(arrays)),)


def _alike(arrays: Sequence[Array], but: int | None) -> Shape:
    """The common shape, one axis left aside."""

    def complain() -> Refused:
        return Refused("the shapes must agree", "equal sizes", texts([array.shape for array in arrays]))

    shape = list(arrays[0].shape)
    for array in arrays[1:]:
        for index, size in enumerate(array.shape):
            if (size is BATCH) != (shape[index] is BATCH):
                raise complain()
            if index != but:
                shape[index] = merged(shape[index], size, complain)
    return tuple(shape)


def split(bound: Bound) -> tuple[Array, ...]:
    """Equal parts along an axis, or parts that begin at given places."""
    array = as_array(bound["x"], "x")
    axis = one_axis(bound["axis"], len(array.shape))
    size, parts = array.shape[axis], bound["indices_or_sections"]
    if isinstance(size, Size) and isinstance(parts, int) and 1 <= parts <= MOST_PARTS and not isinstance(parts, bool):
        return (Array(with_size(array.shape, axis, size if parts == 1 else unknown(size)), array.dtype),) * parts
    if not isinstance(size, int):
        raise Refused("only a known size can be split", "a known size", size, "axis")
    if isinstance(parts, int) and not isinstance(parts, bool):
        if parts < 1 or size % parts:
            raise Refused(
                f"{size} can't be split into {parts} equal parts", f"a divisor of {size}", parts, "indices_or_sections"
            )
        return (Array(with_size(array.shape, axis, size // parts), array.dtype),) * parts
    edges = (0, *ints_of(parts, "indices_or_sections"), size)
    if any(a > b for a, b in pairwise(edges)):
        raise Refused(
            "the places must rise and lie inside", f"places from 0 to {size}", list(edges[1:-1]), "indices_or_sections"
        )
    return tuple(Array(with_size(array.shape, axis, b - a), array.dtype) for a, b in pairwise(edges))


# ---- picking -------------------------------------------------------------------------------------


def getitem(bound: Bound) -> tuple[Array, ...]:
    """`x[:, 0, ...]`: whole numbers take an axis away, slices keep it, and `...` stands for the axes between."""
    array = as_array(bound["x"], "x")
    items = _flat(bound["items"])
    rank = len(array.shape)
    dots = [place for place, item in enumerate(items) if item.is_ellipsis]
    if len(dots) > 1:
        raise Refused("an index may have one `...`", "one `...`", len(dots))
    given = len(items) - len(dots)
    if given > rank:
        raise Refused(f"{given} indices are too many: with the batch there are {rank} axes", f"at most {rank}", given)
    whole = IndexItem(is_slice=True)
    place = dots[0] if dots else len(items)
    full = [*items[:place], *([whole] * (rank - given)), *items[place + 1 :]]
    sizes = [_picked(size, item) for size, item in zip(array.shape, full, strict=True)]
    return (Array(tuple(size for size in sizes if size is not None), array.dtype),)


def _flat(items: Argument) -> list[IndexItem]:
    found: list[IndexItem] = []
    for item in items if isinstance(items, (tuple, list)) else (items,):
        if isinstance(item, (tuple, list)):
            found.extend(_flat(item))
        elif isinstance(item, IndexItem):
            found.append(item)
        else:
            found.append(IndexItem(start=ints_of(item, "index")[0]))
    return found


def _picked(size: Dim, item: IndexItem) -> Dim | None:
    if not item.is_slice:
        if item.start is None:
            raise Refused("an index is a whole number, a slice or `...`", "a whole number", "none")
        if size is BATCH:
            raise Refused(
                "the first index is the batch, and a model may not pick rows of it", "`:` first", item.start,
                help="write `x[:, 0]` for the first value of each row",
            )  # fmt: skip
        if isinstance(size, int) and not -size <= item.start < size:
            raise Refused(f"there is no place {item.start} in an axis of {size}", f"{-size} to {size - 1}", item.start)
        return None
    if (item.start, item.stop, item.step) in ((None, None, None), (None, None, 1), (0, None, None), (0, None, 1)):
        return size
    if size is BATCH:
        raise Refused("the first index is the batch, and a model may not pick rows of it", "`:` first", "a slice")
    if item.step == 0:
        raise Refused("a slice can't go in steps of 0", "another step", 0)
    if not isinstance(size, int):
        return unknown(size)
    return len(range(*slice(item.start, item.stop, item.step).indices(size)))


def one_hot(bound: Bound) -> tuple[Array, ...]:
    """A new axis with a 1 at the place that each whole number names."""
    array = as_array(bound["x"], "x")
    classes = bound["num_classes"]
    if isinstance(classes, bool) or not isinstance(classes, int) or classes < 1:
        raise Refused(
            "`num_classes` must be a positive whole number", "a positive whole number", classes, "num_classes"
        )
    if not array.dtype.startswith(("int", "uint")):
        raise Refused("`x` must be whole numbers", "an int tensor", array.dtype, "x")
    place = axis_in(bound["axis"], len(array.shape) + 1)
    if bound["axis"] != -1 and bound["axis"] not in range(len(array.shape)):
        last = len(array.shape) - 1
        raise Refused("the new axis is -1 where it is the last", f"-1 or 0 to {last}", bound["axis"], "axis")
    dtype = str(bound["dtype"] or "float32")
    return (Array((*array.shape[:place], classes, *array.shape[place:]), dtype),)


def cast(bound: Bound) -> tuple[Array, ...]:
    """Another dtype."""
    array = as_array(bound["x"], "x")
    if bound["dtype"] is None:
        raise Refused("`dtype` must be named", "a dtype such as `float32`", "none", "dtype")
    return (Array(array.shape, str(bound["dtype"])),)


def top_k(bound: Bound) -> tuple[Array, ...]:
    """The k largest along the last axis, and their places."""
    name, array = first(bound)
    dtypes.need(array, "numbers", name)
    k = bound["k"]
    axes_in(-1, len(array.shape))
    last = array.shape[-1]
    if isinstance(k, bool) or not isinstance(k, int) or k < 1 or (isinstance(last, int) and k > last):
        raise Refused(f"there are no {k} largest of {last}", f"1 to {last}", k, "k")
    shape = with_size(array.shape, len(array.shape) - 1, k)
    return Array(shape, array.dtype), Array(shape, "int32")
