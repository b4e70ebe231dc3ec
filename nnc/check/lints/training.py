"""Warnings about the training: callbacks, learning rate, batches and weights that can't do what they are for."""

from __future__ import annotations

from collections.abc import Iterator

from nnc import codes, graph
from nnc.catalog import MetricRow, find
from nnc.catalog.tables import BUNDLED
from nnc.check.builder import snake
from nnc.check.faults import renaming
from nnc.check.frame import Context, unwrap
from nnc.check.lints.outputs import OF_NUMBERS, canonical
from nnc.check.sections import Section
from nnc.graph import FnRef, Object
from nnc.source import Span
from nnc.spelling import guess
from nnc.syntax import tree

_KEEP_ROWS = "add validation_split = 20%, or split = {validation: 20%} in `data`"

# ---- callbacks -----------------------------------------------------------------------------------


def _callbacks(train: graph.TrainConfig, section: Section) -> Iterator[tuple[Object, tree.Expr]]:
    """Each callback and where it is written."""
    expr = section.exprs.get("callbacks")
    bare = unwrap(expr) if expr is not None else None
    items = bare.items if isinstance(bare, tree.ListOf) else (bare,) if bare is not None else ()
    yield from zip(train.callbacks, items, strict=False)


def watched(spec: graph.Spec, train: graph.TrainConfig, section: Section, context: Context) -> None:
    """What a callback watches must be measured, on rows that are there, and be better in the direction that it says."""
    known = _watchable(spec, train)
    others = {"learning_rate"} if any(callback.name in _RATE_KEEPERS for callback in train.callbacks) else set()
    validated = train.validation_split > 0 or (spec.data is not None and spec.data.split.validation != 0)
    for callback, item in _callbacks(train, section):
        row = find("callbacks", callback.name)
        arg = row.arg("monitor") if row is not None else None
        monitor = callback.args.get("monitor", arg.default) if arg is not None else None
        if not isinstance(monitor, str) or monitor in others:
            continue
        place = _argument_place(item, "monitor")
        if monitor.removeprefix("val_") not in known:
            near = guess(monitor, [*known, *(f"val_{name}" for name in known)])
            unkept = near is not None and near.name.startswith("val_") and not validated
            hints = [f"did you mean `{near.name}`?"] if near else []
            context.faults.add(
                codes.NOTHING_TO_WATCH,
                f"{callback.name} watches `{monitor}`, which this training does not measure",
                place,
                expected=", ".join(f"val_{name}" if monitor.startswith("val_") else name for name in list(known)[:8]),
                found=monitor,
                help=" ".join([*hints, f"No rows are kept for it: {_KEEP_ROWS}"] if unkept else hints) or None,
                fix=renaming(place, near.name, sure=near.sure)
                if near and not unkept and place.text[:1] in ("'", '"')
                else None,
            )
        elif monitor.startswith("val_") and not validated:
            context.faults.add(
                codes.NOTHING_TO_WATCH,
                f"{callback.name} watches `{monitor}`, and no rows are kept for validation",
                place,
                help=_KEEP_ROWS,
            )
        else:
            _mode(callback, item, monitor, known[monitor.removeprefix("val_")], context)


def _mode(callback: Object, item: tree.Expr, monitor: str, higher: bool | None, context: Context) -> None:
    mode = callback.args.get("mode")
    if higher is not None and mode in ("min", "max") and (mode == "max") is not higher:
        context.faults.add(
            codes.WRONG_MODE,
            f"`{monitor}` is better when it is {'higher' if higher else 'lower'}, and mode={mode} says the opposite",
            _argument_place(item, "mode"),
            help="leave `mode` out: Keras knows which way is better",
        )


def idle_callbacks(spec: graph.Spec, train: graph.TrainConfig, section: Section, context: Context) -> None:
    """A callback that waits for more epochs than there are."""
    del spec
    for callback, item in _callbacks(train, section):
        row = find("callbacks", callback.name)
        if callback.name not in ("EarlyStopping", "ReduceLROnPlateau") or row is None or "epochs" not in section.places:
            continue
        arg = row.arg("patience")
        patience = callback.args.get("patience", arg.default if arg is not None else 0)
        # Keras brings the best weights back at the end even where nothing was stopped.
        if isinstance(patience, int) and patience >= train.epochs > 1 and not callback.args.get("restore_best_weights"):
            context.faults.add(
                codes.IDLE_CALLBACK,
                f"{callback.name} waits for {patience} epochs without progress, and there are {train.epochs} in all",
                _argument_place(item, "patience"),
                expected=f"a patience below {train.epochs}",
                found=str(patience),
            )


