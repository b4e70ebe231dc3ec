"""Trains a checked model on a prepared table, the same way each time."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from nnc import catalog, codes
from nnc.catalog import MetricRow
from nnc.data import Part, Prepared
from nnc.data.blocks import Blocks
from nnc.data.targets import TargetPlan
from nnc.diagnostics import Findings, UserFault
from nnc.emit.keras_model import build_callbacks, build_model, compile_model
from nnc.emit.names import fn_names, named_metrics
from nnc.evidence import Curve, TrainingEvidence
from nnc.graph import FnRef, ModelGraph, Object, Spec, TrainConfig, Value
from nnc.run.adapt import adapted
from nnc.run.checkpoint import Checkpoint, Fingerprint
from nnc.run.faults import diverged, out_of_memory, refused
from nnc.run.feed import Feed, Read, Resident, Rows, Streamed, weighted
from nnc.run.interrupt import Interrupt
from nnc.run.journal import journals
from nnc.run.loop import Plan
from nnc.run.session import Session
from nnc.run.watch import HearsStop, Progress, Silence, Watch

# Callbacks that write a file, with the argument that says where: the file goes into the run's folder, whatever the
# spec says, because a spec may come from anybody.
WRITERS: Mapping[str, str] = {"CSVLogger": "filename", "ModelCheckpoint": "filepath"}
# Callbacks that a run can't have: they write elsewhere, read what an earlier run left, or send data away.
REFUSED: Mapping[str, str] = {
    "BackupAndRestore": "a run keeps its own state, and `nnc train --resume` goes on with it",
    "RemoteMonitor": "a run sends nothing away",
    "TensorBoard": "`nnc train --log tensorboard` writes for it",
}
# Metrics that a spec may name by a bare word which is no row of the catalog.
BARE_METRICS: Mapping[str, bool] = {"accuracy": True, "acc": True, "crossentropy": False, "ce": False}


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained model with all that it was made of. `seconds` is how long the training took."""

    model: Any  # keras.Model, which has no types
    spec: Spec
    graph: ModelGraph
    prepared: Prepared
    training: TrainingEvidence | None  # None: it was trained elsewhere
    seconds: float

    @property
    def train(self) -> TrainConfig:
        """The train section."""
        return train_section(self.spec)

    def of(self, target: TargetPlan) -> Trained:
        """The same with one target alone."""
        return dataclasses.replace(self, prepared=self.prepared.of(target))

    def inputs(self, part: Part) -> Any:
        """A part's rows as `model.fit` and `model.predict` take them: one array, or several in the model's order."""
        return _inputs(self.prepared, part)


def train_section(spec: Spec) -> TrainConfig:
    """The train section of a spec that is trained, which therefore has one."""
    if spec.train is None:
        raise ValueError("the spec has no train section; `prepare` says so to the user")
    return spec.train


@dataclass(frozen=True)
class Keep:
    """Where a training is kept while it goes on, so that it can be taken up again.

    `folder` is there already; `same` says by name what must be the same for it to go on; `resume` takes it up where it
    was left, if it was begun; `log` are further journals, `tensorboard` or `mlflow`.
    """

    folder: Path
    same: Fingerprint
    resume: bool = False
    log: tuple[str, ...] = ()

    @property
    def files(self) -> Path:
        """Where callbacks write."""
        return self.folder / "files"


