"""Numbers, texts, warnings and highlighting: the small parts that every page is made of."""

from __future__ import annotations

import dataclasses
import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnc import assets
from nnc import evidence as ev
from nnc.report import letters, numbers, style
from nnc.report.build import build_html
from nnc.report.highlight import pieces
from nnc.report.page import Page
from nnc.report.sections.warnings import KINDS, tell
from nnc.report.texts import LANGUAGE_TAGS, catalogue, texts
from nnc.report.texts.joining import fill_in
from tests.report_samples import sample

ROOT = Path(__file__).parents[1]

WARN_VALUES = {
    "duplicates_across_split": {"rows": 12, "test": 7, "validation": 5, "share": 0.06, "examples": [[3, 9], [5, 11]]},
    "answer_column": {"columns": [["body", 0.99]], "metric": "balanced_accuracy"},
    "identifier_columns": {"columns": [["id", 569, 569]], "used": [], "ignored": ["id"]},
    "constant_columns": {"columns": [["always", "7"]]},
    "missing_values": {"columns": [["Cabin", 687, 0.77]]},
    "dropped_rows": {"rows": 3, "reasons": [["missing_target", 3]]},
    "wide_categories": {"columns": [["Ticket", 681, 100]]},
    "unseen_categories": {"columns": [["Port", 4]]},
    "rare_classes": {"classes": [["rare", 4, 1]], "least": 20},
    "imbalance": {"classes": [["no", 0.97], ["yes", 0.03]]},
    "no_test_rows": {"part": "validation", "rows": 40},
    "rows_may_be_known": {"rows": 40},
    "few_test_rows": {"rows": 40, "step": 0.025},
    "overfit": {"metric": "accuracy", "train": 0.99, "validation": 0.81, "gap": 0.18},
    "overtrained": {"best_epoch": 12, "kept_epoch": 100, "best": 0.31, "kept": 0.52},
    "not_converged": {"epoch": 100, "epochs": 100, "fall": 0.04},
    "worse_than_baseline": {
        "baseline": "linear", "metric": "accuracy", "network": 0.9, "score": 0.95,
        "difference": -0.05, "low": -0.08, "high": -0.02,
    },
    "no_better_than_trivial": {
        "baseline": "majority", "metric": "accuracy", "network": 0.6, "score": 0.62,
        "difference": -0.02, "low": -0.06, "high": 0.02,
    },
    "shap_additivity": {"explainer": "permutation", "error": 0.004},
    "shap_correlation": {"explainer": "deeplift_rescale", "correlation": 0.93},
    "missing_letters": {"letters": "𒀀", "package": "fonts-noto-core"},
}  # fmt: skip


# ---- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "low", "high", "said", "ends"),
    [
        (0.96491, 0.93860, 0.99123, "0.965", ("0.939", "0.991")),
        (55.312, 50.12, 60.24, "55.3", ("50.1", "60.2")),
        (28_312.4, 24_100.0, 33_020.0, "28,300", ("24,100", "33,000")),
        (0.99571, 0.98632, 1.0, "0.9957", ("0.9863", "1.0000")),
        (-0.4, None, None, "−0.400", None),
    ],
)
def test_an_estimate_has_as_many_digits_as_its_interval_bears(value, low, high, said, ends):
    estimate = ev.Estimate(value, low, high)
    assert numbers.point(estimate) == said
    assert numbers.ends(estimate) == ends


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0.00"),
        (3.14159, "3.14"),
        (1234.5, "1,234"),
        (0.00012345, "0.000123"),
        (1.2345e-7, "1.23×10⁻⁷"),
        (float("nan"), "—"),
        (float("-inf"), "−∞"),
        (None, "—"),
    ],
)
def test_a_number_has_three_significant_digits(value, said):
    assert numbers.number(value) == said


