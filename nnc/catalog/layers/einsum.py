"""EinsumDense: a kernel multiplied onto the input in whatever way an equation says."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nnc.catalog.layers.plain import lora
from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied
from nnc.catalog.rules import Args, Refused, computed, product, single
from nnc.catalog.shape import Dim, Size, TensorType, same_size

# `ab,bc->ac`, `...b,bc->...c`, `ab...,bc->ac...`: dots stand for the axes that have no letter.
_FORMS = (
    re.compile(r"(?P<input>[a-zA-Z]+),(?P<kernel>[a-zA-Z]+)->(?P<output>[a-zA-Z]+)"),
    re.compile(r"(?P<left>\.\.\.)(?P<input>[a-zA-Z]+),(?P<kernel>[a-zA-Z]+)->\.\.\.(?P<output>[a-zA-Z]+)"),
    re.compile(r"(?P<input>[a-zA-Z]{2,})(?P<right>\.\.\.),(?P<kernel>[a-zA-Z]+)->(?P<output>[a-zA-Z]+)\.\.\."),
)
_BATCH = Size("batch")


def _refuse(reason: str, found: object, argument: str = "equation") -> Refused:
    return Refused(reason, "an equation such as `abc,cd->abd`", found, argument)


def _einsum(args: Args, tensor: TensorType) -> Applied:
    equation = args["equation"]
    match = next((found for form in _FORMS if (found := form.fullmatch(equation))), None)
    if match is None:
        raise _refuse("the equation must be of the form `ab,bc->ac`, with `...` for axes without a letter", equation)
    parts = match.groupdict()
    given, kernel, result = parts["input"], parts["kernel"], parts["output"]
    if any(len(set(part)) < len(part) for part in (given, kernel, result)):
        raise _refuse("a letter stands twice on one side", equation)
    sizes, wanted = _laid_out(args, tensor, given, result, left=bool(parts.get("left")), right=bool(parts.get("right")))
    axes = _sizes(sizes, given, left=bool(parts.get("left")))
    results = _sizes(wanted, result, left=bool(parts.get("left")))
    for letter in result:
        stated = isinstance(results[letter], int)
        if letter in axes and stated and same_size(axes[letter], results[letter]) is not True:
            reason = f"the axis `{letter}` has another size in `output_shape`"
            raise Refused(reason, str(axes[letter]), str(results[letter]), "output_shape")
        if letter not in axes and letter not in kernel:
            raise _refuse(f"`{letter}` comes from nowhere", equation)
    if not parts.get("left") and (given[0] != result[0] or given[0] in kernel):
        raise _refuse("the first axis is the batch's, and stays what it is", equation)
    for letter in kernel:
        if letter not in axes and letter not in results:
            raise _refuse(f"`{letter}` of the kernel is neither in the input nor in the output", equation)
    shape = tuple(results.get(letter, axes.get(letter, _BATCH)) for letter in kernel)
    known = tuple(size if isinstance(size, int) else None for size in shape)
    if None in known:
        raise Refused("the kernel's size must be known", "a known size for each of its letters", equation, "equation")
    trainable, frozen = lora(args, known, "kernel_constraint")
    bias = _bias(args["bias_axes"], result, results)
    trainable = None if trainable is None or bias is None else trainable + bias
    summed = {letter: axes[letter] for letter in kernel if letter in axes and letter not in results}
    work = product((*wanted[1:], *summed.values()))
    return Applied((computed(args, wanted[1:], tensor),), trainable, frozen, work)


def _laid_out(
    args: Args, tensor: TensorType, given: str, result: str, *, left: bool, right: bool
) -> tuple[tuple[Dim, ...], tuple[Dim, ...]]:
    """The sizes of input and output with the batch in front; those without letters are the input's."""
    sizes: tuple[Dim, ...] = (_BATCH, *tensor.shape)
    stated = args["output_shape"]
    stated = (stated,) if isinstance(stated, int) else stated
    stated = tuple(Size("?") if size is None else size for size in stated)
    dotted = len(sizes) - len(given)
    if dotted < 0 or (dotted and not (left or right)):
        raise Refused(
            f"the equation names {len(given)} axes, and the input has {len(sizes)} with the batch's",
            f"an input of {len(given) - 1} axes",
            tensor,
        )
    between: tuple[Dim, ...] = ()
    behind: tuple[Dim, ...] = ()
    if left and dotted:
        between = tuple(reversed(sizes[1:dotted]))  # as Keras has them
        if between != sizes[1:dotted] and all(isinstance(size, int) for size in between):
            raise Refused(
                "Keras turns the sizes round where the dots stand for several axes before the letters",
                "a letter for each axis, as in `abcd,de->abce`",
                args["equation"],
                "equation",
            )
    elif right:
        behind = sizes[len(sizes) - dotted :]
    wanted = (_BATCH, *between, *stated, *behind)
    if len(wanted) != len(result) + dotted:
        raise Refused(
            f"`output_shape` has {len(stated)} sizes, and the equation's output does not",
            "a size for each letter of the output but the batch's",
            len(stated),
            "output_shape",
        )
    return sizes, wanted


def _sizes(sizes: tuple[Dim, ...], letters: str, *, left: bool) -> Mapping[str, Dim]:
    first = len(sizes) - len(letters) if left else 0
    return {letter: sizes[first + place] for place, letter in enumerate(letters)}


def _bias(axes: object, result: str, results: Mapping[str, Dim]) -> int | None:
    if axes is None:
        return 0
    if not isinstance(axes, str) or not axes or any(letter not in result for letter in axes):
        raise Refused("`bias_axes` names letters of the output", f"some of `{result}`", axes, "bias_axes")
    return product(tuple(results[letter] for letter in dict.fromkeys(axes)))


ROWS: tuple[LayerSpec, ...] = (
    LayerSpec(
        "EinsumDense",
        "Multiplies a kernel onto the input in whatever way an equation says.",
        single(_einsum),
        'x -> EinsumDense("ab,bc->ac", 8)',
        role="hidden",
        shown=("equation",),
    ),
)
