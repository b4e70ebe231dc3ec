"""`nnc check --fix`: the changes that a machine can make for certain, made, and the spec checked again.

A round makes every sure fix of the findings that does not overlap another, from the file's end to its beginning, so
that no change moves the place of the next. Mending one mistake may bring another to light; so rounds go on until
nothing is left to mend. What comes out has no sure fix left: mending it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from nnc.diagnostics import Diagnostic, Fix
from nnc.lean import dataclass
from nnc.pipeline import front
from nnc.pipeline.reading import read_source
from nnc.source import Source

_ROUNDS = 20
_BOM = "\ufeff"


@dataclass(frozen=True)
class Mended:
    """A spec before and after, the fixes that were made in the order of making, and what is left to say about it."""

    path: Path
    before: str
    fixes: tuple[Fix, ...]
    checked: front.Checked

    @property
    def after(self) -> str:
        """The mended text."""
        return self.checked.source.text

    @property
    def changed(self) -> bool:
        """Whether there was anything to mend."""
        return self.after != self.before


def mend(path: Path, settings: front.Settings) -> Mended:
    """Mend a spec, in memory alone. Raises UserFault where it can't be read."""
    source = read_source(path)
    checked = front.check_source(path, source, settings, widths={})
    made: list[Fix] = []
    seen = {source.text}
    for _ in range(_ROUNDS):
        fixes = sure_fixes(checked.findings, checked.source)
        text = apply(checked.source.text, fixes)
        if not fixes or text in seen:
            break
        seen.add(text)
        made += fixes
        checked = front.check_source(path, Source(source.name, text), settings, widths={})
    return Mended(path, source.text, tuple(made), checked)


def sure_fixes(findings: Iterable[Diagnostic], source: Source) -> list[Fix]:
    """The sure fixes of this file in the order of their places, none overlapping or touching the one before."""
    fixes = [item.fix for item in findings if item.fix is not None and item.fix.sure]
    chosen: list[Fix] = []
    for fix in sorted(fixes, key=lambda fix: (fix.span.start, fix.span.end)):
        if fix.span.source is source and (not chosen or fix.span.start > chosen[-1].span.end):
            chosen.append(fix)
    return chosen


def apply(text: str, fixes: Iterable[Fix]) -> str:
    """The text with the fixes made; they must not overlap."""
    for fix in sorted(fixes, key=lambda fix: fix.span.start, reverse=True):
        text = text[: fix.span.start] + fix.replacement + text[fix.span.end :]
    return text


def write(mended: Mended) -> None:
    """Put the mended text in the file's place, in one step; a byte order mark stays. Raises UserFault."""
    from nnc.files import write_bytes

    target = mended.path.resolve()
    with target.open("rb") as stream:
        mark = _BOM.encode() if stream.read(3) == _BOM.encode() else b""
    write_bytes(target, mark + mended.after.encode("utf-8"))
