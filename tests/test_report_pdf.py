"""The PDF as a reader of PDF sees it, and that the same evidence gives the same bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader

from nnc.plain_json import to_json
from nnc.report import render, render_pdf
from nnc.report.build import plan
from tests.report_reader import Element, read
from tests.report_samples import rendered, sample

AGAIN = """
import hashlib, sys
from pathlib import Path
from nnc import evidence
from nnc.report import render
files = render(evidence.read(Path(sys.argv[1])), Path(sys.argv[2]))
print(*(hashlib.sha256(file.read_bytes()).hexdigest() for file in files))
assert not {"tensorflow", "keras"} & set(sys.modules), "TensorFlow was loaded"
assert not {"matplotlib", "shap"} & set(sys.modules), "another process draws"
"""


@pytest.fixture(scope="module")
def html() -> str:
    return rendered("breast_cancer")


@pytest.fixture(scope="module")
def pdf(html) -> bytes:
    return render_pdf(html)


@pytest.fixture(scope="module")
def reader(pdf) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def titles(outline) -> list[tuple[int, str]]:
    found, level = [], 0

    def walk(items, level):
        for item in items:
            if isinstance(item, list):
                walk(item, level + 1)
            else:
                found.append((level, item.title))

    walk(outline, level)
    return found


def structure(node, depth=0):
    """Every element of the tag tree, as dictionaries."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            yield from structure(child, depth)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from structure(node["/K"], depth + 1)


def test_it_names_itself_its_language_and_its_standard(reader):
    root = reader.trailer["/Root"]
    assert reader.metadata.title == "Benign or malignant"
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    said = root["/Metadata"].get_data().decode()
    assert 'xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"' in said
    assert re.findall(r'pdfuaid:part="(.*?)"', said) == ["1"]


def test_page_one_tells_the_truth_alone(reader):
    text = " ".join(reader.pages[0].extract_text().split())
    assert "No better than the best baseline" in text
    assert "the network's accuracy is 0.965 (95% interval" in text
    assert "Before you trust this number" in text
    assert "Few test rows" in text
    assert "best epoch" in text


def test_pages_are_a4_numbered_and_named(reader):
    count = len(reader.pages)
    assert 8 <= count <= 24
    for number, page in enumerate(reader.pages, 1):
        assert [round(float(v)) for v in page.mediabox[2:]] == [595, 842]
        text = page.extract_text()
        assert f"{number} / {count}" in text
        if number > 1:
            assert "BreastCancer" in text


def test_bookmarks_are_the_headings(reader, html):
    page = read(html)
    headings = [(int(e.tag[1]) - 1, e.text) for e in page.walk() if e.tag in ("h1", "h2", "h3")]
    assert len(headings) > 30
    assert [(level, " ".join(title.split())) for level, title in titles(reader.outline)] == headings


def test_headings_tables_and_figures_are_tagged_and_figures_have_alternatives(reader, html):
    page = read(html)
    tags = list(structure(reader.trailer["/Root"]["/StructTreeRoot"]))
    kinds = Counter(str(tag["/S"]) for tag in tags)
    assert [kinds[f"/H{level}"] for level in (1, 2, 3)] == [len(page.all(f"h{level}")) for level in (1, 2, 3)]
    # A table that goes over a page's end is one on each page, with its heads again.
    for tag in ("table", "tr", "th"):
        assert kinds[f"/{tag.upper() if tag != 'table' else 'Table'}"] >= len(page.all(tag))
    assert kinds["/TD"] == len(page.all("td"))
    alternatives = [" ".join(str(tag.get("/Alt", "")).split()) for tag in tags if tag["/S"] == "/Figure"]
    assert alternatives == [" ".join(image.attributes["alt"].split()) for image in page.all("img")]
    assert all(len(alternative) > 10 for alternative in alternatives)


