"""The graph of layers as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nnc.emit.diagram.placed import Box, Frame, LayerLayout, Wire
from nnc.emit.diagram.svg import Label, Point, element, label, number, path
from nnc.emit.diagram.theme import Theme

_HEAD = 5.5  # length of an arrowhead
_RADIUS = 4.0


def body(layout: LayerLayout, theme: Theme) -> Iterator[str]:
    """The elements in the order in which they cover one another: frames, wires, boxes, texts."""
    for frame in layout.frames:
        yield element("g", *_frame(frame, theme))
    nets: dict[str, list[Wire]] = {}
    for wire in layout.wires:
        nets.setdefault(wire.net, []).append(wire)
    for wires in nets.values():
        yield from _wires(wires, theme)
    for box in layout.boxes:
        yield element("g", *_box(box, theme))
    for note in layout.notes:
        yield _text(note, theme)
    for name, (x, y), text in layout.legend:
        yield element(
            "rect",
            x=x,
            y=y,
            width=11,
            height=11,
            rx=2,
            fill=theme.tints[name],
            stroke=theme.hues[name],
            stroke_width=1.2,
        )
        yield _text(text, theme)


def _frame(frame: Frame, theme: Theme) -> Iterator[str]:
    if frame.times > 1:
        yield _rect(frame, theme, 6.0)
        yield _rect(frame, theme, 3.0)
    yield _rect(frame, theme, 0.0)
    for text in frame.labels:
        yield _text(text, theme)


def _rect(frame: Frame, theme: Theme, shift: float) -> str:
    return element(
        "rect",
        x=frame.x + shift,
        y=frame.y + shift,
        width=frame.width,
        height=frame.height,
        rx=9,
        fill=theme.frame_fill if frame.depth % 2 else theme.paper,
        stroke=theme.frame,
        stroke_width=1,
    )


def _wires(wires: Sequence[Wire], theme: Theme) -> Iterator[str]:
    """All wires of a net as one path: pieces that they share are drawn once, so they don't look bolder."""
    ways = []
    for wire in wires:
        x, y = wire.points[-1]
        ways.append(path((*wire.points[:-1], (x, y - _HEAD + 1)) if wire.arrow else wire.points))
    yield element("path", d="".join(ways), fill="none", stroke=theme.wire, stroke_width=1.3)
    heads = [f"M{number(x)} {number(y)}l-3.4 {number(-_HEAD)}h6.8z" for x, y in _tips(wires)]
    if heads:
        yield element("path", d="".join(heads), fill=theme.wire)


def _tips(wires: Sequence[Wire]) -> list[Point]:
    return list(dict.fromkeys(wire.points[-1] for wire in wires if wire.arrow))


def _box(box: Box, theme: Theme) -> Iterator[str]:
    """A tinted rectangle with an edge of the family's colour; one behind it where it stands for a whole block."""
    hue, tint = theme.hues[box.family], theme.tints[box.family]
    if box.stacked:
        yield _plate(box, 4.0, tint, hue)
    yield _plate(box, 0.0, tint, hue)
    bar = (
        f"M{number(box.x + _RADIUS)} {number(box.y)}h1v{number(box.height)}h-1"
        f"a{number(_RADIUS)} {number(_RADIUS)} 0 0 1 {number(-_RADIUS)} {number(-_RADIUS)}"
        f"v{number(2 * _RADIUS - box.height)}"
        f"a{number(_RADIUS)} {number(_RADIUS)} 0 0 1 {number(_RADIUS)} {number(-_RADIUS)}z"
    )
    yield element("path", d=bar, fill=hue)
    for text in box.labels:
        yield _text(text, theme)


def _plate(box: Box, shift: float, tint: str, hue: str) -> str:
    return element(
        "rect",
        x=box.x + shift,
        y=box.y + shift,
        width=box.width,
        height=box.height,
        rx=_RADIUS,
        fill=tint,
        stroke=hue,
        stroke_width=1,
    )


def _text(mark: Label, theme: Theme) -> str:
    return label(mark, theme.ink if mark.tone == "ink" else theme.muted)
