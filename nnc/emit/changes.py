"""What differs between two checked specs: layers, arguments, shapes, parameters, training, data.

Layers are matched along the network in passes, each in the gaps that the one before left: first those that are the same
in all, then those that kept name and kind, then those that kept kind and arguments (renamed), then kind alone. So a
renamed layer is a rename and an inserted one an insertion, and not the end of all likeness.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from nnc.emit.flow import inputs_of, live_calls
from nnc.emit.nn.values import value_text
from nnc.graph import Call, FeatureGroup, ModelGraph, Spec, Split, Target, Tensor
from nnc.lean import dataclass


@dataclass(frozen=True)
class Change:
    """One difference. `action` is added, removed, changed or renamed; `where` the section (`model`, `train`, ...).

    `what` is the thing (a layer by its name, a key of a section), `aspect` what of it (an argument, `shape`).
    """

    where: str
    action: str
    what: str
    aspect: str = ""
    before: str = ""
    after: str = ""

    def words(self) -> str:
        """The change as a line."""
        aspect = f" {self.aspect}" if self.aspect else ""
        if self.action == "added":
            return f"added    {self.what}{aspect}{': ' + self.after if self.after else ''}"
        if self.action == "removed":
            return f"removed  {self.what}{aspect}{': ' + self.before if self.before else ''}"
        return f"{self.action:8} {self.what}{aspect}: {self.before} → {self.after}"


def changes(before: Spec, after: Spec) -> list[Change]:
    """All differences between two specs, in the order of a spec."""
    found = list(_values("params", before.params, after.params))
    found += _models(before, after)
    for where in ("data", "train", "report"):
        found += _values(where, _fields(getattr(before, where)), _fields(getattr(after, where)))
    return found


def _fields(section: Any) -> Mapping[str, Any]:
    if section is None:
        return {}
    found = {field.name: getattr(section, field.name) for field in dataclasses.fields(section)}
    return {key: value for key, value in found.items() if value is not None and value not in ((), {})}


def _values(where: str, before: Mapping[str, Any], after: Mapping[str, Any], what: str = "") -> Iterator[Change]:
    """Keys that were added, removed or changed. Of `what`, where it is given, they are arguments."""
    for key in dict.fromkeys([*before, *after]):
        old, new = ((side[key] if what else said(side[key])) if key in side else None for side in (before, after))
        if old == new:
            continue
        action = "added" if old is None else "removed" if new is None else "changed"
        name, aspect = (what, key) if what else (key, "")
        yield Change(where, action, name, aspect, old or "", new or "")


def said(value: Any) -> str:
    """A value as a spec says it."""
    if isinstance(value, FeatureGroup):
        return f"{', '.join(value.columns)} = {value.kind}({_listed(value.args, '=')})"
    if isinstance(value, (Split, Target)):
        return f"{{{_listed(_fields(value), ': ')}}}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(said, value))}]"
    if isinstance(value, Mapping):
        return f"{{{_listed(value, ': ')}}}"
    return value_text(value)


def _listed(values: Mapping[str, Any], between: str) -> str:
    return ", ".join(f"{key}{between}{said(item)}" for key, item in values.items())


# ---- models --------------------------------------------------------------------------------------


def _models(before: Spec, after: Spec) -> Iterator[Change]:
    if len(before.models) == len(after.models) == 1:
        pairs = [(before.model, after.model)]
    else:
        pairs = [(before.models[name], after.models[name]) for name in before.models if name in after.models]
        yield from (Change("models", "removed", name) for name in before.models if name not in after.models)
        yield from (Change("models", "added", name) for name in after.models if name not in before.models)
    for one, other in pairs:
        if one.name != other.name:
            yield Change("model", "renamed", "model", before=one.name, after=other.name)
        yield from model_changes(one, other)


def model_changes(before: ModelGraph, after: ModelGraph) -> Iterator[Change]:
    """The differences between two networks."""
    yield from _ends("input", before.inputs, after.inputs)
    ours, theirs = live_calls(before), live_calls(after)
    pairs = _matched([_Node(before, call) for call in ours], [_Node(after, call) for call in theirs])
    left, right = dict(pairs), {b: a for a, b in pairs}
    for place, call in enumerate(ours):
        node = _Node(before, call)
        if place not in left:
            yield Change("model", "removed", node.name, before=node.text)
    for place, call in enumerate(theirs):
        node = _Node(after, call)
        if place not in right:
            yield Change("model", "added", node.name, after=node.text)
        else:
            yield from _node_changes(_Node(before, ours[right[place]]), node)
    yield from _rewired(before, after, ours, theirs, left, right)
    yield from _ends("output", before.outputs, after.outputs)
    for aspect in ("trainable", "non_trainable"):
        counts = getattr(before, aspect), getattr(after, aspect)
        if counts[0] != counts[1]:
            old, new = ("not known" if count is None else f"{count:,}" for count in counts)
            yield Change("model", "changed", "parameters", aspect.replace("_", "-"), old, new)


def _ends(what: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    old, new = ({item.name: str(item.tensor.type) for item in side} for side in (before, after))
    gone, come = [name for name in old if name not in new], [name for name in new if name not in old]
    for one, other in zip(gone, come, strict=False):
        yield Change("model", "renamed", what, before=one, after=other)
    yield from (Change("model", "removed", f"{what} {name}", before=old[name]) for name in gone[len(come) :])
    yield from (Change("model", "added", f"{what} {name}", after=new[name]) for name in come[len(gone) :])
    for name in old:
        if name in new and old[name] != new[name]:
            yield Change("model", "changed", f"{what} {name}", "shape", old[name], new[name])


class _Node:
    """A call with what is compared of it."""

    def __init__(self, model: ModelGraph, call: Call) -> None:
        layer = model.layers[call.layer] if call.layer is not None else None
        self.kind = layer.kind if layer is not None else f"ops.{call.op}"
        self.name = layer.name if layer is not None else f"ops.{call.op}"
        plain = [item for item in call.args if not isinstance(item, (Tensor, tuple))]
        own: Mapping[str, Any] = layer.args if layer is not None else {str(at): repr(v) for at, v in enumerate(plain)}
        self.args = {key: said(value) for key, value in own.items()}
        self.shapes = ", ".join(str(tensor.type) for tensor in call.outputs)

    @property
    def text(self) -> str:
        """It as a spec would say it."""
        return f"{self.kind}({', '.join(f'{key}={value}' for key, value in self.args.items())})"

    @property
    def body(self) -> tuple[Any, ...]:
        """What it is, without its name."""
        return (self.kind, tuple(sorted(self.args.items())))


_PASSES: tuple[Callable[[_Node], Any], ...] = (
    lambda node: (node.name, node.body),
    lambda node: (node.name, node.kind),
    lambda node: node.body,
    lambda node: node.kind,
)


def _matched(ours: Sequence[_Node], theirs: Sequence[_Node]) -> list[tuple[int, int]]:
    """The calls that belong together, by their places."""
    pairs: list[tuple[int, int]] = []
    gaps = [(0, len(ours), 0, len(theirs))]
    for key in _PASSES:
        a, b = [key(node) for node in ours], [key(node) for node in theirs]
        rest = []
        for low, high, start, end in gaps:
            matcher = SequenceMatcher(None, a[low:high], b[start:end], autojunk=False)
            at, to = low, start
            for i, j, size in matcher.get_matching_blocks():
                rest.append((at, low + i, to, start + j))
                pairs += [(low + i + k, start + j + k) for k in range(size)]
                at, to = low + i + size, start + j + size
        gaps = [gap for gap in rest if gap[1] > gap[0] and gap[3] > gap[2]]
    return pairs


def _node_changes(before: _Node, after: _Node) -> Iterator[Change]:
    if before.name != after.name:
        yield Change("model", "renamed", before.kind, before=before.name, after=after.name)
    yield from _values("model", before.args, after.args, after.name)
    if before.shapes != after.shapes:
        yield Change("model", "changed", after.name, "shape", before.shapes, after.shapes)


def _rewired(
    before: ModelGraph,
    after: ModelGraph,
    ours: Sequence[Call],
    theirs: Sequence[Call],
    left: Mapping[int, int],
    right: Mapping[int, int],
) -> Iterator[Change]:
    """Calls that take other tensors than before, where what they took and take is in both."""
    old, new = _makers(before, ours), _makers(after, theirs)
    for place, other in sorted(right.items()):
        was = [old[tensor.id] for tensor in inputs_of(ours[other])]
        now = [new[tensor.id] for tensor in inputs_of(theirs[place])]
        if any(isinstance(at, int) and at not in left for at in was):
            continue
        if any(isinstance(at, int) and at not in right for at in now):
            continue
        expected = [left[at] if isinstance(at, int) else at for at in was]
        if sorted(map(str, expected)) == sorted(map(str, now)) or (len(was) == len(now) and _only_inputs(was, now)):
            continue
        names = [
            ", ".join(at if isinstance(at, str) else _Node(model, calls[at]).name for at in side)
            for side, model, calls in ((was, before, ours), (now, after, theirs))
        ]
        yield Change("model", "changed", _Node(after, theirs[place]).name, "takes", *names)


def _only_inputs(was: Sequence[Any], now: Sequence[Any]) -> bool:
    """Whether only names of inputs differ, which is said of the inputs."""
    return all(isinstance(a, str) and isinstance(b, str) for a, b in zip(was, now, strict=True) if a != b)


def _makers(model: ModelGraph, calls: Sequence[Call]) -> Mapping[int, int | str]:
    made: dict[int, int | str] = {item.tensor.id: f"input {item.name}" for item in model.inputs}
    made.update((tensor.id, at) for at, call in enumerate(calls) for tensor in call.outputs)
    return made
