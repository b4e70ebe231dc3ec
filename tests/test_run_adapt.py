"""Layers that must see data first see the training rows, and those alone."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnc import codes, graph
from nnc.catalog import find, names, sees_data
from nnc.diagnostics import UserFault
from nnc.pipeline.front import Settings, check, choose_model, require
from nnc.pipeline.sized import prepare_and_check, read_table

pytestmark = pytest.mark.tf

SPEC = """
model M {
  input x: [features]
  scaled = x -> Normalization()
  binned = x -> Discretization(num_bins=3)
  h = [scaled, binned -> Rescaling(0.5)] -> Concatenate() -> Normalization(axis=none)
  output y = h -> Dense(3, softmax)
}
data {
  source = csv("wine.csv")
  target = target
  split = {validation: 20%, test: 20%, seed: 3}
}
train { loss = sparse_categorical_crossentropy
  epochs = 1 }
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    from sklearn.datasets import load_wine

    frame = load_wine(as_frame=True).frame.iloc[:, [0, 1, 2, 13]]
    frame["target"] = frame["target"].map({0: "a", 1: "b", 2: "c"})
    frame.to_csv(tmp_path / "wine.csv", index=False)
    (tmp_path / "wine.nn").write_text(SPEC)
    return tmp_path / "wine.nn"


def made(path: Path) -> Any:
    settings = Settings()
    checked = check(path, settings)
    checked, prepared = prepare_and_check(checked, read_table(checked), settings)
    return require(checked), choose_model(require(checked), None), prepared


def learnt(path: Path) -> Any:
    from nnc.run.adapt import adapted

    spec, model, prepared = made(path)
    return adapted(spec, model, prepared.train), prepared


def test_what_is_learnt_are_the_training_rows_own_figures(spec: Path) -> None:
    model, prepared = learnt(spec)
    rows = prepared.train.matrix.astype(np.float64)
    scaled = model.layers["scaled"]
    np.testing.assert_allclose(scaled.args["mean"], rows.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(scaled.args["variance"], rows.var(axis=0), rtol=1e-4)
    assert (scaled.trainable, scaled.non_trainable) == (0, 0)
    binned = model.layers["binned"].args["bin_boundaries"]
    assert np.allclose(np.digitize(rows, binned).mean(), 1, atol=0.1)  # a third of all values in each of three bins
    whole = next(layer for layer in model.layers.values() if layer.args.get("axis", 0) is None)
    before = np.hstack([(rows - rows.mean(axis=0)) / rows.std(axis=0), np.digitize(rows, binned) * 0.5])
    np.testing.assert_allclose(whole.args["mean"], before.mean(), atol=1e-4)
    assert not any(sees_data(layer.kind, layer.args) for layer in model.layers.values())


def test_other_rows_change_nothing_that_was_learnt(spec: Path) -> None:
    first, prepared = learnt(spec)
    from nnc.run.adapt import adapted

    config, model, _ = made(spec)
    table = spec.with_suffix(".csv")
    lines = table.read_text().splitlines()
    kept = {row - 1 for row in prepared.train.rows.tolist()}  # rows are counted as lines, from 1
    wild = [line if i in kept or i == 0 else re.sub(r"^[\d.]+", "9999", line) for i, line in enumerate(lines)]
    assert wild != lines
    table.write_text("\n".join(wild) + "\n")
    _, _, again = made(spec)
    assert again.train.rows.tolist() == prepared.train.rows.tolist()
    assert adapted(config, model, again.train).layers == first.layers


def test_the_run_keeps_what_was_learnt(spec: Path, tmp_path: Path) -> None:
    """The saved model says of the raw rows what the run said, and its configuration holds the means."""
    from nnc.cli import run

    assert run(["train", str(spec), "-o", str(tmp_path / "run"), "--quiet"]) == 0
    out = tmp_path / "out.csv"
    assert run(["predict", str(tmp_path / "run"), str(spec.with_suffix(".csv")), "-o", str(out)]) == 0
    model, _ = learnt(spec)
    with zipfile.ZipFile(tmp_path / "run" / "model.keras") as archive:
        config = archive.read("config.json").decode()
    assert str(model.layers["scaled"].args["mean"][0]) in config
    said = {line.split(",")[0]: line.split(",")[1] for line in out.read_text().splitlines()[1:]}
    for line in (tmp_path / "run" / "predictions.csv").read_text().splitlines()[1:]:
        row, _, prediction, *_ = line.split(",")
        assert said[row] == prediction


def test_the_emitted_python_adapts_alike(spec: Path) -> None:
    from nnc.emit.python.source import python_source

    config, model, prepared = made(spec)
    space: dict[str, Any] = {}
    exec(python_source(config, model), space)  # noqa: S102 - what nnc wrote itself
    network = space["build_model"]()
    space["adapt"](network, prepared.train.matrix)
    ours, _ = learnt(spec)
    np.testing.assert_allclose(network.get_layer("scaled").adapt_mean, ours.layers["scaled"].args["mean"], atol=1e-5)
    found = network.get_layer("binned").bin_boundaries
    np.testing.assert_allclose(found, ours.layers["binned"].args["bin_boundaries"], rtol=1e-5)


def test_a_model_file_is_not_written_of_layers_that_saw_nothing(spec: Path) -> None:
    from nnc.emit.keras_model import portable_model

    config, model, _ = made(spec)
    with pytest.raises(UserFault) as caught:
        portable_model(config, model)
    assert {finding.code for finding in caught.value.findings} == {codes.NOT_ADAPTED}


def test_every_layer_that_learns_has_a_reader() -> None:
    from nnc.run.adapt import _READ

    assert set(_READ) == {name for name in names("layers") if find("layers", name).adapts}


def test_a_model_with_nothing_to_learn_stays_itself(spec: Path) -> None:
    from nnc.run.adapt import adapted

    config, model, prepared = made(spec)
    full = adapted(config, model, prepared.train)
    assert adapted(config, full, prepared.train) is full
    assert replace(full, layers=model.layers) == model
    assert isinstance(full, graph.ModelGraph)
