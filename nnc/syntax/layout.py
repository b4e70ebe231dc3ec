"""How text is laid out in lines: documents that know where they may be broken, and the comments among them.

A document is laid out in one line where it fits and no comment stands inside it. Else a `Group` puts each item on a
line of its own, with a comma behind each, and `Steps` begin a new line before each `->`; what is neither can't be
broken. The layout hangs on the tree and on which comments stand between which nodes, never on the lines as they
were, so that laying out twice changes nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import field
from typing import TypeAlias
from unicodedata import east_asian_width

from nnc.lean import dataclass
from nnc.syntax.tree import File

WIDTH = 100
INDENT = 2


def cells(text: str) -> int:
    """How many columns of a terminal a text takes: the letters of Chinese, Japanese and Korean take two."""
    return len(text) if text.isascii() else sum(1 + (east_asian_width(char) in "WF") for char in text)


@dataclass(frozen=True, slots=True)
class Text:
    """Words that stay together."""

    flat: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """Documents one behind the other."""

    parts: tuple[Doc, ...]
    start: int
    end: int
    flat: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "flat", "".join(part.flat for part in self.parts))


@dataclass(frozen=True, slots=True)
class Group:
    """Items between brackets; `comma` is false where a comma behind the last would mean something else."""

    opening: str
    items: tuple[Doc, ...]
    closing: str
    start: int
    end: int
    comma: bool = True
    flat: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "flat", self.opening + ", ".join(item.flat for item in self.items) + self.closing)


@dataclass(frozen=True, slots=True)
class Steps:
    """A chain: a head and what it is passed through."""

    head: Doc
    steps: tuple[Doc, ...]
    start: int
    end: int
    flat: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "flat", " -> ".join(part.flat for part in (self.head, *self.steps)))


Doc: TypeAlias = Text | Row | Group | Steps


class Notes:
    """The comments of a file, given out in order, each once."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._starts = [comment.span.start for comment in file.comments]
        self._next = 0

    def within(self, start: int, end: int) -> bool:
        """Whether a comment is still to come between two offsets."""
        index = max(self._next, bisect_left(self._starts, start))
        return index < len(self._starts) and self._starts[index] < end

    def before(self, offset: int) -> list[tuple[int, str]]:
        """The comments up to an offset, each with its line."""
        first, self._next = self._next, max(self._next, bisect_left(self._starts, offset))
        comments = self._file.comments[first : self._next]
        return [(self.line(comment.span.start), comment.text) for comment in comments]

    def behind(self, end: int, limit: int) -> str:
        """The comment on the line that ends at `end`, two blanks before it, or nothing. It begins before `limit`."""
        if self._next < len(self._starts):
            comment = self._file.comments[self._next]
            if end <= comment.span.start < limit and self.line(comment.span.start) == self.line(end):
                self._next += 1
                return "  " + comment.text
        return ""

    def line(self, offset: int) -> int:
        """The line of an offset, counted from 1."""
        return self._file.source.position(offset)[0]


def lay_out(doc: Doc, notes: Notes, indent: int, column: int, tail: int = 0) -> list[str]:
    """The lines of a document that begins at `column` in a line with this indentation, `tail` characters behind it.

    The first line is without its indentation, and the last never ends with a comment.
    """
    commented = notes.within(doc.start, doc.end)
    if isinstance(doc, Text) or (not commented and column + len(doc.flat) + tail <= WIDTH):
        return [doc.flat]
    if isinstance(doc, Row):
        return _row(doc, notes, indent, column, tail)
    if isinstance(doc, Steps):
        return _steps(doc, notes, indent, column, tail)
    return _group(doc, notes, indent) if doc.items or commented else [doc.flat]


def _row(doc: Row, notes: Notes, indent: int, column: int, tail: int) -> list[str]:
    lines = [""]
    for index, part in enumerate(doc.parts):
        used = column + len(lines[0]) if len(lines) == 1 else len(lines[-1])
        after = tail if index == len(doc.parts) - 1 else _least(doc.parts[index + 1])
        first, *rest = lay_out(part, notes, indent, used, after)
        lines[-1] += first
        lines += rest
    return lines


def _least(doc: Doc) -> int:
    """The characters of a document that stay on the line of what stands before it."""
    if isinstance(doc, Text):
        return len(doc.flat)
    return len(doc.opening) if isinstance(doc, Group) else 0


def _group(doc: Group, notes: Notes, indent: int) -> list[str]:
    inner = indent + INDENT
    lines = [doc.opening]
    limits = [*(item.start for item in doc.items[1:]), doc.end]
    for item, limit in zip(doc.items, limits, strict=False):
        lines += _comments(notes, item.start, inner)
        comma = "," if doc.comma else ""
        first, *rest = lay_out(item, notes, inner, inner, len(comma))
        lines += [" " * inner + first, *rest]
        lines[-1] += comma + notes.behind(item.end, limit)
    lines += _comments(notes, doc.end, inner)
    return [*lines, " " * indent + doc.closing]


def _steps(doc: Steps, notes: Notes, indent: int, column: int, tail: int) -> list[str]:
    inner = indent + INDENT
    lines = lay_out(doc.head, notes, indent, column)
    before: Doc = doc.head
    for index, step in enumerate(doc.steps):
        lines[-1] += notes.behind(before.end, step.start)
        lines += _comments(notes, step.start, inner)
        after = tail if index == len(doc.steps) - 1 else 0
        first, *rest = lay_out(step, notes, inner, inner + 3, after)
        lines += [" " * inner + "-> " + first, *rest]
        before = step
    return lines


def _comments(notes: Notes, offset: int, indent: int) -> Sequence[str]:
    return [" " * indent + text for _, text in notes.before(offset)]
