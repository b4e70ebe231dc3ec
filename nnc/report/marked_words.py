"""Texts in an explanation: a row's words, each marked by what it says for or against the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nnc.evidence import ChosenRow, Column, Explanation, ShapValues

# Columns of these kinds are words or other tokens, one a feature.
KINDS = frozenset({"text", "tokens"})
STRENGTHS = 4
NAMED = 3


@dataclass(frozen=True)
class Word:
    """A word as it stands in the row, and how it is marked: `up1` to `up4`, `down1` to `down4`, or not at all."""

    text: str
    mark: str


@dataclass(frozen=True)
class MarkedRow:
    """A row's words, and those that say most for and against: (word, SHAP value)."""

    chosen: ChosenRow
    column: str
    words: tuple[Word, ...]
    most_for: tuple[tuple[str, float], ...]
    most_against: tuple[tuple[str, float], ...]


def texts_among(columns: Sequence[Column]) -> tuple[str, ...]:
    """The names of the columns that are texts."""
    return tuple(column.name for column in columns if column.kind in KINDS)


def by_whole_texts(explanation: Explanation, texts: Sequence[str]) -> Explanation:
    """The explanation with a single feature for each of these columns: the sum over its words.

    Its value is 0 in every row for the figures, since a text is no number.
    """
    if not texts:
        return explanation
    groups = _groups(explanation, texts)
    first = explanation.network[0]
    data = np.asarray(first.data, float).reshape(len(first.data), -1)
    display = [[row[at[0]] if len(at) == 1 else "…" for _, at in groups] for row in first.display]
    numbers = [[float(row[at[0]]) if name not in texts else 0.0 for name, at in groups] for row in data]

    def summed(values: ShapValues) -> ShapValues:
        array = np.asarray(values.values, float)
        return replace(values, values=tuple(tuple(float(row[at].sum()) for _, at in groups) for row in array))

    network = [summed(values) for values in explanation.network]
    network[0] = replace(network[0], data=tuple(map(tuple, numbers)), display=tuple(map(tuple, display)))
    return replace(
        explanation,
        features=tuple(name for name, _ in groups),
        columns=tuple(explanation.columns[at[0]] for _, at in groups),
        network=tuple(network),
        forest=(),
    )


def _groups(explanation: Explanation, texts: Sequence[str]) -> list[tuple[str, list[int]]]:
    """Each feature with its place; a text's features together under its name."""
    groups: dict[str, list[int]] = {}
    for i, (feature, column) in enumerate(zip(explanation.features, explanation.columns, strict=True)):
        groups.setdefault(column if column in texts else feature, []).append(i)
    return list(groups.items())


def marked_rows(explanation: Explanation, texts: Sequence[str], classes: Sequence[str]) -> list[MarkedRow]:
    """The chosen rows' texts with their words marked, for the class that was predicted where there are several."""
    return [
        _marked(explanation, chosen, column, _spoken_of(explanation, chosen, classes))
        for chosen in explanation.chosen
        for column in texts
    ]


def _spoken_of(explanation: Explanation, chosen: ChosenRow, classes: Sequence[str]) -> tuple[ShapValues, int]:
    """The values of the class that was predicted, and 1; or of the other one of two, and -1."""
    wanted = list(classes).index(chosen.predicted) if chosen.predicted in classes else None
    found = next((v for v in explanation.network if v.class_index == wanted), None)
    return (found, 1) if found is not None else (explanation.network[0], -1 if wanted == 0 else 1)


def _marked(explanation: Explanation, chosen: ChosenRow, column: str, spoken: tuple[ShapValues, int]) -> MarkedRow:
    values, sign = spoken
    places = [i for i, name in enumerate(explanation.columns) if name == column]
    display = explanation.network[0].display[chosen.index]
    said = [(display[i], sign * values.values[chosen.index][i]) for i in places if display[i]]
    largest = max((abs(value) for _, value in said), default=0.0) or 1.0
    ranked = sorted(said, key=lambda pair: -pair[1])
    return MarkedRow(
        chosen,
        column,
        tuple(Word(text, _mark(value / largest)) for text, value in said),
        tuple((text, value) for text, value in ranked[:NAMED] if value > 0),
        tuple((text, value) for text, value in ranked[::-1][:NAMED] if value < 0),
    )


def _mark(share: float) -> str:
    """A mark by the share of the strongest word; the weakest eighth has none."""
    strength = round(abs(share) * STRENGTHS)
    return f"{'up' if share > 0 else 'down'}{strength}" if strength else ""
