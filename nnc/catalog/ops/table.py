"""The functions of `keras.ops` that models call most, with their rules; `rarer` has the others."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.catalog.ops import dtypes, layout
from nnc.catalog.ops.elementwise import (
    OpRule,
    along,
    binary,
    clip,
    matmul,
    pointwise,
    reduction,
    single_axis,
    where,
)


def all_of(names: str, rule: OpRule) -> dict[str, OpRule]:
    """The same rule for each of these names."""
    return dict.fromkeys(names.split(), rule)


RULES: Mapping[str, OpRule] = {
    **all_of("abs absolute copy nan_to_num ones_like zeros_like trunc stop_gradient", pointwise(dtypes.kept)),
    **all_of(
        "arccos arccosh arcsin arcsinh arctan arctanh ceil cos cosh exp expm1 floor log log10 log1p log2 sin sinc "
        "sinh sqrt tan tanh",
        pointwise(dtypes.floated),
    ),
    **all_of(
        "celu elu erf erfc erfinv gelu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh log_sigmoid rsqrt selu "
        "sigmoid silu soft_shrink softplus softsign sparse_plus sparse_sigmoid squareplus swish tanh_shrink",
        pointwise(dtypes.kept, "floats"),
    ),
    "reciprocal": pointwise(dtypes.single, "floats"),
    **all_of("relu relu6 leaky_relu round sign", pointwise(dtypes.kept, "numbers")),
    "negative": pointwise(dtypes.kept, "signed"),
    "square": pointwise(dtypes.accumulated),
    **all_of("isfinite isinf isnan", pointwise(dtypes.truth, "floats")),
    "logical_not": pointwise(dtypes.truth),
    **all_of("add subtract multiply maximum minimum floor_divide power", binary()),
    "mod": binary(takes="any", result=dtypes.accumulated),
    **all_of("divide true_divide divide_no_nan arctan2 logaddexp", binary("float", takes="any")),
    **all_of("equal not_equal isclose logical_and logical_or logical_xor", binary(takes="any", result=dtypes.truth)),
    **all_of("greater greater_equal less less_equal", binary(result=dtypes.truth)),
    "where": where,
    "clip": clip,
    "cast": layout.cast,
    **all_of("softmax log_softmax", along(dtypes.kept, "floats")),
    "normalize": along(dtypes.single, "floats"),
    **all_of("cumsum cumprod", single_axis(along(dtypes.accumulated))),
    "sort": single_axis(along(dtypes.kept)),
    "argsort": single_axis(along(dtypes.index)),
    "flip": along(dtypes.kept),
    **all_of("max amax min amin", reduction(dtypes.kept)),
    **all_of("sum prod", reduction(dtypes.summed)),
    **all_of("mean std var average median norm", reduction(dtypes.floated)),
    "logsumexp": reduction(dtypes.single, "floats"),
    **all_of("all any", reduction(dtypes.truth)),
    **all_of("argmax argmin", single_axis(reduction(dtypes.index))),
    "count_nonzero": reduction(dtypes.index),
    "matmul": matmul,
    "reshape": layout.reshape,
    "transpose": layout.transpose,
    "swapaxes": layout.swapaxes,
    "moveaxis": layout.moveaxis,
    "expand_dims": layout.expand_dims,
    "squeeze": layout.squeeze,
    "repeat": layout.repeat,
    "roll": layout.roll,
    "concatenate": layout.concatenate,
    "stack": layout.stack,
    "split": layout.split,
    "getitem": layout.getitem,
    "one_hot": layout.one_hot,
    "top_k": layout.top_k,
}


def rule_of(name: str) -> OpRule | None:
    """The rule of that function, or None where a model can't call it."""
    if name in RULES:
        return RULES[name]
    from nnc.catalog.ops import rarer

    return rarer.RULES.get(name)


def rules() -> Mapping[str, OpRule]:
    """Every rule by the function's name."""
    from nnc.catalog.ops import rarer

    return {**RULES, **rarer.RULES}
