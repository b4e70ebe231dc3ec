"""Runs side by side: the gap of the primary metric with its interval, and what differs between them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnc import evidence as ev
from nnc.cli import run
from nnc.plain_json import to_json
from nnc.report import render_html
from nnc.report.sections.compare import difference
from tests.report_reader import Element, read
from tests.report_samples import sample


def other(**changed: object) -> ev.Evidence:
    found = sample("breast_cancer")
    metrics = tuple(
        replace(metric, estimate=ev.Estimate(0.9, 0.85, 0.95, metric.estimate.n))
        if metric.key == "accuracy"
        else metric
        for metric in found.evaluation.metrics
    )
    spec = found.reproduce.spec_text.replace("Dense(16, relu)", "Dense(8, relu)")
    return replace(
        found,
        evaluation=replace(found.evaluation, metrics=metrics),
        reproduce=replace(found.reproduce, spec_text=spec, seed=8),
        **changed,  # type: ignore[arg-type]  # fields of Evidence
    )


def section(*beside: tuple[str, ev.Evidence]) -> Element:
    page = read(render_html(sample("breast_cancer"), None, beside))
    found = page.by_id("compare")
    assert found is not None
    return found


def test_without_other_runs_there_is_no_such_section() -> None:
    assert read(render_html(sample("breast_cancer"))).by_id("compare") is None


def test_the_difference_is_this_less_the_other_with_an_interval() -> None:
    mine = next(m for m in sample("breast_cancer").evaluation.metrics if m.key == "accuracy").estimate
    said = section(("older", other())).text
    assert "older" in said
    assert f"{mine.value - 0.9:+.3f}".replace("-", "−")[:5] in said
    assert "the same rows" in said


def test_the_interval_of_a_difference_holds_the_truth_of_independent_runs() -> None:
    """Two models measured on rows of their own: 95 of 100 intervals hold the true gap."""
    from scipy.stats import binomtest

    rng = np.random.default_rng(0)
    held = 0
    for _ in range(600):
        pair = []
        for truth in (0.9, 0.85):
            hits = int(rng.binomial(200, truth))
            limits = binomtest(hits, 200).proportion_ci(method="wilson")
            pair.append(ev.Estimate(hits / 200, limits.low, limits.high, 200))
        gap = difference(*pair)
        assert gap.low is not None
        assert gap.high is not None
        held += gap.low <= 0.05 <= gap.high
    assert 0.93 <= held / 600 <= 0.97


def test_a_gap_without_intervals_has_none() -> None:
    gap = difference(ev.Estimate(0.9), ev.Estimate(0.8, 0.7, 0.9))
    assert math.isclose(gap.value, 0.1)
    assert (gap.low, gap.high) == (None, None)


def test_what_differs_is_told_and_what_does_not_is_left_out() -> None:
    found = section(("older", other()))
    said = found.text
    assert "Seed" in said
    assert "Optimizer" not in said
    changed = [span.text for span in found.all("span") if str(span.attributes.get("class", "")).startswith("d-")]
    assert "- h1 = x -> Dense(8, relu) -> Dropout(0.2)" in " ".join(changed)
    assert "+ h1 = x -> Dense(16, relu) -> Dropout(0.2)" in " ".join(changed)


def test_other_data_and_other_questions_are_told() -> None:
    elsewhere = other(data=replace(sample("breast_cancer").data, sha256="f" * 64, split_seed=99))
    assert "not the same data and split" in section(("elsewhere", elsewhere)).text
    assert "it predicts something else" in section(("houses", sample("diabetes"))).text


def test_the_command_compares_runs_without_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, found in (("new", sample("breast_cancer")), ("old", other())):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "evidence.json").write_text(to_json(found), encoding="utf-8")
        (folder / "spec.nn").write_text(found.reproduce.spec_text, encoding="utf-8")
    new, old = str(tmp_path / "new"), str(tmp_path / "old")
    assert run(["report", new, "--compare", old]) == 0
    page = read((tmp_path / "new" / "report.html").read_text(encoding="utf-8"))
    compared = page.by_id("compare")
    assert compared is not None
    assert "old" in compared.text
    assert run(["report", new, "--compare", str(tmp_path / "nothing")]) == 1
    assert "is no finished run" in capsys.readouterr().err
