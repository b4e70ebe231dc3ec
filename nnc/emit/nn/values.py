"""Values of the graph as somebody would write them in a spec."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from nnc import catalog
from nnc.catalog import Arg, Row
from nnc.emit.nn.steps import Words
from nnc.graph import FnRef, IndexItem, Object, Operand
from nnc.syntax.literals import quoted

# Optional arguments that stand without their names where they come next.
_PLACED = frozenset({"activation", "pool_size", "size", "padding", "cropping", "l1", "l2", "value", "learning_rate"})
_CONSTANTS: Mapping[Any, str] = {True: "true", False: "false", None: "none"}


def value_text(value: Any, arg: Arg | None = None, taken: Collection[str] = ()) -> str:
    """A value. Words that Keras has for it stand bare unless something in the spec is called so (`taken`)."""
    for kind, text in _TEXTS:
        if isinstance(value, kind):
            return text(value, arg, taken)
    return repr(value)


def _string_text(value: str, arg: Arg | None, taken: Collection[str]) -> str:
    bare = arg is not None and (arg.kind.objects or arg.kind.fn) and value in arg.kind.words
    return value if bare and value.isidentifier() and value not in taken else quoted(_clean(value))


def _list_text(value: tuple[Any, ...], arg: Arg | None, taken: Collection[str]) -> str:
    return f"[{', '.join(value_text(item, arg, taken) for item in value)}]"


def _map_text(value: Mapping[str, Any], arg: Arg | None, taken: Collection[str]) -> str:
    return (
        f"{{{', '.join(f'{quoted(_clean(str(key)))}: {value_text(item, arg, taken)}' for key, item in value.items())}}}"
    )


def _object_text(value: Object, arg: Arg | None, taken: Collection[str]) -> str:
    del arg
    return call_text(value.name, value.args, catalog.find(value.kind, value.name), taken)


_TEXTS: tuple[tuple[Any, Callable[[Any, Arg | None, Collection[str]], str]], ...] = (
    ((bool, type(None)), lambda value, *_: _CONSTANTS[value]),
    (str, _string_text),
    (Words, lambda value, *_: value.text),
    (FnRef, lambda value, *_: value.name),
    (tuple, _list_text),
    (Mapping, _map_text),
    (Object, _object_text),
)


def _clean(text: str) -> str:
    """Characters that may not stand in a spec, left out of a string."""
    from nnc.syntax.literals import is_control

    return "".join(char for char in text if not is_control(char))


def call_text(name: str, args: Mapping[str, Any], row: Row | None, taken: Collection[str] = ()) -> str:
    """A layer, block or object with its arguments: those that everybody knows by their place, the others by name."""
    parts = []
    by_place = row is not None
    order = [arg.name for arg in row.args] if row is not None else []
    for place, key in enumerate(sorted(args, key=lambda key: order.index(key) if key in order else len(order))):
        arg = row.arg(key) if row is not None else None
        by_place = by_place and arg is not None and place < len(order) and order[place] == key
        by_place = by_place and arg is not None and not arg.keyword and (arg.required or key in _PLACED)
        text = value_text(args[key], arg, taken)
        parts.append(text if by_place else f"{key}={text}")
    return f"{name}({', '.join(parts)})"


def index_text(item: IndexItem) -> str:
    """One item of an index."""
    if item.is_ellipsis:
        return "..."
    if not item.is_slice:
        return str(item.start)
    parts = ["" if part is None else str(part) for part in (item.start, item.stop)]
    return ":".join(parts if item.step is None else [*parts, str(item.step)])


_OPERATORS: Mapping[str, str] = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "floor_divide": "//", "mod": "%", "power": "**",
    "matmul": "@", "equal": "==", "not_equal": "!=", "less": "<", "less_equal": "<=", "greater": ">",
    "greater_equal": ">=",
}  # fmt: skip


def op_text(name: str, args: tuple[str, ...], kwargs: Mapping[str, str], raw: tuple[Operand, ...]) -> str:
    """A function of keras.ops: as an operator where the language has one."""
    symbol = _OPERATORS.get(name)
    if symbol is not None and len(args) == 2 and not kwargs:
        left, right = (f"({arg})" if " " in arg and not arg.startswith("[") else arg for arg in args)
        return f"{left} {symbol} {right}"
    if name == "negative" and len(args) == 1 and not kwargs:
        return f"-({args[0]})" if " " in args[0] else f"-{args[0]}"
    if name == "getitem":
        items = ", ".join(index_text(item) for item in raw[1:] if isinstance(item, IndexItem))
        return f"({args[0]})[{items}]" if " " in args[0] else f"{args[0]}[{items}]"
    parts = [*args, *(f"{key}={value}" for key, value in kwargs.items())]
    return f"ops.{name}({', '.join(parts)})"
