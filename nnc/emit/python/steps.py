"""Steps of a chain: layers, blocks and functions applied to what comes before."""

from __future__ import annotations

from collections.abc import Sequence

from nnc import catalog
from nnc.emit.names import snake_case
from nnc.emit.python.code import (
    Atom,
    Code,
    Group,
    Invoke,
    assign,
    either,
    string,
)
from nnc.emit.python.frame import Loop
from nnc.emit.python.kinds import matched, plain_parameter, unwrap
from nnc.emit.python.objects import Objects
from nnc.emit.python.places import NotStructuredError, site_of
from nnc.emit.python.values import dotted, plain_name
from nnc.syntax import tree


class Steps(Objects):
    """Writes chains, and what is applied in them."""

    def operand(self, expr: tree.Expr) -> Code:
        """What a layer is applied to."""
        return self.value(expr)

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

    def _block_of(self, step: tree.Call) -> tree.Block | None:
        function = unwrap(step.function)
        if not isinstance(function, tree.Name) or self._is_local(function.id):
            return None
        return self.body.module.file(function).blocks.get(function.id)

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
