"""The train section as Python: `compile_model()` and `train()` with Keras's own calls."""

from __future__ import annotations

from nnc.catalog import sees_data
from nnc.emit.flow import live_calls
from nnc.emit.names import named_metrics
from nnc.emit.python.code import Atom, Code, Group, Invoke, Table, assign, number, returns, statement, string
from nnc.emit.python.params import Constants
from nnc.emit.python.values import FnNames
from nnc.graph import ModelGraph, Spec, TrainConfig, Value
from nnc.syntax import tree


def compile_source(train: TrainConfig, model: ModelGraph, fns: FnNames, constants: Constants) -> str:
    """`def compile_model(model): ...`."""
    outputs = [output.name for output in model.outputs]
    losses = {
        name: constants.said(constants.entry_of("loss", name), train.losses[name], fns)
        for name in outputs
        if name in train.losses
    }
    metrics = {
        name: _metric_list(constants.entry_of("metrics", name), train.metrics[name], fns, constants)
        for name in outputs
        if train.metrics.get(name)
    }
    optimizer = constants.said(constants.entry("optimizer"), train.optimizer, fns)
    kwargs: list[tuple[str, Code]] = [("optimizer", optimizer)]
    if losses:
        kwargs.append(("loss", _by_output(losses, outputs)))
    if train.loss_weights:
        weights = constants.said(constants.entry("loss_weights"), train.loss_weights, fns)
        kwargs.append(("loss_weights", weights))
    if metrics:
        kwargs.append(("metrics", _by_output(metrics, outputs)))
    head = ["def compile_model(model):", '    """Set the optimizer, the loss and the metrics."""']
    return "\n".join([*head, statement(Invoke(Atom("model.compile"), (), tuple(kwargs)))])


def _metric_list(expr: tree.Expr | None, metrics: tuple[Value, ...], fns: FnNames, constants: Constants) -> Code:
    named = tuple(metric for _, metric in named_metrics(metrics, fns))
    return Group("[", constants.items(expr, named, fns))


def _by_output(codes: dict[str, Code], outputs: list[str]) -> Code:
    """A model with one output takes its loss and metrics bare, one with several by name."""
    if len(outputs) == 1:
        return codes[outputs[0]]
    return Table(tuple((string(name), code) for name, code in codes.items()))


def adapt_source(model: ModelGraph) -> list[str]:
    """`def adapt(model, x): ...` where layers must see the training rows first."""
    layers = (model.layers[call.layer] for call in live_calls(model) if call.layer is not None)
    names = dict.fromkeys(layer.name for layer in layers if sees_data(layer.kind, layer.args))
    if not names:
        return []
    head = [
        "def adapt(model, x):",
        '    """Show the training rows to the layers that learn from them."""',
    ]
    listed = assign("names", Group("[", tuple(string(name) for name in names)))
    return ["\n".join([*head, listed, _ADAPT])]


_ADAPT = """\
    for name in names:
        layer = model.get_layer(name)
        layer.adapt(keras.Model(model.inputs, layer.input)(x))"""


def train_source(spec: Spec, train: TrainConfig, fns: FnNames, constants: Constants, validates: bool = False) -> str:
    """`def train(model, x, y): ...`, with the arguments that the spec has a use for."""
    optional: list[str] = []
    if validates or (spec.data is not None and spec.data.split.validation):
        optional.append("validation_data")
    if train.sample_weight is not None:
        optional.append("sample_weight")
    parameters = ["model", "x", "y", *(f"{name}=None" for name in optional)]
    kwargs = [*_fit_arguments(train, constants), *((name, Atom(name)) for name in optional)]
    if train.callbacks:
        callbacks = constants.items(constants.entry("callbacks"), train.callbacks, fns)
        kwargs.append(("callbacks", Group("[", callbacks)))
    return "\n".join(
        [
            f"def train({', '.join(parameters)}):",
            '    """Train on prepared arrays; returns the history of every epoch."""',
            *_both_weights(train),
            returns(Invoke(Atom("model.fit"), (Atom("x"), Atom("y")), tuple(kwargs))),
        ]
    )


def _fit_arguments(train: TrainConfig, constants: Constants) -> list[tuple[str, Code]]:
    """The plain arguments of Keras's `fit` that a train section says; those at Keras's default are left out."""
    said: list[tuple[str, Value, Value]] = [
        ("batch_size", train.batch_size, None),
        ("epochs", train.epochs, None),
        ("validation_split", train.validation_split, 0.0),
        ("shuffle", train.shuffle, True),
        ("steps_per_epoch", train.steps_per_epoch, None),
    ]
    arguments = [
        (name, constants.said(constants.entry(name), value, {})) for name, value, default in said if value != default
    ]
    if train.class_weight and train.sample_weight is None:
        arguments.append(("class_weight", _class_weight(train)))
    return arguments


def _class_weight(train: TrainConfig) -> Code:
    weights = train.class_weight or {}
    return Table(tuple((number(label), number(weight)) for label, weight in weights.items()))


def _both_weights(train: TrainConfig) -> list[str]:
    """Keras's `fit` takes weights of classes or of rows; where a spec has both, each row's times its class's."""
    if not train.class_weight or train.sample_weight is None:
        return []
    return [assign("class_weight", _class_weight(train)), _WEIGH]


_WEIGH = """\
    columns = np.reshape(y, (len(y), -1))
    classes = columns.argmax(axis=1) if columns.shape[1] > 1 else columns[:, 0]
    weights = [class_weight.get(int(number), 1.0) for number in classes]
    sample_weight = np.array(weights, dtype="float32") * sample_weight"""
