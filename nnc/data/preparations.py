"""How columns become features: one row of METHODS for each preparation that a spec can name.

A method is fitted on training rows alone. What was fitted is a `Fitted`: plain values that go to JSON, are saved with
the model, and are applied to raw rows when predicting.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from nnc import codes
from nnc.catalog import Rejection
from nnc.catalog.tables import PREPARATIONS
from nnc.data import moments, words
from nnc.data.category_names import canonical, category_order
from nnc.data.dates import days
from nnc.data.picture_column import picture_rows
from nnc.data.ranks import rank_faults, ranks
from nnc.data.table import Bools, Floats, RawColumn, Table, Texts, shortest
from nnc.diagnostics import Findings
from nnc.graph import Value

MISSING_CATEGORY = "(missing)"
TINY = 10 * float(np.finfo(np.float64).eps)

Args: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True)
class Fitted:
    """A prepared column. `features` are the names of what it became; `words` say how, in the spec's own syntax.

    Numbers: a missing one becomes `fill` (None: it may not be missing), then (x − shift) / scale. Categories: one
    feature each, and a missing value becomes `fill_text`, or the category of its own (`missing_category`), or all zeros
    like a category that no training row has. `cut` counts the categories that were left out as too many; `ids`: one
    feature, the category's number from 1 on, and 0 for what is none of them. An order: `categories` are its values, and
    their ranks are prepared as numbers. Dates: a missing one becomes `fill`, in days since 1970; `parts` are what is
    taken of a date, `shifts` and `scales` are those of its features. Pictures: the `shape` that they are brought to,
    [height, width, channels]; their values are divided by `scale`, and the names of pixels are not kept. Texts: the
    numbers of their first `length` words, from 2 on in the order of the `vocabulary`. `places`: how many numbers there
    are, where they only name something.
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
    ids: bool = False
    parts: tuple[str, ...] = ()
    shifts: tuple[float, ...] = ()
    scales: tuple[float, ...] = ()
    vocabulary: tuple[str, ...] = ()
    length: int = 0
    places: int = 0
    shape: tuple[int, ...] = ()

    @property
    def width(self) -> int:
        """How many features it became."""
        return math.prod(self.shape) if self.shape else len(self.features)

    def feature_names(self) -> tuple[str, ...]:
        """The names of the features; a pixel has its place: row, column and channel, from 0."""
        if not self.shape:
            return self.features
        return tuple(f"{self.name}[{', '.join(str(i) for i in at)}]" for at in np.ndindex(*self.shape))


@dataclass(frozen=True)
class Allowed:
    """Which values a column may have: none that is missing, none that is not in the `order` (None: any), and of numbers

    that name something those below `tokens`.
    """

    may_be_missing: bool
    order: tuple[str, ...] | None = None
    tokens: int = 0


@dataclass(frozen=True)
class Method:
    """`fit` sees training rows only; `apply` gives float64 [rows, features]; `faults` adds a finding for values that

    can't be prepared. `text`: the column is one feature whose value a person reads in the file; otherwise features are
    shown as they are before they are scaled (1 or 0 for a category). `pictures`: the column names files, whose pixels
    are the features.
    """

    fit: Callable[[RawColumn, Args, bool], Fitted]
    apply: Callable[[RawColumn, Fitted], Floats | npt.NDArray[np.float32]]
    faults: Callable[[Table, RawColumn, Allowed, Findings], None]
    text: bool
    pictures: bool = False


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
    spread = spread if np.isfinite(spread) and spread > TINY * max(1.0, abs(shift)) else 1.0
    said = _words("numeric", args)
    return Fitted(column.name, "numeric", guessed, said, (column.name,), fill=fill, shift=shift, scale=spread)


def _apply_numeric(column: RawColumn, fitted: Fitted) -> Floats:
    values = column.numbers
    if fitted.fill is not None:
        values = np.where(column.missing, fitted.fill, values)
    return ((values - fitted.shift) / fitted.scale)[:, None]


