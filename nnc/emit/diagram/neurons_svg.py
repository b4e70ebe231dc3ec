"""The drawing of neurons as SVG."""

from __future__ import annotations

from collections.abc import Iterator

from nnc.emit.diagram.neurons_layout import RADIUS, Column, Neuron, NeuronLayout
from nnc.emit.diagram.svg import Label, element, label, segments, text_element
from nnc.emit.diagram.theme import Theme

# The family whose colour a role takes: a hidden neuron is a dense layer's.
_HUE = {"hidden": "dense"}
_DASH = "3 2.4"
_LETTER, _INDEX = 11.5, 7.5


def body(layout: NeuronLayout, theme: Theme) -> Iterator[str]:
    """The elements in the order in which they cover one another: lines, circles, texts."""
    for lines in layout.links:
        if lines:
            # Many lines lie over one another: the more there are, the fainter each is.
            faint = max(0.3, min(0.9, 24 / len(lines) ** 0.5 / 4))
            yield element("path", d=segments(lines), stroke=theme.link, stroke_width=0.8, stroke_opacity=faint)
    for column in layout.columns:
        yield element("g", *_column(column, theme))
    for role, (x, y), name in layout.legend:
        yield _circle(role, x, y, 5.0, theme)
        yield _text(name, theme)
    for note in layout.notes:
        yield _text(note, theme)


def _column(column: Column, theme: Theme) -> Iterator[str]:
    for neuron in column.neurons:
        yield _circle(column.role, neuron.x, neuron.y, RADIUS, theme)
        yield from _letter(neuron, theme)
        if neuron.feature:
            yield _text(neuron.feature, theme)
    for x, y in column.dots:
        yield element("circle", cx=x, cy=y, r=2, fill=theme.muted)
    for line in column.labels:
        yield _text(line, theme)


def _circle(role: str, x: float, y: float, radius: float, theme: Theme) -> str:
    hue = _HUE.get(role, role)
    dropped = role == "dropout"
    return element(
        "circle",
        cx=x,
        cy=y,
        r=radius,
        fill=theme.paper if dropped else theme.tints[hue],
        stroke=theme.hues[hue],
        stroke_width=1.8 if radius > 8 else 1.4,
        stroke_dasharray=_DASH if dropped else None,
    )


def _letter(neuron: Neuron, theme: Theme) -> Iterator[str]:
    """`X` with its number as a smaller one beside it: both are anchored at one point, whatever the font."""
    if not neuron.letter:
        return
    base = neuron.y + 4
    if neuron.index is None:
        yield text_element(
            "text", neuron.letter, x=neuron.x, y=base, font_size=_LETTER, text_anchor="middle", fill=theme.ink
        )
        return
    digits = str(neuron.index)
    seam = neuron.x + 1.9 - 2.0 * (len(digits) - 1)
    yield text_element("text", neuron.letter, x=seam, y=base, font_size=_LETTER, text_anchor="end", fill=theme.ink)
    size = _INDEX if len(digits) < 4 else 5.5
    yield text_element("text", digits, x=seam + 0.2, y=base + 2.5, font_size=size, fill=theme.ink)


def _text(mark: Label, theme: Theme) -> str:
    return label(mark, theme.ink if mark.tone == "ink" else theme.muted)
