"""The emitted `load_data()` gives the arrays that nnc itself prepares, by pandas, NumPy and scikit-learn alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnc.data import load, prepare
from nnc.emit.names import MODULE_NAMES
from nnc.emit.python.helpers import HELPERS
from nnc.emit.python.source import python_source
from tests.conftest import ROOT, shared_data
from tests.emit.tools import as_module, checked, ruff_complaints

pytestmark = pytest.mark.tf


def _csv(folder: Path) -> None:
    random = np.random.default_rng(3)
    lines = ["id;Größe (cm);kind;zip;words;constant;price"]
    kinds = ["a", "b", "1.0", "1", "+2", "007", "", " NA ", 'quo""te']
    for number in range(120):
        size = "" if number % 11 == 0 else f"{random.normal(170, 9):.2f}"
        kind = kinds[int(random.integers(len(kinds)))]
        price = "" if number % 40 == 7 else f"{random.uniform(1, 900):.2f}"
        lines.append(f'{number};{size};"{kind}";0{random.integers(5)}1;w{number};5;{price}')
    (folder / "rows.csv").write_text("\n".join(lines), encoding="utf-8")


CSV = """
model M {
  input x: [features]
  output y = x -> Dense(4, relu) -> Dense(1)
}
data {
  source = csv("rows.csv", delimiter=";")
  target = %s
  ignore = [id]
  features {
    "Größe (cm)" = numeric(impute=%s, scale=%s)
    kind         = category(impute=%s)
  }
  split = {validation: 10%%, test: 30%%, seed: 4, stratify: %s}
}
train {
  loss = mse
}
"""


PICTURES = """
model M {
  input x: %s
  output y = x -> Flatten() -> Dense(3, softmax)
}
data {
  source = images("pictures")
  %s
}
train {
  loss = %s
}
"""


def same(spec: Any, folder: Path, where: Path) -> None:
    """Whether the module's arrays are nnc's own."""
    source = python_source(spec, spec.model)
    assert "def load_data():" in source
    assert ruff_complaints(source) == "", source
    assert "nnc" not in source.replace("written by nnc", "")
    prepared = prepare(load(spec.data, folder), spec, spec.model)
    module = as_module(source, where)
    before = Path.cwd()
    os.chdir(folder)
    try:
        parts = module.load_data()
    finally:
        os.chdir(before)
    for (x, y), part in zip(parts, (prepared.train, prepared.validation, prepared.test), strict=True):
        arrays = x if isinstance(x, dict) else {spec.model.inputs[0].name: x}
        assert list(arrays) == list(part.inputs)
        for name, values in part.inputs.items():
            assert arrays[name].dtype == values.dtype
            np.testing.assert_allclose(arrays[name], values, rtol=1e-5, atol=1e-6)
        wanted = part.y if isinstance(part.y, dict) else {"": part.y}
        targets = y if isinstance(y, dict) else {"": y}
        assert list(targets) == list(wanted)
        for name, values in wanted.items():
            assert targets[name].dtype == values.dtype
            np.testing.assert_array_equal(targets[name], values)


@pytest.mark.parametrize("name", ["breast_cancer", "wine", "digits", "diabetes"])
def test_bundled_data(name: str, tmp_path: Path) -> None:
    text = (ROOT / "examples" / f"{name}.nn").read_text(encoding="utf-8")
    widths = {"breast_cancer": 30, "wine": 13, "digits": 64, "diabetes": 10}
    same(checked(text, f"{name}.nn", {"features": widths[name]}), ROOT / "examples", tmp_path)


@pytest.mark.parametrize("name", ["titanic", "houses"])
def test_tables_of_kaggle(name: str, tmp_path: Path) -> None:
    table = shared_data(f"{name}.csv")
    text = (ROOT / "examples" / f"{name}.nn").read_text(encoding="utf-8")
    same(checked(text, f"{name}.nn"), table.parent, tmp_path)


@pytest.mark.parametrize(
    ("target", "impute", "scale", "fill", "stratify"),
    [
        ("log(price)", "median", "standard", "none", "false"),
        ("price", "mean", "minmax", "most_frequent", "true"),
        ("sqrt(price)", "0", "robust", '"other"', "false"),
        ("log1p(price)", "3.5", "none", '"a"', "true"),
        ("price", "most_frequent", "standard", "none", "false"),
    ],
)
def test_every_preparation(target: str, impute: str, scale: str, fill: str, stratify: str, tmp_path: Path) -> None:
    """Guessed columns as well: a postcode, words that name the rows, a constant."""
    _csv(tmp_path)
    where = tmp_path / "module"
    where.mkdir()
    same(checked(CSV % (target, impute, scale, fill, stratify)), tmp_path, where)


def _many_kinds(folder: Path) -> None:
    random = np.random.default_rng(5)
    words = ["the", "old", "red", "house", "by", "a", "lake", "has", "new", "windows,", "and", "garden", "LARGE!"]
    lines = ["size,sold,colour,note,route,price,days,kind,condition"]
    for number in range(150):
        size = "" if number % 13 == 0 else random.choice(["low", "mid", "high", "1.0"])
        sold = (
            ""
            if number % 17 == 0
            else f"20{random.integers(10, 24)}-{random.integers(1, 13):02}-{random.integers(1, 29):02}"
        )
        sold += f"T{random.integers(24):02}:{random.integers(60):02}:00" if sold and number % 2 else ""
        note = "" if number % 19 == 0 else " ".join(random.choice(words, random.integers(1, 9)))
        route = " ".join(str(one) for one in random.integers(1, 30, random.integers(1, 6)))
        price = "" if number % 31 == 7 else f"{random.uniform(1, 900):.2f}"
        colour = random.choice(["red", "blue", "2", "", "green"])
        tail = f"{random.integers(1, 99)},{random.choice(['flat', 'house'])},{random.choice(['a', 'b', 'c'])}"
        lines.append(f'{size},{sold},{colour},"{note}",{route},{price},{tail}')
    (folder / "many.csv").write_text("\n".join(lines), encoding="utf-8")


MANY = """
model M {
  input n: [features(size, sold)]
  input c: int32[features(colour)]
  input t: int32[features(note)]
  input r: int64[features(route)]
  words = [t -> Embedding(60, 4) -> Flatten(), r -> Embedding(40, 4) -> Flatten(), c -> Embedding(9, 2) -> Flatten()]
  h = [n] + words -> Concatenate() -> Dense(4, relu)
  %s
}
data {
  source = csv("many.csv")
  target = %s
  ignore = [%s]
  features {
    size   = ordinal(order=["low", "mid", 1, "high"], impute=%s, scale=minmax)
    sold   = date(parts=[%s], impute=most_frequent, scale=%s)
    colour = category(encode=ids, impute=%s)
    note   = text(max_tokens=12, length=%s)
    route  = tokens(max_tokens=30)
  }
  split = {test: 20%%, validation: 20%%%s}
}
train {
  loss = %s
}
"""


@pytest.mark.parametrize(
    "filled",
    [
        (
            "output y = h -> Dense(1)", "price", "days, kind, condition",
            "median", "days, year, month", "standard", "none", "none", "", "mse",
        ),
        (
            "output y = h -> Dense(2)", "[price, log(days)]", "kind, condition",
            "most_frequent", "hour, weekday, yearday, day", "robust", "most_frequent", "5", ", stratify: true", "mae",
        ),
        (
            "output a = h -> Dense(2, softmax)\n  output b = h -> Dense(1)\n  output c = h -> Dense(3, softmax)",
            "{c: condition, b: log1p(price), a: kind}", "days",
            "median", "days", "none", '"blue"', "3", ", stratify: true, seed: 2",
            "{a: categorical_crossentropy, b: mse, c: sparse_categorical_crossentropy}",
        ),
    ],
    ids=["one target", "two units", "three outputs"],
)  # fmt: skip
def test_every_kind_of_column_and_several_targets(filled: tuple[str, ...], tmp_path: Path) -> None:
    _many_kinds(tmp_path)
    where = tmp_path / "module"
    where.mkdir()
    same(checked(MANY % filled), tmp_path, where)


DEALT = """
model M {
  input x: [features]
  output y = x -> Dense(4, relu) -> Dense(1)
}
data {
  source = csv("dealt.csv")
  target = price
%s
  split = {%s}
}
train {
  loss = mse
}
"""


@pytest.mark.parametrize(
    ("split", "features"),
    [
        ("column: part", ""),
        ("group: house, test: 30%, validation: 15%, seed: 5", ""),
        ("group: house, test: 25%, validation: 0%", ""),
        ("time: sold, test: 20%, validation: 20%", ""),
        ("time: sold, test: 20%", "  features {\n    sold = date(parts=[year, month])\n  }"),
        ("time: year", ""),
    ],
)
def test_rows_dealt_out_by_a_column(split: str, features: str, tmp_path: Path) -> None:
    """The column that deals out is no feature, unless it is a time that `features` names."""
    random = np.random.default_rng(8)
    words = ["train", "Training", "train", "VAL", "valid", "dev", "validation", "test", "Testing"]
    lines = ["part,house,sold,year,size,price"]
    for _ in range(140):
        day = f"20{random.integers(20, 24)}-0{random.integers(1, 5)}-1{random.integers(3)}"
        house = random.choice(["1", "1.0", "07", "a", "b", "c", "d", "e"])
        numbers = f"{random.integers(1990, 2010)},{random.normal():.3f},{random.uniform(1, 9):.3f}"
        lines.append(f"{random.choice(words)},{house},{day},{numbers}")
    (tmp_path / "dealt.csv").write_text("\n".join(lines), encoding="utf-8")
    where = tmp_path / "module"
    where.mkdir()
    same(checked(DEALT % (features, split)), tmp_path, where)


@pytest.mark.parametrize(
    ("shape", "loss", "more"),
    [
        ("[8, 8, 1]", "sparse_categorical_crossentropy", ""),
        ("[9, 7, 3]", "categorical_crossentropy", "features {\n    picture = picture(scale=none)\n  }"),
        (
            "[8, 8, 4]",
            "sparse_categorical_crossentropy",
            "split = {validation: 10%, test: 30%, stratify: true, seed: 3}",
        ),
    ],
)
def test_a_folder_of_pictures(shape: str, loss: str, more: str, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for name in ("2", "10", "a b"):
        folder = tmp_path / "pictures" / name
        folder.mkdir(parents=True)
        for i, mode in enumerate(["RGB", "L", "RGBA", "RGB", "L", "RGBA", "RGB"]):
            noise = random.integers(0, 256, (20, 15, len(mode)), dtype=np.uint8)
            Image.fromarray(noise[:, :, 0] if mode == "L" else noise).save(folder / f"{i}.png")
        (folder / "._0.png").write_bytes(b"left behind")
    where = tmp_path / "module"
    where.mkdir()
    same(checked(PICTURES % (shape, more, loss)), tmp_path, where)


def test_a_module_with_data_trains_as_it_stands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import runpy

    text = (ROOT / "examples" / "wine.nn").read_text(encoding="utf-8").replace("epochs = 80", "epochs = 2")
    spec = checked(text, "wine.nn")
    (tmp_path / "wine.py").write_text(python_source(spec, spec.model), encoding="utf-8")
    runpy.run_path(str(tmp_path / "wine.py"), run_name="__main__")
    assert "accuracy" in capsys.readouterr().out


def test_no_fn_of_a_spec_may_take_the_name_of_a_helper() -> None:
    assert HELPERS.keys() <= MODULE_NAMES
