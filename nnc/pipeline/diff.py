"""Two specs, model files or runs → what differs between them. TensorFlow is loaded for none of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nnc.emit.changes import Change, changes
from nnc.graph import Spec
from nnc.lean import dataclass
from nnc.pipeline import front

if TYPE_CHECKING:
    from nnc.evidence import Estimate, Evidence

_EVIDENCE, _SPEC = "evidence.json", "spec.nn"


@dataclass(frozen=True)
class Side:
    """One side of a comparison: its checked spec, and what was measured where it is a run."""

    spec: Spec
    evidence: Evidence | None = None


def read_side(path: Path, settings: front.Settings) -> Side:
    """A spec, a run folder, or a model file. Raises UserFault where it is at fault."""
    if path.is_dir() and (path / _SPEC).is_file():
        from nnc.pipeline.recorded import evidence_of

        return Side(front.require(front.check(path / _SPEC, settings)), evidence_of(path / _EVIDENCE))
    if path.suffix == ".nn" or (path.is_file() and not _is_model(path)):
        return Side(front.require(front.check(path, settings)))
    from nnc.keras_import import import_config
    from nnc.keras_import.files import read_config

    return Side(import_config(read_config(path), str(path)).spec)


def _is_model(path: Path) -> bool:
    from nnc.keras_import.files import READERS

    return path.suffix.lower() in READERS


def diff(before: Side, after: Side) -> list[Change]:
    """What was added, removed and changed; of two runs also how the metrics moved."""
    found = changes(before.spec, after.spec)
    if before.evidence is not None and after.evidence is not None:
        found += _metrics(before.evidence, after.evidence)
    return found


def _metrics(before: Evidence, after: Evidence) -> list[Change]:
    """How the metrics of each target moved; targets are told apart where there are several."""
    old, new = (_by_key(side) for side in (before, after))
    found = []
    for key in dict.fromkeys([*old, *new]):
        one, other = old.get(key), new.get(key)
        texts = ["" if estimate is None else _estimate(estimate) for estimate in (one, other)]
        if texts[0] == texts[1]:
            continue
        action = "added" if one is None else "removed" if other is None else "changed"
        found.append(Change("metrics", action, key, "", *texts))
    return found


def _by_key(evidence: Evidence) -> dict[str, Estimate]:
    several = len(evidence.heads) > 1
    return {
        f"{head.output}: {metric.key}" if several else metric.key: metric.estimate
        for head in evidence.heads
        for metric in head.evaluation.metrics
    }


def _estimate(estimate: object) -> str:
    value, low, high = (getattr(estimate, name, None) for name in ("value", "low", "high"))
    return f"{value:.4g}" if low is None or high is None else f"{value:.4g} [{low:.4g}, {high:.4g}]"


def as_text(found: Sequence[Change]) -> str:
    """The changes in words, by section."""
    lines: list[str] = []
    for where in dict.fromkeys(change.where for change in found):
        lines.append(where)
        lines += [f"  {change.words()}" for change in found if change.where == where]
    return "".join(f"{line}\n" for line in lines)


def as_json(found: Sequence[Change]) -> str:
    """The changes as JSON: a list of objects with the fields of a Change."""
    fields = ("where", "action", "what", "aspect", "before", "after")
    return json.dumps([{name: getattr(c, name) for name in fields} for c in found], ensure_ascii=False, indent=1) + "\n"
