"""The table: where its rows came from, how they were split, what each column holds and how it was prepared."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.evidence import Column, DataEvidence
from nnc.report.charts import data as charts
from nnc.report.drawing import picture
from nnc.report.numbers import count, number, ratio, share
from nnc.report.page import Cell, Figure, Head, Page, Table
from nnc.report.sections import pictures
from nnc.report.words import listed, sentence

_COLUMNS_SHOWN = 40
_BARS = 15


def build(page: Page) -> Mapping[str, object]:
    """Views for `sections/data.html`: of the rows, and of each thing that is predicted."""
    split = _split(page)
    shown = page.evidence.data.pictures
    return {
        "summary": _summary(page),
        "split": split,
        "pictures": pictures.sheet(page, shown) if shown else None,
        "columns": None if shown else _columns(page),
        "targets": [_of(one) for one in page.heads],
    }


def _of(page: Page) -> Mapping[str, object]:
    """What is told of one target; of one among several its name and classes as well."""
    several = bool(page.suffix)
    return {
        "title": page.evidence.output if several else None,
        "classes": _classes(page) if several and page.evidence.data.classes else None,
        "figure": _target(page),
        "correlations": _correlations(page),
    }


def _summary(page: Page) -> list[str]:
    data = page.evidence.data
    shown = data.pictures
    if shown is not None and shown.files is not None:
        return [*pictures.summary(page, shown), *_dealt(page)]
    said = [
        page.say(
            "data.summary",
            source=data.source,
            rows=count(data.rows),
            columns=count(len(data.columns)),
            features=count(len(data.features)),
            target=listed(page, [page.say("quoted", name=head.data.target) for head in page.evidence.heads]),
        )
    ]
    said += pictures.summary(page, shown) if shown else []
    said += (
        page.say("data.transform", transform=head.data.target_transform, target=head.data.target)
        for head in page.evidence.heads
        if head.data.target_transform
    )
    if data.ignored:
        said.append(page.say("data.ignored", names=listed(page, list(data.ignored), 12)))
    for reason, rows in data.dropped:
        said.append(page.say("data.dropped", rows=count(rows), reason=page.texts.name("reason", reason)))
    return [*said, *_dealt(page)]


def _dealt(page: Page) -> list[str]:
    """How rows came into their parts, and what was fitted on which of them."""
    data = page.evidence.data
    if page.evidence.training is None:
        return [page.say("data.as_they_are")]
    seeded = page.say("data.split_seed", seed=data.split_seed)
    if data.split_by is not None:
        way, name = data.split_by
        seeded = page.say(f"data.split_by_{way}", name=name)
    dealt = sentence(seeded, page.say("data.stratified") if data.stratified else "")
    fitted = [] if pictures.from_files(data) else [page.say("data.fitted_on_train")]
    return [dealt, *fitted, *_sampled(page)]


def _sampled(page: Page) -> list[str]:
    """What is of a sample, where the table was too large for the memory."""
    data = page.evidence.data
    if not data.whole_rows:
        return []
    return [
        page.say(
            "data.sample",
            rows=count(sum(data.whole_rows.values())),
            train=count(data.whole_rows["train"]),
            sample=count(sum(data.split_rows.values())),
            fitted=count(data.split_rows["train"]),
        )
    ]


def _split(page: Page) -> Table:
    """The parts as columns, so that any number of classes has room below each other."""
    data = page.evidence.data
    total = sum(data.split_rows.values()) or 1
    classes = data.classes if len(page.evidence.heads) == 1 else ()
    heads = _part_heads(page, "data.class" if classes else "data.part")
    rows = _class_rows(data) if classes else []
    rows.append([Cell(page.say("data.all_rows"), emphasis=True), *(count(n) for n in data.split_rows.values())])
    rows.append([page.say("data.share"), *(share(n / total) for n in data.split_rows.values())])
    return page.table("split", page.say("data.split_caption", total=count(total)), heads, rows)


def _classes(page: Page) -> Table:
    data = page.evidence.data
    caption = page.say("data.classes_caption", target=data.target)
    return page.table("classes", caption, _part_heads(page, "data.class"), _class_rows(data))


def _part_heads(page: Page, first: str) -> list[Head]:
    parts = (page.texts.name("part", part).capitalize() for part in page.evidence.data.split_rows)
    return [Head(page.say(first)), *(Head(part, "right") for part in parts)]


def _class_rows(data: DataEvidence) -> list[list[Cell | str]]:
    return [
        [name, *(_of_part(data, part, index) for part in data.split_rows)] for index, name in enumerate(data.classes)
    ]


def _of_part(data: DataEvidence, part: str, index: int) -> str:
    counts = data.class_counts.get(part, ())
    return count(counts[index]) if index < len(counts) else ""


def _columns(page: Page) -> Table:
    data = page.evidence.data
    keys = ["name", "kind", "distribution", "missing", "minimum", "median", "maximum", "correlation", "prepared"]
    if page.evidence.others:
        keys.remove("correlation")  # there is one with each target, in the figures
    right = {"missing", "minimum", "median", "maximum", "correlation"}
    heads = [
        Head(page.say(f"data.head.{key}"), "right" if key in right else "left", code=key == "prepared") for key in keys
    ]
    shown = data.columns if len(data.columns) <= _COLUMNS_SHOWN else tuple(_by_correlation(data.columns))
    rows = [_row(page, column) for column in shown]
    cut = "data.columns_caption_cut" if len(data.columns) > _COLUMNS_SHOWN else "data.columns_caption"
    caption = page.say(cut, n=count(len(data.columns)), shown=_COLUMNS_SHOWN, target=data.target)
    return page.table("columns", caption, heads, rows, limit=_COLUMNS_SHOWN)


def _row(page: Page, column: Column) -> list[Cell | str]:
    drawing = charts.spark(column)
    kind = page.texts.name("kind", column.kind)
    prepared = column.prepared
    if column.width != 1:
        prepared = page.say("data.became", prepared=prepared, n=count(column.width))
    return [
        column.name,
        Cell(kind, note=page.say("data.guessed") if column.guessed else None),
        Cell(_distribution(page, column), picture=picture(drawing) if drawing else None),
        count(column.missing) if column.missing else "0",
        number(column.minimum),
        number(column.median),
        number(column.maximum),
        *([] if page.evidence.others else [ratio(column.correlation)]),
        prepared,
    ]


def _distribution(page: Page, column: Column) -> str:
    if column.top:
        return page.say("data.alt_top", n=count(column.unique), top=listed(page, [_category(c) for c in column.top], 3))
    if column.mean is not None:
        return page.say("data.alt_numeric", mean=number(column.mean), std=number(column.std), n=count(column.unique))
    return page.say("data.alt_unique", n=count(column.unique))


def _category(pair: tuple[str, int]) -> str:
    return f"{pair[0]} ({count(pair[1])})"


def _target(page: Page) -> Figure | None:
    data = page.evidence.data
    values = data.target_histogram
    if values is None or not any(values.counts):
        return None
    tallest = max(range(len(values.counts)), key=values.counts.__getitem__)
    caption = page.say(
        "data.target_caption",
        target=data.target,
        low=number(values.edges[0]),
        high=number(values.edges[-1]),
        peak_low=number(values.edges[tallest]),
        peak_high=number(values.edges[tallest + 1]),
        share=share(values.counts[tallest] / sum(values.counts)),
    )
    return page.figure("target", charts.histogram(values, data.target, page.say, caption), caption, caption, 110)


def _correlations(page: Page) -> Figure | None:
    data = page.evidence.data
    if data.pictures is not None:  # of a single pixel nobody asks
        return None
    known = [column for column in _by_correlation(data.columns) if column.correlation is not None][:_BARS]
    if len(known) < 2:
        return None
    page.term("correlation")
    axis = "chart_eta" if len(data.classes) > 2 else "chart_correlation"
    caption = page.say(
        "data.correlations_caption",
        target=data.target,
        first=known[0].name,
        value=ratio(known[0].correlation),
        last=known[-1].name,
        shown=len(known),
        n=count(len(data.columns)),
    )
    alt = page.say(
        "data.correlations_alt",
        target=data.target,
        values=listed(page, [f"{c.name} {ratio(c.correlation)}" for c in known], _BARS),
    )
    return page.figure("correlations", charts.correlations(known, page.say(axis), alt), caption, alt)


def _by_correlation(columns: tuple[Column, ...]) -> list[Column]:
    return sorted(columns, key=lambda column: -abs(column.correlation or 0.0))
