"""The machine that runs the tables: a stack of states beside a stack of values, and no recursion.

It builds the nodes as it goes (one function of `nnc/syntax/build.py` for each rule), and it can say without moving
what it would accept, which is what messages and repairs need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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


_value = tuple.__new__  # makes a Value at half the cost of calling the class


class _Plan(NamedTuple):
    """What is done for a rule; `kept` None means that all its symbols are children."""

    origin: str
    size: int
    kept: tuple[int, ...] | None
    splice: bool
    build: Build | None


def _plan(rule: Rule, builders: Mapping[str, Build]) -> _Plan | None:
    """None for a lone rule, which only leads to another state."""
    if rule.lone:
        return None
    kept = None if rule.kept == tuple(range(rule.size)) else rule.kept
    return _Plan(rule.origin, rule.size, kept, rule.splice, builders[rule.build] if rule.build else None)


class TooDeep(Exception):
    """A node has more levels below it than `limits.MAX_DEPTH`, or will have, as `token` comes: for the parser alone."""

    def __init__(self, token: Token, start: int, end: int) -> None:
        self.token, self.start, self.end = token, start, end
        super().__init__()


class Machine:
    """One parse: feed it tokens; `result` is the file's node when END has been accepted."""

    def __init__(self, tables: Tables, builders: Mapping[str, Build], source: Source) -> None:
        self.tables = tables
        self.source = source
        self.states = [tables.start]
        self.values: list[Value] = []
        self.result: Any = None
        self._plans = [_plan(rule, builders) for rule in tables.rules]
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

    def run(self, take: Callable[[], Token], begins: Callable[[], None]) -> Token:
        """Take tokens up to one that can't stand where it comes, which is returned, or END, and then `result` is set.

        `begins` is called wherever something may begin that the parser can take up again. Raises TooDeep.
        """
        # One loop with all in local variables: a file's time is spent here.
        states, stack, values, jumps, anchors = (
            *(self.tables.states, self.states, self.values, self._jumps, self._anchors),
        )
        plans, highest, end_state = self._plans, self._highest, self.tables.end
        while True:
            token = take()
            kind, start, end, word = token
            if word and word in states[stack[-1]]:
                kind = word
            while True:
                action = states[stack[-1]].get(kind)
                if action is None:
                    return token
                if action >= 0:
                    if len(stack) > highest:
                        raise TooDeep(token, start, end)
                    stack.append(action)
                    values.append(_value(Value, (token, start, end, 0)))
                    break
                plan = plans[-1 - action]
                if plan is None:  # by far the commonest
                    place = stack[-2], stack[-1], kind
                    top = jumps.get(place)
                    stack[-1] = self._jump(place) if top is None else top
                else:
                    self._reduce(plan, token)
                if stack[-1] == end_state and kind == END:
                    self.result = values[-1].node
                    return token
            if stack[-1] in anchors:
                begins()

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

    def _reduce(self, plan: _Plan, token: Token) -> None:
        """Put one value in the place of a rule's parts. Lists among its children are opened."""
        origin, size, kept, splice, build = plan
        stack, values = self.states, self.values
        nodes: Any
        if size == 1 and kept is None:
            nodes, start, end, depth = values.pop()
            del stack[-1]
            if type(nodes) is not list:
                nodes = [nodes]
        elif size:
            parts = values[-size:]
            del stack[-size:]
            del values[-size:]
            start, end = parts[0][1], parts[-1][2]
            nodes, depth = _spliced(parts if kept is None else [parts[i] for i in kept])
        else:
            nodes, start, end, depth = [], 0, len(self.source.text), 0
        if build is not None:
            if depth >= limits.MAX_DEPTH:
                raise TooDeep(token, start, end)
            nodes = build(Span(self.source, start, end), nodes)
            depth += 1
        elif not splice:
            nodes = nodes[0]
        values.append(_value(Value, (nodes, start, end, depth)))
        stack.append(self.tables.states[stack[-1]][origin])

    def drop_to(self, height: int) -> None:
        """Forget what was read since the stack had this height."""
        del self.states[height:]
        del self.values[height - 1 :]


def _spliced(kids: list[Value]) -> tuple[list[Any], int]:
    """The children with the lists among them opened, and how deep the deepest is.

    A list at the front is taken over, so that repeats stay linear.
    """
    nodes: list[Any] | None = None
    depth = 0
    for node, _, _, below in kids:
        depth = max(depth, below)
        if type(node) is list:
            if nodes is None:
                nodes = node
            else:
                nodes.extend(node)
        elif nodes is None:
            nodes = [node]
        else:
            nodes.append(node)
    return nodes or [], depth
