"""The model in memory, the emitted Python and the saved files are one model; Keras is the oracle."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from nnc import codes
from nnc.catalog.shape import Size
from nnc.diagnostics import UserFault
from nnc.emit.names import named_metrics, snake_case
from nnc.emit.network import describe
from nnc.emit.python.source import python_source
from nnc.graph import Fn, FnRef, Object, Spec, TrainConfig
from tests.conftest import ROOT
from tests.emit.graphs import EPSILON, STEP, Graph, call
from tests.emit.rows import KINDS, complaints, usable
from tests.emit.specs import SPECS
from tests.emit.strategies import graphs
from tests.emit.tools import as_module, checked, ruff_complaints

if TYPE_CHECKING:
    import keras

pytestmark = pytest.mark.tf

# The networks with a twin are held against it, at sizes that fit a test, in test_examples.py.
TWINS = {path.stem for path in (ROOT / "tests" / "twins").glob("*.py")}
EXAMPLES = sorted({path.stem for path in (ROOT / "examples").glob("*.nn")} - TWINS)
WIDTHS = {"digits": 64}


def spec_of(name: str) -> Spec:
    """A spec of the corpus or an example, its width from the table given."""
    if name in SPECS:
        return checked(SPECS[name])
    text = (ROOT / "examples" / f"{name}.nn").read_text(encoding="utf-8")
    sizes = [dim for one in checked(text, f"{name}.nn").model.inputs for dim in one.tensor.type.shape]
    widths = {dim.name: WIDTHS.get(name, 7) for dim in sizes if isinstance(dim, Size)}
    return checked(text, f"{name}.nn", widths)


@pytest.fixture
def fresh() -> Iterator[None]:
    """Keras numbers functions of keras.ops through the life of a process; a spec meets it at the start of one."""
    import keras

    keras.utils.clear_session(free_memory=False)
    yield
    keras.utils.clear_session(free_memory=False)


def both(spec: Spec, folder: Path, seed: int = 99) -> tuple[keras.Model, keras.Model, Any]:
    """The model in memory, the one that the emitted module builds, and the module."""
    import keras

    from nnc.emit.keras_model import build_model

    keras.utils.clear_session(free_memory=False)
    built = build_model(spec, spec.model, seed=seed)
    keras.utils.clear_session(free_memory=False)
    module = as_module(python_source(spec, spec.model), folder, Path(spec.file).stem)
    return built, module.build_model(), module


def rows_for(model: keras.Model, count: int = 5) -> Any:
    """Seeded input rows; unknown sizes are 3."""
    draw = np.random.default_rng(0)
    rows = []
    for tensor in model.inputs:
        shape = (count, *(size or 3 for size in tensor.shape[1:]))
        rows.append(draw.integers(0, 9, shape) if "int" in tensor.dtype else draw.normal(size=shape).astype("f"))
    return rows if len(rows) > 1 else rows[0]


def same(left: Any, right: Any) -> bool:
    """Whether two models' outputs are equal to the bit."""
    if isinstance(left, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(np.array_equal(left, right))


# ---- memory and Python ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*SPECS, *EXAMPLES])
def test_emitted_python_builds_the_model_in_memory(name: str, tmp_path: Path, fresh: None) -> None:
    spec = spec_of(name)
    assert ruff_complaints(python_source(spec, spec.model)) == ""
    built, emitted, _ = both(spec, tmp_path)
    assert emitted.get_config() == built.get_config()
    assert not same([w.sum() for w in emitted.get_weights()], [w.sum() for w in built.get_weights()])
    emitted.set_weights(built.get_weights())
    rows = rows_for(built)
    assert same(emitted.predict(rows, verbose=0), built.predict(rows, verbose=0))


@pytest.mark.parametrize("name", [*SPECS, *EXAMPLES])
def test_the_description_counts_what_keras_counts(name: str, fresh: None) -> None:
    from nnc.emit.keras_model import build_model

    spec = spec_of(name)
    network = describe(spec.model)
    built = build_model(spec, spec.model)
    assert network.trainable == sum(math.prod(weight.shape) for weight in built.trainable_weights)
    assert network.non_trainable == sum(math.prod(weight.shape) for weight in built.non_trainable_weights)
    layers = {layer.name: layer for layer in built.layers}
    for node in network.nodes:
        if node.layer in layers and not node.shared:
            assert (node.trainable, node.kind) == (
                sum(math.prod(weight.shape) for weight in layers[node.layer].trainable_weights),
                "Input" if node.role == "input" else type(layers[node.layer]).__name__,
            )


def test_every_layer_of_the_catalog(tmp_path: Path, fresh: None) -> None:
    """Each by the example of its reference page: Keras accepts it, and it is the same both ways."""
    rows = usable("layers")
    assert len(rows) > 120
    assert list(complaints(rows, tmp_path)) == []


def test_rows_of_the_other_kinds(tmp_path: Path, fresh: None) -> None:
    """A seeded sample; `make rows` goes through all."""
    rows = [row for kind in KINDS if kind != "layers" for row in usable(kind)]
    assert len(rows) > 350
    sample = random.Random(5).sample(rows, 60)  # noqa: S311 - nothing secret
    assert list(complaints(sample, tmp_path)) == []


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs())
def test_random_models_are_the_same_both_ways(tmp_path: Path, graph: Graph) -> None:
    spec = graph.spec()
    built, emitted, _ = both(spec, tmp_path)
    assert emitted.get_config() == built.get_config()
    emitted.set_weights(built.get_weights())
    rows = rows_for(built)
    left, right = emitted(rows), built(rows)
    left, right = (left, right) if isinstance(left, dict) else ({"y": left}, {"y": right})
    for key, value in left.items():
        np.testing.assert_array_equal(np.asarray(value), np.asarray(right[key]))


