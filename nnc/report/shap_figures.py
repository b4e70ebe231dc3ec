"""Which SHAP figures a report shows, with the captions and the sentences that stand in for them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from nnc.evidence import ChosenRow, Explanation, ShapValues
from nnc.report import shap_plots
from nnc.report.drawing import Drawing
from nnc.report.numbers import fixed, number
from nnc.report.shap_plots import Bars, Decision, Matrix, WaterfallWords
from nnc.report.texts.shap import shap_say

_BEESWARMS = 3
_SAID = 5
_TREND = 0.3


@dataclass(frozen=True)
class ShapFigure:
    """A figure: its stable key, title, caption, the sentence that stands in for it, and its drawing of page width."""

    key: str
    title: str
    caption: str
    alt: str
    drawing: Drawing


@dataclass(frozen=True)
class Shown:
    """What the figures are made from: the explanation, the names of the classes, the language; arrays made once."""

    explanation: Explanation
    classes: Sequence[str]
    language: str
    data: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        rows = self.explanation.network[0].data
        object.__setattr__(self, "data", np.asarray(rows, float).reshape(len(rows), len(self.explanation.features)))

    def say(self, key: str, **values: object) -> str:
        """The text of a key in the report's language."""
        return shap_say(self.language, key, **values)

    def quoted(self, name: str) -> str:
        """The name of a column or a class as it stands in a sentence."""
        return self.say("quoted", name=name)

    def matrix(self, values: ShapValues) -> Matrix:
        """The arrays of one model and class."""
        array = np.asarray(values.values, float).reshape(self.data.shape)
        return Matrix(array, self.data, values.base, self.explanation.features)

    def unit(self, values: ShapValues) -> str:
        """What the values are measured in; the logit of several classes is less their mean."""
        centred = values.unit == "logit" and values.link == "identity"
        return self.say("unit.centred" if centred else f"unit.{values.unit}")

    def class_name(self, values: ShapValues) -> str | None:
        """The class that the values speak of; None where there are none."""
        index = values.class_index
        if index is None:
            return None
        return self.classes[index] if index < len(self.classes) else str(index)

    def titled(self, title: str, values: ShapValues) -> str:
        """A title, with the class where there are several."""
        name = self.class_name(values)
        return title if name is None else self.say("of_class", title=title, name=self.quoted(name))

    @property
    def top(self) -> int:
        """How many features a figure shows."""
        return max(1, self.explanation.top)


def figures(explanation: Explanation, classes: Sequence[str], language: str = "en") -> list[ShapFigure]:
    """All SHAP figures of an explanation, in the order in which a report shows them.

    `classes` are the names of the target's classes (empty for regression). The same arguments give the same bytes.
    """
    shown = Shown(explanation, classes, language)
    focus = _focus(shown)
    made = [*_importance(shown)]
    made += [_beeswarm(shown, values) for values in _of_interest(shown)]
    beside = next((v for v in explanation.forest if v.class_index == focus.class_index), None)
    if beside is not None:
        made.append(_beeswarm(shown, beside))
    if explanation.chosen:
        made += [_decision(shown, values) for values in (focus, beside) if values is not None]
        made += [_waterfall(shown, chosen) for chosen in explanation.chosen]
    return made


def _of_class(shown: Shown, name: str) -> ShapValues | None:
    return next((v for v in shown.explanation.network if shown.class_name(v) == name), None)


def _focus(shown: Shown) -> ShapValues:
    """Of several classes the one that is wrongly predicted with the greatest confidence, else the first chosen's."""
    ranked = sorted(shown.explanation.chosen, key=lambda chosen: chosen.why != "confident_wrong")
    if len(shown.explanation.network) > 1:
        for chosen in ranked:
            if (values := _of_class(shown, chosen.predicted)) is not None:
                return values
    return shown.explanation.network[0]


def _of_interest(shown: Shown) -> list[ShapValues]:
    """The classes that get a beeswarm: all of a few, of many those that the chosen rows were taken for."""
    network = list(shown.explanation.network)
    if len(network) <= _BEESWARMS:
        return network
    predicted = {chosen.predicted for chosen in shown.explanation.chosen}
    return [v for v in network if shown.class_name(v) in predicted][:_BEESWARMS] or network[:1]


