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

_BATCH = 16384


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
    masked_mean = _Batched(twin, background)
    per_row = permutations * (2 * width + 1)
    at_once = max(1, masked_mean.size // per_row)
    for start in range(0, n if width else 0, at_once):
        some = slice(start, min(start + at_once, n))
        masks = np.concatenate([_masks(order, active, features) for each in orders[some] for order in each])
        outputs = masked_mean(np.repeat(rows[some], per_row, axis=0), masks[:, groups])
        steps = np.diff(outputs.reshape(-1, permutations, 2 * width + 1, twin.outputs), axis=2)
        both = (steps[:, :, :width] - steps[:, :, width:]) / 2
        np.put_along_axis(samples[some], active[orders[some]][..., None], both, axis=2)
    values = samples.mean(axis=1)
    error = samples.std(axis=1, ddof=1) / np.sqrt(permutations) if permutations > 1 else np.full_like(values, np.nan)
    return PermutationValues(values, error)


def _masks(order: np.ndarray, active: np.ndarray, features: int) -> np.ndarray:
    """Which features are on after each switch, (2 · len(order) + 1, features): all on one by one, then off."""
    width = len(order)
    place = np.full(features, width)  # what is not active is never on: it is the same in row and background
    place[active[order]] = np.arange(width)
    step = np.arange(width + 1)[:, None]
    rising = place[None, :] < step
    falling = (place[None, :] >= step[1:]) & (place[None, :] < width)
    return np.concatenate([rising, falling])


class _Batched:
    """The mean output over the background for masked rows, many at once."""

    def __init__(self, twin: Twin, background: np.ndarray) -> None:
        self.size = max(1, twin.at_once(_BATCH) // len(background))
        self._background = tf.constant(background, tf.float32)
        self._mean = _compiled(twin)

    def __call__(self, rows: np.ndarray, masks: np.ndarray) -> np.ndarray:
        found = []
        for start in range(0, len(masks), self.size):
            part = slice(start, start + self.size)
            values = tf.constant(rows[part], tf.float32)
            found.append(self._mean(values, tf.constant(masks[part]), self._background).numpy())
        return np.concatenate(found).astype(np.float64)


@lru_cache(maxsize=1)  # the check's few rows and all rows need the same graph
def _compiled(twin: Twin) -> Any:
    """The mean output over any background for any rows of which the masks leave some features, as one graph."""

    def mean(rows: Any, masks: Any, reference: Any) -> Any:
        mixed = tf.where(masks[:, None, :], rows[:, None, :], reference[None, :, :])
        outputs = twin(tf.reshape(mixed, (-1, twin.features)))
        shape = (tf.shape(rows)[0], tf.shape(reference)[0], twin.outputs)
        return tf.reduce_mean(tf.reshape(outputs, shape), axis=1)

    any_rows = tf.TensorSpec((None, twin.features), tf.float32)
    masks = tf.TensorSpec((None, twin.features), tf.bool)
    return tf.function(mean, autograph=False).get_concrete_function(any_rows, masks, any_rows)
