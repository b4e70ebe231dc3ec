"""The data as a report tells of it: each column's kind, spread and tie to the target, of the training rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from nnc.data.kinds.category import categories
from nnc.data.kinds.date import days
from nnc.data.kinds.fitted import Fitted
from nnc.data.preparations import METHODS
from nnc.data.prepared import Part, Preparation
from nnc.data.split import Dealt
from nnc.data.table import Floats, RawColumn, Table
from nnc.data.targets import TargetPlan
from nnc.data.words import words
from nnc.evidence import Column, DataEvidence, Histogram

BINS = 20
TOP = 10
DROPPED_NO_TARGET = "missing_target"


def describe(
    table: Table, preparation: Preparation, plan: TargetPlan, dealt: Dealt, parts: Mapping[str, Part], dropped: int
) -> DataEvidence:
    """The evidence about the data, with a view to one target. `dropped` rows had no target."""
    used = {fitted.name for fitted in preparation.columns} | {target.column for target in preparation.targets}
    pixels = any(METHODS[fitted.kind].pictures for fitted in preparation.columns)  # they have no names worth keeping
    training = parts["train"]
    truth = training.truths[plan.name]
    order = {name: i for i, name in enumerate(table.columns)}
    counts = {}
    if plan.classes:
        for name, part in parts.items():
            found = np.bincount(part.truths[plan.name].astype(np.int64), minlength=len(plan.classes))
            counts[name] = tuple(int(n) for n in found)
    return DataEvidence(
        source=table.source,
        sha256=table.sha256,
        rows=dropped + (len(table) if table.whole is None else sum(table.whole.rows.values())),
        whole_rows={} if table.whole is None else table.whole.rows,
        target=plan.column,
        target_transform=plan.transform,
        classes=plan.classes,
        columns=tuple(
            _column(table.columns[fitted.name].take(training.positions), fitted, truth, plan.classes)
            for fitted in sorted(preparation.columns, key=lambda fitted: order[fitted.name])
        ),
        ignored=tuple(name for name in table.columns if name not in used),
        split_rows={name: len(part) for name, part in parts.items()},
        split_seed=dealt.seed,
        stratified=dealt.stratified,
        split_by=dealt.by,
        class_counts=counts,
        dropped=((DROPPED_NO_TARGET, dropped),) if dropped else (),
        features=() if pixels else preparation.features,
        feature_columns=() if pixels else preparation.feature_columns,
        target_histogram=None if plan.classes else _histogram(truth),
    )


def _column(column: RawColumn, fitted: Fitted, truth: Floats, classes: tuple[str, ...]) -> Column:
    shared = {
        "name": fitted.name,
        "kind": fitted.kind,
        "prepared": fitted.words,
        "width": fitted.width,
        "guessed": fitted.guessed,
        "missing": int(column.missing.sum()),
    }
    return _DESCRIBED[fitted.kind](column, truth, classes, shared)


def _numeric(column: RawColumn, truth: Floats, classes: tuple[str, ...], shared: Mapping[str, object]) -> Column:
    there = ~column.missing
    values = column.numbers[there]
    if not len(values):
        return Column(**shared, unique=0)  # type: ignore[arg-type]  # the fields of `shared` are made just above
    many = len(classes) > 2
    tie = _eta(truth[there].astype(np.int64), values) if many else _pearson(values, truth[there])
    return Column(
        **shared,  # type: ignore[arg-type]  # as above
        unique=len(np.unique(values)),
        mean=float(np.mean(values)),
        std=float(np.std(values)),
        minimum=float(np.min(values)),
        median=float(np.median(values)),
        maximum=float(np.max(values)),
        histogram=_histogram(values),
        correlation=tie,
    )


def _category(column: RawColumn, truth: Floats, classes: tuple[str, ...], shared: Mapping[str, object]) -> Column:
    there = ~column.missing
    values = [str(text) for text in categories(column)[there]]
    counts = Counter(values)
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TOP]
    numbers = {name: i for i, name in enumerate(sorted(counts))}
    groups = np.array([numbers[text] for text in values], dtype=np.int64)
    tie = None if len(classes) > 2 else _eta(groups, truth[there])
    return Column(**shared, unique=len(counts), top=tuple(top), correlation=tie)  # type: ignore[arg-type]  # as above


def _date(column: RawColumn, truth: Floats, classes: tuple[str, ...], shared: Mapping[str, object]) -> Column:
    """How many different dates, and the tie of the days."""
    found = RawColumn(column.name, days(column))
    described = _numeric(found, truth, classes, shared)
    return Column(**shared, unique=described.unique, correlation=described.correlation)  # type: ignore[arg-type]  # as above


def _picture(column: RawColumn, truth: Floats, classes: tuple[str, ...], shared: Mapping[str, object]) -> Column:
    del truth, classes
    return Column(**shared, unique=len(set(column.values)))  # type: ignore[arg-type]  # as above


def _text(column: RawColumn, truth: Floats, classes: tuple[str, ...], shared: Mapping[str, object]) -> Column:
    """How many different texts, and their most frequent words."""
    del truth, classes
    there = column.texts[~column.missing]
    counts = Counter(word for text in there for word in words(str(text)))
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TOP]
    return Column(**shared, unique=len(set(there)), top=tuple(top))  # type: ignore[arg-type]  # as above


_DESCRIBED: Mapping[str, Callable[[RawColumn, Floats, tuple[str, ...], Mapping[str, object]], Column]] = {
    "numeric": _numeric,
    "category": _category,
    "ordinal": _category,
    "date": _date,
    "picture": _picture,
    "text": _text,
    "tokens": _text,
}


def _pearson(a: Floats, b: Floats) -> float | None:
    """Pearson's correlation, None where one of the two doesn't vary."""
    if len(a) < 2:
        return None
    da, db = a - a.mean(), b - b.mean()
    spread = math.sqrt(float(da @ da)) * math.sqrt(float(db @ db))
    return float(da @ db) / spread if spread > 0 and math.isfinite(spread) else None


def _eta(groups: npt.NDArray[np.int64], values: Floats) -> float | None:
    """The correlation ratio: the root of the share of the values' variance that lies between the groups."""
    if len(values) < 2:
        return None
    centred = values - values.mean()
    total = float(centred @ centred)
    counts = np.bincount(groups)
    sums = np.bincount(groups, weights=centred)
    between = float(np.sum(sums[counts > 0] ** 2 / counts[counts > 0]))
    return math.sqrt(between / total) if total > 0 and math.isfinite(total) else None


def _histogram(values: Floats) -> Histogram:
    """Counts in equal bins, at most 20; a bin for each value where there are few whole ones."""
    low, high = float(np.min(values)), float(np.max(values))
    if low == high:
        return Histogram((low - 0.5, high + 0.5), (len(values),))
    whole = bool(np.all(values == np.rint(values)))
    each = whole and high - low < BINS
    bins = np.arange(low - 0.5, high + 1.0) if each else np.linspace(low, high, BINS + 1)
    counts, edges = np.histogram(values, bins=bins)
    return Histogram(tuple(float(edge) for edge in edges), tuple(int(n) for n in counts))
