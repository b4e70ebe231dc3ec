"""Expressions of a spec as Python expressions, with the statements that a chain needs before it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nnc import catalog
from nnc.catalog import Arg, LayerRow, Row
from nnc.emit.names import snake_case
from nnc.emit.python_code import (
    Atom,
    Code,
    Group,
    Invoke,
    Operator,
    Subscript,
    Table,
    assign,
    either,
    flat,
    logic,
    negation,
    number,
    string,
)
from nnc.emit.python_values import OPERATORS, dotted, op_code, plain_name
from nnc.emit.written_places import NotStructuredError, names_in, site_of
from nnc.lean import dataclass
from nnc.syntax import tree

if TYPE_CHECKING:
    from nnc.emit.python_statements import Body

_OPS = {symbol: op for op, symbol in OPERATORS.items()} | {
    "==": "equal",
    "!=": "not_equal",
    "and": "logical_and",
    "or": "logical_or",
}
# Functions of constants: what Python calls them.
_FUNCTIONS: Mapping[str, str] = {
    **{name: name for name in ("round", "min", "max", "abs", "len", "range")},
    **{name: f"math.{name}" for name in ("floor", "ceil", "sqrt", "log2")},
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
_SIZES = frozenset({"shape", "channels"})
_WORDS = frozenset({"same", "valid", "causal"})
_DEEPEST = 30


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
class Expressions:
    """Writes the expressions of one statement of `body`."""

    body: Body

    # ---- what names are --------------------------------------------------------------------------

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
            return "constant" if function.id in _FUNCTIONS or function.id in _SIZES else "tensor"
        return "tensor"

    # ---- values ----------------------------------------------------------------------------------

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
            return Operator("-", None, operand, "ops.negative" if kind == "tensor" else "")
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
        if function.id in _FUNCTIONS:
            return Invoke(Atom(_FUNCTIONS[function.id]), tuple(values))
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

    # ---- chains ----------------------------------------------------------------------------------

    def operand(self, expr: tree.Expr) -> Code:
        """What a layer is applied to."""
        return self.value(expr)

    def _nested_chain(self, expr: tree.Chain) -> Code:
        return self.chain(expr, None)

    def chain(self, expr: tree.Chain, target: str | None) -> Code:
        """The last step's call; the others are statements before it, their values held by `target`."""
        head = expr.head
        operands = [self.operand(one) for one in (head.items if isinstance(head, tree.TupleOf) else (head,))]
        code: Code = operands[0] if operands else Atom("")
        holder = target
        for number_, step in enumerate(expr.steps):
            bare = unwrap(step)
            if number_:
                if holder is None:
                    holder = self.body.fresh("part")
                if code != Atom(holder):
                    self.body.add(assign(holder, code, self.body.indent))
                operands = [Atom(holder)]
            if isinstance(bare, tree.Binary) and bare.op == "*":
                if holder is None:
                    holder = self.body.fresh("part")
                code = self.repeat(bare, operands, holder)
            else:
                code = self.apply(bare, operands, [], bare)
        return code

    def repeat(self, step: tree.Binary, operands: Sequence[Code], holder: str) -> Code:
        """`n * Block(...)`: a loop over the variable that holds the value."""
        from nnc.emit.python_statements import Loop

        if not operands or (self.body.shared and not self.body.once):
            raise NotStructuredError
        if len(operands) > 1:
            operands = [Group("(", tuple(operands))]
        body = self.body
        count = self.value(step.left)
        if operands[0] != Atom(holder):
            body.add(assign(holder, operands[0], body.indent))
        loop = Loop(body.counter(), body.suffix_name())
        outer, body.lines = body.lines, []
        body.loops.append(loop)
        body.indent += 4
        what = unwrap(step.right)
        made = self.apply(what, [Atom(holder)], [], step)
        body.add(assign(holder, made, body.indent))
        lines, body.lines = body.lines, outer
        body.indent -= 4
        body.loops.pop()
        body.heading(f"for {loop.index if loop.asked else '_'} in ", Invoke(Atom("range"), (count,)))
        body.lines += body.suffix_line(loop) + lines
        return Atom(holder)

    # ---- applying --------------------------------------------------------------------------------

    def apply(
        self, step: tree.Expr, operands: Sequence[Code], by_name: Sequence[tuple[str, Code]], node: tree.Expr
    ) -> Code:
        """A layer, a block or a function applied; `node` is what the names of layers hang on."""
        body = self.body
        named = tuple((plain_name(key), code) for key, code in by_name)
        if isinstance(step, tree.Name):
            if self._is_local(step.id) and body.kinds[step.id] != "constant":
                if body.kinds[step.id] not in ("layer", "list_layer"):
                    raise NotStructuredError
                arguments = tuple(operands)
                if body.kinds[step.id] == "list_layer" and len(arguments) > 1:
                    arguments = (Group("[", arguments),)
                return Invoke(Atom(body.variable(step.id)), arguments, named)
            return Invoke(self._activation(step, node), tuple(operands), named)
        if not isinstance(step, tree.Call):
            raise NotStructuredError
        block = self._block_of(step)
        if block is not None:
            return self._use(block, step, operands, named, node)
        row = self._layer_row(step)
        arguments = tuple(operands)
        if row.listed and len(arguments) > 1:
            arguments = (Group("[", arguments),)
        return Invoke(self.layer(step, row, self._wanted(node, row.name)), arguments, named)

    def _wanted(self, node: tree.Expr, kind: str) -> str:
        """What a layer of a place that nothing came of would be called."""
        base = self.body.base
        if unwrap(node) is self.body.sole:
            return base
        return f"{base}_{snake_case(kind)}" if base else snake_case(kind)

    def _activation(self, step: tree.Name, node: tree.Expr) -> Code:
        file = self.body.module.file(step)
        what: Code
        if self._is_local(step.id) or self._is_param(step):
            what = self.value(step)
        elif step.id in file.fns:
            what = Atom(self.body.module.fn(step.id))
        elif catalog.find("activations", step.id) is not None:
            what = string(step.id)
        else:
            raise NotStructuredError
        name = self.body.layer_name(site_of(step.span), self._wanted(node, "Activation"))
        return self._held(Invoke(dotted("layers", "Activation"), (what,), (("name", name),)))

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

    def _block_of(self, step: tree.Call) -> tree.Block | None:
        function = unwrap(step.function)
        if not isinstance(function, tree.Name) or self._is_local(function.id):
            return None
        return self.body.module.file(function).blocks.get(function.id)

    def _layer_row(self, step: tree.Call) -> LayerRow:
        function = unwrap(step.function)
        name = function.name.id if isinstance(function, tree.Attribute) else getattr(function, "id", "")
        row = catalog.find("layers", name)
        if not isinstance(row, LayerRow):
            raise NotStructuredError
        return row

    def _use(
        self,
        block: tree.Block,
        step: tree.Call,
        operands: Sequence[Code],
        named: Sequence[tuple[str, Code]],
        node: tree.Expr,
    ) -> Code:
        if self.body.shared:
            raise NotStructuredError
        inputs = sum(isinstance(statement, tree.Input) for statement in block.body)
        if len(operands) == 1 and inputs > 1 and not named and isinstance(operands[0], Atom):
            operands = [Atom(f"*{operands[0].text}")]  # several outputs of a step go into several inputs
        elif len(operands) + len(named) != inputs:
            raise NotStructuredError
        function, takes_name = self.body.module.block(block, shared=False)
        positional, by_name = self._block_arguments(block, step)
        if named:  # behind inputs by name, the parameters must be by name too
            first = (plain_parameter(parameter.name.id) for parameter in block.parameters)
            positional, by_name = [], [*zip(first, positional, strict=False), *by_name]
        kwargs = [*named, *by_name]
        if takes_name:
            site = site_of(step.function.span)
            kwargs.append(("name", self.body.layer_name(site, self._wanted(node, block.name.id), of_block=True)))
        return Invoke(Atom(function), (*operands, *positional), tuple(kwargs))

    def _block_arguments(self, block: tree.Block, step: tree.Call) -> tuple[list[Code], list[tuple[str, Code]]]:
        """A block's arguments: those without a default by position, the others by name."""
        given = matched([parameter.name.id for parameter in block.parameters], step)
        positional: list[Code] = []
        by_name: list[tuple[str, Code]] = []
        for parameter in block.parameters:
            if parameter.name.id not in given:
                continue
            code = self.block_argument(given[parameter.name.id])
            if parameter.default is None and not by_name:
                positional.append(code)
            else:
                by_name.append((plain_parameter(parameter.name.id), code))
        return positional, by_name

    def block_argument(self, expr: tree.Expr) -> Code:
        """A value, or a word that goes through to the layers that take it."""
        bare = unwrap(expr)
        if isinstance(bare, tree.Name) and not self._is_local(bare.id) and not self._is_param(bare):
            if bare.id in self.body.module.file(bare).fns:
                return Atom(self.body.module.fn(bare.id))
            return string(bare.id)
        if isinstance(bare, (tree.ListOf, tree.TupleOf)) and self.kind(bare) == "constant":
            return Group("(", tuple(self.block_argument(item) for item in bare.items))
        if isinstance(bare, tree.IfExpr):
            return either(
                self.value(bare.condition), self.block_argument(bare.then), self.block_argument(bare.otherwise)
            )
        if isinstance(bare, tree.Call) and self.kind(bare) != "constant":
            raise NotStructuredError
        return self.value(expr)

    def definition(self, node: tree.LayerDef) -> tuple[str, Code]:
        """What `layer NAME = ...` makes: a layer, or a block whose uses share their layers."""
        bare = unwrap(node.value)
        if not isinstance(bare, tree.Call):
            raise NotStructuredError
        block = self._block_of(bare)
        if block is None:
            row = self._layer_row(bare)
            return "list_layer" if row.listed else "layer", self.layer(bare, row, node.name.id)
        function, takes_name = self.body.module.block(block, shared=True)
        positional, by_name = self._block_arguments(block, bare)
        if takes_name:
            by_name.append(("name", self._shared_name(bare)))
        return "layer", Invoke(Atom(function), tuple(positional), tuple(by_name))

    def _shared_name(self, step: tree.Call) -> Code:
        """The name of the first use, after which the layers are called."""
        uses = self.body.module.places.uses.get(site_of(step.function.span), {})
        if len(uses) != 1 or self.body.loops or self.body.name_variable is not None:
            raise NotStructuredError
        (names,) = uses.values()
        made = {name for known in self.body.module.places.made.values() for (path, _), name in known.items() if path}
        first = next((name for name in names if any(one.startswith(f"{name}_") for one in made)), names[0])
        return string(first)

    # ---- layers and Keras's objects --------------------------------------------------------------

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
        if isinstance(function, tree.Name) and (self._is_local(name) or name in _FUNCTIONS or name in _SIZES):
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


def plain_parameter(name: str) -> str:
    """A block's parameter as the keyword that it is in Python."""
    from nnc.emit.names import identifier

    if identifier(name) != name:
        raise NotStructuredError
    return name


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
