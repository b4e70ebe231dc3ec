"""The page as a browser reads it: what it says, that it stands alone, and that no string of the data is markup."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from nnc import assets
from nnc import evidence as ev
from nnc.report import render_html, sections
from nnc.report.build import build_html
from tests.report_reader import Element, read
from tests.report_samples import rendered, sample

SAMPLES = ("breast_cancer", "wine", "diabetes")
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "{% raw %}",
    "{0}{name}",
    "=cmd()",
    "</td></table></style>",
    "\u202egnirts",
    "$x^2$ $\\frac{",
    "&lt;b&gt;",
)


# The page's only script: nnc's own, which sorts tables.
OWN_SCRIPT = " ".join((assets.folder("templates") / "sort.js").read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def pages() -> dict[str, Element]:
    return {name: read(rendered(name)) for name in SAMPLES}


def sections_of(page: Element) -> list[str]:
    return [e.attributes["id"] or "" for e in page.all("section")]


def cells(table: Element) -> list[list[str]]:
    return [[c.text for c in row.walk() if c.tag in ("td", "th")] for row in table.all("tr")]


# ---- what stands there ---------------------------------------------------------------------------


def test_the_sections_stand_in_the_order_of_the_table_and_none_is_missing(pages):
    whole = [s.id for s in sections.SECTIONS if s.id != "compare"]  # of other runs, and there are none
    for page in pages.values():
        assert sections_of(page) == whole
        assert not page.all("div", "missing")
        numbers = [e.all("h2")[0].text.split()[0] for e in page.all("section")]
        assert numbers == [str(n) for n in range(1, len(whole) + 1)]
        assert [a.attributes["href"] for a in page.all("nav")[0].all("a")] == [f"#{name}" for name in whole]


def test_figures_and_tables_are_numbered_in_reading_order_and_each_says_something(pages):
    for page in pages.values():
        captions = [f.all("figcaption")[0].text for f in page.all("figure")]
        assert [re.match(r"Figure (\d+)\. \S.{20}", c).group(1) for c in captions] == [
            str(n) for n in range(1, len(captions) + 1)
        ]
        tables = [p.text for p in page.all("p", "caption")]
        assert [re.match(r"Table (\d+)\. \S", c).group(1) for c in tables] == [
            str(n) for n in range(1, len(tables) + 1)
        ]
        assert len(captions) >= 8
        assert len(tables) >= 8


def test_every_picture_has_a_sentence_and_every_table_its_heads(pages):
    for page in pages.values():
        for image in page.all("img"):
            assert len(image.attributes["alt"] or "") > 10
            assert (image.attributes["src"] or "").startswith("data:image/svg+xml;base64,")
        for table in page.all("table"):
            heads = table.all("thead")[0].all("th")
            assert heads
            assert all(h.attributes["scope"] == "col" for h in heads)
            for row in table.all("tbody")[0].all("tr"):
                assert [e.attributes["scope"] for e in row.all("th")] == ["row"]
            assert len({len(row) for row in cells(table)}) == 1


def test_ids_are_unique_links_arrive_and_headings_do_not_skip_a_level(pages):
    for page in pages.values():
        ids = [e.attributes["id"] for e in page.walk() if "id" in e.attributes]
        assert len(ids) == len(set(ids))
        pointed = [e.attributes["href"] for e in page.all("a")]
        pointed += [f"#{e.attributes['aria-labelledby']}" for e in page.walk() if "aria-labelledby" in e.attributes]
        assert {p.removeprefix("#") for p in pointed} <= set(ids)
        levels = [int(e.tag[1]) for e in page.walk() if re.fullmatch(r"h[1-6]", e.tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(b - a <= 1 for a, b in pairwise(levels))


def scripts(page: Element) -> list[str]:
    return [script.text for script in page.all("script")]


def test_nothing_is_loaded_and_no_script_of_others_runs(pages):
    for name, page in pages.items():
        html = rendered(name)
        styles = "".join(style.text for style in page.all("style"))
        assert "url(" not in styles
        assert "@import" not in styles
        assert scripts(page) == [OWN_SCRIPT]
        for element in page.walk():
            for key, value in element.attributes.items():
                assert not key.startswith("on")
                if key in ("src", "href", "data", "srcset", "action"):
                    assert (value or "").startswith(("data:", "#"))
        assert not re.search(r"https?://", re.sub(r"base64,[\w+/=]+", "", html))


def test_metrics_on_the_page_are_those_of_the_confusion_matrix():
    evidence = sample("breast_cancer")
    (tn, fp), (fn, tp) = evidence.evaluation.confusion
    page = read(rendered("breast_cancer"))
    rows = {row[0]: row[1].strip() for row in cells(page.by_id("tab-metrics"))}
    assert rows["accuracy"] == f"{(tp + tn) / (tp + tn + fp + fn):.3f}"
    assert rows["recall"] == f"{tp / (tp + fn):.3f}"
    assert rows["precision"] == f"{tp / (tp + fp):.3f}"


def test_a_mean_over_batches_says_so_beside_the_exact_metrics(pages):
    page = pages["breast_cancer"]
    tables = (page.by_id("tab-metrics"), page.by_id("tab-at-best"))
    for table in tables:
        rows = {row[0]: " ".join(row) for row in cells(table)}
        assert "mean over batches" in rows["f1_batch"]
        assert "exact" in rows["accuracy"]
    assert "†" in page.by_id("training").text


def test_blocks_of_another_task_are_not_there(pages):
    assert pages["diabetes"].by_id("fig-confusion") is None
    assert pages["diabetes"].by_id("fig-predictions") is not None
    assert pages["wine"].by_id("fig-ranking") is None
    assert pages["wine"].by_id("tab-per-class") is not None
    assert pages["breast_cancer"].by_id("fig-predictions") is None


def test_a_long_table_is_cut_and_says_by_how_much():
    evidence = replace(sample("digits"), explanation=None)
    parts = {"train": 3_500_000, "validation": 500_000, "test": 1_000_001}
    page = read(render_html(replace(evidence, data=replace(evidence.data, whole_rows=parts))))
    assert "The table has 5,000,001 rows with a target, too many for the memory." in page.text
    assert "trained on all 3,500,000 of them" in page.text
    table = page.by_id("tab-columns")
    assert len(cells(table)) == 1 + 40
    assert "24 more rows: all of them stand in report-tables/columns.csv" in table.all("p", "rest")[0].text


# ---- the verdict ---------------------------------------------------------------------------------


def verdict(difference: ev.Estimate, *, name: str = "breast_cancer") -> str:
    evidence = sample(name)
    best = {"breast_cancer": "linear", "diabetes": "linear"}[name]
    baselines = tuple(replace(b, difference=difference) for b in evidence.baselines if b.key == best)
    page = read(build_html(replace(evidence, baselines=baselines, explanation=None)))
    return page.by_id("verdict").all("div", "verdict")[0].text


@pytest.mark.parametrize(
    ("name", "low", "high", "said"),
    [
        ("breast_cancer", 0.01, 0.05, "Better than"),
        ("breast_cancer", -0.05, -0.01, "Worse than"),
        ("breast_cancer", -0.01, 0.05, "No better than"),
        ("breast_cancer", 0.0, 0.05, "No better than"),
        ("diabetes", -5.0, -1.0, "Better than"),
        ("diabetes", 1.0, 5.0, "Worse than"),
        ("diabetes", -1.0, 5.0, "No better than"),
    ],
)
def test_the_verdict_follows_from_the_interval_and_the_metrics_direction(name, low, high, said):
    text = verdict(ev.Estimate((low + high) / 2, low, high, 100), name=name)
    assert f"{said} the best baseline" in text
    assert ("holds zero" in text) == (said == "No better than")


def test_a_difference_without_an_interval_is_never_called_better():
    assert "No better than" in verdict(ev.Estimate(0.4))


def test_without_a_baseline_the_verdict_says_so_and_the_section_is_not_there():
    page = read(render_html(replace(sample("breast_cancer"), baselines=(), explanation=None)))
    assert "No baseline was asked for" in page.by_id("verdict").text
    assert "baselines" not in sections_of(page)
    assert "explanation" not in sections_of(page)
    assert [h.text.split()[0] for h in page.all("h2")] == [str(n) for n in range(1, 11)]


def test_a_chinese_report_is_chinese_throughout():
    evidence = sample("breast_cancer")
    page = read(render_html(replace(evidence, language="zh", explanation=None)))
    assert page.all("html")[0].attributes["lang"] == "zh-Hans"
    english = read(rendered("breast_cancer"))
    said = {e.text for e in english.walk() if e.tag in ("h2", "h3", "p", "figcaption", "dt") and len(e.text) > 12}
    shown = {e.text for e in page.walk() if e.tag in ("h2", "h3", "p", "figcaption", "dt") and len(e.text) > 12}
    assert said & shown <= {"Benign or malignant", evidence.use, f"Model {evidence.network.name}"}
    assert not page.all("div", "missing")


# ---- sections that can't be made -----------------------------------------------------------------


def test_a_section_that_could_not_be_made_says_why_in_its_place():
    missing = (ev.Missing("explanation", "shap <is> not installed"),)
    page = read(render_html(replace(sample("wine"), explanation=None, missing=missing)))
    assert sections_of(page).index("explanation") == 9
    assert "shap <is> not installed" in page.by_id("explanation").text


def test_a_bug_of_one_section_costs_that_section_alone(monkeypatch):
    def broken(page):
        raise ZeroDivisionError("no rows")

    table = tuple(replace(s, build=broken) if s.id == "errors" else s for s in sections.SECTIONS)
    monkeypatch.setattr("nnc.report.build.SECTIONS", table)
    page = read(render_html(replace(sample("wine"), explanation=None)))
    assert "ZeroDivisionError: no rows" in page.by_id("errors").text
    assert len(page.all("div", "missing")) == 1
    assert page.by_id("tab-metrics") is not None


# ---- strings of the data -------------------------------------------------------------------------


def poisoned(evil: str) -> ev.Evidence:
    e = sample("wine")
    column = replace(e.data.columns[0], name=evil, prepared=evil, kind=evil, top=((evil, 3),), histogram=None)
    node = replace(e.network.nodes[1], id="h1", layer=evil, detail=evil)
    classes = (evil, *e.data.classes[1:])
    scores = (replace(e.evaluation.per_class[0], name=evil), *e.evaluation.per_class[1:])
    worst = (replace(e.evaluation.worst[0], truth=evil, predicted=evil, values={evil: evil}),)
    chosen = tuple(replace(c, truth=evil, predicted=evil) for c in e.explanation.chosen)
    features = (evil, *e.data.features[1:])
    return replace(
        e,
        title=evil,
        use=evil,
        limits=evil,
        network=replace(e.network, name=evil, nodes=(e.network.nodes[0], node, *e.network.nodes[2:])),
        data=replace(
            e.data,
            source=evil,
            target=evil,
            classes=classes,
            columns=(column, *e.data.columns[1:]),
            ignored=(evil,),
            features=features,
            feature_columns=features,
        ),
        training=replace(e.training, optimizer=evil, loss=evil, optimizer_args={evil: evil}),
        evaluation=replace(e.evaluation, per_class=scores, worst=worst),
        explanation=replace(e.explanation, features=features, columns=features, chosen=chosen),
        warnings=(
            ev.Warn(evil, {evil: evil}),
            ev.Warn("constant_columns", {"columns": [[evil, evil]]}),
        ),
        missing=(ev.Missing("errors", evil),),
        reproduce=replace(e.reproduce, command=evil, spec_text=evil, spec_name=evil, versions={evil: evil}),
    )


@pytest.mark.parametrize("evil", [" ".join(HOSTILE[:4]), " ".join(HOSTILE[4:7]), " ".join(HOSTILE[7:])])
def test_strings_of_the_data_never_become_markup(evil):
    page = read(render_html(poisoned(evil)))
    shown = " ".join(evil.split()).replace("\u202e", "\\u202e")  # a mark that turns its sentence around is shown
    assert page.all("h1")[0].text == shown
    assert page.all("title")[0].text == shown
    assert shown in page.by_id("reproduce").all("pre", "spec")[0].text
    assert scripts(page) == [OWN_SCRIPT]
    assert {e.attributes["src"][:5] for e in page.all("img")} == {"data:"}
    assert not [key for e in page.walk() for key in e.attributes if key.startswith("on")]
    assert "49" not in page.all("h1")[0].text
    made = [s for s in page.all("section") if s.all("div", "missing")]
    assert [s.attributes["id"] for s in made] == ["errors"]


def test_a_forest_that_is_not_explained_is_named():
    evidence = sample("breast_cancer")
    assert evidence.explanation is not None
    assert any(baseline.key == "random_forest" for baseline in evidence.baselines)
    said = "The random forest is not explained beside it"
    assert said in render_html(replace(evidence, explanation=replace(evidence.explanation, forest=())))
    forest = tuple(replace(values, model="random_forest") for values in evidence.explanation.network)
    assert said not in render_html(replace(evidence, explanation=replace(evidence.explanation, forest=forest)))
    without = tuple(baseline for baseline in evidence.baselines if baseline.key != "random_forest")
    assert said not in render_html(replace(evidence, baselines=without))


def test_the_decision_plot_names_what_its_axis_shows() -> None:
    """Through the logit link the axis runs from 0 to 1: it is a probability, also where no class is named."""
    from nnc.report.shap_figures import figures

    explanation = sample("breast_cancer").explanation
    assert explanation is not None
    assert explanation.network[0].link == "logit"
    decision = next(f for f in figures(explanation, ()) if f.key.startswith("shap-decision"))
    assert "log-odds" not in decision.drawing.svg
    assert ">probability<" in decision.drawing.svg


def test_a_mark_that_turns_a_sentence_around_is_shown() -> None:
    evidence = sample("diabetes")
    turned = replace(evidence, data=replace(evidence.data, target="\u202egnp.exe"))
    html = render_html(replace(turned, explanation=None))
    assert "\u202e" not in html
    assert "\\u202egnp.exe" in html
    # Drawings are held as base64: the mark is in none of them either.
    import base64

    drawings = [base64.b64decode(text).decode() for text in re.findall(r"data:image/svg\+xml;base64,([^\"]+)", html)]
    assert drawings
    assert not any("\u202e" in drawing for drawing in drawings)
