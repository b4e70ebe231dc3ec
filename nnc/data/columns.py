"""Which columns the model is given, and as what: as `features` says, or else guessed from the values.

The guesses, each shown in the report:
- numbers in every row that has a value: numeric, unless they have leading zeros (`01234`: a category), or count the
  rows one by one (left out as an identifier);
- text with few values: a category, of which the 50 most frequent values are kept;
- text with another value in more than half of the rows: left out, as dates, as sentences or as an identifier;
- no value at all: left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from nnc import codes
from nnc.catalog.tables import PREPARATIONS
from nnc.data.kinds.date import days
from nnc.data.kinds.fitted import Args
from nnc.data.kinds.numeric import numeric_faults
from nnc.data.preparations import METHODS, accept
from nnc.data.table import RawColumn, Table
from nnc.data.words import words
from nnc.diagnostics import DataPlace, Findings
from nnc.graph import DataConfig
from nnc.spelling import suggest

GUESSED_CATEGORIES = 50
# A column of numbers with a few words in it is a column of numbers with mistakes, not a category of a thousand values.
MOSTLY_NUMBERS = 0.9
MANY_NUMBERS = 20
IDENTIFIER_SHARE = 0.5
IDENTIFIER_LEAST = 20
SENTENCE_WORDS = 6  # from so many words on, half of the values are sentences and no names


@dataclass(frozen=True)
class Choice:
    """A column that is prepared: by which method, with which arguments (defaults filled in)."""

    name: str
    kind: str
    args: Args
    guessed: bool


@dataclass(frozen=True)
class Chosen:
    """What was chosen. `left_out` are columns that nobody ignored: name → reason (`identifier`, `dates`, `texts`,
    `empty`, `unused`).
    """

    columns: tuple[Choice, ...]
    left_out: Mapping[str, str]


def choose(table: Table, config: DataConfig, taken: Iterable[str], findings: Findings) -> Chosen:
    """The columns in the order of the file. `taken` are those that are no features: targets and weights."""
    others = frozenset((*taken, *config.ignore))
    for name in config.ignore:
        if name not in table.columns:
            unknown(table, name, findings, "`ignore` names")
    named = _named(table, config, others, findings)
    left_out: dict[str, str] = {}
    columns: list[Choice] = []
    for name, column in table.columns.items():
        if name in others:
            continue
        choice = named.get(name) or _guess(table, column, findings)
        if isinstance(choice, str):
            left_out[name] = choice
        else:
            columns.append(choice)
    return Chosen(tuple(columns), left_out)


def _named(table: Table, config: DataConfig, others: frozenset[str], findings: Findings) -> dict[str, Choice]:
    """What `features` says, with a finding for each thing that can't be."""
    named: dict[str, Choice] = {}
    lines = [(column, line) for line in config.features for column in line.columns]
    for name, group in lines:
        if name not in table.columns:
            unknown(table, name, findings, "`features` names")
        elif name in named or name in others:
            where = "twice in `features`" if name in named else "in `features`, and as target, weight or ignored"
            findings.add(codes.COLUMN_IN_TWO_ROLES, f"column `{name}` stands {where}", help="name it in one place")
        elif group.kind not in METHODS:
            findings.add(
                codes.DATA_NOT_YET,
                f"a column can't be prepared by `{group.kind}` yet (column `{name}`)",
                expected=", ".join(METHODS),
            )
        elif METHODS[group.kind].pictures != (table.columns[name].root is not None):
            _not_of_this_kind(table, name, group.kind, findings)
        else:
            named[name] = Choice(name, group.kind, accept(group.kind, group.args, name, findings), False)
    return named


def _not_of_this_kind(table: Table, name: str, kind: str, findings: Findings) -> None:
    """A finding where a table's column is prepared as pictures, or pictures as a table's column."""
    pictures = METHODS[kind].pictures
    what = "names no picture files" if pictures else "names picture files"
    wanted = [name for name, method in METHODS.items() if method.pictures != pictures]
    findings.add(
        codes.PREPARATION_ARGUMENT,
        f"column `{name}` {what}, so it can't be prepared by `{kind}`",
        expected=", ".join(f"{one}()" for one in wanted),
        help='pictures come from images("folder")' if pictures else None,
        data_place=DataPlace(table.source, None, name),
    )


def _guess(table: Table, column: RawColumn, findings: Findings) -> Choice | str:
    """What a column most likely is, or why it is left out."""
    if column.root is not None:
        return _by_default(column.name, next(kind for kind, method in METHODS.items() if method.pictures))
    there = ~column.missing
    count = int(there.sum())
    if count == 0:
        return "empty"
    bad = int(column.not_numbers.sum())
    if bad == 0 and not _has_leading_zeros(column):
        return "identifier" if counts_rows(column) else _by_default(column.name, "numeric")
    numbers = column.numbers[there & ~column.not_numbers]
    if 0 < bad <= (1 - MOSTLY_NUMBERS) * count and len(np.unique(numbers)) > MANY_NUMBERS:
        numeric_faults(table, column, findings, may_be_missing=True)
        return "mixed"
    distinct = len(set(column.texts[there]))
    if distinct > max(IDENTIFIER_LEAST, IDENTIFIER_SHARE * count):
        return _unlike(column)
    return _by_default(column.name, "category", max_categories=GUESSED_CATEGORIES)


def _unlike(column: RawColumn) -> str:
    """Why a column of texts that are nearly all different is left out: dates, sentences, or else names of the rows."""
    there = ~column.missing
    if not np.isnan(days(column)[there]).any():
        return "dates"
    lengths = [len(words(str(text))) for text in column.texts[there]]
    return "texts" if float(np.median(lengths)) >= SENTENCE_WORDS else "identifier"


def _by_default(name: str, kind: str, **args: int) -> Choice:
    return Choice(name, kind, {**PREPARATIONS[kind].defaults, **args}, True)


def _has_leading_zeros(column: RawColumn) -> bool:
    """Whether a value begins with a zero before another digit (`01234`), as postcodes do and numbers don't."""
    if not column.is_text:
        return False
    return any(len(text) > 1 and text[0] == "0" and text[1].isdigit() for text in column.texts if text)


def counts_rows(column: RawColumn) -> bool:
    """Whether the column only numbers the rows: whole, and one more each row."""
    if len(column.values) < IDENTIFIER_LEAST or bool(column.missing.any()):
        return False
    with np.errstate(invalid="ignore"):  # of two infinities nobody knows the difference
        steps = np.diff(column.numbers)
    return bool(np.all(steps == 1))


def unknown(table: Table, name: str, findings: Findings, who: str) -> None:
    """A finding about a column that the spec names and the table has not."""
    near = suggest(name, table.columns)
    some = ", ".join(list(table.columns)[:8]) + (", ..." if len(table.columns) > 8 else "")
    findings.add(
        codes.NO_SUCH_COLUMN,
        f"{who} the column `{name}`, which `{table.source}` has not",
        data_place=DataPlace(table.source, None, name),
        expected=f"one of {some}",
        help=f"did you mean `{near}`?" if near else None,
    )
