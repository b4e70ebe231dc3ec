"""One level of the drawing: cells and wires in place, in one column or, where that is too high, in several.

Wires keep clear of cells by construction: they run straight down beside them, in lanes of their own, turn only
between rows, and go from column to column through the gutter.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from nnc.emit.diagram.align import Weights, align, inlet, outlet, weights
from nnc.emit.diagram.ranks import Cell, Edge, Grid, Link, Slot, grid
from nnc.emit.diagram.svg import Point
from nnc.emit.diagram.tracks import TRACK, Run, assign
from nnc.lean import dataclass

GAP = 26.0  # between rows
_STUB = 11.0  # straight piece before a turn
_ARROW = 15.0  # straight piece before an arrowhead
_PORTS = 22.0  # between wires that enter one box
_GUTTER = 24.0
_SNAP = 9.0


@dataclass(frozen=True)
class Padding:
    """Room inside a frame: at the sides, above the first row (for its name), below the last."""

    side: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Arranged:
    """A level laid out. `places` are the left upper corners of cells; `wires` are whole ways of edges.

    `entries` and `exits` give the x at which each net crosses the upper and lower border.
    """

    width: float
    height: float
    places: Mapping[str, Point]
    wires: tuple[tuple[Edge, tuple[Point, ...]], ...]
    entries: Mapping[str, float]
    exits: Mapping[str, float]


def arrange(
    cells: Sequence[Cell], edges: Sequence[Edge], padding: Padding, *, most: int = 1, page: Point = (0.0, 0.0)
) -> Arranged:
    """Lay a level out in the number of columns, up to `most`, that a page of that size shows largest."""
    made = grid(cells, edges)
    known = weights(made)
    best: Arranged | None = None
    for columns in range(1, min(most, max(len(made.rows), 1)) + 1):
        found = _Level(made, known, padding, columns).arranged()
        if best is None or _scale(found, page) > 1.05 * _scale(best, page):
            best = found
    if best is None:
        raise AssertionError("there is always one column")
    return best


def _scale(found: Arranged, page: Point) -> float:
    return min(1.0, page[0] / max(found.width, 1.0), page[1] / max(found.height, 1.0))


class _Level:
    """The working state of one layout: x of slots, offsets of wires, y of rows."""

    def __init__(self, made: Grid, known: Weights, padding: Padding, columns: int) -> None:
        self.made, self.padding = made, padding
        self.row_of = {slot: row for row, slots in enumerate(made.rows) for slot in slots}
        self.heights = [max((_height(made.slots[slot]) for slot in row), default=0.0) for row in made.rows]
        self.spans = self._cut(columns)
        self.column_of = {row: column for column, (a, b) in enumerate(self.spans) for row in range(a, b + 1)}
        self.x: dict[int, float] = {}
        self.widths: list[float] = []
        for first, last in self.spans:
            middles = align(made, first, last, known, self._pads)
            self.widths.append(max((middles[slot] + self._pads(made.slots[slot])[1] for slot in middles), default=0.0))
            self.x.update(middles)
        self.ports = self._ports()

    def _pads(self, slot: Slot) -> tuple[float, float]:
        half = slot.cell.width / 2 if slot.cell else 0.0
        return half, half

    def _cut(self, columns: int) -> list[tuple[int, int]]:
        """First and last row of each column: about equally high, and cut where few wires pass."""
        rows = len(self.heights)
        if columns <= 1 or rows < columns:
            return [(0, rows - 1)] if rows else []
        steps = [height + GAP for height in self.heights]
        wanted = sum(steps) / columns
        spans: list[tuple[int, int]] = []
        first = 0
        for column in range(columns - 1):
            last_allowed = rows - (columns - column)
            reached, choices = 0.0, []
            for row in range(first, last_allowed + 1):
                reached += steps[row]
                lanes = len({(link.upper, link.net) for link in self.made.links[row]})
                choices.append((abs(reached - wanted) + 40 * (lanes - 1), row))
            last = min(choices)[1]
            spans.append((first, last))
            first = last + 1
            wanted = sum(steps[first:]) / (columns - column - 1)
        return [*spans, (first, rows - 1)]

    def _ports(self) -> dict[tuple[int, int, str], float]:
        """Where each piece enters a box, from the box's middle: straight ones there, others beside, by their side."""
        into: dict[int, list[Link]] = {}
        for links in self.made.links:
            for link in links:
                into.setdefault(link.lower, []).append(link)
        ports: dict[tuple[int, int, str], float] = {}
        for lower, links in into.items():
            slot = self.made.slots[lower]
            if slot.cell is None or slot.cell.entries is not None or slot.cell.pin:
                ports.update({(link.upper, lower, link.net): inlet(slot, link.net) for link in links})
                continue
            ports.update(self._spread(slot, links))
        return ports

    def _spread(self, slot: Slot, links: Sequence[Link]) -> dict[tuple[int, int, str], float]:
        half = slot.cell.width / 2 - 12 if slot.cell else 0.0
        step = min(_PORTS, half / max(len(links), 1))
        away = sorted((self._away(link), link.upper, link.net) for link in links)
        straight = [item for item in away if abs(item[0]) <= _SNAP]
        if len(links) == 1:
            middle = away[0][0] if straight else 0.0
            return {(away[0][1], slot.index, away[0][2]): middle}
        ports: dict[tuple[int, int, str], float] = {}
        if len(straight) > 1:
            for place, (_, upper, net) in enumerate(away):
                ports[upper, slot.index, net] = (place - (len(away) - 1) / 2) * step
            return ports
        left = [item for item in away if item[0] < -_SNAP]
        right = [item for item in away if item[0] > _SNAP]
        for place, (_, upper, net) in enumerate(reversed(left), 1):
            ports[upper, slot.index, net] = -place * step
        for place, (_, upper, net) in enumerate(right, 1):
            ports[upper, slot.index, net] = place * step
        ports.update({(upper, slot.index, net): offset for offset, upper, net in straight})
        return ports

    def _away(self, link: Link) -> float:
        """How far to the right of a box a wire comes from; from another column it comes from the left."""
        if self.crosses_gutter(link):
            return -1e6 + self.leaves(link)
        return self.leaves(link) - self.x[link.lower]

    def crosses_gutter(self, link: Link) -> bool:
        """Whether a piece leads from one column to the next."""
        return self.column_of[self.row_of[link.upper]] != self.column_of[self.row_of[link.lower]]

    def leaves(self, link: Link) -> float:
        """The x in its column at which a piece starts."""
        return self.x[link.upper] + outlet(self.made.slots[link.upper], link.net)

    def arrives(self, link: Link) -> float:
        """The x in its column at which a piece ends."""
        return self.x[link.lower] + self.ports[link.upper, link.lower, link.net]

    # ---- from offsets to points ----

    def arranged(self) -> Arranged:
        """Add up rows and columns and follow every edge."""
        pad = self.padding
        passing = [self._passing(column) for column in range(len(self.spans) - 1)]
        left = pad.side
        lefts = []
        for column, wide in enumerate(self.widths):
            lefts.append(left)
            left += wide + (self._gutter(len(passing[column])) if column < len(passing) else 0.0)
        width = left + pad.side
        tops: dict[int, float] = {}
        turns: dict[tuple[int, str], float] = {}
        bottoms: list[float] = []
        for column, (first, last) in enumerate(self.spans):
            nets = len(passing[column - 1]) if column else 0
            above = pad.top + (nets - 1) * TRACK + _ARROW if nets else 0.0
            bottoms.append(self._stack(first, last, above, tops, turns))
        floor = max(
            (bottom + (_STUB + len(passing[c]) * TRACK if c < len(passing) else 0) for c, bottom in enumerate(bottoms)),
            default=0.0,
        )
        self._stretch(tops, floor)
        geometry = _Geometry(self, lefts, tops, turns, bottoms, passing)
        places = {
            slot.cell.key: (geometry.x(slot.index) - slot.cell.width / 2, tops[self.row_of[slot.index]])
            for slot in self.made.slots
            if slot.cell
        }
        wires = tuple((edge, geometry.points(edge, way)) for edge, way in self.made.ways.items())
        pins = [slot for slot in self.made.slots if slot.cell and slot.cell.pin]
        ends = {
            pin: {slot.cell.key[1:]: geometry.x(slot.index) for slot in pins if slot.cell and slot.cell.pin == pin}
            for pin in ("top", "bottom")
        }
        bottom = 0.0 if ends["bottom"] else pad.bottom
        return Arranged(width, floor + bottom, places, wires, ends["top"], ends["bottom"])

    def _stretch(self, tops: dict[int, float], floor: float) -> None:
        """Wires that leave a frame do so at its lower border, also where another column is higher."""
        last = len(self.made.rows) - 1
        if last >= 0 and any(_pin(self.made.slots[slot]) == "bottom" for slot in self.made.rows[last]):
            tops[last] = floor

    def _passing(self, column: int) -> list[tuple[int, str]]:
        """The nets that go on to the next column, from left to right."""
        links = self.made.links[self.spans[column][1]]
        starts = {(link.upper, link.net): self.leaves(link) for link in links}
        return sorted(starts, key=lambda net: (starts[net], net))

    @staticmethod
    def _gutter(nets: int) -> float:
        return _GUTTER + max(nets - 1, 0) * TRACK + _GUTTER

    def _stack(
        self, first: int, last: int, above: float, tops: dict[int, float], turns: dict[tuple[int, str], float]
    ) -> float:
        """Set the top of each row of a column and the y at which nets turn below it; give the column's bottom."""
        y = above
        for row in range(first, last + 1):
            pinned = any(_pin(self.made.slots[slot]) == "top" for slot in self.made.rows[row])
            if row == 0 and not pinned:
                y += self.padding.top
            tops[row] = y
            y += self.heights[row]
            if row == last:
                break
            tracks = assign(self._runs(row))
            start = y + (self.padding.top - _ARROW if pinned else 0.0)
            for key, track in tracks.items():
                turns[key] = start + _STUB + track * TRACK
            y = start + _STUB + max(tracks.values(), default=0) * TRACK + _ARROW
            if row + 1 == last and any(_pin(self.made.slots[slot]) == "bottom" for slot in self.made.rows[last]):
                y = max(y - _ARROW + _STUB, start + self.padding.bottom)
        return y

    def _runs(self, row: int) -> list[Run]:
        ends: dict[tuple[int, str], list[Link]] = {}
        for link in self.made.links[row]:
            ends.setdefault((link.upper, link.net), []).append(link)
        return [Run(key, self.leaves(links[0]), tuple(map(self.arrives, links))) for key, links in ends.items()]


