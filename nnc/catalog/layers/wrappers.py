"""Layers that take a layer: in both directions, at every time step, with a normalized kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc.catalog.layers.recurrent import filled, sequence_and_states
from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied, LayerRow, Operand, Rejection
from nnc.catalog.rules import Args, Refused, compute_dtype, need_rank, one_tensor, times
from nnc.catalog.shape import TensorType
from nnc.catalog.values import Object

_RECURRENT = {"LSTM", "GRU", "SimpleRNN", "RNN"}


def inner(
    item: Object, operands: Sequence[Operand], by_name: Mapping[str, Operand] | None = None, argument: str = "layer"
) -> Applied:
    """What comes of applying the wrapped layer; its refusal is the wrapper's."""
    from nnc.catalog.registry import apply_layer, find, sees_data

    row = find("layers", item.name)
    if not isinstance(row, LayerRow):
        raise Refused(f"there is no layer `{item.name}`", argument=argument)
    if sees_data(item.name, item.args):
        learnt = " and ".join(f"`{name}`" for name in row.adapts)
        raise Refused(
            f"`{item.name}` must see the training rows first, and inside another layer it can't", f"{learnt} given",
            item.name, argument, f"give it {learnt}, or put it into the chain by itself",
        )  # fmt: skip
    found = apply_layer(row, item.args, operands, by_name or {})
    if isinstance(found, Rejection):
        raise Refused(f"the wrapped `{item.name}`: {found.reason}", found.expected, found.found, argument, found.help)
    return found


# ---- Bidirectional -------------------------------------------------------------------------------


