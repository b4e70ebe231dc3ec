"""The functions of `keras.ops.nn`: losses value by value, normalisation, attention."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.catalog.ops import dtypes
from nnc.catalog.ops.arrays import BATCH, Array, as_array, axes_in, broadcast, one_axis, texts
from nnc.catalog.ops.elementwise import Bound, first
from nnc.catalog.ops.layout import with_size
from nnc.catalog.ops.picking import whole
from nnc.catalog.rules import Refused, is_float, merged
from nnc.catalog.shape import Size


def _truth_and_output(bound: Bound, shares: Mapping[str, str] | None = None) -> tuple[Array, Array]:
    """Both tensors. `shares` has the dtypes of whole numbers that may be the output, and the target's with each."""
    target, output = (as_array(bound[name], name) for name in ("target", "output"))
    for name in ("target", "output"):
        if not isinstance(bound[name], Array):
            raise Refused(f"`{name}` must be a tensor", "a tensor", bound[name], name)
    if not is_float(output.dtype) and (shares or {}).get(output.dtype) != target.dtype:
        reason = "Keras 3.15 gives the loss in the dtype of `output`, so that must be floats"
        raise Refused(reason, "a float tensor", output.dtype, "output")
    return target, output


def binary_crossentropy(bound: Bound) -> tuple[Array, ...]:
    """The log loss of each value."""
    target, output = _truth_and_output(bound)
    _must_agree(target, output)
    dtypes.need(target, "floats", "target")
    return (output,)


def _must_agree(target: Array, output: Array) -> None:
    if target.dtype != output.dtype and is_float(target.dtype):
        raise Refused("both must have the same dtype", output.dtype, target.dtype, "target")
    pairs = zip(target.shape, output.shape, strict=False)
    if len(target.shape) != len(output.shape) or any(
        isinstance(a, Size) != isinstance(b, Size) or (isinstance(a, int) and a != b) for a, b in pairs
    ):
        raise Refused("both must have the same shape", str(output), target, "target")


def categorical_crossentropy(bound: Bound) -> tuple[Array, ...]:
    """The log loss of the classes along the last axis."""
    logits = bound["from_logits"]
    target, output = _truth_and_output(bound, None if logits else _SHARES)
    _must_agree(target if is_float(output.dtype) and not logits else Array(target.shape, output.dtype), output)
    dtypes.need(target, "any" if logits else "floats", "target")
    _last_or_as_long(bound, output)
    return (Array(output.shape[:-1], output.dtype),)


# Counts of each class become shares in one dtype, and the target must be of it.
_SHARES = {
    **dict.fromkeys(("int8", "int16", "uint8", "uint16"), "float32"),
    **dict.fromkeys(("int32", "int64", "uint32", "uint64"), "float64"),
}


_WRONG = "Keras 3.15 gets the shape wrong along another axis"


def _last_or_as_long(bound: Bound, output: Array) -> None:
    """Keras promises the shape without the last axis, whichever is named; where both are as long that is right."""
    axis = one_axis(bound["axis"], len(output.shape))
    if axis == len(output.shape) - 1:
        return
    counted_back = bound["from_logits"] and int(bound["axis"]) < 0  # TensorFlow fails on it
    if counted_back or with_size(output.shape, axis, output.shape[-1])[:-1] != output.shape[:-1]:
        raise Refused(_WRONG, "the last axis", bound["axis"], "axis")


def sparse_categorical_crossentropy(bound: Bound) -> tuple[Array, ...]:
    """The same where the truth is the number of a class."""
    target, output = _truth_and_output(bound)
    if one_axis(bound["axis"], len(output.shape)) != len(output.shape) - 1:
        raise Refused(_WRONG, "the last axis", bound["axis"], "axis")
    shape = target.shape[:-1] if len(target.shape) == len(output.shape) and target.shape[-1] == 1 else target.shape
    _must_agree(Array(shape, "int32"), Array(output.shape[:-1], output.dtype))
    if target.dtype == "bool":
        raise Refused("`target` must be class numbers", "whole numbers", "bool", "target")
    return (Array(output.shape[:-1], output.dtype),)


