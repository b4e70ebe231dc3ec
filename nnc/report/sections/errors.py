"""The rows that it got most wrong: where to look first."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.evidence import WorstRow
from nnc.report.numbers import count, number
from nnc.report.page import Cell, Head, Page, Table
from nnc.report.sections.pictures import worst as worst_pictures

_ROWS = 10
_VALUES = 4


def applies(page: Page) -> bool:
    """Whether any row is named."""
    return bool(page.evidence.evaluation.worst)


def build(page: Page) -> Mapping[str, object]:
    """Views for `sections/errors.html`."""
    summary = page.say("pictures.errors_summary" if page.evidence.data.pictures else "errors.summary")
    return {"summary": summary, "figure": worst_pictures(page), "table": _table(page)}


def _table(page: Page) -> Table:
    worst = page.evidence.evaluation.worst
    columns = _telling_columns(page, worst)
    keys = ("row", "truth", "predicted", "error")
    heads = [Head(page.say(f"errors.head.{key}"), "right" if key in ("row", "error") else "left") for key in keys]
    heads += [Head(name) for name in columns]
    rows: list[list[Cell | str]] = [
        [
            count(row.row),
            row.truth,
            row.predicted,
            number(row.error),
            *(row.values.get(name, "") for name in columns),
        ]
        for row in worst
    ]
    kind = "error_kind_regression" if page.evidence.task == "regression" else "error_kind_classes"
    key = "pictures.errors_table" if page.evidence.data.pictures else "errors.caption"
    caption = page.say(key, kind=page.say(f"errors.{kind}"), columns=len(columns))
    return page.table("worst", caption, heads, rows, limit=_ROWS)


def _telling_columns(page: Page, worst: tuple[WorstRow, ...]) -> list[str]:
    """The columns that go most with the target, as far as the rows name their values."""
    shown = page.evidence.data.pictures
    if shown is not None and shown.files is None:  # single pixels tell nothing
        return []
    named = {name for row in worst for name in row.values}
    ordered = sorted(page.evidence.data.columns, key=lambda column: -abs(column.correlation or 0.0))
    known = [column.name for column in ordered if column.name in named]
    return (known or sorted(named))[:_VALUES]
