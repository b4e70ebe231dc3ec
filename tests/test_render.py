"""Findings as text and for machines: carets stand under the fault, and nothing hostile reaches the terminal."""

from __future__ import annotations

import json

from nnc import codes
from nnc.diagnostics import DataPlace, Findings, Fix, Label, suggest
from nnc.render import render_github, render_json, render_sarif, render_text
from nnc.source import Source


def finding(text: str, word: str, **more) -> Findings:
    source = Source("a.nn", text)
    start = text.index(word)
    findings = Findings()
    findings.add(codes.SYNTAX, f"no `{word}`", Label(source.span(start, start + len(word)), "here"), **more)
    return findings


def test_the_caret_stands_under_the_fault() -> None:
    lines = render_text(finding("model X {\n  y = x -> Dence(3)\n}\n", "Dence")).splitlines()
    code = next(i for i, line in enumerate(lines) if "Dence(3)" in line)
    assert lines[0] == "error[NN0101]: no `Dence`"
    assert lines[1].endswith("a.nn:2:12")
    assert lines[code].index("Dence") == lines[code + 1].index("^^^^^ here")


def test_the_caret_stands_right_behind_wide_letters_and_tabs() -> None:
    lines = render_text(finding('a = "票价", \tbad', "bad")).splitlines()
    code = next(i for i, line in enumerate(lines) if "bad" in line and "|" in line)
    before = lines[code][: lines[code].index("bad")]
    cells = sum(2 if char in "票价" else 1 for char in before)
    assert lines[code + 1].index("^") == cells


def test_a_long_line_is_cut_around_the_fault() -> None:
    lines = render_text(finding("x" * 5000 + " bad " + "y" * 5000, "bad")).splitlines()
    code = next(i for i, line in enumerate(lines) if "bad" in line and "|" in line)
    assert len(lines[code]) < 140
    assert lines[code].index("bad") == lines[code + 1].index("^^^")


def test_nothing_that_a_terminal_obeys_gets_through() -> None:
    text = render_text(finding("a = \x1b[31m\u202e bad", "bad", help="\x1b]0;title\x07"))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\x07" not in text


def test_data_findings_name_file_row_and_column() -> None:
    text = render_text(finding("a bad", "bad", data_place=DataPlace("t.csv", 7, "Age")))
    assert "t.csv, row 7, column 'Age'" in text


def test_the_machine_formats_carry_place_and_fix() -> None:
    source = Source("a.nn", "one\ntwo bad\n")
    span = source.span(8, 11)
    findings = Findings()
    findings.add(codes.SYNTAX, "50% bad\nnews", span, help="mend", fix=Fix("write good", span, "good"))
    record = json.loads(render_json(findings))[0]
    assert (record["labels"][0]["startLine"], record["labels"][0]["startColumn"]) == (2, 5)
    assert record["fix"]["replacement"] == "good"
    sarif = json.loads(render_sarif(findings))
    assert sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["endColumn"] == 8
    assert render_github(findings) == "::error file=a.nn,line=2,col=5,title=NN0101::50%25 bad%0Anews%0Amend\n"


def test_findings_come_in_the_order_of_the_text() -> None:
    source = Source("a.nn", "abcdef")
    findings = Findings()
    findings.add(codes.SYNTAX, "second", source.span(4, 5))
    findings.add(codes.SYNTAX, "first", source.span(1, 2))
    assert [item.message for item in findings] == ["first", "second"]


def test_suggestions_forgive_case_and_underscores_first() -> None:
    assert suggest("dense", ["Dense", "Add"]) == "Dense"
    assert suggest("maxpooling2d", ["MaxPooling1D", "MaxPooling2D"]) == "MaxPooling2D"
    assert suggest("Dence", ["Dense", "Add"]) == "Dense"
    assert suggest("qqqqq", ["Dense", "Add"]) is None
