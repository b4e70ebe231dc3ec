"""Frozen dataclasses that cost a quarter to define: a check defines over a hundred, which was a third of its time.

`dataclasses` compiles a text for each method of each class. Here only `__init__` is compiled; equality, hash and repr
are functions that all classes share. They are dataclasses in all else (`fields`, `replace`, pattern matching). That
nobody assigns to a field of a frozen one is held by mypy, which sees the real decorator, and not at run time.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass

else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, kw_only=False, eq=True):
        """Do what `dataclasses.dataclass` does with these arguments, at less cost."""

        def make(cls):
            made = dataclasses.dataclass(cls, eq=False, repr=False, slots=slots, kw_only=kw_only)
            made.__repr__ = _repr
            if eq:
                made.__eq__ = _eq
                made.__hash__ = _hash if frozen else None
            return made

        return make if cls is None else make(cls)


__all__ = ["dataclass"]


@cache
def _compared(cls: Any) -> Any:
    names = [field.name for field in dataclasses.fields(cls) if field.compare]
    return attrgetter(*names) if names else lambda _: ()


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    get = _compared(self.__class__)
    return get(self) == get(other)


def _hash(self: Any) -> int:
    return hash((self.__class__, _compared(self.__class__)(self)))


def _repr(self: Any) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"
