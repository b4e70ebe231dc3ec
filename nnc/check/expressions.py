"""What expressions stand for: constants when compiling, tensors in a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nnc import codes
from nnc.catalog import Size, find, names
from nnc.check.constants import FUNCTIONS, OPERATORS, index, unary, unknown_size
from nnc.check.elsewhere import ELSEWHERE
from nnc.check.faults import Trouble
from nnc.check.frame import Evaluator, Frame, key_text, unwrap
from nnc.check.modules import modules_before, refuse_modules
from nnc.check.values import (
    POISON,
    BlockDef,
    BlockProto,
    BlockValue,
    LayerProto,
    LayerValue,
    Repeat,
    TensorValue,
    Value,
    is_number,
    noun,
    show,
)
from nnc.diagnostics import Fix, Label
from nnc.graph import FnRef, IndexItem
from nnc.source import Span
from nnc.syntax import tree


def _number(expr: tree.Number, frame: Frame) -> Value:
    del frame
    return expr.value


def _string(expr: tree.String, frame: Frame) -> Value:
    del frame
    return expr.value


def _constant(expr: tree.Constant, frame: Frame) -> Value:
    del frame
    return expr.value


def _name(expr: tree.Name, frame: Frame) -> Value:
    binding = frame.scope.read(expr.id)
    if binding is None:
        if expr.id not in frame.later and is_word(expr.id):
            return expr.id
        unknown_name(expr, frame)
        return POISON
    return binding.value


def is_word(name: str) -> bool:
    """Whether Keras knows it as a word (`relu`, `same`, `he_normal`): where nothing has this name, it is a string."""
    kinds = ("activations", "initializers", "regularizers", "constraints")
    return name in ("same", "valid", "causal") or any(find(kind, name) for kind in kinds)


def unknown_name(expr: tree.Name, frame: Frame) -> None:
    """Say that nothing has this name, and what may have been meant."""
    if expr.id in frame.context.unread:
        return
    later = frame.later.get(expr.id)
    if later is not None and later.start > expr.span.start:
        frame.faults.add(
            codes.USED_BEFORE,
            f"`{expr.id}` is used before it is defined",
            expr.span,
            Label(later, "it is defined here"),
            help="move the definition up",
        )
        return
    if expr.id in frame.unknown:
        return  # said already: whoever misspells a name where it is bound misses it at each use
    frame.unknown.add(expr.id)
    message = f"nothing is called `{expr.id}` here"
    if expr.span.source.text[: expr.span.start].rstrip(" ").endswith("//"):
        hint = "a comment begins with `#`; `//` divides"
        frame.faults.add(codes.UNKNOWN_NAME, message, expr.span, help=hint)
        return
    if find("layers", expr.id) is not None:
        hint = f"`{expr.id}` is a layer of Keras: apply it to a tensor, x -> {expr.id}(...)"
        frame.faults.add(codes.UNKNOWN_NAME, message, expr.span, help=hint)
        return
    frame.faults.misspelt(codes.UNKNOWN_NAME, message, expr.span, frame.scope.names(), hint=_in_sight(frame))


def _in_sight(frame: Frame) -> str | None:
    seen = frame.scope.names()[:8]
    return f"names in sight: {', '.join(f'`{name}`' for name in seen)}" if seen else None


def _list(expr: tree.ListOf | tree.TupleOf, frame: Frame) -> Value:
    items = tuple(frame.value(item) for item in expr.items)
    return POISON if any(item is POISON for item in items) else items


def _paren(expr: tree.Paren, frame: Frame) -> Value:
    return frame.value(expr.inner)


def _map(expr: tree.MapOf, frame: Frame) -> Value:
    entries: dict[str, Value] = {}
    for key, item in expr.entries:
        entries[key_text(key)] = frame.value(item)
    return POISON if any(item is POISON for item in entries.values()) else entries


def _range(expr: tree.RangeOf, frame: Frame) -> Value:
    frame.faults.add(
        codes.NOT_HERE,
        "a range `a..b` is a param's domain",
        expr.span,
        expected="a list",
        help="range(a, b) counts the whole numbers from a up to b",
    )
    return POISON


# ---- operators -----------------------------------------------------------------------------------


def _unary(expr: tree.Unary, frame: Frame) -> Value:
    value = frame.value(expr.operand)
    if value is POISON:
        return POISON
    if isinstance(value, TensorValue):
        if expr.op == "+":
            return value
        return _op("logical_not" if expr.op == "not" else "negative", (value,), frame, expr.span)
    return _settle(unary(expr.op, value), frame, expr.operand.span)


def _binary(expr: tree.Binary, frame: Frame) -> Value:
    # A sum of a thousand terms leans to the left a thousand deep, so the left edge is walked and not recursed into.
    edge: list[tree.Binary] = [expr]
    while isinstance(edge[-1].left, tree.Binary):
        edge.append(edge[-1].left)
    value = frame.value(edge[-1].left)
    for node in reversed(edge):
        frame.faults.spend(1, node.span)
        if isinstance(value, bool) and (node.op, value) in _DECIDED:
            continue
        value = _combine(node, value, frame.value(node.right), frame)
    return value


# What needs no second operand: `false and ...`, `true or ...`.
_DECIDED = {("and", False), ("or", True)}


# The place of a Trouble that is of the result and not of one operand.
_WHOLE = 2


def _combine(node: tree.Binary, left: Value, right: Value, frame: Frame) -> Value:
    if left is POISON or right is POISON:
        return POISON
    operator = OPERATORS[node.op]
    if isinstance(left, TensorValue) or isinstance(right, TensorValue):
        return _with_tensor(node, left, right, frame)
    if node.op == "*" and isinstance(right, _REPEATABLE):
        return repeated(node, left, right, frame)
    result = operator.compute(node.op, left, right)
    if isinstance(result, Trouble):
        if node.op == "*" and isinstance(left, _REPEATABLE):
            result = replace(result, help="how often stands first: 2 * Dense(8)")
        at = _WHOLE if result.operand is None else result.operand
        frame.faults.trouble(result, (node.left.span, node.right.span, node.span)[at])
        return POISON
    if isinstance(result, tuple):
        frame.faults.spend(len(result) // 64, node.span)
    return result


def _with_tensor(node: tree.Binary, left: Value, right: Value, frame: Frame) -> Value:
    for value, part in ((left, node.left), (right, node.right)):
        if not isinstance(value, TensorValue) and not is_number(value) and not isinstance(value, bool):
            message = f"`{node.op}` can't take a tensor and {noun(value)}"
            hint = "a list of tensors grows by a list: skips + [z]" if isinstance(value, tuple) else None
            if isinstance(value, _REPEATABLE):
                hint = "`->` binds loosest, so a chain in a sum stands in round brackets: (x -> Dense(8)) + y"
            frame.faults.add(
                codes.BAD_OPERAND, message, part.span, expected="a tensor or a number", found=show(value), help=hint
            )
            return POISON
    return _op(OPERATORS[node.op].op, (left, right), frame, node.span)


def block_without_brackets(block: BlockDef, span: Span, frame: Frame) -> None:
    """Say that a block is used like a layer: by a call."""
    node = block.node
    written = f"{node.name.id}({', '.join(p.name.id for p in node.parameters if p.default is None)})"
    frame.faults.add(codes.NOT_A_LAYER, f"the block `{node.name.id}` needs its brackets", span, help=f"write {written}")


_REPEATABLE = (LayerProto, LayerValue, BlockDef, BlockProto, BlockValue, FnRef, Repeat)


def repeated(node: tree.Binary, count: Value, what: Value, frame: Frame) -> Value:
    """`3 * Block(8)`: what is applied so many times in a row; none at all lets a tensor through as it is."""
    if isinstance(what, BlockDef):
        block_without_brackets(what, node.right.span, frame)
        return POISON
    if isinstance(count, Size):
        frame.faults.trouble(unknown_size(count), node.left.span)
        return POISON
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        frame.faults.add(
            codes.BAD_REPEAT,
            "a layer or block is repeated a whole number of times",
            node.left.span,
            expected="a whole number, not below 0",
            found=show(count),
        )
        return POISON
    if isinstance(what, Repeat):  # `2 * (3 * Block(8))`
        count, what = count * what.count, what.what
    return Repeat(count, what, node.span)


def _op(name: str, args: tuple[Value, ...], frame: Frame, span: Span) -> Value:
    if frame.builder is None:
        return POISON
    return frame.builder.op(name, args, {}, frame, span)


def _settle(result: Value | Trouble, frame: Frame, span: Span) -> Value:
    if isinstance(result, Trouble):
        frame.faults.trouble(result, span)
        return POISON
    return result


# ---- if, index, attribute ------------------------------------------------------------------------


def condition(expr: tree.Expr, frame: Frame) -> bool | None:
    """Whether a condition holds; None where it has a mistake."""
    value = frame.value(expr)
    if isinstance(value, bool):
        return value
    if value is POISON:
        return None
    if isinstance(value, Size):
        frame.faults.trouble(unknown_size(value), expr.span)
    elif isinstance(value, TensorValue):
        frame.faults.add(
            codes.NOT_A_CONDITION,
            "a tensor can't decide when compiling: its numbers come later",
            expr.span,
            expected="true, false or a comparison of constants",
            found=show(value),
            help="ops.where(condition, a, b) chooses number by number",
        )
    else:
        frame.faults.add(
            codes.NOT_A_CONDITION,
            f"{noun(value)} is neither true nor false",
            expr.span,
            expected="true, false or a comparison",
            found=show(value),
        )
    return None


def _if(expr: tree.IfExpr, frame: Frame) -> Value:
    holds = condition(expr.condition, frame)
    if holds is None:
        frame.value(expr.then)
        frame.value(expr.otherwise)
        return POISON
    return frame.value(expr.then if holds else expr.otherwise)


def _index(expr: tree.Index, frame: Frame) -> Value:
    base = unwrap(expr.value)
    if isinstance(base, tree.Name) and frame.scope.find(base.id) is None and find("layers", base.id) is not None:
        inner = expr.span.text[len(base.id) :].strip()[1:-1]
        fix = Fix(f"write {base.id}({inner})", expr.span, f"{base.id}({inner})")
        message = f"the arguments of `{base.id}` stand in round brackets"
        frame.faults.add(codes.NOT_A_LAYER, message, expr.span, help=fix.title, fix=fix)
        return POISON
    value = frame.value(expr.value)
    if value is POISON:
        return POISON
    if isinstance(value, TensorValue):
        items = [index_item(item, frame) for item in expr.items]
        if any(item is None for item in items):
            return POISON
        return _op("getitem", (value, *items), frame, expr.span)
    if not isinstance(value, (tuple, str)):
        frame.faults.add(
            codes.BAD_INDEX,
            f"{noun(value)} has no items",
            expr.value.span,
            expected="a list or a tensor",
            found=show(value),
        )
        return POISON
    return _list_item(value, expr, frame)


def _list_item(value: tuple[Value, ...] | str, expr: tree.Index, frame: Frame) -> Value:
    if len(expr.items) != 1:
        frame.faults.add(codes.BAD_INDEX, "a list has one axis", expr.items[1].span, expected="one index")
        return POISON
    item = expr.items[0]
    if isinstance(item, tree.Slice):
        cut = index_item(item, frame)
        return POISON if cut is None else value[cut.start : cut.stop : cut.step]
    at = frame.value(item)
    return POISON if at is POISON else _settle(index(value, at), frame, item.span)


def index_item(item: tree.Expr | tree.Slice, frame: Frame) -> IndexItem | None:
    """One item of an index of a tensor; None where it has a mistake."""
    if isinstance(item, tree.Slice):
        parts = [None if part is None else _whole(part, frame) for part in (item.start, item.stop, item.step)]
        if any(part is POISON for part in parts):
            return None
        start, stop, step = (part if isinstance(part, int) else None for part in parts)
        if step == 0:
            assert item.step is not None  # noqa: S101 - it was evaluated to 0
            frame.faults.add(codes.BAD_INDEX, "a slice can't go in steps of 0", item.step.span, expected="1 or more")
            return None
        return IndexItem(start, stop, step, is_slice=True)
    if isinstance(item, tree.Name) and item.id == "...":
        return IndexItem(is_ellipsis=True)
    value = _whole(item, frame)
    return IndexItem(value) if isinstance(value, int) else None


def _whole(expr: tree.Expr, frame: Frame) -> Value:
    value = frame.value(expr)
    if value is POISON or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, Size):
        frame.faults.trouble(unknown_size(value), expr.span)
    else:
        frame.faults.add(
            codes.BAD_INDEX, "an index is a whole number", expr.span, expected="a whole number", found=show(value)
        )
    return POISON


def _attribute(expr: tree.Attribute, frame: Frame) -> Value:
    base = unwrap(expr.value)
    if isinstance(base, tree.Name) and base.id == "ops" and frame.scope.find("ops") is None:
        if find("ops", expr.name.id) is None:
            unknown_op(expr.name, frame)
        else:
            frame.faults.add(
                codes.NOT_CALLABLE,
                f"`ops.{expr.name.id}` must be called",
                expr.span,
                help=f"write ops.{expr.name.id}(x)",
            )
        return POISON
    parts = modules_before(expr, frame)
    if parts:
        refuse_modules(parts, expr.name, frame)
        return POISON
    is_bound = isinstance(base, tree.Name) and frame.scope.find(base.id) is not None
    if not is_bound and expr.name.id in _FILES:
        fix = Fix(f'write "{expr.span.text}"', expr.span, f'"{expr.span.text}"')
        frame.faults.add(codes.UNKNOWN_NAME, "the name of a file stands in quotes", expr.span, help=fix.title, fix=fix)
        return POISON
    value = frame.value(expr.value)
    if value is not POISON or is_bound:  # whatever a name is bound to, it has no parts
        what = f"`{base.span.text}`" if value is POISON else noun(value)
        op = ELSEWHERE[codes.UNKNOWN_OP.id].get(expr.name.id, expr.name.id)
        hint = f"write ops.{op}({base.span.text}, ...)" if find("ops", op) and op not in FUNCTIONS else None
        frame.faults.add(
            codes.UNKNOWN_NAME,
            f"{what} has no `{expr.name.id}`",
            expr.name.span,
            help=hint or "shape(t) gives a tensor's sizes, ops.NAME(...) calls a function of keras.ops",
        )
    return POISON


_FILES = frozenset({"csv", "tsv", "txt", "xlsx", "json", "parquet"})


def unknown_op(name: tree.Name, frame: Frame) -> None:
    """Say that keras.ops has no such function."""
    message = f"keras.ops has no function `{name.id}`"
    frame.faults.misspelt(codes.UNKNOWN_OP, message, name.span, names("ops"))


EXPRESSIONS: Mapping[type, Evaluator] = {
    tree.Number: _number,
    tree.String: _string,
    tree.Constant: _constant,
    tree.Name: _name,
    tree.ListOf: _list,
    tree.TupleOf: _list,
    tree.Paren: _paren,
    tree.MapOf: _map,
    tree.RangeOf: _range,
    tree.Unary: _unary,
    tree.Binary: _binary,
    tree.IfExpr: _if,
    tree.Index: _index,
    tree.Attribute: _attribute,
}
