"""`nnc diff`: what was added, removed, changed and renamed, in words and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nnc.cli import run
from tests.conftest import ROOT

BEFORE = """param width = 8
model Net {
  input x: [4]
  h1 = x -> Dense(width, relu)
  h2 = h1 -> Dense(8, relu)
  output y = h2 -> Dense(1, sigmoid)
}
train {
  loss = binary_crossentropy
  epochs = 10
}
"""


def lines(tmp_path: Path, after: str, capsys: pytest.CaptureFixture[str], code: int = 1) -> list[str]:
    (tmp_path / "a.nn").write_text(BEFORE)
    (tmp_path / "b.nn").write_text(after)
    assert run(["diff", str(tmp_path / "a.nn"), str(tmp_path / "b.nn")]) == code
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_the_same_differs_in_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(tmp_path, "# a comment\n" + BEFORE, capsys, code=0) == []


def test_an_inserted_layer_and_a_renamed_one_are_just_that(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = BEFORE.replace(
        "h1 = x -> Dense(width, relu)", "h1 = x -> Dense(width, relu)\n  n = h1 -> LayerNormalization()"
    )
    after = after.replace("h2 = h1", "deep = n").replace("y = h2", "y = deep")
    assert lines(tmp_path, after, capsys) == [
        "model",
        "added n: LayerNormalization()",
        "renamed Dense: h2 → deep",
        "changed parameters trainable: 121 → 137",
    ]


def test_arguments_params_training_and_removed_layers_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    after = BEFORE.replace("width = 8", "width = 16").replace("  h2 = h1 -> Dense(8, relu)\n", "").replace("h2", "h1")
    assert lines(tmp_path, after.replace("epochs = 10", "epochs = 20"), capsys) == [
        "params",
        "changed width: 8 → 16",
        "model",
        'removed h2: Dense(units=8, activation="relu")',
        "changed h1 units: 8 → 16",
        "changed h1 shape: [8] → [16]",
        "changed parameters trainable: 121 → 97",
        "train",
        "changed epochs: 10 → 20",
    ]


def test_another_source_of_a_tensor_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = (
        "  a = x -> Dense(3)\n  b = x -> Dense(3, relu)\n  output y = {0} -> Dense(1)\n  output z = {1} -> Dense(2)\n"
    )
    net = "model Net {{\n  input x: [4]\n" + body + "}}\n"
    (tmp_path / "a.nn").write_text(net.format("a", "b"))
    (tmp_path / "b.nn").write_text(net.format("b", "a"))
    assert run(["diff", str(tmp_path / "a.nn"), str(tmp_path / "b.nn")]) == 1
    found = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert found == ["model", "changed y takes: a → b", "changed z takes: b → a"]


def test_json_and_a_model_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.nn").write_text(BEFORE)
    model = ROOT / "tests" / "cases" / "keras" / "functional_v2.json"
    assert run(["diff", "--format", "json", str(tmp_path / "a.nn"), str(model)]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {
        "where": "model",
        "action": "renamed",
        "what": "model",
        "aspect": "",
        "before": "Net",
        "after": "model",
    } in found
    assert run(["diff", str(model), str(model)]) == 0


def test_a_side_that_cannot_be_read_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", str(tmp_path / "none.nn"), str(tmp_path / "none.nn")]) == 2
    assert "none.nn" in capsys.readouterr().err


RUN = """model Wine {{
  input x: [features]
  output kind = x -> Dense({units}, relu) -> Dense(3, softmax)
}}

data {{
  source = sklearn(wine)
}}

train {{
  loss = sparse_categorical_crossentropy
  epochs = {epochs}
}}

report {{
  baselines = [majority]
  explain = {{samples: 10}}
}}
"""


@pytest.mark.tf
def test_of_two_runs_the_metrics_are_told_with_their_intervals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, units, epochs in (("a", 4, 1), ("b", 16, 30)):
        (tmp_path / f"{name}.nn").write_text(RUN.format(units=units, epochs=epochs))
        assert run(["train", str(tmp_path / f"{name}.nn"), "-o", str(tmp_path / name)]) == 0
    capsys.readouterr()
    a, b = tmp_path / "a", tmp_path / "b"
    assert run(["diff", str(a), str(b), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    told = {one["what"]: (one["before"], one["after"]) for one in found if one["where"] == "metrics"}
    measured = [json.loads((side / "evidence.json").read_text())["evaluation"]["metrics"] for side in (a, b)]
    wanted = {}
    for one, other in zip(*measured, strict=True):
        texts = tuple(
            f"{metric['estimate']['value']:.4g} [{metric['estimate']['low']:.4g}, {metric['estimate']['high']:.4g}]"
            for metric in (one, other)
        )
        if texts[0] != texts[1]:
            wanted[one["key"]] = texts
    assert "accuracy" in wanted
    assert told == wanted
    assert {one["where"] for one in found} == {"model", "train", "metrics"}
    assert run(["diff", str(a), str(b)]) == 1
    said = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert f"changed accuracy: {' → '.join(wanted['accuracy'])}" in said
    assert "changed epochs: 1 → 30" in said
    # A run beside its own spec has nothing to compare its metrics with.
    assert run(["diff", str(a), str(tmp_path / "a.nn")]) == 0
    assert run(["diff", str(a), str(a)]) == 0
