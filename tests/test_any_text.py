"""Any text at all compiles or gives findings, and all of `tests/fuzz/invariants.py` holds of it."""

# ruff: noqa: S311 - repeatable numbers, no secrets
from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.fuzz.invariants import hold
from tests.fuzz.mutate import mutated, seeds, soup

FOUND = sorted((ROOT / "tests" / "fuzz" / "found").glob("*.nn"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found_once(path: Path) -> None:
    hold(path.read_bytes().decode("utf-8", "replace"))


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_characters(text: str) -> None:
    hold(text)


@settings(max_examples=100)
@given(st.integers(0, 2**32))
def test_words_of_the_language_in_any_order(seed: int) -> None:
    hold(soup(random.Random(seed)))


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_specs_with_a_few_changes(seed: int) -> None:
    rng = random.Random(seed)
    hold(mutated(rng.choice(seeds()), rng))


_ENDS = st.sampled_from(["\n", "\r\n", "\r", "\x85", "\u2028", "\n\t", "\n\ufeff", "\x0c\n"])


@settings(max_examples=60)
@given(st.integers(0, 2**32), _ENDS, st.sampled_from(["", "\ufeff"]))
def test_line_ends_and_marks_of_any_kind(seed: int, end: str, mark: str) -> None:
    text = random.Random(seed).choice(seeds())
    hold(mark + text.replace("\n", end))
