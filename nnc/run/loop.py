"""The training loop: epochs as one compiled graph each, with Keras's model, loss, metrics, optimizer and callbacks.

What it computes is what `model.fit` computes, and callbacks see what they see there. It is faster because Python isn't
asked at each batch: a graph takes hundreds of batches out of rows that lie in memory. Where a callback looks at
batches, the same graph is run batch by batch. `Steps.train` and `Steps.test` are all that touches the model, so a
`tf.distribute` strategy can carry them by its `run`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from nnc.run.feed import Block, Feed, portions, taken
from nnc.run.hooks import needs_batches, stops_at_nan

# A graph is run for about so long before Python is asked again, so that Ctrl-C is heard and progress is seen.
SECONDS = 0.5
FIRST_STEPS = 64

Logs = dict[str, Any]


@dataclass(eq=False)
class Plan:
    """What is trained on, and how long. `first_epoch` is where a training that was broken off goes on."""

    train: Feed
    validation: Feed | None
    epochs: int
    steps_per_epoch: int | None = None
    first_epoch: int = 0
    # Called when all callbacks have seen an epoch (from 0), before the next one; gives true where training must end.
    after_epoch: Callable[[int], bool] = field(default=lambda _: False)
    # Called when the callbacks have begun, before the first epoch: the place to put back an earlier state.
    begun: Callable[[], None] = field(default=lambda: None)


class Steps:
    """One batch: forward, backward, update, metrics. What `keras.Model.train_step` does, on public parts alone."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.loss = next(metric for metric in model.metrics if metric.name == "loss")

    def train(self, x: Any, y: Any, weights: Any) -> None:
        """Learn from one batch."""
        model = self.model
        with tf.GradientTape() as tape:
            y_pred = model(x, training=True)
            # The mean over the rows that the batch really has, with all regularizers' and layers' own losses.
            loss = model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=weights, training=True)
            scaled = model.optimizer.scale_loss(loss)
        variables = model.trainable_variables
        if variables:
            model.optimizer.apply(tape.gradient(scaled, [variable.value for variable in variables]), variables)
        self._account(x, y, y_pred, weights, loss)

    def test(self, x: Any, y: Any, weights: Any) -> None:
        """Judge one batch."""
        y_pred = self.model(x, training=False)
        loss = self.model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=weights, training=False)
        self._account(x, y, y_pred, weights, loss)

    def _account(self, x: Any, y: Any, y_pred: Any, weights: Any, loss: Any) -> None:
        """An epoch's loss is the mean over rows, so that a small last batch counts for as much as it has."""
        self.loss.update_state(loss, sample_weight=tf.shape(keras.tree.flatten(x)[0])[0])
        self.model.compute_metrics(x, y, y_pred, sample_weight=weights)


