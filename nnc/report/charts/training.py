"""The course of training: a panel a metric, and the two panels (training, validation) of the classic drawing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nnc.evidence import Curve, TrainingEvidence
from nnc.report import style
from nnc.report.drawing import Drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Say = Callable[..., str]

_PANELS_A_ROW = 2
_LINE_STYLES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (5, 1.2, 1.2, 1.2)))


def panels(training: TrainingEvidence, names: Sequence[str], say: Say, title: str) -> Drawing:
    """A panel a metric over the epochs: training solid, validation dashed, the best epoch ruled and labelled.

    The learning rate has a panel where it changes.
    """
    with_rate = len(set(training.learning_rate)) > 1
    total = len(training.curves) + with_rate
    rows = math.ceil(total / _PANELS_A_ROW)

    def paint(figure: Figure) -> None:
        grid = figure.subplots(rows, min(total, _PANELS_A_ROW), squeeze=False)
        every = [axes for row in grid for axes in row]
        for index, (axes, curve) in enumerate(zip(every, training.curves, strict=False)):
            _panel(axes, curve, names[index], training, say)
            if index == 0:
                axes.legend(loc="upper right")
        if with_rate:
            _rate(every[len(training.curves)], training, say)
        for axes in every[total:]:
            axes.set_axis_off()

    return style.draw(title, style.PAGE_WIDTH, 8 + 47 * rows, paint)


def two_panels(training: TrainingEvidence, names: Sequence[str], say: Say, title: str) -> Drawing:
    """Training left, validation right; in each the loss in black on the left axis and the scores on the right.

    Both panels have the same axes, so that they can be compared.
    """
    has_validation = any(curve.validation for curve in training.curves)

    def paint(figure: Figure) -> None:
        count = 2 if has_validation else 1
        left = figure.subplots(1, count, sharey=True, squeeze=False)[0]
        right = [axes.twinx() for axes in left]
        for axis in right[1:]:
            axis.sharey(right[0])
        parts = ("train", "validation")[:count]
        for part, loss_axes, score_axes in zip(parts, left, right, strict=True):
            _both(loss_axes, score_axes, part, training, names, say)
        left[0].set_ylabel(names[0], color="black")
        right[-1].set_ylabel(say("chart_scores"), color=style.BLUE)
        handles, labels = right[0].get_legend_handles_labels()
        if handles:
            figure.legend(handles, labels, loc="outside lower center", ncols=min(4, len(handles)))

    return style.draw(title, style.PAGE_WIDTH, 68, paint)


def _panel(axes: Axes, curve: Curve, name: str, training: TrainingEvidence, say: Say) -> None:
    _line(axes, curve.train, style.TRAINING, "-", say("part.train"))
    if curve.validation:
        _line(axes, curve.validation, style.VALIDATION, (0, (4, 1.6)), say("part.validation"))
    axes.set_title(name)
    _epochs(axes, say)
    _best(axes, training, say)


def _rate(axes: Axes, training: TrainingEvidence, say: Say) -> None:
    axes.step(range(1, len(training.learning_rate) + 1), training.learning_rate, where="post", color=style.PURPLE)
    axes.set_title(say("learning_rate"))
    if min(training.learning_rate) > 0 and max(training.learning_rate) / min(training.learning_rate) > 8:
        axes.set_yscale("log")
    _epochs(axes, say)


def _both(
    loss_axes: Axes, score_axes: Axes, part: str, training: TrainingEvidence, names: Sequence[str], say: Say
) -> None:
    loss = getattr(training.curves[0], part)
    _line(loss_axes, loss, "black", "-", names[0])
    for index, curve in enumerate(training.curves[1:]):
        values = getattr(curve, part)
        pattern = _LINE_STYLES[index % len(_LINE_STYLES)]
        _line(score_axes, values, style.CYCLE[index % 7], pattern, names[index + 1])
    loss_axes.set_title(say(f"part.{part}").capitalize())
    _epochs(loss_axes, say)
    for axes, colour in ((loss_axes, "black"), (score_axes, style.BLUE)):
        axes.tick_params(axis="y", labelcolor=colour)
    score_axes.grid(visible=False)
    score_axes.spines["right"].set_visible(True)
    score_axes.patch.set_visible(False)


def _line(axes: Axes, values: Sequence[float], colour: str, pattern: object, label: str) -> None:
    epochs = range(1, len(values) + 1)
    marker = "o" if len(values) == 1 else None
    axes.plot(epochs, values, color=colour, linestyle=pattern, label=label, marker=marker)


def _epochs(axes: Axes, say: Say) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel(say("chart_epoch"))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=1))
    style.quiet_axes(axes, "y")


def _best(axes: Axes, training: TrainingEvidence, say: Say) -> None:
    best = training.best_epoch
    axes.axvline(best, color=style.MUTED, linewidth=0.9, linestyle=(0, (1, 1.5)))
    late = best > training.epochs_run * 0.6
    axes.annotate(
        say("chart_best_epoch", epoch=best),
        (best, 1.0),
        (-3 if late else 3, -1),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="right" if late else "left",
        va="top",
        fontsize=7,
        color=style.MUTED,
    )
