"""The text of a spec and places in it.

A `Span` is a half-open range of character offsets into one `Source`. Line and column are worked out only
when somebody wants to print them, so that the phases carry two integers and nothing else.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from functools import cached_property
from itertools import accumulate

from nnc.lean import dataclass


@dataclass(frozen=True)
class Source:
    """One file of spec text, under the name that the user knows it by."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def _line_starts(self) -> list[int]:
        return list(accumulate((len(line) + 1 for line in self.text.split("\n")[:-1]), initial=0))

    @property
    def line_count(self) -> int:
        """How many lines there are; text without a final line break has its last line counted too."""
        return len(self._line_starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1; an offset past the end is the end."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line (counted from 1) without its line break."""
        start = self._line_starts[number - 1]
        end = self._line_starts[number] - 1 if number < self.line_count else len(self.text)
        return self.text[start:end].rstrip("\r")

    def span(self, start: int, end: int) -> Span:
        """The range of offsets from start up to end."""
        return Span(self, start, end)


@dataclass(frozen=True, slots=True)
class Span:
    """A range of characters: `start` is the first offset, `end` the one after the last."""

    source: Source = field(repr=False)
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters themselves."""
        return self.source.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """From this span's start to the other's end."""
        return Span(self.source, min(self.start, other.start), max(self.end, other.end))