def glu(bound: Bound) -> tuple[Array, ...]:
    """Half of the axis, times the sigmoid of the other half."""
    name, array = first(bound)
    dtypes.need(array, "floats", name)
    axis = one_axis(bound["axis"], len(array.shape))
    size = array.shape[axis]
    if not isinstance(size, int) or size % 2:
        raise Refused("the axis must have an even size that is known", "an even size", size, "axis")
    return (Array(with_size(array.shape, axis, size // 2), array.dtype),)


def normalized(bound: Bound) -> tuple[Array, ...]:
    """`layer_normalization`, `rms_normalization` without learnt weights."""
    _, array = first(bound)
    axes_in(bound["axis"], len(array.shape))
    for weight in ("gamma", "beta", "scale"):
        if bound.get(weight) is not None:
            raise Refused(
                f"`{weight}` belongs to a layer, which learns it", "none", "a value", weight,
                "use the layer, `LayerNormalization` or `RMSNormalization`",
            )  # fmt: skip
    return (Array(array.shape, array.dtype),)


def moments(bound: Bound) -> tuple[Array, ...]:
    """Mean and variance along axes."""
    name, array = first(bound)
    dtypes.need(array, "signed", name)
    axes = axes_in(bound["axes"], len(array.shape), "axes")
    if not isinstance(bound["axes"], tuple):
        raise Refused("`axes` must be a list", "a list of axes", bound["axes"], "axes")
    keep = bool(bound["keepdims"])
    shape = tuple(1 if i in axes else size for i, size in enumerate(array.shape) if keep or i not in axes)
    return (Array(shape, array.dtype),) * 2


def attention(bound: Bound) -> tuple[Array, ...]:
    """Scaled dot-product attention of [steps, heads, size] tensors."""
    query, key, value = (as_array(bound[name], name) for name in ("query", "key", "value"))
    found = texts([query.shape, key.shape, value.shape])
    if any(len(array.shape) != 4 for array in (query, key, value)):
        raise Refused("query, key and value must be [steps, heads, size]", "3 axes each", found)
    dtype = dtypes.promoted((query, key, value))
    dtypes.need(Array((), dtype), "signed", "query")
    if bound["bias"] is not None or bound["attn_logits_soft_cap"] is not None or bound["flash_attention"]:
        raise Refused("nnc can't check this argument yet", "query, key, value, mask, scale and is_causal", "another")

    def complain() -> Refused:
        return Refused("steps of key and value, and heads and sizes of all, must agree", "equal sizes", found)

    for a, b in (
        (key.shape[1], value.shape[1]),
        *zip(query.shape[2:] * 2, key.shape[2:] + value.shape[2:], strict=True),
    ):
        merged(a, b, complain)
    if isinstance(bound["mask"], Array):
        mask = bound["mask"]
        wanted = (BATCH, query.shape[2], query.shape[1], key.shape[1])
        if len(mask.shape) != 4 or mask.dtype != "bool" or broadcast([mask.shape, wanted]) != wanted:
            raise Refused(
                "`mask` must be truth values [heads, steps, steps]", "bool[heads, steps, steps]", mask, "mask"
            )
    elif bound["mask"] is not None:
        raise Refused("`mask` must be a tensor", "a tensor", "something else", "mask")
    return (Array(query.shape, dtype),)


def multi_hot(bound: Bound) -> tuple[Array, ...]:
    """A 1 at each place that the whole numbers of a row name."""
    array = as_array(bound["inputs"], "inputs")
    classes = whole(bound, "num_classes", 1)
    if len(array.shape) < 2 or bound["axis"] != -1:
        raise Refused(
            "`multi_hot` needs an axis of numbers, and puts the classes last", "`axis=-1`", bound["axis"], "axis"
        )
    return (Array((array.shape[0], *array.shape[2:], classes), array.dtype),)


def in_top_k(bound: Bound) -> tuple[Array, ...]:
    """Whether the class is among the k likeliest."""
    targets, predictions = as_array(bound["targets"], "targets"), as_array(bound["predictions"], "predictions")
    whole(bound, "k", 1)
    if len(targets.shape) != 1 or len(predictions.shape) != 2:
        raise Refused("it needs a class number and a row of predictions", "[] and [classes]", texts([targets.shape]))
    if targets.dtype not in ("int32", "int64") or predictions.dtype != "float32":
        raise Refused("it needs whole numbers and float32", "int32 and float32", targets.dtype, "targets")
    return (Array(targets.shape, "bool"),)


def threshold(bound: Bound) -> tuple[Array, ...]:
    """What lies above a threshold, another value below."""
    name, array = first(bound)
    dtypes.need(array, "numbers", name)
    for limit in ("threshold", "default_value"):
        value = bound[limit]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Refused(f"`{limit}` must be a number", "a number", value, limit)
        if isinstance(value, float) and not is_float(array.dtype):
            raise Refused(f"`{limit}` must be a whole number, as the tensor's are", "a whole number", value, limit)
    return (array,)
