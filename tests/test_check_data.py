"""`nnc check --data`: the spec held against its table, and what becomes of each column, without TensorFlow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnc.cli import run

SPEC = """model M {
  input x: [features]
  output y = x -> Dense(8, relu) -> Dense(3, softmax)
}

data {
  source = csv("t.csv")
  target = grade
  ignore = [note]
  features {
    size = ordinal(order=["small", "large"])
  }
}

train {
  loss = sparse_categorical_crossentropy
  epochs = 2
}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    lines = ["size,kind,width,ticket,note,grade"]
    for i in range(120):
        width = "" if i == 3 else f"{rng.normal():.3f}"
        kind, size = rng.choice(["a", "b"]), rng.choice(["small", "large"])
        lines.append(f"{size},{kind},{width},T{i},free,{'' if i == 9 else 'xyz'[i % 3]}")
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    path = tmp_path / "m.nn"
    path.write_text(SPEC)
    return path


def looked(spec: Path, capsys: Any, code: int = 0) -> Any:
    assert run(["check", "--data", "--format", "json", str(spec)]) == code
    return json.loads(capsys.readouterr().out)


def test_each_column_is_shown_with_what_becomes_of_it(spec: Path, capsys: Any) -> None:
    (table,) = looked(spec, capsys)["data"]
    assert (table["source"], table["rows"], table["whole"], table["dropped"]) == ("t.csv", 120, True, 1)
    assert sum(table["parts"].values()) == 119
    columns = {column["name"]: column for column in table["columns"]}
    assert {name: (column["role"], column["kind"]) for name, column in columns.items()} == {
        "size": ("said", "ordinal"), "kind": ("guessed", "category"), "width": ("guessed", "numeric"),
        "ticket": ("left out", "looks like an identifier: another value in most rows"), "note": ("ignored", ""),
        "grade": ("target", "3 classes"),
    }  # fmt: skip
    assert columns["width"]["missing"] == 1
    assert columns["kind"]["features"] == 2
    assert run(["check", "--data", str(spec)]) == 0
    said = capsys.readouterr().out
    assert "t.csv: 120 rows; 71 train, 24 validation, 24 test, 1 without a target" in said
    assert "ordinal(order=[small, large], impute=median, scale=standard)" in said


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("Dense(3, softmax)", "Dense(4, softmax)", "NN0621", "the target `grade` has 3 classes"),
        ("target = grade", "target = grad", "NN0611", "did you mean `grade`?"),
        ("ignore = [note]", "ignore = [notes]", "NN0611", "did you mean `note`?"),
        ('["small", "large"]', '["small", "big"]', "NN0630", "is not in its order"),
        ("[features]", "[7]", "NN0620", "the prepared table has"),
        ('csv("t.csv")', 'csv("u.csv")', "NN0601", "there is no file"),
    ],
)
def test_what_only_the_table_can_tell_is_a_finding(
    spec: Path, capsys: Any, old: str, new: str, code: str, said: str
) -> None:
    spec.write_text(SPEC.replace(old, new))
    findings = looked(spec, capsys, 1)["findings"]
    assert [finding["code"] for finding in findings] == [code]
    assert said in " ".join(str(value) for value in findings[0].values())


def test_a_batch_larger_than_the_training_is_told(spec: Path, capsys: Any) -> None:
    spec.write_text(SPEC.replace("epochs = 2", "epochs = 2\n  batch_size = 500"))
    (finding,) = looked(spec, capsys)["findings"]
    assert (finding["code"], finding["severity"]) == ("NN0919", "warning")


def test_of_a_long_table_a_sample_is_read_and_what_it_can_t_prove_is_not_said(
    spec: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nnc.data import table
    from nnc.pipeline import data_look

    lines = (spec.parent / "t.csv").read_text().splitlines()
    rare = [line[:-1] + "q" for line in lines[1:3]]  # the class of the last rows
    (spec.parent / "t.csv").write_text("\n".join([lines[0], *(lines[1:] * 600), *rare]) + "\n")
    monkeypatch.setattr(data_look, "SAMPLE_ROWS", 60_000)
    spec.write_text(SPEC.replace("Dense(3, softmax)", "Dense(4, softmax)"))
    (found,) = looked(spec, capsys)["data"]  # three of the four classes are in the sample, so all rows were read
    assert (found["rows"], found["whole"]) == (120 * 600 + 2, True)
    spec.write_text(SPEC)
    (found,) = looked(spec, capsys)["data"]
    assert (found["rows"], found["whole"]) == (table.CHUNK_ROWS, False)
    assert run(["check", "--data", str(spec)]) == 0
    assert "t.csv: the first 65,536 rows" in capsys.readouterr().out


def test_a_spec_at_fault_is_told_and_its_table_not_read(spec: Path, capsys: Any) -> None:
    spec.write_text(SPEC.replace("Dense(8", "Dence(8"))
    found = looked(spec, capsys, 1)
    assert [finding["code"] for finding in found["findings"]] == ["NN0301"]
    assert found["data"] == []


def test_a_spec_without_data_says_so(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "m.nn"
    path.write_text("model M {\n  input x: [4]\n  output y = x -> Dense(1)\n}\n")
    assert [finding["code"] for finding in looked(path, capsys, 1)["findings"]] == ["NN0706"]


def test_it_loads_no_tensorflow(spec: Path) -> None:
    code = (
        "import sys; from nnc.cli import run; run(['check', '--data', sys.argv[1]]);"
        "print([name for name in ('tensorflow', 'keras', 'shap', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(spec)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
