"""A function of the emitted module while it is written: its variables, its lines, the loops around the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from nnc.emit.layer_names import Listed, Numbered, Pattern, Plain, Suffixed, pattern
from nnc.emit.names import Names, identifier, snake_case
from nnc.emit.python.code import (
    Atom,
    Code,
    Group,
    Subscript,
    assign,
    layout,
    string,
    width,
)
from nnc.emit.python.places import NotStructuredError, Path, Site, names_in
from nnc.lean import dataclass
from nnc.syntax import tree

if TYPE_CHECKING:
    from nnc.emit.python.written import Module


@dataclass
class Loop:
    """A loop that is being written: the variable that counts its rounds, and whether anything asked for it."""

    index: str
    suffix: str
    asked: bool = False
    suffix_asked: bool = False


@dataclass
class Frame:
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
        taken = {*module.fns.values(), *module.constants.taken, *module.blocks.values(), "keras", "layers", "ops"}
        taken |= {"math", "name"}
        taken |= _block_names(module)
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

    # ---- lines -----------------------------------------------------------------------------------

    def add(self, line: str) -> None:
        """One more statement."""
        self.lines.append(line)

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
    found = pattern(names, loops)
    if found is None:
        raise NotStructuredError
    return found


def _block_names(module: Module) -> set[str]:
    used: set[str] = set()
    nodes: list[tree.Model | tree.Block] = list(module.written.models.values())
    for file in module.written.files.values():
        nodes += file.blocks.values()
    for node in nodes:
        for statement in all_statements(node.body):
            value = statement.value if isinstance(statement, tree.LayerDef) else None
            used |= names_in(value.arguments if isinstance(value, tree.Call) else statement)
    return {snake_case(name) for file in module.written.files.values() for name in file.blocks if name in used}


def all_statements(body: Sequence[tree.Statement]) -> list[tree.Statement]:
    """The statements of a body and of the loops and choices in it."""
    found: list[tree.Statement] = []
    for statement in body:
        found.append(statement)
        if isinstance(statement, tree.For):
            found += all_statements(statement.body)
        elif isinstance(statement, tree.If):
            found += all_statements((*statement.then, *statement.otherwise))
    return found


def targets_of(statement: tree.Statement) -> tuple[tree.Name, ...]:
    """The names that a statement gives a value."""
    if isinstance(statement, (tree.Bind, tree.For)):
        return statement.targets
    return (statement.name,) if isinstance(statement, (tree.LayerDef, tree.Output, tree.Input)) else ()


def _spoken(node: tree.Model | tree.Block) -> set[str]:
    """Every name that a body mentions or gives."""
    given = {name.id for statement in all_statements(node.body) for name in targets_of(statement)}
    parameters = node.parameters if isinstance(node, tree.Block) else ()
    return given | names_in(node.body) | {parameter.name.id for parameter in parameters}
