"""Warnings: what runs but is likely not meant. They are looked for only where there are no errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from nnc import codes, graph
from nnc.catalog import MetricRow, find
from nnc.check.builder import snake
from nnc.check.files import Unit
from nnc.check.frame import Context, unwrap
from nnc.check.sections import Section
from nnc.diagnostics import Code, Label
from nnc.graph import FnRef, Object
from nnc.lean import dataclass
from nnc.source import Span
from nnc.syntax import tree


@dataclass(frozen=True, slots=True)
class _Output:
    """An output with what its loss asks of it: the layer that makes it (None: an operation), its activation

    (None where it is not known), its width (None where that hangs on the data), its loss, and places.
    """

    name: str
    layer: graph.Layer | None
    activation: str | None
    width: int | None
    loss: str | None
    from_logits: bool
    metrics: tuple[graph.Value, ...]
    place: Span
    loss_place: Span | None
    metrics_place: Span | None


def lint(spec: graph.Spec, section: Section | None, unit: Unit, context: Context) -> None:
    """Put every warning on the list."""
    for name, model in spec.models.items():
        train = spec.train if name == spec.trained else None
        for output in _outputs(model, unit.models[name], train, section):
            for rule in _RULES:
                rule(output, context)
        _unused_inputs(model, unit.models[name], context)
    if spec.train is not None and section is not None and spec.models:
        _watched(spec, spec.train, section, context)
    _unused(unit, context)


# ---- what an output is made of -------------------------------------------------------------------


def _outputs(
    model: graph.ModelGraph, node: tree.Model, train: graph.TrainConfig | None, section: Section | None
) -> Iterator[_Output]:
    makers = {tensor.id: call for call in model.calls for tensor in call.outputs}
    places = {statement.name.id: statement.value.span for statement in _statements(node.body)}
    exprs = section.exprs if section is not None and train is not None else {}
    for output in model.outputs:
        call = makers.get(output.tensor.id)
        layer = model.layers[call.layer] if call is not None and call.layer is not None else None
        loss = train.losses.get(output.name) if train is not None else None
        last = output.tensor.type.shape[-1] if output.tensor.type.shape else None
        yield _Output(
            output.name,
            layer,
            _activation(layer),
            last if isinstance(last, int) else None,
            _canonical("losses", loss),
            isinstance(loss, Object) and loss.args.get("from_logits") is True,
            train.metrics.get(output.name, ()) if train is not None else (),
            places.get(output.name, node.name.span),
            exprs["loss"].span if "loss" in exprs else None,
            exprs["metrics"].span if "metrics" in exprs else None,
        )


def _statements(body: Sequence[tree.Statement]) -> Iterator[tree.Output]:
    for statement in body:
        if isinstance(statement, tree.Output):
            yield statement
        elif isinstance(statement, tree.For):
            yield from _statements(statement.body)
        elif isinstance(statement, tree.If):
            yield from _statements((*statement.then, *statement.otherwise))


def _activation(layer: graph.Layer | None) -> str | None:
    if layer is None:
        return None
    row = find("layers", layer.kind)
    if row is None:
        return None
    if layer.kind in ("Softmax", "ReLU"):
        return layer.kind.lower()
    if row.arg("activation") is None:
        return None
    value = layer.args.get("activation")
    if value is None:
        return "linear" if layer.kind in ("Dense", "Conv1D", "Conv2D", "Conv3D") else None
    return _canonical("activations", value)


def _canonical(kind: str, value: graph.Value) -> str | None:
    """Keras's own name of what a word or an object stands for; None for an fn."""
    name = value if isinstance(value, str) else value.name if isinstance(value, Object) else None
    row = find(kind, name) if name is not None else None
    return row.name if row is not None else None


# ---- outputs and their loss ----------------------------------------------------------------------

_CROSS_ENTROPIES = {
    "BinaryCrossentropy": "sigmoid",
    "BinaryFocalCrossentropy": "sigmoid",
    "CategoricalCrossentropy": "softmax",
    "CategoricalFocalCrossentropy": "softmax",
    "SparseCategoricalCrossentropy": "softmax",
}
_PROBABILITIES = frozenset({"sigmoid", "softmax", "hard_sigmoid", "sparsemax", "sparse_sigmoid"})
_OF_NUMBERS = frozenset(
    {
        "MeanSquaredError",
        "MeanAbsoluteError",
        "MeanAbsolutePercentageError",
        "MeanSquaredLogarithmicError",
        "Huber",
        "LogCosh",
        "Poisson",
    }
)
_ACCURACIES = frozenset(
    {
        "Accuracy",
        "BinaryAccuracy",
        "CategoricalAccuracy",
        "SparseCategoricalAccuracy",
        "TopKCategoricalAccuracy",
        "SparseTopKCategoricalAccuracy",
    }
)


