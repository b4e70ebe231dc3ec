"""The lean dataclasses are dataclasses: the same equality, hashes, fields and text as the real ones give."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from typing import Any

import pytest

import nnc.catalog
import nnc.check
import nnc.syntax
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


def _lean_classes() -> list[Any]:
    """Every lean class of ours that needs no more than the standard library."""
    found: dict[Any, None] = {}
    for room in (nnc.syntax, nnc.catalog, nnc.check):
        for place in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if place.name != "nnc.syntax.generate":  # it loads lark
                for value in vars(importlib.import_module(place.name)).values():
                    if isinstance(value, type) and "__lean__" in value.__dict__:
                        found[value] = None
    return list(found)


def test_every_class_takes_what_the_real_decorator_lets_it_take() -> None:
    classes = _lean_classes()
    assert len(classes) > 100
    for cls in classes:
        fields = dataclasses.fields(cls)
        assert [field.name for field in fields] == list(_names(cls)), cls
        taken = [field for field in fields if field.init]
        empty = {field.name: object() for field in taken}
        if "__post_init__" not in dir(cls):
            made = cls(**empty)  # now its own `__init__` is there
            assert all(getattr(made, name) is value for name, value in empty.items()), cls
            parameters = list(inspect.signature(cls).parameters.values())
            ordered = sorted(taken, key=lambda field: bool(field.kw_only))
            assert [one.name for one in parameters] == [field.name for field in ordered], cls
            for one, field in zip(parameters, ordered, strict=True):
                assert (one.kind is inspect.Parameter.KEYWORD_ONLY) is field.kw_only, cls
                needs = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
                assert (one.default is inspect.Parameter.empty) is needs, cls
                assert needs or field.default is dataclasses.MISSING or one.default is field.default, cls
        assert cls.__match_args__ == tuple(field.name for field in taken if not field.kw_only), cls


def _names(cls: Any) -> dict[str, None]:
    return {name: None for base in reversed(cls.__mro__) for name in base.__dict__.get("__lean__", ())}


def test_a_fresh_list_for_each_and_what_is_set_afterwards() -> None:
    @dataclass(slots=True)
    class Holder:
        items: list[int] = dataclasses.field(default_factory=list)
        size: int = dataclasses.field(init=False)

        def __post_init__(self) -> None:
            self.size = len(self.items)

    one, other = Holder(), Holder()
    one.items.append(1)
    assert (one.items, other.items, Holder([1, 2]).size) == ([1], [], 2)
    assert one != other
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)
