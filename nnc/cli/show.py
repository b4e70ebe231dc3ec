"""`nnc show`: a model as a tree of layers with their shapes and costs, in the terminal or as JSON."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from nnc.cli.terminal import wants_color
from nnc.lean import dataclass
from nnc.render import plain

if TYPE_CHECKING:
    from nnc.emit.outline import Row
    from nnc.evidence import Network
    from nnc.graph import ModelGraph

# A pipe or file gets what it asked for, not what fits into a terminal.
_PIPE_WIDTH = 160
_GAP = "  "
_PAINT = {"head": "2", "block": "1;36", "input": "32", "output": "1", "title": "1", "dim": "2"}


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: how a row's cell is made, and how narrow it may become before it is left out."""

    heading: str
    cell: Callable[[Row], str]
    right: bool = False
    least: int = 0  # 0: it is never cut
    droppable: bool = False


def print_models(models: Sequence[tuple[ModelGraph, Network]]) -> None:
    """Print each model: its tree, and under it the totals."""
    from nnc.emit.outline import outline

    color = wants_color(sys.stdout)
    width = (
        shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() or "COLUMNS" in os.environ else _PIPE_WIDTH
    )
    for number, (model, network) in enumerate(models):
        if number:
            sys.stdout.write("\n")
        rows = outline(model, network)
        lines = [*_table(rows, width), ("", ""), *_totals(model, network, rows)]
        sys.stdout.write(_painted(network.name, "title", color) + "\n\n")
        sys.stdout.write("".join(f"{_painted(text, style, color)}\n" for text, style in lines))


# ---- the table -----------------------------------------------------------------------------------


def _painted(text: str, style: str, color: bool) -> str:
    return f"\x1b[{_PAINT[style]}m{text}\x1b[0m" if color and style else text


def _table(rows: Sequence[Row], width: int) -> list[tuple[str, str]]:
    """The lines of the table, each with its style."""
    columns = [column for column in _COLUMNS if any(map(column.cell, rows))]
    cells = [[plain(column.cell(row)) for column in columns] for row in rows]
    for line, guide in zip(cells, _guides(rows), strict=True):
        line[0] = guide + line[0]
    columns, widths, cells = _fitted(columns, cells, width)
    lines = [(_line([column.heading for column in columns], columns, widths), "head")]
    for row, line in zip(rows, cells, strict=True):
        style = "block" if row.is_block else row.role if row.role in ("input", "output") else ""
        lines.append((_line(line, columns, widths), style))
    return lines


def _guides(rows: Sequence[Row]) -> list[str]:
    """The branches that lead to each row: `│ ├ `."""
    guides: list[str] = []
    open_below: set[int] = set()  # the depths that have another row further down
    for row in reversed(rows):
        marks = ["│ " if depth in open_below else "  " for depth in range(1, row.depth)]
        guides.append("".join(marks) + ("" if row.depth == 0 else "├ " if row.depth in open_below else "└ "))
        open_below = {depth for depth in open_below if depth <= row.depth} | {row.depth}
    return guides[::-1]


def _fitted(
    columns: list[_Column], cells: list[list[str]], width: int
) -> tuple[list[_Column], list[int], list[list[str]]]:
    """Columns and cells that fit: long texts are cut first, and then whole columns are left out."""
    while True:
        widths = [max([len(column.heading), *(len(line[at]) for line in cells)]) for at, column in enumerate(columns)]
        spare = width - sum(widths) - len(_GAP) * (len(columns) - 1)
        while spare < 0:
            at = max(range(len(columns)), key=lambda at: widths[at] - columns[at].least if columns[at].least else -1)
            if not columns[at].least or widths[at] <= columns[at].least:
                break
            widths[at] -= 1
            spare += 1
        gone = next((at for at in reversed(range(len(columns))) if columns[at].droppable), None)
        if spare >= 0 or gone is None:
            return columns, widths, [[_cut(text, widths[at]) for at, text in enumerate(line)] for line in cells]
        columns = [column for at, column in enumerate(columns) if at != gone]
        cells = [[text for at, text in enumerate(line) if at != gone] for line in cells]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def _line(cells: Sequence[str], columns: Sequence[_Column], widths: Sequence[int]) -> str:
    parts = [
        text.rjust(width) if column.right else text.ljust(width)
        for text, column, width in zip(cells, columns, widths, strict=True)
    ]
    return _GAP.join(parts).rstrip()


# ---- cells ---------------------------------------------------------------------------------------


def _name(row: Row) -> str:
    return row.name


def _kind(row: Row) -> str:
    times = f" ×{row.times}" if row.times > 1 else ""
    return " ".join(part for part in (row.kind + times, row.detail) if part)


def _outputs(row: Row) -> str:
    return " ".join(str(type_) for type_ in row.outputs)


def _parameters(row: Row) -> str:
    if row.shared:
        return "shared"
    return "" if row.costs.parameters == 0 else count(row.costs.parameters)


def _work(row: Row) -> str:
    return "" if row.costs.multiply_adds == 0 else short(row.costs.multiply_adds)


def _memory(row: Row) -> str:
    return size(row.costs.activation_bytes)


_COLUMNS = (
    _Column("name", _name, least=18),
    _Column("layer", _kind, least=16),
    _Column("from", lambda row: ", ".join(row.sources), least=10),
    _Column("output", _outputs, least=16),
    _Column("parameters", _parameters, right=True),
    _Column("mult-adds", _work, right=True, droppable=True),
    _Column("memory", _memory, right=True, droppable=True),
)


