"""What a run has recorded."""

from __future__ import annotations

from pathlib import Path

from nnc import codes
from nnc.diagnostics import Findings, UserFault
from nnc.evidence import Evidence, read


def evidence_of(path: Path) -> Evidence | None:
    """The evidence of a run, None where it has none. Raises UserFault where it is broken."""
    if not path.is_file():
        return None
    try:
        return read(path)
    except (OSError, ValueError) as error:
        findings = Findings()
        findings.add(codes.BROKEN_RUN, f"`{path}` can't be read: {error}", help="train again: nnc train SPEC -o RUN")
        raise UserFault(findings) from error
