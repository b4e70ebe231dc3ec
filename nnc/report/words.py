"""Words for parts of the evidence that several sections speak of: metrics, baselines, lists of names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nnc.evidence import Baseline, Estimate, Metric
from nnc.report.numbers import ends, point
from nnc.report.page import Page

_SPEC = "spec:"
_LISTED = 6


def find(metrics: Iterable[Metric], key: str) -> Metric | None:
    """The metric of a key, if it is there."""
    return next((metric for metric in metrics if metric.key == key), None)


def primary(page: Page) -> Metric:
    """The metric that the verdict speaks of. Raises LookupError where the evidence names one that it lacks."""
    evaluation = page.evidence.evaluation
    metric = find(evaluation.metrics, evaluation.primary)
    if metric is None:
        raise LookupError(f"the evidence has no metric {evaluation.primary!r}, which it calls the primary one")
    return metric


def metric_name(page: Page, key: str) -> str:
    """What a metric is called; one of the spec's own (`spec:NAME`) by the name that it has there."""
    if key.startswith(_SPEC):
        return key.removeprefix(_SPEC)
    page.term(key)
    return page.texts.name("metric", key)


def is_of_spec(key: str) -> bool:
    """Whether the spec named the metric (its value is Keras's) rather than nnc computing it on all rows."""
    return key.startswith(_SPEC)


def baseline_name(page: Page, key: str) -> str:
    """`a linear model`, as it stands in a sentence."""
    return page.texts.name("baseline", key)


def baseline_title(page: Page, key: str) -> str:
    """`Linear model`, as it stands in a table."""
    return page.texts.name("baseline_title", key)


def best_baseline(page: Page) -> Baseline | None:
    """The baseline that is best on the primary metric; None where there is none."""
    key, higher = page.evidence.evaluation.primary, primary(page).higher_is_better is not False
    scored = [(metric.estimate.value, b) for b in page.evidence.baselines if (metric := find(b.metrics, key))]
    if not scored:
        return None
    return (max if higher else min)(scored, key=lambda pair: pair[0])[1]


def with_interval(page: Page, estimate: Estimate, *, sign: bool = False) -> str:
    """`0.965 (95% interval 0.930 – 0.991)`, without the bracket where there is no interval."""
    span = interval(page, estimate, sign=sign)
    value = point(estimate, sign=sign)
    return value if span is None else page.say("with_interval", value=value, interval=span)


def interval(page: Page, estimate: Estimate, *, sign: bool = False) -> str | None:
    """`0.930 to 0.991`, or None where there is no interval."""
    both = ends(estimate, sign=sign)
    return None if both is None else page.say("range", low=both[0], high=both[1])


def listed(page: Page, items: Sequence[str], limit: int = _LISTED) -> str:
    """`a, b and c`, or `a, b, c and 12 more`."""
    if not items:
        return ""
    if len(items) > limit:
        return page.say("list_more", items=page.say("list_comma").join(items[:limit]), n=len(items) - limit)
    if len(items) == 1:
        return items[0]
    return page.say("list_and", items=page.say("list_comma").join(items[:-1]), last=items[-1])


def sentence(*parts: str) -> str:
    """Sentences joined, the empty ones left out; a Chinese full stop has its blank in itself."""
    return " ".join(part for part in parts if part).replace("。 ", "。")
