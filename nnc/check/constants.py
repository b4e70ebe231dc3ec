"""Arithmetic when compiling: operators and functions of numbers, lists and shapes, as rows of two tables.

Each computes a value or gives a `Trouble`; none can take long or make anything large, whatever it is given.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias, cast

from nnc import codes, limits
from nnc.catalog import Size
from nnc.check.faults import Trouble
from nnc.check.values import TensorValue, Value, is_number, noun, show
from nnc.lean import dataclass

Number: TypeAlias = int | float


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator: the function of keras.ops that it is for tensors, and what it does with constants."""

    op: str
    compute: Callable[[str, Value, Value], Value | Trouble]


def _bounded(value: Number) -> Value | Trouble:
    too_big = abs(value) > limits.MAX_INTEGER if isinstance(value, int) else not math.isfinite(value)
    if too_big:
        return Trouble(
            codes.TOO_BIG,
            "the result is larger than a number may be",
            expected="whole numbers below 2^63, others below about 1.8e308",
        )
    return value


def _operand_trouble(symbol: str, value: Value, operand: int | None = None) -> Trouble:
    if isinstance(value, Size):
        return replace(unknown_size(value), operand=operand)
    return Trouble(
        codes.BAD_OPERAND,
        f"`{symbol}` can't take {noun(value)}",
        expected="a number",
        found=show(value),
        operand=operand,
    )


def unknown_size(size: Size) -> Trouble:
    """A size is needed now and not known before there is data or input."""
    source = "the data" if size.name.startswith("features") else "the input"
    return Trouble(
        codes.UNKNOWN_SIZE,
        f"the size `{size}` is not known when compiling",
        expected="a size that stands in the spec",
        help=f"it hangs on {source}; write the size as a number or a param",
    )


def _arithmetic(function: Callable[[Number, Number], Number]) -> Callable[[str, Value, Value], Value | Trouble]:
    def compute(symbol: str, left: Value, right: Value) -> Value | Trouble:
        for operand, value in enumerate((left, right)):
            if not is_number(value):
                return _operand_trouble(symbol, value, operand)
        try:
            return _bounded(function(cast("Number", left), cast("Number", right)))
        except ZeroDivisionError:
            return Trouble(codes.NO_RESULT, "this divides by zero", found=f"{show(left)} {symbol} {show(right)}")
        except OverflowError:
            return _bounded(math.inf)
        except ArithmeticError:
            return Trouble(codes.NO_RESULT, "no number is the result", found=f"({show(left)}) {symbol} {show(right)}")

    return compute


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(base, int) and isinstance(exponent, int) and exponent > 0 and base.bit_length() * exponent > 128:
        return math.copysign(1, base) * math.inf if abs(base) > 1 else base ** (exponent % 2 + 2)
    if base < 0 and exponent != math.floor(exponent):
        raise ArithmeticError  # a root of a negative number
    return cast("Number", base**exponent)


def _add(symbol: str, left: Value, right: Value) -> Value | Trouble:
    if isinstance(left, tuple) and isinstance(right, tuple):
        return _joined(left + right, len(left) + len(right), limits.MAX_ITEMS, "items of a list")
    if isinstance(left, str) and isinstance(right, str):
        return _joined(left + right, len(left) + len(right), limits.MAX_STRING, "characters of a string")
    return _arithmetic(operator.add)(symbol, left, right)


def _joined(value: Value, length: int, most: int, what: str) -> Value | Trouble:
    if length > most:
        return Trouble(codes.TOO_BIG, "the result is longer than it may be", f"at most {most:,} {what}", f"{length:,}")
    return value


_SCALARS = (bool, int, float, str, type(None))


def _equality(function: Callable[[object, object], bool]) -> Callable[[str, Value, Value], Value | Trouble]:
    def compute(symbol: str, left: Value, right: Value) -> Value | Trouble:
        for operand, value in enumerate((left, right)):
            if isinstance(value, Size):
                return replace(unknown_size(value), operand=operand)
            if not isinstance(value, _SCALARS):
                return Trouble(
                    codes.BAD_OPERAND,
                    f"`{symbol}` can't compare {noun(value)}",
                    expected="numbers, strings, true, false or none",
                    found=show(value),
                    operand=operand,
                )
        return function(left, right)

    return compute


