"""The page in a real browser: silent, alone, usable by everybody, on every screen."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from nnc.report import Other, render_html
from tests import browser
from tests.browser import Browser
from tests.report_samples import rendered, sample

pytestmark = [
    pytest.mark.skipif(browser.CHROMIUM is None, reason="there is no Chromium: apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]

SAMPLES = ("breast_cancer", "wine", "diabetes", "digits", "several")


@pytest.fixture(scope="module")
def tab() -> Iterator[Browser]:
    with Browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    found = {name: folder / f"{name}.html" for name in SAMPLES}
    for name, path in found.items():
        path.write_text(several() if name == "several" else rendered(name), encoding="utf-8")
    return found


def several() -> str:
    """A Chinese report of two outputs, beside another run."""
    first, second = (dataclasses.replace(sample(name), explanation=None) for name in ("breast_cancer", "diabetes"))
    columns = [
        dataclasses.replace(column, name=f"第{i}列 {column.name}") for i, column in enumerate(first.data.columns)
    ]
    data = dataclasses.replace(first.data, target="诊断", classes=("恶性", "良性"), columns=tuple(columns))
    others = (dataclasses.replace(second.heads[0], output="进展"),)
    both = dataclasses.replace(first, title="良性还是恶性", language="zh", output="诊断", data=data, others=others)
    other = dataclasses.replace(both, reproduce=dataclasses.replace(both.reproduce, seed=8, spec_text="model B {}\n"))
    return render_html(both, None, [Other("旧的一次", other)])


@pytest.mark.parametrize("name", SAMPLES)
def test_the_page_says_nothing_and_asks_for_nothing(tab: Browser, pages: dict[str, Path], name: str) -> None:
    tab.open(pages[name])
    assert tab.said() == []
    assert tab.requests() == [pages[name].absolute().as_uri()]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", SAMPLES)
def test_axe_finds_no_violation(tab: Browser, pages: dict[str, Path], name: str, *, dark: bool) -> None:
    tab.open(pages[name], dark=dark)
    tab.ask(resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8") + "; 0")
    found: list[dict[str, Any]] = tab.ask("axe.run().then(result => result.violations)")
    told = [(one["id"], one["nodes"][0]["html"][:200], one["nodes"][0].get("failureSummary")) for one in found]
    assert told == [], json.dumps(told, indent=1)


@pytest.mark.parametrize("width", [320, 390, 768])
@pytest.mark.parametrize("name", SAMPLES)
def test_a_narrow_screen_scrolls_only_downwards(tab: Browser, pages: dict[str, Path], name: str, width: int) -> None:
    tab.open(pages[name], width=width, height=800)
    assert tab.ask("document.documentElement.scrollWidth") <= width
    wide = tab.ask(
        """[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
        && !e.closest('.scroll, .plate, pre')).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert wide == []


def test_without_scripts_everything_is_there(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["breast_cancer"], scripts=False)
    without = tab.ask("document.body.innerText")
    tab.open(pages["breast_cancer"])
    assert tab.ask("document.body.innerText") == without
    assert tab.ask("document.querySelectorAll('main section').length") >= 11


SORTED = """[...document.querySelectorAll('#tab-columns tbody tr')].map(row => row.cells[%d].innerText.trim())"""
STATES = "[...document.querySelectorAll('#tab-columns thead th')].map(head => head.getAttribute('aria-sort'))"


def press(tab: Browser, column: int, key: str = "") -> None:
    button = f"document.querySelector('#tab-columns thead tr').cells[{column}].querySelector('button')"
    if not key:
        tab.ask(f"{button}.click()")
        return
    tab.ask(f"{button}.focus()")
    for kind in ("keyDown", "keyUp"):
        text = {"Enter": "\r", " ": " "}[key] if kind == "keyDown" else ""
        code = {"Enter": 13, " ": 32}[key]
        tab.call("Input.dispatchKeyEvent", type=kind, key=key, text=text, windowsVirtualKeyCode=code)


def numeric(texts: list[str]) -> list[float]:
    return [float(text.replace("−", "-").replace(",", "")) for text in texts if text != "—"]


