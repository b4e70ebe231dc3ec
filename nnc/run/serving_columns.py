"""How TensorFlow makes features of raw columns in a served model: what `nnc/data/kinds/` does, on tensors of text.

What can't be prepared is a missing value here, since a graph has nobody to tell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import keras
import tensorflow as tf

from nnc import codes
from nnc.data.kinds.fitted import Fitted
from nnc.data.table import MISSING_WORDS
from nnc.diagnostics import Findings, UserFault
from nnc.run.serving_dates import date_features, days_of

_NUMBER = r"^[+-]?(0|[1-9]\d{0,14})(\.\d{1,15})?$"
_PUNCTUATION = r"""[!"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~']"""

Track: TypeAlias = Callable[[Any], object]
Prepare: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True)
class Served:
    """How raw values come (`dtype`), and what makes features of them, [rows, features]; whatever has to be saved with

    the model is handed to `track`.
    """

    dtype: Any
    prepare: Callable[[Fitted, Track], Prepare]


def served_column(column: Fitted) -> Served:
    """Raises UserFault where the column is prepared in a way that TensorFlow can't compute."""
    if column.kind in _SERVED:
        return _SERVED[column.kind]
    findings = Findings()
    findings.add(
        codes.DATA_NOT_YET,
        f"a served model can't prepare a column by `{column.kind}` (column `{column.name}`)",
        expected=", ".join(_SERVED),
        help="write a .keras file, and prepare raw rows by `nnc predict`",
    )
    raise UserFault(findings)


def _plainly(function: Callable[[Any, Fitted], Any]) -> Callable[[Fitted, Track], Prepare]:
    """What needs nothing but what was fitted."""

    def of(fitted: Fitted, track: Track) -> Prepare:
        del track
        return lambda values: function(values, fitted)

    return of


def _numeric(values: Any, fitted: Fitted) -> Any:
    """A missing number is NaN."""
    if fitted.fill is not None:
        values = tf.where(tf.math.is_nan(values), tf.constant(fitted.fill, tf.float64), values)
    return ((values - fitted.shift) / fitted.scale)[:, None]


def _category(texts: Any, fitted: Fitted) -> Any:
    """A missing text is empty, or one of the words that stand for that in a CSV."""
    texts = tf.strings.strip(texts)
    missing = tf.reduce_any(texts[:, None] == tf.constant(sorted(MISSING_WORDS)), axis=1)
    plain = _plain(texts)
    if fitted.fill_text is not None:
        plain = tf.where(missing, tf.constant(_written_out(fitted.fill_text)), plain)
        missing = tf.zeros_like(missing)
    known = tf.constant([_written_out(text) for text in fitted.categories], shape=(len(fitted.categories),))
    if fitted.places:
        return _ids(plain, missing, known, fitted)
    hot = tf.logical_and(plain[:, None] == known, tf.logical_not(missing)[:, None])
    columns = [hot, missing[:, None]] if fitted.missing_category else [hot]
    return tf.cast(tf.concat(columns, axis=1), tf.float64)


def _ids(plain: Any, missing: Any, known: Any, fitted: Fitted) -> Any:
    """The number of each text among the known ones, from 1 on; 0 for another, the last one for a missing text."""
    number = _place(plain, known) + 1
    own = len(fitted.categories) + 1 if fitted.missing_category else 0
    return tf.cast(tf.where(missing, tf.cast(own, number.dtype), number), tf.float64)[:, None]


def _place(texts: Any, known: Any) -> Any:
    """Where each text stands among the known ones, −1 where it doesn't."""
    same = texts[:, None] == known
    return tf.where(tf.reduce_any(same, axis=1), tf.argmax(tf.cast(same, tf.int32), axis=1), tf.constant(-1, tf.int64))


def _ordinal(texts: Any, fitted: Fitted) -> Any:
    """A text that is missing, or not in the order, is what stands for a missing one."""
    known = tf.constant([_written_out(text) for text in fitted.categories], shape=(len(fitted.categories),))
    place = tf.cast(_place(_plain(tf.strings.strip(texts)), known), tf.float64)
    return _numeric(tf.where(place < 0, tf.constant(math.nan, tf.float64), place), fitted)


def _plain(texts: Any) -> Any:
    """`+1.50` is `1.5` and `2.0` is `2`, as `canonical` has it; other texts stay."""
    number = tf.strings.regex_full_match(texts, _NUMBER)
    bare = tf.strings.regex_replace(texts, r"^\+", "")
    bare = tf.strings.regex_replace(bare, r"(\.\d*?)0+$", r"\1")
    bare = tf.strings.regex_replace(bare, r"\.$", "")
    bare = tf.strings.regex_replace(bare, r"^-0$", "0")
    return tf.where(number, bare, texts)


def _written_out(category: str) -> str:
    """A category's number without a power of ten (`1e-05` is `0.00001`), as it is written in a table."""
    try:
        value = Decimal(category)
    except ArithmeticError:
        return category
    short = "e" in category and value.is_finite() and repr(float(category)) == category
    return format(value, "f") if short else category


def _there(texts: Any) -> Any:
    """The texts without blanks around them, nothing where one is missing."""
    texts = tf.strings.strip(texts)
    missing = tf.reduce_any(texts[:, None] == tf.constant(sorted(MISSING_WORDS)), axis=1)
    return tf.where(missing, "", texts)


def _words(fitted: Fitted, track: Track) -> Prepare:
    """As `TextVectorization` takes texts apart; the lookup has a table that is saved with the model."""
    lookup = keras.layers.StringLookup(vocabulary=list(fitted.vocabulary)) if fitted.vocabulary else None
    if lookup is not None:
        lookup(tf.constant([["a"]]))  # only what was called once can be saved
        track(lookup)

    def prepare(texts: Any) -> Any:
        bare = tf.strings.regex_replace(tf.strings.lower(_there(texts)), _PUNCTUATION, "")
        words = tf.strings.split(bare).to_tensor("", shape=[None, fitted.length])
        number = 1 if lookup is None else tf.cast(lookup(words), tf.int64) + 1
        return tf.cast(tf.where(words == "", tf.cast(0, tf.int64), tf.cast(number, tf.int64)), tf.float64)

    return prepare


def _tokens(texts: Any, fitted: Fitted) -> Any:
    bare = tf.strings.regex_replace(_there(texts), r"[\[\]()\s,;]+", " ")
    tokens = tf.strings.split(bare).to_tensor("0", shape=[None, fitted.length])
    return tf.strings.to_number(tokens, tf.float64)


def _date(texts: Any, fitted: Fitted) -> Any:
    days = days_of(_there(texts))
    if fitted.fill is not None:
        days = tf.where(tf.math.is_nan(days), tf.constant(fitted.fill, tf.float64), days)
    features = date_features(days, fitted.parts)
    return (features - tf.constant(fitted.shifts, tf.float64)) / tf.constant(fitted.scales, tf.float64)


# One for each preparation of METHODS that TensorFlow can compute.
_SERVED: Mapping[str, Served] = {
    "numeric": Served(tf.float64, _plainly(_numeric)),
    "category": Served(tf.string, _plainly(_category)),
    "ordinal": Served(tf.string, _plainly(_ordinal)),
    "date": Served(tf.string, _plainly(_date)),
    "text": Served(tf.string, _words),
    "tokens": Served(tf.string, _plainly(_tokens)),
}
