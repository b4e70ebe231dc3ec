"""A spec to begin with."""

from __future__ import annotations

import os
from pathlib import Path

from nnc.files import write_text
from nnc.pipeline.front import formatted
from nnc.source import Source


def new(out: Path, table: Path | None, target: str | None) -> None:
    """Write a starter spec, from a CSV's own columns if one is given. Raises UserFault where it can't be read."""
    from nnc.data import load, starter
    from nnc.graph import DataConfig

    if table is None:
        text = starter.starter(out.stem)
    else:
        path = os.path.relpath(table, out.parent)
        rows = load(DataConfig("csv", {"path": path}, ()), out.parent)
        text = starter.starter_for(out.stem, rows, path, target)
    write_text(out, formatted(Source(str(out), text)))
