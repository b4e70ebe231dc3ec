"""The graph of layers in place: boxes, the frames of blocks, and wires. Positions and texts; no colours, no SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from nnc.emit.diagram.arrange import Arranged, Padding, arrange
from nnc.emit.diagram.cards import NARROWEST, WIDEST, Card, card
from nnc.emit.diagram.fold import Scope
from nnc.emit.diagram.insets import Inset, insets
from nnc.emit.diagram.placed import Box, Frame, LayerLayout, Wire
from nnc.emit.diagram.plan import Part, Plan, plans
from nnc.emit.diagram.ranks import Cell, Edge
from nnc.emit.diagram.svg import Label, Point
from nnc.emit.diagram.text import clean, shorten, width
from nnc.emit.diagram.theme import FAMILIES
from nnc.emit.diagram.words import words
from nnc.evidence import Network
from nnc.lean import dataclass

# The type area of an A4 page in the units of a drawing: at its own size the smallest text prints at 7 points.
PAGE = (690.0, 960.0)
# A drawing that must be printed smaller than this is drawn from a smaller plan, and one that leaves layers out is
# taken only where it would else be smaller than that.
_READABLE, _BARELY = 0.65, 0.45
_WITH_INSETS = 0.6  # insets are worth some size
_COLUMNS = 6
_MARGIN = Padding(side=12.0, top=12.0, bottom=12.0)
_FRAME = Padding(side=14.0, top=30.0, bottom=14.0)
_TITLE = 10.0
_LEGEND_TEXT, _LEGEND_LINE = 10.0, 18.0


def lay_out(network: Network, *, language: str = "en") -> LayerLayout:
    """The fullest plan that can be read on a page, else the one that comes nearest."""
    told = words(language)
    best: tuple[float, _Drawing] | None = None
    for plan in plans(network):
        if plan.cut and best is not None and not best[1].plan.cut and best[0] >= _BARELY:
            break
        drawing = _Drawing(plan, told)
        scale = drawing.scale()
        if best is None or scale > best[0] + 0.02:
            best = scale, drawing
        if scale >= _READABLE:
            break
    if best is None:
        raise AssertionError("there is always a last plan")
    return best[1].finish(told)


@dataclass
class _Drawing:
    """Lays frames out from the inside, then puts everything in place from the outside."""

    plan: Plan
    told: Mapping[str, str]
    cards: dict[str, Card] = field(default_factory=dict)
    levels: dict[Scope, Arranged] = field(default_factory=dict)
    edges: dict[Scope, dict[Edge, None]] = field(default_factory=dict)
    boxes: list[Box] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    insets: tuple[Inset, ...] = ()

    def __post_init__(self) -> None:
        self.cards = {part.id: card(part, self.told) for part in self.plan.parts}
        self.wide = min(max([NARROWEST, *(made.needs for made in self.cards.values())]), WIDEST)
        self.parts = {part.id: part for part in self.plan.parts}
        for source, target in self.plan.edges:
            self._through_levels(self.parts[source], self.parts[target])
        self._arrange((), self.plan.parts)

    def scale(self) -> float:
        """How much smaller than its own size it must be printed. Insets stand beside it only where there is room."""
        top = self.levels[()]
        alone = self._fits(top.width, top.height)
        self.insets = insets(self.plan.insides, self.wide, self.told)
        for column in (self.insets, self.insets[:1]):
            wide = top.width + max((inset.width for inset in column), default=0.0)
            high = max(top.height, sum(inset.height for inset in column))
            if self._fits(wide, high) >= min(alone, _WITH_INSETS):
                self.insets = column
                return alone
        self.insets = ()
        return alone

    @staticmethod
    def _fits(wide: float, high: float) -> float:
        return min(1.0, PAGE[0] / wide, PAGE[1] / (high + 2 * _LEGEND_LINE))

    def _through_levels(self, source: Part, target: Part) -> None:
        """Cut a wire at the borders of frames: out of the source's, across, and into the target's."""
        same = 0
        for a, b in zip(source.scope, target.scope, strict=False):
            if a != b:
                break
            same += 1
        net = source.id
        for depth in range(len(source.scope), same, -1):
            self._edge(source.scope[:depth], Edge(_key(source, depth), f"v{net}", net))
        self._edge(source.scope[:same], Edge(_key(source, same), _key(target, same), net))
        for depth in range(same + 1, len(target.scope) + 1):
            self._edge(target.scope[:depth], Edge(f"^{net}", _key(target, depth), net))

    def _edge(self, scope: Scope, edge: Edge) -> None:
        self.edges.setdefault(scope, {})[edge] = None

    def _arrange(self, scope: Scope, parts: Sequence[Part]) -> None:
        """Lay out one level, after the frames in it."""
        depth = len(scope)
        inner: dict[Scope, list[Part]] = {}
        for part in parts:
            if len(part.scope) > depth:
                inner.setdefault(part.scope[: depth + 1], []).append(part)
        for frame, members in inner.items():
            self._arrange(frame, members)
        cells: dict[str, Cell] = {}
        for part in parts:
            key = _key(part, depth)
            if key not in cells:
                cells[key] = self._cell(part, depth)
        edges = list(self.edges.get(scope, {}))
        entries = {edge.source: Cell(edge.source, 0, 0, pin="top") for edge in edges if edge.source.startswith("^")}
        exits = {edge.target: Cell(edge.target, 0, 0, pin="bottom") for edge in edges if edge.target.startswith("v")}
        every = [*entries.values(), *_in_order(list(cells.values()), edges), *exits.values()]
        self.levels[scope] = arrange(
            every, edges, _FRAME if scope else _MARGIN, most=_COLUMNS if not scope else 2, page=PAGE
        )

    def _cell(self, part: Part, depth: int) -> Cell:
        if len(part.scope) == depth:
            return Cell(_key(part, depth), self.wide, self.cards[part.id].height(self.wide))
        level = self.levels[part.scope[: depth + 1]]
        middle = level.width / 2
        return Cell(
            _key(part, depth),
            level.width,
            level.height,
            {net: x - middle for net, x in level.entries.items()},
            {net: x - middle for net, x in level.exits.items()},
        )

    # ---- putting it in place ----

    def finish(self, told: Mapping[str, str]) -> LayerLayout:
        """Everything at its place on the page, and the legend below."""
        self._place((), 0.0, 0.0, self.plan.parts)
        top = self.levels[()]
        right, y, notes = top.width, 0.0, []
        for inset in self.insets:
            boxes, frame, wires, note = inset.at(top.width, y)
            self.boxes += boxes
            self.frames.append(frame)
            self.wires += wires
            notes.append(note)
            right, y = max(right, top.width + inset.width), y + inset.height
        families = {self.cards[part.id].family for part in self.plan.parts if not part.middle}
        families |= {box.family for box in self.boxes if box.inset}
        legend, wide, high = _legend(families, (right, max(top.height, y)), told)
        return LayerLayout(
            wide,
            high,
            tuple(self.boxes),
            tuple(self.frames),
            tuple(self.wires),
            tuple(notes),
            legend,
            dict(self.plan.folded.stands_for),
        )

    def _place(self, scope: Scope, left: float, top: float, parts: Sequence[Part]) -> None:
        level, depth = self.levels[scope], len(scope)
        for edge, points in level.wires:
            moved = tuple((left + x, top + y) for x, y in points)
            arrow = edge.target in self.cards_here(depth, parts)
            self.wires.append(Wire(edge.net, moved, arrow))
        inner: dict[Scope, list[Part]] = {}
        for part in parts:
            if len(part.scope) > depth:
                inner.setdefault(part.scope[: depth + 1], []).append(part)
                continue
            x, y = level.places[_key(part, depth)]
            self.boxes.append(self._box(part, left + x, top + y))
        for frame, members in inner.items():
            x, y = level.places[_key(members[0], depth)]
            self.frames.append(self._frame(frame, left + x, top + y))
            self._place(frame, left + x, top + y, members)

    @staticmethod
    def cards_here(depth: int, parts: Sequence[Part]) -> set[str]:
        """The keys of a level that are boxes, not frames."""
        return {_key(part, depth) for part in parts if len(part.scope) == depth}

    def _box(self, part: Part, x: float, y: float) -> Box:
        made = self.cards[part.id]
        return Box(
            tuple(node.id for node in part.members),
            x,
            y,
            self.wide,
            made.height(self.wide),
            made.family,
            made.labels(x, y, self.wide),
            made.stacked,
        )

    def _frame(self, scope: Scope, x: float, y: float) -> Frame:
        level = self.levels[scope]
        times = self.plan.times(scope)
        badge = f"×{times}" if times > 1 else ""
        if times > 1 and scope in self.plan.folded.tied:
            badge += f" · {self.told['shared']}"
        labels = []
        name = clean(scope[-1][0])
        first = min(level.entries.values(), default=level.width - 12)
        last = max(level.entries.values(), default=12.0)
        right = width(badge, _TITLE, bold=True)
        room = first - 18 if level.entries else level.width - 28 - right
        start, anchor_x = "start", x + 10
        if level.entries and width(name, _TITLE) > room and not badge and level.width - last - 18 > room:
            start, anchor_x, room = "end", x + level.width - 10, level.width - last - 18
        labels.append(
            Label(
                anchor_x, y + 16, shorten(name, room, _TITLE), _TITLE, "end" if start == "end" else "start", full=name
            )
        )
        if badge:
            shown = shorten(badge, level.width - last - 16 if level.entries else right + 1, _TITLE, bold=True)
            labels.append(Label(x + level.width - 10, y + 16, shown, _TITLE, "end", bold=True, full=badge))
        return Frame(x, y, level.width, level.height, len(scope), tuple(labels), times)


def _key(part: Part, depth: int) -> str:
    """A part's key on a level: its own, or that of the frame it stands in."""
    if len(part.scope) == depth:
        return f"={part.id}"
    return "#" + "\0".join(f"{block}\1{instance}" for block, instance in part.scope[: depth + 1])


