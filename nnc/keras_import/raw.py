"""A configuration from a file is whatever somebody put there: accessors that say what is wrong instead of failing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

# What JSON holds. Everything that is read from it goes through the functions below.
Raw: TypeAlias = Any


class Broken(Exception):
    """The configuration is not one that Keras writes. The message is a sentence."""


class Unsayable(Exception):
    """Something that the language has no words for. The message is the reason, to stand behind a colon."""


def mapping(value: Raw, what: str) -> Mapping[str, Raw]:
    """A JSON object. Raises Broken where it is something else."""
    if not isinstance(value, dict):
        raise Broken(f"{what} should be an object, and is {shown(value)}")
    return value


def sequence(value: Raw, what: str) -> Sequence[Raw]:
    """A JSON list. Raises Broken where it is something else."""
    if not isinstance(value, (list, tuple)):
        raise Broken(f"{what} should be a list, and is {shown(value)}")
    return value


def text(value: Raw, what: str) -> str:
    """A string of sensible length. Raises Broken where it is something else."""
    if not isinstance(value, str) or not value or len(value) > 500:
        raise Broken(f"{what} should be a name, and is {shown(value)}")
    return value


def whole(value: Raw, what: str) -> int:
    """A whole number of at least 0. Raises Broken where it is something else."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise Broken(f"{what} should be a whole number, and is {shown(value)}")
    return value


def finite(value: float) -> float:
    """A number that a spec can hold. Raises Broken for infinity and what is no number."""
    if not math.isfinite(value):
        raise Broken(f"{value} is no number that a spec can hold")
    return value


def shown(value: Raw) -> str:
    """A value in a message, shortened."""
    result = repr(value) if isinstance(value, (str, int, float, bool, type(None))) else type(value).__name__
    return result if len(result) <= 60 else f"{result[:57]}..."
