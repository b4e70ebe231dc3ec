"""`nnc check --data`: what becomes of each column of the table, in the terminal or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from nnc.cli.terminal import wants_color
from nnc.diagnostics import Diagnostic
from nnc.render import plain
from nnc.render_machine import record

if TYPE_CHECKING:
    from nnc.data.look import ColumnLook, DataLook

_PAINT: Mapping[str, str] = {"target": "1;36", "guessed": "33", "left out": "2", "ignored": "2"}
_WIDEST = 40
_GAP = "  "


def print_look(look: DataLook) -> None:
    """The table's rows, its parts, and a line a column, on standard output."""
    parts = ", ".join(f"{rows:,} {name}" for name, rows in look.parts if rows)
    rows = f"{look.rows:,} rows" if look.whole else f"the first {look.rows:,} rows"
    dropped = f", {look.dropped:,} without a target" if look.dropped else ""
    sys.stdout.write(f"{plain(look.source)}: {rows}; {parts}{dropped}\n\n")
    lines = [("column", "as", "", "what is in it"), *map(_line, look.columns)]
    widths = [max(len(line[i]) for line in lines) for i in range(3)]
    color = wants_color(sys.stdout)
    for line, column in zip(lines, (None, *look.columns), strict=True):
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
        text = _GAP.join([*cells, line[3]]).rstrip()
        paint = "2" if column is None else _PAINT.get(column.role, "")
        sys.stdout.write(f"  \x1b[{paint}m{text}\x1b[0m\n" if color and paint else f"  {text}\n")
    sys.stdout.write("\n")


def _line(column: ColumnLook) -> tuple[str, str, str, str]:
    """Name, what it is, whether that was guessed, and what is in it."""
    said = column.prepared or column.kind
    inside = f"{column.distinct:,} value{'s' * (column.distinct != 1)}"
    if column.missing:
        inside += f", {column.missing:,} missing"
    if column.features > 1:
        inside += f", {column.features:,} features"
    examples = ", ".join(plain(text)[:_WIDEST] for text in column.examples)
    role = column.role if column.role != "said" else ""
    words = said if column.role not in ("left out", "ignored") else column.kind
    return plain(column.name)[:_WIDEST], words, role, f"{inside}: {examples}" if examples else inside


def looks_as_json(findings: Iterable[Diagnostic], looks: Sequence[DataLook]) -> str:
    """The findings, and each table with its columns, as JSON text."""
    tables = [
        {
            "source": look.source,
            "rows": look.rows,
            "whole": look.whole,
            "parts": dict(look.parts),
            "dropped": look.dropped,
            "columns": [asdict(column) for column in look.columns],
        }
        for look in looks
    ]
    found = {"findings": [record(item) for item in findings], "data": tables}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
