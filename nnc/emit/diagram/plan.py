"""What is drawn as one box: a layer, a layer with the small ones behind it, a whole block, or the middle of a long net.

Drawings get smaller in steps, and each step states what it left out. `plans` gives them from the fullest on.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from nnc.emit.diagram.fold import Folded, Scope, fold
from nnc.emit.diagram.theme import family
from nnc.evidence import Network, NetworkNode
from nnc.lean import dataclass

MOST = 48  # boxes that an A4 page holds at a size that can be read
_DEEPEST = 8  # blocks in blocks
_LIGHT = frozenset({"normalization", "dropout"})
_LIGHT_KINDS = frozenset({"Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Identity"})
PADDING = frozenset({"ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"})


@dataclass(frozen=True)
class Part:
    """A box. `block` is the name of the block where it stands for a whole one; `middle` that it stands for

    layers left out because they are too many. `times` and `tied` are of the block.
    """

    id: str
    members: tuple[NetworkNode, ...]
    scope: Scope
    block: str | None = None
    middle: bool = False
    times: int = 1
    tied: bool = False


@dataclass(frozen=True)
class Inside:
    """What a block holds that a plan draws as one box. `edges` are also those that enter and leave it."""

    block: str
    parts: tuple[Part, ...]
    edges: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Plan:
    """Boxes in topological order, the wires between them, and the repeats. `cut`: its middle is left out."""

    parts: tuple[Part, ...]
    edges: tuple[tuple[str, str], ...]
    folded: Folded
    cut: bool = False
    insides: tuple[Inside, ...] = ()

    def times(self, scope: Scope) -> int:
        """How many equal blocks a frame stands for."""
        return self.folded.times.get(scope, 1)


def plans(network: Network) -> Iterator[Plan]:
    """Ever smaller plans of one network. The last has at most MOST boxes, whatever the network."""
    nodes = _unique(network.nodes)
    folded = fold(nodes, network.outputs)
    plan = _plan([Part(node.id, (node,), node.scope) for node in folded.nodes], folded)
    if len(plan.parts) <= MOST:
        yield plan
    small = _fused(plan, frozenset(network.outputs))
    if len(small.parts) <= MOST:
        yield small
    for depth in range(max((len(part.scope) for part in small.parts), default=0), 0, -1):
        small = _collapsed(small, depth)
        if len(small.parts) <= MOST:
            yield small
    for most in (MOST, 36, 24):
        yield _cut(small, most)


def _unique(nodes: Sequence[NetworkNode]) -> list[NetworkNode]:
    """Nodes whose ids differ and whose inputs were there before: whatever a file says, drawings end."""
    known: dict[str, NetworkNode] = {}
    for node in nodes:
        if node.id not in known:
            inputs = tuple(source for source in node.inputs if source in known)
            known[node.id] = replace(node, inputs=inputs, scope=node.scope[:_DEEPEST])
    return _framed(list(known.values()))


def _framed(nodes: list[NetworkNode]) -> list[NetworkNode]:
    """The nodes without blocks that can't be framed: those that something leaves and comes back to."""
    for depth in range(1, 1 + max((len(node.scope) for node in nodes), default=0)):
        home = {node.id: f"#{node.scope[:depth]!r}" if len(node.scope) >= depth else f"={node.id}" for node in nodes}
        edges = {(home[source], home[node.id]): None for node in nodes for source in node.inputs}
        if _sorted(list(dict.fromkeys(home.values())), [(a, b) for a, b in edges if a != b]) is None:
            return [replace(node, scope=node.scope[: depth - 1]) for node in nodes]
    return nodes


def _plan(parts: Sequence[Part], folded: Folded) -> Plan:
    home = {node.id: part.id for part in parts for node in part.members}
    edges: dict[tuple[str, str], None] = {}
    for part in parts:
        for node in part.members:
            for source in node.inputs:
                before = home[folded.stands_for.get(source, source)]
                if before != part.id:
                    edges[before, part.id] = None
    return Plan(tuple(parts), tuple(edges), folded)


