"""A model's functions as its spec has them: blocks are functions, loops stay loops, params are constants.

The tree says what is written; the graph says which names its layers have. What can't be written so raises
NotStructuredError, and the model is written out call by call (`model`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field

from nnc.check.written import Written, WrittenFile
from nnc.emit.flow import LIST_OPS
from nnc.emit.names import MODULE_NAMES, Names, snake_case
from nnc.emit.python.blocks import Function
from nnc.emit.python.code import WIDTH, Code, width
from nnc.emit.python.params import Constants
from nnc.emit.python.places import NotStructuredError, Places, leaves, needed, only_what_is_live, site_of
from nnc.emit.python.statements import Body
from nnc.emit.python.values import FnNames
from nnc.graph import ModelGraph, Spec
from nnc.lean import dataclass
from nnc.source import Span
from nnc.syntax import tree

# A text that is longer than a line; nothing can be done about it, and the formatter leaves it as it is.
_UNBREAKABLE = re.compile(r' +(\w+=)?f?("[^"]*"|\'[^\']*\'),?|    """.*"""')


@dataclass
class Module:
    """What the functions of one emitted module share: its names, and the functions and constants asked for so far."""

    model: ModelGraph
    written: Written
    places: Places
    fns: FnNames
    names: Names
    scoring: frozenset[str]
    constants: Constants
    blocks: dict[tuple[tuple[str, int], bool], str] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    used_fns: set[str] = field(default_factory=set)
    dropped: list[Span] = field(default_factory=list)

    def file(self, node: tree.Node) -> WrittenFile:
        """The names that a node's file sees."""
        return self.written.files[node.span.source.name]

    def constant(self, node: tree.Name) -> Code:
        """A param, as the constant at the top that has its value."""
        return self.constants.code((node.span.source.name, node.id))

    def fn(self, name: str) -> str:
        """An fn as the function that it is."""
        self.used_fns.add(name)
        return self.fns[name]

    def block(self, node: tree.Block, *, shared: bool) -> tuple[str, bool]:
        """The function of a block, written the first time it is asked for; and whether it takes a name."""
        key = (site_of(node.name.span), shared)
        takes_name = _makes_layers(node, self)
        if key not in self.blocks:
            wanted = snake_case(node.name.id)
            self.blocks[key] = self.names.new(f"make_{wanted}" if shared else wanted)
            self.sources.append(self._block_source(node, self.blocks[key], takes_name=takes_name, shared=shared))
        return self.blocks[key], takes_name

    def _block_source(self, node: tree.Block, name: str, *, takes_name: bool, shared: bool) -> str:
        statements, _ = self.kept(node.body)
        function = Function(self, node, tuple(self.places.paths.get(site_of(node.name.span), ())), takes_name, shared)
        return function.source(name, statements)

    def kept(self, body: Sequence[tree.Statement]) -> tuple[list[tree.Statement], set[str]]:
        """The statements that an output hangs on; the others are noted as dropped."""
        statements, reads = needed(body, set())
        left = {site_of(statement.span) for statement in leaves(statements)}
        self.dropped += [one.span for one in leaves(body) if site_of(one.span) not in left]
        return statements, reads


def _makes_layers(node: tree.Block, module: Module) -> bool:
    """Whether a use of the block has layers to name, in it or in blocks that it uses."""
    span = node.span
    return any(
        file == span.source.name and span.start <= start < span.end
        for places in (module.places.made, module.places.uses)
        for file, start in places
    )


@dataclass(frozen=True)
class Structured:
    """The parts of the module that came of it: functions of blocks, `build_model`, and the fns it calls."""

    functions: Sequence[str]
    used_fns: frozenset[str]


def structured(
    spec: Spec,
    model: ModelGraph,
    fns: FnNames,
    sizes: Mapping[str, str],
    constants: Constants,
    *,
    seed: int | None,
    scoring: frozenset[str],
) -> Structured | None:
    """The model with the structure of its text; None where it has no text, or can't be written so."""
    written = spec.origin
    if not isinstance(written, Written) or model.name not in written.models:
        return None
    before = set(constants.read)
    try:
        taken = Names({*MODULE_NAMES, *fns.values(), *sizes.values(), *constants.taken})
        module = Module(model, written, Places(model, written), fns, taken, scoring, constants)
        functions = _functions(module, written.models[model.name], sizes, seed)
    except (NotStructuredError, RecursionError):
        constants.read = before
        return None
    return Structured(functions, frozenset(module.used_fns))


def _functions(module: Module, node: tree.Model, sizes: Mapping[str, str], seed: int | None) -> list[str]:
    """Those of the blocks, and `build_model`. Raises NotStructuredError."""
    if any(call.op in LIST_OPS and len(call.outputs) == 1 for call in module.model.calls):
        raise NotStructuredError  # what is a tensor in the spec is a list of one in Python
    statements, _ = module.kept(node.body)
    build = Body(module, node, ((),)).model_source(statements, sizes, seed)
    functions = [*module.sources, build]
    lines = [line for text in functions for line in text.split("\n") if width(line) > WIDTH]
    too_long = not all(_UNBREAKABLE.fullmatch(line) for line in lines)
    if too_long or not only_what_is_live(module.model, module.dropped):
        raise NotStructuredError
    return functions
