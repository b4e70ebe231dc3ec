"""Convolutions: plain, transposed, depthwise, separable. Formulas as in Keras's documentation of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nnc.catalog.layers.plain import lora
from nnc.catalog.layers.reshaping import joined, spatial
from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied
from nnc.catalog.rules import Args, Refused, computed, each, known_size, product, single, times, unknown
from nnc.catalog.shape import Dim, Shape, TensorType

TensorRule = Callable[[Args, TensorType], Applied]


def window_size(size: Dim, window: int, stride: int, padding: str, too_small: Callable[[], Refused]) -> Dim:
    """How many places a window of that width has along an axis.

    With padding it is ceil(size / stride), without floor((size - window) / stride) + 1.
    """
    if not isinstance(size, int):
        return size if stride == 1 and (padding != "valid" or window == 1) else unknown(size)
    places = -(-size // stride) if padding != "valid" else (size - window) // stride + 1
    if places < 1:
        raise too_small()
    return places


def places(args: Args, rank: int, sizes: Sequence[Dim]) -> tuple[Dim, ...]:
    """How many places the kernel has along each axis."""
    kernel, strides, dilation = (each(args[name], rank) for name in ("kernel_size", "strides", "dilation_rate"))
    found = []
    for size, width, stride, spread in zip(sizes, kernel, strides, dilation, strict=True):
        window = (width - 1) * spread + 1

        def too_small(size: Dim = size, window: int = window) -> Refused:
            return Refused(
                f"a kernel that spans {window} does not fit into a size of {size}",
                f"a size of at least {window}",
                size,
                "kernel_size",
                'make the kernel smaller, or pad with `padding="same"`',
            )

        found.append(window_size(size, window, stride, args["padding"], too_small))
    return tuple(found)


def _no_stride_with_dilation(args: Args, rank: int) -> None:
    if max(each(args["strides"], rank)) > 1 and max(each(args["dilation_rate"], rank)) > 1:
        reason = "`strides` and `dilation_rate` can't both be above 1"
        raise Refused(reason, "1 for one of the two", "both above 1", "dilation_rate")


def _channels(args: Args, tensor: TensorType) -> int | None:
    return known_size(tensor, 0 if args["data_format"] == "channels_first" else -1, "the number of channels")


def _with_bias(args: Args, weights: int | None, biases: int) -> int | None:
    return weights + biases if weights is not None and args["use_bias"] else weights


def _check_groups(args: Args, channels: int | None) -> None:
    groups, filters = args["groups"], args["filters"]
    if filters % groups:
        raise Refused(
            f"{filters} filters can't be dealt out to {groups} groups", f"a divisor of {filters}", groups, "groups"
        )
    if channels is not None and channels % groups:
        raise Refused(
            f"{channels} channels can't be dealt out to {groups} groups", f"a divisor of {channels}", groups, "groups"
        )


def _conv(rank: int) -> TensorRule:
    def rule(args: Args, tensor: TensorType) -> Applied:
        _no_stride_with_dilation(args, rank)
        channels, filters = _channels(args, tensor), args["filters"]
        _check_groups(args, channels)
        sizes = places(args, rank, spatial(args, tensor.shape)[0])
        under = None if channels is None else channels // args["groups"]
        per_filter = product((*each(args["kernel_size"], rank), under))
        weights = product((per_filter, filters))
        trainable, frozen = lora(args, (per_filter, filters), "kernel_constraint")
        out = computed(args, joined(args, sizes, filters), tensor)
        return Applied((out,), _with_bias(args, trainable, filters), frozen, product((*sizes, weights)))

    return rule


def _transposed_size(size: Dim, kernel: int, stride: int, padding: str, extra: int | None) -> Dim:
    if not isinstance(size, int):
        return size if stride == 1 and (padding == "same" or kernel == 1) and extra is None else unknown(size)
    if padding == "valid":
        return (size - 1) * stride + kernel + (max(kernel, stride) - kernel if extra is None else extra)
    return size * stride if extra is None else (size - 1) * stride + kernel % 2 + extra


def _conv_transpose(rank: int) -> TensorRule:
    def rule(args: Args, tensor: TensorType) -> Applied:
        _no_stride_with_dilation(args, rank)
        channels, filters = _channels(args, tensor), args["filters"]
        kernel, strides = each(args["kernel_size"], rank), each(args["strides"], rank)
        spans = [(k - 1) * d + 1 for k, d in zip(kernel, each(args["dilation_rate"], rank), strict=True)]
        extra = args["output_padding"]
        extras = (None,) * rank if extra is None else each(extra, rank)
        if any(e is not None and e >= s for e, s in zip(extras, strides, strict=True)):
            raise Refused("`output_padding` must be below `strides`", "less than the stride", extra, "output_padding")
        before = spatial(args, tensor.shape)[0]
        sizes = tuple(
            _transposed_size(size, k, s, args["padding"], e)
            for size, k, s, e in zip(before, spans, strides, extras, strict=True)
        )
        _check_way_back(args, before, sizes, spans, strides)
        weights = product((*kernel, channels, filters))
        out = computed(args, joined(args, sizes, filters), tensor)
        return Applied((out,), _with_bias(args, weights, filters), 0, product((*before, weights)))

    return rule


def _check_way_back(args: Args, before: Shape, after: Shape, spans: Sequence[int], strides: Sequence[int]) -> None:
    """A plain convolution of the result must lead back to the input's size; TensorFlow insists on it."""
    for size, wide, span, stride in zip(before, after, spans, strides, strict=True):
        if isinstance(size, int) and isinstance(wide, int):
            back = -(-wide // stride) if args["padding"] == "same" else -(-(wide - span + 1) // stride)
            if back != size:
                raise Refused(
                    f"with this `output_padding` a size of {size} becomes {wide}, which does not lead back",
                    "another `output_padding`, or none",
                    args["output_padding"],
                    "output_padding",
                )


def _depthwise(rank: int) -> TensorRule:
    def rule(args: Args, tensor: TensorType) -> Applied:
        sizes, weights, many = _depth_part(args, rank, tensor)
        channels = times(spatial(args, tensor.shape)[1], args["depth_multiplier"])
        out = computed(args, joined(args, sizes, channels), tensor)
        return Applied((out,), None if many is None else _with_bias(args, weights, many), 0, product((*sizes, weights)))

    return rule


def _separable(rank: int) -> TensorRule:
    def rule(args: Args, tensor: TensorType) -> Applied:
        sizes, weights, many = _depth_part(args, rank, tensor)
        filters = args["filters"]
        mixing = product((many, filters))
        total = None if weights is None or mixing is None else weights + mixing
        out = computed(args, joined(args, sizes, filters), tensor)
        return Applied((out,), _with_bias(args, total, filters), 0, product((*sizes, total)))

    return rule


def _depth_part(args: Args, rank: int, tensor: TensorType) -> tuple[Shape, int | None, int | None]:
    """Places of the window, weights, and channels after the depthwise step."""
    channels = _channels(args, tensor)
    sizes = places(args, rank, spatial(args, tensor.shape)[0])
    many = product((channels, args["depth_multiplier"]))
    return sizes, product((*each(args["kernel_size"], rank), many)), many


_INPUTS = {1: "x -> Reshape([8, 3])", 2: "x -> Reshape([8, 8, 3])", 3: "x -> Reshape([8, 8, 8, 3])"}
_WHAT = {1: "a sequence", 2: "an image", 3: "a volume"}
_SHOWN = ("filters", "kernel_size", "strides", "activation")


def _family(
    name: str, ranks: int, rule: Callable[[int], TensorRule], doc: str, call: str, *, units: bool = True
) -> tuple[LayerSpec, ...]:
    return tuple(
        LayerSpec(
            name.format(rank),
            doc.format(_WHAT[rank]),
            single(rule(rank), rank + 1),
            f"{_INPUTS[rank]} -> {name.format(rank)}({call})",
            "floats",
            "hidden",
            "filters" if units else None,
            _SHOWN if units else _SHOWN[1:],
        )
        for rank in range(1, ranks + 1)
    )


ROWS: tuple[LayerSpec, ...] = (
    *_family(
        "Conv{}D", 3, _conv, "Slides learnt kernels over {} and sums what lies under them.", "4, 3, activation=relu"
    ),
    *_family(
        "Conv{}DTranspose", 3, _conv_transpose, "A convolution turned round, which makes {} larger.", "4, 3, strides=2"
    ),
    *_family("DepthwiseConv{}D", 2, _depthwise, "Slides kernels over each channel of {} by itself.", "3", units=False),
    *_family(
        "SeparableConv{}D", 2, _separable, "A depthwise convolution over {}, then one that mixes the channels.", "4, 3"
    ),
)
