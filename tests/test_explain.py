"""Explanations against the closed form, full enumeration, shap's own explainers, and the model itself."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from nnc import evidence, plain_json
from tests.conftest import ROOT

pytestmark = pytest.mark.tf

# shap is an oracle here; numba would compile for longer than its code runs.
os.environ.setdefault("NUMBA_DISABLE_JIT", "1")


@dataclass(frozen=True)
class Case:
    """A model with weights drawn by NumPy and the standardised table that it stands on."""

    model: Any
    train: np.ndarray
    test: np.ndarray
    truth: np.ndarray
    names: list[str]
    classes: list[str]
    task: str

    def explain(self, **changes: Any) -> evidence.Explanation:
        from nnc.explain import Settings, explain

        arguments: dict[str, Any] = {
            "train": self.train, "test": self.test, "display": [[f"{v:.3g}" for v in row] for row in self.test],
            "features": self.names, "columns": self.names, "task": self.task, "classes": self.classes,
            "predictions": np.asarray(self.model(self.test)), "truth": self.truth,
            "file_rows": [10 * i for i in range(len(self.test))], "settings": Settings(20, 30, 5), "seed": 3,
        }  # fmt: skip
        return explain(changes.pop("model", self.model), **(arguments | changes))


def seeded(model: Any, seed: int = 0) -> Any:
    """The model with weights that do not depend on Keras's random numbers."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        scale = 1 / math.sqrt(max(1, layer.weights[0].shape[0])) if layer.weights else 1
        found = [rng.normal(0, scale, w.shape) for w in layer.get_weights()]
        layer.set_weights([np.abs(w) + 0.5 if "Normalization" in type(layer).__name__ else w for w in found])
    return model


def table(loader: Any) -> tuple[np.ndarray, np.ndarray, Any]:
    data = loader()
    scaled = ((data.data - data.data.mean(axis=0)) / (data.data.std(axis=0) + 1e-9)).astype("float32")
    return scaled, data.target, data


def case(loader: Any, task: str, model: Any) -> Case:
    rows, target, data = table(loader)
    train, test = np.arange(len(rows)) % 4 != 0, np.arange(len(rows)) % 4 == 0
    classes = [] if task == "regression" else [str(name) for name in data.target_names]
    return Case(model, rows[train], rows[test], target[test], list(data.feature_names), classes, task)


@pytest.fixture(scope="session")
def binary() -> Case:
    import keras
    from sklearn.datasets import load_breast_cancer

    layers = keras.layers
    inputs = keras.Input((30,))
    x = layers.Dense(12, activation="tanh")(inputs)
    x = layers.BatchNormalization()(layers.Dropout(0.3)(x))
    x = layers.Dense(6, activation="relu")(x)
    model = seeded(keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x)))
    return case(load_breast_cancer, "binary", model)


@pytest.fixture(scope="session")
def several() -> Case:
    import keras
    from sklearn.datasets import load_wine

    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((13,)), layers.Dense(8), layers.LeakyReLU(), layers.Dense(3), layers.Activation("softmax")]
    )
    return case(load_wine, "multiclass", seeded(model))


@pytest.fixture(scope="session")
def regression() -> Case:
    import keras
    from sklearn.datasets import load_diabetes

    inputs = keras.Input((10,))
    x = keras.layers.LayerNormalization()(keras.layers.Dense(6, activation="gelu")(inputs))
    return case(load_diabetes, "regression", seeded(keras.Model(inputs, keras.layers.Dense(1)(x))))


def values_of(model: evidence.ShapValues) -> np.ndarray:
    return np.asarray(model.values)


def sums(model: evidence.ShapValues) -> np.ndarray:
    return model.base + values_of(model).sum(axis=1)


# ---- what is explained ---------------------------------------------------------------------------


def explained_rows(case: Case, found: evidence.Explanation) -> np.ndarray:
    """The test rows that an explanation is of, looked up by their values."""
    places = [np.flatnonzero(np.isclose(case.test, row, atol=1e-6).all(axis=1))[0] for row in found.network[0].data]
    return np.asarray(places)


