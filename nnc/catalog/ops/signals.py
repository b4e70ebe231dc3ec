"""Windows over tensors: Fourier transforms, pools, and the layouts of images."""

from __future__ import annotations

from typing import Any

from nnc.catalog.layers.conv import window_size
from nnc.catalog.ops import dtypes
from nnc.catalog.ops.arrays import Array, as_array, one_axis
from nnc.catalog.ops.elementwise import Bound, OpRule, first
from nnc.catalog.ops.layout import ints_of, with_size
from nnc.catalog.ops.picking import EMPTY, whole
from nnc.catalog.rules import Refused, each, plus, product, times, unknown
from nnc.catalog.shape import Dim, Shape, Size

# ---- Fourier -------------------------------------------------------------------------------------


def _pair(value: Any) -> Array:
    """The real and the imaginary part, which must agree."""
    if not isinstance(value, tuple) or len(value) != 2:
        raise Refused(
            "`x` must be two tensors, the real and the imaginary part", "a list of two", "something else", "x"
        )
    real, imaginary = (as_array(item, "x") for item in value)
    if real.shape != imaginary.shape or real.dtype != imaginary.dtype:
        raise Refused("the real and the imaginary part must agree", str(real), imaginary, "x")
    dtypes.need(real, "wide", "x")
    return real


def transform(axes: int) -> OpRule:
    """`fft`, `fft2`, `ifft2`: the shape stays, and the last sizes must be known."""

    def rule(bound: Bound) -> tuple[Array, ...]:
        array = _pair(bound["x"])
        if len(array.shape) <= axes or not all(isinstance(size, int) for size in array.shape[-axes:]):
            raise Refused("the sizes along which this goes must be known", "known sizes", array, "x")
        return array, array

    return rule


def rfft(bound: Bound) -> tuple[Array, ...]:
    """The transform of real numbers: half of it, and one more."""
    name, array = first(bound)
    dtypes.need(array, "wide", name)
    axis = one_axis(-1, len(array.shape))
    size = array.shape[axis] if bound["fft_length"] is None else whole(bound, "fft_length", 1)
    half = size // 2 + 1 if isinstance(size, int) else unknown(size)
    return (Array(with_size(array.shape, axis, half), array.dtype),) * 2


def irfft(bound: Bound) -> tuple[Array, ...]:
    """Back from `rfft` to real numbers."""
    array = _pair(bound["x"])
    axis = one_axis(-1, len(array.shape))
    size: Dim = array.shape[axis]
    if bound["fft_length"] is not None:
        size = whole(bound, "fft_length", 1)
    elif isinstance(size, int):
        if size < 2:
            raise Refused(EMPTY, "at least 2 values", size, "x")
        size = 2 * (size - 1)
    else:
        size = unknown(size)
    return (Array(with_size(array.shape, axis, size), array.dtype),)


def _frames(size: Dim, length: int, step: int) -> Dim:
    if isinstance(size, Size):
        return unknown(size)
    if size < length:
        raise Refused(EMPTY, f"at least {length} values", size)
    return 1 + (size - length) // step


def extract_sequences(bound: Bound) -> tuple[Array, ...]:
    """Overlapping pieces of the last axis, as an axis of their own."""
    array = as_array(bound["x"], "x")
    axis = one_axis(-1, len(array.shape))
    length, step = whole(bound, "sequence_length", 1), whole(bound, "sequence_stride", 1)
    return (Array((*array.shape[:axis], _frames(array.shape[axis], length, step), length), array.dtype),)


