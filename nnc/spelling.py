"""Which known name somebody most likely meant who wrote one that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

from nnc import limits
from nnc.lean import dataclass

_CANDIDATES = 5
_STEM = 3  # letters that an abbreviation has at least
_LEFT_OUT = 2  # more letters than this are left out on purpose


@dataclass(frozen=True, slots=True)
class Guess:
    """The name that was meant; `sure` says that a machine may write it: it is a slip away, and no other name is."""

    name: str
    sure: bool


def guess(name: str, known: Iterable[str]) -> Guess | None:
    """The nearest of the known names, or None where nothing is near.

    Case and underscores are ignored first, since `dense` for `Dense` is the commonest slip of all; then comes the one
    name that was cut short (`val_acc`), though `val_auc` is nearer by letters; then the fewest slips of a finger win (a
    letter left out, put in, exchanged, or two swapped), and two swapped letters win a tie.
    """
    if len(name) > limits.MAX_SUGGESTED_CHARS:
        return None
    names = [n for n in islice(known, limits.MAX_SUGGESTED) if len(n) <= limits.MAX_SUGGESTED_CHARS]
    wanted = _folded(name)
    folded = {_folded(n): n for n in reversed(names)}
    if wanted in folded:
        return Guess(folded[wanted], sure=True)
    cut = [other for other in folded if len(wanted) >= _STEM and other.startswith(wanted)]
    if len(cut) == 1 and len(cut[0]) - len(wanted) > _LEFT_OUT:
        return Guess(folded[cut[0]], sure=False)
    near = get_close_matches(wanted, folded, n=_CANDIDATES, cutoff=0.6) or _short(wanted, folded)
    if not near:
        return None
    ranked = sorted((slips(wanted, other), sorted(wanted) != sorted(other), i) for i, other in enumerate(near))
    best = near[ranked[0][2]]
    alone = len(ranked) == 1 or ranked[0][:2] < ranked[1][:2]
    return Guess(folded[best], sure=alone and _is_slip(wanted, best, ranked[0][0]))


def _short(name: str, known: Iterable[str]) -> list[str]:
    """Names a slip away from a short one: `h3` has half of its letters in common with `h2`."""
    alike = (other for other in known if 2 <= len(name) <= 4 and 2 <= len(other) <= 5)
    return [other for other in alike if slips(name, other) == 1][:_CANDIDATES]


def suggest(name: str, known: Iterable[str]) -> str | None:
    """The name of the guess, or None."""
    found = guess(name, known)
    return found.name if found is not None else None


def _folded(name: str) -> str:
    return name.casefold().replace("_", "")


def _is_slip(name: str, meant: str, distance: int) -> bool:
    """Whether the names are so near, for their length, that a slip is likelier than another name (`h3` is not `h2`)."""
    if [c for c in name if c.isdigit()] != [c for c in meant if c.isdigit()]:
        return False
    length = min(len(name), len(meant))
    return length >= 3 and distance <= (1 if length < 6 else 2)


def slips(a: str, b: str) -> int:
    """How many letters must be put in, left out, exchanged, or swapped with their neighbour to make one the other."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, row = row, current
    return row[-1]
