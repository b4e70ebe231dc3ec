"""Where the neurons stand: a column a layer, a circle a neuron. Positions only; colours and bytes come later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from nnc.emit.diagram.svg import Label, Point
from nnc.emit.diagram.text import clean, count, shorten, width
from nnc.emit.diagram.words import words
from nnc.evidence import Network, NetworkNode
from nnc.lean import dataclass

RADIUS = 13.0
PITCH = 33.0  # from one neuron to the next
MOST = 16  # a wider layer shows its first and last neurons around an ellipsis
ENDS = 6
MOST_COLUMNS = 9
_GAP_ROWS = 1.6  # height of the ellipsis, in rows
_NAME, _TEXT, _SMALL = 12.0, 10.5, 7.5
_LINE = 14.5
_MARGIN = 14.0
_NARROWEST, _WIDEST = 104.0, 150.0
_FEATURE_ROOM = 150.0

_FULL = frozenset({"Dense", "LayerNormalization"})  # every output takes part of every input
_ONE_TO_ONE = frozenset({
    "Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "ActivityRegularization", "BatchNormalization",
    "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Rescaling", "Normalization", "Identity",
})  # fmt: skip
_VECTOR = re.compile(r"\[\s*([^\[\],]+?)\s*\]")
_LETTERS = {"input": "X", "output": "y", "hidden": "H"}


@dataclass(frozen=True)
class Neuron:
    """A circle. `index` counts from 1 in its layer (`n`: the last of an unknown number).

    `letter` is empty for layers that only pass values on.
    """

    x: float
    y: float
    letter: str
    index: int | str | None
    feature: Label | None = None


@dataclass(frozen=True)
class Column:
    """A layer: its neurons from above, the dots of an ellipsis, and its labels. `node` is None for columns left out."""

    role: str
    x: float
    neurons: tuple[Neuron, ...]
    dots: tuple[Point, ...]
    labels: tuple[Label, ...]
    node: str | None


@dataclass(frozen=True)
class NeuronLayout:
    """The whole drawing. `links` holds the lines between each two neighbouring columns."""

    width: float
    height: float
    columns: tuple[Column, ...]
    links: tuple[tuple[tuple[Point, Point], ...], ...]
    legend: tuple[tuple[str, Point, Label], ...]
    notes: tuple[Label, ...] = ()


def vector_chain(network: Network) -> tuple[NetworkNode, ...]:
    """The longest run of layers on vectors in which each takes the one before it: its first only gives values.

    Empty where there is none with a Dense layer.
    """
    best: tuple[NetworkNode, ...] = ()
    run: list[NetworkNode] = []
    for node in network.nodes:
        follows = bool(run) and node.inputs == (run[-1].id,) and (node.kind in _FULL or node.kind in _ONE_TO_ONE)
        if size_of(node) is None or not follows:
            run = [node] if size_of(node) is not None else []
            continue
        run.append(node)
        if len(run) > len(best) and any(member.kind == "Dense" for member in run[1:]):
            best = tuple(run)
    return best


def size_of(node: NetworkNode) -> int | str | None:
    """How many values a layer gives, where that is one vector; a text where the number hangs on the data."""
    return _vector(node.out_shapes)


def _vector(shapes: Sequence[str]) -> int | str | None:
    match = _VECTOR.fullmatch(shapes[0]) if len(shapes) == 1 else None
    if match is None:
        return None
    return int(match[1]) if match[1].isascii() and match[1].isdigit() else clean(match[1])


def _numbers(size: int | str) -> tuple[Sequence[int], Sequence[int | str]]:
    """The neurons drawn above and below the ellipsis, counted from 1; of an unknown number the last is `n`."""
    if isinstance(size, str):
        return range(1, ENDS + 1), ("n",)
    if size <= MOST:
        return range(1, size + 1), ()
    return range(1, ENDS + 1), range(size - ENDS + 1, size + 1)


def lay_out(network: Network, *, features: Sequence[str] = (), language: str = "en") -> NeuronLayout:
    """Place the network's chain of dense layers. A network without one gives an empty drawing that says so."""
    chain = vector_chain(network)
    told = words(language)
    if not chain:
        return _nothing(told["none"])
    shown = _columns_shown(chain)
    headings = [_heading(node, chain[0], len(chain), language) for node in shown]
    rooms = [_room(heading, node) for heading, node in zip(headings, shown, strict=True)]
    side = _feature_room(features) if len(features) == size_of(chain[0]) else 0.0
    middle = _middle(shown)
    lines_above = max(len(above) for above, _ in headings)
    top = _MARGIN + lines_above * _LINE + 6
    x = _MARGIN + max(side + RADIUS, rooms[0] / 2)
    columns: list[Column] = []
    for index, (node, heading) in enumerate(zip(shown, headings, strict=True)):
        if index:
            x += (rooms[index - 1] + rooms[index]) / 2
        names = features if index == 0 and side else ()
        columns.append(_column(node, (x, top + middle), heading, names, (top, top + 2 * middle)))
    wide = x + rooms[-1] / 2 + _MARGIN
    bottom = top + 2 * middle + 8 + 3 * _LINE
    notes = _notes(network, chain, bottom, language)
    bottom += len(notes) * _LINE
    legend, legend_width = _legend(columns, bottom + 10, language)
    return NeuronLayout(
        width=max(wide, legend_width, *(note.box[2] + _MARGIN for note in notes), 0.0),
        height=bottom + 10 + 1.5 * _LINE,
        columns=tuple(columns),
        links=tuple(_links(a, b, nodes) for (a, b), nodes in zip(pairwise(columns), pairwise(shown), strict=True)),
        legend=legend,
        notes=notes,
    )


