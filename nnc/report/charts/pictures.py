"""Pictures on a page: contact sheets, the worst rows, and attributions over the picture.

Sizes are in millimetres from the upper left corner of the figure.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from nnc.report import style
from nnc.report.drawing import Drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AGAINST_TO_FOR = ("#0b4f94", "#7fb3dd", "#ffffff", "#f0957a", "#a81c07")
_LITTLE_TO_MUCH = ("#ffffff", "#8fbbe0", style.ACCENT, "#06283f")
_MAX_SIDE = 256
_LABEL = 30.0
_SMALL = 7.0
_LETTERS = 22
_PALE = 0.22

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Strip:
    """A row of a contact sheet: its name and its pictures, PNGs in base 64."""

    name: str
    pngs: tuple[str, ...]


@dataclass(frozen=True)
class Titled:
    """A picture with two lines below it."""

    png: str
    first: str
    second: str


@dataclass(frozen=True)
class Attributed:
    """A row of attributions: what stands beside the picture, and a map for each column, [down, across]."""

    words: tuple[str, ...]
    png: str
    maps: tuple[Array, ...]
    marked: int | None = None  # the column of the predicted class


def pixels(png: str) -> npt.NDArray[np.uint8]:
    """The picture that a PNG in base 64 holds. Raises ValueError where it is too large to be one of ours."""
    with Image.open(io.BytesIO(base64.b64decode(png)), formats=("PNG",)) as image:
        if max(image.size) > _MAX_SIDE:
            raise ValueError(f"a picture of {image.width} × {image.height} pixels in the evidence")
        return np.asarray(image.convert("L" if image.mode == "L" else "RGB"))


def contact_sheet(strips: Sequence[Strip], title: str) -> Drawing:
    """A few pictures of each class, a row a class."""
    gap = 1.4
    left = _LABEL if any(strip.name for strip in strips) else 0.0
    most = max(len(strip.pngs) for strip in strips)
    side = min(15.0, (style.PAGE_WIDTH - left) / most - gap)
    height = len(strips) * (side + gap)

    def paint(figure: Figure) -> None:
        figure.set_layout_engine("none")  # places are given in millimetres
        for row, strip in enumerate(strips):
            top = row * (side + gap)
            figure.text(0, 1 - (top + side / 2) / height, short(strip.name), va="center", fontweight="bold")
            for i, png in enumerate(strip.pngs):
                _show(_at(figure, left + i * (side + gap), top, side, side), pixels(png))

    return style.draw(title, style.PAGE_WIDTH, height, paint)


def titled(pictures: Sequence[Titled], title: str) -> Drawing:
    """Pictures in rows of five, each with two lines below."""
    across, side, below, gap = 5, 24.0, 9.5, 3.0
    step = (style.PAGE_WIDTH - side) / (across - 1)
    height = -(-len(pictures) // across) * (side + below + gap)

    def paint(figure: Figure) -> None:
        figure.set_layout_engine("none")  # places are given in millimetres
        for i, one in enumerate(pictures):
            left, top = (i % across) * step, (i // across) * (side + below + gap)
            axes = _at(figure, left, top, side, side)
            _show(axes, pixels(one.png))
            axes.text(0, -0.05, short(one.first), transform=axes.transAxes, va="top", fontsize=_SMALL)
            axes.text(
                0, -0.2, short(one.second), transform=axes.transAxes, va="top", fontsize=_SMALL, color=style.MUTED
            )

    return style.draw(title, style.PAGE_WIDTH, height, paint)


def attributions(rows: Sequence[Attributed], heads: Sequence[str], ends: tuple[str, str], title: str) -> Drawing:
    """Each row's picture, and over it what its cells add for and against each class; one scale a row."""
    bar, gap, words, below = 12.0, 1.2, 4.5, 5.0
    side = min(34.0, (style.PAGE_WIDTH - bar) / (len(heads) + 1) - gap)
    step = words + side + 3.0
    top = 5.0
    height = top + len(rows) * step + below

    def paint(figure: Figure) -> None:
        figure.set_layout_engine("none")  # places are given in millimetres
        for i, head in enumerate(heads):
            middle = ((i + 1) * (side + gap) + side / 2) / style.PAGE_WIDTH
            said = short(head, max(3, int(side / 1.6)))
            figure.text(middle, 1 - 2.0 / height, said, ha="center", va="center", fontweight="bold")
        for number, row in enumerate(rows):
            y = top + number * step
            figure.text(0, 1 - (y + 1.8) / height, "  ·  ".join(row.words), va="center", fontsize=_SMALL)
            _attributed(figure, row, y + words, side, gap)
        figure.text(0, 0, f"{ends[0]}   ·   {ends[1]}", fontsize=_SMALL, color=style.MUTED, va="bottom")

    return style.draw(title, style.PAGE_WIDTH, height, paint)


