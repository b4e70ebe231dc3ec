"""Why the model answers as it does: SHAP values of test rows, and the checks that say whether to trust them."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.evidence import ADDITIVITY_GOOD, ADDITIVITY_REJECTED, CORRELATION_GOOD, Explanation, ShapValues
from nnc.report.marked_words import MarkedRow, by_whole_texts, marked_rows, texts_among
from nnc.report.numbers import NONE, count, number
from nnc.report.page import Cell, Figure, Head, Page, Table
from nnc.report.picture_figures import picture_figures
from nnc.report.shap_figures import figures
from nnc.report.texts.shap import shap_say
from nnc.report.words import listed, sentence


def applies(page: Page) -> bool:
    """Whether there is an explanation."""
    return page.evidence.explanation is not None


def build(page: Page) -> Mapping[str, object]:
    """Views for `sections/explanation.html`."""
    explanation = page.evidence.explanation
    if explanation is None:
        return {}
    page.term("shap", "additivity", "background")
    texts = texts_among(page.evidence.data.columns)
    return {
        "marked": [_marked(page, row) for row in marked_rows(explanation, texts, page.evidence.data.classes)],
        "summary": _summary(page, explanation),
        "checks": _checks(page, explanation),
        "figures": _figures(page, by_whole_texts(explanation, texts)),
        "importance": None if explanation.pictures else _importance(page, explanation),
    }


def _summary(page: Page, explanation: Explanation) -> list[str]:
    first, maps = explanation.network[0], explanation.pictures
    forest = any(baseline.key == "random_forest" for baseline in page.evidence.baselines)
    left_out = [page.say("explanation.no_forest")] if forest and not explanation.forest else []
    return [
        page.say("pictures.what" if maps else "explanation.what", unit=page.texts.name("unit", first.unit)),
        page.say(
            "explanation.how",
            explainer=page.texts.name("explainer", first.explainer),
            rows=count(explanation.explained_rows),
            background=count(explanation.background_rows),
            seed=explanation.seed,
            link=page.texts.name("link", first.link),
        ),
        *([page.say("pictures.cells_checked", n=maps.switched)] if maps and maps.switched > 1 else []),
        *left_out,
    ]


def _figures(page: Page, explanation: Explanation) -> list[tuple[str, Figure]]:
    """The SHAP drawings with their titles."""
    if explanation.pictures is not None:
        return picture_figures(page, explanation, explanation.pictures)
    if len(explanation.features) < 2 and texts_among(page.evidence.data.columns):
        return []  # one text is all that there is, and its words are marked
    made = figures(explanation, page.evidence.data.classes, page.texts.language)
    return [(f.title, page.figure(f.key, f.drawing, f.caption, f.alt)) for f in made]


def _marked(page: Page, row: MarkedRow) -> Mapping[str, object]:
    """A chosen row's text, what was said of it, and its strongest words in a sentence."""
    chosen = row.chosen
    said = page.say(
        "explanation.marked_row",
        row=count(chosen.row),
        why=shap_say(page.texts.language, f"why.{chosen.why}"),
        truth=chosen.truth,
        predicted=chosen.predicted,
    )
    strongest = [
        page.say(
            f"explanation.marked_{side}", words=listed(page, [f"{word} {_signed(value)}" for word, value in words])
        )
        for side, words in (("for", row.most_for), ("against", row.most_against))
        if words
    ]
    return {"title": said, "column": row.column, "words": row.words, "strongest": sentence(*strongest)}


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '−'}{number(abs(value), 2)}"


def _checks(page: Page, explanation: Explanation) -> Table:
    keys = ("model", "explainer", "unit", "additivity", "permutation", "spread", "verdict")
    right = {"additivity", "permutation", "spread"}
    heads = [Head(page.say(f"explanation.head.{key}"), "right" if key in right else "left") for key in keys]
    rows = [_check(page, values) for values in (*explanation.network, *explanation.forest)]
    return page.table("checks", page.say("explanation.checks_caption"), heads, rows)


def _check(page: Page, values: ShapValues) -> list[Cell | str]:
    name = model_name(page, values)
    correlation = values.permutation_correlation
    return [
        name,
        page.texts.name("explainer", values.explainer),
        page.texts.name("unit", values.unit),
        number(values.additivity_error, 2),
        NONE if correlation is None else f"{correlation:.3f}",
        NONE if values.seed_spread is None else number(values.seed_spread, 2),
        page.say(f"explanation.trust.{trust(values)}"),
    ]


def trust(values: ShapValues) -> str:
    """`good`, `fair` or `poor`, by the greatest additivity error and the correlation with permutations."""
    if values.additivity_error > ADDITIVITY_REJECTED:
        return "poor"
    low = values.permutation_correlation is not None and values.permutation_correlation < CORRELATION_GOOD
    return "fair" if low or values.additivity_error > ADDITIVITY_GOOD else "good"


def model_name(page: Page, values: ShapValues) -> str:
    """The network or the forest, with the class where there are several."""
    name = page.texts.name("explained", values.model)
    if values.class_index is None:
        return name
    classes, index = page.evidence.data.classes, values.class_index
    said = classes[index] if index < len(classes) else str(index)
    return page.say("explanation.of_class", model=name, name=said)


def _importance(page: Page, explanation: Explanation) -> Table | None:
    """Mean |SHAP| by source column (one-hot features summed first), network beside forest."""
    network = by_column(explanation, explanation.network)
    forest = by_column(explanation, explanation.forest)
    if not network:
        return None
    order = sorted(network, key=lambda name: -network[name])
    rank = {name: index + 1 for index, name in enumerate(sorted(forest, key=lambda name: -forest[name]))}
    total = sum(network.values()) or 1.0
    heads = [Head(page.say("data.head.name")), Head(page.say("explanation.head.mean"), "right")]
    heads.append(Head(page.say("explanation.head.share"), "right"))
    if forest:
        heads.append(Head(page.say("explanation.head.forest_rank"), "right"))
    rows: list[list[Cell | str]] = [
        [name, number(network[name]), f"{100 * network[name] / total:.1f}%", *([str(rank[name])] if forest else [])]
        for name in order
    ]
    caption = page.say(
        "explanation.importance_caption", first=listed(page, order[:3]), n=min(explanation.top, len(order))
    )
    return page.table("importance", caption, heads, rows, limit=explanation.top)


def by_column(explanation: Explanation, models: tuple[ShapValues, ...]) -> dict[str, float]:
    """The mean absolute contribution of each source column, over rows and classes; {} where there are no values."""
    columns = list(dict.fromkeys(explanation.columns))
    place = [columns.index(name) for name in explanation.columns]
    sums, rows = [0.0] * len(columns), 0
    for values in models:
        for row in values.values:
            of_row = [0.0] * len(columns)
            for index, value in zip(place, row, strict=True):
                of_row[index] += value
            sums = [total + abs(value) for total, value in zip(sums, of_row, strict=True)]
            rows += 1
    return {name: total / rows for name, total in zip(columns, sums, strict=True)} if rows else {}
