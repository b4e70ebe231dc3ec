"""Dataclasses of plain values to JSON text and back. The text may come from anybody: it makes only such values."""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def to_json(evidence: object) -> str:
    """The JSON text of any value of this module; keys in the order of the fields, so it is stable.

    NaN and infinity, which JSON does not have, become the strings "NaN", "Infinity", "-Infinity".
    """
    return json.dumps(_plain(evidence), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def from_json(kind: type[T], text: str) -> T:
    """The value again. Raises ValueError where the text is no such value (the file may come from anybody)."""
    try:
        value: T = _typed(kind, json.loads(text))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"this is no {kind.__name__}: {error}") from error
    return value


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value


def _typed(kind: Any, value: Any) -> Any:
    """The value as the type says; a table by the type's origin."""
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        known = {f.name for f in dataclasses.fields(kind)}
        make: Any = kind
        return make(**{k: _typed(hints[k], v) for k, v in value.items() if k in known})
    return _BY_ORIGIN.get(typing.get_origin(kind), _scalar)(kind, value)


def _optional(kind: Any, value: Any) -> Any:
    inner = [arm for arm in typing.get_args(kind) if arm is not type(None)]
    return None if value is None else _typed(inner[0], value)


def _tuple(kind: Any, value: Any) -> Any:
    arms = typing.get_args(kind)
    if len(arms) == 2 and arms[1] is Ellipsis:
        return tuple(_typed(arms[0], item) for item in value)
    return tuple(_typed(arm, item) for arm, item in zip(arms, value, strict=True))


def _mapping(kind: Any, value: Any) -> Any:
    arm = typing.get_args(kind)[1]
    return {key: _typed(arm, item) for key, item in value.items()}


def _scalar(kind: Any, value: Any) -> Any:
    if kind is float:
        return float(value)
    if kind in (int, str, bool) and type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}, found {value!r:.60}")
    return value


_BY_ORIGIN: Mapping[Any, Callable[[Any, Any], Any]] = {
    typing.Union: _optional,
    types.UnionType: _optional,
    tuple: _tuple,
    Mapping: _mapping,
    typing.get_origin(Mapping[str, str]): _mapping,
}
