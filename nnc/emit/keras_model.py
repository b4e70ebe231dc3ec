"""A checked model as a Keras model in memory, and as files that Keras alone can read.

The functional API throughout: the same layers by the same names, in the same order, as the emitted Python has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import keras

from nnc import codes
from nnc.catalog import Size, sees_data
from nnc.diagnostics import Findings, UserFault
from nnc.emit.flow import live_calls, tensors_in
from nnc.emit.keras_functions import Function, build_functions, op_function, python_index
from nnc.emit.names import fn_names, fns_in, named_metrics
from nnc.emit.python.functions import index_items
from nnc.emit.python.values import plain_name
from nnc.graph import Call, FnRef, Layer, ModelGraph, Object, Operand, Spec, Tensor, Value

# Layers that apply their `activation` to what they give, and to nothing else: `Dense(1, step)` is Dense(1), then
# step. In the others (LSTM, GRU) it works inside, where no function of keras.ops can be put in its place.
_ACTIVATED_LAST = frozenset(
    f"{kind}{rank}D" for kind in ("Conv", "DepthwiseConv", "SeparableConv") for rank in (1, 2, 3)
) | {"Dense", "EinsumDense", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "Activation"}


# ---- values --------------------------------------------------------------------------------------


def build_value(value: Value, fns: Mapping[str, Function]) -> Any:
    """A value of the graph as Python and Keras have it."""
    if isinstance(value, Object):
        return build_object(value, fns)
    if isinstance(value, FnRef):
        return fns[value.name]
    if isinstance(value, Mapping):
        return {key: build_value(item, fns) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(build_value(item, fns) for item in value)
    return value


def build_object(value: Object, fns: Mapping[str, Function]) -> Any:
    """A Keras object: an optimizer, metric, callback, initializer, layer, ..."""
    module: Any = keras
    for part in value.kind.split("."):
        module = getattr(module, plain_name(part))
    return getattr(module, plain_name(value.name))(**{key: build_value(item, fns) for key, item in value.args.items()})


# ---- the model -----------------------------------------------------------------------------------


@dataclass
class _Build:
    """A model being built: what its tensors and layers have become. `portable`: fns become functions of keras.ops."""

    model: ModelGraph
    fns: Mapping[str, Function]
    portable: bool
    tensors: dict[int, Any] = field(default_factory=dict)
    layers: dict[str, Any] = field(default_factory=dict)

    def operand(self, operand: Operand) -> Any:
        if isinstance(operand, Tensor):
            return self.tensors[operand.id]
        if isinstance(operand, tuple) and any(True for _ in tensors_in(operand)):
            return [self.operand(item) for item in operand]
        if isinstance(operand, (tuple, Mapping)):
            return build_value(operand, self.fns)  # type: ignore[arg-type]  # no tensor is in it
        return operand

    def make(self, layer: Layer) -> None:
        """Make a layer as it will be applied."""
        self.layer(self.as_applied(layer))

    def as_applied(self, layer: Layer) -> Layer:
        """A layer without the fn that is laid into the graph in place of its activation."""
        if not self.portable or not isinstance(layer.args.get("activation"), FnRef):
            return layer
        if layer.kind == "Activation":
            # Identity keeps the layer's name, and with it the name of an output.
            return replace(layer, kind="Identity", args={})
        return replace(layer, args={key: value for key, value in layer.args.items() if key != "activation"})

    def layer(self, layer: Layer) -> Any:
        if layer.name not in self.layers:
            args = {key: build_value(value, self.fns) for key, value in layer.args.items()}
            self.layers[layer.name] = getattr(keras.layers, plain_name(layer.kind))(**args, name=layer.name)
        return self.layers[layer.name]

    def call(self, call: Call) -> None:
        if call.op == "getitem":
            items = index_items(call.args[1:])
            result = self.operand(call.args[0])[python_index(items)]
        else:
            args = [self.operand(item) for item in call.args]
            kwargs = {key: self.operand(item) for key, item in call.kwargs.items()}
            result = self.apply(call, args, kwargs)
        made = keras.tree.flatten(result)
        self.tensors.update(zip((tensor.id for tensor in call.outputs), made, strict=True))

    def apply(self, call: Call, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if call.layer is None:
            return op_function(str(call.op))(*args, **kwargs)
        layer = self.model.layers[call.layer]
        activation = layer.args.get("activation")
        if not self.portable or not isinstance(activation, FnRef):
            return self.layer(layer)(*args, **kwargs)
        function, applied = self.fns[activation.name], self.layer(self.as_applied(layer))
        return applied(function(*args)) if layer.kind == "Activation" else function(applied(*args, **kwargs))


def build_model(spec: Spec, model: ModelGraph, *, seed: int | None = None, portable: bool = False) -> keras.Model:
    """The Keras model. Several outputs are a dict by their names; several inputs a list, fed by name or in order.

    `seed` sets Python's, NumPy's and the backend's random state, from which Keras seeds the initializers in the
    graph's order. `portable` lays fns into the graph as functions of `keras.ops`, so that whoever loads the saved
    model needs nothing of ours. Raises UserFault where that can't be done, and ValueError where a width that comes
    from data isn't known (check again with `widths`).
    """
    if portable:
        _require_portable(model)
    if seed is not None:
        keras.utils.set_random_seed(seed)
    build = _Build(model, build_functions(spec), portable)
    inputs = []
    for item in model.inputs:
        shape = item.tensor.type.shape
        if item.features is not None and any(isinstance(dim, Size) for dim in shape):
            raise ValueError(f"the width of input {item.name!r} is not known")
        sizes = tuple(None if isinstance(dim, Size) else dim for dim in shape)
        inputs.append(keras.Input(shape=sizes, dtype=item.tensor.type.dtype, name=item.name))
        build.tensors[item.tensor.id] = inputs[-1]
    calls = live_calls(model)
    used = {call.layer for call in calls}
    for layer in model.layers.values():  # in the order of making, in which the emitted Python makes them too
        if layer.name in used:
            build.make(layer)
    for call in calls:
        build.call(call)
    outputs = {item.name: build.tensors[item.tensor.id] for item in model.outputs}
    return keras.Model(
        inputs=inputs[0] if len(inputs) == 1 else inputs,
        outputs=next(iter(outputs.values())) if len(outputs) == 1 else outputs,
        name=model.name,
    )


def _require_portable(model: ModelGraph) -> None:
    findings = Findings()
    for name in dict.fromkeys(call.layer for call in live_calls(model) if call.layer is not None):
        layer = model.layers[name]
        if sees_data(layer.kind, layer.args):
            findings.add(
                codes.NOT_ADAPTED,
                f"the layer `{name}` ({layer.kind}) has seen no training rows yet, so a model file would hold it empty",
                help="`nnc train` shows them to it; or compile to .py, which has a function adapt() for that",
            )
        inside = {key: value for key, value in layer.args.items() if key != "activation"}
        if layer.kind not in _ACTIVATED_LAST:
            inside = dict(layer.args)
        for fn in fns_in(inside):
            findings.add(
                codes.FN_INSIDE,
                f"the fn `{fn}` works inside the layer `{name}` ({layer.kind}), where a model file can't hold it",
                help="compile to .py, which has the fn as a function, or use one of Keras's own activations there",
            )
    if findings.has_errors:
        raise UserFault(findings)


# ---- training ------------------------------------------------------------------------------------


def compile_model(keras_model: keras.Model, spec: Spec, model: ModelGraph | None = None) -> None:
    """Give the model the optimizer, losses and metrics of the train section, by output where there are several."""
    if spec.train is None:
        raise ValueError("the spec has no train section")
    fns, names = build_functions(spec), fn_names(spec)
    outputs = [output.name for output in (model or spec.model).outputs]
    losses = {name: build_value(spec.train.losses[name], fns) for name in outputs if name in spec.train.losses}
    metrics = {
        name: [build_value(metric, fns) for _, metric in named_metrics(spec.train.metrics[name], names)]
        for name in outputs
        if spec.train.metrics.get(name)
    }
    single = len(outputs) == 1
    keras_model.compile(
        optimizer=build_object(spec.train.optimizer, fns),
        loss=losses.get(outputs[0]) if single else losses,
        loss_weights=dict(spec.train.loss_weights) if spec.train.loss_weights else None,
        metrics=metrics.get(outputs[0]) if single else metrics,
    )


def build_callbacks(spec: Spec) -> list[keras.callbacks.Callback]:
    """The callbacks of the train section, new ones at each call (they keep state)."""
    fns = build_functions(spec)
    return [build_object(callback, fns) for callback in (spec.train.callbacks if spec.train else ())]


# ---- files ---------------------------------------------------------------------------------------


def portable_model(spec: Spec, model: ModelGraph, trained: keras.Model | None = None) -> keras.Model:
    """The model that is saved: for inference, uncompiled, with the weights of `trained` if given."""
    seed = spec.train.seed if spec.train else 0
    built = build_model(spec, model, seed=seed, portable=True)
    for layer in trained.layers if trained is not None else ():
        if layer.weights:
            built.get_layer(layer.name).set_weights(layer.get_weights())
    return built


def save_model(spec: Spec, model: ModelGraph, path: Path, trained: keras.Model | None = None) -> None:
    """Write a `.keras` file that `keras.models.load_model` opens in its safe mode, knowing nothing of nnc."""
    portable_model(spec, model, trained).save(path)


def model_json(spec: Spec, model: ModelGraph) -> str:
    """The configuration as Keras writes it: `keras.models.model_from_json` builds the model again."""
    text: str = portable_model(spec, model).to_json(indent=2)
    return text + "\n"
