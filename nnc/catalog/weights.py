"""Initializers that can't fill every weight, and the shapes of the weights that layers hand them.

`Orthogonal` makes matrices, by a factorization that TensorFlow lacks in bfloat16; `Identity` needs exactly two axes,
and `STFT` the kernel of a convolution of sound in one channel. Keras finds that out when it builds the layer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from nnc.catalog.layers.recurrent import filled
from nnc.catalog.rows import Operand, Rejection
from nnc.catalog.rules import Args, tensors
from nnc.catalog.shape import TensorType
from nnc.catalog.values import Object

Weight: TypeAlias = tuple[int | None, ...]  # its sizes, None where one hangs on what is not known


def misfit(name: str, args: Args, operands: Sequence[Operand]) -> Rejection | None:
    """Why an initializer of this layer, or of a cell in it, can't make its weight; `args` with defaults filled in."""
    for key in ("cell", "cells"):
        for item in args[key] if isinstance(args.get(key), tuple) else (args.get(key),):
            inside = misfit(item.name, filled(item), operands) if isinstance(item, Object) else None
            if inside is not None:
                return replace(inside, argument=key)
    weights = _WEIGHTS.get(name)
    picky = {
        key: rule
        for key, value in args.items()
        if key.endswith("_initializer") and isinstance(value, (str, Object))
        if (rule := _rule(value if isinstance(value, str) else value.name)) is not None
    }
    first = next((leaf for operand in operands for leaf in tensors(operand)), None)
    if not picky or weights is None or first is None:
        return None
    made = weights(args, first)
    for key, (initializer, fits, needs) in picky.items():
        wrong = next((weight for weight in made.get(key, ()) if not fits(weight)), None)
        if wrong is not None:
            count = f"{len(wrong)} ax{'i' if len(wrong) == 1 else 'e'}s"
            middle = f", {wrong[1]} in the middle" if initializer == "STFT" and len(wrong) == 3 else ""
            weight = key.removesuffix("_initializer").replace("_", " ")
            return Rejection(f"`{initializer}` can't fill the {weight} of `{name}`", needs, count + middle, key)
        if initializer in _NOT_IN_BFLOAT16 and args.get("dtype") == "bfloat16" and made.get(key):
            reason = f"`{initializer}` can't make weights in bfloat16"
            return Rejection(reason, "another initializer, or dtype mixed_bfloat16", "bfloat16", key)
    return None


_NOT_IN_BFLOAT16 = frozenset({"Orthogonal"})
Fits: TypeAlias = Callable[[Weight], bool]
_PICKY: Mapping[str, tuple[Fits, str]] = {
    "Identity": (lambda weight: len(weight) == 2, "a weight of 2 axes"),
    "Orthogonal": (lambda weight: len(weight) >= 2, "a weight of at least 2 axes"),
    "STFT": (
        lambda weight: len(weight) == 3 and weight[1] in (1, None),
        "a weight of 3 axes, 1 in the middle, such as the kernel of `Conv1D` on one channel",
    ),
}


@lru_cache(maxsize=256)
def _rule(initializer: str) -> tuple[str, Fits, str] | None:
    from nnc.catalog.registry import find

    row = find("initializers", initializer)
    found = _PICKY.get(row.name) if row is not None else None
    return None if row is None or found is None else (row.name, *found)


# ---- the weights of each layer -------------------------------------------------------------------

Weights: TypeAlias = Callable[[Args, TensorType], Mapping[str, Sequence[Weight]]]


def _biased(args: Args, kernels: Mapping[str, Sequence[Weight]], bias: Weight = (None,)) -> dict[str, Sequence[Weight]]:
    return {**kernels, "bias_initializer": (bias,)} if args["use_bias"] else dict(kernels)


def _channels(args: Args, tensor: TensorType) -> int | None:
    size = tensor.shape[0 if args["data_format"] == "channels_first" else -1]
    return size if isinstance(size, int) else None