def _bidirectional(args: Args, operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Applied:
    forward, backward = args["layer"], args["backward_layer"] or _turned(args["layer"])
    for item in (forward, backward):
        if item.name not in _RECURRENT:
            raise Refused(
                f"`{item.name}` does not read a sequence step by step",
                "a recurrent layer such as `LSTM`",
                item.name,
                "layer",
            )
    _check_pair(filled(forward), filled(backward))
    sequence, states = sequence_and_states(operands, by_name)
    half = len(states) // 2
    there, back = (_run(item, sequence, part) for item, part in ((forward, states[:half]), (backward, states[half:])))
    if there.outputs[0].shape != back.outputs[0].shape:
        raise Refused("both directions must be equally wide", "equal units", "different units", "backward_layer")
    return Applied(
        _joined(args, there, back),
        _both(there.trainable, back.trainable),
        _both(there.non_trainable, back.non_trainable),
        _both(there.multiply_adds, back.multiply_adds),
    )


def _run(item: Object, sequence: TensorType, states: tuple[TensorType, ...]) -> Applied:
    return inner(item, (sequence,), {"initial_state": states} if states else {})


def _turned(item: Object) -> Object:
    return Object(item.kind, item.name, {**item.args, "go_backwards": True})


def _check_pair(forward: Args, backward: Args) -> None:
    if forward["go_backwards"] == backward["go_backwards"]:
        raise Refused(
            "one of the two layers must go backwards and the other must not", "`go_backwards` in one of them",
            "both the same way", "backward_layer",
        )  # fmt: skip
    for name in ("return_sequences", "return_state", "stateful"):
        if forward[name] != backward[name]:
            raise Refused(f"both directions must have the same `{name}`", "equal values", name, "backward_layer")


def _joined(args: Args, there: Applied, back: Applied) -> tuple[TensorType, ...]:
    dtype = compute_dtype(args)
    shape = there.outputs[0].shape
    if args["merge_mode"] == "concat":
        shape = (*shape[:-1], times(shape[-1], 2))
    heads = (TensorType(shape, dtype),) * (2 if args["merge_mode"] is None else 1)
    states = (*there.outputs[1:], *back.outputs[1:])
    return (*heads, *(TensorType(state.shape, dtype) for state in states))


def _both(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


# ---- TimeDistributed -----------------------------------------------------------------------------


def _time_distributed(args: Args, operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Applied:
    tensor = one_tensor(operands, by_name)
    need_rank(tensor, None, 2)
    steps = tensor.shape[0]
    each = inner(args["layer"], (TensorType(tensor.shape[1:], tensor.dtype),))
    if len(each.outputs) != 1:
        raise Refused("the wrapped layer must have one output", "one output", len(each.outputs), "layer")
    out = TensorType((steps, *each.outputs[0].shape), compute_dtype(args))
    work = each.multiply_adds * steps if isinstance(steps, int) and each.multiply_adds is not None else None
    return Applied((out,), each.trainable, each.non_trainable, work)


# ---- SpectralNormalization -----------------------------------------------------------------------

# The argument that is the last size of a layer's kernel, along which the norm is taken.
_LAST = {
    "Dense": "units", "Embedding": "output_dim", "Conv1D": "filters", "Conv2D": "filters", "Conv3D": "filters",
    "DepthwiseConv1D": "depth_multiplier", "DepthwiseConv2D": "depth_multiplier",
}  # fmt: skip


def _spectral(args: Args, operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Applied:
    item = args["layer"]
    tensor = one_tensor(operands, by_name)
    last = _LAST.get(item.name)
    if last is None:
        raise Refused(
            f"`{item.name}` has no kernel that nnc knows how to normalize",
            "one of " + ", ".join(_LAST),
            item.name,
            "layer",
        )
    if filled(item).get("lora_rank"):
        raise Refused("a layer with `lora_rank` has no kernel to normalize", "no `lora_rank`", item.name, "layer")
    found = inner(item, (tensor,))
    vector = filled(item)[last]
    frozen = None if found.non_trainable is None else found.non_trainable + vector
    outputs = (TensorType(found.outputs[0].shape, compute_dtype(args)),)
    return Applied(outputs, found.trainable, frozen, found.multiply_adds)


# ---- Pipeline ------------------------------------------------------------------------------------


def _pipeline(args: Args, operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Applied:
    tensor = one_tensor(operands, by_name)
    done: list[Applied] = []
    for item in args["layers"]:
        done.append(inner(item, (tensor,), argument="layers"))
        if len(done[-1].outputs) != 1:
            raise Refused("each layer must have one output", "one output", len(done[-1].outputs), "layers")
        tensor = done[-1].outputs[0]
    trainable: int | None = 0
    frozen: int | None = 0
    work: int | None = 0
    for each in done:
        trainable, frozen = _both(trainable, each.trainable), _both(frozen, each.non_trainable)
        work = _both(work, each.multiply_adds)
    return Applied((tensor,), trainable, frozen, work)


_SEQUENCE = "x -> Reshape([5, 2])"

ROWS: tuple[LayerSpec, ...] = (
    LayerSpec(
        "Bidirectional",
        "Reads a sequence forwards and backwards and joins the two results.",
        _bidirectional,
        f"{_SEQUENCE} -> Bidirectional(LSTM(8))",
        role="hidden",
        shown=("layer", "merge_mode"),
        nested=True,
    ),
    LayerSpec(
        "TimeDistributed",
        "Applies a layer to each time step by itself.",
        _time_distributed,
        f"{_SEQUENCE} -> TimeDistributed(Dense(4))",
        "any",
        "hidden",
        shown=("layer",),
        nested=True,
    ),
    LayerSpec(
        "SpectralNormalization",
        "Keeps the largest stretch of a layer's kernel at 1 while training.",
        _spectral,
        "x -> SpectralNormalization(Dense(4))",
        role="hidden",
        shown=("layer",),
        nested=True,
    ),
    LayerSpec(
        "Pipeline",
        "Several layers in a row, as one.",
        _pipeline,
        "x -> Pipeline([Rescaling(0.1), Dense(4)])",
        "any",
        shown=("layers",),
        nested=True,
    ),
)
