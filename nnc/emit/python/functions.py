"""A spec's fns as Python functions over `keras.ops`."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import field

from nnc.emit.fn_types import Types, float_fns, is_number
from nnc.emit.names import MODULE_NAMES, Names, fn_names, package_of
from nnc.emit.python.code import Atom, Code, Group, Invoke, Subscript, assign, comment, layout, returns, string
from nnc.emit.python.params import Constants
from nnc.emit.python.values import FnNames, index_text, op_code, plain_name, value_code
from nnc.graph import Fn, FnCall, FnConst, FnExpr, FnList, FnName, FnRef, IndexItem, Spec
from nnc.lean import dataclass

# An expression that nests deeper is taken apart into locals, so that lines stay short and Python can parse it.
_DEEPEST = 6
# The package's own constants, as a function of keras.ops would write them.
_CONSTANTS: Mapping[str, Code] = {
    "epsilon": Invoke(Atom("keras.config.epsilon", power=False)),
    "pi": Atom("math.pi"),
}
MATCH_TARGETS = '''\
def match_targets(y_true, y_pred):
    """Give targets the axes and the type of predictions that are of their size."""
    y_true = ops.convert_to_tensor(y_true)
    if y_pred.shape[-1] == 1 and len(y_true.shape) < len(y_pred.shape):
        y_true = ops.expand_dims(y_true, -1)
    if y_true.shape[1:] == y_pred.shape[1:]:
        y_true = ops.cast(y_true, y_pred.dtype)
    return y_true'''


@dataclass
class _Function:
    """A function being written: its locals' Python names, what is known of their types, and its lines."""

    fns: FnNames
    constants: Constants
    names: Names
    types: Types
    variables: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


def function_source(fn: Fn, spec: Spec, constants: Constants, *, scores: bool) -> str:
    """The definition of one fn, registered with Keras so that models with it can be saved.

    `scores` says that it stands as a loss or metric: its targets are then brought to its predictions' type.
    """
    fns = fn_names(spec)
    taken = Names({*MODULE_NAMES, *fns.values(), *constants.taken})
    writer = _Function(fns, constants, taken, Types(float_fns(spec.fns), set(fn.parameters)))
    parameters = [writer.names.new(parameter) for parameter in fn.parameters]
    writer.variables.update(zip(fn.parameters, parameters, strict=True))
    if scores and len(parameters) == 2:
        matched = Invoke(Atom("match_targets"), tuple(map(Atom, parameters)))
        writer.lines.append(assign(parameters[0], matched))
    for name, expr in _needed(fn):
        code = _expression(expr, writer, 0)
        writer.types.bind(name, expr)
        targets = _targets(name, writer)
        if code != Atom(targets):  # `x = x` says nothing, and linters say so
            writer.lines.append(assign(targets, code))
    writer.lines.append(returns(_expression(fn.result, writer, 0)))
    register = Invoke(Atom("keras.saving.register_keras_serializable"), (), (("package", string(package_of(spec))),))
    return "\n".join(
        [f"@{layout(register, 0, 1)}", _signature(fns[fn.name], parameters), *_docstring(fn), *writer.lines]
    )


def _targets(names: str | tuple[str, ...], writer: _Function) -> str:
    """The variables that a binding gives, as they stand before its `=`."""
    for name in (names,) if isinstance(names, str) else names:
        if name not in writer.variables:
            writer.variables[name] = "_" if name == "_" else writer.names.new(name)
    return writer.variables[names] if isinstance(names, str) else ", ".join(writer.variables[name] for name in names)


def _signature(name: str, parameters: list[str]) -> str:
    line = f"def {name}({', '.join(parameters)}):"
    if len(line) <= 88:
        return line
    return "\n".join([f"def {name}(", *(f"    {parameter}," for parameter in parameters), "):"])


def _docstring(fn: Fn) -> list[str]:
    text = comment(fn.doc)
    if not text:
        return []
    lines = textwrap.wrap(text, 80)
    if len(lines) == 1:
        return [f'    """{lines[0]}"""']
    return [f'    """{lines[0]}', *(f"    {line}" for line in lines[1:]), '    """']


def _needed(fn: Fn) -> list[tuple[str | tuple[str, ...], FnExpr]]:
    """The bindings that the result hangs on; the others would be locals that nothing reads."""
    wanted = set(_names_in(fn.result))
    kept: list[tuple[str | tuple[str, ...], FnExpr]] = []
    for bound, expr in reversed(fn.body):
        names = {bound} if isinstance(bound, str) else set(bound)
        if names & wanted:
            # Of several names those that nothing reads become `_`.
            read = bound if isinstance(bound, str) else tuple(name if name in wanted else "_" for name in bound)
            wanted = (wanted - names) | _names_in(expr)
            kept.append((read, expr))
    return kept[::-1]


def _names_in(expr: FnExpr) -> set[str]:
    if isinstance(expr, FnName):
        return {expr.id}
    if isinstance(expr, FnCall):
        return set().union(*(_names_in(item) for item in (*expr.args, *expr.kwargs.values())))
    return set().union(*map(_names_in, expr.items)) if isinstance(expr, FnList) else set()


def _expression(expr: FnExpr, writer: _Function, depth: int) -> Code:
    if isinstance(expr, FnName):
        return Atom(writer.variables[expr.id])
    if isinstance(expr, FnConst):
        if expr.param is not None and expr.param in writer.constants:
            return writer.constants.code(expr.param)
        return _CONSTANTS.get(expr.name or "") or value_code(expr.value, writer.fns)
    if isinstance(expr, FnList):
        return Group("[", tuple(_expression(item, writer, depth) for item in expr.items))
    if depth < _DEEPEST:
        return _call(expr, writer, depth + 1)
    code = _call(expr, writer, 0)
    variable = writer.names.new("part")
    writer.lines.append(assign(variable, code))
    return Atom(variable)


def _call(expr: FnCall, writer: _Function, depth: int) -> Code:
    if expr.op == "getitem":
        return Subscript(_expression(expr.args[0], writer, depth), index_text(index_items(expr.args[1:])))
    args = tuple(_expression(item, writer, depth) for item in expr.args)
    kwargs = tuple((plain_name(key), _expression(item, writer, depth)) for key, item in expr.kwargs.items())
    if isinstance(expr.op, FnRef):
        return Invoke(Atom(writer.fns[expr.op.name]), args, kwargs)
    return op_code(expr.op, args, kwargs, as_operator=writer.types.mixes(expr) or _of_numbers(expr))


# What Python computes at once between plain numbers; two numbers compared would read like a slip.
_ARITHMETIC = frozenset(["add", "subtract", "multiply", "divide", "floor_divide", "mod", "power", "negative"])


def _of_numbers(call: FnCall) -> bool:
    return call.op in _ARITHMETIC and all(map(is_number, call.args))


def index_items(items: tuple[object, ...]) -> tuple[IndexItem, ...]:
    """The IndexItems of a `getitem`, which may stand there one by one, in a tuple or in a constant."""
    found: list[IndexItem] = []
    for item in items:
        inner = item.value if isinstance(item, FnConst) else item
        if isinstance(inner, IndexItem):
            found.append(inner)
        elif isinstance(inner, tuple):
            found.extend(index_items(inner))
        elif isinstance(inner, int):
            found.append(IndexItem(start=inner))
    return tuple(found)
