"""The SHAP figures: made from evidence alone, the same bytes each time, nothing left behind, numbers that are right."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from matplotlib.figure import Figure

from nnc.evidence import ChosenRow, Explanation, ShapValues
from nnc.report import style
from nnc.report.numbers import number
from nnc.report.shap_figures import ShapFigure, figures
from tests.conftest import ROOT

CLASSES = ["no", "yes"]
NAMES = ("age", "sex=female", "sex=male", "<script>alert(1)</script>", "a $x^2$ {7*7} &", "收入")
COLUMNS = ("age", "sex", "sex", *NAMES[3:])


def made(language_rows: int = 40, link: str = "logit") -> Explanation:
    """An explanation of a linear model, by the closed form."""
    rng = np.random.default_rng(0)
    data = rng.normal(size=(language_rows, len(NAMES)))
    weights = np.array([1.0, -0.4, -0.4, 0.8, -2.0, 0.05])
    values = data * weights
    # The features of `sex` cancel out in each row, those of no other column do.
    values[:, 2] = -values[:, 1]
    network = ShapValues(
        "network", "deeplift_rescale", "logit" if link == "logit" else "target", link, 1 if link == "logit" else None,  # type: ignore[arg-type]
        -0.5, tuple(map(tuple, values.tolist())), tuple(map(tuple, data.tolist())),
        tuple(tuple(f"{v:.2f}" for v in row) for row in data), tuple((values.sum(axis=1) - 0.5).tolist()), 1e-7, 0.99,
    )  # fmt: skip
    forest = replace(
        network, model="forest", unit="probability", link="identity", base=0.4, data=(), display=(),
        values=tuple(map(tuple, (values * 0.02).tolist())),
    )  # fmt: skip
    chosen = tuple(
        ChosenRow(index, 100 + index, why, "no", "yes", 0.75)
        for index, why in enumerate(("confident_right", "confident_wrong", "borderline"))
    )
    return Explanation(NAMES, COLUMNS, 20, language_rows, 1, (network,), (forest,), chosen, top=4)


@pytest.fixture(scope="module")
def shown() -> dict[str, ShapFigure]:
    return {figure.key: figure for figure in figures(made(), CLASSES)}


def letters(figure: ShapFigure) -> list[str]:
    """The texts of a drawing as an XML reader finds them."""
    return [text for element in parsed(figure).iter() if (text := (element.text or "").strip())]


def parsed(figure: ShapFigure) -> ET.Element:
    return ET.fromstring(figure.drawing.svg)  # noqa: S314  # drawn by the code under test


def test_each_figure_is_there_with_words(shown: dict[str, ShapFigure]) -> None:
    assert list(shown) == [
        "shap-importance", "shap-features", "shap-beeswarm-1", "shap-beeswarm-forest-1", "shap-decision-1",
        "shap-decision-forest-1", "shap-waterfall-confident-right", "shap-waterfall-confident-wrong",
        "shap-waterfall-borderline",
    ]  # fmt: skip
    for figure in shown.values():
        assert figure.title in letters(figure)
        assert figure.caption
        assert len(figure.alt) > 40
        assert figure.alt != figure.caption


def test_bars_are_the_mean_absolute_values_with_a_columns_features_summed(shown: dict[str, ShapFigure]) -> None:
    explanation = made()
    values = np.asarray(explanation.network[0].values)
    texts = letters(shown["shap-importance"])
    for place, name in ((0, "age"), (4, NAMES[4])):
        assert name in texts
        assert number(float(np.abs(values[:, place]).mean()), 2) in texts
    assert "sex" not in texts, "its features cancel out, so that it is not among the first four columns"
    single = letters(shown["shap-features"])
    assert "sex=female" in single
    assert "female" not in single, "shap itself writes what stands after an equals sign over the name"


def test_names_stay_names(shown: dict[str, ShapFigure]) -> None:
    texts = letters(shown["shap-importance"])
    assert {NAMES[3], NAMES[4]} <= set(texts)
    for figure in shown.values():
        assert not [e for e in parsed(figure).iter() if e.tag.endswith("script")]


def test_a_waterfall_says_values_as_a_person_does(shown: dict[str, ShapFigure]) -> None:
    explanation = made()
    values = np.asarray(explanation.network[0].values)[0]
    strongest = int(np.abs(values).argmax())
    texts = letters(shown["shap-waterfall-confident-right"])
    assert f"{NAMES[strongest]} = {explanation.network[0].display[0][strongest]}" in texts
    assert f"{'+' if values[strongest] > 0 else ''}{number(values[strongest], 2)}" in texts
    assert f"output {number(values.sum() - 0.5)}" in texts
    assert f"base {number(-0.5)}" in texts
    assert "3 other features" in texts


@pytest.mark.parametrize("link", ["logit", "identity"])
def test_a_decision_line_ends_at_the_output_with_the_link_applied_once(link: str, monkeypatch) -> None:
    drawn: list[Figure] = []
    original = style.to_svg
    monkeypatch.setattr(style, "to_svg", lambda figure, title: (drawn.append(figure), original(figure, title))[1])
    explanation = made(link=link)
    found = {f.key: f for f in figures(explanation, CLASSES if link == "logit" else [])}
    assert found["shap-decision-1" if link == "logit" else "shap-decision"].drawing.svg
    axes = drawn[0].axes[0]
    for line, chosen in zip(axes.get_lines()[-3:], explanation.chosen, strict=True):
        output = explanation.network[0].outputs[chosen.index]
        expected = 1 / (1 + math.exp(-output)) if link == "logit" else output
        assert line.get_xdata()[-1] == pytest.approx(expected)


def test_the_same_bytes_and_nothing_left_behind() -> None:
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    explanation = made(40)
    np.random.seed(7)  # noqa: NPY002  # the state that shap draws from
    state = np.random.get_state()[1].tolist()  # noqa: NPY002
    settings = dict(mpl.rcParams)
    first = [figure.drawing.svg for figure in figures(explanation, CLASSES)]
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002
    assert {k: v for k, v in mpl.rcParams.items() if k != "backend"} == {
        k: v for k, v in settings.items() if k != "backend"
    }
    assert plt.get_fignums() == []
    np.random.seed(8)  # noqa: NPY002
    assert [figure.drawing.svg for figure in figures(explanation, CLASSES)] == first


def test_chinese() -> None:
    found = figures(made(), CLASSES, "zh")
    assert found[0].title == "各列 SHAP 绝对值的均值"
    for figure in found:
        assert any(ord(char) > 0x2FFF for char in figure.caption)
        assert any(ord(char) > 0x2FFF for char in figure.alt)


def test_edges_of_the_evidence() -> None:
    explanation = made()
    alone = replace(explanation, forest=(), chosen=())
    assert [f.key for f in figures(alone, CLASSES)] == ["shap-importance", "shap-features", "shap-beeswarm-1"]
    flat = replace(explanation.network[0], values=tuple((0.0,) * 6 for _ in range(40)))
    assert len(figures(replace(explanation, network=(flat,)), CLASSES)) == 9
    one = replace(
        explanation, features=("a",), columns=("a",), forest=(), chosen=explanation.chosen[:1],
        network=(replace(explanation.network[0], values=((1.0,),), data=((1.0,),), display=(("1",),)),),
    )  # fmt: skip
    assert len(figures(one, CLASSES)) == 4


def test_rendering_loads_no_tensorflow() -> None:
    code = (
        "import sys; from tests.test_explain_figures import made, CLASSES; from nnc.report.shap_figures import figures;"
        "assert figures(made(), CLASSES); print([n for n in ('tensorflow', 'keras', 'torch') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
