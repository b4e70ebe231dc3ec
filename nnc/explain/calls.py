"""A Keras model as a list of calls in an order in which they can be run, read from its public configuration.

Running the calls on tensors leaves the model as it was: cloning it on symbolic inputs would add nodes to its layers,
after which `layer.output` is undefined, and would need every function that a user wrote to be registered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from nnc.explain.faults import CannotExplain

_TENSOR = "__keras_tensor__"


@dataclass(frozen=True)
class Ref:
    """A tensor of the graph: the `tensor`-th output of the `node`-th call of the operation at `path`.

    `path` is the operation's name below the names (with call numbers) of the models that it stands in.
    """

    path: tuple[str, ...]
    node: int
    tensor: int


@dataclass(frozen=True)
class Call:
    """One call of a layer or of a Keras operation; `args` and `kwargs` hold Refs where tensors go."""

    operation: Any
    args: Any
    kwargs: Mapping[str, Any]
    path: tuple[str, ...]
    node: int


@dataclass(frozen=True)
class Calls:
    """A whole model: the Refs of its inputs, its calls in order, the Refs of its outputs; models in it unfolded."""

    inputs: tuple[Ref, ...]
    calls: tuple[Call, ...]
    outputs: tuple[Ref, ...]

    @property
    def last(self) -> Call | None:
        """The call that gives the first output; None where an output is an input."""
        output = self.outputs[0]
        return next((call for call in self.calls if (call.path, call.node) == (output.path, output.node)), None)


Apply = Callable[[Call, Sequence[Any], Mapping[str, Any]], Any]
"""How a call is run: the call, its arguments and keyword arguments with tensors in place; gives its output."""


def plain(call: Call, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Run a call as the model does at inference."""
    return call.operation(*args, **kwargs)


def read(model: keras.Model) -> Calls:
    """The calls of a functional or sequential model. Raises CannotExplain for any other."""
    if not getattr(model, "inputs", None) or not getattr(model, "outputs", None):
        raise CannotExplain("the model's graph of layers can't be read: it was not built from layers alone")
    inputs, calls, outputs = _unfold(model, ())
    return Calls(inputs, _ordered(inputs, calls), outputs)


def run(graph: Calls, tensors: Sequence[Any], apply: Apply = plain) -> list[Any]:
    """The model's outputs for its inputs."""
    known: dict[Ref, Any] = dict(zip(graph.inputs, tensors, strict=True))
    for call in graph.calls:
        args = _filled(call.args, known)
        result = apply(call, args, _filled(call.kwargs, known))
        many = result if isinstance(result, (list, tuple)) else [result]
        known.update({Ref(call.path, call.node, i): tensor for i, tensor in enumerate(many)})
    return [known[ref] for ref in graph.outputs]


def _unfold(model: keras.Model, prefix: tuple[str, ...]) -> tuple[tuple[Ref, ...], list[Call], tuple[Ref, ...]]:
    # A sequential model's configuration has no nodes; the same tensors as a functional model do.
    functional = keras.Model(model.inputs, model.outputs)
    config = functional.get_config()
    operations = {operation.name: operation for operation in functional.operations}
    calls: list[Call] = []
    renamed: dict[Ref, Ref] = {}
    for layer in config["layers"]:
        operation = operations[layer["name"]]
        for node, inbound in enumerate(layer.get("inbound_nodes", ())):
            args = _references(inbound["args"], prefix)
            kwargs = _references(inbound["kwargs"], prefix)
            if "training" in kwargs:
                kwargs = {**kwargs, "training": False}
            path = (*prefix, layer["name"])
            if isinstance(operation, keras.Model):
                calls += _inline(operation, (*prefix, f"{layer['name']}/{node}"), Ref(path, node, 0), args, renamed)
            else:
                calls.append(Call(operation, args, kwargs, path, node))
    calls = [Call(c.operation, _renamed(c.args, renamed), _renamed(c.kwargs, renamed), c.path, c.node) for c in calls]
    inputs = tuple(_references(_marked(item), prefix) for item in _listed(config["input_layers"]))
    outputs = tuple(_references(_marked(item), prefix) for item in _listed(config["output_layers"]))
    return inputs, calls, tuple(_renamed(outputs, renamed))


def _inline(inner: keras.Model, prefix: tuple[str, ...], at: Ref, args: Any, renamed: dict[Ref, Ref]) -> list[Call]:
    """The calls of a model that is itself called as a layer, and what its tensors are called outside."""
    inputs, calls, outputs = _unfold(inner, prefix)
    given = keras.tree.flatten(args)
    if len(given) != len(inputs):
        raise CannotExplain(f"the inner model `{inner.name}` is called in a way that can't be followed")
    renamed.update(zip(inputs, given, strict=True))
    renamed.update({Ref(at.path, at.node, i): ref for i, ref in enumerate(outputs)})
    return calls


def _listed(layers: Any) -> list[Any]:
    """Keras writes one input or output as `[name, node, tensor]`, several as a list of these."""
    return [layers] if layers and isinstance(layers[0], str) else list(layers)


def _marked(history: Any) -> dict[str, Any]:
    return {"class_name": _TENSOR, "config": {"keras_history": history}}


def _references(value: Any, prefix: tuple[str, ...]) -> Any:
    """A serialized structure of arguments, with a Ref for each tensor."""
    if isinstance(value, Mapping):
        if value.get("class_name") == _TENSOR:
            name, node, tensor = value["config"]["keras_history"]
            return Ref((*prefix, name), int(node), int(tensor))
        if "class_name" in value and "config" in value:
            return keras.saving.deserialize_keras_object(dict(value))
        return {key: _references(item, prefix) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_references(item, prefix) for item in value]
    return value


def _mapped(value: Any, change: Callable[[Ref], Any]) -> Any:
    if isinstance(value, Ref):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _mapped(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mapped(item, change) for item in value]
    return value


def _filled(value: Any, known: Mapping[Ref, Any]) -> Any:
    return _mapped(value, known.__getitem__)


def _renamed(value: Any, renamed: Mapping[Ref, Ref]) -> Any:
    def follow(ref: Ref) -> Ref:
        while ref in renamed:
            ref = renamed[ref]
        return ref

    return _mapped(value, follow)


def _needs(call: Call) -> set[tuple[tuple[str, ...], int]]:
    needed: set[tuple[tuple[str, ...], int]] = set()
    _mapped([call.args, call.kwargs], lambda ref: needed.add((ref.path, ref.node)))
    return needed


def _ordered(inputs: Sequence[Ref], calls: Sequence[Call]) -> tuple[Call, ...]:
    """The calls so that each comes after what it needs (a layer that is called twice may need to wait)."""
    ready = {(ref.path, ref.node) for ref in inputs}
    ordered: list[Call] = []
    waiting = list(calls)
    while waiting:
        later: list[Call] = []
        for call in waiting:
            if _needs(call) <= ready:
                ordered.append(call)
                ready.add((call.path, call.node))
            else:
                later.append(call)
        if len(later) == len(waiting):
            raise CannotExplain("the model's graph of layers can't be followed from its inputs")
        waiting = later
    return tuple(ordered)
