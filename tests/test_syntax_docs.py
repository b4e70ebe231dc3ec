"""The reference of the language shows nothing that is not so: every example is checked, and in the canonical format."""

from __future__ import annotations

import pytest

from nnc.render import render_text
from nnc.source import Source
from nnc.syntax import format_file, parse
from tests.doc_examples import PAGE, Example, examples, found, whole, written

EXAMPLES = examples(PAGE.read_text("utf-8"))
UNUSED = {"NN0907", "NN0908", "NN0909", "NN0910"}  # an example shows a piece, which nothing else uses
NUMBERED = [pytest.param(n, one, id=one.text.split("\n", 1)[0]) for n, one in enumerate(EXAMPLES)]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 28
    assert len([one for one in EXAMPLES if one.fence == "wrong"]) >= 8
    fences = PAGE.read_text("utf-8").count("```nn")
    assert fences == len(EXAMPLES), "a fence that the tests do not read"


@pytest.mark.parametrize(("number", "example"), NUMBERED)
def test_an_example_is_right_or_has_the_findings_below_it(number: int, example: Example) -> None:
    text = whole(example, EXAMPLES[:number])
    findings = [
        item for item in found(text, EXAMPLES[:number]) if item.code.id not in UNUSED or example.fence == "wrong"
    ]
    if example.fence == "wrong":
        assert findings
        assert render_text(findings) == example.said, "read the difference, then: make golden"
    else:
        assert render_text(findings) == ""


@pytest.mark.parametrize(("number", "example"), NUMBERED)
def test_an_example_is_in_the_canonical_format(number: int, example: Example) -> None:
    text = written(example)
    file, findings = parse(Source("language.md", text))
    assert [item.message for item in findings] == []
    assert file is not None
    assert format_file(file) == text
