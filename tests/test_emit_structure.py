"""The emitted Python keeps what the spec has: blocks are functions, loops stay loops, params are constants."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from nnc.catalog import Size
from nnc.check import check
from nnc.emit.names import MODULE_NAMES, Names, fn_names, scoring_fns, snake_case
from nnc.emit.python.model import width_parameters
from nnc.emit.python.params import Constants
from nnc.emit.python.source import python_source
from nnc.emit.python.written import structured
from nnc.graph import Spec
from nnc.source import Source
from nnc.syntax import parse
from tests.conftest import ROOT
from tests.emit.specs import SPECS
from tests.emit.tools import as_module, checked, ruff_complaints, ruff_complaints_about

# Repeats of shared layers are written out call by call.
WRITTEN_OUT = {"repeats"}
FILES = [
    path
    for folder in ("examples", "tests/cases/good")
    for path in sorted((ROOT / folder).glob("*.nn"))
    if path.stem not in WRITTEN_OUT
]

# Each is a corner of the language; all must keep their structure.
CORNERS: dict[str, str] = {
    "loops in loops": """
        model M {
          input x: [8]
          h = x
          for width in [4, 8, 16] {
            for i in range(2) {
              h = h -> Dense(width, relu) -> Dropout(0.1)
              g = h -> Dense(8)
            }
          }
          output y = [g, x] -> Add()
        }
        """,
    "a loop after a layer of its name": """
        model M {
          input x: [8]
          h = x -> Dense(4) -> relu
          for w in [3, 5] { h = h -> Dense(w) -> relu }
          h = h -> Dense(2) -> relu
          output y = h -> Dense(1)
        }
        """,
    "blocks in blocks, several inputs and outputs": """
        param depth = 2
        block Cell(units) {
          input x
          output y = x -> Dense(units, tanh) -> Dropout(0.1)
        }
        block Stack(units, times = 2, act = "relu") {
          input a
          input b
          h = [a, b] -> Concatenate() -> times * Cell(units) -> Activation(act)
          for i in range(times) { h = h -> Cell(units) }
          output left = h -> Dense(units, name="last")
          output right = h * 2 + a[:, 0:1]
        }
        model M {
          input x: [8]
          input z: [3]
          one, two = (x, z) -> Stack(4, times=depth)
          _, three = Stack(5, depth, tanh)(a=one, b=two)
          output y = three -> Dense(1)
        }
        """,
    "a condition and a branch that is not taken": """
        param deep = false
        param width = 16 in [16, 32]
        model M {
          input x: [width]
          h = x
          if deep { h = h -> Dense(width, relu, name="more") -> Dropout(0.5) }
          else if width > 16 and not deep { h = h -> Dense(1) }
          else { h = h -> Dense(if deep then 2 else width // 4) }
          output y = h -> Dense(1)
        }
        """,
    "names that Python has a use for": """
        param list = 3
        param lambda = 0.25
        block print(str) {
          input None_
          output l = None_ -> Dense(str)
        }
        model M {
          input def: [4]
          class = def -> Dense(list)
          keras = class -> print(2) -> Dropout(lambda)
          name = keras -> print(str=3)
          i = name -> Dense(4)
          for j in [4, 4] { i = i -> Dense(j) }
          output ops = i -> Dense(1)
        }
        """,
    "what nothing needs": """
        fn twice(x) = x * 2
        model M {
          input x: [4]
          unused = 3
          dead = x -> Dense(3)
          deader = dead + dead
          a = x * 3
          b = twice(a) + 1
          if unused == 3 { other = 2 }
          output y = b -> Dense(2)
        }
        """,
    "lists, maps and sizes": """
        param sizes = [3, 5]
        param shape_of = [2, 4]
        model M {
          input x: [8]
          picture = x -> Reshape(shape_of)
          n = len(sizes) + max(sizes) + min(1, 2)
          parts = []
          for i in range(2) { parts = parts + [picture[:, i]] }
          wide = parts -> Concatenate()
          h = wide -> Dense(channels(wide) // 2) -> Dense(floor(n / 2)) -> Dense(shape(x)[0])
          k = [sizes[0], 1]
          c = x -> Reshape([8, 1, 1]) -> Conv2D(2, k, padding=same) -> Flatten()
          output y = [h, c] -> Concatenate() -> Dense(1)
        }
        """,
    "layers inside layers, in a loop": """
        block Reader(units) {
          input x
          for u in [units, units * 2] {
            x = x -> Bidirectional(LSTM(u, return_sequences=true)) -> TimeDistributed(Dense(u))
          }
          output y = x -> Bidirectional(GRU(units), backward_layer=GRU(units, go_backwards=true))
        }
        model M {
          input x: [5, 3]
          output y = x -> Reader(2) -> Dense(1)
        }
        """,
    "shared blocks and layers": """
        block Tower(width, act = "relu") {
          input x
          h = x -> Dense(width, act) -> Dropout(0.1)
          output y = h -> Dense(width) -> relu
        }
        model M {
          input a: [6]
          input b: [6]
          layer tower = Tower(4)
          layer other = Tower(width=4, act=tanh)
          layer last = Dense(1)
          left = a -> tower
          right = b -> tower
          x = tower(left -> Dense(6)) -> Dense(6) -> other
          far = (left - right) ** 2 + x
          output y = far -> last
          output z = x -> last
        }
        """,
    "operators of tensors and of numbers": """
        model M {
          input x: [4]
          input t: bool[4]
          a = (x > 0) * x - -x / 2 ** 2
          b = if 1 == 1 and 2 != 3 then a else x
          c = ops.where(x == b, b, 1 - b) * ops.ones_like(b)
          d = not (t and t or t)
          z = ops.sum(a + c, -1, keepdims=true) + ops.cast(d, "float32")
          output y = ops.mean(b, axis=[1], keepdims=true) + z -> Dense(1)
        }
        """,
    "the old value in a later step": """
        model M {
          input x: [4]
          h = x -> Dense(8)
          h = h -> Dense(3) -> Dense(channels(h))
          output y = h + (h -> Dense(2) -> Dense(8)) -> Dense(1)
        }
        """,
    "a name list without a rule": """
        model M {
          input x: [4]
          h = x
          for stage in range(3) {
            h = h -> Dense(4, name="d" + (if stage == 0 then "first" else if stage == 1 then "b" else "z"))
          }
          output y = h
        }
        """,
}


def shape_of(spec: Spec) -> Any:
    fns, sizes = fn_names(spec), width_parameters(spec.model)
    constants = Constants(spec, Names({*MODULE_NAMES, *fns.values(), *sizes.values()}))
    return structured(spec, spec.model, fns, sizes, constants, seed=None, scoring=scoring_fns(spec.train))


def loops(text: str) -> int:
    return sum(isinstance(node, ast.For) for node in ast.walk(ast.parse(text)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_keeps_its_structure(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    spec = checked(text, path.name)
    found = shape_of(spec)
    assert found is not None
    source = python_source(spec, spec.model)
    assert loops(source) >= sum(line.lstrip().startswith("for ") for line in text.splitlines())
    defined = {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    for line in text.splitlines():
        if line.startswith("block "):
            name = snake_case(line.split()[1].split("(")[0])
            assert {name, f"make_{name}"} & defined


def test_ruff_has_nothing_to_say(tmp_path: Path) -> None:
    texts = {**CORNERS, **SPECS, **{path.stem: path.read_text(encoding="utf-8") for path in FILES}}
    for number, text in enumerate(texts.values()):
        spec = checked(text)
        (tmp_path / f"module_{number}.py").write_text(python_source(spec, spec.model), encoding="utf-8")
    assert ruff_complaints_about(tmp_path) == ""


def test_constants_stand_at_the_top_and_are_used() -> None:
    spec = checked((ROOT / "examples" / "deep_nn.nn").read_text(encoding="utf-8"), "deep_nn.nn")
    source = python_source(spec, spec.model)
    assert "\nN_FEATURES = 10\n" in source
    assert "shape=(N_FEATURES,)" in source
    assert "round((N_FEATURES + 1) / 4)," in source


# The examples and SPECS are held to the model in memory by test_emit_keras.py and test_examples.py.
TEXTS = {**CORNERS, **{path.stem: path.read_text(encoding="utf-8") for path in FILES if path.parent.name == "good"}}


@pytest.mark.parametrize("name", SPECS)
def test_every_spec_of_the_corpus_keeps_its_structure(name: str) -> None:
    assert shape_of(checked(SPECS[name])) is not None


@pytest.mark.tf
@pytest.mark.parametrize("name", TEXTS)
def test_what_keeps_its_structure_is_the_model_in_memory(name: str, tmp_path: Path) -> None:
    import keras

    from nnc.emit.keras_model import build_model

    sizes = [dim for one in checked(TEXTS[name]).model.inputs for dim in one.tensor.type.shape]
    spec = checked(TEXTS[name], "a_spec.nn", {dim.name: 7 for dim in sizes if isinstance(dim, Size)})
    assert shape_of(spec) is not None
    keras.utils.clear_session(free_memory=False)
    built = build_model(spec, spec.model, seed=1)
    keras.utils.clear_session(free_memory=False)
    emitted = as_module(python_source(spec, spec.model), tmp_path).build_model()
    assert emitted.get_config() == built.get_config()


@pytest.mark.tf
def test_blocks_of_another_file_see_that_file_s_params(tmp_path: Path) -> None:
    import keras

    from nnc.emit.keras_model import build_model

    used = "param width = 3\nblock Head(n) {\n  input x\n  output y = x -> Dense(width, relu) -> Dense(n)\n}\n"
    text = 'use "head.nn"\nparam width = 5\nmodel M {\n  input x: [width]\n  output y = x -> Head(2)\n}\n'
    file, _ = parse(Source("main.nn", text))
    assert file is not None
    spec, findings = check(file, read=lambda name: Source(name, used))
    assert spec is not None, list(findings)
    source = python_source(spec, spec.model)
    assert "\nWIDTH = 5\n" in source
    assert "\nWIDTH_2 = 3\n" in source
    assert ruff_complaints(source) == ""
    keras.utils.clear_session(free_memory=False)
    built = build_model(spec, spec.model)
    keras.utils.clear_session(free_memory=False)
    assert as_module(source, tmp_path).build_model().get_config() == built.get_config()


TUNED = """
param width = 16
param lr = 0.001
param epochs = 5
param alpha = 0.25
param unused = 3
fn scaled(y_true, y_pred) = mean(square(y_true - y_pred)) * lr * (1 - alpha)
model M {
  input x: [4]
  output a = x -> Dense(width, relu) -> Dense(1)
  output b = x -> Dense(1, sigmoid)
}
train {
  optimizer = Adam(ExponentialDecay(lr, 10 * epochs, decay_rate=0.9))
  loss = {a: scaled, b: BinaryFocalCrossentropy(alpha=alpha)}
  loss_weights = {a: alpha, b: 1}
  metrics = {a: [scaled, mae], b: BinaryAccuracy(threshold=alpha)}
  epochs = epochs
  batch_size = 2 * width
  callbacks = [EarlyStopping(monitor="loss", patience=epochs // 2)]
}
"""


@pytest.mark.tf
def test_params_of_the_training_and_of_fns_are_constants_too(tmp_path: Path) -> None:
    """Who changes a constant at the top changes what hangs on it, as in a program that a person wrote."""
    import keras
    import numpy as np

    spec = checked(TUNED, "tuned.nn")
    source = python_source(spec, spec.model)
    assert ruff_complaints(source) == ""
    for line in ("WIDTH = 16", "LR = 0.001", "EPOCHS = 5", "ALPHA = 0.25"):
        assert f"\n{line}\n" in source
    assert "UNUSED" not in source
    wanted = ("* LR, 1 - ALPHA)", " LR,\n                10 * EPOCHS,\n", "alpha=ALPHA",
              "BinaryAccuracy(threshold=ALPHA", '"a": ALPHA', "batch_size=2 * WIDTH", "epochs=EPOCHS",
              "patience=EPOCHS // 2")  # fmt: skip
    assert [piece for piece in wanted if piece not in source] == []
    keras.utils.clear_session(free_memory=False)
    module = as_module(source.replace("EPOCHS = 5", "EPOCHS = 2").replace("LR = 0.001", "LR = 0.5"), tmp_path)
    model = module.build_model()
    module.compile_model(model)
    history = module.train(model, np.ones((8, 4)), {"a": np.ones((8, 1)), "b": np.ones((8, 1))})
    assert len(history.history["loss"]) == 2
    assert model.optimizer.get_config()["learning_rate"]["config"] | {"name": ""} == {
        "initial_learning_rate": 0.5, "decay_steps": 20, "decay_rate": 0.9, "staircase": False, "name": "",
    }  # fmt: skip


def test_the_program_on_the_page_is_the_one_that_is_written() -> None:
    page = (ROOT / "docs" / "compile.md").read_text(encoding="utf-8")
    text, program = page.split("```nn\n")[1].split("```")[0], page.split("```python\n")[1].split("```")[0]
    spec = checked(text, "small.nn")
    assert python_source(spec, spec.model) == program
