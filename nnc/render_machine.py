"""Findings for machines: JSON, SARIF 2.1.0 and GitHub's workflow commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import Any

from nnc.diagnostics import Code, Diagnostic, Fix, Label, Route, Step
from nnc.render import plain, render_text
from nnc.source import Span


def _region(span: Span) -> dict[str, int]:
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


# ---- JSON ----------------------------------------------------------------------------------------


def render_json(findings: Iterable[Diagnostic]) -> str:
    """A list of findings with 1-based lines and columns; the end is the first column after."""
    return json.dumps([record(item) for item in findings], ensure_ascii=False, indent=1) + "\n"


def record(item: Diagnostic) -> dict[str, object]:
    """A finding as JSON has it."""
    place = item.data_place
    return {
        "code": item.code.id,
        "severity": item.severity,
        "title": item.code.title,
        "message": item.message,
        "labels": [_place(label.span) | {"text": label.text} for label in item.labels],
        "expected": item.expected,
        "found": item.found,
        "help": item.help,
        "fix": None if item.fix is None else _fix(item.fix),
        "data": None if place is None else {"file": place.file, "row": place.row, "column": place.column},
        "routes": [[_step(step) for step in route] for route in item.routes],
    }


def _step(step: Step) -> dict[str, object]:
    words = {"step": step.text, "shape": step.shape, "block": step.block, "round": step.round}
    return words | _place(step.span)


def _place(span: Span) -> dict[str, object]:
    return {"file": span.source.name, **_region(span)}


def _fix(fix: Fix) -> dict[str, object]:
    return {"title": fix.title, **_place(fix.span), "replacement": fix.replacement, "sure": fix.sure}


# ---- SARIF ---------------------------------------------------------------------------------------

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render_sarif(findings: Iterable[Diagnostic]) -> str:
    """SARIF 2.1.0, which code hosts and editors show beside the lines."""
    items = list(findings)
    rules = {item.code.id: _rule(item.code) for item in items}
    order = list(rules)
    run = {
        "tool": {"driver": {"name": "nnc", "rules": list(rules.values())}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, order.index(item.code.id)) for item in items],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _rule(code: Code) -> dict[str, object]:
    return {
        "id": code.id,
        "shortDescription": {"text": code.title},
        "help": {"text": f"nnc explain {code.id} says what it means and how to mend it."},
        "defaultConfiguration": {"level": code.severity},
    }


def _result(item: Diagnostic, rule: int) -> dict[str, object]:
    facts = [f"expected: {item.expected}" if item.expected else None, f"found: {item.found}" if item.found else None]
    result: dict[str, object] = {
        "ruleId": item.code.id,
        "ruleIndex": rule,
        "level": item.severity,
        "message": {"text": "\n".join(filter(None, [item.message, *facts, item.help]))},
        "locations": [_location(label.span, label.text) for label in item.labels[:1]] or _data_location(item),
    }
    if len(item.labels) > 1:
        others = enumerate(item.labels[1:], 1)
        result["relatedLocations"] = [{"id": i} | _location(label.span, label.text) for i, label in others]
    if item.fix is not None:
        result["fixes"] = [_sarif_fix(item.fix)]
    if item.routes:
        result["codeFlows"] = [{"threadFlows": [_flow(route, item.labels) for route in item.routes]}]
    return result


def _location(span: Span, text: str = "") -> dict[str, object]:
    place: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(span.source.name)}, "region": _region(span)}
    }
    return place | {"message": {"text": text}} if text else place


def _data_location(item: Diagnostic) -> list[dict[str, object]]:
    place = item.data_place
    if place is None:
        return []
    physical: dict[str, object] = {"artifactLocation": {"uri": _uri(place.file)}}
    if place.row is not None:
        physical["region"] = {"startLine": place.row}
    return [{"physicalLocation": physical}]


def _sarif_fix(fix: Fix) -> dict[str, object]:
    change = {"deletedRegion": _region(fix.span), "insertedContent": {"text": fix.replacement}}
    artifact = {"artifactLocation": {"uri": _uri(fix.span.source.name)}, "replacements": [change]}
    return {"description": {"text": fix.title}, "artifactChanges": [artifact]}


def _flow(route: Route, labels: tuple[Label, ...]) -> dict[str, object]:
    steps = [_location(step.span, f"{step.text} {step.shape}") for step in route]
    end = [_location(label.span, "here it can't go on") for label in labels[:1]]
    return {"locations": [{"location": step} for step in (*steps, *end)]}


def _uri(name: str) -> str:
    """A file's name as the URI reference that SARIF asks for."""
    from urllib.parse import quote

    path = PurePath(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


# ---- GitHub --------------------------------------------------------------------------------------


def render_github(findings: Iterable[Diagnostic]) -> str:
    """GitHub's workflow commands: one line a finding."""
    return "".join(_command(item) + "\n" for item in findings)


def _command(item: Diagnostic) -> str:
    fields: dict[str, str | int] = {}
    if item.labels:
        region = _region(item.labels[0].span)
        fields = {"file": item.labels[0].span.source.name, "line": region["startLine"], "col": region["startColumn"]}
        if region["endLine"] == region["startLine"]:
            fields |= {"endLine": region["endLine"], "endColumn": region["endColumn"]}
    elif item.data_place is not None:
        fields = {"file": item.data_place.file} | ({"line": item.data_place.row} if item.data_place.row else {})
    fields["title"] = f"{item.code.id} {item.code.title}"
    properties = ",".join(f"{key}={_escape(plain(str(value)), is_property=True)}" for key, value in fields.items())
    words = "\n".join(filter(None, [item.message, item.help]))
    return f"::{item.severity} {properties}::{_escape(_plain_lines(words))}"


def _escape(text: str, *, is_property: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if is_property else text


def _plain_lines(text: str) -> str:
    return "\n".join(plain(line) for line in text.split("\n"))


FORMATS: Mapping[str, Callable[[Iterable[Diagnostic]], str]] = {
    "text": render_text,
    "json": render_json,
    "sarif": render_sarif,
    "github": render_github,
}
