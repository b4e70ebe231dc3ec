"""Where rows come from: a reader for each source that a spec can name, by the table of `nnc/catalog/tables.py`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np

from nnc import codes
from nnc.catalog import Rejection
from nnc.catalog.tables import SOURCES
from nnc.data.csv_file import CsvFile, cells_of_csv
from nnc.data.fetched import copy_of, is_address
from nnc.data.opening import MAX_BYTES, fault
from nnc.data.picture_file import ENDINGS
from nnc.data.picture_folder import PictureFiles, read_folder
from nnc.data.table import CHUNK_ROWS, RawColumn, Table, joined
from nnc.data.typed_files import ArrowFile, NumpyFile, cells_of_arrow, cells_of_parquet
from nnc.diagnostics import DataPlace, Diagnostic, Findings, UserFault
from nnc.graph import DataConfig, Value
from nnc.spelling import suggest

# How a file is read: how it is opened, and the endings of its name.
Args: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class Format:
    """Files of a kind: `open` takes the source's arguments, the path and the name that findings speak of. `cells` says

    about how many values a file holds; None: such files are read as a whole.
    """

    open: Callable[[Args, Path, str], TableFile]
    endings: tuple[str, ...]
    cells: Callable[[Path], int] | None = None


class TableFile(Protocol):
    """A file with a table in it."""

    def chunks(self, rows: int = CHUNK_ROWS) -> Iterator[Table]:
        """The rows in tables of at most `rows`. Raises UserFault."""


def _csv(args: Args, path: Path, shown: str) -> CsvFile:
    return CsvFile(path, shown, _delimiter(args.get("delimiter", ",")), args.get("encoding", "utf-8"))


FORMATS: Mapping[str, Format] = {
    "csv": Format(_csv, (".csv", ".tsv", ".txt"), cells_of_csv),
    "parquet": Format(
        lambda _, path, shown: ArrowFile(path, shown, parquet=True), (".parquet", ".pq"), cells_of_parquet
    ),
    "arrow": Format(
        lambda _, path, shown: ArrowFile(path, shown, parquet=False), (".arrow", ".feather", ".ipc"), cells_of_arrow
    ),
    "npz": Format(lambda _, path, shown: NumpyFile(path, shown), (".npz",)),
    "npy": Format(lambda _, path, shown: NumpyFile(path, shown), (".npy",)),
    "images": Format(lambda _, path, shown: PictureFiles(path, shown), ENDINGS),
}


def file_like(source: str, reading: Args, path: Path) -> TableFile:
    """A further file for what was read from `source`: by the ending of its name, or else as the source's own files."""
    named = next((kind for kind, row in FORMATS.items() if path.suffix.lower() in row.endings), None)
    kind = named or (source if source in FORMATS else "csv")
    return FORMATS[kind].open(reading if kind == source else {}, path, str(path))


def load(config: DataConfig, base: Path) -> Table:
    """The rows that the spec names; `base` is the folder of the spec. Raises UserFault."""
    reader = READERS.get(config.source)
    if reader is None:
        raise _fault(
            Diagnostic(
                codes.DATA_NOT_YET,
                f"rows can't come from `{config.source}` yet",
                expected=", ".join(f"{name}(...)" for name in READERS),
                help="save the table as CSV",
            )
        )
    args = _accept(config.source, config.args)
    files = {"validation": config.split.validation_file, "test": config.split.test_file}
    if not any(files.values()):
        return reader(args, base)
    named = next(arg.name for arg in SOURCES[config.source].args if arg.required)
    if config.source not in FORMATS:
        message = f"`{config.source}` has its rows from no file, so the split can't name one"
        raise _fault(Diagnostic(codes.SOURCE_ARGUMENT, message, expected="fractions: test: 20%"))
    tables = {"train": reader(args, base)}
    for part, path in files.items():
        if path is not None:
            tables[part] = _alike(tables["train"], reader({**args, named: path}, base))
    parts = np.repeat(np.array(list(tables), dtype=object), [len(table) for table in tables.values()])
    first = tables["train"]
    whole = joined(list(tables.values()), str(args[named]))
    return replace(whole, part_of=parts, target=first.target, classes=first.classes)


