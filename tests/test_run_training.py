"""Training on real rows: it says what scikit-learn says of its predictions, and twice is the same to the bit."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnc import codes
from nnc.data import load, prepare, widths
from nnc.data.table import Table
from nnc.diagnostics import RunFault, UserFault
from nnc.evidence import Evaluation, TrainingEvidence
from nnc.graph import Fn, FnCall, FnConst, FnName, FnRef, Object, Spec
from nnc.plain_json import from_json, to_json
from tests.conftest import ROOT
from tests.specs_by_hand import mlp, spec_of

pytestmark = pytest.mark.tf

STOP = Object("callbacks", "EarlyStopping", {"patience": 2, "restore_best_weights": True})
# The share of positive rows that are found, over a batch.
RECALL = Fn(
    "recall_batch",
    ("y_true", "y_pred"),
    (),
    FnCall(
        "divide",
        (
            FnCall("sum", (FnCall("multiply", (FnName("y_true"), FnCall("round", (FnName("y_pred"),)))),)),
            FnCall("add", (FnCall("sum", (FnName("y_true"),)), FnConst(1e-7, "epsilon"))),
        ),
    ),
)


def breast_cancer(**train: Any) -> Spec:
    settings = {"epochs": 12, "seed": 7, "callbacks": (STOP,), **train}
    metrics = ("accuracy", Object("metrics", "AUC", {}), FnRef("recall_batch"))
    fns = {"recall_batch": RECALL}
    model = mlp(30, 8, 1, last="sigmoid", dropout=0.2)
    return spec_of(model, "sklearn", "breast_cancer", "binary_crossentropy", metrics=metrics, fns=fns, **settings)


def trained(spec: Spec, folder: Path | None = None, progress: Any = None) -> Any:
    from nnc import run

    assert spec.data is not None
    made = prepare(load(spec.data, Path()), spec, spec.model)
    return run.train(spec, spec.model, made, folder=folder, progress=progress)


class Witness:
    """A progress that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def start(self, epochs: int) -> None:
        self.told.append(epochs)

    def epoch(self, number: int, logs: Mapping[str, float], seconds_left: float) -> None:
        assert {"loss", "val_loss", "accuracy"} <= set(logs)
        assert seconds_left >= 0
        self.told.append(number)

    def end(self) -> None:
        self.told.append("end")


@pytest.fixture(scope="module")
def witness() -> Witness:
    return Witness()


@pytest.fixture(scope="module")
def evaluated(witness: Witness) -> Any:
    from nnc import run

    return run.evaluate(trained(breast_cancer(), progress=witness))


