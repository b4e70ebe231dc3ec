"""The tutorial's table of what must work, items 1 to 4: the networks, and metrics written by hand.

The oracles are NumPy, for formulas of a batch, and Keras's and scikit-learn's own metrics.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import sklearn.metrics

from nnc.emit.network import describe
from nnc.emit.python.source import python_source
from nnc.graph import Spec
from tests.conftest import ROOT
from tests.emit.tools import as_module, checked

if TYPE_CHECKING:
    import keras

pytestmark = pytest.mark.tf

EPSILON = 1e-7


def example(name: str) -> Spec:
    return checked((ROOT / "examples" / f"{name}.nn").read_text(encoding="utf-8"), f"{name}.nn")


def built(spec: Spec) -> keras.Model:
    from nnc.emit.keras_model import build_model

    return build_model(spec, spec.model, seed=1)


def test_the_perceptron_has_four_parameters_and_is_linear() -> None:
    spec = example("perceptron")
    model = built(spec)
    assert model.count_params() == describe(spec.model).trainable == 4
    kernel, bias = model.get_weights()
    rows = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")
    np.testing.assert_allclose(model.predict(rows, verbose=0), rows @ kernel + bias, rtol=1e-5, atol=1e-6)


def test_the_binary_step_fires_above_zero_alone() -> None:
    spec = example("binary_step")
    model = built(spec)
    assert model.count_params() == 4
    model.set_weights([np.array([[1.0], [0.0], [0.0]]), np.array([0.0])])
    rows = np.array([[-1, 5, 5], [0, 5, 5], [1e-6, -5, -5], [3, -5, -5]], "float32")
    assert model.predict(rows, verbose=0)[:, 0].tolist() == [0, 0, 1, 1]


def test_the_deep_network_halves_and_has_91_parameters(tmp_path: Path) -> None:
    spec = example("deep_nn")
    model = built(spec)
    table = [(node.units, node.activation, node.trainable) for node in describe(spec.model).nodes if node.trainable]
    assert table == [(6, "relu", 66), (3, "relu", 21), (1, "sigmoid", 4)]
    assert model.count_params() == 91
    assert [layer.rate for layer in model.layers if hasattr(layer, "rate")] == [0.2, 0.2]
    emitted = as_module(python_source(spec, spec.model), tmp_path, "deep_nn").build_model()
    assert emitted.get_config() == model.get_config()
    emitted.set_weights(model.get_weights())
    rows = np.random.default_rng(0).normal(size=(50, 10)).astype("float32")
    assert np.array_equal(emitted.predict(rows, verbose=0), model.predict(rows, verbose=0))


# ---- metrics -------------------------------------------------------------------------------------

METRICS = """
fn recall_batch(y_true, y_pred) {
  hits = sum(round(clip(y_true * y_pred, 0, 1)))
  return hits / (sum(round(clip(y_true, 0, 1))) + epsilon)
}
fn precision_batch(y_true, y_pred) {
  hits = sum(round(clip(y_true * y_pred, 0, 1)))
  return hits / (sum(round(clip(y_pred, 0, 1))) + epsilon)
}
fn f1_batch(y_true, y_pred) {
  precision = precision_batch(y_true, y_pred)
  recall = recall_batch(y_true, y_pred)
  return 2 * precision * recall / (precision + recall + epsilon)
}
fn r2_batch(y_true, y_pred) {
  residual = sum(square(y_true - y_pred))
  total = sum(square(y_true - mean(y_true)))
  return 1 - residual / (total + epsilon)
}
model M {
  input x: [1]
  output y = x -> Dense(1, sigmoid)
}
train {
  loss = binary_crossentropy
  optimizer = SGD()
  metrics = [recall_batch, precision_batch, f1_batch, r2_batch, Recall(), Precision(), R2Score()]
}
"""


def of_a_batch(truth: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """The formulas, in NumPy: positives are what rounds to 1."""
    hits = np.sum(np.round(np.clip(truth * predicted, 0, 1)))
    recall = hits / (np.sum(np.round(np.clip(truth, 0, 1))) + EPSILON)
    precision = hits / (np.sum(np.round(np.clip(predicted, 0, 1))) + EPSILON)
    residual, total = np.sum((truth - predicted) ** 2), np.sum((truth - truth.mean()) ** 2)
    return {
        "recall_batch": recall,
        "precision_batch": precision,
        "f1_batch": 2 * precision * recall / (precision + recall + EPSILON),
        "r2_batch": 1 - residual / (total + EPSILON),
    }


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any, np.ndarray, np.ndarray]:
    """What Keras says of 70 rows in batches of 32: by the model in memory and by the emitted Python; truth, scores."""
    from nnc.emit.keras_model import compile_model

    spec = checked(METRICS)
    model = built(spec)
    compile_model(model, spec)
    module = as_module(python_source(spec, spec.model), tmp_path_factory.mktemp("emitted"))
    emitted = module.build_model()
    module.compile_model(emitted)
    random = np.random.default_rng(3)
    rows = random.normal(size=(70, 1)).astype("float32")
    truth = (rows[:, 0] + random.normal(size=70) > 0).astype("int64")
    for network in (model, emitted):
        network.set_weights([np.array([[1.5]]), np.array([0.2])])
    said = [net.evaluate(rows, truth, batch_size=32, verbose=0, return_dict=True) for net in (model, emitted)]
    return said[0], said[1], truth.astype("float64"), model.predict(rows, verbose=0)[:, 0].astype("float64")


def test_batch_metrics_are_the_mean_of_the_formula_over_batches(scored: Any) -> None:
    """Keras averages a function's value over batches (each batch counts once), which is not the metric of all rows."""
    said, emitted, truth, predicted = scored
    batches = [of_a_batch(truth[i : i + 32], predicted[i : i + 32]) for i in range(0, 70, 32)]
    whole = of_a_batch(truth, predicted)
    for name in batches[0]:
        assert said[name] == pytest.approx(np.mean([batch[name] for batch in batches]), rel=1e-4)
        assert said[name] != pytest.approx(whole[name], rel=1e-4)
    assert emitted == said


def test_exact_metrics_are_those_of_all_rows(scored: Any) -> None:
    said, _, truth, predicted = scored
    hard = predicted > 0.5
    assert said["recall"] == pytest.approx(sklearn.metrics.recall_score(truth, hard), rel=1e-5)
    assert said["precision"] == pytest.approx(sklearn.metrics.precision_score(truth, hard), rel=1e-5)
    assert said["r2_score"] == pytest.approx(sklearn.metrics.r2_score(truth, predicted), rel=1e-4)


def test_on_one_batch_the_formulas_meet_the_exact_metrics() -> None:
    """With scores of 0 and 1 and a single batch there is nothing to average: both kinds must agree."""
    from nnc.emit.keras_functions import build_functions

    fns = build_functions(checked(METRICS))
    random = np.random.default_rng(5)
    truth = random.integers(0, 2, (40, 1)).astype("float32")
    hard = random.integers(0, 2, (40, 1)).astype("float32")
    soft = random.normal(size=(40, 1)).astype("float32")
    for name, exact in (
        ("recall_batch", sklearn.metrics.recall_score(truth, hard)),
        ("precision_batch", sklearn.metrics.precision_score(truth, hard)),
        ("f1_batch", sklearn.metrics.f1_score(truth, hard)),
    ):
        assert float(fns[name](truth, hard)) == pytest.approx(exact, abs=1e-5)
    assert float(fns["r2_batch"](soft, hard)) == pytest.approx(sklearn.metrics.r2_score(soft, hard), abs=1e-5)
