"""Repeats: of equal blocks that follow one another, the first stands for all.

Blocks are equal where their layers agree in kind, shape, arguments and parameters, and are wired alike both inside
and to what is before them. Names differ, as they must.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc.evidence import NetworkNode
from nnc.lean import dataclass

Scope = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Folded:
    """`nodes` are those drawn; `stands_for` leads from each node left out to the drawn one; `times` by block.

    `tied` are blocks whose repeats have the same weights.
    """

    nodes: tuple[NetworkNode, ...]
    stands_for: Mapping[str, str]
    times: Mapping[Scope, int]
    tied: frozenset[Scope]


def fold(nodes: Sequence[NetworkNode], outputs: Sequence[str]) -> Folded:
    """Fold the outer blocks first, then the blocks inside those that are left."""
    kept = list(nodes)
    stands_for: dict[str, str] = {}
    times: dict[Scope, int] = {}
    tied: set[Scope] = set()
    for depth in range(1, 1 + max((len(node.scope) for node in nodes), default=0)):
        for run in _runs(kept, frozenset(outputs), stands_for, depth):
            first = run[0]
            times[first[0].scope[:depth]] = len(run)
            if all(node.shared for node in run[1] if node.trainable or node.non_trainable or node.shared):
                tied.update({first[0].scope[:depth]} if any(node.shared for node in run[1]) else ())
            for later in run[1:]:
                stands_for.update({node.id: drawn.id for node, drawn in zip(later, first, strict=True)})
        kept = [node for node in kept if node.id not in stands_for]
    return Folded(tuple(kept), {id_: _last(id_, stands_for) for id_ in stands_for}, times, frozenset(tied))


def _last(id_: str, stands_for: Mapping[str, str]) -> str:
    while id_ in stands_for:
        id_ = stands_for[id_]
    return id_


def _runs(
    nodes: Sequence[NetworkNode], outputs: frozenset[str], stands_for: Mapping[str, str], depth: int
) -> list[list[list[NetworkNode]]]:
    """The runs of two or more equal blocks at one depth, each block as its nodes."""
    blocks: dict[Scope, list[NetworkNode]] = {}
    users: dict[str, set[Scope]] = {}
    for node in nodes:
        if len(node.scope) >= depth:
            blocks.setdefault(node.scope[:depth], []).append(node)
        for source in node.inputs:
            users.setdefault(_last(source, stands_for), set()).add(node.scope[:depth])
    open_runs: dict[tuple[Scope, str], list[list[NetworkNode]]] = {}
    done: list[list[list[NetworkNode]]] = []
    for scope, block in blocks.items():
        place = (scope[:-1], scope[-1][0])
        run = open_runs.get(place)
        if run and _continues(run, block, users, outputs, depth):
            run.append(block)
            continue
        open_runs[place] = [block]
        done.append(open_runs[place])
    return [run for run in done if len(run) > 1]


def _continues(
    run: Sequence[Sequence[NetworkNode]],
    block: Sequence[NetworkNode],
    users: Mapping[str, set[Scope]],
    outputs: frozenset[str],
    depth: int,
) -> bool:
    """Whether a block is the next of a run: equal to the last one, fed by it, and nobody else looks into that one."""
    last = run[-1]
    if len(last) != len(block) or not all(map(looks_equal, last, block)):
        return False
    between = {last[0].scope[:depth], block[0].scope[:depth]}
    if any(node.id in outputs or not users.get(node.id, set()) <= between for node in last):
        return False
    here = {node.id: index for index, node in enumerate(block)}
    before = {node.id: index for index, node in enumerate(last)}
    earlier = {node.id: index for index, node in enumerate(run[-2])} if len(run) > 1 else None
    came_from: dict[int, str] = {}
    chained = False
    for a, b in zip(last, block, strict=True):
        if len(a.inputs) != len(b.inputs):
            return False
        for source_a, source_b in zip(a.inputs, b.inputs, strict=True):
            if source_b in here:
                fits = before.get(source_a) == here[source_b]
            elif source_b in before:
                chained = True
                index = before[source_b]
                outside = came_from.setdefault(index, source_a) == source_a and source_a not in before
                fits = outside if earlier is None else earlier.get(source_a) == index
            else:
                fits = source_a == source_b
            if not fits:
                return False
    return chained


def looks_equal(a: NetworkNode, b: NetworkNode) -> bool:
    """Whether two nodes are alike in kind, shape, arguments and parameters."""
    if _look(a) != _look(b):
        return False
    # A later call of a layer counts no parameters: it is equal to the call that counted them.
    counts = (a.trainable, a.non_trainable) == (b.trainable, b.non_trainable)
    return counts or (b.shared and a.layer == b.layer)


def _look(node: NetworkNode) -> tuple[object, ...]:
    inner = tuple(name for name, _ in node.scope)
    shapes = node.in_shapes, node.out_shapes
    return shapes, node.kind, node.units, node.activation, node.bias, node.role, node.detail, inner
