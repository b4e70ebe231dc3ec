"""Params as constants at the top of the module, and values of the spec's sections as they were written with params."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc import catalog
from nnc.check.constants import OPERATORS
from nnc.check.faults import Trouble
from nnc.check.written import Written
from nnc.emit.names import Names
from nnc.emit.python.code import Atom, Code, Group, Operator, Table, assign, number, string
from nnc.emit.python.kinds import matched, unwrap
from nnc.emit.python.places import NotStructuredError
from nnc.emit.python.values import FnNames, object_code, value_code
from nnc.graph import Object, Spec, Value
from nnc.syntax import tree

# A param by the name of its file and its own.
Param = tuple[str, str]


class Constants:
    """The constants of a module: a name for each param of the spec's files, and which of them something reads."""

    def __init__(self, spec: Spec, names: Names) -> None:
        written = spec.origin
        self._files = written.files if isinstance(written, Written) else {}
        self._train = written.train if isinstance(written, Written) else None
        params = [(file, name) for file, one in self._files.items() for name in one.params]
        self._names: dict[Param, str] = {param: names.new(param[1].upper()) for param in params}
        self.read: set[Param] = set()

    def __contains__(self, param: Param) -> bool:
        return param in self._names

    @property
    def taken(self) -> frozenset[str]:
        """Their names, read or not."""
        return frozenset(self._names.values())

    def code(self, param: Param) -> Code:
        """A param, as the constant that has its value."""
        self.read.add(param)
        return Atom(self._names[param])

    def value(self, param: Param) -> Value:
        """What the spec, or the command line, gives it."""
        return self._files[param[0]].params[param[1]]

    def lines(self) -> list[str]:
        """The constants that something reads, in the order of the spec."""
        return [assign(name, _plain(self.value(param)), 0) for param, name in self._names.items() if param in self.read]

    # ---- the train section -----------------------------------------------------------------------

    def entry(self, key: str) -> tree.Expr | None:
        """What the train section says behind a key."""
        entries = self._train.entries if self._train is not None else ()
        return next((one.value for one in entries if isinstance(one, tree.Entry) and one.key.id == key), None)

    def entry_of(self, key: str, output: str) -> tree.Expr | None:
        """The same for one output, where it is said for each."""
        expr = self.entry(key)
        bare = unwrap(expr) if expr is not None else None
        if not isinstance(bare, tree.MapOf):
            return expr
        return next((value for name, value in bare.entries if _key(name) == output), None)

    def said(self, expr: tree.Expr | None, value: Value, fns: FnNames) -> Code:
        """A value with the params that it was written with; the bare value where the text doesn't show how it came."""
        bare = unwrap(expr) if expr is not None else None
        match bare, value:
            case tree.Call(), Object():
                return object_code(value, fns, given=self._arguments(bare, value, fns))
            case tree.ListOf() | tree.TupleOf(), tuple() if len(bare.items) == len(value):
                return Group("(", self.items(bare, value, fns))
            case tree.MapOf(), Mapping() if len(bare.entries) == len(value):
                pairs = zip(bare.entries, value.items(), strict=True)
                entries = ((value_code(name, fns), self.said(item, one, fns)) for (_, item), (name, one) in pairs)
                return Table(tuple(entries))
        before = set(self.read)
        found = self._computed(bare)
        if found is not None and _same(found[1], value):
            return found[0]
        self.read = before
        return value_code(value, fns)

    def items(self, expr: tree.Expr | None, values: Sequence[Value], fns: FnNames) -> tuple[Code, ...]:
        """The values of a list, or of one that stands for a list."""
        bare = unwrap(expr) if expr is not None else None
        items: Sequence[tree.Expr | None] = bare.items if isinstance(bare, (tree.ListOf, tree.TupleOf)) else (bare,)
        if len(items) != len(values):
            items = [None] * len(values)
        return tuple(self.said(item, value, fns) for item, value in zip(items, values, strict=True))

    def _arguments(self, call: tree.Call, value: Object, fns: FnNames) -> dict[str, Code]:
        row = catalog.find(value.kind, value.name)
        try:
            known = [arg.name for arg in row.args] if row else []
            given = matched([arg.name for arg in row.args if not arg.keyword] if row else [], call, known)
        except NotStructuredError:
            return {}
        return {name: self.said(expr, value.args[name], fns) for name, expr in given.items() if name in value.args}

    def _computed(self, expr: tree.Expr | None) -> tuple[Code, Value] | None:
        """Arithmetic of numbers and params, with its value; None where it is anything else, or reads no param."""
        match expr:
            case tree.Paren():
                return self._computed(expr.inner)
            case tree.Name():
                param = (expr.span.source.name, expr.id)
                return (self.code(param), self.value(param)) if param in self else None
            case tree.Binary():
                return self._operation(expr)
        return None

    def _operation(self, expr: tree.Binary) -> tuple[Code, Value] | None:
        sides = [
            (number(bare.value), bare.value) if isinstance(bare, tree.Number) else self._computed(bare)
            for bare in (unwrap(expr.left), unwrap(expr.right))
        ]
        left, right = sides
        if left is None or right is None or expr.op not in _ARITHMETIC:
            return None
        result = OPERATORS[expr.op].compute(expr.op, left[1], right[1])
        if isinstance(result, Trouble) or not isinstance(result, (int, float)):
            return None
        return Operator(expr.op, left[0], right[0], ""), result


# What Python's operators do as the language's do.
_ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%", "**"})


def _same(found: Value, value: Value) -> bool:
    return type(found) is type(value) and found == value


def _key(name: tree.Name | tree.String | tree.Number) -> object:
    return name.id if isinstance(name, tree.Name) else name.value


def _plain(value: Value) -> Code:
    """A param's value."""
    if isinstance(value, bool) or value is None:
        return Atom(str(value))
    if isinstance(value, (int, float)):
        return number(value)
    return string(value) if isinstance(value, str) else value_code(value, {})
