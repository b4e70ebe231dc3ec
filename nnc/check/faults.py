"""Where the checker puts what it finds: one finding a place, a bounded number of them, a bounded amount of work."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nnc import codes, limits
from nnc.check.elsewhere import ELSEWHERE
from nnc.diagnostics import Code, Findings, Fix, Label, Route
from nnc.lean import dataclass
from nnc.source import Span
from nnc.spelling import guess


class Halt(Exception):
    """Checking stops here: a bound was reached, and the finding that says so is already on the list."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a value, without a place: the caller knows which place is at fault."""

    code: Code
    message: str
    expected: str | None = None
    found: str | None = None
    help: str | None = None
    operand: int | None = None  # which of two operands is at fault, where one alone is


class Faults:
    """Findings of one check.

    A loop or a block that is used ten times meets the same mistake ten times; the first of each code and place is
    kept. After `limits.MAX_FINDINGS` errors checking stops: nobody reads more, and each costs a suggestion.
    """

    def __init__(self) -> None:
        self.findings = Findings()
        self.met = 0  # mistakes, those that were met before among them
        self._seen: set[tuple[str, int, int, int]] = set()
        self._steps = 0
        self._compared = 0

    def add(
        self,
        code: Code,
        message: str,
        *places: Span | Label,
        expected: str | None = None,
        found: str | None = None,
        help: str | None = None,  # noqa: A002 - the field's own name, as in Diagnostic
        fix: Fix | None = None,
        routes: Callable[[], tuple[Route, ...]] = tuple,
    ) -> None:
        """Put a finding on the list, unless its like is there for the same place. May raise Halt.

        `routes` is called only for a finding that goes on the list: tracing a tensor back takes its time.
        """
        self.met += 1
        if places:
            first = places[0].span if isinstance(places[0], Label) else places[0]
            key = (code.id, id(first.source), first.start, first.end)
            if key in self._seen:
                self.spend(limits.FAULT_STEPS, first)
                return
            self._seen.add(key)
        self.findings.add(code, message, *places, expected=expected, found=found, help=help, fix=fix, routes=routes())
        if len(self.findings) >= limits.MAX_FINDINGS:
            raise Halt

    def trouble(self, trouble: Trouble, *places: Span | Label, fix: Fix | None = None) -> None:
        """Put a Trouble on the list, at its place."""
        self.add(
            trouble.code,
            trouble.message,
            *places,
            expected=trouble.expected,
            found=trouble.found,
            help=trouble.help,
            fix=fix,
        )

    def misspelt(self, code: Code, message: str, span: Span, known: Iterable[str], *, hint: str | None = None) -> None:
        """An unknown name, and the known one that is near it, as words and as a fix that a machine can apply."""
        if (code.id, id(span.source), span.start, span.end) in self._seen:
            self.add(code, message, span)
            return
        names = list(known)
        elsewhere = ELSEWHERE.get(code.id, {}).get(span.text)
        if elsewhere in names:
            help_ = f"Keras calls it `{elsewhere}`" if code is not codes.UNKNOWN_KEY else f"it is called `{elsewhere}`"
            self.add(code, message, span, help=help_, fix=renaming(span, elsewhere, sure=False))
            return
        if elsewhere is not None and " " in elsewhere:
            self.add(code, message, span, help=elsewhere)
            return
        self._compared += len(names)
        near = guess(span.text.strip("\"'"), names) if self._compared <= limits.MAX_COMPARED else None
        fix = renaming(span, near.name, sure=near.sure) if near else None
        self.add(code, message, span, help=f"did you mean `{near.name}`?" if near else hint, fix=fix)

    def spend(self, steps: int, span: Span) -> None:
        """Count work done; raises Halt where a spec asks for more than `limits.MAX_STEPS`."""
        self._steps += steps
        if self._steps > limits.MAX_STEPS:
            self.add(
                codes.TOO_MUCH,
                "checking this spec takes more work than a spec may ask for, and stopped here",
                span,
                expected=f"at most {limits.MAX_STEPS:,} steps of expansion",
                help="look for a loop or a repeat that runs more often than was meant",
            )
            raise Halt


def renaming(span: Span, name: str, *, sure: bool = True) -> Fix:
    """The change to another name or word, which stays in quotes where it stands in quotes or can't stand without."""
    quote = span.text[0] if span.text[:1] in ('"', "'") else "" if name.isidentifier() else '"'
    return Fix(f"write `{name}`", span, f"{quote}{name}{quote}", sure)
