"""Layers that prepare numbers: scaled by what the training rows show, sorted into bins, encoded, hashed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from nnc.catalog.kinds import is_number
from nnc.catalog.layers.merging import listed
from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied, Argument
from nnc.catalog.rules import (
    Args,
    Refused,
    compute_dtype,
    is_float,
    known_size,
    need_dtype,
    no_text,
    not_batch,
    product,
    single,
)
from nnc.catalog.shape import Dim, Shape, Size, TensorType, same_size

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


# ---- bins, categories, hashes --------------------------------------------------------------------


def no_sparse(args: Args) -> None:
    """Refuse sparse tensors, which only few layers can take."""
    if args["sparse"]:
        raise Refused("a sparse tensor fits into hardly any layer behind this one", "false", "true", "sparse")


def encoded(shape: Shape, mode: str, depth: Dim) -> Shape:
    """The shape of whole numbers once encoded: one-hot keeps every axis (but a last one of 1), counts drop the last."""
    if mode == "int":
        return shape
    if mode == "one_hot" and shape and isinstance(shape[-1], Size) and not shape[-1].is_width:
        reason = "`one_hot` must know the last size, since an axis of 1 makes way for the places"
        raise Refused(reason, "a known last size", TensorType(shape))
    if mode == "one_hot" and not (shape and shape[-1] == 1):
        return (*shape, depth)
    return (*shape[:-1], depth)


def counted(tensor: TensorType, depth: Dim) -> Shape:
    """The shape of counts along an axis. Of several axes Keras promises to count the last and counts the first."""
    if any(same_size(a, b) is False for a, b in itertools.pairwise(tensor.shape)):
        raise Refused("Keras counts along another axis than it says where there are several", "one axis", tensor)
    return (*tensor.shape[:-1], depth)


def need_places(tensor: TensorType, mode: str) -> None:
    """Refuse to count over no axis at all: the rows of a batch would be counted together."""
    if mode in ("multi_hot", "count", "tf_idf") and not tensor.shape:
        raise Refused(f"`{mode}` counts along the last axis, and would mix the rows of a batch", "1 axis", tensor)


def _no_half(mode: str, dtype: str | None, tensor: TensorType | None = None) -> None:
    """Refuse to count in half precision; where the `tensor` has several axes these are counted in another way."""
    if tensor is not None and len(tensor.shape) > 1:
        return
    if mode in ("multi_hot", "count") and dtype in ("float16", "bfloat16"):
        raise Refused(f"TensorFlow can't count in {dtype}", "float32, float64, int32 or int64", dtype, "dtype")


def _counted_or_encoded(tensor: TensorType, mode: str, depth: int) -> Shape:
    need_places(tensor, mode)
    return counted(tensor, depth) if mode in ("multi_hot", "count") else encoded(tensor.shape, mode, depth)


def _discretization(args: Args, tensor: TensorType) -> Applied:
    need_dtype(tensor, "numbers", "`Discretization`")
    if (args["bin_boundaries"] is None) == (args["num_bins"] is None):
        found = "neither" if args["num_bins"] is None else "both"
        raise Refused("one of `bin_boundaries` and `num_bins` must be given", "one of the two", found, "num_bins")
    no_sparse(args)
    mode = args["output_mode"]
    need_places(tensor, mode)
    _no_half(mode, compute_dtype(args), tensor)
    depth = args["num_bins"] if args["bin_boundaries"] is None else len(args["bin_boundaries"]) + 1
    dtype = "int32" if mode == "int" else compute_dtype(args)
    shape = (*tensor.shape[1:], depth) if mode in ("multi_hot", "count") else encoded(tensor.shape, mode, depth)
    return Applied((TensorType(shape, dtype),))


def _category_encoding(args: Args, tensor: TensorType) -> Applied:
    need_dtype(tensor, "numbers", "`CategoryEncoding`")
    if args["num_tokens"] is None:
        raise Refused("`num_tokens` must be given", "a positive whole number", "none", "num_tokens")
    no_sparse(args)
    _no_half(args["output_mode"], args["dtype"], tensor)
    shape = _counted_or_encoded(tensor, args["output_mode"], args["num_tokens"])
    return Applied((TensorType(shape, compute_dtype(args)),))


def _hash_dtype(args: Args) -> str:
    """Of a mixed policy these layers take the precision of weights, which they have none of."""
    dtype = args["dtype"]
    if dtype is None:
        return "int64" if args["output_mode"] == "int" else "float32"
    return "float32" if dtype.startswith("mixed_") else str(dtype)


def _hashing(args: Args, tensor: TensorType) -> Applied:
    no_sparse(args)
    mode = args["output_mode"]
    if mode == "int" and _hash_dtype(args) not in ("int32", "int64"):
        raise Refused("with `output_mode` int the dtype must be whole", "int32 or int64", args["dtype"], "dtype")
    _no_half(mode, args["dtype"])
    if mode == "one_hot" and any(isinstance(size, Size) and not size.is_width for size in tensor.shape):
        raise Refused("`one_hot` must know every size here", "known sizes", tensor)
    if mode == "one_hot" and (not tensor.shape or same_size(tensor.shape[-1], 1) is False):
        raise Refused("`one_hot` takes one value at a time here: a last axis of 1", "[1] or [..., 1]", tensor)
    if mode == "one_hot" and len(tensor.shape) > 1 and same_size(tensor.shape[-2], 1) is not False:
        raise Refused("Keras 3.15 loses an axis where the last two are 1", "an axis of more than 1 before it", tensor)
    return Applied((TensorType(_counted_or_encoded(tensor, mode, args["num_bins"]), _hash_dtype(args)),))


def _crossing(args: Args, items: Sequence[TensorType]) -> Applied:
    no_sparse(args)
    first = items[0].shape
    if any(item.shape not in ((), (1,)) or item.shape != first for item in items):
        reason = "`HashedCrossing` takes tensors of one value a row, all shaped alike"
        raise Refused(reason, "[] or [1]", ", ".join(map(str, items[:4])))
    if any(is_float(item.dtype) for item in items):
        reason = "`HashedCrossing` takes whole numbers or text"
        raise Refused(reason, "whole numbers or text", ", ".join(map(str, items)))
    dtype = "int64" if args["dtype"] is None and args["output_mode"] == "int" else compute_dtype(args)
    return Applied((TensorType(encoded(first, args["output_mode"], args["num_bins"]), dtype),))


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
    LayerSpec(
        "Discretization",
        "Sorts numbers into bins: given ones, or as many as asked, with equally many training rows in each.",
        single(_discretization),
        "x -> Discretization(num_bins=4)",
        "any",
        adapts=("bin_boundaries",),
    ),
    LayerSpec(
        "CategoryEncoding",
        "Encodes whole numbers from 0 to `num_tokens` - 1 as vectors of zeros and ones, or counts them.",
        single(_category_encoding),
        "ids -> CategoryEncoding(1000)",
        "any",
        shown=("num_tokens", "output_mode"),
    ),
    LayerSpec(
        "Hashing",
        "Gives each text or number one of `num_bins` places by its hash, with no vocabulary to learn.",
        single(_hashing),
        "ids -> Hashing(64)",
        "any",
        shown=("num_bins",),
    ),
    LayerSpec(
        "HashedCrossing",
        "Gives each combination of several features one of `num_bins` places by its hash.",
        listed(_crossing, "HashedCrossing", exactly=2),
        "[ids[:, 0], ids[:, 1]] -> HashedCrossing(64)",
        "any",
        shown=("num_bins",),
    ),
)
