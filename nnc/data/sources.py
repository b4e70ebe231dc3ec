"""Where rows come from: one row of SOURCES for each source that a spec can name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnc import codes
from nnc.data.csv_file import CsvFile
from nnc.data.table import RawColumn, Table
from nnc.diagnostics import Diagnostic, Findings, UserFault
from nnc.graph import DataConfig, Value
from nnc.spelling import suggest


@dataclass(frozen=True)
class Source:
    """`load` takes accepted arguments and the folder that paths are relative to; None: not yet.

    `args` are the arguments by name, each with its default (None: it must be given). All are texts.
    """

    args: Mapping[str, str | None]
    load: Callable[[Mapping[str, str], Path], Table] | None


def load(config: DataConfig, base: Path) -> Table:
    """The rows that the spec names; `base` is the folder of the spec. Raises UserFault."""
    source = SOURCES.get(config.source)
    if source is None or source.load is None:
        ready = ", ".join(f"{name}(...)" for name, row in SOURCES.items() if row.load)
        raise _fault(
            Diagnostic(
                codes.DATA_NOT_YET,
                f"rows can't come from `{config.source}` yet",
                expected=ready,
                help="save the table as CSV",
            )
        )
    return source.load(_accept(config.source, source, config.args), base)


def _accept(name: str, source: Source, args: Mapping[str, Value]) -> Mapping[str, str]:
    """The arguments with their defaults. Raises UserFault where one is unknown, missing or no text."""
    findings = Findings()
    for key, value in args.items():
        if key not in source.args:
            near = suggest(key, source.args)
            findings.add(
                codes.SOURCE_ARGUMENT,
                f"`{name}` has no argument `{key}`",
                expected=", ".join(source.args),
                help=f"did you mean `{near}`?" if near else None,
            )
        elif not isinstance(value, str):
            findings.add(
                codes.SOURCE_ARGUMENT, f"`{key}` of `{name}` must be a text", expected="a text", found=repr(value)[:60]
            )
    accepted = dict(source.args) | {key: value for key, value in args.items() if isinstance(value, str)}
    for key in (key for key, value in accepted.items() if value is None and key not in args):
        findings.add(codes.SOURCE_ARGUMENT, f"`{name}` needs `{key}`", help=f'write {name}("...")')
    if len(findings):
        raise UserFault(findings)
    return {key: value for key, value in accepted.items() if value is not None}


def csv_file(args: Mapping[str, str], base: Path) -> CsvFile:
    """The file that `csv(...)` names. Raises UserFault where the delimiter is no single character."""
    delimiter = args["delimiter"]
    if len(delimiter) != 1 or delimiter in '"\r\n\0 ' or ord(delimiter) > 0xFFFF:
        raise _fault(
            Diagnostic(
                codes.SOURCE_ARGUMENT,
                "the delimiter must be a single character",
                expected='"," or ";" or "\\t" or "|"',
                found=repr(delimiter)[:60],
            )
        )
    return CsvFile(base / args["path"], args["path"], delimiter, args["encoding"])


def _csv(args: Mapping[str, str], base: Path) -> Table:
    return csv_file(args, base).read()


def csv_settings(config: DataConfig) -> dict[str, str]:
    """How the spec's own CSV is written (delimiter, encoding), for other files of its kind."""
    return {key: str(value) for key, value in config.args.items() if key in ("delimiter", "encoding")}


def _sklearn(args: Mapping[str, str], base: Path) -> Table:
    """One of the data sets that come with scikit-learn; nothing is downloaded."""
    del base
    from sklearn import datasets

    name = args["name"]
    if name not in BUNDLED:
        near = suggest(name, BUNDLED)
        raise _fault(
            Diagnostic(
                codes.SOURCE_ARGUMENT,
                f"scikit-learn brings no data set `{name}` along",
                expected=", ".join(BUNDLED),
                help=f"did you mean `{near}`?" if near else None,
            )
        )
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


BUNDLED = ("breast_cancer", "diabetes", "digits", "iris", "linnerud", "wine")

SOURCES: Mapping[str, Source] = {
    "csv": Source({"path": None, "delimiter": ",", "encoding": "utf-8"}, _csv),
    "sklearn": Source({"name": None}, _sklearn),
    "parquet": Source({"path": None}, None),
    "npz": Source({"path": None}, None),
    "images": Source({"folder": None}, None),
}


def _fault(diagnostic: Diagnostic) -> UserFault:
    return UserFault([diagnostic])