def _softmax_of_one(output: _Output, context: Context) -> None:
    if output.activation == "softmax" and output.width == 1:
        context.faults.add(
            codes.SOFTMAX_OF_ONE,
            f"the output `{output.name}` is softmax over one unit, which is 1 whatever comes in",
            output.place,
            help="for yes or no write Dense(1, sigmoid); for several classes one unit each",
        )


def _logits_twice(output: _Output, context: Context) -> None:
    if output.from_logits and output.activation in ("sigmoid", "softmax") and output.loss_place is not None:
        context.faults.add(
            codes.LOGITS_TWICE,
            f"from_logits=true makes the loss apply {output.activation} itself, and the output has it already",
            output.loss_place,
            Label(output.place, f"this ends in {output.activation}"),
            help="leave out from_logits, or the activation",
        )


def _no_probability(output: _Output, context: Context) -> None:
    wanted = _CROSS_ENTROPIES.get(output.loss or "")
    if wanted is None or output.from_logits or output.activation is None or output.loss_place is None:
        return
    if output.activation not in _PROBABILITIES:
        context.faults.add(
            codes.NO_PROBABILITY,
            f"{output.loss} takes probabilities, and the output `{output.name}` is {output.activation}",
            output.loss_place,
            Label(output.place, "the output is made here"),
            expected=f"an output that ends in {wanted}",
            found=output.activation,
            help=f"write {wanted} as the output's activation, or {output.loss}(from_logits=true)",
        )


def _one_class(output: _Output, context: Context) -> None:
    several = output.loss in (
        "CategoricalCrossentropy",
        "SparseCategoricalCrossentropy",
        "CategoricalFocalCrossentropy",
    )
    if several and output.width == 1 and output.loss_place is not None:
        context.faults.add(
            codes.LOSS_MISFIT,
            f"{output.loss} compares classes, and the output `{output.name}` has one unit",
            output.loss_place,
            Label(output.place, "one unit"),
            expected="one unit for each class",
            found="1",
            help="for yes or no write loss = binary_crossentropy and a sigmoid",
        )


def _labels(output: _Output, context: Context) -> None:
    forms = {
        "CategoricalCrossentropy": "SparseCategoricalAccuracy",
        "SparseCategoricalCrossentropy": "CategoricalAccuracy",
    }
    wrong = forms.get(output.loss or "")
    for metric in output.metrics:
        if wrong is not None and _canonical("metrics", metric) == wrong and output.metrics_place is not None:
            context.faults.add(
                codes.INTEGER_LABELS,
                f"{wrong} and {output.loss} read the classes in two forms: numbers and one-hot rows",
                output.metrics_place,
                *([Label(output.loss_place, "the loss")] if output.loss_place else []),
                help="`accuracy` takes the form that the loss has",
            )


def _accuracy_of_numbers(output: _Output, context: Context) -> None:
    if output.loss not in _OF_NUMBERS or output.metrics_place is None:
        return
    for metric in output.metrics:
        if metric in ("accuracy", "acc") or _canonical("metrics", metric) in _ACCURACIES:
            context.faults.add(
                codes.ACCURACY_OF_NUMBERS,
                f"accuracy counts exact hits, and with {output.loss} the output is a number",
                output.metrics_place,
                help="write mae, or R2Score()",
            )


def _late_dropout(output: _Output, context: Context) -> None:
    if output.layer is not None and "Dropout" in output.layer.kind:
        context.faults.add(
            codes.LATE_DROPOUT,
            f"the output `{output.name}` ends in {output.layer.kind}, which sets parts of the answer to 0 in training",
            output.place,
            help="put it before the last layer",
        )


_RULES: tuple[Callable[[_Output, Context], None], ...] = (
    _softmax_of_one,
    _logits_twice,
    _no_probability,
    _one_class,
    _labels,
    _accuracy_of_numbers,
    _late_dropout,
)


# ---- what nothing uses ---------------------------------------------------------------------------


