"""Names of Keras as names of the language: a layer may be called anything, an input or output of a spec may not."""

from __future__ import annotations

import re
from collections.abc import Collection

# Words that make expressions, and those that begin a statement: no input or output can have them.
_RESERVED = frozenset(
    {
        "if",
        "then",
        "else",
        "and",
        "or",
        "not",
        "true",
        "false",
        "none",
        "for",
        "in",
        "return",
        "input",
        "output",
        "layer",
    }
)


def is_identifier(name: str) -> bool:
    """Whether the language takes it for a name."""
    return re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is not None and name not in _RESERVED and name != "_"


def identifier(name: str, taken: Collection[str], default: str = "x") -> str:
    """The name, changed as little as may be, so that it is one and nothing else has it."""
    bare = re.sub(r"[^A-Za-z0-9_]+", "_", name)[:100].strip("_") or default
    if not is_identifier(bare):
        bare = f"{default}_{bare}"
    wanted, number = bare if not is_identifier(name) else name, 2
    result = wanted
    while result in taken:
        result = f"{wanted}_{number}"
        number += 1
    return result
