"""A model as a tree of rows: blocks hold their layers, equal ones in a row are folded. For `nnc show`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from typing import TypeAlias

from nnc.catalog import TensorType
from nnc.emit.diagram.fold import fold, looks_equal
from nnc.emit.flow import live_calls
from nnc.evidence import Network, NetworkNode
from nnc.graph import ModelGraph
from nnc.lean import dataclass

# The blocks that a row stands in, as (block, instance), the outermost first.
Path: TypeAlias = tuple[tuple[str, str], ...]

# So many equal layers, or rounds of a loop, in a row are shown as one.
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Costs:
    """What a row costs; None while a size that it hangs on is not known."""

    parameters: int | None
    multiply_adds: int | None
    activation_bytes: int | None

    def times(self, count: int) -> Costs:
        """So many of them."""
        return Costs(*(None if cost is None else cost * count for cost in self._all()))

    def _all(self) -> tuple[int | None, int | None, int | None]:
        return self.parameters, self.multiply_adds, self.activation_bytes


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the tree. `times` is how many of it there are in a row; `costs` are those of all of them.

    `sources` are the rows it takes its tensors from, empty where that is the row before alone. Names of what stands
    in a block leave out the block's own name, with which Keras's begin.
    """

    depth: int
    name: str
    kind: str
    detail: str
    outputs: tuple[TensorType, ...]
    costs: Costs
    times: int = 1
    sources: tuple[str, ...] = ()
    shared: bool = False
    is_block: bool = False
    role: str = "other"


def outline(model: ModelGraph, network: Network) -> tuple[Row, ...]:
    """The rows of a model, whose nodes are `network`'s."""
    return tuple(_Outliner(model, network).rows())


def outputs_by_row(model: ModelGraph, network: Network) -> dict[str, str]:
    """For each output by its name what the row is called that gives it."""
    outliner = _Outliner(model, network)
    made: dict[int, str] = {}
    tensors = [(item.tensor,) for item in model.inputs] + [call.outputs for call in live_calls(model)]
    for node, outputs in zip(network.nodes, tensors, strict=True):
        made.update((tensor.id, node.id) for tensor in outputs)
    nodes = {output.name: made[output.tensor.id] for output in model.outputs}
    return {name: outliner.called(outliner.folded.stands_for.get(id_, id_), ()) for name, id_ in nodes.items()}


def types_of(model: ModelGraph, network: Network) -> dict[str, tuple[TensorType, ...]]:
    """The types of each node's outputs, by its id: nodes stand in the order of inputs and live calls."""
    outputs: list[tuple[TensorType, ...]] = [(item.tensor.type,) for item in model.inputs]
    outputs += [tuple(tensor.type for tensor in call.outputs) for call in live_calls(model)]
    return {node.id: types for node, types in zip(network.nodes, outputs, strict=True)}


@dataclass(slots=True)
class _Group:
    """A block and what it holds, in order: nodes and further blocks."""

    name: str
    instance: str
    times: int
    items: list[_Group | NetworkNode] = field(default_factory=list)

    def nodes(self) -> Iterator[NetworkNode]:
        for item in self.items:
            if isinstance(item, _Group):
                yield from item.nodes()
            else:
                yield item


