"""What the parser reads, held against Python's own parser where the two languages mean the same."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnc import codes, limits
from nnc.assets import folder
from nnc.source import Source
from nnc.syntax import parse, tree
from nnc.syntax.generate import render
from nnc.syntax.tables import TABLES
from tests.bounded import HANGING

ROOT = Path(__file__).parent.parent


def read(text: str) -> tree.File:
    file, findings = parse(Source("t.nn", text))
    assert [item.message for item in findings] == []
    assert file is not None
    return file


def expression(text: str) -> tree.Expr:
    (item,) = read(f"param p = {text}\n").items
    assert isinstance(item, tree.Param)
    return item.value


# ---- the tables ----------------------------------------------------------------------------------


def test_tables_are_those_of_the_grammar() -> None:
    grammar = (folder("grammar") / "nn.lark").read_text("utf-8")
    assert render(grammar) == TABLES.read_text("ascii"), "run `python -m nnc.syntax.generate`"


def test_tables_change_with_the_grammar() -> None:
    grammar = (folder("grammar") / "nn.lark").read_text("utf-8")
    assert render(grammar.replace('model: "model"', 'model: "net"')) != TABLES.read_text("ascii")


def test_every_rule_that_makes_a_node_has_its_function() -> None:
    from nnc.diagnostics import Findings
    from nnc.syntax.build import builders

    named = {rule[3] for rule in json.loads(TABLES.read_text("ascii"))["rules"]} - {""}
    made = set(builders(Source("t.nn", ""), Findings()))
    assert named == made


def test_reading_a_spec_does_not_load_lark() -> None:
    code = (
        "import sys, nnc.syntax as s; from nnc.source import Source; "
        "s.parse(Source('t', 'param a = 1')); print('lark' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert out.stdout.strip() == "False"


# ---- expressions, against Python -----------------------------------------------------------------

_PYTHON_OPS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.MatMult: "@",
    ast.Pow: "**",
    ast.And: "and",
    ast.Or: "or",
    ast.Not: "not",
    ast.USub: "-",
    ast.UAdd: "+",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


def python_shape(node: ast.expr) -> object:  # noqa: PLR0911 - a case of a match is a case
    match node:
        case ast.BinOp(left, op, right):
            return (_PYTHON_OPS[type(op)], python_shape(left), python_shape(right))
        case ast.BoolOp(op, values):
            shape = python_shape(values[0])
            for value in values[1:]:
                shape = (_PYTHON_OPS[type(op)], shape, python_shape(value))
            return shape
        case ast.UnaryOp(op, operand):
            return (_PYTHON_OPS[type(op)], python_shape(operand))
        case ast.Compare(left, [op], [right]):
            return (_PYTHON_OPS[type(op)], python_shape(left), python_shape(right))
        case ast.Call(function, arguments):
            return ("call", python_shape(function), *map(python_shape, arguments))
        case ast.Name(name):
            return name
        case ast.Constant(value):
            return value
    raise AssertionError(node)


def shape(node: tree.Expr) -> object:
    match node:
        case tree.Binary(op, left, right):
            return (op, shape(left), shape(right))
        case tree.Unary(op, operand):
            return (op, shape(operand))
        case tree.Paren(inner):
            return shape(inner)
        case tree.Call(function, arguments):
            return ("call", shape(function), *(shape(argument.value) for argument in arguments))
        case tree.Name(name):
            return name
        case tree.Number(value) | tree.String(value):
            return value
    raise AssertionError(node)


_ATOMS = st.sampled_from(["a", "b", "c", "1", "2.5", "f(a)", "f(a, 3)"])
_ARITHMETIC = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(["+", "-", "*", "/", "//", "%", "@", "**"]), inner),
        st.builds("{}{}".format, st.sampled_from(["-", "+", "- -"]), inner),
        st.builds("({})".format, inner),
    ),
    max_leaves=12,
)
_LOGIC = st.recursive(
    st.builds("{} {} {}".format, _ARITHMETIC, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), _ARITHMETIC),
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(["and", "or"]), inner), st.builds("not {}".format, inner)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.one_of(_ARITHMETIC, _LOGIC))
def test_operators_bind_as_in_python(text: str) -> None:
    assert shape(expression(text)) == python_shape(ast.parse(text, mode="eval").body)


@pytest.mark.parametrize(
    "text", ["1_000", "1e-3", "0", "00", "0.5", ".5", "5.", "1E5", "0x1F", "0b101", "0o17", "1_0.0_1e1_0", "9" * 64]
)
def test_numbers_are_those_of_python(text: str) -> None:
    number = expression(text)
    assert isinstance(number, tree.Number)
    assert number.value == ast.literal_eval(text)
    assert type(number.value) is type(ast.literal_eval(text))
    assert number.text == text


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=20))
def test_strings_are_those_of_python(value: str) -> None:
    escaped = value.replace("\\", "\\\\")
    for text in ('"' + escaped.replace('"', '\\"') + '"', "'" + escaped.replace("'", "\\'") + "'"):
        string = expression(text)
        assert isinstance(string, tree.String)
        assert string.value == ast.literal_eval(text) == value


@pytest.mark.parametrize("text", [r'"\n\t\r\\\""', r"'\''", r'"\x41é\U0001F600"'])
def test_escapes_are_those_of_python(text: str) -> None:
    string = expression(text)
    assert isinstance(string, tree.String)
    assert string.value == ast.literal_eval(text)


@pytest.mark.parametrize(("text", "value"), [("70%", 0.7), ("20%", 0.2), ("12.5%", 0.125), ("100%", 1.0)])
def test_a_number_directly_before_the_sign_is_a_percentage(text: str, value: float) -> None:
    number = expression(text)
    assert isinstance(number, tree.Number)
    assert number.percent
    assert number.value == value


def test_a_number_with_a_blank_before_the_sign_begins_a_remainder() -> None:
    assert shape(expression("7 % 2")) == ("%", 7, 2)
    assert shape(expression("n%2")) == ("%", "n", 2)


# ---- lines ---------------------------------------------------------------------------------------


def body(text: str) -> tuple[tree.Statement, ...]:
    (item,) = read(f"model M {{\n{text}\n}}").items
    assert isinstance(item, tree.Model)
    return item.body


@pytest.mark.parametrize(
    "text",
    [
        "h = x -> A(1, 2) -> relu",
        "h = x\n-> A(1, 2)\n-> relu",
        "h = x\n\n   -> A(1, 2)\n  # between\n   -> relu",
        "h = x -> A(\n  1,\n\n  2,\n) -> relu",
        "h = x -> A(1, # one\n2) -> relu\r\n",
    ],
)
def test_a_chain_over_lines_is_the_chain_in_one_line(text: str) -> None:
    assert body(text) == body("h = x -> A(1, 2) -> relu")


def test_the_arrow_binds_loosest() -> None:
    (bind,) = body("h = a + b -> Dense(8)")
    assert isinstance(bind, tree.Bind)
    assert isinstance(bind.value, tree.Chain)
    assert shape(bind.value.head) == ("+", "a", "b")
    (bind,) = body("h = if c then a else b -> Dense(8)")
    assert isinstance(bind, tree.Bind)
    assert isinstance(bind.value, tree.Chain)
    assert isinstance(bind.value.head, tree.IfExpr)


def test_else_may_begin_a_line_and_else_if_nests() -> None:
    assert body("if a {\n h = 1\n}\nelse if b {\n h = 2\n}\n\nelse { h = 3 }") == body(
        "if a { h = 1 } else { if b { h = 2 } else { h = 3 } }"
    )


def test_a_map_may_stand_over_lines_and_before_a_body() -> None:
    assert body("h = {\n  a: 1,\n\n  'b': [2,\n 3], # c\n  0: 4,\n}") == body('h = {a: 1, "b": [2, 3], 0: 4}')
    (loop,) = body("for k in {a: 1} { h = k }")
    assert isinstance(loop, tree.For)
    assert isinstance(loop.iterable, tree.MapOf)


def test_keywords_are_names_where_the_grammar_has_no_place_for_them() -> None:
    words = [
        "use",
        "param",
        "fn",
        "block",
        "model",
        "data",
        "train",
        "report",
        "features",
        "input",
        "output",
        "layer",
        "log",
    ]
    for word in words:
        expression(f"f({word}={word}, b=log({word}.{word})) + {{{word}: {word}}}[{word}]")
        read(f"data {{\n  ignore = [{word}]\n  features {{\n    {word}, a = numeric()\n  }}\n}}")
    section = read('report {\n  use = "x"\n  data = 1\n  log = 2\n  input = 3\n}').items[0]
    assert isinstance(section, tree.Section)
    assert [entry.key.id for entry in section.entries if isinstance(entry, tree.Entry)] == [
        "use",
        "data",
        "log",
        "input",
    ]


def test_inputs_ranges_and_indices() -> None:
    x, y, z, bare = body("input x: [?, T, 3]\ninput y: int32[128]\ninput z: float32[]\ninput bare")
    assert isinstance(x, tree.Input)
    assert isinstance(y, tree.Input)
    assert isinstance(z, tree.Input)
    assert isinstance(bare, tree.Input)
    assert x.dims is not None
    assert [shape(dim) for dim in x.dims] == ["?", "T", 3]
    assert x.dtype is None
    assert y.dtype is not None
    assert y.dtype.id == "int32"
    assert z.dims == ()
    assert bare.dims is None
    param = read("param r = 1 in 1e-4..1e-1 log").items[0]
    assert isinstance(param, tree.Param)
    assert isinstance(param.domain, tree.RangeOf)
    assert (shape(param.domain.low), shape(param.domain.high), param.domain.log) == (1e-4, 1e-1, True)
    index = expression("a[:, 0, ..., 1:-1, ::2]")
    assert isinstance(index, tree.Index)
    parts = [(s.start, s.stop, s.step) if isinstance(s, tree.Slice) else shape(s) for s in index.items]
    assert parts[0] == (None, None, None)
    assert parts[1:3] == [0, "..."]
    assert [p is None for p in parts[3]] == [False, False, True]  # type: ignore[union-attr]  # it is the tuple above
    assert [p is None for p in parts[4]] == [True, True, False]  # type: ignore[union-attr]  # as well


def test_spans_are_the_text_of_their_nodes() -> None:
    source = "# c\nmodel M {\n  h = x -> Dense(8, relu)  # note\n  }\n"
    file = read(source)
    (model,) = file.items
    assert isinstance(model, tree.Model)
    assert model.span.text == source[4:].rstrip()
    (bind,) = model.body
    assert isinstance(bind, tree.Bind)
    assert bind.span.text == "h = x -> Dense(8, relu)"
    assert bind.value.span.text == "x -> Dense(8, relu)"
    assert isinstance(bind.value, tree.Chain)
    assert bind.value.steps[0].span.text == "Dense(8, relu)"
    assert [comment.text for comment in file.comments] == ["# c", "# note"]


def test_empty_texts() -> None:
    for text in ("", "\n\n", "# only this", "\ufeff", "\ufeffparam a = 1"):
        read(text)


# ---- speed and limits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("parentheses", "param a = " + "(" * 10_000 + "1" + ")" * 10_000),
        ("lists", "param a = " + "[" * 10_000 + "]" * 10_000),
        ("minuses", "param a = " + "-" * 10_000 + "1"),
        ("sum", "param a = 1" + " + 1" * 10_000),
        ("powers", "param a = 1" + " ** 1" * 10_000),
        ("calls", "param a = f" + "()" * 10_000),
        ("choices", "param a = " + "if a then " * 5_000 + "1" + " else 2" * 5_000),
        ("bodies", "model M {\n" + "for a in b {\n" * 5_000 + "}\n" * 5_001),
        ("else if", "model M {\nif a {\n}" + " else if a {\n}" * 5_000 + "\n}"),
    ],
)
def test_deep_nesting_is_a_finding(name: str, text: str) -> None:
    _, findings = parse(Source("t.nn", text))
    assert findings.has_errors
    assert {item.code for item in findings} <= {codes.TOO_DEEP, codes.UNCLOSED, codes.SYNTAX}
    assert any(item.code is codes.TOO_DEEP for item in findings)


def test_what_is_not_too_deep_can_be_walked() -> None:
    depth = limits.MAX_DEPTH - 3
    text = "param a = " + "(" * depth + "1" + ")" * depth
    assert repr(read(text)) == repr(read(text))
    assert read(text) == read(text)


@pytest.mark.parametrize(
    "garbage", ["(", ")", "{", "}", "\x00", "é", "#\n", '"', "a b\n", "a = \n", "-> ", "\\", "}\n{\n", "[\n"]
)
def test_garbage_takes_bounded_time(garbage: str) -> None:
    text = garbage * (100_000 // len(garbage))
    start = time.process_time()
    _, findings = parse(Source("t.nn", text))
    assert time.process_time() - start < HANGING
    assert len(findings) <= limits.MAX_SYNTAX_FINDINGS + 1


def test_a_text_that_is_too_large_is_refused() -> None:
    file, findings = parse(Source("t.nn", "#" * (limits.MAX_SPEC_CHARS + 1)))
    assert file is None
    assert [item.code for item in findings] == [codes.TOO_LARGE]
