"""Layers and other objects of Keras as calls that construct them."""

from __future__ import annotations

from nnc import catalog
from nnc.catalog import Arg, LayerRow, Row
from nnc.emit.names import snake_case
from nnc.emit.python.code import (
    Atom,
    Code,
    Group,
    Invoke,
    Table,
    assign,
    either,
    string,
)
from nnc.emit.python.kinds import FUNCTIONS, SIZES, Kinds, matched, unwrap
from nnc.emit.python.places import NotStructuredError, site_of
from nnc.emit.python.values import dotted, plain_name
from nnc.syntax import tree


class Objects(Kinds):
    """Writes constructions."""

    def _held(self, code: Invoke) -> Code:
        """Inside a shared block a layer is made once, before the function that applies it."""
        body = self.body
        if body.once:
            return Invoke(Atom("once"), (code,))
        if not body.shared:
            return code
        variable = body.fresh(f"{body.base}_layer")
        body.head.append(assign(variable, code, 4))
        return Atom(variable)

    def _layer_row(self, step: tree.Call) -> LayerRow:
        function = unwrap(step.function)
        name = function.name.id if isinstance(function, tree.Attribute) else getattr(function, "id", "")
        row = catalog.find("layers", name)
        if not isinstance(row, LayerRow):
            raise NotStructuredError
        return row

    def layer(self, step: tree.Call, row: LayerRow, wanted: str) -> Code:
        """A layer's construction, with its name."""
        name = self.body.layer_name(site_of(step.function.span), wanted)
        return self._held(self.construct(step, row, "layers", name))

    def construct(self, step: tree.Call, row: Row, module: str, name: Code | None) -> Invoke:
        """A Keras object: required arguments by position, the others by name."""
        given = matched([arg.name for arg in row.args if not arg.keyword], step, [arg.name for arg in row.args])
        given.pop("name", None) if name is not None else None
        positional: list[Code] = []
        named: list[tuple[str, Code]] = []
        leading = True
        for arg in row.args:
            if arg.many:
                raise NotStructuredError
            if arg.name not in given:
                leading = leading and not arg.required
                continue
            code = self.argument(given[arg.name], arg, name)
            if arg.required and leading and not named:
                positional.append(code)
            else:
                named.append((plain_name(arg.name), code))
        if name is not None:
            named.append(("name", name))
        return Invoke(dotted(module, row.name), tuple(positional), tuple(named))

    def argument(self, expr: tree.Expr, arg: Arg, owner: Code | None) -> Code:
        """An argument of a Keras object: a value, a word, a list, or an object of the kind that it takes."""
        bare = unwrap(expr)
        match bare:
            case tree.Name():
                return self._word(bare, arg)
            case tree.ListOf() | tree.TupleOf():
                return Group(
                    "(",
                    tuple(self.argument(item, arg, _numbered(owner, i)) for i, item in enumerate(bare.items)),
                )
            case tree.MapOf():
                return Table(tuple((string(_key(key)), self.argument(v, arg, owner)) for key, v in bare.entries))
            case tree.IfExpr():
                then, otherwise = self.argument(bare.then, arg, owner), self.argument(bare.otherwise, arg, owner)
                return either(self.value(bare.condition), then, otherwise)
            case tree.Call():
                return self._object(bare, arg, owner)
        return self.value(expr)

    def _word(self, name: tree.Name, arg: Arg) -> Code:
        held = self.body.kinds.get(name.id)
        if held is not None and not (name.id in arg.kind.words and held in ("tensor", "layer", "output", "input")):
            if held == "list":
                return Invoke(Atom("tuple"), (Atom(self.body.variable(name.id)),))
            return Atom(self.body.variable(name.id))
        if held is None and self._is_param(name):
            return self.body.module.constant(name)
        if held is None and name.id in self.body.module.file(name).fns:
            return Atom(self.body.module.fn(name.id))
        return string(name.id)

    def _object(self, expr: tree.Call, arg: Arg, owner: Code | None) -> Code:
        function = unwrap(expr.function)
        name = function.name.id if isinstance(function, tree.Attribute) else getattr(function, "id", "")
        if isinstance(function, tree.Name) and (self._is_local(name) or name in FUNCTIONS or name in SIZES):
            return self.value(expr)
        kind = arg.kind.objects
        row = catalog.find(kind, name) if kind and kind != "layers" else None
        if kind and row is not None:
            return self.construct(expr, row, kind if kind == "layers" else f"keras.{kind}", None)
        layer = catalog.find("layers", name)
        if isinstance(layer, LayerRow):
            return self._inner_layer(expr, layer, owner)
        raise NotStructuredError

    def _inner_layer(self, expr: tree.Call, row: LayerRow, owner: Code | None) -> Code:
        """A layer inside a layer is called after it."""
        said = next((one for one in expr.arguments if one.name is not None and one.name.id == "name"), None)
        name = self.value(said.value) if said is not None else _extended(owner, f"_{snake_case(row.name)}")
        return self.construct(expr, row, "layers", name)


def _numbered(owner: Code | None, number_: int) -> Code | None:
    return owner if not number_ or owner is None else _extended(owner, f"_{number_}")


def _extended(owner: Code | None, ending: str) -> Code:
    if not isinstance(owner, Atom):
        raise NotStructuredError
    if owner.text.endswith('"'):
        return Atom(f'{owner.text[:-1]}{ending}"')
    if owner.text.isidentifier():
        return Atom(f'f"{{{owner.text}}}{ending}"')
    raise NotStructuredError


def _key(key: tree.Name | tree.String | tree.Number) -> str:
    if isinstance(key, tree.Name):
        return key.id
    return key.value if isinstance(key, tree.String) else key.text
