"""Repeated parts of a network: found as equal pieces of the walk through it, and made blocks with parameters.

A piece is a run of steps with one output, few inputs, and the same steps on the same tensors wherever it stands;
arguments may differ, and become the block's parameters. The piece that saves the most is taken out first, and what
is left is looked through again, so that blocks may stand in blocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from nnc.emit.nn.params import Param, parameters
from nnc.emit.nn.steps import Step, skeleton
from nnc.graph import FnRef, Object
from nnc.keras_import.names import is_identifier
from nnc.lean import dataclass

_LONGEST = 64
_MOST_INPUTS = 3
_MOST_PARAMS = 6
_MOST_ROUNDS = 40
# Steps that a block must save, beyond what its heading and its uses take.
_WORTH = 6
_LOOKED_AT = 30


@dataclass(eq=False)
class Piece:
    """A block: its steps as they stand in its first use, their varying arguments replaced by its parameters."""

    name: str
    params: tuple[Param, ...]
    steps: tuple[Step, ...]
    inputs: tuple[int, ...]
    output: int
    uses: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Window:
    """A run of steps: where it begins, how long it is, and the tensors that come in and go out."""

    start: int
    length: int
    inputs: tuple[int, ...]
    output: int


def pieces_of(steps: list[Step], results: Sequence[int], *, keep_names: bool) -> tuple[list[Step], list[Piece]]:
    """The steps with repeated parts replaced by uses of blocks, and the blocks, inner ones first.

    `keep_names`: only parts whose names agree but for what they begin with, so that each layer keeps its name.
    """
    pieces: list[Piece] = []
    # Parts that the names mark first, and those with one input: that is how a person cuts a network.
    ways = [(inputs, by_names) for by_names in (True, False) for inputs in range(1, _MOST_INPUTS + 1)]
    ways = [way for way in ways if way[1] or not keep_names]
    for _ in range(_MOST_ROUNDS):
        found = _best(steps, results, *ways[0])
        if found is None:
            ways.pop(0)
            if not ways:
                break
            continue
        windows, prefixes = found
        steps = _replaced(steps, windows, prefixes, pieces, keep_names=keep_names)
    return steps, pieces


# ---- finding -------------------------------------------------------------------------------------


def _signature(step: Step, ids: dict[Any, int]) -> int:
    """Equal for steps that are the same but for tensors, names and plain arguments."""
    exact = tuple((key, repr(value)) for key, value in sorted(step.args.items()) if not is_plain(value))
    key = (
        step.kind, bool(step.layer), id(step.piece), exact, tuple(map(skeleton, step.operands)), len(step.outputs),
        tuple((name, skeleton(item)) for name, item in step.by_name.items()), id(step) if step.shared else 0,
    )  # fmt: skip
    return ids.setdefault(key, len(ids))


def is_plain(value: Any) -> bool:
    """Whether a block's argument can be this: a number, a word, or a list of them."""
    if isinstance(value, tuple):
        return all(is_plain(item) for item in value)
    return not isinstance(value, (Object, FnRef, Mapping))


def _windows(steps: Sequence[Step], results: Sequence[int], most: int) -> dict[tuple[int, int], list[_Window]]:
    """All runs with one output and few inputs, by what they are."""
    ids: dict[Any, int] = {}
    signatures = [_signature(step, ids) for step in steps]
    maker = {tensor: (at, place) for at, step in enumerate(steps) for place, tensor in enumerate(step.outputs)}
    last = {tensor: at for at, step in enumerate(steps) for tensor in step.inputs}
    last |= dict.fromkeys(results, len(steps))
    groups: dict[tuple[int, int], list[_Window]] = {}
    for start in range(len(steps)):
        mark, outside, open_ = 0, dict[int, int](), set[int]()
        for at in range(start, min(len(steps), start + _LONGEST)):
            step = steps[at]
            refs = []
            for tensor in step.inputs:
                made = maker.get(tensor, (-1, 0))
                if made[0] >= start:
                    refs.append((made[0] - start, made[1]))
                    if last[tensor] == at:
                        open_.discard(tensor)
                else:
                    refs.append((-1, outside.setdefault(tensor, len(outside))))
            if len(outside) > most:
                break
            open_.update(tensor for tensor in step.outputs if last.get(tensor, -1) > at)
            mark = hash((mark, signatures[at], tuple(refs)))
            if len(open_) == 1 and at > start and outside:
                window = _Window(start, at - start + 1, tuple(outside), next(iter(open_)))
                groups.setdefault((mark, window.length), []).append(window)
    return groups


def _apart(windows: Sequence[_Window]) -> list[_Window]:
    """Those that don't overlap, from the front."""
    kept: list[_Window] = []
    for window in windows:
        if not kept or window.start >= kept[-1].start + kept[-1].length:
            kept.append(window)
    return kept


