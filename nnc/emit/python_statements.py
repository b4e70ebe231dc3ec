"""Statements of a spec as statements of Python, inside one function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, fields
from typing import TYPE_CHECKING, Any

from nnc.catalog import Size
from nnc.emit.layer_names import Listed, Numbered, Pattern, Plain, Suffixed
from nnc.emit.names import Names, identifier
from nnc.emit.python_code import (
    WIDTH,
    Atom,
    Code,
    Group,
    Invoke,
    Subscript,
    Table,
    assign,
    comment,
    flat,
    layout,
    number,
    returns,
    string,
    width,
)
from nnc.emit.written_places import NotStructuredError, Path, Site, names_in
from nnc.graph import ModelInput
from nnc.lean import dataclass
from nnc.syntax import tree

if TYPE_CHECKING:
    from nnc.emit.python_written import Module


@dataclass
class Loop:
    """A loop that is being written: the variable that counts its rounds, and whether anything asked for it."""

    index: str
    suffix: str
    asked: bool = False
    suffix_asked: bool = False


@dataclass
class Body:
    """One function while it is written. `kinds` says what a name holds: tensor, constant, list, layer or block."""

    module: Module
    node: tree.Model | tree.Block
    paths: Sequence[Path]
    names: Names = field(default_factory=Names)
    variables: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, tuple[tree.Block, bool]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    indent: int = 4
    base: str = ""
    sole: tree.Expr | None = None
    name_variable: str | None = None
    shared: bool = False
    once: bool = False
    sizes: Mapping[str, str] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        module = self.module
        taken = {*module.fns.values(), *module.constants.values(), *module.blocks.values(), "keras", "layers", "ops"}
        taken |= {"math", "name"}
        taken |= _block_names(module) | {name.upper() for name in module.file(self.node).params}
        self.names = Names(taken)
        self.spoken = {identifier(name) for name in _spoken(self.node)}

    # ---- names -----------------------------------------------------------------------------------

    def variable(self, name: str) -> str:
        """The Python variable of a name of the spec."""
        if name not in self.variables:
            self.variables[name] = self.names.new(name)
        return self.variables[name]

    def fresh(self, wanted: str) -> str:
        """A variable that nothing of the spec has."""
        return self.names.new(wanted)

    def bind(self, target: tree.Name, kind: str) -> str:
        """The variable that a statement gives a value."""
        if target.id in self.outputs and self.kinds.get(target.id) == "output":
            raise NotStructuredError  # a later value would hide the output
        if isinstance(self.node, tree.Model) and self.kinds.get(target.id) == "input":
            raise NotStructuredError  # or the input, which `keras.Model` is given at the end
        self.kinds[target.id] = kind
        return self.variable(target.id)

    def layer_name(self, site: Site, wanted: str, *, of_block: bool = False) -> Code:
        """The name of the layer (or block's use) that is made at a place, as an expression."""
        places = self.module.places
        known = (places.instances if of_block else places.names)(site, self.paths)
        if known is None:
            raise NotStructuredError
        if not known:  # nothing came of this place: a branch that these params don't take
            return self.name_code([wanted])
        found = _pattern(known, len(self.loops))
        if isinstance(found, Plain):
            return self.name_code([found.text])
        if isinstance(found, Numbered):
            return self.name_code([f"{found.base}_", (self.index(-1), found.first)])
        if isinstance(found, Suffixed):
            counted: list[str | tuple[str, int]] = [found.base]
            if found.numbered:
                counted = [f"{found.base}_", (self.index(-1), 1)]
            return self.name_code([*counted, (self.suffix(found.loop), 0)])
        return self.listed(found)

    def listed(self, found: Listed) -> Code:
        """Names without a rule: one of a list, by the round."""
        texts = tuple(
            Group("(", tuple(string(str(one)) for one in text)) if isinstance(text, tuple) else string(str(text))
            for text in found.texts
        )
        index = "][".join(self.index(n) for n in range(len(self.loops)))
        chosen = Subscript(Group("(", texts), index)
        if self.name_variable is None:
            return chosen
        variable = self.fresh("part")
        self.add(assign(variable, chosen, self.indent))
        return self.name_code([(variable, 0)])

    def name_code(self, parts: Sequence[str | tuple[str, int]]) -> Code:
        """A name of texts and variables (each with a number added), behind the name of the block's use."""
        before: list[str | tuple[str, int]] = [] if self.name_variable is None else [(self.name_variable, 0), "_"]
        return formatted([*before, *parts])

    def index(self, loop: int) -> str:
        """The variable that counts the rounds of a loop."""
        self.loops[loop].asked = True
        return self.loops[loop].index

    def suffix(self, loop: int) -> str:
        """The variable that holds `_2`, `_3`, ... from a loop's second round on."""
        self.loops[loop].asked = self.loops[loop].suffix_asked = True
        return self.loops[loop].suffix

    # ---- statements ------------------------------------------------------------------------------

    def add(self, line: str) -> None:
        """One more statement."""
        self.lines.append(line)

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
        from nnc.emit.python_expressions import Expressions

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
        from nnc.emit.python_expressions import Expressions, sole_step

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
        from nnc.emit.python_expressions import Expressions, sole_step

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
        from nnc.emit.python_expressions import Expressions

        if self.shared:
            raise NotStructuredError
        self.base, self.sole = node.name.id, None
        kind, code = Expressions(self).definition(node)
        self.add(assign(self.bind(node.name, kind), code, self.indent))

    def _loop(self, node: tree.For) -> None:
        from nnc.emit.python_expressions import Expressions

        if self.shared and not self.once:
            raise NotStructuredError
        writer = Expressions(self)
        counted = writer.counted(node.iterable)
        bound = {name.id for one in _all(node.body) for name in _targets(one)}
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

    def suffix_line(self, loop: Loop) -> list[str]:
        """The statement that makes a loop's suffix, where names ask for it."""
        if not loop.suffix_asked:
            return []
        return [f'{" " * (self.indent + 4)}{loop.suffix} = f"_{{{loop.index} + 1}}" if {loop.index} else ""']

    def counter(self) -> str:
        """`i`, `j`, `k` from the outermost loop to the innermost."""
        used = {loop.index for loop in self.loops} | self.spoken
        wanted = ["i", "j", "k", *(f"round_{number}" for number in range(2, 99))]
        return next(name for name in wanted if name not in used)

    def suffix_name(self) -> str:
        """`suffix`, or what nothing else is called."""
        wanted = ["suffix", *(f"suffix_{number}" for number in range(2, 99))]
        used = {loop.suffix for loop in self.loops} | self.spoken
        return next(name for name in wanted if name not in used)

    def heading(self, start: str, code: Code) -> None:
        """The line that begins a loop or a branch."""
        line = " " * self.indent + start
        self.add(line + layout(code, self.indent, width(line), 1) + ":")

    def _choice(self, node: tree.If) -> None:
        from nnc.emit.python_expressions import Expressions

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
        from nnc.emit.python_expressions import Expressions

        assert isinstance(self.node, tree.Block)  # noqa: S101 - a function is made of a block
        inputs = [one.name for one in _all(self.node.body) if isinstance(one, tree.Input)]
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
        from nnc.emit.python_expressions import Expressions, sole_step

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


def formatted(parts: Sequence[str | tuple[str, int]]) -> Code:
    """An f-string of texts and variables, or what is simpler and the same."""
    if all(isinstance(part, str) for part in parts):
        return string("".join(str(part) for part in parts))
    if len(parts) == 1 and isinstance(parts[0], tuple) and not parts[0][1]:
        return Atom(parts[0][0])
    text = ""
    for part in parts:
        if isinstance(part, str):
            if '"' in part or "'" in part:
                raise NotStructuredError
            text += string(part).text[1:-1].replace("{", "{{").replace("}", "}}")
        else:
            variable, added = part
            text += f"{{{variable} + {added}}}" if added else f"{{{variable}}}"
    return Atom(f'f"{text}"')


def _pattern(names: Mapping[tuple[int, ...], str], loops: int) -> Pattern:
    from nnc.emit.layer_names import pattern

    found = pattern(names, loops)
    if found is None:
        raise NotStructuredError
    return found


def _block_names(module: Module) -> set[str]:
    from nnc.emit.names import snake_case

    used: set[str] = set()
    nodes: list[tree.Model | tree.Block] = list(module.written.models.values())
    for file in module.written.files.values():
        nodes += file.blocks.values()
    for node in nodes:
        for statement in _all(node.body):
            value = statement.value if isinstance(statement, tree.LayerDef) else None
            used |= names_in(value.arguments if isinstance(value, tree.Call) else statement)
    return {snake_case(name) for file in module.written.files.values() for name in file.blocks if name in used}


def _all(body: Sequence[tree.Statement]) -> list[tree.Statement]:
    found: list[tree.Statement] = []
    for statement in body:
        found.append(statement)
        if isinstance(statement, tree.For):
            found += _all(statement.body)
        elif isinstance(statement, tree.If):
            found += _all((*statement.then, *statement.otherwise))
    return found


def _targets(statement: tree.Statement) -> tuple[tree.Name, ...]:
    if isinstance(statement, (tree.Bind, tree.For)):
        return statement.targets
    return (statement.name,) if isinstance(statement, (tree.LayerDef, tree.Output, tree.Input)) else ()


def _spoken(node: tree.Model | tree.Block) -> set[str]:
    """Every name that a body mentions or gives."""
    given = {name.id for statement in _all(node.body) for name in _targets(statement)}
    parameters = node.parameters if isinstance(node, tree.Block) else ()
    return given | names_in(node.body) | {parameter.name.id for parameter in parameters}


_STATEMENTS: Mapping[type, Callable[[Body, Any], None]] = {
    tree.Input: Body._input,
    tree.Bind: Body._assignment,
    tree.Output: Body._output,
    tree.LayerDef: Body._layer,
    tree.For: Body._loop,
    tree.If: Body._choice,
}
