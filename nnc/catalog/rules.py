"""What the shape rules share: how a rule refuses, and small questions about sizes, axes and dtypes.

A rule may raise `Refused`; `apply_layer` and `apply_op` turn it into the `Rejection` that it carries, so that
helpers several calls deep need not hand it up by hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from nnc.catalog.rows import Applied, Argument, LayerRow, Operand, Rejection, Rule
from nnc.catalog.shape import Dim, Shape, Size, TensorType, same_size

Args: TypeAlias = Mapping[str, Argument]
UNKNOWN = Size()
WIDTH = Size("features?")

# A tensor or weight with more elements than this can't be made by anybody; counts stay exact integers all the same.
LARGEST_SIZE = 2**62


class Refused(Exception):
    """A rule's refusal on its way to `apply_layer`, `apply_op`: never seen outside this folder."""

    def __init__(
        self,
        reason: str,
        expected: str | None = None,
        found: object = None,
        argument: str | None = None,
        help: str | None = None,  # noqa: A002 - the field's own name, as in Rejection
    ) -> None:
        self.rejection = Rejection(reason, expected, None if found is None else str(found), argument, help)
        super().__init__(reason)


# ---- operands ------------------------------------------------------------------------------------

TensorRule: TypeAlias = Callable[[Args, TensorType], Applied]