@dataclass(frozen=True)
class _Geometry:
    """A level whose rows and columns stand: gives the points of wires."""

    level: _Level
    lefts: Sequence[float]
    tops: Mapping[int, float]
    turns: Mapping[tuple[int, str], float]
    bottoms: Sequence[float]
    passing: Sequence[Sequence[tuple[int, str]]]

    def column(self, slot: int) -> int:
        return self.level.column_of[self.level.row_of[slot]]

    def x(self, slot: int) -> float:
        return self.lefts[self.column(slot)] + self.level.x[slot]

    def points(self, edge: Edge, way: Sequence[int]) -> tuple[Point, ...]:
        """An edge's way, from the lower border of its source to the upper border of its target."""
        level = self.level
        source = level.made.slots[way[0]]
        y = self.tops[level.row_of[way[0]]] + _height(source)
        points: list[Point] = [(self.x(way[0]) + outlet(source, edge.net), y)]
        for upper, lower in itertools.pairwise(way):
            link = Link(upper, lower, edge.net)
            start = self.lefts[self.column(upper)] + level.leaves(link)
            end = self.lefts[self.column(lower)] + level.arrives(link)
            if level.crosses_gutter(link):
                points += self._through_gutter(link, start, end)
            elif (upper, edge.net) in self.turns:
                turn = self.turns[upper, edge.net]
                points += [(start, turn), (end, turn)]
            points.append((end, self.tops[level.row_of[lower]]))
        return _straightened(points)

    def _through_gutter(self, link: Link, start: float, end: float) -> list[Point]:
        """Down, right, up beside the column, right, and down into the next: nets nest and don't cross."""
        column = self.column(link.upper)
        nets = self.passing[column]
        place = nets.index((link.upper, link.net))
        inner = len(nets) - 1 - place
        below = self.bottoms[column] + _STUB + inner * TRACK
        lane = self.lefts[column] + self.level.widths[column] + _GUTTER + inner * TRACK
        above = self.level.padding.top + inner * TRACK
        return [(start, below), (lane, below), (lane, above), (end, above)]


def _height(slot: Slot) -> float:
    return slot.cell.height if slot.cell else 0.0


def _pin(slot: Slot) -> str | None:
    return slot.cell.pin if slot.cell else None


def _straightened(points: Sequence[Point]) -> tuple[Point, ...]:
    """Without points that stand on a straight line between their neighbours."""
    kept: list[Point] = []
    for point in points:
        if kept and _near(kept[-1], point):
            continue
        while len(kept) > 1 and _in_line(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _near(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < 0.01 and abs(a[1] - b[1]) < 0.01


def _in_line(a: Point, b: Point, c: Point) -> bool:
    level = abs(a[1] - b[1]) < 0.01 and abs(b[1] - c[1]) < 0.01
    return level or (abs(a[0] - b[0]) < 0.01 and abs(b[0] - c[0]) < 0.01)
