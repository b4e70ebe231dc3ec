"""`nnc show`: the table of layers and the graph, in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nnc.render import plain

if TYPE_CHECKING:
    from nnc.evidence import Network, NetworkNode

_BAR = {True: "yes", False: "no", None: ""}


def print_model(network: Network) -> None:
    """Print a model: one row a layer, totals, and under it how the layers hang together."""
    console = Console(highlight=False)
    if not console.is_terminal:
        # A pipe or file gets what it asked for, not what fits into 80 columns.
        console = Console(highlight=False, width=max(160, console.width))
    console.print(_table(network), soft_wrap=False)
    console.print(Text(_totals(network)))
    if not _is_chain(network):
        console.print()
        console.print(_edges(network))


def _table(network: Network) -> Table:
    table = Table(
        title=Text(plain(network.name), style="bold"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for heading in ("name", "layer", "in", "out"):
        table.add_column(heading, overflow="fold")
    table.add_column("units", justify="right")
    table.add_column("activation")
    table.add_column("parameters", justify="right")
    table.add_column("bias")
    for node in network.nodes:
        table.add_row(*(Text(plain(cell)) for cell in _cells(node)), style="dim" if node.role == "input" else "")
    return table


def _cells(node: NetworkNode) -> tuple[str, ...]:
    detail = f" {node.detail}" if node.detail else ""
    return (
        node.id,
        node.kind + detail,
        " ".join(node.in_shapes),
        " ".join(node.out_shapes),
        "" if node.units is None else f"{node.units:,}",
        node.activation or "",
        "shared" if node.shared else _count(node),
        _BAR[node.bias],
    )


def _count(node: NetworkNode) -> str:
    if node.trainable is None or node.non_trainable is None:
        return "?"
    return f"{node.trainable + node.non_trainable:,}"


def _totals(network: Network) -> str:
    if network.trainable is None or network.non_trainable is None:
        return "parameters: not known until the data is (its width is not in the spec)"
    total = network.trainable + network.non_trainable
    return f"{total:,} parameters: {network.trainable:,} trainable, {network.non_trainable:,} not"


def _is_chain(network: Network) -> bool:
    return all(node.inputs == (before.id,) for before, node in zip(network.nodes, network.nodes[1:], strict=False))


def _edges(network: Network) -> Text:
    lines = [f"{plain(' + '.join(node.inputs))} → {plain(node.id)}" for node in network.nodes if node.inputs]
    return Text("\n".join(lines))
