"""The machine that runs the tables: a stack of states beside a stack of values, and no recursion.

It builds the nodes as it goes (one function of `nnc/syntax/build.py` for each rule), and it can say without moving
what it would accept, which is what messages and repairs need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple

from nnc import limits
from nnc.source import Source, Span
from nnc.syntax.lexer import Token
from nnc.syntax.tables import END, Rule, Tables

Build = Callable[[Span, list[Any]], Any]

# A state in which one of these may begin is where the parser takes up the thread again after a mistake.
_ANCHORS = frozenset({"item", "statement", "_row", "feature_line"})


@cache
def _anchor_states(tables: Tables) -> frozenset[int]:
    return frozenset(number for number, row in enumerate(tables.states) if not _ANCHORS.isdisjoint(row))


@cache
def _jumps(tables: Tables) -> dict[tuple[int, int, str], int]:
    """Where chains of lone rules end, by the state below, the state on top and the terminal that comes.

    From one level of precedence to the next the value stays and so does the state below: what such a chain does hangs
    on these three alone, and each is walked once.
    """
    del tables
    return {}


class Value(NamedTuple):
    """What stands on the stack: a node, a token, or a list of them on their way to the rule around."""

    node: Any
    start: int
    end: int
    depth: int


class TooDeep(Exception):
    """A node has more levels below it than `limits.MAX_DEPTH`, or will have. Never leaves the parser."""

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end
        super().__init__()


class Machine:
    """One parse: feed it tokens; `result` is the file's node when END has been accepted."""

    def __init__(self, tables: Tables, builders: dict[str, Build], source: Source) -> None:
        self.tables = tables
        self.source = source
        self.states = [tables.start]
        self.values: list[Value] = []
        self.result: Any = None
        self._builders = builders
        self._anchors = _anchor_states(tables)
        self._jumps = _jumps(tables)
        # Each level has fewer symbols on the stack than the longest rule: what is higher is deeper than may be, and
        # is given up as it opens and not only when it closes.
        self._highest = limits.MAX_DEPTH * max(rule.size for rule in tables.rules)

    # ---- what could come -------------------------------------------------------------------------

    def kind(self, token: Token) -> str:
        """The terminal that a token is here: a keyword where the grammar has a place for it, else a name."""
        return token.word if token.word and token.word in self.tables.states[self.states[-1]] else token.kind

    def accepts(self, kinds: Iterable[str], height: int | None = None) -> bool:
        """Whether these terminals could come next, one after the other, or could where the stack has that height."""
        states, rules = self.tables.states, self.tables.rules
        kept, added = height or len(self.states), list[int]()  # the stack as it would be: its lower part, what is new
        top = self.states[kept - 1]
        for kind in kinds:
            while True:
                action = states[top].get(kind)
                if action is None:
                    return False
                if action >= 0:
                    added.append(action)
                    top = action
                    break
                rule = rules[-1 - action]
                kept -= max(0, rule.size - len(added))
                del added[max(0, len(added) - rule.size) :]
                top = states[added[-1] if added else self.states[kept - 1]][rule.origin]
                added.append(top)
                if kind == END and top == self.tables.end:
                    return True
        return True

    def acceptable(self) -> set[str]:
        """The terminals that could come next."""
        return {kind for kind in self.tables.states[self.states[-1]] if not kind.islower() and self.accepts([kind])}

    def at_anchor(self, height: int | None = None) -> bool:
        """Whether an item, statement, entry or line of features may begin here, or where the stack has that height."""
        return self.states[(height or len(self.states)) - 1] in self._anchors

    def bodies(self, height: int) -> list[Token]:
        """The `{` of the bodies and sections that are open where the stack has that height."""
        nodes = (value.node for value in self.values[: height - 1])
        return [node for node in nodes if isinstance(node, Token) and node.kind == "LBRACE"]

    # ---- going on --------------------------------------------------------------------------------

    def feed(self, token: Token) -> bool:
        """Take a token; False where it can't stand here. Raises TooDeep."""
        states, rules, stack = self.tables.states, self.tables.rules, self.states
        kind = self.kind(token)
        while True:
            action = states[stack[-1]].get(kind)
            if action is None:
                return False
            if action >= 0:
                if len(stack) > self._highest:
                    raise TooDeep(token.start, token.end)
                stack.append(action)
                self.values.append(Value(token, token.start, token.end, 0))
                return True
            rule = rules[-1 - action]
            if rule.lone:  # by far the commonest
                place = stack[-2], stack[-1], kind
                top = self._jumps.get(place)
                stack[-1] = self._jump(place) if top is None else top
            else:
                self._reduce(rule)
                stack.append(states[stack[-1]][rule.origin])
            if kind == END and stack[-1] == self.tables.end:
                self.result = self.values[-1].node
                return True

    def _jump(self, place: tuple[int, int, str]) -> int:
        """The state that a chain of lone rules ends in."""
        states, rules = self.tables.states, self.tables.rules
        below, top, kind = place
        while True:
            action = states[top].get(kind)
            if action is None or action >= 0 or not rules[-1 - action].lone or (kind == END and top == self.tables.end):
                self._jumps[place] = top
                return top
            top = states[below][rules[-1 - action].origin]

    def _reduce(self, rule: Rule) -> None:
        size = rule.size
        if size:
            parts = self.values[-size:]
            del self.states[-size:]
            del self.values[-size:]
            start, end = parts[0].start, parts[-1].end
        else:
            parts, start, end = [], 0, len(self.source.text)
        self.values.append(self._value(rule, [parts[i] for i in rule.kept], start, end))

    def _value(self, rule: Rule, kids: list[Value], start: int, end: int) -> Value:
        depth = max([kid.depth for kid in kids], default=0)
        if rule.splice:
            return Value(_spliced(kids), start, end, depth)
        if not rule.build:
            return Value(kids[0].node, start, end, depth)
        if depth >= limits.MAX_DEPTH:
            raise TooDeep(start, end)
        return Value(self._builders[rule.build](Span(self.source, start, end), _spliced(kids)), start, end, depth + 1)

    def drop_to(self, height: int) -> None:
        """Forget what was read since the stack had this height."""
        del self.states[height:]
        del self.values[height - 1 :]


def _spliced(kids: list[Value]) -> list[Any]:
    """The children with the lists among them opened; a list at the front is taken over, so that repeats stay linear."""
    if kids and type(kids[0].node) is list:
        nodes: list[Any] = kids[0].node
        rest = kids[1:]
    else:
        nodes, rest = [], kids
    for kid in rest:
        if type(kid.node) is list:
            nodes.extend(kid.node)
        else:
            nodes.append(kid.node)
    return nodes
