"""Values, operands and calls of `keras.ops` as Python expressions."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from nnc import catalog
from nnc.emit.python.code import Atom, Code, Group, Invoke, Operator, Table, minus, number, string
from nnc.graph import FnRef, IndexItem, Object, Value

# Functions of keras.ops that Python has an operator for. `==` and `!=` are none of them: on symbolic tensors and
# on eager ones they don't mean the same.
OPERATORS: Mapping[str, str] = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "floor_divide": "//",
    "mod": "%",
    "power": "**",
    "matmul": "@",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
}
# Where a kind of Keras object lives, as emitted code writes it.
_MODULES: Mapping[str, str] = {
    "layers": "layers",
    "optimizers": "keras.optimizers",
    "optimizers.schedules": "keras.optimizers.schedules",
    "losses": "keras.losses",
    "metrics": "keras.metrics",
    "initializers": "keras.initializers",
    "regularizers": "keras.regularizers",
    "constraints": "keras.constraints",
    "callbacks": "keras.callbacks",
}

# The Python name of each fn of the spec.
FnNames: TypeAlias = Mapping[str, str]


def plain_name(name: str) -> str:
    """The name itself. Names that come from the catalog are identifiers; anything else is a bug of ours."""
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise ValueError(f"not a name of Keras: {name!r}")
    return name


def dotted(module: str, name: str) -> Atom:
    """`module.name`."""
    return Atom(f"{module}.{plain_name(name)}")


def value_code(value: Value, fns: FnNames) -> Code:
    """A value of the graph as a Python expression."""
    match value:
        case None | bool():
            code: Code = Atom(str(value))
        case int() | float():
            code = number(value)
        case str():
            code = string(value)
        case FnRef(name):
            code = Atom(fns[name])
        case Object():
            code = object_code(value, fns)
        case Mapping():
            code = Table(tuple((value_code(key, fns), value_code(item, fns)) for key, item in value.items()))
        case tuple():
            code = Group("(", tuple(value_code(item, fns) for item in value))
    return code


def object_code(
    value: Object, fns: FnNames, name: str | None = None, given: Mapping[str, Code] = MappingProxyType({})
) -> Invoke:
    """A Keras object's construction; `name` is added as its last argument, and `given` arguments stand as they are.

    Required arguments stand by position, as people write them (`Dense(64, ...)`), the others by name.
    """
    row = catalog.find(value.kind, value.name)
    required = [arg.name for arg in row.args if arg.required] if row else []
    args = dict(value.args)
    positional: list[Code] = []
    for argument in required:
        if argument not in args:
            break
        item = args.pop(argument)
        positional.append(given[argument] if argument in given else value_code(item, fns))
    named = [(plain_name(key), given[key] if key in given else value_code(item, fns)) for key, item in args.items()]
    if name is not None:
        named.append(("name", string(name)))
    return Invoke(dotted(_MODULES[value.kind], value.name), tuple(positional), tuple(named))


def op_code(op: str, args: tuple[Code, ...], kwargs: tuple[tuple[str, Code], ...] = (), *, as_operator: bool) -> Code:
    """A call of `keras.ops`, with Python's operator where there is one and `as_operator` says it means the same."""
    if as_operator and op == "negative" and len(args) == 1 and not kwargs:
        return minus(args[0], "ops.negative")
    # `x < x` reads like a slip, and linters say so.
    if as_operator and op in OPERATORS and len(args) == 2 and not kwargs and not _with_itself(op, args):
        return Operator(OPERATORS[op], args[0], args[1], f"ops.{function_of(op)}")
    return Invoke(dotted("ops", function_of(op)), args, kwargs)


def function_of(op: str) -> str:
    """The function of `keras.ops` that is called: `a / b` of symbolic tensors is `true_divide`."""
    return "true_divide" if op == "divide" else op


def _with_itself(op: str, args: tuple[Code, ...]) -> bool:
    return OPERATORS[op] in {"<", "<=", ">", ">="} and args[0] == args[1]


def index_text(index: object) -> str:
    """What stands between the brackets of `a[...]`."""
    items = index if isinstance(index, tuple) else (index,)
    return ", ".join(_index_item(item) for item in items)


def _index_item(item: object) -> str:
    if not isinstance(item, IndexItem):
        raise TypeError(f"not an index: {item!r}")
    if item.is_ellipsis:
        return "..."
    start, stop, step = ("" if part is None else str(part) for part in (item.start, item.stop, item.step))
    if not item.is_slice:
        return start
    return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"
