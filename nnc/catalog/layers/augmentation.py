"""Layers that change pictures at random while training, and those that even out their colours: the shape stays."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.catalog.layers.images import PICTURE, channels, known_sides, picture, sides
from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied
from nnc.catalog.rules import Args, Refused, compute_dtype, is_float, need_dtype, single
from nnc.catalog.shape import Size, TensorType
from nnc.lean import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """What a layer asks of pictures, beside three axes.

    `depths` are the numbers of channels it can work on (none: any), `known` the sizes that it must know (`sides`,
    `channels`, both or none), `takes` the dtypes, `floats` whether it computes in floats alone, `keeps` whether
    whole numbers come out as they went in, `smallest` how short a side may be. `idle` are arguments
    that switch the layer off where they are 0: then it need know nothing. `coloured` are arguments
    that, once given, need three channels on the last axis: Keras tells the layers inside nothing of `data_format`.
    `colours` are arguments that do so where they are a list of three numbers. `halves` says whether it computes in
    half precision on pictures of which a size is open.
    """

    depths: tuple[int, ...] = ()
    known: tuple[str, ...] = ()
    takes: str = "numbers"
    floats: bool = False
    keeps: bool = False
    smallest: int = 1
    idle: tuple[str, ...] = ()
    coloured: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    halves: bool = True


_RULES: Mapping[str, Picture] = {
    "AugMix": Picture((1, 3), ("channels",), floats=True, idle=("chain_depth",)),
    "AutoContrast": Picture(floats=True),
    "ContrastLimitedAdaptiveHistogramEqualization": Picture(known=("sides",)),
    "CutMix": Picture(known=("sides",), floats=True, halves=False),
    "MixUp": Picture(floats=True),
    "RandAugment": Picture((1, 3), ("channels",), floats=True),
    "RandomBrightness": Picture(takes="signed"),
    "RandomColorDegeneration": Picture((3,), ("channels",)),
    "RandomColorJitter": Picture(coloured=("saturation_factor", "hue_factor")),
    "RandomContrast": Picture(takes="floats", floats=True),
    "RandomElasticTransform": Picture(known=("sides", "channels"), floats=True, idle=("factor", "scale")),
    "RandomErasing": Picture(known=("sides",), floats=True, colours=("fill_value",)),
    "RandomFlip": Picture(),
    "RandomGaussianBlur": Picture(floats=True, halves=False),
    "RandomGrayscale": Picture((1, 3), ("channels",), keeps=True),
    "RandomHue": Picture((3,)),
    "RandomInvert": Picture(),
    "RandomPerspective": Picture(known=("sides",), floats=True, smallest=2),
    "RandomPosterization": Picture(),
    "RandomRotation": Picture(),
    "RandomSaturation": Picture((3,), takes="floats", floats=True),
    "RandomSharpness": Picture(floats=True),
    "RandomShear": Picture(floats=True),
    "RandomTranslation": Picture(),
    "RandomZoom": Picture(),
    "Solarization": Picture(floats=True),
}


@dataclass(frozen=True, slots=True)
class _Augmented:
    """The rule of a layer that keeps the shape of pictures."""

    name: str

    def __call__(self, args: Args, tensor: TensorType) -> Applied:
        asks = _RULES[self.name]
        picture(tensor, self.name)
        need_dtype(tensor, asks.takes, f"`{self.name}`")
        depth = channels(args, tensor)
        if asks.depths and isinstance(depth, int) and depth not in asks.depths:
            allowed = " or ".join(map(str, asks.depths))
            raise Refused(f"`{self.name}` works on pictures of {allowed} channels", f"{allowed} channels", tensor)
        given = [name for name in asks.coloured if args[name] is not None]
        given += [name for name in asks.colours if isinstance(args[name], tuple)]
        if given and _not_rgb(tensor):
            raise Refused(f"`{self.name}` needs 3 channels on the last axis for this", "3 channels", tensor)
        known = () if any(_largest(args[name]) == 0 for name in asks.idle) else asks.known
        if "channels" in known and isinstance(depth, Size):
            raise Refused(f"`{self.name}` needs to know the number of channels", "a known size", tensor)
        if "sides" in known:
            known_sides(args, tensor, self.name)
        if any(isinstance(side, int) and side < asks.smallest for side in sides(args, tensor)):
            least = f"sides of at least {asks.smallest}"
            raise Refused(f"`{self.name}` needs {least}", least, tensor)
        if "tile_grid_size" in args:
            _need_tiles(args, tensor)
        dtype = compute_dtype(args)
        if asks.floats and not is_float(dtype):
            raise Refused(f"`{self.name}` computes in floating-point numbers", "a float dtype", dtype, "dtype")
        if not asks.halves and dtype.endswith("float16") and any(isinstance(size, Size) for size in tensor.shape):
            raise Refused(f"in {dtype} `{self.name}` needs pictures of known sizes", "known sizes", tensor)
        if asks.keeps and not is_float(tensor.dtype):
            dtype = tensor.dtype
        return Applied((TensorType(tensor.shape, dtype),))


def _not_rgb(tensor: TensorType) -> bool:
    last = tensor.shape[-1]
    return isinstance(last, int) and last != 3


def _largest(factor: float | tuple[float, float]) -> float:
    return max(factor) if isinstance(factor, tuple) else factor


def _need_tiles(args: Args, tensor: TensorType) -> None:
    """The sides are filled up to whole tiles by mirroring, which reaches as far as the picture goes."""
    for side, tiles in zip(sides(args, tensor), args["tile_grid_size"], strict=True):
        if isinstance(side, int) and -side % tiles > side:
            raise Refused(
                f"a side of {side} is too short for {tiles} tiles", "fewer tiles or larger pictures", tensor,
                "tile_grid_size",
            )  # fmt: skip


def _row(name: str, doc: str, call: str, shown: tuple[str, ...] = ()) -> LayerSpec:
    return LayerSpec(name, doc, single(_Augmented(name)), f"{PICTURE} -> {name}({call})", "any", shown=shown)


ROWS: tuple[LayerSpec, ...] = (
    _row("AugMix", "Mixes several chains of random changes into each picture while training.", ""),
    _row("AutoContrast", "Stretches the values of each picture over the whole range.", ""),
    _row("ContrastLimitedAdaptiveHistogramEqualization",
         "Evens out the brightness of pictures tile by tile, with a limit on the contrast.", "tile_grid_size=[2, 2]"),
    _row("CutMix", "Pastes a part of one picture of the batch into another while training.", ""),
    _row("MixUp", "Blends the pictures of a batch with each other while training.", ""),
    _row("RandAugment", "Applies a few random changes to each picture while training.", ""),
    _row("RandomBrightness", "Makes pictures brighter or darker at random while training.", "0.2", ("factor",)),
    _row("RandomColorDegeneration", "Takes a random share of the colour away while training.", "0.2", ("factor",)),
    _row("RandomColorJitter", "Changes brightness, contrast, saturation and hue at random while training.",
         "brightness_factor=0.2"),
    _row("RandomContrast", "Changes the contrast at random while training.", "0.2", ("factor",)),
    _row("RandomElasticTransform", "Bends pictures at random, like rubber, while training.", ""),
    _row("RandomErasing", "Covers a random rectangle while training.", ""),
    _row("RandomFlip", "Mirrors pictures at random while training.", "horizontal", ("mode",)),
    _row("RandomGaussianBlur", "Blurs pictures at random while training.", ""),
    _row("RandomGrayscale", "Turns some pictures gray while training.", "0.2", ("factor",)),
    _row("RandomHue", "Turns the colours round the colour circle at random while training.", "0.2", ("factor",)),
    _row("RandomInvert", "Turns some pictures into their negative while training.", "0.2", ("factor",)),
    _row("RandomPerspective", "Tilts pictures at random while training.", "0.5", ("factor",)),
    _row("RandomPosterization", "Keeps fewer bits of each colour while training.", "4", ("factor",)),
    _row("RandomRotation", "Rotates pictures at random while training; 1 is a whole turn.", "0.1", ("factor",)),
    _row("RandomSaturation", "Makes colours stronger or weaker at random while training.", "0.5", ("factor",)),
    _row("RandomSharpness", "Sharpens or softens pictures at random while training.", "0.5", ("factor",)),
    _row("RandomShear", "Slants pictures at random while training.", "0.2, 0.2"),
    _row("RandomTranslation", "Moves pictures up, down and sideways at random while training.", "0.1, 0.1",
         ("height_factor", "width_factor")),
    _row("RandomZoom", "Zooms into or out of pictures at random while training.", "0.2", ("height_factor",)),
    _row("Solarization", "Inverts the values above a threshold while training.", "threshold_factor=0.5"),
)  # fmt: skip
