"""Layers that a spec can't name, with the reason and what to write instead."""

from __future__ import annotations

from nnc.catalog.layers.spec import RefusedSpec

_CODE = "it needs Python code, and a spec holds none"

ROWS: tuple[RefusedSpec, ...] = (
    RefusedSpec("Lambda", "Calls a Python function.", f"{_CODE}; write an `fn` and use it as a layer: `x -> my_fn`"),
    RefusedSpec("TorchModuleWrapper", "Wraps a PyTorch module.", f"{_CODE}; write the module's layers"),
    RefusedSpec("JaxLayer", "Wraps a JAX function.", f"{_CODE}; write the function's layers"),
    RefusedSpec("FlaxLayer", "Wraps a Flax module.", f"{_CODE}; write the module's layers"),
    RefusedSpec(
        "TFSMLayer", "Runs a TensorFlow SavedModel.", "it would run a program from a file; write the model's layers"
    ),
    RefusedSpec("InputLayer", "An input of a model.", "write `input x: [10]`"),
    RefusedSpec(
        "MaxNumBoundingBoxes", "Trims lists of bounding boxes to one length.",
        "a model of nnc has no input for bounding boxes; trim them before they come to the model",
    ),
    RefusedSpec(
        "Equalization", "Spreads the values of each channel evenly over the range.",
        "Keras can't build a model with it, because it gives back its own input; equalize the pictures beforehand",
    ),
)  # fmt: skip
