"""Findings for people (text) and for machines (JSON, SARIF, GitHub's workflow commands)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from unicodedata import category, east_asian_width

from nnc.diagnostics import Diagnostic, Label
from nnc.source import Source, Span

# How much of a long line is shown around the place, in characters.
_LINE_BUDGET = 110

_PAINT = {"error": "1;31", "warning": "1;33", "place": "1;36", "title": "1", "help": "1;32"}


def plain(text: str) -> str:
    """Text with nothing in it that a terminal would obey: control and direction marks become their code point."""
    return "".join(
        char if category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else f"\\u{ord(char):04x}" for char in text
    )


# ---- text ----------------------------------------------------------------------------------------


def render_text(findings: Iterable[Diagnostic], *, color: bool = False) -> str:
    """Every finding as source, caret and sentences, a blank line between them, and a count at the end."""
    items = list(findings)
    if not items:
        return ""
    paint = _painter(color)
    blocks = ["\n".join(_block(item, paint)) for item in items]
    return "\n\n".join([*blocks, _count(items)]) + "\n"


def _painter(color: bool) -> Callable[[str, str], str]:
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


def _block(item: Diagnostic, paint: Callable[[str, str], str]) -> list[str]:
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
    paint: Callable[[str, str], str],
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


# ---- for machines --------------------------------------------------------------------------------


def _region(span: Span) -> dict[str, int]:
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _record(item: Diagnostic) -> dict[str, object]:
    record: dict[str, object] = {
        "code": item.code.id,
        "severity": item.severity,
        "title": item.code.title,
        "message": item.message,
        "labels": [
            {"file": label.span.source.name, **_region(label.span), "text": label.text} for label in item.labels
        ],
        "expected": item.expected,
        "found": item.found,
        "help": item.help,
        "fix": None,
        "data": None,
    }
    if item.fix is not None:
        record["fix"] = {
            "title": item.fix.title,
            "file": item.fix.span.source.name,
            **_region(item.fix.span),
            "replacement": item.fix.replacement,
        }
    if item.data_place is not None:
        place = item.data_place
        record["data"] = {"file": place.file, "row": place.row, "column": place.column}
    return record


def render_json(findings: Iterable[Diagnostic]) -> str:
    """A list of findings with 1-based lines and columns; the end is the first column after."""
    return json.dumps([_record(item) for item in findings], ensure_ascii=False, indent=1) + "\n"


def render_sarif(findings: Iterable[Diagnostic]) -> str:
    """SARIF 2.1.0, which code hosts and editors show beside the lines."""
    items = list(findings)
    codes = {item.code.id: item.code for item in items}
    results = [
        {
            "ruleId": item.code.id,
            "level": item.severity,
            "message": {"text": "\n".join(filter(None, [item.message, item.help]))},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": label.span.source.name},
                        "region": _region(label.span),
                    }
                }
                for label in item.labels[:1]
            ],
        }
        for item in items
    ]
    rules = [{"id": code.id, "shortDescription": {"text": code.title}} for code in codes.values()]
    run = {"tool": {"driver": {"name": "nnc", "rules": rules}}, "results": results, "columnKind": "unicodeCodePoints"}
    return json.dumps({"version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _workflow_escape(text: str, *, is_property: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if is_property else text


def render_github(findings: Iterable[Diagnostic]) -> str:
    """GitHub's workflow commands: one line a finding."""
    lines = []
    for item in findings:
        place = ""
        if item.labels:
            region = _region(item.labels[0].span)
            name = _workflow_escape(item.labels[0].span.source.name, is_property=True)
            place = f" file={name},line={region['startLine']},col={region['startColumn']},title={item.code.id}"
        words = "\n".join(filter(None, [item.message, item.help]))
        lines.append(f"::{item.severity}{place}::{_workflow_escape(plain_lines(words))}")
    return "".join(line + "\n" for line in lines)


def plain_lines(text: str) -> str:
    """`plain`, line by line."""
    return "\n".join(plain(line) for line in text.split("\n"))


FORMATS: Mapping[str, Callable[[Iterable[Diagnostic]], str]] = {
    "text": render_text,
    "json": render_json,
    "sarif": render_sarif,
    "github": render_github,
}
