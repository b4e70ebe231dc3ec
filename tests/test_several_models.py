"""Several models in one file: which of them the sections are for, and what a command does with the others."""

from __future__ import annotations

import pytest

from nnc import graph
from nnc.check import check
from nnc.cli import run
from nnc.diagnostics import Diagnostic
from nnc.emit.python.source import python_source
from nnc.render import render_text
from nnc.source import Source
from nnc.syntax import parse
from tests.conftest import ROOT

TWO = """
block Body() {
  input x
  output y = x -> Dense(4, relu)
}

model Price {
  input x: [3]
  h = x -> Body()
  output price = h -> Dense(1)
}

model Both {
  input x: [3]
  h = x -> Body()
  output price = h -> Dense(1)
  output kind = h -> Dense(2, softmax)
}
"""
FOR_BOTH = """
train {
  loss = {price: mse, kind: sparse_categorical_crossentropy}
  metrics = {kind: accuracy}
}
"""
FOR_ANY = """
train {
  loss = mse
}
"""


def checked(text: str, model: str | None = None) -> tuple[graph.Spec | None, list[Diagnostic]]:
    file, findings = parse(Source("two.nn", text))
    assert file is not None
    assert not len(findings)
    spec, found = check(file, model=model)
    return spec, list(found)


def right(text: str, model: str | None = None) -> graph.Spec:
    spec, found = checked(text, model)
    assert spec is not None, render_text(found)
    return spec


@pytest.mark.parametrize(
    ("sections", "model", "chosen", "trained"),
    [
        ("", None, "Price", None),
        ("", "Both", "Both", None),
        (FOR_ANY, None, "Price", "Price"),
        (FOR_ANY, "Both", "Both", "Both"),
        (FOR_BOTH, None, "Both", "Both"),
        (FOR_BOTH, "Both", "Both", "Both"),
        (FOR_BOTH, "Price", "Price", "Both"),
    ],
)
def test_the_sections_are_for_the_model_whose_outputs_they_name(
    sections: str, model: str | None, chosen: str, trained: str | None
) -> None:
    spec = right(TWO + sections, model)
    assert (spec.model.name, spec.trained) == (chosen, trained)
    assert (spec.train is not None) == (trained == chosen)
    if spec.train is not None:
        assert set(spec.train.losses) == {output.name for output in spec.model.outputs}


def test_python_of_a_model_that_the_sections_are_not_for_has_no_training() -> None:
    spec = right(TWO + FOR_BOTH, "Price")
    assert "def train" not in python_source(spec, spec.model)
    spec = right(TWO + FOR_BOTH)
    assert "def train" in python_source(spec, spec.model)


def test_sections_that_are_for_no_model_are_held_against_the_one_asked_for() -> None:
    wrong = TWO + FOR_BOTH.replace("kind: sparse", "kinds: sparse")
    for model, outputs in ((None, "price"), ("Price", "price"), ("Both", "price, kind")):
        spec, found = checked(wrong, model)
        assert spec is None
        assert found[0].code.id == "NN0407"
        assert outputs in str(found[0].help) or "did you mean `kind`" in str(found[0].help)


def test_a_lint_of_training_looks_at_the_trained_model() -> None:
    sections = FOR_BOTH.replace("metrics = {kind: accuracy}", "metrics = {price: accuracy}")
    assert [item.code.id for item in checked(TWO + sections)[1]] == ["NN0905"]


@pytest.mark.parametrize("command", ["train", "report"])
def test_training_another_model_than_the_sections_say_is_a_finding(command: str, capsys, tmp_path) -> None:
    path = tmp_path / "two.nn"
    path.write_text(TWO + FOR_BOTH + 'data {\n  source = csv("a.csv")\n  target = {price: P, kind: K}\n}\n')
    assert run([command, str(path), "--model", "Price", "-o", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "[NN0706]" in said
    assert "name the outputs of the model `Both`, so `Price` can't be trained" in said


def test_commands_take_the_model_that_is_named(capsys) -> None:
    vae = str(ROOT / "examples" / "vae.nn")
    for words, expected in (
        (["compile", vae], "Build VAE."),
        (["compile", vae, "--model", "Decoder"], "Build Decoder."),
        (["show", vae, "--model", "Encoder"], "Encoder"),
    ):
        assert run(words) == 0
        assert expected in capsys.readouterr().out
    assert run(["compile", vae, "--model", "Decode"]) == 1
    assert "did you mean `Decoder`?" in capsys.readouterr().err


def test_models_of_one_file_name_the_layers_of_their_common_blocks_alike() -> None:
    spec = right((ROOT / "examples" / "vae.nn").read_text(encoding="utf-8"))
    whole = spec.models["VAE"].layers
    for part in ("Encoder", "Decoder"):
        layers = spec.models[part].layers
        assert layers
        assert all(whole[name] == layer for name, layer in layers.items())
    spec = right((ROOT / "examples" / "seq2seq.nn").read_text(encoding="utf-8"))
    whole = spec.models["Translator"].layers
    assert {**spec.models["Encoder"].layers, **spec.models["Decoder"].layers} == whole