def _saved(windows: Sequence[_Window]) -> int:
    return (len(windows) - 1) * windows[0].length - len(windows) - 4


def _best(
    steps: Sequence[Step], results: Sequence[int], most_inputs: int, by_names: bool
) -> tuple[list[_Window], list[str | None]] | None:
    """The windows that together save the most, and what the names in each begin with."""
    windows_by = _windows(steps, results, most_inputs)
    groups = [kept for found in windows_by.values() if len(found) > 1 and len(kept := _apart(found)) > 1]
    groups.sort(key=_saved, reverse=True)
    best: tuple[int, list[_Window], list[str | None]] | None = None
    for group in groups if by_names else groups[:_LOOKED_AT]:
        if _saved(group) < _WORTH or (best is not None and _saved(group) <= best[0]):
            break
        for windows, prefixes in _by_names(steps, group, by_names=by_names):
            worth = _saved(windows)
            if worth < _WORTH or (best is not None and worth <= best[0]):
                continue
            bodies = [steps[window.start : window.start + window.length] for window in windows]
            made = parameters(bodies)
            if made is not None and len(made.params) <= _MOST_PARAMS:
                best = (worth, windows, prefixes)
    return None if best is None else (best[1], best[2])


def _by_names(
    steps: Sequence[Step], windows: Sequence[_Window], *, by_names: bool
) -> list[tuple[list[_Window], list[str | None]]]:
    """The windows, parted by the names in them where these mark them."""
    if not by_names:
        return [(list(windows), [None] * len(windows))]
    parted: dict[tuple[str | None, ...], tuple[list[_Window], list[str | None]]] = {}
    for window in windows:
        inner = steps[window.start : window.start + window.length]
        names = [step.name for step in inner]
        prefix = common_prefix([name for name in names if name is not None])
        of_layers = [step.name for step in inner if step.name is not None and step.piece is None]
        if prefix and not _is_whole(steps, window, prefix):
            continue  # the rest of what has these names stands elsewhere
        if prefix == "" or (len(of_layers) > 1 and common_prefix(of_layers) not in (prefix, "")):
            continue  # layers that have more in common are a part of their own
        rest = tuple(None if name is None or prefix is None else name[len(prefix) + 1 :] for name in names)
        blocks = [name for step, name in zip(inner, rest, strict=True) if step.piece is not None and name is not None]
        if not all(map(is_identifier, blocks)):
            continue
        kept, prefixes = parted.setdefault(rest, ([], []))
        kept.append(window)
        prefixes.append(prefix)
    return [found for found in parted.values() if len(found[0]) > 1]


def _is_whole(steps: Sequence[Step], window: _Window, prefix: str) -> bool:
    inside = range(window.start, window.start + window.length)
    start = f"{prefix}_"
    return not any(step.name and step.name.startswith(start) for at, step in enumerate(steps) if at not in inside)


def common_prefix(names: Sequence[str]) -> str | None:
    """What all the names begin with, up to a `_`; None without names, "" where that is no name."""
    if not names:
        return None
    low, high = min(names), max(names)
    same = next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    shared = low[:same]
    prefix = shared[: shared.rfind("_")] if "_" in shared else ""
    if not is_identifier(prefix) or any(len(name) <= len(prefix) + 1 for name in names):
        return ""
    return prefix


# ---- replacing -----------------------------------------------------------------------------------


def _replaced(
    steps: Sequence[Step],
    windows: Sequence[_Window],
    prefixes: Sequence[str | None],
    pieces: list[Piece],
    *,
    keep_names: bool,
) -> list[Step]:
    bodies = [steps[window.start : window.start + window.length] for window in windows]
    made = parameters(bodies)
    assert made is not None  # noqa: S101 - _best has tried it
    first = prefixes[0]
    inner = []
    for step, args in zip(bodies[0], made.args, strict=True):
        name = step.name
        if name is not None:
            name = None if first is None or not keep_names else name[len(first) + 1 :]
        inner.append(
            Step(step.kind, step.layer, args, step.operands, step.by_name, step.outputs, name, step.hint,
                 step.layers, step.shared, step.piece, step.inputs)
        )  # fmt: skip
    piece = Piece("", made.params, tuple(inner), windows[0].inputs, windows[0].output)
    pieces.append(piece)
    result: list[Step] = []
    at = 0
    for window, body, prefix, args in zip(windows, bodies, prefixes, made.uses, strict=True):
        result += steps[at : window.start]
        hints = [step.hint for step in body if step.hint and (step.piece is not None or step.name is not None)]
        hint = prefix or common_prefix(hints) or ""
        piece.uses.append(hint)
        layers = tuple(layer for step in body for layer in step.layers)
        result.append(
            Step("", "", args, (), {}, (window.output,), prefix if keep_names else None, hint, layers, False, piece,
                 window.inputs)
        )  # fmt: skip
        at = window.start + window.length
    return result + list(steps[at:])