def test_the_same_seed_gives_the_same_weights(fresh: None) -> None:
    from nnc.emit.keras_model import build_model

    spec = spec_of("towers")
    first, second, other = (build_model(spec, spec.model, seed=seed).get_weights() for seed in (7, 7, 8))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_a_width_that_is_not_known_is_refused(fresh: None) -> None:
    from nnc.emit.keras_model import build_model

    spec = checked((ROOT / "examples" / "wine.nn").read_text(encoding="utf-8"))
    with pytest.raises(ValueError, match="width of input 'x'"):
        build_model(spec, spec.model)


# ---- training ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["towers", "functions", "breast_cancer", "diabetes"])
def test_training_is_the_same_both_ways(name: str, tmp_path: Path, fresh: None) -> None:
    import keras

    from nnc.emit.keras_model import build_callbacks, build_model, compile_model

    spec = spec_of(name)
    assert spec.train is not None
    built, _, module = both(spec, tmp_path)
    rows = rows_for(built, 24)
    if len(built.inputs) > 1:
        rows = dict(zip([tensor.name for tensor in built.inputs], rows, strict=True))
    truth = np.random.default_rng(1).integers(0, 2, 24)
    targets = dict.fromkeys(built.output, truth) if isinstance(built.output, dict) else truth
    emitted = module.build_model()
    module.compile_model(emitted)
    emitted.fit = lambda *args, **words: keras.Model.fit(emitted, *args, **{**words, "epochs": 2}, verbose=0)
    second = module.train(emitted, rows, targets).history
    built = build_model(spec, spec.model, seed=spec.train.seed)
    compile_model(built, spec)
    first = built.fit(
        rows, targets, batch_size=spec.train.batch_size, epochs=2, verbose=0, callbacks=build_callbacks(spec),
        shuffle=spec.train.shuffle, validation_split=spec.train.validation_split,
    ).history  # fmt: skip
    assert first == second
    for metrics in spec.train.metrics.values():
        fns = {fn: fn for fn in spec.fns}
        for metric, _ in named_metrics(metrics, fns):
            assert any(key.endswith(metric) for key in first), (metric, list(first))


def test_metric_names_are_those_of_keras() -> None:
    import keras

    for name in (
        "AUC",
        "MeanIoU",
        "R2Score",
        "F1Score",
        "BinaryAccuracy",
        "KLDivergence",
        "SparseTopKCategoricalAccuracy",
    ):
        assert snake_case(name) == keras.src.utils.naming.to_snake_case(name)
    metrics = (FnRef("recall"), Object("metrics", "Recall"), Object("metrics", "AUC"), Object("metrics", "AUC"), "mae")
    names = [name for name, _ in named_metrics(metrics, {"recall": "recall"})]
    assert names == ["recall", "recall_exact", "auc", "auc_2", "mae"]


# ---- files ---------------------------------------------------------------------------------------

STRANGER = """
import json, sys
import keras, numpy as np
folder = sys.argv[1]
said = {}
for name in json.loads(sys.argv[2]):
    model = keras.models.load_model(f"{folder}/{name}.keras", safe_mode=True)
    rows = np.load(f"{folder}/{name}.npz")
    outputs = model.predict([rows[key] for key in sorted(rows)], verbose=0)
    outputs = outputs if isinstance(outputs, dict) else {"y": outputs}
    np.savez(f"{folder}/{name}-outputs.npz", **outputs)
    from_json = keras.models.model_from_json(open(f"{folder}/{name}.json", encoding="utf-8").read())
    said[name] = [[layer.name for layer in model.layers], from_json.count_params()]
said["nnc"] = [module for module in sys.modules if module.partition(".")[0] == "nnc"]
print(json.dumps(said))
"""


