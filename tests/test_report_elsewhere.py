"""`nnc report MODEL --data TABLE --target COLUMN`: a report for a model that somebody trained elsewhere."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnc.cli import run

pytestmark = pytest.mark.tf


def table(path: Path, names: list[str], rows: list[list[Any]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([names, *rows])
    return str(path)


def words(page: Path) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")).split())


def test_a_stranger_is_measured_as_scikit_learn_measures_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import keras
    from sklearn.metrics import accuracy_score

    random = np.random.default_rng(4)
    x = keras.Input((3,))
    network = keras.Model(x, keras.layers.Dense(1, activation="sigmoid")(keras.layers.Dense(4, activation="tanh")(x)))
    network.set_weights([random.normal(size=weight.shape) for weight in network.get_weights()])
    network.save(tmp_path / "net.keras")
    values = random.normal(size=(120, 3)).astype("float32")
    said = network.predict(values, verbose=0)[:, 0] > 0.5
    truth = np.where(random.uniform(size=120) < 0.15, ~said, said)
    rows = [[*map(float, row), "yes" if is_so else "no"] for row, is_so in zip(values, truth, strict=True)]
    data = table(tmp_path / "t.csv", ["a", "b", "c", "ok"], rows)
    model = str(tmp_path / "net.keras")

    out = tmp_path / "given"
    assert run(["report", model, "--data", data, "--target", "ok", "-o", str(out)]) == 0
    right = f"{accuracy_score(truth, said):.3f}"
    said_here = capsys.readouterr().out
    assert "of which nobody says whether it was trained on them" in said_here
    assert right in said_here
    assert (out / "report.pdf").read_bytes().startswith(b"%PDF")
    page = words(out / "report.html")
    assert "The network may have been trained on these rows" in page
    assert "nothing was scaled, filled in or split" in page
    assert "No rows were kept for testing" not in page
    assert 'id="training"' not in (out / "report.html").read_text(encoding="utf-8")
    assert 'id="explanation"' in (out / "report.html").read_text(encoding="utf-8")
    assert "could not be made" not in page

    assert run(["report", model, "--data", data, "--target", "ok", "--held-out", "-o", str(out)]) == 0
    assert (
        f"On 120 test rows, which it never saw in training, the network's accuracy is {right}"
        in capsys.readouterr().out
    )
    assert "may have been trained on these rows" not in words(out / "report.html")


def test_inputs_take_the_columns_of_their_names_and_a_number_is_predicted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import keras
    from sklearn.metrics import r2_score

    b, a = keras.Input((1,), name="b"), keras.Input((1,), name="a")
    network = keras.Model([b, a], keras.layers.Dense(1)(keras.layers.Concatenate()([b, a])))
    network.set_weights([np.array([[10.0], [1.0]]), np.array([2.0])])
    network.save(tmp_path / "net.h5")
    random = np.random.default_rng(2)
    values = random.normal(size=(90, 2))
    truth = values[:, 0] + 10 * values[:, 1] + 2 + random.normal(size=90)
    rows = [["x", float(one), float(two), float(y)] for (one, two), y in zip(values, truth, strict=True)]
    data = table(tmp_path / "t.csv", ["note", "a", "b", "price"], rows)
    assert run(["report", str(tmp_path / "net.h5"), "--data", data, "--target", "price", "-o", str(tmp_path)]) == 0
    said = values[:, 0] + 10 * values[:, 1] + 2
    assert f"{r2_score(truth, said):.3f}" in capsys.readouterr().out


def test_what_does_not_fit_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import keras

    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(tmp_path / "net.keras")
    model = str(tmp_path / "net.keras")
    data = table(tmp_path / "t.csv", ["a", "b", "c", "price"], [[1, 2, 3, 4]] * 9)
    assert run(["report", model, "--data", data, "--target", "price"]) == 1
    assert "takes 2 numbers a row" in capsys.readouterr().err
    assert run(["report", model, "--data", data, "--target", "prise"]) == 1
    assert "did you mean `price`?" in capsys.readouterr().err
    texts = table(tmp_path / "u.csv", ["a", "b", "price"], [[1, "x", 4], [2, "", 5]] * 9)
    assert run(["report", model, "--data", texts, "--target", "price"]) == 1
    assert "NN0612" in capsys.readouterr().err
    assert run(["report", model, "--data", str(tmp_path / "none.csv"), "--target", "price"]) == 1
    assert "none.csv" in capsys.readouterr().err
    for wrong in ([model], [model, "--data", data], [str(tmp_path / "m.nn"), "--data", data, "--target", "a"]):
        assert run(["report", *wrong]) == 2
    assert not list(Path("build").glob("net*"))
