"""Names from data and specs are literals in all that is emitted, whatever they are.

Each attempt stands wherever a text may stand, in a graph made by hand (a spec's own names are checked before) and in a
real spec (columns, strings, names of layers). What is emitted must say the same as for a harmless text.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nnc.emit.diagram import draw
from nnc.emit.graph_text import dot, mermaid, mermaid_markdown
from nnc.emit.network import describe
from nnc.emit.python_source import python_source
from nnc.graph import DataConfig, FeatureGroup, Spec, Split, Target
from tests.emit.tools import checked, ruff_complaints_about
from tests.test_emit_python import ATTEMPTS as TEXTS
from tests.test_emit_python import hostile

ATTEMPTS = [
    *TEXTS,
    "'''\nimport os\n'''",
    "{0.__class__}{x!r:>{9}}",
    '\\N{QUOTATION MARK}"',
    "\\x22); import os #",
    "\u201c); import os; (\u201d",  # quotation marks that look like Python's
    "ｅｖａｌ(1)",
    "а",  # a Cyrillic letter that looks like another
    "\u2066x\u2069",
    "*/ alert(1) /*",
    "<script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "&quot;><img src=x onerror=alert(1)>",
    'n0"]; n9 --> n0; x["',
    "%%{init: {'theme': 'x'}}%%",
    "click n0 call alert()",
    "```\n\n<script>alert(1)</script>\n\n```mermaid",
    "end",
    '"]; evil [label="x"]; x [label="',
    "\\N\\G\\E",
    "<<b>x</b>>",
    "=cmd|' /C calc'!A0",
    "a" * 500,
    "行\u3000列",
]


def with_data(text: str) -> Spec:
    """A spec whose columns, path and target are the text."""
    plain = checked(
        "model M {\n  input x: [features]\n  output y = x -> Dense(1)\n}\n"
        'data {\n  source = csv("a.csv")\n  target = T\n}\ntrain {\n  loss = mse\n}\n',
        "m.nn",
    )
    group = (
        FeatureGroup((text, f"{text}2"), "numeric", {"impute": "mean", "scale": None}),
        FeatureGroup((f"{text}3",), "category", {"impute": text}),
    )
    path = "several.csv" if any(char in text for char in "*?[") else text  # load_data() reads one file
    data = DataConfig("csv", {"path": path, "delimiter": ";"}, (Target(text, "y"),), (text,), group, Split(seed=1))
    return replace(plain, data=data)


def _kinds(source: str) -> list[str]:
    """The kinds of all nodes in order, texts joined: what a module does, whatever its names and texts are."""
    return [type(node).__name__ for node in ast.walk(ast.parse(source))]


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda text: ascii(text)[:40])
def test_python_does_nothing_else(attempt: str) -> None:
    for make in (hostile, with_data):
        spec, plain = make(attempt), make("plain")
        source = python_source(spec, spec.model)
        assert _kinds(source) == _kinds(python_source(plain, plain.model))
        assert all(line.isprintable() for line in source.split("\n"))
    assert "def load_data():" in source
    literals = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}
    assert {attempt, f"{attempt}2", f"{attempt}3"} <= literals


def test_ruff_has_nothing_to_say_of_hostile_columns(tmp_path: Path) -> None:
    for number, attempt in enumerate(ATTEMPTS):
        spec = with_data(attempt)
        (tmp_path / f"module_{number}.py").write_text(python_source(spec, spec.model), encoding="utf-8")
    assert ruff_complaints_about(tmp_path) == ""


def _string(text: str) -> str:
    """The text as a spec writes it."""
    return json.dumps(text)


@pytest.mark.parametrize(
    "attempt",
    [text for text in ATTEMPTS if text.isprintable() and "/" not in text and len(text) <= 200],
    ids=lambda text: ascii(text)[:40],
)
def test_a_real_spec_with_hostile_strings_keeps_its_structure(attempt: str) -> None:
    def source(text: str) -> str:
        spec = checked(
            f"""
            param word = {_string(text)}
            block Part(units, label = {_string(text)}) {{
              input x
              output y = x -> Dense(units, name={_string(text)})
            }}
            model M {{
              input x: [3]
              for units in [2, 3] {{ h = x -> Dense(units, name={_string(text)} + (if units == 2 then "a" else "b")) }}
              k = h -> Part(3, {_string(text)})
              output y = k -> Dense(1, name=word)
            }}
            """,
            "m.nn",
        )
        return python_source(spec, spec.model)

    found = source(attempt)
    called = {node.func.id for node in ast.walk(ast.parse(found)) if _is_plain_call(node)}
    assert called <= {"part", "build_model", "enumerate"}
    modules = [
        alias.name for node in ast.walk(ast.parse(found)) if isinstance(node, ast.Import) for alias in node.names
    ]
    assert modules == ["keras"]
    for node in ast.walk(ast.parse(found)):
        if isinstance(node, ast.FormattedValue):  # what an f-string evaluates is a variable of ours
            assert re.fullmatch(r"\w+( \+ \d+)?", ast.unparse(node.value))


def _is_plain_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda text: ascii(text)[:40])
def test_drawings_hold_text_alone(attempt: str) -> None:
    network, plain = describe(hostile(attempt).model), describe(hostile("plain").model)
    for style in ("layers", "neurons"):
        root = ET.fromstring(draw(network, style))  # noqa: S314 - it must be well-formed
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags <= {"svg", "title", "desc", "g", "rect", "path", "circle", "line", "text", "tspan", "defs"}
        assert not any(name.lower().startswith("on") or "href" in name for e in root.iter() for name in e.attrib)
    text, expected = mermaid(network), mermaid(plain)
    shape = re.compile(r'"[^"\n]*"')
    assert shape.sub('""', text) == shape.sub('""', expected)
    for label in shape.findall(text):
        assert re.fullmatch(r"[\w .,:=()/+×#;<>-]*", label[1:-1].replace("<br>", "")), label
        assert not re.search(r"[<>]", label[1:-1].replace("<br>", ""))
    assert mermaid_markdown(network).count("```") == 2


def test_graphviz_reads_one_string() -> None:
    """All graphs go through one process, which answers with one JSON value a graph."""
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")
    networks = [describe(hostile(attempt).model) for attempt in ("plain", *ATTEMPTS)]
    text = "".join(map(dot, networks)).encode()
    said = subprocess.run(["dot", "-Tjson"], input=text, capture_output=True, check=True).stdout.decode()
    expected, *drawn = _values(said)
    assert len(drawn) == len(ATTEMPTS)
    for attempt, found in zip(ATTEMPTS, drawn, strict=True):
        assert len(found["edges"]) == len(expected["edges"]), attempt
        assert [item["name"] for item in found["objects"]] == [item["name"] for item in expected["objects"]], attempt


def _values(text: str) -> list[Any]:
    found: list[Any] = []
    decoder = json.JSONDecoder()
    while text := text.strip():
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:]
    return found