def _column_means(shown: Shown, models: Sequence[ShapValues]) -> dict[str, float]:
    """The mean absolute value of each source column over rows and classes, its features summed first."""
    names = list(dict.fromkeys(shown.explanation.columns))
    groups = [np.flatnonzero(np.asarray(shown.explanation.columns) == name) for name in names]
    arrays = [shown.matrix(values).values for values in models]
    return {
        name: float(np.mean([np.abs(array[:, group].sum(axis=1)).mean() for array in arrays]))
        for name, group in zip(names, groups, strict=True)
    }


def _bars(shown: Shown, values: ShapValues, means: dict[str, float]) -> Bars:
    names = sorted(means, key=lambda name: -means[name])[: shown.top]
    heading = shown.say("heading", model=shown.say(f"model.{values.model}"), unit=shown.unit(values))
    return Bars(heading, tuple(names), tuple(means[name] for name in names))


def _importance(shown: Shown) -> Iterator[ShapFigure]:
    explanation = shown.explanation
    models = [models for models in (explanation.network, explanation.forest) if models]
    panels = [_bars(shown, some[0], _column_means(shown, some)) for some in models]
    first = panels[0]
    caption = shown.say(
        "importance.caption", first=shown.quoted(first.names[0]), model=_inside(shown, "network"),
        value=number(first.values[0], 2), rows=explanation.explained_rows, unit=shown.unit(explanation.network[0]),
    )  # fmt: skip
    if len(panels) > 1:
        common = len(set(first.names) & set(panels[1].names))
        name = shown.quoted(panels[1].names[0])
        more = shown.say("importance.forest", first=name, n=len(first.names), shared=common)
        caption = shown.say("stop").join([caption, more])
    yield _bar_figure(shown, "importance", panels, caption)
    if len(set(explanation.columns)) < len(explanation.features):
        arrays = [np.abs(shown.matrix(values).values).mean(axis=0) for values in explanation.network]
        means = dict(zip(explanation.features, np.mean(arrays, axis=0).tolist(), strict=True))
        panel = _bars(shown, explanation.network[0], means)
        yield _bar_figure(shown, "features", [panel], shown.say("features.caption"))


def _inside(shown: Shown, model: str) -> str:
    """A model's name within a sentence."""
    name = shown.say(f"model.{model}")
    return name[:1].lower() + name[1:]


def _bar_figure(shown: Shown, key: str, panels: Sequence[Bars], caption: str) -> ShapFigure:
    title = shown.say(f"{key}.title")
    said = [
        shown.say("importance.alt", model=panel.heading, items=_listed(shown, panel.names, panel.values))
        for panel in panels
    ]
    drawing = shap_plots.bars(panels, shown.say("mean_axis"), title)
    return ShapFigure(f"shap-{key}", title, caption, shown.say("stop").join(said), drawing)


def _listed(shown: Shown, names: Sequence[str], values: Sequence[float]) -> str:
    items = [shown.say("item", name=n, value=number(v, 2)) for n, v in zip(names, values, strict=True)]
    return shown.say("comma").join(items[:_SAID])


def _beeswarm(shown: Shown, values: ShapValues) -> ShapFigure:
    matrix = shown.matrix(values)
    order = np.argsort(-np.abs(matrix.values).mean(axis=0), kind="stable")[: shown.top]
    title = shown.titled(shown.say("beeswarm.title", model=shown.say(f"model.{values.model}")), values)
    name = shown.class_name(values)
    side = shown.say("higher") if name is None else shown.say("toward", name=shown.quoted(name))
    trend = _trend(shown, matrix, int(order[0]))
    spans = [
        shown.say("beeswarm.span", name=matrix.names[i], low=number(v.min(), 2), high=number(v.max(), 2))
        for i in order[:_SAID]
        for v in (matrix.values[:, i],)
    ]
    drawing = shap_plots.beeswarm(matrix, shown.top, shown.explanation.seed,
        shown.say("value_axis", unit=shown.unit(values)),
        (shown.say("feature_value"), shown.say("low"), shown.say("high")), title,
    )  # fmt: skip
    return ShapFigure(
        _key("beeswarm", values),
        title,
        shown.say("beeswarm.caption", side=side, trend=trend),
        shown.say("beeswarm.alt", items=shown.say("comma").join(spans), trend=trend),
        drawing,
    )


