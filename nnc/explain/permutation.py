"""Shapley values by antithetic permutations, in large batches over one compiled function.

A permutation's features are switched from a background row's values to the explained row's one by one, then off
again in the same order (which is the reversed permutation begun from the other end); what the output changes by when
a feature is switched is a sample of its Shapley value. Going both ways is exact for functions without interactions
of three features or more (Mitchell, Cooper, Frank and Holmes, "Sampling permutations for Shapley value estimation",
2022). Any model will do: nothing but its outputs is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import tensorflow as tf

from nnc.explain.twin import Twin

_BATCH = 32768
_MASK_BYTES = 2**24  # of the masks that the graph is given at once


@dataclass(frozen=True)
class PermutationValues:
    """Values (rows, features, outputs) and their standard error over the permutations, of the same shape."""

    values: np.ndarray
    standard_error: np.ndarray


def draw_orders(rng: np.random.Generator, rows: int, permutations: int, features: int) -> np.ndarray:
    """Random orders of the features, (rows, permutations, features), each row's its own."""
    return rng.permuted(np.broadcast_to(np.arange(features), (rows, permutations, features)), axis=2)


def active_features(rows: np.ndarray, background: np.ndarray) -> np.ndarray:
    """The features of which any value differs; the others' values are 0, so that they need no evaluation."""
    both = np.concatenate([rows, background])
    return np.flatnonzero((both != both[0]).any(axis=0))


def permutation_values(
    twin: Twin,
    rows: np.ndarray,
    background: np.ndarray,
    orders: np.ndarray,
    active: np.ndarray,
    groups: np.ndarray | None = None,
) -> PermutationValues:
    """SHAP values of `rows` (rows, features) against `background` by the given `orders` of the `active` features.

    `orders` (rows, permutations, len(active)) holds positions in `active`. With `groups`, which has the group of each
    feature, groups are switched as one: `active` and the values are then of groups.
    """
    n, permutations, width = orders.shape
    groups = np.arange(rows.shape[1]) if groups is None else groups
    features = int(groups.max()) + 1
    samples = np.zeros((n, permutations, features, twin.outputs))
    masked_mean = _Masked(twin, background)
    all_off = masked_mean(rows[:1], np.zeros((1, rows.shape[1]), dtype=bool))[0]
    all_on = np.zeros((1, features), dtype=bool)
    all_on[:, active] = True
    per_row = 2 * (width - 1) * permutations + 1
    at_once = max(1, _MASK_BYTES // (per_row * rows.shape[1]))
    for start in range(0, n if width else 0, at_once):
        some = orders[start : start + at_once]
        masks = np.concatenate([part for each in some for part in (all_on, _masks(each, active, features))])
        found = masked_mean(rows[start : start + at_once], masks[:, groups]).reshape(len(some), per_row, twin.outputs)
        between = found[:, 1:].reshape(len(some), permutations, 2, width - 1, twin.outputs)
        ends = [
            np.broadcast_to(end, (len(some), permutations, 1, twin.outputs)) for end in (found[:, :1, None], all_off)
        ]
        on, off = ends
        steps = np.diff(np.concatenate([off, between[:, :, 0], on, between[:, :, 1], off], axis=2), axis=2)
        both = (steps[:, :, :width] - steps[:, :, width:]) / 2
        np.put_along_axis(samples[start : start + at_once], active[some][..., None], both, axis=2)
    values = samples.mean(axis=1)
    error = samples.std(axis=1, ddof=1) / np.sqrt(permutations) if permutations > 1 else np.full_like(values, np.nan)
    return PermutationValues(values, error)


def _masks(orders: np.ndarray, active: np.ndarray, features: int) -> np.ndarray:
    """Which features are on between all off and all on, (permutations · 2 · (width - 1), features).

    Of each of the `orders` (permutations, width): on one by one, then off one by one.
    """
    permutations, width = orders.shape
    place = np.full((permutations, features), width)  # what is not active is never on: it is the same in both rows
    np.put_along_axis(place, active[orders], np.arange(width)[None], axis=1)
    place, step = place[:, None], np.arange(1, width)[:, None]
    between = np.stack([place < step, (place >= step) & (place < width)], axis=1)
    return between.reshape(-1, features)


class _Masked:
    """The mean output over the background for masked rows, many at once."""

    def __init__(self, twin: Twin, background: np.ndarray) -> None:
        self._size = tf.constant(max(1, twin.at_once(_BATCH) // len(background)))
        self._background = tf.constant(background, tf.float32)
        self._mean = _compiled(twin)

    def __call__(self, rows: np.ndarray, masks: np.ndarray) -> np.ndarray:
        """The means (masks, outputs); as many masks belong to each of the rows, one row's after another's."""
        values, switched = tf.constant(rows, tf.float32), tf.constant(masks)
        means: np.ndarray = self._mean(values, switched, self._background, self._size).numpy()
        return means.astype(np.float64)


@lru_cache(maxsize=1)  # the check's few rows and all rows need the same graph
def _compiled(twin: Twin) -> Any:
    """The mean output over any background for any rows of which the masks leave some features, as one graph.

    The graph goes through the masks itself, some at a time: hundreds of calls from Python would take a fifth longer.
    """

    def mean(rows: Any, masks: Any, reference: Any, size: Any) -> Any:
        total = tf.shape(masks)[0]
        each = total // tf.shape(rows)[0]

        def some(start: Any, means: Any) -> tuple[Any, Any]:
            end = tf.minimum(start + size, total)
            whose = tf.gather(rows, tf.range(start, end) // each)
            mixed = tf.where(masks[start:end, None, :], whose[:, None, :], reference[None, :, :])
            outputs = twin(tf.reshape(mixed, (-1, twin.features)))
            shape = (end - start, tf.shape(reference)[0], twin.outputs)
            return end, means.write(means.size(), tf.reduce_mean(tf.reshape(outputs, shape), axis=1))

        means = tf.TensorArray(tf.float32, 0, dynamic_size=True, infer_shape=False, element_shape=(None, twin.outputs))
        _, means = tf.while_loop(lambda start, _: start < total, some, (0, means), parallel_iterations=1)
        return means.concat()

    any_rows = tf.TensorSpec((None, twin.features), tf.float32)
    masks = tf.TensorSpec((None, twin.features), tf.bool)
    size = tf.TensorSpec((), tf.int32)
    return tf.function(mean, autograph=False).get_concrete_function(any_rows, masks, any_rows, size)