def test_binary_values_add_up_to_the_logit_of_the_predicted_probability(binary: Case) -> None:
    found = binary.explain()
    (network,) = found.network
    probability = binary.model.predict(binary.test, verbose=0)[explained_rows(binary, found), 0]
    assert (network.unit, network.link, network.class_index) == ("logit", "logit", 1)
    assert network.explainer == "deeplift_rescale"
    np.testing.assert_allclose(1 / (1 + np.exp(-sums(network))), probability, atol=1e-5)
    assert network.additivity_error < 0.001
    assert found.explained_rows == len(network.values) == 30
    assert found.background_rows == 20


def test_several_classes_are_explained_by_logits_whose_softmax_is_the_prediction(several: Case) -> None:
    found = several.explain()
    assert [v.class_index for v in found.network] == [0, 1, 2]
    assert {(v.unit, v.link) for v in found.network} == {("logit", "identity")}
    logits = np.stack([sums(v) for v in found.network], axis=1)
    np.testing.assert_allclose(logits.sum(axis=1), 0, atol=1e-4)
    share = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    predicted = several.model.predict(several.test, verbose=0)[explained_rows(several, found)]
    np.testing.assert_allclose(share, predicted, atol=1e-5)


def test_two_softmax_units_are_explained_as_one_log_odds(binary: Case) -> None:
    import keras

    inputs = keras.Input((30,))
    x = keras.layers.Dense(2)(keras.layers.Dense(5, activation="softplus")(inputs))
    model = seeded(keras.Model(inputs, keras.layers.Softmax()(x)), 4)
    predictions = model.predict(binary.test, verbose=0)
    found = binary.explain(model=model, predictions=predictions)
    (network,) = found.network
    assert network.link == "logit"
    chance = 1 / (1 + np.exp(-sums(network)))
    np.testing.assert_allclose(chance, predictions[explained_rows(binary, found), 1], atol=1e-5)


def test_regression_falls_to_permutation_where_a_layer_is_not_elementwise(regression: Case) -> None:
    found = regression.explain()
    (network,) = found.network
    assert (network.explainer, network.unit, network.link) == ("permutation", "target", "identity")
    output = regression.model.predict(regression.test, verbose=0)[explained_rows(regression, found), 0]
    np.testing.assert_allclose(sums(network), output, atol=1e-4)
    assert network.seed_spread is not None
    assert 0 < network.seed_spread < 0.2
    assert network.permutation_correlation is not None
    assert network.permutation_correlation > 0.95


# ---- the values ----------------------------------------------------------------------------------


@pytest.mark.parametrize("explainer", ["rescale", "permutation"])
def test_a_linear_model_has_the_closed_form(explainer: str) -> None:
    import keras

    from nnc.explain.permutation import active_features, draw_orders, permutation_values
    from nnc.explain.rescale import rescale_values
    from nnc.explain.twin import make_twin

    rng = np.random.default_rng(0)
    inputs = keras.Input((6,))
    model = seeded(keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(inputs)))
    rows, background = rng.normal(size=(9, 6)).astype("f4"), rng.normal(size=(31, 6)).astype("f4")
    twin = make_twin(model, "binary")
    if explainer == "rescale":
        values = rescale_values(twin, rows, background)
    else:
        orders = draw_orders(rng, 9, 1, 6)
        values = permutation_values(twin, rows, background, orders, active_features(rows, background)).values
    weights = model.layers[-1].get_weights()[0][:, 0]
    np.testing.assert_allclose(values[:, :, 0], weights * (rows - background.mean(axis=0)), atol=1e-5)


def test_the_rescale_rule_gives_the_numbers_of_shap_deep_explainer(binary: Case) -> None:
    import keras
    import shap

    from nnc.explain.rescale import rescale_values
    from nnc.explain.twin import make_twin

    last = binary.model.layers[-1]
    logit = keras.layers.Dense(1)
    plain = keras.Model(binary.model.inputs, logit(last.input))
    logit.set_weights(last.get_weights())
    rows, background = binary.test[:7], binary.train[:25]
    theirs = np.asarray(shap.DeepExplainer(plain, background).shap_values(rows, check_additivity=False))
    ours = rescale_values(make_twin(binary.model, "binary"), rows, background)
    np.testing.assert_allclose(ours, theirs.reshape(ours.shape), atol=1e-5)


