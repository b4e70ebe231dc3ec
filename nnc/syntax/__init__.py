"""Text to tree and back: `parse` and `format_file`; the nodes are in `nnc.syntax.tree`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnc.syntax.parser import parse

if TYPE_CHECKING:
    from nnc.syntax.tree import File

__all__ = ["format_file", "parse"]


def format_file(file: File) -> str:
    """The text of a spec in the canonical format. The file must have been parsed without errors."""
    from nnc.syntax import format as formatter  # only `nnc fmt` formats: `nnc check` need not load it

    return formatter.format_file(file)
