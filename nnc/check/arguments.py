"""Arguments of a call: which value goes to which name, and whether the value may stand there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from nnc import codes
from nnc.catalog import Arg, Kind, LayerRow, Rejection, Row, Size, find, names, refused_together
from nnc.catalog.kinds import LARGEST
from nnc.check.constants import FUNCTIONS, unknown_size
from nnc.check.faults import renaming
from nnc.check.frame import Frame, key_text, unwrap
from nnc.check.modules import modules_before, refuse_modules
from nnc.check.values import (
    POISON,
    BlockDef,
    BlockProto,
    BlockValue,
    LayerProto,
    LayerValue,
    Repeat,
    TensorValue,
    Value,
    all_settled,
    noun,
    show,
)
from nnc.diagnostics import Code, Fix, Label
from nnc.graph import FnRef, Object
from nnc.lean import dataclass
from nnc.source import Span
from nnc.spelling import suggest
from nnc.syntax import tree


class Slot(Protocol):
    """A place that an argument can take: an argument of Keras, or a parameter of a block."""

    @property
    def name(self) -> str:
        """Its name, by which it can be given."""

    @property
    def required(self) -> bool:
        """Whether it must be given."""

    @property
    def keyword(self) -> bool:
        """Whether it must be given by its name."""

    @property
    def many(self) -> bool:
        """Whether it takes any number of values, one after the other."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A block's parameter as a Slot."""

    name: str
    required: bool
    keyword: bool = False
    many: bool = False


def match(owner: str, slots: Sequence[Slot], call: tree.Call, frame: Frame) -> dict[str, tree.Argument] | None:
    """Which argument goes to which slot, in the slots' order; None where that can't be said."""
    given: dict[str, tree.Argument] = {}
    right = True
    position = 0
    by_place = [slot for slot in slots if not slot.keyword]
    for argument in call.arguments:
        if argument.name is None:
            if position and by_place and by_place[min(position, len(by_place)) - 1].many:
                continue  # any number of values may stand there
            if position > len(by_place):
                continue  # said of the first of them
            slot = _positional(owner, by_place, position, argument, frame)
            position += 1
        else:
            slot = _named(owner, slots, argument.name, frame)
        if slot is None:
            right = False
        elif slot in given:
            right = False
            place = argument.name.span if argument.name else argument.span
            frame.faults.add(
                codes.ARGUMENT_TWICE,
                f"`{owner}` is given `{slot}` twice",
                place,
                Label(given[slot].span, "here first"),
                help="leave one of them out",
            )
        else:
            given[slot] = argument
    missing = [slot.name for slot in slots if slot.required and slot.name not in given]
    if missing and right:
        right = False
        frame.faults.add(
            codes.MISSING_ARGUMENT,
            f"`{owner}` needs {_listed(missing)}",
            call.function.span,
            expected=signature(owner, slots),
        )
    return {slot.name: given[slot.name] for slot in slots if slot.name in given} if right else None


def _positional(owner: str, slots: Sequence[Slot], position: int, argument: tree.Argument, frame: Frame) -> str | None:
    if position < len(slots):
        return slots[position].name
    most = f"at most {len(slots)}" if slots else "none"
    frame.faults.add(
        codes.TOO_MANY_ARGUMENTS,
        f"`{owner}` has no argument for this value",
        argument.span,
        expected=f"{most}: {signature(owner, slots)}",
    )
    return None


def _named(owner: str, slots: Sequence[Slot], name: tree.Name, frame: Frame) -> str | None:
    known = [slot.name for slot in slots]
    if name.id in known:
        return name.id
    hint = f"it takes {_listed(known, most=12)}" if known else "it takes no arguments"
    message = f"`{owner}` has no argument `{name.id}`"
    frame.faults.misspelt(codes.UNKNOWN_ARGUMENT, message, name.span, known, hint=hint)
    return None


