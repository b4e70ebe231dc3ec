"""What the checker says of shapes and parameters, held against the models that Keras builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnc.catalog import Size
from nnc.check import check
from nnc.source import Source
from nnc.syntax import parse
from tests.emit.tools import as_module, checked
from tests.golden import CASES

pytestmark = pytest.mark.tf

WIDTHS = {"features(Age, Body mass (g))": 2, "features": 5}


@pytest.mark.parametrize("path", sorted((CASES / "good").glob("*.nn")), ids=lambda path: path.stem)
def test_keras_builds_the_same(path: Path) -> None:
    from nnc.emit.keras_model import build_model

    file, _ = parse(Source(path.name, path.read_text(encoding="utf-8")))
    assert file is not None
    spec, _ = check(file, widths=WIDTHS)
    assert spec is not None
    for model in spec.models.values():
        built = build_model(spec, model, seed=1)
        trainable = sum(int(weight.shape.num_elements()) for weight in built.trainable_weights)
        others = built.count_params() - trainable
        assert (model.trainable, model.non_trainable) == (trainable, others)
        outputs = built.output if isinstance(built.output, dict) else {model.outputs[0].name: built.output}
        for output in model.outputs:
            shape = [None if isinstance(dim, Size) else dim for dim in output.tensor.type.shape]
            assert shape == list(outputs[output.name].shape[1:])
        assert {layer.name for layer in built.layers} >= {call.layer for call in model.calls if call.layer is not None}


def test_tensors_for_a_layer_of_a_list_become_the_list() -> None:
    """`(q, v) -> Attention()` is Attention()([q, v]); Attention()(q, v) would take v for a mask."""
    path = CASES / "good" / "attention_of_two.nn"
    file, _ = parse(Source(path.name, path.read_text(encoding="utf-8")))
    assert file is not None
    spec, _ = check(file)
    assert spec is not None
    (call,) = spec.model.calls
    assert [type(operand) for operand in call.args] == [tuple]


@pytest.mark.parametrize("path", sorted((CASES / "good").glob("*.nn")), ids=lambda path: path.stem)
def test_the_emitted_python_is_the_model_in_memory(path: Path, tmp_path: Path) -> None:
    import keras

    from nnc.emit.keras_model import build_model
    from nnc.emit.python.source import python_source

    spec = checked(path.read_text(encoding="utf-8"), path.name, WIDTHS)
    for model in spec.models.values():
        keras.utils.clear_session(free_memory=False)
        built = build_model(spec, model)
        keras.utils.clear_session(free_memory=False)
        emitted = as_module(python_source(spec, model), tmp_path, path.stem).build_model()
        assert emitted.get_config() == built.get_config()


FILES = {
    "main.nn": """
use "lib/a.nn"

param layers = [4, 4] in [[4, 4], [8]]

fn helper(x) = x * 5

model M {
  input x: [10]
  h = x -> A()
  for n in layers {
    h = h -> Dense(n, helper)
  }
  output y = h -> act -> Dense(1)
}
""",
    "lib/a.nn": """
use "deep/b.nn"

param k = 3 in [3, 4]

fn act(x) = relu(x) * k

block A(n = k) {
  input x
  h = x -> Dense(n) -> act
  output y = h -> Deep() -> deep_fn
}
""",
    "lib/deep/b.nn": """
fn deep_fn(x) = helper(x) * 2

fn helper(x) = x + 1

block Deep() {
  input x
  output y = x -> 2 * Inner() -> deep_fn
}

block Inner() {
  input x
  output y = x -> Dense(2)
}
""",
}


def test_a_spec_of_several_files_computes_what_its_files_say(tmp_path: Path) -> None:
    """Each file has a `helper` of its own; NumPy is the oracle."""
    import numpy as np

    from nnc.emit.keras_model import build_model
    from nnc.emit.python.source import python_source
    from nnc.pipeline.front import Settings, require
    from nnc.pipeline.front import check as check_path

    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    spec = require(check_path(tmp_path / "main.nn", Settings({"layers": "[8]"})))
    models = [build_model(spec, spec.model), as_module(python_source(spec, spec.model), tmp_path, "m").build_model()]
    random = np.random.default_rng(0)
    weights = [random.normal(size=w.shape) for w in models[0].get_weights()]
    rows = random.normal(size=(5, 10))
    a, b, c, d, e = (lambda x, i=i: x @ weights[2 * i] + weights[2 * i + 1] for i in range(5))
    act = lambda x: np.maximum(x, 0) * 3  # noqa: E731 - as short as the fn
    deep_fn = lambda x: (x + 1) * 2  # noqa: E731 - as short as the fn
    wanted = e(act(d(deep_fn(deep_fn(c(b(act(a(rows))))))) * 5))
    for model in models:
        model.set_weights(weights)
        np.testing.assert_allclose(model(rows), wanted, rtol=1e-4)
