"""From rules to nodes: one small function for each rule of `grammar/nn.lark`, under the rule's name.

A function gets the place of the whole and its children (nodes, or tokens for names, numbers, strings and
operators) and gives the node. What is wrong with a child is a finding, and there is a node all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from nnc import codes
from nnc.diagnostics import Code, Findings, Fix
from nnc.source import Source, Span
from nnc.syntax import tree
from nnc.syntax.lexer import Token
from nnc.syntax.literals import ESCAPES, Wrong, number_value, percentage_value, string_value
from nnc.syntax.placement import check_body, check_choice, check_section

_PYTHON_CONSTANTS = {"True": "true", "False": "false", "None": "none"}
_IN_SIZES = re.compile(r"(?m)^[ \t]*input\s+\w+\s*:\s*\w*\s*[\[(][^\])]*\Z")
_LONGEST_SIZES = 200
"""Characters before a size that are looked at."""
_CONSTANTS = {"true": True, "false": False, "none": None}


def builders(source: Source, findings: Findings) -> dict[str, Callable[[Span, list[Any]], Any]]:
    """The functions by the names of their rules, for one parse."""
    maker = _Maker(source, findings)
    return _PLAIN | {name: getattr(maker, name) for name in _WITH_FINDINGS}


# ---- nodes that need nothing but their children --------------------------------------------------


def _tuple_of_children(_: Span, kids: list[Any]) -> tuple[Any, ...]:
    return tuple(kids)


def _param(span: Span, kids: list[Any]) -> tree.Param:
    name, value, *domain = kids
    return tree.Param(name, value, domain[0] if domain else None, span=span)


def _short_fn(span: Span, kids: list[Any]) -> tree.Fn:
    name, parameters, value = kids
    return tree.Fn(name, parameters, (tree.Return(value, span=value.span),), short=True, span=span)


def _formal(span: Span, kids: list[Any]) -> tree.Parameter:
    name, *default = kids
    return tree.Parameter(name, default[0] if default else None, span=span)


def _input(span: Span, kids: list[Any]) -> tree.Input:
    name, *rest = kids
    dims = rest.pop() if rest else None
    return tree.Input(name, rest[0] if rest else None, dims, span=span)


def _for(span: Span, kids: list[Any]) -> tree.For:
    targets, iterable, body = kids
    return tree.For(targets, iterable, body, span=span)


def _if(span: Span, kids: list[Any]) -> tree.If:
    condition, then, *rest = kids
    otherwise = rest[0] if rest else ()
    return tree.If(condition, then, (otherwise,) if isinstance(otherwise, tree.If) else otherwise, span=span)


def _range(span: Span, kids: list[Any]) -> tree.RangeOf:
    low, high, *log = kids
    return tree.RangeOf(low, high, log=bool(log), span=span)


def _slice(span: Span, kids: list[Any]) -> tree.Slice:
    parts: list[Any] = [None, None, None]
    at = 0
    for kid in kids:
        if isinstance(kid, Token):
            at += 1
        else:
            parts[at] = kid
    return tree.Slice(*parts, span=span)


# By the terminal and not by the text, which is another where the parser has read `&&` as `and`.
_OPERATORS = {
    "AND": "and",
    "OR": "or",
    "NOT": "not",
    "EQUAL": "==",
    "UNEQUAL": "!=",
    "LESS": "<",
    "LESS_EQUAL": "<=",
    "MORE": ">",
    "MORE_EQUAL": ">=",
    "PLUS": "+",
    "MINUS": "-",
    "STAR": "*",
    "SLASH": "/",
    "DOUBLE_SLASH": "//",
    "PERCENT": "%",
    "AT": "@",
    "POWER": "**",
}

_PLAIN: dict[str, Callable[[Span, list[Any]], Any]] = {
    "use": lambda span, kids: tree.Use(*kids, span=span),
    "param": _param,
    "short_fn": _short_fn,
    "formals": _tuple_of_children,
    "formal": _formal,
    "body": _tuple_of_children,
    "input": _input,
    "dtype": lambda _, kids: kids[0],
    "dims": _tuple_of_children,
    "unknown": lambda span, _: tree.Name("?", span=span),
    "bind": lambda span, kids: tree.Bind(*kids, span=span),
    "targets": _tuple_of_children,
    "layer": lambda span, kids: tree.LayerDef(*kids, span=span),
    "output": lambda span, kids: tree.Output(*kids, span=span),
    "for": _for,
    "if": _if,
    "return": lambda span, kids: tree.Return(*kids, span=span),
    "entry": lambda span, kids: tree.Entry(*kids, span=span),
    "features": lambda span, kids: tree.Features(tuple(kids), span=span),
    "feature_line": lambda span, kids: tree.FeatureLine(*kids, span=span),
    "columns": _tuple_of_children,
    "range": _range,
    "if_then": lambda span, kids: tree.IfExpr(*kids, span=span),
    "unary": lambda span, kids: tree.Unary(_OPERATORS[kids[0].kind], kids[1], span=span),
    "binary": lambda span, kids: tree.Binary(_OPERATORS[kids[1].kind], kids[0], kids[2], span=span),
    "call": lambda span, kids: tree.Call(kids[0], tuple(kids[1:]), span=span),
    "attribute": lambda span, kids: tree.Attribute(*kids, span=span),
    "index": lambda span, kids: tree.Index(kids[0], tuple(kids[1:]), span=span),
    "positional": lambda span, kids: tree.Argument(None, kids[0], span=span),
    "named": lambda span, kids: tree.Argument(*kids, span=span),
    "slice": _slice,
    "ellipsis": lambda span, _: tree.Name("...", span=span),
    "paren": lambda span, kids: tree.Paren(kids[0], span=span),
    "tuple": lambda span, kids: tree.TupleOf(tuple(kids), span=span),
    "list": lambda span, kids: tree.ListOf(tuple(kids), span=span),
    "map": lambda span, kids: tree.MapOf(tuple(kids), span=span),
    "pair": _tuple_of_children,
}


# ---- nodes that may come with findings -----------------------------------------------------------


class _Maker:
    """The functions that read the text of a token or may find fault."""

    def __init__(self, source: Source, findings: Findings) -> None:
        self._source = source
        self._text = source.text
        self._findings = findings

    def _of(self, token: Token) -> str:
        return self._text[token.start : token.end]

    def name(self, span: Span, kids: list[Any]) -> tree.Name:
        return tree.Name(self._of(kids[0]), span=span)

    def name_value(self, span: Span, kids: list[Any]) -> tree.Name | tree.Constant:
        name: tree.Name = kids[0]
        right = _PYTHON_CONSTANTS.get(name.id)
        if right is None:
            return name
        if name.id == "None" and self._is_size(span):
            fix = Fix("write `?`", span, "?", sure=False)
            help_ = "write `?`, or leave it out where it stands for the batch, which is never written"
            self._findings.add(
                codes.SYNTAX, "an unknown size is `?`", span, expected="`?`", found="`None`", help=help_, fix=fix
            )
            return tree.Name("?", span=span)
        self._findings.add(
            codes.SYNTAX,
            f"`{name.id}` is written `{right}` here",
            span,
            expected=f"`{right}`",
            found=f"`{name.id}`",
            help=f"write `{right}`, in small letters",
            fix=Fix(f"write `{right}`", span, right),
        )
        return tree.Constant(_CONSTANTS[right], span=span)

    def _is_size(self, span: Span) -> bool:
        """Whether it stands in the brackets of an input's sizes, as far as the text before it shows."""
        return _IN_SIZES.search(self._text[max(0, span.start - _LONGEST_SIZES) : span.start]) is not None

    def constant(self, span: Span, kids: list[Any]) -> tree.Constant:
        return tree.Constant(_CONSTANTS[self._of(kids[0])], span=span)

    def number(self, span: Span, kids: list[Any]) -> tree.Number:
        text = self._of(kids[0]).replace(",", "")  # of `1,000`, which has its finding
        percent = kids[0].kind == "PERCENTAGE"
        value = percentage_value(text) if percent else number_value(text)
        if isinstance(value, Wrong):
            self._wrong(codes.BAD_NUMBER, value, span)
            value = 0
        return tree.Number(value, text, percent, span=span)

    def string(self, span: Span, kids: list[Any]) -> tree.String:
        value = string_value(self._of(kids[0]))
        if isinstance(value, Wrong):
            self._wrong(codes.BAD_ESCAPE, value, span, help=f"the escapes are {ESCAPES}; a backslash itself is `\\\\`")
            value = self._of(kids[0])[1:-1]
        return tree.String(value, span=span)

    def _wrong(self, code: Code, wrong: Wrong, span: Span, help: str | None = None) -> None:  # noqa: A002 - as in Findings
        place = Span(self._source, span.start + wrong.start, span.start + wrong.end)
        self._findings.add(code, wrong.message, place, help=help)

    def chain(self, span: Span, kids: list[Any]) -> tree.Chain:
        check_choice(kids[0], self._findings)
        return tree.Chain(kids[0], tuple(kids[1:]), span=span)

    def file(self, span: Span, kids: list[Any]) -> tree.File:
        return tree.File(self._source, tuple(kids), span=span)

    def long_fn(self, span: Span, kids: list[Any]) -> tree.Fn:
        name, parameters, body = kids
        check_body("fn", body, self._findings)
        return tree.Fn(name, parameters, body, short=False, span=span)

    def block(self, span: Span, kids: list[Any]) -> tree.Block:
        name, body = kids[0], kids[-1]
        check_body("block", body, self._findings)
        return tree.Block(name, kids[1] if len(kids) == 3 else (), body, span=span)

    def model(self, span: Span, kids: list[Any]) -> tree.Model:
        check_body("model", kids[1], self._findings)
        return tree.Model(*kids, span=span)

    def section(self, span: Span, kids: list[Any]) -> tree.Section:
        word, *entries = kids
        kind = (word.word or word.kind).lower()
        check_section(kind, entries, self._findings)
        return tree.Section(kind, tuple(entries), span=span)


_WITH_FINDINGS = tuple(name for name in vars(_Maker) if not name.startswith("_"))
