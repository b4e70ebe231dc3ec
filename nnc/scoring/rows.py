"""What a run said of each row that it was evaluated on, kept so that two runs can be compared row by row.

The file is numpy's `.npz`: `rows` int64 [n], and of the i-th target `truth_i` float64 [n] and `scores_i` float64 [n] or
[n, classes] (see `Predictions`); `about` is JSON: of each target its name, task and number of classes.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnc.evidence import Estimate
from nnc.scoring.bootstrap import differences
from nnc.scoring.scores import SCORERS, Floats, Ints, Predictions

SCORED = "predictions.npz"
"""What the file is called in a run folder."""
MAX_BYTES = 1 << 30


@dataclass(frozen=True, eq=False)
class ScoredRows:
    """`rows` [n] are the evaluated rows' numbers in the file, `heads` the predictions of them by the target's name."""

    rows: Ints
    heads: Mapping[str, Predictions]


def write(path: Path, scored: ScoredRows) -> None:
    """Write them; the same ones give the same bytes. Raises OSError."""
    arrays: dict[str, Ints | Floats] = {"rows": np.asarray(scored.rows, dtype=np.int64)}
    for i, said in enumerate(scored.heads.values()):
        arrays |= {f"truth_{i}": said.truth, f"scores_{i}": said.scores}
    about = [{"name": name, "task": said.task, "classes": said.classes} for name, said in scored.heads.items()]
    with path.open("wb") as stream:
        np.savez_compressed(stream, about=np.array(json.dumps(about)), allow_pickle=False, **arrays)


def read(path: Path) -> ScoredRows | None:
    """What `write` wrote; None where there is no such file (a run of an earlier version), or it is broken or huge.

    A run may come from anybody, so what it would unpack to is looked at before.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(member.file_size for member in packed.infolist()) > MAX_BYTES:
                return None
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            heads = {
                one["name"]: Predictions(one["task"], file[f"truth_{i}"], file[f"scores_{i}"], one["classes"])
                for i, one in enumerate(about)
            }
            return ScoredRows(file["rows"], heads)
    except (OSError, ValueError, KeyError, TypeError, EOFError, MemoryError, zipfile.BadZipFile):
        return None


def paired(mine: ScoredRows, theirs: ScoredRows, name: str, key: str, seed: int) -> Estimate | None:
    """A target's metric of mine less that of theirs, with the paired bootstrap's interval.

    None where they are not of the same rows with the same truth, or the metric is none of nnc's.
    """
    pair = [scored.heads[name] for scored in (mine, theirs) if name in scored.heads]
    if len(pair) < 2 or not np.array_equal(mine.rows, theirs.rows):
        return None
    first, second = pair
    same = first.task == second.task and first.classes == second.classes and np.array_equal(first.truth, second.truth)
    if not same or key not in SCORERS[first.task]:
        return None
    return differences(pair, key, seed)[0]
