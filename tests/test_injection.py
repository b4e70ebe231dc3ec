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
from nnc.emit.python.source import python_source
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
    data = DataConfig("csv", {"path": text, "delimiter": ";"}, (Target(text, "y"),), (text,), group, Split(seed=1))
    return replace(plain, data=data)


def _kinds(source: str) -> list[str]:
    """The kinds of all nodes in order, texts joined: what a module does, whatever its names and texts are."""
    return [type(node).__name__ for node in ast.walk(ast.parse(source))]


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda text: ascii(text)[:40])
def test_python_does_nothing_else(attempt: str) -> None:
    for make in (hostile, with_data):
        several = any(sign in attempt for sign in "*?[")  # of a path: several files, read by a function of their own
        spec, plain = make(attempt), make("plain*" if several else "plain")
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


# Where a spec may hold any text: in a string. Names of layers and of what the spec defines are letters and digits.
IN_SPECS = [text for text in ATTEMPTS if text.isprintable()]


def with_words(text: str) -> Spec:
    """A spec with the text in a param, in a block's default, and in a list that a layer takes."""
    said = _string(text)
    return checked(
        f"""
        param word = {said}
        block Part(units, label = {said}) {{
          input x: string[2]
          output y = x -> StringLookup(vocabulary=["a", label], output_mode=multi_hot) -> Dense(units)
        }}
        model M {{
          input x: string[2]
          h = x -> Part(3, {said})
          k = x -> StringLookup(vocabulary=[word], oov_token="other", output_mode=multi_hot)
          output y = [h, k] -> Concatenate() -> Dense(1)
        }}
        train {{ loss = mse  optimizer = Adam(name={said}) }}
        """,
        "m.nn",
    )


@pytest.mark.parametrize("attempt", IN_SPECS, ids=lambda text: ascii(text)[:40])
def test_a_real_spec_with_hostile_strings_keeps_its_structure(attempt: str) -> None:
    spec = with_words(attempt)
    found = python_source(spec, spec.model)
    called = {node.func.id for node in ast.walk(ast.parse(found)) if _is_plain_call(node)}
    assert called == {"part", "build_model"}
    modules = [
        alias.name for node in ast.walk(ast.parse(found)) if isinstance(node, ast.Import) for alias in node.names
    ]
    assert modules == ["keras"]
    for node in ast.walk(ast.parse(found)):
        if isinstance(node, ast.FormattedValue):  # what an f-string evaluates is a variable of ours
            assert re.fullmatch(r"\w+( \+ \d+)?", ast.unparse(node.value))


@pytest.mark.tf
def test_files_of_keras_hold_text_alone(tmp_path: Path) -> None:
    """.json and .keras with every attempt in them: nothing but Keras's own classes, and they load in safe mode."""
    import zipfile

    import keras

    from nnc.emit.keras_model import build_model

    for number, attempt in enumerate(IN_SPECS):
        spec = with_words(attempt)
        keras.utils.clear_session(free_memory=False)
        model = build_model(spec, spec.model)
        config = json.loads(model.to_json())
        assert {item["registered_name"] for item in _objects(config)} <= {None, "Functional"}
        assert {str(item["module"]).split(".")[0] for item in _objects(config)} <= {"keras"}
        assert not {item["class_name"] for item in _objects(config)} & {"Lambda", "__lambda__", "function"}
        path = tmp_path / f"{number}.keras"
        model.save(path)
        held = zipfile.ZipFile(path).namelist()
        assert all(
            re.fullmatch(r"(config|metadata)\.json|model\.weights\.h5|assets/[\w/]+(\.txt)?", name) for name in held
        )
        loaded = keras.models.load_model(path, safe_mode=True)
        again = keras.models.model_from_json(model.to_json())
        for copy in (loaded, again):
            assert [layer.name for layer in copy.layers] == [layer.name for layer in model.layers]
            lookups = [layer for layer in copy.layers if isinstance(layer, keras.layers.StringLookup)]
            assert [layer.get_vocabulary()[-1] for layer in lookups] == [attempt, attempt]


def _objects(value: Any) -> list[dict[str, Any]]:
    """Every object of Keras's in a configuration."""
    if isinstance(value, list):
        return [item for one in value for item in _objects(one)]
    if not isinstance(value, dict):
        return []
    own = [value] if "class_name" in value and "module" in value else []
    return own + [item for one in value.values() for item in _objects(one)]


@pytest.mark.tf
def test_an_onnx_file_holds_text_alone(tmp_path: Path) -> None:
    """Names in it are a layer's and an output's, which are letters and digits; texts of a spec don't come in."""
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("tf2onnx")
    from nnc.emit.keras_model import build_model
    from nnc.emit.onnx_file import save_onnx

    text = 'param word = "); import os; (" \nmodel M {\n  input x: [3]\n  output y = x -> Dense(2, name="a.b-C_1")\n}\n'
    spec = checked(text, "); evil.nn")
    save_onnx(build_model(spec, spec.model), ["y"], tmp_path / "m.onnx")
    proto = onnx.load(tmp_path / "m.onnx")
    names = [name for node in proto.graph.node for name in (node.name, node.op_type, *node.input, *node.output)]
    assert all(re.fullmatch(r"[\w./:;-]*", name) for name in names), names
    assert {node.domain for node in proto.graph.node} == {""}
    assert not [item for item in proto.graph.initializer if item.external_data]


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
