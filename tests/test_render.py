"""Findings as text and for machines: carets stand under the fault, and nothing hostile reaches the terminal."""

from __future__ import annotations

import json

import pytest
from sarif_pydantic import Sarif

from nnc import codes
from nnc.diagnostics import DataPlace, Findings, Fix, Label
from nnc.render import render_text
from nnc.render_machine import render_github, render_json, render_sarif
from nnc.source import Source
from nnc.spelling import suggest
from tests.golden import CASES, bad_cases, findings_of


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
    assert render_github(findings) == (
        "::error file=a.nn,line=2,col=5,endLine=2,endColumn=8,title=NN0101 this can't stand here"
        "::50%25 bad%0Anews%0Amend\n"
    )


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


def test_a_fix_is_shown_as_the_line_that_it_makes() -> None:
    source = Source("a.nn", "one\ntwo bad\n")
    findings = Findings()
    at = source.span(7, 7)
    findings.add(codes.SYNTAX, "m", source.span(8, 11), help="put `,`", fix=Fix("put `,`", at, ","))
    lines = render_text(findings).splitlines()
    assert lines[-4:] == ["2 | two, bad", "  |    +", "", "1 error"]


@pytest.mark.parametrize("path", bad_cases(), ids=lambda path: path.stem)
def test_sarif_is_sarif(path) -> None:
    """Read by somebody else's model of the schema, nothing is refused and nothing is left over."""
    document = json.loads(render_sarif(findings_of(path)))
    assert json.loads(Sarif.model_validate(document).model_dump_json(by_alias=True, exclude_unset=True)) == document
    for result in document["runs"][0]["results"]:
        rule = document["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]


def test_sarif_carries_fixes_other_places_and_the_way_to_a_fault() -> None:
    document = json.loads(render_sarif(findings_of(CASES / "bad" / "channels_after_flatten.nn")))
    (result,) = document["runs"][0]["results"]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps] == [
        "image [28, 28, 1]",
        "-> Conv2D(32, 3) [26, 26, 32]",
        "-> MaxPooling2D(2) [13, 13, 32]",
        "-> Flatten() [5408]",
        "here it can't go on",
    ]
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 5
    document = json.loads(render_sarif(findings_of(CASES / "bad" / "porting_comma.nn")))
    change = document["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert change["insertedContent"]["text"] == ","
    assert change["deletedRegion"] == {"startLine": 4, "startColumn": 26, "endLine": 4, "endColumn": 26}


def test_names_of_files_are_escaped_for_each_format() -> None:
    source = Source("a b,c:é%.nn", "bad")
    findings = Findings()
    findings.add(codes.SYNTAX, "m", source.span(0, 3))
    assert render_github(findings).startswith("::error file=a b%2Cc%3Aé%25.nn,line=1,col=1,")
    location = json.loads(render_sarif(findings))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "a%20b%2Cc%3A%C3%A9%25.nn"


def test_github_gets_one_line_a_finding_whatever_is_in_it() -> None:
    for path in bad_cases():
        found = findings_of(path)
        lines = render_github(found).splitlines()
        assert len(lines) == len(found)
        assert all(line.startswith(("::error file=", "::warning file=")) for line in lines)
