"""Our training loop against `model.fit`: both in one process, by turns, from the same model and the same rows.

Each turn builds the model anew and counts everything from then on, tracing included, as a user waits for it.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

ROUNDS = 3


@dataclass(frozen=True)
class Task:
    """A training, how large, and how many times as fast as `fit` it must be at least."""

    what: str
    model: Callable[[], Any]
    rows: tuple[int, ...]  # with their shape
    batch: int
    epochs: int
    at_least: float
    limit: str


def _mlp(width: int, *hidden: int) -> Callable[[], Any]:
    def make() -> Any:
        import keras

        x = h = keras.Input((width,))
        for units in hidden:
            h = keras.layers.Dropout(0.2)(keras.layers.Dense(units, "relu")(h))
        return keras.Model(x, keras.layers.Dense(1, "sigmoid")(h))

    return make


def _cnn() -> Any:
    import keras

    x = h = keras.Input((32, 32, 3))
    for filters in (32, 64):
        h = keras.layers.MaxPooling2D()(keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(h))
    return keras.Model(x, keras.layers.Dense(1, "sigmoid")(keras.layers.GlobalAveragePooling2D()(h)))


TASKS = (
    Task("1,000 × 10, hidden 6 and 3, batch 32", _mlp(10, 6, 3), (1_000, 10), 32, 100, 8, "tracing, then ops"),
    Task("20,000 × 30, hidden 16 and 8, batch 128", _mlp(30, 16, 8), (20_000, 30), 128, 20, 4, "TensorFlow's ops"),
    Task("CNN, 2,000 images of 32 × 32, batch 64", _cnn, (2_000, 32, 32, 3), 64, 1, 1, "arithmetic"),
)


def _turn(task: Task, train: Callable[..., None]) -> float:
    import keras

    rng = np.random.default_rng(1)
    x = rng.normal(size=task.rows).astype(np.float32)
    y = (x.reshape(len(x), -1)[:, :1] > 0).astype(np.float32)
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    model = task.model()
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    at = len(x) * 4 // 5
    began = time.perf_counter()
    train(model, (x[:at], y[:at]), (x[at:], y[at:]), task)
    return time.perf_counter() - began


def _fit(model: Any, train: tuple[Any, Any], validation: tuple[Any, Any], task: Task) -> None:
    model.fit(*train, validation_data=validation, batch_size=task.batch, epochs=task.epochs, verbose=0)


def _ours(model: Any, train: tuple[Any, Any], validation: tuple[Any, Any], task: Task) -> None:
    from nnc.run.feed import Resident, Rows
    from nnc.run.loop import Loop, Plan

    plan = Plan(Resident(Rows(*train), task.batch, 1), Resident(Rows(*validation), task.batch), task.epochs)
    Loop(model, plan, []).run()


def main() -> int:
    """Print the table; exit 1 where we are slower than we must be."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    print(f"{'what':<42} {'ours':>8} {'fit':>8} {'times':>7} {'at least':>8}  limit")
    worse = False
    for task in TASKS:
        turns = [(_turn(task, _ours), _turn(task, _fit)) for _ in range(rounds)]
        ratios = [fit / ours for ours, fit in turns]
        ours, fit = (statistics.median(column) for column in zip(*turns, strict=True))
        times = statistics.median(ratios)
        worse = worse or times < task.at_least
        seen = f"({min(ratios):.1f} to {max(ratios):.1f}){' !' if times < task.at_least else ''}"
        print(
            f"{task.what:<42} {ours:>7.2f}s {fit:>7.2f}s {times:>7.2f} {task.at_least:>8.1f}  {task.limit} {seen}",
            flush=True,
        )
    return int(worse)


if __name__ == "__main__":
    sys.exit(main())
