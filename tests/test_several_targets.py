"""A model that predicts several things: prepared, trained, evaluated, explained and reported, each by itself."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sk

from nnc import codes, evidence
from nnc.diagnostics import UserFault
from nnc.pipeline import front

pytestmark = [pytest.mark.tf, pytest.mark.xdist_group("several_targets")]

SPEC = """model Many {
  input x: [features]
  h = x -> Dense(24, relu)
  output age = h -> Dense(1)
  output sold = h -> Dense(1, sigmoid)
  output grade = h -> Dense(3, softmax)
}

data {
  source = csv("t.csv")
  target = {age: age, sold: sold, grade: grade}
}

train {
  loss = {age: mse, sold: binary_crossentropy, grade: sparse_categorical_crossentropy}
  loss_weights = {age: 0.05, sold: 1.0, grade: 1.0}
  optimizer = Adam(learning_rate=0.01)
  metrics = {age: [mae], sold: [accuracy, AUC()], grade: [accuracy]}
  epochs = 12
  seed = 3
}

report {
  explain = {background: 20, samples: 20, top: 5}
}
"""
# One output with a unit for each of several columns.
UNITS = """model Sizes {
  input x: [features]
  output y = x -> Dense(8, relu) -> Dense(2)
}

data {
  source = csv("t.csv")
  target = [age, weight]
  ignore = [sold, grade]
}

