"""What the model does on the test rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nnc.evidence import CalibrationBin, Evaluation, Line
from nnc.report import style
from nnc.report.drawing import Drawing
from nnc.report.numbers import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Say = Callable[..., str]

_BLUES = ("#ffffff", "#9fc5e0", style.ACCENT, "#06324f")
_NUMBERS_UP_TO = 14
_POINTS_AS_PICTURE = 300


def ranking(roc: Line, precision_recall: Line, base_rate: float, say: Say, title: str) -> Drawing:
    """ROC and precision-recall, each with what a guess would give."""

    def paint(figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        left.plot([0, 1], [0, 1], color=style.MUTED, linewidth=0.9, linestyle=(0, (4, 2)), label=say("chart_guess"))
        left.plot(roc.x, roc.y, color=style.ACCENT, label=say("chart_network"))
        _unit_square(left, say("chart_roc"), say("chart_fpr"), say("chart_tpr"))
        right.axhline(base_rate, color=style.MUTED, linewidth=0.9, linestyle=(0, (4, 2)))
        right.plot(precision_recall.x, precision_recall.y, color=style.ACCENT)
        _unit_square(right, say("chart_pr"), say("metric.recall"), say("metric.precision"))
        left.legend(loc="lower right")

    return style.draw(title, style.PAGE_WIDTH, 74, paint)


def calibration(bins: Sequence[CalibrationBin], say: Say, title: str) -> Drawing:
    """Predicted probability against what came true, with how many rows are behind each point."""

    def paint(figure: Figure) -> None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3.2, 1])
        upper.plot([0, 1], [0, 1], color=style.MUTED, linewidth=0.9, linestyle=(0, (4, 2)))
        upper.plot([b.predicted for b in bins], [b.observed for b in bins], "-o", color=style.ACCENT, markersize=4)
        _unit_square(upper, "", "", say("chart_observed"))
        upper.set_aspect("auto")
        lower.bar([b.predicted for b in bins], [b.n for b in bins], width=0.035, color=style.SKY)
        lower.set_xlabel(say("chart_predicted_probability"))
        lower.set_ylabel(say("chart_rows"))
        style.quiet_axes(lower, "y")

    return style.draw(title, 80, 74, paint)


def confusion(matrix: Sequence[Sequence[int]], classes: Sequence[str], say: Say, title: str) -> Drawing:
    """Rows of a class by what they were taken for, coloured by their share of the class; counts as long as they

    can be read.
    """
    counts = np.asarray(matrix, dtype=float)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = len(classes)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.imshow(shares, cmap=style.blend(*_BLUES), vmin=0, vmax=1, aspect="auto", interpolation="nearest")
        axes.set_xticks(range(size), [_short(name) for name in classes], rotation=0 if size <= 4 else 60)
        axes.set_yticks(range(size), [_short(name) for name in classes])
        axes.tick_params(length=0, labelcolor=style.INK)
        axes.set_xlabel(say("chart_predicted"))
        axes.set_ylabel(say("chart_truth"))
        axes.grid(visible=False)
        for spine in axes.spines.values():
            spine.set_visible(False)
        if size <= _NUMBERS_UP_TO:
            _numbers(axes, counts, shares)

    side = min(150.0, 70 + 7.0 * max(0, size - 3))
    return style.draw(title, side + 10, side * 0.86, paint)


def _numbers(axes: Axes, counts: np.ndarray, shares: np.ndarray) -> None:
    small = len(counts) > 6
    for row in range(len(counts)):
        for column in range(len(counts)):
            if small and counts[row, column] == 0:
                continue
            text = count(int(counts[row, column]))
            if not small:
                text += f"\n{100 * shares[row, column]:.0f}%"
            dark = shares[row, column] > 0.5
            axes.text(
                column,
                row,
                text,
                ha="center",
                va="center",
                fontsize=7.5 if small else 9,
                color="white" if dark else style.INK,
            )


def predictions(evaluation: Evaluation, target: str, say: Say, title: str) -> Drawing:
    """Predicted against true, and the residuals over the prediction."""
    truth, predicted = np.asarray(evaluation.truth), np.asarray(evaluation.predicted)
    picture = len(truth) > _POINTS_AS_PICTURE

    def paint(figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        ends = [float(min(truth.min(), predicted.min())), float(max(truth.max(), predicted.max()))]
        left.plot(ends, ends, color=style.INK, linewidth=0.9, linestyle=(0, (4, 2)))
        right.axhline(0, color=style.INK, linewidth=0.9, linestyle=(0, (4, 2)))
        dots = {"s": 11, "color": style.ACCENT, "alpha": 0.5, "linewidths": 0, "rasterized": picture}
        left.scatter(truth, predicted, **dots)
        right.scatter(predicted, predicted - truth, **dots)
        left.set(title=say("chart_predicted_truth"), xlabel=say("chart_true_of", target=target))
        left.set_ylabel(say("chart_predicted_of", target=target))
        right.set(title=say("chart_residuals"), xlabel=say("chart_predicted_of", target=target))
        right.set_ylabel(say("chart_residual"))
        for axes in (left, right):
            style.quiet_axes(axes, "both")
            axes.locator_params(nbins=4)
            style.thousands(axes)

    return style.draw(title, style.PAGE_WIDTH, 74, paint)


def quantiles(points: Sequence[tuple[float, float]], say: Say, title: str) -> Drawing:
    """The absolute error that a share of the rows stays under."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot([100 * q for q, _ in points], [e for _, e in points], "-o", color=style.ACCENT, markersize=4)
        axes.set(xlabel=say("chart_share_of_rows"), ylabel=say("chart_absolute_error"))
        axes.set_ylim(bottom=0)
        style.thousands(axes)
        style.quiet_axes(axes, "both")

    return style.draw(title, 100, 58, paint)


def _unit_square(axes: Axes, title: str, x: str, y: str) -> None:
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), title=title, xlabel=x, ylabel=y, aspect="equal")
    style.quiet_axes(axes, "both")


def _short(name: str, limit: int = 18) -> str:
    return name if len(name) <= limit else name[: limit - 1] + "…"
