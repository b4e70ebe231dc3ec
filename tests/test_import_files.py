"""Files as Keras writes them, through the command line: SavedModels of both Keras 2 and 3, and the way of weights."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from nnc.cli import run

if TYPE_CHECKING:
    import keras

pytestmark = pytest.mark.tf

# TensorFlow still carries the Keras 2 that wrote such folders; it wants to know its own version.
KERAS_2 = """
import sys
import tensorflow.python.keras as old
old.__version__ = "2.6.0"
from tensorflow.python.keras import layers, models
from tensorflow.python.keras.engine.input_layer import Input
x = Input((8, 8, 1), name="x")
h = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu", name="conv")(x)
y = layers.Dense(3, activation="softmax", name="kind")(layers.Flatten(name="flat")(h))
models.Model(x, y, name="old").save(sys.argv[1], save_format="tf")
models.Sequential([Input((4,)), layers.Dense(2, name="d")], name="chain").save(sys.argv[2], save_format="tf")
"""


def small() -> keras.Model:
    import keras
    from keras import layers

    x = keras.Input((6,), name="x")
    h = layers.BatchNormalization(name="norm")(layers.Dense(5, activation="relu", name="dense_one")(x))
    h = layers.Dense(5, activation="tanh")(layers.Dense(5, activation="tanh")(h))
    model = keras.Model(x, [layers.Dense(3, name="kind")(h), layers.Dense(1, name="size")(h)], name="small")
    random = np.random.default_rng(5)
    model.set_weights([random.uniform(0.1, 1, weight.shape) for weight in model.get_weights()])
    return model


def test_a_folder_that_keras_2_wrote_comes_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [str(tmp_path / "old"), str(tmp_path / "chain")]
    subprocess.run([sys.executable, "-c", KERAS_2, *folders], check=True, capture_output=True, env=os.environ)
    assert (tmp_path / "old" / "keras_metadata.pb").is_file()
    assert run(["import", folders[0]]) == 0
    assert capsys.readouterr().out == (
        "model old {\n"
        "  input x: [8, 8, 1]\n"
        '  conv = x -> Conv2D(4, 3, strides=2, padding="same", activation=relu)\n'
        "  flat = conv -> Flatten()\n"
        "  output kind = flat -> Dense(3, softmax)\n"
        "}\n"
    )
    assert run(["import", folders[1]]) == 0
    assert "-> Dense(2" in capsys.readouterr().out


@pytest.mark.parametrize("way", ["export", "tf"])
def test_a_folder_that_is_a_program_says_what_to_do(
    way: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import tensorflow as tf

    folder = tmp_path / "served"
    if way == "export":
        small().export(folder, verbose=False)
    else:
        tf.saved_model.save(small(), str(folder))
    capsys.readouterr()
    assert run(["import", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "NN0801" in said
    assert 'model.save("model.keras")' in said
    assert run(["import", str(tmp_path)]) == 1
    assert "no SavedModel lies in it" in capsys.readouterr().err


@pytest.mark.parametrize("form", [".keras", ".h5", "function"])
def test_weights_go_along_through_both_commands(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    original = small()
    model = str(tmp_path / f"small{form}")
    if form == "function":
        original.save(tmp_path / "kept.keras")
        (tmp_path / "theirs.py").write_text(
            "import keras\ndef make():\n    return keras.saving.load_model('kept.keras')\n"
        )
        monkeypatch.chdir(tmp_path)
        model = "theirs:make"
    else:
        original.save(model)
    spec, weights, again = (str(tmp_path / name) for name in ("m.nn", "m.weights.h5", "again.keras"))
    assert run(["import", model, "-o", spec, "--weights", weights]) == 0
    assert run(["compile", spec, "-o", again, "--weights", weights]) == 0
    built = keras.saving.load_model(again, compile=False)
    rows = np.random.default_rng(1).normal(size=(7, 6)).astype("float32")
    for ours, theirs in zip(keras.tree.flatten(built(rows)), keras.tree.flatten(original(rows)), strict=True):
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


def test_a_function_takes_its_arguments_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["import", "keras.applications:MobileNet", "--set", "weights=none", "--set", "input_shape=[32, 32, 3]"]
    assert run([*words, "--set", "classes=7"]) == 0
    text = capsys.readouterr().out
    assert ": [32, 32, 3]" in text
    assert "Conv2D(7, " in text
    assert run([*words, "--set", "klasses=7"]) == 1
    said = capsys.readouterr().err
    assert "klasses" in said
    assert "--set NAME=VALUE" in said
    small().save(tmp_path / "small.keras")
    assert run(["import", str(tmp_path / "small.keras"), "--set", "classes=7"]) == 2


def test_weights_of_another_model_are_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small().save(tmp_path / "small.keras")
    spec, weights, out = (tmp_path / name for name in ("other.nn", "m.weights.h5", "other.keras"))
    assert run(["import", str(tmp_path / "small.keras"), "--weights", str(weights)]) == 0
    spec.write_text("model Other {\n  input x: [6]\n  output y = x -> Dense(9)\n}\n")
    capsys.readouterr()
    assert run(["compile", str(spec), "-o", str(out), "--weights", str(weights)]) == 1
    assert "does not hold the weights of" in capsys.readouterr().err
    weights.write_bytes(b"no weights at all")
    assert run(["compile", str(spec), "-o", str(out), "--weights", str(weights)]) == 1
    assert "does not hold the weights of" in capsys.readouterr().err
    assert not out.exists()
    assert run(["import", str(tmp_path / "small.keras"), "--weights", "m.bin"]) == 2
    assert run(["compile", str(spec), "-o", str(tmp_path / "m.py"), "--weights", str(weights)]) == 2
