"""Figures are drawn elsewhere or here, and nobody sees which; what is drawn looks as matplotlib draws it."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pypdfium2
import pytest
import weasyprint
from matplotlib.figure import Figure

from nnc.plain_json import to_json
from nnc.report import render_html, style
from nnc.report.build import plan
from nnc.report.drawing import Drawing, picture
from tests.report_samples import sample

KILLED = """
import os, sys, time
from pathlib import Path
from nnc import evidence
from nnc.report import Pool
from nnc.report.build import plan
found = evidence.read(Path(sys.argv[1]))
with Pool() as pool:
    planned = plan(found)
    pool.begin(planned, found, ())
    worker = int(Path(f"/proc/self/task/{os.getpid()}/children").read_text())
    while not planned.drawings["fig-verdict"].is_made:
        time.sleep(0.01)
    os.kill(worker, 9)
    pool.end()
    assert not all(drawing.is_made for drawing in planned.drawings.values())
sys.stdout.buffer.write(planned.drawn().html().encode())
"""
LEFT_ALONE = """
import os, sys
from pathlib import Path
from nnc.report import Pool
with Pool():
    print(Path(f"/proc/self/task/{os.getpid()}/children").read_text(), flush=True)
    os.kill(os.getpid(), 9)
"""


def test_when_the_other_process_is_killed_the_rest_is_drawn_here(tmp_path: Path) -> None:
    small = replace(sample("diabetes"), explanation=None)
    path = tmp_path / "evidence.json"
    path.write_text(to_json(small), encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], capture_output=True, check=True, timeout=120)
    assert done.stdout.decode() == render_html(small)


HANGS = """
import sys
from pathlib import Path
from nnc import evidence
from nnc.report import Pool, pool
from nnc.report.build import plan
pool.PATIENCE = 0.5
pool._COMMAND = ("-c", "import time; time.sleep(600)")
found = evidence.read(Path(sys.argv[1]))
with Pool() as drawer:
    planned = plan(found)
    drawer.begin(planned, found, ())
    drawer.end()
sys.stdout.buffer.write(planned.drawn().html().encode())
"""


def test_a_process_that_never_answers_is_not_waited_for_and_its_section_says_so(tmp_path: Path) -> None:
    small = replace(sample("diabetes"), explanation=None)
    path = tmp_path / "evidence.json"
    path.write_text(to_json(small), encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", HANGS, str(path)], capture_output=True, check=True, timeout=120)
    html = done.stdout.decode()
    assert html.count("TimeoutError: the process that draws gave no answer for 0.5 seconds") == 1
    assert 'id="fig-verdict"' not in html  # the figure that was asked for
    assert 'id="fig-training"' in html  # the others are drawn here
    assert "drawing:" not in html


def test_when_this_process_is_killed_the_other_ends() -> None:
    done = subprocess.run([sys.executable, "-c", LEFT_ALONE], capture_output=True, text=True, check=False, timeout=120)
    worker = Path("/proc", done.stdout.strip())
    until = time.monotonic() + 60
    while worker.is_dir() and "(zombie)" not in (worker / "status").read_text() and time.monotonic() < until:
        time.sleep(0.05)
    assert time.monotonic() < until


def test_a_section_whose_figure_cannot_be_drawn_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise ValueError("no ink")

    monkeypatch.setattr("nnc.report.charts.evaluation.quantiles", lambda *_: Drawing(100, 58, broken))
    planned = plan(replace(sample("diabetes"), explanation=None))
    whole = planned.drawn()
    assert whole is not planned
    assert "ValueError: no ink" in whole.html()
    assert "drawing:" not in whole.html()


def everything(figure: Figure) -> None:
    """Lines, dashes, markers, bars, faces that one sees through, a picture, points as a picture, texts of all kinds."""
    (one, two), (three, four) = figure.subplots(2, 2)
    x = np.linspace(0, 6, 60)
    one.plot(x, np.sin(x), "--", label="sine")
    one.plot(x[::6], np.cos(x[::6]), "-o", markeredgecolor="black", label="<cosine> & more")
    one.fill_between(x, -0.5, 0.5, alpha=0.2)
    one.set(ylim=(-0.8, 0.8), title="sticks out of its clip", xlabel="across")
    one.legend()
    two.bar(range(4), [3, -1, 2, 5], edgecolor="white")
    two.axhline(0, color="red", linewidth=3)
    two.set_ylabel("turned")
    three.imshow(np.arange(12).reshape(3, 4), aspect="auto", interpolation="nearest")
    three.text(1, 1, "two\nlines", color="white", weight="bold", ha="center")
    rng = np.random.default_rng(0)
    four.scatter(rng.normal(size=400), rng.normal(size=400), s=9, alpha=0.5, linewidths=0, rasterized=True)
    four.annotate("an arrow", (0, 0), (1, 1), arrowprops={"arrowstyle": "->"})


def pixels(svg: str) -> np.ndarray:
    page = f"<style>@page {{ size: 100mm 80mm; margin: 0 }} img {{ display: block }}</style><img src='{picture(svg)}'>"
    pdf = weasyprint.HTML(string=page).write_pdf()
    return np.asarray(pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil().convert("L"), dtype=int)


def test_a_drawing_looks_as_matplotlibs_own_svg_and_is_shorter() -> None:
    ours = style.draw("A & B", 100, 80, everything)
    stream = io.StringIO()
    with style.themed():
        figure = Figure(figsize=(100 / 25.4, 80 / 25.4), layout="constrained")
        everything(figure)
        import matplotlib as mpl

        with mpl.rc_context({"svg.fonttype": "none"}):
            figure.savefig(stream, format="svg", dpi=200)
    theirs = stream.getvalue()
    root = ET.fromstring(ours.svg)  # noqa: S314 - our own
    assert root.attrib["width"] == f"{ours.width}pt"
    assert root.attrib["height"] == f"{ours.height}pt"
    texts = [(e.text or "").strip() for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"<cosine> & more", "turned", "two", "lines", "an arrow"} <= set(texts)
    assert root[0].text == "A & B"
    mine, other = pixels(ours.svg), pixels(theirs)
    assert (mine < 200).mean() > 0.05, "something is drawn"
    assert (np.abs(mine - other) > 60).mean() < 0.003
    assert len(ours.svg) < 0.7 * len(theirs)
