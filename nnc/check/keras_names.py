"""What Keras's names stand for, and what is said of one that can't stand where it does."""

from __future__ import annotations

from collections.abc import Mapping

from nnc import codes
from nnc.catalog import Kind, find, names
from nnc.check.frame import Frame, unwrap
from nnc.diagnostics import Fix
from nnc.source import Span
from nnc.syntax import tree


def dotted(expr: tree.Expr) -> str | None:
    """`a.b.c` as text; only the last part where the others are Keras's modules. None where it is no name."""
    expr = unwrap(expr)
    if isinstance(expr, tree.Attribute) and dotted(expr.value) is not None:
        return expr.name.id
    return expr.id if isinstance(expr, tree.Name) else None


_SINGULAR: Mapping[str, str] = {
    "layers": "a layer",
    "optimizers": "an optimizer",
    "optimizers.schedules": "a schedule of the learning rate",
    "losses": "a loss",
    "metrics": "a metric",
    "initializers": "an initializer",
    "regularizers": "a regularizer",
    "constraints": "a constraint",
    "callbacks": "a callback",
    "activations": "an activation",
    "ops": "a function of keras.ops",
}


def refused_object(name: str, kind: str | None, place: Span, frame: Frame) -> bool:
    """Whether this names an object of Keras that can't be in a spec, which is said then."""
    row = find(kind, name) if kind else None
    if row is None or row.refused is None:
        return False
    frame.faults.add(codes.REFUSED, f"`{name}` can't be in a spec: {row.refused}", place)
    return True


def what_is(name: str) -> tuple[str, str] | None:
    """The kind of Keras's objects that has this name, and how to speak of one."""
    for kind, words in _SINGULAR.items():
        if find(kind, name) is not None:
            return kind, words
    return None


def of_another_kind(kind: str, name: str, place: Span, frame: Frame, where: str, hint: str | None = None) -> bool:
    """Whether this is an object of Keras, and of another kind than is wanted, which is said then."""
    one, other = _SINGULAR.get(kind, kind), what_is(name)
    if other is None or other[0] == kind:
        return False
    message = f"`{name}` is {other[1]}, and {where} takes {one}"
    frame.faults.add(codes.UNKNOWN_OBJECT, message, place, expected=one, found=other[1], help=hint)
    return True


def unknown_object(kind: str, name: str, call: tree.Call, frame: Frame, where: str) -> None:
    """Say that Keras has nothing of this name and kind."""
    span, one = call.function.span, _SINGULAR.get(kind, kind)
    if of_another_kind(kind, name, span, frame, where):
        return
    message = f"Keras has no {one.split(' ', 1)[1]} `{name}`"
    frame.faults.misspelt(codes.UNKNOWN_OBJECT, message, span, names(kind), hint=f"{where} takes {one}")


def needs_brackets(expr: tree.Name, kind: Kind, frame: Frame) -> bool:
    """`callbacks = [EarlyStopping]`: a Keras object without its brackets, where no bare word may stand."""
    row = find(kind.objects, expr.id) if kind.objects else None
    if row is None:
        return False
    needs = [arg.name for arg in row.args if arg.required]
    written = f"{expr.id}({', '.join(needs)})"
    fix = Fix(f"write {written}", expr.span, written, not needs)
    frame.faults.add(codes.UNKNOWN_OBJECT, f"`{expr.id}` needs its brackets", expr.span, help=fix.title, fix=fix)
    return True
