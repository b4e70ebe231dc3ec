"""Layers for pictures that say which size comes out: resizing and cropping; and what all layers for pictures share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied
from nnc.catalog.rules import Args, Refused, compute_dtype, is_float, need_dtype, need_rank, single
from nnc.catalog.shape import Dim, Shape, Size, TensorType

PICTURE = "x -> Reshape([8, 8, 3])"

PictureRule: TypeAlias = Callable[[Args, TensorType], Applied]


def picture(tensor: TensorType, who: str) -> None:
    """Refuse what is no picture. Keras takes three axes, the batch's among them, for a single picture."""
    if len(tensor.shape) == 2:
        raise Refused(
            "a picture has a height, a width and channels; with two axes Keras would take the rows of a batch for one",
            "3 axes",
            tensor,
            help="give it an axis of channels, such as with `Reshape([28, 28, 1])`",
        )
    need_rank(tensor, 3)
    need_dtype(tensor, "numbers", f"`{who}`")


def channels_first(args: Args) -> bool:
    """Whether the channels stand before height and width."""
    return args.get("data_format") == "channels_first"


def channels(args: Args, tensor: TensorType) -> Dim:
    """The number of channels."""
    return tensor.shape[0 if channels_first(args) else -1]


def sides(args: Args, tensor: TensorType) -> tuple[Dim, Dim]:
    """Height and width."""
    high, wide = tensor.shape[1:] if channels_first(args) else tensor.shape[:2]
    return high, wide


def known_sides(args: Args, tensor: TensorType, who: str) -> None:
    """Refuse pictures of unknown height or width."""
    if any(isinstance(side, Size) for side in sides(args, tensor)):
        raise Refused(
            f"`{who}` needs pictures of a known height and width", "known sizes", tensor,
            help="bring them to one size first, such as with `Resizing(224, 224)`",
        )  # fmt: skip


def _sized(args: Args, tensor: TensorType) -> Applied:
    """A picture of the height and width that the arguments give."""
    size = (args["height"], args["width"])
    depth = channels(args, tensor)
    shape: Shape = (depth, *size) if channels_first(args) else (*size, depth)
    return Applied((TensorType(shape, compute_dtype(args)),))


def _resized(args: Args, tensor: TensorType) -> Applied:
    picture(tensor, "Resizing")
    need_dtype(tensor, "signed", "`Resizing`")
    if args["crop_to_aspect_ratio"] and args["pad_to_aspect_ratio"]:
        raise Refused(
            "`crop_to_aspect_ratio` and `pad_to_aspect_ratio` exclude each other", "one of the two", "both",
            "pad_to_aspect_ratio",
        )  # fmt: skip
    _check_padding(args, tensor)
    return _sized(args, tensor)


def _check_padding(args: Args, tensor: TensorType) -> None:
    """Where the channels come first Keras 3.15 makes the margins of `fill_value` itself, which must be whole then."""
    if not args["pad_to_aspect_ratio"] or not channels_first(args) or is_float(tensor.dtype):
        return
    high, wide = tensor.shape[-2:]
    if not isinstance(high, int) or not isinstance(wide, int) or not isinstance(args["fill_value"], float):
        return
    if int(wide * args["height"] / args["width"]) > high or int(high * args["width"] / args["height"]) > wide:
        raise Refused(
            "whole numbers can't be padded with a fraction", "a whole `fill_value`", args["fill_value"],
            "pad_to_aspect_ratio", "give it `fill_value=0`",
        )  # fmt: skip


def _cropped(args: Args, tensor: TensorType) -> Applied:
    picture(tensor, "CenterCrop")
    return _sized(args, tensor)


def _cropped_anywhere(args: Args, tensor: TensorType) -> Applied:
    picture(tensor, "RandomCrop")
    known_sides(args, tensor, "RandomCrop")
    return _sized(args, tensor)


ROWS: tuple[LayerSpec, ...] = (
    LayerSpec(
        "Resizing",
        "Brings pictures to one height and width.",
        single(_resized),
        f"{PICTURE} -> Resizing(4, 4)",
        "any",
        shown=("height", "width"),
    ),
    LayerSpec(
        "CenterCrop",
        "Cuts the middle out of pictures, and enlarges those that are too small.",
        single(_cropped),
        f"{PICTURE} -> CenterCrop(6, 6)",
        "any",
        shown=("height", "width"),
    ),
    LayerSpec(
        "RandomCrop",
        "Cuts out a random part while training; when predicting, Keras leaves the size of pictures as it is.",
        single(_cropped_anywhere),
        f"{PICTURE} -> RandomCrop(6, 6)",
        "any",
        shown=("height", "width"),
    ),
)
