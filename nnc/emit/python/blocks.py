"""A block as a function of the emitted module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from nnc.emit.python.code import (
    WIDTH,
    Code,
    comment,
    flat,
    returns,
    width,
)
from nnc.emit.python.expressions import Expressions
from nnc.emit.python.frame import all_statements
from nnc.emit.python.kinds import sole_step
from nnc.emit.python.places import NotStructuredError, Path, names_in
from nnc.emit.python.statements import Body
from nnc.syntax import tree

if TYPE_CHECKING:
    from nnc.emit.python.written import Module


class Function(Body):
    """A block as a function; a shared one makes its layers and gives a function that applies them."""

    def __init__(self, module: Module, node: tree.Block, paths: Sequence[Path], takes_name: bool, shared: bool) -> None:
        super().__init__(module, node, paths)
        self.takes_name = takes_name
        self.shared = shared
        self.name_variable = "name" if takes_name else None
        # Layers that loops or choices make are made at the first use, and kept by their names.
        self.once = shared and any(isinstance(one, (tree.For, tree.If)) or _repeats(one) for one in node.body)

    def source(self, name: str, statements: Sequence[tree.Statement]) -> str:
        """`def residual(x, filters, stride=1, *, name): ...`."""
        assert isinstance(self.node, tree.Block)  # noqa: S101 - a function is made of a block
        inputs = [one.name for one in all_statements(self.node.body) if isinstance(one, tree.Input)]
        parameters: list[tuple[str, Code | None]] = []
        own = {parameter.name.id for parameter in self.node.parameters}
        if own & {one.id for one in inputs} or len({one.id for one in inputs}) < len(inputs):
            raise NotStructuredError
        tensors = [self.bind(one, "unknown") for one in inputs]
        for parameter in self.node.parameters:
            default = None
            if parameter.default is not None:
                if names_in(parameter.default) & own:
                    raise NotStructuredError
                default = Expressions(self).block_argument(parameter.default)
            parameters.append((self.bind(parameter.name, "constant"), default))
        if self.shared:
            self.indent = 8
        self.run(statements[:-1])
        self.give(statements[-1:])
        arguments = [text if default is None else f"{text}={flat(default)}" for text, default in parameters]
        if self.takes_name:
            arguments += ["*", "name"]
        block = comment(self.node.name.id)
        if not self.shared:
            head = _signature(name, [*tensors, *arguments], 0)
            return "\n".join([head, f'    """{block}: a block of layers."""', *self.lines])
        inner = self.fresh("apply")
        return "\n".join(
            [
                _signature(name, arguments, 0),
                f'    """Make the layers of {block}; each use of the result shares them."""',
                *(_ONCE if self.once else self.head),
                "",
                _signature(inner, tensors, 4),
                *self.lines,
                "",
                f"    return {inner}",
            ]
        )

    def give(self, last: Sequence[tree.Statement]) -> None:
        """The last statement, and what the function returns: at once where the last statement is its only output."""
        for statement in last:
            if isinstance(statement, tree.Output) and not self.outputs:
                self.base, self.sole = statement.name.id, sole_step(statement.value)
                variable = self.variable(statement.name.id)
                code = Expressions(self).whole(statement.value, variable, statement.name.id)
                self.add(returns(code, self.indent))
                return
        self.run(last)
        given = ", ".join(self.variable(output) for output in self.outputs)
        self.add(f"{' ' * self.indent}return {given}")


_ONCE = [
    "    made = {}",
    "",
    "    def once(layer):",
    '        """Keep the first layer of each name: later uses share it."""',
    "        return made.setdefault(layer.name, layer)",
]


def _repeats(node: object) -> bool:
    """Whether a step is repeated: `3 * Dense(8)`."""
    chains = [one for one in _nodes(node) if isinstance(one, tree.Chain)]
    return any(isinstance(step, tree.Binary) and step.op == "*" for chain in chains for step in chain.steps)


def _nodes(node: object) -> Iterator[tree.Node]:
    if isinstance(node, (tuple, list)):
        for item in node:
            yield from _nodes(item)
    elif isinstance(node, tree.Node):
        yield node
        for part in fields(node):
            if part.name != "span":
                yield from _nodes(getattr(node, part.name))


def _signature(name: str, parameters: Sequence[str], indent: int) -> str:
    start = f"{' ' * indent}def {name}("
    line = f"{start}{', '.join(parameters)}):"
    if width(line) <= WIDTH:
        return line
    lines = [f"{' ' * (indent + 4)}{one}," for one in parameters]
    return "\n".join([start, *lines, f"{' ' * indent}):"])
