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
from nnc.report import Other, render_html
from nnc.report.sections.compare import difference
from nnc.scoring.rows import SCORED, ScoredRows, paired, write
from nnc.scoring.rows import read as read_scored
from nnc.scoring.scores import Predictions
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
    page = read(render_html(sample("breast_cancer"), None, [Other(*one) for one in beside]))
    found = page.by_id("compare")
    assert found is not None
    return found


def scored(seed: int, rows: int = 114) -> ScoredRows:
    """A classifier's answers on rows of which the truth is always the same; most rows are as hard for any seed."""
    common = np.random.default_rng(0)
    truth = common.integers(2, size=rows).astype(float)
    noise = common.normal(scale=0.5, size=rows) + np.random.default_rng(seed).normal(scale=0.15, size=rows)
    said = Predictions("binary", truth, np.clip(truth + noise, 0, 1), 2)
    return ScoredRows(np.arange(1, rows + 1), {"target": said})


def test_a_paired_interval_is_that_of_a_plain_bootstrap_over_the_same_rows(tmp_path: Path) -> None:
    mine, theirs = scored(1), scored(2)
    for name, one in (("mine", mine), ("theirs", theirs)):
        write(tmp_path / name, one)
    kept = [read_scored(tmp_path / name) for name in ("mine", "theirs")]
    assert kept[0] is not None
    assert kept[1] is not None
    gap = paired(kept[0], kept[1], "target", "accuracy", seed=7)
    assert gap is not None
    hits = [(one.heads["target"].scores >= 0.5) == (one.heads["target"].truth == 1) for one in (mine, theirs)]
    rng = np.random.default_rng(123)
    drawn = rng.integers(114, size=(20_000, 114))
    # resamples of its own for each run would give an interval some twice as wide
    gaps = hits[0][drawn].mean(axis=1) - hits[1][drawn].mean(axis=1)
    low, high = np.percentile(gaps, [2.5, 97.5])
    assert gap.value == pytest.approx(hits[0].mean() - hits[1].mean())
    assert gap.low == pytest.approx(low, abs=1.5 / 114)  # of 1,000 resamples, in steps of a row
    assert gap.high == pytest.approx(high, abs=1.5 / 114)


def test_runs_of_other_rows_or_other_truths_are_not_paired(tmp_path: Path) -> None:
    mine, theirs = scored(1), scored(2)
    said = theirs.heads["target"]
    turned = Predictions("binary", 1 - said.truth, said.scores, 2)
    assert paired(mine, ScoredRows(theirs.rows + 1, theirs.heads), "target", "accuracy", 0) is None
    assert paired(mine, ScoredRows(theirs.rows, {"target": turned}), "target", "accuracy", 0) is None
    assert paired(mine, theirs, "another", "accuracy", 0) is None
    assert paired(mine, theirs, "target", "spec:mine", 0) is None
    (tmp_path / "broken").write_bytes(b"PK no archive")
    assert read_scored(tmp_path / "broken") is None
    assert read_scored(tmp_path / "nothing") is None


def test_what_somebody_sent_is_not_unpacked_without_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "kept", scored(1))
    assert read_scored(tmp_path / "kept") is not None
    monkeypatch.setattr("nnc.scoring.rows.MAX_BYTES", 100)
    assert read_scored(tmp_path / "kept") is None
    (tmp_path / "kept").write_bytes((tmp_path / "kept").read_bytes()[:-30])
    assert read_scored(tmp_path / "kept") is None
    assert read_scored(tmp_path / "none") is None


def test_without_other_runs_there_is_no_such_section() -> None:
    assert read(render_html(sample("breast_cancer"))).by_id("compare") is None


def test_the_difference_is_this_less_the_other_with_an_interval() -> None:
    mine = next(m for m in sample("breast_cancer").evaluation.metrics if m.key == "accuracy").estimate
    said = section(("older", other())).text
    assert "older" in said
    assert f"{mine.value - 0.9:+.3f}".replace("-", "−")[:5] in said
    assert "the same rows, not paired" in said


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
    assert "not paired" in compared.text
    target = sample("breast_cancer").output
    for seed, name in enumerate(("new", "old")):
        write(tmp_path / name / SCORED, ScoredRows(scored(seed).rows, {target: scored(seed).heads["target"]}))
    assert run(["report", new, "--compare", old]) == 0
    compared = read((tmp_path / "new" / "report.html").read_text(encoding="utf-8")).by_id("compare")
    assert compared is not None
    assert "the same rows, paired" in compared.text
    assert run(["report", new, "--compare", str(tmp_path / "nothing")]) == 1
    assert "is no finished run" in capsys.readouterr().err
