"""Warnings about a model's outputs: what they end in, against the loss and the metrics that they are held to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nnc import codes, graph
from nnc.catalog import find
from nnc.catalog.tables import BUNDLED
from nnc.check.frame import Context
from nnc.check.sections import Section
from nnc.diagnostics import Label
from nnc.graph import FnRef, Object
from nnc.lean import dataclass
from nnc.source import Span
from nnc.syntax import tree


@dataclass(frozen=True, slots=True)
class Output:
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
    data: tuple[int, int] | None = None
    """Rows and classes of the set that it is trained on, where the spec says which that is."""


# ---- what an output is made of -------------------------------------------------------------------


def outputs_of(
    model: graph.ModelGraph,
    node: tree.Model,
    train: graph.TrainConfig | None,
    section: Section | None,
    spec: graph.Spec,
) -> Iterator[Output]:
    """Every output of a model, with what it is held to; `train` is None where the model is not trained."""
    makers = {tensor.id: call for call in model.calls for tensor in call.outputs}
    places = {statement.name.id: statement.value.span for statement in _statements(node.body)}
    exprs = section.exprs if section is not None and train is not None else {}
    for output in model.outputs:
        call = makers.get(output.tensor.id)
        layer = model.layers[call.layer] if call is not None and call.layer is not None else None
        loss = train.losses.get(output.name) if train is not None else None
        last = output.tensor.type.shape[-1] if output.tensor.type.shape else None
        yield Output(
            output.name,
            layer,
            _ending(output.tensor, model, makers, spec.fns),
            last if isinstance(last, int) else None,
            canonical("losses", loss),
            isinstance(loss, Object) and loss.args.get("from_logits") is True,
            train.metrics.get(output.name, ()) if train is not None else (),
            places.get(output.name, node.name.span),
            exprs["loss"].span if "loss" in exprs else None,
            exprs["metrics"].span if "metrics" in exprs else None,
            BUNDLED.get(_bundled(spec, output.name)) if train is not None else None,
        )


def _bundled(spec: graph.Spec, output: str) -> str:
    """The name of scikit-learn's set if its own target is what the output is held to, else an empty text."""
    data = spec.data
    if data is None or data.source != "sklearn" or len(spec.model.outputs) != 1:
        return ""
    own = not data.targets or (data.targets[0].column == "target" and data.targets[0].transform is None)
    return str(data.args.get("name", "")) if own and output else ""


def _statements(body: Sequence[tree.Statement]) -> Iterator[tree.Output]:
    for statement in body:
        if isinstance(statement, tree.Output):
            yield statement
        elif isinstance(statement, tree.For):
            yield from _statements(statement.body)
        elif isinstance(statement, tree.If):
            yield from _statements((*statement.then, *statement.otherwise))


# Layers that lay numbers out anew and change none: what comes out ends in what went in.
_LAY_OUT = frozenset({"Reshape", "Flatten", "Permute", "RepeatVector", "Identity"})


def _ending(
    tensor: graph.Tensor, model: graph.ModelGraph, makers: Mapping[int, graph.Call], fns: Mapping[str, graph.Fn]
) -> str | None:
    """Keras's name of the activation that a tensor ends in, `linear` for none; None where that can't be said."""
    call = makers.get(tensor.id)
    while call is not None and call.args and isinstance(call.args[0], graph.Tensor):
        if call.layer is None:
            return call.op if call.op in ("softmax", "sigmoid") and len(call.args) == 1 and not call.kwargs else None
        layer = model.layers[call.layer]
        ends = activation(layer.kind, layer.args, fns)
        if layer.kind not in _LAY_OUT and not (layer.kind == "Activation" and ends == "linear"):
            return ends
        call = makers.get(call.args[0].id)
    return None


# Layers that are an activation and no more.
_LONE = {"ReLU": "relu", "Softmax": "softmax"}


def activation(kind: str, args: Mapping[str, graph.Value], fns: Mapping[str, graph.Fn]) -> str | None:
    """The activation that a layer ends in, also one inside a TimeDistributed; None where that can't be said."""
    inner = args.get("layer")
    if kind == "TimeDistributed" and isinstance(inner, Object):
        return activation(inner.name, inner.args, fns)
    row = find("layers", kind)
    if kind in _LONE or row is None or row.arg("activation") is None:
        return _LONE.get(kind) if args.get("axis", -1) == -1 else None
    value = args.get("activation")
    if value is None:
        return "linear" if kind in ("Dense", "Conv1D", "Conv2D", "Conv3D") else None
    return _of_fn(fns.get(value.name)) if isinstance(value, FnRef) else canonical("activations", value)


def _of_fn(fn: graph.Fn | None) -> str | None:
    """What an fn ends in: `fn f(x) = softmax(x * 2)` is a softmax."""
    result = fn.result if fn is not None else None
    if isinstance(result, graph.FnCall) and result.op in ("softmax", "sigmoid") and len(result.args) == 1:
        return str(result.op) if not result.kwargs else None
    return None


