"""Recurrent layers and their cells. Weights as in Keras: one kernel a gate for the input and one for the state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied, Argument, Operand
from nnc.catalog.rules import (
    Args,
    Refused,
    compute_dtype,
    known_size,
    need_dtype,
    need_rank,
    product,
    tensors,
)
from nnc.catalog.shape import Size, TensorType, same_size
from nnc.catalog.values import Object
from nnc.lean import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One step of a recurrent layer: its states (sizes) and its weights for an input of some width."""

    units: int
    states: tuple[int, ...]
    weights: int | None
    multiply_adds: int | None
    trainable: bool = True


# gates, states, and how many biases each gate has (GRU has a second one for its state when `reset_after`)
_GATES = {"LSTM": (4, 2), "GRU": (3, 1), "SimpleRNN": (1, 1)}


def make_cell(family: str, args: Args, width: int | None) -> Cell:
    """The cell of a layer or cell with these arguments over an input of that width."""
    gates, states = _GATES[family]
    units = args["units"]
    biases = (2 if args.get("reset_after") and family == "GRU" else 1) if args["use_bias"] else 0
    kernel = None if width is None else gates * units * (width + units)
    weights = None if kernel is None else kernel + gates * units * biases
    return Cell(units, (units,) * states, weights, kernel, args.get("trainable") is not False)