# ---- categories ----------------------------------------------------------------------------------


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
    ids = args["encode"] == "ids"
    features = [f"{column.name}={text}" for text in chosen] + ([f"{column.name}={MISSING_CATEGORY}"] if own else [])
    return Fitted(
        column.name,
        "category",
        guessed,
        _words("category", args),
        (column.name,) if ids else tuple(features),
        categories=tuple(chosen),
        fill_text=fill,
        missing_category=own,
        cut=len(ranked) - len(kept),
        ids=ids,
        places=len(chosen) + own + 1 if ids else 0,
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
    if fitted.ids:
        own = len(fitted.categories) if fitted.missing_category else -1
        return np.where(missing, own, index).astype(np.float64)[:, None] + 1
    out = np.zeros((len(index), len(fitted.features)))
    known = np.flatnonzero(index >= 0)
    out[known, index[known]] = 1.0
    if fitted.missing_category:
        out[missing, len(fitted.categories)] = 1.0
    return out


# ---- orders and dates ----------------------------------------------------------------------------


def _fit_ordinal(column: RawColumn, args: Args, guessed: bool) -> Fitted:
    order = order_of(args)
    fitted = _fit_numeric(ranks(column, order), args, guessed)
    return replace(fitted, kind="ordinal", words=_words("ordinal", args), categories=order)


def order_of(args: Args) -> tuple[str, ...]:
    """The order that the arguments name, () where they name none."""
    given = args.get("order")
    return tuple(canonical(_item(item)) for item in given) if isinstance(given, tuple) else ()


def _apply_ordinal(column: RawColumn, fitted: Fitted) -> Floats:
    return _apply_numeric(ranks(column, fitted.categories), fitted)


def _fit_date(column: RawColumn, args: Args, guessed: bool) -> Fitted:
    given, impute, scale = args["parts"], args["impute"], args["scale"]
    parts = tuple(str(part) for part in given) if isinstance(given, tuple) else ()
    found = days(column)
    there = found[~np.isnan(found)]
    fill = FILLS[impute](there) if isinstance(impute, str) else None
    values = moments.features(there if fill is None else np.where(np.isnan(found), fill, found), parts)
    names = moments.names(column.name, parts)
    # A sine and a cosine lie between -1 and 1 as they are.
    scaled = [isinstance(scale, str) and not circular for circular in moments.circular(parts)]
    pairs = [SCALES[str(scale)](values[:, i]) if on else (0.0, 1.0) for i, on in enumerate(scaled)]
    spreads = tuple(spread if spread > TINY * max(1.0, abs(shift)) else 1.0 for shift, spread in pairs)
    shifts = tuple(shift for shift, _ in pairs)
    said = _words("date", args)
    return Fitted(column.name, "date", guessed, said, names, fill=fill, parts=parts, shifts=shifts, scales=spreads)


def _apply_date(column: RawColumn, fitted: Fitted) -> Floats:
    found = days(column)
    values = moments.features(
        found if fitted.fill is None else np.where(np.isnan(found), fitted.fill, found), fitted.parts
    )
    scaled: Floats = (values - np.array(fitted.shifts)) / np.array(fitted.scales)
    return scaled


# ---- pictures ------------------------------------------------------------------------------------


def _fit_picture(column: RawColumn, args: Args, guessed: bool) -> Fitted:
    """Nothing hangs on the rows; the shape is put in by whoever knows the model's input."""
    divisor = args["scale"]
    scale = float(divisor) if isinstance(divisor, (int, float)) else 1.0
    return Fitted(column.name, "picture", guessed, _words("picture", args), (), scale=scale)


def _apply_picture(column: RawColumn, fitted: Fitted) -> npt.NDArray[np.float32]:
    height, width, channels = fitted.shape
    return picture_rows(column, (height, width, channels), fitted.scale)


# ---- texts ---------------------------------------------------------------------------------------


def _fit_text(column: RawColumn, args: Args, guessed: bool) -> Fitted:
    most = int(str(args["max_tokens"]))
    known = words.vocabulary(column, most)
    rows = (len(words.words(text)) for text in column.texts)
    fitted = _fit_tokens_like(column, args, guessed, "text", rows)
    return replace(fitted, vocabulary=known, places=len(known) + words.RESERVED)


def _fit_tokens(column: RawColumn, args: Args, guessed: bool) -> Fitted:
    rows = (len(words.tokens(text)) for text in column.texts)
    return replace(_fit_tokens_like(column, args, guessed, "tokens", rows), places=most_tokens(args))


def most_tokens(args: Args) -> int:
    """How many tokens the arguments say that there are."""
    given = args.get("max_tokens")
    return given if isinstance(given, int) else 0


def _fit_tokens_like(column: RawColumn, args: Args, guessed: bool, kind: str, rows: Iterator[int]) -> Fitted:
    given = args["length"]
    length = given if isinstance(given, int) else words.longest(rows)
    names = tuple(f"{column.name}[{i}]" for i in range(length))
    return Fitted(column.name, kind, guessed, _words(kind, args), names, length=length)


def _apply_text(column: RawColumn, fitted: Fitted) -> Floats:
    return words.numbers_of_words(column, fitted.vocabulary, fitted.length)


def _apply_tokens(column: RawColumn, fitted: Fitted) -> Floats:
    return words.numbers_of_tokens(column, fitted.length)


# ---- the table -----------------------------------------------------------------------------------


def _token_faults(table: Table, column: RawColumn, allowed: Allowed, findings: Findings) -> None:
    words.token_faults(table, column, allowed.tokens, findings)


def _number_faults(table: Table, column: RawColumn, allowed: Allowed, findings: Findings) -> None:
    numeric_faults(table, column, findings, may_be_missing=allowed.may_be_missing)


def _order_faults(table: Table, column: RawColumn, allowed: Allowed, findings: Findings) -> None:
    if allowed.order is not None:
        rank_faults(table, column, allowed.order, findings, may_be_missing=allowed.may_be_missing)


def _date_faults(table: Table, column: RawColumn, allowed: Allowed, findings: Findings) -> None:
    moments.date_faults(table, column, findings, may_be_missing=allowed.may_be_missing)


def _no_faults(table: Table, column: RawColumn, allowed: Allowed, findings: Findings) -> None:
    """Every text is a category; what is wrong with a picture shows when it is read."""


# One for each row of PREPARATIONS.
METHODS: Mapping[str, Method] = {
    "numeric": Method(_fit_numeric, _apply_numeric, _number_faults, text=True),
    "category": Method(_fit_category, _apply_category, _no_faults, text=False),
    "ordinal": Method(_fit_ordinal, _apply_ordinal, _order_faults, text=True),
    "date": Method(_fit_date, _apply_date, _date_faults, text=False),
    "picture": Method(_fit_picture, _apply_picture, _no_faults, text=False, pictures=True),
    "text": Method(_fit_text, _apply_text, _no_faults, text=False),
    "tokens": Method(_fit_tokens, _apply_tokens, _token_faults, text=False),
}


def shown(fitted: Fitted, matrix: npt.NDArray[np.float32]) -> list[list[str]]:
    """The features of a column that is not shown as it stands in the file, as a person reads them: [feature][row]."""
    if fitted.ids:
        known = ["(other)", *fitted.categories, MISSING_CATEGORY]
        return [[known[int(i)] for i in matrix[:, 0]]]
    if fitted.length:
        known = ["", "(unknown)", *fitted.vocabulary]
        return [[known[int(i)] if fitted.vocabulary else f"{i:.0f}" for i in values] for values in matrix.T]
    if not fitted.scales:
        return [["1" if on else "0" for on in values] for values in matrix.T]
    raw = matrix.astype(np.float64) * np.array(fitted.scales) + np.array(fitted.shifts)
    return [[f"{value:.4g}" for value in values] for values in raw.T]


def allowed_in_training(args: Args) -> Allowed:
    """What a column's values may be where it is fitted: nothing outside its order."""
    return Allowed(args.get("impute") is not None, order_of(args), most_tokens(args))


def allowed_in_prediction(fitted: Fitted) -> Allowed:
    """What they may be later: a value outside the order counts as missing, where something stands for missing ones."""
    may = fitted.fill is not None
    return Allowed(may, None if may else fitted.categories, fitted.places)


def _words(kind: str, args: Args) -> str:
    given = (f"{name}={_item(value)}" for name, value in args.items() if value is not None)
    return f"{kind}({', '.join(given)})"


def _item(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_item, value))}]"
    return shortest(value) if isinstance(value, float) else str(value)


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
