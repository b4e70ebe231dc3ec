"""Ordered values, dates, and categories as numbers: prepared, trained, explained and served."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import OrdinalEncoder, StandardScaler

from nnc import codes, evidence
from nnc.diagnostics import UserFault
from nnc.pipeline import front

SPEC = """model Mixed {
  input numbers: [features(size, sold, speed)]
  input city: int32[features(city)]
  e = city -> Embedding(8, 3) -> Flatten()
  h = [numbers, e] -> Concatenate() -> Dense(8, relu)
  output y = h -> Dense(1)
}

data {
  source = csv("t.csv")
  target = price
  features {
    size  = ordinal(order=["small", "medium", "large"])
    sold  = date(parts=[days, month])
    city  = category(encode=ids)
    speed = numeric()
  }
  split = {validation: 20%, test: 20%, seed: 4}
}

train {
  loss = mse
  optimizer = Adam(learning_rate=0.01)
  epochs = 10
  seed = 4
}

report {
  explain = {background: 15, samples: 15, top: 5}
}
"""
SIZES = ["small", "medium", "large"]
ROWS = 300


def write_table(folder: Path, **changed: Any) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    size = rng.integers(0, 3, ROWS)
    sold = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 700, ROWS), unit="D")
    city = rng.choice(["Ulm", "Bonn", "Jena", "Kiel"], ROWS)
    table = pd.DataFrame({
        "size": np.array(SIZES)[size], "sold": sold.strftime("%Y-%m-%d"), "city": city,
        "speed": rng.normal(size=ROWS).round(3),
        "price": (size * 3 + (city == "Bonn") * 4 + np.sin(sold.month / 12 * 2 * np.pi) + 20).round(3),
    })  # fmt: skip
    for column, (row, value) in changed.items():
        table.loc[row, column] = value
    table.to_csv(folder / "t.csv", index=False, quoting=csv.QUOTE_MINIMAL)
    return table


def prepared(folder: Path, spec: str = SPEC) -> Any:
    from nnc.data import load, prepare

    (folder / "m.nn").write_text(spec)
    checked = front.require(front.check(folder / "m.nn", front.Settings()))
    return prepare(load(checked.data, folder), checked, checked.model)


def fault(folder: Path, spec: str = SPEC) -> Any:
    with pytest.raises(UserFault) as raised:
        prepared(folder, spec)
    (finding,) = raised.value.findings
    return finding


def column(made: Any, part: Any, name: str) -> np.ndarray:
    return part.matrix[:, [i for i, one in enumerate(made.preparation.features) if one == name]][:, 0]


def test_ranks_are_scikit_learns(tmp_path: Path) -> None:
    table = write_table(tmp_path)
    made = prepared(tmp_path)
    training = table.iloc[made.train.positions]
    encoder = OrdinalEncoder(categories=[SIZES]).fit(training[["size"]])
    scaler = StandardScaler().fit(encoder.transform(training[["size"]]))
    for part in (made.train, made.test):
        expected = scaler.transform(encoder.transform(table.iloc[part.positions][["size"]]))[:, 0]
        np.testing.assert_allclose(column(made, part, "size"), expected, rtol=1e-5, atol=1e-6)


def test_dates_are_pandas(tmp_path: Path) -> None:
    table = write_table(tmp_path, sold=(5, ""))
    made = prepared(tmp_path)
    moments = pd.to_datetime(table["sold"], errors="coerce")
    middle = moments[made.train.positions].dropna().quantile(0.5, interpolation="midpoint")
    moments = moments.fillna(middle)
    days = (moments - pd.Timestamp(0)) / pd.Timedelta(days=1)
    training = days[made.train.positions].to_numpy()
    expected = ((days - training.mean()) / training.std()).to_numpy()
    angle = 2 * np.pi * (moments.dt.month - 1).to_numpy() / 12
    for part in (made.train, made.validation, made.test):
        np.testing.assert_allclose(column(made, part, "sold days"), expected[part.positions], atol=1e-5)
        np.testing.assert_allclose(column(made, part, "sold month sin"), np.sin(angle)[part.positions], atol=1e-6)
        np.testing.assert_allclose(column(made, part, "sold month cos"), np.cos(angle)[part.positions], atol=1e-6)


def test_ids_count_from_one_and_zero_is_for_what_training_never_saw(tmp_path: Path) -> None:
    table = write_table(tmp_path)
    made = prepared(tmp_path)
    known = sorted(table["city"].unique())
    for part in (made.train, made.test):
        expected = [known.index(city) + 1 for city in table.iloc[part.positions]["city"]]
        assert part.inputs["city"][:, 0].tolist() == expected
        assert part.inputs["city"].dtype == np.int32
    from nnc.data.table import Table, column_of_texts

    strange = {name: column_of_texts(name, [str(table[name][0])] * 2) for name in ("size", "sold", "speed")}
    strange["city"] = column_of_texts("city", ["Rome", "Ulm"])
    rows = Table("new.csv", "", strange, np.arange(2, 4))
    inputs = made.preparation.input_arrays(made.preparation.matrix(rows))
    assert inputs["city"][:, 0].tolist() == [0, known.index("Ulm") + 1]


def test_a_value_outside_the_order_is_found_with_its_row(tmp_path: Path) -> None:
    write_table(tmp_path, size=(7, "medum"))
    finding = fault(tmp_path)
    assert finding.code is codes.NOT_IN_ORDER
    assert (finding.data_place.row, finding.data_place.column) == (9, "size")
    assert "did you mean `medium`?" in finding.help


def test_what_is_no_date_is_found_with_its_row(tmp_path: Path) -> None:
    write_table(tmp_path, sold=(7, "03/04/2023"))
    finding = fault(tmp_path)
    assert finding.code is codes.NOT_A_DATE
    assert (finding.data_place.row, finding.data_place.column) == (9, "sold")


def test_an_embedding_that_is_too_small_is_found(tmp_path: Path) -> None:
    write_table(tmp_path)
    finding = fault(tmp_path, SPEC.replace("Embedding(8, 3)", "Embedding(4, 3)"))
    assert finding.code is codes.TOO_MANY_IDS
    assert finding.expected == "Embedding(5, ...) or more"
    fewer = SPEC.replace("Embedding(8, 3)", "Embedding(4, 3)").replace("encode=ids", "encode=ids, max_categories=3")
    assert max(prepared(tmp_path, fewer).train.inputs["city"]) == 3


def test_in_a_prediction_a_value_outside_the_order_is_a_missing_one(tmp_path: Path) -> None:
    from nnc.data.table import Table, column_of_texts

    table = write_table(tmp_path)
    made = prepared(tmp_path)
    raw = {name: column_of_texts(name, [str(table[name][0])] * 2) for name in ("sold", "speed", "city")}
    raw["size"] = column_of_texts("size", ["huge", ""])
    matrix = made.preparation.matrix(Table("new.csv", "", raw, np.arange(2, 4)))
    np.testing.assert_array_equal(matrix[0], matrix[1])


@pytest.mark.tf
def test_the_whole_way(tmp_path: Path) -> None:
    import tensorflow as tf

    from nnc.api import _Silent
    from nnc.pipeline import runs
    from nnc.pipeline.compile import FOLDER, compile_run
    from nnc.report import render_html
    from nnc.run import predict

    table = write_table(tmp_path)
    without = SPEC.replace("    sold  = date(parts=[days, month])\n", "").replace(
        "(size, sold, speed)", "(size, speed)"
    )
    (tmp_path / "m.nn").write_text(without.replace("target = price", "target = price\n  ignore = [sold]"))
    settings = front.Settings()
    run = tmp_path / "run"
    runs.train(front.check(tmp_path / "m.nn", settings), run, settings, _Silent())
    found = evidence.read(run / "evidence.json")
    assert found.explanation is not None, found.missing
    # Numbers of categories are no quantities: no pass back through an Embedding, and no forest on other features.
    assert found.explanation.network[0].explainer == "permutation"
    assert found.explanation.network[0].additivity_error < 0.001
    assert found.explanation.forest == ()
    assert "Kiel" in {cell for row in found.explanation.network[0].display for cell in row}
    linear = next(one for one in found.baselines if one.key == "linear")
    r2 = next(metric for metric in linear.metrics if metric.key == "r2")
    assert r2.estimate.value > 0.8  # with the cities as numbers, a straight line would not know Bonn
    assert "could not be made" not in render_html(found)
    compile_run(run, tmp_path / "served", FOLDER)
    served = tf.saved_model.load(str(tmp_path / "served")).signatures["serving_default"]
    rows = list(predict(run, tmp_path / "t.csv").rows)[:20]
    said = served(
        size=tf.constant(table["size"][:20].tolist()), city=tf.constant(table["city"][:20].tolist()),
        speed=tf.constant(table["speed"][:20].to_numpy(), tf.float64),
    )  # fmt: skip
    np.testing.assert_allclose(said["prediction"], [float(row[1]) for row in rows], rtol=1e-4)
