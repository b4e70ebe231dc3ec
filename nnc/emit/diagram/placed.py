"""What a laid-out graph of layers is: rectangles, ways and texts in place. No colours, no SVG."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.emit.diagram.svg import Label, Point
from nnc.lean import dataclass


@dataclass(frozen=True)
class Box:
    """A part's rectangle and texts. `members` are the ids of the nodes it stands for.

    `stacked` where it stands for a block or more; `inset` where it shows again what such a box holds.
    """

    members: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float
    family: str
    labels: tuple[Label, ...]
    stacked: bool = False
    inset: bool = False


@dataclass(frozen=True)
class Frame:
    """The rectangle around a block: its name, and `×n` where it stands for n equal ones."""

    x: float
    y: float
    width: float
    height: float
    depth: int
    labels: tuple[Label, ...]
    times: int = 1


@dataclass(frozen=True)
class Wire:
    """A way from border to border. `arrow` where it ends at a box, not at the border of a frame."""

    net: str
    points: tuple[Point, ...]
    arrow: bool


@dataclass(frozen=True)
class LayerLayout:
    """The whole drawing. `folded` leads from each node that is not drawn to the one that stands for it."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    frames: tuple[Frame, ...]
    wires: tuple[Wire, ...]
    notes: tuple[Label, ...]
    legend: tuple[tuple[str, Point, Label], ...]
    folded: Mapping[str, str]
