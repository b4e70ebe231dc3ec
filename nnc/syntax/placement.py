"""What the grammar lets pass but may not stand where it stands: a `return` in a model, `features` in `train`.

One grammar of statements serves models, blocks and fns; which of them belong where is a table here.
"""

from __future__ import annotations

from collections.abc import Iterable

from nnc import codes
from nnc.diagnostics import Findings, Label
from nnc.syntax import tree

_WORDS: dict[type, str] = {
    tree.Input: "`input`",
    tree.Output: "`output`",
    tree.LayerDef: "`layer`",
    tree.Return: "`return`",
}
_FOREIGN: dict[str, tuple[type, ...]] = {
    "model": (tree.Return,),
    "block": (tree.Return,),
    "fn": (tree.Input, tree.Output, tree.LayerDef),
}
_PLACES = {"model": "a model", "block": "a block", "fn": "an fn"}
_HELP = {
    "model": "what a model gives is `output NAME = EXPR`",
    "block": "what a block gives is `output NAME = EXPR`",
    "fn": "an fn takes tensors by its parameters and gives back one with `return`; layers belong in a model or block",
}


def check_body(kind: str, body: Iterable[tree.Statement], findings: Findings) -> None:
    """Find the statements that do not belong in a model, block or fn, also inside its `for` and `if`."""
    for statement in body:
        if isinstance(statement, _FOREIGN[kind]):
            word = _WORDS[type(statement)]
            findings.add(codes.MISPLACED, f"{word} can't stand in {_PLACES[kind]}", statement.span, help=_HELP[kind])
        elif isinstance(statement, tree.For):
            check_body(kind, statement.body, findings)
        elif isinstance(statement, tree.If):
            check_body(kind, statement.then, findings)
            check_body(kind, statement.otherwise, findings)


def check_section(kind: str, entries: Iterable[tree.Entry | tree.Features], findings: Findings) -> None:
    """Find `features` outside data."""
    for entry in entries:
        if kind != "data" and isinstance(entry, tree.Features):
            findings.add(
                codes.MISPLACED,
                f"`features` can't stand in `{kind}`",
                entry.span,
                help="features belong in the `data` section",
            )


def check_choice(head: tree.Expr, findings: Findings) -> None:
    """Find `if c then x -> A() else y -> B()`: `->` binds loosest, so B would be applied to x's chain as well."""
    if not isinstance(head, tree.IfExpr):
        return
    if isinstance(head.then, tree.Chain):
        findings.add(
            codes.SYNTAX,
            "it can't be seen what the `->` after `else` belongs to",
            Label(head.otherwise.span, "to this alone, or to the whole choice?"),
            help="put parentheses around the chain: `if c then (x -> A()) else (y -> B())`",
        )
