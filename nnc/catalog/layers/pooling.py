"""Pooling: windows, whole axes, and a given number of windows."""

from __future__ import annotations

from collections.abc import Callable

from nnc.catalog.layers.conv import window_size
from nnc.catalog.layers.reshaping import joined, spatial
from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied
from nnc.catalog.rules import Args, Refused, computed, each, single
from nnc.catalog.shape import Dim, Size, TensorType

TensorRule = Callable[[Args, TensorType], Applied]


def _windows(rank: int) -> TensorRule:
    def rule(args: Args, tensor: TensorType) -> Applied:
        windows = each(args["pool_size"], rank)
        strides = windows if args["strides"] is None else each(args["strides"], rank)
        sizes, channels = spatial(args, tensor.shape)
        places = []
        for size, window, stride in zip(sizes, windows, strides, strict=True):

            def too_small(size: Dim = size, window: int = window) -> Refused:
                return Refused(
                    f"a window of {window} does not fit into a size of {size}",
                    f"a size of at least {window}",
                    size,
                    "pool_size",
                    'make the window smaller, or pad with `padding="same"`',
                )

            places.append(window_size(size, window, stride, args["padding"], too_small))
        return Applied((computed(args, joined(args, places, channels), tensor),))

    return rule


def _global(rank: int) -> TensorRule:
    def rule(args: Args, tensor: TensorType) -> Applied:
        _, channels = spatial(args, tensor.shape)
        shape = joined(args, (1,) * rank, channels) if args["keepdims"] else (channels,)
        return Applied((computed(args, shape, tensor),))

    return rule


def _adaptive(rank: int, *, mean: bool = True) -> TensorRule:
    def rule(args: Args, tensor: TensorType) -> Applied:
        before, channels = spatial(args, tensor.shape)
        if mean and isinstance(channels, Size) and _whole_axis(args, rank, tensor):
            raise Refused("this layer needs to know the number of channels", "known channels", tensor)
        if any(isinstance(size, Size) for size in before):
            raise Refused("the windows of adaptive pooling need known sizes", "known spatial sizes", tensor)
        sizes = each(args["output_size"], rank)
        return Applied((computed(args, joined(args, sizes, channels), tensor),))

    return rule


def _whole_axis(args: Args, rank: int, tensor: TensorType) -> bool:
    """Whether a window spans an axis: Keras then asks for another one that is larger still."""
    sizes = zip(spatial(args, tensor.shape)[0], each(args["output_size"], rank), strict=True)
    return any(size == 1 or windows == 1 for size, windows in sizes)


def _adaptive_max(rank: int) -> TensorRule:
    """Keras asks TensorFlow for a window one larger than the axis in these cases, which stops the whole process."""

    def rule(args: Args, tensor: TensorType) -> Applied:
        if _whole_axis(args, rank, tensor):
            raise Refused(
                "TensorFlow crashes on adaptive max pooling to or from a size of 1",
                "sizes of at least 2",
                tensor,
                "output_size",
                f"`GlobalMaxPooling{rank}D()` takes the largest value of a whole axis",
            )
        return _adaptive(rank, mean=False)(args, tensor)

    return rule


_SHAPES = {1: "[8, 3]", 2: "[8, 8, 3]", 3: "[8, 8, 8, 3]"}
_AXES = {1: "the time axis", 2: "height and width", 3: "the three spatial axes"}


def _family(
    name: str, rule: Callable[[int], TensorRule], doc: str, call: str, takes: tuple[str, str, str], shown: str
) -> tuple[LayerSpec, ...]:
    return tuple(
        LayerSpec(
            name.format(rank),
            doc.format(_AXES[rank]),
            single(rule(rank), rank + 1),
            f"x -> Reshape({_SHAPES[rank]}) -> {name.format(rank)}({call})",
            takes[rank - 1],
            shown=(shown,) if shown else (),
        )
        for rank in (1, 2, 3)
    )


_FLOATS = ("floats",) * 3

ROWS: tuple[LayerSpec, ...] = (
    *_family(
        "MaxPooling{}D", _windows, "The largest value of each window along {}.", "2", ("signed", "signed", "floats"),
        "pool_size",
    ),
    *_family("AveragePooling{}D", _windows, "The mean of each window along {}.", "2", _FLOATS, "pool_size"),
    *_family("GlobalMaxPooling{}D", _global, "The largest value along {}, for each channel.", "", ("numbers",) * 3, ""),
    *_family("GlobalAveragePooling{}D", _global, "The mean along {}, for each channel.", "", ("numbers",) * 3, ""),
    *_family(
        "AdaptiveMaxPooling{}D", _adaptive_max, "The largest values of a given number of windows along {}.", "2",
        ("signed", "signed", "floats"), "output_size",
    ),
    *_family(
        "AdaptiveAveragePooling{}D", _adaptive, "The means of a given number of windows along {}.", "2", _FLOATS,
        "output_size",
    ),
)  # fmt: skip
