"""Which expressions of an fn are sure to be tensors of floats, given that its parameters are.

Between two of those, or one and a plain number, Python's operators mean what `keras.ops` means. Elsewhere they may
not: TensorFlow's operators refuse mixed types, which `keras.ops` brings together.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import field

from nnc.graph import Fn, FnCall, FnConst, FnExpr, FnList, FnName, FnRef
from nnc.lean import dataclass

_ARITHMETIC = "add subtract multiply divide floor_divide mod power matmul negative where"
# Functions of keras.ops that give floats where one argument is a tensor of floats.
_FLOAT_OPS = frozenset(
    f"""{_ARITHMETIC} abs absolute average clip concatenate cos cosh elu erf exp expand_dims expm1 floor ceil gelu
    hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu log log10 log1p log2 log_sigmoid log_softmax logsumexp max
    maximum mean median min minimum norm prod reciprocal relu relu6 reshape round rsqrt selu sigmoid sign silu sin sinh
    softmax softplus softsign split sqrt square squeeze stack std sum swish tan tanh transpose var getitem""".split()
)


@dataclass
class Types:
    """What is known while an fn is read: float locals, and fns that give floats for floats."""

    float_fns: AbstractSet[str]
    floats: set[str] = field(default_factory=set)
    _nodes: dict[int, bool] = field(default_factory=dict)

    def bind(self, name: str | tuple[str, ...], expr: FnExpr) -> None:
        """Note what a local is once its expression has been seen; several take its several values apart."""
        note = self.floats.update if self.is_float(expr) else self.floats.difference_update
        note((name,) if isinstance(name, str) else name)
        self._nodes.clear()

    def is_float(self, expr: FnExpr) -> bool:
        """Whether an expression is sure to be a tensor of floats, as its names stand now."""
        if id(expr) not in self._nodes:
            self._nodes[id(expr)] = self._of(expr)
        return self._nodes[id(expr)]

    def mixes(self, call: FnCall) -> bool:
        """Whether Python's operator would do for a call: floats and plain numbers alone, one tensor at least."""
        kinds = [self.is_float(item) for item in call.args]
        return any(kinds) and all(
            kind or is_number(item) or item_is_index(item) for item, kind in zip(call.args, kinds, strict=True)
        )

    def _of(self, expr: FnExpr) -> bool:
        if isinstance(expr, FnName):
            return expr.id in self.floats
        if isinstance(expr, FnList):
            return all(self.is_float(item) for item in expr.items)
        if not isinstance(expr, FnCall):
            return False
        if isinstance(expr.op, FnRef):
            return expr.op.name in self.float_fns and all(self.is_float(item) or is_number(item) for item in expr.args)
        return expr.op in _FLOAT_OPS and any(self.is_float(item) for item in expr.args)


def is_number(expr: object) -> bool:
    """Whether an expression is a plain number."""
    return isinstance(expr, FnConst) and isinstance(expr.value, (int, float)) and not isinstance(expr.value, bool)


def item_is_index(expr: object) -> bool:
    """Whether an operand is the index of a `getitem`, which has no type."""
    return not isinstance(expr, (FnName, FnCall, FnConst, FnList))


def float_fns(fns: Mapping[str, Fn]) -> frozenset[str]:
    """The fns that give floats for floats. Grows from none, so that a circle of calls ends as well."""
    known: frozenset[str] = frozenset()
    while True:
        found = frozenset(name for name, fn in fns.items() if _gives_floats(fn, known))
        if found == known:
            return known
        known = found


def _gives_floats(fn: Fn, known: frozenset[str]) -> bool:
    types = Types(known, set(fn.parameters))
    for name, expr in fn.body:
        types.bind(name, expr)
    return types.is_float(fn.result)
