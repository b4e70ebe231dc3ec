"""Arguments of a call: whether the value may stand there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from nnc import codes
from nnc.catalog import Arg, Kind, LayerRow, Rejection, Row, find, names, refused_together
from nnc.catalog.kinds import LARGEST
from nnc.check.constants import FUNCTIONS
from nnc.check.faults import renaming
from nnc.check.frame import Frame, key_text, unwrap
from nnc.check.keras_names import dotted, needs_brackets, of_another_kind, refused_object, unknown_object
from nnc.check.matching import match
from nnc.check.modules import modules_before, refuse_modules
from nnc.check.plain import plain
from nnc.check.values import (
    POISON,
    LayerProto,
    LayerValue,
    TensorValue,
    Value,
    all_settled,
    show,
)
from nnc.diagnostics import Code, Label
from nnc.graph import Object
from nnc.lean import dataclass
from nnc.source import Span
from nnc.spelling import suggest
from nnc.syntax import tree

# ---- values --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bound:
    """Arguments that were accepted: by Keras's names in Keras's order, and where each stands."""

    args: Mapping[str, Value]
    places: Mapping[str, Span]


def bind(row: Row, call: tree.Call, frame: Frame) -> Bound | None:
    """The arguments of a Keras object as its row takes them; None where one is at fault."""
    matched = match(row.name, row.args, call, frame)
    if matched is None:
        known = {arg.name for arg in row.args}
        for argument in call.arguments:  # mistakes inside the values are mistakes of their own
            arg = row.arg(argument.name.id) if argument.name and argument.name.id in known else None
            if arg is not None:
                argument_value(argument.value, arg, row.name, frame)
        return None
    args: dict[str, Value] = {}
    for name, argument in matched.items():
        arg = row.arg(name)
        assert arg is not None  # noqa: S101 - match gives names of row.args alone
        args[name] = argument_value(argument.value, arg, row.name, frame)
    if any(value is POISON for value in args.values()):
        return None
    return Bound(args, {name: argument.value.span for name, argument in matched.items()})


def argument_value(expr: tree.Expr, arg: Arg, owner: str, frame: Frame, code: Code = codes.BAD_ARGUMENT) -> Value:
    """An argument's value as Keras should have it, or POISON; `code` is that of a value that can't stand there."""
    value = _raw(expr, arg.kind, frame, f"`{arg.name}` of {owner}")
    if value is POISON:
        return POISON
    settled = plain(value, expr, frame)
    if settled is POISON or (isinstance(settled, str) and refused_object(settled, arg.kind.objects, expr.span, frame)):
        return POISON
    accepted = arg.kind.accept(settled)
    if isinstance(accepted, Rejection):
        frame.faults.add(
            code,
            f"`{arg.name}` of {owner} can't be {show(value)}" if not accepted.reason else accepted.reason,
            expr.span,
            expected=accepted.expected or _expected(arg.kind, settled),
            found=accepted.found or show(value),
            help=accepted.help or _point(expr),
            fix=renaming(expr.span, accepted.near) if accepted.near and isinstance(unwrap(expr), tree.String) else None,
        )
        return POISON
    return accepted


def _point(expr: tree.Expr) -> str | None:
    """What to say of `Dropout(0,2)`, where a comma stands for the point of a number."""
    text, start = expr.span.source.text, expr.span.start
    whole = text[:start].removesuffix(",")[-_LONGEST_WHOLE:]
    digits = whole[len(whole.rstrip("0123456789")) :]
    if not digits or text[start - 1] != "," or not expr.span.text.isdecimal():
        return None
    return f"a number has a point, not a comma: {digits}.{expr.span.text}"


_LONGEST_WHOLE = 12
"""Digits before a comma that are looked at."""


def _expected(kind: Kind, value: Value) -> str:
    """What the argument may be; where a number is larger than any layer takes, that bound as well."""
    if isinstance(value, int) and abs(value) > LARGEST and "number" in kind.name:
        return f"{kind.name}, at most {LARGEST:,}"
    return kind.name


def _raw(expr: tree.Expr, kind: Kind, frame: Frame, where: str) -> Value:
    """What the expression stands for where `kind` is wanted: bare words and Keras objects of that kind as well."""
    expr = unwrap(expr)
    reader = _READERS.get(type(expr))
    return frame.value(expr) if reader is None else reader(expr, kind, frame, where)


def _word(expr: tree.Name, kind: Kind, frame: Frame, where: str) -> Value:
    binding = frame.scope.find(expr.id)
    if binding is not None and not (expr.id in kind.words and isinstance(binding.value, (TensorValue, LayerValue))):
        return frame.value(expr)
    if refused_object(expr.id, kind.objects, expr.span, frame):
        return POISON
    if _takes_word(expr.id, kind):
        return expr.id
    if expr.id in frame.context.unread or expr.id in frame.unknown or needs_brackets(expr, kind, frame):
        return POISON
    known = [*kind.words, *frame.scope.names()]
    if kind.objects:
        known += names(kind.objects)
    words = ", ".join(kind.words[:8]) + (", ..." if len(kind.words) > 8 else "")
    hint = f"{where} takes {words}" if words else f"{where} takes {kind.name}"
    near = suggest(expr.id, known)
    if near is None and kind.objects and of_another_kind(kind.objects, expr.id, expr.span, frame, where, hint):
        return POISON
    message = f"nothing is called `{expr.id}`, and {where} takes no such word"
    frame.faults.misspelt(codes.UNKNOWN_NAME, message, expr.span, known, hint=hint)
    return POISON


def _takes_word(word: str, kind: Kind) -> bool:
    if word in kind.words:
        return True
    return bool(kind.objects and find(kind.objects, word)) and not isinstance(kind.accept(word), Rejection)


def _list(expr: tree.ListOf | tree.TupleOf, kind: Kind, frame: Frame, where: str) -> Value:
    items = tuple(_raw(item, kind, frame, where) for item in expr.items)
    return POISON if any(item is POISON for item in items) else items


def _map(expr: tree.MapOf, kind: Kind, frame: Frame, where: str) -> Value:
    entries = {key_text(key): _raw(v, kind, frame, where) for key, v in expr.entries}
    return POISON if any(value is POISON for value in entries.values()) else entries


def _either(expr: tree.IfExpr, kind: Kind, frame: Frame, where: str) -> Value:
    condition = frame.value(expr.condition)
    if isinstance(condition, bool):
        return _raw(expr.then if condition else expr.otherwise, kind, frame, where)
    return POISON if condition is POISON else frame.value(expr)  # which says what is wrong with the condition


def _object(expr: tree.Call, kind: Kind, frame: Frame, where: str) -> Value:
    name = dotted(expr.function)
    wanted = kind.objects
    bound = name is None or frame.scope.find(name) is not None or name in FUNCTIONS
    function = unwrap(expr.function)
    if isinstance(function, tree.Attribute) and wanted is not None and wanted != "layers":
        parts = modules_before(function, frame)
        if not parts:
            return frame.value(expr)
        if not refuse_modules(parts, function.name, frame):
            return POISON
    if bound or wanted is None or wanted == "layers":
        return frame.value(expr)
    assert name is not None  # noqa: S101 - `bound` is true otherwise
    return build(wanted, name, expr, frame, where)


_READERS: Mapping[type, Callable[..., Value]] = {
    tree.Name: _word,
    tree.ListOf: _list,
    tree.TupleOf: _list,
    tree.MapOf: _map,
    tree.IfExpr: _either,
    tree.Call: _object,
}


def build(kind: str, name: str, call: tree.Call, frame: Frame, where: str) -> Value:
    """A Keras object of that kind from its call, or POISON."""
    row = find(kind, name)
    if row is None:
        unknown_object(kind, name, call, frame, where)
        return POISON
    if refused_object(name, kind, call.function.span, frame):
        return POISON
    bound = bind(row, call, frame)
    if bound is None:
        return POISON
    args = all_settled(bound.args)
    refused = refused_together(row.kind, row.name, args)
    if refused is not None:
        place = bound.places.get(refused.argument or "", call.function.span)
        frame.faults.add(codes.BAD_ARGUMENT, refused.reason, place, expected=refused.expected, found=refused.found,
                         help=refused.help)  # fmt: skip
        return POISON
    return Object(row.kind, row.name, args)


def layer_proto(row: LayerRow, call: tree.Call, frame: Frame) -> LayerProto | None:
    """A layer from its call; None where an argument is at fault. `name=` is taken out of the arguments."""
    named = [a for a in call.arguments if a.name is not None and a.name.id == "name"]
    rest = tuple(a for a in call.arguments if all(a is not n for n in named))
    inner = tree.Call(span=call.span, function=call.function, arguments=rest) if named else call
    name, name_span = None, None
    if named:
        name_span = named[0].value.span
        name = layer_name(named, frame)
    bound = bind(row, inner, frame)
    if bound is None or (named and name is None):
        return None
    return LayerProto(row, bound.args, bound.places, call.function.span, name, name_span)


# What TensorFlow takes for the name of a scope, but for the sign that parts names.
_LAYER_NAME = re.compile(r"[A-Za-z0-9_.-]{1,200}")


def layer_name(named: Sequence[tree.Argument], frame: Frame) -> str | None:
    """The `name` argument of a layer, or None where it can't be one."""
    if len(named) > 1:
        first = Label(named[0].span, "here first")
        frame.faults.add(codes.ARGUMENT_TWICE, "`name` is given twice", named[1].span, first)
        return None
    value = frame.value(named[0].value)
    if value is POISON:
        return None
    if isinstance(value, str) and _LAYER_NAME.fullmatch(value):
        return value
    frame.faults.add(
        codes.BAD_LAYER_NAME,
        "a layer can't have this name",
        named[0].value.span,
        expected="a text of 1 to 200 letters a to z, digits, `_`, `.` or `-`",
        found=show(value),
        help="TensorFlow calls a part of its graph by it, and takes no other characters there",
    )
    return None
