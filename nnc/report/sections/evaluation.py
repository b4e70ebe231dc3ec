"""What the model does on rows that it has never seen. One block of figures for each task."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nnc.evidence import Metric, Task
from nnc.report.charts import evaluation as charts
from nnc.report.numbers import NONE, count, fixed, number, point, share
from nnc.report.page import Cell, Figure, Head, Page, Table
from nnc.report.words import find, interval, is_of_spec, metric_name

_TOP_ERRORS = 8
_PARTS = (
    "confusion",
    "ranking",
    "calibration",
    "thresholds",
    "per_class",
    "top_errors",
    "predictions",
    "quantiles",
    "quantile_table",
)
Blocks = Mapping[str, object]


def build(page: Page) -> Mapping[str, object]:
    """Views for `sections/evaluation.html`."""
    return {
        "summary": page.say("evaluation.summary", part=page.texts.name("part", page.evidence.evaluation.part)),
        "metrics": _metrics(page),
        "batch_means": _batch_means(page),
        "repeats": _repeats(page),
        **dict.fromkeys(_PARTS),
        **_BLOCKS[page.evidence.evaluation.task](page),
    }


def _metrics(page: Page) -> Table:
    keys = ("metric", "value", "interval", "rows", "kind")
    right = {"value", "interval", "rows"}
    heads = [Head(page.say(f"evaluation.head.{key}"), "right" if key in right else "left") for key in keys]
    rows = [_metric_row(page, metric) for metric in page.evidence.evaluation.metrics]
    key = "evaluation.metrics_caption"
    if page.evidence.data.target_transform and any(is_of_spec(m.key) for m in page.evidence.evaluation.metrics):
        key = "evaluation.metrics_caption_transformed"
    return page.table("metrics", page.say(key, transform=page.evidence.data.target_transform), heads, rows)


def _repeats(page: Page) -> Table | None:
    """The same training over folds or seeds: mean and spread of each metric."""
    if not page.evidence.repeats:
        return None
    keys = ("metric", "over", "mean", "std", "least", "most")
    heads = [
        Head(page.say(f"evaluation.repeats_head.{key}"), "left" if i < 2 else "right") for i, key in enumerate(keys)
    ]
    rows: list[list[Cell | str]] = [
        [
            Cell(metric_name(page, metric.key), emphasis=metric.key == page.evidence.evaluation.primary),
            page.say(f"evaluation.repeats_over.{repeats.kind}", n=repeats.count),
            *(number(value) for value in (metric.mean, metric.std, min(metric.values), max(metric.values))),
        ]
        for repeats in page.evidence.repeats
        for metric in repeats.metrics
    ]
    return page.table("repeats", page.say("evaluation.repeats_caption"), heads, rows)


def _metric_row(page: Page, metric: Metric) -> list[Cell | str]:
    kind = "spec" if is_of_spec(metric.key) else "own"
    if not metric.exact:
        kind = "batch_mean"
    estimate = metric.estimate
    return [
        Cell(metric_name(page, metric.key), emphasis=metric.key == page.evidence.evaluation.primary),
        point(estimate),
        interval(page, estimate) or NONE,
        NONE if estimate.n is None else count(estimate.n),
        page.say(f"evaluation.kind.{kind}"),
    ]


def _batch_means(page: Page) -> str:
    if all(metric.exact for metric in page.evidence.evaluation.metrics):
        return ""
    page.term("batch_mean")
    return page.say("evaluation.batch_means")


# ---- two classes ---------------------------------------------------------------------------------


def _binary(page: Page) -> Blocks:
    return {
        "confusion": _confusion(page),
        "calibration": _calibration(page),
        "ranking": _ranking(page),
        "thresholds": _thresholds(page),
    }


def _ranking(page: Page) -> Figure | None:
    evaluation = page.evidence.evaluation
    if evaluation.roc is None or evaluation.precision_recall is None:
        return None
    positives, total = sum(evaluation.confusion[1]), sum(map(sum, evaluation.confusion))
    area, average = find(evaluation.metrics, "roc_auc"), find(evaluation.metrics, "average_precision")
    page.term("roc_auc", "average_precision")
    caption = page.say(
        "evaluation.ranking_caption",
        area=point(area.estimate) if area else NONE,
        average=point(average.estimate) if average else NONE,
        positive=page.evidence.data.classes[1],
        negative=page.evidence.data.classes[0],
        rate=share(positives / max(total, 1)),
    )
    drawing = charts.ranking(evaluation.roc, evaluation.precision_recall, positives / max(total, 1), page.say, caption)
    return page.figure("ranking", drawing, caption, caption)


def _calibration(page: Page) -> Figure | None:
    bins = page.evidence.evaluation.calibration
    if len(bins) < 2:
        return None
    page.term("calibration", "ece", "brier")
    worst = max(bins, key=lambda b: abs(b.predicted - b.observed) * b.n)
    error, brier = (find(page.evidence.evaluation.metrics, key) for key in ("ece", "brier"))
    caption = page.say(
        "evaluation.calibration_caption",
        ece=point(error.estimate) if error else NONE,
        brier=point(brier.estimate) if brier else NONE,
        predicted=share(worst.predicted),
        observed=share(worst.observed),
        n=count(worst.n),
    )
    return page.figure("calibration", charts.calibration(bins, page.say, caption), caption, caption, 80)


def _thresholds(page: Page) -> Table | None:
    thresholds = page.evidence.evaluation.thresholds
    if not thresholds:
        return None
    page.term("threshold")
    keys = ("criterion", "threshold", "accuracy", "precision", "recall", "f1")
    names = [page.say(f"evaluation.head.{k}") if k in keys[:2] else page.say(f"metric.{k}") for k in keys]
    heads = [Head(name, "left" if index == 0 else "right") for index, name in enumerate(names)]
    rows = [
        [
            page.texts.name("criterion", t.criterion),
            fixed(t.value, 3),
            *(fixed(value, 3) for value in (t.accuracy, t.precision, t.recall, t.f1)),
        ]
        for t in thresholds
    ]
    return page.table("thresholds", page.say("evaluation.thresholds_caption"), heads, rows)


# ---- several classes -----------------------------------------------------------------------------


def _multiclass(page: Page) -> Blocks:
    return {"per_class": _per_class(page), "confusion": _confusion(page), "top_errors": _top_errors(page)}


def _per_class(page: Page) -> Table | None:
    scores = page.evidence.evaluation.per_class
    if not scores:
        return None
    page.term("precision", "recall", "f1")
    heads = [Head(page.say("data.class"))]
    heads += [Head(page.say(f"metric.{key}"), "right") for key in ("precision", "recall", "f1")]
    heads.append(Head(page.say("evaluation.head.rows"), "right"))
    weakest = min(scores, key=lambda s: s.f1)
    rows = [[s.name, fixed(s.precision, 3), fixed(s.recall, 3), fixed(s.f1, 3), count(s.n)] for s in scores]
    caption = page.say("evaluation.per_class_caption", weakest=weakest.name, f1=fixed(weakest.f1, 3))
    return page.table("per-class", caption, heads, rows)


def _top_errors(page: Page) -> Table | None:
    evaluation, classes = page.evidence.evaluation, page.evidence.data.classes
    wrong = [
        (n, truth, predicted)
        for truth, row in enumerate(evaluation.confusion)
        for predicted, n in enumerate(row)
        if n and truth != predicted
    ]
    if not wrong:
        return None
    total = sum(n for n, _, _ in wrong)
    shown = sorted(wrong, key=lambda item: (-item[0], item[1], item[2]))[:_TOP_ERRORS]
    heads = [Head(page.say("chart_truth")), Head(page.say("chart_predicted"))]
    heads += [Head(page.say("evaluation.head.rows"), "right"), Head(page.say("evaluation.head.of_errors"), "right")]
    rows = [[classes[truth], classes[predicted], count(n), share(n / total)] for n, truth, predicted in shown]
    caption = page.say(
        "evaluation.top_errors_caption", n=count(total), truth=classes[shown[0][1]], predicted=classes[shown[0][2]]
    )
    return page.table("top-errors", caption, heads, rows)


def _confusion(page: Page) -> Figure | None:
    matrix, classes = page.evidence.evaluation.confusion, page.evidence.data.classes
    if not matrix:
        return None
    page.term("confusion")
    total = sum(map(sum, matrix))
    right = sum(row[index] for index, row in enumerate(matrix))
    n, truth, predicted = max(
        ((n, i, j) for i, row in enumerate(matrix) for j, n in enumerate(row) if i != j), default=(0, 0, 0)
    )
    caption = page.say(
        "evaluation.confusion_caption" if n else "evaluation.confusion_caption_none",
        right=count(right),
        total=count(total),
        n=count(n),
        truth=classes[truth],
        predicted=classes[predicted],
    )
    drawing = charts.confusion(matrix, classes, page.say, caption)
    return page.figure("confusion", drawing, caption, caption, min(160.0, 80 + 7.0 * max(0, len(classes) - 3)))


# ---- regression ----------------------------------------------------------------------------------


def _regression(page: Page) -> Blocks:
    return {"predictions": _predictions(page), "quantiles": _quantiles(page), "quantile_table": _quantile_table(page)}


def _predictions(page: Page) -> Figure | None:
    evaluation = page.evidence.evaluation
    if len(evaluation.truth) < 2:
        return None
    over = sum(p > t for t, p in zip(evaluation.truth, evaluation.predicted, strict=True)) / len(evaluation.truth)
    low, high = _bias_at_ends(evaluation.truth, evaluation.predicted)
    caption = page.say(
        "evaluation.predictions_caption",
        target=page.evidence.data.target,
        n=count(len(evaluation.truth)),
        over=share(over),
        low=_signed(page, low),
        high=_signed(page, high),
    )
    drawing = charts.predictions(evaluation, page.evidence.data.target, page.say, caption)
    return page.figure("predictions", drawing, caption, caption)


def _bias_at_ends(truth: tuple[float, ...], predicted: tuple[float, ...]) -> tuple[float, float]:
    """The mean residual in the lowest and the highest quarter of the true values."""
    pairs = sorted(zip(truth, predicted, strict=True))
    quarter = max(len(pairs) // 4, 1)
    low, high = pairs[:quarter], pairs[-quarter:]
    return (sum(p - t for t, p in low) / len(low), sum(p - t for t, p in high) / len(high))


def _signed(page: Page, value: float) -> str:
    return page.say("evaluation.too_high" if value > 0 else "evaluation.too_low", amount=number(abs(value)))


def _quantiles(page: Page) -> Figure | None:
    points = page.evidence.evaluation.error_quantiles
    if len(points) < 2:
        return None
    caption = _quantile_words(page)
    return page.figure("quantiles", charts.quantiles(points, page.say, caption), caption, caption, 100)


def _quantile_words(page: Page) -> str:
    points = page.evidence.evaluation.error_quantiles
    half = min(points, key=lambda p: abs(p[0] - 0.5))
    tail = min(points, key=lambda p: abs(p[0] - 0.9))
    return page.say(
        "evaluation.quantiles_caption",
        half=share(half[0]),
        half_error=number(half[1]),
        tail=share(tail[0]),
        tail_error=number(tail[1]),
    )


def _quantile_table(page: Page) -> Table | None:
    points = page.evidence.evaluation.error_quantiles
    if not points:
        return None
    heads = [Head(page.say("chart_share_of_rows")), Head(page.say("chart_absolute_error"), "right")]
    rows = [[share(q), number(error)] for q, error in points]
    return page.table("quantiles", page.say("evaluation.quantile_table_caption"), heads, rows)


_BLOCKS: Mapping[Task, Callable[[Page], Blocks]] = {
    "binary": _binary,
    "multiclass": _multiclass,
    "regression": _regression,
}
