"""Reads CSV, packed or not, a record at a time, with the line of each and a finding for all that is wrong with it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Protocol

import numpy as np

from nnc import codes
from nnc.data.opening import BROKEN_PACKING, how_broken, is_packed, opened, unpacked
from nnc.data.table import CHUNK_ROWS, MAX_COLUMNS, Table, column_of_texts, joined
from nnc.diagnostics import Code, DataPlace, Findings, UserFault

MAX_REPORTED = 5

# What a file that is no text begins with, and what to say about it.
MAGICS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook: save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook: save the sheet as CSV"),
    (b"PAR1", "a Parquet file: write source = parquet(...)"),
    (b"\x93NUMPY", "a NumPy array: write source = npy(...)"),
    (b"\x89PNG", "a picture"),
    (b"ARROW1", "an Arrow file: write source = arrow(...)"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "a SQLite database: export the table as CSV"),
)


# Bytes of a value with its delimiter, and how much smaller a packed file is: to tell large tables from small ones.
_CELL_BYTES = 7
_PACKED_TIMES = 4


def cells_of_csv(path: Path) -> int:
    """About how many values a CSV holds, by its size. Raises OSError."""
    return path.stat().st_size * (_PACKED_TIMES if is_packed(path) else 1) // _CELL_BYTES


@dataclass(frozen=True)
class CsvFile:
    """A CSV file and how it is to be read. `shown` is the name that findings speak of."""

    path: Path
    shown: str
    delimiter: str = ","
    encoding: str = "utf-8"

    def read(self) -> Table:
        """All rows. Raises UserFault with every finding that can be collected."""
        return joined(list(self.chunks()), self.shown)

    def chunks(self, rows: int = CHUNK_ROWS) -> Iterator[Table]:
        """The rows in tables of at most `rows`, for files that need not fit into memory. Raises UserFault."""
        sha256 = self._open_check()
        try:
            yield from self._tables(rows, sha256)
        except UnicodeError as error:
            raise self._wrong_encoding() from error
        except _BrokenRecord as error:
            message = f"the row of `{self.shown}` that begins in line {error.line} can't be taken apart: {error.why}"
            raise self._fault(codes.BROKEN_QUOTES, message, row=error.line, help=_QUOTES) from error
        except BROKEN_PACKING as error:
            raise self._fault(codes.DATA_NOT_FOUND, f"`{self.shown}` {how_broken(error)}", help=_PACKED) from error
        except OSError as error:
            raise self._fault(
                codes.DATA_NOT_FOUND, f"`{self.shown}` can't be read: {error.strerror or error}"
            ) from error

    # ---- the file as a whole ---------------------------------------------------------------------

    def _open_check(self) -> str:
        """What can be seen before the first record; gives the file's SHA-256."""
        try:
            "".encode(self.encoding)
        except LookupError as error:
            raise self._fault(
                codes.SOURCE_ARGUMENT,
                f"`{self.encoding}` is no encoding that Python knows",
                help="common ones are utf-8, latin-1, cp1252, utf-16, gbk, shift_jis",
            ) from error
        sha256 = opened(self.path, self.shown)
        with self.path.open("rb") as stream:
            head = stream.read(16)
        for magic, what in MAGICS:
            if head.startswith(magic):
                raise self._fault(codes.NOT_A_TABLE, f"`{self.shown}` is {what}", expected="rows of text, as CSV")
        return sha256

    def _wrong_encoding(self) -> UserFault:
        """Says in which row the first byte stands that is no character."""
        row, found = None, None
        with unpacked(self.path, self.shown) as stream:
            for number, line in enumerate(stream, start=1):
                try:
                    line.decode(self.encoding)
                except UnicodeError as error:
                    row = number
                    if isinstance(error, UnicodeDecodeError):
                        found = f"the byte {line[error.start]:#04x}"
                    break
        with unpacked(self.path, self.shown) as stream:
            utf16 = stream.read(2) in (b"\xff\xfe", b"\xfe\xff")
        guess = "utf-16" if utf16 else "cp1252"
        return self._fault(
            codes.DATA_ENCODING,
            f"`{self.shown}` is not {self.encoding}",
            row=row,
            found=found,
            help=f'say which encoding it is, perhaps csv("{self.shown}", encoding="{guess}"), or save it as UTF-8',
        )

    # ---- records ---------------------------------------------------------------------------------

    def _tables(self, size: int, sha256: str) -> Iterator[Table]:
        encoding = "utf-8-sig" if self.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else self.encoding
        with TextIOWrapper(unpacked(self.path, self.shown), encoding=encoding, newline="") as stream:
            records = _Records(csv.reader(stream, delimiter=self.delimiter, strict=True))
            names = self._heading(records)
            lines: list[int] = []
            values: list[list[str]] = []
            ragged = Findings()
            some = False
            for line, record in records:
                if len(record) != len(names):
                    self._ragged(ragged, line, len(record), len(names))
                    if len(ragged) >= MAX_REPORTED:
                        break
                    continue
                lines.append(line)
                values.append(record)
                if len(values) >= size:
                    if not len(ragged):
                        yield self._table(names, lines, values, sha256)
                    some, lines, values = True, [], []
            if len(ragged):
                raise UserFault(ragged)
            if values:
                yield self._table(names, lines, values, sha256)
            elif not some:
                raise self._fault(
                    codes.DATA_EMPTY, f"`{self.shown}` has a heading and no rows", expected="one row at least"
                )

    def _heading(self, records: _Records) -> list[str]:
        line, heading = next(records, (1, []))
        if not heading:
            raise self._fault(codes.DATA_EMPTY, f"`{self.shown}` is empty", expected="a heading and rows")
        if len(heading) > MAX_COLUMNS:
            raise self._fault(
                codes.DATA_TOO_LARGE,
                f"`{self.shown}` has {len(heading):,} columns",
                expected=f"at most {MAX_COLUMNS:,} columns",
            )
        names = [name.strip() or f"(column {i})" for i, name in enumerate(heading, start=1)]
        findings = Findings()
        for name, times in Counter(names).items():
            if times > 1:
                findings.add(
                    codes.DUPLICATE_COLUMN,
                    f"{times} columns of `{self.shown}` are called `{name}`",
                    data_place=DataPlace(self.shown, line, name),
                    help="rename all but one in the heading",
                )
        other = next((d for d in ";\t|" if len(names) == 1 and d in names[0] and d != self.delimiter), None)
        if other is not None:
            findings.add(
                codes.SOURCE_ARGUMENT,
                f"the heading of `{self.shown}` has one column, and {other!r} in it",
                data_place=DataPlace(self.shown, line),
                help=f'say what parts the values: csv("{self.shown}", delimiter={_quoted(other)})',
            )
        if len(findings):
            raise UserFault(findings)
        return names

    def _ragged(self, findings: Findings, line: int, found: int, expected: int) -> None:
        findings.add(
            codes.RAGGED_ROW,
            f"row {line} of `{self.shown}` has {found} value{'s' * (found != 1)} and the heading {expected}",
            data_place=DataPlace(self.shown, line),
            expected=f"{expected} values",
            found=f"{found} values",
            help="quote a value that has the delimiter in it, or write the missing ones as nothing between delimiters",
        )

    def _table(self, names: list[str], lines: list[int], values: list[list[str]], sha256: str) -> Table:
        by_column = zip(names, zip(*values, strict=True), strict=True)
        columns = {name: column_of_texts(name, texts) for name, texts in by_column}
        return Table(self.shown, sha256, columns, np.asarray(lines, dtype=np.int64))

    def _fault(
        self,
        code: Code,
        message: str,
        *,
        row: int | None = None,
        expected: str | None = None,
        found: str | None = None,
        help: str | None = None,  # noqa: A002 - the field's own name, as in Diagnostic
    ) -> UserFault:
        findings = Findings()
        place = DataPlace(self.shown, row)
        findings.add(code, message, expected=expected, found=found, help=help, data_place=place)
        return UserFault(findings)


_PACKED = "make or fetch the file again"
_QUOTES = "a quoted value ends with a quote and a delimiter; a quote inside it is written twice"


def _quoted(char: str) -> str:
    return '"\\t"' if char == "\t" else f'"{char}"'


class _BrokenRecord(Exception):
    """A record that can't be taken apart, and the line in which it begins."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(line, why)
        self.line = line
        self.why = why


class _Reader(Protocol):
    """What `csv.reader` gives."""

    line_num: int

    def __next__(self) -> list[str]: ...


class _Records:
    """Records with the line in which each begins; empty lines are no records."""

    def __init__(self, reader: _Reader) -> None:
        self._reader = reader

    def __iter__(self) -> _Records:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        while True:
            line = self._reader.line_num + 1
            try:
                record = next(self._reader)
            except csv.Error as error:
                raise _BrokenRecord(line, str(error)) from error
            if record:
                return line, record
