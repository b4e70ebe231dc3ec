"""The twin of a model that is explained: the same weights, and for classification no activation at the end.

SHAP values of a probability are distorted by the flat ends of the sigmoid, and what is added up for them is no
evidence. So the logit is explained:

- one sigmoid unit: its logit, link `logit` (the sigmoid of base + Σ values is the predicted probability);
- softmax over two classes: the difference of their logits, which is the log-odds of the second, link `logit`;
- softmax over more: each class's logit less the mean of all logits, link `identity`. A constant added to all logits
  of a row changes no probability, and without the mean it would be part of the explanation. 0 says that a class
  does as well as the classes on (geometric) average;
- sigmoid over several classes: each logit, link `logit`.

A classifier that ends otherwise is explained as it stands (unit `output`); so is regression (unit `target`: what
was trained on, after the target's transformation if it has one), its last activation included.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
import tensorflow as tf

from nnc.evidence import Task
from nnc.explain.calls import Apply, Call, Calls, plain, read, run
from nnc.explain.cost import Cost, row_cost
from nnc.explain.faults import CannotExplain

Head = Callable[[Any], Any]

# Layers that compute something linear and then their activation, apart from `Activation` itself. They are known
# under their very types: a subclass may compute something else.
ACTIVATED = frozenset(
    getattr(keras.layers, name)
    for name in (
        "Dense", "Conv1D", "Conv2D", "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D",
        "Conv1DTranspose", "Conv2DTranspose",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Which:
    """Which output of a model is meant, and which of its units where each predicts something else."""

    name: str | None = None
    unit: int | None = None


# How many numbers the layers may write for the rows that are run together: 256 MiB of float32.
_MAX_NUMBERS = 2**26


@dataclass(frozen=True, eq=False)
class Twin:
    """A function of a (rows, features) tensor that gives (rows, outputs), and what its outputs mean.

    The features are those of all inputs, side by side and flat. `linear` has, by the id of each layer that ends in
    an activation, the same layer without it. `outputs` counts the columns that come out; `cost` is that of a row.
    """

    graph: Calls
    shapes: tuple[tuple[int, ...], ...]
    dtypes: tuple[str, ...]
    linear: Mapping[int, keras.layers.Layer]
    stripped: bool
    head: Head
    outputs: int
    unit: str
    link: Literal["identity", "logit"]
    cost: Cost

    @property
    def smooth(self) -> bool:
        """Whether every input takes numbers that may move a little: a category's number may not."""
        return all(keras.backend.is_float_dtype(dtype) for dtype in self.dtypes)

    @property
    def features(self) -> int:
        """How many features a row has."""
        return sum(math.prod(shape) for shape in self.shapes)

    def at_once(self, most: int) -> int:
        """How many rows, no more than `most`, can be run together: a wide model's layers must fit in the memory."""
        return max(1, min(most, _MAX_NUMBERS // self.cost.numbers))

    def __call__(self, rows: Any, apply: Apply = plain) -> Any:
        """The explained outputs, in the type of the rows; every call but a stripped last one goes through `apply`."""
        sizes = [math.prod(shape) for shape in self.shapes]
        parts = tf.split(rows, sizes, axis=1)
        tensors = [
            tf.reshape(tf.cast(part, dtype), (-1, *shape))
            for part, shape, dtype in zip(parts, self.shapes, self.dtypes, strict=True)
        ]
        last = self.graph.last if self.stripped else None

        def one(call: Call, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
            return self.without_activation(call, args, kwargs) if call is last else apply(call, args, kwargs)

        (output,) = run(self.graph, tensors, one)
        return self.head(tf.cast(output, tf.float32))

    def without_activation(self, call: Call, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """A layer's output before its activation. A layer that is nothing but an activation gives its input."""
        layer = self.linear.get(id(call.operation))
        return args[0] if layer is None else layer(*args, **kwargs)


def make_twin(model: keras.Model, task: Task, output: Which | None = None) -> Twin:
    """The twin of a model with inputs of numbers and an output of shape (rows, outputs).

    `output` says which one where the model has several, or predicts several things by the units of one. Raises
    CannotExplain for other models.
    """
    output = output or Which()
    model = _alone(model, output.name)
    graph = read(model)
    shapes = tuple(_static(tensor) for tensor in model.inputs)
    shape = _static(model.outputs[0])
    if len(shape) != 1:
        raise CannotExplain(f"the model's output has the shape {list(shape)} a row; a list of numbers is explained")
    ending = _ending(graph.last) if task != "regression" else "other"
    # Of several units each is a thing of its own, so that the last activation is taken off as for a single one.
    head, outputs, unit, link = _HEADS[ending](1 if output.unit is not None else shape[0], task)
    if output.unit is not None:
        head = _of_unit(head, output.unit)
    stripped = ending in ("sigmoid", "softmax")
    dtypes = tuple(str(keras.backend.standardize_dtype(tensor.dtype)) for tensor in model.inputs)
    cost = row_cost(graph, shapes, dtypes)
    layers = {id(call.operation): call.operation for call in graph.calls if type(call.operation) in ACTIVATED}
    linear = {key: _without_activation(layer) for key, layer in layers.items()}
    return Twin(graph, shapes, dtypes, linear, stripped, head, outputs, unit, link, cost)


def _alone(model: keras.Model, name: str | None) -> keras.Model:
    """The model with one of its outputs. Layers are shared, and nothing is added to them."""
    if len(model.outputs) == 1:
        return model
    if not isinstance(model.output, Mapping) or name not in model.output:
        raise CannotExplain(f"the model has {len(model.outputs)} outputs, and none of them is called {name!r}")
    return keras.Model(model.inputs, model.output[name])


def _of_unit(head: Head, unit: int) -> Head:
    return lambda raw: head(raw[:, unit : unit + 1])


def _without_activation(layer: keras.layers.Layer) -> keras.layers.Layer:
    """A layer of the same kind and weights with a linear activation."""
    twin = type(layer).from_config({**layer.get_config(), "activation": "linear"})
    twin.build_from_config(layer.get_build_config())
    twin.set_weights(layer.get_weights())
    return twin


def _static(tensor: Any) -> tuple[int, ...]:
    shape = tuple(tensor.shape)[1:]
    if any(size is None for size in shape):
        raise CannotExplain("an input or output of the model has no fixed size")
    return tuple(int(size) for size in shape)


def _ending(call: Call | None) -> str:
    """`sigmoid` or `softmax` where the model ends in it, alone or within a Dense layer, else `other`."""
    layer: Any = call.operation if call else None
    if type(layer) is keras.layers.Softmax:
        return "softmax" if layer.axis == -1 else "other"
    activations = {keras.activations.sigmoid: "sigmoid", keras.activations.softmax: "softmax"}
    if type(layer) in (keras.layers.Dense, keras.layers.Activation):
        return activations.get(layer.activation, "other")
    return "other"


def _same(output: Any) -> Any:
    return output


def _difference(output: Any) -> Any:
    return output[:, 1:] - output[:, :1]


def _centred(output: Any) -> Any:
    return output - tf.reduce_mean(output, axis=1, keepdims=True)


_Row = tuple[Head, int, str, Literal["identity", "logit"]]


def _sigmoid(width: int, _task: Task) -> _Row:
    return _same, width, "logit", "logit"


def _softmax(width: int, _task: Task) -> _Row:
    if width == 2:
        return _difference, 1, "logit", "logit"
    return _centred, width, "logit", "identity"


def _other(width: int, task: Task) -> _Row:
    return _same, width, "target" if task == "regression" else "output", "identity"


_HEADS: Mapping[str, Callable[[int, Task], _Row]] = {"sigmoid": _sigmoid, "softmax": _softmax, "other": _other}
