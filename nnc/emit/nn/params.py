"""What differs between the uses of a block becomes its parameters, as few as will do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from nnc import catalog
from nnc.emit.nn.steps import Step, Words
from nnc.lean import dataclass

# How much of the uses must agree in a value that becomes the parameter's default.
_COMMON = 0.6
_LARGEST_FACTOR = 8


@dataclass(frozen=True)
class Param:
    """A parameter of a block; `default` is empty or has the one value that it is left out for."""

    name: str
    default: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Parameters:
    """The parameters, the arguments of each step of the block in terms of them, and those of each use."""

    params: tuple[Param, ...]
    args: tuple[Mapping[str, Any], ...]
    uses: tuple[Mapping[str, Any], ...]


class _Missing:
    """No value: the argument is left out, and Keras's default is not known."""


_MISSING = _Missing()


def parameters(bodies: Sequence[Sequence[Step]]) -> Parameters | None:
    """The parameters for these uses, or None where they differ in what can't be one."""
    table = _Table(len(bodies))
    args: list[Mapping[str, Any]] = []
    for place in range(len(bodies[0])):
        steps = [body[place] for body in bodies]
        defaults = _defaults(steps[0])
        names = dict.fromkeys(key for step in steps for key in step.args)
        said: dict[str, Any] = {}
        for key in names:
            values = [step.args.get(key, defaults.get(key, _MISSING)) for step in steps]
            if any(value is _MISSING for value in values):
                return None
            left_out = any(key not in step.args for step in steps)
            said[key] = table.expression(key, values, (defaults[key],) if left_out else ())
        args.append(said)
    return table.finished(args)


def _defaults(step: Step) -> Mapping[str, Any]:
    if step.piece is not None:
        return {param.name: param.default[0] for param in step.piece.params if param.default}
    row = catalog.find("layers", step.kind)
    found: dict[str, Any] = {}
    for arg in row.args if row is not None else ():
        if not arg.required:
            default = arg.default
            uniform = isinstance(default, tuple) and len(set(default)) == 1
            found[arg.name] = default[0] if uniform else default
    return found


class _Table:
    """The parameters so far, each by the values that it has in the uses."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._params: dict[str, tuple[Sequence[Any], tuple[Any, ...]]] = {}

    def expression(self, key: str, values: Sequence[Any], default: tuple[Any, ...]) -> Any:
        """What stands in the block for an argument that has these values in the uses."""
        if all(_same(value, values[0]) for value in values):
            return values[0]
        lists = all(isinstance(value, tuple) for value in values)
        if lists and len({len(value) for value in values}) == 1:
            return tuple(self.expression(key, [value[i] for value in values], ()) for i in range(len(values[0])))
        for name, (other, known) in self._params.items():
            text = _in_terms_of(name, values, other)
            if text is not None:
                if text == name and not known and default:
                    self._params[name] = (other, default)
                return Words(text)
        name, number = key, 2
        while name in self._params:
            name, number = f"{key}{number}", number + 1
        self._params[name] = (values, default)
        return Words(name)

    def finished(self, args: Sequence[Mapping[str, Any]]) -> Parameters:
        """The parameters with their defaults, those that must be given first."""
        params = []
        for name, (values, default) in self._params.items():
            common, count = Counter(map(_key, values)).most_common(1)[0]
            often = not default and count >= _COMMON * self._count
            params.append(Param(name, (next(v for v in values if _key(v) == common),) if often else default))
        params.sort(key=lambda param: bool(param.default))
        uses = tuple(
            {
                param.name: self._params[param.name][0][use]
                for param in params
                if not (param.default and _same(param.default[0], self._params[param.name][0][use]))
            }
            for use in range(self._count)
        )
        return Parameters(tuple(params), tuple(args), uses)


def _key(value: Any) -> Any:
    return (type(value).__name__, repr(value))


def _same(left: Any, right: Any) -> bool:
    return bool(_key(left) == _key(right))


def _in_terms_of(name: str, values: Sequence[Any], other: Sequence[Any]) -> str | None:
    """The values by those of a parameter: the same, or a whole multiple."""
    if all(map(_same, values, other)):
        return name
    pairs = list(zip(values, other, strict=True))
    if not all(type(a) is int and type(b) is int and a > 0 and b > 0 for a, b in pairs):
        return None
    factor = pairs[0][0] // pairs[0][1]
    if 2 <= factor <= _LARGEST_FACTOR and all(a == factor * b for a, b in pairs):
        return f"{factor} * {name}"
    factor = pairs[0][1] // pairs[0][0]
    if 2 <= factor <= _LARGEST_FACTOR and all(a * factor == b for a, b in pairs):
        return f"{name} // {factor}"
    return None
