"""How wires turn between two rows: each net that has to go sideways gets a track of its own where others pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc.lean import dataclass

TRACK = 9.0  # from one track to the next
_CLEAR = 3.0  # wires that are nearer than this read as one
_SAME = 0.6  # ends that are as near as this are one above the other


@dataclass(frozen=True)
class Run:
    """A net between two rows: from one x above to several below."""

    key: tuple[int, str]
    start: float
    ends: tuple[float, ...]

    @property
    def low(self) -> float:
        """Its leftmost x."""
        return min(self.start, *self.ends)

    @property
    def high(self) -> float:
        """Its rightmost x."""
        return max(self.start, *self.ends)


def assign(runs: Sequence[Run]) -> Mapping[tuple[int, str], int]:
    """The track of each net, counted from the top; nets that go straight down have none.

    Of nets that go right the rightmost turns first, of nets that go left the leftmost: so they don't cross.
    """
    turning = sorted((run for run in runs if run.high - run.low > _SAME), key=_order)
    tracks: dict[tuple[int, str], int] = {}
    placed: list[Run] = []
    while turning:
        run = next((run for run in turning if not any(_lands_on(run, other) for other in turning)), turning[0])
        turning.remove(run)
        over = [tracks[other.key] for other in placed if other.low < run.high + 4 and run.low < other.high + 4]
        tracks[run.key] = max(over, default=-1) + 1
        placed.append(run)
    return tracks


def _lands_on(run: Run, other: Run) -> bool:
    """Whether a net goes down where the other comes down: then the other must have turned before."""
    return run is not other and any(abs(end - other.start) < _CLEAR for end in run.ends if abs(end - run.start) > _SAME)


def _order(run: Run) -> tuple[int, float, tuple[int, str]]:
    right, left = run.high > run.start + _SAME, run.low < run.start - _SAME
    if right and left:
        return 0, run.start, run.key
    return (1, -run.start, run.key) if right else (2, run.start, run.key)
