"""The first half of a layered layout: which row each cell stands in, and in what order along the row.

After Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981), with one
change: wires of one source share their way down, as lanes on a circuit board do, so that a row holds at most one
lane for each source however often it is used.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Literal

from nnc.lean import dataclass

_SWEEPS = 12
_WIDEST_ROW = 5  # boxes


@dataclass(frozen=True)
class Cell:
    """A box of known size. Frames give where wires of each net enter and leave, from their middle.

    `pin` puts the ends of wires that come from outside a frame above all rows, and those that leave it below.
    """

    key: str
    width: float
    height: float
    entries: Mapping[str, float] | None = None
    exits: Mapping[str, float] | None = None
    pin: Literal["top", "bottom"] | None = None


@dataclass(frozen=True)
class Edge:
    """A wire from cell to cell. `net` is what it carries: wires of one net and one cell start together."""

    source: str
    target: str
    net: str


@dataclass(frozen=True)
class Slot:
    """A place in a row: a cell's, or where a wire passes by (`cell` None)."""

    index: int
    cell: Cell | None
    net: str


@dataclass(frozen=True)
class Link:
    """A piece of wire between neighbouring rows."""

    upper: int
    lower: int
    net: str


@dataclass
class Grid:
    """Rows of slot numbers, the pieces below each row, and each edge's way as slot numbers."""

    slots: list[Slot] = field(default_factory=list)
    rows: list[list[int]] = field(default_factory=list)
    links: list[list[Link]] = field(default_factory=list)
    ways: dict[Edge, tuple[int, ...]] = field(default_factory=dict)

    def add(self, row: int, cell: Cell | None, net: str) -> int:
        """A new slot at the right end of a row."""
        slot = Slot(len(self.slots), cell, net)
        self.slots.append(slot)
        self.rows[row].append(slot.index)
        return slot.index


def grid(cells: Sequence[Cell], edges: Sequence[Edge]) -> Grid:
    """Cells in rows with few crossings. `cells` are in topological order and `edges` lead forwards in it."""
    levels = _levels(cells, edges)
    made = Grid()
    made.rows = [[] for _ in range(max(levels.values(), default=-1) + 1)]
    made.links = [[] for _ in made.rows]
    places = {cell.key: made.add(levels[cell.key], cell, "") for cell in cells}
    lanes: dict[tuple[str, str, int], int] = {}
    linked: set[tuple[int, int, str]] = set()
    for edge in edges:
        way = [places[edge.source]]
        for row in range(levels[edge.source] + 1, levels[edge.target]):
            lane = lanes.get((edge.source, edge.net, row))
            if lane is None:
                lane = lanes[edge.source, edge.net, row] = made.add(row, None, edge.net)
            way.append(lane)
        way.append(places[edge.target])
        made.ways[edge] = tuple(way)
        for step, (upper, lower) in enumerate(itertools.pairwise(way)):
            if (upper, lower, edge.net) not in linked:
                linked.add((upper, lower, edge.net))
                made.links[levels[edge.source] + step].append(Link(upper, lower, edge.net))
    _reorder(made)
    return made


def _levels(cells: Sequence[Cell], edges: Sequence[Edge]) -> dict[str, int]:
    """The longest way from the top, or further down where a row is full; cells pinned to the bottom share the last."""
    before: dict[str, list[str]] = {}
    for edge in edges:
        before.setdefault(edge.target, []).append(edge.source)
    pinned = any(cell.pin == "top" for cell in cells)
    levels: dict[str, int] = {}
    full: Counter[int] = Counter()
    for cell in cells:
        start = 0 if cell.pin == "top" or not pinned else 1
        level = max((levels[source] + 1 for source in before.get(cell.key, ())), default=start)
        while cell.pin is None and full[level] >= _WIDEST_ROW:
            level += 1
        full[level] += 1
        levels[cell.key] = level
    bottom = [cell.key for cell in cells if cell.pin == "bottom"]
    if bottom:
        last = max([levels[cell.key] for cell in cells if cell.pin != "bottom"], default=0) + 1
        levels.update(dict.fromkeys(bottom, last))
    return levels


def _reorder(made: Grid) -> None:
    """Sort rows by the mean place of their neighbours, down and up in turn, and keep the best order seen."""
    best, fewest = [list(row) for row in made.rows], crossings(made)
    for sweep in range(_SWEEPS):
        if fewest == 0:
            break
        down = sweep % 2 == 0
        order = range(1, len(made.rows)) if down else range(len(made.rows) - 2, -1, -1)
        for row in order:
            _sort_row(made, row, down=down)
        found = crossings(made)
        if found < fewest:
            best, fewest = [list(row) for row in made.rows], found
    made.rows = best


def _sort_row(made: Grid, row: int, *, down: bool) -> None:
    other = made.rows[row - 1 if down else row + 1]
    place = {slot: index for index, slot in enumerate(other)}
    neighbours: dict[int, list[int]] = {}
    for link in made.links[row - 1 if down else row]:
        mine, theirs = (link.lower, link.upper) if down else (link.upper, link.lower)
        neighbours.setdefault(mine, []).append(place[theirs])
    current = {slot: float(index) for index, slot in enumerate(made.rows[row])}
    means = {slot: sum(found) / len(found) for slot, found in neighbours.items()}
    made.rows[row].sort(key=lambda slot: (means.get(slot, current[slot]), current[slot]))


def crossings(made: Grid) -> int:
    """How many pieces cross, by counting inversions between neighbouring rows."""
    total = 0
    for row, links in enumerate(made.links[:-1]):
        upper = {slot: index for index, slot in enumerate(made.rows[row])}
        lower = {slot: index for index, slot in enumerate(made.rows[row + 1])}
        seen: list[int] = []
        ends = sorted((upper[link.upper], lower[link.lower]) for link in links)
        for _, end in ends:
            total += len(seen) - bisect_left(seen, end + 1)
            insort(seen, end)
    return total
