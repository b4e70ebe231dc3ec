"""Titanic and house prices against scikit-learn's networks, on the same prepared rows, over five seeds of the split.

The tables are not part of the project: they are read from `../shared/data`, beside the checkout.
"""

from __future__ import annotations

import os
import statistics
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
SEEDS = range(1, 6)
AT_MOST_BELOW = 0.02


def _score(network: Any, part: Any) -> float:
    """Accuracy, or R² in the unit that was trained on (the log of the price)."""
    return float(network.score(part.matrix, np.asarray(part.y).reshape(len(part))))


def _theirs(prepared: Any, seed: int) -> float:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPRegressor if prepared.task == "regression" else MLPClassifier
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is told by its score
        network = kind(max_iter=500, random_state=seed)
        network.fit(prepared.train.matrix, np.asarray(prepared.train.y).reshape(len(prepared.train)))
    return _score(network, prepared.test)


def _ours(trained: Any) -> float:
    from sklearn.metrics import accuracy_score, r2_score

    test = trained.prepared.test
    said = np.asarray(trained.model.predict(trained.inputs(test), verbose=0)).reshape(len(test))
    truth = np.asarray(test.y).reshape(len(test))
    return float(r2_score(truth, said) if trained.prepared.task == "regression" else accuracy_score(truth, said > 0.5))


def compare(example: str, table: str) -> tuple[list[float], list[float]]:
    """The scores of both over the seeds, on the test rows."""
    from nnc import run
    from nnc.data import load, prepare, widths
    from nnc.pipeline import front

    path = ROOT / "examples" / example
    ours, theirs = [], []
    for seed in SEEDS:
        spec = front.require(front.check(path, front.Settings()))
        if spec.data is None or spec.train is None:
            raise SystemExit(f"{example} has no data or train section")
        data = replace(spec.data, split=replace(spec.data.split, seed=seed), args={**spec.data.args, "path": table})
        spec = replace(spec, data=data, train=replace(spec.train, seed=seed))
        prepared = prepare(load(data, DATA), spec, spec.model)
        known = widths(prepared, spec.model.inputs)
        sized = front.check_source(path, front.read_source(path), front.Settings(), widths=known)
        graph = front.require(sized).model
        ours.append(_ours(run.train(replace(spec, models={graph.name: graph}), graph, prepared)))
        theirs.append(_theirs(prepared, seed))
        print(f"  {example} seed {seed}: {ours[-1]:.3f}, scikit-learn {theirs[-1]:.3f}", flush=True)
    return ours, theirs


def main() -> int:
    """Print both means; exit 1 where ours is too far below."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    worse = False
    for example, table in (("titanic.nn", "titanic.csv"), ("houses.nn", "houses.csv")):
        if not (DATA / table).is_file():
            print(f"{table} is not beside this checkout (../shared/data/{table})")
            continue
        ours, theirs = map(statistics.fmean, compare(example, table))
        worse = worse or ours < theirs - AT_MOST_BELOW
        print(f"{example}: mean {ours:.3f}, scikit-learn's {theirs:.3f}, at least {theirs - AT_MOST_BELOW:.3f}")
    return int(worse)


if __name__ == "__main__":
    sys.exit(main())