def test_figures_and_tables_are_numbered_through_and_each_that_is_named_is_there(reader, html):
    page = read(html)
    labels = [e.all("b")[0].text.rstrip(".") for e in page.walk() if e.tag == "figcaption" or is_caption(e)]
    for kind in ("Figure", "Table"):
        mine = [label for label in labels if label.startswith(kind)]
        assert mine == [f"{kind} {n}" for n in range(1, len(mine) + 1)]
    assert set(re.findall(r"(?:Figure|Table) \d+", page.text)) == set(labels)
    printed = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert re.findall(r"(?:Figure|Table) \d+", printed) == labels
    assert [plate.attributes["aria-label"] for plate in page.all("div", "plate")] == [
        label for label in labels if label.startswith("Figure")
    ]


def is_caption(element: Element) -> bool:
    return element.tag == "p" and (element.attributes.get("id") or "").endswith("-caption")


def test_strings_of_the_data_are_text_on_paper_too():
    """Without figures, which take most of the time and are pictures of their own."""
    evil = '<script>alert(1)</script>"><img/src=x/onerror=alert(1)>{{7*7}}=cmd()\u202egnirts\u200f</td>&lt;i&gt;'
    shown = evil.replace("\u202e", "\\u202e").replace("\u200f", "\\u200f")
    found = sample("wine")
    columns = (replace(found.data.columns[0], name=evil), *found.data.columns[1:])
    worst = (replace(found.evaluation.worst[0], truth=evil, predicted=evil, values={evil: evil}),)
    found = replace(
        found,
        title=evil,
        use=evil,
        data=replace(found.data, target=evil, columns=columns),
        evaluation=replace(found.evaluation, worst=worst),
        reproduce=replace(found.reproduce, command=evil, spec_text=evil, params={evil: evil}),
    )
    reader = PdfReader(io.BytesIO(render_pdf(plan(found).html())))
    assert reader.metadata.title == shown
    assert titles(reader.outline)[0] == (0, shown)
    printed = "".join("".join(page.extract_text().split()) for page in reader.pages)
    assert printed.count(shown) >= 8
    assert "\u202e" not in printed
    kinds = {str(one["/S"]) for one in objects(reader) if "/S" in one and "/Type" not in one}
    assert not kinds & {"/JavaScript", "/Launch", "/URI", "/SubmitForm", "/ImportData"}
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(reader.trailer["/Root"])


def objects(reader: PdfReader) -> Iterator[dict[str, Any]]:
    """Every dictionary in the file."""
    for number in range(1, reader.trailer["/Size"]):
        found = reader.get_object(number)
        if isinstance(found, dict):
            yield found


def test_size_is_within_the_limits(html, pdf):
    assert len(html.encode()) < 5_000_000
    assert len(pdf) < 3_000_000


def test_the_same_evidence_gives_the_same_bytes_in_another_process_without_tensorflow(html, pdf, tmp_path):
    path = tmp_path / "evidence.json"
    path.write_text(to_json(sample("breast_cancer")), encoding="utf-8")
    env = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo"}
    words = [sys.executable, "-c", AGAIN, str(path), str(tmp_path / "out")]
    done = subprocess.run(words, capture_output=True, text=True, env=env, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == [hashlib.sha256(data).hexdigest() for data in (html.encode(), pdf)]


def test_a_failed_rendering_leaves_the_last_good_one(monkeypatch, tmp_path):
    small = replace(sample("diabetes"), explanation=None)
    worst = (*small.evaluation.worst, *small.evaluation.worst)
    small = replace(small, evaluation=replace(small.evaluation, worst=worst))  # more than the page shows
    laid_out = SimpleNamespace(pdf=lambda _: b"%PDF-old")
    monkeypatch.setattr("nnc.report.write.lay_out", lambda *_: laid_out)
    web, paper = render(small, tmp_path / "out")
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"report.html", "report.pdf", "report-tables"}
    assert "report-tables/worst.csv" in web.read_text(encoding="utf-8")
    with (tmp_path / "out" / "report-tables" / "worst.csv").open(encoding="utf-8", newline="") as stream:
        assert [row[0] for row in csv.reader(stream)][1:] == [str(one.row) for one in worst]
    before = web.read_bytes(), paper.read_bytes()

    def broken(html):
        raise MemoryError

    laid_out.pdf = broken
    with pytest.raises(MemoryError):
        render(replace(small, title="Another"), tmp_path / "out")
    assert (web.read_bytes(), paper.read_bytes()) == before
