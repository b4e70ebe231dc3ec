"""The params of a spec: their values, what `--set` says instead, and their domains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc import codes
from nnc.check.frame import Frame, unwrap
from nnc.check.values import POISON, Value, is_number, noun, show
from nnc.diagnostics import Label
from nnc.lean import dataclass
from nnc.source import Source
from nnc.spelling import suggest
from nnc.syntax import parse, tree


def parse_override(text: str) -> Value:
    """The value of `--set NAME=TEXT`: what the text says as an expression of constants, else the text itself.

    `12`, `1e-3`, `20%`, `true`, `none` and `[1, 2]` are values; `titanic.csv` and `"titanic.csv"` are strings.
    """
    if "\n" in text or "\r" in text or "#" in text:
        return text
    file, findings = parse(Source("--set", f"param value = {text}\n"))
    items = file.items if file is not None and not findings.has_errors else ()
    if len(items) != 1 or not isinstance(items[0], tree.Param) or items[0].domain is not None:
        return text
    value = _literal(items[0].value)
    return text if value is POISON else value


def _literal(expr: tree.Expr) -> Value:
    expr = unwrap(expr)
    if isinstance(expr, (tree.Number, tree.String, tree.Constant)):
        return expr.value
    if isinstance(expr, tree.Unary) and expr.op in "+-" and isinstance(expr.operand, tree.Number):
        return -expr.operand.value if expr.op == "-" else expr.operand.value
    if isinstance(expr, tree.ListOf):
        items = tuple(_literal(item) for item in expr.items)
        return POISON if any(item is POISON for item in items) else items
    return POISON


def check_params(nodes: Sequence[tree.Param], overrides: Mapping[str, object], frame: Frame) -> dict[str, Value]:
    """Bind the params of the main file, in order; gives the values of those that are right."""
    values: dict[str, Value] = {}
    for node in nodes:
        value = _value(node, overrides, frame)
        frame.scope.bind(node.name.id, value, node.name.span, "param")
        if value is not POISON:
            values[node.name.id] = value
    known = [node.name.id for node in nodes]
    for name in overrides:
        if name not in known:
            near = suggest(name, known)
            hint = f"its params are {', '.join(known)}" if known else "it has none: write `param NAME = VALUE` first"
            frame.faults.add(
                codes.UNKNOWN_PARAM,
                f"--set {name}: the spec has no param `{name}`",
                help=f"did you mean `{near}`?" if near else hint,
            )
    return values


def _value(node: tree.Param, overrides: Mapping[str, object], frame: Frame) -> Value:
    value = frame.value(node.value)
    if value is not POISON and not _is_constant(value):
        frame.faults.add(
            codes.BAD_OPERAND,
            f"a param is a constant, and this is {noun(value)}",
            node.value.span,
            expected="a number, a string, true, false, none or a list of them",
            found=show(value),
        )
        value = POISON
    domain = None if node.domain is None else _domain(node.domain, value, frame)
    if domain is not None and value is not POISON and not domain.holds(value):
        frame.faults.add(
            codes.OUT_OF_DOMAIN,
            f"the value of `{node.name.id}` is outside its own domain",
            node.value.span,
            *([] if node.domain is None else [Label(node.domain.span, "the domain")]),
            expected=domain.words,
            found=show(value),
        )
    if node.name.id not in overrides:
        return value
    return _override(node, value, overrides[node.name.id], domain, frame)


def _is_constant(value: Value) -> bool:
    if isinstance(value, tuple):
        return all(_is_constant(item) for item in value)
    return value is None or isinstance(value, (bool, int, float, str))


def _override(node: tree.Param, default: Value, given: object, domain: _Domain | None, frame: Frame) -> Value:
    name = node.name.id
    value: Value = parse_override(given) if isinstance(given, str) else given
    if isinstance(default, str) and not isinstance(value, str):
        value = str(given)
    if default is not POISON and default is not None and value is not None and not _alike(default, value):
        frame.faults.add(
            codes.BAD_OPERAND,
            f"--set {name}={show(value)}: `{name}` is {noun(default)} in the spec",
            node.name.span,
            expected=f"{noun(default)}, such as {show(default)}",
            found=f"{noun(value)}, {show(value)}",
        )
        return POISON
    if domain is not None and not domain.holds(value):
        frame.faults.add(
            codes.OUT_OF_DOMAIN,
            f"--set {name}={show(value)} is outside the domain of `{name}`",
            node.domain.span if node.domain is not None else node.name.span,
            expected=domain.words,
            found=show(value),
        )
        return POISON
    return value


def _alike(default: Value, value: Value) -> bool:
    return (is_number(default) and is_number(value)) or (
        isinstance(default, bool) == isinstance(value, bool) and isinstance(value, type(default))
    )


# ---- domains -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Domain:
    """What a param may be: one of `choices`, or a number from `low` to `high`, `whole` if only whole numbers count."""

    words: str
    choices: tuple[Value, ...] = ()
    low: float = 0.0
    high: float = 0.0
    whole: bool = False

    def holds(self, value: Value) -> bool:
        if self.choices:
            return any(type(value) is type(choice) and value == choice for choice in self.choices) or (
                is_number(value) and any(is_number(choice) and value == choice for choice in self.choices)
            )
        kinds = int if self.whole else (int, float)
        return isinstance(value, kinds) and is_number(value) and self.low <= value <= self.high


def _domain(expr: tree.Expr, default: Value, frame: Frame) -> _Domain | None:
    expr = unwrap(expr)
    if isinstance(expr, tree.RangeOf):
        return _range(expr, default, frame)
    value = frame.value(expr)
    if value is POISON:
        return None
    if not isinstance(value, tuple) or not value or not _is_constant(value):
        frame.faults.add(
            codes.BAD_DOMAIN,
            "a domain is a list of values or a range",
            expr.span,
            expected="[32, 64, 128], or 0.1..0.5, or 1e-4..1e-1 log",
            found=show(value),
        )
        return None
    return _Domain(f"one of {show(value)}", value)


def _range(expr: tree.RangeOf, default: Value, frame: Frame) -> _Domain | None:
    low, high = frame.value(expr.low), frame.value(expr.high)
    if low is POISON or high is POISON:
        return None
    problem = None
    if (
        not isinstance(low, (int, float))
        or not isinstance(high, (int, float))
        or not (is_number(low) and is_number(high))
    ):
        problem, place, found = "the ends of a range are numbers", expr.span, f"{show(low)}..{show(high)}"
    elif low >= high:
        problem, place, found = "a range goes up", expr.span, f"{show(low)}..{show(high)}"
    elif expr.log and low <= 0:
        problem, place, found = "a range with `log` begins above 0", expr.low.span, show(low)
    if problem is not None:
        frame.faults.add(codes.BAD_DOMAIN, problem, place, expected="LOW..HIGH, LOW below HIGH", found=found)
        return None
    assert isinstance(low, (int, float))  # noqa: S101 - the first branch asked
    assert isinstance(high, (int, float))  # noqa: S101 - the first branch asked
    whole = all(isinstance(number, int) for number in (default, low, high))
    words = f"{'a whole number ' if whole else ''}from {show(low)} to {show(high)}"
    return _Domain(words, (), float(low), float(high), whole)
