"""The lean dataclasses are dataclasses: the same equality, hashes, fields and text as the real ones give."""

from __future__ import annotations

import dataclasses

import pytest

from nnc.lean import dataclass


@dataclass(frozen=True, slots=True)
class Lean:
    a: int
    b: tuple[int, ...] = ()
    place: int = dataclasses.field(default=0, compare=False, repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Real:
    a: int
    b: tuple[int, ...] = ()
    place: int = dataclasses.field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Child(Lean):
    c: str = "c"


CASES = [(1,), (1, (2,)), (1, (2,), 3), (2,)]


def test_equality_and_hash_are_those_of_a_dataclass() -> None:
    for one in CASES:
        for other in CASES:
            assert (Lean(*one) == Lean(*other)) is (Real(*one) == Real(*other))
            assert (hash(Lean(*one)) == hash(Lean(*other))) is (Real(*one) == Real(*other))
    assert Lean(1) != Child(1)
    assert Lean(1) != Real(1)
    assert len({Lean(1), Lean(1, (), 7), Child(1), Child(1, c="d")}) == 3


def test_the_text_the_fields_and_replace_too() -> None:
    assert repr(Lean(1, (2,), 3)) == repr(Real(1, (2,), 3)).replace("Real", "Lean")
    assert [field.name for field in dataclasses.fields(Child)] == ["a", "b", "place", "c"]
    assert dataclasses.replace(Child(1), c="d") == Child(1, c="d")
    with pytest.raises(TypeError):
        Lean()
    with pytest.raises(AttributeError):
        Lean(1).other = 2
