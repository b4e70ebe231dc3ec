"""Which argument of a call goes to which name: those of Keras's objects, of blocks, of fns and of sections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from nnc import codes
from nnc.check.frame import Frame
from nnc.diagnostics import Label
from nnc.lean import dataclass
from nnc.syntax import tree


class Slot(Protocol):
    """A place that an argument can take: an argument of Keras, or a parameter of a block."""

    @property
    def name(self) -> str:
        """Its name, by which it can be given."""

    @property
    def required(self) -> bool:
        """Whether it must be given."""

    @property
    def keyword(self) -> bool:
        """Whether it must be given by its name."""

    @property
    def many(self) -> bool:
        """Whether it takes any number of values, one after the other."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A block's parameter as a Slot."""

    name: str
    required: bool
    keyword: bool = False
    many: bool = False


def match(owner: str, slots: Sequence[Slot], call: tree.Call, frame: Frame) -> dict[str, tree.Argument] | None:
    """Which argument goes to which slot, in the slots' order; None where that can't be said."""
    given: dict[str, tree.Argument] = {}
    right = True
    position = 0
    by_place = [slot for slot in slots if not slot.keyword]
    for argument in call.arguments:
        if argument.name is None:
            if position and by_place and by_place[min(position, len(by_place)) - 1].many:
                continue  # any number of values may stand there
            if position > len(by_place):
                continue  # said of the first of them
            slot = _positional(owner, by_place, position, argument, frame)
            position += 1
        else:
            slot = _named(owner, slots, argument.name, frame)
        if slot is None:
            right = False
        elif slot in given:
            right = False
            place = argument.name.span if argument.name else argument.span
            frame.faults.add(
                codes.ARGUMENT_TWICE,
                f"`{owner}` is given `{slot}` twice",
                place,
                Label(given[slot].span, "here first"),
                help="leave one of them out",
            )
        else:
            given[slot] = argument
    missing = [slot.name for slot in slots if slot.required and slot.name not in given]
    if missing and right:
        right = False
        frame.faults.add(
            codes.MISSING_ARGUMENT,
            f"`{owner}` needs {_listed(missing)}",
            call.function.span,
            expected=signature(owner, slots),
        )
    if not right:
        return None
    return given if len(given) < 2 else {slot.name: given[slot.name] for slot in slots if slot.name in given}


def _positional(owner: str, slots: Sequence[Slot], position: int, argument: tree.Argument, frame: Frame) -> str | None:
    if position < len(slots):
        return slots[position].name
    most = f"at most {len(slots)}" if slots else "none"
    frame.faults.add(
        codes.TOO_MANY_ARGUMENTS,
        f"`{owner}` has no argument for this value",
        argument.span,
        expected=f"{most}: {signature(owner, slots)}",
    )
    return None


def _named(owner: str, slots: Sequence[Slot], name: tree.Name, frame: Frame) -> str | None:
    if any(slot.name == name.id for slot in slots):
        return name.id
    known = [slot.name for slot in slots]
    hint = f"it takes {_listed(known, most=12)}" if known else "it takes no arguments"
    message = f"`{owner}` has no argument `{name.id}`"
    frame.faults.misspelt(codes.UNKNOWN_ARGUMENT, message, name.span, known, hint=hint)
    return None


def signature(owner: str, slots: Sequence[Slot]) -> str:
    """How it is called: the required arguments, and dots where there are others."""
    required = [slot.name for slot in slots if slot.required]
    others = [] if len(required) == len(slots) else ["..."]
    return f"{owner}({', '.join(required + others)})"


def _listed(items: Sequence[str], most: int = 6) -> str:
    shown = [f"`{item}`" for item in items[:most]]
    if len(items) > most:
        return f"{', '.join(shown)} and {len(items) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]