# Optimizers whose step is as long as the rate, whatever the gradient: at 1 each weight moves by 1.
_OF_FIXED_STEP = frozenset({"Adam", "AdamW", "Adamax", "Lion", "Nadam", "RMSprop"})


def large_rate(spec: graph.Spec, train: graph.TrainConfig, section: Section, context: Context) -> None:
    """A learning rate with which each step overturns the weights."""
    del spec
    rate = train.optimizer.args.get("learning_rate")
    if train.optimizer.name in _OF_FIXED_STEP and isinstance(rate, (int, float)) and rate >= 1:
        context.faults.add(
            codes.LARGE_RATE,
            f"with a rate of {rate:g}, {train.optimizer.name} moves each weight by about {rate:g} in each step",
            _argument_place(section.exprs["optimizer"], "learning_rate"),
            expected="0.001 is Keras's default; above 0.1 hardly anything learns",
            found=f"{rate:g}",
        )


def large_batch(spec: graph.Spec, train: graph.TrainConfig, section: Section, context: Context) -> None:
    """A batch of more rows than the set has."""
    data = spec.data
    known = BUNDLED.get(str(data.args.get("name"))) if data is not None and data.source == "sklearn" else None
    if known is not None and "batch_size" in section.places and train.batch_size > known[0]:
        context.faults.add(
            codes.LARGE_BATCH,
            f"a batch has {train.batch_size:,} rows, and the data {known[0]:,} in all: each epoch is one step",
            section.exprs["batch_size"].span,
            expected=f"fewer than {known[0]:,}; 32 is usual",
            found=f"{train.batch_size:,}",
        )


def no_such_class(spec: graph.Spec, train: graph.TrainConfig, section: Section, context: Context) -> None:
    """A weight for a class that the output has no unit for."""
    if train.class_weight is None or len(spec.model.outputs) != 1:
        return
    output = spec.model.outputs[0]
    loss = canonical("losses", train.losses.get(output.name))
    width = output.tensor.type.shape[-1] if output.tensor.type.shape else None
    if loss in OF_NUMBERS:
        message, expected = f"the output is a number with {loss}, and has no classes to be weighted", "sample_weight"
    elif isinstance(width, int) and max(train.class_weight, default=0) >= max(width, 2):
        message = f"there is no class {max(train.class_weight)}: the output has {max(width, 2)} classes"
        expected = f"classes from 0 to {max(width, 2) - 1}"
    else:
        return
    context.faults.add(codes.NO_SUCH_CLASS, message, section.exprs["class_weight"].span, expected=expected)


def _argument_place(item: tree.Expr, name: str) -> Span:
    bare = unwrap(item)
    if not isinstance(bare, tree.Call):
        return item.span
    return next((a.value.span for a in bare.arguments if a.name is not None and a.name.id == name), bare.function.span)


def _watchable(spec: graph.Spec, train: graph.TrainConfig) -> dict[str, bool | None]:
    """The names that Keras may give to what it measures, and whether higher is better (None: nobody can say)."""
    model = spec.models.get(spec.trained or "", spec.model)
    several = len(model.outputs) > 1
    known: dict[str, bool | None] = {"loss": False}
    for output in model.outputs:
        prefix = f"{output.name}_" if several else ""
        known[f"{prefix}loss"] = False
        for metric in train.metrics.get(output.name, ()):
            known |= {f"{prefix}{name}": higher for name, higher in _metric_names(metric).items()}
    return known


# Callbacks that put the learning rate among what is measured.
_RATE_KEEPERS = frozenset({"LearningRateScheduler", "ReduceLROnPlateau"})


def _metric_names(metric: graph.Value) -> dict[str, bool | None]:
    """What Keras may call a metric in its logs."""
    if isinstance(metric, FnRef):
        return {metric.name: None}
    if not isinstance(metric, (Object, str)):
        return {}
    if metric in ("accuracy", "acc", "crossentropy", "ce"):
        return {str(metric): metric in ("accuracy", "acc")}
    row = find("metrics", metric if isinstance(metric, str) else metric.name)
    higher = row.higher_is_better if isinstance(row, MetricRow) else None
    if isinstance(metric, Object):
        name = metric.args.get("name")
        return {name if isinstance(name, str) else snake(metric.name): higher}
    return {metric: higher} | ({snake(row.name): higher} if row is not None else {})