def train(
    spec: Spec,
    model: ModelGraph,
    prepared: Prepared,
    *,
    folder: Path | None = None,
    progress: Progress | None = None,
    keep: Keep | None = None,
    blocks: Blocks | None = None,
) -> Trained:
    """Build, compile and fit the model. `model` must have been checked with the widths of `prepared`.

    `blocks` are all training rows where `prepared` has a sample alone.

    `folder` is where callbacks that write may write. The same spec, rows, seed and versions give the same weights, to
    the bit, on a CPU with the same number of threads, also where the training was broken off and taken up again
    (`keep`). Raises UserFault where Keras refuses the spec, and RunFault where the training diverges or the memory
    doesn't suffice.
    """
    progress = progress or Silence()
    config = train_section(spec)
    if keep is not None:
        folder = keep.files
        folder.mkdir(exist_ok=True)
    runnable = dataclasses.replace(
        spec, train=dataclasses.replace(config, callbacks=_confined(config.callbacks, folder))
    )
    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    written = journals(keep.folder, keep.log) if keep else []
    watch = Watch(progress, config.epochs, written)
    progress.start(config.epochs)
    began = time.monotonic()
    try:
        model = adapted(runnable, model, prepared.train)
        network = build_model(runnable, model, seed=config.seed)
        compile_model(network, runnable, model)
        callbacks = build_callbacks(runnable)
        with Interrupt(progress.stopping if isinstance(progress, HearsStop) else None) as interrupt:
            checkpoint = Checkpoint(keep.folder, keep.same) if keep else None
            session = Session(network, [watch, *callbacks], interrupt, checkpoint)
            session.run(_plan(prepared, config, blocks), resume=bool(keep and keep.resume), params=plain(spec.params))
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        raise out_of_memory(prepared, config) from error
    except (ValueError, TypeError, tf.errors.OpError) as error:
        raise refused(error) from error
    finally:
        progress.end()
    if watch.diverged is not None:
        raise diverged(watch)
    kept = _kept_epoch(callbacks, len(watch.learning_rate))
    evidence = dataclasses.replace(_evidence(spec, model, watch, kept), interrupted=session.interrupted)
    return Trained(network, spec, model, prepared, evidence, time.monotonic() - began)


def _plan(prepared: Prepared, config: TrainConfig, blocks: Blocks | None) -> Plan:
    seed = config.seed if config.shuffle else None
    validation = None
    if len(prepared.validation):
        validation = Resident(_rows(prepared, prepared.validation), config.batch_size)
    feed: Feed
    if blocks is None:
        rows = weighted(_rows(prepared, prepared.train), config.class_weight)
        feed = Resident(rows, config.batch_size, seed)
    else:
        feed = Streamed(_reader(prepared, config, blocks), blocks.rows, config.batch_size, seed)
    return Plan(feed, validation, config.epochs, config.steps_per_epoch)


def _reader(prepared: Prepared, config: TrainConfig, blocks: Blocks) -> Read:
    def read(start: int, stop: int) -> Rows:
        inputs, y, weights = blocks.read(start, stop)
        return weighted(Rows(_in_order(prepared, inputs), y, weights), config.class_weight)

    return read


def _rows(prepared: Prepared, part: Part) -> Rows:
    return Rows(_inputs(prepared, part), part.y, part.weights)


def _inputs(prepared: Prepared, part: Part) -> Any:
    return _in_order(prepared, part.inputs)


def _in_order(prepared: Prepared, inputs: Mapping[str, Any]) -> Any:
    arrays = [inputs[plan.name] for plan in prepared.preparation.inputs]
    return arrays[0] if len(arrays) == 1 else arrays


def _confined(callbacks: tuple[Object, ...], folder: Path | None) -> tuple[Object, ...]:
    """The callbacks with their files in the run's folder. Raises UserFault for those that a run can't have."""
    findings = Findings()
    confined = []
    for callback in callbacks:
        writes = WRITERS.get(callback.name)
        if callback.name in REFUSED or (writes and folder is None):
            why = REFUSED.get(callback.name, "there is no folder that it could write to")
            findings.add(codes.RUN_NOT_YET, f"`{callback.name}` can't take part in a run: {why}", help="leave it out")
        elif writes and folder is not None:
            name = Path(str(callback.args.get(writes, ""))).name or callback.name
            confined.append(dataclasses.replace(callback, args={**callback.args, writes: str(folder / name)}))
        else:
            confined.append(callback)
    if findings.has_errors:
        raise UserFault(findings)
    return tuple(confined)


