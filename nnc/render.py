"""Findings for people: source, carets and sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from unicodedata import category, east_asian_width

from nnc.diagnostics import Diagnostic, Fix, Label, Route, Step
from nnc.source import Source, Span

_Paint = Callable[[str, str], str]

# How much of a long line is shown around the place, in characters.
_LINE_BUDGET = 110

_PAINT = {"error": "1;31", "warning": "1;33", "place": "1;36", "title": "1", "help": "1;32"}


def plain(text: str) -> str:
    """Text with nothing in it that a terminal would obey: control and direction marks become their code point."""
    return "".join(
        char if category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else f"\\u{ord(char):04x}" for char in text
    )


# ---- text ----------------------------------------------------------------------------------------


def render_text(findings: Iterable[Diagnostic], *, color: bool = False, shapes: bool = False) -> str:
    """Every finding as source, caret and sentences, a blank line between them, and a count at the end.

    `shapes` shows the whole way of every tensor to a fault of shapes; without it a long way is cut in the middle, and
    one that the labels tell already is left out.
    """
    items = list(findings)
    if not items:
        return ""
    paint = _painter(color)
    blocks = ["\n".join(_block(item, paint, shapes=shapes)) for item in items]
    return "\n\n".join([*blocks, _count(items)]) + "\n"


def _painter(color: bool) -> _Paint:
    if not color:
        return lambda _, text: text
    return lambda style, text: f"\x1b[{_PAINT[style]}m{text}\x1b[0m"


def _count(items: list[Diagnostic]) -> str:
    errors = sum(item.severity == "error" for item in items)
    warnings = len(items) - errors
    words = []
    if errors:
        words.append(f"{errors} error{'s' * (errors != 1)}")
    if warnings:
        words.append(f"{warnings} warning{'s' * (warnings != 1)}")
    return " and ".join(words)


def _block(item: Diagnostic, paint: _Paint, *, shapes: bool) -> list[str]:
    lines = [f"{paint(item.severity, f'{item.severity}[{item.code.id}]')}: {paint('title', _prose(item.message))}"]
    width = max((len(str(label.span.source.position(label.span.start)[0])) for label in item.labels), default=1)
    if item.data_place is not None:
        lines.append(f"{' ' * width}{paint('place', '-->')} {_data_place(item)}")
    by_source = groupby(item.labels, key=lambda label: label.span.source)
    for number, (source, labels) in enumerate(by_source):
        lines.extend(_excerpt(source, list(labels), number == 0, width, item, paint))
    notes = [("expected", item.expected), ("found", item.found), ("help", item.help)]
    if item.fix is not None and item.help is None:
        notes[2] = ("help", item.fix.title)
    for word, text in notes:
        if text:
            style = "help" if word == "help" else "title"
            lines.append(f"{' ' * width} = {paint(style, f'{word}:')} {_prose(text)}")
    if item.fix is not None and not (item.help or "").startswith("did you mean"):
        lines.extend(_mended(item.fix, width, paint))
    lines.extend(_ways(item, width, paint, whole=shapes))
    return lines


def _prose(text: str) -> str:
    return "\n      ".join(plain(line) for line in text.split("\n"))


def _data_place(item: Diagnostic) -> str:
    place = item.data_place
    assert place is not None  # noqa: S101 - the caller asked; this tells mypy
    words = [plain(place.file)]
    if place.row is not None:
        words.append(f"row {place.row}")
    if place.column is not None:
        words.append(f"column {plain(place.column)!r}")
    return ", ".join(words)


def _excerpt(
    source: Source,
    labels: list[Label],
    first: bool,
    width: int,
    item: Diagnostic,
    paint: _Paint,
) -> list[str]:
    line, column = source.position(labels[0].span.start)
    gutter = " " * width
    lines = [f"{gutter}{paint('place', '-->' if first else ':::')} {plain(source.name)}:{line}:{column}"]
    lines.append(f"{gutter} {paint('place', '|')}")
    shown: int | None = None
    ordered = sorted(labels, key=lambda label: (label.span.start, label.span.end))
    for label in ordered:
        number = source.position(label.span.start)[0]
        if shown is not None and number > shown + 1:
            lines.append(f"{gutter} {paint('place', '⋮')}")
        text, caret = _line_and_caret(label.span, is_primary=first and label is item.labels[0])
        if number != shown:
            lines.append(f"{paint('place', f'{number:>{width}} |')} {text}".rstrip())
        style = item.severity if label is item.labels[0] else "place"
        words = f"{caret} {_prose(label.text)}".rstrip()
        pad = words[: len(words) - len(words.lstrip())]
        lines.append(f"{gutter} {paint('place', '|')} {pad}{paint(style, words.lstrip())}")
        shown = number
    return lines


def _line_and_caret(span: Span, *, is_primary: bool) -> tuple[str, str]:
    """The line a span starts on, made safe and cut to size, and the carets that go under it."""
    source = span.source
    number, column = source.position(span.start)
    text = source.line(number)
    length = max(1, min(span.end - span.start, len(text) - column + 1))
    left = max(0, column - 1 - _LINE_BUDGET // 2) if len(text) > _LINE_BUDGET else 0
    right = min(len(text), left + _LINE_BUDGET)
    head = "…" if left else ""
    before = head + _display(text[left : column - 1])
    marked = _display(text[column - 1 : min(right, column - 1 + length)])
    after = _display(text[min(right, column - 1 + length) : right]) + ("…" if right < len(text) else "")
    mark = "^" if is_primary else "-"
    return before + marked + after, " " * _cells(before) + mark * max(1, _cells(marked))


def _display(text: str) -> str:
    return plain(text.replace("\t", "    "))


def _cells(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else category(char) not in ("Mn", "Me") for char in text)


# ---- the mended line, and the way to a fault -----------------------------------------------------


def _mended(fix: Fix, width: int, paint: _Paint) -> list[str]:
    """The line as the fix makes it, and `+` or `~` under what is new; nothing where that is no single short line."""
    source, span = fix.span.source, fix.span
    number, column = source.position(span.start)
    line = source.line(number)
    if (
        "\n" in fix.replacement
        or "\n" in span.text
        or len(line) > _LINE_BUDGET
        or column - 1 + len(span.text) > len(line)
    ):
        return []
    before, after = line[: column - 1], line[column - 1 + len(span.text) :]
    if not (before + fix.replacement + after).strip():
        return []
    blank = len(fix.replacement) - len(fix.replacement.lstrip())
    mark = ("~" if span.text else "+") * _cells(fix.replacement.strip())
    lines = [f"{paint('place', f'{number:>{width}} |')} {_display(before + fix.replacement + after)}".rstrip()]
    if mark:
        pad = " " * (_cells(_display(before)) + blank)
        lines.append(f"{' ' * width} {paint('place', '|')} {pad}{paint('help', mark)}")
    return lines


# Steps of a way that are shown before and after the cut, and the fewest that tell more than the labels do.
_HEAD, _TAIL, _WORTH = 2, 6, 3


def _ways(item: Diagnostic, width: int, paint: _Paint, *, whole: bool) -> list[str]:
    """The shape after every step that led to the fault, one table for each tensor."""
    if not any(len(route) >= _WORTH for route in item.routes) and not (whole and item.routes):
        return []
    lines = [f"{' ' * width} = {paint('title', 'shapes on the way here:')}"]
    for number, route in enumerate(item.routes):
        if number:
            lines.append(f"{' ' * width}     {paint('place', 'and')}")
        lines.extend(f"{' ' * width}     {row}" for row in _way(route, item, paint, whole=whole))
    return lines


def _way(route: Route, item: Diagnostic, paint: _Paint, *, whole: bool) -> list[str]:
    rows = [(plain(step.text), plain(step.shape), _where(step, item)) for step in route]
    left = max(_cells(row[0]) for row in rows)
    middle = max(_cells(row[1]) for row in rows)
    lines = [
        f"{text}{' ' * (left - _cells(text))}  {shape}{' ' * (middle - _cells(shape))}  {paint('place', place)}"
        for text, shape, place in rows
    ]
    if whole or len(lines) <= _HEAD + _TAIL + 1:
        return lines
    cut = f"⋮ {len(lines) - _HEAD - _TAIL} more steps; nnc check --shapes shows them"
    return [*lines[:_HEAD], cut, *lines[-_TAIL:]]


def _where(step: Step, item: Diagnostic) -> str:
    source = step.span.source
    line = source.position(step.span.start)[0]
    own = not item.labels or source is item.labels[0].span.source
    words = [f"line {line}" if own else f"{plain(source.name)}:{line}"]
    if step.block is not None:
        words.append(f"in {plain(step.block)}")
    if step.round is not None:
        words.append(f"round {step.round}")
    return ", ".join(words)