def _accept(name: str, args: Mapping[str, Value]) -> Args:
    """The arguments with their defaults. Raises UserFault where one is unknown, missing or not what it must be."""
    row = SOURCES[name]
    slots = {arg.name: arg for arg in row.args}
    accepted = {arg.name: str(arg.default) for arg in row.args if arg.default is not None}
    findings = Findings()
    for key, value in args.items():
        taken = slots[key].kind.accept(value) if key in slots else None
        if key not in slots:
            near = suggest(key, slots)
            findings.add(
                codes.SOURCE_ARGUMENT,
                f"`{name}` has no argument `{key}`",
                expected=", ".join(slots),
                help=f"did you mean `{near}`?" if near else None,
            )
        elif isinstance(taken, Rejection):
            findings.add(
                codes.SOURCE_ARGUMENT, taken.reason, expected=taken.expected, found=taken.found, help=taken.help
            )
        else:
            accepted[key] = str(taken)
    for arg in row.args:
        if arg.required and arg.name not in args:
            findings.add(codes.SOURCE_ARGUMENT, f"`{name}` needs `{arg.name}`", help=f'write {name}("...")')
    if len(findings):
        raise UserFault(findings)
    return accepted


def _delimiter(text: str) -> str:
    """Raises UserFault where the delimiter is no single character."""
    if len(text) != 1 or text in '"\r\n\0 ' or ord(text) > 0xFFFF:
        raise _fault(
            Diagnostic(
                codes.SOURCE_ARGUMENT,
                "the delimiter must be a single character",
                expected='"," or ";" or "\\t" or "|"',
                found=repr(text)[:60],
            )
        )
    return text


def sample(config: DataConfig, base: Path, most: int) -> tuple[Table, bool]:
    """The first `most` rows or a few more, and whether these are all. Raises UserFault.

    Where the split names files, or rows come from no table in a file, all are read.
    """
    by_path = any(arg.name == "path" for arg in SOURCES[config.source].args)
    if not by_path or config.split.validation_file or config.split.test_file:
        return load(config, base), True
    tables: list[Table] = []
    rows = 0
    for table in _tables(config.source, _accept(config.source, config.args), base):
        if rows >= most:
            return joined(tables, str(config.args["path"])), False
        tables.append(_alike(tables[0], table) if tables else table)
        rows += len(table)
    return joined(tables, str(config.args["path"])), True


def _files(kind: str) -> Callable[[Args, Path], Table]:
    """What reads the files of a kind that a path names: one, or all that its `*` stands for."""

    def read(args: Args, base: Path) -> Table:
        tables: list[Table] = []
        for table in _tables(kind, args, base):
            tables.append(_alike(tables[0], table) if tables else table)
        return joined(tables, args["path"])

    return read


def _tables(kind: str, args: Args, base: Path, rows: int = CHUNK_ROWS) -> Iterator[Table]:
    """The rows of the files that a path names, in pieces, file after file in the order of their names."""
    for path, shown in _named(args["path"], base):
        yield from FORMATS[kind].open(args, path, shown).chunks(rows)


def _named(wanted: str, base: Path) -> list[tuple[Path, str]]:
    """The files that a path names, with what findings call them."""
    if is_address(wanted):
        return [(copy_of(wanted, base), wanted)]
    several = any(sign in wanted for sign in _WILD) and not (base / wanted).is_file()
    return _matching(base, wanted) if several else [(base / wanted, wanted)]


def cells(config: DataConfig, base: Path) -> int:
    """About how many values the files of a source hold; 0 where it is read as a whole, or its files can't be read."""
    count = FORMATS[config.source].cells if config.source in FORMATS else None
    if count is None:
        return 0
    found = 0
    for path, _ in _named(_accept(config.source, config.args)["path"], base):
        try:
            found += count(path)
        except OSError:  # reading it says what is wrong
            return 0
    return found


def pieces(config: DataConfig, base: Path, rows: int) -> Iterator[Table]:
    """The rows of a source's files in pieces of at most `rows`, with the columns of the first. Raises UserFault."""
    first: Table | None = None
    for table in _tables(config.source, _accept(config.source, config.args), base, rows):
        yield table if first is None else _alike(first, table)
        first = first or table


