"""The network: its neurons, its layers, and the table of both."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.emit import diagram
from nnc.evidence import Network, NetworkNode
from nnc.report.drawing import made
from nnc.report.numbers import NONE, count, number
from nnc.report.page import Cell, Figure, Head, Page, Table

_BYTES_A_PARAMETER = 4  # float32
_UNITS = ("B", "kB", "MB", "GB")
_ROWS_SHOWN = 120


def build(page: Page) -> Mapping[str, object]:
    """Views for `sections/network.html`."""
    network = page.evidence.network
    neurons = _neurons(page, network) if diagram.neurons_apply(network) else None
    return {"summary": _summary(page, network), "neurons": neurons, "layers": _layers(page), "table": _table(page)}


def _summary(page: Page, network: Network) -> list[str]:
    said = [diagram.describe_text(network, page.texts.language)]
    total = (network.trainable or 0) + (network.non_trainable or 0)
    memory = page.say("network.memory", parameters=count(total), bytes=size(total * _BYTES_A_PARAMETER))
    work = [node.multiply_adds for node in network.nodes if node.multiply_adds is not None]
    if work and sum(work):
        memory = f"{memory} {page.say('network.work', multiply_adds=count(sum(work)))}"
    said.append(memory)
    per_row = total / max(page.evidence.data.split_rows.get("train", 0), 1)
    if page.evidence.data.split_rows.get("train"):
        said.append(page.say("network.per_row", ratio=number(per_row)))
    return said


def _neurons(page: Page, network: Network) -> Figure:
    svg = diagram.draw(
        network,
        "neurons",
        prefix="neurons",
        language=page.texts.language,
        feature_names=page.evidence.data.features,
    )
    alt = page.say("network.neurons_alt", description=diagram.describe_text(network, page.texts.language))
    return page.figure("neurons", made(svg), page.say("network.neurons_caption"), alt, None)


def _layers(page: Page) -> Figure:
    network = page.evidence.network
    svg = diagram.draw(network, "layers", prefix="layers", language=page.texts.language)
    alt = page.say("network.layers_alt", description=diagram.describe_text(network, page.texts.language))
    heaviest = max(network.nodes, key=lambda node: node.trainable or 0)
    caption = page.say(
        "network.layers_caption",
        name=heaviest.layer,
        parameters=count(heaviest.trainable or 0),
        total=count(network.trainable or 0),
    )
    return page.figure("layers", made(svg), caption, alt, None)


def _table(page: Page) -> Table:
    network = page.evidence.network
    with_work = any(node.multiply_adds for node in network.nodes)
    keys = ["layer", "kind", "in", "out", "units", "activation", "parameters", "bias"] + ["work"] * with_work
    right = {"units", "parameters", "work"}
    heads = [Head(page.say(f"network.head.{key}"), "right" if key in right else "left") for key in keys]
    rows = [_row(page, node, with_work=with_work) for node in network.nodes]
    caption = page.say(
        "network.table_caption",
        trainable=count(network.trainable or 0),
        fixed=count(network.non_trainable or 0),
    )
    return page.table("layers", caption, heads, rows, limit=_ROWS_SHOWN)


def _row(page: Page, node: NetworkNode, *, with_work: bool) -> list[Cell | str]:
    parameters = page.say("network.shared") if node.shared else _parameters(node)
    bias = NONE if node.bias is None else page.say("yes" if node.bias else "no")
    work: list[Cell | str] = [NONE if not node.multiply_adds else count(node.multiply_adds)] if with_work else []
    return [
        node.layer,
        Cell(node.kind, note=node.detail or None),
        page.say("list_comma").join(node.in_shapes) or NONE,
        page.say("list_comma").join(node.out_shapes),
        NONE if node.units is None else count(node.units),
        node.activation or NONE,
        parameters,
        bias,
        *work,
    ]


def _parameters(node: NetworkNode) -> str:
    """All parameters of a layer; a dash while a width is not known."""
    if node.trainable is None or node.non_trainable is None:
        return NONE
    return count(node.trainable + node.non_trainable)


def size(amount: float) -> str:
    """Bytes in a unit that suits them: `4.6 kB`."""
    for unit in _UNITS[:-1]:
        if amount < 1000:
            return f"{number(amount)} {unit}"
        amount /= 1000
    return f"{number(amount)} {_UNITS[-1]}"
