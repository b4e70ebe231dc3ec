"""How it was trained, and how that went."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.evidence import Curve, TrainingEvidence
from nnc.report.charts import training as charts
from nnc.report.numbers import NONE, count, decimals_for, fixed, number
from nnc.report.page import Cell, Figure, Head, Page, Table
from nnc.report.words import listed, sentence

_MOVED = 0.05
# How it ended, by whether somebody interrupted it and whether epochs were left.
_ENDINGS = {
    (True, True): "training.interrupted",
    (True, False): "training.ran",
    (False, True): "training.stopped",
    (False, False): "training.ran",
}


def applies(page: Page) -> bool:
    """A model that was trained elsewhere has no such section."""
    return page.evidence.training is not None


def build(page: Page) -> Mapping[str, object]:
    """Views for `sections/training.html`."""
    training = page.training
    names = [curve_name(page, curve) for curve in training.curves]
    table = _table(page)
    return {
        "setup": _setup(page),
        "course": _course(page),
        "panels": _panels(page, names),
        "two_panels": _two_panels(page, names),
        "table": table,
        "batch_means": _batch_means(page),
    }


def curve_name(page: Page, curve: Curve) -> str:
    """What a curve is called: a text of the report's language for what Keras names so, else its own name."""
    name = page.texts.name("curve", curve.name) if page.texts.has(f"curve.{curve.name}") else curve.name
    return name if curve.exact else page.say("training.batch_mean_mark", name=name)


def _setup(page: Page) -> str:
    training = page.training
    arguments = ", ".join(f"{name}={_argument(value)}" for name, value in training.optimizer_args.items())
    return page.say(
        "training.setup",
        optimizer=f"{training.optimizer}({arguments})",
        loss=training.loss,
        batch=count(training.batch_size),
        planned=count(training.epochs_planned),
        seed=page.evidence.reproduce.seed,
    )


def _argument(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _course(page: Page) -> str:
    training = page.training
    ended = page.say(
        _ENDINGS[training.interrupted, training.stopped_early],
        run=count(training.epochs_run),
        planned=count(training.epochs_planned),
    )
    watched = "validation" if training.curves[0].validation else "train"
    best = page.say(f"training.best_{watched}", best=training.best_epoch, value=_at_best(training, watched))
    kept_key = "training.kept_best" if training.kept_epoch == training.best_epoch else "training.kept_other"
    return sentence(ended, best, page.say(kept_key, kept=training.kept_epoch), gap_in_words(page))


def _at_best(training: TrainingEvidence, part: str) -> str:
    values: tuple[float, ...] = getattr(training.curves[0], part)
    return number(values[training.best_epoch - 1])


def gap_in_words(page: Page) -> str:
    """How far training and validation loss stand apart at the best epoch, and where it went from there."""
    training = page.training
    loss = training.curves[0]
    if not loss.validation:
        return page.say("training.no_validation")
    at = training.best_epoch - 1
    train, validation = loss.train[at], loss.validation[at]
    side = "above" if validation > train else "below"
    said = page.say(f"training.gap_{side}", train=number(train), gap=number(abs(validation - train)))
    if training.epochs_run > training.best_epoch and loss.validation[-1] > validation * (1 + _MOVED):
        said = sentence(said, page.say("training.rose", last=number(loss.validation[-1])))
    return said


def _panels(page: Page, names: list[str]) -> Figure:
    training = page.training
    alt = page.say(
        "training.panels_alt", names=listed(page, names), run=count(training.epochs_run), best=training.best_epoch
    )
    loss = training.curves[0]
    caption = page.say(
        "training.panels_caption" if loss.validation else "training.panels_caption_train",
        first=number(loss.train[0]),
        last=number(loss.train[-1]),
        best=training.best_epoch,
        at_best=_at_best(training, "validation" if loss.validation else "train"),
    )
    return page.figure("training", charts.panels(training, names, page.say, alt), caption, alt)


def _two_panels(page: Page, names: list[str]) -> Figure:
    training = page.training
    key = "training.two_panels_caption" if training.curves[0].validation else "training.two_panels_caption_train"
    caption = page.say(key, gap=gap_in_words(page))
    alt = page.say("training.two_panels_alt", names=listed(page, names), best=training.best_epoch)
    return page.figure("two-panels", charts.two_panels(training, names, page.say, alt), caption, alt)


def _table(page: Page) -> Table:
    training = page.training
    keys = ("metric", "kind", "train", "validation", "gap")
    right = {"train", "validation", "gap"}
    heads = [Head(page.say(f"training.head.{key}"), "right" if key in right else "left") for key in keys]
    rows = [_row(page, index, curve) for index, curve in enumerate(training.curves)]
    caption = page.say("training.table_caption", best=training.best_epoch)
    return page.table("at-best", caption, heads, rows)


def _row(page: Page, index: int, curve: Curve) -> list[Cell | str]:
    at = page.training.best_epoch - 1
    train = curve.train[at]
    validation = curve.validation[at] if curve.validation else None
    decimals = max(decimals_for(train), 3) if abs(train) < 1000 else 0
    name = page.texts.name("curve", curve.name) if page.texts.has(f"curve.{curve.name}") else curve.name
    kind = "loss" if index == 0 or curve.loss else ("exact" if curve.exact else "batch_mean")
    return [
        name,
        page.say(f"training.kind.{kind}"),
        fixed(train, decimals),
        NONE if validation is None else fixed(validation, decimals),
        NONE if validation is None else fixed(validation - train, decimals, sign=True),
    ]


def _batch_means(page: Page) -> str:
    names = [curve.name for curve in page.training.curves[1:] if not curve.exact]
    if not names:
        return ""
    page.term("batch_mean")
    return page.say("training.batch_means", names=listed(page, names))