def test_what_rounds_to_zero_has_no_sign():
    assert numbers.ratio(-0.0012) == "0.00"
    assert numbers.fixed(-0.0001, 2, sign=True) == "0.00"


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(0, 5)), max_size=8), st.sampled_from(["", "—", "relu"]))
def test_points_of_a_column_stand_in_line(values, word):
    column = [numbers.fixed(value, decimals) for value, decimals in values]
    *shown, last = numbers.aligned([*column, word])
    assert last == word
    assert [text.rstrip(numbers.FIGURE_SPACE + numbers.PUNCTUATION_SPACE) for text in shown] == column
    assert len({len(re.split(r"[.\u2008]", text + ".")[1]) for text in shown}) <= 1


# ---- texts ---------------------------------------------------------------------------------------


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_other_languages_have_the_keys_and_placeholders_of_english():
    english = catalogue("en")
    for language in LANGUAGE_TAGS:
        assert set(catalogue(language)) == set(english)
        for key, text in catalogue(language).items():
            assert placeholders(text) == placeholders(english[key]), key


def test_every_key_that_code_and_templates_name_is_written():
    english = catalogue("en")
    files = [*(ROOT / "nnc" / "report").rglob("*.py"), *assets.folder("templates").rglob("*.html")]
    named = {
        key
        for file in files
        if "shap" not in file.name
        for key in re.findall(r"""\bsay\(\s*["']([a-z0-9_.]+)["']""", file.read_text(encoding="utf-8"))
    }
    assert len(named) > 150
    assert named <= set(english)


def test_an_unknown_language_is_english():
    assert texts("tlh").tag == "en"


def test_metrics_of_the_evidence_have_names_and_meanings():
    told = set(
        re.findall(r"[a-z0-9_]{2,}", (ev.Metric.__doc__ or "").split("interval (`exact`):")[1].split("(in the")[0])
    )
    keys = told - {"binary", "multiclass", "regression"}
    assert {"accuracy", "roc_auc", "rmse"} <= keys
    for key in keys:
        assert f"metric.{key}" in catalogue("en")
        assert f"glossary.{key}" in catalogue("en")


# ---- warnings ------------------------------------------------------------------------------------


def test_every_warning_that_a_run_may_give_can_be_told():
    lines = [line for line in (ev.Warn.__doc__ or "").splitlines() if re.fullmatch(r" {4}[a-z_]+ +", line[:28])]
    documented = {line[4:27].strip() for line in lines if line[28:29].strip()}
    documented.discard("key")
    assert len(documented) >= 16
    assert documented <= set(KINDS)
    assert set(WARN_VALUES) == set(KINDS)


@pytest.mark.parametrize("key", sorted(WARN_VALUES))
@pytest.mark.parametrize("language", sorted(LANGUAGE_TAGS))
def test_a_warning_is_told_in_whole_sentences(key, language):
    page = Page(replace_warnings(ev.Warn(key, WARN_VALUES[key])), texts(language))
    (told,) = tell(page)
    for text in (told.text, told.advice):
        assert text.rstrip()[-1] in ".。"
        assert "{" not in text
        assert "None" not in text
    assert told.title


def replace_warnings(*warnings: ev.Warn) -> ev.Evidence:
    return dataclasses.replace(sample("wine"), warnings=warnings, explanation=None)


def test_the_gravest_warnings_come_first():
    few, leak = (ev.Warn(key, WARN_VALUES[key]) for key in ("few_test_rows", "answer_column"))
    page = Page(replace_warnings(few, leak), texts("en"))
    assert [told.key for told in tell(page)] == ["answer_column", "few_test_rows"]


# ---- letters and colours -------------------------------------------------------------------------


