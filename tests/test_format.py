"""The canonical format: it says the same, it does not change when it is formatted again, and no comment is lost."""

# One case for each kind of node, in one place, shows that none is missing.
# ruff: noqa: C901, PLR0911, PLR0912
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnc.source import Source, Span
from nnc.syntax import format_file, parse, tree
from nnc.syntax.layout import WIDTH
from nnc.syntax.lexer import RESERVED

ROOT = Path(__file__).parent.parent


def read(text: str) -> tree.File:
    file, findings = parse(Source("t.nn", text))
    assert [item.message for item in findings] == [], text
    assert file is not None
    return file


def formatted(text: str) -> str:
    file = read(text)
    once = format_file(file)
    again = read(once)
    assert again == file
    assert [c.text for c in again.comments] == [c.text for c in file.comments]
    assert format_file(again) == once
    return once


# ---- what it looks like --------------------------------------------------------------------------

SPEC = """\
# the whole page


use 'a.nn'
use "b.nn"   # behind
param n=10
fn f( x )=where( x>0,1,0 )
fn g(y_true,y_pred,) { tp=sum(y_true*y_pred)

  return -tp/ (tp+epsilon)}
model Deep { # of the model

  # of x

  input x:[n,?]
  input w : float32 [28,28 , 1,]
  h= x  -> Dense( 8,relu,use_bias = true )
       # why not
    ->Dropout(20%)
  out,_= h->LSTM(4)
  for f in[1,2] { h=h->A(f)  # of h
     -> B()
     # last
     }
  if a{}
  else if not b { h = a [ :,0,...,1 : -1 , ::2 ] } else { # why
   h=if c then {k:1,'l':[ ]} else (q,) } # end
  layer e=Dense(1_000)


  output y=(h->e)

  # bye
}
data{source=csv('t.csv')
features{ Age,Fare=numeric(scale=standard) # both
Sex = category()
"票价"=numeric()
}
split={validation:20%,test:20%,}
}
# the end
"""

CANON = """\
# the whole page

use "a.nn"
use "b.nn"  # behind

param n = 10

fn f(x) = where(x > 0, 1, 0)

fn g(y_true, y_pred) {
  tp = sum(y_true * y_pred)

  return -tp / (tp + epsilon)
}

model Deep {  # of the model
  # of x

  input x: [n, ?]
  input w: float32[28, 28, 1]
  h = x
    -> Dense(8, relu, use_bias=true)
    # why not
    -> Dropout(20%)
  out, _ = h -> LSTM(4)
  for f in [1, 2] {
    h = h
      -> A(f)  # of h
      -> B()
    # last
  }
  if a {
  } else if not b {
    h = a[:, 0, ..., 1:-1, ::2]
  } else {  # why
    h = if c then {k: 1, "l": []} else (q,)
  }  # end
  layer e = Dense(1_000)

  output y = (h -> e)

  # bye
}

data {
  source = csv("t.csv")
  features {
    Age, Fare = numeric(scale=standard)  # both
    Sex       = category()
    "票价"    = numeric()
  }
  split = {validation: 20%, test: 20%}
}
# the end
"""


def test_the_one_canonical_format() -> None:
    assert formatted(SPEC) == CANON


def test_the_canonical_format_is_left_alone() -> None:
    assert formatted(CANON) == CANON


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("**/*.nn")), ids=lambda path: path.name)
def test_examples_are_in_it(path: Path) -> None:
    text = path.read_text("utf-8")
    assert formatted(text) == text


def test_long_lines_are_broken_where_they_can_be() -> None:
    names = ", ".join(f"column_{i}" for i in range(12))
    step = "Dense(64, activation=relu, kernel_initializer=glorot_uniform)"
    text = f"model M {{\n  h = x -> {step} -> {step}\n  k = [{names}]\n  l = f(g({names}), {names})\n}}\n"
    lines = formatted(text).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert lines[1:4] == ["  h = x", f"    -> {step}", f"    -> {step}"]
    assert lines[4:6] == ["  k = [", "    column_0,"]
    assert lines[16:18] == ["    column_11,", "  ]"]
    assert lines[18] == "  l = f("


