"""Estimates with their intervals, one below the other: dots and whiskers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnc.evidence import Estimate
from nnc.report import style
from nnc.report.drawing import Drawing
from nnc.report.numbers import point

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Whisker:
    """A line of the chart; `accent` draws it in the report's colour."""

    label: str
    estimate: Estimate
    accent: bool = False


def whiskers(title: str, rows: Sequence[Whisker], axis: str, *, zero: str | None = None, sign: bool = False) -> Drawing:
    """Dots with 95% whiskers, the first row on top. `zero` rules a line at 0 and says what it means."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        style.quiet_axes(axes, "x")
        axes.spines["left"].set_visible(False)
        for index, row in enumerate(reversed(rows)):
            estimate, colour = row.estimate, style.ACCENT if row.accent else style.MUTED
            if estimate.low is not None and estimate.high is not None:
                axes.plot([estimate.low, estimate.high], [index, index], color=colour, linewidth=2.2)
            axes.plot(estimate.value, index, "o", color=colour, markersize=5.5)
            axes.annotate(
                point(estimate, sign=sign),
                (estimate.value, index),
                (0, 4.5),
                textcoords="offset points",
                ha="center",
                color=colour if row.accent else style.INK,
                weight="bold" if row.accent else "normal",
            )
        axes.set_yticks(range(len(rows)), [row.label for row in reversed(rows)])
        axes.tick_params(axis="y", length=0, labelcolor=style.INK, labelsize=8.5)
        axes.set_ylim(-0.5, len(rows) - 0.3)
        axes.margins(x=0.08)
        axes.set_xlabel(axis)
        if zero is not None:
            axes.axvline(0, color=style.INK, linewidth=0.9, linestyle=(0, (4, 2)), zorder=0)
            axes.set_xlabel(f"{axis}   ({zero})")

    return style.draw(title, style.PAGE_WIDTH, 14 + 7.2 * len(rows), paint)
