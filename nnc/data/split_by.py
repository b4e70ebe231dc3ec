"""Rows that are dealt out by what stands in a column: its parts, groups that stay together, or time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnc import codes
from nnc.data.columns import unknown
from nnc.data.kinds.category import categories
from nnc.data.kinds.date import days
from nnc.data.kinds.faults import others
from nnc.data.table import Bools, Floats, Ints, RawColumn, Table
from nnc.diagnostics import DataPlace, Findings, UserFault
from nnc.graph import Split

PARTS = ("train", "validation", "test")
LEAST_TRAINING_ROWS = 2
# How a table may call the parts, without regard to case.
WORDS: Mapping[str, str] = {
    **{part: part for part in PARTS},
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "dev": "validation",
    "testing": "test",
}


def split_by(
    table: Table, split: Split, wanted: Mapping[str, float], seed: int
) -> tuple[tuple[str, str], dict[str, Ints]] | None:
    """What decided and the parts; None where the spec names no column for it. Raises UserFault."""
    for key, way in (("column", split.column), ("group", split.group), ("time", split.time)):
        if way is None:
            continue
        findings = Findings()
        column = table.columns.get(way)
        if column is None:
            unknown(table, way, findings, f"`{key}` of `split` names")
            raise UserFault(findings)
        if split.fold is not None and key != "group":
            findings.add(
                codes.DATA_NOT_YET,
                f"`{key} = {way}` of `split` deals the rows out, so there are no folds of them",
                expected="a split by fractions or by group",
                help="leave --folds out; --seeds trains several times on the same rows",
            )
            raise UserFault(findings)
        if key == "column":
            return (key, way), _by_column(table, column)
        if key == "group":
            return (key, way), _by_group(table, column, split, wanted, seed)
        return (key, way), _by_time(table, column, wanted)
    if split.fold is not None and table.part_of is not None:
        findings = Findings()
        findings.add(
            codes.DATA_NOT_YET, "files deal the rows out, so there are no folds of them", help="leave --folds out"
        )
        raise UserFault(findings)
    return None


def check_parts(table: Table, parts: Mapping[str, Ints], split: Split) -> None:
    """Training must get two rows at least, and each part that was asked for one."""
    asked = {"validation": bool(split.validation or split.validation_file), "test": bool(split.test or split.test_file)}
    empty = [part for part, wanted in asked.items() if wanted and not len(parts[part])]
    if len(parts["train"]) >= LEAST_TRAINING_ROWS and not empty:
        return
    what = f"none for {' and '.join(empty)}" if empty else f"{len(parts['train'])} for training"
    findings = Findings()
    findings.add(
        codes.TOO_FEW_ROWS,
        f"`{table.source}` has, as `split` deals it out, {what}",
        data_place=DataPlace(table.source),
        expected=f"a row for each part, and {LEAST_TRAINING_ROWS} for training",
        help="change `split`",
    )
    raise UserFault(findings)


def _by_column(table: Table, column: RawColumn) -> dict[str, Ints]:
    parts = np.array([WORDS.get(str(text).casefold(), "") for text in column.texts], dtype=object)
    _refuse(table, column, parts == "", "is no part of the split", "train, validation or test")
    return {part: np.flatnonzero(parts == part).astype(np.int64) for part in PARTS}


def _by_group(table: Table, column: RawColumn, split: Split, wanted: Mapping[str, float], seed: int) -> dict[str, Ints]:
    """Groups in random order: the first fill the test, the next validation, as near to their fractions as groups go."""
    _refuse(table, column, column.missing, "is no group", "a value in every row")
    names, which = np.unique(categories(column).astype(str), return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    sizes = np.bincount(which, minlength=len(names))
    part = np.full(len(names), "train", dtype=object)
    if split.fold is not None:
        number, folds = split.fold
        part[order[number::folds]] = "test"
        order = np.array([group for group in order if part[group] != "test"], dtype=np.int64)
    left = list(order)
    for name in ("test", "validation"):
        if name == "test" and split.fold is not None:
            continue
        total, taken = wanted[name] * len(table), 0.0
        while len(left) > 1 and total > 0 and (not taken or taken + sizes[left[0]] / 2 <= total):
            group = left.pop(0)
            part[group] = name
            taken += float(sizes[group])
    return {name: np.flatnonzero(part[which] == name).astype(np.int64) for name in PARTS}


def _by_time(table: Table, column: RawColumn, wanted: Mapping[str, float]) -> dict[str, Ints]:
    """The latest rows for the test, those before them for validation; rows of one moment stay in one part."""
    moments = _moments(table, column)
    order = np.argsort(moments, kind="stable")
    stop = len(table)
    parts: dict[str, Ints] = {}
    for name in ("test", "validation"):
        start = max(stop - round(wanted[name] * len(table)), 0)
        if 0 < start < stop:  # all rows of the moment at which the part begins belong to it
            start = int(np.searchsorted(moments[order], moments[order[start]], side="left"))
        parts[name] = np.sort(order[start:stop]).astype(np.int64)
        stop = start
    return {"train": np.sort(order[:stop]).astype(np.int64), **parts}


def _moments(table: Table, column: RawColumn) -> Floats:
    found = column.numbers if not column.not_numbers.any() else days(column)
    _refuse(table, column, ~np.isfinite(found), "is no time", "a date such as 2024-02-28, or a number")
    return found


def _refuse(table: Table, column: RawColumn, wrong: Bools, what: str, expected: str) -> None:
    if not wrong.any():
        return
    first = int(np.flatnonzero(wrong)[0])
    place = table.place(first, column.name)
    text = column.texts[first]
    said = "nothing" if text is None else f"`{str(text)[:60]}`"
    findings = Findings()
    findings.add(
        codes.SPLIT_VALUE,
        f"{said} in column `{column.name}`, row {place.row}, {what}{others(wrong)}",
        data_place=place,
        expected=expected,
        found=said,
    )
    raise UserFault(findings)
