"""SHAP for a trained network, and for the forest beside it: rows and background, explainer, checks, evidence."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from nnc.evidence import ADDITIVITY_GOOD, CORRELATION_GOOD, Explanation, ShapValues, Task, Warn
from nnc.explain.faults import CannotExplain
from nnc.explain.forest import affordable_rows, forest_values
from nnc.explain.ladder import LAST, Judged, Problem, climb
from nnc.explain.pictures import Picture, cells, picture_maps
from nnc.explain.rows import Outcome, choose, chosen_rows, sample
from nnc.explain.twin import Twin, Which, make_twin

MAX_CLASSES = 10


@dataclass(frozen=True)
class Settings:
    """How many training rows are the background, how many test rows are explained, how many features are shown.

    Fewer rows are taken where the model is so wide that these would take minutes.
    """

    background: int = 100
    samples: int = 200
    top: int = 10


def explain(  # noqa: PLR0913  # all are needed, by name alone; a class for them would be built once and unpacked
    model: keras.Model,
    *,
    output: Which | None = None,
    train: np.ndarray,
    test: np.ndarray,
    display: Sequence[Sequence[str]],
    features: Sequence[str],
    columns: Sequence[str],
    task: Task,
    classes: Sequence[str],
    predictions: np.ndarray,
    truth: np.ndarray,
    file_rows: Sequence[int],
    forest: Any = None,
    picture: Picture | None = None,
    settings: Settings | None = None,
    seed: int = 0,
) -> Explanation:
    """SHAP values of the model's logits (classification) or outputs (regression) over a sample of the test rows.

    `train` and `test` are prepared features, (rows, features): the inputs of the model side by side where it has
    several. `display` has the test rows' values in a person's words, `columns` the source column of each feature,
    `file_rows` each test row's row in the file. `predictions` are the test rows' probabilities, or for regression
    values in the target's unit, as `truth` is; class numbers are indices into `classes`. `forest` is a fitted
    scikit-learn forest on the same features (and class numbers), or None. `output` says which of the model's outputs
    is meant where it has several. Where the features are the pixels of a `picture`, maps over it take the place of
    their values, and `display` is not asked for. The same arguments give the same bits.
    Raises CannotExplain where the model or the rows can't be explained.
    """
    settings = settings or Settings()
    _check_rows(train, test, features)
    outcome = Outcome(task, classes, np.asarray(predictions), np.asarray(truth))
    twin = make_twin(model, task, output)
    if twin.features != len(features):
        raise CannotExplain(f"the model takes {twin.features} numbers a row and the data has {len(features)} features")
    labels, twin = _labels(twin, outcome)

    size = min(settings.samples, len(test))
    explained = affordable_rows(forest, size) if forest is not None else 0
    rng = np.random.default_rng([seed, 0])
    picked = choose(outcome)
    drawn = sample(rng, len(test), explained or size, [row for _, row in picked])
    background = sample(rng, len(train), settings.background, ())
    groups = None if picture is None else cells(picture.layout)
    asked, against = (np.asarray(rows, np.float32) for rows in (test[drawn], train[background]))
    judged = climb(Problem(twin, asked, against, seed, groups))

    order = np.argsort(drawn[: len(judged.values)])
    rows = drawn[order]
    data = np.asarray(test[rows], np.float32)
    network = _network(twin, judged, order, labels)
    trees = _forest(forest, data, labels) if explained else []
    chosen = chosen_rows(outcome, picked, rows, file_rows)
    if picture is None:
        words = tuple(tuple(str(text) for text in display[row]) for row in rows)
        network[0] = dataclasses.replace(network[0], data=_nested(data), display=words)
        maps = None
    else:
        of_forest = {"forest": [np.asarray(values.values) for values in trees]} if trees else {}
        in_cells = judged.explainer == LAST
        maps = picture_maps(picture, judged.values[order], of_forest, chosen, rows, in_cells=in_cells)
        network, trees = ([dataclasses.replace(values, values=()) for values in some] for some in (network, trees))
    return Explanation(
        features=tuple(features) if picture is None else (),
        columns=tuple(columns) if picture is None else (),
        background_rows=judged.background,
        explained_rows=len(rows),
        seed=seed,
        network=tuple(network),
        forest=tuple(trees),
        chosen=chosen,
        top=settings.top,
        pictures=maps,
    )


def concerns(explanation: Explanation) -> tuple[Warn, ...]:
    """What the checks found worth a warning, the worst of the outputs for each.

    `shap_additivity` (values: explainer, error) and `shap_correlation` (values: explainer, correlation).
    """
    found = []
    error = max(values.additivity_error for values in explanation.network)
    known = [v.permutation_correlation for v in explanation.network if v.permutation_correlation is not None]
    explainer = explanation.network[0].explainer
    if error > ADDITIVITY_GOOD:
        found.append(Warn("shap_additivity", {"explainer": explainer, "error": error}))
    if known and min(known) < CORRELATION_GOOD:
        found.append(Warn("shap_correlation", {"explainer": explainer, "correlation": min(known)}))
    return tuple(found)


def _check_rows(train: np.ndarray, test: np.ndarray, features: Sequence[str]) -> None:
    if not len(test) or not len(train):
        raise CannotExplain("there are no rows to explain" if not len(test) else "there are no training rows")
    if not len(features):
        raise CannotExplain("there are no features")
    if not (np.isfinite(train).all() and np.isfinite(test).all()):
        raise CannotExplain("some prepared features are not finite numbers")


def _labels(twin: Twin, outcome: Outcome) -> tuple[list[int | None], Twin]:
    """The class number of each explained output, and the twin with no more outputs than are explained.

    Of many classes those predicted most often are explained.
    """
    if twin.outputs == 1:
        return [None if outcome.task == "regression" else 1], twin
    if twin.outputs <= MAX_CLASSES:
        return list(range(twin.outputs)), twin
    predicted = np.asarray(outcome.predictions).reshape(len(outcome.truth), -1).argmax(axis=1)
    counts = np.bincount(predicted, minlength=twin.outputs)[: twin.outputs]
    wanted = np.sort(np.argsort(-counts, kind="stable")[:MAX_CLASSES])
    head = twin.head
    narrow = dataclasses.replace(twin, outputs=len(wanted), head=lambda raw: tf.gather(head(raw), wanted, axis=1))
    return [int(label) for label in wanted], narrow


def _network(twin: Twin, judged: Judged, order: np.ndarray, labels: Sequence[int | None]) -> list[ShapValues]:
    span = np.ptp(judged.outputs, axis=0)
    found = []
    for i, label in enumerate(labels):
        spread = None if judged.spread is None or not span[i] else _rounded(judged.spread[i] / span[i])
        correlation = judged.correlation[i]
        found.append(
            ShapValues(
                model="network",
                explainer=judged.explainer,
                unit=twin.unit,
                link=twin.link,
                class_index=label,
                base=_rounded(judged.base[i]),
                values=_nested(judged.values[order, :, i]),
                data=(),
                display=(),
                outputs=tuple(_rounded(value) for value in judged.outputs[order, i]),
                additivity_error=_rounded(judged.additivity[i]),
                permutation_correlation=None if np.isnan(correlation) else _rounded(correlation),
                seed_spread=spread,
            )
        )
    return found


def _forest(forest: Any, rows: np.ndarray, labels: Sequence[int | None]) -> list[ShapValues]:
    unit = "probability" if hasattr(forest, "predict_proba") else "target"
    return [
        ShapValues(
            model="forest",
            explainer="tree_path_dependent",
            unit=unit,
            link="identity",
            class_index=label,
            base=_rounded(base),
            values=_nested(values),
            data=(),
            display=(),
            outputs=tuple(_rounded(value) for value in outputs),
            additivity_error=_rounded(error),
        )
        for label, values, base, outputs, error in forest_values(forest, rows, labels)
    ]


def _rounded(value: float) -> float:
    """Seven digits, which is what float32 holds: more would be noise in the evidence."""
    return float(f"{value:.7g}")


def _nested(values: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(_rounded(value) for value in row) for row in values.tolist())
