"""What a spec makes of its table, column by column, before anything is trained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from nnc import codes
from nnc.data.prepared import Prepared
from nnc.diagnostics import Code
from nnc.graph import TrainConfig

Role = Literal["target", "said", "guessed", "left out", "ignored"]

# What a part of the rows can't prove: that a class, a value or a row is nowhere.
NEEDS_ALL_ROWS: frozenset[Code] = frozenset(
    (codes.OUTPUT_WIDTH, codes.TARGET_CLASSES, codes.EMPTY_COLUMN, codes.CLASS_TOO_RARE, codes.TOO_FEW_ROWS)
)


@dataclass(frozen=True)
class ColumnLook:
    """A column: what it is to the spec (`role`), how it is prepared in the spec's own words, and what is in it.

    `kind` is the preparation, the task of a target, or why a column is left out; `features` counts what it becomes.
    """

    name: str
    role: Role
    kind: str
    prepared: str
    features: int
    missing: int
    distinct: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class DataLook:
    """The table as a whole. `whole` says whether all rows were read; `parts` counts the rows of each part, `dropped`

    those that have no target.
    """

    source: str
    rows: int
    whole: bool
    parts: tuple[tuple[str, int], ...]
    dropped: int
    columns: tuple[ColumnLook, ...]


EXAMPLES = 3


def look(prepared: Prepared, *, whole: bool) -> DataLook:
    """The look of a prepared table, its columns in the order of the file."""
    dropped = prepared.evidence.rows - len(prepared.table)
    parts = tuple((name, len(part)) for name, part in prepared.parts.items())
    return DataLook(prepared.table.source, prepared.evidence.rows, whole, parts, dropped, tuple(_columns(prepared)))


def _columns(prepared: Prepared) -> Iterator[ColumnLook]:
    fitted = {column.name: column for column in prepared.preparation.columns}
    targets = {target.column: target for target in prepared.preparation.targets}
    for name, column in prepared.table.columns.items():
        values = [str(text) for text in dict.fromkeys(column.texts[~column.missing])]
        role, kind, words, width = _role(prepared, name)
        if name in fitted:
            one = fitted[name]
            role, kind, words, width = ("guessed" if one.guessed else "said"), one.kind, one.words, one.width
        elif name in targets:
            target = targets[name]
            words = f"{target.transform}({name})" if target.transform else ""
            role, kind = "target", f"{len(target.classes)} classes" if target.classes else "a number"
        yield ColumnLook(
            name, role, kind, words, width, int(column.missing.sum()), len(values), tuple(values[:EXAMPLES])
        )


def _role(prepared: Prepared, name: str) -> tuple[Role, str, str, int]:
    """What a column is that is neither prepared nor predicted."""
    why = prepared.left_out.get(name)
    return ("ignored", "", "", 0) if why is None else ("left out", _WHY.get(why, why), "", 0)


_WHY = {
    "identifier": "looks like an identifier: another value in most rows",
    "empty": "no value in any row",
    "unused": "no input takes it",
    "dates": "dates; write date() to use them",
    "texts": "sentences; write text() to use them",
}


def batch_too_large(prepared: Prepared, train: TrainConfig, *, whole: bool) -> str | None:
    """What is to be said where a batch has more rows than the training."""
    rows = len(prepared.train)
    if not whole or train.batch_size <= rows:
        return None
    return f"a batch has {train.batch_size:,} rows, and the training {rows:,}: each epoch is one step"
