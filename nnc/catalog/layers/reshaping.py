"""Layers that move values about: flatten, reshape, permute, repeat, pad, crop, upsample."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied
from nnc.catalog.rules import (
    Args,
    Refused,
    compute_dtype,
    each,
    is_float,
    plus,
    product,
    single,
    times,
    unknown,
    volume,
)
from nnc.catalog.shape import Dim, Shape, Size, TensorType


def _kept(args: Args, shape: Shape, tensor: TensorType) -> Applied:
    """These layers move values without computing: whole numbers, truth values and text stay what they are."""
    dtype = compute_dtype(args) if is_float(tensor.dtype) else tensor.dtype
    return Applied((TensorType(shape, dtype),))


def _moved(args: Args, shape: Shape, _: TensorType) -> Applied:
    """The same for layers that Keras gives the layer's own dtype, whatever goes in."""
    return Applied((TensorType(shape, compute_dtype(args)),))


def _flatten(args: Args, tensor: TensorType) -> Applied:
    return _kept(args, (volume(tensor.shape),), tensor)


def _reshape(args: Args, tensor: TensorType) -> Applied:
    return _kept(args, reshaped(tensor.shape, args["target_shape"], "target_shape"), tensor)


def reshaped(shape: Shape, target: Sequence[int], argument: str) -> Shape:
    """The target with its -1 filled in where that can be known; refused where the sizes can't agree."""
    if sum(size == -1 for size in target) > 1:
        raise Refused(f"`{argument}` may have one -1", "at most one -1", list(target), argument)
    total = product(shape)
    rest = math.prod(size for size in target if size != -1)
    if total is None:
        return tuple(unknown(*shape) if size == -1 else size for size in target)
    if -1 not in target and rest != total:
        raise Refused(
            f"{total} values can't be laid out as {list(target)}, which holds {rest}",
            f"{total} values",
            f"{rest}",
            argument,
        )
    if -1 in target and (rest == 0 or total % rest):
        raise Refused(f"{total} values can't be dealt out in rows of {rest}", f"a divisor of {total}", rest, argument)
    return tuple(total // rest if size == -1 else size for size in target)


def _permute(args: Args, tensor: TensorType) -> Applied:
    dims = args["dims"]
    if sorted(dims) != list(range(1, len(dims) + 1)):
        raise Refused("`dims` must name each axis once, counted from 1", "a permutation of 1, 2, ...", dims, "dims")
    if len(dims) != len(tensor.shape):
        raise Refused(
            f"`dims` names {len(dims)} axes and the input has {len(tensor.shape)}",
            f"{len(tensor.shape)} axes",
            len(dims),
            "dims",
        )
    return _kept(args, tuple(tensor.shape[dim - 1] for dim in dims), tensor)


def _repeat(args: Args, tensor: TensorType) -> Applied:
    return _moved(args, (args["n"], *tensor.shape), tensor)


# ---- spatial axes --------------------------------------------------------------------------------


def channels_first(args: Args) -> bool:
    """Whether the channels stand before the spatial axes."""
    return args.get("data_format") == "channels_first"


def spatial(args: Args, shape: Shape) -> tuple[Shape, Dim]:
    """The spatial sizes and the channels of a shape."""
    return (shape[1:], shape[0]) if channels_first(args) else (shape[:-1], shape[-1])


def joined(args: Args, sizes: Sequence[Dim], channels: Dim) -> Shape:
    """Spatial sizes and channels put together again."""
    return (channels, *sizes) if channels_first(args) else (*sizes, channels)


def pair_each(value: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """How much before and after, for each spatial axis."""
    if isinstance(value, int):
        return ((value, value),) * rank
    if rank == 1:
        return ((value[0], value[1]),)
    return tuple((item, item) if isinstance(item, int) else (item[0], item[1]) for item in value)


SizeRule = Callable[[Args, int, Sequence[Dim]], tuple[Dim, ...]]


def _padded(args: Args, rank: int, sizes: Sequence[Dim]) -> tuple[Dim, ...]:
    pads = pair_each(args["padding"], rank)
    return tuple(plus(size, before + after) for size, (before, after) in zip(sizes, pads, strict=True))


def _cropped(args: Args, rank: int, sizes: Sequence[Dim]) -> tuple[Dim, ...]:
    crops = pair_each(args["cropping"], rank)
    for size, crop in zip(sizes, crops, strict=True):
        if isinstance(size, int) and sum(crop) >= size:
            raise Refused(
                f"cropping {sum(crop)} leaves nothing of a size of {size}",
                f"less than {size} in all",
                sum(crop),
                "cropping",
            )
    return tuple(plus(size, -before - after) for size, (before, after) in zip(sizes, crops, strict=True))


def _upsampled(args: Args, rank: int, sizes: Sequence[Dim]) -> tuple[Dim, ...]:
    return tuple(times(size, factor) for size, factor in zip(sizes, each(args["size"], rank), strict=True))


def _resized(rule: SizeRule, rank: int) -> Callable[[Args, TensorType], Applied]:
    def apply(args: Args, tensor: TensorType) -> Applied:
        sizes, channels = spatial(args, tensor.shape)
        return _moved(args, joined(args, rule(args, rank, sizes), channels), tensor)

    return apply


def _upsampling(args: Args, tensor: TensorType) -> Applied:
    """UpSampling2D: anything but copying values needs numbers to mix."""
    if args["interpolation"] != "nearest" and tensor.dtype in ("bool", "string"):
        raise Refused("only `nearest` works on values that are no numbers", "`nearest`", tensor, "interpolation")
    if args["interpolation"] != "nearest" and any(isinstance(size, Size) for size in spatial(args, tensor.shape)[0]):
        raise Refused("only `nearest` works where a size is not known", "`nearest`", tensor, "interpolation")
    return _resized(_upsampled, 2)(args, tensor)


def _spatial(name: str, rule: SizeRule, doc: str, call: str, shown: str) -> list[LayerSpec]:
    shapes = {1: "[8, 3]", 2: "[8, 8, 3]", 3: "[8, 8, 8, 3]"}
    return [
        LayerSpec(
            f"{name}{rank}D",
            doc,
            single(_upsampling if name == "UpSampling" and rank == 2 else _resized(rule, rank), rank + 1),
            f"x -> Reshape({shapes[rank]}) -> {name}{rank}D({call})",
            "any",
            shown=(shown,),
        )
        for rank in (1, 2, 3)
    ]


ROWS: tuple[LayerSpec, ...] = (
    LayerSpec("Flatten", "Lays all axes but the batch out in a row.", single(_flatten), "x -> Flatten()", "any"),
    LayerSpec(
        "Reshape",
        "Lays the values out in another shape; one size may be -1, which stands for what is left.",
        single(_reshape),
        "x -> Reshape([5, -1])",
        "any",
        shown=("target_shape",),
    ),
    LayerSpec(
        "Permute",
        "Puts the axes in another order, counted from 1.",
        single(_permute),
        "x -> Reshape([2, 5]) -> Permute([2, 1])",
        "any",
        shown=("dims",),
    ),
    LayerSpec(
        "RepeatVector", "Repeats a vector `n` times.", single(_repeat, 1), "x -> RepeatVector(3)", "any", shown=("n",)
    ),
    *_spatial("ZeroPadding", _padded, "Puts zeros around the spatial axes.", "1", "padding"),
    *_spatial("Cropping", _cropped, "Cuts the edges of the spatial axes off.", "1", "cropping"),
    *_spatial("UpSampling", _upsampled, "Repeats each value along the spatial axes.", "2", "size"),
)