@dataclass(frozen=True, slots=True)
class _RecurrentRule:
    """The rule of LSTM, GRU, SimpleRNN (and, with no family, of RNN over given cells)."""

    family: str | None

    def __call__(self, args: Args, operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Applied:
        sequence, states = sequence_and_states(operands, by_name)
        need_rank(sequence, 2)
        check_flags(args, sequence)
        width = known_size(sequence, -1, "the number of features of a time step")
        if self.family is None:
            cells = [cell_of(item, width_of) for item, width_of in _chain(args["cell"], width)]
        else:
            cells = [make_cell(self.family, args, width)]
        if args["unroll"] and len(cells) == 1 and len(cells[0].states) > 1 and _is_list(args.get("cell")):
            reason = "Keras can't unroll a list of one cell that has several states"
            raise Refused(reason, "the cell without a list", "a list of one", "unroll")
        if args["return_state"] and len(cells) > 1:
            reason = "nnc can't take the nested states of stacked cells apart yet"
            raise Refused(reason, "one cell, or no `return_state`", f"{len(cells)} cells", "return_state")
        cell_args = [filled(item) for item, _ in _chain(args["cell"], width)] if self.family is None else [args]
        if cell_args[0]["dropout"]:
            need_dtype(sequence, "floats", "dropout")
            _same_mask(args, cell_args[0])
        _check_states(cells, states)
        return _unrolled(args, sequence, cells)


def sequence_and_states(
    operands: Sequence[Operand], by_name: Mapping[str, Operand]
) -> tuple[TensorType, tuple[TensorType, ...]]:
    """The sequence, and the initial states if any: `x`, `(x)(initial_state=[h, c])`, or `(x, [h, c])`."""
    extra = set(by_name) - {"sequences", "inputs", "initial_state", "mask", "training"}
    if extra:
        raise Refused("this layer has no such input", "`initial_state`", ", ".join(sorted(extra)))
    given = [*operands]
    if "sequences" in by_name:
        given.insert(0, by_name["sequences"])
    if by_name.get("initial_state") is not None:
        given.append(by_name["initial_state"])
    if not 1 <= len(given) <= 2 or not isinstance(given[0], TensorType):
        raise Refused("a recurrent layer takes one sequence", "a tensor of time steps", f"{len(given)} inputs")
    return given[0], tuple(tensors(given[1])) if len(given) == 2 else ()


def check_flags(args: Args, sequence: TensorType) -> None:
    """Refuse what hangs on a size of the batch, or a number of steps, that nobody knows."""
    if args["stateful"]:
        reason = "`stateful` needs a batch of fixed size, and nnc leaves the size of a batch open"
        raise Refused(reason, "false", "true", "stateful")
    if args["unroll"] and isinstance(sequence.shape[0], Size):
        raise Refused("`unroll` needs a known number of time steps", "a known size", sequence, "unroll")


def _check_states(cells: Sequence[Cell], states: Sequence[TensorType]) -> None:
    if not states:
        return
    wanted = [size for cell in cells for size in cell.states]
    if len(states) != len(wanted):
        raise Refused(f"this layer has {len(wanted)} states", f"{len(wanted)} states", len(states), "initial_state")
    for state, size in zip(states, wanted, strict=True):
        if len(state.shape) != 1 or same_size(state.shape[0], size) is False:
            raise Refused("an initial state must be as wide as the layer", f"[{size}]", state, "initial_state")


def _unrolled(args: Args, sequence: TensorType, cells: Sequence[Cell]) -> Applied:
    dtype = compute_dtype(args)
    steps, units = sequence.shape[0], cells[-1].units
    out = TensorType((steps, units) if args["return_sequences"] else (units,), dtype)
    states = tuple(TensorType((size,), dtype) for cell in cells for size in cell.states)
    trainable = _sum(cell.weights for cell in cells if cell.trainable)
    frozen = _sum(cell.weights for cell in cells if not cell.trainable)
    work = product((steps, _sum(cell.multiply_adds for cell in cells)))
    return Applied((out, *(states if args["return_state"] else ())), trainable, frozen, work)


def _sum(counts: Iterable[int | None]) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


# ---- cells ---------------------------------------------------------------------------------------

_CELLS = {"LSTMCell": "LSTM", "GRUCell": "GRU", "SimpleRNNCell": "SimpleRNN"}


def _is_list(cell: Argument) -> bool:
    return isinstance(cell, tuple) or getattr(cell, "name", "") == "StackedRNNCells"


def _same_dtype(cells: Sequence[Object]) -> None:
    if len({compute_dtype(filled(cell)) for cell in cells}) > 1:
        raise Refused("stacked cells must compute in the same dtype", "one dtype", "several", "cell")


def _same_mask(args: Args, cell: Args) -> None:
    """The layer casts the sequence of which the cell makes its mask, and the cell casts what it multiplies by it."""
    whole, inside = compute_dtype(args), compute_dtype(cell)
    if whole != inside:
        raise Refused(f"a cell with dropout must compute in the layer's own {whole}", whole, inside, "cell")


def _chain(cell: Argument, width: int | None) -> list[tuple[Object, int | None]]:
    """Each cell with the width of what goes into it: stacked cells feed one another."""
    cells: list[Object] = []
    for item in cell if isinstance(cell, tuple) else (cell,):
        cells.extend(filled(item)["cells"] if item.name == "StackedRNNCells" else (item,))
    _same_dtype(cells)
    widths: list[int | None] = [width, *(filled(item).get("units") for item in cells[:-1])]
    return list(zip(cells, widths, strict=True))


def cell_of(item: Object, width: int | None) -> Cell:
    """The cell that an Object stands for."""
    family = _CELLS.get(item.name)
    if family is None:
        raise Refused(f"`{item.name}` is no recurrent cell", "a cell such as `LSTMCell`", item.name, "cell")
    return make_cell(family, filled(item), width)


def filled(item: Object) -> Args:
    """The arguments of a nested layer with its defaults."""
    from nnc.catalog.registry import find

    row = find(item.kind, item.name)
    if row is None:
        raise Refused(f"there is no layer `{item.name}`")
    return {arg.name: item.args.get(arg.name, arg.default) for arg in row.args}


def _alone(args: Args, operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Applied:
    del args, operands, by_name
    reason = "a cell makes one step and can't stand in a chain by itself"
    raise Refused(reason, "a recurrent layer", "a cell", help="wrap it in `RNN(...)`")


_SEQUENCE = "x -> Reshape([5, 2])"


def _layer(name: str, doc: str) -> LayerSpec:
    return LayerSpec(
        name, doc, _RecurrentRule(name), f"{_SEQUENCE} -> {name}(8)", "numbers", "hidden", "units",
        ("units", "return_sequences"),
    )  # fmt: skip


ROWS: tuple[LayerSpec, ...] = (
    _layer("LSTM", "Reads a sequence with a memory that gates open and close."),
    _layer("GRU", "Reads a sequence with a gated state; lighter than an LSTM."),
    _layer("SimpleRNN", "Reads a sequence, feeding its last output back in."),
    LayerSpec(
        "RNN",
        "Runs a cell, or a stack of them, along a sequence.",
        _RecurrentRule(None),
        f"{_SEQUENCE} -> RNN(LSTMCell(8))",
        role="hidden",
        shown=("return_sequences",),
        nested=True,
    ),
    LayerSpec("LSTMCell", "One step of an LSTM.", _alone, f"{_SEQUENCE} -> RNN(LSTMCell(8))"),
    LayerSpec("GRUCell", "One step of a GRU.", _alone, f"{_SEQUENCE} -> RNN(GRUCell(8))"),
    LayerSpec("SimpleRNNCell", "One step of a SimpleRNN.", _alone, f"{_SEQUENCE} -> RNN(SimpleRNNCell(8))"),
    LayerSpec(
        "StackedRNNCells", "Several cells, each feeding the next.", _alone,
        f"{_SEQUENCE} -> RNN(StackedRNNCells([LSTMCell(8), LSTMCell(4)]))",
    ),
)  # fmt: skip
