"""What is written down while a model trains: a line an epoch in a file, and, if asked for, TensorBoard or MLflow."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from nnc import codes
from nnc.diagnostics import Findings, UserFault

LOG = "training.log"


class Journal(Protocol):
    """Whoever writes epochs down. `begin` is told the epochs that are done already, where a training goes on."""

    def begin(self, params: Mapping[str, Any], done: int, epochs: int) -> None:
        """The training begins, or goes on behind `done` epochs."""

    def epoch(self, number: int, logs: Mapping[str, float]) -> None:
        """Epoch `number` (from 1) is done."""

    def end(self) -> None:
        """No more comes."""


class LogFile:
    """A line an epoch: `epoch 3/100  loss 0.4712  val_loss 0.5023  learning_rate 0.001  0.04 s`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOG
        self._epochs = 0
        self._last = 0.0

    def begin(self, params: Mapping[str, Any], done: int, epochs: int) -> None:
        """Keep the lines of the epochs that are done."""
        del params
        self._epochs, self._last = epochs, time.monotonic()
        kept: list[str] = []
        with suppress(OSError):
            kept = self._path.read_text(encoding="utf-8").splitlines(keepends=True)[:done]
        with suppress(OSError):
            self._path.write_text("".join(kept), encoding="utf-8")

    def epoch(self, number: int, logs: Mapping[str, float]) -> None:
        """Add the line. A full disk loses lines, not the training."""
        now = time.monotonic()
        numbers = "  ".join(f"{name} {value:.6g}" for name, value in logs.items())
        with suppress(OSError), self._path.open("a", encoding="utf-8") as stream:
            stream.write(f"epoch {number}/{self._epochs}  {numbers}  {now - self._last:.2f} s\n")
        self._last = now

    def end(self) -> None:
        """Every line is written already."""


class TensorBoard:
    """Scalars for `tensorboard --logdir RUN`, written by TensorFlow's own summary writer."""

    def __init__(self, folder: Path) -> None:
        import tensorflow as tf

        self._summary = tf.summary
        self._writers = {
            name: tf.summary.create_file_writer(str(folder / "logs" / name)) for name in ("train", "validation")
        }

    def begin(self, params: Mapping[str, Any], done: int, epochs: int) -> None:
        """The params as text."""
        del done, epochs
        with self._writers["train"].as_default(step=0):
            for name, value in params.items():
                self._summary.text(name, str(value))

    def epoch(self, number: int, logs: Mapping[str, float]) -> None:
        """Training and validation as two runs, so that a chart shows both."""
        for name, value in logs.items():
            writer = self._writers["validation" if name.startswith("val_") else "train"]
            with writer.as_default(step=number):
                self._summary.scalar(f"epoch_{name.removeprefix('val_')}", value)

    def end(self) -> None:
        """Close the files."""
        for writer in self._writers.values():
            writer.close()


class MLflow:
    """A run in MLflow: where MLFLOW_TRACKING_URI says, or else in `mlruns` in the run's folder."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
        os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")  # MLflow asks for it where a folder is the store
        try:
            import mlflow
        except ImportError as error:
            raise _not_installed("mlflow", "pip install 'nnc[mlflow]'") from error
        uri = os.environ.get("MLFLOW_TRACKING_URI")
        self._client = mlflow.MlflowClient(tracking_uri=uri or (folder / "mlruns").absolute().as_uri())
        self._name = folder.parent.name
        self._run: Any = None

    def begin(self, params: Mapping[str, Any], done: int, epochs: int) -> None:
        """Start a run in the experiment `nnc`."""
        found = self._client.get_experiment_by_name("nnc")
        experiment = found.experiment_id if found else self._client.create_experiment("nnc")
        self._run = self._client.create_run(experiment, run_name=self._name)
        for name, value in {**params, "epochs": epochs, "epochs_done_before": done}.items():
            self._client.log_param(self._run.info.run_id, name, value)

    def epoch(self, number: int, logs: Mapping[str, float]) -> None:
        """Every number of the epoch."""
        for name, value in logs.items():
            self._client.log_metric(self._run.info.run_id, name, value, step=number)

    def end(self) -> None:
        """Mark the run as finished."""
        if self._run is not None:
            self._client.set_terminated(self._run.info.run_id)


def _not_installed(name: str, how: str) -> UserFault:
    findings = Findings()
    findings.add(codes.RUN_NOT_YET, f"`--log {name}` needs a package that isn't installed", help=how)
    return UserFault(findings)


JOURNALS: Mapping[str, Callable[[Path], Journal]] = {"tensorboard": TensorBoard, "mlflow": MLflow}


def journals(folder: Path | None, wanted: Sequence[str]) -> list[Journal]:
    """The log file, and whatever else was asked for; nothing where there is no folder to write into."""
    if folder is None:
        return []
    return [LogFile(folder), *(JOURNALS[name](folder) for name in wanted)]
