"""The example networks are the networks that they say they are: each is held against a twin, by hand in Keras."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnc.catalog import Size
from nnc.graph import ModelGraph
from nnc.pipeline.front import Checked, Settings, check, require
from tests.conftest import ROOT
from tests.emit.tools import as_module, ruff_complaints

pytestmark = pytest.mark.tf

# Spec, model, and params that make it small enough for a test; the twin is called with the same.
NETWORKS: tuple[tuple[str, str, dict[str, int]], ...] = (
    ("lenet5", "LeNet5", {}),
    ("resnet20", "ResNet", {}),
    ("resnet20", "ResNet", {"depth": 5, "classes": 3}),
    ("unet", "UNet", {"side": 32, "width": 16}),
    ("unet", "UNet", {"side": 16, "width": 16, "depth": 2, "classes": 5}),
    ("transformer", "Transformer", {"words": 50, "length": 12}),
    ("transformer", "Transformer", {"words": 50, "length": 7, "width": 24, "heads": 3, "depth": 3}),
    ("siamese", "Siamese", {"side": 24}),
    ("ticket_router", "TicketRouter", {"words": 50}),
    ("wavenet", "WaveNet", {"levels": 20, "stacks": 2, "layers": 3}),
    ("seq2seq", "Translator", {"source_words": 50, "target_words": 40, "width": 8, "units": 12}),
    ("seq2seq", "Encoder", {"source_words": 50, "width": 8, "units": 12}),
    ("seq2seq", "Decoder", {"target_words": 40, "width": 8, "units": 12}),
    ("mlp_mixer", "MLPMixer", {"side": 16, "depth": 3}),
    ("wide_deep", "WideDeep", {}),
    ("vae", "VAE", {}),
    ("vae", "Encoder", {"latent": 5}),
    ("vae", "Decoder", {"latent": 5}),
    ("googlenet", "GoogLeNet", {"side": 64, "classes": 10}),
)
# Parameters at full size, by hand: weights of a convolution side², inputs, outputs; a normalization has 4 a channel.
SIZES = {
    "lenet5": 156 + 2_416 + 48_120 + 10_164 + 850,
    "resnet20": (9 * 3 * 16 + 64)
    + 6 * (9 * 16 * 16 + 64)
    + (9 * 16 * 32 + 5 * 9 * 32 * 32 + 16 * 32 + 7 * 128)
    + (9 * 32 * 64 + 5 * 9 * 64 * 64 + 32 * 64 + 7 * 256)
    + 65 * 10,
    "transformer": (20_000 + 200) * 64 + 2 * (4 * 65 * 64 + 65 * 256 + 257 * 64 + 4 * 64) + 65 * 2,
}
WORDS = {"tokens", "title", "text", "source", "target", "samples"}


def checked(name: str, model: str | None = None, params: Mapping[str, int] | None = None) -> Checked:
    path = ROOT / "examples" / f"{name}.nn"
    return check(path, Settings({key: str(value) for key, value in (params or {}).items()}, model))


def inputs_for(model: ModelGraph, params: Mapping[str, int]) -> dict[str, np.ndarray]:
    """Seeded rows: of whole numbers up to the vocabulary where they are words, with some 0 at the end; 9 for `?`."""
    random = np.random.default_rng(1)
    rows = {}
    for one in model.inputs:
        shape = (4, *(9 if isinstance(dim, Size) else dim for dim in one.tensor.type.shape))
        if one.tensor.type.dtype.startswith("int"):
            rows[one.name] = random.integers(1, 12, shape, "int32")
            if one.name in WORDS:
                rows[one.name][:2, -3:] = 0
        else:
            rows[one.name] = random.normal(size=shape).astype("float32")
    return rows


def by_name(value: Any, model: ModelGraph) -> dict[str, np.ndarray]:
    outputs = value if isinstance(value, dict) else {model.outputs[0].name: value}
    return {name: np.asarray(tensor) for name, tensor in outputs.items()}


def call(built: Any, rows: dict[str, np.ndarray]) -> Any:
    return built(list(rows.values()) if len(rows) > 1 else next(iter(rows.values())), training=False)


@pytest.mark.parametrize(("name", "chosen", "params"), NETWORKS, ids=[f"{n}-{m}-{len(p)}" for n, m, p in NETWORKS])
def test_an_example_is_its_twin(name: str, chosen: str, params: dict[str, int], tmp_path: Path) -> None:
    import keras

    from nnc.emit.keras_model import build_model
    from nnc.emit.network import describe
    from nnc.emit.python.source import python_source

    spec = require(checked(name, chosen, params))
    keras.utils.clear_session(free_memory=False)
    built = build_model(spec, spec.model, seed=3)
    keras.utils.clear_session(free_memory=False)
    source = python_source(spec, spec.model)
    assert ruff_complaints(source) == ""
    emitted = as_module(source, tmp_path, name).build_model()
    assert emitted.get_config() == built.get_config()

    twin_of = getattr(importlib.import_module(f"tests.twins.{name}"), chosen.lower())
    twin = twin_of(**{"layers_" if key == "layers" else key: value for key, value in params.items()})
    trainable, others = (
        sum(w.shape.num_elements() for w in ws) for ws in (twin.trainable_weights, twin.non_trainable_weights)
    )
    assert (spec.model.trainable, spec.model.non_trainable) == (trainable, others)
    network = describe(spec.model)
    assert (network.trainable, network.non_trainable) == (trainable, others)

    random = np.random.default_rng(2)
    # Biases, and what a normalization has measured, begin at 0 or 1: there a swap would not be seen.
    weights = [w + (w.ndim == 1) * random.uniform(0.05, 0.3, w.shape).astype("float32") for w in twin.get_weights()]
    for model in (twin, built, emitted):
        model.set_weights(weights)
    rows = inputs_for(spec.model, params)
    wanted, found, of_python = (by_name(call(model, rows), spec.model) for model in (twin, built, emitted))
    assert found.keys() == wanted.keys() == {output.name for output in spec.model.outputs}
    for output in spec.model.outputs:
        shape = tuple(None if isinstance(dim, Size) else dim for dim in output.tensor.type.shape)
        assert all(said in (None, is_) for said, is_ in zip(shape, found[output.name].shape[1:], strict=True))
        assert found[output.name].shape == wanted[output.name].shape
        np.testing.assert_allclose(found[output.name], wanted[output.name], atol=1e-5, rtol=1e-5)
        np.testing.assert_array_equal(found[output.name], of_python[output.name])
        assert np.ptp(found[output.name]) > 1e-4, "an output that never changes proves nothing"


@pytest.mark.parametrize("name", SIZES)
def test_an_example_has_the_size_of_its_paper(name: str) -> None:
    model = require(checked(name)).model
    assert (model.trainable or 0) + (model.non_trainable or 0) == SIZES[name]


def test_every_network_of_the_twins_is_held_and_every_model_of_each_file() -> None:
    held = {(name, model) for name, model, _ in NETWORKS}
    twins = {path.stem for path in (ROOT / "tests" / "twins").glob("*.py")} - {"__init__"}
    assert held == {(name, model) for name in twins for model in require(checked(name)).models}


def test_vae_draws_while_training_and_takes_the_mean_otherwise() -> None:
    """The noise has the deviation that the encoder says: N(0, 1) times it, seen through the decoder's input."""
    import keras

    from nnc.emit.keras_model import build_model

    spec = require(checked("vae"))
    built = build_model(spec, spec.model, seed=1)
    noise = keras.Model(built.input, built.get_layer("noise").output)
    rows = np.zeros((4000, 28, 28, 1), "float32")
    assert not np.any(noise(rows[:3], training=False))
    drawn = np.asarray(noise(rows, training=True))
    assert abs(drawn.mean()) < 0.05
    assert abs(drawn.std() - 1) < 0.05


def test_the_loss_of_the_vae_is_the_divergence_of_two_normal_distributions() -> None:
    """KL(N(m, s²) || N(0, 1)) = log(1/s) + (s² + m²)/2 - 1/2, summed over the places."""
    from nnc.emit.keras_functions import build_functions

    kl = build_functions(require(checked("vae")))["kl"]
    random = np.random.default_rng(0)
    mean, log_variance = (random.normal(size=(6, 3)).astype("float32") for _ in range(2))
    deviation = np.exp(log_variance / 2)
    wanted = (-np.log(deviation) + (deviation**2 + mean**2) / 2 - 0.5).sum(axis=1)
    found = kl(np.zeros((6, 6), "float32"), np.concatenate([mean, log_variance], axis=1))
    np.testing.assert_allclose(found, wanted, rtol=1e-5)
