"""The way of a tensor to the place where it can't go on: every step from the model's input, with its shape.

The way is read backwards from the calls of the model under construction, through blocks and the rounds of loops; at a
merge it follows the first tensor. Where several tensors come together at the fault, each has its way, and what they
have in common stands in the first alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from nnc import limits
from nnc.check.values import TensorValue, Value
from nnc.diagnostics import Route, Step

if TYPE_CHECKING:
    from nnc.check.builder import Made


def routes(tensors: Sequence[TensorValue], calls: Sequence[Made]) -> tuple[Route, ...]:
    """The way of each of the tensors. The later ones begin where they leave the way of the first."""
    makers = {output.id: call for call in calls for output in call.outputs}
    found: list[Route] = []
    first: list[int] = []
    for tensor in tensors:
        way = list(_way(tensor, makers))[::-1]
        ids = [made.id for made, _ in way]
        begin = 0
        if first:
            shorter = min(len(ids), len(first))
            begin = max(0, next((i for i in range(shorter) if ids[i] != first[i]), shorter) - 1)
        else:
            first = ids
        found.append(_steps(way, begin))
    return tuple(found)


def _way(tensor: TensorValue, makers: Mapping[int, Made]) -> Iterator[tuple[TensorValue, Made | None]]:
    """The tensor, what it was made of, and so on back to an input."""
    for _ in range(limits.MAX_ROUTE):
        call = makers.get(tensor.id)
        yield tensor, call
        before = None if call is None else next(_tensors((*call.args, *call.kwargs.values())), None)
        if before is None:
            return
        tensor = before


def _tensors(values: Sequence[Value]) -> Iterator[TensorValue]:
    for value in values:
        if isinstance(value, TensorValue):
            yield value
        elif isinstance(value, tuple):
            yield from _tensors(value)


def _steps(way: Sequence[tuple[TensorValue, Made | None]], begin: int) -> Route:
    """The steps from `begin` on; rounds are counted from the first."""
    steps: list[Step] = []
    rounds: Counter[tuple[int, int]] = Counter()
    again = Counter((made.span.start, made.span.end) for _, made in way if made is not None)
    for position, (tensor, made) in enumerate(way):
        if position == begin:
            steps.clear()
        if made is None:
            steps.append(Step(tensor.name or "input", str(tensor.type), tensor.span))
            continue
        place = made.span.start, made.span.end
        rounds[place] += 1
        if made.layer is None and steps and steps[-1].span == made.span:
            steps.pop()  # the functions of one expression or fn are one step
        number = rounds[place] if made.layer is not None and again[place] > 1 else None
        inside = made.scope[-1].block if made.scope else None
        steps.append(Step(_text(made), str(tensor.type), made.span, inside, number))
    return tuple(steps)


_LONGEST = 44


def _text(made: Made) -> str:
    """The step as it is written, shortened."""
    text = " ".join(made.span.text.split())
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return f"-> {text}" if made.layer is not None else text