class _Graph:
    """A step, compiled with the loop around it. Gives the number of the batch behind the last one that was taken."""

    def __init__(self, steps: Steps, step: Callable[[Any, Any, Any], None], batch_size: int, *, halt: bool) -> None:
        self._steps = steps
        self._step = step
        self._size = batch_size
        self._halt = halt
        self._compiled = tf.function(self._loop, autograph=False, reduce_retracing=True)
        self._at_once = FIRST_STEPS

    def run(self, block: Block, first: int, last: int) -> int:
        """Batches `first` to `last` (without it) of a block; ends early only where the loss is no number."""
        order = None if block.order is None else tf.convert_to_tensor(block.order)
        rows = block.rows
        return int(self._compiled(rows.x, rows.y, rows.weights, order, tf.constant(first), tf.constant(last)))

    def run_all(self, block: Block) -> int:
        """Every batch of a block, in pieces of about half a second."""
        at, last = block.first, block.first + block.steps
        while at < last:
            piece = min(at + self._at_once, last)
            began = time.monotonic()
            reached = self.run(block, at, piece)
            if reached < piece:
                return reached
            took = time.monotonic() - began
            if took < SECONDS / 2:
                self._at_once *= 2
            elif took > SECONDS * 2:
                self._at_once = max(1, self._at_once // 2)
            at = piece
        return last

    def _loop(self, x: Any, y: Any, weights: Any, order: Any, first: Any, last: Any) -> Any:
        def body(i: Any, healthy: Any) -> tuple[Any, Any]:
            batch = slice(i * self._size, (i + 1) * self._size)
            if order is None:
                take = lambda rows: rows[batch]  # noqa: E731 - the two ways to take rows, side by side
            else:
                chosen = order[batch]
                take = lambda rows: tf.gather(rows, chosen)  # noqa: E731
            self._step(*(None if part is None else keras.tree.map_structure(take, part) for part in (x, y, weights)))
            if self._halt:
                healthy = tf.math.is_finite(self._steps.loss.result())
            return i + 1, healthy

        reached, _ = tf.while_loop(
            lambda i, healthy: tf.logical_and(i < last, healthy) if self._halt else i < last,
            body,
            [first, tf.constant(True)],
            parallel_iterations=1,
        )
        return reached


class Loop:
    """Trains a compiled Keras model on a plan, with Keras's callbacks."""

    def __init__(self, model: Any, plan: Plan, callbacks: Sequence[Any]) -> None:
        self._model = model
        self._plan = plan
        self._callbacks = keras.callbacks.CallbackList(
            list(callbacks),
            add_history=True,
            model=model,
            verbose=0,
            epochs=plan.epochs,
            steps=plan.steps_per_epoch or plan.train.steps,
        )
        self._steps = steps = Steps(model)
        self._by_batch = {stage: needs_batches(callbacks, stage) for stage in ("train", "test")}
        self._nan_stoppers = [callback for callback in callbacks if stops_at_nan(callback)]
        self._train = _Graph(steps, steps.train, plan.train.batch_size, halt=bool(self._nan_stoppers))
        self._test = _Graph(steps, steps.test, plan.validation.batch_size if plan.validation else 1, halt=False)

    def run(self) -> Mapping[str, list[Any]]:
        """All epochs. Gives the history, as `fit` does."""
        model, plan = self._model, self._plan
        model.stop_training = False
        if model.trainable_variables and not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        self._make_metrics()
        portion = portions(plan.train.steps, plan.steps_per_epoch)
        self._callbacks.on_train_begin()
        plan.begun()
        logs: Logs | None = None
        for epoch in range(plan.first_epoch, plan.epochs):
            if model.stop_training:  # it was stopped before it was broken off
                break
            logs = self._epoch(epoch, *portion(epoch))
            if plan.after_epoch(epoch) or model.stop_training:
                break
        if plan.epochs > 0:
            model.optimizer.finalize_variable_values(model.trainable_variables)
        self._callbacks.on_train_end(logs=logs)
        history: Mapping[str, list[Any]] = model.history.history
        return history

    def _make_metrics(self) -> None:
        """Judge one row, so that the metrics have their variables: a graph that makes variables is traced twice."""
        block = next(iter((self._plan.validation or self._plan.train).blocks(0)))
        first = block.rows.map(lambda array: array[:1])
        self._steps.test(first.x, first.y, first.weights)

    def _epoch(self, epoch: int, number: int, first: int, steps: int) -> Logs:
        self._model.reset_metrics()
        self._callbacks.on_epoch_begin(epoch)
        at = 0
        for block in taken(self._plan.train.blocks(number), first, steps):
            at += self._block(self._train, block, at, "train")
            if self._model.stop_training:
                break
        logs = self._results()
        if self._plan.validation is not None:
            logs |= {f"val_{name}": value for name, value in self._validate(self._plan.validation).items()}
        self._callbacks.on_epoch_end(epoch, logs)
        return logs

    def _validate(self, feed: Feed) -> Logs:
        self._callbacks.on_test_begin()
        self._model.reset_metrics()
        at = 0
        for block in feed.blocks(0):
            at += self._block(self._test, block, at, "test")
        logs = self._results()
        self._callbacks.on_test_end(logs)
        return logs

    def _block(self, graph: _Graph, block: Block, before: int, stage: str) -> int:
        """Every batch of a block, `before` batches into the epoch; gives how many there were."""
        if not self._by_batch[stage]:
            reached = graph.run_all(block)
            if reached < block.first + block.steps:
                self._found_nan(before + reached - block.first - 1)
            return block.steps
        begin = getattr(self._callbacks, f"on_{stage}_batch_begin")
        end = getattr(self._callbacks, f"on_{stage}_batch_end")
        for i in range(block.steps):
            begin(before + i)
            graph.run(block, block.first + i, block.first + i + 1)
            end(before + i, self._results())
            if stage == "train" and self._model.stop_training:
                break
        return block.steps

    def _found_nan(self, batch: int) -> None:
        """Tell those who wait for it that a batch's loss is no number; they stop the training."""
        logs = self._results()
        for callback in self._nan_stoppers:
            callback.on_batch_end(batch, logs)

    def _results(self) -> Logs:
        """What the metrics say now, as Python's numbers (a metric of several values as an array)."""
        logs: Logs = {}
        for name, value in self._model.get_metrics_result().items():
            array = np.asarray(value)
            logs[name] = float(array) if array.ndim == 0 else array
        return logs
