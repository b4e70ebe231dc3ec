"""Layers that make one tensor of several."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied, Operand, Rule
from nnc.catalog.rules import (
    Args,
    Refused,
    compute_dtype,
    merged,
    need_dtype,
    not_batch,
    product,
    tensors,
    unknown,
)
from nnc.catalog.shape import Dim, Shape, Size, TensorType, same_size

ListRule = Callable[[Args, Sequence[TensorType]], Applied]


def listed(rule: ListRule, name: str, exactly: int | None = None, at_least: int = 1) -> Rule:
    """A rule for a layer that takes a list of tensors."""

    def apply(args: Args, operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Applied:
        given = [*operands, *by_name.values()]
        items = given[0] if len(given) == 1 else None
        if not isinstance(items, tuple):
            raise Refused(
                f"`{name}` takes a list of tensors",
                "a list of tensors",
                "one tensor" if len(given) == 1 else f"{len(given)} inputs",
                help=f"write `[a, b] -> {name}()`",
            )
        found = list(tensors(items))
        if len(found) != len(items) or not all(isinstance(item, TensorType) for item in items):
            raise Refused(f"`{name}` takes a list of tensors", "a list of tensors", "a list of something else")
        if (exactly is not None and len(found) != exactly) or len(found) < at_least:
            wanted = f"exactly {exactly} tensors" if exactly is not None else f"at least {at_least} tensors"
            raise Refused(f"`{name}` takes {wanted}", wanted, len(found))
        return rule(args, found)

    return apply


def texts(items: Sequence[TensorType]) -> str:
    """The types of several tensors, for messages."""
    return ", ".join(str(item) for item in items[:6]) + (", ..." if len(items) > 6 else "")


def _laid_over(items: Sequence[TensorType]) -> Shape:
    """The common shape, aligned at the last axis; sizes must be equal, or 1."""
    rank = max(len(item.shape) for item in items)
    axes = ([item.shape[axis] for item in items if len(item.shape) >= -axis] for axis in range(-rank, 0))
    return tuple(_common(sizes, items) for sizes in axes)


def _common(sizes: Sequence[Dim], items: Sequence[TensorType]) -> Dim:
    wide = [size for size in sizes if size != 1]
    if len({size for size in wide if isinstance(size, int)}) > 1:
        raise Refused(
            "these shapes can't be laid over each other",
            "equal sizes, or 1",
            texts(items),
            help="bring them to the same shape first, such as with `Dense` or a convolution of width 1",
        )
    if all(size == wide[0] for size in wide):
        return wide[0] if wide else 1
    # An open size may yet turn out to be 1, or wrong: Keras leaves the common one open, and so does this.
    return unknown(*wide)


def _elementwise(args: Args, items: Sequence[TensorType]) -> Applied:
    if len(items) > 1:
        _need_numbers(items)
    return Applied((TensorType(_laid_over(items), compute_dtype(args)),))


def _average(args: Args, items: Sequence[TensorType]) -> Applied:
    _need_numbers(items)
    return _elementwise(args, items)


def _need_numbers(items: Sequence[TensorType]) -> None:
    """Keras computes from left to right, so it is enough that one of the first two is a number."""
    if any(item.dtype == "string" for item in items) or all(item.dtype == "bool" for item in items[:2]):
        raise Refused("text and truth values can't be computed with", "tensors of numbers", texts(items))


def _concatenate(args: Args, items: Sequence[TensorType]) -> Applied:
    ranks = {len(item.shape) for item in items}
    if len(ranks) > 1:
        raise Refused("tensors with different numbers of axes can't be put together", "equally many axes", texts(items))
    axis = not_batch(args["axis"], items[0].shape)
    dtypes = {item.dtype for item in items}
    if "string" in dtypes and len(dtypes) > 1:
        raise Refused("text and numbers can't be put together", "one dtype", texts(items))

    def complain() -> Refused:
        return Refused(f"all sizes but that of axis {args['axis']} must be equal", "equal sizes", texts(items))

    shape = tuple(
        _summed([item.shape[index] for item in items])
        if index == axis
        else _first([item.shape[index] for item in items], complain)
        for index in range(len(items[0].shape))
    )
    return Applied((TensorType(shape, compute_dtype(args)),))


def _first(sizes: Sequence[Dim], complain: Callable[[], Refused]) -> Dim:
    """The first tensor's size, as in Keras, although another's may be known where this one is not."""
    reduce(lambda a, b: merged(a, b, complain), sizes)
    return sizes[0]


def _summed(sizes: Sequence[Dim]) -> Dim:
    known = [size for size in sizes if isinstance(size, int)]
    if len(known) == len(sizes):
        return sum(known)
    return sizes[0] if len(sizes) == 1 else unknown(*sizes)


def _dot(args: Args, items: Sequence[TensorType]) -> Applied:
    first, second = items
    axes = args["axes"] if isinstance(args["axes"], tuple) else (args["axes"], args["axes"])
    a = not_batch(axes[0], first.shape, "axes")
    b = not_batch(axes[1], second.shape, "axes")
    if args["normalize"]:
        for item in items:
            need_dtype(item, "floats", "normalizing")
    size, other = first.shape[a], second.shape[b]
    if same_size(size, other) is False or isinstance(size, Size) != isinstance(other, Size):
        raise Refused("the two axes must be equally long", f"{size} in both", texts(items), "axes")
    rest = (*_without(first.shape, a), *_without(second.shape, b))
    work = product((*first.shape, *_without(second.shape, b)))
    return Applied((TensorType(rest or (1,), compute_dtype(args)),), multiply_adds=work)


def _without(shape: Shape, axis: int) -> Shape:
    return shape[:axis] + shape[axis + 1 :]


def _merge(
    name: str,
    doc: str,
    rule: ListRule = _elementwise,
    call: str = "",
    exactly: int | None = None,
    takes: str = "any",
) -> LayerSpec:
    return LayerSpec(name, doc, listed(rule, name, exactly), f"[x, x] -> {name}({call})", takes, listed=True)


ROWS: tuple[LayerSpec, ...] = (
    _merge("Add", "The sum of several tensors."),
    _merge("Subtract", "The first tensor minus the second.", exactly=2),
    _merge("Multiply", "The product of several tensors, value by value."),
    _merge("Average", "The mean of several tensors, value by value.", _average),
    _merge("Maximum", "The larger value at each place."),
    _merge("Minimum", "The smaller value at each place."),
    _merge("Concatenate", "Puts tensors one after the other along an axis.", _concatenate, takes="any"),
    _merge("Dot", "The dot product of two tensors along an axis of each.", _dot, "axes=1", 2, "numbers"),
)
