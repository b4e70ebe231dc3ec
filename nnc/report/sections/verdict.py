"""Page one: the truth about the model for somebody who reads no further."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from nnc.evidence import Baseline, Head, Metric
from nnc.report.charts.whiskers import Whisker, whiskers
from nnc.report.numbers import count, point
from nnc.report.page import Figure, Page
from nnc.report.sections.warnings import worth_telling
from nnc.report.words import (
    baseline_name,
    baseline_title,
    best_baseline,
    find,
    interval,
    metric_name,
    primary,
    sentence,
    with_interval,
)

# What the headline says of the rows, by their part.
_HEADLINES = {"test": "verdict.headline", "given": "verdict.headline_given"}

Outcome = Literal["better", "same", "worse", "alone"]


def build(page: Page) -> Mapping[str, object]:
    """Views for `sections/verdict.html`: a verdict for each thing that the model predicts."""
    heads = page.heads
    verdicts = [_verdict(one, one.evidence.output if len(heads) > 1 else None) for one in heads]
    return {
        "verdicts": verdicts,
        "headline": sentence(*(str(verdict["headline"]) for verdict in verdicts)),
        "facts": _facts(page),
        "figure": _figure(page, primary(page)) if len(heads) == 1 else None,
        "warnings": worth_telling(page),
        "warning_count": len(page.evidence.warnings),
    }


def _verdict(page: Page, title: str | None) -> Mapping[str, object]:
    metric, baseline = primary(page), best_baseline(page)
    outcome = judge(metric, baseline)
    return {
        "title": title,
        "outcome": outcome,
        "badge": page.say(f"verdict.badge.{outcome}"),
        "headline": headline(page, metric),
        "comparison": comparison(page, metric, baseline, outcome),
        "direction": page.say("verdict.higher" if metric.higher_is_better is not False else "verdict.lower"),
        "name": metric_name(page, metric.key),
        "value": point(metric.estimate),
        "interval": interval(page, metric.estimate),
    }


def judge(metric: Metric, baseline: Baseline | None) -> Outcome:
    """How the network stands to the best baseline: an interval that holds zero means `same`."""
    if baseline is None:
        return "alone"
    difference = baseline.difference
    if difference.low is None or difference.high is None or difference.low <= 0 <= difference.high:
        return "same"
    return "better" if (difference.low > 0) == (metric.higher_is_better is not False) else "worse"


def headline(page: Page, metric: Metric) -> str:
    """The primary metric in a sentence."""
    part = page.evidence.evaluation.part
    return page.say(
        _HEADLINES.get(part, "verdict.headline_untested"),
        n=count(metric.estimate.n or page.evidence.data.split_rows.get(part, 0)),
        part=page.texts.name("part", part),
        metric=metric_name(page, metric.key),
        value=with_interval(page, metric.estimate),
    )


def comparison(page: Page, metric: Metric, baseline: Baseline | None, outcome: Outcome) -> str:
    """The best baseline and the gap to it, in a sentence whose words follow from the interval."""
    if baseline is None:
        return page.say("verdict.alone")
    score = find(baseline.metrics, metric.key)
    return page.say(
        f"verdict.{outcome}",
        baseline=baseline_name(page, baseline.key),
        score=point(score.estimate) if score else "",
        difference=with_interval(page, baseline.difference, sign=True),
    )


def _facts(page: Page) -> list[tuple[str, str]]:
    evidence = page.evidence
    data, network = evidence.data, evidence.network
    split = page.say("list_comma").join(
        page.say("verdict.split_part", n=count(rows), part=page.texts.name("part", part))
        for part, rows in data.split_rows.items()
    )
    return [
        (page.say("verdict.task"), page.say("list_semicolon").join(_task(page, head) for head in evidence.heads)),
        (page.say("verdict.data"), page.say("verdict.data_value", source=data.source, rows=count(data.rows))),
        (page.say("verdict.split"), split),
        (
            page.say("verdict.network"),
            page.say("verdict.network_value", name=network.name, parameters=count(network.trainable or 0)),
        ),
        (
            page.say("verdict.training"),
            _trained(page),
        ),
    ]


def _task(page: Page, head: Head) -> str:
    return page.say(f"task.{head.task}", target=head.data.target, n=len(head.data.classes))


def _trained(page: Page) -> str:
    training = page.evidence.training
    if training is None:
        return page.say("verdict.trained_elsewhere")
    return page.say(
        "verdict.stopped_early" if training.stopped_early else "verdict.ran_to_end",
        run=count(training.epochs_run),
        planned=count(training.epochs_planned),
        best=training.best_epoch,
        kept=training.kept_epoch,
    )


def _figure(page: Page, metric: Metric) -> Figure:
    network = page.say("the_network")
    rows = [Whisker(network, metric.estimate, accent=True)]
    for baseline in page.evidence.baselines:
        score = find(baseline.metrics, metric.key)
        if score is not None:
            rows.append(Whisker(baseline_title(page, baseline.key), score.estimate))
    name = metric_name(page, metric.key)
    arrow = page.say("chart_higher" if metric.higher_is_better is not False else "chart_lower")
    alt = page.say(
        "verdict.figure_alt",
        metric=name,
        values="; ".join(f"{row.label} {with_interval(page, row.estimate)}" for row in rows),
    )
    drawing = whiskers(alt, rows, f"{name} ({arrow})")
    caption = page.say("verdict.caption" if len(rows) > 1 else "verdict.caption_alone", metric=name)
    return page.figure("verdict", drawing, caption, alt)