def test_convolution_and_max_pooling_give_the_numbers_of_shap_deep_explainer() -> None:
    import keras
    import shap

    from nnc.explain.rescale import rescale_values, supports
    from nnc.explain.twin import make_twin

    layers = keras.layers
    inputs = keras.Input((36,))
    x = layers.Conv2D(3, 2, activation="relu")(layers.Reshape((6, 6, 1))(inputs))
    x = layers.GlobalAveragePooling2D()(layers.MaxPooling2D(2, strides=1)(x))
    model = seeded(keras.Model(inputs, layers.Dense(3)(x)))
    rng = np.random.default_rng(1)
    rows, background = rng.normal(size=(3, 36)).astype("f4"), rng.normal(size=(6, 36)).astype("f4")
    twin = make_twin(model, "regression")
    assert supports(twin)
    theirs = np.asarray(shap.DeepExplainer(model, background).shap_values(rows, check_additivity=False))
    np.testing.assert_allclose(rescale_values(twin, rows, background), theirs, atol=1e-5)


def test_permutation_gives_the_numbers_of_shap_for_the_same_orders(regression: Case) -> None:
    import shap

    from nnc.explain.permutation import permutation_values
    from nnc.explain.twin import make_twin

    rows, background = regression.test[:4], regression.train[:15]

    def outputs(some: np.ndarray) -> np.ndarray:
        return np.asarray(regression.model(some.astype("f4"), training=False))[:, 0]

    masker = shap.maskers.Independent(background, max_samples=15)
    before = np.random.get_state()  # noqa: NPY002  # what shap draws from
    theirs = shap.PermutationExplainer(outputs, masker, seed=5)(rows, max_evals=3 * 21, silent=True).values
    # shap shuffles one array again and again, afresh for each row, by NumPy's global state.
    np.random.seed(5)  # noqa: NPY002
    orders = np.empty((4, 3, 10), int)
    for row in range(4):
        indices = np.arange(10)
        for i in range(3):
            np.random.shuffle(indices)  # noqa: NPY002
            orders[row, i] = indices
    np.random.set_state(before)  # noqa: NPY002
    twin = make_twin(regression.model, "regression")
    ours = permutation_values(twin, rows, background, orders, np.arange(10)).values[:, :, 0]
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def shapley_by_enumeration(outputs: Any, row: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Shapley's formula over all subsets of the features."""
    n = len(row)
    worth = {
        subset: float(outputs(np.where(np.isin(np.arange(n), subset), row, background)).mean())
        for size in range(n + 1)
        for subset in itertools.combinations(range(n), size)
    }
    values = np.zeros(n)
    for subset, value in worth.items():
        for feature in set(range(n)) - set(subset):
            weight = math.factorial(len(subset)) * math.factorial(n - len(subset) - 1) / math.factorial(n)
            values[feature] += weight * (worth[tuple(sorted((*subset, feature)))] - value)
    return values


@pytest.mark.parametrize("features", [4, 7])
def test_permutation_against_full_enumeration(features: int) -> None:
    """All orders of 4 features give the very values; 300 of 7 come within their stated error."""
    import keras

    from nnc.explain.permutation import draw_orders, permutation_values
    from nnc.explain.twin import make_twin

    inputs = keras.Input((features,))
    x = keras.layers.LayerNormalization()(keras.layers.Dense(5, activation="silu")(inputs))
    model = seeded(keras.Model(inputs, keras.layers.Dense(1)(x)), 2)
    rng = np.random.default_rng(3)
    rows, background = rng.normal(size=(2, features)).astype("f4"), rng.normal(size=(8, features)).astype("f4")
    every = np.array(list(itertools.permutations(range(features)))) if features == 4 else None
    orders = np.stack([every] * 2) if every is not None else draw_orders(rng, 2, 300, features)
    found = permutation_values(make_twin(model, "regression"), rows, background, orders, np.arange(features))
    for i, row in enumerate(rows):
        exact = shapley_by_enumeration(lambda some: np.asarray(model(some.astype("f4"))), row, background)
        allowed = 1e-5 if every is not None else 5 * found.standard_error[i, :, 0] + 1e-5
        assert (np.abs(found.values[i, :, 0] - exact) <= allowed).all()


def test_the_forest_is_explained_by_tree_explainer_with_its_own_classes(several: Case) -> None:
    import shap
    from sklearn.datasets import load_wine
    from sklearn.ensemble import RandomForestClassifier

    rows, target, _ = table(load_wine)
    part = (np.arange(len(rows)) % 4 != 0) & (target != 1)  # the forest never sees class 1
    forest = RandomForestClassifier(20, max_depth=4, random_state=0).fit(rows[part], target[part])
    found = several.explain(forest=forest)
    assert [v.class_index for v in found.forest] == [0, 2]
    data = several.test[explained_rows(several, found)]
    explainer = shap.TreeExplainer(forest, feature_perturbation="tree_path_dependent")
    theirs = explainer.shap_values(data)
    for place, values in enumerate(found.forest):
        assert (values.unit, values.link) == ("probability", "identity")
        np.testing.assert_allclose(values_of(values), theirs[:, :, place], atol=1e-6)
        np.testing.assert_allclose(sums(values), forest.predict_proba(data)[:, place], atol=1e-5)


# ---- the ladder and its checks -------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["sum", "values"])
def test_an_explainer_that_fails_a_check_is_replaced_by_the_next(wrong: str, several: Case, monkeypatch) -> None:
    from nnc.explain import ladder

    first, *_, last = ladder.RUNGS
    tried: list[int] = []

    def broken(problem: ladder.Problem) -> ladder.Found:
        tried.append(len(problem.rows))
        found = first.run(problem).values
        # Too large by 5% fails additivity; shifted by one feature it still adds up and is nonsense.
        return ladder.Found(found * 1.05 if wrong == "sum" else np.roll(found, 1, axis=1))

    bad = replace(first, name="bad", run=broken)
    monkeypatch.setattr(ladder, "RUNGS", (bad, last))
    assert {v.explainer for v in several.explain().network} == {"permutation"}
    monkeypatch.setattr(ladder, "RUNGS", (bad, first, last))
    assert {v.explainer for v in several.explain().network} == {"deeplift_rescale"}
    # Ten of the thirty rows were enough to find it out.
    assert tried == [10, 10]


def test_an_explainer_that_goes_wrong_on_later_rows_is_replaced_too(several: Case, monkeypatch) -> None:
    from nnc.explain import ladder

    first, *_, last = ladder.RUNGS

    def broken(problem: ladder.Problem) -> ladder.Found:
        found = first.run(problem).values
        found[10:] *= 1.5
        return ladder.Found(found)

    monkeypatch.setattr(ladder, "RUNGS", (replace(first, name="bad", run=broken), last))
    assert {v.explainer for v in several.explain().network} == {"permutation"}


@pytest.mark.parametrize("rung", [0, -1])
def test_the_rows_that_are_stated_are_those_that_were_used(rung: int, several: Case, monkeypatch) -> None:
    """Where the time is short, fewer rows are explained against less background."""
    from nnc.explain import Settings, ladder
    from nnc.explain.twin import make_twin

    used: list[tuple[int, int]] = []

    def spy(problem: ladder.Problem) -> ladder.Found:
        used.append((len(problem.rows), len(problem.background)))
        return chosen.run(problem)

    chosen = ladder.RUNGS[rung]
    full = several.explain(settings=Settings(100, 200, 5))
    assert (full.explained_rows, full.background_rows) == (len(several.test), 100)
    twin = make_twin(several.model, "multiclass")
    problem = ladder.Problem(twin, several.test, several.train, 0)
    monkeypatch.setattr(ladder, "RUNGS", (replace(chosen, run=spy),))
    monkeypatch.setattr(ladder, "_MAX_WORK", twin.cost.work * chosen.evaluations(problem) * 700)
    found = several.explain(settings=Settings(100, 200, 5))
    assert used == [(found.explained_rows, found.background_rows)] == [(20, 35)]
    for values in found.network:
        assert len(values.values) == len(values.outputs) == 20
    assert len(found.network[0].data) == len(found.network[0].display) == 20
    logits = np.stack([sums(v) for v in found.network], axis=1)
    share = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    predicted = several.model.predict(several.test, verbose=0)[explained_rows(several, found)]
    np.testing.assert_allclose(share, predicted, atol=1e-5)
    assert {chosen.why for chosen in found.chosen} == {chosen.why for chosen in full.chosen}
    for row in found.chosen:
        np.testing.assert_allclose(found.network[0].data[row.index], several.test[row.row // 10], atol=1e-5)


def test_concerns_speak_of_the_checks_that_were_missed(several: Case) -> None:
    from nnc.explain import concerns

    found = several.explain()
    assert concerns(found) == ()
    poor = replace(found.network[1], additivity_error=0.004, permutation_correlation=0.93)
    warned = concerns(replace(found, network=(found.network[0], poor, found.network[2])))
    assert [(w.key, w.values.get("error", w.values.get("correlation"))) for w in warned] == [
        ("shap_additivity", 0.004),
        ("shap_correlation", 0.93),
    ]


def wide(width: int, hidden: int) -> Any:
    import keras

    inputs = keras.Input((width,))
    x = keras.layers.LayerNormalization()(keras.layers.Dense(hidden, activation="relu")(inputs))
    return seeded(keras.Model(inputs, keras.layers.Dense(1)(x)))


def test_what_an_explanation_costs_is_bounded() -> None:
    from nnc.explain.ladder import RUNGS, Problem, affordable
    from nnc.explain.twin import make_twin

    def size(width: int, hidden: int) -> tuple[int, int] | None:
        rng = np.random.default_rng(0)
        rows, background = rng.normal(size=(200, width)), rng.normal(size=(100, width))
        part = affordable(RUNGS[-1], Problem(make_twin(wide(width, hidden), "regression"), rows, background, 0))
        return (len(part.rows), len(part.background)) if part else None

    assert size(30, 16) == (200, 100)
    some = size(784, 64)
    assert some is not None
    assert some[0] * some[1] < 200 * 100
    assert min(some) >= 10
    assert size(4000, 2000) is None


def test_a_model_too_large_for_permutations(regression: Case, several: Case, monkeypatch) -> None:
    from nnc.explain import CannotExplain, ladder

    monkeypatch.setattr(ladder, "_MAX_WORK", 1)
    # Ten rows against ten take some 1e7 multiply-adds by permutations, by the rescale rule 1e6.
    monkeypatch.setattr(ladder, "_MOST_WORK", 3e6)
    with pytest.raises(CannotExplain, match="minutes"):
        regression.explain()
    for values in several.explain().network:
        assert values.explainer == "deeplift_rescale"
        assert values.permutation_correlation is None
        assert values.additivity_error < 0.001


def test_the_cost_of_a_row_is_what_tensorflow_counts() -> None:
    """TensorFlow's profiler counts two operations a multiply-add, and one for each bias and activation."""
    import keras
    import tensorflow as tf

    from nnc.explain.twin import make_twin

    layers = keras.layers
    inputs = keras.Input((64,))
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(layers.Reshape((8, 8, 1))(inputs))
    x = layers.Conv2D(32, 3, strides=2, activation="relu")(layers.MaxPooling2D(2)(x))
    x = layers.Conv2DTranspose(8, 2, strides=2)(x)
    model = keras.Model(inputs, layers.Dense(10)(layers.Flatten()(layers.DepthwiseConv2D(2)(x))))
    graph = tf.function(model).get_concrete_function(tf.TensorSpec((1, 64))).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder(tf.compat.v1.profiler.ProfileOptionBuilder.float_operation())
    counted = tf.compat.v1.profiler.profile(graph, options=options.with_empty_output().build()).total_float_ops
    cost = make_twin(model, "regression").cost
    assert 2 * cost.multiply_adds <= counted <= 2 * cost.multiply_adds + 2 * cost.numbers
    sequence = keras.Input((20, 4))
    recurrent = keras.Model(sequence, layers.Dense(1)(layers.LSTM(8)(sequence)))
    assert make_twin(recurrent, "regression").cost.multiply_adds == 20 * 4 * 8 * (4 + 8) + 8


def test_a_forest_is_left_out_where_too_few_of_its_rows_could_be_had(several: Case, monkeypatch) -> None:
    from sklearn.datasets import load_wine
    from sklearn.ensemble import RandomForestClassifier

    from nnc.explain import forest as room

    rows, target, _ = table(load_wine)
    forest = RandomForestClassifier(20, max_depth=4, random_state=0).fit(rows, target)
    work = sum(tree.get_n_leaves() * tree.get_depth() ** 2 for tree in forest.estimators_) * (1 + 3 / 4)
    assert room.affordable_rows(forest, 200) == 200
    monkeypatch.setattr(room, "_MAX_WORK", 70 * work)
    assert room.affordable_rows(forest, 200) == 70
    assert room.affordable_rows(forest, 30) == 30
    monkeypatch.setattr(room, "_MOST_WORK", 10 * work)
    found = several.explain(forest=forest)
    assert found.forest == ()
    assert found.explained_rows == 30


def test_of_many_classes_the_ten_that_are_predicted_most_are_explained() -> None:
    import keras

    rng = np.random.default_rng(0)
    inputs = keras.Input((5,))
    model = seeded(keras.Model(inputs, keras.layers.Dense(14, activation="softmax")(inputs)))
    rows = rng.normal(size=(80, 5)).astype("f4")
    many = Case(model, rows, rows, np.arange(80) % 14, list("abcde"), [f"c{i}" for i in range(14)], "multiclass")
    found = many.explain()
    shown = [v.class_index for v in found.network]
    counts = np.bincount(model.predict(rows, verbose=0).argmax(axis=1), minlength=14)
    assert len(shown) == 10
    assert min(counts[shown]) >= max(np.delete(counts, shown))


# ---- rows ----------------------------------------------------------------------------------------


def test_chosen_rows_for_classification() -> None:
    from nnc.explain.rows import Outcome, choose, chosen_rows

    probabilities = np.array([0.97, 0.02, 0.52, 0.9, 0.2, 0.49])
    outcome = Outcome("binary", ["no", "yes"], probabilities, np.array([1, 0, 1, 0, 1, 0]))
    picked = choose(outcome)
    assert picked == [("confident_right", 1), ("confident_wrong", 3), ("borderline", 5)]
    rows = chosen_rows(outcome, picked, np.array([1, 3, 5]), [7, 8, 9, 10, 11, 12])
    assert [(r.index, r.row, r.truth, r.predicted) for r in rows] == [
        (0, 8, "no", "no"),
        (1, 10, "no", "yes"),
        (2, 12, "no", "no"),
    ]
    assert rows[1].probability == pytest.approx(0.9)


def test_without_a_wrong_prediction_none_is_chosen() -> None:
    from nnc.explain.rows import Outcome, choose

    sure = Outcome("multiclass", list("abc"), np.eye(3)[[0, 1, 2]] * 0.8 + 0.05, np.array([0, 1, 2]))
    assert [why for why, _ in choose(sure)] == ["confident_right", "borderline"]
    assert len(choose(Outcome("binary", ["a", "b"], np.array([0.9]), np.array([1])))) == 1


def test_chosen_rows_for_regression(regression: Case) -> None:
    found = regression.explain()
    error = np.abs(regression.model.predict(regression.test, verbose=0)[:, 0] - regression.truth)
    rows = {chosen.why: chosen.row // 10 for chosen in found.chosen}
    assert rows["best"] == error.argmin()
    assert rows["worst"] == error.argmax()
    assert abs(error[rows["median"]] - np.median(error)) <= np.sort(np.abs(error - np.median(error)))[2]
    for chosen in found.chosen:
        np.testing.assert_allclose(found.network[0].data[chosen.index], regression.test[chosen.row // 10], atol=1e-5)


# ---- models --------------------------------------------------------------------------------------


def test_shared_and_nested_layers_and_several_inputs_are_followed() -> None:
    import keras

    from nnc.explain.twin import make_twin

    layers = keras.layers
    left, right = keras.Input((4,)), keras.Input((2, 2))
    shared = layers.Dense(4, activation="relu")
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4, activation="tanh")])
    both = [inner(shared(left)), shared(inner(shared(layers.Dense(4)(layers.Flatten()(right)))))]
    both.append(keras.ops.tanh(both[0]) * 2 + both[1])
    model = keras.Model([left, right], layers.Dense(2)(layers.Concatenate()(both)))
    rows = np.random.default_rng(0).normal(size=(5, 8)).astype("f4")
    twin = make_twin(model, "regression")
    expected = model.predict([rows[:, :4], rows[:, 4:].reshape(-1, 2, 2)], verbose=0)
    np.testing.assert_allclose(np.asarray(twin(rows)), expected, atol=1e-5)


def test_a_function_of_the_users_is_explained_by_permutation() -> None:
    import keras

    def step(x: Any) -> Any:
        return keras.ops.where(x > 0, 1.0, 0.0)

    inputs = keras.Input((4,))
    x = keras.layers.Dense(6, activation=step)(inputs)
    model = seeded(keras.Model(inputs, keras.layers.Dense(1)(x)))
    rows = np.random.default_rng(0).normal(size=(40, 4)).astype("f4")
    plain = Case(model, rows, rows, np.zeros(40), list("abcd"), [], "regression")
    (network,) = plain.explain().network
    assert network.explainer == "permutation"
    assert network.additivity_error < 1e-4


def test_the_model_is_left_as_it_was(binary: Case) -> None:
    before = [w.copy() for w in binary.model.get_weights()]
    nodes = [layer.output for layer in binary.model.layers]
    binary.explain()
    assert all(np.array_equal(a, b) for a, b in zip(before, binary.model.get_weights(), strict=True))
    # `output` is undefined for a layer that was called again.
    assert all(a is b for a, b in zip(nodes, [layer.output for layer in binary.model.layers], strict=True))
    import tensorflow as tf

    x = tf.Variable([0.5, -0.5])
    with tf.GradientTape() as tape:
        y = tf.nn.relu(x)
    np.testing.assert_array_equal(tape.gradient(y, x), [1, 0])


def test_what_cannot_be_explained_says_why(binary: Case) -> None:
    import keras

    from nnc.explain import CannotExplain

    layers = keras.layers
    steps = keras.Input((None,))
    summed = layers.Dense(1, activation="sigmoid")(layers.GlobalAveragePooling1D()(layers.Reshape((-1, 1))(steps)))
    with pytest.raises(CannotExplain, match="no fixed size"):
        binary.explain(model=keras.Model(steps, summed), predictions=np.zeros(len(binary.test)))
    inputs = keras.Input((30,))
    heads = [layers.Dense(1)(inputs), layers.Dense(1)(inputs)]
    with pytest.raises(CannotExplain, match="2 outputs"):
        binary.explain(model=keras.Model(inputs, heads), predictions=np.zeros(len(binary.test)))
    with pytest.raises(CannotExplain, match="not finite"):
        binary.explain(train=np.full_like(binary.train, np.nan))
    with pytest.raises(CannotExplain, match="29 features"):
        binary.explain(features=binary.names[1:])
    with pytest.raises(CannotExplain, match="no rows"):
        binary.explain(test=binary.test[:0])


# ---- the same again ------------------------------------------------------------------------------

_AGAIN = """
import sys
from tests.test_explain import again
texts = [again() for _ in range(6)]
sys.stdout.write(texts[-1])
"""


def again() -> str:
    """The evidence of a small model of its own, as JSON."""
    import keras

    inputs = keras.Input((6,))
    x = keras.layers.LayerNormalization()(keras.layers.Dense(5, activation="relu")(inputs))
    rows = np.random.default_rng(0).normal(size=(50, 6)).astype("f4")
    texts = []
    for body in (inputs, x):
        model = seeded(keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(body)))
        found = Case(model, rows, rows, np.arange(50) % 3, list("abcdef"), list("xyz"), "multiclass").explain()
        texts.append(plain_json.to_json(found))
    return "".join(texts)


def test_another_process_finds_the_same_bytes() -> None:
    done = subprocess.run([sys.executable, "-c", _AGAIN], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == again()
    # What TensorFlow says where the same function is compiled again and again.
    assert "retracing" not in done.stderr


def test_evidence_comes_back_from_json(several: Case) -> None:
    found = several.explain()
    assert plain_json.from_json(evidence.Explanation, plain_json.to_json(found)) == found
    assert found.network[0].data
    assert not found.network[1].data
