"""What the checks found: a row for each kind of warning says how its values are put into words, and how bad it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nnc.evidence import Estimate, Warn
from nnc.report.numbers import count, number, share
from nnc.report.page import Page
from nnc.report.words import baseline_name, listed, metric_name, with_interval

Values = Mapping[str, Any]
Fill = Callable[[Page, Values], dict[str, str]]

_ON_PAGE_ONE = 3


@dataclass(frozen=True)
class Kind:
    """How a warning is told. `weight`: 3 may make the verdict worthless, 2 weakens it, 1 is good to know."""

    weight: int
    fill: Fill


@dataclass(frozen=True)
class Told:
    """A warning in words: what it is, what was found, what to do."""

    key: str
    weight: int
    level: str
    title: str
    text: str
    advice: str


def build(page: Page) -> Mapping[str, object]:
    """Views for `sections/warnings.html`."""
    return {"warnings": tell(page), "nothing": page.say("warnings.nothing")}


def tell(page: Page) -> list[Told]:
    """All warnings in words, the gravest first."""
    return sorted((_told(page, warn) for warn in page.evidence.warnings), key=lambda told: -told.weight)


def worth_telling(page: Page) -> list[Told]:
    """Those that stand on page one: the gravest, and none that is only good to know."""
    return [told for told in tell(page) if told.weight > 1][:_ON_PAGE_ONE]


def _told(page: Page, warn: Warn) -> Told:
    told = _in_words(page, warn)
    return (
        told if warn.output is None else replace(told, title=page.say("titled_of", title=told.title, name=warn.output))
    )


def _in_words(page: Page, warn: Warn) -> Told:
    kind = KINDS.get(warn.key)
    if kind is None or not page.texts.has(f"warn.{warn.key}.title"):
        values = "; ".join(f"{name}: {value}" for name, value in warn.values.items())
        level = page.say("warnings.level.2")
        return Told(warn.key, 2, level, warn.key.replace("_", " "), values, "")
    values_in_words = kind.fill(page, warn.values)
    return Told(
        warn.key,
        kind.weight,
        page.say(f"warnings.level.{kind.weight}"),
        page.say(f"warn.{warn.key}.title", **values_in_words),
        page.say(f"warn.{warn.key}.text", **values_in_words),
        page.say(f"warn.{warn.key}.advice", **values_in_words),
    )


# ---- values in words -----------------------------------------------------------------------------


def _pairs(page: Page, values: Values, field: str, say: Callable[[Any], str]) -> str:
    return listed(page, [say(item) for item in values.get(field, ())])


def _quoted(page: Page, name: object) -> str:
    return page.say("quoted", name=name)


def _duplicates(page: Page, values: Values) -> dict[str, str]:
    return {
        "rows": count(values["rows"]),
        "share": share(values.get("share", 0.0)),
        "examples": _pairs(page, values, "examples", lambda pair: page.say("row_pair", a=pair[0], b=pair[1])),
    }


def _answer(page: Page, values: Values) -> dict[str, str]:
    columns = _pairs(page, values, "columns", lambda item: f"{_quoted(page, item[0])} ({number(item[1])})")
    return {"columns": columns, "metric": metric_name(page, values["metric"])}


def _identifiers(page: Page, values: Values) -> dict[str, str]:
    columns = _pairs(
        page,
        values,
        "columns",
        lambda item: page.say("distinct_of", name=item[0], distinct=count(item[1]), rows=count(item[2])),
    )
    used = listed(page, [_quoted(page, name) for name in values.get("used", ())])
    ignored = listed(page, [_quoted(page, name) for name in values.get("ignored", ())])
    fate = [page.say("identifiers_used", names=used)] if used else []
    fate += [page.say("identifiers_ignored", names=ignored)] if ignored else []
    return {"columns": columns, "fate": " ".join(fate)}


def _named(field: str, key: str) -> Fill:
    """Columns or classes with one text each: `key` is filled with name, a, b (whole numbers, or shares below 1)."""

    def fill(page: Page, values: Values) -> dict[str, str]:
        def say(item: Any) -> str:
            rest = [_amount(value) for value in item[1:]]
            return page.say(key, name=item[0], a=rest[0], b=rest[1] if len(rest) > 1 else "")

        scalars = {name: _amount(value) for name, value in values.items() if isinstance(value, (int, float))}
        return {field: _pairs(page, values, field, say), **scalars}

    return fill


def _amount(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return count(value) if isinstance(value, int) else share(value)


def _dropped(page: Page, values: Values) -> dict[str, str]:
    def say(item: Any) -> str:
        return page.say("reason_rows", reason=page.texts.name("reason", item[0]), rows=count(item[1]))

    return {"rows": count(values["rows"]), "reasons": _pairs(page, values, "reasons", say)}


def _few(page: Page, values: Values) -> dict[str, str]:
    step = values.get("step")
    extra = "" if step is None else page.say("few_rows_step", step=share(step))
    return {"rows": count(values["rows"]), "step": extra}


def _overfit(page: Page, values: Values) -> dict[str, str]:
    numbers = {name: number(values[name]) for name in ("train", "validation", "gap")}
    return {"metric": metric_name(page, values["metric"]), **numbers}


def _epochs(_: Page, values: Values) -> dict[str, str]:
    whole = ("epoch", "epochs", "best_epoch", "kept_epoch")
    said = {name: count(values[name]) for name in whole if name in values}
    said |= {name: number(values[name]) for name in ("best", "kept") if name in values}
    return said | {name: share(values[name]) for name in ("fall",) if name in values}


def _against(page: Page, values: Values) -> dict[str, str]:
    gap = Estimate(values["difference"], values.get("low"), values.get("high"))
    return {
        "baseline": baseline_name(page, values["baseline"]),
        "metric": metric_name(page, values["metric"]),
        "network": number(values["network"]),
        "score": number(values["score"]),
        "difference": with_interval(page, gap, sign=True),
    }


def _shap(page: Page, values: Values) -> dict[str, str]:
    said = {name: number(values[name], 2) for name in ("error", "correlation") if name in values}
    return said | {"explainer": page.texts.name("explainer", values["explainer"])}


def _letters(_: Page, values: Values) -> dict[str, str]:
    return {"letters": str(values["letters"]), "package": str(values["package"])}


def _known(_: Page, values: Values) -> dict[str, str]:
    return {"rows": count(values["rows"])}


def _no_test(page: Page, values: Values) -> dict[str, str]:
    return {"part": page.texts.name("part", str(values["part"])), "rows": count(values["rows"])}


KINDS: Mapping[str, Kind] = {
    "duplicates_across_split": Kind(3, _duplicates),
    "answer_column": Kind(3, _answer),
    "worse_than_baseline": Kind(3, _against),
    "no_better_than_trivial": Kind(3, _against),
    "no_test_rows": Kind(3, _no_test),
    "rows_may_be_known": Kind(3, _known),
    "few_test_rows": Kind(2, _few),
    "identifier_columns": Kind(2, _identifiers),
    "rare_classes": Kind(2, _named("classes", "class_train_test")),
    "imbalance": Kind(2, _named("classes", "name_a")),
    "overfit": Kind(2, _overfit),
    "overtrained": Kind(2, _epochs),
    "not_converged": Kind(2, _epochs),
    "missing_values": Kind(2, _named("columns", "missing_of")),
    "unseen_categories": Kind(2, _named("columns", "rows_of")),
    "constant_columns": Kind(1, _named("columns", "always")),
    "dropped_rows": Kind(1, _dropped),
    "wide_categories": Kind(1, _named("columns", "kept_of")),
    "shap_additivity": Kind(2, _shap),
    "shap_correlation": Kind(2, _shap),
    "missing_letters": Kind(1, _letters),
}