def test_a_comment_in_brackets_keeps_its_item() -> None:
    text = "train {\n  metrics = [accuracy, # plain\n    # ranks\n    AUC() ]\n}\n"
    assert formatted(text) == ("train {\n  metrics = [\n    accuracy,  # plain\n    # ranks\n    AUC(),\n  ]\n}\n")


def test_line_ends_and_tabs_do_not_survive() -> None:
    assert formatted("train {\r\n\tepochs = 3\t\r\n}\r\n") == "train {\n  epochs = 3\n}\n"


def test_empty_files() -> None:
    assert formatted("") == ""
    assert formatted("\n\n # a \n\n\n") == "# a\n"


# ---- random trees --------------------------------------------------------------------------------

NOWHERE = Span(Source("t.nn", ""), 0, 0)
_NAME_TEXTS = st.one_of(
    st.sampled_from(["x", "h1", "_", "data", "layer", "log", "features", "input", "model", "use", "True_"]),
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True),
).filter(lambda name: name not in RESERVED | {"True", "False", "None"})


def node(kind: type, *fields: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.tuples(*fields).map(lambda values: kind(*values, span=NOWHERE))


def many(inner: st.SearchStrategy[object], least: int = 0, most: int = 3) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(inner, min_size=least, max_size=most).map(tuple)


NAME = node(tree.Name, _NAME_TEXTS)
STRING = node(tree.String, st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=12))
_NUMBERS = {"3": 3, "1_000": 1000, "1e-3": 1e-3, "70%": 0.7, "5.": 5.0, ".5": 0.5}
NUMBER = st.sampled_from(sorted(_NUMBERS)).map(
    lambda text: tree.Number(_NUMBERS[text], text, text.endswith("%"), span=NOWHERE)
)
CONSTANT = node(tree.Constant, st.sampled_from([True, False, None]))
ATOM = st.one_of(NAME, NAME, NUMBER, STRING, CONSTANT)


def levels(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """One more level of nesting, with every operator's operands as tight as the grammar wants them."""
    argument = node(tree.Argument, st.one_of(st.none(), NAME), inner)
    part = node(tree.Slice, *(st.one_of(st.none(), inner) for _ in range(3)))
    ellipsis = st.just(tree.Name("...", span=NOWHERE))
    pair = st.tuples(st.one_of(NAME, STRING, NUMBER), inner)
    primary = st.one_of(
        ATOM,
        node(tree.Paren, inner),
        node(tree.ListOf, many(inner)),
        node(tree.TupleOf, many(inner)),
        node(tree.MapOf, many(pair)),
        node(tree.Call, NAME, many(argument)),
        node(tree.Call, node(tree.Call, NAME, many(argument)), many(argument)),
        node(tree.Attribute, st.one_of(NAME, NUMBER), NAME),
        node(tree.Index, NAME, many(st.one_of(inner, part, ellipsis), least=1)),
    )
    factor = st.one_of(primary, node(tree.Unary, st.sampled_from("+-"), primary))
    power = st.one_of(primary, node(tree.Binary, st.just("**"), primary, factor))
    term = st.one_of(power, node(tree.Binary, st.sampled_from(["*", "/", "//", "%", "@"]), power, power))
    total = st.one_of(term, node(tree.Binary, st.sampled_from("+-"), term, term))
    compare = st.one_of(total, node(tree.Binary, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), total, total))
    negation = st.one_of(compare, node(tree.Unary, st.just("not"), compare))
    both = st.one_of(negation, node(tree.Binary, st.just("and"), negation, negation))
    either = st.one_of(both, node(tree.Binary, st.just("or"), both, both))
    choice = st.one_of(either, node(tree.IfExpr, either, either, either))
    return st.one_of(choice, node(tree.Chain, choice, many(choice, least=1)))


