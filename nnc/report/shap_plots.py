"""The SHAP plots. shap draws them; here they get the report's look, sizes, words, and the same bytes each time.

shap draws on pyplot's current figure, so each plot is a pyplot figure that is closed again. It also shuffles points by
NumPy's global random state, which is seeded and put back. The letters of feature names are never read as mathematics
(the style's setting), and shap's tick labels, which it cuts at an equals sign, are written anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from nnc.report import style
from nnc.report.drawing import Drawing
from nnc.report.numbers import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MM = 25.4
_TEXT = 8.0  # points, as in the other charts
_LABEL_LETTERS = 38
_VECTOR_POINTS = 300
_LOW_TO_HIGH = (style.BLUE, "#b9bec6", style.VERMILLION)
_NUMBER = re.compile(r"[-+−0-9.,]+")
_LINES = ("-", "--", "-.")


@dataclass(frozen=True)
class Matrix:
    """What plots show of one model: values and data (rows, features), the base, and the features' names."""

    values: np.ndarray
    data: np.ndarray
    base: float
    names: tuple[str, ...]


@dataclass(frozen=True)
class Bars:
    """One panel of bars: its heading, the names and their mean absolute values, largest first."""

    heading: str
    names: tuple[str, ...]
    values: tuple[float, ...]


def bars(panels: Sequence[Bars], label: str, title: str) -> Drawing:
    """Mean absolute SHAP values, panels side by side, each with its own scale."""
    longest = max(len(panel.names) for panel in panels)

    def paint(figure: Figure) -> None:
        import shap

        lefts = [_label_width(figure, panel.names) for panel in panels]
        gap, share = 0.02, 1 / len(panels)
        for i, panel in enumerate(panels):
            axes = _axes(figure, i * share + lefts[i], (i + 1) * share - gap - 0.03, bottom=10, top=7)
            values = shap.Explanation(np.asarray(panel.values), feature_names=list(panel.names))
            shap.plots.bar(values, max_display=len(panel.names), ax=axes, show=False)
            order = np.argsort(-np.asarray(panel.values), kind="stable")
            axes.set_yticks(range(len(order), 0, -1), [_short(panel.names[j]) for j in order])
            for text, j in zip(axes.texts, order, strict=True):
                text.set(text=number(panel.values[j], 2), color=style.INK)
            for dotted in axes.get_lines():
                dotted.remove()
            for bar in axes.patches:
                bar.set_facecolor(style.ACCENT)
            axes.set(xlabel=label, title=panel.heading, xlim=(0, max(panel.values[order[0]], 1e-12) * 1.18))
            axes.set_ylim(len(order) - longest + 0.4, len(order) + 0.6)

    return _drawing(17 + 5.2 * longest, paint, title)


def beeswarm(matrix: Matrix, top: int, seed: int, label: str, colours: tuple[str, str, str], title: str) -> Drawing:
    """A point a row and feature, the `top` features with the largest mean; `colours` names the colour bar, its low

    and its high end.
    """
    shown = min(top, len(matrix.names))

    def paint(figure: Figure) -> None:
        import shap

        left = _label_width(figure, matrix.names)
        axes = _axes(figure, left, 0.89, bottom=10, top=1)
        values = shap.Explanation(
            matrix.values, base_values=matrix.base, data=matrix.data, feature_names=list(matrix.names)
        )
        shap.plots.beeswarm(
            values, max_display=shown, ax=axes, show=False, plot_size=None, s=9, color=style.blend(*_LOW_TO_HIGH),
            color_bar=True, color_bar_label=colours[0], group_remaining_features=False,
        )  # fmt: skip
        axes.set_xlabel(label)
        axes.set_yticks(axes.get_yticks(), [_short(tick.get_text()) for tick in axes.get_yticklabels()])
        for points in axes.collections:
            points.set_rasterized(len(matrix.values) * shown > _VECTOR_POINTS)
        for bar in figure.axes[1:]:
            bar.set_yticks(bar.get_yticks(), colours[1:])
            bar.set_position((0.93, 0.3, 0.012, 0.5))

    return _drawing(11 + 5.0 * shown, paint, title, partial(_seeded, seed))