def _attributed(figure: Figure, row: Attributed, top: float, side: float, gap: float) -> None:
    """One row's picture, its maps, and their scale."""
    picture = pixels(row.png)
    _show(_at(figure, 0.2, top, side, side), picture)
    most = max(float(np.abs(one).max()) for one in row.maps) or 1.0
    for i, one in enumerate(row.maps):
        axes = _at(figure, (i + 1) * (side + gap), top, side, side)
        _over(axes, picture, one, most)
        if i == row.marked:
            for spine in axes.spines.values():
                spine.set(visible=True, color=style.INK, linewidth=1.2)
    _scale(_at(figure, (len(row.maps) + 1) * (side + gap) + 0.6, top, 2.0, side), most)


def amounts(maps: Sequence[tuple[str, Array]], ends: tuple[str, str], title: str) -> Drawing:
    """How much each cell matters to each model, side by side; a scale of its own for each."""
    side, gap, top, below = 46.0, 22.0, 6.0, 2.5
    height = top + side + below
    width = len(maps) * (side + gap)

    def paint(figure: Figure) -> None:
        figure.set_layout_engine("none")  # places are given in millimetres
        for i, (name, values) in enumerate(maps):
            left = i * (side + gap)
            figure.text(left / width, 1 - 2.5 / height, short(name, 34), va="center", fontweight="bold")
            axes = _at(figure, left, top, side, side)
            axes.imshow(
                values,
                cmap=style.blend(*_LITTLE_TO_MUCH),
                vmin=0,
                vmax=float(values.max()) or 1.0,
                interpolation="nearest",
            )
            _framed(axes)
            inset = _at(figure, left + side + 2, top, 2.0, side)
            inset.imshow(np.linspace(1, 0, 64)[:, None], cmap=style.blend(*_LITTLE_TO_MUCH), aspect="auto")
            _framed(inset)
            for place, words in ((1.0, ends[1]), (0.0, ends[0])):
                inset.text(
                    1.6, place, words, transform=inset.transAxes, fontsize=_SMALL, color=style.MUTED, va="center"
                )

    return style.draw(title, width, height, paint)


def short(text: str, letters: int = _LETTERS) -> str:
    """A text that fits beside or below a picture."""
    return text if len(text) <= letters else text[: letters - 1] + "…"


def _at(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at a place in millimetres from the upper left."""
    across, down = (float(inches) * 25.4 for inches in figure.get_size_inches())
    return figure.add_axes((left / across, 1 - (top + height) / down, width / across, height / down))


def _show(axes: Axes, picture: npt.NDArray[np.uint8]) -> None:
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    _framed(axes)


def _framed(axes: Axes) -> None:
    axes.grid(visible=False)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, color="#aab3bd", linewidth=0.5)


def _over(axes: Axes, picture: npt.NDArray[np.uint8], values: Array, most: float) -> None:
    """Attributions, with the picture pale behind them so that one sees what they lie on."""
    from matplotlib.colors import Normalize

    grey = picture if picture.ndim == 2 else picture.mean(axis=2)
    coloured = style.blend(*AGAINST_TO_FOR)(Normalize(-most, most)(values))[:, :, :3]
    down, across = (max(a, b) for a, b in zip(grey.shape, values.shape, strict=True))
    ink = 1 - _stretched(grey, down, across) / 255
    ink = ink if ink.mean() < 0.5 else 1 - ink  # strokes are dark whether they were drawn in black or in white
    shown = _stretched(coloured, down, across) * (1 - _PALE * ink[:, :, None])
    axes.imshow(np.clip(shown, 0, 1), interpolation="nearest")
    _framed(axes)


def _stretched(array: npt.NDArray[np.generic], down: int, across: int) -> Array:
    """Each cell as often as it fits, so that two grids lie over one another."""
    rows = np.arange(down) * array.shape[0] // down
    columns = np.arange(across) * array.shape[1] // across
    return np.asarray(array[rows][:, columns], dtype=np.float64)


def _scale(axes: Axes, most: float) -> None:
    axes.imshow(np.linspace(1, 0, 128)[:, None], cmap=style.blend(*AGAINST_TO_FOR), aspect="auto")
    _framed(axes)
    for place, value in ((1.0, most), (0.5, 0.0), (0.0, -most)):
        words = "0" if value == 0 else f"{value:+.2g}".replace("-", "−")
        axes.text(1.5, place, words, transform=axes.transAxes, fontsize=6.5, color=style.MUTED, va="center")
