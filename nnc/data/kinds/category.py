"""`category`: a feature for each value that training rows have, or (`encode=ids`) one, the value's number.

`1` and `1.0` are the same category.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from nnc.data.kinds.fitted import Args, Features, Fitted, Method, counts, said
from nnc.data.table import Bools, Floats, RawColumn, Texts, shortest

MISSING_CATEGORY = "(missing)"

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


def category_codes(column: RawColumn, fitted: Fitted) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], Bools]:
    """For each row the index of its category, −1 where no training row has it; and which rows are missing still."""
    values = categories(column)
    missing = column.missing
    if fitted.fill_text is not None:
        values = np.where(missing, fitted.fill_text, values)
        missing = np.zeros_like(missing)
    index = pd.Index(list(fitted.categories), dtype=object).get_indexer(pd.Index(values, dtype=object))
    return np.where(missing, -1, index), missing


def _ranked(column: RawColumn) -> list[str]:
    """The values, the most frequent one first."""
    there = categories(column)[~column.missing]
    counted = pd.Series(there, dtype=object).value_counts()
    return sorted(counted.index, key=lambda text: (-int(counted[text]), category_order(text)))


def _filled(args: Args, ranked: Sequence[str]) -> str | None:
    """What stands for a missing value."""
    impute = args["impute"]
    if impute == "most_frequent" and ranked:
        return ranked[0]
    return str(impute) if isinstance(impute, str) else None


def _fit(column: RawColumn, args: Args, guessed: bool) -> Fitted:
    ranked, most, some_missing = _ranked(column), args["max_categories"], bool(column.missing.any())
    fill = _filled(args, ranked)
    kept = ranked[: int(most)] if isinstance(most, int) else ranked
    chosen = sorted(kept, key=category_order)
    if fill is not None and args["impute"] != "most_frequent" and fill not in chosen and some_missing:
        chosen.append(fill)
    own = args["impute"] is None and some_missing
    names = (*chosen, MISSING_CATEGORY) if own else tuple(chosen)
    ids = args["encode"] == "ids"
    return Fitted(
        column.name,
        "category",
        guessed,
        said("category", args),
        (column.name,) if ids else tuple(f"{column.name}={text}" for text in names),
        categories=tuple(chosen),
        fill_text=fill,
        missing_category=own,
        cut=len(ranked) - len(kept),
        places=len(names) + 1 if ids else 0,
    )


def _apply(column: RawColumn, fitted: Fitted) -> Floats:
    index, missing = category_codes(column, fitted)
    own = len(fitted.categories) if fitted.missing_category else -1
    index = np.where(missing, own, index)
    if fitted.places:
        return index.astype(np.float64)[:, None] + 1
    out = np.zeros((len(index), len(fitted.features)))
    known = np.flatnonzero(index >= 0)
    out[known, index[known]] = 1.0
    return out


def _shown(fitted: Fitted, features: Features) -> list[list[str]]:
    if fitted.places:
        known = ["(other)", *fitted.categories, MISSING_CATEGORY]
        return [[known[int(i)] for i in features[:, 0]]]
    return [["1" if on else "0" for on in values] for values in features.T]


def _plain(fitted: Fitted, features: Features) -> Features:
    """A feature for each number."""
    return counts(fitted, features, 0) if fitted.places else features


def _fewer(most: int) -> str:
    return f"category(encode=ids, max_categories={max(most - 2, 1)})"


CATEGORY = Method(_fit, _apply, shown=_shown, plain=_plain, fewer=_fewer)