class _Outliner:
    """Makes rows in order, and remembers which row came before."""

    def __init__(self, model: ModelGraph, network: Network) -> None:
        self.network = network
        self.types = types_of(model, network)
        self.folded = fold(network.nodes, network.outputs)
        self.ends = frozenset(network.outputs)
        self.users = _users(network)
        self.members: dict[str, list[NetworkNode]] = {}  # what each node that is shown stands for, itself among them
        for node in network.nodes:
            self.members.setdefault(self.folded.stands_for.get(node.id, node.id), []).append(node)
        self.scopes = {node.id: node.scope for node in network.nodes}
        self.last = {instance: node.id for node in network.nodes for _, instance in node.scope}
        self.before = ""

    def rows(self) -> Iterator[Row]:
        top = _Group("", "", 1)
        path: list[_Group] = [top]
        for node in self.folded.nodes:
            common = 0
            while common < min(len(path) - 1, len(node.scope)):
                if (path[common + 1].name, path[common + 1].instance) != node.scope[common]:
                    break
                common += 1
            del path[common + 1 :]
            for depth in range(common, len(node.scope)):
                name, instance = node.scope[depth]
                group = _Group(name, instance, self.folded.times.get(node.scope[: depth + 1], 1))
                path[-1].items.append(group)
                path.append(group)
            path[-1].items.append(node)
        yield from self.level(top.items, 0)

    def level(self, items: Sequence[_Group | NetworkNode], depth: int) -> Iterator[Row]:
        at = 0
        chain: list[NetworkNode] = []
        while at < len(items):
            item = items[at]
            if isinstance(item, _Group):
                row = self.block(item, depth)
                yield row
                if row.shared:  # what it holds stands where the block was first met
                    self.before = list(item.nodes())[-1].id
                else:
                    yield from self.level(item.items, depth + 1)
                at += 1
                continue
            chain = chain[1:] or self.chain(items, at)
            period = _period(chain)
            if period > 1:
                times = _repeats(chain, period)
                yield from self.loop(chain[: period * times], period, depth)
                at += period * times
                chain = []
                continue
            run = chain[: _repeats(chain, 1)] if period == 1 else [item]
            yield self.leaf(run, depth)
            at += len(run)
            chain = chain[len(run) - 1 :]

    def chain(self, items: Sequence[_Group | NetworkNode], at: int) -> list[NetworkNode]:
        """The layers from here on of which each takes what the one before gives, and nobody else does."""
        found: list[NetworkNode] = []
        for item in items[at:]:
            if isinstance(item, _Group) or item.shared or item.role == "input":
                break
            if found and (item.inputs != (found[-1].id,) or self.users.get(found[-1].id, 0) > 1):
                break
            found.append(item)
            if item.id in self.ends:
                break
        return found

    def loop(self, nodes: Sequence[NetworkNode], period: int, depth: int) -> Iterator[Row]:
        """Several layers that come again and again in the same order, as a `for` makes them."""
        times = len(nodes) // period
        names = [_inside(node.id, nodes[0].scope) for node in (nodes[0], nodes[-1])]
        sources = self.sources(nodes[0])
        types = self.types[nodes[-1].id]
        yield Row(
            depth, " … ".join(names), "loop", "", types, _sum(nodes), times, sources, is_block=True
        )  # fmt: skip
        for node in nodes[:period]:
            yield self.leaf([node], depth + 1)
        self.before = nodes[-1].id

    def leaf(self, run: Sequence[NetworkNode], depth: int) -> Row:
        first, last = run[0], run[-1]
        names = [_inside(node.id, first.scope) for node in run]
        row = Row(
            depth,
            names[0] if len(run) == 1 else f"{names[0]} … {names[-1]}",
            "input" if first.role == "input" else first.kind,
            _detail(first),
            self.types[last.id],
            _costs(first).times(len(run)),
            len(run),
            self.sources(first),
            first.shared,
            role=first.role,
        )
        self.before = last.id
        return row

    def sources(self, node: NetworkNode) -> tuple[str, ...]:
        drawn = tuple(dict.fromkeys(self.folded.stands_for.get(source, source) for source in node.inputs))
        return () if drawn == (self.before,) else tuple(self.called(source, node.scope) for source in drawn)

    def called(self, source: str, scope: Path) -> str:
        """What a source is called at a place: the block that ends with it, where that is another block."""
        at = 0
        theirs = self.scopes[source]
        while at < min(len(scope), len(theirs)) and scope[at] == theirs[at]:
            at += 1
        if at < len(theirs) and self.last[theirs[at][1]] == source:
            source = theirs[at][1]
        return _inside(source, scope)

    def block(self, group: _Group, depth: int) -> Row:
        """The line above a block's own: what it and everything in it costs, all its repeats together."""
        inner = list(group.nodes())
        shared = any(node.shared for node in inner) and all(node.shared or not node.trainable for node in inner)
        return Row(
            depth,
            _inside(group.instance, inner[0].scope[:depth]),
            group.name,
            "",
            self.types[inner[-1].id],
            self.sum(group, depth),
            group.times,
            self.taken(group, inner) if shared else (),
            shared,
            is_block=True,
        )

    def taken(self, group: _Group, inner: Sequence[NetworkNode]) -> tuple[str, ...]:
        """What a block that is shown without its layers takes from outside."""
        here = {node.id for node in inner}
        sources = (self.folded.stands_for.get(source, source) for node in inner for source in node.inputs)
        drawn = tuple(dict.fromkeys(source for source in sources if source not in here))
        around = inner[0].scope[: [instance for _, instance in inner[0].scope].index(group.instance)]
        return () if drawn == (self.before,) else tuple(self.called(source, around) for source in drawn)

    def sum(self, group: _Group, depth: int) -> Costs:
        """The costs of a block with all its repeats in a row, inside the first of those of the blocks around it."""
        inner = list(group.nodes())
        around = inner[0].scope[:depth]
        return _sum(node for drawn in inner for node in self.members[drawn.id] if node.scope[:depth] == around)


def _inside(name: str, scope: Path) -> str:
    """A name as it is called inside those blocks, with which it begins."""
    for prefix in sorted((instance for _, instance in scope), key=len, reverse=True):
        if name.startswith(f"{prefix}_"):
            return name[len(prefix) + 1 :]
    return name


_LONGEST = 12  # layers of a loop that is looked for


def _period(chain: Sequence[NetworkNode]) -> int:
    """After how many layers the chain begins anew often enough to be folded; 0 if it does not."""
    for period in range(1, min(_LONGEST, len(chain) // _FEWEST) + 1):
        if _repeats(chain, period) >= _FEWEST:
            return period
    return 0


def _repeats(chain: Sequence[NetworkNode], period: int) -> int:
    count = 1
    while (count + 1) * period <= len(chain) and all(
        looks_equal(chain[at], chain[count * period + at]) for at in range(period)
    ):
        count += 1
    return count


def _users(network: Network) -> dict[str, int]:
    counts: dict[str, int] = {}
    for node in network.nodes:
        for source in node.inputs:
            counts[source] = counts.get(source, 0) + 1
    return counts


def _costs(node: NetworkNode) -> Costs:
    known = node.trainable is not None and node.non_trainable is not None
    parameters = (node.trainable or 0) + (node.non_trainable or 0) if known else None
    return Costs(parameters, node.multiply_adds, node.activation_bytes)


def _sum(nodes: Iterable[NetworkNode]) -> Costs:
    every = [_costs(node) for node in nodes]
    return Costs(
        total(cost.parameters for cost in every),
        total(cost.multiply_adds for cost in every),
        total(cost.activation_bytes for cost in every),
    )


def _detail(node: NetworkNode) -> str:
    parts = [str(node.units)] if node.units is not None and node.role != "input" else []
    parts += [node.detail] if node.detail and node.role != "input" else []
    parts += [node.activation] if node.activation not in (None, "linear") else []
    return ", ".join(part for part in parts if part)


def total(counts: Iterable[int | None]) -> int | None:
    """The sum, None where one is not known."""
    result = 0
    for count in counts:
        if count is None:
            return None
        result += count
    return result
