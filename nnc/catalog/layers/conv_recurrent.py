"""Recurrent layers whose step is a convolution: they read a sequence of series, pictures or volumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc.catalog.layers.conv import places
from nnc.catalog.layers.recurrent import check_flags, sequence_and_states
from nnc.catalog.layers.reshaping import joined, spatial
from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied, Operand
from nnc.catalog.rules import Args, Refused, compute_dtype, each, known_size, need_rank, product
from nnc.catalog.shape import Size, TensorType, same_size
from nnc.lean import dataclass


@dataclass(frozen=True, slots=True)
class _ConvLstm:
    """The rule on so many spatial axes."""

    rank: int

    def __call__(self, args: Args, operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Applied:
        sequence, states = sequence_and_states(operands, by_name)
        need_rank(sequence, self.rank + 2)
        _check(args, self.rank)
        check_flags(args, sequence)
        step = TensorType(sequence.shape[1:], sequence.dtype)
        around, _ = spatial(args, step.shape)
        if any(isinstance(size, Size) for size in around):
            raise Refused("height, width and the like must be known", "known sizes", sequence)
        channels = known_size(step, 0 if args["data_format"] == "channels_first" else -1, "the number of channels")
        sizes, filters = places(args, self.rank, around), args["filters"]
        state = TensorType(joined(args, sizes, filters), compute_dtype(args))
        _check_states(state, states)
        kernel = product(each(args["kernel_size"], self.rank))
        depth = None if channels is None else channels + filters
        weights = product((kernel, depth, 4 * filters))
        biases = 4 * filters if args["use_bias"] else 0
        out = (sequence.shape[0], *state.shape) if args["return_sequences"] else state.shape
        return Applied(
            (TensorType(out, state.dtype), *((state, state) if args["return_state"] else ())),
            None if weights is None else weights + biases,
            0,
            product((sequence.shape[0], *sizes, weights)),
        )


def _check(args: Args, rank: int) -> None:
    if max(each(args["strides"], rank)) > 1 and max(each(args["dilation_rate"], rank)) > 1:
        reason = "`strides` and `dilation_rate` can't both be above 1"
        raise Refused(reason, "1 for one of the two", "both above 1", "dilation_rate")


def _check_states(state: TensorType, states: Sequence[TensorType]) -> None:
    if states and len(states) != 2:
        raise Refused("this layer has 2 states", "2 states", len(states), "initial_state")
    for given in states:
        pairs = zip(given.shape, state.shape, strict=False)
        if len(given.shape) != len(state.shape) or any(same_size(a, b) is False for a, b in pairs):
            raise Refused("an initial state must be like the output of a step", str(state), given, "initial_state")


def _row(rank: int, what: str, shape: str) -> LayerSpec:
    return LayerSpec(
        f"ConvLSTM{rank}D",
        f"An LSTM that reads a sequence of {what} by convolutions.",
        _ConvLstm(rank),
        f"x -> Reshape([{shape}]) -> ConvLSTM{rank}D(4, 2)",
        "floats",
        "hidden",
        "filters",
        ("filters", "kernel_size"),
    )


ROWS: tuple[LayerSpec, ...] = (
    _row(1, "series", "2, 5, 1"),
    _row(2, "pictures", "2, 3, 3, 1"),
    _row(3, "volumes", "2, 2, 2, 2, 1"),
)