def _in_order(cells: Sequence[Cell], edges: Sequence[Edge]) -> list[Cell]:
    """Cells in topological order, as near as may be to the order given."""
    by_key = {cell.key: cell for cell in cells}
    waiting = dict.fromkeys(by_key, 0)
    after: dict[str, list[str]] = {key: [] for key in by_key}
    for source, target in {(edge.source, edge.target) for edge in edges}:
        if source in by_key and target in by_key:
            waiting[target] += 1
            after[source].append(target)
    order: list[Cell] = []
    left = list(by_key)
    while left:
        # A circle can't come from a checked model; a file may claim one, and then the order given is as good as any.
        key = next((key for key in left if not waiting[key]), left[0])
        left.remove(key)
        order.append(by_key[key])
        for target in after[key]:
            waiting[target] -= 1
    return order


def _legend(
    families: set[str], size: Point, told: Mapping[str, str]
) -> tuple[tuple[tuple[str, Point, Label], ...], float, float]:
    """The families that occur, in lines below the drawing; and the width and height of all."""
    texts = {name: told[name] for name in FAMILIES if name in families}
    needs = {name: 18 + width(text, _LEGEND_TEXT) + 16 for name, text in texts.items()}
    wide = max(size[0], min(sum(needs.values()) + 2 * _MARGIN.side, 420.0))
    x, y = _MARGIN.side, size[1] + 6
    entries = []
    for name, text in texts.items():
        if x > _MARGIN.side and x + needs[name] > wide:
            x, y = _MARGIN.side, y + _LEGEND_LINE
        entries.append((name, (x, y), Label(x + 16, y + 9, text, _LEGEND_TEXT, tone="muted")))
        x += needs[name]
    return tuple(entries), wide, y + _LEGEND_LINE + 4