def _trend(shown: Shown, matrix: Matrix, feature: int) -> str:
    """What high values of a feature do, by the correlation of its values with its SHAP values."""
    data, values = matrix.data[:, feature], matrix.values[:, feature]
    varies = data.std() > 0 and values.std() > 0
    correlation = float(np.corrcoef(data, values)[0, 1]) if varies else 0.0
    key = "none" if abs(correlation) < _TREND else "up" if correlation > 0 else "down"
    return shown.say(f"trend.{key}", name=shown.quoted(matrix.names[feature]))


def _key(kind: str, values: ShapValues) -> str:
    model = "" if values.model == "network" else f"-{values.model}"
    place = "" if values.class_index is None else f"-{values.class_index}"
    return f"shap-{kind}{model}{place}"


def _words(shown: Shown, chosen: ChosenRow) -> str:
    why = shown.say(f"why.{chosen.why}")
    if chosen.probability is None:
        return shown.say("row", why=why, row=chosen.row, predicted=chosen.predicted)
    p = fixed(chosen.probability, 2)
    return shown.say("row_probability", why=why, row=chosen.row, predicted=chosen.predicted, p=p)


def _decision(shown: Shown, values: ShapValues) -> ShapFigure:
    matrix, chosen = shown.matrix(values), shown.explanation.chosen
    through: Callable[[float], float] = _sigmoid if values.link == "logit" else float
    title = shown.titled(shown.say("decision.title", model=shown.say(f"model.{values.model}")), values)
    name = shown.class_name(values)
    label = shown.unit(values)
    if values.link == "logit" or values.unit == "probability":
        label = shown.say("probability_axis", name=shown.quoted(name)) if name else shown.say("probability_axis_alone")
    ways = [Decision(each.index, _words(shown, each)) for each in chosen]
    # Rounded, so that a forest's 0 does not read as 10⁻¹⁶.
    ends = [round(through(matrix.base + float(matrix.values[way.row].sum())), 9) for way in ways]
    items = [
        shown.say("decision.item", words=way.words, value=number(end)) for way, end in zip(ways, ends, strict=True)
    ]
    base = number(through(matrix.base))
    return ShapFigure(
        _key("decision", values),
        title,
        shown.say("decision.caption", base=base),
        shown.say("decision.alt", base=base, items="; ".join(items)),
        shap_plots.decision(matrix, ways, shown.top, values.link, label, title),
    )


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


def _waterfall(shown: Shown, chosen: ChosenRow) -> ShapFigure:
    several = len(shown.explanation.network) > 1
    values = (_of_class(shown, chosen.predicted) if several else None) or _focus(shown)
    matrix = shown.matrix(values)
    amounts, display = matrix.values[chosen.index], shown.explanation.network[0].display[chosen.index]
    order = [int(i) for i in np.argsort(-np.abs(amounts))]
    why = shown.say(f"why.{chosen.why}")
    steps = [
        shown.say("waterfall.item", name=matrix.names[i], shown=display[i], value=shap_plots.signed(amounts[i]))
        for i in order[:_SAID]
    ]
    words = WaterfallWords(
        others=lambda n: shown.say("others", n=n),
        base=lambda value: shown.say("base", value=value),
        output=lambda value: shown.say("output", value=value),
        axis=shown.titled(shown.unit(values), values),
    )
    title = shown.titled(shown.say("waterfall.title", row=chosen.row, why=why), values)
    strongest = order[0]
    return ShapFigure(
        f"shap-waterfall-{chosen.why.replace('_', '-')}",
        title,
        shown.say(
            "waterfall.caption", row=chosen.row, why=why, truth=chosen.truth, predicted=chosen.predicted,
            name=matrix.names[strongest], shown=display[strongest], value=shap_plots.signed(amounts[strongest]),
        ),
        shown.say(
            "waterfall.alt", base=number(matrix.base), output=number(matrix.base + float(amounts.sum())),
            items=shown.say("comma").join(steps),
        ),
        shap_plots.waterfall(matrix, chosen.index, display, shown.top, words, title),
    )  # fmt: skip
