"""Writing SVG: the few elements that Chromium, WeasyPrint and librsvg draw alike, with every string escaped.

Colours are presentation attributes, arrowheads are plain paths, and text is placed by its baseline: style sheets,
markers and `dominant-baseline` are drawn differently from one renderer to the next.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from nnc.emit.diagram.text import FAMILIES, clean, width
from nnc.lean import dataclass

Attribute = str | float | None
Point = tuple[float, float]
CORNER = 7.0  # radius of a wire's bends


@dataclass(frozen=True)
class Label:
    """A line of text at its baseline. `full` is what it says whole, where `text` had to be shortened."""

    x: float
    y: float
    text: str
    size: float
    anchor: Literal["start", "middle", "end"] = "start"
    bold: bool = False
    italic: bool = False
    tone: Literal["ink", "muted"] = "ink"
    full: str | None = None

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the text at most."""
        wide = width(self.text, self.size, bold=self.bold)
        left = self.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * wide
        return left, self.y - 0.8 * self.size, left + wide, self.y + 0.25 * self.size


def number(value: float) -> str:
    """A coordinate with at most two decimals, so that bytes do not hang on rounding."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def element(name: str, *children: str, **attributes: Attribute) -> str:
    """An element on lines of its own. `font_size=10` is written `font-size="10"`; None is left out."""
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    if not children:
        return f"<{name}{written}/>"
    inside = "\n".join(children)
    return f"<{name}{written}>\n{inside}\n</{name}>"


def _attribute(key: str, value: Attribute) -> str:
    """Attributes hold what this package wrote: path data, colours, ids. Texts from outside stand in elements."""
    text = value if isinstance(value, str) else number(float(value or 0))
    return f" {key.replace('_', '-')}={quoteattr(text)}"


def text_element(name: str, text: str, **attributes: Attribute) -> str:
    """An element that holds a text alone, without white space around it."""
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    return f"<{name}{written}>{escape(clean(text))}</{name}>"


def label(mark: Label, colour: str) -> str:
    """A text, inside a group with a `<title>` where it was shortened."""
    drawn = text_element(
        "text",
        mark.text,
        x=mark.x,
        y=mark.y,
        font_size=mark.size,
        font_weight="600" if mark.bold else None,
        font_style="italic" if mark.italic else None,
        text_anchor=None if mark.anchor == "start" else mark.anchor,
        fill=colour,
    )
    if mark.full is None or mark.full == mark.text:
        return drawn
    return element("g", text_element("title", mark.full), drawn)


def path(points: Sequence[Point]) -> str:
    """The `d` of a polyline with rounded corners."""
    if len(points) < 2:
        return ""
    parts = [f"M{_pair(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(CORNER, _distance(before, corner) / 2, _distance(corner, after) / 2)
        parts.append(f"L{_pair(_towards(corner, before, radius))}")
        parts.append(f"Q{_pair(corner)} {_pair(_towards(corner, after, radius))}")
    parts.append(f"L{_pair(points[-1])}")
    return "".join(parts)


def segments(lines: Iterable[tuple[Point, Point]]) -> str:
    """The `d` of many straight lines as one path."""
    return "".join(f"M{_pair(start)}L{_pair(end)}" for start, end in lines)


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _distance(a: Point, b: Point) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


def _towards(start: Point, end: Point, length: float) -> Point:
    whole = _distance(start, end) or 1.0
    return start[0] + (end[0] - start[0]) * length / whole, start[1] + (end[1] - start[1]) * length / whole


def document(
    body: Iterable[str], size: tuple[float, float], *, title: str, description: str, prefix: str, language: str
) -> str:
    """A standalone picture with its name and its text alternative. `prefix` keeps ids apart on one page."""
    start = re.sub(r"[^A-Za-z0-9_-]", "", prefix)
    name = f"{start}diagram" if not start or start[0].isalpha() else f"d{start}diagram"
    wide, high = map(number, size)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" '
        f'role="img" aria-labelledby="{name}-title {name}-desc" xml:lang={quoteattr(clean(language))} '
        f"font-family={quoteattr(FAMILIES)}>"
    )
    names = (
        text_element("title", title, id=f"{name}-title"),
        text_element("desc", description, id=f"{name}-desc"),
    )
    return "\n".join((head, *names, *body, "</svg>")) + "\n"
