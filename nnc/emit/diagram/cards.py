"""What stands in a box, and how big that makes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nnc.emit.diagram.plan import Part
from nnc.emit.diagram.svg import Label
from nnc.emit.diagram.text import clean, count, shorten, width
from nnc.emit.diagram.theme import family
from nnc.evidence import NetworkNode

NAME, TEXT = 11.5, 10.0
_LINE = 13.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 13.0, 10.0, 7.0, 6.0
NARROWEST, WIDEST = 124.0, 188.0


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
    main = next((node for node in part.members if node.trainable or node.role in ("input", "output")), part.members[0])
    lines = [_what(main, told)]
    extras = [_extra(node) for node in part.members if node is not main]
    if main.activation not in (None, "linear") and main.kind != "Activation":
        extras.insert(0, clean(str(main.activation)))
    if extras:
        lines.append("+ " + " + ".join(extras) if len(part.members) > 1 else extras[0])
    if main.shared and (main.in_shapes or main.out_shapes):
        lines.append(told["shared"])
    shape = ", ".join(clean(text) for text in part.members[-1].out_shapes)
    return Card(clean(main.layer), _short_lines(lines), (shape, _params(part, told)), family(main.kind, main.role), False)


def _what(node: NetworkNode, told: Mapping[str, str]) -> str:
    kind = told["input"] if node.role == "input" else clean(node.kind)
    activation = clean(str(node.activation)) if node.kind == "Activation" and node.activation else ""
    return " · ".join(text for text in (kind, clean(node.detail), activation) if text)


def _extra(node: NetworkNode) -> str:
    if node.kind == "Activation" and node.activation:
        return clean(str(node.activation))
    return _SHORT.get(node.kind, clean(node.kind))


_SHORT = {
    "BatchNormalization": "BatchNorm", "LayerNormalization": "LayerNorm", "GroupNormalization": "GroupNorm",
    "ZeroPadding1D": "padding", "ZeroPadding2D": "padding", "ZeroPadding3D": "padding",
}  # fmt: skip


def _short_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Kind and activation on one line where they fit there."""
    if len(lines) > 1 and not lines[1].startswith("+") and width(" · ".join(lines[:2]), TEXT) < WIDEST - 40:
        return (" · ".join(lines[:2]), *lines[2:])
    return tuple(lines)


def _params(part: Part, told: Mapping[str, str]) -> str:
    total = sum(node.trainable + node.non_trainable for node in part.members)
    return told["params"].format(n=count(total)) if total else ""


def _summary(part: Part, told: Mapping[str, str]) -> Card:
    """A box for many layers: what they are, and how many parameters one such block has."""
    layers = told["layers"].format(n=count(len(part.members)))
    kinds = Counter(clean(node.kind) for node in part.members)
    most = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))[:3]
    listed = told["comma"].join(f"{kind} ×{n}" if n > 1 else kind for kind, n in most)
    shape = ", ".join(clean(text) for text in part.members[-1].out_shapes)
    if part.middle:
        more = told["more"].format(n=count(len(part.members)))
        return Card(f"⋮ {more}", (listed,), (shape, _params(part, told)), "other", True)
    times = f" ×{part.times}" if part.times > 1 else ""
    lines = [f"{layers}: {listed}"]
    if part.tied:
        lines.append(told["shared"])
    return Card(clean(part.block or "") + times, tuple(lines), (shape, _params(part, told)), _family(part), True)


def _family(part: Part) -> str:
    """The family of the layers with the most parameters."""
    heaviest = max(part.members, key=lambda node: node.trainable + node.non_trainable)
    return family(heaviest.kind, heaviest.role)
