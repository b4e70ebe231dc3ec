"""What the names and expressions of a function hold: tensors, constants, lists, layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nnc.emit.names import identifier
from nnc.emit.python.code import (
    Code,
)
from nnc.emit.python.places import NotStructuredError
from nnc.lean import dataclass
from nnc.syntax import tree

if TYPE_CHECKING:
    from nnc.emit.python.frame import Frame


# Functions of constants: what Python calls them.
FUNCTIONS: Mapping[str, str] = {
    **{name: name for name in ("round", "min", "max", "abs", "len", "range")},
    **{name: f"math.{name}" for name in ("floor", "ceil", "sqrt", "log2")},
}
SIZES = frozenset({"shape", "channels"})


def unwrap(expr: tree.Expr) -> tree.Expr:
    """The expression without the round brackets around it."""
    while isinstance(expr, tree.Paren):
        expr = expr.inner
    return expr


def sole_step(expr: tree.Expr) -> tree.Expr | None:
    """The step that alone makes a value, and so gets the binding's name."""
    expr = unwrap(expr)
    if isinstance(expr, tree.Chain):
        return unwrap(expr.steps[0]) if len(expr.steps) == 1 else None
    return expr if isinstance(expr, tree.Call) else None


@dataclass
class Kinds:
    """Asks what is held by what stands in one statement of `body`."""

    body: Frame

    def value(self, expr: tree.Expr) -> Code:
        """An expression; the class that writes them says how."""
        raise NotImplementedError

    def _is_local(self, name: str) -> bool:
        return name in self.body.kinds

    def _is_param(self, name: tree.Name) -> bool:
        return name.id in self.body.module.file(name).params

    def kind(self, expr: tree.Expr) -> str:
        """`tensor`, `constant`, `list`, or `unknown`."""
        expr = unwrap(expr)
        found = "constant"
        match expr:
            case tree.Name():
                held = self.body.kinds.get(expr.id, "constant")
                found = "tensor" if held in ("output", "input") else held
            case tree.Chain():
                found = "tensor"
            case tree.Call():
                found = self._kind_of_call(expr)
            case tree.ListOf() | tree.TupleOf():
                mixed = any(self.kind(item) != "constant" for item in expr.items) or not expr.items
                found = "list" if mixed else "constant"
            case tree.Binary() | tree.Unary() | tree.IfExpr():
                found = self._of_parts(expr)
            case tree.Index():
                inside = self.kind(expr.value)
                found = inside if inside in ("tensor", "constant") else "unknown"
        return found

    def _of_parts(self, expr: tree.Binary | tree.Unary | tree.IfExpr) -> str:
        match expr:
            case tree.Binary():
                parts = {self.kind(expr.left), self.kind(expr.right)}
            case tree.Unary():
                parts = {self.kind(expr.operand)}
            case _:
                parts = {self.kind(expr.then), self.kind(expr.otherwise)}
        return next((kind for kind in ("unknown", "tensor", "list") if kind in parts), "constant")

    def _kind_of_call(self, expr: tree.Call) -> str:
        function = unwrap(expr.function)
        if isinstance(function, tree.Name) and not self._is_local(function.id):
            return "constant" if function.id in FUNCTIONS or function.id in SIZES else "tensor"
        return "tensor"


def plain_parameter(name: str) -> str:
    """A block's parameter as the keyword that it is in Python."""
    if identifier(name) != name:
        raise NotStructuredError
    return name


def matched(by_place: Sequence[str], call: tree.Call, known: Sequence[str] | None = None) -> dict[str, tree.Expr]:
    """Which argument goes to which name, in the names' order."""
    given: dict[str, tree.Expr] = {}
    positions = iter(by_place)
    for argument in call.arguments:
        name = next(positions, None) if argument.name is None else argument.name.id
        if name is None or name in given:
            raise NotStructuredError
        given[name] = argument.value
    return {name: given[name] for name in [*(known or by_place), "name"] if name in given}
