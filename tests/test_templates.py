"""A user's own templates in the place of nnc's: one file is enough, and a fault in it is a finding."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nnc import codes
from nnc.diagnostics import UserFault
from nnc.report import check_templates, render_html
from tests.conftest import ROOT
from tests.report_reader import read
from tests.report_samples import sample


def folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        target = path / (
            name.replace("__", "/").replace("_css", ".css") if "css" in name else f"{name.replace('__', '/')}.html"
        )
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return path


def test_one_file_replaces_one_section_and_the_rest_stays(tmp_path: Path) -> None:
    own = folder(
        tmp_path,
        sections__use="<p>Of our house: {{ evidence.data.rows }} rows, {{ v.general | length }} sentences.</p>",
    )
    mine, theirs = read(render_html(sample("wine"), own)), read(render_html(sample("wine")))
    use = mine.by_id("use")
    assert use is not None
    assert "Of our house: 178 rows" in use.text
    for section in ("verdict", "data", "training", "glossary"):
        one, other = mine.by_id(section), theirs.by_id(section)
        assert one is not None
        assert other is not None
        assert one.text == other.text


def test_styles_are_replaced_as_well(tmp_path: Path) -> None:
    own = folder(tmp_path, screen_css="body { color: #123456; }")
    assert "#123456" in render_html(sample("wine"), own)
    assert "#123456" not in render_html(sample("wine"))


def test_the_example_of_the_page_works(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```jinja\n(.*?)```", page, re.DOTALL)
    assert "Questions to the risk team." in render_html(sample("wine"), folder(tmp_path, sections__use=example))


def test_the_page_names_every_template() -> None:
    page = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
    for path in (ROOT / "templates").rglob("*.*"):
        if path.suffix in (".html", ".css", ".js"):
            assert (path.stem if path.parent.name == "sections" else path.name) in page


@pytest.mark.parametrize(
    ("files", "said", "line"),
    [
        ({"sections__use": "<p>\n{{ v.genral }}</p>"}, "has no attribute 'genral'", 2),
        ({"sections__use": "<p>\n\n{% for x in %}"}, "Expected an expression", 3),
        ({"sections__use": "{{ ''.__class__.__mro__ }}"}, "unsafe", 1),
        ({"sections__use": "{% include 'nothing.html' %}"}, "nothing.html", 1),
        ({"sections__verdct": "x"}, "stands in the place of no template", None),
        ({}, "has no templates", None),
    ],
)
def test_a_fault_is_a_finding(tmp_path: Path, files: dict[str, str], said: str, line: int | None) -> None:
    own = folder(tmp_path, **files)
    with pytest.raises(UserFault) as raised:
        render_html(sample("wine"), own)
    (finding,) = raised.value.findings
    assert finding.code is codes.BAD_TEMPLATE
    assert said in finding.message
    if line is not None:
        assert finding.data_place is not None
        assert finding.data_place.row == line
        assert finding.data_place.file.endswith("use.html")


def test_a_slip_of_the_syntax_is_found_before_anything_is_trained(tmp_path: Path) -> None:
    with pytest.raises(UserFault):
        check_templates(folder(tmp_path, sections__use="{% if %}"))
    with pytest.raises(UserFault):
        check_templates(tmp_path / "nothing")
