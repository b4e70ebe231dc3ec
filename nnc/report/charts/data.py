"""Distributions small enough to stand in a line of a table, and what goes with the target."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nnc.evidence import Column, Histogram
from nnc.report import style
from nnc.report.drawing import Drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Say = Callable[..., str]

_WIDTH, _HEIGHT = 72, 18


def spark(column: Column) -> str | None:
    """A histogram of a column (or the counts of its categories) as bars without axes; None where there is nothing."""
    counts = column.histogram.counts if column.histogram else tuple(n for _, n in column.top)
    if not counts or max(counts) == 0:
        return None
    gap = 1.0 if column.histogram is None else 0.4
    step = _WIDTH / max(len(counts), 4)
    colour = style.ORANGE if column.histogram is None else style.BLUE
    bars = "".join(
        f'<rect x="{index * step:.1f}" y="{_HEIGHT - height:.1f}" width="{step - gap:.1f}" height="{height:.1f}"/>'
        for index, height in enumerate(max(0.6 if n else 0, (_HEIGHT - 1) * n / max(counts)) for n in counts)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}"><g fill="{colour}">{bars}</g>'
        f'<path d="M0 {_HEIGHT - 0.25}H{_WIDTH}" stroke="#8a949e" stroke-width=".5"/></svg>'
    )


def histogram(values: Histogram, label: str, say: Say, title: str) -> Drawing:
    """How the target is distributed."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        widths = [b - a for a, b in zip(values.edges, values.edges[1:], strict=False)]
        axes.bar(values.edges[:-1], values.counts, widths, align="edge", color=style.BLUE, edgecolor="white", lw=0.6)
        axes.set(xlabel=label, ylabel=say("chart_rows"))
        style.thousands(axes)
        style.quiet_axes(axes, "y")

    return style.draw(title, 110, 52, paint)


def correlations(columns: Sequence[Column], axis: str, title: str) -> Drawing:
    """The columns that go most with the target, as bars; categories (which have no sign) in another colour."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        shown = list(reversed(columns))
        values = [column.correlation or 0.0 for column in shown]
        colours = [style.BLUE if column.kind == "numeric" else style.ORANGE for column in shown]
        axes.barh(range(len(shown)), values, height=0.68, color=colours)
        axes.set_yticks(range(len(shown)), [_short(column.name) for column in shown])
        axes.tick_params(axis="y", length=0, labelcolor=style.INK)
        axes.axvline(0, color=style.INK, linewidth=0.8)
        axes.set_xlabel(axis)
        low, high = min(0.0, *values), max(0.0, *values)
        axes.set_xlim(low * 1.05, high * 1.05 if high else 0.05)
        axes.spines["left"].set_visible(False)
        style.quiet_axes(axes, "x")

    return style.draw(title, style.PAGE_WIDTH, 14 + 4.6 * len(columns), paint)


def _short(name: str, limit: int = 34) -> str:
    return name if len(name) <= limit else name[: limit - 1] + "…"
