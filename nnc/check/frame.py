"""Where evaluation stands: the names in sight, the model being built, and the dispatch by kind of node."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from nnc import codes, graph, limits
from nnc.check.faults import Faults, Halt
from nnc.check.scope import Scope, Usage
from nnc.check.values import Pool, TensorValue, Value
from nnc.lean import dataclass
from nnc.source import Span
from nnc.syntax import tree

if TYPE_CHECKING:
    from nnc.check.builder import Builder

# What a kind of node means. One table for expressions, one for statements (nnc/check/dispatch.py), so that the
# modules that hold the meanings need not know each other.
Evaluator = Callable[[Any, "Frame"], Value]
Runner = Callable[[Any, "Frame"], None]


@dataclass(slots=True)
class Context:
    """What the whole check shares."""

    evaluators: Mapping[type, Evaluator]
    runners: Mapping[type, Runner]
    widths: Mapping[str, int]
    faults: Faults = field(default_factory=Faults)
    usage: Usage = field(default_factory=Usage)
    fns: dict[str, graph.Fn] = field(default_factory=dict)
    # Size name -> the first input that takes its width from the table
    features: dict[str, Span] = field(default_factory=dict)
    # Names in lines that the parser could not read: they may be defined there, so nobody can call them unknown
    unread: frozenset[str] = frozenset()
    gaps: tuple[Span, ...] = ()  # where those lines stand
    # Whether a file of `use` could not be read: blocks and fns that nobody knows may be in it
    lost: bool = False
    entered: set[Span] = field(default_factory=set)  # the blocks that were carried out, by their names' places
    whole: bool = True  # whether the parser could read the main file without an error
    nesting: int = 0

    def has_gap(self, node: tree.Node) -> bool:
        """Whether the parser left something out inside a model, block or fn: what it lacks may stand there."""
        own = node.span
        return any(g.source is own.source and own.start <= g.start <= own.end for g in self.gaps)

    def is_headless(self, node: tree.Node) -> bool:
        """Whether the parser could not read the head of a block, so that nobody knows its parameters."""
        return any(gap.source is node.span.source and gap.start == node.span.start for gap in self.gaps)

    def enter(self, span: Span) -> None:
        """One level deeper; raises Halt where a spec nests deeper than it may."""
        self.nesting += 1
        if self.nesting > limits.MAX_NESTING:
            self.faults.add(
                codes.TOO_DEEP,
                "this is nested more deeply than may be checked",
                span,
                expected=f"at most {limits.MAX_NESTING} expressions, statements and blocks inside each other",
                help="give parts of it names of their own; a block that uses itself must come to an end",
            )
            raise Halt


@dataclass(slots=True)
class Frame:
    """One body while it is evaluated: a file's top level, a model, or one use of a block.

    `base` is the name that the current statement binds and `sole` the step that alone makes its value; layers are
    named after them. `prefix` begins the names of all layers in here. `use` is where a block is used, `given` are its
    inputs still to be taken. `rounds` are the rounds of the loops that are running.
    """

    context: Context
    scope: Scope
    builder: Builder | None = None
    place: str = "file"
    prefix: str = ""
    path: tuple[graph.Scope, ...] = ()
    pool: Pool | None = None
    rounds: tuple[int, ...] = ()
    base: str = ""
    sole: tree.Expr | None = None
    later: Mapping[str, Span] = field(default_factory=dict)
    use: Span | None = None
    given: list[tuple[str, Value]] = field(default_factory=list)
    letters: dict[str, object] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)  # names that were asked for and that nothing here has
    outputs: list[tuple[tree.Name, Value]] = field(default_factory=list)

    def place_of(self, span: Span) -> graph.Place:
        """A place of the text, in the rounds that are running."""
        return graph.Place(span.source.name, span.start, self.rounds)

    @property
    def faults(self) -> Faults:
        """Where findings go."""
        return self.context.faults

    def value(self, expr: tree.Expr) -> Value:
        """What an expression stands for; POISON where it has a mistake, which is then on the list."""
        context = self.context
        context.enter(expr.span)
        context.faults.spend(1, expr.span)
        result = context.evaluators[type(expr)](expr, self)
        context.nesting -= 1
        return result

    def run(self, statements: Sequence[tree.Statement]) -> None:
        """Carry statements out, in order."""
        context = self.context
        for statement in statements:
            context.enter(statement.span)
            context.faults.spend(1, statement.span)
            context.runners[type(statement)](statement, self)
            context.nesting -= 1

    def bind(self, name: tree.Name, value: Value, kind: str = "binding") -> None:
        """Give a name a value; a tensor keeps the first name it gets."""
        if isinstance(value, TensorValue) and value.name is None and name.id != "_":
            value.name = name.id
        self.scope.bind(name.id, value, name.span, kind)


@dataclass(frozen=True, slots=True)
class Use:
    """A layer, block or fn applied: to what, by which expression, and where its operands stand."""

    operands: Sequence[Value]
    by_name: Mapping[str, Value]
    node: tree.Expr
    place: Span


def key_text(key: tree.Name | tree.String | tree.Number) -> str:
    """A map's key as text."""
    if isinstance(key, tree.Name):
        return key.id
    return key.value if isinstance(key, tree.String) else key.text


def unwrap(expr: tree.Expr) -> tree.Expr:
    """The expression without the round brackets around it."""
    while isinstance(expr, tree.Paren):
        expr = expr.inner
    return expr
