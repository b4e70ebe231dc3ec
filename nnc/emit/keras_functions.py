"""A spec's fns as Python callables over `keras.ops`, by interpretation: nothing of a spec is ever executed as code."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import keras
from keras import ops

from nnc.emit.names import fn_names, package_of, scoring_fns
from nnc.emit.python.functions import index_items
from nnc.emit.python.values import function_of, plain_name
from nnc.graph import Fn, FnCall, FnConst, FnExpr, FnList, FnName, FnRef, IndexItem, Spec

Function = Callable[..., Any]


def build_functions(spec: Spec) -> Mapping[str, Function]:
    """Every fn of a spec by its name, registered with Keras so that a model with it can be saved and cloned.

    A fn that stands as a loss or metric gets targets of its predictions' axes and type, as Keras's own do.
    """
    names, package, scores = fn_names(spec), package_of(spec), scoring_fns(spec.train)
    functions: dict[str, Function] = {}
    for name, fn in spec.fns.items():
        function = _build(fn, functions, scores=name in scores and len(fn.parameters) == 2)
        # The emitted module's function has this name and module too, so both write the same configuration.
        function.__name__ = function.__qualname__ = names[name]
        function.__module__ = package
        function.__doc__ = fn.doc or None
        functions[name] = keras.saving.register_keras_serializable(package=package)(function)
    return functions


def _build(fn: Fn, functions: Mapping[str, Function], *, scores: bool) -> Function:
    def function(*operands: Any) -> Any:
        if scores:
            operands = (match_targets(*operands), operands[1])
        values = dict(zip(fn.parameters, operands, strict=True))
        for name, expr in fn.body:
            value = _evaluate(expr, values, functions)
            values.update({name: value} if isinstance(name, str) else dict(zip(name, value, strict=True)))
        return _evaluate(fn.result, values, functions)

    return function


def match_targets(y_true: Any, y_pred: Any) -> Any:
    """Give targets the axes and the type of predictions that are of their size: [n] and [n, 1] become alike."""
    y_true = ops.convert_to_tensor(y_true)
    if y_pred.shape[-1] == 1 and len(y_true.shape) < len(y_pred.shape):
        y_true = ops.expand_dims(y_true, -1)
    if y_true.shape[1:] == y_pred.shape[1:]:
        y_true = ops.cast(y_true, y_pred.dtype)
    return y_true


_CONSTANTS: Mapping[str, Callable[[], float]] = {"epsilon": keras.config.epsilon, "pi": lambda: math.pi}


def _evaluate(expr: FnExpr, values: Mapping[str, Any], functions: Mapping[str, Function]) -> Any:
    if isinstance(expr, FnName):
        return values[expr.id]
    if isinstance(expr, FnConst):
        constant = _CONSTANTS.get(expr.name or "")
        return constant() if constant else expr.value
    if isinstance(expr, FnList):
        return [_evaluate(item, values, functions) for item in expr.items]
    return _call(expr, values, functions)


def _call(expr: FnCall, values: Mapping[str, Any], functions: Mapping[str, Function]) -> Any:
    if expr.op == "getitem":
        index = python_index(index_items(expr.args[1:]))
        operand = _evaluate(expr.args[0], values, functions)
        return operand[index[0] if isinstance(operand, (list, tuple)) else index]
    args = [_evaluate(item, values, functions) for item in expr.args]
    kwargs = {key: _evaluate(item, values, functions) for key, item in expr.kwargs.items()}
    if isinstance(expr.op, FnRef):
        return functions[expr.op.name](*args, **kwargs)
    return op_function(expr.op)(*args, **kwargs)


def op_function(name: str) -> Function:
    """The function of `keras.ops` of that name."""
    function: Function = getattr(ops, plain_name(function_of(name)))
    return function


def python_index(items: tuple[IndexItem, ...]) -> tuple[Any, ...]:
    """What stands between the brackets of `a[...]`, as Python values."""
    return tuple(
        Ellipsis if item.is_ellipsis else slice(item.start, item.stop, item.step) if item.is_slice else item.start
        for item in items
    )
