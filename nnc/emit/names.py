"""Names that the model in memory and the emitted Python must agree on."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count
from pathlib import PurePath

from nnc import catalog
from nnc.emit.python.helpers import HELPERS
from nnc.graph import Fn, FnCall, FnExpr, FnList, FnRef, ModelGraph, Object, Spec, TrainConfig, Value

# What an emitted module calls its own: no fn of a spec may take these.
MODULE_NAMES = HELPERS.keys() | {
    *("keras", "layers", "ops", "math", "np", "pd", "re", "datasets", "Path", "Image", "ImageOps"),
    *("SimpleImputer", "StandardScaler", "MinMaxScaler", "RobustScaler"),
    *("build_model", "compile_model", "train", "match_targets", "model", "load_data", "adapt"),
}
# Letters that ruff (E741) and people take for digits.
_AMBIGUOUS = frozenset({"l", "O", "I"})
_LONGEST = 40


def identifier(text: str) -> str:
    """A Python name as near to the text as may be: ASCII, no keyword, no builtin's name, at most 40 letters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"\W+", "_", plain)[:_LONGEST]
    if not name.strip("_"):
        name = "value"
    if name[0].isdigit() or name.startswith("__"):
        name = f"v_{name.strip('_')}"
    if keyword.iskeyword(name) or hasattr(builtins, name) or name in _AMBIGUOUS:
        name += "_"
    return name


class Names:
    """Names given out once each; a taken one gets a number."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._numbers: dict[str, int] = {}

    @property
    def taken(self) -> frozenset[str]:
        """The names that are given out, or were never free."""
        return frozenset(self._taken)

    def __contains__(self, name: str) -> bool:
        return name in self._taken

    def new(self, wanted: str) -> str:
        """The wanted name as a Python name, or the first one with a number that is still free."""
        base = identifier(wanted)
        name, number = base, self._numbers.get(base, 2)
        while name in self._taken:
            name, number = f"{base}_{number}", number + 1
        self._numbers[base] = number
        self._taken.add(name)
        return name


def fn_names(spec: Spec) -> Mapping[str, str]:
    """The Python name of each fn of a spec, which is also the name that Keras knows it by."""
    names = Names(MODULE_NAMES)
    return {name: names.new(name) for name in spec.fns}


def package_of(spec: Spec) -> str:
    """The name under which Keras registers a spec's fns: that of the module which the spec would become."""
    return identifier(PurePath(spec.file.replace("\\", "/")).stem)


# ---- which fns are used, and as what -------------------------------------------------------------


def fns_in(value: object) -> Iterator[str]:
    """The names of the fns that a value mentions, objects and lists gone through."""
    if isinstance(value, FnRef):
        yield value.name
    elif isinstance(value, Object):
        yield from fns_in(value.args)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from fns_in(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from fns_in(item)


def scoring_fns(train: TrainConfig | None) -> frozenset[str]:
    """The fns that stand as a loss or a metric: they take targets and predictions."""
    if train is None:
        return frozenset()
    return frozenset(fns_in((train.losses, train.metrics)))


def used_fns(spec: Spec, model: ModelGraph, called: Iterable[str] = ()) -> tuple[Fn, ...]:
    """The fns that a model and its training need, with those that they call, in the spec's order.

    `called` are those that the model's source calls by name.
    """
    wanted = [*fns_in(tuple(layer.args for layer in model.layers.values())), *scoring_fns(spec.train), *called]
    needed: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in spec.fns and name not in needed:
            needed.add(name)
            fn = spec.fns[name]
            wanted.extend(ref for expr in (*(e for _, e in fn.body), fn.result) for ref in _called(expr))
    return tuple(fn for name, fn in spec.fns.items() if name in needed)


def _called(expr: FnExpr) -> Iterator[str]:
    if isinstance(expr, FnCall):
        if isinstance(expr.op, FnRef):
            yield expr.op.name
        for item in (*expr.args, *expr.kwargs.values()):
            yield from _called(item)
    elif isinstance(expr, FnList):
        for item in expr.items:
            yield from _called(item)


# ---- metrics -------------------------------------------------------------------------------------


def snake_case(name: str) -> str:
    """`MeanIoU` → `mean_io_u`: the name that Keras makes of a class's or function's name."""
    letters = re.sub(r"\W", "", name)
    return re.sub(r"(?<=.)(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])", "_", letters).lower()


def named_metrics(metrics: tuple[Value, ...], fns: Mapping[str, str]) -> tuple[tuple[str, Value], ...]:
    """Each metric with the name that it has in Keras's history; `fns` are the Python names of the spec's fns.

    Keras numbers a class's instances through the whole life of a process (`auc`, `auc_1`), so an object without a
    name gets one here. Beside an `fn` of that name an exact metric is `recall_exact`; others are numbered.
    """
    scores = {snake_case(fns[metric.name]) for metric in metrics if isinstance(metric, FnRef)}
    taken = scores | {metric for metric in metrics if isinstance(metric, str)}
    named: list[tuple[str, Value]] = []
    for metric in metrics:
        if isinstance(metric, Object):
            name = str(metric.args.get("name") or _default_name(metric))
            name = _free(f"{name}_exact" if name in scores else name, taken)
            taken.add(name)
            named.append((name, Object(metric.kind, metric.name, {**metric.args, "name": name})))
        else:
            named.append((snake_case(fns[metric.name]) if isinstance(metric, FnRef) else str(metric), metric))
    return tuple(named)


def _default_name(metric: Object) -> str:
    row = catalog.find(metric.kind, metric.name)
    argument = row.arg("name") if row else None
    return str(argument.default) if argument and argument.default else snake_case(metric.name)


def _free(name: str, taken: set[str]) -> str:
    numbered = (f"{name}_{number}" for number in count(2))
    return next(word for word in chain([name], numbered) if word not in taken)