def stft(bound: Bound) -> tuple[Array, ...]:
    """The transform of overlapping pieces: real and imaginary part."""
    array = as_array(bound["x"], "x")
    dtypes.need(array, "wide", "x")
    axis = one_axis(-1, len(array.shape))
    length, step, fft = (whole(bound, name, 1) for name in ("sequence_length", "sequence_stride", "fft_length"))
    size, around = array.shape[axis], fft // 2 if bound["center"] else 0
    if fft < length:
        raise Refused("`fft_length` must not be below `sequence_length`", f"at least {length}", fft, "fft_length")
    if bound["window"] not in ("hann", "hamming", None):
        raise Refused("`window` must be `hann`, `hamming` or none", "one of these", bound["window"], "window")
    if isinstance(size, int) and size <= around:
        raise Refused(f"{size} values can't be padded by {around} of their own", f"more than {around}", size, "x")
    shape = (*array.shape[:axis], _frames(plus(size, 2 * around), fft, step), fft // 2 + 1)
    return (Array(shape, array.dtype),) * 2


def istft(bound: Bound) -> tuple[Array, ...]:
    """Back from `stft` to the numbers."""
    array = _pair(bound["x"])
    if len(array.shape) < 3:
        raise Refused("`x` must have an axis of pieces and one of frequencies beside the batch", "2 axes", array, "x")
    length, step, fft = (whole(bound, name, 1) for name in ("sequence_length", "sequence_stride", "fft_length"))
    frames = array.shape[-2]
    if fft < length:
        raise Refused("`fft_length` must not be below `sequence_length`", f"at least {length}", fft, "fft_length")
    size: Dim = unknown(frames) if isinstance(frames, Size) else (frames - 1) * step + fft
    cut = fft // 2 if bound["center"] else 0
    if bound["length"] is None:
        size = plus(size, -2 * cut)
    elif isinstance(size, int) and whole(bound, "length", 1) > size - cut:
        raise Refused("the pieces do not make up that length", f"at most {size - cut}", bound["length"], "length")
    else:
        size = whole(bound, "length", 1)
    if isinstance(size, int) and size < 1:
        raise Refused(EMPTY, "more pieces", frames, "x")
    return (Array((*array.shape[:-2], size), array.dtype),)


# ---- images --------------------------------------------------------------------------------------


def _first_format(bound: Bound) -> bool:
    found = bound["data_format"]
    if found not in ("channels_first", "channels_last", None):
        noun = "`channels_last` or `channels_first`"
        raise Refused(f"`data_format` must be {noun}", noun, found, "data_format")
    return bool(found == "channels_first")


def pool(takes: str) -> OpRule:
    """The largest or the mean of a window, over 1, 2 or 3 axes."""

    def rule(bound: Bound) -> tuple[Array, ...]:
        array = as_array(bound["inputs"], "inputs")
        rank = len(array.shape) - 2
        if rank not in (1, 2, 3):
            raise Refused("pools go over 1, 2 or 3 axes beside the channels", "2, 3 or 4 axes", array, "inputs")
        dtypes.need(array, "floats" if rank == 3 else takes, "inputs")
        at = 2 if _first_format(bound) else 1
        windows = _sizes(bound, "pool_size", rank, around=bound["padding"] == "same" and bound["strides"] is not None)
        strides = windows if bound["strides"] is None else _sizes(bound, "strides", rank)
        if bound["padding"] not in ("valid", "same"):
            raise Refused("`padding` must be `valid` or `same`", "one of these", bound["padding"], "padding")
        sizes = [
            window_size(size, window, stride, bound["padding"], lambda: Refused(
                "the window does not fit", "a smaller window", bound["pool_size"], "pool_size"))
            for size, window, stride in zip(array.shape[at : at + rank], windows, strides, strict=True)
        ]  # fmt: skip
        return (Array((*array.shape[:at], *sizes, *array.shape[at + rank :]), array.dtype),)

    return rule


def _sizes(bound: Bound, name: str, rank: int, least: int = 1, *, around: bool = False) -> tuple[int, ...]:
    """A size for each axis. `around`: they may have TensorFlow's form, with a 1 for the batch and the channels."""
    given = ints_of(bound[name], name)
    if around and len(given) == rank + 2 and given[0] == given[-1] == 1:
        given = given[1:-1]
    sizes = each(given[0] if len(given) == 1 else given, rank)
    if len(sizes) != rank or min(sizes) < least:
        raise Refused(f"`{name}` must be a whole number or {rank} of them", f"{rank} of them", list(given), name)
    return sizes


def _divided(size: Dim, by: int, what: str) -> Dim:
    if isinstance(size, Size):
        return unknown(size)
    if size % by:
        raise Refused(f"{what} must be a multiple of {by}", f"a multiple of {by}", size, "block_size")
    return size // by


def blocks(*, to_depth: bool) -> OpRule:
    """`space_to_depth` and back: blocks of an image become channels."""

    def rule(bound: Bound) -> tuple[Array, ...]:
        array, first_axis = as_array(bound["x"], "x"), _first_format(bound)
        if len(array.shape) != 4:
            raise Refused("`x` must be images", "3 axes", array, "x")
        block = whole(bound, "block_size", 2)
        channels = array.shape[1 if first_axis else 3]
        sides: Shape = array.shape[2:] if first_axis else array.shape[1:3]
        if to_depth:
            sides = tuple(_divided(side, block, "both sides") for side in sides)
            channels = times(channels, block * block)
        else:
            sides = tuple(times(side, block) for side in sides)
            channels = _divided(channels, block * block, "the channels")
        shape = (array.shape[0], channels, *sides) if first_axis else (array.shape[0], *sides, channels)
        return (Array(shape, array.dtype),)

    return rule


def fold(bound: Bound) -> tuple[Array, ...]:
    """Patches summed back into an image [channels, height, width]."""
    array = as_array(bound["x"], "x")
    dtypes.need(array, "numbers", "x")
    if len(array.shape) != 3:
        raise Refused("`x` must have an axis of patches' values and one of patches", "2 axes", array, "x")
    target, kernel, dilation, stride = (
        _sizes(bound, name, 2) for name in ("output_size", "kernel_size", "dilation", "stride")
    )
    padding = _sizes(bound, "padding", 2, 0)
    places = [
        (size + 2 * p - d * (k - 1) - 1) // s + 1
        for size, k, d, p, s in zip(target, kernel, dilation, padding, stride, strict=True)
    ]
    values, patches = array.shape[1:]
    channels = _divided(values, kernel[0] * kernel[1], "the values of a patch")
    if min(places) < 1 or not isinstance(channels, int) or (isinstance(patches, int) and patches != product(places)):
        raise Refused("the patches do not make up that image", f"{product(places)} patches", patches, "output_size")
    return (Array((array.shape[0], channels, *target), array.dtype),)
