"""What `nnc compile` writes beside Python is what the tools that read it expect."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pypdf
import pytest

from nnc.cli import run
from nnc.emit.graph_text import dot, mermaid, mermaid_markdown
from nnc.emit.network import describe
from tests.conftest import ROOT
from tests.emit.tools import checked

GOOD = ROOT / "tests" / "cases" / "good"


def network_of(path: Path):
    return describe(checked(path.read_text(encoding="utf-8")).model)


# ---- drawings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["resnet", "siamese", "router", "wavenet"])
def test_graphviz_draws_every_layer(name: str) -> None:
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")
    network = network_of(GOOD / f"{name}.nn")
    done = subprocess.run(["dot", "-Tsvg"], input=dot(network).encode(), capture_output=True, check=True)
    assert done.stderr == b""
    drawn = ET.fromstring(done.stdout)  # noqa: S314 - what Graphviz wrote
    groups = [group.get("class") for group in drawn.iter("{http://www.w3.org/2000/svg}g")]
    assert groups.count("node") == len(network.nodes)
    assert groups.count("edge") == sum(len(node.inputs) for node in network.nodes)
    instances = {key for node in network.nodes for key in [instance for _, instance in node.scope]}
    assert groups.count("cluster") == len(instances)


def test_mermaid_has_every_layer_and_every_edge() -> None:
    network = network_of(GOOD / "resnet.nn")
    text = mermaid(network)
    assert text.startswith("flowchart TD\n")
    assert len(re.findall(r"^ +n\d+\[", text, re.MULTILINE)) == len(network.nodes)
    assert text.count(" --> ") == sum(len(node.inputs) for node in network.nodes)
    assert text.count("subgraph ") == len(re.findall(r"^ *end$", text, re.MULTILINE)) == 6
    assert mermaid_markdown(network) == f"```mermaid\n{text}```\n"


@pytest.mark.parametrize("style", ["layers", "neurons"])
def test_pdf_and_png_are_the_drawing(style: str, tmp_path: Path) -> None:
    from PIL import Image

    spec = str(ROOT / "examples" / "deep_nn.nn")
    for ending in ("svg", "pdf", "png"):
        assert run(["compile", spec, "-o", str(tmp_path / f"net.{ending}"), "--style", style]) == 0
    size = ET.parse(tmp_path / "net.svg").getroot().attrib  # noqa: S314 - our own
    wide, high = float(size["width"]), float(size["height"])
    (page,) = pypdf.PdfReader(tmp_path / "net.pdf").pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(
        (wide * 0.75, high * 0.75), abs=1.0
    )
    assert "DeepNN" in page.extract_text() or "Dense" in page.extract_text()
    picture = Image.open(io.BytesIO((tmp_path / "net.png").read_bytes())).convert("RGB")
    assert picture.size == pytest.approx((2 * wide, 2 * high), abs=3)
    colours = picture.getcolors(1 << 24)
    assert colours is not None
    assert max(colours)[1] == (255, 255, 255)
    assert len(colours) > 50


def test_a_style_or_an_ending_that_is_none_is_a_wrong_command_line(capsys, tmp_path: Path) -> None:
    spec = str(ROOT / "examples" / "perceptron.nn")
    assert run(["compile", spec, "-o", str(tmp_path / "a.dot"), "--style", "neurons"]) == 2
    assert ".svg .png .pdf" in capsys.readouterr().err
    assert run(["compile", spec, "-o", str(tmp_path / "a.onx")]) == 2
    assert "Did you mean '.onnx'?" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# ---- ONNX ----------------------------------------------------------------------------------------


@pytest.mark.tf
@pytest.mark.parametrize("name", ["attention", "router", "siamese", "wavenet"])
def test_onnxruntime_gives_what_keras_gives(name: str, tmp_path: Path) -> None:
    """gelu (which the export writes as `Erfc`), recurrent layers, several inputs and outputs, unknown sizes."""
    onnxruntime = pytest.importorskip("onnxruntime")
    import keras

    spec = checked((GOOD / f"{name}.nn").read_text(encoding="utf-8"), f"{name}.nn")
    out = tmp_path / "net.onnx"
    from nnc.emit.keras_model import portable_model
    from nnc.emit.onnx_file import save_onnx

    model = portable_model(spec, spec.model)
    save_onnx(model, [output.name for output in spec.model.outputs], out)
    session = onnxruntime.InferenceSession(out.read_bytes(), providers=["CPUExecutionProvider"])
    assert [item.name for item in session.get_inputs()] == [item.name for item in spec.model.inputs]
    assert [item.name for item in session.get_outputs()] == [item.name for item in spec.model.outputs]
    random = np.random.default_rng(4)
    rows = {}
    for tensor in model.inputs:
        shape = (5, *(size or 9 for size in tensor.shape[1:]))
        kind = keras.backend.standardize_dtype(tensor.dtype)
        rows[tensor.name] = (random.integers(0, 99, shape) if "int" in kind else random.normal(size=shape)).astype(kind)
    expected = model(list(rows.values()) if len(rows) > 1 else next(iter(rows.values())))
    expected = expected if isinstance(expected, dict) else {spec.model.outputs[0].name: expected}
    for name_, found in zip(expected, session.run(list(expected), rows), strict=True):
        np.testing.assert_allclose(found, np.asarray(expected[name_]), atol=1e-4)


@pytest.mark.tf
def test_what_onnx_can_not_say_is_a_finding_and_leaves_no_file(tmp_path: Path, capsys, monkeypatch) -> None:
    pytest.importorskip("onnxruntime")
    from nnc.emit import onnx_file

    monkeypatch.setattr(onnx_file, "_mend", lambda *_: None)
    spec = tmp_path / "gelu.nn"
    spec.write_text("model M {\n  input x: [3]\n  output y = x -> Dense(2, gelu)\n}\n")
    out = tmp_path / "net.onnx"
    out.write_bytes(b"the last good one")
    assert run(["compile", str(spec), "-o", str(out)]) == 1
    assert "NN0031" in capsys.readouterr().err
    assert out.read_bytes() == b"the last good one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gelu.nn", "net.onnx"]


# ---- serving -------------------------------------------------------------------------------------

SPEC = """
model M {
  input x: [features("Body mass (g)", "__import__('os')", %s, when)]
  input words: int32[features(note)]
  input route: int32[features(route)]
  read = [words -> Embedding(20, 3) -> Flatten(), route -> Embedding(30, 3) -> Flatten()]
  output y = [x] + read -> Concatenate() -> Dense(4, tanh) -> Dense(%s)
}
data {
  source = csv("rows.csv")
  target = %s
  features {
    note  = text(max_tokens=9)
    route = tokens(max_tokens=30, length=3)
    when  = date(parts=[days, year, month, yearday, day, weekday, hour])
  }
  split = {validation: 20%%, test: 20%%, seed: 1}
}
train {
  loss = %s
  epochs = 2
}
"""
SERVER = """
import json, sys
import tensorflow as tf
served = tf.saved_model.load(sys.argv[1])
columns = json.load(open(sys.argv[1] + "/columns.json", encoding="utf-8"))
rows = json.load(open(sys.argv[2], encoding="utf-8"))
given = {}
for name, about in columns.items():
    kind = about["dtype"]
    values = [row[about["column"]] for row in rows]
    if kind == "float64":
        values = [float(value) if value else float("nan") for value in values]
    given[name] = tf.constant(values, getattr(tf, kind))