EXPR = st.recursive(ATOM, levels, max_leaves=8)
TARGETS = many(NAME, least=1)
# A statement that begins with one of these words is no binding.
BOUND = TARGETS.filter(lambda names: names[0].id not in {"input", "output", "layer"})  # type: ignore[attr-defined]
SIZES = st.one_of(EXPR, st.just(tree.Name("?", span=NOWHERE)))
SIMPLE = st.one_of(
    node(tree.Bind, BOUND, EXPR),
    node(tree.LayerDef, NAME, EXPR),
    node(tree.Output, NAME, EXPR),
    st.tuples(NAME, st.one_of(st.none(), NAME), st.one_of(st.none(), many(SIZES))).map(
        lambda v: tree.Input(v[0], v[1] if v[2] is not None else None, v[2], span=NOWHERE)
    ),
)
STATEMENT = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(node(tree.For, TARGETS, EXPR, many(inner)), node(tree.If, EXPR, many(inner), many(inner))),
    max_leaves=4,
)


def in_fn(statement: object) -> bool:
    """Whether a statement may stand in an fn."""
    match statement:
        case tree.Bind():
            return True
        case tree.For(_, _, body):
            return all(map(in_fn, body))
        case tree.If(_, then, otherwise):
            return all(map(in_fn, (*then, *otherwise)))
    return False


FORMALS = many(node(tree.Parameter, NAME, st.one_of(st.none(), EXPR)))
RETURN = node(tree.Return, EXPR)
LITERAL = st.one_of(NUMBER, NAME)
DOMAIN = st.one_of(
    st.none(),
    node(tree.ListOf, many(EXPR)),
    st.tuples(LITERAL, LITERAL, st.booleans()).map(lambda v: tree.RangeOf(*v, span=NOWHERE)),
)
ENTRY = node(tree.Entry, NAME.filter(lambda name: name.id != "features"), EXPR)  # type: ignore[attr-defined]
FEATURES = node(tree.Features, many(node(tree.FeatureLine, many(st.one_of(NAME, STRING), least=1), EXPR)))
ITEM = st.one_of(
    node(tree.Use, STRING),
    node(tree.Param, NAME, EXPR, DOMAIN),
    st.tuples(NAME, FORMALS, RETURN).map(lambda v: tree.Fn(v[0], v[1], (v[2],), short=True, span=NOWHERE)),
    st.tuples(NAME, FORMALS, many(SIMPLE.filter(in_fn)), RETURN).map(
        lambda v: tree.Fn(v[0], v[1], (*v[2], v[3]), short=False, span=NOWHERE)
    ),
    node(tree.Block, NAME, FORMALS, many(STATEMENT)),
    node(tree.Model, NAME, many(STATEMENT)),
    node(tree.Section, st.just("data"), many(st.one_of(ENTRY, FEATURES))),
    node(tree.Section, st.sampled_from(["train", "report"]), many(ENTRY)),
)


def plain(value: object) -> str:
    """A tree as text in the plainest way there is, written without the formatter: the other half of the test."""
    match value:
        case tree.Number(text=text):
            return f" {text} "
        case tree.String(text):
            return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case tree.Constant(constant):
            return {True: "true", False: "false", None: "none"}[constant]
        case tree.Name(name):
            return name
        case tree.ListOf(items):
            return f"[{','.join(map(plain, items))}]"
        case tree.TupleOf(items):
            return "(" + "".join(plain(item) + "," for item in items) + ")"
        case tree.Paren(inner):
            return f"({plain(inner)})"
        case tree.MapOf(entries):
            return "{" + ",".join(f"{plain(key)}:{plain(item)}" for key, item in entries) + "}"
        case tree.RangeOf(low, high, log):
            return f"{plain(low)}..{plain(high)}{' log' * log}"
        case tree.Unary(op, operand):
            return f"{op} {plain(operand)}"
        case tree.Binary(op, left, right):
            return f"{plain(left)} {op} {plain(right)}"
        case tree.IfExpr(condition, then, otherwise):
            return f"if {plain(condition)} then {plain(then)} else {plain(otherwise)}"
        case tree.Argument(name, item):
            return plain(item) if name is None else f"{name.id}={plain(item)}"
        case tree.Call(function, arguments):
            return f"{plain(function)}({','.join(map(plain, arguments))})"
        case tree.Attribute(item, name):
            return f"{plain(item)}.{name.id}"
        case tree.Slice(start, stop, step):
            return f"{plain(start)}:{plain(stop)}:{plain(step)}"
        case None:
            return ""
        case tree.Index(item, items):
            return f"{plain(item)}[{','.join(map(plain, items))}]"
        case tree.Chain(head, steps):
            return "->".join(map(plain, (head, *steps)))
    return plain_statement(value)


