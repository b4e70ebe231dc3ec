"""Which dtype comes of several: Keras's promotion, a lattice in which each dtype has those that can hold it above it.

Source: the lattice of https://docs.jax.dev/en/latest/jep/9407-type-promotion.html, which Keras follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from nnc.catalog.ops.arrays import Array
from nnc.catalog.rules import Refused, is_float

# Each dtype and what lies directly above it; `int` and `float` are Python's numbers.
_ABOVE: dict[str, tuple[str, ...]] = {
    "bool": ("int",),
    "int": ("int8", "uint8"),
    "int8": ("int16",),
    "uint8": ("int16", "uint16"),
    "int16": ("int32",),
    "uint16": ("int32", "uint32"),
    "int32": ("int64",),
    "uint32": ("int64", "uint64"),
    "int64": ("float",),
    "uint64": ("float",),
    "float": ("bfloat16", "float16"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64",),
    "float64": (),
}
DTYPES = tuple(name for name in _ABOVE if name not in ("int", "float"))
_PYTHON = {"int": "int32", "float": "float32"}


@cache
def _upward(dtype: str) -> frozenset[str]:
    return frozenset({dtype}).union(*(_upward(above) for above in _ABOVE[dtype]))


@cache
def _join(names: frozenset[str]) -> str:
    common = frozenset.intersection(*(_upward(name) for name in names))
    lowest = [name for name in common if common <= _upward(name)]
    return lowest[0]


def promoted(arrays: Iterable[Array], *more: str) -> str:
    """The dtype of computing with these together; `more` adds Python's `int` or `float`."""
    names = {("int" if array.dtype == "int32" else "float") if array.weak else array.dtype for array in arrays}
    return _python(_join(frozenset(names) | set(more)))


def _python(name: str) -> str:
    return _PYTHON.get(name, name)


def floated(dtype: str) -> str:
    """The dtype of a function that gives fractions: whole numbers become float32."""
    return dtype if is_float(dtype) else "float32"


def floated_wide(dtype: str) -> str:
    """The same, where 64-bit whole numbers become 64-bit floats."""
    return "float64" if dtype == "int64" else floated(dtype)


def size_in_bytes(dtype: str) -> int:
    """How many bytes a value takes."""
    digits = "".join(letter for letter in dtype if letter.isdigit())
    return int(digits) // 8 if digits else 1


def single(_: str) -> str:
    """A function whose result Keras says is float32 whatever float goes in."""
    return "float32"


def summed(dtype: str) -> str:
    """The dtype of a sum: truth values and small whole numbers are counted in 32 bits."""
    return {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}.get(dtype, dtype)


def accumulated(dtype: str) -> str:
    """The dtype of a running sum or a square: truth values are counted, the rest is kept."""
    return "int32" if dtype == "bool" else dtype


def truth(_: str) -> str:
    """A function that asks a question."""
    return "bool"


def kept(dtype: str) -> str:
    """A function that keeps the dtype."""
    return dtype


def index(_: str) -> str:
    """A function that gives places."""
    return "int32"


_WHO: Mapping[str, Callable[[str], bool]] = {
    "floats": is_float,
    "numbers": lambda dtype: dtype != "bool",
    "signed": lambda dtype: dtype != "bool" and not dtype.startswith("uint"),
    "whole": lambda dtype: dtype.startswith(("int", "uint")),
    "wide": lambda dtype: dtype in ("float32", "float64"),
    "not half": lambda dtype: dtype not in ("float16", "bfloat16"),
    "any": lambda _: True,
}
_NOUNS = {
    "floats": "a float tensor",
    "whole": "whole numbers",
    "wide": "a float32 or float64 tensor",
    "not half": "a tensor that is not of 16-bit floats",
    "numbers": "numbers, not truth values",
    "signed": "numbers that can be negative",
}


def need(array: Array, takes: str, argument: str) -> None:
    """Refuse a dtype that TensorFlow can't compute this with."""
    if not _WHO[takes](array.dtype):
        raise Refused(
            f"`{argument}` must be {_NOUNS[takes]}", _NOUNS[takes], array.dtype, argument,
            'turn it with `ops.cast(x, "float32")`',
        )  # fmt: skip
