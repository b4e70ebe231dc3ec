"""What every command does with a terminal: findings, colour, and progress with the time left."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

from nnc.diagnostics import Diagnostic
from nnc.render import render_text


def wants_color(stream: TextIO) -> bool:
    """Colour for terminals alone, and none where NO_COLOR is set (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def report_findings(findings: Iterable[Diagnostic], stream: TextIO | None = None, *, shapes: bool = False) -> None:
    """Print findings, on standard error unless another stream is named; `shapes` with the whole way to each fault."""
    stream = stream or sys.stderr
    stream.write(render_text(findings, color=wants_color(stream), shapes=shapes))


def say(text: str) -> None:
    """A line on standard error: for people, not for the next program in the pipe."""
    sys.stderr.write(text + "\n")
