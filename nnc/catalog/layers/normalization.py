"""Normalization over the batch, the last axes, or groups of channels."""

from __future__ import annotations

from collections.abc import Callable

from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied
from nnc.catalog.rules import Args, Refused, computed, known_size, not_batch, product, single
from nnc.catalog.shape import TensorType


def _weights(args: Args, size: int | None, *names: str) -> int | None:
    return product((size, sum(bool(args[name]) for name in names)))


def _batch(args: Args, tensor: TensorType) -> Applied:
    size = known_size(tensor, not_batch(args["axis"], tensor.shape), "the size of the normalized axis")
    moving = 5 if args["renorm"] else 2
    trainable = _weights(args, size, "scale", "center")
    return Applied((computed(args, tensor.shape, tensor),), trainable, product((size, moving)))


def _axes(args: Args, tensor: TensorType) -> list[int]:
    axes = _listed(args["axis"])
    found = [not_batch(axis, tensor.shape) for axis in axes]
    if len(set(found)) < len(found):
        raise Refused("an axis stands there twice", "different axes", list(axes), "axis")
    return found


def _sizes(args: Args, tensor: TensorType) -> list[int | None]:
    return [known_size(tensor, axis, "every normalized size") for axis in _axes(args, tensor)]


def _layer(args: Args, tensor: TensorType) -> Applied:
    if not args["scale"] and not args["center"]:
        return _unit(args, tensor)
    trainable = _weights(args, product(_sizes(args, tensor)), "scale", "center")
    return Applied((computed(args, tensor.shape, tensor),), trainable)


def _rms(args: Args, tensor: TensorType) -> Applied:
    """Keras lays the weights over the last axes of the input, whichever axes they were made for."""
    sizes = _sizes({**args, "axis": tuple(sorted(_listed(args["axis"])))}, tensor)
    last = tensor.shape[len(tensor.shape) - len(sizes) :]
    for size, under in zip(sizes, last, strict=True):
        if isinstance(size, int) and isinstance(under, int) and size not in (1, under):
            raise Refused(
                "RMS normalization works along the last axes alone", f"the last {len(sizes)}", args["axis"], "axis"
            )
    return Applied((computed(args, tensor.shape, tensor),), product(sizes))


def _listed(axis: int | tuple[int, ...]) -> tuple[int, ...]:
    return axis if isinstance(axis, tuple) else (axis,)


def _group(args: Args, tensor: TensorType) -> Applied:
    size = known_size(tensor, not_batch(args["axis"], tensor.shape), "the number of channels")
    groups = args["groups"]
    if size is not None and groups != -1 and (size < groups or size % groups):
        raise Refused(
            f"{size} channels can't be dealt out to {groups} groups",
            f"a divisor of {size}",
            groups,
            "groups",
            "`groups=1` normalizes all channels together, `groups=-1` each by itself",
        )
    return Applied((computed(args, tensor.shape, tensor),), _weights(args, size, "scale", "center"))


def _unit(args: Args, tensor: TensorType) -> Applied:
    _axes(args, tensor)
    return Applied((computed(args, tensor.shape, tensor),))


def _row(
    name: str,
    doc: str,
    call: str,
    rule: Callable[[Args, TensorType], Applied],
    takes: str = "numbers",
) -> LayerSpec:
    return LayerSpec(name, doc, single(rule), f"x -> {name}({call})", takes)


ROWS: tuple[LayerSpec, ...] = (
    _row("BatchNormalization", "Scales each channel by its mean and spread over the batch.", "", _batch),
    _row("LayerNormalization", "Scales each row by its own mean and spread.", "", _layer),
    _row("GroupNormalization", "Scales groups of channels by their mean and spread.", "groups=2", _group),
    _row("RMSNormalization", "Scales each row by its root mean square.", "", _rms),
    _row("UnitNormalization", "Scales each row to a length of 1.", "", _unit, "floats"),
)
