"""Takes names, order and defaults of arguments from the installed Keras into `nnc/catalog/data/*.json`.

Run `python -m tests.oracle.harvest` when Keras is upgraded; a test runs it again and compares, so that the
catalog cannot drift. One file a kind, one line a row: `{"args": [[name], [name, default], [name, default, true],
...], "aliases": [...], "identifiers": [...], "called": [...]}`, where an argument without a default is required, one
with `true` must be given by its name, identifiers are the words that Keras takes in a string's place (`mae`,
`he_normal`), and `called` are those of all these names that Keras can't make from the word alone.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

DATA = Path(__file__).parents[2] / "nnc" / "catalog" / "data"

CLASS_KINDS = (
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "optimizers.schedules",
    "initializers",
    "regularizers",
    "constraints",
    "callbacks",
)
# Classes that are there to be derived from, or that describe an input rather than being a layer to stack.
BASES = {
    "Layer", "Wrapper", "InputSpec", "Loss", "Metric", "MeanMetricWrapper", "Optimizer", "LearningRateSchedule",
    "Initializer", "Regularizer", "Constraint", "Callback", "CallbackList",
}  # fmt: skip


# Words for metrics that `compile` reads by the output; Keras has no list of them.
COMPILE_WORDS = {"Accuracy": ["acc"]}


# Arguments of all layers that this one sets itself, and fails when it is given them.
TAKEN = {
    "ActivityRegularization": {"activity_regularizer"},
    # These take `**kwargs` and fail on them, or forget them.
    "StringLookup": {"activity_regularizer", "autocast", "trainable"},
    "IntegerLookup": {"activity_regularizer", "autocast", "trainable"},
    "HashedCrossing": {"activity_regularizer", "autocast", "trainable"},
}


def harvest() -> dict[str, str]:
    """The text of each data file by kind."""
    import keras

    kinds: dict[str, dict[str, Any]] = {kind: _classes(keras, kind) for kind in CLASS_KINDS}
    kinds["activations"] = _activations(keras)
    kinds["ops"] = _ops(keras)
    return {kind: _text(keras.__version__, rows) for kind, rows in kinds.items()}


def _text(version: str, rows: Mapping[str, Any]) -> str:
    lines = [f"{json.dumps(name)}: {json.dumps(rows[name])}" for name in sorted(rows)]
    return f'{{"keras": {json.dumps(version)}, "rows": {{\n' + ",\n".join(lines) + "\n}}\n"


def _classes(keras: ModuleType, kind: str) -> dict[str, Any]:
    module: Any = keras
    for part in kind.split("."):
        module = getattr(module, part)
    names: dict[type, list[str]] = {}
    for name in sorted(dir(module)):
        value = getattr(module, name)
        if inspect.isclass(value) and value.__name__ not in BASES:
            names.setdefault(value, []).append(name)
    base = list(_arguments(keras.layers.Layer)) if kind == "layers" else []
    rows: dict[str, Any] = {}
    for cls, public in names.items():
        canonical = cls.__name__ if cls.__name__ in public else public[0]
        args = list(_arguments(cls))
        if _has_kwargs(cls):
            taken = {name for name, *_ in args} | TAKEN.get(cls.__name__, set())
            args += [arg for arg in base if arg[0] not in taken]
            args += _handed_on(cls, {name for name, *_ in args})
        row: dict[str, Any] = {"args": args}
        if aliases := [name for name in public if name != canonical]:
            row["aliases"] = aliases
        words = _identifiers(keras, kind, cls)
        if kind == "metrics":
            words.update(COMPILE_WORDS.get(canonical, ()))
        if identifiers := sorted(words - {canonical, *row.get("aliases", ())}):
            row["identifiers"] = identifiers
        if called := sorted(_called(module, {canonical, *row.get("aliases", ()), *identifiers} - _compiled(kind))):
            row["called"] = called
        rows[canonical] = row
    return rows


def _compiled(kind: str) -> set[str]:
    """Words that `get` does not know and `compile` does."""
    return {word for words in COMPILE_WORDS.values() for word in words} if kind == "metrics" else set()


def _called(module: Any, names: set[str]) -> Iterator[str]:
    """Those that Keras's own `get` can't make: they need their brackets, and perhaps a value in them."""
    for name in names if hasattr(module, "get") else ():
        try:
            module.get(name)
        except (KeyError, TypeError, ValueError):  # what Keras raises for a word that it can't make something of
            yield name


def _arguments(function: Any) -> Iterator[list[Any]]:
    """`[name]` or `[name, default]` for each argument; `*name` where any number of values may stand."""
    if inspect.isclass(function) and function.__init__ is object.__init__:
        return
    for parameter in _parameters(function):
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        if parameter.kind is parameter.VAR_POSITIONAL:
            if not inspect.isclass(function):
                yield ["*" + parameter.name]
        elif parameter.default is parameter.empty:
            yield [parameter.name]
        elif parameter.kind is parameter.KEYWORD_ONLY:
            yield [parameter.name, parameter.default, True]
        else:
            yield [parameter.name, parameter.default]


def _parameters(function: Any) -> list[inspect.Parameter]:
    """Those of a function, or of a class's constructor (a class's own signature may be hidden by its `__new__`)."""
    if not inspect.isclass(function):
        return list(inspect.signature(function).parameters.values())
    return list(inspect.signature(function.__init__).parameters.values())[1:]


def _has_kwargs(cls: type) -> bool:
    return any(p.kind is p.VAR_KEYWORD for p in _parameters(cls))


# Values of many kinds: a constructor that takes none of them in an argument's place sets that argument itself.
PROBES = (True, 1, 0.5, "channels_last")


def _handed_on(cls: type, taken: set[str]) -> list[list[Any]]:
    """Arguments that a class takes by `**kwargs` alone, for the classes that it is made from."""
    found: list[list[Any]] = []
    for parent in cls.__mro__[1:]:
        if "__init__" not in vars(parent) or parent.__name__ in BASES or parent is object:
            continue
        more = [arg for arg in _arguments(parent) if len(arg) > 1 and arg[0] not in taken]
        found += [[name, default, True] for name, default, *_ in more if _takes(cls, name, default)]
        taken |= {arg[0] for arg in more}
        if not _has_kwargs(parent):
            break
    return found


def _takes(cls: Any, name: str, default: Any) -> bool:
    required = [arg[0] for arg in _arguments(cls) if len(arg) == 1]
    for stand_in in (1, 0.5):
        for probe in PROBES:
            if probe is default:
                continue
            try:
                cls(**dict.fromkeys(required, stand_in), **{name: probe})
            except Exception:  # noqa: BLE001, S112 - whatever a constructor raises is a refusal
                continue
            return True
    return False


def _identifiers(keras: ModuleType, kind: str, cls: type) -> set[str]:
    """The words by which Keras finds this class, or the function that it wraps."""
    table = _identifier_table(keras, kind)
    meant = {cls, _wrapped_function(cls)}
    words = {word for word, value in table.items() if value in meant}
    function = _wrapped_function(cls)
    return words | ({function.__name__} if function is not None and kind in ("losses", "metrics") else set())


def _identifier_table(keras: ModuleType, kind: str) -> Mapping[str, Any]:
    # Keras offers no public list of the words that `get` takes.
    package = getattr(keras.src, kind, None)
    return getattr(package, "ALL_OBJECTS_DICT", {})


def _wrapped_function(cls: Any) -> Any:
    """`mean_squared_error` for `MeanSquaredError`: a loss or metric that is built on a function keeps it."""
    if any(len(arg) == 1 for arg in _arguments(cls)):
        return None
    if not cls.__module__.startswith(("keras.src.losses", "keras.src.metrics")):
        return None
    built = cls()
    return getattr(built, "fn", None) or getattr(built, "_fn", None)


def _activations(keras: ModuleType) -> dict[str, Any]:
    table = keras.src.activations.ALL_OBJECTS_DICT
    rows: dict[str, Any] = {}
    for function in {id(f): f for f in table.values()}.values():
        row: dict[str, Any] = {"args": list(_arguments(function))}
        if aliases := sorted(word for word, f in table.items() if f is function and word != function.__name__):
            row["aliases"] = aliases
        rows[function.__name__] = row
    return rows


def _ops(keras: ModuleType) -> dict[str, Any]:
    names = (n for n in dir(keras.ops) if not n.startswith("_"))
    functions = {n: getattr(keras.ops, n) for n in names}
    return {n: {"args": _plain(list(_arguments(f)))} for n, f in functions.items() if inspect.isfunction(f)}


def _plain(args: list[list[Any]]) -> list[list[Any]]:
    """Defaults that JSON cannot write (a function) become None: the argument is not required, that is all."""
    plain = (bool, int, float, str, list, tuple, type(None))
    return [[a[0], a[1] if isinstance(a[1], plain) else None, *a[2:]] if len(a) > 1 else a for a in args]


def main() -> None:
    """Write the files, and the page that counts what is covered."""
    from tests.oracle.coverage import FILE, page

    DATA.mkdir(exist_ok=True)
    for kind, text in harvest().items():
        (DATA / f"{kind}.json").write_text(text, encoding="utf-8")
    FILE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