def signature(owner: str, slots: Sequence[Slot]) -> str:
    """How it is called: the required arguments, and dots where there are others."""
    required = [slot.name for slot in slots if slot.required]
    others = [] if len(required) == len(slots) else ["..."]
    return f"{owner}({', '.join(required + others)})"


def _listed(items: Sequence[str], most: int = 6) -> str:
    shown = [f"`{item}`" for item in items[:most]]
    if len(items) > most:
        return f"{', '.join(shown)} and {len(items) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


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
    plain = _plain(value, expr, frame)
    if plain is POISON or (isinstance(plain, str) and _refused(plain, arg.kind.objects, expr.span, frame)):
        return POISON
    accepted = arg.kind.accept(plain)
    if isinstance(accepted, Rejection):
        frame.faults.add(
            code,
            f"`{arg.name}` of {owner} can't be {show(value)}" if not accepted.reason else accepted.reason,
            expr.span,
            expected=accepted.expected or _expected(arg.kind, plain),
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
    if _refused(expr.id, kind.objects, expr.span, frame):
        return POISON
    if _takes_word(expr.id, kind):
        return expr.id
    if expr.id in frame.context.unread or expr.id in frame.unknown or _needs_brackets(expr, kind, frame):
        return POISON
    known = [*kind.words, *frame.scope.names()]
    if kind.objects:
        known += names(kind.objects)
    words = ", ".join(kind.words[:8]) + (", ..." if len(kind.words) > 8 else "")
    hint = f"{where} takes {words}" if words else f"{where} takes {kind.name}"
    near = suggest(expr.id, known)
    if near is None and kind.objects and _of_another_kind(kind.objects, expr.id, expr.span, frame, where, hint):
        return POISON
    message = f"nothing is called `{expr.id}`, and {where} takes no such word"
    frame.faults.misspelt(codes.UNKNOWN_NAME, message, expr.span, known, hint=hint)
    return POISON


def _needs_brackets(expr: tree.Name, kind: Kind, frame: Frame) -> bool:
    """`callbacks = [EarlyStopping]`: a Keras object without its brackets, where no bare word may stand."""
    row = find(kind.objects, expr.id) if kind.objects else None
    if row is None:
        return False
    needs = [arg.name for arg in row.args if arg.required]
    written = f"{expr.id}({', '.join(needs)})"
    fix = Fix(f"write {written}", expr.span, written, not needs)
    frame.faults.add(codes.UNKNOWN_OBJECT, f"`{expr.id}` needs its brackets", expr.span, help=fix.title, fix=fix)
    return True


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


def dotted(expr: tree.Expr) -> str | None:
    """`a.b.c` as text; only the last part where the others are Keras's modules. None where it is no name."""
    expr = unwrap(expr)
    if isinstance(expr, tree.Attribute) and dotted(expr.value) is not None:
        return expr.name.id
    return expr.id if isinstance(expr, tree.Name) else None


_SINGULAR: Mapping[str, str] = {
    "layers": "a layer",
    "optimizers": "an optimizer",
    "optimizers.schedules": "a schedule of the learning rate",
    "losses": "a loss",
    "metrics": "a metric",
    "initializers": "an initializer",
    "regularizers": "a regularizer",
    "constraints": "a constraint",
    "callbacks": "a callback",
    "activations": "an activation",
    "ops": "a function of keras.ops",
}


def build(kind: str, name: str, call: tree.Call, frame: Frame, where: str) -> Value:
    """A Keras object of that kind from its call, or POISON."""
    row = find(kind, name)
    if row is None:
        _unknown_object(kind, name, call, frame, where)
        return POISON
    if _refused(name, kind, call.function.span, frame):
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


def _refused(name: str, kind: str | None, place: Span, frame: Frame) -> bool:
    """Whether this names an object of Keras that can't be in a spec, which is said then."""
    row = find(kind, name) if kind else None
    if row is None or row.refused is None:
        return False
    frame.faults.add(codes.REFUSED, f"`{name}` can't be in a spec: {row.refused}", place)
    return True


def what_is(name: str) -> tuple[str, str] | None:
    """The kind of Keras's objects that has this name, and how to speak of one."""
    for kind, words in _SINGULAR.items():
        if find(kind, name) is not None:
            return kind, words
    return None


def _of_another_kind(kind: str, name: str, place: Span, frame: Frame, where: str, hint: str | None = None) -> bool:
    """Whether this is an object of Keras, and of another kind than is wanted, which is said then."""
    one, other = _SINGULAR.get(kind, kind), what_is(name)
    if other is None or other[0] == kind:
        return False
    message = f"`{name}` is {other[1]}, and {where} takes {one}"
    frame.faults.add(codes.UNKNOWN_OBJECT, message, place, expected=one, found=other[1], help=hint)
    return True


def _unknown_object(kind: str, name: str, call: tree.Call, frame: Frame, where: str) -> None:
    span, one = call.function.span, _SINGULAR.get(kind, kind)
    if _of_another_kind(kind, name, span, frame, where):
        return
    message = f"Keras has no {one.split(' ', 1)[1]} `{name}`"
    frame.faults.misspelt(codes.UNKNOWN_OBJECT, message, span, names(kind), hint=f"{where} takes {one}")


# ---- from the checker's values to those of the graph ---------------------------------------------

_PLAIN = (bool, int, float, str, type(None), FnRef, Object)


def _plain(value: Value, expr: tree.Expr, frame: Frame) -> Value:
    """The value as the graph holds it, or POISON: a tensor can't stand in an argument, for one."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, tuple):
        frame.faults.spend(len(value), expr.span)
        frame.context.enter(expr.span)
        items = tuple(_plain(item, expr, frame) for item in value)
        frame.context.nesting -= 1
        return POISON if any(item is POISON for item in items) else items
    if isinstance(value, Mapping):
        entries = {key: _plain(item, expr, frame) for key, item in value.items()}
        return POISON if any(item is POISON for item in entries.values()) else entries
    if isinstance(value, LayerProto):
        return as_object(value)
    _refuse(value, expr, frame)
    return POISON


def as_object(proto: LayerProto) -> Object:
    """A layer as an argument of another one; its `name` goes with it."""
    args = dict(proto.args)
    if proto.name is not None:
        args["name"] = proto.name
    return Object("layers", proto.row.name, all_settled(args))


_WHY: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (TensorValue, "tensors stand before `->`; an argument is a number, a word, a list or a Keras object"),
    (LayerValue, "a shared layer can't be wrapped; write the layer itself"),
    ((BlockDef, BlockProto, BlockValue), "blocks can't be wrapped; write a layer of Keras"),
    (Repeat, "a repeat stands in a chain alone"),
)


def _refuse(value: Value, expr: tree.Expr, frame: Frame) -> None:
    if isinstance(value, Size):
        frame.faults.trouble(unknown_size(value), expr.span)
        return
    hint = next((words for types, words in _WHY if isinstance(value, types)), None)
    frame.faults.add(
        codes.BAD_ARGUMENT,
        f"{noun(value)} can't be an argument",
        expr.span,
        expected="a number, a word, a list or a Keras object",
        found=show(value),
        help=hint,
    )


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


def layer_name(named: Sequence[tree.Argument], frame: Frame) -> str | None:
    """The `name` argument of a layer, or None where it can't be one."""
    if len(named) > 1:
        first = Label(named[0].span, "here first")
        frame.faults.add(codes.ARGUMENT_TWICE, "`name` is given twice", named[1].span, first)
        return None
    value = frame.value(named[0].value)
    if value is POISON:
        return None
    if isinstance(value, str) and value and "/" not in value and value.isprintable() and len(value) <= 200:
        return value
    frame.faults.add(
        codes.BAD_LAYER_NAME,
        "a layer can't have this name",
        named[0].value.span,
        expected='a string of 1 to 200 characters without "/"',
        found=show(value),
    )
    return None
