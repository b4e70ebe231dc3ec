"""What is said about syntax errors: where, what, how to mend it; that nothing follows from one; that nothing raises."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnc import codes
from nnc.diagnostics import Diagnostic
from nnc.source import Source
from nnc.syntax import format_file, parse, tree
from nnc.syntax.tables import load

MODEL = "model M {{\n  input x: [3]\n  {}\n  output y = x -> Dense(1)\n}}\ntrain {{\n  epochs = 3\n}}\n"


def errors(text: str) -> tuple[tree.File | None, list[Diagnostic]]:
    file, findings = parse(Source("t.nn", text))
    return file, list(findings)


def the_error(text: str) -> Diagnostic:
    _, found = errors(text)
    assert len(found) == 1, [item.message for item in found]
    return found[0]


def mended(text: str, error: Diagnostic) -> str:
    assert error.fix is not None
    span = error.fix.span
    return text[: span.start] + error.fix.replacement + text[span.end :]


# What was written, what its fix makes of it. The place is that of the first difference, or is marked by the fix.
FIXED = [
    ("h = x => Dense(3)", "h = x -> Dense(3)"),
    ("h x -> Dense(3)", "h = x -> Dense(3)"),
    ("h := x", "h = x"),
    ("h == x", "h = x"),
    ("h: x -> A()", "h= x -> A()"),
    ("h = x ->\n    Dense(3)", "h = x \n    -> Dense(3)"),
    ("h = x -> Dense(3);", "h = x -> Dense(3)"),
    ("inptu z: [3]", "input z: [3]"),
    ("layr f = Dense(3)", "layer f = Dense(3)"),
    ("input z [3]", "input z: [3]"),
    ("h = x -> Dense(3 relu)", "h = x -> Dense(3, relu)"),
    ("h = [1\n    2]", "h = [1,\n    2]"),
    ("h = True", "h = true"),
    ("h = f(None)", "h = f(none)"),
    ("for f [1, 2] { a = f }", "for f in [1, 2] { a = f }"),
    ("if a = 3 { b = 2 }", "if a == 3 { b = 2 }"),
    ("if a { b = 1 } elif c { b = 2 }", "if a { b = 1 } else if c { b = 2 }"),
    ("h = x && y", "h = x and y"),
    ("h = x || y", "h = x or y"),
    ("if !x { h = 1 }", "if not x { h = 1 }"),
    ("h = x <> y", "h = x != y"),
    ("h = x ]", "h = x "),
    ("h = f(a=1, b:2)", "h = f(a=1, b=2)"),
    ("h = {a = 1}", "h = {a : 1}"),
    ("h = [1, 2)", "h = [1, 2]"),
    ("for f in [1]\n  {\n    a = f\n  }", "for f in [1] {\n    a = f\n  }"),
    ("layer x Dense(3)", "layer x = Dense(3)"),
]


@pytest.mark.parametrize(("wrong", "right"), FIXED)
def test_a_slip_is_mended_by_its_fix_and_by_the_parser(wrong: str, right: str) -> None:
    text = MODEL.format(wrong)
    error = the_error(text)
    assert mended(text, error) == MODEL.format(right)
    read_anyway, _ = errors(text)
    as_meant, none = errors(MODEL.format(right))
    assert not none
    assert read_anyway == as_meant, "the parser goes on as if it had been right"


TOP_FIXED = [
    ("modle X {\n}\n", "model X {\n}\n"),
    ("Model X {\n}\n", "model X {\n}\n"),
    ("def f(x) = x\n", "fn f(x) = x\n"),
    ('import "a.nn"\n', 'use "a.nn"\n'),
    ("data\n{\n  a = 3\n}\n", "data {\n  a = 3\n}\n"),
    ("train {\n  epochs: 3\n}\n", "train {\n  epochs= 3\n}\n"),
    ("train {\n  epochs = 3,\n}\n", "train {\n  epochs = 3\n}\n"),
    (
        "data {\n  features {\n    Age Fare = numeric()\n  }\n}",
        "data {\n  features {\n    Age, Fare = numeric()\n  }\n}",
    ),
    ("model X {\n}\n}\n", "model X {\n}\n\n"),
]


@pytest.mark.parametrize(("wrong", "right"), TOP_FIXED)
def test_slips_of_items_and_entries(wrong: str, right: str) -> None:
    error = the_error(wrong)
    assert mended(wrong, error) == right
    assert errors(wrong)[0] == errors(right)[0]


# What was written; the code; the text at the finding's place; what the message or the help must say.
SAID = [
    ("h = x -> Dense(3", codes.UNCLOSED, "(", "`(` is not closed"),
    ("h = x -> Dense(3, [1, 2)", codes.UNCLOSED, "[", "`[` is not closed"),
    ("h = f(x, {a: 1)", codes.UNCLOSED, "{", "`{` is not closed"),
    ('h = "abc', codes.UNCLOSED, '"', "this string is not closed on its line"),
    ("h = x; z = x", codes.SYNTAX, ";", "a line of its own"),
    ("x -> Dense(3)", codes.SYNTAX, "->", "bind it: `h = x -> Dense(8)`"),
    ("Dense(3)", codes.SYNTAX, "(", "what this gives has no name"),
    ("h = 7%2", codes.SYNTAX, "2", "write blanks: `7 % 2`"),
    ("h = 3x", codes.BAD_NUMBER, "3x", "neither a number nor a name"),
    ("h = 0777", codes.BAD_NUMBER, "0777", "does not begin with 0"),
    ("h = 1e999", codes.BAD_NUMBER, "1e999", "1.8e308"),
    ("h = " + "9" * 65, codes.BAD_NUMBER, "9" * 65, "at most 64 characters"),
    ("h = élan", codes.BAD_CHARACTER, "élan", '`"élan"`'),
    ("h = 票价", codes.BAD_CHARACTER, "票价", '`"票价"`'),
    ("h = x $ y", codes.BAD_CHARACTER, "$", "without `$`"),
    ("h = x → Dense(3)", codes.BAD_CHARACTER, "→", "write `->`"),
    ("h = “abc”", codes.BAD_CHARACTER, "“abc”", 'write "abc"'),
    ("h = x  # a\x07b", codes.BAD_CHARACTER, "\x07", "U+0007"),
    ("h = 'a\u202eb'", codes.BAD_CHARACTER, "\u202e", "U+202E"),
    ("h = 'a\\qb'", codes.BAD_ESCAPE, "\\q", "`\\q` is no escape"),
    ("h = 'a\\ud800'", codes.BAD_ESCAPE, "\\ud800", "no escape"),
    ("h = 'a\\x00'", codes.BAD_ESCAPE, "\\x00", "no escape"),
    ("h = a < b < c", codes.SYNTAX, "<", "`a < b and b < c`"),
    ("h = a +", codes.SYNTAX, "", "the line ends too early"),
    ("h =", codes.SYNTAX, "", "the line ends too early"),
    ("h += 1", codes.SYNTAX, "+=", "write h = h + ..."),
    ("h = x // the width", codes.SYNTAX, "width", "a comment begins with `#`"),
    ("// the width", codes.SYNTAX, "//", "a comment begins with `#`"),
    ("h = in", codes.SYNTAX, "in", "a word of the language"),
    ("then = 3", codes.SYNTAX, "then", "a word of the language"),
    ("output = x", codes.SYNTAX, "=", "output NAME = EXPR"),
    ("h = a ? b : c", codes.SYNTAX, "?", "`if c then a else b`"),
    ("else { }", codes.SYNTAX, "else", "no `if`"),
    ("return x", codes.MISPLACED, "return x", "can't stand in a model"),
    ("h = if c then x -> A() else y -> B()", codes.SYNTAX, "y", "put parentheses around the chain"),
    ("h = x -> -> A()", codes.SYNTAX, "->", "`->` can't stand here"),
]


@pytest.mark.parametrize(("line", "code", "place", "says"), SAID)
def test_what_is_said_and_where(line: str, code: codes.Code, place: str, says: str) -> None:
    error = the_error(MODEL.format(line))
    assert error.code is code
    span = error.labels[0].span
    assert span.text == place
    assert 3 <= span.source.position(span.start)[0] <= 4
    assert says in f"{error.message} / {error.help}"


@pytest.mark.parametrize(("line", "code", "place", "says"), SAID)
def test_a_mistake_costs_no_more_than_its_statement(line: str, code: codes.Code, place: str, says: str) -> None:
    file, _ = errors(MODEL.format(line))
    assert file is not None
    model, train = file.items
    assert isinstance(model, tree.Model)
    assert isinstance(model.body[0], tree.Input)
    assert isinstance(model.body[-1], tree.Output)
    assert train == errors("train {\n  epochs = 3\n}")[0].items[0]  # type: ignore[union-attr]  # it has no errors


def test_the_opening_bracket_and_the_place_of_the_closing_one_are_both_shown() -> None:
    error = the_error(MODEL.format("h = x -> Dense(3"))
    assert [label.span.text for label in error.labels] == ["(", "output"]
    assert [label.text for label in error.labels] == ["opened here", "`)` is missing before this"]


def test_a_missing_brace_is_found_by_the_indentation() -> None:
    error = the_error("model M {\n  for f in [1] {\n    h = f\n  output y = h\n}\n")
    span = error.labels[0].span
    assert (error.code, span.text, span.source.position(span.start)[0]) == (codes.UNCLOSED, "{", 2)


def test_a_missing_brace_before_the_next_item() -> None:
    text = 'model M {\n  input x: [3]\n\ndata {\n  source = csv("a")\n}\n\ntrain {\n  epochs 3\n}\n'
    file, found = errors(text)
    assert [(item.code.id, item.labels[0].span.text) for item in found] == [("NN0103", "{"), ("NN0101", "3")]
    assert file is not None
    assert [type(item).__name__ for item in file.items] == ["Model", "Section", "Section"]


def test_independent_mistakes_are_all_found_in_order_and_nothing_follows_from_them() -> None:
    text = """\
