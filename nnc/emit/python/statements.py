"""Statements of a spec as statements of Python, inside one function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nnc.catalog import Size
from nnc.emit.names import Names
from nnc.emit.python.code import (
    Atom,
    Code,
    Group,
    Invoke,
    Table,
    assign,
    comment,
    number,
    returns,
    string,
)
from nnc.emit.python.expressions import Expressions
from nnc.emit.python.frame import Frame, Loop, all_statements, targets_of
from nnc.emit.python.kinds import sole_step
from nnc.emit.python.places import NotStructuredError, names_in
from nnc.graph import ModelInput
from nnc.syntax import tree


class Body(Frame):
    """The statements of a model or block, written into the function that it becomes."""

    def run(self, statements: Sequence[tree.Statement]) -> None:
        """Write statements, in order."""
        for statement in statements:
            _STATEMENTS[type(statement)](self, statement)

    def _input(self, node: tree.Input) -> None:
        if isinstance(self.node, tree.Block):
            return  # a parameter of the function
        (item,) = [one for one in self.module.model.inputs if one.name == node.name.id]
        self.add(assign(self.bind(node.name, "input"), self._input_code(node, item), self.indent))

    def _input_code(self, node: tree.Input, item: ModelInput) -> Code:
        dims: list[Code] = []
        for written, dim in zip(node.dims or (), item.tensor.type.shape, strict=True):
            if isinstance(dim, Size):
                dims.append(Atom(self.sizes.get(dim.name, "None")))
            elif item.features is None and names_in(written) and not isinstance(written, tree.Call):
                dims.append(Expressions(self).value(written))
            else:
                dims.append(number(dim))
        kwargs: list[tuple[str, Code]] = [("shape", Group("(", tuple(dims)))]
        if item.tensor.type.dtype != "float32":
            kwargs.append(("dtype", string(item.tensor.type.dtype)))
        return Invoke(Atom("keras.Input"), (), (*kwargs, ("name", string(item.name))))

    def _assignment(self, node: tree.Bind) -> None:
        first = next((name for name in node.targets if name.id != "_"), node.targets[0])
        self.base, self.sole = first.id, sole_step(node.value)
        writer = Expressions(self)
        kind = writer.kind(node.value)
        code = writer.whole(node.value, self.variable(first.id) if len(node.targets) == 1 else None, first.id)
        if len(node.targets) == 1:
            variable = self.bind(first, kind)
            if code != Atom(variable):
                self.add(assign(variable, code, self.indent))
            return
        targets = [
            "_" if name.id == "_" else self.bind(name, "tensor" if kind == "tensor" else "unknown")
            for name in node.targets
        ]
        self.add(assign(", ".join(targets), code, self.indent))

    def _output(self, node: tree.Output) -> None:
        self.base, self.sole = node.name.id, sole_step(node.value)
        said = self.kinds.get(node.name.id)
        if (said == "output" and self.indent == 4) or (said == "input" and isinstance(self.node, tree.Model)):
            raise NotStructuredError
        variable = self.variable(node.name.id)
        code = Expressions(self).whole(node.value, variable, node.name.id)
        if code != Atom(variable):
            self.add(assign(variable, code, self.indent))
        self.kinds[node.name.id] = "output"
        if node.name.id not in self.outputs:
            self.outputs.append(node.name.id)

    def _layer(self, node: tree.LayerDef) -> None:
        if self.shared:
            raise NotStructuredError
        self.base, self.sole = node.name.id, None
        kind, code = Expressions(self).definition(node)
        self.add(assign(self.bind(node.name, kind), code, self.indent))

    def _loop(self, node: tree.For) -> None:
        if self.shared and not self.once:
            raise NotStructuredError
        writer = Expressions(self)
        counted = writer.counted(node.iterable)
        bound = {name.id for one in all_statements(node.body) for name in targets_of(one)}
        own = counted and len(node.targets) == 1 and node.targets[0].id not in bound | {"_"}
        items = writer.value(node.iterable)
        of_tensors = writer.kind(node.iterable) != "constant"
        targets = [
            "_" if name.id == "_" else self.bind(name, "unknown" if of_tensors else "constant") for name in node.targets
        ]
        loop = Loop(targets[0] if own else self.counter(), self.suffix_name())
        lines = self.inside(loop, node.body)
        if loop.asked and not own:
            together = targets[0] if len(targets) == 1 else f"({', '.join(targets)})"
            self.heading(f"for {loop.index}, {together} in ", Invoke(Atom("enumerate"), (items,)))
        else:
            self.heading(f"for {', '.join(targets)} in ", items)
        self.lines += lines

    def inside(self, loop: Loop, body: Sequence[tree.Statement]) -> list[str]:
        """The lines of a loop's body; where names ask for a suffix, it is made first."""
        outer, self.lines = self.lines, []
        self.loops.append(loop)
        self.indent += 4
        self.run(body)
        lines = self.lines
        self.indent -= 4
        self.loops.pop()
        self.lines = outer
        return self.suffix_line(loop) + lines

    def _choice(self, node: tree.If) -> None:
        word, one = "if", node
        while True:
            self.heading(f"{word} ", Expressions(self).value(one.condition))
            before = dict(self.kinds)
            self._branch(one.then)
            after, self.kinds = self.kinds, before
            self._outputs_may_repeat(after)
            if len(one.otherwise) == 1 and isinstance(one.otherwise[0], tree.If):
                word, one = "elif", one.otherwise[0]
                continue
            if one.otherwise:
                self.add(f"{' ' * self.indent}else:")
                self._branch(one.otherwise)
            self.kinds = {**after, **self.kinds}
            return

    def _outputs_may_repeat(self, after: Mapping[str, str]) -> None:
        """The other branch may give the same outputs."""
        for name in self.outputs:
            if after.get(name) == "output":
                self.kinds.pop(name, None)

    def _branch(self, body: Sequence[tree.Statement]) -> None:
        self.indent += 4
        count = len(self.lines)
        self.run(body)
        if len(self.lines) == count:
            self.add(f"{' ' * self.indent}pass")
        self.indent -= 4

    # ---- the function ----------------------------------------------------------------------------

    def model_source(self, statements: Sequence[tree.Statement], sizes: Mapping[str, str], seed: int | None) -> str:
        """`def build_model(): ...`."""
        self.sizes = sizes
        self.names = Names({*(self.names.taken), *sizes.values()})
        if seed is not None:
            self.add(f"    keras.utils.set_random_seed({seed})")
        self.run(statements)
        model = self.module.model
        if [output.name for output in model.outputs] != self.outputs:
            raise NotStructuredError
        inputs = tuple(Atom(self.variable(item.name)) for item in model.inputs)
        outputs = {item.name: Atom(self.variable(item.name)) for item in model.outputs}
        made = Invoke(
            Atom("keras.Model"),
            (),
            (
                ("inputs", inputs[0] if len(inputs) == 1 else Group("[", inputs)),
                (
                    "outputs",
                    next(iter(outputs.values()))
                    if len(outputs) == 1
                    else Table(tuple((string(name), code) for name, code in outputs.items())),
                ),
                ("name", string(model.name)),
            ),
        )
        title = f'    """Build {comment(model.name)}.'
        doc = [f'{title}"""']
        if sizes:
            widths = [f"    {name}: the number of columns that the prepared table has." for name in sizes.values()]
            doc = [title, "", *widths, '    """']
        return "\n".join([f"def build_model({', '.join(sizes.values())}):", *doc, *self.lines, returns(made)])


_STATEMENTS: Mapping[type, Callable[[Body, Any], None]] = {
    tree.Input: Body._input,
    tree.Bind: Body._assignment,
    tree.Output: Body._output,
    tree.LayerDef: Body._layer,
    tree.For: Body._loop,
    tree.If: Body._choice,
}
