"""A graph's calls as steps of a spec that is being written: what is applied to what, and which name must come of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from nnc.emit.flow import live_calls, tensors_in
from nnc.graph import IndexItem, ModelGraph, Operand, Tensor
from nnc.lean import dataclass

if TYPE_CHECKING:
    from nnc.emit.nn.pieces import Piece


@dataclass(frozen=True)
class Words:
    """An expression in place of a value: a parameter of a block, or what is reckoned from one."""

    text: str


@dataclass(eq=False)
class Step:
    """A layer, a function of keras.ops (`layer` empty) or a block (`piece`), applied.

    `name` is the name that must come of it in the body where it stands (None: any will do), `hint` the name that it had
    in the model. `layers` are the model's layers that it makes, in the order in which they are made. `shared` layers
    are applied more than once.
    """

    kind: str
    layer: str
    args: Mapping[str, Any]
    operands: tuple[Operand, ...]
    by_name: Mapping[str, Operand]
    outputs: tuple[int, ...]
    name: str | None = None
    hint: str = ""
    layers: tuple[str, ...] = ()
    shared: bool = False
    piece: Piece | None = None
    inputs: tuple[int, ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.inputs:
            self.inputs = tuple(ids_in((*self.operands, *self.by_name.values())))

    @property
    def is_op(self) -> bool:
        """Whether it is a function of keras.ops."""
        return not self.layer and self.piece is None


def ids_in(operands: Any) -> Iterator[int]:
    """The tensors of operands by number, in order."""
    for operand in operands:
        for tensor in tensors_in(operand):
            yield tensor.id


def skeleton(operand: Any) -> Any:
    """An operand with its tensors left out: two that have the same skeleton differ in their tensors alone."""
    if isinstance(operand, Tensor):
        return "tensor"
    if isinstance(operand, tuple):
        return ("list", *map(skeleton, operand))
    if isinstance(operand, IndexItem):
        return ("index", operand.start, operand.stop, operand.step, operand.is_slice, operand.is_ellipsis)
    return (type(operand).__name__, repr(operand))


def is_made_up(name: str, kind: str) -> bool:
    """Whether Keras made the name from the kind of the layer: `dense`, `dense_3`."""
    snake = re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", kind)).lower()
    return re.fullmatch(rf"{re.escape(snake)}(_\d+)?", name) is not None


def steps_of(model: ModelGraph, names: str) -> list[Step]:
    """The live calls as steps. `names`: `all` keeps each layer's name, `given` those that Keras did not make up."""
    calls = live_calls(model)
    uses: dict[str, int] = {}
    for call in calls:
        if call.layer is not None:
            uses[call.layer] = uses.get(call.layer, 0) + 1
    made: set[str] = set()
    steps = []
    for call in calls:
        outputs = tuple(tensor.id for tensor in call.outputs)
        if call.layer is None:
            steps.append(Step(call.op or "", "", {}, call.args, call.kwargs, outputs))
            continue
        layer = model.layers[call.layer]
        kept = names == "all" or not is_made_up(layer.name, layer.kind)
        steps.append(
            Step(
                layer.kind,
                layer.name,
                layer.args,
                call.args,
                call.kwargs,
                outputs,
                name=layer.name if kept else None,
                hint=layer.name,
                layers=() if layer.name in made else (layer.name,),
                shared=uses[layer.name] > 1,
            )
        )
        made.add(layer.name)
    return steps
