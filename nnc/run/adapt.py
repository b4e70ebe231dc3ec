"""Layers that must see data first: what they learn from the training rows is written into their arguments.

So the model that is built, saved and used to predict is one with a mean, a vocabulary or bins like any other, and
nothing else has to know that these were learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from nnc.catalog import Applied, LayerRow, apply_layer, find, sees_data
from nnc.data import Part
from nnc.emit.flow import inputs_of, live_calls
from nnc.emit.keras_functions import build_functions
from nnc.emit.keras_model import build_model, build_object
from nnc.graph import Call, Layer, ModelGraph, ModelOutput, Object, Spec, Value

_BATCH = 1_024


def adapted(spec: Spec, model: ModelGraph, training: Part) -> ModelGraph:
    """The model with all that its layers learn from the training rows in their arguments, in the order of the model.

    A layer behind other layers sees what these give for the training rows; one that is used several times sees what its
    first use is given. `model` itself where there is nothing to learn.
    """
    for call in live_calls(model):
        layer = model.layers[call.layer] if call.layer is not None else None
        if layer is not None and sees_data(layer.kind, layer.args):
            filled = _learnt(spec, layer, _rows(spec, model, call, training))
            model = replace(model, layers={**model.layers, layer.name: _counted(filled, call)})
    return model


def _rows(spec: Spec, model: ModelGraph, call: Call, training: Part) -> Any:
    """What a call is given for the training rows."""
    tensor = inputs_of(call)[0]
    direct = next((item.name for item in model.inputs if item.tensor.id == tensor.id), None)
    if direct is not None:
        return training.inputs[direct]
    before = replace(model, outputs=(ModelOutput("before", tensor),))
    seed = spec.train.seed if spec.train else 0
    network = build_model(spec, before, seed=seed)
    arrays = [training.inputs[item.name] for item in model.inputs]
    return network.predict(arrays[0] if len(arrays) == 1 else arrays, batch_size=_BATCH, verbose=0)


def _learnt(spec: Spec, layer: Layer, rows: Any) -> Layer:
    network = build_object(Object("layers", layer.kind, layer.args), build_functions(spec))
    network.adapt(rows)
    args = {key: value for key, value in layer.args.items() if key not in _REPLACED.get(layer.kind, ())}
    return replace(layer, args={**args, **_READ[layer.kind](network)})


def _counted(layer: Layer, call: Call) -> Layer:
    """The layer with its parameters counted again: what is an argument is no weight."""
    row = find("layers", layer.kind)
    types = [tensor.type for tensor in inputs_of(call)]
    found = apply_layer(row, layer.args, types, {}) if isinstance(row, LayerRow) else None
    if not isinstance(found, Applied):
        return layer
    return replace(layer, trainable=found.trainable, non_trainable=found.non_trainable)


# ---- what each layer has learnt, as its own arguments --------------------------------------------


def _plain(value: Any) -> Value:
    """Numbers and texts as Python has them, lists as tuples."""
    if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim):
        return tuple(_plain(item) for item in value)
    item = value.item() if isinstance(value, (np.generic, np.ndarray)) else value
    plain: Value = item.decode() if isinstance(item, bytes) else item
    return plain


def _moments(layer: Any) -> Mapping[str, Value]:
    return {"mean": _plain(layer.adapt_mean.numpy()), "variance": _plain(layer.adapt_variance.numpy())}


def _vocabulary(layer: Any) -> Mapping[str, Value]:
    """The words without those that Keras adds itself, and what each weighs where that was learnt too."""
    words = layer.get_vocabulary(include_special_tokens=False)
    lookup = getattr(layer, "_lookup_layer", layer)
    if lookup.output_mode != "tf_idf":
        return {"vocabulary": _plain(words)}
    weights = np.asarray(lookup.idf_weights)
    own = len(lookup.get_vocabulary()) - len(words)
    return {"vocabulary": _plain(words), "idf_weights": _plain(weights[own : own + len(words)])}


def _boundaries(layer: Any) -> Mapping[str, Value]:
    return {"bin_boundaries": _plain(np.asarray(layer.bin_boundaries))}


_READ: Mapping[str, Callable[[Any], Mapping[str, Value]]] = {
    "Normalization": _moments,
    "Discretization": _boundaries,
    "StringLookup": _vocabulary,
    "IntegerLookup": _vocabulary,
    "TextVectorization": _vocabulary,
}
# Arguments that Keras does not take beside what was learnt.
_REPLACED: Mapping[str, tuple[str, ...]] = {"Discretization": ("num_bins",)}
