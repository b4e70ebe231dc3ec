"""A layer's configuration → the arguments that somebody would have written: those that are not Keras's defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnc import catalog
from nnc.catalog import Row
from nnc.graph import FnRef, Value
from nnc.keras_import.names import identifier
from nnc.keras_import.raw import Broken, Raw, Unsayable, shown
from nnc.keras_import.values import argument, is_default, value_of

# What a configuration has beside the layer's own arguments.
_BESIDE = frozenset({"name", "batch_shape", "batch_input_shape", "input_shape", "input_length", "build_config"})


def layer_args(
    row: Row, config: Mapping[str, Any], rank: int | None = None, *, holes: bool = False
) -> dict[str, Value]:
    """The arguments by Keras's names in Keras's order, defaults left out. `rank` is the input's with the batch axis.

    Raises Unsayable, which names the argument, where one can't be said; with `holes` it stands there as an `fn` that
    the spec does not have.
    """
    args: dict[str, Value] = {}
    for arg in row.args:
        if arg.name == "name" or arg.name not in config:
            continue
        try:
            value = argument(arg, config[arg.name])
        except (Unsayable, Broken) as trouble:
            if not holes:
                raise Unsayable(f"its argument `{arg.name}`: {trouble}") from trouble
            value = FnRef(_hole(config[arg.name]))
        if not is_default(arg, value) and not _is_last_axis(row, arg.name, value, rank):
            args[arg.name] = value
    if "pool_size" in config and args.get("strides") == args.get("pool_size", _default(row, "pool_size")):
        args.pop("strides", None)  # a pooling layer's steps are as wide as its window
    known = {arg.name for arg in row.args} | _BESIDE
    other = next((key for key, value in config.items() if key not in known and value not in _NOTHING), None)
    if other is not None and other not in _FORGOTTEN:
        if not holes:
            raise Unsayable(f"its argument {shown(other)} is none that Keras's {row.name} has today")
        args[identifier(str(other), args, "argument")] = FnRef(_hole(config[other]))
    return args


_NOTHING: tuple[Any, ...] = (None, False, "", [], {})
# Arguments of Keras 2 that changed how a layer computes and not what.
_FORGOTTEN = frozenset({"implementation", "sparse", "ragged", "time_major", "experimental_autocast", "fused"})


def _hole(raw: Raw) -> str:
    """What stands for a value that can't be said: the name of its function or class, where it has one."""
    config = raw.get("config") if isinstance(raw, dict) else None
    name = config if isinstance(config, str) else raw.get("class_name") if isinstance(raw, dict) else None
    found = identifier(name, (), "hole") if isinstance(name, str) else "hole"
    return found if catalog.find("activations", found) is None else f"custom_{found}"


def _default(row: Row, name: str) -> Value:
    arg = row.arg(name)
    default: Value = None if arg is None else arg.default
    return default[0] if isinstance(default, tuple) and len(set(default)) == 1 else default


def _is_last_axis(row: Row, name: str, value: Value, rank: int | None) -> bool:
    """Whether the argument is an `axis` that counts to the last one, which is what Keras takes by itself."""
    arg = row.arg(name)
    if name != "axis" or arg is None or arg.default != -1 or rank is None:
        return False
    return value in (rank - 1, (rank - 1,), (-1,))


def foreign_args(config: Mapping[str, Any]) -> dict[str, Value]:
    """What can be said of the arguments of a layer that Keras does not have."""
    args: dict[str, Value] = {}
    for key, raw in config.items():
        if key in _BESIDE or key in ("trainable", "dtype") or not key.isidentifier() or not key.isascii():
            continue
        try:
            args[key] = value_of(raw)
        except (Unsayable, Broken):
            continue
    return args
