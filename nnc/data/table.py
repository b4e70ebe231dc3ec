"""A table as it was found: columns of text or numbers, and which row of the file each row is.

Nothing is converted when a table is read: whether `007` is a number or a category is said by the spec, or guessed
later, so a column of text keeps its text and gives its numbers when asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from nnc.diagnostics import DataPlace

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]
Texts: TypeAlias = npt.NDArray[np.object_]

# What stands in a file for a missing value. `None` is not among them: it is a word that people use ("no veneer").
MISSING_WORDS = frozenset({"", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "-NaN", "NULL", "null"})

# Rows that are read at a time.
CHUNK_ROWS = 65_536
MAX_COLUMNS = 10_000

# float32, in which everything is prepared, holds nothing larger.
LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class RawColumn:
    """One column. `values` are texts with None where the value is missing, or float64 with NaN there. Shape [rows].

    Where the texts name picture files, `root` is the folder that they are taken from.
    """

    name: str
    values: npt.NDArray[Any]
    root: Path | None = None

    @property
    def is_text(self) -> bool:
        """Whether the values are texts (from a file) rather than numbers."""
        return self.values.dtype == object

    @cached_property
    def missing(self) -> Bools:
        """Which rows have no value."""
        return np.asarray(pd.isna(self.values), dtype=bool)

    @cached_property
    def numbers(self) -> Floats:
        """The values as numbers; NaN where the value is missing or is no number."""
        if not self.is_text:
            return np.asarray(self.values, dtype=np.float64)
        parsed = pd.to_numeric(pd.Series(self.values, dtype=object), errors="coerce")
        return np.asarray(parsed, dtype=np.float64)

    @cached_property
    def not_numbers(self) -> Bools:
        """Which rows have a value that is no number."""
        return np.isnan(self.numbers) & ~self.missing

    @cached_property
    def not_finite(self) -> Bools:
        """Which rows have a number that float32 can't hold: infinite, or too large."""
        with np.errstate(invalid="ignore"):
            return np.abs(self.numbers) > LARGEST

    @cached_property
    def texts(self) -> Texts:
        """The values as texts, None where missing; numbers in the shortest form that gives them back (`3`, `0.1`)."""
        if self.is_text:
            return self.values
        texts = np.empty(len(self.values), dtype=object)
        texts[:] = [None if gone else shortest(value) for value, gone in zip(self.values, self.missing, strict=True)]
        return texts

    def take(self, positions: Ints) -> RawColumn:
        """The same column with these rows only."""
        return RawColumn(self.name, self.values[positions], self.root)


def shortest(value: float) -> str:
    """A number as a person writes it: `3` for 3.0, `0.1` for 0.1."""
    value = float(value)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


@dataclass(frozen=True, eq=False)
class Whole:
    """All rows of a table of which a sample is in memory.

    `rows` counts them by part of the split, `dropped` those without a target. `training` reads them again and gives
    the training rows that have a target, in pieces, in the order of the files.
    """

    rows: Mapping[str, int]
    dropped: int
    training: Callable[[], Iterator[Table]]


@dataclass(frozen=True, eq=False)
class Table:
    """Rows from one source. `rows` says which row of its file each is (as an editor counts lines; from 1 where there

    is no text). `target` and `classes` are the source's own, if it has them: the column to be predicted and the
    order of its values. `file_of` says of each row which of `files` it comes from, None where there is but one;
    `part_of` which part of the split the spec's files make it, where they do. `whole`: these rows are a sample.
    """

    source: str
    sha256: str
    columns: Mapping[str, RawColumn]
    rows: Ints
    target: str | None = None
    classes: tuple[str, ...] = field(default=())
    files: tuple[str, ...] = field(default=())
    file_of: Ints | None = None
    part_of: Texts | None = None
    whole: Whole | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, positions: Ints) -> Table:
        """The same table with these rows only."""
        return replace(
            self,
            columns={name: column.take(positions) for name, column in self.columns.items()},
            rows=self.rows[positions],
            file_of=None if self.file_of is None else self.file_of[positions],
            part_of=None if self.part_of is None else self.part_of[positions],
        )

    def place(self, position: int, column: str | None = None) -> DataPlace:
        """Where a row of the table stands: its file and the row there."""
        file = self.source if self.file_of is None else self.files[int(self.file_of[position])]
        return DataPlace(file, int(self.rows[position]), column)


def joined(tables: Sequence[Table], source: str) -> Table:
    """The rows of tables with the same columns, one table below the other. A column of which one table has text has

    text in all of them.
    """
    first = tables[0]
    columns = {}
    for name in first.columns:
        parts = [table.columns[name] for table in tables]
        text = any(part.is_text for part in parts)
        columns[name] = RawColumn(
            name, np.concatenate([part.texts if text else part.values for part in parts]), parts[0].root
        )
    files = tuple(dict.fromkeys(file for table in tables for file in (table.files or (table.source,))))
    digests = tuple(dict.fromkeys(table.sha256 for table in tables))
    sha256 = digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    rows = np.concatenate([table.rows for table in tables])
    if len(files) == 1:
        return Table(source, sha256, columns, rows)
    number = {file: i for i, file in enumerate(files)}
    owners = [
        np.full(len(table), number[table.source])
        if table.file_of is None
        else np.array([number[file] for file in table.files])[table.file_of]
        for table in tables
    ]
    file_of = np.concatenate(owners).astype(np.int64)
    return Table(source, sha256, columns, rows, files=files, file_of=file_of)


def column_of_texts(name: str, values: Sequence[str]) -> RawColumn:
    """A column as read from a file: blanks around a value are no part of it, and missing words become None."""
    array = np.empty(len(values), dtype=object)
    # Written out: a large table has a hundred million values.
    array[:] = [None if text in MISSING_WORDS else text for text in map(str.strip, values)]
    return RawColumn(name, array)


def positions(mask: Bools) -> Iterator[int]:
    """Where a mask is true, in order."""
    return (int(i) for i in np.flatnonzero(mask))