param a = 3 in 5
fn f(x) = x +
model M {
  input x: [3
  h = x -> Dense(8 relu)
  if h = 2 {
    k = ]
  }
  output y = h => Dense(1)
}
data {
  source: csv("a.csv")
  features {
    Age = numeric(
  }
}
report {
  titel "x"
}
"""
    _, found = errors(text)
    lines = [item.labels[0].span.source.position(item.labels[0].span.start)[0] for item in found]
    assert lines == [1, 2, 4, 5, 6, 7, 9, 12, 14, 18]


def test_one_broken_statement_is_one_finding() -> None:
    for line in ["a b c d e", "h = ) ) )", "h = [1 2 3 = 4", "= = =", "h = (((", "for for for", "x y = 3 3 3"]:
        _, found = errors(MODEL.format(line))
        assert len({item.labels[0].span.source.position(item.labels[0].span.start)[0] for item in found}) == 1, line
        assert len(found) <= 3, [item.message for item in found]


def test_messages_speak_the_language_and_not_the_parser_s() -> None:
    terminals = {name for name, _ in load().signs if len(name) > 2} | set(load().words.values())
    texts = [MODEL.format(line) for line, *_ in SAID] + [wrong for wrong, _ in TOP_FIXED] + ["x", "model {}", "use x"]
    texts += [MODEL.format(line) for line, _ in FIXED]
    written = re.compile(r"`[^`]*`|\b[A-Z]+ = |NAME|EXPR|PATH|SIZE|DTYPE|CONDITION|LIST|LAYER|PARAMETER|VALUE|LOW|HIGH")
    for text in texts:
        for error in errors(text)[1]:
            said = written.sub("", f"{error.message} {error.expected} {error.found}")
            assert not set(re.findall(r"[A-Z_]{3,}", said)) & terminals, said


_WORDS = "input output if else for in then fn data features train use param return x 70% 3 1e9 true None model M"
_SIGNS = "{ } ( ) [ ] -> = == , : ; . .. ... + - * ** / // % @ < >= ? # & ! | ~ $ \\ ' \" é"
_LINES = ["y = ", "x -> D(1)", '"s"', "\n", "\n", "\n", "  ", "\r\n", "\t", "a: 1", "model M {\n", "data {\n", "}\n"]
_PIECES = [*_WORDS.split(), *_SIGNS.split(), *_LINES, "h = x\n", "# c\n", "features {\n", "x, y = 3\n"]
_SOUP = st.tuples(st.sampled_from(["", " "]), st.lists(st.sampled_from(_PIECES), max_size=40))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.one_of(_SOUP.map(lambda soup: soup[0].join(soup[1])), st.text(max_size=80)))
def test_any_text_gives_findings_or_a_tree_that_formats(text: str) -> None:
    file, findings = parse(Source("t.nn", text))
    for item in findings:
        for label in item.labels:
            assert 0 <= label.span.start <= label.span.end <= len(text)
        assert item.message
    if not len(findings):
        assert file is not None
        formatted = format_file(file)
        again, none = parse(Source("t.nn", formatted))
        assert not len(none)
        assert again == file
        assert again is not None
        assert format_file(again) == formatted
