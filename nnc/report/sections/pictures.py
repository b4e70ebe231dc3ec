"""What sections say of rows that are pictures, in place of what they say of a table's columns."""

from __future__ import annotations

from nnc.evidence import DataEvidence, PicturesEvidence, WorstRow
from nnc.report.charts.pictures import Strip, Titled, contact_sheet, titled
from nnc.report.numbers import count
from nnc.report.page import Figure, Page
from nnc.report.words import listed

_WORST = 10


def summary(page: Page, pictures: PicturesEvidence) -> list[str]:
    """What the pictures are: their number, size, bytes."""
    data = page.evidence.data
    height, width, channels = pictures.shape
    shape = {"height": height, "width": width, "channels": page.say(f"pictures.channels.{channels}")}
    files = pictures.files
    if files is None:
        ways = list(dict.fromkeys(column.prepared for column in data.columns))
        words = listed(page, ways, len(ways))
        return [page.say("pictures.summary_table", n=count(height * width * channels), prepared=words, **shape)]
    prepared = data.columns[0].prepared
    told = [page.say("pictures.size", n=count(n), size=size) for size, n in files.sizes]
    if files.distinct > len(files.sizes):
        told.append(page.say("pictures.sizes_more", distinct=count(files.distinct)))
    return [
        page.say("pictures.summary_files", rows=count(data.rows), source=data.source, prepared=prepared, **shape),
        page.say(
            "pictures.bytes",
            total=count(files.total),
            smallest=count(files.smallest),
            median=count(files.median),
            largest=count(files.largest),
        ),
        page.say("pictures.sizes", measured=count(files.measured), sizes=listed(page, told, len(told))),
    ]


def from_files(data: DataEvidence) -> bool:
    """Whether rows are picture files, which have no columns to tell of."""
    return data.pictures is not None and data.pictures.files is not None


def sheet(page: Page, pictures: PicturesEvidence) -> Figure:
    """A few pictures of each class."""
    strips = [Strip(sample.name, sample.pngs) for sample in pictures.samples]
    told = [
        page.say("pictures.sheet_class", n=len(one.pngs), name=one.name)
        if one.name
        else page.say("pictures.sheet_rows", n=len(one.pngs))
        for one in strips
    ]
    names = [page.say("quoted", name=one.name) for one in strips if one.name]
    classes = listed(page, names or [page.evidence.data.target], len(names) or 1)
    caption = page.say("pictures.sheet_caption", classes=classes)
    shown = sum(len(one.pngs) for one in strips)
    alt = page.say("pictures.sheet_alt", n=shown, classes=listed(page, told, len(told)))
    return page.figure("pictures", contact_sheet(strips, alt), caption, alt)


def worst(page: Page) -> Figure | None:
    """The rows that it got most wrong, as pictures; None where they are none."""
    rows = [row for row in page.evidence.evaluation.worst[:_WORST] if row.png]
    if not rows:
        return None
    regression = page.evidence.task == "regression"
    told = [page.say("pictures.errors_item", truth=row.truth, predicted=row.predicted) for row in rows]
    alt = page.say("pictures.errors_alt", items=listed(page, told, len(told)))
    caption = page.say("pictures.errors_caption_regression" if regression else "pictures.errors_caption")
    shown = [
        Titled(row.png or "", page.say("pictures.errors_truth", truth=row.truth), _said(page, row)) for row in rows
    ]
    return page.figure("worst-pictures", titled(shown, alt), caption, alt)


def _said(page: Page, row: WorstRow) -> str:
    return page.say("pictures.errors_said", predicted=row.predicted)


def baselines(page: Page, pictures: PicturesEvidence) -> str:
    """What the simple models are given of a picture."""
    height, width, channels = pictures.simple
    smaller = page.say("pictures.baselines_smaller") if pictures.simple != pictures.shape else ""
    return page.say("pictures.baselines", height=height, width=width, channels=channels, smaller=smaller)