said = served.signatures["serving_default"](**given)
said = {key: value.numpy().tolist() for key, value in said.items()}
said = {key: [v.decode() if isinstance(v, bytes) else v for v in values] for key, values in said.items()}
said["modules"] = [name for name in ("nnc",) if name in sys.modules]
said["signatures"] = sorted(served.signatures)
print(json.dumps(said))
"""


def _table(folder: Path) -> list[dict[str, str]]:
    random = np.random.default_rng(0)
    kinds = ["a", "b b", "票价", "1.0", "+2", "2", ""]
    words = ["Old", "house,", "large", "GARDEN", "(new)", "票价", "it's"]
    days = [
        "2024-02-29",
        "1969-12-31T23:59:59Z",
        "2023-03-01T08:30:00+05:45",
        "1900-03-01 07:15",
        "2100-12-31T00:00",
        "",
    ]
    rows = [
        {
            "note": "" if i % 9 == 0 else "  ".join(random.choice(words, random.integers(1, 6))),
            "route": "" if i % 8 == 0 else " ".join(map(str, random.integers(1, 30, random.integers(1, 6)))),
            "when": days[i % 6],
            "Body mass (g)": "" if i % 7 == 0 else f"{random.normal(50, 9):.3f}",
            "__import__('os')": kinds[int(random.integers(len(kinds)))],
            "class": str(random.choice(["yes", "no"])),
            "Preis €": f"{random.uniform(1, 900):.2f}",
        }
        for i in range(80)
    ]
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return rows


@pytest.mark.tf
@pytest.mark.parametrize(
    ("units", "target", "loss"),
    [("1, sigmoid", "class", "binary_crossentropy"), ("1", 'log("Preis €")', "mse")],
    ids=["classes", "prices"],
)
def test_raw_rows_in_and_what_predict_says_out(units: str, target: str, loss: str, tmp_path: Path) -> None:
    """The SavedModel of a run, in a process that knows nothing of nnc, on the rows of the file."""
    import json

    rows = _table(tmp_path)
    (tmp_path / "m.nn").write_text(
        SPEC % ('"Preis €"' if target == "class" else "class", units, target, loss), encoding="utf-8"
    )
    runs, served = tmp_path / "run", tmp_path / "serving"
    assert run(["train", str(tmp_path / "m.nn"), "-o", str(runs), "-q"]) == 0
    assert run(["compile", str(runs), "-o", f"{served}/", "-q"]) == 0
    assert run(["predict", str(runs), str(tmp_path / "rows.csv"), "-o", str(tmp_path / "said.csv"), "-q"]) == 0
    (tmp_path / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", SERVER, str(served), str(tmp_path / "rows.json")],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["modules"] == []
    assert found["signatures"] == ["prepared", "serving_default"]
    with (tmp_path / "said.csv").open(encoding="utf-8", newline="") as stream:
        expected = list(csv.DictReader(stream))
    if loss == "mse":
        numbers = [float(row["prediction"]) for row in expected]
        np.testing.assert_allclose(found["prediction"], numbers, rtol=1e-4)
    else:
        probabilities = [float(row["probability yes"]) for row in expected]
        np.testing.assert_allclose(found["probability"], probabilities, atol=1e-5)
        assert found["prediction"] == [row["prediction"] for row in expected]


@pytest.mark.tf
def test_a_spec_s_savedmodel_takes_prepared_arrays(tmp_path: Path) -> None:
    import tensorflow as tf

    out = tmp_path / "serving"
    assert run(["compile", str(GOOD / "router.nn"), "-o", f"{out}/", "-q"]) == 0
    served = tf.saved_model.load(str(out)).signatures["serving_default"]
    said = served(title=tf.ones((2, 7), tf.int32), facts=tf.ones((2, 12)))
    assert {name: value.shape.as_list() for name, value in said.items()} == {"priority": [2, 1], "department": [2, 4]}
    again = ["compile", str(GOOD / "router.nn"), "-o", str(out), "-q"]
    assert run(again) == 0  # a SavedModel is replaced by one
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    assert run([*again[:-2], f"{tmp_path}/mine/"]) == 1
    assert (tmp_path / "mine" / "notes.txt").read_text() == "mine"


@pytest.mark.tf
def test_dates_are_served_as_pandas_reads_them() -> None:
    import tensorflow as tf

    from nnc.catalog.tables import DATE_PARTS
    from nnc.data.kinds.date import days, features
    from nnc.data.table import column_of_texts
    from nnc.run.serving_dates import date_features, days_of

    random = np.random.default_rng(2)
    texts = [
        "2024-02-30",
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "24-01-01",
        "soon",
        "2024-01-01T25:00",
        "2000-02-29",
    ]
    for _ in range(300):
        one = f"{random.integers(1700, 2260):04}-{random.integers(1, 13):02}-{random.integers(1, 29):02}"
        clock = f"T{random.integers(24):02}:{random.integers(60):02}"
        ends = ("", clock, f"{clock}:{random.integers(60):02}", f"{clock}:07.25Z", f"{clock}:11-03:30", f"{clock}+0530")
        texts.append(one + str(random.choice(ends)))
    expected = days(column_of_texts("when", texts))
    found = days_of(tf.constant(texts)).numpy()
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
    there = expected[~np.isnan(expected)]
    served = date_features(tf.constant(there), DATE_PARTS).numpy()
    np.testing.assert_allclose(served, features(there, DATE_PARTS), atol=1e-9)
