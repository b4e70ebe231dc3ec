"""Expressions as documents: one function for each kind of node, in a table at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nnc.syntax import tree
from nnc.syntax.layout import Doc, Group, Row, Steps, Text
from nnc.syntax.literals import quoted


def document(node: tree.Node) -> Doc:
    """The document of an expression, or of a part of one."""
    return _DOCUMENTS[type(node)](node)


def text(words: str, node: tree.Node) -> Text:
    """Words that stand for a node."""
    return Text(words, node.span.start, node.span.end)


def row(node: tree.Node, *parts: str | tree.Node | Doc) -> Row:
    """A node as a row of words, documents and nodes that have documents."""
    docs = (
        Text(part) if isinstance(part, str) else document(part) if isinstance(part, tree.Node) else part
        for part in parts
    )
    return Row(tuple(docs), node.span.start, node.span.end)


def group(node: tree.Node, brackets: str, items: Sequence[tree.Node | Doc], *, comma: bool = True) -> Group:
    """A node that is a list of things between brackets."""
    docs = tuple(document(item) if isinstance(item, tree.Node) else item for item in items)
    return Group(brackets[0], docs, brackets[1], node.span.start, node.span.end, comma)


def _number(node: tree.Number) -> Doc:
    return text(node.text, node)


def _string(node: tree.String) -> Doc:
    return text(quoted(node.value), node)


_CONSTANTS = {True: "true", False: "false", None: "none"}


def _tuple(node: tree.TupleOf) -> Doc:
    if len(node.items) == 1:  # `(a,)` has its comma also in one line
        return group(node, "()", [row(node.items[0], node.items[0], ",")], comma=False)
    return group(node, "()", node.items)


def _map(node: tree.MapOf) -> Doc:
    return group(node, "{}", [_pair(key, value) for key, value in node.entries])


def _pair(key: tree.Node, value: tree.Node) -> Doc:
    return Row((document(key), Text(": "), document(value)), key.span.start, value.span.end)


def _range(node: tree.RangeOf) -> Doc:
    low, high = document(node.low), document(node.high)
    # The point of `1.` or `.5` would run into those of the range.
    dots = " .. " if low.flat.endswith(".") or high.flat.startswith(".") else ".."
    return row(node, low, dots, high, " log" if node.log else "")


def _unary(node: tree.Unary) -> Doc:
    return row(node, "not " if node.op == "not" else node.op, node.operand)


def _binary(node: tree.Binary) -> Doc:
    return row(node, node.left, f" {node.op} ", node.right)


def _if_then(node: tree.IfExpr) -> Doc:
    return row(node, "if ", node.condition, " then ", node.then, " else ", node.otherwise)


def _argument(node: tree.Argument) -> Doc:
    return document(node.value) if node.name is None else row(node, node.name, "=", node.value)


def _bracketed(node: tree.Call | tree.Index, head: tree.Expr, brackets: str, items: Sequence[tree.Node]) -> Doc:
    inner = Group(brackets[0], tuple(map(document, items)), brackets[1], head.span.end, node.span.end)
    return row(node, head, inner)


def _call(node: tree.Call) -> Doc:
    return _bracketed(node, node.function, "()", node.arguments)


def _index(node: tree.Index) -> Doc:
    return _bracketed(node, node.value, "[]", node.items)


def _attribute(node: tree.Attribute) -> Doc:
    # `1.x` would be read as a number with a letter behind it.
    return row(node, node.value, " ." if isinstance(node.value, tree.Number) else ".", node.name)


def _slice(node: tree.Slice) -> Doc:
    parts: list[str | tree.Node] = []
    for colon, part in (("", node.start), (":", node.stop), (":" if node.step else "", node.step)):
        parts += [colon] if part is None else [colon, part]
    return row(node, *parts)


def _chain(node: tree.Chain) -> Doc:
    return Steps(document(node.head), tuple(map(document, node.steps)), node.span.start, node.span.end)


_DOCUMENTS: dict[type, Callable[[Any], Doc]] = {
    tree.Number: _number,
    tree.String: _string,
    tree.Constant: lambda node: text(_CONSTANTS[node.value], node),
    tree.Name: lambda node: text(node.id, node),
    tree.ListOf: lambda node: group(node, "[]", node.items),
    tree.TupleOf: _tuple,
    tree.Paren: lambda node: group(node, "()", [node.inner], comma=False),
    tree.MapOf: _map,
    tree.RangeOf: _range,
    tree.Unary: _unary,
    tree.Binary: _binary,
    tree.IfExpr: _if_then,
    tree.Argument: _argument,
    tree.Call: _call,
    tree.Index: _index,
    tree.Attribute: _attribute,
    tree.Slice: _slice,
    tree.Chain: _chain,
}
