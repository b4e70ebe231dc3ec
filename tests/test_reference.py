"""The reference: written from the rows, with examples that check, quick, and without TensorFlow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nnc.catalog import find, names
from nnc.cli import run
from nnc.pipeline.examples import example
from nnc.pipeline.reference import files, refusal

ROOT = Path(__file__).parent.parent
KINDS = (
    "layers", "activations", "losses", "metrics", "optimizers", "optimizers.schedules", "initializers", "regularizers",
    "constraints", "callbacks", "ops",
)  # fmt: skip


def test_the_committed_pages_are_those_of_the_rows():
    folder = ROOT / "docs/reference"
    written = files()
    assert sorted(path.name for path in folder.iterdir()) == sorted(written)
    for name, text in written.items():
        assert (folder / name).read_text(encoding="utf-8") == text, f"{name}: run `make reference`"


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_that_can_be_used_has_an_example_that_checks_and_holds_it(kind):
    for name in names(kind):
        row = find(kind, name)
        if refusal(row) is None:
            shown = example(row)
            assert shown is not None, name
            assert name in shown.text, name


def test_a_layer_s_page(capsys):
    assert run(["explain", "Conv2D"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Conv2D\n")
    for words in (
        "Convolution2D", "filters", "required", "kernel_size", "a positive whole number or a list of 2",
        "`valid` or `same`", "kernel × channels / groups × filters", "x -> Conv2D(4, 3",
        "`y` is `[6, 6, 4]`, with 112 parameters",
    ):  # fmt: skip
        assert words in " ".join(out.split()), words
    assert "\x1b" not in out


def test_an_alias_and_a_word_lead_to_the_page(capsys):
    assert run(["explain", "MaxPool2D"]) == 0
    assert capsys.readouterr().out.startswith("MaxPooling2D\n")
    assert run(["explain", "mae"]) == 0
    out = capsys.readouterr().out
    assert "A loss." in out
    assert "A metric." in out
    assert "Lower is better." in out


def test_a_name_of_several_kinds_shows_all(capsys):
    assert run(["explain", "softmax"]) == 0
    out = capsys.readouterr().out
    assert "An activation." in out
    assert "A function of keras.ops." in out
    assert "`y` is `[4, 6]`" in out


@pytest.mark.parametrize(
    ("topic", "words"),
    [("Lambda", "needs Python code"), ("while_loop", "a spec holds none"), ("segment_sum", "not in a model")],
)
def test_what_can_t_be_used_says_why(capsys, topic, words):
    assert run(["explain", topic]) == 0
    assert words in " ".join(capsys.readouterr().out.split())


def test_a_misspelt_name_is_mended(capsys):
    assert run(["explain", "Conv2d"]) == 2
    assert "Did you mean 'Conv2D'?" in capsys.readouterr().err


def test_it_needs_no_heavy_library():
    code = (
        "import sys; from nnc.pipeline import topics; topics.page('Conv2D'); topics.page('einsum');"
        "print([m for m in ('keras', 'tensorflow', 'numpy', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
