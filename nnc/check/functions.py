"""An `fn` of the spec as a `graph.Fn`: its names resolved, its calls held against keras.ops and the other fns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from nnc import codes, graph
from nnc.catalog import Row, find, names
from nnc.check.constants import OPERATORS
from nnc.check.expressions import index_item
from nnc.check.frame import Context, Frame, unwrap
from nnc.check.matching import match
from nnc.check.scope import Scope
from nnc.check.values import POISON, settled
from nnc.diagnostics import Label
from nnc.lean import dataclass
from nnc.source import Span
from nnc.spelling import suggest
from nnc.syntax import tree

_CONSTANTS = {"epsilon": 1e-7, "pi": 3.141592653589793}


@dataclass(slots=True)
class _Body:
    """One fn while it is read. `locals` are its parameters and what it has bound so far."""

    context: Context
    scope: Scope
    signatures: Mapping[str, tree.Fn]
    name: str
    locals: dict[str, Span]
    used: set[str] = field(default_factory=set)
    calls: dict[str, Span] = field(default_factory=dict)


def check_fns(fns: Mapping[str, tuple[tree.Fn, Scope]], context: Context) -> None:
    """Read every fn, given by its name in the graph with the names that it sees.

    The right ones are put into `context.fns`, each behind those that it calls.
    """
    nodes = {name: node for name, (node, _) in fns.items()}
    done: dict[str, tuple[graph.Fn | None, dict[str, Span]]] = {}
    for name, (_, scope) in fns.items():
        done[name] = _fn(name, nodes, scope, context)
    _order(done, nodes, context)


def _order(
    done: Mapping[str, tuple[graph.Fn | None, dict[str, Span]]], nodes: Mapping[str, tree.Fn], context: Context
) -> None:
    state: dict[str, str] = {}
    for start in done:
        stack = [(start, iter(done[start][1].items()))] if start not in state else []
        state.setdefault(start, "open")
        while stack:
            name, calls = stack[-1]
            step = next(calls, None)
            if step is None:
                stack.pop()
                _settle(name, done, state, context)
            elif state.get(step[0]) == "open":
                circle = [n for n, _ in stack]
                circle = [*circle[circle.index(step[0]) :], step[0]]
                message = f"the fn `{step[0]}` calls itself: {' -> '.join(circle[:6])}"
                hint = "an fn has no way to stop, so it can't call itself"
                context.faults.add(codes.FN_CIRCLE, message, step[1], Label(nodes[step[0]].name.span), help=hint)
                state[name] = "wrong"
            elif step[0] not in state:
                state[step[0]] = "open"
                stack.append((step[0], iter(done[step[0]][1].items())))


def _settle(
    name: str,
    done: Mapping[str, tuple[graph.Fn | None, dict[str, Span]]],
    state: dict[str, str],
    context: Context,
) -> None:
    fn, calls = done[name]
    if state[name] == "open":
        state[name] = "wrong" if fn is None or any(state.get(callee) == "wrong" for callee in calls) else "right"
    if fn is not None and state[name] == "right":
        context.fns[name] = fn


def _fn(
    name: str, signatures: Mapping[str, tree.Fn], scope: Scope, context: Context
) -> tuple[graph.Fn | None, dict[str, Span]]:
    node = signatures[name]
    body = _Body(context, scope, signatures, node.name.id, {})
    right = True
    for parameter in node.parameters:
        if parameter.name.id in body.locals:
            message = f"the fn `{node.name.id}` has two parameters `{parameter.name.id}`"
            first = Label(body.locals[parameter.name.id], "the first one")
            context.faults.add(codes.DEFINED_TWICE, message, parameter.name.span, first)
            right = False
        if parameter.default is not None:
            hint = "an fn gets all its arguments each time; make the number a `param` of the file"
            context.faults.add(codes.NOT_IN_FN, "an fn's parameter has no default", parameter.span, help=hint)
            right = False
        body.locals[parameter.name.id] = parameter.name.span
    bound, result = _statements(node, body)
    if result is None or not right or any(expr is None for _, expr in bound):
        return None, body.calls
    parameters = tuple(parameter.name.id for parameter in node.parameters)
    steps = tuple((names_, expr) for names_, expr in bound if expr is not None)
    return graph.Fn(name, parameters, steps, result), body.calls


_Bound = list[tuple[str | tuple[str, ...], graph.FnExpr | None]]


def _statements(node: tree.Fn, body: _Body) -> tuple[_Bound, graph.FnExpr | None]:
    bound: _Bound = []
    for statement in node.body:
        if isinstance(statement, tree.Return):
            return bound, _lower(statement.value, body)
        if isinstance(statement, tree.Bind):
            names_ = tuple(target.id for target in statement.targets)
            bound.append((names_ if len(names_) > 1 else names_[0], _lower(statement.value, body)))
            for target in statement.targets:
                _bind(target, node, body)
        else:
            hint = "an fn binds names and returns; `if c then a else b` chooses number by number"
            body.context.faults.add(codes.NOT_IN_FN, "this can't stand in an fn", statement.span, help=hint)
            return bound, None
    if body.context.has_gap(node):
        return bound, None
    hint = "end it with `return ...`"
    body.context.faults.add(codes.NOT_IN_FN, f"the fn `{node.name.id}` returns nothing", node.name.span, help=hint)
    return bound, None


def _bind(target: tree.Name, node: tree.Fn, body: _Body) -> None:
    if target.id == "_":
        return
    body.locals[target.id] = target.span
    if not node.short:
        body.context.usage.give(target.id, "binding", target.span)


# ---- expressions ---------------------------------------------------------------------------------


def _lower(expr: tree.Expr, body: _Body) -> graph.FnExpr | None:
    """The expression as the graph holds it; None where it has a mistake."""
    expr = unwrap(expr)
    body.context.enter(expr.span)
    body.context.faults.spend(1, expr.span)
    lower = _LOWER.get(type(expr))
    if lower is None:
        body.context.faults.add(codes.NOT_IN_FN, "this can't stand in an fn", expr.span, help=_WHY.get(type(expr)))
        result = None
    else:
        result = lower(expr, body)
    body.context.nesting -= 1
    return result


_WHY: Mapping[type, str] = {
    tree.Chain: "layers have weights and belong into a model; an fn is arithmetic alone",
    tree.MapOf: "an fn works on tensors and numbers",
    tree.RangeOf: "a range is a param's domain",
    tree.Attribute: "functions of keras.ops are called by their bare names",
}


def _literal(expr: tree.Number | tree.String | tree.Constant, body: _Body) -> graph.FnExpr:
    del body
    return graph.FnConst(expr.value)


def _name(expr: tree.Name, body: _Body) -> graph.FnExpr | None:
    if expr.id in body.locals:
        body.context.usage.use(body.locals[expr.id])
        return graph.FnName(expr.id)
    binding = body.scope.read(expr.id)
    if binding is not None and binding.kind == "param":
        if binding.value is POISON:
            return None
        return graph.FnConst(settled(binding.value), param=(expr.span.source.name, expr.id))
    if expr.id in _CONSTANTS:
        return graph.FnConst(_CONSTANTS[expr.id], expr.id)
    _unknown(expr, body)
    return None


def _unknown(expr: tree.Name, body: _Body) -> None:
    if find("ops", expr.id) is not None or _fn_named(expr.id, body) is not None:
        hint = f"write {expr.id}(...)"
        body.context.faults.add(
            codes.NOT_CALLABLE, f"`{expr.id}` is a function: it must be called", expr.span, help=hint
        )
        return
    if expr.id in body.context.unread:
        return
    fns = _fns_in_sight(body)
    params = [n for n in body.scope.names() if n not in fns]
    known = [*body.locals, *_CONSTANTS, *params]
    message = f"nothing is called `{expr.id}` in the fn `{body.name}`"
    seen = ", ".join(f"`{n}`" for n in list(body.locals)[:8])
    body.context.faults.misspelt(
        codes.UNKNOWN_NAME, message, expr.span, known, hint=f"it knows {seen}" if seen else None
    )


def _list(expr: tree.ListOf | tree.TupleOf, body: _Body) -> graph.FnExpr | None:
    items = [_lower(item, body) for item in expr.items]
    if any(item is None for item in items):
        return None
    constants = tuple(item.value for item in items if isinstance(item, graph.FnConst) and item.name is None)
    if len(constants) == len(items):
        return graph.FnConst(constants)
    return graph.FnList(tuple(item for item in items if item is not None))


_UNARY = {"-": "negative", "not": "logical_not"}


def _unary(expr: tree.Unary, body: _Body) -> graph.FnExpr | None:
    operand = _lower(expr.operand, body)
    if operand is None or expr.op == "+":
        return operand
    if expr.op == "-" and isinstance(operand, graph.FnConst) and operand.name is None:
        value = operand.value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return graph.FnConst(-value)
    return graph.FnCall(_UNARY[expr.op], (operand,))


def _binary(expr: tree.Binary, body: _Body) -> graph.FnExpr | None:
    left, right = _lower(expr.left, body), _lower(expr.right, body)
    for side, part in ((left, expr.left), (right, expr.right)):
        if isinstance(side, graph.FnList):
            hint = "concatenate([a, b]) joins tensors, stack([a, b]) lays them over each other"
            message = f"`{expr.op}` can't take a list"
            body.context.faults.add(codes.NOT_IN_FN, message, part.span, expected="a tensor or a number", help=hint)
            return None
    if left is None or right is None:
        return None
    return graph.FnCall(OPERATORS[expr.op].op, (left, right))


def _if(expr: tree.IfExpr, body: _Body) -> graph.FnExpr | None:
    parts = [_lower(part, body) for part in (expr.condition, expr.then, expr.otherwise)]
    if any(part is None for part in parts):
        return None
    return graph.FnCall("where", tuple(part for part in parts if part is not None))


def _index(expr: tree.Index, body: _Body) -> graph.FnExpr | None:
    value = _lower(expr.value, body)
    frame = Frame(body.context, body.scope)
    items = [index_item(item, frame) for item in expr.items]
    if value is None or any(item is None for item in items):
        return None
    constants = tuple(graph.FnConst(settled(item)) for item in items)
    return graph.FnCall("getitem", (value, *constants))


# ---- calls ---------------------------------------------------------------------------------------


def _call(expr: tree.Call, body: _Body) -> graph.FnExpr | None:
    function = unwrap(expr.function)
    if isinstance(function, tree.Attribute) and isinstance(function.value, tree.Name) and function.value.id == "ops":
        function = function.name
    if not isinstance(function, tree.Name):
        body.context.faults.add(codes.NOT_CALLABLE, "this can't be called", function.span, expected="a function's name")
        return None
    name = _fn_named(function.id, body)
    if name is not None:
        return _fn_call(name, function, expr, body)
    row = find("ops", function.id)
    if row is None:
        _unknown_function(function, expr, body)
        return None
    return _op_call(row, expr, body)


def _unknown_function(function: tree.Name, expr: tree.Call, body: _Body) -> None:
    for argument in expr.arguments:
        _lower(argument.value, body)
    if function.id in body.locals:
        body.context.faults.add(
            codes.NOT_CALLABLE,
            f"`{function.id}` is a tensor here and can't be called",
            function.span,
            Label(body.locals[function.id], "it is bound here"),
        )
        return
    if function.id in body.context.unread:
        return
    known = [*_fns_in_sight(body), *names("ops")]
    if body.context.lost and suggest(function.id, known) is None:
        return
    message = f"there is no function `{function.id}`"
    hint = "an fn may call the functions of keras.ops and the file's other fns"
    body.context.faults.misspelt(codes.UNKNOWN_OP, message, function.span, known, hint=hint)


def _fn_named(written: str, body: _Body) -> str | None:
    """The name in the graph of the fn that is called so here; None where none is."""
    binding = body.scope.find(written) if written not in body.locals else None
    value = binding.value if binding is not None else None
    return value.name if isinstance(value, graph.FnRef) else None


def _fns_in_sight(body: _Body) -> list[str]:
    return [name for name in body.scope.names() if _fn_named(name, body) is not None]


def _fn_call(name: str, function: tree.Name, expr: tree.Call, body: _Body) -> graph.FnExpr | None:
    node = body.signatures[name]
    body.calls.setdefault(name, function.span)
    body.context.usage.use(node.name.span)
    wanted = [parameter.name.id for parameter in node.parameters]
    given: dict[str, graph.FnExpr | None] = {}
    right = len(expr.arguments) == len(wanted)
    for position, argument in enumerate(expr.arguments):
        value = _lower(argument.value, body)
        slot = argument.name.id if argument.name else wanted[position] if position < len(wanted) else None
        if slot is None or slot not in wanted or slot in given:
            right = False
        else:
            given[slot] = value
    if not right:
        body.context.faults.add(
            codes.WRONG_COUNT,
            f"the fn `{function.id}` takes {len(wanted)} argument{'s' * (len(wanted) != 1)}",
            function.span,
            Label(node.name.span, "it is defined here"),
            expected=f"{function.id}({', '.join(wanted)})",
            found=str(len(expr.arguments)),
        )
        return None
    values = tuple(given[slot] for slot in wanted)
    if any(value is None for value in values):
        return None
    return graph.FnCall(graph.FnRef(name), tuple(value for value in values if value is not None))


def _op_call(row: Row, expr: tree.Call, body: _Body) -> graph.FnExpr | None:
    if row.refused is not None:
        message = f"`{row.name}` can't be in a spec: {row.refused}"
        body.context.faults.add(codes.REFUSED, message, expr.function.span)
        return None
    matched = match(row.name, row.args, expr, Frame(body.context, body.scope))
    if matched is None:
        for argument in expr.arguments:
            if not isinstance(unwrap(argument.value), tree.Name):
                _lower(argument.value, body)
        return None
    args: list[graph.FnExpr | None] = []
    kwargs: dict[str, graph.FnExpr | None] = {}
    position = 0
    for argument in expr.arguments:
        slot = row.args[min(position, len(row.args) - 1)] if argument.name is None else row.arg(argument.name.id)
        position += argument.name is None
        bare = unwrap(argument.value)
        value: graph.FnExpr | None
        if (
            slot is not None
            and isinstance(bare, tree.Name)
            and bare.id not in body.locals
            and bare.id in slot.kind.words
        ):
            value = graph.FnConst(bare.id)
        else:
            value = _lower(argument.value, body)
        if argument.name is None:
            args.append(value)
        else:
            kwargs[argument.name.id] = value
    if any(value is None for value in (*args, *kwargs.values())):
        return None
    return graph.FnCall(
        row.name,
        tuple(value for value in args if value is not None),
        {key: value for key, value in kwargs.items() if value is not None},
    )


_LOWER: Mapping[type, Callable[[Any, _Body], graph.FnExpr | None]] = {
    tree.Number: _literal,
    tree.String: _literal,
    tree.Constant: _literal,
    tree.Name: _name,
    tree.ListOf: _list,
    tree.TupleOf: _list,
    tree.Unary: _unary,
    tree.Binary: _binary,
    tree.IfExpr: _if,
    tree.Index: _index,
    tree.Call: _call,
}