def _order(function: Callable[[Number, Number], bool]) -> Callable[[str, Value, Value], Value | Trouble]:
    def compute(symbol: str, left: Value, right: Value) -> Value | Trouble:
        for operand, value in enumerate((left, right)):
            if not is_number(value):
                return _operand_trouble(symbol, value, operand)
        return function(cast("Number", left), cast("Number", right))

    return compute


def _no_constants(symbol: str, left: Value, right: Value) -> Value | Trouble:
    del right
    return Trouble(codes.BAD_OPERAND, f"`{symbol}` is for tensors", expected="two tensors", found=show(left))


def _logic(function: Callable[[bool, bool], bool]) -> Callable[[str, Value, Value], Value | Trouble]:
    def compute(symbol: str, left: Value, right: Value) -> Value | Trouble:
        for operand, value in enumerate((left, right)):
            if not isinstance(value, bool):
                return Trouble(
                    codes.NOT_A_CONDITION,
                    f"`{symbol}` can't take {noun(value)}",
                    expected="true or false, or a comparison",
                    found=show(value),
                    operand=operand,
                )
        return function(cast("bool", left), cast("bool", right))

    return compute


OPERATORS: Mapping[str, Operator] = {
    "+": Operator("add", _add),
    "-": Operator("subtract", _arithmetic(operator.sub)),
    "*": Operator("multiply", _arithmetic(operator.mul)),
    "/": Operator("divide", _arithmetic(operator.truediv)),
    "//": Operator("floor_divide", _arithmetic(operator.floordiv)),
    "%": Operator("mod", _arithmetic(operator.mod)),
    "**": Operator("power", _arithmetic(_power)),
    "@": Operator("matmul", _no_constants),
    "==": Operator("equal", _equality(operator.eq)),
    "!=": Operator("not_equal", _equality(operator.ne)),
    "<": Operator("less", _order(operator.lt)),
    "<=": Operator("less_equal", _order(operator.le)),
    ">": Operator("greater", _order(operator.gt)),
    ">=": Operator("greater_equal", _order(operator.ge)),
    "and": Operator("logical_and", _logic(lambda a, b: a and b)),
    "or": Operator("logical_or", _logic(lambda a, b: a or b)),
}


def unary(symbol: str, value: Value) -> Value | Trouble:
    """`-a`, `+a`, `not a` of a constant."""
    if symbol == "not":
        return _logic(lambda a, _: not a)(symbol, value, False)
    return _arithmetic(operator.sub if symbol == "-" else operator.add)(symbol, 0, value)


# ---- functions -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Function:
    """A function of constants: how many arguments it takes (`most` None: any number), and what it gives."""

    name: str
    least: int
    most: int | None
    compute: Callable[[Sequence[Value]], Value | Trouble]
    doc: str


def _numbers(name: str, values: Sequence[Value]) -> Trouble | None:
    for value in values:
        if not is_number(value):
            return _operand_trouble(name, value)
    return None


def _of_numbers(name: str, function: Callable[..., Number]) -> Callable[[Sequence[Value]], Value | Trouble]:
    def compute(values: Sequence[Value]) -> Value | Trouble:
        trouble = _numbers(name, values)
        if trouble is not None:
            return trouble
        try:
            return _bounded(function(*values))
        except (ValueError, ArithmeticError):
            return Trouble(
                codes.NO_RESULT, f"`{name}` has no result here", found=f"{name}({', '.join(map(show, values))})"
            )

    return compute


def _round(value: Number, digits: Number = 0) -> Number:
    """As Python's: a half goes to the even neighbour. Without digits the result is a whole number."""
    if isinstance(digits, float) or abs(digits) > 300:
        raise ValueError
    return round(value, digits) if digits else round(value)


