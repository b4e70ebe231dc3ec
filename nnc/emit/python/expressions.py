"""Expressions of a spec as Python expressions, with the statements that a chain needs before it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from nnc import catalog
from nnc.catalog import Arg
from nnc.emit.python.code import (
    Atom,
    Code,
    Group,
    Invoke,
    Operator,
    Subscript,
    assign,
    either,
    flat,
    logic,
    minus,
    negation,
    number,
    string,
)
from nnc.emit.python.kinds import FUNCTIONS, unwrap
from nnc.emit.python.places import NotStructuredError, names_in
from nnc.emit.python.steps import Steps
from nnc.emit.python.values import OPERATORS, op_code, plain_name
from nnc.syntax import tree

_OPS = {symbol: op for op, symbol in OPERATORS.items()} | {
    "==": "equal",
    "!=": "not_equal",
    "and": "logical_and",
    "or": "logical_or",
}
_LITERALS = (tree.Number, tree.String, tree.Constant)
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_DEEPEST = 30


class Expressions(Steps):
    """Writes the expressions of one statement of `body`."""

    def whole(self, expr: tree.Expr, target: str | None, name: str) -> Code:
        """The value of a statement; a chain's steps may use the statement's own variable, `target`."""
        bare = unwrap(expr)
        if isinstance(bare, tree.Chain):
            later = names_in(bare.steps[1:])
            held = target if target is not None and name not in later else None
            return self.chain(bare, held)
        return self.value(expr)

    def value(self, expr: tree.Expr) -> Code:
        """An expression."""
        write = _VALUES.get(type(expr))
        if write is None:
            raise NotStructuredError
        return write(self, expr)

    def _literal(self, expr: tree.Number) -> Code:
        return number(expr.value)

    def _text(self, expr: tree.String) -> Code:
        return string(expr.value)

    def _constant(self, expr: tree.Constant) -> Code:
        return Atom(str(expr.value))

    def _name(self, expr: tree.Name) -> Code:
        if self._is_local(expr.id):
            return Atom(self.body.variable(expr.id))
        if self._is_param(expr):
            return self.body.module.constant(expr)
        raise NotStructuredError

    def _items(self, expr: tree.ListOf | tree.TupleOf) -> Code:
        return Group("[", tuple(self.value(item) for item in expr.items))

    def _inner(self, expr: tree.Paren) -> Code:
        return self.value(expr.inner)

    def _unary(self, expr: tree.Unary) -> Code:
        operand = self.value(expr.operand)
        kind = self.kind(expr.operand)
        if expr.op == "+":
            return operand
        if expr.op == "-":
            return minus(operand, "ops.negative" if kind == "tensor" else "")
        if kind == "constant":
            return negation(operand)
        return self._tensors("logical_not", (operand,), {kind})

    def _binary(self, expr: tree.Binary) -> Code:
        depth, edge = 0, expr
        while isinstance(edge.left, tree.Binary):
            depth, edge = depth + 1, edge.left
        if depth > _DEEPEST:
            raise NotStructuredError
        kinds = {self.kind(expr.left), self.kind(expr.right)}
        left, right = self.value(expr.left), self.value(expr.right)
        if kinds <= {"constant"}:
            if expr.op in ("and", "or"):
                return logic(expr.op, left, right)
            if expr.op in _COMPARISONS:
                return self._comparison(expr, left, right)
            return Operator(expr.op, left, right, "")
        if "list" in kinds and expr.op == "+":
            return Operator("+", self._as_list(left, expr.left), self._as_list(right, expr.right), "")
        if expr.op in ("and", "or", "==", "!=") or "tensor" in kinds:
            return self._tensors(_OPS[expr.op], (left, right), kinds)
        return Operator(expr.op, left, right, "")

    def _comparison(self, expr: tree.Binary, left: Code, right: Code) -> Code:
        """Two literals are compared at once: a program that does it reads like a slip, and linters say so."""
        literals = [one for one in (unwrap(expr.left), unwrap(expr.right)) if isinstance(one, _LITERALS)]
        if len(literals) == 2:
            return Atom(str(_COMPARISONS[expr.op](literals[0].value, literals[1].value)))
        if left == right:
            raise NotStructuredError
        return Operator(expr.op, left, right, "")

    def _as_list(self, code: Code, expr: tree.Expr) -> Code:
        bare = unwrap(expr)
        if isinstance(bare, tree.Name) and not self._is_local(bare.id):
            raise NotStructuredError  # a param is a tuple there
        if not isinstance(code, Group):
            return code
        items: list[Code] = []
        for item in code.items:  # a list that grows by what a layer gives: that stands before, on lines of its own
            if isinstance(item, Invoke):
                variable = self.body.fresh("part")
                self.body.add(assign(variable, item, self.body.indent))
                item = Atom(variable)  # noqa: PLW2901 - the item by its name
            items.append(item)
        return Group("[", tuple(items))

    def _tensors(self, op: str, args: tuple[Code, ...], kinds: set[str]) -> Code:
        if "tensor" not in kinds or "list" in kinds:
            raise NotStructuredError  # nobody knows whether Python's operator means the same
        return op_code(op, args, as_operator=True)

    def _if(self, expr: tree.IfExpr) -> Code:
        return either(self.value(expr.condition), self.value(expr.then), self.value(expr.otherwise))

    def _index(self, expr: tree.Index) -> Code:
        texts = []
        for item in expr.items:
            if isinstance(item, tree.Slice):
                parts = ["" if part is None else flat(self.value(part)) for part in (item.start, item.stop, item.step)]
                texts.append(f"{parts[0]}:{parts[1]}" + (f":{parts[2]}" if parts[2] else ""))
            else:
                is_dots = isinstance(item, tree.Name) and item.id == "..."
                texts.append("..." if is_dots else flat(self.value(item)))
        return Subscript(self.value(expr.value), ", ".join(texts))

    def counted(self, expr: tree.Expr) -> bool:
        """Whether it is `range(n)`, whose items count the rounds."""
        bare = unwrap(expr)
        function = unwrap(bare.function) if isinstance(bare, tree.Call) else None
        return (
            isinstance(bare, tree.Call)
            and isinstance(function, tree.Name)
            and function.id == "range"
            and not self._is_local("range")
            and len(bare.arguments) == 1
        )

    # ---- calls -----------------------------------------------------------------------------------

    def _call(self, expr: tree.Call) -> Code:
        function = unwrap(expr.function)
        if isinstance(function, tree.Attribute):
            space = unwrap(function.value)
            if isinstance(space, tree.Name) and space.id == "ops":
                return self._ops(function.name.id, expr)
            raise NotStructuredError
        if isinstance(function, tree.Name) and not self._is_local(function.id):
            return self._named(function, expr)
        if isinstance(function, (tree.Name, tree.Call)):
            operands = [self.operand(one.value) for one in expr.arguments if one.name is None]
            by_name = [(one.name.id, self.operand(one.value)) for one in expr.arguments if one.name is not None]
            return self.apply(function, operands, by_name, expr)
        raise NotStructuredError

    def _named(self, function: tree.Name, expr: tree.Call) -> Code:
        file = self.body.module.file(function)
        if function.id in file.fns:
            if function.id in self.body.module.scoring:
                raise NotStructuredError  # it brings targets to its predictions' type first
            args = tuple(self.value(one.value) for one in expr.arguments if one.name is None)
            named = tuple((one.name.id, self.value(one.value)) for one in expr.arguments if one.name is not None)
            return Invoke(Atom(self.body.module.fn(function.id)), args, named)
        values = [self.value(one.value) for one in expr.arguments]
        if function.id == "shape":
            return Subscript(Atom(f"{flat(values[0])}.shape"), "1:")
        if function.id == "channels":
            return Subscript(Atom(f"{flat(values[0])}.shape"), "-1")
        if function.id in FUNCTIONS:
            return Invoke(Atom(FUNCTIONS[function.id]), tuple(values))
        raise NotStructuredError

    def _ops(self, name: str, expr: tree.Call) -> Code:
        row = catalog.find("ops", name)
        if row is None:
            raise NotStructuredError
        args: list[Code] = []
        named: list[tuple[str, Code]] = []
        for argument in expr.arguments:
            slot = row.args[min(len(args), len(row.args) - 1)] if argument.name is None else row.arg(argument.name.id)
            code = self._op_argument(argument.value, slot)
            if argument.name is None:
                args.append(code)
            else:
                named.append((plain_name(argument.name.id), code))
        return op_code(name, tuple(args), tuple(named), as_operator=name == "divide")

    def _op_argument(self, expr: tree.Expr, slot: Arg | None) -> Code:
        bare = unwrap(expr)
        if isinstance(bare, tree.Name) and not self._is_local(bare.id) and not self._is_param(bare):
            if slot is not None and bare.id in slot.kind.words:
                return string(bare.id)
            raise NotStructuredError
        if isinstance(bare, (tree.ListOf, tree.TupleOf)) and self.kind(bare) == "constant":
            return self._tuples(bare)
        return self.value(expr)

    def _tuples(self, expr: tree.Expr) -> Code:
        """A constant as Keras is given it: lists inside lists are tuples, too."""
        bare = unwrap(expr)
        if isinstance(bare, (tree.ListOf, tree.TupleOf)):
            return Group("(", tuple(self._tuples(item) for item in bare.items))
        return self.value(expr)

    def _nested_chain(self, expr: tree.Chain) -> Code:
        return self.chain(expr, None)


_VALUES: Mapping[type, Callable[[Expressions, Any], Code]] = {
    tree.Number: Expressions._literal,
    tree.String: Expressions._text,
    tree.Constant: Expressions._constant,
    tree.Name: Expressions._name,
    tree.ListOf: Expressions._items,
    tree.TupleOf: Expressions._items,
    tree.Paren: Expressions._inner,
    tree.Unary: Expressions._unary,
    tree.Binary: Expressions._binary,
    tree.IfExpr: Expressions._if,
    tree.Index: Expressions._index,
    tree.Call: Expressions._call,
    tree.Chain: Expressions._nested_chain,
}
