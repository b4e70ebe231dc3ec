"""A drawing of which the size is known, and which is made when somebody needs it: here, or in another process."""

from __future__ import annotations

import base64
from collections.abc import Callable

_POINTS_PER_MM = 72 / 25.4


class Drawing:
    """SVG text that is not there yet. `paint` makes it, `width` and `height` (millimetres) are those it will have.

    The same arguments give the same text.
    """

    def __init__(self, width: float, height: float, paint: Callable[[], str]) -> None:
        self.width, self.height = points(width), points(height)
        self._paint = paint
        self._svg: str | None = None
        self._failure: Exception | None = None

    @property
    def is_made(self) -> bool:
        """Whether it is there."""
        return self._svg is not None

    @property
    def svg(self) -> str:
        """The drawing, made at the first asking. Raises whatever goes wrong with it, or went wrong elsewhere."""
        if self._failure is not None:
            raise self._failure
        if self._svg is None:
            self._svg = self._paint()
        return self._svg

    def give(self, svg: str) -> None:
        """Here it is, made elsewhere."""
        self._svg = svg

    def fail(self, why: Exception) -> None:
        """It can't be made, and nobody is to try again."""
        self._failure = why


def made(svg: str) -> Drawing:
    """A drawing that is there; its size is its own affair."""
    drawing = Drawing(0, 0, lambda: svg)
    drawing.give(svg)
    return drawing


def points(millimetres: float) -> str:
    """A length as an SVG has it, in points with at most two decimals."""
    return f"{round(millimetres * _POINTS_PER_MM, 2):g}"


def picture(svg: str) -> str:
    """The `data:` address of a drawing: an image of its own, so that its ids and styles meet nobody else's."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")