def _unused_inputs(model: graph.ModelGraph, node: tree.Model, context: Context) -> None:
    reached = _reached(model)
    places = {statement.name.id: statement for statement in node.body if isinstance(statement, tree.Input)}
    for one in model.inputs:
        if one.tensor.id not in reached and one.name in places:
            context.faults.add(
                codes.UNUSED_INPUT,
                f"no output hangs on the input `{one.name}`",
                places[one.name].name.span,
                help="use it, or remove it",
            )


def _reached(model: graph.ModelGraph) -> set[int]:
    """The numbers of all tensors that an output hangs on."""
    reached = {output.tensor.id for output in model.outputs}
    for call in reversed(model.calls):
        if any(tensor.id in reached for tensor in call.outputs):
            reached.update(_ids((*call.args, *call.kwargs.values())))
    return reached


def _ids(operands: Sequence[graph.Operand]) -> Iterator[int]:
    for operand in operands:
        if isinstance(operand, graph.Tensor):
            yield operand.id
        elif isinstance(operand, tuple):
            yield from _ids(operand)


_UNUSED: Mapping[str, tuple[Code, str]] = {
    "binding": (codes.UNUSED_BINDING, "nothing uses `{}`"),
    "layer": (codes.UNUSED_BINDING, "nothing uses the layer `{}`"),
    "loop": (codes.UNUSED_BINDING, "nothing uses `{}`; a name that is not needed is `_`"),
    "param": (codes.UNUSED_PARAM, "nothing uses the param `{}`"),
    "parameter": (codes.UNUSED_PARAM, "nothing uses the parameter `{}`"),
    "block": (codes.UNUSED_PIECE, "nothing uses the block `{}`"),
    "fn": (codes.UNUSED_PIECE, "nothing uses the fn `{}`"),
}


def _unused(unit: Unit, context: Context) -> None:
    for name, kind, site in context.usage.unused():
        row = _UNUSED.get(kind)
        if row is not None and site.source is unit.file.source:
            context.faults.add(row[0], row[1].format(name), site, help="use it, or remove it")


# ---- callbacks -----------------------------------------------------------------------------------


def _watched(spec: graph.Spec, train: graph.TrainConfig, section: Section, context: Context) -> None:
    expr = section.exprs.get("callbacks")
    bare = unwrap(expr) if expr is not None else None
    items = bare.items if isinstance(bare, tree.ListOf) else (bare,) if bare is not None else ()
    known = _watchable(spec, train)
    validated = train.validation_split > 0 or (spec.data is not None and spec.data.split.validation != 0)
    for callback, item in zip(train.callbacks, items, strict=False):
        row = find("callbacks", callback.name)
        arg = row.arg("monitor") if row is not None else None
        if arg is None:
            continue
        monitor = callback.args.get("monitor", arg.default)
        place = _argument_place(item, "monitor")
        if not isinstance(monitor, str):
            continue
        if monitor.removeprefix("val_") not in known:
            context.faults.add(
                codes.NOTHING_TO_WATCH,
                f"{callback.name} watches `{monitor}`, which this training does not measure",
                place,
                expected=", ".join(f"val_{name}" if monitor.startswith("val_") else name for name in known[:8]),
                found=monitor,
            )
        elif monitor.startswith("val_") and not validated:
            context.faults.add(
                codes.NOTHING_TO_WATCH,
                f"{callback.name} watches `{monitor}`, and no rows are kept for validation",
                place,
                help="add validation_split = 20%, or split = {validation: 20%} in `data`",
            )


def _argument_place(item: tree.Expr, name: str) -> Span:
    bare = unwrap(item)
    if not isinstance(bare, tree.Call):
        return item.span
    return next((a.value.span for a in bare.arguments if a.name is not None and a.name.id == name), bare.function.span)


def _watchable(spec: graph.Spec, train: graph.TrainConfig) -> list[str]:
    several = len(spec.model.outputs) > 1
    known = ["loss"]
    for output in spec.model.outputs:
        prefix = f"{output.name}_" if several else ""
        known += [f"{prefix}loss"] if several else []
        for metric in train.metrics.get(output.name, ()):
            known += [f"{prefix}{name}" for name in _metric_names(metric)]
    return list(dict.fromkeys(known))


def _metric_names(metric: graph.Value) -> list[str]:
    """What Keras may call a metric in its logs."""
    if isinstance(metric, FnRef):
        return [metric.name]
    if isinstance(metric, Object):
        name = metric.args.get("name")
        return [name if isinstance(name, str) else snake(metric.name)]
    if isinstance(metric, str):
        row = find("metrics", metric)
        return [metric] + ([snake(row.name)] if isinstance(row, MetricRow) and row.name != metric else [])
    return []