@pytest.fixture(scope="module")
def run_folder(evaluated: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from nnc import run
    from nnc.files import beside

    target = tmp_path_factory.mktemp("runs") / "run"
    with beside(target) as folder:
        folder.mkdir()
        run.save(folder, evaluated, None, "model M { ... }\n", {"explaining": 1.5})
    return target


def test_progress_is_told_of_every_epoch(evaluated: Any, witness: Witness) -> None:
    epochs = evaluated.trained.training.epochs_run
    assert witness.told == [12, *range(1, epochs + 1), "end"]


def test_training_is_what_keras_did(evaluated: Any) -> None:
    t = evaluated.trained
    training: TrainingEvidence = t.training
    assert [curve.name for curve in training.curves] == ["loss", "accuracy", "auc", "recall_batch"]
    assert [curve.exact for curve in training.curves] == [True, True, True, False]
    assert [curve.higher_is_better for curve in training.curves] == [False, True, True, None]
    assert all(len(curve.train) == len(curve.validation) == training.epochs_run for curve in training.curves)
    validation = training.curves[0].validation
    assert training.best_epoch == int(np.argmin(validation)) + 1 == training.kept_epoch
    # The weights that were kept are those of the best epoch: they give its validation loss again.
    part = t.prepared.validation
    loss = t.model.evaluate(t.inputs(part), part.y, batch_size=32, verbose=0)[0]
    assert loss == pytest.approx(validation[training.kept_epoch - 1], rel=1e-5)
    assert training.learning_rate == (0.01,) * training.epochs_run


def test_metrics_are_scikit_learns_of_the_same_predictions(evaluated: Any) -> None:
    from sklearn import metrics as sk

    t = evaluated.trained
    test = t.prepared.test
    said = np.asarray(t.model.predict(test.matrix, verbose=0), dtype=float)[:, 0]
    found = {metric.key: metric for metric in evaluated.heads[0].evaluation.metrics}
    assert found["accuracy"].estimate.value == pytest.approx(sk.accuracy_score(test.truth, said >= 0.5))
    assert found["roc_auc"].estimate.value == pytest.approx(sk.roc_auc_score(test.truth, said))
    assert found["log_loss"].estimate.value == pytest.approx(sk.log_loss(test.truth, said), rel=1e-4)
    assert found["spec:accuracy"].estimate.value == pytest.approx(found["accuracy"].estimate.value)
    assert found["accuracy"].estimate.low < found["accuracy"].estimate.value <= found["accuracy"].estimate.high
    assert not found["spec:recall_batch"].exact
    assert evaluated.heads[0].evaluation.primary == "accuracy"


def test_baselines_are_scikit_learns_models(evaluated: Any) -> None:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    prepared = evaluated.trained.prepared
    train, test = prepared.train, prepared.test
    linear = LogisticRegression(max_iter=2000).fit(train.matrix, train.truth)
    forest = RandomForestClassifier(100, random_state=7).fit(train.matrix, train.truth)
    expected = {
        "majority": np.mean(test.truth == np.round(np.mean(train.truth))),
        "linear": linear.score(test.matrix, test.truth),
        "random_forest": np.mean((forest.predict_proba(test.matrix)[:, 1] >= 0.5) == test.truth),
    }
    network = evaluated.heads[0].evaluation.metrics[0].estimate.value
    for baseline in evaluated.heads[0].baselines:
        assert baseline.metrics[0].key == "accuracy"
        assert baseline.metrics[0].estimate.value == pytest.approx(expected[baseline.key])
        assert baseline.difference.value == pytest.approx(network - expected[baseline.key])
    assert [baseline.key for baseline in evaluated.heads[0].baselines] == ["majority", "linear", "random_forest"]
    assert evaluated.heads[0].forest.predict(test.matrix[:3]).shape == (3,)


def test_worst_rows_are_wrong_ones_with_their_values(evaluated: Any) -> None:
    wrong = np.flatnonzero(evaluated.heads[0].predictions.predicted != evaluated.heads[0].predictions.labels)
    rows = {int(evaluated.part.rows[i]) for i in wrong}
    worst = evaluated.heads[0].evaluation.worst
    assert len(worst) == min(10, len(wrong)) > 0
    assert {row.row for row in worst} <= rows
    assert [row.error for row in worst] == sorted((row.error for row in worst), reverse=True)
    table = evaluated.trained.prepared.table
    assert worst[0].values["mean radius"] == table.columns["mean radius"].texts[worst[0].row - 1]


def test_clean_data_and_a_fair_training_give_no_warning(evaluated: Any) -> None:
    assert [warn.key for warn in evaluated.warnings] == []


def test_evidence_comes_back_from_json(evaluated: Any) -> None:
    assert from_json(Evaluation, to_json(evaluated.heads[0].evaluation)) == evaluated.heads[0].evaluation
    assert from_json(TrainingEvidence, to_json(evaluated.trained.training)) == evaluated.trained.training


def test_the_same_seed_gives_the_same_bits_in_another_process(evaluated: Any) -> None:
    from nnc.run.reproduce import weights_sha256

    script = """
from nnc import run
from nnc.plain_json import to_json
from nnc.run.reproduce import weights_sha256
from tests.test_run_training import breast_cancer, trained
evaluated = run.evaluate(trained(breast_cancer()))
print("sha", weights_sha256(evaluated.trained.model))
print(to_json(evaluated.heads[0].evaluation))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    sha, _, evidence = done.stdout[done.stdout.index("sha ") :].partition("\n")
    assert sha == f"sha {weights_sha256(evaluated.trained.model)}"
    assert evidence.strip() == to_json(evaluated.heads[0].evaluation).strip()


# ---- the run folder and predicting ---------------------------------------------------------------


def raw_csv(table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        names = [name for name in table.columns if name != "target"]
        writer.writerow(["not known", *reversed(names)])
        for i in range(len(table)):
            writer.writerow(["?", *(table.columns[name].texts[i] for name in reversed(names))])


def test_raw_rows_are_predicted_as_in_the_run(evaluated: Any, run_folder: Path, tmp_path: Path) -> None:
    from nnc import run

    table = evaluated.trained.prepared.table
    raw_csv(table, tmp_path / "raw.csv")
    with (run_folder / "predictions.csv").open(encoding="utf-8", newline="") as stream:
        kept = {row["row"]: row for row in csv.DictReader(stream)}
    assert len(kept) == len(evaluated.part)
    found = run.predict(run_folder, tmp_path / "raw.csv", chunk=200)
    assert found.head == ("row", "prediction", "probability benign")
    rows = list(found.rows)
    assert [int(row[0]) for row in rows] == list(range(2, len(table) + 2))
    for row, said, probability in rows:
        known = kept.get(str(int(row) - 1))  # the bundled set has no heading
        if known is not None:
            assert said == known["prediction"]
            assert float(probability) == pytest.approx(float(known["probability benign"]), abs=1e-5)


def test_the_folder_holds_the_run(evaluated: Any, run_folder: Path) -> None:
    import keras

    assert (run_folder / "spec.nn").read_text(encoding="utf-8") == "model M { ... }\n"
    assert json.loads((run_folder / "timing.json").read_text(encoding="utf-8"))["explaining"] == 1.5
    with (run_folder / "history.csv").open(encoding="utf-8", newline="") as stream:
        history = list(csv.DictReader(stream))
    assert [float(row["val_loss"]) for row in history] == list(evaluated.trained.training.curves[0].validation)
    model = keras.models.load_model(run_folder / "model.keras", compile=False, safe_mode=True)
    rows = evaluated.part.matrix
    np.testing.assert_array_equal(model.predict(rows, verbose=0), evaluated.trained.model.predict(rows, verbose=0))


def test_broken_runs_are_findings(run_folder: Path, tmp_path: Path) -> None:
    from nnc import run

    def code(folder: Path) -> Any:
        with pytest.raises(UserFault) as fault:
            run.predict(folder, tmp_path / "no.csv")
        return fault.value.findings[0].code

    assert code(tmp_path) is codes.NOT_A_RUN
    (tmp_path / "preparation.json").write_text("{}", encoding="utf-8")
    assert code(tmp_path) is codes.BROKEN_RUN
    (tmp_path / "preparation.json").write_bytes((run_folder / "preparation.json").read_bytes())
    assert code(tmp_path) is codes.BROKEN_RUN
    (tmp_path / "model.keras").write_bytes(b"PK\x03\x04 no model")
    assert code(tmp_path) is codes.BROKEN_RUN
    with pytest.raises(UserFault) as fault:
        list(run.predict(run_folder, tmp_path / "no.csv").rows)
    assert fault.value.findings[0].code is codes.DATA_NOT_FOUND


# ---- other tasks, and what can go wrong ----------------------------------------------------------


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_several_classes_whichever_way_the_target_is_written(loss: str) -> None:
    from nnc import run

    logits = Object("losses", "SparseCategoricalCrossentropy", {"from_logits": True})
    sparse = loss.startswith("sparse")
    spec = spec_of(
        mlp(13, 8, 3, last="linear" if sparse else "softmax"),
        "sklearn",
        "wine",
        logits if sparse else loss,
        metrics=("accuracy",),
        epochs=15,
        seed=1,
    )
    found = run.evaluate(trained(spec))
    metrics = {metric.key: metric.estimate.value for metric in found.heads[0].evaluation.metrics}
    assert metrics["accuracy"] == pytest.approx(metrics["spec:accuracy"])
    assert metrics["accuracy"] > 0.85
    np.testing.assert_allclose(found.heads[0].predictions.scores.sum(axis=1), 1, rtol=1e-6)
    assert np.array(found.heads[0].evaluation.confusion).sum() == len(found.part)


def test_a_regression_speaks_in_the_targets_own_unit() -> None:
    from sklearn.metrics import mean_absolute_error, r2_score

    from nnc import run

    spec = spec_of(
        mlp(None, 16, 1), "sklearn", "diabetes", "mse", target="target", transform="log", metrics=("mae",), epochs=30
    )
    assert spec.data is not None
    made = prepare(load(spec.data, Path()), spec, spec.model)
    model = mlp(widths(made, spec.model.inputs)["features"], 16, 1)
    found = run.evaluate(run.train(spec, model, made))
    raw = np.asarray(found.trained.model.predict(made.test.matrix, verbose=0), dtype=float)[:, 0]
    metrics = {metric.key: metric.estimate.value for metric in found.heads[0].evaluation.metrics}
    assert metrics["mae"] == pytest.approx(mean_absolute_error(made.test.truth, np.exp(raw)), rel=1e-4)
    assert metrics["r2"] == pytest.approx(r2_score(made.test.truth, np.exp(raw)), rel=1e-4)
    assert metrics["spec:mae"] == pytest.approx(mean_absolute_error(np.log(made.test.truth), raw), rel=1e-4)
    logs = {metric.key: metric.estimate.value for metric in found.heads[0].evaluation.transformed}
    assert logs["mae"] == pytest.approx(metrics["spec:mae"], rel=1e-4)
    assert logs["r2"] == pytest.approx(r2_score(np.log(made.test.truth), raw), rel=1e-4)
    assert all(len(baseline.transformed) == len(logs) for baseline in found.heads[0].baselines)
    assert found.heads[0].evaluation.primary == "r2"
    assert found.heads[0].baselines[0].key == "mean"


def test_a_diverging_training_is_a_finding_with_its_epoch() -> None:
    spec = spec_of(
        mlp(10, 8, 1),
        "sklearn",
        "diabetes",
        "mse",
        optimizer=Object("optimizers", "SGD", {"learning_rate": 10.0}),
        epochs=50,
    )
    with pytest.raises(RunFault) as fault:
        trained(spec)
    (found,) = fault.value.findings
    assert found.code is codes.DIVERGED
    assert "after epoch" in found.message
    assert "learning rate" in (found.help or "")


def test_callbacks_write_into_the_runs_folder_only(tmp_path: Path) -> None:
    logger = Object("callbacks", "CSVLogger", {"filename": str(tmp_path / "elsewhere" / "log.csv")})
    spec = breast_cancer(callbacks=(logger,), epochs=1)
    (tmp_path / "run").mkdir()
    trained(spec, tmp_path / "run")
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["log.csv"]
    assert not (tmp_path / "elsewhere").exists()
    for refused in (logger, Object("callbacks", "RemoteMonitor", {})):
        with pytest.raises(UserFault) as fault:
            trained(breast_cancer(callbacks=(refused,), epochs=1))
        assert fault.value.findings[0].code is codes.RUN_NOT_YET


def test_what_keras_refuses_is_a_finding() -> None:
    spec = breast_cancer(epochs=1)
    assert spec.train is not None
    spec = replace(spec, train=replace(spec.train, metrics={"y": (Object("metrics", "MeanIoU", {"num_classes": -1}),)}))
    with pytest.raises(UserFault) as fault:
        trained(spec)
    assert fault.value.findings[0].code is codes.TRAINING_REFUSED


def test_the_generalized_cross_entropy_is_that_of_its_paper(tmp_path: Path) -> None:
    """(1 - p^q) / q of the probability p of the true class (Zhang and Sabuncu, 2018), over the training rows."""
    from nnc import run

    spec = spec_of(
        mlp(13, 3, last="softmax"),
        "sklearn",
        "wine",
        Object("losses", "CategoricalGeneralizedCrossEntropy", {"q": 0.6}),
    )
    assert spec.data is not None
    prepared = prepare(load(spec.data, Path()), spec, spec.model)
    part = prepared.validation
    assert len(prepared.preparation.target.classes) == 3
    trained = run.train(spec, spec.model, prepared)
    assert trained.training is not None
    probabilities = np.asarray(trained.model(trained.inputs(part)))
    of_truth = probabilities[np.arange(len(part)), part.truth.astype(int)]
    wanted = np.mean((1 - of_truth**0.6) / 0.6)
    assert trained.training.curves[0].validation[-1] == pytest.approx(wanted, rel=1e-5)
