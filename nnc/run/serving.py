"""A TensorFlow SavedModel for serving: what TensorFlow Serving loads, without Keras and without nnc.

Of a spec it has one signature, `serving_default`, which takes prepared arrays by the names of the model's inputs. Of a
run it has two: `serving_default` takes raw rows, a tensor a column, and says what `nnc predict` says; `prepared` is the
network alone. `columns.json` beside it tells which column each tensor of `serving_default` is.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from nnc import codes
from nnc.data import Preparation
from nnc.data.kinds.fitted import Fitted
from nnc.data.table import MISSING_WORDS
from nnc.data.targets import TargetPlan
from nnc.diagnostics import Findings, UserFault
from nnc.emit.names import Names

COLUMNS = "columns.json"
_LARGEST = float(np.finfo(np.float32).max)
_NUMBER = r"^[+-]?(0|[1-9]\d{0,14})(\.\d{1,15})?$"
# The target's transforms and their way back, as TensorFlow computes them.
_INVERSES: Mapping[str, Any] = {"log": tf.exp, "log1p": tf.math.expm1, "sqrt": tf.square}


def save_serving(model: keras.Model, outputs: Sequence[str], folder: Path, preparation: Preparation | None) -> None:
    """Write the folder. `outputs` are the names of the model's outputs. Raises OSError."""
    archive = keras.export.ExportArchive()
    archive.track(model)
    inputs = {
        tensor.name: tf.TensorSpec(
            [None, *tensor.shape[1:]], keras.backend.standardize_dtype(tensor.dtype), tensor.name
        )
        for tensor in model.inputs
    }

    def network(arrays: Mapping[str, Any]) -> dict[str, Any]:
        said = model([arrays[name] for name in inputs] if len(inputs) > 1 else arrays[next(iter(inputs))])
        return dict(said) if isinstance(said, Mapping) else {outputs[0]: said}

    if preparation is None:
        archive.add_endpoint("serving_default", network, [inputs])
        archive.write_out(str(folder), verbose=False)
        return
    known = preparation
    names = column_names(known)
    rows = {
        names[column.name]: tf.TensorSpec([None], _served(column).dtype, names[column.name]) for column in known.columns
    }

    def raw(columns: Mapping[str, Any]) -> dict[str, Any]:
        parts = [_served(column).features(columns[names[column.name]], column) for column in known.columns]
        matrix = tf.clip_by_value(tf.concat(parts, axis=1), -_LARGEST, _LARGEST)
        said = network(_arrays(known, tf.cast(matrix, tf.float32)))
        return _spoken_of_all(known, said)

    archive.add_endpoint("serving_default", raw, [rows])
    archive.add_endpoint("prepared", network, [inputs])
    archive.write_out(str(folder), verbose=False)
    about = {name: {"column": column, "dtype": rows[name].dtype.name} for column, name in names.items()}
    text = json.dumps(about, ensure_ascii=False, indent=1) + "\n"
    (folder / COLUMNS).write_text(text, encoding="utf-8", newline="\n")


def column_names(preparation: Preparation) -> dict[str, str]:
    """The tensor of each column: a signature's names are plain, and columns may be called anything."""
    names = Names()
    return {column.name: names.new(column.name) for column in preparation.columns}


# ---- the preparation, as TensorFlow computes it --------------------------------------------------


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


@dataclass(frozen=True)
class Served:
    """How raw values come (`dtype`), and how TensorFlow makes features of them, [rows, features]."""

    dtype: Any
    features: Callable[[Any, Fitted], Any]


# One for each preparation of METHODS that TensorFlow can compute.
_SERVED: Mapping[str, Served] = {
    "numeric": Served(tf.float64, _numeric),
    "category": Served(tf.string, _category),
    "ordinal": Served(tf.string, _ordinal),
}


def _served(column: Fitted) -> Served:
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


def _arrays(preparation: Preparation, matrix: Any) -> dict[str, Any]:
    owner = preparation.feature_columns
    arrays = {}
    for plan in preparation.inputs:
        chosen = [i for i, column in enumerate(owner) if column in plan.columns]
        arrays[plan.name] = tf.cast(tf.reshape(tf.gather(matrix, chosen, axis=1), [-1, *plan.shape]), plan.dtype)
    return arrays


def _spoken_of_all(preparation: Preparation, said: Mapping[str, Any]) -> dict[str, Any]:
    """What `_spoken` says of each target; where there are several, their names stand before: `price_prediction`."""
    names = Names()
    found: dict[str, Any] = {}
    for target in preparation.targets:
        raw = said[target.output]
        raw = raw if target.unit is None else raw[:, target.unit : target.unit + 1]
        before = f"{names.new(target.name)}_" if len(preparation.targets) > 1 else ""
        found |= {f"{before}{key}": value for key, value in _spoken(target, raw).items()}
    return found


def _spoken(target: TargetPlan, raw: Any) -> dict[str, Any]:
    """The network's output as `nnc predict` says it: prediction and probabilities, or a number in its own unit."""
    raw = tf.cast(raw, tf.float64)
    if target.task == "regression":
        flat = tf.reshape(raw, [-1])
        return {"prediction": _INVERSES[target.transform](flat) if target.transform else flat}
    classes = tf.constant(target.classes)
    if target.task == "binary":
        flat = tf.reshape(raw, [-1])
        probability = tf.clip_by_value(tf.sigmoid(flat) if target.from_logits else flat, 0.0, 1.0)
        chosen = tf.cast(probability >= 0.5, tf.int32)
        return {"prediction": tf.gather(classes, chosen), "probability": probability}
    if target.from_logits:
        raw = tf.nn.softmax(raw, axis=1)
    raw = tf.maximum(raw, tf.constant(0.0, tf.float64))
    total = tf.reduce_sum(raw, axis=1, keepdims=True)
    even = tf.ones_like(raw) / len(target.classes)
    shares = tf.where(total > 0, raw / tf.where(total > 0, total, tf.ones_like(total)), even)
    return {"prediction": tf.gather(classes, tf.argmax(shares, axis=1)), "probabilities": shares}
