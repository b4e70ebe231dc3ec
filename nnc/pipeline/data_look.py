"""A checked spec and its table → what becomes of each column, and what only the table can tell. No TensorFlow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnc import codes
from nnc.diagnostics import DataPlace, Diagnostic, Findings, UserFault
from nnc.lean import dataclass
from nnc.pipeline.front import Checked, Settings, choose_model, require

if TYPE_CHECKING:
    from nnc.data import Prepared, Table
    from nnc.data.look import DataLook
    from nnc.graph import ModelGraph, Spec

# More rows than these are not read: enough to type columns well, and read in about a second.
SAMPLE_ROWS = 100_000


@dataclass(frozen=True)
class Looked:
    """What was seen (None where the data is too much at fault to tell) and the findings about it."""

    look: DataLook | None
    findings: Findings


def look_at(checked: Checked, settings: Settings) -> Looked:
    """Read the spec's table, or its first rows, and prepare it as a training would."""
    from nnc.data import load, sample
    from nnc.data.look import batch_too_large, look

    spec = require(checked)
    findings = Findings()
    if spec.data is None or spec.train is None:
        missing = "data" if spec.data is None else "train"
        findings.add(
            codes.NOT_TRAINABLE,
            f"`{checked.source.name}` has no {missing} section, so its table can't be looked at",
            help='write data { source = csv("...") target = ... } and train { loss = ... }',
        )
        return Looked(None, findings)
    try:
        table, whole = sample(spec.data, checked.path.parent, SAMPLE_ROWS)
        prepared, certain = _prepared(table, spec, choose_model(spec, settings.model), whole=whole)
        if prepared is None and not certain:
            # A sample makes it look wrong and proves nothing: all rows are asked.
            table, whole = load(spec.data, checked.path.parent), True
            prepared, certain = _prepared(table, spec, choose_model(spec, settings.model), whole=whole)
    except UserFault as fault:
        findings.extend(fault.findings)
        return Looked(None, findings)
    if prepared is None:
        findings.extend(certain)
        return Looked(None, findings)
    large = batch_too_large(prepared, spec.train, whole=whole)
    if large is not None:
        findings.add(codes.LARGE_BATCH, large, data_place=DataPlace(table.source), help="32 is usual")
    return Looked(look(prepared, whole=whole), findings)


def _prepared(
    table: Table, spec: Spec, model: ModelGraph, *, whole: bool
) -> tuple[Prepared | None, tuple[Diagnostic, ...]]:
    """The prepared table; or none, and what these rows prove to be wrong."""
    from nnc.data import prepare
    from nnc.data.look import NEEDS_ALL_ROWS

    try:
        return prepare(table, spec, model), ()
    except UserFault as fault:
        return None, tuple(finding for finding in fault.findings if whole or finding.code not in NEEDS_ALL_ROWS)