def block(nodes: tuple[object, ...]) -> str:
    return "{\n" + "\n".join(map(plain, nodes)) + "\n}"


def plain_statement(value: object) -> str:
    match value:
        case tree.Input(name, dtype, dims):
            kind = "" if dims is None else f":{plain(dtype)}[{','.join(map(plain, dims))}]"
            return f"input {name.id}{kind}"
        case tree.Bind(targets, item):
            return f"{','.join(map(plain, targets))}={plain(item)}"
        case tree.LayerDef(name, item):
            return f"layer {name.id}={plain(item)}"
        case tree.Output(name, item):
            return f"output {name.id}={plain(item)}"
        case tree.For(targets, item, body):
            return f"for {','.join(map(plain, targets))} in {plain(item)} {block(body)}"
        case tree.If(condition, then, otherwise):
            return f"if {plain(condition)} {block(then)}" + (f" else {block(otherwise)}" if otherwise else "")
        case tree.Return(item):
            return f"return {plain(item)}"
        case tree.Entry(key, item):
            return f"{key.id}={plain(item)}"
        case tree.FeatureLine(columns, item):
            return f"{','.join(map(plain, columns))}={plain(item)}"
        case tree.Features(lines):
            return "features " + block(lines)
    return plain_item(value)


def plain_item(value: object) -> str:
    match value:
        case tree.Use(path):
            return f"use {plain(path)}"
        case tree.Param(name, item, domain):
            return f"param {name.id}={plain(item)}" + (f" in {plain(domain)}" if domain else "")
        case tree.Parameter(name, default):
            return name.id + (f"={plain(default)}" if default else "")
        case tree.Fn(name, parameters, body, short):
            head = f"fn {name.id}({','.join(map(plain, parameters))})"
            return f"{head}={plain(body[0].value)}" if short else head + block(body)  # type: ignore[union-attr]
        case tree.Block(name, parameters, body):
            return f"block {name.id}({','.join(map(plain, parameters))}) {block(body)}"
        case tree.Model(name, body):
            return f"model {name.id} {block(body)}"
        case tree.Section(kind, entries):
            return f"{kind} {block(entries)}"
    raise AssertionError(value)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(many(ITEM, most=4))
def test_a_tree_comes_back_from_its_text_and_from_the_format(items: tuple[object, ...]) -> None:
    file = tree.File(Source("t.nn", ""), items, span=NOWHERE)  # type: ignore[arg-type]  # hypothesis knows no unions
    text = "\n".join(map(plain, items))
    assert read(text) == file
    assert read(formatted(text)) == file


@settings(max_examples=80, deadline=None, derandomize=True)
@given(many(ITEM, least=1, most=3), st.data())
def test_comments_anywhere_are_kept(items: tuple[object, ...], data: st.DataObject) -> None:
    lines = (
        formatted("\n".join(map(plain, items))).replace("(", "(\n").replace("[", "[\n").replace(",", ",\n").split("\n")
    )
    for number in range(len(lines)):
        if '"' not in lines[number]:
            lines[number] += data.draw(st.sampled_from(["", "", "", "  # c", "\n# d", "\n\n\n# e\n"]))
    text = "\n".join(lines)
    file, findings = parse(Source("t.nn", text))
    if not len(findings):  # a comma between names or columns can't have a line break behind it
        assert file is not None
        formatted(text)