def _conv(rank: int) -> Weights:
    def weights(args: Args, tensor: TensorType) -> Mapping[str, Sequence[Weight]]:
        channels = _channels(args, tensor)
        inside = None if channels is None else channels // args["groups"]
        return _biased(args, {"kernel_initializer": ((*[None] * rank, inside, None),)})

    return weights


def _transposed(rank: int) -> Weights:
    return lambda args, _: _biased(args, {"kernel_initializer": ((*[None] * rank, args["filters"], None),)})


def _depthwise(rank: int) -> Weights:
    """Those of the separable convolutions as well."""

    def weights(args: Args, tensor: TensorType) -> Mapping[str, Sequence[Weight]]:
        channels, times = _channels(args, tensor), args["depth_multiplier"]
        made: dict[str, Sequence[Weight]] = {"depthwise_initializer": ((*[None] * rank, channels, None),)}
        if "pointwise_initializer" in args:
            inside = None if channels is None else channels * times
            made["pointwise_initializer"] = ((*[1] * rank, inside, None),)
        return _biased(args, made)

    return weights


def _recurrent(rank: int) -> Weights:
    """Kernels over `rank` axes of a picture; none for the plain ones, whose kernels are matrices."""

    def weights(args: Args, tensor: TensorType) -> Mapping[str, Sequence[Weight]]:
        kernel = (*[None] * rank, _channels(args, tensor) if rank else None, None)
        again = (*[None] * rank, args["filters"] if rank else None, None)
        bias = (2, None) if args.get("reset_after") else (None,)
        return _biased(args, {"kernel_initializer": (kernel,), "recurrent_initializer": (again,)}, bias)

    return weights


def _einsum(args: Args, _: TensorType) -> Mapping[str, Sequence[Weight]]:
    letters = str(args["equation"]).split(",")[-1].split("->")[0]
    biases = args["bias_axes"]
    made: dict[str, Sequence[Weight]] = {"kernel_initializer": ((None,) * len(letters),)}
    return made if biases is None else {**made, "bias_initializer": ((None,) * len(biases),)}


def _heads(args: Args, _: TensorType) -> Mapping[str, Sequence[Weight]]:
    """Those of the projections to the heads, and that of the one back."""
    heads = args["num_heads"] if "num_heads" in args else args["num_query_heads"]
    size = args["head_dim"] if "head_dim" in args else args["value_dim"] or args["key_dim"]
    return _biased(args, {"kernel_initializer": ((None, heads, None), (heads, size, None))})


def _scaled(args: Args, _: TensorType) -> Mapping[str, Sequence[Weight]]:
    """One number for each size of the axes that are normalized."""
    axes = args.get("axis", -1)
    weight: Weight = (None,) * (len(axes) if isinstance(axes, tuple) else 1)
    named = {"scale": ("gamma_initializer",), "center": ("beta_initializer",)}
    used = [key for flag, keys in named.items() if args[flag] for key in keys]
    moving = [key for key in args if key.startswith("moving_") and key.endswith("_initializer")]
    return dict.fromkeys(used + moving, (weight,))


_WEIGHTS: Mapping[str, Weights] = {
    "Dense": lambda args, _: _biased(args, {"kernel_initializer": ((None, None),)}),
    **{f"Conv{rank}D": _conv(rank) for rank in (1, 2, 3)},
    **{f"Conv{rank}DTranspose": _transposed(rank) for rank in (1, 2, 3)},
    **{f"{name}Conv{rank}D": _depthwise(rank) for name in ("Depthwise", "Separable") for rank in (1, 2)},
    **{f"ConvLSTM{rank}D": _recurrent(rank) for rank in (1, 2, 3)},
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell"), _recurrent(0)),
    **dict.fromkeys(("MultiHeadAttention", "GroupQueryAttention"), _heads),
    "EinsumDense": _einsum,
    **dict.fromkeys(("BatchNormalization", "GroupNormalization", "LayerNormalization"), _scaled),
    **dict.fromkeys(("Embedding", "ReversibleEmbedding"), lambda _args, _: {"embeddings_initializer": ((None, None),)}),
    "PReLU": lambda _, tensor: {"alpha_initializer": ((None,) * len(tensor.shape),)},
}
