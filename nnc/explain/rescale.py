"""DeepLIFT's rescale rule, compiled: SHAP values of a network of linear and elementwise layers in one pass.

Each elementwise step passes contributions on by its slope between a row and a background row, (f(x) − f(b)) / (x − b),
in place of its derivative; linear layers pass them on as they do gradients. The values of a row are
(x − b) · slopes, averaged over the background; they add up to f(x) − mean f(b) by construction. The rule is from
Shrikumar, Greenside and Kundaje, "Learning important features through propagating activation differences" (2017),
section 3.5.1; taking the mean over a background makes it the DeepSHAP of Lundberg and Lee (2017).

It is written as a custom gradient over pairs, rows in the first half of a batch and background rows in the second:
nothing is registered with TensorFlow, so there is nothing to restore when it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from nnc.explain.calls import Call
from nnc.explain.twin import ACTIVATED, Twin

# Below this difference the slope is lost in float32 rounding and the derivative stands for it.
_NEAR = 1e-6
_PAIRS = 8192

_ELEMENTWISE_NAMES = (
    "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish", "sigmoid", "log_sigmoid", "tanh",
    "softplus", "softsign", "squareplus", "exponential", "hard_sigmoid", "hard_silu", "hard_tanh", "tanh_shrink",
    "soft_shrink",
)  # fmt: skip
_ELEMENTWISE = {getattr(keras.activations, name) for name in _ELEMENTWISE_NAMES if hasattr(keras.activations, name)}

_Step = Callable[[Twin, Call, Sequence[Any], Mapping[str, Any]], Any]


def _linear(_twin: Twin, call: Call, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    return call.operation(*args, **kwargs)


def _elementwise(_twin: Twin, call: Call, args: Sequence[Any], _kwargs: Mapping[str, Any]) -> Any:
    return _rescaled(call.operation, args[0])


def _linear_then_activation(twin: Twin, call: Call, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    if call.operation.activation is keras.activations.linear:
        return call.operation(*args, **kwargs)
    return _rescaled(call.operation.activation, twin.without_activation(call, args, kwargs))


def _maximum(_twin: Twin, call: Call, args: Sequence[Any], _kwargs: Mapping[str, Any]) -> Any:
    return _pooled(call.operation, args[0])


def _layers(*names: str) -> list[type]:
    return [getattr(keras.layers, name) for name in names]


# One row a family. A layer is in here only under its very type: a subclass may compute something else.
_FAMILIES: tuple[tuple[_Step, list[type]], ...] = (
    (
        _linear,
        _layers(
            "Identity", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout",
            "AlphaDropout", "ActivityRegularization", "BatchNormalization", "Normalization", "Rescaling", "Flatten",
            "Reshape", "Permute", "RepeatVector", "Add", "Subtract", "Average", "Concatenate", "ZeroPadding1D",
            "ZeroPadding2D", "Cropping1D", "Cropping2D", "UpSampling1D", "UpSampling2D", "AveragePooling1D",
            "AveragePooling2D", "GlobalAveragePooling1D", "GlobalAveragePooling2D",
        ),
    ),
    (_linear_then_activation, [*ACTIVATED, keras.layers.Activation]),
    (_elementwise, _layers("ReLU", "LeakyReLU", "ELU", "PReLU")),
    (_maximum, _layers("MaxPooling1D", "MaxPooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D")),
)  # fmt: skip
_STEPS: Mapping[type, _Step] = {kind: step for step, kinds in _FAMILIES for kind in kinds}


def supports(twin: Twin) -> bool:
    """Whether every layer of the twin is linear, elementwise or a maximum over windows."""
    if not twin.smooth:
        return False
    calls = [call for call in twin.graph.calls if not (twin.stripped and call is twin.graph.last)]
    return all(_supported(call.operation) for call in calls)


def _supported(operation: Any) -> bool:
    activation = getattr(operation, "activation", None)
    return type(operation) in _STEPS and (
        activation is None or activation is keras.activations.linear or activation in _ELEMENTWISE
    )


def rescale_values(twin: Twin, rows: np.ndarray, background: np.ndarray) -> np.ndarray:
    """SHAP values (rows, features, outputs) for `rows` (rows, features) against `background` (rows, features)."""
    at_once = max(1, twin.at_once(_PAIRS) // len(background))
    explain = _compiled(twin)
    reference = tf.constant(background, tf.float32)
    parts = [tf.constant(rows[start : start + at_once], tf.float32) for start in range(0, len(rows), at_once)]
    return np.concatenate([explain(part, reference).numpy() for part in parts])


@lru_cache(maxsize=1)  # a trial on few rows comes before all rows, and tracing takes longer than the trial
def _compiled(twin: Twin) -> Any:
    """The values of any rows against any background rows as one graph, all outputs in it."""

    def apply(call: Call, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return _STEPS[type(call.operation)](twin, call, args, kwargs)

    def explain(some: Any, reference: Any) -> Any:
        rows, references = tf.shape(some)[0], tf.shape(reference)[0]
        first = tf.repeat(some, references, axis=0)
        second = tf.tile(reference, (rows, 1))
        pairs = tf.concat([first, second], axis=0)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(pairs)
            outputs = twin(pairs, apply)
            each = [outputs[:, i] for i in range(twin.outputs)]
        slopes = [tape.gradient(output, pairs, unconnected_gradients="zero") for output in each]
        values = tf.stack([slope[: rows * references] * (first - second) for slope in slopes], axis=-1)
        return tf.reduce_mean(tf.reshape(values, (rows, references, twin.features, twin.outputs)), axis=1)

    any_rows = tf.TensorSpec((None, twin.features), tf.float32)
    return tf.function(explain, autograph=False).get_concrete_function(any_rows, any_rows)


def _rescaled(function: Callable[[Any], Any], inputs: Any) -> Any:
    """An elementwise function whose gradient is the slope between the two halves of a batch."""

    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        derivative = tape.gradient(y, x, unconnected_gradients="zero")

        def backward(upstream: Any, variables: Sequence[Any] | None = None) -> Any:
            x_row, x_reference = tf.split(x, 2)
            y_row, y_reference = tf.split(y, 2)
            difference = x_row - x_reference
            near = tf.abs(difference) < _NEAR
            slope = (y_row - y_reference) / tf.where(near, tf.ones_like(difference), difference)
            doubled = tf.concat([slope, slope], axis=0)
            found = upstream * tf.where(tf.concat([near, near], axis=0), derivative, doubled)
            # Weights of the step itself (PReLU has some) get no gradient: nobody asks for it.
            return (found, [None] * len(variables)) if variables else found

        return y, backward

    return tf.custom_gradient(step)(inputs)


def _pooled(layer: Callable[[Any], Any], inputs: Any) -> Any:
    """A maximum over windows. What a window's maximum gains from the reference to the row goes half-way by the

    larger of the two maxima: from the reference's maximum up to it, at the row's place, and from it on at the
    reference's place, as DeepLIFT's authors' implementation and shap's do.
    """

    def step(x: Any) -> Any:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = layer(x)

        def backward(upstream: Any) -> Any:
            x_row, x_reference = tf.split(x, 2)
            y_row, y_reference = tf.split(y, 2)
            largest = tf.maximum(y_row, y_reference)
            gains = tf.concat([largest - y_reference, y_row - largest], axis=0)
            at_row, at_reference = tf.split(tape.gradient(y, x, upstream * gains), 2)
            difference = x_row - x_reference
            near = tf.abs(difference) < _NEAR
            slope = (at_row + at_reference) / tf.where(near, tf.ones_like(difference), difference)
            slope = tf.where(near, tf.zeros_like(slope), slope)
            return tf.concat([slope, slope], axis=0)

        return y, backward

    return tf.custom_gradient(step)(inputs)
