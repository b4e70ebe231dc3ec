"""`nnc explain TOPIC`: the pages, and what a wrong topic says."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from nnc import codes
from nnc.cli import run
from nnc.diagnostics import RunFault
from nnc.pipeline import front
from nnc.source import Source
from tests.conftest import ROOT
from tests.finding_pages import FOLDER, INDEX, Case, index, page


@pytest.mark.parametrize("topic", ["NN0312", "nn0312", "0312", "312"])
def test_a_code_s_page_in_all_its_spellings(topic, capsys) -> None:
    assert run(["explain", topic]) == 0
    out = capsys.readouterr().out
    assert out.startswith("NN0312: the layer can't take this input\n")
    assert "\x1b" not in out
    assert not any(line.endswith(" ") for line in out.splitlines())


def test_an_unknown_topic_says_what_may_have_been_meant(capsys) -> None:
    assert run(["explain", "NN03112"]) == 2
    assert "'NN0312'" in capsys.readouterr().err
    assert run(["explain", "NN9999"]) == 2
    assert run(["explain", "qqqqqqqq"]) == 2
    assert "Did you mean" not in capsys.readouterr().err.splitlines()[-1]


# ---- every code has a page, and each page holds ---------------------------------------------------


@pytest.mark.parametrize("code", codes.ALL, ids=lambda code: code.id)
def test_every_code_has_a_page_whose_spec_gives_just_that_code(code) -> None:
    """New codes: write docs/findings/CODE.md after the pattern of the others, then `make golden`."""
    found = page(code.id)
    assert found.text.startswith(f"# {code.id}: {code.title}\n")
    if found.wrong is None or found.right is None:
        assert found.held is not None
        file, name = found.held
        test = (ROOT / file).read_text(encoding="utf-8")
        assert (f"def {name}(" in test) or (name in test), "the page names the test that makes this finding"
        return
    assert found.wrong.codes() == {code.id}
    assert found.wrong.said() == found.said, "read the difference, then: make golden"
    assert found.right.said() == ""


def test_the_specs_of_the_pages_are_in_the_format() -> None:
    for code in codes.ALL:
        right = page(code.id).right
        if right is not None:
            assert front.formatted(Source("right.nn", right.spec)) == right.spec, code.id


def test_there_is_no_page_without_a_code_and_the_index_lists_all() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {code.id for code in codes.ALL}
    assert INDEX.read_text(encoding="utf-8") == index(), "make golden"


def test_every_page_prints_within_its_width(capsys) -> None:
    for code in codes.ALL:
        assert run(["explain", code.id]) == 0
        prose = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("    ")]
        assert all(len(line) <= 100 for line in prose), code.id


# ---- findings that no spec can show --------------------------------------------------------------


def test_files_that_are_no_specs(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    Path("latin.nn").write_bytes(b"# a\n# b\n# f\xe4r\n")
    Path("large.nn").write_bytes(b"# a\n" * 400_000)
    Path("titanic.nn").write_text("")
    for name, code, says in [
        ("latin.nn", "NN0001", "byte 0xe4 in line 3"),
        ("titanc.nn", "NN0002", "did you mean `titanic.nn`?"),
        ("large.nn", "NN0003", "larger than a spec may be"),
    ]:
        assert run(["check", name]) == 1
        out = capsys.readouterr().out
        assert f"[{code}]" in out
        assert says in out


def test_a_model_that_is_not_there(tmp_path, capsys) -> None:
    path = tmp_path / "two.nn"
    model = "model {} {{\n  input x: [3]\n  output y = x -> Dense(1)\n}}\n"
    path.write_text(model.format("Encoder") + model.format("Decoder"))
    assert run(["show", str(path), "--model", "Enocder"]) == 1
    err = capsys.readouterr().err
    assert "[NN0007]" in err
    assert "did you mean `Encoder`?" in err


def test_a_param_that_is_not_there(tmp_path, capsys) -> None:
    path = tmp_path / "a.nn"
    path.write_text("param width = 3\n\nmodel M {\n  input x: [3]\n  output y = x -> Dense(width)\n}\n")
    assert run(["check", str(path), "--set", "widht=128"]) == 1
    out = capsys.readouterr().out
    assert "[NN0208]" in out
    assert "did you mean `width`?" in out


def test_a_file_of_mistakes_alone(tmp_path, capsys) -> None:
    path = tmp_path / "notes.nn"
    path.write_text("".join(f"x{i} = )\n" for i in range(120)))
    assert run(["check", str(path)]) == 1
    assert "[NN0108]" in capsys.readouterr().out


def test_memory_that_is_not_there() -> None:
    from nnc.run.faults import out_of_memory

    prepared = SimpleNamespace(train=type("Part", (), {"matrix": np.zeros((3, 2)), "__len__": lambda _: 3})())
    (found,) = out_of_memory(prepared, SimpleNamespace(batch_size=32)).findings
    assert found.code is codes.OUT_OF_MEMORY


def test_predictions_that_are_no_numbers() -> None:
    from nnc.run.outputs import network_scores

    network = SimpleNamespace(predict=lambda rows, **_: np.full((len(rows), 1), np.nan))
    preparation = SimpleNamespace(
        inputs=[SimpleNamespace(name="x")],
        source="rows.csv",
        targets=[SimpleNamespace(name="y", unit=None, task="regression", own_unit=lambda values: values)],
    )
    with pytest.raises(RunFault) as raised:
        network_scores(network, preparation, {"x": np.zeros((2, 3))}, [5, 6])
    assert raised.value.findings[0].code is codes.NOT_FINITE_PREDICTION
    assert raised.value.findings[0].data_place.row == 5


def test_a_column_without_a_question(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("age,sold\n" + "".join(f"{i},yes\n" for i in range(40)))
    assert run(["new", "a", "t.csv", "--target", "sold"]) == 1
    assert "[NN0626]" in capsys.readouterr().err


def test_a_category_of_names(tmp_path) -> None:
    rows = "name,price\n" + "".join(f"n{i},{i}\n" for i in range(20_000))
    spec = page("NN0611").right
    assert spec is not None
    text = spec.spec.replace("  target = price\n", "  target = price\n  features {\n    name = category()\n  }\n")
    assert Case(text, rows).codes() == {"NN0619"}


def test_a_package_that_is_not_there(tmp_path, monkeypatch, capsys) -> None:
    path = tmp_path / "a.nn"
    path.write_text("model M {\n  input x: [3]\n  output y = x -> Dense(1)\n}\n")
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert run(["compile", str(path), "-o", str(tmp_path / "a.onnx")]) == 1
    assert "[NN0030]" in capsys.readouterr().err


def test_a_file_that_holds_no_model(tmp_path, capsys) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"layers": 3}')
    assert run(["import", str(path)]) == 1
    assert "[NN0801]" in capsys.readouterr().err


@pytest.mark.tf
def test_a_model_with_what_a_spec_cannot_say(tmp_path, capsys) -> None:
    import keras

    model = keras.Sequential([keras.Input((3,), name="image-1"), keras.layers.Lambda(lambda x: x)])
    path = tmp_path / "a.json"
    path.write_text(model.to_json())
    run(["import", str(path), "-o", str(tmp_path / "a.nn")])
    err = capsys.readouterr().err
    assert "[NN0802]" in err
    assert "[NN0803]" in err
