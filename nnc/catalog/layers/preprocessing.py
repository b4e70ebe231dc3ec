"""Layers that prepare numbers: scaled by what the training rows show, sorted into bins, encoded, hashed."""

from __future__ import annotations

from collections.abc import Sequence

from nnc.catalog.kinds import is_number
from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied, Argument
from nnc.catalog.rules import Args, Refused, compute_dtype, known_size, no_text, not_batch, product, single
from nnc.catalog.shape import TensorType

# ---- Normalization -------------------------------------------------------------------------------


def _normalization(args: Args, tensor: TensorType) -> Applied:
    no_text(tensor)
    axis = args["axis"]
    axes = () if axis is None else (axis,) if isinstance(axis, int) else axis
    kept = sorted(not_batch(item, tensor.shape) for item in axes)
    if len(set(kept)) < len(kept):
        raise Refused("an axis stands there twice", "different axes", axes, "axis")
    sizes = [known_size(tensor, index, "every axis that has its own mean") for index in kept]
    out = TensorType(tensor.shape, compute_dtype(args))
    if args["mean"] is None and args["variance"] is None:
        count = product(sizes)
        return Applied((out,), 0, None if count is None else 2 * count + 1)
    _check_moments(args, sizes)
    return Applied((out,))


def _check_moments(args: Args, sizes: Sequence[int | None]) -> None:
    mean, variance = args["mean"], args["variance"]
    if mean is None or variance is None:
        missing = "mean" if mean is None else "variance"
        raise Refused("`mean` and `variance` go together", "both or neither", f"no `{missing}`", missing)
    shape = extents(mean)
    if shape is None or shape != extents(variance):
        raise Refused("`mean` and `variance` must have equal shapes", "equal shapes", shape, "variance")
    if len(shape) > len(sizes):
        raise Refused(
            f"`mean` has {len(shape)} axes, and `axis` names {len(sizes)}", "no more axes than `axis` names",
            len(shape), "mean",
        )  # fmt: skip
    for found, size in zip(reversed(shape), reversed(sizes), strict=False):
        if size is not None and found not in (1, size):
            raise Refused(f"`mean` has {found} numbers for an axis of {size}", f"{size} numbers", found, "mean")


def extents(value: Argument) -> tuple[int, ...] | None:
    """The shape of nested lists of numbers; None where they are uneven."""
    if is_number(value):
        return ()
    inner = {extents(item) for item in value}
    only = next(iter(inner)) if len(inner) == 1 else None
    return None if only is None else (len(value), *only)


# ---- the table -----------------------------------------------------------------------------------

ROWS: tuple[LayerSpec, ...] = (
    LayerSpec(
        "Normalization",
        "Takes the training rows' mean away and divides by their spread.",
        single(_normalization),
        "x -> Normalization()",
        "any",
        adapts=("mean", "variance"),
    ),
)
