"""What stands in a box, and how big that makes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from nnc.emit.diagram.plan import PADDING, Part
from nnc.emit.diagram.svg import Label
from nnc.emit.diagram.text import clean, count, shorten, width
from nnc.emit.diagram.theme import family
from nnc.evidence import NetworkNode
from nnc.lean import dataclass

NAME, TEXT = 11.5, 10.0
_LINE = 13.0
_KINDS = 4  # as many kinds of layers a box lists for a block
_LEFT, _RIGHT, _TOP, _BOTTOM = 13.0, 10.0, 7.0, 6.0
NARROWEST, WIDEST = 124.0, 212.0
_ROOM = WIDEST - _LEFT - _RIGHT


@dataclass(frozen=True)
class Card:
    """The texts of a box. `ends` are lines with a left and a right text; `full` is the whole name."""

    name: str
    lines: tuple[str, ...]
    ends: tuple[str, str]
    family: str
    stacked: bool

    @property
    def needs(self) -> float:
        """The width at which nothing need be shortened."""
        widest = max((width(line, TEXT) for line in self.lines), default=0.0)
        left, right = self.ends
        both = width(left, TEXT) + width(right, TEXT) + (12 if left and right else 0)
        return max(width(self.name, NAME, bold=True), widest, both) + _LEFT + _RIGHT

    def rows(self, wide: float) -> int:
        """How many lines the box has at a width."""
        return 1 + len(self.lines) + len(self._ends(wide))

    def height(self, wide: float) -> float:
        """The height of the box at a width."""
        return _TOP + self.rows(wide) * _LINE + _BOTTOM

    def _ends(self, wide: float) -> list[tuple[str, str]]:
        """Both on one line, or where that is too short one below the other."""
        left, right = self.ends
        room = wide - _LEFT - _RIGHT
        if left and right and width(left, TEXT) + width(right, TEXT) + 8 > room:
            return [(left, ""), (right, "")]
        return [self.ends] if left or right else []

    def labels(self, x: float, y: float, wide: float) -> tuple[Label, ...]:
        """The texts in place, for a box whose left upper corner is given."""
        room = wide - _LEFT - _RIGHT
        base = y + _TOP + 10
        name = shorten(self.name, room, NAME, bold=True)
        made = [Label(x + _LEFT, base, name, NAME, bold=True, full=self.name)]
        for line in self.lines:
            base += _LINE
            made.append(Label(x + _LEFT, base, shorten(line, room, TEXT), TEXT, full=line))
        for left, right in self._ends(wide):
            base += _LINE
            if left:
                text = shorten(left, room, TEXT)
                made.append(Label(x + _LEFT, base, text, TEXT, tone="muted", full=left))
            if right:
                text = shorten(right, room, TEXT)
                made.append(Label(x + wide - _RIGHT, base, text, TEXT, "end", tone="muted", full=right))
        return tuple(made)


def card(part: Part, told: Mapping[str, str]) -> Card:
    """The texts of a part."""
    if part.block is not None or part.middle:
        return _summary(part, told)
    main = _main(part.members)
    activation = _activation(main)
    extras = [_extra(node) for node in part.members if node is not main]
    lines = _wrapped([*_what(main, told), *([activation] if activation and not extras else [])], " · ", "")
    if extras:
        lines += _wrapped([*([activation] if activation else []), *extras], " + ", "+ ")
    if main.shared:
        lines.append(told["shared"])
    shape = told["comma"].join(clean(text) for text in part.members[-1].out_shapes)
    return Card(clean(main.layer), tuple(lines), (shape, _params(part, told)), family(main.kind, main.role), False)


def _main(members: Sequence[NetworkNode]) -> NetworkNode:
    """The layer that gives a box its name: the one with the most weights, else the first that is no padding."""
    heaviest = max(members, key=weight)
    return heaviest if weight(heaviest) else next((node for node in members if node.kind not in PADDING), members[0])


def _what(node: NetworkNode, told: Mapping[str, str]) -> list[str]:
    kind = told["input"] if node.role == "input" else clean(node.kind)
    activation = clean(str(node.activation)) if node.kind == "Activation" and node.activation else ""
    return [text for text in (kind, clean(node.detail), activation) if text]


def _activation(node: NetworkNode) -> str:
    return "" if node.activation in (None, "linear") or node.kind == "Activation" else clean(str(node.activation))


def _extra(node: NetworkNode) -> str:
    if node.kind == "Activation" and node.activation:
        return clean(str(node.activation))
    return _SHORT.get(node.kind, clean(node.kind))


_SHORT = {
    "BatchNormalization": "BatchNorm", "LayerNormalization": "LayerNorm", "GroupNormalization": "GroupNorm",
    "ZeroPadding1D": "padding", "ZeroPadding2D": "padding", "ZeroPadding3D": "padding",
}  # fmt: skip


def _wrapped(items: Sequence[str], joint: str, head: str) -> list[str]:
    """Items on as many lines as they need; an item is not broken, and lines after the first start with `head`."""
    lines = [head + items[0]]
    for item in items[1:]:
        longer = lines[-1] + joint + item
        if width(longer, TEXT) <= _ROOM:
            lines[-1] = longer
        else:
            lines.append(head + item)
    return lines


def weight(node: NetworkNode) -> int:
    """The trained parameters of a layer, as far as one can tell: at least one where they hang on the data."""
    return 1 if node.trainable is None else node.trainable


def _params(part: Part, told: Mapping[str, str]) -> str:
    """Empty for a part without parameters, and for one whose number hangs on the data."""
    counts = [number for node in part.members for number in (node.trainable, node.non_trainable)]
    total = sum(number or 0 for number in counts)
    return told["params"].format(n=count(total)) if total and None not in counts else ""


def _summary(part: Part, told: Mapping[str, str]) -> Card:
    """A box for many layers: what they are, and how many parameters one such block has."""
    layers = told["layers"].format(n=count(len(part.members)))
    kinds = Counter(clean(node.kind) for node in part.members)
    most = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    listed = [f"{_SHORT.get(kind, kind)} ×{n}" if n > 1 else _SHORT.get(kind, kind) for kind, n in most]
    few = _wrapped([*listed[:_KINDS], *(["…"] if len(listed) > _KINDS else [])], told["comma"], "")
    shape = told["comma"].join(clean(text) for text in part.members[-1].out_shapes)
    if part.middle:
        more = told["more"].format(n=count(len(part.members)))
        return Card(f"⋮ {more}", tuple(few), (shape, _params(part, told)), "other", True)
    times = f" ×{part.times}" if part.times > 1 else ""
    lines = [layers, *few]
    if part.tied:
        lines.append(told["shared"])
    return Card(clean(part.block or "") + times, tuple(lines), (shape, _params(part, told)), _family(part), True)


def _family(part: Part) -> str:
    """The family of the layers with the most parameters."""
    heaviest = max(part.members, key=weight)
    return family(heaviest.kind, heaviest.role)
