"""What must hold of any text at all. The fuzz target, the property tests and the cases in `found/` share it."""

from __future__ import annotations

import ast
import json
import time

from nnc.check import check
from nnc.diagnostics import Diagnostic
from nnc.render import render_text
from nnc.render_machine import FORMATS
from nnc.source import Source
from nnc.syntax import format_file, parse, tree

SECONDS = 5.0
"""CPU time that one input may take, all of what is below together with the second round on the formatted text."""


def no_file(name: str) -> Source:
    """No other file can be read."""
    raise FileNotFoundError(2, "No such file or directory", name)


def hold(text: str) -> list[Diagnostic]:
    """Raise AssertionError where something does not hold of a text; gives what was found in it."""
    begin = time.process_time()
    source = Source("t.nn", text)
    file, syntax = parse(source)
    syntax_errors = list(syntax)
    inside(syntax_errors, source)
    found = list(syntax_errors)
    if file is None:
        assert found, "nothing was read, and nothing is said of it"
    else:
        spec, findings = check(file, read=no_file, syntax=syntax)
        found += findings
        inside(found, source)
        wrong = any(item.severity == "error" for item in findings)
        assert (spec is None) == wrong, "a spec where there are errors, or none where there are none"
        if not syntax_errors:
            formats(file, spec, [item.code.id for item in findings])
        if spec is not None and not syntax_errors:
            can_be_written(spec)
    renders(found)
    seconds = time.process_time() - begin
    assert seconds < SECONDS, f"{seconds:.1f} s for {len(text)} characters"
    return found


def inside(found: list[Diagnostic], source: Source) -> None:
    """Every place lies in the text, its line and column are those of the text, and every finding has words."""
    lines = source.text.split("\n")
    for item in found:
        assert item.message.strip(), item
        places = [label.span for label in item.labels] + ([item.fix.span] if item.fix else [])
        for span in places:
            assert span.source is source, item
            assert 0 <= span.start <= span.end <= len(source.text), item
            for offset in (span.start, span.end):
                line, column = source.position(offset)
                assert 1 <= line <= len(lines) == source.line_count, item
                assert 1 <= column <= len(lines[line - 1]) + 1, item
                assert sum(len(lines[i]) + 1 for i in range(line - 1)) + column - 1 == offset, item


def formats(file: tree.File, spec: object, ids: list[str]) -> None:
    """The format says the same: same tree, same comments, same graph, same findings; and it is its own format."""
    once = format_file(file)
    again, none = parse(Source("t.nn", once))
    assert [item.message for item in none] == [], "the formatted text can't be read"
    assert again == file, "the tree is another one"
    assert again is not None
    assert [c.text for c in again.comments] == [c.text for c in file.comments], "comments were changed"
    assert format_file(again) == once, "the format is not its own format"
    same, found = check(again, read=no_file)
    assert same == spec, "the formatted text means something else"
    assert sorted(item.code.id for item in found) == sorted(ids), "the formatted text has other findings"


def can_be_written(spec: object) -> None:
    """What is right can be described, and written as Python that Python can read."""
    from nnc.emit.network import describe
    from nnc.emit.python.source import python_source
    from nnc.graph import Spec

    assert isinstance(spec, Spec)
    for model in spec.models.values():
        describe(model)
        ast.parse(python_source(spec, model))


def renders(found: list[Diagnostic]) -> None:
    """Every rendering can be made, and none lets a control character through."""
    text = render_text(found)
    assert all(char == "\n" or char.isprintable() or char == " " for char in text if ord(char) < 0x80), "a control"
    for name, render in FORMATS.items():
        made = render(found)
        made.encode("utf-8")
        if name in ("json", "sarif"):
            json.loads(made)
