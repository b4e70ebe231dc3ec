"""What a spec was checked from: its trees and the names that each file sees, for emitters that keep its structure."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.check.files import Unit
from nnc.check.values import all_settled
from nnc.graph import Value
from nnc.lean import dataclass
from nnc.syntax import tree


@dataclass(frozen=True)
class WrittenFile:
    """The names of one file: params with their values, the fns (with their names in the graph) and blocks it sees."""

    params: Mapping[str, Value]
    fns: Mapping[str, str]
    blocks: Mapping[str, tree.Block]


@dataclass(frozen=True)
class Written:
    """The models of the main file, its train section, and every file by the name of its source."""

    models: Mapping[str, tree.Model]
    train: tree.Section | None
    files: Mapping[str, WrittenFile]


def written(unit: Unit, units: Mapping[str, Unit]) -> Written:
    """The main file's `unit` with all that it uses."""
    files = {
        one.file.source.name: WrittenFile(
            all_settled(one.values),
            one.fn_names,
            {name: definition.node for name, definition in one.seen_blocks.items()},
        )
        for one in units.values()
    }
    return Written(unit.models, unit.sections.get("train"), files)
