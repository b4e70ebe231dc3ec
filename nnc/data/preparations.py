"""How columns become features: one row of METHODS for each preparation that a spec can name.

A method is fitted on training rows alone. What was fitted is a `Fitted`: plain values that go to JSON, are saved with
the model, and are applied to raw rows when predicting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from nnc import codes
from nnc.catalog import Rejection
from nnc.catalog.tables import PREPARATIONS
from nnc.data.table import Bools, Floats, RawColumn, Table, Texts, shortest
from nnc.diagnostics import Findings
from nnc.graph import Value

MISSING_CATEGORY = "(missing)"

Args: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True)
class Fitted:
    """A prepared column. `features` are the names of what it became; `words` say how, in the spec's own syntax.

    Numbers: a missing one becomes `fill` (None: it may not be missing), then (x − shift) / scale. Categories: one
    feature each, and a missing value becomes `fill_text`, or the category of its own (`missing_category`), or all zeros
    like a category that no training row has. `cut` counts the categories that were left out as too many.
    """

    name: str
    kind: str
    guessed: bool
    words: str
    features: tuple[str, ...]
    fill: float | None = None
    shift: float = 0.0
    scale: float = 1.0
    categories: tuple[str, ...] = ()
    fill_text: str | None = None
    missing_category: bool = False
    cut: int = 0


@dataclass(frozen=True)
class Method:
    """`fit` sees training rows only; `apply` gives float64 [rows, features]. `numbers` says whether it takes numbers,
    each of which stays one feature; otherwise it takes texts, of which each feature says yes or no.
    """

    fit: Callable[[RawColumn, Args, bool], Fitted]
    apply: Callable[[RawColumn, Fitted], Floats]
    numbers: bool


# ---- numbers -------------------------------------------------------------------------------------


def _most_frequent_number(values: Floats) -> float:
    """The most frequent value, the smallest of several (as scikit-learn's SimpleImputer has it)."""
    found, counts = np.unique(values, return_counts=True)
    return float(found[np.argmax(counts)])


FILLS: Mapping[str, Callable[[Floats], float]] = {
    "median": lambda values: float(np.median(values)),
    "mean": lambda values: float(np.mean(values)),
    "most_frequent": _most_frequent_number,
    "zero": lambda values: 0.0,  # noqa: ARG005 - it hangs on no value
}


def _standard(values: Floats) -> tuple[float, float]:
    return float(np.mean(values)), float(np.std(values))


def _minmax(values: Floats) -> tuple[float, float]:
    return float(np.min(values)), float(np.max(values) - np.min(values))


def _robust(values: Floats) -> tuple[float, float]:
    low, middle, high = np.percentile(values, [25, 50, 75])
    return float(middle), float(high - low)


# What is taken off a value, and what it is divided by; the same as scikit-learn's scalers of these names.
SCALES: Mapping[str, Callable[[Floats], tuple[float, float]]] = {
    "standard": _standard,
    "minmax": _minmax,
    "robust": _robust,
}


def _fit_numeric(column: RawColumn, args: Args, guessed: bool) -> Fitted:
    impute, scale = args["impute"], args["scale"]
    there = column.numbers[~column.missing]
    fill = FILLS[impute](there) if isinstance(impute, str) else (None if impute is None else float(impute))  # type: ignore[arg-type]  # accepted: a number
    values = there if fill is None else np.where(column.missing, fill, column.numbers)
    shift, spread = SCALES[scale](values) if isinstance(scale, str) else (0.0, 1.0)
    # A constant column has no spread: it becomes zero, as with scikit-learn, and not a division by zero.
    tiny = 10 * np.finfo(np.float64).eps * max(1.0, abs(shift))
    spread = spread if np.isfinite(spread) and spread > tiny else 1.0
    words = _words("numeric", args)
    return Fitted(column.name, "numeric", guessed, words, (column.name,), fill=fill, shift=shift, scale=spread)


def _apply_numeric(column: RawColumn, fitted: Fitted) -> Floats:
    values = column.numbers
    if fitted.fill is not None:
        values = np.where(column.missing, fitted.fill, values)
    return ((values - fitted.shift) / fitted.scale)[:, None]


# ---- categories ----------------------------------------------------------------------------------

_PLAIN_NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,14})(\.\d{1,15})?")


def canonical(text: str) -> str:
    """`1.0` and `1` are the same category; `007` and `1e3` are texts."""
    return shortest(float(text)) if _PLAIN_NUMBER.fullmatch(text) else text


def category_order(text: str) -> tuple[int, float, str]:
    """Numbers first, by size, then words."""
    return (0, float(text), text) if _PLAIN_NUMBER.fullmatch(text) else (1, 0.0, text)


def categories(column: RawColumn) -> Texts:
    """The column's values as categories, None where missing."""
    index, found = pd.factorize(pd.Series(column.texts, dtype=object))
    names = np.array([*(canonical(str(text)) for text in found), None], dtype=object)
    result: Texts = names[index]  # a missing value has index -1: the None at the end
    return result