def single(rule: TensorRule, ndim: int | None = None, at_least: int = 0) -> Rule:
    """A rule for a layer that takes one tensor, of `ndim` axes (the batch axis not counted) where that is given."""

    def apply(args: Args, operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Applied:
        tensor = one_tensor(operands, by_name)
        need_rank(tensor, ndim, at_least)
        return rule(args, tensor)

    return apply


def one_tensor(operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> TensorType:
    """The only operand; refused where there are more, or a list."""
    for name in by_name:
        if name not in {"inputs", "training", "mask"}:
            raise Refused(f"this layer has no input named `{name}`", "one input", f"`{name}=`")
    given = [*operands, *(by_name[name] for name in ("inputs",) if name in by_name)]
    if len(given) != 1:
        raise Refused("this layer takes one input", "one tensor", f"{len(given)} inputs")
    tensor = given[0]
    if isinstance(tensor, tuple):
        raise Refused(
            "this layer takes one tensor, not a list of them",
            "one tensor",
            f"a list of {len(tensor)}",
            help="merge the tensors first, such as with `Concatenate()` or `Add()`",
        )
    if not isinstance(tensor, TensorType):
        raise Refused("this layer needs a tensor", "a tensor", tensor)
    return tensor


def need_rank(tensor: TensorType, ndim: int | None, at_least: int = 0) -> None:
    """Refuse a tensor with another number of axes."""
    found = len(tensor.shape)
    if ndim is not None and found != ndim:
        reason = f"the input must have {axes_text(ndim)} beside the batch"
        raise Refused(reason, axes_text(ndim), tensor, help=_one_more_axis(tensor) if found == ndim - 1 else None)
    if found < at_least:
        least = f"at least {axes_text(at_least)}"
        raise Refused(f"the input must have {least} beside the batch", least, tensor)


def _one_more_axis(tensor: TensorType) -> str | None:
    """How a tensor gets the axis that it lacks: gray pictures come without channels, series without features."""
    if not all(isinstance(size, int) for size in tensor.shape):
        return None
    reshaped = f"Reshape([{', '.join(map(str, tensor.shape))}, 1])"
    if len(tensor.shape) == 1:
        return f"a recurrent layer keeps its steps with return_sequences=true; {reshaped} makes steps of one feature"
    return f"where channels are what is missing, {reshaped} adds them"


def axes_text(count: int) -> str:
    """`1 axis`, `3 axes`."""
    return f"{count} axis" if count == 1 else f"{count} axes"


# ---- sizes ---------------------------------------------------------------------------------------


def product(sizes: Iterable[Dim | None]) -> int | None:
    """The product, None where a size is not known."""
    total = 1
    for size in sizes:
        if not isinstance(size, int):
            return None
        total *= size
    return total


def unknown(*sizes: Dim) -> Size:
    """What comes of reckoning with open sizes: a width of the table where all of them are, else `?`."""
    return WIDTH if all(isinstance(size, int) or size.is_width for size in sizes) else UNKNOWN


def volume(shape: Shape) -> Dim:
    """The number of elements; `?` where it is not known. A single named size keeps its name, as in [T, 1]."""
    open_sizes = [size for size in shape if isinstance(size, Size)]
    rest = math.prod(size for size in shape if isinstance(size, int))
    if not open_sizes:
        return rest
    return open_sizes[0] if len(open_sizes) == 1 and rest == 1 else unknown(*open_sizes)


def plus(size: Dim, amount: int) -> Dim:
    """The sum; a size that is not known stays itself where nothing is added."""
    if isinstance(size, int):
        return size + amount
    return size if amount == 0 else unknown(size)


def times(size: Dim, factor: int) -> Dim:
    """The product; a size that is not known stays itself where it is taken once."""
    if isinstance(size, int):
        return size * factor
    return size if factor == 1 else unknown(size)


def known_size(tensor: TensorType, axis: int, what: str) -> int | None:
    """A size on which weights hang. None where the prepared table will say it; refused where nothing ever will."""
    size = tensor.shape[axis]
    if isinstance(size, int):
        return size
    if size.is_width:
        return None
    raise Refused(
        f"{what} must be known, since the layer's weights hang on it",
        "a known size",
        tensor,
        help=f"give the input a number in place of `{size}`",
    )


def merged(a: Dim, b: Dim, complain: Callable[[], Refused]) -> Dim:
    """The size of both where they must be equal."""
    equal = same_size(a, b)
    if equal is False:
        raise complain()
    return a if isinstance(a, int) or (isinstance(b, Size) and not a.name.endswith("?")) else b


def each(value: int | Sequence[int], rank: int) -> tuple[int, ...]:
    """One number for each spatial axis."""
    return (value,) * rank if isinstance(value, int) else tuple(value)


def axis_of(axis: int, shape: Shape, argument: str | None = "axis") -> int:
    """The index into `shape` of an axis in Keras's counting, where the batch is axis 0. -1 for the batch itself."""
    rank = len(shape) + 1
    if not -rank <= axis < rank:
        raise Refused(
            f"there is no axis {axis}: with the batch as axis 0 there are {axes_text(rank)}",
            f"an axis from {-rank} to {rank - 1}",
            axis,
            argument,
        )
    return axis % rank - 1


def not_batch(axis: int, shape: Shape, argument: str | None = "axis") -> int:
    """The same, but the batch axis is refused."""
    index = axis_of(axis, shape, argument)
    if index < 0:
        raise Refused(
            "axis 0 is the batch, and a model may not mix the rows of a batch",
            "an axis other than 0",
            axis,
            argument,
        )
    return index


# ---- dtypes --------------------------------------------------------------------------------------

FLOATS = ("bfloat16", "float16", "float32", "float64")


def compute_dtype(args: Args) -> str:
    """The dtype that a layer computes in: that of its policy, float32 where none is given."""
    policy = args.get("dtype") or "float32"
    return str(policy).removeprefix("mixed_")


def is_float(dtype: str) -> bool:
    """Whether it is a floating-point dtype."""
    return dtype in FLOATS


def computed(args: Args, shape: Shape, tensor: TensorType) -> TensorType:
    """A tensor of that shape in the layer's own dtype. Text can't be computed with."""
    no_text(tensor)
    return TensorType(shape, compute_dtype(args))


_TAKES: Mapping[str, Callable[[str], bool]] = {
    "floats": is_float,
    "signed": lambda dtype: dtype not in ("bool", "string"),
    "numbers": lambda dtype: dtype != "string",
    "any": lambda _: True,
}
_NOUNS = {"floats": "floating-point numbers", "signed": "numbers", "numbers": "numbers or truth values"}


def need_dtype(tensor: TensorType, takes: str, who: str) -> None:
    """Refuse a dtype that the layer can't compute with; `takes` as in `LayerSpec`."""
    if _TAKES[takes](tensor.dtype):
        return
    if tensor.dtype == "string":
        help_ = "turn text into numbers first, such as with `StringLookup` or `TextVectorization`"
    else:
        help_ = "make it float first, such as with `Rescaling(1 / 255)` for images"
    raise Refused(f"{who} needs {_NOUNS[takes]}, not {tensor.dtype}", _NOUNS[takes], tensor, help=help_)


def no_text(tensor: TensorType) -> None:
    """Refuse a tensor of strings."""
    if tensor.dtype == "string":
        raise Refused("this layer computes with numbers and can't take text", "a tensor of numbers", tensor)


def check_dtypes(row: LayerRow, args: Args, operands: Iterable[Operand], by_name: Mapping[str, Operand]) -> None:
    """Refuse inputs of a dtype that the layer does not take."""
    penalty = args.get("activity_regularizer") is not None
    for operand in (*operands, *by_name.values()):
        for tensor in tensors(operand):
            need_dtype(tensor, row.takes, f"`{row.name}`")
            if penalty:
                need_dtype(tensor, "floats", "a penalty on a layer's values")


def tensors(operand: Operand) -> Iterable[TensorType]:
    """The tensors of an operand, in order."""
    if isinstance(operand, TensorType):
        yield operand
    elif isinstance(operand, tuple):
        for item in operand:
            yield from tensors(item)
