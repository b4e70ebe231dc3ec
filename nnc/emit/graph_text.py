"""The graph of layers as text that other tools draw: Graphviz's dot, and Mermaid.

Names and labels come from specs, so they stand in quoted strings alone. Dot's are escaped as its grammar says;
Mermaid reads directives, entities and Markdown inside its strings too, so there every sign that is no letter, digit
or blank becomes an entity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from nnc.emit.diagram.text import clean
from nnc.emit.diagram.theme import THEMES, family
from nnc.evidence import Network, NetworkNode
from nnc.lean import dataclass

_PLAIN = frozenset(" _-.,:=()/+×")


@dataclass(frozen=True)
class _Block:
    """Nodes and blocks that stand in one use of a block, in order; the outermost has no name."""

    name: str
    key: tuple[str, ...]
    items: list[Any]  # NetworkNode or _Block


def dot(network: Network) -> str:
    """A `digraph` for Graphviz: a box a layer, a cluster a use of a block."""
    numbers = {node.id: f"n{number}" for number, node in enumerate(network.nodes)}
    theme = THEMES["light"]
    lines = [
        f"digraph {_dot_string(clean(network.name))} {{",
        '  node [shape=box, style="rounded,filled", fontname="Helvetica"];',
    ]

    def node_line(node: NetworkNode, indent: str) -> str:
        label = r"\n".join(_dot_escaped(line) for line in _lines(node))
        hue = family(node.kind, node.role)
        colours = f'fillcolor="{theme.tints[hue]}", color="{theme.hues[hue]}"'
        return f'{indent}{numbers[node.id]} [label="{label}", {colours}];'

    def opening(block: _Block, number: int, indent: str) -> str:
        return f"{indent}subgraph cluster_{number} {{\n{indent}  label={_dot_string(clean(block.name))};"

    lines += _nested(_blocks(network), node_line, opening, "}")
    lines += [f"  {numbers[source]} -> {numbers[node.id]};" for node in network.nodes for source in node.inputs]
    return "\n".join([*lines, "}", ""])


def mermaid(network: Network) -> str:
    """A `flowchart` for Mermaid: a box a layer, a subgraph a use of a block."""
    numbers = {node.id: f"n{number}" for number, node in enumerate(network.nodes)}
    lines = ["flowchart TD"]

    def node_line(node: NetworkNode, indent: str) -> str:
        return f'{indent}{numbers[node.id]}["{"<br>".join(_mermaid_escaped(line) for line in _lines(node))}"]'

    def opening(block: _Block, number: int, indent: str) -> str:
        return f'{indent}subgraph s{number}["{_mermaid_escaped(block.name)}"]'

    lines += _nested(_blocks(network), node_line, opening, "end")
    lines += [f"  {numbers[source]} --> {numbers[node.id]}" for node in network.nodes for source in node.inputs]
    return "\n".join([*lines, ""])


def mermaid_markdown(network: Network) -> str:
    """The Mermaid flowchart in a fence, as a page of Markdown shows it."""
    return f"```mermaid\n{mermaid(network)}```\n"


def _lines(node: NetworkNode) -> Sequence[str]:
    """What stands in a box: the layer's name, what it is, and the shape that it gives."""
    what = " ".join(part for part in (node.kind, _units(node), node.detail) if part)
    return [clean(node.layer), clean(what), clean(", ".join(node.out_shapes))]


def _units(node: NetworkNode) -> str:
    return ", ".join(str(part) for part in (node.units, node.activation) if part is not None)


def _blocks(network: Network) -> _Block:
    """The nodes by the blocks that they stand in; a block whose nodes are interrupted is opened once."""
    root = _Block("", (), [])
    known: dict[tuple[str, ...], _Block] = {(): root}
    for node in network.nodes:
        key: tuple[str, ...] = ()
        for name, instance in node.scope:
            outer, key = known[key], (*key, instance)
            if key not in known:
                known[key] = _Block(name, key, [])
                outer.items.append(known[key])
        known[key].items.append(node)
    return root


def _nested(
    root: _Block,
    node_line: Callable[[NetworkNode, str], str],
    opening: Callable[[_Block, int, str], str],
    closing: str,
) -> Iterator[str]:
    """The lines of all nodes; written with a stack, since blocks may nest deeply."""
    number = 0
    stack = [iter(root.items)]
    while stack:
        item = next(stack[-1], None)
        indent = "  " * len(stack)
        if item is None:
            stack.pop()
            if stack:
                yield f"{'  ' * len(stack)}{closing}"
        elif isinstance(item, _Block):
            number += 1
            yield opening(item, number, indent)
            stack.append(iter(item.items))
        else:
            yield node_line(item, indent)


def _dot_escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _dot_string(text: str) -> str:
    return f'"{_dot_escaped(text)}"'


def _mermaid_escaped(text: str) -> str:
    return "".join(
        char if char in _PLAIN or (char.isalnum() and char.isprintable()) else f"#{ord(char)};" for char in clean(text)
    )