# ---- what came of it -----------------------------------------------------------------------------


def _kept_epoch(callbacks: list[Any], epochs_run: int) -> int:
    """Whose weights the model has at the end: early stopping's best ones if it restored them, else the last ones."""
    kept = epochs_run
    for callback in callbacks:
        stops = isinstance(callback, keras.callbacks.EarlyStopping)
        if stops and callback.restore_best_weights and callback.best_weights is not None:
            kept = int(callback.best_epoch) + 1
    return kept


def _evidence(spec: Spec, model: ModelGraph, watch: Watch, kept: int) -> TrainingEvidence:
    config = train_section(spec)
    metrics = dict(_curves(spec, model))
    curves = tuple(
        Curve(
            name,
            tuple(watch.history[name]),
            tuple(watch.history.get(f"val_{name}", ())),
            # Keras takes the loss of one of several outputs as the mean over batches, however small the last one is.
            exact=not isinstance(metric, FnRef) and (metric is not None or name == "loss"),
            higher_is_better=False if metric is None else better(metric),
            loss=metric is None and name != "loss",
        )
        for name, metric in metrics.items()
        if name in watch.history
    )
    judged = curves[0].validation or curves[0].train
    epochs = len(judged)
    return TrainingEvidence(
        optimizer=config.optimizer.name,
        optimizer_args={"learning_rate": watch.learning_rate[0], **plain(config.optimizer.args)},
        loss=_losses(config, model),
        epochs_planned=config.epochs,
        epochs_run=epochs,
        batch_size=config.batch_size,
        best_epoch=int(np.argmin(judged)) + 1,
        kept_epoch=kept,
        stopped_early=epochs < config.epochs,
        curves=curves,
        learning_rate=tuple(watch.learning_rate),
    )


def _curves(spec: Spec, model: ModelGraph) -> Iterator[tuple[str, Value | None]]:
    """What the history has, in order, by Keras's names; None stands for a loss."""
    config, fns = train_section(spec), fn_names(spec)
    yield "loss", None
    for output in model.outputs:
        before = in_history(model, output.name)
        if before:
            yield f"{before}loss", None
        for name, metric in named_metrics(config.metrics.get(output.name, ()), fns):
            yield f"{before}{name}", metric


def in_history(model: ModelGraph, output: str) -> str:
    """What Keras puts before the name of an output's metric: nothing where there is one output."""
    return f"{output}_" if len(model.outputs) > 1 else ""


def _losses(config: TrainConfig, model: ModelGraph) -> str:
    """The loss in words, by output where there are several."""
    if len(model.outputs) == 1:
        return words(config.losses[model.outputs[0].name])
    return ", ".join(f"{output.name}: {words(config.losses[output.name])}" for output in model.outputs)


def better(metric: Value) -> bool | None:
    """Whether a higher value of a metric is better, as the catalog says; None where nobody can say."""
    if isinstance(metric, FnRef):
        return None
    name = metric.name if isinstance(metric, Object) else str(metric)
    for kind in ("metrics", "losses"):
        row = catalog.find(kind, name)
        if isinstance(row, MetricRow) and row.higher_is_better is not None:
            return row.higher_is_better
    return BARE_METRICS.get(name)


def words(value: Value) -> str:
    """A value as the spec writes it: `Adam(learning_rate=0.01)`, `true`, `[1, 2]`."""
    if isinstance(value, Object):
        inside = ", ".join(f"{key}={words(item)}" for key, item in value.args.items())
        return f"{value.name}({inside})" if inside else value.name
    if isinstance(value, FnRef):
        return value.name
    if isinstance(value, tuple):
        return f"[{', '.join(words(item) for item in value)}]"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def plain(args: Mapping[str, Value]) -> dict[str, Any]:
    """Arguments as JSON has them: numbers, texts and truth values as they are, all else in words."""
    return {key: item if isinstance(item, (bool, int, float, str)) else words(item) for key, item in args.items()}