def _fused(plan: Plan, outputs: frozenset[str]) -> Plan:
    """Put normalisation, activation and dropout into the box of the layer that they follow."""
    followers = Counter(source for source, _ in plan.edges)
    sources: dict[str, list[str]] = {}
    for source, target in plan.edges:
        sources.setdefault(target, []).append(source)
    home: dict[str, str] = {}
    groups: dict[str, list[NetworkNode]] = {}
    last = {part.id: part.members[-1] for part in plan.parts}
    scopes = {part.id: part.scope for part in plan.parts}
    for part in plan.parts:
        before = sources.get(part.id, [])
        joins = (
            len(before) == 1
            and followers[before[0]] == 1
            and scopes[before[0]] == part.scope
            and before[0] not in outputs
            and _belongs(last[before[0]], part.members[0])
        )
        home[part.id] = home[before[0]] if joins else part.id
        groups.setdefault(home[part.id], []).extend(part.members)
    return _plan([Part(id_, tuple(nodes), scopes[id_]) for id_, nodes in groups.items()], plan.folded)


def _belongs(before: NetworkNode, node: NetworkNode) -> bool:
    if before.role == "input" or node.role == "output":
        return False
    light = node.kind in _LIGHT_KINDS or family(node.kind, node.role) in _LIGHT
    return light or before.kind in PADDING


def _collapsed(plan: Plan, depth: int) -> Plan:
    """Every block of one depth becomes a box."""

    def block(part: Part) -> Scope | None:
        return part.scope[:depth] if len(part.scope) >= depth else None

    def whole(scope: Scope, members: Sequence[Part]) -> Part:
        nodes = tuple(node for part in members for node in part.members)
        return Part(
            nodes[0].id, nodes, scope[:-1], block=scope[-1][0], times=plan.times(scope), tied=scope in plan.folded.tied
        )

    merged = _merged(plan, block, whole)
    return replace(merged, insides=(*_insides(plan, depth), *plan.insides)) if merged else plan


def _insides(plan: Plan, depth: int) -> list[Inside]:
    """The first block of each name that holds more than one box."""
    first: dict[str, tuple[Scope, list[Part]]] = {}
    for part in plan.parts:
        if len(part.scope) >= depth:
            scope, members = first.setdefault(part.scope[depth - 1][0], (part.scope[:depth], []))
            if part.scope[:depth] == scope:
                members.append(part)
    found = []
    for name, (_, members) in first.items():
        ids = {part.id for part in members}
        edges = tuple((a, b) for a, b in plan.edges if a in ids or b in ids)
        if len(members) > 1:
            found.append(Inside(name, tuple(members), edges))
    return found


def _cut(plan: Plan, most: int) -> Plan:
    """The beginning and the end of a net that is still too big, with one box for all between them."""
    if len(plan.parts) <= most:
        return plan
    half = most // 2 - 1
    between = {part.id for part in plan.parts[half:-half]}
    scope = ((("", "middle"),),)

    def middle(part: Part) -> Scope | None:
        return scope[0] if part.id in between else None

    def whole(_: Scope, members: Sequence[Part]) -> Part:
        nodes = tuple(node for part in members for node in part.members)
        return Part(nodes[0].id, nodes, (), middle=True)

    shorter = _merged(plan, middle, whole)
    return replace(shorter, cut=True) if shorter else plan


def _merged(
    plan: Plan, group: Callable[[Part], Scope | None], whole: Callable[[Scope, Sequence[Part]], Part]
) -> Plan | None:
    """The plan with each group as one part, in topological order; None where that would close a circle."""
    groups: dict[Scope, list[Part]] = {}
    for part in plan.parts:
        scope = group(part)
        if scope is not None:
            groups.setdefault(scope, []).append(part)
    made: dict[str, Part] = {}
    for part in plan.parts:
        scope = group(part)
        new = part if scope is None else whole(scope, groups[scope])
        made[new.id] = new
    merged = replace(_plan(list(made.values()), plan.folded), insides=plan.insides)
    order = _sorted([part.id for part in merged.parts], merged.edges)
    return replace(merged, parts=tuple(made[id_] for id_ in order)) if order is not None else None


def _sorted(ids: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[str] | None:
    """Ids in topological order, as near as may be to the order given; None where the graph has a circle."""
    waiting = Counter(target for _, target in edges)
    after: dict[str, list[str]] = {}
    for source, target in edges:
        after.setdefault(source, []).append(target)
    rank: Mapping[str, int] = {id_: index for index, id_ in enumerate(ids)}
    ready = [rank[id_] for id_ in ids if not waiting[id_]]  # in order, so it is a heap
    order: list[str] = []
    while ready:
        id_ = ids[heapq.heappop(ready)]
        order.append(id_)
        for target in after.get(id_, ()):
            waiting[target] -= 1
            if not waiting[target]:
                heapq.heappush(ready, rank[target])
    return order if len(order) == len(ids) else None
