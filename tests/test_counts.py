"""Multiply-adds against TensorFlow's profiler, which counts two operations for each, and against closed forms."""

from __future__ import annotations

import pytest

from nnc.catalog import LayerRow, TensorType, apply_layer, find
from nnc.catalog.ops import apply_op
from nnc.catalog.ops.work import op_work

# No dilation: on a CPU TensorFlow pads the image for it and counts the padding too.
LAYERS = (
    ("Dense", {"units": 7, "use_bias": False}, (5,)),
    ("Dense", {"units": 7, "use_bias": False}, (4, 5)),
    ("Conv1D", {"filters": 6, "kernel_size": 3, "use_bias": False}, (9, 4)),
    ("Conv2D", {"filters": 6, "kernel_size": 3, "use_bias": False}, (9, 8, 4)),
    ("Conv2D", {"filters": 6, "kernel_size": (2, 3), "strides": 2, "padding": "same", "use_bias": False}, (9, 8, 4)),
    ("Conv3D", {"filters": 2, "kernel_size": 2, "use_bias": False}, (4, 5, 6, 3)),
    ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2, "use_bias": False}, (9, 8, 4)),
    ("SeparableConv2D", {"filters": 6, "kernel_size": 3, "use_bias": False}, (9, 8, 4)),
)


@pytest.mark.tf
def test_layers_agree_with_tensorflows_profiler():
    import keras
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    found = {}
    for number, (name, args, shape) in enumerate(LAYERS):
        layer = getattr(keras.layers, name)(**args)
        layer(keras.KerasTensor((None, *shape)))
        function = tf.function(layer, input_signature=[tf.TensorSpec((1, *shape))], autograph=False)
        frozen = convert_variables_to_constants_v2(function.get_concrete_function())
        options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
        options["output"] = "none"
        profile = tf.compat.v1.profiler.profile(frozen.graph, cmd="op", options=options)
        row = find("layers", name)
        assert isinstance(row, LayerRow)
        ours = apply_layer(row, args, [TensorType(shape)], {})
        found[number, name] = (2 * ours.multiply_adds, profile.total_float_ops)
    assert {key: ours for key, (ours, _) in found.items()} == {key: theirs for key, (_, theirs) in found.items()}


@pytest.mark.parametrize(
    ("name", "args", "work"),
    [
        ("matmul", [TensorType((5, 3)), TensorType((3, 2))], 5 * 2 * 3),
        ("einsum", ["bij,bjk->bik", TensorType((3, 4)), TensorType((4, 5))], 3 * 4 * 5),
        ("einsum", ["...ij,...jk->...ik", TensorType((2, 3, 4)), TensorType((2, 4, 5))], 2 * 3 * 4 * 5),
        ("dot_product_attention", [TensorType((5, 2, 4)), *[TensorType((6, 2, 4))] * 2], 2 * 5 * 6 * 2 * 4),
        ("add", [TensorType((5, 3)), 1], 0),
    ],
)
def test_functions_by_closed_forms(name, args, work):
    assert op_work(name, args, apply_op(name, args, {})) == work
