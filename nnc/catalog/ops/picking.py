"""Functions that pick values, put them elsewhere, or lay a matrix's diagonal, a stack's parts and the like open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nnc.catalog.ops import dtypes
from nnc.catalog.ops.arrays import BATCH, Array, as_array, broadcast, one_axis
from nnc.catalog.ops.elementwise import Bound, OpRule, binary, first
from nnc.catalog.ops.layout import MOST_PARTS, concatenate, ints_of, split, with_size
from nnc.catalog.rows import Argument
from nnc.catalog.rules import Refused, is_float, plus, times
from nnc.catalog.shape import Size

EMPTY = "this would leave a tensor with no values"


def whole(bound: Bound, name: str, least: int = 0) -> int:
    """An argument that must be a whole number of at least so much."""
    value = bound[name]
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        noun = f"a whole number of at least {least}"
        raise Refused(f"`{name}` must be {noun}", noun, value, name)
    return value


def constant(value: Argument, name: str) -> Array:
    """An argument that must be numbers and no tensor."""
    if isinstance(value, Array):
        raise Refused(f"`{name}` must be a constant here", "a number or a list of them", "a tensor", name)
    return as_array(value, name)


_WHOLE = binary(takes="whole")
_FLOAT = binary("float", takes="any")


def shift(bound: Bound) -> tuple[Array, ...]:
    """The bits of whole numbers moved."""
    (name, value), (_, by) = list(bound.items())[:2]
    if isinstance(by, bool) and as_array(value, name).dtype not in ("int32", "int64"):
        raise Refused("Keras 3.15 takes truth values here for int32 and int64 alone", "a whole number", by)
    if as_array(value, name).dtype == "bool" and not isinstance(by, Array):
        raise Refused(f"`{name}` must be whole numbers", "whole numbers", "bool", name)
    (result,) = _WHOLE(bound)
    if isinstance(value, Array) and len(value.shape) and result.shape != value.shape:
        raise Refused(
            f"Keras 3.15 gives the result the shape of `{name}`, whatever it is moved by", f"the shape of `{name}`", by,
            help=f"add zeros of the other's shape to `{name}` first",
        )  # fmt: skip
    return (result,)


def nextafter(bound: Bound) -> tuple[Array, ...]:
    """The next float; a fraction that is a constant counts as float32."""
    (first_name, a), (second_name, b) = list(bound.items())[:2]
    pair = [Array((), "float32") if isinstance(value, float) else value for value in (a, b)]
    return _FLOAT({first_name: pair[0], second_name: pair[1]})


# ---- places --------------------------------------------------------------------------------------


def take(bound: Bound) -> tuple[Array, ...]:
    """The values at constant places along an axis."""
    array = as_array(bound["x"], "x")
    axis = one_axis(bound["axis"], len(array.shape))
    indices = constant(bound["indices"], "indices")
    if not indices.dtype.startswith("int"):
        raise Refused("`indices` must be whole numbers", "whole numbers", bound["indices"], "indices")
    size = array.shape[axis]
    for place in _leaves(bound["indices"]):
        if isinstance(size, int) and not -size <= place < size:
            raise Refused(f"there is no place {place} in an axis of {size}", f"{-size} to {size - 1}", place, "indices")
    return (Array((*array.shape[:axis], *indices.shape, *array.shape[axis + 1 :]), array.dtype),)


def _leaves(value: Any) -> list[int]:
    if isinstance(value, (tuple, list)):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


def take_along_axis(bound: Bound) -> tuple[Array, ...]:
    """For each row the values at the places that another tensor names."""
    array, places = as_array(bound["x"], "x"), as_array(bound["indices"], "indices")
    if not isinstance(bound["indices"], Array) or not places.dtype.startswith(("int", "uint")):
        raise Refused("`indices` must be a tensor of whole numbers", "an int tensor", places.dtype, "indices")
    axis = one_axis(bound["axis"], len(array.shape))
    if len(places.shape) != len(array.shape):
        raise Refused("both must have equally many axes", str(array), places, "indices")
    around = broadcast([with_size(array.shape, axis, 1), with_size(places.shape, axis, 1)], "indices")
    return (Array(with_size(around, axis, places.shape[axis]), array.dtype),)


def slice_(bound: Bound) -> tuple[Array, ...]:
    """A block of values: where it begins, and how large it is."""
    array = as_array(bound["inputs"], "inputs")
    begin, sizes = (ints_of(bound[name], name) for name in ("start_indices", "shape"))
    if len(begin) != len(array.shape) or len(sizes) != len(array.shape):
        raise Refused("each axis needs a start and a size", f"{len(array.shape)} of each", len(begin), "start_indices")
    if not begin or begin[0] != 0 or sizes[0] != -1:
        raise Refused(
            "a slice must leave the batch alone", "start 0 and size -1 first", list(begin[:1]), "start_indices"
        )
    for size, start, count in zip(array.shape[1:], begin[1:], sizes[1:], strict=True):
        if start < 0 or count < 1 or (isinstance(size, int) and start + count > size):
            raise Refused(f"{count} values from {start} do not fit into {size}", f"up to {size}", count, "shape")
    return (Array((array.shape[0], *sizes[1:]), array.dtype),)


def slice_update(bound: Bound) -> tuple[Array, ...]:
    """The tensor with a block of it replaced."""
    array, news = as_array(bound["inputs"], "inputs"), as_array(bound["updates"], "updates")
    begin = ints_of(bound["start_indices"], "start_indices")
    if len(begin) != len(array.shape) or len(news.shape) != len(array.shape):
        raise Refused("both must have equally many axes, with a start for each", str(array), news, "updates")
    if not begin or begin[0] != 0 or news.shape[0] is not BATCH:
        raise Refused("the update must leave the batch alone", "start 0 first", list(begin[:1]), "start_indices")
    if news.dtype != array.dtype:
        raise Refused("both must have the same dtype", array.dtype, news.dtype, "updates")
    for size, start, count in zip(array.shape[1:], begin[1:], news.shape[1:], strict=True):
        if start < 0 or (isinstance(size, int) and isinstance(count, int) and start + count > size):
            raise Refused(f"{count} values from {start} do not lie in an axis of {size}", f"up to {size}", count)
    return (array,)


# ---- parts ---------------------------------------------------------------------------------------


def append(bound: Bound) -> tuple[Array, ...]:
    """Two tensors one after the other."""
    arrays = [as_array(bound[name], name) for name in ("x1", "x2")]
    axis = one_axis(bound["axis"], len(arrays[0].shape))
    if any(axis < len(array.shape) and isinstance(array.shape[axis], Size) for array in arrays):
        raise Refused("Keras 3.15 can't append along an axis whose size is open", "a known size", "an open one", "axis",
                      "use `ops.concatenate`")  # fmt: skip
    return concatenate({"xs": (bound["x1"], bound["x2"]), "axis": bound["axis"]})


def stacked_at(axis: int) -> OpRule:
    """`hstack`, `dstack`: tensors one after the other along that axis."""

    def rule(bound: Bound) -> tuple[Array, ...]:
        name, value = next(iter(bound.items()))
        arrays = [as_array(item, name) for item in value] if isinstance(value, tuple) else []
        wide = tuple(
            Array((*array.shape, 1), array.dtype) if len(array.shape) == axis and axis > 1 else array
            for array in arrays
        )
        (found,) = concatenate({name: wide, "axis": axis})
        # Keras takes the other sizes from the first tensor, known or not.
        return (Array(with_size(wide[0].shape, axis, found.shape[axis]), found.dtype),)

    return rule


def split_at(axis: int) -> OpRule:
    """`hsplit`, `dsplit`: equal parts along that axis."""
    return lambda bound: split({**bound, "axis": axis})


def array_split(bound: Bound) -> tuple[Array, ...]:
    """Parts along an axis that may differ by one."""
    array = as_array(bound["x"], "x")
    axis = one_axis(bound["axis"], len(array.shape))
    parts, size = whole(bound, "indices_or_sections", 1), array.shape[axis]
    if parts == 1:
        return (array,)
    if not isinstance(size, int):
        raise Refused("only a known size can be split", "a known size", size, "axis")
    if parts > size:
        raise Refused(EMPTY, f"at most {size} parts", parts, "indices_or_sections")
    sizes = [size // parts + (number < size % parts) for number in range(parts)]
    return tuple(Array(with_size(array.shape, axis, part), array.dtype) for part in sizes)


def unstack(bound: Bound) -> tuple[Array, ...]:
    """One tensor for each place along an axis."""
    array = as_array(bound["x"], "x")
    axis = one_axis(bound["axis"], len(array.shape))
    size = array.shape[axis]
    count = size if bound["num"] is None else whole(bound, "num", 1)
    if not isinstance(count, int) or (isinstance(size, int) and count != size):
        raise Refused("`num` must be the size of the axis", str(size), bound["num"], "num")
    if count > MOST_PARTS:
        raise Refused("that many tensors are not taken apart", f"at most {MOST_PARTS}", count, "num")
    return (Array((*array.shape[:axis], *array.shape[axis + 1 :]), array.dtype),) * count


def diff(bound: Bound) -> tuple[Array, ...]:
    """Differences of neighbours along an axis, n times."""
    array = as_array(bound["a"], "a")
    axis = one_axis(bound["axis"], len(array.shape))
    steps, size = whole(bound, "n"), array.shape[axis]
    if isinstance(size, int) and size <= steps:
        raise Refused(EMPTY, f"less than {size}", steps, "n")
    return (Array(with_size(array.shape, axis, plus(size, -steps)), array.dtype),)


def trapezoid(bound: Bound) -> tuple[Array, ...]:
    """The area under the values along an axis."""
    array = as_array(bound["y"], "y")
    axis = one_axis(bound["axis"], len(array.shape))
    if bound["axis"] not in (-1, axis):
        raise Refused("Keras 3.15 fails on other negative axes than -1", str(axis), bound["axis"], "axis")
    if bound["x"] is not None:
        places = constant(bound["x"], "x")
        if len(places.shape) != 1 or places.shape[0] != array.shape[axis]:
            raise Refused("`x` must be a number for each place of the axis", str(array.shape[axis]), places, "x")
    return (Array((*array.shape[:axis], *array.shape[axis + 1 :]), dtypes.floated(array.dtype)),)


def tile(bound: Bound) -> tuple[Array, ...]:
    """The whole tensor, several times along its axes."""
    array = as_array(bound["x"], "x")
    repeats = ints_of(bound["repeats"], "repeats")
    repeats = (1,) * (len(array.shape) - len(repeats)) + repeats
    if len(repeats) > len(array.shape) or not repeats or repeats[0] != 1:
        raise Refused("`tile` must leave the batch alone", "1 for the batch", list(repeats), "repeats")
    if min(repeats) < 1:
        raise Refused(EMPTY, "positive whole numbers", list(repeats), "repeats")
    shape = tuple(times(size, count) for size, count in zip(array.shape, repeats, strict=True))
    return (Array(shape, array.dtype),)


_ROOM: dict[str, Callable[[int], int]] = {"reflect": lambda size: size - 1, "symmetric": lambda size: size}


def pad(bound: Bound) -> tuple[Array, ...]:
    """More values before and behind along each axis."""
    array, widths, mode = as_array(bound["x"], "x"), bound["pad_width"], bound["mode"]
    pairs = [ints_of(pair, "pad_width") for pair in widths] if isinstance(widths, tuple) else []
    if len(pairs) != len(array.shape) or any(len(pair) != 2 or min(pair) < 0 for pair in pairs):
        noun = f"{len(array.shape)} pairs, the first for the batch"
        raise Refused("`pad_width` must be a pair for each axis", noun, widths, "pad_width")
    if not pairs or pairs[0] != (0, 0):
        raise Refused("padding must leave the batch alone", "[0, 0] first", list(pairs[:1]), "pad_width")
    if mode not in ("constant", *_ROOM):
        raise Refused("`mode` must be `constant`, `reflect` or `symmetric`", "one of these", mode, "mode")
    fill = bound["constant_values"]
    if fill is not None:
        wrong = constant(fill, "constant_values").dtype
        if mode != "constant" or array.dtype == "bool" or (wrong == "float32" and not is_float(array.dtype)):
            raise Refused("this tensor can't be padded with that", "a number of its dtype", fill, "constant_values")
    for size, pair in zip(array.shape, pairs, strict=True):
        if mode in _ROOM and isinstance(size, int) and max(pair) > _ROOM[mode](size):
            raise Refused(f"an axis of {size} can't be padded by {max(pair)} of its own values",
                          f"at most {_ROOM[mode](size)}", max(pair), "pad_width")  # fmt: skip
    return (Array(tuple(plus(size, sum(pair)) for size, pair in zip(array.shape, pairs, strict=True)), array.dtype),)


def select(bound: Bound) -> tuple[Array, ...]:
    """The value of the first condition that holds."""
    if not all(isinstance(bound[name], tuple) and bound[name] for name in ("condlist", "choicelist")):
        raise Refused("`select` needs a list of conditions and a list of values", "two lists", "something else")
    conditions = [as_array(item, "condlist") for item in bound["condlist"]]
    choices = [as_array(item, "choicelist") for item in bound["choicelist"]]
    if len(conditions) != len(choices):
        raise Refused("each condition needs its value", f"{len(conditions)} values", len(choices), "choicelist")
    shape = conditions[0].shape
    if any(array.shape != shape for array in (*conditions, *choices)) or any(c.dtype != "bool" for c in conditions):
        raise Refused("conditions and values must have one shape, the conditions being truth values",
                      str(conditions[0]), "others", "choicelist")  # fmt: skip
    dtype = dtypes.promoted((*choices, as_array(bound["default"], "default")))
    dtypes.need(Array((), dtype), "numbers", "choicelist")
    return (Array(shape, dtype),)


def view(bound: Bound) -> tuple[Array, ...]:
    """The same bytes read as another dtype: the last axis grows or shrinks."""
    name, array = first(bound)
    dtypes.need(array, "numbers", name)
    if bound["dtype"] == "bool":
        raise Refused("numbers can't be read as truth values", "a dtype such as `int32`", bound["dtype"], "dtype")
    dtype = str(bound["dtype"] or array.dtype)
    old, new = dtypes.size_in_bytes(array.dtype), dtypes.size_in_bytes(dtype)
    axis = one_axis(-1, len(array.shape))
    size = array.shape[axis]
    if isinstance(size, Size) or size * old % new:
        raise Refused("the last axis does not hold a whole number of these", dtype, array, "dtype")
    return (Array(with_size(array.shape, axis, size * old // new), dtype),)
