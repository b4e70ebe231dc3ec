"""What is written down while a model trains, read by those whose files it is: TensorBoard and MLflow."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from nnc import evidence
from nnc.cli import run

pytestmark = pytest.mark.tf
SPEC = """
param epochs = 3
model M {
  input x: [features]
  output y = x -> Dense(4, relu) -> Dense(3, softmax)
}
data {
  source = sklearn("wine")
}
train {
  loss    = sparse_categorical_crossentropy
  metrics = [accuracy]
  epochs  = epochs
  seed    = 2
}
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with both journals."""
    pytest.importorskip("tensorboard", reason="nnc[tensorboard] is not installed")
    pytest.importorskip("mlflow", reason="nnc[mlflow] is not installed")
    folder = tmp_path_factory.mktemp("journals")
    (folder / "m.nn").write_text(SPEC, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        words = ["train", str(folder / "m.nn"), "-o", str(folder / "run"), "--log", "tensorboard", "--log", "mlflow"]
        assert run([*words, "--set", "epochs=4"]) == 0
    return folder / "run"


def history(trained: Path) -> dict[str, tuple[float, ...]]:
    """The curves that the report draws, by Keras's names."""
    training = evidence.read(trained / "evidence.json").training
    assert training is not None
    found = {curve.name: curve.train for curve in training.curves}
    return found | {f"val_{curve.name}": curve.validation for curve in training.curves}


def test_a_line_an_epoch(trained: Path) -> None:
    lines = (trained / "training.log").read_text(encoding="utf-8").splitlines()
    wanted = history(trained)
    assert len(lines) == 4
    for number, line in enumerate(lines):
        assert line.startswith(f"epoch {number + 1}/4  ")
        said = {name: float(value) for name, value in re.findall(r"(\w+) (\S+)", line) if name in wanted}
        assert said == {name: pytest.approx(values[number], rel=1e-5) for name, values in wanted.items()}


def test_tensorboard_reads_its_files(trained: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util import tensor_util

    wanted = history(trained)
    for part, before in (("train", ""), ("validation", "val_")):
        read = EventAccumulator(str(trained / "logs" / part))
        read.Reload()
        for name in ("loss", "accuracy"):
            events = read.Tensors(f"epoch_{name}")
            assert [event.step for event in events] == [1, 2, 3, 4]
            values = [float(tensor_util.make_ndarray(event.tensor_proto)) for event in events]
            assert values == [pytest.approx(value, rel=1e-5) for value in wanted[before + name]]


def test_mlflow_reads_its_run(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow

    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    client = mlflow.MlflowClient(tracking_uri=(trained / "mlruns").as_uri())
    experiment: Any = client.get_experiment_by_name("nnc")
    (found,) = client.search_runs([experiment.experiment_id])
    assert found.info.status == "FINISHED"
    assert found.data.params["epochs"] == "4"
    for name, values in history(trained).items():
        kept = client.get_metric_history(found.info.run_id, name)
        assert [metric.step for metric in kept] == [1, 2, 3, 4]
        assert [metric.value for metric in kept] == [pytest.approx(value, rel=1e-5) for value in values]
