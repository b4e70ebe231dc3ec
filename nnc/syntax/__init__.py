"""Text to tree and back: `parse` and `format_file`; the nodes are in `nnc.syntax.tree`."""

from __future__ import annotations

from nnc.syntax.format import format_file
from nnc.syntax.parser import parse

__all__ = ["format_file", "parse"]
