"""Drawings of a network as SVG: the neurons of its dense layers, or the graph of its layers.

Layout (positions as values) stands apart from SVG: `neurons_layout` and `layers_layout` know nothing of colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from nnc.emit.diagram import layers_layout, layers_svg, neurons_layout, neurons_svg
from nnc.emit.diagram.describe import describe, is_chain, short
from nnc.emit.diagram.svg import document
from nnc.emit.diagram.theme import THEMES, ThemeName
from nnc.emit.diagram.words import words
from nnc.evidence import Network

__all__ = ["Style", "ThemeName", "describe_text", "draw", "neurons_apply"]

Style = Literal["neurons", "layers"]


def draw(
    network: Network,
    style: Style,
    *,
    prefix: str = "",
    language: str = "en",
    theme: ThemeName = "light",
    feature_names: Sequence[str] = (),
) -> str:
    """A standalone SVG: same network, same bytes. It has a transparent ground and loads nothing.

    `prefix` is put before its ids, so that several can stand on one page. `feature_names` are written beside the
    input neurons where there are as many as these. Width and height are in CSS pixels.
    """
    colours = THEMES[theme]
    if style == "neurons":
        neurons = neurons_layout.lay_out(network, features=feature_names, language=language)
        size = (neurons.width, neurons.height)
        body = neurons_svg.body(neurons, colours)
    else:
        layers = layers_layout.lay_out(network, language=language)
        size = (layers.width, layers.height)
        body = layers_svg.body(layers, colours)
    title = words(language)["title"].format(name=short(network.name))
    description = describe(network, language)
    return document(body, size, title=title, description=description, prefix=prefix, language=language)


def describe_text(network: Network, language: str = "en") -> str:
    """The sentences that stand for a drawing where it can't be seen; the same that `draw` writes into `<desc>`."""
    return describe(network, language)


def neurons_apply(network: Network) -> bool:
    """Whether the drawing of neurons shows the whole network: a chain of dense and elementwise layers on vectors."""
    return is_chain(network.nodes) and len(neurons_layout.vector_chain(network)) == len(network.nodes)
