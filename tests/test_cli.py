"""The command line as a user meets it: what goes where, and the exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nnc.cli import run
from tests.conftest import ROOT

WRONG = """\
model Wrong {
  input x: [10]
  h = x -> Dence(6, relu)
  output y = h -> Dense(1, sigmoid)
}
"""


@pytest.fixture
def wrong(tmp_path) -> Path:
    path = tmp_path / "wrong.nn"
    path.write_text(WRONG)
    return path


def test_check_of_a_right_spec(capsys, examples) -> None:
    assert run(["check", str(examples / "deep_nn.nn")]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "91 parameters" in err


def test_check_of_a_wrong_spec_says_where_and_what_was_meant(capsys, wrong) -> None:
    assert run(["check", str(wrong)]) == 1
    out = capsys.readouterr().out
    assert f"{wrong}:3:12" in out
    assert "Dence" in out
    assert "`Dense`" in out
    assert "^^^^^" in out
    assert "1 error" in out


def test_check_for_machines(capsys, wrong) -> None:
    assert run(["check", "--format", "json", str(wrong)]) == 1
    record = json.loads(capsys.readouterr().out)[0]
    assert record["labels"][0]["startLine"] == 3


def test_several_specs_are_all_checked(capsys, wrong, examples) -> None:
    assert run(["check", str(wrong), str(wrong.with_name("absent.nn")), str(examples / "perceptron.nn")]) == 1
    out, err = capsys.readouterr()
    assert "absent.nn" in out
    assert "Dence" in out
    assert "4 parameters" in err


@pytest.mark.parametrize("command", ["show", "compile", "train", "report"])
def test_every_command_refuses_a_wrong_spec_with_its_findings(command, capsys, wrong, tmp_path) -> None:
    where = [] if command == "show" else ["-o", str(tmp_path / "out.py")]
    assert run([command, str(wrong), *where]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "Dence" in err
    assert not (tmp_path / "out.py").exists()


def test_the_exit_code_of_a_wrong_command_line_is_2(capsys, examples, tmp_path) -> None:
    spec = str(examples / "perceptron.nn")
    assert run(["chek", spec]) == 2
    assert "Did you mean 'check'" in capsys.readouterr().err
    assert run(["compile", spec, "-o", str(tmp_path / "out.docx")]) == 2
    assert ".keras" in capsys.readouterr().err
    assert run(["check", "--set", "width", spec]) == 2
    assert run(["check"]) == 2


def test_set_changes_a_param_and_an_unknown_one_is_a_finding(capsys, examples) -> None:
    spec = str(examples / "deep_nn.nn")
    assert run(["check", "--set", "n_features=20", spec]) == 0
    # 20 → round(21/2) = 10 → round(21/4) = 5 → 1: 210 + 55 + 6.
    assert "271 parameters" in capsys.readouterr().err
    assert run(["check", "--set", "n_feature=20", spec]) == 1
    assert "n_features" in capsys.readouterr().out


def test_show_prints_the_table(capsys, examples) -> None:
    assert run(["show", str(examples / "deep_nn.nn")]) == 0
    out = capsys.readouterr().out
    for word in ("h1_dense", "Dropout", "relu", "sigmoid", "66", "21", "91 parameters", "[10]"):
        assert word in out


def test_compile_writes_what_the_ending_says(capsys, examples, tmp_path) -> None:
    spec = str(examples / "deep_nn.nn")
    assert run(["compile", spec]) == 0
    text = capsys.readouterr().out
    assert run(["compile", spec, "-o", str(tmp_path / "net.py")]) == 0
    assert (tmp_path / "net.py").read_text(encoding="utf-8") == text
    for style in ("layers", "neurons"):
        assert run(["compile", spec, "-o", str(tmp_path / f"{style}.svg"), "--style", style]) == 0
        assert (tmp_path / f"{style}.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_failed_compile_leaves_the_last_good_output(examples, tmp_path, wrong) -> None:
    out = tmp_path / "net.py"
    assert run(["compile", str(examples / "perceptron.nn"), "-o", str(out)]) == 0
    good = out.read_text(encoding="utf-8")
    assert run(["compile", str(wrong), "-o", str(out)]) == 1
    assert out.read_text(encoding="utf-8") == good
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.py", "wrong.nn"]


def test_fmt_of_standard_input(wrong) -> None:
    def fmt(text: str, *words: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "nnc", "fmt", "-", "-q", *words]
        done = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    ragged = WRONG.replace("h = x", "h=x")
    assert fmt(ragged) == (0, WRONG)
    assert fmt(ragged, "--check") == (1, "")
    assert fmt(WRONG, "--check") == (0, "")
    code, diff = fmt(ragged, "--diff")
    assert code == 1
    assert "-  h=x -> Dence(6, relu)" in diff
    assert "+  h = x -> Dence(6, relu)" in diff
    assert wrong.read_text() == WRONG


def test_fmt_changes_a_file_once(capsys, tmp_path) -> None:
    path = tmp_path / "a.nn"
    path.write_text("model   A{\n input x:[3]\n\n\n\n output y=x->Dense( 1 ) # why\n}\n")
    assert run(["fmt", "--check", str(path)]) == 1
    assert run(["fmt", "--diff", str(path)]) == 1
    assert capsys.readouterr().out.startswith("---")
    assert run(["fmt", str(path)]) == 0
    text = path.read_text()
    assert "# why" in text
    assert run(["fmt", "--check", str(path)]) == 0
    assert path.read_text() == text


def test_the_examples_are_in_the_format(examples) -> None:
    assert run(["fmt", "--check", *map(str, sorted(examples.glob("*.nn")))]) == 0


def test_new_writes_a_spec_that_is_right_and_in_the_format(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "starter"]) == 0
    assert run(["check", "starter.nn"]) == 0
    assert run(["fmt", "--check", "starter.nn"]) == 0
    assert run(["new", "starter"]) == 2
    assert "is there already" in capsys.readouterr().err


def test_new_reads_the_columns_of_a_table(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f'{i},{20 + i % 50},{"ab"[i % 2]},{i * 1.5},"{["x", "y", "z"][i % 3]}"' for i in range(60)]
    Path("t.csv").write_text("id,age,sex,Body mass (g),for\n" + "\n".join(rows) + "\n")
    assert run(["new", "last", "t.csv"]) == 0
    text = Path("last.nn").read_text()
    assert "Dense(3, softmax)" in text
    assert 'target = "for"' in text
    assert "ignore = [id]" in text
    assert '"Body mass (g)"' in text
    assert run(["new", "mass", "t.csv", "--target", "Body mass (g)"]) == 0
    assert "mean_squared_error" in Path("mass.nn").read_text()
    assert run(["new", "sex", "t.csv", "--target", "sex"]) == 0
    assert "binary_crossentropy" in Path("sex.nn").read_text()
    assert run(["check", "last.nn", "mass.nn", "sex.nn"]) == 0
    assert run(["fmt", "--check", "last.nn", "mass.nn", "sex.nn"]) == 0
    assert run(["new", "no", "t.csv", "--target", "Sex"]) == 1
    assert "`sex`" in capsys.readouterr().err
    assert run(["new", "no", "absent.csv"]) == 1
    assert not Path("no.nn").exists()


def test_help_and_version_say_what_there_is(capsys) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    positions = [
        text.index(word) for word in ("new ", "check ", "show ", "fmt ", "compile ", "train ", "report ", "predict ")
    ]
    assert positions == sorted(positions)
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("nnc ")


def test_a_bug_says_that_it_is_one(monkeypatch, capsys, examples) -> None:
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("nnc.pipeline.front.check", broken)
    assert run(["check", str(examples / "perceptron.nn")]) == 70
    assert "bug of nnc" in capsys.readouterr().err


def test_the_wheel_works_outside_the_checkout(tmp_path) -> None:
    """Grammar and templates travel in the wheel; the module is run from it, far from this folder."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    wheel = next(tmp_path.glob("*.whl"))
    shutil.unpack_archive(wheel, tmp_path / "site", "zip")
    spec = tmp_path / "a.nn"
    spec.write_text("model A {\n  input x: [3]\n  output y = x -> Dense(1)\n}\n")
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r})\n"
        "import nnc, nnc.assets\nfrom nnc.cli import run\n"
        "assert 'site' in nnc.__file__, nnc.__file__\n"
        "for name in ('docs/findings', 'grammar', 'templates'): assert 'site' in str(nnc.assets.folder(name))\n"
        "assert list(nnc.assets.folder('templates').iterdir())\n"
        f"sys.exit(run(['check', {str(spec)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "4 parameters" in done.stderr
