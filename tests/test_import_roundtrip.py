"""Spec → Keras → spec → Keras: the examples come back as they were, and random networks as well."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from nnc.check import check
from nnc.emit.nn.source import nn_source
from nnc.graph import ModelGraph, Spec
from nnc.pipeline.bring import bring, copy_weights
from nnc.pipeline.front import choose_model, require
from nnc.source import Source
from nnc.syntax import parse
from tests.emit.graphs import Graph
from tests.emit.strategies import graphs
from tests.test_emit_keras import EXAMPLES, spec_of
from tests.test_examples import NETWORKS, checked
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


def comes_back(name: str, spec: Spec, model: ModelGraph) -> None:
    """Fail unless spec → Keras → spec → Keras gives the same configuration and, with the weights copied, outputs."""
    import keras

    from nnc.emit.keras_model import build_model

    keras.utils.clear_session(free_memory=False)
    original = build_model(spec, model, seed=1, portable=True)
    brought = bring(name, keras_model=original)
    assert list(brought.findings) == []
    keras.utils.clear_session(free_memory=False)
    built = copy_weights(brought, original)
    assert configuration(built) == configuration(original)
    same_outputs(original, built, at=1e-5)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_comes_back_as_it_was(name: str) -> None:
    spec = spec_of(name)
    comes_back(name, spec, spec.model)


# Each model of the networks that the twins hold, small enough for a test.
SMALL = {(name, model): params for name, model, params in reversed(NETWORKS)}


@pytest.mark.parametrize(("name", "model"), sorted(SMALL))
def test_a_model_of_an_example_network_comes_back_as_it_was(name: str, model: str) -> None:
    spec = require(checked(name, model, SMALL[name, model]))
    comes_back(name, spec, choose_model(spec, model))


def test_wavenet_keeps_its_names_at_full_size() -> None:
    spec = require(checked("wavenet", "WaveNet"))
    wanted = set(spec.model.layers)
    source = nn_source(spec.model)
    again = Source("again.nn", source.text)
    file, _ = parse(again)
    assert file is not None
    read, findings = check(file)
    assert list(findings) == []
    assert read is not None
    assert set(read.model.layers) == wanted


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