def canonical(kind: str, value: graph.Value) -> str | None:
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
OF_NUMBERS = frozenset(
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


def logits_twice(output: Output, context: Context) -> None:
    """The loss applies what the output has applied already."""
    if output.from_logits and output.activation in ("sigmoid", "softmax") and output.loss_place is not None:
        context.faults.add(
            codes.LOGITS_TWICE,
            f"from_logits=true makes the loss apply {output.activation} itself, and the output has it already",
            output.loss_place,
            Label(output.place, f"this ends in {output.activation}"),
            help="leave out from_logits, or the activation",
        )


def no_probability(output: Output, context: Context) -> None:
    """A cross-entropy of numbers that are no probabilities."""
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


def one_class(output: Output, context: Context) -> None:
    """A loss of several classes for one unit; an error, since nothing can come of it."""
    if output.loss in _OF_CLASSES and output.width == 1 and output.loss_place is not None:
        context.faults.add(
            codes.LOSS_MISFIT,
            f"{output.loss} compares classes, and the output `{output.name}` has one unit",
            output.loss_place,
            Label(output.place, "one unit"),
            expected="one unit for each class",
            found="1",
            help="for yes or no write loss = binary_crossentropy and a sigmoid",
        )


# Metrics that want a column for each class, or one column in all; a class number against several units is neither.
_NOT_OF_NUMBERS = frozenset(
    {
        "AUC", "BinaryAccuracy", "CategoricalAccuracy", "F1Score", "FBetaScore", "FalseNegatives", "FalsePositives",
        "Precision", "PrecisionAtRecall", "Recall", "RecallAtPrecision", "SensitivityAtSpecificity",
        "SpecificityAtSensitivity", "TopKCategoricalAccuracy", "TrueNegatives", "TruePositives",
    }
)  # fmt: skip


def labels(output: Output, context: Context) -> None:
    """Loss and metric that want the classes in two forms."""
    wrong: frozenset[str] = frozenset()
    if output.loss in _OF_NUMBERED and output.width != 1:
        wrong = _NOT_OF_NUMBERS
    elif output.loss in ("CategoricalCrossentropy", "CategoricalFocalCrossentropy"):
        wrong = frozenset({"SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy"})
    for metric in output.metrics:
        name = canonical("metrics", metric)
        if name in wrong and output.metrics_place is not None:
            context.faults.add(
                codes.INTEGER_LABELS,
                f"{name} and {output.loss} read the classes in two forms: as numbers and as one-hot rows",
                output.metrics_place,
                *([Label(output.loss_place, "the loss")] if output.loss_place else []),
                help="`accuracy` takes the form that the loss has",
            )


def class_count(output: Output, context: Context) -> None:
    """Against the classes of one of scikit-learn's sets; for other data `check --data` and the run say it."""
    if output.data is None or output.loss is None or output.loss_place is None:
        return
    classes = output.data[1]
    several, numbers = output.loss in _OF_CLASSES, output.loss in OF_NUMBERS
    if not classes and (several or output.loss in _OF_TWO):
        message, hint = f"the data's target is a number, and {output.loss} is of classes", "take a loss such as mse"
        context.faults.add(codes.CLASS_COUNT, message, output.loss_place, help=hint)
    elif classes > 2 and output.loss in _OF_TWO:
        message, hint = (
            f"the data has {classes} classes, and {output.loss} is of two",
            "take sparse_categorical_crossentropy",
        )
        context.faults.add(
            codes.CLASS_COUNT, message, output.loss_place, expected="a loss of several classes", help=hint
        )
    elif output.width is not None:
        wanted = classes if several else 1 if numbers or output.loss in _OF_TWO else output.width
        if output.width != wanted:
            context.faults.add(
                codes.CLASS_COUNT,
                f"the output `{output.name}` has {output.width} unit{'s' * (output.width != 1)}, and the data has "
                + (f"{classes} classes" if several else "one value a row"),
                output.place,
                Label(output.loss_place, "the loss"),
                expected=f"{wanted} unit{'s' * (wanted != 1)}",
                found=str(output.width),
            )


_OF_TWO = frozenset({"BinaryCrossentropy", "BinaryFocalCrossentropy"})
# Losses that take the numbers of classes.
_OF_NUMBERED = frozenset({"SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy"})
_OF_CLASSES = _OF_NUMBERED | {"CategoricalCrossentropy", "CategoricalFocalCrossentropy"}


def accuracy_of_numbers(output: Output, context: Context) -> None:
    """Accuracy where the output is a number."""
    if output.loss not in OF_NUMBERS or output.metrics_place is None:
        return
    for metric in output.metrics:
        if metric in ("accuracy", "acc") or canonical("metrics", metric) in _ACCURACIES:
            context.faults.add(
                codes.ACCURACY_OF_NUMBERS,
                f"accuracy counts exact hits, and with {output.loss} the output is a number",
                output.metrics_place,
                help="write mae, or R2Score()",
            )


def late_dropout(output: Output, context: Context) -> None:
    """Dropout behind the last layer."""
    if output.layer is not None and "Dropout" in output.layer.kind:
        context.faults.add(
            codes.LATE_DROPOUT,
            f"the output `{output.name}` ends in {output.layer.kind}, which sets parts of the answer to 0 in training",
            output.place,
            help="put it before the last layer",
        )
