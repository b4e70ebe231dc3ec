"""Beside a drawing in which blocks are boxes: what the first block of each name holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc.emit.diagram.arrange import Arranged, Padding, arrange
from nnc.emit.diagram.cards import Card, card
from nnc.emit.diagram.placed import Box, Frame, Wire
from nnc.emit.diagram.plan import Inside, Part
from nnc.emit.diagram.ranks import Cell, Edge
from nnc.emit.diagram.svg import Label, Point
from nnc.emit.diagram.text import clean, shorten
from nnc.lean import dataclass

_MOST = 3
_PADDING = Padding(side=14.0, top=24.0, bottom=14.0)
_MARGIN, _CAPTION, _TEXT = 14.0, 24.0, 10.5


@dataclass(frozen=True)
class Inset:
    """A block laid out by itself. `width` and `height` are with the room around it."""

    name: str
    level: Arranged
    parts: tuple[Part, ...]
    cards: Mapping[str, Card]
    wide: float
    caption: str

    @property
    def width(self) -> float:
        """With a margin on the right."""
        return self.level.width + _MARGIN

    @property
    def height(self) -> float:
        """With the caption above."""
        return self.level.height + _CAPTION + _MARGIN

    def at(self, left: float, top: float) -> tuple[list[Box], Frame, list[Wire], Label]:
        """Everything in place."""
        text = shorten(self.caption, self.level.width, _TEXT, bold=True)
        note = Label(left, top + _MARGIN + 8, text, _TEXT, bold=True, full=self.caption)
        top += _CAPTION + 6
        frame = Frame(left, top, self.level.width, self.level.height, 1, ())
        wires = [
            Wire(edge.net, tuple((left + x, top + y) for x, y in points), edge.target in self.cards)
            for edge, points in self.level.wires
        ]
        return [self._box(part, (left, top)) for part in self.parts], frame, wires, note

    def _box(self, part: Part, corner: Point) -> Box:
        made = self.cards[part.id]
        place = self.level.places[part.id]
        x, y = corner[0] + place[0], corner[1] + place[1]
        members = tuple(node.id for node in part.members)
        height, labels = made.height(self.wide), made.labels(x, y, self.wide)
        return Box(members, x, y, self.wide, height, made.family, labels, made.stacked, inset=True)


def insets(insides: Sequence[Inside], wide: float, told: Mapping[str, str]) -> tuple[Inset, ...]:
    """Lay out what blocks hold; of many, the first few."""
    return tuple(_inset(inside, wide, told) for inside in insides[:_MOST])


def _inset(inside: Inside, wide: float, told: Mapping[str, str]) -> Inset:
    cards = {part.id: card(part, told) for part in inside.parts}
    cells = [Cell(part.id, wide, cards[part.id].height(wide)) for part in inside.parts]
    edges: dict[Edge, None] = {}
    for source, target in inside.edges:
        start = source if source in cards else f"^{source}"
        end = target if target in cards else f"v{source}"
        edges[Edge(start, end, source)] = None
    entries = dict.fromkeys(edge.source for edge in edges if edge.source not in cards)
    exits = dict.fromkeys(edge.target for edge in edges if edge.target not in cards)
    every = [Cell(key, 0, 0, pin="top") for key in entries], cells, [Cell(key, 0, 0, pin="bottom") for key in exits]
    level = arrange([cell for group in every for cell in group], list(edges), _PADDING)
    caption = told["inside"].format(block=clean(inside.block))
    return Inset(inside.block, level, inside.parts, cards, wide, caption)
