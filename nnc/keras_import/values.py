"""Serialized values and Keras objects as values of the graph, in the words in which somebody would write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnc import catalog
from nnc.catalog import Arg, Rejection, Row
from nnc.catalog.signatures import words
from nnc.graph import Object, Value
from nnc.keras_import.raw import Broken, Raw, Unsayable, finite, mapping, shown, text

# Keras's modules and the kinds of the catalog; where a file of Keras 2 names no module, they are tried in this order.
_KINDS: Mapping[str, str] = {
    "keras.initializers": "initializers",
    "keras.regularizers": "regularizers",
    "keras.constraints": "constraints",
    "keras.layers": "layers",
    "keras.activations": "activations",
    "keras.losses": "losses",
    "keras.metrics": "metrics",
    "keras.optimizers": "optimizers",
    "keras.optimizers.schedules": "optimizers.schedules",
}
_ARRAYS = ("__numpy__", "__tensor__")
_POLICIES = ("DTypePolicy", "Policy", "FloatDTypePolicy")


def value_of(raw: Raw, kinds: tuple[str, ...] = ()) -> Value:
    """A value of the graph. `kinds` are the catalog's kinds that a Keras object may have here.

    Raises Unsayable where the language has no words for it, Broken where Keras would not have written it.
    """
    if raw is None or isinstance(raw, (bool, str)):
        return raw
    if isinstance(raw, (int, float)):
        return finite(raw) if isinstance(raw, float) else raw
    if isinstance(raw, (list, tuple)):
        return tuple(value_of(item, kinds) for item in raw)
    entry = mapping(raw, "a value")
    if "class_name" not in entry:
        return {key: value_of(item, kinds) for key, item in entry.items()}
    return _object(entry, kinds)


def _object(entry: Mapping[str, Any], kinds: tuple[str, ...]) -> Value:
    name = text(entry["class_name"], "a class name")
    if name == "__lambda__":
        raise Unsayable("it holds pickled Python code, which nnc never runs; write an `fn`")
    if name in _ARRAYS:
        return value_of(mapping(entry.get("config"), "an array").get("value"))
    if name in _POLICIES:
        return text(mapping(entry.get("config"), "a dtype").get("name"), "a dtype")
    if name == "function":
        return _function(entry)
    kind = _kind(entry, name, kinds)
    row = catalog.find(kind, name) if kind else None
    if kind is None or row is None:
        module = shown(entry.get("module") or "")
        raise Unsayable(f"{shown(name)} of {module} is no object of Keras that the language knows")
    config = dict(mapping(entry.get("config") or {}, f"the configuration of {name}"))
    if kind == "layers":
        from nnc.keras_import.layers import layer_args

        found = layer_args(row, config)
        require(row, found)
        inner = config.get("name")
        return Object(kind, row.name, {**found, "name": inner} if isinstance(inner, str) and inner else found)
    args = {arg.name: argument(arg, config[arg.name]) for arg in row.args if arg.name in config}
    require(row, args)
    plain = {arg.name: args[arg.name] for arg in row.args if arg.name in args and not is_default(arg, args[arg.name])}
    if not plain and kind in ("initializers", "regularizers", "constraints"):
        known = [word for word in (*row.identifiers, *row.aliases) if word in words(kind)]
        return known[0] if known else Object(kind, row.name, {})
    return Object(kind, row.name, plain)


def require(row: Row, args: Mapping[str, Value]) -> None:
    """Raises Unsayable where an argument is missing, or is not what Keras takes."""
    for arg in row.args:
        if arg.required and arg.name not in args:
            raise Unsayable(f"{row.name} needs `{arg.name}`, which is not in the file")
        taken = arg.kind.accept(args[arg.name]) if arg.name in args else None
        if isinstance(taken, Rejection):
            raise Unsayable(taken.reason)


def _function(entry: Mapping[str, Any]) -> Value:
    name = entry.get("config")
    module = entry.get("module") or ""
    if isinstance(name, str) and catalog.find("activations", name) and str(module).startswith(("keras", "builtins")):
        return name
    raise Unsayable(f"the Python function {shown(name)} is not in the file; write it as an `fn`")


def _kind(entry: Mapping[str, Any], name: str, kinds: tuple[str, ...]) -> str | None:
    module = entry.get("module")
    if isinstance(module, str):
        return _KINDS.get(module)
    return next((kind for kind in (*kinds, *_KINDS.values()) if catalog.find(kind, name)), None)


def argument(arg: Arg, raw: Raw) -> Value:
    """The value of an argument, as somebody would write it: `3` for `[3, 3]`."""
    kinds = (arg.kind.objects,) if arg.kind.objects else ()
    value = value_of(raw, kinds)
    if arg.name in _UNIFORM:
        value = uniform(value)
    if isinstance(value, tuple) and len(value) == 1 and isinstance(arg.default, int):
        value = value[0]  # `axis: [-1]`, as Keras writes some of its single numbers
    return value


# Arguments where Keras makes one number for all axes of what was given.
_UNIFORM = frozenset(
    {"kernel_size", "strides", "dilation_rate", "pool_size", "padding", "size", "cropping", "output_size"}
)


def uniform(value: Value) -> Value:
    """`3` for `[3, 3]`, as somebody would write it."""
    if not isinstance(value, tuple) or not value:
        return value
    items = tuple(uniform(item) for item in value)
    return items[0] if all(item == items[0] and isinstance(item, int) for item in items) else value


def is_default(arg: Arg, value: Value) -> bool:
    """Whether Keras gives the argument this value by itself."""
    if arg.required:
        return False
    default = uniform(arg.default) if arg.name in _UNIFORM else arg.default
    if value == default and isinstance(value, bool) == isinstance(default, bool):
        return True
    if default is None:
        return isinstance(value, str) and (arg.name, value) in _MEANT_BY_NONE
    if isinstance(default, str) and arg.kind.objects:
        row = catalog.find(arg.kind.objects, default)
        name = value.name if isinstance(value, Object) and not value.args else value
        return row is not None and isinstance(name, str) and catalog.find(arg.kind.objects, name) is row
    return False


# What `none` stands for.
_MEANT_BY_NONE = frozenset({("data_format", "channels_last"), ("activation", "linear"), ("dtype", "float32")})


def sizes_of(raw: Raw, what: str) -> tuple[int | None, ...]:
    """The sizes of a shape, the batch axis among them. Raises Broken where it is none."""
    if not isinstance(raw, (list, tuple)):
        raise Broken(f"{what} should be a shape, and is {shown(raw)}")
    for size in raw:
        if size is not None and (not isinstance(size, int) or isinstance(size, bool) or not 0 < size < 2**31):
            raise Broken(f"{what} has the size {shown(size)}")
    return tuple(raw)
