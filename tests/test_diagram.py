"""Drawings as files: what browsers, printers and screen readers get, and the drawing of neurons."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from nnc.emit.diagram import describe_text, draw, neurons_apply
from nnc.emit.diagram.neurons_layout import lay_out
from nnc.emit.diagram.text import shorten, width
from nnc.emit.diagram.theme import THEMES
from tests.diagram.networks import ALL, HOSTILE, Builder, breast_cancer, deep_nn, hostile, mlp, vgg16

SVG = "{http://www.w3.org/2000/svg}"
STYLES = ("neurons", "layers")
ROOT = Path(__file__).parent.parent


def parsed(drawn: str) -> ET.Element:
    return ET.fromstring(drawn)  # noqa: S314  (this package wrote it)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", sorted(name for name in ALL if not name.startswith("random")))
def test_a_drawing_is_a_whole_picture_with_a_text_alternative(name: str, style: str) -> None:
    network = ALL[name]()
    root = parsed(draw(network, style, prefix="fig1-"))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert description.text == describe_text(network)
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert ids
    assert all(id_ and id_.startswith("fig1-") for id_ in ids)


@pytest.mark.parametrize("style", STYLES)
def test_hostile_names_stay_text(style: str) -> None:
    drawn = draw(hostile(), style, prefix='"><script>', language='zh"><b>')
    root = parsed(drawn)
    allowed = {"svg", "title", "desc", "g", "path", "rect", "circle", "text"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
    for element in root.iter():
        assert not [key for key in element.attrib if key.startswith("on") or "href" in key or key == "style"]
    text = "".join(root.itertext())
    assert HOSTILE[0] in text  # whole in a title where it was shortened
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\ud800]", text)
    drawn.encode("utf-8")


def test_a_long_name_is_shortened_and_told_whole() -> None:
    root = parsed(draw(hostile(), "layers"))
    long = next(name for name in HOSTILE if len(name) > 100)
    assert long in [element.text for element in root.iter(f"{SVG}title")]
    assert all(len(element.text or "") < 60 for element in root.iter(f"{SVG}text"))


def test_the_bytes_do_not_hang_on_the_order_of_sets() -> None:
    program = (
        "import hashlib; from nnc.emit.diagram import draw; from tests.diagram.networks import ALL\n"
        "for name in ('resnet50', 'dense_net', 'ticket_router', 'unet_framed'):\n"
        "    print(hashlib.sha256(draw(ALL[name](), 'layers').encode()).hexdigest())\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, cwd=ROOT,
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert runs[0] == runs[1]
    assert len(runs[0].split()) == 4


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", sorted(THEMES))
def test_texts_have_contrast_on_every_ground(name: str) -> None:
    theme = THEMES[name]
    for ground in (*theme.tints.values(), theme.paper, theme.frame_fill):
        for text in (theme.ink, theme.muted):
            light, dark = sorted((luminance(text), luminance(ground)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ground, text)


@pytest.mark.skipif(shutil.which("rsvg-convert") is None, reason="rsvg-convert is not installed")
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["deep_nn", "hostile", "two_tower"])
def test_librsvg_draws_it(name: str, style: str, tmp_path: Path) -> None:
    source = tmp_path / "net.svg"
    source.write_text(draw(ALL[name](), style), encoding="utf-8")
    made = subprocess.run(["rsvg-convert", source], capture_output=True, check=True)
    assert made.stdout.startswith(b"\x89PNG")
    assert not made.stderr


def test_weasyprint_prints_it_without_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    weasyprint = pytest.importorskip("weasyprint")
    page = draw(deep_nn(), "neurons", prefix="a-") + draw(ALL["ticket_router"](), "layers", prefix="b-")
    pdf = weasyprint.HTML(string=f"<html lang=en><title>t</title>{page}").write_pdf()
    assert pdf.startswith(b"%PDF")
    assert not [record for record in caplog.records if "SVG" in record.getMessage() or "svg" in record.getMessage()]


# ---- neurons -------------------------------------------------------------------------------------


def test_every_neuron_of_a_narrow_layer_is_a_circle_and_every_weight_a_line() -> None:
    layout = lay_out(deep_nn())
    assert [len(column.neurons) for column in layout.columns] == [10, 5, 5, 3, 3, 1]
    assert [len(links) for links in layout.links] == [50, 5, 15, 3, 3]
    assert [column.role for column in layout.columns] == ["input", "hidden", "dropout", "hidden", "dropout", "output"]
    assert [column.neurons[0].letter for column in layout.columns] == ["X", "H", "", "H", "", "y"]
    drawn = parsed(draw(deep_nn(), "neurons"))
    circles = [element for element in drawn.iter(f"{SVG}circle") if element.get("r") == "13"]
    assert len(circles) == 27


def test_columns_say_what_they_compute() -> None:
    texts = [label.text for column in lay_out(deep_nn()).columns for label in column.labels]
    assert texts.count("relu") == 2
    assert {"Σ 10[X·w]+b", "Σ 5[H·w]+b", "Σ 3[H·w]+b", "sigmoid", "Dense · 5 units", "Input · 10 units"} <= set(texts)
    b = Builder("no_bias")
    network = b.build(b.dense(b.add("Input", (), "[3]"), 2, "linear", bias=False, role="output"))
    texts = [label.text for label in lay_out(network).columns[1].labels]
    assert "Σ 3[X·w]" in texts
    assert not any("+b" in text for text in texts)


def test_a_wide_layer_is_shortened_and_its_count_stated() -> None:
    first = lay_out(breast_cancer()).columns[0]
    assert [neuron.index for neuron in first.neurons] == [1, 2, 3, 4, 5, 6, 25, 26, 27, 28, 29, 30]
    assert len(first.dots) == 3
    assert "Input · 30 units" in [label.text for label in first.labels]
    gap = first.neurons[6].y - first.neurons[5].y
    assert all(first.neurons[5].y + 13 < y < first.neurons[5].y + gap - 13 for _, y in first.dots)


def test_a_width_that_the_data_will_say_is_drawn_as_n() -> None:
    b = Builder("open")
    at = b.add("Input", (), "[features]")
    at = b.add("Dense", at, "[4]", units=4, activation="relu", trainable=None, bias=True)
    network = b.build(b.dense(at, 1, "sigmoid", role="output"))
    layout = lay_out(network)
    assert layout.columns[0].neurons[-1].index == "n"
    assert "Σ n[X·w]+b" in [label.text for label in layout.columns[1].labels]
    parsed(draw(network, "layers"))


@pytest.mark.parametrize("network", [deep_nn(), breast_cancer(), hostile(), mlp("wide", (3000, 400, 10))])
def test_neurons_and_their_texts_do_not_touch(network) -> None:
    features = [f"a rather long name of feature {i} from the table" for i in range(10)]
    layout = lay_out(network, features=features)
    circles = [(neuron.x, neuron.y) for column in layout.columns for neuron in column.neurons]
    for a, b in itertools.combinations(circles, 2):
        assert abs(a[0] - b[0]) + abs(a[1] - b[1]) > 28
    labels = [label for column in layout.columns for label in column.labels]
    labels += [neuron.feature for column in layout.columns for neuron in column.neurons if neuron.feature]
    labels += [label for _, _, label in layout.legend]
    for a, b in itertools.combinations([label.box for label in labels], 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a, b)
    for left, top, right, bottom in [label.box for label in labels]:
        assert left >= 0
        assert top >= 0
        assert right <= layout.width
        assert bottom <= layout.height
        for x, y in circles:
            clear = right < x - 13 or left > x + 13 or bottom < y - 13 or top > y + 13
            assert clear or bottom > layout.height - 30


@pytest.mark.parametrize(
    ("name", "applies"),
    [("deep_nn", True), ("breast_cancer", True), ("chain30", True), ("vgg16", False), ("two_tower", False),
     ("lstm", False), ("wide_deep", False), ("ticket_router", False)],
)  # fmt: skip
def test_the_drawing_of_neurons_is_for_chains_of_vectors(name: str, applies: bool) -> None:
    assert neurons_apply(ALL[name]()) is applies


def test_of_a_convolutional_net_the_dense_part_is_drawn_and_said_to_be_a_part() -> None:
    layout = lay_out(vgg16())
    assert [column.labels[0].text for column in layout.columns] == ["flatten", "fc1", "fc2", "predictions"]
    assert "4" in layout.notes[0].text
    assert "23" in layout.notes[0].text


def test_the_alternative_counts_layers_and_parameters() -> None:
    text = describe_text(deep_nn())
    assert "6 layers" in text
    assert "77 trainable parameters" in text  # 10·5+5 + 5·3+3 + 3·1+1
    assert "h1 (Dense [5] relu)" in text
    assert "可训练参数 77 个" in describe_text(deep_nn(), "zh")


# ---- text ----------------------------------------------------------------------------------------


def test_shortened_texts_fit_and_keep_both_ends() -> None:
    for text in (*HOSTILE, "特征" * 50, "block4_bottleneck12_convolution_bn"):
        assert width(shorten(text, 90, 10), 10) <= 90
    assert shorten("block4_bottleneck12_convolution_bn", 120, 10).startswith("block4")
    assert shorten("block4_bottleneck12_convolution_bn", 120, 10).endswith("_bn")
    assert shorten("short", 90, 10) == "short"


def test_estimated_widths_are_not_below_those_of_real_fonts() -> None:
    """DejaVu Sans as matplotlib brings it: the widest family that a drawing names for Latin letters."""
    font_manager = pytest.importorskip("matplotlib.font_manager")
    textpath = pytest.importorskip("matplotlib.textpath")
    font = font_manager.FontProperties(family="DejaVu Sans", size=10)
    for text in ("block1_conv1", "Conv2D · 3×3, same · relu", "102,764,544 params", "[224, 224, 64]", "MaxPooling2D"):
        real, _, _ = textpath.TextToPath().get_text_width_height_descent(text, font, ismath=False)
        assert width(text, 10) >= 0.97 * real, text
