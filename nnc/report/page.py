"""What sections are made of: figures and tables that number themselves, and the words of the report's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from nnc.evidence import Estimate, Evidence, TrainingEvidence
from nnc.report.drawing import Drawing, picture
from nnc.report.numbers import aligned, count, plain
from nnc.report.style import PAGE_WIDTH
from nnc.report.texts import Texts

_LONG_WORD = 24
TABLES = "report-tables"
"""The folder beside the report with the tables that it cuts."""
_SHORT = 6
_WIDE = 6  # columns from which on a table takes the page's width

Align = Literal["left", "right", "center"]


@dataclass(frozen=True)
class Figure:
    """A picture with its number, a caption that says what to see, and a sentence that stands in for it."""

    id: str
    label: str
    caption: str
    alt: str
    drawing: Drawing
    width: float | None
    """In millimetres; None for the drawing's own size."""

    @property
    def source(self) -> str:
        """A `data:` address; of a drawing that isn't made yet one that stands for it."""
        return picture(self.drawing.svg) if self.drawing.is_made else address(self.id)

    @property
    def kind(self) -> str:
        """`full` for a chart as wide as the text, `small` for a narrower one, else `drawing`."""
        if self.width is None:
            return "drawing"
        return "full" if self.width >= PAGE_WIDTH else "small"


@dataclass(frozen=True)
class Cell:
    """A cell of a table. `picture` is a small SVG drawing (a `data:` address) that `text` stands in for."""

    text: str
    picture: str | None = None
    note: str | None = None
    emphasis: bool = False

    @property
    def long(self) -> bool:
        """Whether a word of it is so long that it may be broken anywhere."""
        return any(len(word) > _LONG_WORD for word in self.text.split())


@dataclass(frozen=True)
class Head:
    """The head of a column; `code` sets its cells in the font of code."""

    text: str
    align: Align = "left"
    code: bool = False


@dataclass(frozen=True)
class Table:
    """A table whose first column names its rows."""

    id: str
    label: str
    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    narrow: bool
    """Whether it is as wide as its cells alone, since stretched it would be hard to read across."""
    rest: str | None = None
    """What a table that was cut says at its foot."""

    @property
    def short(self) -> bool:
        """Whether it is better moved to the next page than broken."""
        return len(self.rows) <= _SHORT


@dataclass(frozen=True)
class Whole:
    """All rows of a table that the page cuts, for a CSV file beside it: numbers as programs write them."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass
class Numbers:
    """How many figures and tables there are so far."""

    figures: int = 0
    tables: int = 0


@dataclass(frozen=True)
class Other:
    """Another run to compare with, by what it is called.

    `paired`: of each target (by its name) the primary metric of the report's run less that of this one, with the
    interval of the paired bootstrap, where both said something of the same rows.
    """

    name: str
    evidence: Evidence
    paired: Mapping[str, Estimate] = field(default_factory=dict)


@dataclass
class Page:
    """A report in the making: the evidence, its words, and the counters of figures, tables and terms.

    `suffix` stands behind the ids of what is made, where a section stands once for each output.
    """

    evidence: Evidence
    texts: Texts
    terms: set[str] = field(default_factory=set)
    numbers: Numbers = field(default_factory=Numbers)
    drawings: dict[str, Drawing] = field(default_factory=dict)
    """Of the figures so far, by their ids."""
    cut: list[Whole] = field(default_factory=list)
    """The tables that the page doesn't show whole."""
    suffix: str = ""
    beside: tuple[Other, ...] = ()
    """Other runs to compare with."""

    @property
    def heads(self) -> tuple[Page, ...]:
        """The page with a view to each of the things that the model predicts, figures and tables numbered through."""
        heads = self.evidence.heads
        if len(heads) == 1:
            return (self,)
        return tuple(
            replace(self, evidence=self.evidence.of(head), suffix=f"-{number}") for number, head in enumerate(heads, 1)
        )

    @property
    def training(self) -> TrainingEvidence:
        """How it was trained, for sections that stand only where that is known."""
        if self.evidence.training is None:
            raise ValueError("nothing is known of the training")
        return self.evidence.training

    def say(self, key: str, **values: object) -> str:
        """The text of a key in the report's language."""
        return self.texts.say(key, **values)

    def term(self, *keys: str) -> None:
        """Put terms that a section uses on the glossary."""
        self.terms.update(keys)

    def figure(self, key: str, drawing: Drawing, caption: str, alt: str, width: float | None = PAGE_WIDTH) -> Figure:
        """A figure with the next number."""
        self.numbers.figures += 1
        label = self.say("figure_label", n=self.numbers.figures)
        name = f"fig-{key}{self.suffix}"
        self.drawings[name] = drawing
        return Figure(name, label, caption, alt, drawing, width)

    def table(
        self, key: str, caption: str, heads: Sequence[Head], rows: Sequence[Sequence[Cell | str]], limit: int = 60
    ) -> Table:
        """A table with the next number; rows over the limit are counted, and stand in a file beside the page."""
        self.numbers.tables += 1
        cells = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]
        rest = None
        if len(rows) > limit:
            whole = _whole(f"{key}{self.suffix}.csv", heads, cells)
            self.cut.append(whole)
            rest = self.say("table_rest", n=count(len(rows) - limit), file=f"{TABLES}/{whole.name}")
        shown = cells[:limit]
        for index, head in enumerate(heads):
            if head.align == "right":
                _align(shown, index)
        label = self.say("table_label", n=self.numbers.tables)
        return Table(
            f"tab-{key}{self.suffix}",
            label,
            caption,
            tuple(heads),
            tuple(tuple(row) for row in shown),
            len(heads) < _WIDE,
            rest,
        )


def address(figure: str) -> str:
    """What stands for the drawing of a figure, by its id."""
    return f"drawing:{figure}"


def _whole(name: str, heads: Sequence[Head], rows: Sequence[Sequence[Cell]]) -> Whole:
    """The table as text, without the columns that are pictures."""
    kept = [i for i in range(len(heads)) if not any(row[i].picture for row in rows)]
    texts = tuple(tuple(plain(row[i].text) for i in kept) for row in rows)
    return Whole(name, tuple(heads[i].text for i in kept), texts)


def _align(rows: list[list[Cell]], index: int) -> None:
    column = aligned([row[index].text for row in rows])
    for row, text in zip(rows, column, strict=True):
        cell = row[index]
        row[index] = Cell(text, cell.picture, cell.note, cell.emphasis)
