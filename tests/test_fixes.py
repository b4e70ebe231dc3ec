"""`nnc check --fix`: what a machine may change it changes, nothing else, once and for all."""

from __future__ import annotations

import json
import subprocess

import pytest

from nnc import codes
from nnc.cli import run
from nnc.diagnostics import Diagnostic, Fix
from nnc.pipeline import front
from nnc.pipeline.fixes import apply, mend, sure_fixes
from nnc.source import Source
from tests.golden import bad_cases

WRONG = """\
param width = 64

modle M {
  inptu x: [width]  # eight
  h = x -> Dence(8 relu) -> Dropout(0.1
  k = h => Dense(4, activaton=rleu, kernel_initializer="he_nromal")
  output y = k -> Dense(1, use_bias=False)
}
"""
RIGHT = """\
param width = 64

model M {
  input x: [width]  # eight
  h = x -> Dense(8, relu) -> Dropout(0.1)
  k = h -> Dense(4, activation=relu, kernel_initializer="he_normal")
  output y = k -> Dense(1, use_bias=false)
}
"""


def test_what_is_certain_is_mended_and_the_spec_is_right(tmp_path, capsys) -> None:
    path = tmp_path / "a.nn"
    path.write_text(WRONG)
    assert run(["check", "--fix", str(path)]) == 0
    assert path.read_text() == RIGHT
    out, err = capsys.readouterr()
    assert "10 changes made" in err
    assert "parameters" in err
    assert out == ""
    assert [p.name for p in tmp_path.iterdir()] == ["a.nn"]


def test_diff_shows_the_change_as_a_patch_and_leaves_the_file(tmp_path, capsys) -> None:
    path = tmp_path / "a.nn"
    path.write_text(WRONG)
    assert run(["check", "--fix", "--diff", str(path)]) == 0
    assert path.read_text() == WRONG
    patch = capsys.readouterr().out
    subprocess.run(["patch", "-s", str(path)], input=patch, text=True, check=True)
    assert path.read_text() == RIGHT
    assert run(["check", "--diff", str(path)]) == 2


@pytest.mark.parametrize("path", bad_cases(), ids=lambda path: path.stem)
def test_mending_twice_is_mending_once(path, tmp_path) -> None:
    once = mend(path, front.Settings())
    (tmp_path / path.name).write_text(once.after, encoding="utf-8")
    again = mend(tmp_path / path.name, front.Settings())
    assert not again.changed
    assert not sure_fixes(once.checked.findings, once.checked.source)


def test_a_guess_that_may_be_wrong_is_a_hint_and_no_fix(tmp_path, capsys) -> None:
    text = "model M {\n  input x: [3]\n  h2 = x -> Dense(3)\n  output y = h3 -> Dense(1)\n}\n"
    path = tmp_path / "a.nn"
    path.write_text(text)
    assert run(["check", "--fix", str(path)]) == 1
    assert path.read_text() == text
    assert "did you mean `h2`?" in capsys.readouterr().out


def test_the_file_s_own_ways_stay(tmp_path) -> None:
    real = tmp_path / "real.nn"
    real.write_bytes(b"\xef\xbb\xbf" + RIGHT.replace("Dropout", "Dropuot").replace("\n", "\r\n").encode())
    real.chmod(0o600)
    link = tmp_path / "link.nn"
    link.symlink_to(real)
    assert run(["check", "--fix", str(link)]) == 0
    assert link.is_symlink()
    assert real.read_bytes() == b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode()
    assert real.stat().st_mode & 0o777 == 0o600


def test_fixes_that_overlap_are_not_made_together() -> None:
    source = Source("a.nn", "abcdef")

    def finding(start: int, end: int, text: str, *, sure: bool = True) -> Diagnostic:
        return Diagnostic(codes.SYNTAX, "", fix=Fix("", source.span(start, end), text, sure))

    found = [finding(3, 4, "D"), finding(0, 2, "AB"), finding(1, 3, "x"), finding(5, 6, "F", sure=False)]
    chosen = sure_fixes(found, source)
    assert apply(source.text, chosen) == "ABcDef"


def test_what_is_left_is_said_and_other_files_are_not_touched(tmp_path, capsys) -> None:
    (tmp_path / "blocks.nn").write_text("block B(n) {\n  input x\n  output y = x -> Dence(n)\n}\n")
    path = tmp_path / "a.nn"
    path.write_text('use "blocks.nn"\n\nmodel M {\n  input x: [3]\n  output y = x -> B(3) -> Dnese(0)\n}\n')
    used = (tmp_path / "blocks.nn").read_text()
    assert run(["check", "--fix", "--format", "json", str(path)]) == 1
    assert "-> Dense(0)" in path.read_text()
    assert (tmp_path / "blocks.nn").read_text() == used
    records = json.loads(capsys.readouterr().out)
    assert [record["code"] for record in records] == ["NN0306", "NN0301"]
    assert records[1]["fix"]["replacement"] == "Dense"
    assert records[1]["fix"]["sure"] is True
