"""What each argument takes: one table by the argument's name, since Keras uses a name for one thing.

A key is looked for as `Row.argument`, `kind:argument`, `argument/2` (for a layer on two spatial axes, `...2D`),
`argument`, and at last by the name's ending (`_initializer`). Where a name means something else in some row, that
row has its own key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from nnc.catalog.arguments.common import CONSTRAINT, INITIALIZER, REGULARIZER
from nnc.catalog.kinds import ANY, Type
from nnc.catalog.rows import Kind

# The table of each kind, read when that kind is first asked for.
_TABLES = {
    "layers": "layers",
    "losses": "measures",
    "metrics": "measures",
    "optimizers": "training",
    "optimizers.schedules": "training",
    "callbacks": "training",
    "initializers": "weights",
    "regularizers": "weights",
    "constraints": "weights",
}
_ENDINGS = {"_initializer": INITIALIZER, "_regularizer": REGULARIZER, "_constraint": CONSTRAINT}
_RANK = re.compile(r"([123])D")


@cache
def _types(kind: str) -> Mapping[str, Type]:
    module = import_module(f"nnc.catalog.arguments.{_TABLES[kind]}")
    types: Mapping[str, Type] = module.TYPES
    return types


def type_of(kind: str, row: str, argument: str) -> Type | None:
    """What the argument of that row takes, or None where the tables have nothing to say."""
    types = _types(kind)
    keys = [f"{row}.{argument}", f"{kind}:{argument}"]
    if rank := _RANK.search(row):
        keys.append(f"{argument}/{rank[1]}")
    for key in (*keys, argument):
        if key in types:
            return types[key]
    return next((kind_ for ending, kind_ in _ENDINGS.items() if argument.endswith(ending)), None)


def kind_of(kind: str, row: str, argument: str) -> Kind:
    """The same, for a row. An argument that no table knows takes anything; the tests see to it that there is none

    in a row that a spec may name.
    """
    return (type_of(kind, row, argument) or ANY).of(argument)
