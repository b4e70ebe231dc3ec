"""The second half of a layered layout: how far right each slot stands.

Slots that a main path runs through share one vertical line. The lines are then pushed apart where their slots would
touch, and pulled to the middle of what they are wired to. (In the spirit of Brandes and Köpf, "Fast and simple
horizontal coordinate assignment", 2001; but a fork with equal arms stays in the middle of them here.)
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

from nnc.emit.diagram.ranks import Grid, Link, Slot
from nnc.lean import dataclass

CELL_GAP, LANE_GAP, LANES_GAP = 30.0, 22.0, 12.0
_PULLS = 160
_STEP = 0.6  # of what is wanted: all lines move at once, so whole steps would swing
_STILL, _TOUCH = 0.02, 0.01


@dataclass(frozen=True)
class Weights:
    """For each slot, how many cells the longest way to it has and the one on from it, and whether it is one itself."""

    above: Mapping[int, int]
    below: Mapping[int, int]
    own: Mapping[int, int]


def weights(made: Grid) -> Weights:
    """A lane is no cell: it counts what its source and its targets count."""
    own = {slot.index: int(slot.cell is not None) for slot in made.slots}
    above, below = dict.fromkeys(own, 0), dict.fromkeys(own, 0)
    for links in made.links:
        for link in links:
            above[link.lower] = max(above[link.lower], above[link.upper] + own[link.upper])
    for links in reversed(made.links):
        for link in links:
            below[link.upper] = max(below[link.upper], below[link.lower] + own[link.lower])
    return Weights(above, below, own)


def outlet(slot: Slot, net: str) -> float:
    """Where a net leaves a slot, from its middle."""
    return (slot.cell.exits or {}).get(net, 0.0) if slot.cell else 0.0


def inlet(slot: Slot, net: str) -> float:
    """Where a net enters a slot, from its middle; boxes spread theirs later."""
    return (slot.cell.entries or {}).get(net, 0.0) if slot.cell else 0.0


def align(
    made: Grid, first: int, last: int, known: Weights, pads: Callable[[Slot], tuple[float, float]]
) -> dict[int, float]:
    """The middles of the slots in rows `first` to `last`; the leftmost edge is at 0.

    `pads` gives what a slot needs to the left and right of its middle.
    """
    rows = made.rows[first : last + 1]
    chosen = [link for row in range(first, last) for link in _straight(made, row, known)]
    root, shift = _lines(rows, chosen, made)
    apart = _apart(rows, made, root, shift, pads)
    order = _line_order(rows, root, apart)
    x = dict.fromkeys(order, 0.0)
    for line in order:
        for right, room in apart.get(line, {}).items():
            x[right] = max(x[right], x[line] + room)
    _pull(made, range(first, last), (root, shift), (order, apart), x)
    middles = {slot: x[root[slot]] + shift[slot] for row in rows for slot in row}
    edge = min((middles[slot] - pads(made.slots[slot])[0] for slot in middles), default=0.0)
    return {slot: middle - edge for slot, middle in middles.items()}


def _straight(made: Grid, row: int, known: Weights) -> list[Link]:
    """The pieces below a row that shall be vertical: lanes first, then the ways that are longest on both sides."""
    links = made.links[row]
    upper = {slot: index for index, slot in enumerate(made.rows[row])}
    lower = {slot: index for index, slot in enumerate(made.rows[row + 1])}
    chosen: list[Link] = []
    for link in links:
        lane = not made.slots[link.upper].cell and not made.slots[link.lower].cell
        if lane and not any(_cross(link, other, upper, lower) for other in chosen):
            chosen.append(link)
    taken_up, taken_low = {link.upper for link in chosen}, {link.lower for link in chosen}
    into: dict[int, list[Link]] = {}
    out_of: dict[int, list[Link]] = {}
    for link in links:
        into.setdefault(link.lower, []).append(link)
        out_of.setdefault(link.upper, []).append(link)
    for link in links:
        free = link.upper not in taken_up and link.lower not in taken_low
        wanted = _main(into[link.lower], lambda a: (known.above[a.upper] + known.own[a.upper], upper[a.upper])) == link
        follows = (
            _main(out_of[link.upper], lambda a: (known.below[a.lower] + known.own[a.lower], lower[a.lower])) == link
        )
        if free and wanted and follows and not any(_cross(link, other, upper, lower) for other in chosen):
            chosen.append(link)
    return chosen


def _main(links: Sequence[Link], key: Callable[[Link], tuple[int, int]]) -> Link | None:
    """The piece with the longest way; of equal ones the middle one, none where two stand around the middle."""
    top = max(key(link)[0] for link in links)
    equal = sorted((link for link in links if key(link)[0] == top), key=lambda link: key(link)[1])
    return equal[len(equal) // 2] if len(equal) % 2 else None


def _cross(a: Link, b: Link, upper: Mapping[int, int], lower: Mapping[int, int]) -> bool:
    return (upper[a.upper] - upper[b.upper]) * (lower[a.lower] - lower[b.lower]) < 0


def _lines(
    rows: Sequence[Sequence[int]], chosen: Sequence[Link], made: Grid
) -> tuple[dict[int, int], dict[int, float]]:
    """For each slot the first slot of its vertical line, and how far right of that one it stands."""
    root = {slot: slot for row in rows for slot in row}
    shift = dict.fromkeys(root, 0.0)
    for link in chosen:  # from above, so that the upper slot is settled
        root[link.lower] = root[link.upper]
        offset = outlet(made.slots[link.upper], link.net) - inlet(made.slots[link.lower], link.net)
        shift[link.lower] = shift[link.upper] + offset
    return root, shift


def _apart(
    rows: Sequence[Sequence[int]],
    made: Grid,
    root: Mapping[int, int],
    shift: Mapping[int, float],
    pads: Callable[[Slot], tuple[float, float]],
) -> dict[int, dict[int, float]]:
    """How far apart lines must be at least: `apart[left][right]`."""
    apart: dict[int, dict[int, float]] = {}
    for row in rows:
        for left, right in itertools.pairwise(row):
            a, b = made.slots[left], made.slots[right]
            cells = bool(a.cell) + bool(b.cell)
            room = pads(a)[1] + (LANES_GAP, LANE_GAP, CELL_GAP)[cells] + pads(b)[0]
            needed = apart.setdefault(root[left], {})
            needed[root[right]] = max(needed.get(root[right], 0.0), shift[left] + room - shift[right])
    return apart


def _line_order(
    rows: Sequence[Sequence[int]], root: Mapping[int, int], apart: Mapping[int, Mapping[int, float]]
) -> list[int]:
    """Lines from left to right. Straight pieces do not cross, so `left of` has no circle."""
    waiting: dict[int, int] = {}
    for rights in apart.values():
        for right in rights:
            waiting[right] = waiting.get(right, 0) + 1
    every = dict.fromkeys(root[slot] for row in rows for slot in row)
    ready = [line for line in every if not waiting.get(line)]
    order: list[int] = []
    while ready:
        line = ready.pop()
        order.append(line)
        for right in apart.get(line, {}):
            waiting[right] -= 1
            if not waiting[right]:
                ready.append(right)
    return order


def _pull(
    made: Grid,
    gaps: range,
    lines: tuple[Mapping[int, int], Mapping[int, float]],
    places: tuple[Sequence[int], Mapping[int, Mapping[int, float]]],
    x: dict[int, float],
) -> None:
    """Move each line to the mean of where its wires lead, as far as its neighbours let it."""
    root, shift = lines
    order, apart = places
    wishes: dict[int, list[tuple[int, float]]] = {line: [] for line in order}
    for row in gaps:
        for link in made.links[row]:
            a, b = root[link.upper], root[link.lower]
            if a == b:
                continue
            start = shift[link.upper] + outlet(made.slots[link.upper], link.net)
            end = shift[link.lower] + inlet(made.slots[link.lower], link.net)
            wishes[a].append((b, end - start))
            wishes[b].append((a, start - end))
    for _ in range(_PULLS):
        moves = {
            line: sum(x[other] + offset - x[line] for other, offset in wish) / max(len(wish), 1)
            for line, wish in wishes.items()
        }
        together = _pushed(moves, {line: len(wish) for line, wish in wishes.items()}, apart, x)
        step = _room(together, apart, x)
        if max(map(abs, together.values()), default=0.0) * step < _STILL:
            break
        for line in order:
            x[line] += together[line] * step
    for line in order:  # whatever rounding did
        for right, room in apart.get(line, {}).items():
            x[right] = max(x[right], x[line] + room)


def _pushed(
    moves: Mapping[int, float],
    counts: Mapping[int, int],
    apart: Mapping[int, Mapping[int, float]],
    x: Mapping[int, float],
) -> dict[int, float]:
    """Moves in which lines that touch and push at one another go together, to the mean of what they want."""
    home = {line: line for line in moves}
    members = {line: [line] for line in moves}
    total = {line: moves[line] * counts[line] for line in moves}
    count = dict(counts)
    touching = [
        (left, right)
        for left, rights in apart.items()
        for right, room in rights.items()
        if x[right] - x[left] - room < _TOUCH
    ]

    def speed(line: int) -> float:
        return total[home[line]] / max(count[home[line]], 1)

    merged = True
    while merged:
        merged = False
        for left, right in touching:
            a, b = home[left], home[right]
            if a == b or speed(left) <= speed(right) + _STILL / 10:
                continue
            total[a] += total[b]
            count[a] += count[b]
            members[a] += members[b]
            home.update(dict.fromkeys(members[b], a))
            merged = True
    return {line: speed(line) for line in moves}


def _room(moves: Mapping[int, float], apart: Mapping[int, Mapping[int, float]], x: Mapping[int, float]) -> float:
    """The share of the moves that can be made before two lines touch that did not."""
    share = _STEP
    for left, rights in apart.items():
        for right, room in rights.items():
            closing = moves[left] - moves[right]
            slack = x[right] - x[left] - room
            if closing > 0 and slack >= _TOUCH:
                share = min(share, slack / closing)
    return share
