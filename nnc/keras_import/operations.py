"""Functions of keras.ops that stand in a model's graph: Keras saves each as an object of a class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from nnc import catalog
from nnc.graph import IndexItem, Operand
from nnc.keras_import.raw import Broken, Raw, Unsayable, mapping, shown
from nnc.keras_import.values import value_of

# Classes whose names are not those of their functions.
_OTHER_NAMES: Mapping[str, str] = {"getitem": "getitem", "truedivide": "divide", "matmul": "matmul", "mod": "mod"}


@cache
def _functions() -> Mapping[str, str]:
    found = {name.replace("_", "").casefold(): name for name in catalog.names("ops")}
    return {**found, **_OTHER_NAMES}


def op_name(module: Raw, class_name: str) -> str | None:
    """The function of keras.ops that the class is for, or None."""
    if not isinstance(module, str) or not module.startswith(("keras.src.ops.", "keras.ops")):
        return None
    return _functions().get(class_name.casefold().replace("_", ""))


def index_items(key: Raw) -> tuple[IndexItem, ...]:
    """The items of `x[...]`. Raises Unsayable where one is neither a number, a slice nor `...`."""
    items: Sequence[Raw] = key if isinstance(key, (list, tuple)) else (key,)
    return tuple(_item(item) for item in items)


def _item(raw: Raw) -> IndexItem:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return IndexItem(raw)
    if isinstance(raw, dict) and raw.get("class_name") == "__ellipsis__":
        return IndexItem(is_ellipsis=True)
    if isinstance(raw, dict) and raw.get("class_name") == "__slice__":
        config = mapping(raw.get("config"), "a slice")
        start, stop, step = (config.get(name) for name in ("start", "stop", "step"))
        for part in (start, stop, step):
            if part is not None and (not isinstance(part, int) or isinstance(part, bool)):
                raise Unsayable("it is cut by a tensor, and an index in a spec is a number")
        return IndexItem(start, stop, step, is_slice=True)
    raise Unsayable("its index is neither a number, a slice nor `...`")


def op_call(
    name: str, config: Mapping[str, Any], args: Sequence[Operand], kwargs: Mapping[str, Operand]
) -> tuple[tuple[Operand, ...], dict[str, Operand]]:
    """The operands of a function: those of the call, then what the object was made with, defaults left out."""
    row = catalog.find("ops", name)
    if row is None:
        return tuple(args), dict(kwargs)
    named: dict[str, Operand] = {key: item for key, item in kwargs.items() if item is not None}
    taken = [arg.name for arg in row.args][: len(args)]
    for key, raw in config.items():
        if key in ("name", "dtype_policy", "trainable") or key in taken or key in named:
            continue
        arg = row.arg(key)
        if arg is None:
            if raw in (None, False):
                continue
            raise Unsayable(f"its argument {shown(key)} is none of ops.{name}")
        try:
            value = value_of(raw)
        except Broken as broken:
            raise Unsayable(str(broken)) from broken
        if arg.required or value != arg.default:
            named[key] = value  # type: ignore[assignment]  # what no operand can be is refused by the catalog's rule
    return tuple(args), named
