"""A TensorFlow SavedModel for serving: what TensorFlow Serving loads, without Keras and without nnc.

Of a spec it has one signature, `serving_default`, which takes prepared arrays by the names of the model's inputs. Of a
run it has two: `serving_default` takes raw rows, a tensor a column, and says what `nnc predict` says; `prepared` is the
network alone. `columns.json` beside it tells which column each tensor of `serving_default` is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from nnc.data import Preparation
from nnc.data.targets import TargetPlan
from nnc.emit.names import Names
from nnc.run.serving_columns import served_column

COLUMNS = "columns.json"
_LARGEST = float(np.finfo(np.float32).max)
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
        names[column.name]: tf.TensorSpec([None], served_column(column).dtype, names[column.name])
        for column in known.columns
    }
    prepared = {column.name: served_column(column).prepare(column, archive.track) for column in known.columns}

    def raw(columns: Mapping[str, Any]) -> dict[str, Any]:
        parts = [prepare(columns[names[name]]) for name, prepare in prepared.items()]
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
