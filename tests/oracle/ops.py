"""`keras.ops` on random tensors with random constants: what the catalog says beside what Keras says."""

from __future__ import annotations

import functools
import operator
import random
from collections.abc import Callable
from typing import Any

import keras

from nnc.catalog import Rejection, Size, TensorType, apply_op
from nnc.catalog.ops.table import RULES
from nnc.catalog.signatures import signature
from nnc.catalog.values import IndexItem
from tests.oracle.keras_side import ask_op

TENSOR = object()
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
_SKIPPED = {"name", "sparse", "order", "epsilon", "sorted", "method", "reverse", "copy", "nan", "posinf", "neginf",
            "ord",
            "decimals", "weights", "approximate", "threshold", "rtol", "atol", "equal_nan", "initial", "where", "b",
            "negative_slope", "default_value", "correction", "return_index"}  # fmt: skip
_TENSORS = {"x", "x1", "x2", "condition", "array", "variable"}
_WHOLE_TENSORS = {"one_hot"}


def op_names() -> list[str]:
    """The functions that the catalog offers."""
    return sorted(RULES)


def op_disagreement(rng: random.Random, name: str) -> str | None:
    """None where both agree on a random call of that function, else what differs."""
    leaves: list[TensorType] = []
    ours_args, ours_kwargs, call = _drawn(rng, name, leaves)
    ours = apply_op(name, ours_args, ours_kwargs)
    theirs = ask_op(call, leaves)
    text = f"ops.{name}({ours_args}, {ours_kwargs})"
    if isinstance(ours, Rejection):
        # A model may not mix rows, and a tensor without values is of no use to it.
        excused = "batch" in ours.reason or ours.argument in {"newshape", "repeats", "num_classes"}
        # Where a size is open nothing is computed, so TensorFlow does not yet see a dtype that it can't take.
        excused |= ours.expected == "a float tensor" and any(isinstance(s, Size) for leaf in leaves for s in leaf.shape)
        return (
            f"{text}\n    nnc refuses ({ours.reason}), Keras gives {theirs.outputs}"
            if theirs.accepted and not excused
            else None
        )
    if not theirs.accepted:
        return f"{text}\n    nnc gives {[str(out) for out in ours]}, Keras refuses ({theirs.why})"
    found = tuple((tuple(None if isinstance(size, Size) else size for size in out.shape), out.dtype) for out in ours)
    return None if found == theirs.outputs else f"{text}\n    nnc gives {found}, Keras gives {theirs.outputs}"


def _tensor(rng: random.Random, leaves: list[TensorType], name: str) -> TensorType:
    if leaves and rng.random() < 0.8:
        shape = [rng.choice((size, size, size, 1)) for size in leaves[0].shape]
    else:
        shape = [Size() if rng.random() < 0.08 else rng.choice(SIZES) for _ in range(rng.choice((0, 1, 1, 2, 2, 3)))]
    dtypes = ("int32",) if name in _WHOLE_TENSORS else ("float32",) * 6 + ("int32", "int64", "uint8", "bool", "float16")
    tensor = TensorType(tuple(shape), rng.choice(dtypes))
    leaves.append(tensor)
    return tensor


def _drawn(
    rng: random.Random, name: str, leaves: list[TensorType]
) -> tuple[list[Any], dict[str, Any], Callable[..., Any]]:
    if name == "getitem":
        return _index(rng, leaves)
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
    if argument in _TENSORS and (required or name == "where"):
        if leaves and rng.random() < 0.25 and argument != "condition":
            return rng.choice((2, 0.5, 1, True))
        return _tensor(rng, leaves, name)
    if argument == "xs" or (name in ("stack", "concatenate") and argument == "x"):
        return tuple(_tensor(rng, leaves, name) for _ in range(rng.randint(1, 3)))
    if argument in _SKIPPED or argument not in _VALUES or (not required and rng.random() < 0.2):
        return _SKIP
    return rng.choice(_VALUES[argument])


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
