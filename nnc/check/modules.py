"""Names with a module before them, as in Python: `keras.layers.Dense`, `nn.Linear`, `torch.relu`."""

from __future__ import annotations

from nnc import codes
from nnc.catalog import find, names
from nnc.check.elsewhere import ELSEWHERE
from nnc.check.frame import Frame, unwrap
from nnc.diagnostics import Fix
from nnc.source import Span
from nnc.syntax import tree

_KINDS = ("layers", "losses", "metrics", "optimizers", "optimizers.schedules", "callbacks", "initializers",
          "regularizers", "constraints")  # fmt: skip
_KERAS = frozenset({"tf", "tensorflow", "keras", "ops", "activations", "schedules", *_KINDS})
_OTHERS = frozenset({"torch", "nn", "F", "np", "numpy", "jnp", "jax", "flax"})
_ALIASES = (codes.UNKNOWN_LAYER, codes.UNKNOWN_OBJECT, codes.UNKNOWN_OP)


def modules_before(expr: tree.Expr, frame: Frame) -> list[tree.Name]:
    """The names of the modules before a name, if the first is one of Keras or of another library and nothing here."""
    parts: list[tree.Name] = []
    value = unwrap(expr)
    while isinstance(value, tree.Attribute):
        parts.insert(0, value.name)
        value = unwrap(value.value)
    if not isinstance(value, tree.Name) or frame.scope.find(value.id) is not None:
        return []
    return [value, *parts[:-1]] if value.id in _KERAS | _OTHERS else []


def refuse_modules(parts: list[tree.Name], name: tree.Name, frame: Frame) -> bool:
    """Say that a name stands without its modules; whether it is one of Keras, so that checking can go on with it."""
    place = Span(name.span.source, parts[0].span.start, name.span.start)
    written = ".".join(part.id for part in parts)
    known = _called(name.id) is not None or parts[-1].id == "ops"
    other = None if known else _of_keras(name.id)
    if all(part.id in _KERAS for part in parts) and other is None:
        meant = f"ops.{name.id}" if parts[-1].id == "ops" else name.id
        fix = Fix(f"write {meant}", place, meant.removesuffix(name.id))
        frame.faults.add(
            codes.UNKNOWN_NAME, f"Keras's names stand without `{written}.`", place, help=fix.title, fix=fix
        )
        return True
    mine = other if other is not None else _of_keras(name.id)
    frame.faults.add(
        codes.UNKNOWN_NAME,
        f"there is no module `{written}` here: a spec has Keras's own names",
        Span(place.source, place.start, name.span.end),
        help=f"`{name.id}` is {mine}" if mine else "layers, losses and optimizers stand by their names alone",
    )
    return False


def _of_keras(name: str) -> str | None:
    """What Keras has for the name of another library, in words."""
    for code in _ALIASES:
        alias = ELSEWHERE.get(code.id, {}).get(name, " ")
        name = name if " " in alias else alias
    called = _called(name)
    if called is not None:
        return f"`{called}` here"
    step = activation_called(name)
    if step is not None:
        return f"the step `-> {step}` here"
    return f"`ops.{name}` here" if find("ops", name) else None


def _called(name: str) -> str | None:
    """The object of Keras that has this name, in whatever letters."""
    wanted = name.casefold()
    return next((known for kind in _KINDS for known in names(kind) if known.casefold() == wanted), None)


def activation_called(name: str) -> str | None:
    """The activation that a name in the style of a layer means: `LogSoftmax` is `log_softmax`."""
    return next((word for word in names("activations") if word.replace("_", "") == name.casefold()), None)
