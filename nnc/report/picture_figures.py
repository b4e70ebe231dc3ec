"""The explanation of pictures: attributions over the rows shown alone, and where the models look on the whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnc.evidence import ChosenRow, Explanation, PictureMaps
from nnc.report.charts import pictures as charts
from nnc.report.charts.pictures import Array, Attributed
from nnc.report.numbers import count, number
from nnc.report.page import Figure, Page
from nnc.report.words import listed

_THIRDS = 3
_SMALL_WIDTH = 136.0


def picture_figures(page: Page, explanation: Explanation, maps: PictureMaps) -> list[tuple[str, Figure]]:
    """The drawings with their titles."""
    made = [(page.say("pictures.rows_title"), _rows(page, explanation, maps))] if maps.rows else []
    return [*made, (page.say("pictures.mean_title"), _mean(page, explanation, maps))]


def _rows(page: Page, explanation: Explanation, maps: PictureMaps) -> Figure:
    heads = _heads(page, explanation)
    rows = []
    said = []
    for chosen, row in zip(explanation.chosen, maps.rows, strict=True):
        grids = tuple(_grid(values, maps) for values in row.maps)
        marked = _column_of(page, explanation, chosen)
        rows.append(Attributed(_beside(page, chosen, row.name), row.png, grids, marked if len(grids) > 1 else None))
        said.append(_said(page, chosen, heads[marked], grids[marked]))
    first = explanation.network[0]
    caption = page.say("pictures.rows_caption", unit=page.texts.name("unit", first.unit), rows=len(rows))
    caption = " ".join([caption, _of_cells(page, maps)]).strip()
    alt = page.say("pictures.rows_alt", rows=" ".join(said))
    ends = (page.say("pictures.against"), page.say("pictures.towards"))
    drawing = charts.attributions(rows, heads, ends, page.say("pictures.rows_title"))
    return page.figure("shap-pictures", drawing, caption, alt)


def _heads(page: Page, explanation: Explanation) -> list[str]:
    """The class that each map speaks of; the target itself where it is a number."""
    data = page.evidence.data
    indices = [values.class_index for values in explanation.network]
    return [data.target if i is None else data.classes[i] if i < len(data.classes) else str(i) for i in indices]


def _column_of(page: Page, explanation: Explanation, chosen: ChosenRow) -> int:
    """The map of the predicted class, or the only one."""
    heads = _heads(page, explanation)
    return heads.index(chosen.predicted) if len(heads) > 1 and chosen.predicted in heads else 0


def _beside(page: Page, chosen: ChosenRow, name: str) -> tuple[str, ...]:
    words = [
        page.texts.name("why", chosen.why),
        name or page.say("pictures.row", row=count(chosen.row)),
        page.say("pictures.truth", truth=chosen.truth),
    ]
    share = "" if chosen.probability is None else f" ({100 * chosen.probability:.0f}%)"
    return (*words, page.say("pictures.predicted", predicted=chosen.predicted) + share)


def _said(page: Page, chosen: ChosenRow, head: str, grid: Array) -> str:
    """A row in words: where its strongest cells lie, and what all add up to."""
    return page.say(
        "pictures.row_alt",
        why=page.texts.name("why", chosen.why),
        row=count(chosen.row),
        truth=chosen.truth,
        predicted=chosen.predicted,
        head=head,
        up=_where(page, np.maximum(grid, 0)),
        down=_where(page, np.maximum(-grid, 0)),
        total=number(float(grid.sum()), 2),
    )


def _mean(page: Page, explanation: Explanation, maps: PictureMaps) -> Figure:
    grids = {name: _grid(values, maps) for name, values in maps.mean.items()}
    names = [page.texts.name("explained", name) for name in grids]
    caption = page.say(
        "pictures.mean_caption", where=_where(page, grids["network"]), n=count(explanation.explained_rows)
    )
    places = [f"{name}: {_where(page, grid)}" for name, grid in zip(names, grids.values(), strict=True)]
    alt = page.say("pictures.mean_alt", places=listed(page, places))
    ends = (page.say("pictures.nothing"), page.say("pictures.most"))
    shown = list(zip(names, grids.values(), strict=True))
    drawing = charts.amounts(shown, ends, page.say("pictures.mean_title"))
    return page.figure("shap-where", drawing, caption, alt, _SMALL_WIDTH * len(names) / 2)


def _of_cells(page: Page, maps: PictureMaps) -> str:
    if maps.block == 1:
        return ""
    return page.say("pictures.cells", block=maps.block)


def _grid(values: Sequence[float], maps: PictureMaps) -> Array:
    return np.asarray(values, dtype=np.float64).reshape(maps.grid)


def _where(page: Page, amounts: Array) -> str:
    """The ninth of the picture with the largest sum: `upper left`, `centre`."""
    if not amounts.any():
        return page.say("pictures.nowhere")
    parts = [np.array_split(band, _THIRDS, axis=1) for band in np.array_split(amounts, _THIRDS, axis=0)]
    sums = np.array([[float(part.sum()) for part in band] for band in parts])
    down, across = divmod(int(sums.argmax()), _THIRDS)
    return page.say(f"pictures.place.{down}{across}")