def _extreme(name: str, function: Callable[[Sequence[Number]], Number]) -> Callable[[Sequence[Value]], Value | Trouble]:
    def compute(values: Sequence[Value]) -> Value | Trouble:
        items = values[0] if len(values) == 1 and isinstance(values[0], tuple) else values
        trouble = _numbers(name, items)
        if trouble is not None:
            return trouble
        if not items:
            return Trouble(codes.NO_RESULT, f"`{name}` of an empty list has no result", expected="one number or more")
        return function(cast("Sequence[Number]", items))

    return compute


def _len(values: Sequence[Value]) -> Value | Trouble:
    (value,) = values
    if not isinstance(value, (tuple, str)):
        return Trouble(codes.BAD_OPERAND, f"`len` can't take {noun(value)}", expected="a list", found=show(value))
    return len(value)


def _range(values: Sequence[Value]) -> Value | Trouble:
    for value in values:
        if isinstance(value, Size):
            return unknown_size(value)
        if not isinstance(value, int) or isinstance(value, bool):
            return Trouble(codes.BAD_OPERAND, "`range` counts whole numbers", "a whole number", show(value))
    numbers = cast("Sequence[int]", values)
    if len(numbers) == 3 and numbers[2] == 0:
        return Trouble(codes.NO_RESULT, "`range` can't count in steps of 0", expected="a step other than 0")
    counted = range(*numbers)
    length = max(0, -(-(counted.stop - counted.start) // counted.step))
    if length > limits.MAX_ITEMS:
        return _joined(None, length, limits.MAX_ITEMS, "items of a list")
    return tuple(counted)


def _shape(values: Sequence[Value]) -> Value | Trouble:
    (value,) = values
    if not isinstance(value, TensorValue):
        return Trouble(codes.NOT_A_TENSOR, f"`shape` can't take {noun(value)}", expected="a tensor", found=show(value))
    return tuple(value.type.shape)


def _channels(values: Sequence[Value]) -> Value | Trouble:
    (value,) = values
    if not isinstance(value, TensorValue):
        return Trouble(
            codes.NOT_A_TENSOR, f"`channels` can't take {noun(value)}", expected="a tensor", found=show(value)
        )
    if not value.type.shape:
        return Trouble(codes.BAD_INDEX, "the tensor has no axis but the batch's", expected="an axis", found="[]")
    return value.type.shape[-1]


FUNCTIONS: Mapping[str, Function] = {
    row.name: row
    for row in (
        Function("round", 1, 2, _of_numbers("round", _round), "the nearest whole number; a half goes to the even one"),
        Function("floor", 1, 1, _of_numbers("floor", math.floor), "the whole number below"),
        Function("ceil", 1, 1, _of_numbers("ceil", math.ceil), "the whole number above"),
        Function("min", 1, None, _extreme("min", min), "the smallest of several numbers or of a list"),
        Function("max", 1, None, _extreme("max", max), "the largest of several numbers or of a list"),
        Function("abs", 1, 1, _of_numbers("abs", abs), "the number without its sign"),
        Function("sqrt", 1, 1, _of_numbers("sqrt", math.sqrt), "the square root"),
        Function("log2", 1, 1, _of_numbers("log2", math.log2), "the logarithm to base 2"),
        Function("len", 1, 1, _len, "how many items a list has"),
        Function("range", 1, 3, _range, "the whole numbers up to a stop, as in Python"),
        Function("shape", 1, 1, _shape, "a tensor's sizes without the batch axis, as a list"),
        Function("channels", 1, 1, _channels, "the size of a tensor's last axis"),
    )
}


def index(value: tuple[Value, ...] | str, at: Value) -> Value | Trouble:
    """`a[i]` of a list."""
    if isinstance(at, Size):
        return unknown_size(at)
    if not isinstance(at, int) or isinstance(at, bool):
        return Trouble(codes.BAD_INDEX, "an index is a whole number", expected="a whole number", found=show(at))
    if not -len(value) <= at < len(value):
        last = f"0 to {len(value) - 1}, or from the end -1 to {-len(value)}" if value else "nothing: the list is empty"
        return Trouble(codes.BAD_INDEX, f"the list has no item {show(at)}", expected=last, found=show(at))
    return value[at]
