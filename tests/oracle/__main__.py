"""`python -m tests.oracle [PART ...]`: nnc against Keras, with one figure for each part and one for all of them.

Every sample has a seed of its own, which stands beside a disagreement: `--seed 7 --first 123 --count 1` draws it
again, and a long sweep can be done in pieces.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
# Tiny tensors: threads of its own cost TensorFlow twice the time.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

DIFFERS = "disagreements"
# Draws one sample: what becomes of it, and a text where both sides disagree.
Part = Callable[[random.Random, int], tuple[str, str]]


def _layers() -> Part:
    from tests.oracle.compare import disagreement, nnc_answer
    from tests.oracle.sampling import layer_names, sample

    names = layer_names()

    def one(rng: random.Random, number: int) -> tuple[str, str]:
        drawn = sample(rng, names[number % len(names)])
        found = disagreement(drawn)
        return (DIFFERS, found) if found else ("refused" if hasattr(nnc_answer(drawn), "reason") else "accepted", "")

    return one


def _objects() -> Part:
    from tests.oracle.objects import object_disagreement, rows

    offered = rows()

    def one(rng: random.Random, number: int) -> tuple[str, str]:
        found = object_disagreement(rng, *offered[number % len(offered)])
        return (DIFFERS, found) if found else ("agreed", "")

    return one


def _functions() -> Part:
    from tests.oracle.ops import op_disagreement, op_names

    names = op_names()

    def one(rng: random.Random, number: int) -> tuple[str, str]:
        found = op_disagreement(rng, names[number % len(names)])
        return (DIFFERS, found) if found else ("agreed", "")

    return one


def _graphs() -> Part:
    from tests.oracle.graphs import graph_outcome

    def one(rng: random.Random, number: int) -> tuple[str, str]:
        outcome, text, changed = graph_outcome(rng)
        return f"{'mutated, ' if changed else ''}{outcome}" if outcome != DIFFERS else outcome, text

    return one


PARTS: dict[str, tuple[str, int, Callable[[], Part]]] = {
    "layers": ("every layer, sampled arguments and inputs", 20_000, _layers),
    "objects": ("losses, metrics, optimizers and other objects", 4_000, _objects),
    "functions": ("functions of keras.ops", 6_000, _functions),
    "graphs": ("random whole networks", 10_000, _graphs),
}


def sweep(part: str, seed: str, numbers: range) -> Counter[str]:
    """Draw those samples of a part, print what differs, and count."""
    one = PARTS[part][2]()
    found: Counter[str] = Counter()
    for number in numbers:
        outcome, text = one(random.Random(f"{part}/{seed}/{number}"), number)  # noqa: S311 - sampling, no secret
        found[outcome] += 1
        if text:
            print(f"{part}, --seed {seed} --first {number}\n{text}", flush=True)  # noqa: T201 - its output
        if sum(found.values()) % 1000 == 0:
            done = f"  {part}: {sum(found.values()):,} so far, {found[DIFFERS]} {DIFFERS}"
            print(done, file=sys.stderr, flush=True)  # noqa: T201 - its output
    return found


def main(arguments: list[str]) -> int:
    """Print every disagreement and the figures; 1 where there is any."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (all, where none is named)")
    parser.add_argument("--seed", default="7")
    parser.add_argument("--first", type=int, default=0, help="the number of the first sample")
    parser.add_argument("--count", type=int, help="how many samples of each part (the full count, where not said)")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    total: Counter[str] = Counter()
    for part in given.parts or PARTS:
        what, count, _ = PARTS[part]
        found = sweep(part, given.seed, range(given.first, given.first + (given.count or count)))
        total["samples"] += sum(found.values())
        total[DIFFERS] += found[DIFFERS]
        print(f"{what}: {sum(found.values()):,} samples, {found[DIFFERS]} {DIFFERS}")  # noqa: T201 - its output
        for outcome, number in sorted(found.items()):
            print(f"    {number:>6,} {outcome}")  # noqa: T201 - its output
    print(f"total: {total['samples']:,} samples, {total[DIFFERS]} {DIFFERS}")  # noqa: T201 - its output
    return int(total[DIFFERS] > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
