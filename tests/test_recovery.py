"""Several mistakes in a file: each is found, and little is said that merely follows from one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden import CASES, findings_of
from tests.mutations import sweep


def test_five_mistakes_are_five_findings_in_order() -> None:
    found = findings_of(CASES / "bad" / "five_mistakes.nn")
    lines = [item.labels[0].span.source.position(item.labels[0].span.start)[0] for item in found]
    assert lines == [2, 5, 6, 7, 8, 9]


FIVES = sorted((CASES / "bad").glob("five_*_*.nn"))


def test_there_are_files_of_five_mistakes() -> None:
    assert len(FIVES) >= 60


@pytest.mark.parametrize("path", FIVES, ids=lambda path: path.stem)
def test_each_mistake_is_one_finding_in_its_place(path: Path) -> None:
    """The first comment of such a file says on which lines its mistakes are."""
    head = path.read_text("utf-8").split("\n", 1)[0]
    wanted = [int(number) for number in head.removeprefix("# mistakes on the lines ").split(", ")]
    assert len(wanted) >= 5
    found = findings_of(path)
    assert [item.labels[0].span.source.position(item.labels[0].span.start)[0] for item in found] == wanted


def test_damaged_specs_give_findings_about_the_damage() -> None:
    """The whole sweep is `python -m tests.mutations 2000`."""
    rates = sweep(60, seed=7)
    assert rates.places > 150
    assert rates.missed < 0.09
    assert rates.following < 0.09
