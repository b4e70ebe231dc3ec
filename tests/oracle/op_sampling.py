"""Random calls of `keras.ops` functions: which tensors and constants each may be given, wrong ones too."""

from __future__ import annotations

import functools
import operator
import random
from collections.abc import Callable
from typing import Any

import keras

from nnc.catalog import Size, TensorType
from nnc.catalog.signatures import signature
from nnc.catalog.values import IndexItem

SIZES = (1, 2, 3, 4, 6)
AXES = (-1, -1, 1, 2, -2, 0, None, 5)

# Constants by argument, with what each function needs beside its tensors.
_VALUES: dict[str, tuple[Any, ...]] = {
    "axis": AXES,
    "keepdims": (True, False),
    "x_min": (0,),
    "x_max": (1, 2.5),
    "dtype": ("float32", "int32", "bool", "float16"),
    "newshape": ((-1, 6), (-1, 2, 3), (-1, 4), (-1, 3, 2), (2, -1)),
    "axes": ((0, 2, 1), (0, 1), (1, 0), None, (0, 3, 1, 2)),
    "axis1": (1, 2, -1, 0),
    "axis2": (1, 2, -1),
    "source": (1, -1, (1, 2), 0),
    "destination": (1, -1, 2, (2, 1)),
    "repeats": (1, 2, 3, 0),
    "shift": (1, -2),
    "indices_or_sections": (1, 2, 3, (1,), (1, 3)),
    "num_classes": (1, 5, 0),
    "k": (1, 2, 9),
}
# What one function's argument takes, where the same name means something else in others.
_OWN: dict[str, tuple[Any, ...]] = {
    "threshold.threshold": (1, 0.5),
    "threshold.default_value": (0, 2.5),
    "full_like.fill_value": (0, 1),
    "saturate_cast.dtype": ("uint8", "float32", "int32"),
    "view.dtype": ("int32", "uint8", "float16", "float32"),
    "argpartition.kth": (0, 1),
    "quantile.q": (0.5, 0.25, 1, (0.1, 0.9)),
    "percentile.q": (50, 12.5, 100),
    "moments.axes": ((1,), (-1,), (1, 2), (2, -1), (0,), (7,)),
    "svd.full_matrices": (True, False),
    "svd.compute_uv": (True, False),
    "qr.mode": ("reduced", "complete", "r"),
    "array_split.indices_or_sections": (1, 2, 3),
    "diagonal.offset": (0, 1, -1, 3, -9),
    "trace.offset": (0, 1, -1),
    "diff.n": (0, 1, 2, 5),
    "rot90.k": (1, -1, 2, 3),
    "rot90.axes": ((1, 2), (2, 1), (-1, 1), (0, 1)),
    "pad.pad_width": (
        ((0, 0), (1, 2)),
        ((0, 0), (0, 3), (1, 0)),
        ((0, 0), (0, 0), (2, 2), (0, 1)),
        ((1, 0), (1, 1)),
        1,
    ),
    "pad.mode": ("constant", "reflect", "symmetric", "edge"),
    "pad.constant_values": (None, None, 1, 0.5),
    "slice.start_indices": ((0, 0), (0, 1), (0, 0, 1), (0, 2, 0), (1, 0)),
    "slice.shape": ((-1, 1), (-1, 2), (-1, 2, 1), (-1, 1, 3), (7, 1)),
    "slice_update.start_indices": ((0, 0), (0, 0, 0), (0, 0, 0, 0)),
    "take.indices": (0, -1, 2, (0, 1), ((0, 0), (1, 0)), (5,)),
    "tile.repeats": (1, 2, (1, 2), (1, 1, 3), (2,), (1, 2, 2, 1), (3, 1)),
    "unstack.num": (None, 2, 3),
    "rfft.fft_length": (None, 1, 4, 5),
    "irfft.fft_length": (None, 3, 4),
    "*.sequence_length": (1, 2, 3),
    "*.sequence_stride": (1, 2),
    "stft.fft_length": (3, 4, 2),
    "istft.fft_length": (3, 4, 6),
    "stft.window": ("hann", "hamming", None, "round"),
    "*.center": (True, False),
    "istft.length": (None, 5),
    "*.pool_size": (1, 2, 3, (2,), (2, 1), (1, 2, 1)),
    "*.strides": (None, 1, 2),
    "*.padding": ("valid", "same", "causal"),
    "*.data_format": (None, "channels_last", "channels_first"),
    "*.block_size": (2, 2, 2, 1, 3),
    "fold.output_size": ((4, 4), (3, 3), 4),
    "fold.kernel_size": (2, 1, (1, 2)),
    "fold.dilation": (1,),
    "fold.padding": (0,),
    "fold.stride": (1, 2),
    "*.from_logits": (True, False),
    "dot_product_attention.is_causal": (True, False),
    "multi_hot.num_classes": (6,),
    "multi_hot.dtype": ("int32", "float32"),
    "multi_hot.axis": (-1,),
    "cross.axis": (None, -1),
    "*.k": (1, 2),
    "top_k.k": (1, 2, 9),
    "trapezoid.dx": (1.0, 0.5),
    "layer_normalization.axis": (-1, 1, (1, 2), 5, 0),
    "rms_normalization.axis": (-1, 1, (1, 2), 5, 0),
}
_SUBSCRIPTS = (
    "bij,bjk->bik", "bij->bji", "bij->bi", "bii->bi", "...ij,...jk->...ik", "bi,bi->b", "bi,bj->bij", "bij,bj->bi",
    "bij,bkj", "ij->i", "b...->b...", "bhij,bhjk->bhik", "bij->ij", "bi,ci->bc", "bij,bij->b", "bi->bii",
)  # fmt: skip
# Functions whose tensors have a form of their own: so many axes, and how the others follow the first.
_RANKS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(["cholesky", "cholesky_inverse", "inv", "det", "eigh", "logdet", "matrix_rank"], (2, 2, 3, 1)),
    **dict.fromkeys(["pinv", "qr", "svd"], (2, 2, 3, 1)),
    **dict.fromkeys(("solve", "solve_triangular"), (2, 2, 3)), "cdist": (2, 2, 3), "cross": (1, 1, 2),
    "depth_to_space": (3,), "space_to_depth": (3,), "fold": (2,), "dot_product_attention": (3, 3, 3, 2),
    "max_pool": (2, 2, 3, 4, 1), "average_pool": (2, 2, 3, 4, 1), "pad": (1, 2, 3), "slice": (1, 2),
}  # fmt: skip
SQUARE = {"cholesky", "cholesky_inverse", "inv", "det", "eigh", "logdet", "solve", "solve_triangular"}
_SKIPPED = {"name", "sparse", "order", "epsilon", "sorted", "method", "reverse", "copy", "nan", "posinf", "neginf",
            "ord",
            "decimals", "weights", "approximate", "threshold", "rtol", "atol", "equal_nan", "initial", "where", "b",
            "negative_slope", "default_value", "correction", "return_index", "rcond", "tol", "upper", "lower", "scale",
            "bias", "mask", "flash_attention", "attn_logits_soft_cap", "gamma", "beta", "axisa", "axisb",
            "axisc", "ragged", "synchronized"}  # fmt: skip
