"""`numeric`: a missing number is filled in, then all are shifted and scaled, as scikit-learn does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from nnc import codes
from nnc.data.kinds.faults import Wrong, first_of, missing_values, wrong_values
from nnc.data.kinds.fitted import Allowed, Args, Fitted, Method, said
from nnc.data.table import Floats, RawColumn, Table
from nnc.diagnostics import Findings
from nnc.graph import Value

TINY = 10 * float(np.finfo(np.float64).eps)


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


def scaling(values: Floats, scale: Value) -> tuple[float, float]:
    """What is taken off each value, and what it is divided by; (0, 1) where `scale` names no way."""
    if not isinstance(scale, str):
        return 0.0, 1.0
    shift, spread = SCALES[scale](values)
    # A constant column has no spread: it becomes zero, as with scikit-learn, and not a division by zero.
    return shift, spread if np.isfinite(spread) and spread > TINY * max(1.0, abs(shift)) else 1.0


def fit_numeric(column: RawColumn, args: Args, guessed: bool) -> Fitted:
    """Fitted to a column of numbers."""
    impute = args["impute"]
    there = column.numbers[~column.missing]
    fill = FILLS[impute](there) if isinstance(impute, str) else (None if impute is None else float(impute))  # type: ignore[arg-type]  # accepted: a number
    values = there if fill is None else np.where(column.missing, fill, column.numbers)
    shift, spread = scaling(values, args["scale"])
    return Fitted(
        column.name, "numeric", guessed, said("numeric", args), (column.name,), fill=fill, shift=shift, scale=spread
    )


def apply_numeric(column: RawColumn, fitted: Fitted) -> Floats:
    """The numbers prepared, float64 [rows, 1]."""
    values = column.numbers
    if fitted.fill is not None:
        values = np.where(column.missing, fitted.fill, values)
    return ((values - fitted.shift) / fitted.scale)[:, None]


_WRONG = Wrong(
    codes.NOT_A_NUMBER,
    "is no number",
    "a number",
    "correct it, leave it empty where it is not known, or make the column a category: in `features`, NAME = category()",
)
_INFINITE = Wrong(
    codes.NOT_FINITE,
    "is infinite, or too large for float32",
    "a number",
    "correct it, or leave it empty where it is not known",
)


def numeric_faults(table: Table, column: RawColumn, findings: Findings, *, may_be_missing: bool) -> None:
    """Adds a finding where a column that must be numbers has text, an infinity, or a value missing that may not."""
    wrong_values(table, column, column.not_numbers, _WRONG, findings)
    wrong_values(table, column, column.not_finite, _INFINITE, findings)
    if not may_be_missing:
        missing_values(table, column, "number", "numeric", findings)


def weight_faults(table: Table, column: RawColumn, findings: Findings) -> None:
    """Adds a finding where a column of sample weights has no number, or one below 0."""
    numeric_faults(table, column, findings, may_be_missing=False)
    negative = column.numbers < 0
    if negative.any():
        place = table.place(first_of(negative), column.name)
        findings.add(
            codes.TARGET_DOMAIN,
            f"the weight in column `{column.name}`, row {place.row}, is negative",
            data_place=place,
            expected="a weight of 0 or more",
        )


def _faults(table: Table, column: RawColumn, allowed: Allowed, findings: Findings) -> None:
    numeric_faults(table, column, findings, may_be_missing=allowed.may_be_missing)


NUMERIC = Method(fit_numeric, apply_numeric, _faults, quantity=True)
