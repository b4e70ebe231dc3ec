"""Integrated gradients averaged over a background, compiled: SHAP values of wide smooth models, such as pictures have.

The gradient is integrated along the straight line from each background row to the explained row, by Gauss and
Legendre's rule with 16 nodes, and multiplied by the difference of the two. The values add up to f(x) − mean f(b), up
to what the rule misses. From Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks" (2017), section 3;
the mean over a background makes them the Aumann-Shapley values of Sundararajan and Najmi, "The many Shapley values for
model explanation" (2020).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import tensorflow as tf

from nnc.explain.twin import Twin

NODES = 16
_ROWS = 8192


def gradient_values(twin: Twin, rows: np.ndarray, background: np.ndarray) -> np.ndarray:
    """SHAP values (rows, features, outputs) for `rows` (rows, features) against `background` (rows, features)."""
    size = twin.at_once(_ROWS)
    references = max(1, min(len(background), size // NODES))
    explain = _compiled(twin)
    found = np.zeros((len(rows), twin.features, twin.outputs))
    at_once = max(1, size // (NODES * references))
    for start in range(0, len(rows), at_once):
        part = tf.constant(rows[start : start + at_once], tf.float32)
        for first in range(0, len(background), references):
            some = background[first : first + references]
            values = explain(part, tf.constant(some, tf.float32)).numpy()
            found[start : start + at_once] += values * (len(some) / len(background))
    return found


@lru_cache(maxsize=1)  # a trial on few rows comes before all rows, and tracing takes longer than the trial
def _compiled(twin: Twin) -> Any:
    """The values of any rows against any background rows as one graph, all outputs in it."""
    places, shares = np.polynomial.legendre.leggauss(NODES)
    nodes = tf.constant((places + 1) / 2, tf.float32)[None, None, :, None]
    weights = tf.constant(shares / 2, tf.float32)[None, None, :, None]

    def explain(some: Any, reference: Any) -> Any:
        difference = some[:, None, :] - reference[None, :, :]
        points = reference[None, :, None, :] + nodes * difference[:, :, None, :]
        flat = tf.reshape(points, (-1, twin.features))
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(flat)
            outputs = twin(flat)
            each = [outputs[:, i] for i in range(twin.outputs)]
        values = []
        for output in each:
            slopes = tf.reshape(tape.gradient(output, flat, unconnected_gradients="zero"), tf.shape(points))
            values.append(tf.reduce_mean(tf.reduce_sum(slopes * weights, axis=2) * difference, axis=1))
        return tf.stack(values, axis=-1)

    any_rows = tf.TensorSpec((None, twin.features), tf.float32)
    return tf.function(explain, autograph=False).get_concrete_function(any_rows, any_rows)