def _fit_category(column: RawColumn, args: Args, guessed: bool) -> Fitted:
    values = categories(column)
    there = values[~column.missing]
    counts = pd.Series(there, dtype=object).value_counts()
    ranked = sorted(counts.index, key=lambda text: (-int(counts[text]), category_order(text)))
    impute, most = args["impute"], args["max_categories"]
    fill = ranked[0] if impute == "most_frequent" and ranked else (str(impute) if isinstance(impute, str) else None)
    kept = ranked[: int(most)] if isinstance(most, int) else ranked
    chosen = sorted(kept, key=category_order)
    if isinstance(impute, str) and impute != "most_frequent" and fill not in chosen and bool(column.missing.any()):
        chosen.append(str(fill))
    own = impute is None and bool(column.missing.any())
    features = [f"{column.name}={text}" for text in chosen] + ([f"{column.name}={MISSING_CATEGORY}"] if own else [])
    return Fitted(
        column.name,
        "category",
        guessed,
        _words("category", args),
        tuple(features),
        categories=tuple(chosen),
        fill_text=fill,
        missing_category=own,
        cut=len(ranked) - len(kept),
    )


def category_codes(column: RawColumn, fitted: Fitted) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], Bools]:
    """For each row the index of its category, −1 where no training row has it; and which rows are missing still."""
    values = categories(column)
    missing = column.missing
    if fitted.fill_text is not None:
        values = np.where(missing, fitted.fill_text, values)
        missing = np.zeros_like(missing)
    index = pd.Index(list(fitted.categories), dtype=object).get_indexer(pd.Index(values, dtype=object))
    return np.where(missing, -1, index), missing


def _apply_category(column: RawColumn, fitted: Fitted) -> Floats:
    index, missing = category_codes(column, fitted)
    out = np.zeros((len(index), len(fitted.features)))
    known = np.flatnonzero(index >= 0)
    out[known, index[known]] = 1.0
    if fitted.missing_category:
        out[missing, len(fitted.categories)] = 1.0
    return out


# ---- the table -----------------------------------------------------------------------------------


# One for each row of PREPARATIONS.
METHODS: Mapping[str, Method] = {
    "numeric": Method(_fit_numeric, _apply_numeric, numbers=True),
    "category": Method(_fit_category, _apply_category, numbers=False),
}


def _words(kind: str, args: Args) -> str:
    given = (f"{name}={'none' if value is None else value}" for name, value in args.items() if value is not None)
    return f"{kind}({', '.join(given)})"


def accept(kind: str, args: Args, column: str, findings: Findings) -> Args:
    """The arguments with their defaults; a finding for each that the method doesn't take."""
    row = PREPARATIONS[kind]
    slots = {arg.name: arg for arg in row.args}
    accepted = row.defaults
    for name, value in args.items():
        if name not in slots:
            findings.add(
                codes.PREPARATION_ARGUMENT,
                f"`{kind}` has no argument `{name}` (column `{column}`)",
                expected=", ".join(slots),
            )
            continue
        taken = slots[name].kind.accept(value)
        if isinstance(taken, Rejection):
            findings.add(
                codes.PREPARATION_ARGUMENT,
                f"`{name}` of `{kind}` can't be this (column `{column}`)",
                expected=taken.expected,
                found=repr(value)[:60],
            )
        else:
            accepted[name] = taken
    return accepted


def numeric_faults(table: Table, column: RawColumn, findings: Findings, *, may_be_missing: bool) -> None:
    """Adds a finding where a column that must be numbers has text, an infinity, or a value missing that may not."""
    wrong = (
        (codes.NOT_A_NUMBER, column.not_numbers, "is no number", _TEXT_HELP),
        (codes.NOT_FINITE, column.not_finite, "is infinite, or too large for float32", _INFINITE_HELP),
    )
    for code, mask, what, how in wrong:
        if mask.any():
            first = int(np.flatnonzero(mask)[0])
            place, value = table.place(first, column.name), str(column.texts[first])[:60]
            findings.add(
                code,
                f"`{value}` in column `{column.name}`, row {place.row}, {what}{others(mask)}",
                data_place=place,
                expected="a number",
                found=f"`{value}`",
                help=how,
            )
    if not may_be_missing and column.missing.any():
        place = table.place(int(np.flatnonzero(column.missing)[0]), column.name)
        findings.add(
            codes.MISSING_VALUE,
            f"column `{column.name}` has no value in row {place.row}{others(column.missing)}",
            data_place=place,
            expected="a number in every row",
            help="fill the values in, or say what stands for them: numeric(impute=median)",
        )


def others(mask: Bools) -> str:
    """` (and 3 rows more)`, or nothing."""
    more = int(mask.sum()) - 1
    return f" (and {more:,} row{'s' * (more != 1)} more)" if more else ""


_TEXT_HELP = (
    "correct it, leave it empty where it is not known, or make the column a category: in `features`, NAME = category()"
)
_INFINITE_HELP = "correct it, or leave it empty where it is not known"
