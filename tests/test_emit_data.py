"""The emitted `load_data()` gives the arrays that nnc itself prepares, by pandas, NumPy and scikit-learn alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnc.data import load, prepare
from nnc.emit.python_source import python_source
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
        assert y.dtype == part.y.dtype
        np.testing.assert_array_equal(y, part.y)


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
