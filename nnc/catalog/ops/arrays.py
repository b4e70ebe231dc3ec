"""Arrays as `keras.ops` sees them: with the batch axis, and with Python's numbers among them.

Outside this folder a shape leaves the batch axis out. Here it is the first axis of every tensor of a model, so
that axes and broadcasting count as in Keras; `leave` takes it off again, and refuses what has lost or moved it.
"""

from __future__ import annotations

from collections.abc import Sequence

from nnc.catalog.rows import Argument
from nnc.catalog.rules import Refused, axes_text
from nnc.catalog.shape import Dim, Shape, Size, TensorType
from nnc.lean import dataclass

BATCH = Size("batch axis")


@dataclass(frozen=True, slots=True)
class Array:
    """A tensor with its batch axis, or a constant without one. `weak`: a Python number, which takes on a dtype."""

    shape: Shape
    dtype: str
    weak: bool = False

    def __str__(self) -> str:
        return str(TensorType(self.shape[1:], self.dtype)) if has_batch(self.shape) else f"{list(self.shape)}"


def has_batch(shape: Shape) -> bool:
    """Whether its first axis is the batch and no other is."""
    return bool(shape) and shape[0] is BATCH and BATCH not in shape[1:]


def enter(value: Argument) -> Argument:
    """A tensor's type becomes an Array; in tuples as well. Constants stay what they are."""
    if isinstance(value, TensorType):
        if value.dtype == "string":
            raise Refused("`ops` functions compute with numbers and can't take text", "a tensor of numbers", value)
        return Array((BATCH, *value.shape), value.dtype)
    return tuple(enter(item) for item in value) if isinstance(value, (tuple, list)) else value


def leave(array: Array) -> TensorType:
    """The type of a result; refused where it mixes the rows of a batch."""
    if has_batch(array.shape):
        return TensorType(array.shape[1:], array.dtype)
    raise Refused(
        "this would mix the rows of a batch, or leave them no longer along the first axis",
        "a result for each row by itself",
        help="count axes with the batch as axis 0, or from the end, such as `axis=-1`",
    )


_WEAK = ((bool, "bool"), (int, "int32"), (float, "float32"))


def as_array(value: Argument, argument: str) -> Array:
    """An operand: an array, a Python number, or nested lists of numbers."""
    if isinstance(value, Array):
        return value
    for kind, dtype in _WEAK:
        if isinstance(value, kind):
            return Array((), dtype, weak=dtype != "bool")
    if isinstance(value, tuple) and value:
        items = [as_array(item, argument) for item in value]
        if any(BATCH in item.shape for item in items):
            raise Refused(
                f"`{argument}` must be one tensor, not a list of them", "a tensor", "a list", argument,
                "put them together first, such as with `Concatenate()`",
            )  # fmt: skip
        if len({item.shape for item in items}) == 1:
            strongest = max(items, key=lambda item: [dtype for _, dtype in _WEAK].index(item.dtype))
            return Array((len(items), *items[0].shape), strongest.dtype)
    raise Refused(f"`{argument}` must be a tensor or a number", "a tensor or a number", "something else", argument)


def broadcast(shapes: Sequence[Shape], argument: str | None = None) -> Shape:
    """The common shape, aligned at the last axis as in NumPy. The batch may lie over the batch, over 1, or nothing."""
    rank = max((len(shape) for shape in shapes), default=0)
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    found = tuple(_common(sizes, shapes, argument) for sizes in zip(*padded, strict=True))
    if BATCH in found[1:]:
        raise _misplaced_batch(shapes, argument)
    return found


def _common(sizes: tuple[Dim, ...], shapes: Sequence[Shape], argument: str | None) -> Dim:
    wide: list[Dim] = [size for size in sizes if size != 1]
    known = {size for size in wide if isinstance(size, int)}
    if BATCH in wide and known:
        raise _misplaced_batch(shapes, argument)
    if len(known) > 1:
        raise Refused("these shapes can't be laid over each other", "equal sizes, or 1", texts(shapes), argument)
    if known:
        return known.pop()
    if not wide:
        return 1
    # Among open sizes any may yet be 1, so the common one is only known where all are the same.
    return wide[0] if all(size == wide[0] for size in wide) else Size()


def _misplaced_batch(shapes: Sequence[Shape], argument: str | None) -> Refused:
    return Refused(
        "shapes are laid over each other from the last axis, so a batch lies over another axis here",
        "equally many axes",
        texts(shapes),
        argument,
        "give the smaller tensor axes of size 1, such as with `ops.expand_dims(x, -1)` or `Reshape`",
    )


def texts(shapes: Sequence[Shape]) -> str:
    """Shapes for messages, without the batch."""
    return ", ".join("[" + ", ".join(str(size) for size in shape if size is not BATCH) + "]" for shape in shapes)


def axis_in(axis: Argument, rank: int, argument: str = "axis") -> int:
    """The index of an axis counted with the batch; refused where there is none."""
    if isinstance(axis, bool) or not isinstance(axis, int) or not -rank <= axis < rank:
        raise Refused(
            f"there is no axis {axis}: with the batch as axis 0 there are {axes_text(rank)}",
            f"an axis from {-rank} to {rank - 1}",
            axis,
            argument,
        )
    return axis % rank


def one_axis(axis: Argument, rank: int, argument: str = "axis") -> int:
    """A single axis other than the batch."""
    if isinstance(axis, tuple):
        raise Refused(f"`{argument}` must be one axis", "one axis", list(axis), argument)
    return axes_in(axis, rank, argument)[0]


def axes_in(axes: Argument, rank: int, argument: str = "axis") -> tuple[int, ...]:
    """Several axes, none twice; none of them may be the batch."""
    if axes is None:
        raise Refused(
            "over all axes this would mix the rows of a batch", "an axis other than 0", "none", argument,
            "say which axis is meant, such as `axis=-1`",
        )  # fmt: skip
    found = tuple(axis_in(axis, rank, argument) for axis in (axes if isinstance(axes, tuple) else (axes,)))
    if len(set(found)) < len(found):
        raise Refused("an axis stands there twice", "different axes", axes, argument)
    if 0 in found:
        raise Refused(
            "axis 0 is the batch, and a model may not mix the rows of a batch", "an axis other than 0", axes, argument
        )
    return found