train {
  loss = mse
  metrics = [mae]
  epochs = 3
}
"""
ROWS = 400


def write_table(folder: Path) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, 3))
    z = 2 * x[:, 0] - x[:, 1] + 0.3 * rng.normal(size=ROWS)
    table = {
        "p": x[:, 0].round(4), "q": x[:, 1].round(4), "r": x[:, 2].round(4),
        "age": (30 + 5 * z).round(2), "sold": np.where(z > 0, "yes", "no"),
        "grade": np.array(["low", "mid", "high"])[np.digitize(x[:, 2], [-0.5, 0.5])],
    }  # fmt: skip
    with (folder / "t.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(table)
        for i, row in enumerate(zip(*table.values(), strict=True)):
            writer.writerow([*row[:3], "" if i == 17 else row[3], *row[4:]])
    return table


class Run:
    """A trained run and all that came of it."""

    def __init__(self, folder: Path) -> None:
        from nnc.api import _Silent
        from nnc.pipeline import runs

        self.table = write_table(folder)
        self.folder, self.spec = folder / "run", folder / "m.nn"
        self.spec.write_text(SPEC)
        settings = front.Settings()
        self.said = runs.train(front.check(self.spec, settings), self.folder, settings, _Silent())
        self.evidence = evidence.read(self.folder / "evidence.json")

    def columns(self, name: str) -> dict[str, list[str]]:
        with (self.folder / name).open(newline="") as stream:
            rows = list(csv.DictReader(stream))
        return {key: [row[key] for row in rows] for key in rows[0]}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(tmp_path_factory.mktemp("several"))


def test_each_target_is_measured_as_scikit_learn_measures_its_predictions(run: Run) -> None:
    said = run.columns("predictions.csv")
    age, sold, grade = run.evidence.heads
    assert [(head.output, head.task) for head in run.evidence.heads] == [
        ("age", "regression"), ("sold", "binary"), ("grade", "multiclass"),
    ]  # fmt: skip
    truth = np.array(said["age truth"], float)
    predicted = np.array(said["age prediction"], float)
    assert value(age, "r2") == pytest.approx(sk.r2_score(truth, predicted), abs=1e-4)
    assert value(age, "spec:mae") == pytest.approx(sk.mean_absolute_error(truth, predicted), abs=1e-3)
    probability = np.array(said["sold probability yes"], float)
    yes = np.array(said["sold truth"]) == "yes"
    assert value(sold, "roc_auc") == pytest.approx(sk.roc_auc_score(yes, probability), abs=1e-4)
    assert value(grade, "accuracy") == pytest.approx(sk.accuracy_score(said["grade truth"], said["grade prediction"]))
    assert value(grade, "spec:accuracy") == pytest.approx(value(grade, "accuracy"), abs=1e-4)
    assert value(sold, "roc_auc") > 0.9  # it learned something of each
    assert value(age, "r2") > 0.5


def value(head: evidence.Head, key: str) -> float:
    return next(metric.estimate.value for metric in head.evaluation.metrics if metric.key == key)


def test_every_target_has_its_baselines_and_its_explanation(run: Run) -> None:
    age, sold, grade = run.evidence.heads
    assert [one.key for one in age.baselines] == ["mean", "linear", "random_forest"]
    assert [one.key for one in sold.baselines] == ["majority", "linear", "random_forest"]
    units = [head.explanation.network[0].unit for head in (age, sold, grade) if head.explanation]
    assert units == ["target", "logit", "logit"]
    assert grade.explanation is not None
    assert len(grade.explanation.network) == 3
    for head in run.evidence.heads:
        assert head.explanation is not None
        assert max(values.additivity_error for values in head.explanation.network) < 0.001


def test_the_training_has_keras_names_and_a_curve_for_each_loss(run: Run) -> None:
    assert run.evidence.training is not None
    names = [curve.name for curve in run.evidence.training.curves]
    assert names == [
        "loss", "age_loss", "age_mae", "sold_loss", "sold_accuracy", "sold_auc", "grade_loss", "grade_accuracy",
    ]  # fmt: skip
    curves = {curve.name: curve for curve in run.evidence.training.curves}
    whole = 0.05 * curves["age_loss"].train[-1] + curves["sold_loss"].train[-1] + curves["grade_loss"].train[-1]
    assert curves["loss"].train[-1] == pytest.approx(whole, rel=0.05)  # Keras's are means over batches, as it is marked
    assert [curve.name for curve in run.evidence.training.curves if not curve.exact] == [
        "age_loss", "sold_loss", "grade_loss",
    ]  # fmt: skip
    assert "age: mse, sold: binary_crossentropy" in run.evidence.training.loss


def test_a_row_without_one_of_the_targets_is_dropped_and_counted(run: Run) -> None:
    for head in run.evidence.heads:
        assert head.data.rows == ROWS
        assert head.data.dropped == (("missing_target", 1),)
        assert sum(head.data.split_rows.values()) == ROWS - 1
        assert {"age", "sold", "grade"}.isdisjoint(column.name for column in head.data.columns)
        assert head.data.ignored == ()
    assert [warn.output for warn in run.evidence.warnings if warn.key == "dropped_rows"] == [None]


def test_predictions_of_raw_rows_have_columns_for_each_target(run: Run) -> None:
    import keras

    from nnc.run import predict

    found = predict(run.folder, run.spec.parent / "t.csv")
    assert found.head == (
        "row", "age prediction", "sold prediction", "sold probability yes", "grade prediction",
        "grade probability high", "grade probability low", "grade probability mid",
    )  # fmt: skip
    rows = list(found.rows)
    assert len(rows) == ROWS
    model = keras.models.load_model(run.folder / "model.keras", compile=False)
    prepared = preparation(run)
    raw = model.predict(prepared.matrix(table(run)), verbose=0)
    np.testing.assert_allclose([float(row[1]) for row in rows], raw["age"][:, 0], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose([float(row[3]) for row in rows], raw["sold"][:, 0], rtol=1e-4, atol=1e-5)


def preparation(run: Run) -> Any:
    from nnc.data import Preparation

    return Preparation.read(run.folder / "preparation.json")


def table(run: Run) -> Any:
    from nnc.data import load
    from nnc.graph import DataConfig

    return load(DataConfig("csv", {"path": "t.csv"}, ()), run.spec.parent)


def test_a_served_model_answers_for_each_target(run: Run, tmp_path: Path) -> None:
    import tensorflow as tf

    from nnc.pipeline.compile import FOLDER, compile_run
    from nnc.run import predict

    compile_run(run.folder, tmp_path / "served", FOLDER)
    served = tf.saved_model.load(str(tmp_path / "served")).signatures["serving_default"]
    first = {name: tf.constant([float(run.table[name][0])], tf.float64) for name in ("p", "q", "r")}
    said = served(**first)
    row = next(iter(predict(run.folder, run.spec.parent / "t.csv").rows))
    assert float(said["age_prediction"][0]) == pytest.approx(float(row[1]), rel=1e-4)
    assert said["sold_prediction"].numpy()[0].decode() == row[2]
    assert float(said["sold_probability"][0]) == pytest.approx(float(row[3]), abs=1e-4)
    assert said["grade_prediction"].numpy()[0].decode() == row[4]


def test_the_report_has_a_part_for_each_target_and_no_id_twice(run: Run) -> None:
    from nnc.report import render_html
    from tests.report_reader import read

    html = render_html(run.evidence)
    page = read(html)
    ids = [element.attributes["id"] for element in page.walk() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    assert "could not be made" not in html
    for section in ("verdict", "data", "evaluation", "baselines", "errors", "explanation"):
        part = page.by_id(section)
        assert part is not None
        titles = [heading.text for heading in part.all("h3")]
        assert [title for title in titles if title in ("age", "sold", "grade")] == ["age", "sold", "grade"], section
    assert run.said.splitlines()[1].startswith("sold: On ")


def test_the_evidence_comes_back_from_its_json(run: Run) -> None:
    from nnc.plain_json import from_json, to_json

    assert from_json(evidence.Evidence, to_json(run.evidence)) == run.evidence
    alone = run.evidence.of(run.evidence.heads[1])
    assert (alone.output, alone.task, alone.others) == ("sold", "binary", ())
    assert dataclasses.replace(alone, others=run.evidence.others).title == run.evidence.title


# ---- a unit for each column ----------------------------------------------------------------------


def units(folder: Path, text: str = UNITS) -> Any:
    from nnc.data import load, prepare

    found = write_table(folder)
    with (folder / "t.csv").open(newline="") as stream:
        rows = list(csv.reader(stream))
    with (folder / "t.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*rows[0], "weight"])
        writer.writerows([*row, f"{50 + 3 * value:.3f}"] for row, value in zip(rows[1:], found["r"], strict=True))
    (folder / "u.nn").write_text(text)
    spec = front.require(front.check(folder / "u.nn", front.Settings()))
    return prepare(load(spec.data, folder), spec, spec.model)


def test_an_output_with_several_units_predicts_a_column_by_each(tmp_path: Path) -> None:
    from nnc.api import _Silent
    from nnc.pipeline import runs

    made = units(tmp_path)
    assert [(plan.name, plan.output, plan.unit) for plan in made.preparation.targets] == [
        ("age", "y", 0), ("weight", "y", 1),
    ]  # fmt: skip
    assert made.train.y.shape == (len(made.train), 2)
    np.testing.assert_allclose(made.train.y[:, 1], made.train.truths["weight"], rtol=1e-6)
    settings = front.Settings()
    runs.train(front.check(tmp_path / "u.nn", settings), tmp_path / "run", settings, _Silent())
    found = evidence.read(tmp_path / "run" / "evidence.json")
    assert [head.output for head in found.heads] == ["age", "weight"]
    assert all(head.explanation is not None for head in found.heads)
    assert [curve.name for curve in found.training.curves] == ["loss", "mae"]  # of both together


def test_too_few_units_and_classes_by_units_are_findings(tmp_path: Path) -> None:
    with pytest.raises(UserFault) as fault:
        units(tmp_path, UNITS.replace("Dense(2)", "Dense(3)"))
    (finding,) = fault.value.findings
    assert finding.code is codes.OUTPUT_WIDTH
    assert "predicts 2 columns" in finding.message
    with pytest.raises(UserFault) as fault:
        classes = UNITS.replace("loss = mse", "loss = sparse_categorical_crossentropy")
        units(tmp_path, classes.replace("[age, weight]\n  ignore = [sold, grade]", "[sold, grade]\n  ignore = [age]"))
    assert "its loss is one of several classes" in fault.value.findings[0].message
