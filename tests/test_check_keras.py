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
    from nnc.emit.python_source import python_source

    spec = checked(path.read_text(encoding="utf-8"), path.name, WIDTHS)
    for model in spec.models.values():
        keras.utils.clear_session(free_memory=False)
        built = build_model(spec, model)
        keras.utils.clear_session(free_memory=False)
        emitted = as_module(python_source(spec, model), tmp_path, path.stem).build_model()
        assert emitted.get_config() == built.get_config()
