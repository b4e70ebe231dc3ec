"""Findings as values: what a phase saw, where, what it expected, and how to mend it.

A phase never prints and never raises for a user's mistake that it can collect: it adds a `Diagnostic` to a
`Findings`. Phases that cannot go on (data that can't be read, a run that diverged) raise `UserFault`, which
carries diagnostics too. A bug of ours is any other exception; the command line says that it is one.

The codes stand in `nnc/codes.py`, one row each; a phase names a row there and never a bare string.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from nnc.lean import dataclass
from nnc.source import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding: a stable id (`NN0312`), its title, and how bad it is."""

    id: str
    title: str
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Label:
    """A place in the spec and what is to be said about it. The first label of a diagnostic is its place."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that a machine can make: put `replacement` where `span` is.

    `sure` says that it is what was meant as far as anybody can tell; `nnc check --fix` makes such changes alone.
    """

    title: str
    span: Span
    replacement: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """A tensor on its way to a fault: what made it, as it is written in the spec, and the shape it has then.

    `block` is the block that the step stands in, `round` which time it is carried out, where a loop or a block that is
    used several times does so more than once.
    """

    text: str
    shape: str
    span: Span
    block: str | None = None
    round: int | None = None


Route: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class DataPlace:
    """A place in a data file: row counted from 1 as an editor counts lines (the heading is row 1), column by name."""

    file: str
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `message` is one plain sentence; `help` says how to mend it, also in a sentence.

    `routes` are the ways of the tensors that the fault is about, from the model's input on.
    """

    code: Code
    message: str
    labels: tuple[Label, ...] = ()
    expected: str | None = None
    found: str | None = None
    help: str | None = None
    fix: Fix | None = None
    data_place: DataPlace | None = None
    routes: tuple[Route, ...] = ()

    @property
    def severity(self) -> Severity:
        """How bad it is: an error stops the compiler, a warning does not."""
        return self.code.severity

    def sort_key(self) -> tuple[str, int, int, str]:
        """By file, then place, then code; findings without a place come last."""
        if not self.labels:
            return ("\U0010ffff", 0, 0, self.code.id)
        span = self.labels[0].span
        return (span.source.name, span.start, span.end, self.code.id)


class Findings:
    """The findings of a phase, collected."""

    def __init__(self, items: Iterable[Diagnostic] = ()) -> None:
        self._items: list[Diagnostic] = list(items)

    def add(
        self,
        code: Code,
        message: str,
        *places: Span | Label,
        expected: str | None = None,
        found: str | None = None,
        help: str | None = None,  # noqa: A002 - the field's own name, as in Diagnostic
        fix: Fix | None = None,
        data_place: DataPlace | None = None,
        routes: tuple[Route, ...] = (),
    ) -> None:
        """Put a finding on the list; a bare `Span` is a label without words."""
        labels = tuple(p if isinstance(p, Label) else Label(p) for p in places)
        self._items.append(Diagnostic(code, message, labels, expected, found, help, fix, data_place, routes))

    def extend(self, items: Iterable[Diagnostic]) -> None:
        """Put several findings on the list."""
        self._items.extend(items)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._items, key=Diagnostic.sort_key))

    def __len__(self) -> int:
        return len(self._items)

    @property
    def last(self) -> Diagnostic | None:
        """What was put on the list last."""
        return self._items[-1] if self._items else None

    @property
    def has_errors(self) -> bool:
        """Whether any finding stops the compiler."""
        return any(item.severity == "error" for item in self._items)


class UserFault(Exception):
    """The spec or the data is at fault and the phase cannot go on; exit code 1."""

    def __init__(self, findings: Iterable[Diagnostic]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(f"{d.code.id}: {d.message}" for d in self.findings))


class RunFault(UserFault):
    """A run failed although spec and data are right (it diverged, the disk is full); exit code 3."""