_TENSORS = {
    "x", "x1", "x2", "condition", "array", "variable", "y", "a", "b", "inputs", "query", "key", "value",
    "target", "output", "targets", "predictions", "updates",
}  # fmt: skip
_WHOLE_TENSORS = {"one_hot", "multi_hot"}
_WHOLE_ARGUMENTS = {"take_along_axis.indices", "in_top_k.targets", "ldexp.x2", "sparse_categorical_crossentropy.target"}
_PAIRS = {"fft", "fft2", "ifft2", "irfft", "istft"}


def _tensor(rng: random.Random, leaves: list[TensorType], name: str, argument: str = "x") -> TensorType:
    if leaves and (name in _PAIRS or name == "dot_product_attention") and rng.random() < 0.9:
        leaves.append(leaves[0])
        return leaves[0]
    if name in _RANKS and not leaves:
        size = rng.choice(SIZES)
        shape = [
            size if name in SQUARE and rng.random() < 0.85 else _size(rng) for _ in range(rng.choice(_RANKS[name]))
        ]
        if name in ("max_pool", "average_pool", "depth_to_space", "space_to_depth", "cross") and rng.random() < 0.8:
            shape[rng.randrange(len(shape))] = rng.choice((4, 8, 3))
    elif name == "fold":
        shape = [4, 9]
    elif name in ("sparse_categorical_crossentropy", "in_top_k") and not leaves:
        shape = [] if name == "in_top_k" else [rng.choice(SIZES)] * rng.randint(0, 2)
    elif name in ("sparse_categorical_crossentropy", "in_top_k"):
        shape = [*leaves[0].shape, rng.choice(SIZES[1:])]
    elif leaves and rng.random() < (0.95 if "crossentropy" in name else 0.8):
        shape = [rng.choice((size, size, size, 1)) for size in leaves[0].shape]
    else:
        shape = [_size(rng) for _ in range(rng.choice((0, 1, 1, 2, 2, 3)))]
    dtypes = (
        ("int32",)
        if name in _WHOLE_TENSORS or f"{name}.{argument}" in _WHOLE_ARGUMENTS
        else ("float32",) * 6 + ("int32", "int64", "uint8", "bool", "float16")
    )
    tensor = TensorType(tuple(shape), rng.choice(dtypes))
    leaves.append(tensor)
    return tensor


def _size(rng: random.Random) -> int | Size:
    return Size() if rng.random() < 0.08 else rng.choice(SIZES)


