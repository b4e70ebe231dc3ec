"""Inputs and arguments for the examples of functions that the usual ones do not fit."""

from __future__ import annotations

_TABLE = """
add | x: [4, 6] | x, -1
append | x: [4, 6] | x, x, axis=-1
arctan2 | x: [4, 6] | x, -1
array_split | x: [4, 6] | x, 1, 2
average_pool | x: [8, 8, 3] | x, 2
bitwise_and | x: int32[6] | x, x
bitwise_invert | x: int32[6] | x
bitwise_left_shift | x: int32[6] | x, -1
bitwise_not | x: int32[6] | x
bitwise_or | x: int32[6] | x, x
bitwise_right_shift | x: int32[6] | x, -1
bitwise_xor | x: int32[6] | x, x
cast | x: [4, 6] | x, "int32"
cholesky | x: [4, 4] | x
cholesky_inverse | x: [4, 4] | x
clip | x: [4, 6] | x, 0, 1
cross | x: [4, 3] | x, x
depth_to_space | x: [8, 8, 4] | x, 2
det | x: [4, 4] | x
diagonal | x: [4, 6] | x, axis1=1, axis2=2
divide | x: [4, 6] | x, -1
divide_no_nan | x: [4, 6] | x, -1
dot_product_attention | x: [8, 8, 4] | x, x, x
dsplit | x: [4, 6] | x, 2
dstack | x: [4, 6] | [x, x]
eigh | x: [4, 4] | x
einsum | x: [4, 4] | "bij,bjk->bik", x, x
equal | x: [4, 6] | x, -1
extract_sequences | x: [4, 6] | x, 1, 2
fft | x: [4, 6] | [x, x]
fft2 | x: [4, 6] | [x, x]
floor_divide | x: [4, 6] | x, -1
fmax | x: [4, 6] | x, -1
fmin | x: [4, 6] | x, -1
fmod | x: [4, 6] | x, -1
fold | x: [4, 4] | x, [3, 3], 2
full_like | x: [4, 6] | x, -1
greater | x: [4, 6] | x, -1
greater_equal | x: [4, 6] | x, -1
hsplit | x: [4, 6] | x, 2
hstack | x: [4, 6] | [x, x]
ifft2 | x: [4, 6] | [x, x]
in_top_k | i: int32[]; x: [6] | i, x, 2
inv | x: [4, 4] | x
irfft | x: [4, 6] | [x, x]
isclose | x: [4, 6] | x, -1
istft | x: [4, 6] | (x, x), 4, 2, 6
ldexp | x: [4, 6] | x, -1
left_shift | x: int32[6] | x, -1
less | x: [4, 6] | x, -1
less_equal | x: [4, 6] | x, -1
logaddexp | x: [4, 6] | x, -1
logaddexp2 | x: [4, 6] | x, -1
logdet | x: [4, 4] | x
logical_and | x: [4, 6] | x, -1
logical_or | x: [4, 6] | x, -1
logical_xor | x: [4, 6] | x, -1
matmul | x: [4, 4] | x, x
max_pool | x: [8, 8, 3] | x, 2
maximum | x: [4, 6] | x, -1
minimum | x: [4, 6] | x, -1
mod | x: [4, 6] | x, -1
moments | x: [4, 6] | x, axes=[1, 2]
moveaxis | x: [4, 6] | x, 1, 2
multi_hot | x: int32[6] | x, num_classes=10
multiply | x: [4, 6] | x, -1
nextafter | x: [4, 6] | x, -1
not_equal | x: [4, 6] | x, -1
one_hot | x: int32[6] | x, 10
pad | x: [4, 6] | x, [[0, 0], [1, 1], [0, 0]]
percentile | x: [4, 6] | x, 50, axis=-1
power | x: [4, 6] | x, -1
quantile | x: [4, 6] | x, 0.5, axis=-1
repeat | x: [4, 6] | x, 2, axis=1
reshape | x: [4, 6] | x, [-1, 24]
right_shift | x: int32[6] | x, -1
roll | x: [4, 6] | x, 0, 1
rot90 | x: [4, 6] | x, axes=[1, 2]
saturate_cast | x: [4, 6] | x, "int32"
select | x: [4, 6] | [x > 0], [x], 0
slice | x: [4, 6] | x, [0, 1, 0], [-1, 2, 3]
slice_update | x: [4, 6] | x, [0, 0, 0], x
solve | x: [4, 4] | x, x
solve_triangular | x: [4, 4] | x, x
space_to_depth | x: [8, 8, 4] | x, 2
sparse_categorical_crossentropy | i: int32[]; x: [6] | i, x
split | x: [4, 6] | x, 1, 2
squeeze | x: [4, 1] | x, -1
stft | x: [4, 6] | x, 4, 2, 4
subtract | x: [4, 6] | x, -1
swapaxes | x: [4, 6] | x, axis1=1, axis2=2
take | x: [4, 6] | x, [0, 2], axis=1
take_along_axis | x: int32[6] | x, x, axis=-1
threshold | x: [4, 6] | x, 0, 1
tile | x: [4, 6] | x, 2
top_k | x: [4, 6] | x, 2
trace | x: [4, 6] | x, axis1=1, axis2=2
transpose | x: [4, 6] | x, [0, 2, 1]
true_divide | x: [4, 6] | x, -1
unstack | x: [4, 4] | x, axis=-1
where | x: [4, 6] | x > 0, x, 0
"""

CALLS: dict[str, tuple[str, str]] = {
    name: (inputs, call) for name, inputs, call in (line.split(" | ") for line in _TABLE.strip().splitlines())
}