def test_a_press_on_a_head_sorts_the_table(tab: Browser, tmp_path: Path) -> None:
    found = sample("diabetes")
    few = [
        dataclasses.replace(column, maximum=maximum, correlation=r)
        for column, maximum, r in zip(
            found.data.columns,
            (12_345.0, 2e9, 999.0, -0.5, None, 3e-7, 70.0, -1e8, 9.5, 8.25),
            (0.5, None, -0.25, 0.1, -0.75, None, 0.0, 0.05, 0.3, -0.1),
            strict=True,
        )
    ]
    data = dataclasses.replace(found.data, columns=tuple(few))
    path = tmp_path / "sort.html"
    path.write_text(render_html(dataclasses.replace(found, data=data, explanation=None)), encoding="utf-8")
    tab.open(path)
    given = tab.ask(SORTED % 0)
    assert tab.ask(STATES) == [None] * 9
    for column in (6, 7):  # thousands, powers of ten and minus signs; what is missing comes last, both ways
        before = tab.ask(SORTED % column)
        press(tab, column)
        up = tab.ask(SORTED % column)
        press(tab, column)
        down = tab.ask(SORTED % column)
        gone = before.count("—")
        assert up[-gone:] == down[-gone:] == ["—"] * gone
        assert sorted(up) == sorted(down) == sorted(before)
        if column == 7:
            assert numeric(up) == sorted(numeric(before))
            assert numeric(down) == sorted(numeric(before), reverse=True)
        else:
            assert up[:4] == ["−1.00×10⁸", "−0.500", "3.00×10⁻⁷", "8.25"]
            assert up[4:-gone] == ["9.50", "70.0", "999", "12,345", "2.00×10⁹"]
        assert tab.ask(STATES) == [None] * column + ["descending"] + [None] * (8 - column)
        press(tab, column)
        assert tab.ask(SORTED % 0) == given
    press(tab, 0, "Enter")
    assert tab.ask(SORTED % 0) == sorted(given)
    press(tab, 0, " ")
    assert tab.ask(SORTED % 0) == sorted(given, reverse=True)
    assert tab.ask(STATES)[0] == "descending"
    assert tab.ask("document.querySelectorAll('#tab-columns thead tr')[0].cells[2].querySelector('button')") is None
    assert tab.said() == []


def test_heads_look_the_same_with_scripts_off(tab: Browser, pages: dict[str, Path]) -> None:
    places = """[...document.querySelectorAll('main table, main th')].map(one => {
        const {x, y, width, height} = one.getBoundingClientRect(); return [x, y, width, height].map(Math.round); })"""
    tab.open(pages["breast_cancer"], scripts=False)
    without = tab.ask(places)
    assert tab.ask("document.querySelectorAll('button').length") == 0
    tab.open(pages["breast_cancer"])
    assert tab.ask(places) == without
    assert tab.ask("document.querySelectorAll('th button').length") > 30
    tab.call("Emulation.setEmulatedMedia", media="print")
    marks = "[...document.querySelectorAll('th button')].map(b => getComputedStyle(b, '::after').content)"
    tab.ask("document.querySelector('th button').click()")
    assert set(tab.ask(marks)) == {"none"}
    tab.call("Emulation.setEmulatedMedia", media="")


def test_every_picture_has_a_name_and_is_drawn(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["wine"])
    pictures = tab.ask("[...document.images].map(i => [i.alt, i.complete && i.naturalWidth > 0])")
    assert len(pictures) > 10
    assert all(alt and drawn for alt, drawn in pictures)


def test_the_dark_page_is_dark(tab: Browser, pages: dict[str, Path]) -> None:
    shade = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    tab.open(pages["wine"], dark=True)
    assert max(tab.ask(shade)) < 80
    tab.open(pages["wine"])
    assert min(tab.ask(shade)) > 200


HOSTILE = (
    "<script>document.title = 'taken'</script>",
    '"><img src=x onerror="document.title = \'taken\'">',
    "{{7*7}}",
    "=cmd()",
    "\u202egnp.exe",
    "\u2067a\u200fb",
    "</style><b>",
    "&lt;i&gt;",
)


@pytest.mark.parametrize("evil", HOSTILE)
def test_what_stands_in_data_is_never_markup(tab: Browser, tmp_path: Path, evil: str) -> None:
    found = sample("breast_cancer")
    data = dataclasses.replace(
        found.data,
        target=evil,
        classes=(evil, *found.data.classes[1:]),
        columns=(dataclasses.replace(found.data.columns[0], name=evil), *found.data.columns[1:]),
    )
    worst = dataclasses.replace(found.evaluation.worst[0], truth=evil, predicted=evil, values={evil: evil})
    evaluation = dataclasses.replace(found.evaluation, worst=(worst,))
    html = render_html(dataclasses.replace(found, title=evil, data=data, evaluation=evaluation, explanation=None))
    path = tmp_path / "evil.html"
    path.write_text(html, encoding="utf-8")
    tab.open(path)
    shown = re.sub(
        "[\u200f\u202e\u2067]", lambda mark: f"\\u{ord(mark[0]):04x}", evil
    )  # a mark that turns its sentence around is shown, not obeyed
    assert tab.ask("document.title") == shown
    assert tab.said() == []
    assert tab.requests() == [path.absolute().as_uri()]
    assert shown in tab.ask("document.body.textContent")
    assert not set(tab.ask("document.documentElement.outerHTML")) & set(
        "\u200e\u200f\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
    )
    assert tab.ask("document.querySelectorAll('main img:not([src^=\"data:\"]), main script, main b > b').length") == 0
    assert "49" not in tab.ask("document.title")
