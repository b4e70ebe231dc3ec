"""What was fitted to a column, and what a way to prepare columns consists of."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from nnc.data.table import Floats, RawColumn, Table, shortest
from nnc.diagnostics import Findings
from nnc.graph import Value

Args: TypeAlias = Mapping[str, Value]
Features: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Fitted:
    """A prepared column. `features` are the names of what it became; `words` say how, in the spec's own syntax.

    Numbers: a missing one becomes `fill` (None: it may not be missing), then (x − shift) / scale. Categories: one
    feature each, and a missing value becomes `fill_text`, or the category of its own (`missing_category`), or all zeros
    like a category that no training row has. `cut` counts the categories that were left out as too many. An order:
    `categories` are its values, and their ranks are prepared as numbers. Dates: a missing one becomes `fill`, in days
    since 1970; `parts` are what is taken of a date, `shifts` and `scales` are those of its features. Pictures: the
    `shape` that they are brought to, [height, width, channels]; their values are divided by `scale`, and the names of
    pixels are not kept. Texts: the numbers of their first `length` words, from 2 on in the order of the `vocabulary`.
    `places`: how many numbers there are, where they only name something; of a category they are from 1 on, and 0 is
    none of them.
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


Fit: TypeAlias = Callable[[RawColumn, Args, bool], Fitted]
Apply: TypeAlias = Callable[[RawColumn, Fitted], "Floats | Features"]
Faults: TypeAlias = Callable[[Table, RawColumn, Allowed, Findings], None]


def no_faults(table: Table, column: RawColumn, allowed: Allowed, findings: Findings) -> None:
    """Nothing that is in such a column is wrong before it is read."""


def as_it_is(fitted: Fitted, features: Features) -> Features:
    """What the network is given."""
    del fitted
    return features


@dataclass(frozen=True)
class Method:
    """A way to prepare a column.

    `fit` sees training rows only; `apply` gives [rows, features]; `faults` adds a finding for values that can't be
    prepared. `shown` gives the features as a person reads them, [feature][row]; None: the column is one feature, read
    as it stands in the file. `plain` makes of the features what a model without an Embedding can learn from.
    `quantity`: the file holds the number itself. `pictures`: the column names files, whose pixels are the features.
    `fewer` says how a spec keeps fewer of the numbers that name something, where `most` are wanted.
    """

    fit: Fit
    apply: Apply
    faults: Faults = no_faults
    shown: Callable[[Fitted, Features], list[list[str]]] | None = None
    plain: Callable[[Fitted, Features], Features] = as_it_is
    quantity: bool = False
    pictures: bool = False
    fewer: Callable[[int], str] | None = None


def said(kind: str, args: Args) -> str:
    """The preparation in the spec's own syntax."""
    given = (f"{name}={item_text(value)}" for name, value in args.items() if value is not None)
    return f"{kind}({', '.join(given)})"


def item_text(value: object) -> str:
    """A value as a spec would say it."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(item_text, value))}]"
    return shortest(value) if isinstance(value, float) else str(value)


# Of a text it's the numbers of so many words that are counted for a model that knows no order of words.
MOST_COUNTED = 1_000


def counts(fitted: Fitted, features: Features, first: int) -> Features:
    """How often each number from `first` on stands in a row, [rows, numbers], of the first MOST_COUNTED."""
    numbers = features.astype(np.int64)
    most = min(fitted.places, first + MOST_COUNTED)
    found = np.zeros((len(numbers), most), dtype=np.float32)
    rows = np.repeat(np.arange(len(numbers)), numbers.shape[1])
    flat = numbers.ravel()
    kept = flat < most
    np.add.at(found, (rows[kept], flat[kept]), 1.0)
    return found[:, first:]