def test_files_load_where_nnc_is_unknown(tmp_path: Path, fresh: None) -> None:
    """Saved with the weights of a model in memory, loaded in safe mode by a process without nnc on its path."""
    from nnc.emit.keras_model import build_model, model_json, save_model

    names = ["functions", "towers", "attention", "residual", "binary_step", "deep_nn"]
    expected, layers = {}, {}
    for name in names:
        spec = spec_of(name)
        model = build_model(spec, spec.model, seed=5)
        save_model(spec, spec.model, tmp_path / f"{name}.keras", model)
        (tmp_path / f"{name}.json").write_text(model_json(spec, spec.model), encoding="utf-8")
        rows = rows_for(model)
        listed = rows if isinstance(rows, list) else [rows]
        np.savez(tmp_path / f"{name}.npz", **{f"{i:02}": row for i, row in enumerate(listed)})
        outputs = model.predict(rows, verbose=0)
        expected[name] = outputs if isinstance(outputs, dict) else {"y": outputs}
        layers[name] = {layer: model.count_params() for layer in spec.model.layers}
    done = subprocess.run(
        [sys.executable, "-c", STRANGER, str(tmp_path), json.dumps(names)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.strip().splitlines()[-1])
    assert said.pop("nnc") == []
    for name in names:
        found = np.load(tmp_path / f"{name}-outputs.npz")
        assert set(found) == set(expected[name])
        for key in found:
            np.testing.assert_allclose(found[key], expected[name][key], rtol=1e-6, atol=1e-6)
        assert set(layers[name]) <= set(said[name][0]), "every layer keeps its name"
        assert set(layers[name].values()) == {said[name][1]}


def test_an_fn_inside_a_recurrent_layer_is_a_finding(fresh: None) -> None:
    from nnc.emit.keras_model import build_model

    graph = Graph()
    x = graph.input("x", 3, 2)
    graph.output("y", graph.layer("SimpleRNN", {"units": 2, "activation": FnRef("step")}, x, layer="y"))
    spec = graph.spec(STEP)
    build_model(spec, spec.model)  # in memory it works
    with pytest.raises(UserFault) as caught:
        build_model(spec, spec.model, portable=True)
    assert [item.code for item in caught.value.findings] == [codes.FN_INSIDE]
    assert "step" in caught.value.findings[0].message


# ---- fns -----------------------------------------------------------------------------------------


def test_targets_are_brought_to_the_predictions(tmp_path: Path, fresh: None) -> None:
    """[n] whole numbers against [n, 1] floats: without care they would be broadcast to [n, n], or refused."""
    from nnc.emit.keras_functions import build_functions

    gap = Fn("gap", ("y_true", "y_pred"), (), call("mean", call("square", call("subtract", "y_true", "y_pred"))))
    graph = Graph()
    graph.output("y", graph.layer("Dense", {"units": 1}, graph.input("x", 2), layer="y"))
    spec = graph.spec(gap, train=TrainConfig({"y": FnRef("gap")}, Object("optimizers", "Adam"), {}))
    emitted = as_module(python_source(spec, spec.model), tmp_path).gap
    truth, predicted = np.array([0, 1, 1, 0]), np.array([[0.1], [0.7], [0.4], [0.2]], "float32")
    expected = np.mean((truth - predicted[:, 0]) ** 2)
    for function in (build_functions(spec)["gap"], emitted):
        assert float(function(truth, predicted)) == pytest.approx(expected, rel=1e-6)
        sparse, probabilities = np.array([2, 0]), np.full((2, 3), 1 / 3, "float32")
        with pytest.raises(Exception, match=r"shape|broadcast|Incompatible|incompatible"):
            function(sparse, probabilities)  # class numbers stay what they are


def test_types_are_mixed_as_keras_ops_mix_them(tmp_path: Path, fresh: None) -> None:
    """Truth values and whole numbers among floats: TensorFlow's own operators would refuse."""
    from nnc.emit.keras_functions import build_functions

    body = (
        ("right", call("equal", call("round", "y_true"), call("round", "y_pred"))),
        ("ones", call("where", "right", 1, 0)),
        ("places", call("argmax", "y_pred", axis=0)),
    )
    result = call("divide", call("add", call("multiply", "ones", "y_pred"), "places"), call("add", "right", EPSILON))
    mixed = Fn("mixed", ("y_true", "y_pred"), body, call("sum", result))
    graph = Graph()
    graph.output("y", graph.layer("Dense", {"units": 1}, graph.input("x", 2), layer="y"))
    spec = graph.spec(mixed, train=TrainConfig({"y": FnRef("mixed")}, Object("optimizers", "Adam"), {}))
    emitted = as_module(python_source(spec, spec.model), tmp_path).mixed
    truth, predicted = np.array([[1], [0]]), np.array([[0.9], [0.2]], "float32")
    expected = np.sum((predicted + np.argmax(predicted, axis=0)) / (1 + 1e-7))
    for function in (build_functions(spec)["mixed"], emitted):
        assert float(function(truth, predicted)) == pytest.approx(expected, rel=1e-6)
