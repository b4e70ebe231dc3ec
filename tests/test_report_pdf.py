"""The PDF as a reader of PDF sees it, and that the same evidence gives the same bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from nnc.plain_json import to_json
from nnc.report import render, render_pdf
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
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


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


def test_bookmarks_go_down_to_the_third_level(reader, html):
    found = titles(reader.outline)
    assert [title for level, title in found if level == 0] == ["Benign or malignant"]
    assert [title.split(" ", 1)[0] for level, title in found if level == 1] == [str(n) for n in range(1, 13)]
    assert "The columns" in [title for level, title in found if level == 2]


def test_figures_have_alternatives_and_tables_have_heads(reader, html):
    tags = list(structure(reader.trailer["/Root"]["/StructTreeRoot"]))
    kinds = {str(tag["/S"]) for tag in tags}
    assert {"/H1", "/H2", "/H3", "/P", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= kinds
    figures = [tag for tag in tags if tag["/S"] == "/Figure"]
    assert len(figures) >= html.count("<figure ")
    assert all(len(str(figure.get("/Alt", ""))) > 10 for figure in figures)


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
