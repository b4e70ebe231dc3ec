"""Tables too large for the memory: a sample is looked at, and training takes every training row, each once an epoch."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnc.data import Table, load, prepare, whole
from nnc.data.blocks import Blocks, write_blocks
from nnc.diagnostics import UserFault
from tests.emit.tools import checked

ROWS = 4_000
SPEC = """
model M {
  input n: [features(size, colour)]
  output kind = n -> Dense(4, relu) -> Dense(3, softmax)
  output price = n -> Dense(1)
}
data {
  source = csv("rows.csv")
  target = {kind: kind, price: log(price)}
  split = {test: 20%, validation: 10%, seed: 3}
}
train {
  loss = {kind: sparse_categorical_crossentropy, price: mse}
  sample_weight = weight
  epochs = 2
  batch_size = 64
  shuffle = false
  optimizer = SGD(0.01)
}
"""


def _rows(folder: Path, strange: str = "") -> None:
    """The class `rare` stands in one row alone, near the end; a price is missing now and then."""
    random = np.random.default_rng(1)
    lines = ["size,colour,kind,price,weight"]
    for number in range(ROWS):
        kind = "rare" if number == ROWS - 70 else ("a", "b")[int(random.integers(2))]
        price = "" if number % 50 == 7 else f"{random.uniform(1, 9):.3f}"
        size = strange if strange and number == ROWS - 200 else f"{random.normal(5, 2):.4f}"
        lines.append(f"{size},{('red', 'blue')[int(random.integers(2))]},{kind},{price},{random.uniform(0.5, 2):.2f}")
    (folder / "rows.csv").write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows are many already."""
    monkeypatch.setattr(whole, "LARGE_CELLS", 1_000)
    monkeypatch.setattr(whole, "SAMPLE_ROWS", 300)
    monkeypatch.setattr(whole, "PIECE_ROWS", 512)


def _sampled(folder: Path) -> tuple[Any, Table]:
    spec = checked(SPEC)
    return spec, whole.load_or_sample(spec.data, spec.train, folder)


def _blocks(spec: Any, table: Table, folder: Path) -> Blocks:
    prepared = prepare(table, spec, spec.model)
    assert table.whole is not None
    return write_blocks(table.whole, prepared.preparation, spec.train.sample_weight, folder)


@pytest.mark.usefixtures("small")
def test_the_sample_has_every_class_and_rows_of_every_part(tmp_path: Path) -> None:
    _rows(tmp_path)
    _, table = _sampled(tmp_path)
    assert table.whole is not None
    assert table.part_of is not None
    assert 300 <= len(table) <= 600
    assert table.whole.dropped == ROWS // 50
    assert sum(table.whole.rows.values()) == ROWS - ROWS // 50
    assert table.whole.rows["test"] / ROWS == pytest.approx(0.2, abs=0.03)
    assert table.whole.rows["validation"] / ROWS == pytest.approx(0.1, abs=0.03)
    assert set(table.columns["kind"].texts) == {"a", "b", "rare"}
    shares = Counter(table.part_of)
    assert shares["test"] / len(table) == pytest.approx(0.2, abs=0.06)
    again = _sampled(tmp_path)[1]
    assert np.array_equal(again.rows, table.rows)
    assert np.array_equal(again.part_of, table.part_of)
    # Rows of the sample that are for the test or the validation are not among those that are trained on.
    trained = {int(row) for piece in table.whole.training() for row in piece.rows}
    held_out = set(table.rows[table.part_of != "train"].tolist())
    assert not trained & held_out
    assert set(table.rows[table.part_of == "train"].tolist()) <= trained


@pytest.mark.usefixtures("small")
def test_every_training_row_is_prepared_as_the_sample_says(tmp_path: Path) -> None:
    _rows(tmp_path)
    spec, table = _sampled(tmp_path)
    (tmp_path / "kept").mkdir()
    blocks = _blocks(spec, table, tmp_path / "kept")
    assert table.whole is not None
    everything = load(spec.data, tmp_path)
    at = np.concatenate([piece.rows for piece in table.whole.training()]) - 2  # the heading is row 1
    rows = everything.take(at.astype(np.int64))
    assert blocks.rows == table.whole.rows["train"] == len(rows)
    inputs, y, weights = blocks.read(0, blocks.rows)
    np.testing.assert_array_equal(inputs["n"], blocks.preparation.matrix(rows))
    assert isinstance(y, dict)
    np.testing.assert_allclose(y["price"][:, 0], np.log(rows.columns["price"].numbers), rtol=1e-6)
    assert [("a", "b", "rare")[int(one)] for one in y["kind"][:, 0]] == list(rows.columns["kind"].texts)
    np.testing.assert_allclose(weights, rows.columns["weight"].numbers, rtol=1e-6)
    part = blocks.read(100, 200)
    np.testing.assert_array_equal(part[0]["n"], inputs["n"][100:200])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("strange", ["many", "inf"])
def test_a_wrong_value_is_found_in_whichever_row_it_stands(strange: str, tmp_path: Path) -> None:
    _rows(tmp_path, strange)
    spec = checked(SPEC.replace("output kind", "# ").replace("{kind: kind, price: log(price)}", "log(price)")
                   .replace("{kind: sparse_categorical_crossentropy, price: mse}", "mse")
                   .replace("source =", "features {\n    size = numeric()\n  }\n  source ="))  # fmt: skip
    table = whole.load_or_sample(spec.data, spec.train, tmp_path)
    (tmp_path / "kept").mkdir()
    with pytest.raises(UserFault) as fault:
        _blocks(spec, table, tmp_path / "kept")
    (finding,) = fault.value.findings
    assert finding.data_place is not None
    assert (finding.data_place.file, finding.data_place.row) == ("rows.csv", ROWS - 198)
    assert f"`{strange}`" in finding.message


def test_rows_that_a_column_deals_out_are_read_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "LARGE_CELLS", 1_000)
    _rows(tmp_path)
    spec = checked(SPEC.replace("{test: 20%, validation: 10%, seed: 3}", "{group: colour}"))
    assert whole.load_or_sample(spec.data, spec.train, tmp_path).whole is None


@pytest.mark.tf
@pytest.mark.usefixtures("small")
def test_it_trains_as_keras_does_on_all_rows(tmp_path: Path) -> None:
    import keras

    from nnc.emit.keras_model import build_model, compile_model
    from nnc.run.training import train

    _rows(tmp_path)
    spec, table = _sampled(tmp_path)
    prepared = prepare(table, spec, spec.model)
    spec = checked(SPEC, widths={"features(size, colour)": prepared.preparation.matrix(table).shape[1]})
    (tmp_path / "kept").mkdir()
    blocks = _blocks(spec, table, tmp_path / "kept")
    trained = train(spec, spec.model, prepared, blocks=blocks)

    keras.utils.set_random_seed(spec.train.seed)
    twin = build_model(spec, spec.model, seed=spec.train.seed)
    compile_model(twin, spec, spec.model)
    inputs, y, weights = blocks.read(0, blocks.rows)
    twin.fit(inputs["n"], y, sample_weight=weights, batch_size=64, epochs=2, shuffle=False, verbose=0)
    for ours, theirs in zip(trained.model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert table.whole is not None
    assert prepared.evidence.whole_rows == table.whole.rows
