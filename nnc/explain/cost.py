"""What one evaluation of a model costs, from the shapes and weights of its layers: so the cost is the same everywhere,

where a time that was measured would choose other rows on another machine.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from nnc.explain.calls import Call, Calls, plain, run

# Writing a number and reading it back takes as long as this many multiply-adds, by measurement on small tables.
_TOUCH = 20

# These apply their weights at each place or step of what comes in; other layers at each place of what goes out.
_AT_INPUT = (keras.layers.RNN, keras.layers.Bidirectional, keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose)

# These multiply tensors with one another, not with weights of their own. Operations have names, but no public types.
_PRODUCTS = {
    "Dot", "Matmul", "Einsum", "Tensordot", "Attention", "AdditiveAttention", "MultiHeadAttention",
    "GroupQueryAttention", "GroupedQueryAttention",
}  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """Of one row: its multiply-adds, and how many numbers the layers write."""

    multiply_adds: int
    numbers: int

    @property
    def work(self) -> int:
        """Both in one number, in multiply-adds."""
        return self.multiply_adds + _TOUCH * self.numbers


def row_cost(graph: Calls, shapes: Sequence[tuple[int, ...]], dtypes: Sequence[str]) -> Cost:
    """The cost of a row's pass, of inputs of these shapes. One row of zeros is run for the shapes within."""
    costs = [Cost(0, sum(math.prod(shape) for shape in shapes))]

    def record(call: Call, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        result = plain(call, args, kwargs)
        costs.append(_call_cost(call.operation, _shapes([args, kwargs]), _shapes(result)))
        return result

    run(graph, [tf.zeros((1, *shape), dtype) for shape, dtype in zip(shapes, dtypes, strict=True)], record)
    return Cost(sum(cost.multiply_adds for cost in costs), sum(cost.numbers for cost in costs))


def _shapes(structure: Any) -> list[tuple[int, ...]]:
    """The shapes of the tensors in it, without the row's axis."""
    return [tuple(item.shape)[1:] for item in keras.tree.flatten(structure) if tf.is_tensor(item)]


def _call_cost(operation: Any, given: Sequence[tuple[int, ...]], made: Sequence[tuple[int, ...]]) -> Cost:
    """A layer's matrices and kernels at each place where they are applied, and its products of tensors."""
    matrices = [tuple(w.shape) for w in getattr(operation, "weights", ()) if len(w.shape) > 1]
    around = given if isinstance(operation, _AT_INPUT) else made
    places = max((_places(shape, operation) for shape in around), default=1)
    work = places * sum(math.prod(shape) for shape in matrices)
    numbers = max(sum(math.prod(shape) for shape in made), places * sum(shape[-1] for shape in matrices))
    if type(operation).__name__ in _PRODUCTS and given:
        # Each number of the first meets each place of the last, for the scores and again for what they weigh.
        work += 2 * math.prod(given[0]) * max(given[-1], default=1)
        heads = int(getattr(operation, "num_heads", 1))
        numbers += heads * _places(given[0], operation) * _places(given[-1], operation)
    return Cost(work, numbers)


def _places(shape: tuple[int, ...], operation: Any) -> int:
    first = getattr(operation, "data_format", None) == "channels_first"
    return math.prod(shape[1:] if first else shape[:-1])
