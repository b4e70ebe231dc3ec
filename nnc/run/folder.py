"""The run folder: everything that a run leaves. The caller makes it with `nnc.files.beside`: whole, or not there.

spec.nn             the spec as it was written           params.json         its params, as they were resolved
model.keras         the model, for Keras alone           model.weights.h5    its weights
preparation.json    how raw rows become features         history.csv         every epoch
predictions.csv     the evaluated rows                   predictions.npz     the same in full, to compare runs by rows
evidence.json       all that the report says
timing.json         how long it took                     environment.json    versions and hardware
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from nnc.csv_files import write_csv
from nnc.data.targets import TargetPlan
from nnc.diagnostics import UserFault
from nnc.emit.keras_model import save_model
from nnc.evidence import Evidence
from nnc.plain_json import to_json
from nnc.run.details import number
from nnc.run.evaluate import Evaluated
from nnc.run.reproduce import hardware, versions
from nnc.run.training import Trained, plain
from nnc.scoring.rows import SCORED, ScoredRows
from nnc.scoring.rows import write as write_scored
from nnc.scoring.scores import Floats, Predictions

SPEC = "spec.nn"
MODEL = "model.keras"
WEIGHTS = "model.weights.h5"
PREPARATION = "preparation.json"
EVIDENCE = "evidence.json"
HISTORY = "history.csv"
PREDICTIONS = "predictions.csv"


def save(
    folder: Path, evaluated: Evaluated, evidence: Evidence | None, spec_text: str, timing: Mapping[str, float]
) -> None:
    """Write everything into an empty folder. `timing`: seconds by phase, beside the training's own. Raises OSError."""
    trained = evaluated.trained
    _text(folder / SPEC, spec_text)
    _json(folder / "params.json", plain(trained.spec.params))
    try:
        save_model(trained.spec, trained.graph, folder / MODEL, trained.model)
    except UserFault:
        # An fn inside a layer, where a model file can't hold it: the weights alone are kept, and predicting says so.
        (folder / MODEL).unlink(missing_ok=True)
    trained.model.save_weights(folder / WEIGHTS)
    _text(folder / PREPARATION, trained.prepared.preparation.to_json())
    _history(folder / HISTORY, trained)
    _predictions(folder / PREDICTIONS, evaluated)
    said = {head.name: head.predictions for head in evaluated.heads}
    write_scored(folder / SCORED, ScoredRows(evaluated.part.rows, said))
    if evidence is not None:
        _text(folder / EVIDENCE, to_json(evidence))
    _json(folder / "timing.json", {"training": trained.seconds, **timing})
    _json(folder / "environment.json", {"versions": versions(), "hardware": hardware()})


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _json(path: Path, value: Mapping[str, Any]) -> None:
    _text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def _history(path: Path, trained: Trained) -> None:
    """A line an epoch: learning rate, then each metric on training and validation rows."""
    training = trained.training
    if training is None:
        return
    columns: dict[str, Sequence[float]] = {"learning_rate": training.learning_rate}
    for curve in training.curves:
        columns[curve.name] = curve.train
        if curve.validation:
            columns[f"val_{curve.name}"] = curve.validation
    rows = zip(range(1, training.epochs_run + 1), *columns.values(), strict=True)
    write_csv(path, ["epoch", *columns], ([str(value) for value in row] for row in rows))


def _predictions(path: Path, evaluated: Evaluated) -> None:
    """A line for each evaluated row: its row in the file, and of each target the truth and what the network said."""
    part = evaluated.part
    heads: list[str] = []
    columns: list[Iterable[list[str]]] = []
    for one in evaluated.heads:
        prepared = one.trained.prepared
        target, said = prepared.preparation.target, one.predictions
        texts = prepared.table.columns[target.column].texts[part.positions]
        truth = [target.classes[label] for label in said.labels] if target.classes else [str(text) for text in texts]
        head, cells = spoken(said, target.classes)
        heads += _named(["truth", *head], target.name if len(evaluated.heads) > 1 else None)
        columns.append([true, *cell] for true, cell in zip(truth, cells, strict=True))
    rows = ([str(row), *chain(*cells)] for row, *cells in zip(part.rows, *columns, strict=True))
    write_csv(path, ["row", *heads], rows)


def spoken_of_all(targets: Sequence[TargetPlan], scores: Mapping[str, Floats]) -> tuple[list[str], Iterable[list[str]]]:
    """The predictions of each target as columns of text; where there are several, their names stand before."""
    heads: list[str] = []
    columns = []
    for target in targets:
        mine = scores[target.name]
        head, cells = spoken(Predictions(target.task, np.zeros(len(mine)), mine, target.width), target.classes)
        heads += _named(head, target.name if len(targets) > 1 else None)
        columns.append(cells)
    return heads, ([*chain(*cells)] for cells in zip(*columns, strict=True))


def _named(heads: Sequence[str], name: str | None) -> list[str]:
    return list(heads) if name is None else [f"{name} {head}" for head in heads]


def spoken(said: Predictions, classes: tuple[str, ...]) -> tuple[list[str], Iterable[list[str]]]:
    """Predictions as columns of text: their heading, and the cells of each row."""
    if not classes:
        return ["prediction"], ([number(float(value))] for value in said.scores)
    names = [classes[label] for label in said.predicted]
    if said.task == "binary":
        head = ["prediction", f"probability {classes[1]}"]
        return head, ([name, f"{value:.6g}"] for name, value in zip(names, said.scores, strict=True))
    head = ["prediction", *(f"probability {name}" for name in classes)]
    return head, (
        [name, *(f"{value:.6g}" for value in values)] for name, values in zip(names, said.scores, strict=True)
    )