def test_letters_that_no_font_has_are_named_on_the_page():
    rare = "\U00012000"  # cuneiform
    if not letters.missing([rare]):
        pytest.skip("a font on this machine has even cuneiform")
    evidence = sample("wine")
    top = dataclasses.replace(evidence.data.columns[0], top=((f"a value {rare}", 3),), histogram=None)
    data = dataclasses.replace(evidence.data, columns=(top, *evidence.data.columns[1:]))
    html = build_html(dataclasses.replace(evidence, data=data, explanation=None))
    assert "Letters without a font" in html
    assert "Letters without a font" not in build_html(dataclasses.replace(evidence, explanation=None))


def test_ordinary_letters_and_signs_are_in_matplotlibs_own_font():
    from matplotlib import get_data_path
    from matplotlib.font_manager import get_font

    assert letters.missing(["Ärger €5 Σ λ − ×", "a\tb\n", "\ufe0f"]) == ""
    has = get_font(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf").get_charmap().keys()
    for first, last in letters.ALWAYS_THERE:
        assert {code for code in range(first, last + 1) if chr(code).isprintable()} <= has | {0x20}


def test_what_to_install_is_named_by_script():
    assert letters.packages("中") == "fonts-noto-cjk (CJK)"
    assert letters.packages("한ا🙂कไใ") == (
        "fonts-noto-cjk (CJK), fonts-noto-core (Arabic, Devanagari, Thai), fonts-symbola (emoji, symbols)"
    )


def test_a_font_that_was_installed_since_is_found(monkeypatch):
    """matplotlib lists fonts once; the warning's advice must help all the same."""
    from matplotlib import font_manager

    theirs = [font for font in font_manager.fontManager.ttflist if font.name.startswith("Liberation")]
    if not theirs:
        pytest.skip("there is no font but matplotlib's own")
    kept = [font for font in font_manager.fontManager.ttflist if "DejaVu" in font.name]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", kept)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [font.fname for font in theirs])
    style.families.cache_clear()
    try:
        assert style.families() == ("Liberation Sans", "DejaVu Sans")
    finally:
        style.families.cache_clear()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_highlighting_keeps_every_character(text):
    assert "".join(part for _, part in pieces(text)) == text


def test_highlighting_knows_words_strings_and_comments():
    found = {part: kind for kind, part in pieces('h = x -> Dense(8, relu)  # "no string"\ntitle = "a # b"\n')}
    assert found["Dense"] == "layer"
    assert found["->"] == "arrow"
    assert found["8"] == "number"
    assert found['# "no string"'] == "comment"
    assert found['"a # b"'] == "string"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """WCAG 2.2, contrast ratio."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("sheet", ["base.css", "screen.css"])
def test_text_has_contrast_in_light_and_dark(sheet):
    css = (assets.folder("templates") / sheet).read_text(encoding="utf-8")
    colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", css))
    pairs = [(name, ground) for name in ("ink", "muted", "accent") for ground in ("paper", "soft")]
    pairs += [(name, f"{name}-soft") for name in ("good", "bad", "even")]
    pairs += [(name, "soft") for name in colour if name.startswith("t-")]
    for name, ground in pairs:
        assert contrast(colour[name], colour[ground]) >= 4.5, (name, ground)
    for ink in (style.INK, style.MUTED, style.ACCENT):
        assert contrast(ink, style.PAPER) >= 4.5


@pytest.mark.parametrize(
    ("text", "value", "whole"),
    [
        ("用{name}解释", "rescale", "用 rescale 解释"),
        ("用 {name} 解释", "rescale", "用 rescale 解释"),
        ("用 {name} 解释", "重标规则", "用重标规则解释"),
        ("差为{name}。", "−0.5", "差为 −0.5。"),
        ("列“{name}”", "面积m2", "列“面积m2”"),
        ("列{name}在前", "面积m2", "列面积m2 在前"),
        ("the {name} is", "面积", "the 面积 is"),
        ("{name} and {{braces}}", "{7*7}", "{7*7} and {braces}"),
    ],
)
def test_between_chinese_and_latin_stands_one_blank_and_within_chinese_none(text: str, value: str, whole: str) -> None:
    assert fill_in(text, {"name": value}) == whole
