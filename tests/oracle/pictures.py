"""Arguments and inputs for layers that work on pictures."""

from __future__ import annotations

import random
from typing import Any

from nnc.catalog import Size, TensorType

_SHARE = ((0.3, (0.1, 0.6), 1, 0, (0.5, 0.2)), (-0.2, 1.5, (1.2, 1.4), (0.1, 0.2, 0.3), "a"))
_WIDE = ((0.3, (-0.1, 0.6), -1, 0), (-1.2, 1.5, (1.2, 1.4), (0.1,), "a"))
_MOVED = ((0.3, (-0.1, 0.6), 0, 1), (1.5, (-2, 0.4), (0.1,), "a"))
_WITHIN = ((0.3, (0.1, 0.6), 0, 1), (1.5, (-0.2, 0.4), (0.1,), -0.1, "a"))
_DRAWN = (("nearest", "bilinear"), ("bicubic", "cubic"))
_FILLED = (("reflect", "wrap", "constant", "nearest"), ("mirror", "edge"))


def _each(rows: str, argument: str, values: Any) -> dict[str, Any]:
    return {f"{row}.{argument}": values for row in rows.split()}


VALUES: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "height": ((1, 3, 5, 8), (0, -2, 2.5, "4")),
    "width": ((1, 3, 5, 8), (0, -2, 2.5, "4")),
    "value_range": (((0, 255), (0, 1), (-1.0, 1.0)), (5, (1,), "ab")),
    **_each("RandomBrightness RandomColorDegeneration RandomRotation RandomSaturation", "factor", _WIDE),
    **_each(
        "ContrastLimitedAdaptiveHistogramEqualization Equalization MixUp RandomColorJitter RandomCrop", "factor", _WIDE
    ),
    "factor": _SHARE,
    "RandomGrayscale.factor": ((0.0, 0.4, 1), (-0.1, 1.2, "a")),
    "RandomPosterization.factor": ((1, 4, 8, (2, 5)), (0, 9, (9, 10), "a")),
    "brightness_factor": ((None, 0.3, (-0.5, 0.5)), (2,)),
    "contrast_factor": ((None, 0.3, (0.1, 0.5)), (2, -0.1)),
    "saturation_factor": ((None, 0.3, (-0.5, 0.5)), (2,)),
    "hue_factor": ((None, 0.3, (0.1, 0.5)), (2, -0.1)),
    "height_factor": _MOVED,
    "width_factor": _MOVED,
    "RandomZoom.height_factor": ((0.3, (-0.1, 0.6), 0, 1), (-1, 1.5, (-1, 0.4), (0.1,), "a")),
    "RandomZoom.width_factor": ((None, 0.3, (-0.1, 0.6), 0, 1), (-1, 1.5, (-1, 0.4), (0.1,), "a")),
    **dict.fromkeys(("x_factor", "y_factor", "addition_factor", "threshold_factor"), _WITHIN),
    **_each("RandomElasticTransform RandomErasing", "scale", _SHARE),
    "RandomPerspective.scale": ((0, 0.5, 1.0), (-0.1, 1.5)),
    "sigma": _SHARE,
    "RandomGaussianBlur.kernel_size": ((1, 3, (1, 3), (5, 3)), (2, (2, 3), (3,), -2)),
    "mode": (("horizontal", "vertical", "horizontal_and_vertical"), ("diagonal",)),
    "tile_grid_size": (((8, 8), (2, 2), (3, 2), (1, 1)), ((0, 2), 3)),
    "clip_limit": ((4.0, 0, 10), ()),
    "bins": ((256, 16), (0,)),
    "all_ops": ((True, False), ()),
    "num_chains": ((1, 2), (0,)),
    "chain_depth": ((0, 1, 2), ()),
    "num_ops": ((1, 2), (0,)),
    "AugMix.alpha": ((1.0, 0.3), (0, -1)),
    "MixUp.alpha": ((1.0, 0.3), (0, -1)),
    **_each(
        "AugMix RandAugment RandomElasticTransform RandomPerspective RandomRotation RandomShear RandomTranslation "
        "RandomZoom",
        "interpolation",
        _DRAWN,
    ),
    "Resizing.interpolation": (("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area"), ("cubic",)),
    "fill_mode": _FILLED,
    "RandomElasticTransform.fill_mode": ((*_FILLED[0], "mirror"), ("edge",)),
    "Resizing.fill_mode": (("constant",), ("edge",)),
    "fill_value": ((0.0, 1, -3.5), ("a",)),
    "RandomErasing.fill_value": ((None, 0.0, 7, (1, 2, 3)), ("a", (1, 2))),
    "crop_to_aspect_ratio": ((False, True), ()),
    "pad_to_aspect_ratio": ((False, True), ()),
    "antialias": ((False, True), ()),
    "bounding_box_format": ((None, "xyxy", "rel_xywh"), ()),
}

INTERESTING = {"value_range", "fill_value", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "interpolation", "factor"}


def picture(rng: random.Random, name: str, rank: int | None) -> Any:
    """A picture, channels last or first, seldom something else."""
    axes = rng.choice((2, 4)) if rng.random() < 0.05 else 3
    sizes: list[Any] = [rng.choice((1, 2, 4, 5, 8, 9)) for _ in range(axes)]
    for channel in rng.choice(((-1,), (0,), (0, -1))):
        sizes[channel] = rng.choice((1, 3, 3, 3, 3, 2, 4))
    if rng.random() < 0.12:
        sizes[rng.randrange(axes)] = Size()
    if rng.random() < 0.05:
        sizes[:2] = (Size(), Size())
    odd = rng.choice(("int32", "uint8", "float16", "float64", "bool", "string"))
    return (TensorType(tuple(sizes), odd if rng.random() < 0.15 else "float32"),), {}