@dataclass(frozen=True)
class Decision:
    """A row on its way through the features: its place in the matrix and its words for the legend."""

    row: int
    words: str


def decision(matrix: Matrix, chosen: Sequence[Decision], top: int, link: str, label: str, title: str) -> Drawing:
    """The way of the chosen rows from the base to the output, feature by feature, other rows in grey behind.

    With link `logit` the values must be of the logit; the axis is then the probability.
    """
    shown = min(top, len(matrix.names))
    places = [each.row for each in chosen]
    others = [row for row in range(len(matrix.values)) if row not in places]
    behind = others[:: max(1, len(others) // 40)]

    def paint(figure: Figure) -> None:
        import shap

        left = _label_width(figure, matrix.names)
        axes = _axes(figure, left, 0.97, bottom=10, top=2 + 4.2 * len(chosen))
        shap.plots.decision(
            matrix.base, matrix.values[behind + places], feature_names=[_short(name) for name in matrix.names],
            link=link, show=False, auto_size_plot=False, color_bar=False, ignore_warnings=True,
            feature_display_range=slice(-1, -shown - 1, -1),
        )  # fmt: skip
        # The base's rule and a dotted line between features come first, then a line a row.
        ways = axes.get_lines()[-len(behind + places) :]
        for dotted in axes.get_lines()[1 : -len(ways)]:
            dotted.set_color(style.GRID)
        for line in ways[: len(behind)]:
            line.set(color="#c9ced6", linewidth=0.6, zorder=1)
        marked = ways[len(behind) :]
        for i, line in enumerate(marked):
            line.set(color=style.CYCLE[i], linewidth=1.9, linestyle=_LINES[i % len(_LINES)], zorder=3)
        axes.set_xlabel(label)
        axes.tick_params("x", top=False, labeltop=False)
        axes.legend(marked, [each.words for each in chosen], loc="lower left", bbox_to_anchor=(0, 1.0), ncols=1)

    return _drawing(12 + 4.2 * len(chosen) + 3.7 * shown, paint, title)


@dataclass(frozen=True)
class WaterfallWords:
    """`others` has a place `n`; `base` and `output` have a place `value`."""

    others: Callable[[int], str]
    base: Callable[[str], str]
    output: Callable[[str], str]
    axis: str


def waterfall(matrix: Matrix, row: int, display: Sequence[str], top: int, words: WaterfallWords, title: str) -> Drawing:
    """One row's way from the base to its output, the `top` features one by one and the others together."""
    values = matrix.values[row]
    shown = min(top, len(values))
    order = np.argsort(-np.abs(values))
    single = order[: shown if shown == len(values) else shown - 1]
    labels = [f"{_short(matrix.names[i], 28)} = {_short(display[i], 12)}" for i in single]
    amounts = [float(values[i]) for i in single]
    if shown < len(values):
        labels.append(words.others(len(values) - len(single)))
        amounts.append(float(np.sum(values) - np.sum(amounts)))

    def paint(figure: Figure) -> None:
        import shap

        left = _label_width(figure, labels, _LABEL_LETTERS + 10)
        _axes(figure, left, 0.96, bottom=14, top=7)
        width, height = figure.get_size_inches()
        shap.plots.waterfall(
            shap.Explanation(values, base_values=matrix.base, feature_names=list(matrix.names)),
            max_display=shown, show=False,
        )  # fmt: skip
        figure.set_size_inches(float(width), float(height))
        axes, base, output = figure.axes
        axes.set_yticks(range(shown - 1, -1, -1), labels)
        for text in axes.texts:
            place = shown - 1 - round(float(text.get_position()[1]))
            text.set_text(signed(amounts[place]))
        _end(base, matrix.base, "\n" + words.base(number(matrix.base)), "bottom")
        total = matrix.base + float(values.sum())
        _end(output, total, words.output(number(total)), "top")
        axes.set_xlabel(words.axis, labelpad=14)

    return _drawing(21 + 4.1 * shown, paint, title, _quiet_pyplot)


def _axes(figure: Figure, left: float, right: float, *, bottom: float, top: float) -> Axes:
    """Axes between two shares of the width, with margins below and above in millimetres."""
    height = float(figure.get_figheight()) * _MM
    return figure.add_axes((left, bottom / height, right - left, 1 - (bottom + top) / height))


def _end(axes: Axes, at: float, text: str, side: str) -> None:
    """Mark where the way begins or ends."""
    axes.set_xticks([at], [text])
    left, right = axes.get_xlim()
    share = (at - left) / (right - left)
    # near an edge the words stand beside the mark on its inner side: centred they would be cut off
    axes.get_xticklabels()[0].set_horizontalalignment("right" if share > 0.9 else "left" if share < 0.1 else "center")
    axes.xaxis.set_ticks_position(side)  # type: ignore[arg-type]


def signed(value: float) -> str:
    """A contribution with its sign, to two digits."""
    text = number(value, 2)
    return f"+{text}" if value > 0 else text


def _short(name: str, limit: int = _LABEL_LETTERS) -> str:
    """A name in one line, its middle left out where it is long: the ends tell one-hot features apart."""
    line = " ".join(name.split())
    half = (limit - 1) // 2
    return line if len(line) <= limit else f"{line[:half]}…{line[-half:]}"


def _label_width(figure: Figure, names: Sequence[str], limit: int = _LABEL_LETTERS) -> float:
    """The share of the figure's width that the longest of the names takes up, as a left margin."""
    from matplotlib.font_manager import FontProperties

    renderer: Any = figure.canvas.get_renderer()  # type: ignore[attr-defined]  # of the Agg canvas
    font = FontProperties(family=list(style.families()), size=_TEXT)
    widest = max(renderer.get_text_width_height_descent(_short(name, limit), font, False)[0] for name in names)
    return float(min(0.5, widest / figure.bbox.width + 0.025))


def _drawing(
    height: float,
    paint: Callable[[Figure], None],
    title: str,
    within: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Drawing:
    """The drawing of what `paint` puts on an empty pyplot figure of the page's width, which is closed afterwards."""

    def drawn() -> str:
        import matplotlib as mpl

        mpl.use("agg")
        from matplotlib import pyplot as plt

        with style.themed(), mpl.rc_context({"axes.grid": False}), within():
            figure = plt.figure(figsize=(style.PAGE_WIDTH / _MM, height / _MM))
            try:
                paint(figure)
                return _finished(figure, title)
            finally:
                plt.close(figure)

    return Drawing(style.PAGE_WIDTH, height, drawn)


@contextmanager
def _quiet_pyplot() -> Iterator[None]:
    """Put back pyplot's interactive mode, which shap switches off."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    interactive = plt.isinteractive()
    try:
        yield
    finally:
        mpl.interactive(interactive)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    before = np.random.get_state()  # noqa: NPY002  # shap draws from the global state
    np.random.seed(seed % 2**32)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002


def _finished(figure: Figure, title: str) -> str:
    """The SVG text, in the colours of the other charts and with letters of their size."""
    from matplotlib.patches import Patch
    from matplotlib.text import Text
    from shap.plots import colors

    ours: dict[object, str] = {tuple(colors.red_rgb): style.VERMILLION, tuple(colors.blue_rgb): style.BLUE}
    for patch in figure.findobj(Patch):
        colour = ours.get(tuple(patch.get_facecolor())[:3])
        if colour:
            patch.set(facecolor=colour, edgecolor="none")
    for text in figure.findobj(Text):
        text.set(fontsize=_TEXT - 0.5 if _NUMBER.fullmatch(text.get_text()) else _TEXT)
        colour = ours.get(tuple(np.atleast_1d(text.get_color())))
        if colour:
            text.set_color(colour)
    for axes in figure.axes:
        axes.xaxis.label.set_color(style.MUTED)
        axes.tick_params("y", labelcolor=style.INK, length=0)
        axes.tick_params("x", labelcolor=style.MUTED)
    return style.to_svg(figure, title)
