"""What `data`, `train` and `report` have in common: rows of keys, each with the reader of its value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from nnc import codes
from nnc.catalog import Arg, Kind
from nnc.catalog.kinds import BOOL, STRING, Type, integer, number
from nnc.check.arguments import argument_value
from nnc.check.elsewhere import ELSEWHERE
from nnc.check.frame import Frame, key_text, unwrap
from nnc.check.matching import match
from nnc.check.values import POISON, Value, show
from nnc.diagnostics import Label
from nnc.lean import dataclass
from nnc.source import Span
from nnc.spelling import suggest
from nnc.syntax import tree

Reader = Callable[[tree.Expr, Frame], Value]


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a section or of a map in it: what reads its value, and a sentence for the reference."""

    name: str
    read: Reader
    doc: str = ""


@dataclass(slots=True)
class Section:
    """The keys that a section gave: values that are right (POISON where one is not), and their places."""

    kind: str
    span: Span
    values: dict[str, Value] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    exprs: dict[str, tree.Expr] = field(default_factory=dict)
    meant: set[str] = field(default_factory=set)  # the keys that unknown ones are near to, which so are not missing

    def get(self, key: str, default: Value = None) -> Value:
        """The value of a key, or the default where it is missing or wrong (which is on the list then)."""
        value = self.values.get(key, default)
        return default if value is POISON else value


def read_section(node: tree.Section, keys: Mapping[str, Key], frame: Frame) -> Section:
    """The entries of a section by its table of keys."""
    heading = Span(node.span.source, node.span.start, node.span.start + len(node.kind))
    section = Section(node.kind, heading)
    for entry in node.entries:
        if isinstance(entry, tree.Features):
            continue
        read_entry(entry.key, entry.value, keys, section, frame)
    return section


def read_entry(
    name: tree.Name | tree.String | tree.Number,
    value: tree.Expr,
    keys: Mapping[str, Key],
    section: Section,
    frame: Frame,
) -> None:
    """One `key = value` or `key: value`."""
    word = key_text(name)
    key = keys.get(word)
    if key is None:
        hint = f"its keys are {', '.join(keys)}"
        message = f"`{section.kind}` has no key `{word}`"
        frame.faults.misspelt(codes.UNKNOWN_KEY, message, name.span, keys, hint=hint)
        section.meant.add(ELSEWHERE[codes.UNKNOWN_KEY.id].get(word) or suggest(word, keys) or word)
        return
    if word in section.places:
        first = Label(section.places[word], "here first")
        frame.faults.add(codes.KEY_TWICE, f"`{section.kind}` gives `{word}` twice", name.span, first)
        return
    section.places[word] = name.span
    section.exprs[word] = value
    section.values[word] = key.read(value, frame)


def read_map(expr: tree.Expr, keys: Mapping[str, Key], what: str, frame: Frame) -> Section | None:
    """`{key: value}` by a table of keys; None where it is no map."""
    bare = unwrap(expr)
    if not isinstance(bare, tree.MapOf):
        value = None if isinstance(bare, tree.Call) else frame.value(expr)
        if value is not POISON:
            frame.faults.add(
                codes.BAD_VALUE,
                f"`{what}` needs a map",
                expr.span,
                expected=f"{{{', '.join(f'{key}: ...' for key in list(keys)[:3])}}}",
                found=show(value) if not isinstance(bare, tree.Call) else None,
            )
        return None
    section = Section(what, bare.span)
    for name, value_expr in bare.entries:
        read_entry(name, value_expr, keys, section, frame)
    return section


def of_type(name: str, type_: Type, owner: str) -> Reader:
    """A reader of one value of a type of the catalog."""
    return of_kind(name, type_.of(name), owner)


def of_kind(name: str, kind: Kind, owner: str) -> Reader:
    """A reader of one value of that kind."""
    arg = Arg(name, kind)
    return lambda expr, frame: argument_value(expr, arg, f"`{owner}`", frame, codes.BAD_VALUE)


def text(name: str, owner: str) -> Reader:
    """A reader of a string."""
    return of_type(name, STRING, owner)


def flag(name: str, owner: str) -> Reader:
    """A reader of true or false."""
    return of_type(name, BOOL, owner)


def count(name: str, owner: str, least: int = 1) -> Reader:
    """A reader of a whole number."""
    return of_type(name, integer(least), owner)


def fraction(name: str, owner: str) -> Reader:
    """A reader of a part of the rows: from 0 up to, but not including, 1."""
    return of_type(name, number(0, 1, below=True), owner)


def keys_of(*rows: Key) -> Mapping[str, Key]:
    """A table of keys by name."""
    return {row.name: row for row in rows}


def call_arguments(owner: str, slots: Sequence[Arg], call: tree.Call, frame: Frame) -> dict[str, Value] | None:
    """The arguments of something that is no object of Keras (`csv(...)`, `numeric(...)`); None if one is wrong."""
    matched = match(owner, slots, call, frame)
    if matched is None:
        return None
    kinds = {slot.name: slot for slot in slots}
    values = {
        name: argument_value(argument.value, kinds[name], f"`{owner}`", frame) for name, argument in matched.items()
    }
    return None if any(value is POISON for value in values.values()) else values
