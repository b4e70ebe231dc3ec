"""Tables that bring types along: Parquet and Arrow (by pyarrow), and NumPy's own files.

A column of numbers stays one. All else becomes text as a CSV has it, dates in the form of ISO 8601, so that what was
trained on one kind of file can predict from another.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnc import codes
from nnc.data.opening import fault, opened
from nnc.data.table import CHUNK_ROWS, MAX_COLUMNS, RawColumn, Table, column_of_texts
from nnc.diagnostics import UserFault

# Whole numbers beyond this are no longer themselves as float64: numbers of accounts, not quantities. They stay texts.
_EXACT = 2**53


def cells_of_parquet(path: Path) -> int:
    """How many values a Parquet file holds, as its end says; 0 where that can't be read. Raises OSError."""
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        return 0
    try:
        found = parquet.ParquetFile(path).metadata
        return int(found.num_rows) * int(found.num_columns)
    except ArrowException:
        return 0


def cells_of_arrow(path: Path) -> int:
    """About how many values an Arrow file holds, by its size. Raises OSError."""
    return path.stat().st_size // 8


@dataclass(frozen=True)
class ArrowFile:
    """A Parquet file, or an Arrow file (Feather)."""

    path: Path
    shown: str
    parquet: bool

    def chunks(self, rows: int = CHUNK_ROWS) -> Iterator[Table]:
        """The rows in tables of at most `rows`. Raises UserFault."""
        sha256 = opened(self.path, self.shown)
        arrow = _pyarrow(self.shown)
        start = 0
        try:
            with self.path.open("rb") as stream:
                names, batches = self._batches(stream, rows)
                _check_names(names, self.shown)
                for batch in batches:
                    if batch.num_rows:
                        yield self._table(arrow, batch, start, sha256)
                    start += batch.num_rows
        except (arrow.ArrowException, OSError) as error:
            what = "Parquet" if self.parquet else "Arrow"
            raise fault(
                codes.NOT_A_TABLE, self.shown, f"`{self.shown}` can't be read as {what}: {_first_line(error)}"
            ) from error
        if not start:
            raise fault(codes.DATA_EMPTY, self.shown, f"`{self.shown}` has no rows", expected="one row at least")

    def _batches(self, stream: Any, rows: int) -> tuple[list[str], Iterator[Any]]:
        if self.parquet:
            from pyarrow import parquet

            file = parquet.ParquetFile(stream)
            return file.schema_arrow.names, file.iter_batches(batch_size=rows)
        from pyarrow import ipc

        reader = ipc.open_file(stream)

        def batches() -> Iterator[Any]:
            for i in range(reader.num_record_batches):
                batch = reader.get_batch(i)
                for first in range(0, batch.num_rows, rows):
                    yield batch.slice(first, rows)

        return reader.schema.names, batches()

    def _table(self, arrow: Any, batch: Any, start: int, sha256: str) -> Table:
        columns = {
            name: self._column(arrow, name, array)
            for name, array in zip(batch.schema.names, batch.columns, strict=True)
        }
        return Table(self.shown, sha256, columns, np.arange(start + 1, start + 1 + batch.num_rows, dtype=np.int64))

    def _column(self, arrow: Any, name: str, array: Any) -> RawColumn:
        types, kind = arrow.types, array.type
        if types.is_dictionary(kind):
            array = array.dictionary_decode()
            kind = array.type
        if types.is_integer(kind):
            numbers = array.to_numpy(zero_copy_only=False)
            if array.null_count == 0 and len(numbers) and max(int(numbers.max()), -int(numbers.min())) > _EXACT:
                return column_of_texts(name, [str(value) for value in numbers])
            return RawColumn(name, np.asarray(numbers, dtype=np.float64))
        if types.is_floating(kind) or types.is_decimal(kind) or types.is_null(kind):
            numbers = array.cast(arrow.float64()).to_numpy(zero_copy_only=False)
            return RawColumn(name, np.asarray(numbers, dtype=np.float64))
        if any(test(kind) for test in (types.is_string, types.is_large_string, types.is_boolean, types.is_date)):
            return column_of_texts(name, ["" if value is None else str(value) for value in array.to_pylist()])
        if types.is_timestamp(kind):
            texts = array.to_pandas()
            return column_of_texts(name, ["" if value != value else value.isoformat() for value in texts])  # noqa: PLR0124 - NaT alone differs from itself
        raise fault(
            codes.NOT_A_TABLE,
            self.shown,
            f"column `{name}` of `{self.shown}` holds values of the type {str(kind)[:60]}",
            column=name,
            expected="numbers, texts, true and false, or dates",
            how="leave the column out when the file is written, or write each part of it into a column",
        )


