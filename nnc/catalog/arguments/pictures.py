"""The arguments of layers for pictures. Keras bounds factors layer by layer, and each of a pair a little loosely."""

from __future__ import annotations

from nnc.catalog.arguments.common import ABOVE_ZERO, COUNT, NUMBER, POSITIVE
from nnc.catalog.kinds import BOOL, NO, Type, choice, is_int, is_number, many, number, optional
from nnc.catalog.rows import Argument


def _factor(low: float, high: float, *, apart: bool = False, above: bool = False) -> Type:
    """A number within bounds, or a pair that reaches into them; `apart`: each of the pair within them."""
    one = number(low, high, above=above)

    def take(value: Argument) -> Argument:
        if not isinstance(value, (tuple, list)):
            return one.take(value)
        if len(value) != 2 or not all(is_number(item) for item in value):
            return NO
        if apart:
            return tuple(value) if all(one.take(item) is not NO for item in value) else NO
        return tuple(value) if value[0] <= high and value[1] >= low else NO

    return Type(f"{one.noun}, or a pair of them", take)


def _odd(value: Argument) -> bool:
    return is_int(value) and value > 0 and value % 2 == 1


def _odd_sizes(value: Argument) -> Argument:
    if isinstance(value, (tuple, list)):
        return tuple(value) if len(value) == 2 and all(_odd(item) for item in value) else NO
    return value if _odd(value) else NO


_WIDE, _SHARE = _factor(-1, 1), _factor(0, 1)
_MOVED, _ZOOMED, _WITHIN = _factor(-1, 1, apart=True), _factor(-1, 1, apart=True, above=True), _factor(0, 1, apart=True)
# Keras takes a factor in these layers, and none of them asks for it.
_ANY = optional(_WIDE)
_PAIR = many(NUMBER, "a pair of numbers", 2)
_FILLED = choice("reflect", "wrap", "constant", "nearest")
_DRAWN = choice("nearest", "bilinear")
_BOXES = choice(
    "xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh"
)


def _each(rows: str, argument: str, kind: Type) -> dict[str, Type]:
    return {f"{row}.{argument}": kind for row in rows.split()}


_WARPED = "RandomRotation RandomShear RandomTranslation RandomZoom"

TYPES: dict[str, Type] = {
    "height": POSITIVE,
    "width": POSITIVE,
    "value_range": _PAIR,
    "bounding_box_format": optional(_BOXES),
    **_each("RandomBrightness RandomColorDegeneration RandomRotation RandomSaturation", "factor", _WIDE),
    **_each(
        "AugMix CutMix RandAugment RandomContrast RandomElasticTransform RandomErasing RandomGaussianBlur RandomHue "
        "RandomInvert RandomPerspective RandomSharpness",
        "factor",
        _SHARE,
    ),
    **_each(
        "ContrastLimitedAdaptiveHistogramEqualization Equalization MixUp RandomColorJitter RandomCrop", "factor", _ANY
    ),
    "RandomGrayscale.factor": number(0, 1),
    "RandomPosterization.factor": _factor(1, 8),
    "brightness_factor": optional(_WIDE),
    "contrast_factor": optional(_SHARE),
    "saturation_factor": optional(_WIDE),
    "hue_factor": optional(_SHARE),
    "RandomTranslation.height_factor": _MOVED,
    "RandomTranslation.width_factor": _MOVED,
    "RandomZoom.height_factor": _ZOOMED,
    "RandomZoom.width_factor": optional(_ZOOMED),
    "x_factor": _WITHIN,
    "y_factor": _WITHIN,
    "addition_factor": _WITHIN,
    "threshold_factor": _WITHIN,
    "RandomElasticTransform.scale": _SHARE,
    "RandomErasing.scale": _SHARE,
    "RandomPerspective.scale": number(0, 1),
    "sigma": _SHARE,
    "RandomGaussianBlur.kernel_size": Type("an odd positive whole number, or a pair of them", _odd_sizes),
    "RandomFlip.mode": choice("horizontal", "vertical", "horizontal_and_vertical"),
    "tile_grid_size": many(POSITIVE, "a pair of positive whole numbers", 2),
    "clip_limit": NUMBER,
    "bins": POSITIVE,
    "all_ops": BOOL,
    "num_chains": POSITIVE,
    "chain_depth": COUNT,
    "num_ops": POSITIVE,
    "AugMix.alpha": ABOVE_ZERO,
    "MixUp.alpha": ABOVE_ZERO,
    **_each(f"AugMix RandAugment RandomElasticTransform RandomPerspective {_WARPED}", "interpolation", _DRAWN),
    "Resizing.interpolation": choice("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area"),
    **_each(_WARPED, "fill_mode", _FILLED),
    "RandomElasticTransform.fill_mode": _FILLED,
    "Resizing.fill_mode": choice("constant"),
    "fill_value": NUMBER,
    "RandomErasing.fill_value": optional(NUMBER | many(NUMBER, "a list of three numbers", 3)),
    "crop_to_aspect_ratio": BOOL,
    "pad_to_aspect_ratio": BOOL,
    "antialias": BOOL,
}
