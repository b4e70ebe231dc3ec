"""Whether a text says a graph: it is checked as any spec is, and the two are compared tensor by tensor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnc import catalog
from nnc.catalog import Rejection
from nnc.check import check
from nnc.emit.flow import live_calls
from nnc.graph import ModelGraph, Object, Tensor
from nnc.keras_import.values import is_default, uniform
from nnc.lean import dataclass
from nnc.source import Source
from nnc.syntax import parse


@dataclass(frozen=True)
class Difference:
    """Layers that got other names, by their names in the graph; and what else differs, in words."""

    names: set[str]
    other: str = ""


def compare(model: ModelGraph, text: str, layers: Sequence[str], kept: Mapping[str, str]) -> Difference | None:
    """None where the text says the model. `layers` are the model's in the order in which the text makes them, `kept`

    the names that they must have.
    """
    file, findings = parse(Source("<import>", text))
    spec = None
    if file is not None:
        spec, findings = check(file)
    if spec is None:
        names = {owner for owner, name in kept.items() for item in findings if f"`{name}`" in item.message}
        return Difference(names, "; ".join(item.message for item in findings))
    other = spec.model
    if len(layers) != len(other.layers):
        return Difference(set(), f"{len(layers)} layers and {len(other.layers)}")
    table: dict[Any, int] = {}
    ours = _forms(model, {name: place for place, name in enumerate(layers)}, table)
    theirs = _forms(other, {name: place for place, name in enumerate(other.layers)}, table)
    if ours != theirs:
        return Difference(set(), "the outputs are made in another way")
    made = dict(zip(layers, other.layers, strict=True))
    wrong = {owner for owner, name in kept.items() if owner in made and made[owner] != name}
    return Difference(wrong) if wrong else None


def _forms(model: ModelGraph, places: Mapping[str, int], table: dict[Any, int]) -> list[Any]:
    """Inputs and outputs by number; two tensors have one number when they are made in the same way."""

    def number(form: Any) -> int:
        return table.setdefault(form, len(table))

    made: dict[int, int] = {}
    for place, item in enumerate(model.inputs):
        sizes = tuple(dim if isinstance(dim, int) else None for dim in item.tensor.type.shape)
        made[item.tensor.id] = number(("input", place, item.name, sizes, item.tensor.type.dtype))

    def operand(value: Any) -> Any:
        if isinstance(value, Tensor):
            return ("tensor", made[value.id])
        if isinstance(value, tuple):
            return tuple(operand(item) for item in value)
        return repr(value)

    for call in live_calls(model):
        what: Any = call.op
        if call.layer is not None:
            layer = model.layers[call.layer]
            what = (places[call.layer], layer.kind, _args(layer.kind, layer.args))
        args = tuple(operand(item) for item in call.args)
        named = tuple(sorted((key, operand(item)) for key, item in call.kwargs.items()))
        for place, tensor in enumerate(call.outputs):
            made[tensor.id] = number((what, args, named, place))
    return [*(made[item.tensor.id] for item in model.inputs), *((o.name, made[o.tensor.id]) for o in model.outputs)]


def _args(kind: str, args: Mapping[str, Any]) -> Any:
    """Arguments as the catalog takes them, so that `3` and `[3, 3]` are told apart only where Keras does."""
    row = catalog.find("layers", kind)
    found = []
    for key, value in args.items():
        arg = row.arg(key) if row is not None else None
        taken = value if arg is None else arg.kind.accept(value)
        taken = value if isinstance(taken, Rejection) else taken
        if arg is None or not (is_default(arg, value) or is_default(arg, taken)):
            found.append((key, _plain(uniform(taken))))
    return tuple(sorted(found))


def _plain(value: Any) -> Any:
    if isinstance(value, Object):
        inner = {key: item for key, item in value.args.items() if not (value.kind == "layers" and key == "name")}
        return (value.kind, value.name, tuple(sorted((key, _plain(item)) for key, item in inner.items())))
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if isinstance(value, Mapping):
        return tuple(sorted((key, _plain(item)) for key, item in value.items()))
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
