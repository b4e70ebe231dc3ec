"""Several mistakes in a file: each is found, and little is said that merely follows from one of them."""

from __future__ import annotations

from tests.golden import CASES, findings_of
from tests.mutations import sweep


def test_five_mistakes_are_five_findings_in_order() -> None:
    found = findings_of(CASES / "bad" / "five_mistakes.nn")
    lines = [item.labels[0].span.source.position(item.labels[0].span.start)[0] for item in found]
    assert lines == [2, 5, 6, 7, 8, 9]


def test_damaged_specs_give_findings_about_the_damage() -> None:
    """The whole sweep is `python -m tests.mutations 2000`."""
    rates = sweep(60, seed=7)
    assert rates.places > 150
    assert rates.missed < 0.12
    assert rates.following < 0.12
