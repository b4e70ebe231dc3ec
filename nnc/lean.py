"""Frozen dataclasses that cost a tenth to define: a check defines over a hundred, which was a third of its time.

`dataclasses` compiles a text for each method of each class. Here equality, hash and repr are functions that all
classes share, `__init__` is compiled when the first instance is made, and the rest is left to `dataclasses` when
somebody asks for it (`fields`, `replace`). They are dataclasses in all else. That nobody assigns to a field of a frozen
one is held by mypy, which sees the real decorator, and not at run time.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass

else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, kw_only=False, eq=True):
        """Do what `dataclasses.dataclass` does with these arguments, at less cost."""

        def make(cls):
            own = {name: _field(cls, name, kw_only) for name in inspect.get_annotations(cls)}
            made = _with_slots(cls, own) if slots else cls
            made.__lean__ = own
            made.__match_args__ = tuple(
                name for name, field in _fields(made).items() if field.init and not field.kw_only
            )
            made.__init__ = _first_init(made)
            for name in _ASKED:
                setattr(made, name, _Asked(name, made, cls, kw_only))
            made.__repr__ = _repr
            if eq:
                made.__eq__ = _eq
                made.__hash__ = _hash if frozen else None
            return made

        return make if cls is None else make(cls)


__all__ = ["dataclass"]

_ASKED = ("__dataclass_fields__", "__dataclass_params__")
_MISSING = dataclasses.MISSING
_Field: Any = dataclasses.Field


def _field(cls: Any, name: str, kw_only: bool) -> Any:
    """What the class says of a field: always as `dataclasses.field` would say it."""
    given = cls.__dict__.get(name, _MISSING)
    found = given if isinstance(given, _Field) else dataclasses.field(default=given)
    if found.kw_only is _MISSING:
        found.kw_only = kw_only
    return found


def _fields(cls: Any) -> Mapping[str, Any]:
    """All fields, those of the classes above first."""
    return {name: field for base in reversed(cls.__mro__) for name, field in base.__dict__.get("__lean__", {}).items()}


def _with_slots(cls: Any, own: Mapping[str, Any]) -> Any:
    """The same class with slots: they can't be added to one that is there."""
    body = {name: value for name, value in cls.__dict__.items() if name not in own}
    above = {name for base in cls.__mro__[1:] for name in base.__dict__.get("__slots__", ())}
    body["__slots__"] = tuple(name for name in own if name not in above)
    body.pop("__dict__", None)
    body.pop("__weakref__", None)
    made = type(cls)(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    return made


def _first_init(cls: Any) -> Callable[..., None]:
    """What stands in for `__init__` until there is an instance to be made."""

    def first(self: Any, /, *args: Any, **kwargs: Any) -> None:
        if cls.__init__ is first:
            cls.__init__ = _init(cls)
        cls.__init__(self, *args, **kwargs)

    return first


def _init(cls: Any) -> Any:
    fields = _fields(cls)
    space: dict[str, Any] = {}
    parameters, keywords, lines = ["self"], list[str](), list[str]()
    for name, field in fields.items():
        if not field.init:  # `__post_init__` sets it
            continue
        value = name
        if field.default_factory is not _MISSING:
            space[f"_default_{name}"], space["_none"] = field.default_factory, _MISSING
            parameter, value = f"{name}=_none", f"_default_{name}() if {name} is _none else {name}"
        elif field.default is not _MISSING:
            space[f"_default_{name}"] = field.default
            parameter = f"{name}=_default_{name}"
        else:
            parameter = name
        (keywords if field.kw_only else parameters).append(parameter)
        lines.append(f" self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    if keywords:
        parameters += ["*", *keywords]
    exec("\n".join([f"def __init__({', '.join(parameters)}):", *(lines or [" pass"])]), space)  # noqa: S102 - as dataclasses
    return space["__init__"]


class _Asked:
    """Stands in a class for what `dataclasses` says of it, until somebody asks."""

    __slots__ = ("_kw_only", "_made", "_name", "_written")

    def __init__(self, name: str, made: Any, written: Any, kw_only: bool) -> None:
        self._name, self._made, self._written, self._kw_only = name, made, written, kw_only

    def __get__(self, instance: Any, owner: Any) -> Any:
        dataclasses.dataclass(self._written, init=False, eq=False, repr=False, kw_only=self._kw_only)
        for name in _ASKED:
            setattr(self._made, name, self._written.__dict__[name])
        return getattr(self._made, self._name)


@cache
def _compared(cls: Any) -> Any:
    names = [name for name, field in _fields(cls).items() if field.compare]
    return attrgetter(*names) if names else lambda _: ()


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    get = _compared(self.__class__)
    return get(self) == get(other)


def _hash(self: Any) -> int:
    return hash((self.__class__, _compared(self.__class__)(self)))


def _repr(self: Any) -> str:
    fields = _fields(self.__class__).items()
    shown = (f"{name}={getattr(self, name)!r}" for name, field in fields if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"
