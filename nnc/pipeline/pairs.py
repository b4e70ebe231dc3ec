"""Two runs row by row: where both kept what they said of the same rows, their difference has a paired interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnc.evidence import Estimate, Evidence
    from nnc.report.build import Beside
    from nnc.scoring.rows import ScoredRows


def with_pairs(run: Path, evidence: Evidence, beside: Beside, others: Sequence[Path]) -> Beside:
    """`beside` with the difference of each target's primary metric, by the target's name, where there is one.

    `run` has `evidence`, `others` are the folders of `beside`.
    """
    if not beside:
        return beside
    from nnc.scoring import rows

    mine = rows.read(run / rows.SCORED)
    if mine is None:
        return beside
    found = []
    for one, folder in zip(beside, others, strict=True):
        theirs = rows.read(folder / rows.SCORED)
        gaps = {} if theirs is None else _pairs(evidence, one.evidence, mine, theirs)
        found.append(replace(one, paired=gaps))
    return found


def _pairs(evidence: Evidence, other: Evidence, mine: ScoredRows, theirs: ScoredRows) -> dict[str, Estimate]:
    """Rows of the same numbers are the same rows only in the same data."""
    from nnc.scoring.rows import paired

    if evidence.data.sha256 != other.data.sha256:
        return {}
    found = {
        head.output: paired(mine, theirs, head.output, head.evaluation.primary, evidence.reproduce.seed)
        for head in evidence.heads
    }
    return {name: gap for name, gap in found.items() if gap is not None}