def drawn(
    rng: random.Random, name: str, leaves: list[TensorType]
) -> tuple[list[Any], dict[str, Any], Callable[..., Any]]:
    if name == "getitem":
        return _index(rng, leaves)
    if name == "einsum":
        return _einsum(rng, leaves)
    found = signature("ops", name)
    assert found is not None
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for argument, *default in found.args:
        value = _value(rng, name, argument, leaves, required=not default)
        if value is _SKIP:
            continue
        if default:
            kwargs[argument] = value
        else:
            args.append(value)
    shape_of = functools.partial(_call, getattr(keras.ops, name), tuple(args), dict(kwargs))
    return args, kwargs, shape_of


_SKIP = object()


def _value(rng: random.Random, name: str, argument: str, leaves: list[TensorType], *, required: bool) -> Any:
    own = _OWN.get(f"{name}.{argument}") or _OWN.get(f"*.{argument}")
    if own is not None:
        return _SKIP if not required and rng.random() < 0.3 else rng.choice(own)
    several = _several(rng, name, argument, leaves)
    if several is not None:
        return several
    if f"{name}.{argument}" in _WHOLE_ARGUMENTS or (argument in _TENSORS and (required or name == "where")):
        constant = leaves and rng.random() < 0.25 and argument != "condition" and name not in _NEED_TENSORS
        return rng.choice((2, 0.5, 1, True)) if constant else _tensor(rng, leaves, name, argument)
    if argument in _SKIPPED or argument not in _VALUES or (not required and rng.random() < 0.2):
        return _SKIP
    return rng.choice(_VALUES[argument])


def _several(rng: random.Random, name: str, argument: str, leaves: list[TensorType]) -> tuple[TensorType, ...] | None:
    """A list of tensors, for an argument that takes one."""
    if name in _PAIRS and argument == "x":
        return tuple(_tensor(rng, leaves, name) for _ in range(2))
    if name == "select" and argument in ("condlist", "choicelist"):
        dtype = "bool" if argument == "condlist" else rng.choice(("float32", "int32"))
        leaves.append(TensorType(leaves[0].shape if leaves else (rng.choice(SIZES),), dtype))
        return (leaves[-1],)
    if argument == "xs" or (name in ("stack", "concatenate") and argument == "x"):
        return tuple(_tensor(rng, leaves, name) for _ in range(rng.randint(1, 3)))
    return None


def _call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], *flat: Any) -> Any:
    rest = iter(flat)
    fill = lambda value: (  # noqa: E731 - it calls itself
        next(rest)
        if isinstance(value, TensorType)
        else [fill(item) for item in value]
        if isinstance(value, tuple) and any(isinstance(item, TensorType) for item in value)
        else value
    )
    positional = [fill(value) for value in args]  # before those by name, since `rest` goes in order
    return function(*positional, **{key: fill(value) for key, value in kwargs.items()})


_NEED_TENSORS = {
    "solve", "solve_triangular", "cdist", "cross", "dot_product_attention", "in_top_k", "slice_update", "append",
    "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy", "take_along_axis",
}  # fmt: skip


def _einsum(rng: random.Random, leaves: list[TensorType]) -> tuple[list[Any], dict[str, Any], Callable[..., Any]]:
    text = rng.choice(_SUBSCRIPTS)
    sizes: dict[str, int] = {}
    for part in text.partition("->")[0].split(","):
        named = part.replace("...", "")[0 if "..." in part else 1 :]
        shape = [sizes.setdefault(c, rng.choice(SIZES)) if rng.random() < 0.9 else rng.choice(SIZES) for c in named]
        if "..." in part and rng.random() < 0.5:
            shape.insert(0, sizes.setdefault("...", rng.choice(SIZES)))
        leaves.append(TensorType(tuple(shape), rng.choice(("float32", "float32", "int32"))))
    return [text, *leaves], {}, functools.partial(_call, keras.ops.einsum, (text, *leaves), {})


def _index(rng: random.Random, leaves: list[TensorType]) -> tuple[list[Any], dict[str, Any], Callable[..., Any]]:
    tensor = _tensor(rng, leaves, "getitem")
    items, keys = [IndexItem(is_slice=True)], [slice(None)]
    for _ in range(rng.randint(0, 3)):
        kind = rng.random()
        if kind < 0.4:
            place = rng.choice((0, 1, -1, 2, -3))
            items.append(IndexItem(place))
            keys.append(place)
        elif kind < 0.85:
            parts = tuple(rng.choice((None, None, 1, 2, -1)) for _ in range(2))
            step = rng.choice((None, 1, 2, -1))
            items.append(IndexItem(*parts, step, is_slice=True))
            keys.append(slice(*parts, step))
        elif Ellipsis not in keys:
            items.append(IndexItem(is_ellipsis=True))
            keys.append(Ellipsis)
    return [tensor, *items], {}, lambda x: operator.getitem(x, tuple(keys))
