"""The tables that the page cuts, whole, as CSV files in a folder beside it.

`SHA256SUMS` lists them as `sha256sum -c` reads it. By it the next report knows which files an earlier one wrote: those
that it has no use for go, and what somebody else put there, or has changed since, stays.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from nnc.csv_files import write_rows
from nnc.files import write_bytes, write_text
from nnc.report.page import TABLES, Whole

_SUMS = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64})  ([a-z0-9-]+\.csv)")
_LARGEST = 1_000_000  # bytes of a list that could be one of ours


def write_tables(out: Path, tables: Sequence[Whole]) -> None:
    """Put the tables into their folder in `out`, and remove those that an earlier report put there.

    Each is moved into place when it is whole. Raises UserFault where the folder can't be written.
    """
    folder = out / TABLES
    before = _listed(folder)
    made = {table.name: _csv(table) for table in tables}
    for name, content in made.items():
        write_bytes(folder / name, content)
    for name in before.keys() - made.keys():
        if _is_still(folder / name, before[name]):
            (folder / name).unlink()
    if made:
        write_text(folder / _SUMS, "".join(f"{_sum(made[name])}  {name}\n" for name in sorted(made)))
    elif before:
        (folder / _SUMS).unlink()
        with suppress(OSError):  # something of somebody else's is in it
            folder.rmdir()


def _csv(table: Whole) -> bytes:
    stream = io.StringIO()
    write_rows(stream, table.heads, table.rows)
    return stream.getvalue().encode()


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _listed(folder: Path) -> Mapping[str, str]:
    """Name to SHA-256 of what an earlier report wrote; {} where there is no list, or none of ours."""
    path = folder / _SUMS
    if folder.is_symlink() or path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
        return {}
    lines = [_LINE.fullmatch(line) for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    return {line[2]: line[1] for line in lines if line} if all(lines) else {}


def _is_still(path: Path, digest: str) -> bool:
    """Whether the file is the very one that was written."""
    return path.is_file() and not path.is_symlink() and _sum(path.read_bytes()) == digest
