"""SHAP values by our explainers and by shap's: `python -m benchmarks.explaining`, both in one process, by turns.

The same network (30 features, 16 and 8 units, one logit), the same 200 rows against the same 100 background rows, the
same number of permutations. The first turn is told apart: in it each side compiles what it needs.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

ROWS, FEATURES, BACKGROUND, PERMUTATIONS = 200, 30, 100, 8
TURNS = 4
AT_LEAST = 8.0


def _network() -> Any:
    import keras

    keras.utils.set_random_seed(1)
    x = h = keras.Input((FEATURES,))
    for units in (16, 8):
        h = keras.layers.Dense(units, "relu")(h)
    return keras.Model(x, keras.layers.Dense(1)(h))


def _explainers(rows: Any, background: Any) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """By name what gives the values: ours and shap's, (rows, features)."""
    import shap
    import tensorflow as tf

    from nnc.explain.permutation import active_features, draw_orders, permutation_values
    from nnc.explain.rescale import rescale_values
    from nnc.explain.twin import make_twin

    network = _network()
    twin = make_twin(network, "regression")
    active = active_features(rows, background)

    def permuted() -> Any:
        orders = draw_orders(np.random.default_rng(0), len(rows), PERMUTATIONS, len(active))
        return permutation_values(twin, rows, background, orders, active).values[..., 0]

    def shap_permuted() -> Any:
        def outputs(x: Any) -> Any:
            return network(tf.constant(x, tf.float32)).numpy()[:, 0]

        masker = shap.maskers.Independent(background, max_samples=BACKGROUND)
        explainer = shap.PermutationExplainer(outputs, masker, seed=0)
        return explainer(rows, max_evals=PERMUTATIONS * (2 * FEATURES + 1), silent=True).values

    def shap_deep() -> Any:
        return np.asarray(shap.DeepExplainer(network, background).shap_values(rows))[..., 0]

    return {
        "permutations / shap.PermutationExplainer": (permuted, shap_permuted),
        "rescale rule / shap.DeepExplainer": (lambda: rescale_values(twin, rows, background)[..., 0], shap_deep),
    }


def _timed(explain: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    values = explain()
    return time.perf_counter() - began, values


def main() -> int:
    """Print the table; exit 1 where a ratio is worse than it must be."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    rng = np.random.default_rng(0)
    rows, background = (rng.normal(size=(n, FEATURES)).astype(np.float32) for n in (ROWS, BACKGROUND))
    print(f"{'what':<42} {'ours':>8} {'theirs':>8} {'times':>7}  first turn")
    worse = False
    for what, (ours, theirs) in _explainers(rows, background).items():
        turns = [(_timed(ours), _timed(theirs)) for _ in range(TURNS)]
        (first, mine), (their_first, other) = turns[0]
        apart = float(np.abs(mine - other).max() / np.abs(other).max())
        a, b = (statistics.median(turn[side][0] for turn in turns[1:]) for side in (0, 1))
        worse = worse or b / a < AT_LEAST
        cold = f"{first:.2f} s, {their_first:.2f} s: {their_first / first:.1f}"
        print(f"{what:<42} {a:>7.3f}s {b:>7.3f}s {b / a:>7.1f}  {cold}; values at most {apart:.1e} apart")
    return int(worse)


if __name__ == "__main__":
    sys.exit(main())
