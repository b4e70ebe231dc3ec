"""What looks on while Keras trains: progress, each epoch's learning rate, and a loss that is no number any more."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import keras
import numpy as np

from nnc.run.journal import Journal


class Progress(Protocol):
    """Whoever shows how far a training is."""

    def start(self, epochs: int) -> None:
        """Training begins; it takes at most so many epochs."""

    def epoch(self, number: int, logs: Mapping[str, float], seconds_left: float) -> None:
        """Epoch `number` (from 1) is done."""

    def end(self) -> None:
        """Training is done, perhaps before the last epoch."""


@runtime_checkable
class HearsStop(Protocol):
    """A progress that also tells that somebody asked to stop."""

    def stopping(self) -> None:
        """Training ends behind this epoch."""


class Silence:
    """Progress that nobody watches."""

    def start(self, epochs: int) -> None:
        """Say nothing."""

    def epoch(self, number: int, logs: Mapping[str, float], seconds_left: float) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""


class Watch(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Must stand first among the callbacks, so that it sees an epoch's learning rate before another one changes it."""

    def __init__(self, progress: Progress, epochs: int, journals: Sequence[Journal] = ()) -> None:
        super().__init__()
        self._progress = progress
        self._epochs = epochs
        self._journals = tuple(journals)
        self._began = time.monotonic()
        self._before = 0
        self.learning_rate: list[float] = []
        self.history: dict[str, list[float]] = {}
        self.diverged: int | None = None

    def begin(self, params: Mapping[str, Any]) -> None:
        """The first epoch begins, or the first one behind those that were done before."""
        self._began = time.monotonic()
        self._before = len(self.learning_rate)
        for journal in self._journals:
            journal.begin(params, self._before, self._epochs)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Keep the epoch's numbers; stop where the loss is no number."""
        # A metric may be a vector (one value a class): its mean is what a curve can show.
        numbers = {name: float(np.mean(value)) for name, value in (logs or {}).items()}
        for name, value in numbers.items():
            self.history.setdefault(name, []).append(value)
        rate = float(f"{float(self.model.optimizer.learning_rate):.7g}")
        self.learning_rate.append(rate)
        if not all(math.isfinite(numbers[name]) for name in ("loss", "val_loss") if name in numbers):
            self.diverged = epoch + 1
            self.model.stop_training = True
        for journal in self._journals:
            journal.epoch(epoch + 1, {**numbers, "learning_rate": rate})
        done = epoch + 1
        left = (time.monotonic() - self._began) / (done - self._before) * (self._epochs - done)
        self._progress.epoch(done, numbers, left)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """No more comes."""
        del logs
        for journal in self._journals:
            journal.end()
