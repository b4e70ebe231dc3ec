"""How much of Keras the catalog covers, counted: `docs/coverage.md`, written by `make catalog`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nnc.catalog import LayerRow, find, names
from nnc.catalog.signatures import KINDS, signature

FILE = Path(__file__).parents[2] / "docs" / "coverage.md"

_HEAD = """# What of Keras a spec can name

Written by `make catalog` from the catalog and from Keras {version}; a test fails while this page and the catalog
differ. `nnc explain NAME` prints the page of a layer. [How all of it is held
against Keras](oracle.md), with the figures.

| | names | aliases and words | arguments | in a spec | with a reason why not |
| --- | ---: | ---: | ---: | ---: | ---: |
"""


def page() -> str:
    """The text of the page."""
    lines = [_HEAD.format(version=_version())]
    lines += [_line(kind) for kind in KINDS]
    lines += ["\n", *(part for kind in KINDS for part in _section(kind))]
    return "".join(lines).rstrip() + "\n"


def _version() -> str:
    from nnc.catalog.signatures import DATA

    found: str = json.loads((Path(DATA) / "layers.json").read_text(encoding="utf-8"))["keras"]
    return found


def _rows(kind: str) -> Iterator[Any]:
    return (find(kind, name) for name in names(kind))


def _line(kind: str) -> str:
    rows = list(_rows(kind))
    found = [signature(kind, row.name) for row in rows]
    others = sum(len(one.aliases) + len(one.identifiers) for one in found if one)
    arguments = sum(len(row.args) for row in rows)
    refused = sum(bool(_why(kind, row)) for row in rows)
    return f"| `{kind}` | {len(rows)} | {others} | {arguments} | {len(rows) - refused} | {refused} |\n"


def _why(kind: str, row: Any) -> str | None:
    if kind != "ops":
        reason: str | None = row.refused
        return reason
    from nnc.catalog.ops.table import rules

    return row.refused or (None if row.name in rules() else "it has no rule")


def _section(kind: str) -> Iterator[str]:
    yield f"## {kind}\n\n"
    rows = list(_rows(kind))
    yield ", ".join(_name(row) for row in rows if not _why(kind, row)) + ".\n\n"
    refused = [row for row in rows if _why(kind, row)]
    if refused:
        yield "Not in a spec:\n\n"
        yield from (f"- `{row.name}`: {_why(kind, row)}.\n" for row in refused)
        yield "\n"


def _name(row: Any) -> str:
    learns = " (learns from the training rows)" if isinstance(row, LayerRow) and row.adapts else ""
    aliases = f" (also {', '.join(f'`{alias}`' for alias in row.aliases)})" if row.aliases else ""
    return f"`{row.name}`{aliases}{learns}"


def lacking(have: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """Names, aliases and arguments of Keras that the catalog's data lacks; both are the texts that `harvest` makes."""
    found: list[str] = []
    for kind, text in wanted.items():
        rows = json.loads(have[kind])["rows"] if kind in have else {}
        for name, row in json.loads(text)["rows"].items():
            if name not in rows:
                found.append(f"{kind}.{name}")
                continue
            known = {argument[0] for argument in rows[name]["args"]}
            found += [f"{kind}.{name}({argument[0]})" for argument in row["args"] if argument[0] not in known]
            aliases = set(row.get("aliases", ())) - set(rows[name].get("aliases", ()))
            found += [f"{kind}.{alias}" for alias in sorted(aliases)]
    return found
