"""`keras.ops` on random tensors with random constants: what the catalog says beside what Keras says."""

from __future__ import annotations

import random

from nnc.catalog import Rejection, Size, TensorType, apply_op
from nnc.catalog.ops.table import rules
from tests.oracle.keras_side import ask_op
from tests.oracle.op_sampling import SQUARE, drawn


def op_names() -> list[str]:
    """The functions that the catalog offers."""
    return sorted(rules())


_NO_KERNEL = (
    "a float tensor",
    "a float32 or float64 tensor",
    "a tensor that is not of 16-bit floats",
    "numbers that can be negative",
    "numbers, not truth values",
)


def op_disagreement(rng: random.Random, name: str) -> str | None:
    """None where both agree on a random call of that function, else what differs."""
    leaves: list[TensorType] = []
    ours_args, ours_kwargs, call = drawn(rng, name, leaves)
    ours = apply_op(name, ours_args, ours_kwargs)
    if isinstance(ours, Rejection) and "no values" in ours.reason:
        return None  # Keras need not be asked: a tensor without values is of no use, and in some TensorFlow aborts
    theirs = ask_op(call, leaves, unit=name in SQUARE, fill=0 if name == "take_along_axis" else 1)
    text = f"ops.{name}({ours_args}, {ours_kwargs})"
    if isinstance(ours, Rejection):
        # A model may not mix rows, and a tensor without values is of no use to it.
        excused = "batch" in ours.reason or ours.argument in {"newshape", "repeats", "num_classes"}
        # Nor is one that can't be run: what Keras promises falls short of what it then does.
        excused |= "Keras 3.15" in ours.reason
        # Where a size is open nothing is computed, so TensorFlow does not yet see a dtype that it can't take.
        excused |= (
            ours.expected in _NO_KERNEL or ours.argument in {"indices", "updates"} or "of their own" in ours.reason
        ) and any(isinstance(s, Size) for leaf in leaves for s in leaf.shape)
        return (
            f"{text}\n    nnc refuses ({ours.reason}), Keras gives {theirs.outputs}"
            if theirs.accepted and not excused
            else None
        )
    if not theirs.accepted:
        return f"{text}\n    nnc gives {[str(out) for out in ours]}, Keras refuses ({theirs.why})"
    found = tuple((tuple(None if isinstance(size, Size) else size for size in out.shape), out.dtype) for out in ours)
    return None if found == theirs.outputs else f"{text}\n    nnc gives {found}, Keras gives {theirs.outputs}"
