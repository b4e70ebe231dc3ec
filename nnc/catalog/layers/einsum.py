"""EinsumDense: a dense layer along any axes, said as an Einstein sum of input and kernel."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nnc.catalog.layers.plain import lora
from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied
from nnc.catalog.rules import UNKNOWN, Args, Refused, computed, known_size, product, single
from nnc.catalog.shape import Dim, TensorType, same_size
from nnc.lean import dataclass

_FORMS = (
    (re.compile(r"([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)"), "none"),
    (re.compile(r"\.\.\.([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+)"), "left"),
    (re.compile(r"([a-zA-Z]{2,})\.\.\.,([a-zA-Z]+)->([a-zA-Z]+)\.\.\."), "right"),
)


@dataclass(frozen=True, slots=True)
class _Sum:
    """An equation taken apart: the letters of input, kernel and output, and where its dots stand."""

    given: str
    kernel: str
    made: str
    dots: str


def _equation(text: str) -> _Sum:
    for form, dots in _FORMS:
        if found := form.fullmatch(text):
            return _Sum(found[1], found[2], found[3], dots)
    raise Refused(
        "the equation must be like `ab,bc->ac`, `...b,bc->...c` or `ab...,bc->ac...`", "such an equation", text,
        "equation",
    )  # fmt: skip


def _einsum(args: Args, tensor: TensorType) -> Applied:
    found = _equation(args["equation"])
    for letters in (found.given, found.kernel, found.made):
        if len(set(letters)) < len(letters):
            raise Refused("a letter stands twice in one part", "different letters", letters, "equation")
    before: tuple[Dim, ...] = (UNKNOWN, *tensor.shape)  # with the batch, as in the equation
    elided = len(before) - len(found.given)
    if elided < 0 or (elided and found.dots == "none") or (found.dots == "left" and not elided):
        raise Refused(
            f"the equation speaks of {len(found.given)} axes, and with the batch the input has {len(before)}",
            "equally many axes", tensor, "equation",
        )  # fmt: skip
    if found.dots != "left" and (found.made[0] != found.given[0] or found.given[0] in found.kernel):
        raise Refused("the first letter is the batch, and stays by itself", "it first", found.made, "equation")
    after = _after(args, before, found, elided)
    sizes = _sizes(before, after, found, elided)
    kernel = tuple(_known(sizes, letter, tensor) for letter in found.kernel)
    trainable, frozen = lora(args, kernel, "kernel_constraint")
    biases = _biases(args, after, found, elided)
    trainable = None if trainable is None or biases is None else trainable + biases
    axes = {**sizes, "0": product(before[1:elided] if found.dots == "left" else before[len(before) - elided :])}
    work = product(axes[letter] for letter in {*found.given[found.dots != "left" :], *found.kernel, "0"})
    return Applied((computed(args, after[1:], tensor),), trainable, frozen, work)


def _after(args: Args, before: tuple[Dim, ...], found: _Sum, elided: int) -> tuple[Dim, ...]:
    """The output's shape: what `output_shape` says, and what the dots stand for."""
    said = args["output_shape"]
    own = tuple(UNKNOWN if size is None else size for size in (said if isinstance(said, tuple) else (said,)))
    dots = before[1:elided] if found.dots == "left" else before[len(before) - elided :]
    if found.dots == "left" and any(same_size(a, b) is False for a, b in zip(dots, reversed(dots), strict=True)):
        reason = "Keras turns the axes round for which leading dots stand; write a letter for each"
        raise Refused(reason, "a letter for each axis", args["equation"], "equation")
    after = (before[0], *dots, *own) if found.dots == "left" else (before[0], *own, *(dots if elided else ()))
    if len(after) != len(found.made) + elided:
        wanted = len(found.made) - (0 if found.dots == "left" else 1)
        raise Refused(f"`output_shape` must have {wanted} sizes", f"{wanted} sizes", len(own), "output_shape")
    return after


def _sizes(before: tuple[Dim, ...], after: tuple[Dim, ...], found: _Sum, elided: int) -> Mapping[str, Dim]:
    start = elided if found.dots == "left" else 0
    given = dict(zip(found.given, before[start:], strict=False))
    made = dict(zip(found.made, after[start:], strict=False))
    for letter, size in given.items():
        if letter in made and made[letter] != UNKNOWN and same_size(made[letter], size) is not True:
            if found.dots != "left" and letter == found.given[0]:
                continue
            raise Refused(
                f"`{letter}` is {size} in the input and {made[letter]} in the output", "one size", made[letter],
                "output_shape",
            )  # fmt: skip
    for letter in found.made:
        if letter not in given and letter not in found.kernel:
            raise Refused(f"nothing gives the output its axis `{letter}`", "a letter of input or kernel", letter,
                          "equation")  # fmt: skip
    if lost := [letter for letter in found.kernel if letter not in given and letter not in made]:
        raise Refused(f"the kernel's axis `{lost[0]}` is in neither input nor output", "a letter of these", lost[0],
                      "equation")  # fmt: skip
    return {**given, **made}


def _known(sizes: Mapping[str, Dim], letter: str, tensor: TensorType) -> int | None:
    size = sizes[letter]
    if isinstance(size, int):
        return size
    return known_size(TensorType((size,), tensor.dtype), 0, f"the size of `{letter}`")


def _biases(args: Args, after: tuple[Dim, ...], found: _Sum, elided: int) -> int | None:
    wanted = args["bias_axes"]
    if wanted is None:
        return 0
    start = elided if found.dots == "left" else 0
    made = dict(zip(found.made, after[start:], strict=False))
    if not wanted or any(letter not in made for letter in wanted):
        raise Refused("`bias_axes` must be letters of the output", found.made, wanted, "bias_axes")
    if found.dots != "left" and found.made[0] in wanted:
        raise Refused("a bias for each row of a batch can't be", "other letters", wanted, "bias_axes")
    sizes = [made[letter] for letter in dict.fromkeys(wanted)]
    if any(not isinstance(size, int) and not size.is_width for size in sizes):
        raise Refused("every axis that has a bias must be known", "known sizes", wanted, "bias_axes")
    return product(sizes)


ROWS: tuple[LayerSpec, ...] = (
    LayerSpec(
        "EinsumDense",
        "A dense layer along the axes that an Einstein sum names.",
        single(_einsum, at_least=0),
        'x -> Reshape([5, 2]) -> EinsumDense("abc,cd->abd", output_shape=[none, 8], bias_axes="d")',
        role="hidden",
        shown=("equation", "output_shape"),
    ),
)