# ---- numbers -------------------------------------------------------------------------------------


def count(number: int | None) -> str:
    """All digits, with commas; `?` where it is not known."""
    return "?" if number is None else f"{number:,}"


def short(number: int | None) -> str:
    """Three digits and a unit: `1.23 M`."""
    return _scaled(number, 1000, ("", " k", " M", " G", " T", " P"))


def size(number: int | None) -> str:
    """Bytes in the unit that suits them: `4.5 KiB`."""
    return _scaled(number, 1024, (" B", " KiB", " MiB", " GiB", " TiB", " PiB"))


def _scaled(number: int | None, base: int, units: Sequence[str]) -> str:
    if number is None:
        return "?"
    if number < base:
        return f"{number}{units[0]}"
    value, at = float(number), 0
    # Rounding may carry into the next unit: 999.9 k is 1 M.
    while at + 1 < len(units) and float(_digits(value)) >= base:
        value, at = value / base, at + 1
    return _digits(value) + units[at]


def _digits(value: float) -> str:
    return f"{value:.3g}" if value < 999.5 else f"{value:.0f}"


# ---- totals --------------------------------------------------------------------------------------


def _totals(model: ModelGraph, network: Network, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """What stands under the table, each line with its style."""
    layers = len(model.layers)
    head = f"{layers:,} layer{'s' * (layers != 1)}"
    if network.trainable is None or network.non_trainable is None:
        first = f"{head}; parameters: not known until the data is (its width is not in the spec)"
    else:
        all_ = network.trainable + network.non_trainable
        apart = f"{network.trainable:,} trainable, {network.non_trainable:,} not"
        first = f"{head}, {all_:,} parameters: {apart} ({size(weight_bytes(network))})"
    work, memory = totals(network)
    costs = f"for each row of a batch: {_least(work, short)} multiply-adds, {_least(memory, size)} of outputs"
    return [(first, "title"), (costs, ""), *((note, "dim") for note in _notes(model, network, rows))]


def _notes(model: ModelGraph, network: Network, rows: Sequence[Row]) -> list[str]:
    """What a reader may need to be told of this table."""
    from nnc.emit.outline import outputs_by_row

    notes = []
    called = [f"{name} is {row}" for name, row in outputs_by_row(model, network).items() if name != row]
    if called:
        notes.append(f"outputs: {', '.join(called)}")
    if any(row.times > 1 for row in rows):
        notes.append("×n is n in a row: its line counts all of them, the lines under it one")
    if any(row.sources for row in rows):
        notes.append("where `from` is empty, a layer takes what the line above gives")
    if not (totals(network)[0][1] and totals(network)[1][1]):
        notes.append("? hangs on a size that is known with the data")
    return notes


def _least(found: tuple[int, bool], say: Callable[[int | None], str]) -> str:
    number, whole = found
    return say(number) if whole else f"at least {say(number)}"


def totals(network: Network) -> tuple[tuple[int, bool], tuple[int, bool]]:
    """Multiply-adds and bytes of outputs, each with whether all of it is known."""
    work = [node.multiply_adds for node in network.nodes]
    memory = [node.activation_bytes for node in network.nodes]
    return (sum(n or 0 for n in work), None not in work), (sum(n or 0 for n in memory), None not in memory)


def weight_bytes(network: Network) -> int | None:
    """What the weights take, 4 bytes each: Keras keeps them as float32 unless a layer's `dtype` says otherwise."""
    if network.trainable is None or network.non_trainable is None:
        return None
    return 4 * (network.trainable + network.non_trainable)


# ---- JSON ----------------------------------------------------------------------------------------


def as_json(models: Sequence[tuple[ModelGraph, Network]]) -> str:
    """Everything there is to know of the models, for other programs."""
    import json

    return json.dumps({"models": [_model(model, network) for model, network in models]}, indent=2) + "\n"


def _model(model: ModelGraph, network: Network) -> dict[str, Any]:
    from nnc.emit.outline import types_of

    types = types_of(model, network)
    (work, all_work), (memory, all_memory) = totals(network)
    return {
        "name": network.name,
        "inputs": {item.name: _type(item.tensor.type) for item in model.inputs},
        "outputs": {item.name: _type(item.tensor.type) for item in model.outputs},
        "trainable": network.trainable,
        "non_trainable": network.non_trainable,
        "weight_bytes": weight_bytes(network),
        "multiply_adds": work if all_work else None,
        "activation_bytes": memory if all_memory else None,
        "nodes": [
            {
                "id": node.id,
                "layer": node.layer,
                "kind": node.kind,
                "detail": node.detail,
                "activation": node.activation,
                "units": node.units,
                "role": node.role,
                "inputs": list(node.inputs),
                "outputs": [_type(type_) for type_ in types[node.id]],
                "trainable": node.trainable,
                "non_trainable": node.non_trainable,
                "multiply_adds": node.multiply_adds,
                "activation_bytes": node.activation_bytes,
                "shared": node.shared,
                "scope": [{"block": block, "instance": instance} for block, instance in node.scope],
            }
            for node in network.nodes
        ],
    }


def _type(type_: Any) -> dict[str, Any]:
    """Open sizes are their names: `[null, "T", 3]` would lose which are the same."""
    return {"shape": [dim if isinstance(dim, int) else str(dim) for dim in type_.shape], "dtype": type_.dtype}