def _columns_shown(chain: Sequence[NetworkNode]) -> list[NetworkNode | None]:
    """The layers, with None for those left out in the middle of a long chain."""
    if len(chain) <= MOST_COLUMNS:
        return list(chain)
    half = MOST_COLUMNS // 2
    return [*chain[:half], None, *chain[-half:]]


def _heading(node: NetworkNode | None, first: NetworkNode, length: int, language: str) -> tuple[list[str], list[str]]:
    """The lines above and below a column."""
    told = words(language)
    if node is None:
        return [told["more"].format(n=count(length - 2 * (MOST_COLUMNS // 2)))], []
    size = size_of(node)
    kind = told["input"] if node is first and node.role == "input" else clean(node.kind)
    number = count(size) if isinstance(size, int) else "n"
    units = told["unit" if size == 1 else "units"].format(kind=kind, n=number)
    below = []
    if node is not first:
        if node.activation not in (None, "linear"):
            below.append(clean(str(node.activation)))
        elif node.detail and node.kind in _ONE_TO_ONE:
            below.append(clean(node.detail))
        if node.kind == "Dense":
            letter = "X" if first.id in node.inputs else "H"
            inputs = _vector(node.in_shapes)
            number = str(inputs) if isinstance(inputs, int) else "n"
            below.append(f"Σ {number}[{letter}·w]" + ("+b" if node.bias else ""))
        if node.shared:
            below.append(told["shared"])
    return [clean(node.layer), units], below


def _room(heading: tuple[list[str], list[str]], node: NetworkNode | None) -> float:
    above, below = heading
    if node is None:
        return width(above[0], _TEXT) + 24
    widest = max(width(line, _NAME if line is above[0] else _TEXT, bold=line is above[0]) for line in above + below)
    return min(max(widest + 18, _NARROWEST), _WIDEST)


def _feature_room(features: Sequence[str]) -> float:
    widest = max((width(clean(name), _TEXT) for name in features), default=0.0)
    return min(widest, _FEATURE_ROOM) + 8 if features else 0.0


def _rows(size: int | str) -> float:
    above, below = _numbers(size)
    return len(above) - 1 + (len(below) - 1 + 2 * _GAP_ROWS if below else 0.0)


def _middle(shown: Sequence[NetworkNode | None]) -> float:
    tallest = max(_rows(size_of(node) or 1) for node in shown if node is not None)
    return tallest * PITCH / 2 + RADIUS + 4


def _column(
    node: NetworkNode | None,
    centre: Point,
    heading: tuple[list[str], list[str]],
    features: Sequence[str],
    ends: tuple[float, float],
) -> Column:
    x, middle = centre
    labels = _labels(node, x, heading, ends)
    if node is None:
        dots = tuple((x + step * 11, middle) for step in (-1, 0, 1))
        return Column("other", x, (), dots, labels, None)
    size = size_of(node) or 1
    top = middle - _rows(size) * PITCH / 2
    above, below = _numbers(size)
    neurons = [_neuron(node, (x, top + row * PITCH), number, size, features) for row, number in enumerate(above)]
    seam = top + (len(above) - 1) * PITCH
    for row, last in enumerate(below):
        neurons.append(_neuron(node, (x, seam + (2 * _GAP_ROWS + row) * PITCH), last, size, features))
    dots = tuple((x, seam + _GAP_ROWS * PITCH + step * 11) for step in (-1, 0, 1)) if below else ()
    return Column(node.role, x, tuple(neurons), dots, labels, node.id)


def _neuron(node: NetworkNode, at: Point, number: int | str, size: int | str, features: Sequence[str]) -> Neuron:
    letter = _LETTERS.get(node.role, "")
    counted = letter == "X" or (letter == "y" and size != 1)
    feature = None
    if features and isinstance(number, int):
        full = clean(features[number - 1])
        text = shorten(full, _FEATURE_ROOM, _TEXT)
        feature = Label(at[0] - RADIUS - 7, at[1] + 3.7, text, _TEXT, "end", tone="muted", full=full)
    return Neuron(at[0], at[1], letter, number if counted else None, feature)


def _labels(
    node: NetworkNode | None, x: float, heading: tuple[list[str], list[str]], ends: tuple[float, float]
) -> tuple[Label, ...]:
    above, below = heading
    room = _WIDEST - 14
    labels = []
    for row, line in enumerate(above):
        name = row == 0 and node is not None
        size = _NAME if name else _TEXT
        y = ends[0] - 8 - (len(above) - 1 - row) * _LINE
        text = shorten(line, room, size, bold=name)
        labels.append(Label(x, y, text, size, "middle", bold=name, tone="ink" if name else "muted", full=line))
    for row, line in enumerate(below):
        text = shorten(line, room, _TEXT)
        y = ends[1] + 8 + (row + 0.6) * _LINE
        labels.append(Label(x, y, text, _TEXT, "middle", tone="ink" if row == 0 else "muted", full=line))
    return tuple(labels)


def _links(
    left: Column, right: Column, nodes: tuple[NetworkNode | None, NetworkNode | None]
) -> tuple[tuple[Point, Point], ...]:
    before, after = nodes
    if before is None or after is None:
        return ()
    if after.kind in _FULL or len(left.neurons) != len(right.neurons):
        return tuple(((a.x, a.y), (b.x, b.y)) for a in left.neurons for b in right.neurons)
    return tuple(((a.x, a.y), (b.x, b.y)) for a, b in zip(left.neurons, right.neurons, strict=True))


def _notes(network: Network, chain: Sequence[NetworkNode], y: float, language: str) -> tuple[Label, ...]:
    if len(chain) == len(network.nodes):
        return ()
    text = words(language)["part"].format(shown=len(chain), layers=len(network.nodes))
    return (Label(_MARGIN, y + 8, text, _TEXT, tone="muted"),)


def _legend(columns: Sequence[Column], y: float, language: str) -> tuple[tuple[tuple[str, Point, Label], ...], float]:
    told = words(language)
    x = _MARGIN
    entries = []
    for role in ("input", "hidden", "dropout", "other", "output"):
        if any(column.role == role and column.node for column in columns):
            label = Label(x + 16, y + 8, told[role], _TEXT, tone="muted")
            entries.append((role, (x + 5, y + 4.3), label))
            x = label.box[2] + 18
    return tuple(entries), x


def _nothing(sentence: str) -> NeuronLayout:
    note = Label(_MARGIN, _MARGIN + _LINE, sentence, _TEXT, tone="muted")
    return NeuronLayout(note.box[2] + _MARGIN, 2 * _MARGIN + 1.5 * _LINE, (), (), (), (note,))
