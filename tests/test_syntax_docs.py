"""The reference of the language shows nothing that does not parse, and shows it in the canonical format."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from nnc.source import Source
from nnc.syntax import format_file, parse

PAGE = Path(__file__).parent.parent / "docs" / "language.md"
EXAMPLES = re.findall(r"^```nn( model)?\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 12


@pytest.mark.parametrize(("inside", "text"), EXAMPLES, ids=[text.split("\n", 1)[0] for _, text in EXAMPLES])
def test_examples_parse_and_are_in_the_canonical_format(inside: str, text: str) -> None:
    if inside:
        text = "model M {\n" + textwrap.indent(text, "  ") + "}\n"
    file, findings = parse(Source("language.md", text))
    assert [item.message for item in findings] == []
    assert file is not None
    assert format_file(file) == text