@dataclass(frozen=True)
class NumpyFile:
    """What `numpy.save` or `numpy.savez` wrote. Files with Python objects in them are refused: they may run code."""

    path: Path
    shown: str

    def chunks(self, rows: int = CHUNK_ROWS) -> Iterator[Table]:
        """The rows in tables of at most `rows`. Raises UserFault."""
        sha256 = opened(self.path, self.shown)
        try:
            found = np.load(self.path, allow_pickle=False)
            arrays = {name: found[name] for name in found.files} if hasattr(found, "files") else {"x": found}
        except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, SyntaxError) as error:
            why = "it holds Python objects" if "allow_pickle" in str(error) else _first_line(error)
            raise fault(
                codes.NOT_A_TABLE,
                self.shown,
                f"`{self.shown}` can't be read as NumPy's arrays: {why}",
                how="save arrays of numbers or texts" if "allow_pickle" in str(error) else None,
            ) from error
        columns = self._columns(arrays)
        count = len(next(iter(columns.values())).values) if columns else 0
        if not count:
            raise fault(codes.DATA_EMPTY, self.shown, f"`{self.shown}` has no rows", expected="one row at least")
        numbers = np.arange(1, count + 1, dtype=np.int64)
        whole = Table(self.shown, sha256, columns, numbers)
        for start in range(0, count, rows):
            yield whole.take(np.arange(start, min(start + rows, count)))

    def _columns(self, arrays: dict[str, Any]) -> dict[str, RawColumn]:
        parts: list[tuple[str, Any]] = []
        for name, array in arrays.items():
            if array.dtype.names:
                parts += [(field, array[field]) for field in array.dtype.names]
            elif array.ndim == 1:
                parts.append((name, array))
            elif array.ndim >= 2:
                flat = array.reshape(len(array), math.prod(array.shape[1:]))
                _check_count(flat.shape[1], self.shown)
                parts += [(f"{name}{i}", flat[:, i]) for i in range(flat.shape[1])]
            else:
                raise self._wrong(name, "is a single value")
        _check_names([name for name, _ in parts], self.shown)
        lengths = {len(array) for _, array in parts}
        if len(lengths) > 1:
            sizes = ", ".join(f"`{name}` has {len(array):,}" for name, array in list(arrays.items())[:5])
            raise fault(
                codes.NOT_A_TABLE,
                self.shown,
                f"the arrays of `{self.shown}` differ in length: {sizes}",
                expected="arrays whose first axis counts the same rows",
            )
        return {name: self._column(name, array) for name, array in parts}

    def _column(self, name: str, array: Any) -> RawColumn:
        if array.ndim != 1:
            raise self._wrong(name, "has several values in a row")
        if array.dtype.kind in "iu" and len(array) and max(int(array.max()), -int(array.min())) > _EXACT:
            return column_of_texts(name, [str(value) for value in array])
        if array.dtype.kind in "iuf":
            return RawColumn(name, array.astype(np.float64))
        if array.dtype.kind in "bUM":
            return column_of_texts(name, ["" if str(value) == "NaT" else str(value) for value in array])
        raise self._wrong(name, f"holds values of the type {array.dtype}")

    def _wrong(self, name: str, what: str) -> UserFault:
        message = f"the array `{name}` of `{self.shown}` {what}"
        return fault(codes.NOT_A_TABLE, self.shown, message, column=name, expected="arrays of numbers or texts")


def _check_names(names: list[str], shown: str) -> None:
    _check_count(len(names), shown)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        message = f"{names.count(twice)} columns of `{shown}` are called `{twice}`"
        raise fault(codes.DUPLICATE_COLUMN, shown, message, column=twice, how="rename all but one")


def _check_count(count: int, shown: str) -> None:
    if count > MAX_COLUMNS:
        message = f"`{shown}` has {count:,} columns"
        raise fault(codes.DATA_TOO_LARGE, shown, message, expected=f"at most {MAX_COLUMNS:,} columns")


def _pyarrow(shown: str) -> Any:
    try:
        import pyarrow as pa
    except ImportError as error:
        raise fault(
            codes.NOT_A_TABLE,
            shown,
            f"reading `{shown}` needs pyarrow, which isn't installed",
            how='install it: pip install "nnc[parquet]"; or save the table as CSV',
        ) from error
    return pa


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
