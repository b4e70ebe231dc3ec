"""A drawing that is made when somebody needs it: here, or in another process that builds the same page."""

from __future__ import annotations

from collections.abc import Callable


class Drawing:
    """SVG text that is not there yet. `paint` makes it; the same arguments give the same text.

    `heavy`: it takes long to load what it is made by, so that one process makes all of these.
    """

    def __init__(self, paint: Callable[[], str], *, heavy: bool = False) -> None:
        self._paint = paint
        self.heavy = heavy
        self._svg: str | None = None

    @property
    def svg(self) -> str:
        """The drawing, made at the first asking. Raises whatever goes wrong with it."""
        if self._svg is None:
            self._svg = self._paint()
        return self._svg

    def give(self, svg: str) -> None:
        """Here it is, made elsewhere."""
        self._svg = svg
