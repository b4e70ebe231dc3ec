"""`python -m tests.oracle [SAMPLES] [SEED] [LAYER ...]`: the catalog against Keras, and how often they disagree."""

from __future__ import annotations

import os
import random
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


def main(arguments: list[str]) -> int:
    """Print every disagreement and the figures; 1 where there is any."""
    from tests.oracle.compare import disagreement, nnc_answer
    from tests.oracle.sampling import layer_names, sample

    total = int(arguments[0]) if arguments else 20_000
    seed = int(arguments[1]) if len(arguments) > 1 else 7
    rng = random.Random(seed)  # noqa: S311 - sampling, no secret
    layers = arguments[2:] or layer_names()
    wrong = accepted = 0
    for number in range(total):
        drawn = sample(rng, layers[number % len(layers)])
        found = disagreement(drawn)
        accepted += not hasattr(nnc_answer(drawn), "reason")
        if found is not None:
            wrong += 1
            print(found, flush=True)  # noqa: T201 - its output
    print(f"{total} samples of {len(layers)} layers, {accepted} accepted, {wrong} disagreements")  # noqa: T201 - its output
    wrong += _objects(total // 5, rng) + _functions(total // 4, rng) + _graphs(total // 2, seed)
    return int(wrong > 0)


def _objects(total: int, rng: random.Random) -> int:
    from tests.oracle.objects import object_disagreement, rows

    offered = rows()
    found = [text for number in range(total) if (text := object_disagreement(rng, *offered[number % len(offered)]))]
    print(*found, sep="\n")  # noqa: T201 - its output
    print(f"{total} samples of {len(offered)} other objects, {len(found)} disagreements")  # noqa: T201 - its output
    return len(found)


def _functions(total: int, rng: random.Random) -> int:
    from tests.oracle.ops import op_disagreement, op_names

    names = op_names()
    found = [text for number in range(total) if (text := op_disagreement(rng, names[number % len(names)]))]
    print(*found, sep="\n")  # noqa: T201 - its output
    print(f"{total} samples of {len(names)} functions, {len(found)} disagreements")  # noqa: T201 - its output
    return len(found)


def _graphs(total: int, seed: int) -> int:
    """Random whole graphs, each with its own seed, so that one can be drawn again."""
    from tests.oracle.graphs import graph_disagreement

    wrong = accepted = 0
    for number in range(total):
        found, right = graph_disagreement(random.Random(f"{seed}/{number}"))  # noqa: S311 - as above
        accepted += right
        if found is not None:
            wrong += 1
            print(f"graph {seed}/{number}\n{found}", flush=True)  # noqa: T201 - its output
    print(f"{total} random graphs, {accepted} accepted, {wrong} disagreements")  # noqa: T201 - its output
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
