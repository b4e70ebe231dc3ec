"""A run beside others: what differs between them, and by how much the primary metric does."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping

from nnc.evidence import Estimate, Evidence, Head, Metric
from nnc.report.numbers import NONE, count, point
from nnc.report.page import Cell, Other, Page, Table
from nnc.report.page import Head as Column
from nnc.report.words import find, interval, listed, metric_name, primary

_DIFF_LINES = 80


def applies(page: Page) -> bool:
    """Whether there are other runs."""
    return bool(page.beside)


def build(page: Page) -> Mapping[str, object]:
    """Views for `sections/compare.html`."""
    return {
        "summary": page.say("compare.summary"),
        "tables": [_table(one) for one in page.heads],
        "setup": _setup(page),
        "specs": [_spec(page, name, other) for name, other in _named(page)],
    }


# ---- the primary metric --------------------------------------------------------------------------


def _table(page: Page) -> Table:
    """A line a run, this one first; of another what stands in the way of comparing it, if anything does."""
    metric = primary(page)
    name = metric_name(page, metric.key)
    heads = [Column(page.say("compare.head.run")), Column(name, "right")]
    heads += [Column(page.say(f"compare.head.{key}"), "right") for key in ("interval", "difference", "interval")]
    heads += [Column(page.say("compare.head.note"))]
    mine: list[Cell | str] = [
        Cell(page.say("compare.this"), emphasis=True),
        point(metric.estimate),
        interval(page, metric.estimate) or NONE,
        NONE,
        NONE,
        "",
    ]
    rows = [mine, *(_row(page, metric, other) for other in page.beside)]
    caption = page.say("compare.caption", metric=name, output=page.evidence.data.target)
    return page.table("compare", caption, heads, rows)


def _named(page: Page) -> list[tuple[str, Evidence]]:
    return [(other.name, other.evidence) for other in page.beside]


def _row(page: Page, metric: Metric, other: Other) -> list[Cell | str]:
    label, head = other.name, _alike(page, other.evidence)
    theirs = find(head.evaluation.metrics, metric.key) if head is not None else None
    if head is None or theirs is None:
        return [label, NONE, NONE, NONE, NONE, page.say("compare.other_question")]
    differing = _differing(page, head)
    paired = None if differing else other.paired.get(page.evidence.output)
    gap = paired or difference(metric.estimate, theirs.estimate)
    if differing:
        gap = Estimate(gap.value)  # of other rows: how far the gap lies within chance is another question
        note = page.say("compare.not_the_same", what=listed(page, differing))
    else:
        note = page.say("compare.paired" if paired else "compare.unpaired")
    return [
        label,
        point(theirs.estimate),
        interval(page, theirs.estimate) or NONE,
        point(gap, sign=True),
        interval(page, gap, sign=True) or NONE,
        note,
    ]


def _alike(page: Page, other: Evidence) -> Head | None:
    """What the other run says of the same target; None where it predicts something else."""
    mine = page.evidence
    same = (one for one in other.heads if one.data.target == mine.data.target and one.task == mine.task)
    return next(same, None)


def _differing(page: Page, head: Head) -> list[str]:
    """Why the two numbers are not of the same rows, if they are not."""
    mine = page.evidence.data
    found = [page.say(f"compare.differs.{key}") for key, get in _ROWS.items() if get(mine) != get(head.data)]
    return [
        *found,
        *([page.say("compare.differs.part")] if page.evidence.evaluation.part != head.evaluation.part else []),
    ]


_ROWS: Mapping[str, Callable[..., object]] = {
    "data": lambda data: data.sha256,
    "split": lambda data: (dict(data.split_rows), data.split_seed, data.split_by, data.stratified),
    "target": lambda data: data.target_transform,
}


def difference(mine: Estimate, theirs: Estimate) -> Estimate:
    """Mine less theirs, with an interval from both intervals as if they were measured on different rows.

    Source: Zou and Donner, Construction of confidence limits about effect measures (2008): the square root of the sum
    of the squared distances from each estimate to the nearer and the further limit.
    """
    gap = mine.value - theirs.value
    if None in (mine.low, mine.high, theirs.low, theirs.high):
        return Estimate(gap)
    low = math.hypot(mine.value - float(mine.low or 0), float(theirs.high or 0) - theirs.value)
    high = math.hypot(float(mine.high or 0) - mine.value, theirs.value - float(theirs.low or 0))
    return Estimate(gap, gap - low, gap + high)


# ---- what differs --------------------------------------------------------------------------------


def _setup(page: Page) -> Table:
    """A line a fact, a column a run; facts that are the same everywhere are left out."""
    runs = [(page.say("compare.this"), page.evidence), *_named(page)]
    heads = [Column(page.say("compare.head.what")), *(Column(name) for name, _ in runs)]
    said = [(page.say(f"compare.fact.{key}"), [get(one) for _, one in runs]) for key, get in _FACTS.items()]
    params = dict.fromkeys(name for _, one in runs for name in one.reproduce.params)
    said += [
        (page.say("reproduce.param", name=name), [str(one.reproduce.params.get(name, NONE)) for _, one in runs])
        for name in params
    ]
    rows: list[list[Cell | str]] = [[what, *values] for what, values in said if len(set(values)) > 1]
    return page.table("compare-setup", page.say("compare.setup_caption" if rows else "compare.setup_same"), heads, rows)


def _trained(get: Callable[..., object]) -> Callable[[Evidence], str]:
    return lambda one: NONE if one.training is None else str(get(one.training))


_FACTS: Mapping[str, Callable[[Evidence], str]] = {
    "model": lambda one: one.network.name,
    "parameters": lambda one: count(one.network.trainable or 0),
    "features": lambda one: count(len(one.data.features)),
    "rows": lambda one: count(one.data.rows),
    "optimizer": _trained(lambda t: f"{t.optimizer}({', '.join(f'{k}={v}' for k, v in t.optimizer_args.items())})"),
    "loss": _trained(lambda t: t.loss),
    "batch_size": _trained(lambda t: t.batch_size),
    "epochs": _trained(lambda t: t.epochs_run),
    "kept": _trained(lambda t: t.kept_epoch),
    "seed": lambda one: str(one.reproduce.seed),
    "versions": lambda one: ", ".join(
        f"{name} {one.reproduce.versions.get(name, NONE)}" for name in ("nnc", "tensorflow", "keras")
    ),
}


def _spec(page: Page, label: str, other: Evidence) -> Mapping[str, object]:
    """The lines in which the specs differ, the other one's with a minus, this one's with a plus."""
    before, after = other.reproduce.spec_text.splitlines(), page.evidence.reproduce.spec_text.splitlines()
    lines = list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]
    cut = page.say("compare.cut", n=count(len(lines) - _DIFF_LINES)) if len(lines) > _DIFF_LINES else None
    shown = [(_KINDS.get(line[:1], ""), line) for line in lines[:_DIFF_LINES]]
    return {"name": label, "lines": shown, "cut": cut}


_KINDS: Mapping[str, str] = {"+": "added", "-": "removed", "@": "place"}
