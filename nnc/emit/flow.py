"""What every emitter asks of a model's graph: which calls matter, who uses a tensor, where a layer is first met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from nnc.graph import Call, ModelGraph, Operand, Tensor
from nnc.lean import dataclass

# Functions of keras.ops that give a list even where it holds one tensor.
LIST_OPS = frozenset({"split", "array_split", "unstack", "meshgrid"})


def tensors_in(operand: Operand) -> Iterator[Tensor]:
    """The tensors of an operand, in the order in which they stand there."""
    if isinstance(operand, Tensor):
        yield operand
    elif isinstance(operand, tuple):
        for item in operand:
            yield from tensors_in(item)


def inputs_of(call: Call) -> tuple[Tensor, ...]:
    """Every tensor that a call takes, positional ones first."""
    operands = (*call.args, *call.kwargs.values())
    return tuple(tensor for operand in operands for tensor in tensors_in(operand))


def live_calls(model: ModelGraph) -> tuple[Call, ...]:
    """The calls that an output hangs on, in order. Keras drops the others from a functional model as well."""
    needed = {output.tensor.id for output in model.outputs}
    live: list[Call] = []
    for call in reversed(model.calls):
        if any(tensor.id in needed for tensor in call.outputs):
            live.append(call)
            needed.update(tensor.id for tensor in inputs_of(call))
    return tuple(reversed(live))


@dataclass(frozen=True)
class Flow:
    """The live calls of a model with what is asked of them again and again.

    `consumers` has for each tensor's id the places (indices into `calls`) that take it, once for each time it
    stands there; being a model's output counts as the place behind the last call. `uses` counts a layer's calls.
    """

    calls: tuple[Call, ...]
    consumers: Mapping[int, tuple[int, ...]]
    uses: Mapping[str, int]

    def last_use(self, tensor: Tensor) -> int:
        """The last place that takes a tensor, -1 if none does."""
        return max(self.consumers.get(tensor.id, ()), default=-1)


def flow_of(model: ModelGraph) -> Flow:
    """The flow of a model's live calls."""
    calls = live_calls(model)
    consumers: dict[int, list[int]] = {}
    for place, call in enumerate(calls):
        for tensor in inputs_of(call):
            consumers.setdefault(tensor.id, []).append(place)
    for output in model.outputs:
        consumers.setdefault(output.tensor.id, []).append(len(calls))
    uses = Counter(call.layer for call in calls if call.layer is not None)
    return Flow(calls, {key: tuple(places) for key, places in consumers.items()}, uses)
