"""The emitted `load_data()` gives the arrays that nnc itself prepares, by pandas, NumPy and scikit-learn alone."""

from __future__ import annotations

import ast
import os
import symtable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnc.data import load, prepare
from nnc.data.split_by import PARTS, WORDS
from nnc.emit.names import MODULE_NAMES
from nnc.emit.python.helpers import HELPERS, helpers_of
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


def unused(source: str) -> list[str]:
    """The module's own functions that nothing in it names, or that only local variables are called like."""
    tables, named = [symtable.symtable(source, "module", "exec")], set[str]()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        named |= {one.get_name() for one in table.get_symbols() if one.is_global() and one.is_referenced()}
    defined = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return [name for name in defined if name not in named]


def same(spec: Any, folder: Path, where: Path) -> None:
    """Whether the module's arrays are nnc's own."""
    source = python_source(spec, spec.model)
    assert "def load_data():" in source
    assert ruff_complaints(source) == "", source
    assert "nnc" not in source.replace("written by nnc", "")
    assert unused(source) == []
    prepared = prepare(load(spec.data, folder), spec, spec.model)
    module = as_module(source, where)
    before = Path.cwd()
    os.chdir(folder)
    try:
        parts = module.load_data()
    finally:
        os.chdir(before)
    for (x, y, *weights), part in zip(parts, (prepared.train, prepared.validation, prepared.test), strict=True):
        assert len(weights) == (part.weights is not None)
        for given in weights:
            assert given.dtype == part.weights.dtype
            np.testing.assert_array_equal(given, part.weights)
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


FILES = """
model M {
  input x: [features]
  output y = x -> Dense(4, relu) -> Dense(%s)
}
data {
  source = csv("a.csv", delimiter=";")
  target = %s
  split = {%s}
}
train {
  loss = %s
%s}
"""


@pytest.mark.parametrize(
    ("units", "target", "split", "loss", "more"),
    [
        ("1", "price", 'validation: "b.csv", test: "c.csv"', "mse", ""),
        ("1", "price", 'test: "c.csv"', "mse", "  sample_weight = weight\n"),
        ("1", "price", 'test: "c.csv", validation: 30%, seed: 9', "mse", ""),
        ("1", "price", 'validation: "b.csv", test: 0%', "mse", ""),
        ("2", "[price, size]", 'validation: "b.csv", test: 25%', "mse", "  sample_weight = weight\n"),
        ("3, softmax", "kind", 'test: "c.csv"', "sparse_categorical_crossentropy", ""),
        ("3, softmax", "kind", "test: 20%", "CategoricalGeneralizedCrossEntropy(q=0.7)", ""),
        ("1", "price", "test: 20%", "mse", "  sample_weight = weight\n"),
        ("1", "price", 'validation: "[bd].csv", test: "c*.csv"', "mse", ""),
    ],
)
def test_rows_dealt_out_by_files_and_weights_of_rows(
    units: str, target: str, split: str, loss: str, more: str, tmp_path: Path
) -> None:
    """A column that is a number in one file alone is a text; rows without a target are no part's."""
    random = np.random.default_rng(4)
    for file, rows in (("a", 90), ("b", 21), ("c", 33), ("c2", 12), ("d", 15), ("e[1]", 40)):
        lines = ["kind;size;code;weight;price"]
        for number in range(rows):
            price = "" if number % 10 == 3 else f"{random.uniform(1, 9):.3f}"
            code = f"x{random.integers(4)}" if file[0] == "c" else random.integers(4)
            size, weight = random.normal(), random.uniform(0, 3)
            lines.append(f"{random.choice(['a', 'b', '7'])};{size:.3f};{code};{weight:.2f};{price}")
        (tmp_path / f"{file}.csv").write_text("\n".join(lines), encoding="utf-8")
    where = tmp_path / "module"
    where.mkdir()
    same(checked(FILES % (units, target, split, loss, more)), tmp_path, where)
    if split == "test: 20%":  # the name of one file, which would be a pattern
        same(checked(FILES.replace("a.csv", "e[1].csv") % (units, target, split, loss, more)), tmp_path, where)
        same(checked(FILES.replace("a.csv", "[ab]*.csv") % (units, target, split, loss, more)), tmp_path, where)


BOTH = ("1, sigmoid", "kind", "test: 20%", "binary_crossentropy")


@pytest.mark.parametrize(
    "more", ["  sample_weight = weight\n", '  class_weight = {"1": 5}\n  sample_weight = weight\n']
)
def test_a_module_with_weights_trains_as_nnc_does(
    more: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Keras itself refuses weights of rows beside weights of classes."""
    import runpy

    random = np.random.default_rng(4)
    rows = [f"{'ab'[i % 3 == 0]};{random.normal():.3f};{random.uniform(0, 3):.2f}" for i in range(60)]
    (tmp_path / "a.csv").write_text("\n".join(["kind;size;weight", *rows]), encoding="utf-8")
    spec = checked(FILES % (*BOTH, more + "  epochs = 2\n  shuffle = false\n"))
    (tmp_path / "m.py").write_text(python_source(spec, spec.model), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    module = runpy.run_path("m.py", run_name="__main__")
    assert "loss" in capsys.readouterr().out
    (x, y, weights), validation, _ = module["load_data"]()
    model = module["build_model"](x.shape[1])
    model.compile("sgd", "binary_crossentropy")
    twin = module["keras"].models.clone_model(model)
    twin.set_weights(model.get_weights())
    twin.compile("sgd", "binary_crossentropy")
    given = module["train"](model, x, y, validation_data=validation, sample_weight=weights).history
    whole = weights * np.where(y[:, 0] == 1, 5, 1) if "class_weight" in more else weights
    wanted = twin.fit(x, y, epochs=2, shuffle=False, validation_data=validation, sample_weight=whole, verbose=0).history
    np.testing.assert_allclose(given["loss"], wanted["loss"], rtol=1e-6)
    np.testing.assert_allclose(given["val_loss"], wanted["val_loss"], rtol=1e-6)


def test_no_fn_of_a_spec_may_take_the_name_of_a_helper() -> None:
    assert HELPERS.keys() <= MODULE_NAMES


def test_a_local_variable_is_no_call_of_a_helper() -> None:
    source = "def load_data():\n    text = [name for name in 'ab']\n    return one_hot(text)"
    assert helpers_of(source) == [HELPERS["one_hot"]]


def test_words_for_the_parts_are_those_of_the_table() -> None:
    """nnc's own table of words, and the one that is written into a program."""
    import pandas as pd

    space: dict[str, Any] = {"np": np}
    exec(HELPERS["split_by_column"], space)  # noqa: S102 - our own text
    for word, part in WORDS.items():
        rows = dict(zip(PARTS, space["split_by_column"](pd.Series([word.upper()])), strict=True))
        assert [len(rows[name]) for name in PARTS] == [int(name == part) for name in PARTS]
