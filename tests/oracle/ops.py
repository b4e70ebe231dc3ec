"""`keras.ops` on random tensors with random constants: what the catalog says beside what Keras says.

A call counts as accepted by Keras when the symbolic call works, TensorFlow traces it with an open batch, the call on
data works, and all three give the same shapes with the batch as their first axis: less can't be built into a model.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnc.catalog import Rejection, Size, TensorType, apply_op
from nnc.catalog.ops.table import rules
from nnc.catalog.signatures import signature
from tests.oracle.keras_side import OPEN, Answer, ask_op, mixes_rows, works_on_data
from tests.oracle.op_sampling import SQUARE, drawn


def op_names() -> list[str]:
    """The functions that the catalog offers."""
    return sorted(rules())


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
        asked = Asked(name, ours_args, ours_kwargs, leaves, call, ours, theirs)
        if not theirs.accepted or any(excuse(asked) for excuse, _ in EXCUSES):
            return None
        return f"{text}\n    nnc refuses ({ours.reason}), Keras gives {theirs.outputs}"
    if not theirs.accepted and _NO_KERNEL in theirs.why:
        return None  # TensorFlow computes it on a GPU alone
    if not theirs.accepted:
        return f"{text}\n    nnc gives {[str(out) for out in ours]}, Keras refuses ({theirs.why})"
    found = tuple((tuple(None if isinstance(size, Size) else size for size in out.shape), out.dtype) for out in ours)
    # Where Keras promises one dtype and computes another, either is an answer of its.
    return (
        None
        if found in (theirs.outputs, theirs.computed)
        else f"{text}\n    nnc gives {found}, Keras gives {theirs.outputs}"
    )


_NO_KERNEL = "Could not find device for node"


# ---- where nnc refuses what Keras accepts, on purpose --------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A call, and both answers."""

    name: str
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    leaves: Sequence[TensorType]
    call: Callable[..., Any]
    ours: Rejection
    theirs: Answer


def _mixes(asked: Asked) -> bool:
    return mixes_rows(asked.call, asked.leaves)


# Functions that go over so many of the last axes without being told.
_LAST_AXES = {"hsplit": 1, "extract_sequences": 1, "tril": 2, "triu": 2, "istft": 2}


def _names_the_batch(asked: Asked) -> bool:
    if asked.name in _LAST_AXES:
        return len(asked.leaves[0].shape) < _LAST_AXES[asked.name]
    found = signature("ops", asked.name)
    if found is None or not asked.leaves:
        return False
    given = {name: default[0] for name, *default in found.args if default}
    given |= {**dict(zip((name for name, *_ in found.args), asked.args, strict=False)), **asked.kwargs}
    rank = len(asked.leaves[0].shape) + 1
    axes = given.get("axis", 1)
    return axes is None or any(axis in (0, -rank) for axis in (axes if isinstance(axes, tuple) else (axes,)))


def _empty(asked: Asked) -> bool:
    return any(0 in shape for shape, _ in asked.theirs.outputs)


def _laid_over(asked: Asked) -> bool:
    """An axis of 1 beside one of another size, under the same letter."""
    found = asked.ours.found if asked.name == "einsum" and "has two sizes" in asked.ours.reason else None
    return found is not None and "1" in found.split(" and ")


def _of_no_diagonal(asked: Asked) -> bool:
    return asked.name == "trace" and "no such diagonal" in asked.ours.reason


def _open(asked: Asked) -> bool:
    return any(isinstance(size, Size) for leaf in asked.leaves for size in leaf.shape)


def _fails_later(asked: Asked) -> bool:
    return _open(asked) and sum(works_on_data(asked.call, asked.leaves, size) for size in OPEN) <= 1


EXCUSES: tuple[tuple[Callable[[Asked], bool], str], ...] = (
    (_mixes, "a row's result hangs on the other rows of the batch or on its place, as calls on parts of it show"),
    (_names_the_batch, "the axis of the batch is named, or all axes, and it is by the values alone that nothing mixes"),
    (_empty, "the result has no values, of which no model has a use"),
    (_laid_over, "for some texts `einsum` lays an axis of 1 over a longer one, for others it fails"),
    (_of_no_diagonal, "the trace of a diagonal outside the matrix is 0, whatever the tensor holds"),
    (
        _fails_later,
        "with a size open nothing is computed; on data the call fails or breaks its promise for all sizes but one",
    ),
)
