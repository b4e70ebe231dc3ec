"""Spec → Keras → spec → Keras: the examples come back as they were, and random networks as well."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from nnc.pipeline.bring import bring, copy_weights
from tests.emit.graphs import Graph
from tests.emit.strategies import graphs
from tests.test_emit_keras import EXAMPLES, spec_of
from tests.test_import import same_outputs

pytestmark = pytest.mark.tf


def configuration(model: Any) -> Any:
    """A model's configuration, functions of keras.ops without the numbers that Keras gives them as they come."""
    import keras

    config = keras.saving.serialize_keras_object(model)
    names = [layer["name"] for layer in config["config"]["layers"] if layer["module"].startswith("keras.src.ops")]
    text = repr(config["config"])
    for name in names:
        text = re.sub(rf"'{re.escape(name)}'", f"'{re.sub(r'_[0-9]+$', '', name)}'", text)
    return text


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_comes_back_as_it_was(name: str) -> None:
    import keras

    from nnc.emit.keras_model import build_model

    spec = spec_of(name)
    keras.utils.clear_session(free_memory=False)
    original = build_model(spec, spec.model, seed=1, portable=True)
    brought = bring(name, keras_model=original)
    assert list(brought.findings) == []
    keras.utils.clear_session(free_memory=False)
    built = copy_weights(brought, original)
    assert configuration(built) == configuration(original)
    same_outputs(original, built, at=1e-5)


@given(graphs())
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_random_network_comes_back(graph: Graph) -> None:
    import keras

    from nnc.emit.keras_model import build_model

    spec = graph.spec()
    keras.utils.clear_session(free_memory=False)
    original = build_model(spec, spec.model, seed=1, portable=True)
    brought = bring("random", keras_model=original)
    assert list(brought.findings) == []
    same_outputs(original, copy_weights(brought, original), at=1e-5)
