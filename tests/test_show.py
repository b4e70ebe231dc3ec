"""`nnc show`: a tree whose numbers add up, folded where layers repeat, readable at every width."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nnc.check import check
from nnc.cli import run
from nnc.cli.show import short, size
from nnc.emit.network import describe
from nnc.emit.outline import Costs, outline, total
from nnc.source import Source
from nnc.syntax import parse

ROOT = Path(__file__).parent.parent
SPECS = sorted([*(ROOT / "examples").glob("*.nn"), *(ROOT / "tests/cases/good").glob("*.nn")])


def models(text: str, path: Path | None = None):
    file, findings = parse(Source("spec", text))
    spec, found = check(
        file, syntax=findings, read=lambda name: Source(name, (path.parent / name).read_text(encoding="utf-8"))
    )
    assert spec is not None, [str(item) for item in found]
    return list(spec.models.values())


def shown(capsys, tmp_path, monkeypatch, text: str, columns: int = 100) -> str:
    monkeypatch.setenv("COLUMNS", str(columns))
    spec = tmp_path / "it.nn"
    spec.write_text(text, encoding="utf-8")
    assert run(["show", str(spec)]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_rows_of_the_tree_add_up_to_the_whole(path) -> None:
    for model in models(path.read_text(encoding="utf-8"), path):
        network = describe(model)
        rows = outline(model, network)
        top = [row.costs for row in rows if row.depth == 0]
        whole = None if network.trainable is None else network.trainable + (network.non_trainable or 0)
        assert total(cost.parameters for cost in top) == whole
        assert total(cost.multiply_adds for cost in top) == total(node.multiply_adds for node in network.nodes)
        assert total(cost.activation_bytes for cost in top) == total(node.activation_bytes for node in network.nodes)


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_it_fits_the_width(capsys, monkeypatch, path, columns) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert run(["show", str(path)]) == 0
    out = capsys.readouterr().out
    table = [line for line in out.splitlines() if "  " in line]
    assert table
    assert max(map(len, table)) <= columns
    assert "\x1b" not in out


BLOCKS = """
block Inner(n) {
  input x
  output y = x -> Dense(n, relu) -> Dropout(0.1)
}
block Outer(n) {
  input x
  h = x -> 2 * Inner(n)
  output y = h + x
}
model M {
  input a: [64]
  h = a -> 3 * Outer(64)
  output y = h -> Dense(1)
}
"""


def test_equal_blocks_are_folded_and_count_together(capsys, tmp_path, monkeypatch) -> None:
    rows = {(row.depth, row.kind): row for row in outline(*next((m, describe(m)) for m in models(BLOCKS)))}
    assert rows[0, "Outer"].times == 3
    assert rows[0, "Outer"].costs.parameters == 3 * 2 * (64 * 64 + 64)
    assert rows[1, "Inner"].times == 2
    assert rows[1, "Inner"].costs.parameters == 2 * (64 * 64 + 64)
    assert rows[2, "Dense"].costs == Costs(64 * 64 + 64, 64 * 64, 64 * 4)
    text = shown(capsys, tmp_path, monkeypatch, BLOCKS)
    assert "Outer ×3" in text
    assert "│ ├ y_dense" in text
    assert "+" in text.split("└ y ")[1].splitlines()[0]


def test_loops_and_repeated_layers_are_folded(capsys, tmp_path, monkeypatch) -> None:
    text = shown(
        capsys,
        tmp_path,
        monkeypatch,
        "model M {\n  input x: [64]\n  h = x -> 1000 * Dense(64, relu)\n"
        "  for _ in range(50) {\n    h = h -> Dense(64) -> Dropout(0.1)\n  }\n  output y = h -> Dense(1)\n}\n",
    )
    assert len(text.splitlines()) < 16
    assert "Dense ×1000 64, relu" in text
    assert "loop ×50" in text
    assert "1,101 layers" in text
    assert f"{1050 * (64 * 64 + 64) + 65:,} parameters" in text


def test_where_tensors_come_from_is_said_where_it_is_not_the_line_above(capsys, tmp_path, monkeypatch) -> None:
    text = shown(
        capsys,
        tmp_path,
        monkeypatch,
        "model M {\n  input a: [4]\n  input b: int32[T]\n"
        "  e = b -> Embedding(9, 4)\n  s = e -> GlobalAveragePooling1D()\n"
        "  output near = [a, s] -> Concatenate()\n  output far = a -> Dense(2)\n}\n",
    )
    lines = {line.split()[0]: line for line in text.splitlines() if line.strip()}
    assert "a, s" in lines["near"]
    assert " a " in lines["far"]
    assert "int32[T]" in lines["b"]
    assert "at least" in text


SHARED = """
model M {
  input left: [20]
  input right: [20]
  layer tower = Dense(32)
  a = left -> tower
  b = right -> tower
  output y = a - b
}
model Other {
  input x: [3]
  output y = x -> Dense(2)
}
"""


def test_a_shared_layer_counts_once_and_every_model_is_shown(capsys, tmp_path, monkeypatch) -> None:
    text = shown(capsys, tmp_path, monkeypatch, SHARED)
    assert text.count("shared") == 1
    assert "672 parameters" in text
    assert "8 parameters" in text
    spec = str(tmp_path / "it.nn")
    assert run(["show", spec, "--model", "Other"]) == 0
    assert "tower" not in capsys.readouterr().out


def test_json_has_everything(capsys, tmp_path, monkeypatch) -> None:
    spec = tmp_path / "it.nn"
    spec.write_text(SHARED, encoding="utf-8")
    assert run(["show", str(spec), "--format", "json"]) == 0
    first, second = json.loads(capsys.readouterr().out)["models"]
    assert (first["name"], second["name"]) == ("M", "Other")
    assert first["inputs"]["left"] == {"shape": [20], "dtype": "float32"}
    assert (first["trainable"], first["weight_bytes"], first["multiply_adds"]) == (672, 2688, 1280)
    assert [node["shared"] for node in first["nodes"] if node["kind"] == "Dense"] == [False, True]


@pytest.mark.parametrize(
    ("say", "number", "text"),
    [
        (short, 0, "0"), (short, 999, "999"), (short, 1000, "1 k"), (short, 999_999, "1 M"),
        (short, 1_234_567, "1.23 M"),
        (size, 1023, "1023 B"), (size, 1024, "1 KiB"), (size, 1024**2, "1 MiB"), (size, 1024**2 - 1, "1 MiB"),
        (size, 1536, "1.5 KiB"), (size, None, "?"),
    ],
)  # fmt: skip
def test_numbers_in_their_units(say, number, text) -> None:
    assert say(number) == text
