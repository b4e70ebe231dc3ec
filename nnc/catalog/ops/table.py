"""Each function of `keras.ops` that a model may call, with its rule."""

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


def _all(names: str, rule: OpRule) -> dict[str, OpRule]:
    return dict.fromkeys(names.split(), rule)


RULES: Mapping[str, OpRule] = {
    **_all("abs absolute copy nan_to_num ones_like zeros_like trunc stop_gradient", pointwise(dtypes.kept)),
    **_all(
        "arccos arccosh arcsin arcsinh arctan arctanh ceil cos cosh exp expm1 floor log log10 log1p log2 sin sinc "
        "sinh sqrt tan tanh",
        pointwise(dtypes.floated),
    ),
    **_all(
        "celu elu erf erfc erfinv gelu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh log_sigmoid rsqrt selu "
        "sigmoid silu soft_shrink softplus softsign sparse_plus sparse_sigmoid squareplus swish tanh_shrink",
        pointwise(dtypes.kept, "floats"),
    ),
    "reciprocal": pointwise(dtypes.single, "floats"),
    **_all("relu relu6 leaky_relu round sign", pointwise(dtypes.kept, "numbers")),
    "negative": pointwise(dtypes.kept, "signed"),
    "square": pointwise(dtypes.accumulated),
    **_all("isfinite isinf isnan", pointwise(dtypes.truth, "floats")),
    "logical_not": pointwise(dtypes.truth),
    **_all("add subtract multiply maximum minimum floor_divide power", binary()),
    "mod": binary(takes="any", result=dtypes.accumulated),
    **_all("divide true_divide divide_no_nan arctan2 logaddexp", binary("float", takes="any")),
    **_all("equal not_equal isclose logical_and logical_or logical_xor", binary(takes="any", result=dtypes.truth)),
    **_all("greater greater_equal less less_equal", binary(result=dtypes.truth)),
    "where": where,
    "clip": clip,
    "cast": layout.cast,
    **_all("softmax log_softmax", along(dtypes.kept, "floats")),
    "normalize": along(dtypes.single, "floats"),
    **_all("cumsum cumprod", single_axis(along(dtypes.accumulated))),
    "sort": single_axis(along(dtypes.kept)),
    "argsort": single_axis(along(dtypes.index)),
    "flip": along(dtypes.kept),
    **_all("max amax min amin", reduction(dtypes.kept)),
    **_all("sum prod", reduction(dtypes.summed)),
    **_all("mean std var average median norm", reduction(dtypes.floated)),
    "logsumexp": reduction(dtypes.single, "floats"),
    **_all("all any", reduction(dtypes.truth)),
    **_all("argmax argmin", single_axis(reduction(dtypes.index))),
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
