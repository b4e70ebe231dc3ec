"""Is the network worth it? Simple models on the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc.evidence import Estimate, Metric
from nnc.report.charts.whiskers import Whisker, whiskers
from nnc.report.numbers import NONE, point
from nnc.report.page import Cell, Figure, Head, Page, Table
from nnc.report.sections.pictures import baselines as baselines_of_pictures
from nnc.report.words import baseline_title, find, interval, metric_name, primary, sentence, with_interval

_OTHER_METRICS = 3


def applies(page: Page) -> bool:
    """Whether there is any baseline."""
    return bool(page.evidence.baselines)


def build(page: Page) -> Mapping[str, object]:
    """Views for `sections/baselines.html`."""
    page.term("baseline", "bootstrap")
    shown = page.evidence.data.pictures
    summary = sentence(page.say("baselines.summary"), baselines_of_pictures(page, shown) if shown else "")
    return {"summary": summary, "table": _table(page), "figure": _figure(page)}


def _table(page: Page) -> Table:
    metric, baselines = primary(page), page.evidence.baselines
    others = _others(page)
    name = metric_name(page, metric.key)
    heads = [Head(page.say("baselines.head.model")), Head(name, "right")]
    heads += [Head(metric_name(page, key), "right") for key in others]
    heads += [Head(page.say("baselines.head.difference"), "right"), Head(page.say("evaluation.head.interval"), "right")]
    rows = [
        [Cell(page.say("the_network"), emphasis=True), *_scores(page.evidence.evaluation.metrics, others), NONE, NONE]
    ]
    for baseline in baselines:
        difference = baseline.difference
        rows.append(
            [
                Cell(baseline_title(page, baseline.key)),
                *_scores(baseline.metrics, others, metric.key),
                point(difference, sign=True),
                interval(page, difference, sign=True) or NONE,
            ]
        )
    rows[0][1:1] = [point(metric.estimate)]
    return page.table("baselines", page.say("baselines.caption", metric=name), heads, rows)


def _others(page: Page) -> list[str]:
    """Further metrics that the network and all baselines have."""
    evidence = page.evidence
    owned = [{metric.key for metric in baseline.metrics} for baseline in evidence.baselines]
    shared = [m.key for m in evidence.evaluation.metrics if all(m.key in keys for keys in owned)]
    return [key for key in shared if key != evidence.evaluation.primary][:_OTHER_METRICS]


def _scores(metrics: Sequence[Metric], keys: Sequence[str], first: str | None = None) -> list[Cell | str]:
    wanted = [first, *keys] if first else list(keys)
    found = [find(metrics, key) for key in wanted]
    return [NONE if metric is None else point(metric.estimate) for metric in found]


def _figure(page: Page) -> Figure:
    metric = primary(page)
    name = metric_name(page, metric.key)
    good = metric.higher_is_better is not False
    rows = [
        Whisker(baseline_title(page, b.key), b.difference, _wins(b.difference, good)) for b in page.evidence.baselines
    ]
    won = [row.label for row in rows if row.accent]
    key = "baselines.figure_caption" if won else "baselines.figure_caption_none"
    caption = page.say(key, metric=name, won=len(won), n=len(rows))
    alt = page.say(
        "baselines.figure_alt",
        metric=name,
        values="; ".join(f"{row.label} {with_interval(page, row.estimate, sign=True)}" for row in rows),
    )
    side = page.say("baselines.right_better" if good else "baselines.left_better")
    drawing = whiskers(alt, rows, page.say("baselines.axis", metric=name), zero=side, sign=True)
    return page.figure("baselines", drawing, caption, alt)


def _wins(difference: Estimate, higher_is_better: bool) -> bool:
    if difference.low is None or difference.high is None:
        return False
    return difference.low > 0 if higher_is_better else difference.high < 0
