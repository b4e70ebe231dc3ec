"""The one look of all charts: colours, type, sizes, and how a chart becomes SVG.

Charts are drawn on bare `Figure` objects (no pyplot, no global state) in millimetres of the printed page, and come
out as the same bytes for the same input: no date, a fixed salt for ids. Letters stay letters: they can be searched
and copied, and a page of charts becomes PDF in half the time that outlines take. The first families of the list
have the same widths as Arial, so that a chart holds its shape on a machine without them.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from nnc.report.drawing import Drawing

if TYPE_CHECKING:  # matplotlib is loaded by whoever draws, which may be another process
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

ACCENT = "#0b5a8f"
INK = "#1c2530"
MUTED = "#5a6672"
GRID = "#e3e7ec"
PAPER = "#ffffff"

# The palette of Okabe and Ito (2008), which people with any colour vision can tell apart; black comes last.
BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, YELLOW = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#e69f00",
    "#cc79a7",
    "#56b4e9",
    "#f0e442",
)
CYCLE = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, YELLOW, "#000000")

TRAINING = BLUE
VALIDATION = VERMILLION

PAGE_WIDTH = 166.0
"""The text's width on an A4 page in millimetres."""

_MM_PER_INCH = 25.4
_IMAGE_DPI = 200  # of what is rasterised inside an SVG

_FAMILIES = ("Liberation Sans", "Arial", "Helvetica", "DejaVu Sans")
_WIDE_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Microsoft YaHei",
    "Droid Sans Fallback",
    "Noto Sans",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Sans Bengali",
    "Noto Sans Tamil",
    "Noto Sans Telugu",
    "Noto Sans Khmer",
    "Noto Sans Ethiopic",
    "Symbola",
)


@cache
def families() -> tuple[str, ...]:
    """The installed families that charts are set in, the first that has a letter gives it. Never empty:

    matplotlib brings DejaVu Sans along.
    """
    from matplotlib.font_manager import fontManager

    _take_new_fonts()
    installed = set(fontManager.get_font_names())
    return tuple(name for name in _FAMILIES + _WIDE_FAMILIES if name in installed)


def _take_new_fonts() -> None:
    """Let charts have fonts that were installed since matplotlib listed them, which it does once in its life."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    listed = {font.fname for font in fontManager.ttflist}
    for path in sorted(findSystemFonts()):
        if path not in listed:
            with suppress(OSError, RuntimeError, ValueError, NotImplementedError):  # a file that is no font for charts
                fontManager.addfont(path)


def rc() -> dict[Any, Any]:
    """What matplotlib is set to."""
    from cycler import cycler

    return {
        "font.family": list(families()),
        "font.size": 8,
        "text.color": INK,
        "text.parse_math": False,  # a column called `$x^2$` is shown as it is written
        "axes.titlesize": 8.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 6,
        "axes.labelsize": 8,
        "axes.labelcolor": MUTED,
        "axes.edgecolor": "#aab3bd",
        "axes.linewidth": 0.7,
        "axes.facecolor": "none",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.formatter.use_mathtext": False,
        "axes.unicode_minus": True,
        "axes.prop_cycle": cycler(color=CYCLE),
        "grid.color": GRID,
        "grid.linewidth": 0.6,
        "xtick.color": "#aab3bd",
        "ytick.color": "#aab3bd",
        "xtick.labelcolor": MUTED,
        "ytick.labelcolor": MUTED,
        "xtick.labelsize": 7.5,
        "ytick.labelsize": 7.5,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "xtick.major.width": 0.7,
        "ytick.major.width": 0.7,
        "lines.linewidth": 1.5,
        "lines.solid_capstyle": "round",
        "legend.frameon": False,
        "legend.fontsize": 7.5,
        "legend.handlelength": 2.2,
        "figure.facecolor": "none",
        "figure.constrained_layout.h_pad": 0.03,
        "figure.constrained_layout.w_pad": 0.03,
        "figure.constrained_layout.wspace": 0.04,
        "figure.constrained_layout.hspace": 0.05,
        "figure.dpi": 100,
        "path.simplify": True,
    }


@contextmanager
def themed() -> Iterator[None]:
    """Within it matplotlib draws in the report's look, and a letter that no font has is not printed as a warning

    (the report itself says which letters those are).
    """
    import matplotlib as mpl

    fonts_log = logging.getLogger("matplotlib.font_manager")
    level = fonts_log.level
    with mpl.rc_context(rc()), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        fonts_log.setLevel(logging.ERROR)
        try:
            yield
        finally:
            fonts_log.setLevel(level)


def draw(title: str, width: float, height: float, paint: Callable[[Figure], None]) -> Drawing:
    """The drawing of what `paint` puts on an empty figure of that size (millimetres)."""
    return Drawing(width, height, partial(_drawn, title, width, height, paint))


def _drawn(title: str, width: float, height: float, paint: Callable[[Figure], None]) -> str:
    from matplotlib.figure import Figure

    with themed():
        figure = Figure(figsize=(width / _MM_PER_INCH, height / _MM_PER_INCH), layout="constrained")
        paint(figure)
        return to_svg(figure, title)


def to_svg(figure: Figure, title: str) -> str:
    """The SVG text of a figure, without date, with a title. To be called within `themed()`."""
    from nnc.report import svg

    return svg.to_svg(figure, title, _IMAGE_DPI)


def thousands(axes: Axes) -> None:
    """Set thousands apart on axes that reach 10,000: `100,000`, the minus as a minus."""
    from matplotlib.ticker import FuncFormatter

    for axis in (axes.xaxis, axes.yaxis):
        if max(abs(end) for end in axis.get_view_interval()) >= 10_000:
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}".replace("-", "\u2212")))


@cache
def blend(*colours: str) -> Colormap:
    """A scale of colours from the first to the last."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("nnc", list(colours))


def quiet_axes(axes: Axes, grid: str = "y") -> None:
    """Keep the grid on one axis (`x`, `y`) or none (`none`), where the other would be noise."""
    axes.grid(visible=False)
    if grid in ("x", "y", "both"):
        axes.grid(visible=True, axis=grid)  # type: ignore[arg-type]  # the stub wants the literal itself