def _matching(base: Path, wanted: str) -> list[tuple[Path, str]]:
    """All files that a pattern stands for, with what findings call them."""
    folder = (base / wanted).parent
    if any(sign in str(Path(wanted).parent) for sign in _WILD):
        message = f"`{wanted}` has a `*` in the name of a folder"
        raise fault(codes.DATA_NOT_FOUND, wanted, message, expected="one folder, and a `*` in the names of files")
    paths = sorted(path for path in islice(folder.glob(Path(wanted).name), MAX_FILES + 1) if path.is_file())
    size = sum(path.stat().st_size for path in paths)
    if not paths:
        hint = "a path is taken from the folder that the spec stands in"
        raise fault(codes.DATA_NOT_FOUND, wanted, f"no file has a name like `{wanted}`", how=hint)
    if len(paths) > MAX_FILES or size > MAX_BYTES:
        message = f"{len(paths):,} files have a name like `{wanted}`, with {size:,} bytes"
        most = f"at most {MAX_FILES:,} files and {MAX_BYTES:,} bytes"
        raise fault(codes.DATA_TOO_LARGE, wanted, message, expected=most)
    return [(path, (Path(wanted).parent / path.name).as_posix()) for path in paths]


def _alike(first: Table, other: Table) -> Table:
    """The other table with its columns in the order of the first. Raises UserFault where they are not the same."""
    findings = Findings()
    for name in [name for name in first.columns if name not in other.columns][:5]:
        message = f"`{other.source}` has no column `{name}`, which `{first.source}` has"
        findings.add(codes.NO_SUCH_COLUMN, message, data_place=DataPlace(other.source, None, name))
    for name in [name for name in other.columns if name not in first.columns][:5]:
        message = f"`{other.source}` has a column `{name}`, which `{first.source}` has not"
        findings.add(codes.NO_SUCH_COLUMN, message, data_place=DataPlace(other.source, None, name))
    if len(findings):
        raise UserFault(findings)
    return replace(other, columns={name: other.columns[name] for name in first.columns})


def csv_settings(config: DataConfig) -> dict[str, str]:
    """How the spec's own CSV is written (delimiter, encoding), for other files of its kind."""
    return {key: str(value) for key, value in config.args.items() if key in ("delimiter", "encoding")}


def _sklearn(args: Mapping[str, str], base: Path) -> Table:
    """One of the data sets that come with scikit-learn; nothing is downloaded."""
    del base
    from sklearn import datasets

    name = args["name"]
    bunch = getattr(datasets, f"load_{name}")()
    targets = np.asarray(bunch.target)
    columns = {
        str(column): RawColumn(str(column), np.asarray(bunch.data[:, i], dtype=np.float64))
        for i, column in enumerate(bunch.feature_names)
    }
    shown = f'sklearn("{name}")'
    rows = np.arange(1, len(targets) + 1, dtype=np.int64)
    digest = hashlib.sha256(np.ascontiguousarray(bunch.data).tobytes() + targets.tobytes()).hexdigest()
    if targets.ndim == 2:  # several targets (linnerud): each is a column like the others, and the spec picks one
        columns |= {
            str(column): RawColumn(str(column), np.asarray(targets[:, i], dtype=np.float64))
            for i, column in enumerate(bunch.target_names)
        }
        return Table(shown, digest, columns, rows)
    if np.issubdtype(targets.dtype, np.integer):
        classes = tuple(str(one) for one in bunch.target_names)
        labels = np.empty(len(targets), dtype=object)
        labels[:] = [classes[i] for i in targets]
        columns["target"] = RawColumn("target", labels)
        return Table(shown, digest, columns, rows, "target", classes)
    columns["target"] = RawColumn("target", targets.astype(np.float64))
    return Table(shown, digest, columns, rows, "target")


_WILD = "*?["
MAX_FILES = 10_000

READERS: Mapping[str, Callable[[Args, Path], Table]] = {
    **{kind: _files(kind) for kind in FORMATS},
    "images": read_folder,
    "sklearn": _sklearn,
}


def _fault(diagnostic: Diagnostic) -> UserFault:
    return UserFault([diagnostic])
