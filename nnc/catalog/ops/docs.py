"""A sentence on each function of `keras.ops`, in the order of the alphabet."""

from __future__ import annotations

from functools import cache

_DOCS = """
abs: The absolute value.
absolute: The absolute value.
adaptive_average_pool: The mean over windows that give an output of a given size.
adaptive_max_pool: The largest over windows that give an output of a given size.
add: The sum of two tensors; `a + b`.
all: Whether all values along an axis are true.
allclose: Whether two tensors are nearly equal everywhere.
amax: The largest value along an axis.
amin: The smallest value along an axis.
angle: The angle of a complex number: 0 or π for a real one.
any: Whether any value along an axis is true.
append: Two tensors one after the other along an axis.
arange: Numbers from a start to a stop in equal steps.
arccos: The inverse cosine.
arccosh: The inverse hyperbolic cosine.
arcsin: The inverse sine.
arcsinh: The inverse hyperbolic sine.
arctan: The inverse tangent.
arctan2: The angle of the point (x2, x1).
arctanh: The inverse hyperbolic tangent.
argmax: The place of the largest value along an axis.
argmin: The place of the smallest value along an axis.
argpartition: Places in an order where the kth stands where sorting would put it.
argsort: The places of the values in sorted order.
array: The tensor itself, in another dtype if one is given.
array_split: Parts along an axis whose sizes differ by one at most.
associative_scan: Running results of an associative Python function.
average: The mean along an axis, weighted if weights are given.
average_pool: The mean of each window.
bartlett: The triangular window of a given length.
batch_normalization: Subtracts a given mean and divides by a given spread.
binary_crossentropy: The log loss of each probability against its 0 or 1.
bincount: How often each whole number occurs.
bitwise_and: The bits that both whole numbers have.
bitwise_invert: The whole number with every bit turned.
bitwise_left_shift: The bits of a whole number moved to the left.
bitwise_not: The whole number with every bit turned.
bitwise_or: The bits that either whole number has.
bitwise_right_shift: The bits of a whole number moved to the right.
bitwise_xor: The bits that just one of two whole numbers has.
blackman: The Blackman window of a given length.
broadcast_to: The tensor repeated up to a given shape.
cast: The values in another dtype.
categorical_crossentropy: The log loss of each row of probabilities against a one-hot truth.
cbrt: The cube root.
cdist: The distance of each vector of one tensor to each of another.
ceil: The next whole number above.
celu: A smooth relu whose bend is set by `alpha`.
cholesky: The triangular factor of positive definite matrices.
cholesky_inverse: The inverse of a matrix from its triangular factor.
clip: The values cut off at two limits.
concatenate: Tensors one after the other along an axis.
cond: One of two Python functions, by a condition.
conj: The complex conjugate; real numbers stay.
conjugate: The complex conjugate; real numbers stay.
conv: Slides kernels over a tensor.
conv_transpose: A convolution turned round.
convert_to_numpy: The values as a NumPy array.
convert_to_tensor: The tensor itself, in another dtype if one is given.
copy: The same values in a new tensor.
corrcoef: The correlations of rows.
correlate: The cross-correlation of two sequences.
cos: The cosine.
cosh: The hyperbolic cosine.
count_nonzero: How many values along an axis are not 0.
cross: The cross product of vectors of 2 or 3 numbers.
ctc_decode: The likeliest labels of a sequence without alignment.
ctc_loss: The loss of a sequence without alignment.
cumprod: The running product along an axis.
cumsum: The running sum along an axis.
custom_gradient: A Python function with a gradient of its own.
deg2rad: Degrees as radians.
depth_to_space: Channels laid out as blocks of an image.
depthwise_conv: Slides kernels over each channel by itself.
det: The determinant of square matrices.
diag: A diagonal matrix, or the diagonal of one.
diagflat: All values on the diagonal of a matrix.
diagonal: The diagonal of two axes.
diff: The differences of neighbours along an axis.
digitize: The bin that each value falls into.
divide: The quotient of two tensors; `a / b`.
divide_no_nan: The quotient, 0 where the divisor is 0.
dot: The product of matrices or vectors.
dot_product_attention: Mixes values by how well each query fits each key.
dsplit: Equal parts along the axis behind the first two.
dstack: Tensors side by side along the axis behind the first two.
dtype: The name of a tensor's dtype.
eig: Eigenvalues and eigenvectors of any square matrix.
eigh: Eigenvalues and eigenvectors of symmetric matrices.
einsum: Sums of products, written with a letter for each axis.
elu: x above 0, exp(x) - 1 below.
empty: A tensor with whatever values.
empty_like: A tensor of the same shape with whatever values.
equal: Whether two values are equal; `a == b`.
erf: The error function.
erfc: One minus the error function.
erfinv: The inverse of the error function.
exp: e to the power of x.
exp2: 2 to the power of x.
expand_dims: New axes of size 1.
expm1: exp(x) - 1, exact near 0.
extract_sequences: Overlapping pieces of the last axis.
eye: A matrix with ones on a diagonal.
fabs: The absolute value as a float.
fft: The Fourier transform along the last axis.
fft2: The Fourier transform along the last two axes.
flip: The values along axes in reverse.
fliplr: The first axis beside the batch in reverse.
flipud: The batch in reverse.
floor: The next whole number below.
floor_divide: The quotient rounded down; `a // b`.
fmax: The larger of two values, leaving NaN aside.
fmin: The smaller of two values, leaving NaN aside.
fmod: The remainder with the sign of the dividend.
fold: Patches summed back into an image.
fori_loop: A Python function run a number of times.
full: A tensor filled with one value.
full_like: A tensor of the same shape filled with one value.
gcd: The greatest common divisor.
gelu: x times the share of a normal distribution below x.
geomspace: Numbers from a start to a stop in equal ratios.
get_item: What an index picks; `x[...]`.
glu: Half of an axis times the sigmoid of the other half.
greater: Whether a > b.
greater_equal: Whether a >= b.
hamming: The Hamming window of a given length.
hanning: The Hann window of a given length.
hard_shrink: Sets values near 0 to 0.
hard_sigmoid: A sigmoid made of straight lines.
hard_silu: x times the hard sigmoid of x.
hard_swish: x times the hard sigmoid of x.
hard_tanh: x cut off at -1 and 1.
heaviside: 0 below 0, 1 above, and x2 at 0.
histogram: How many values fall into each bin.
hsplit: Equal parts along the first axis beside the batch.
hstack: Tensors one after the other along the first axis beside the batch.
hypot: The length of the hypotenuse over two sides.
i0: The modified Bessel function of order 0.
identity: The unit matrix.
ifft2: Back from `fft2`.
imag: The imaginary part.
in_top_k: Whether the true class is among the k likeliest.
inner: The inner product along the last axes.
inv: The inverse of square matrices.
irfft: Back from `rfft`.
is_tensor: Whether a value is a tensor.
isclose: Whether two values are nearly equal.
isfinite: Whether a value is a finite number.
isin: Whether a value is among others.
isinf: Whether a value is infinite.
isnan: Whether a value is no number.
isneginf: Whether a value is minus infinity.
isposinf: Whether a value is plus infinity.
isreal: Whether a value is real.
istft: Back from `stft`.
jvp: A Jacobian times a vector.
kaiser: The Kaiser window of a given length.
kron: The Kronecker product.
layer_normalization: Zero mean and unit spread along axes, with nothing learnt.
lcm: The least common multiple.
ldexp: x1 times 2 to the power of x2.
leaky_relu: x above 0, a fifth of x below.
left_shift: The bits of a whole number moved to the left.
less: Whether a < b.
less_equal: Whether a <= b.
linspace: Numbers from a start to a stop in equal steps.
log: The natural logarithm.
log10: The logarithm to base 10.
log1p: The logarithm of 1 + x, exact near 0.
log2: The logarithm to base 2.
log_sigmoid: The logarithm of the sigmoid.
log_softmax: The logarithm of the softmax.
logaddexp: The logarithm of the sum of two exponentials.
logaddexp2: The same to base 2.
logdet: The logarithm of the determinant of positive definite matrices.
logical_and: Whether both are true; `a and b`.
logical_not: Whether it is false; `not a`.
logical_or: Whether either is true; `a or b`.
logical_xor: Whether just one is true.
logspace: Numbers whose logarithms have equal steps.
logsumexp: The logarithm of the sum of exponentials along an axis.
lstsq: The least-squares solution of linear equations.
lu_factor: The triangular factors of a matrix.
map: A Python function on each row.
matmul: The matrix product; `a @ b`.
matrix_rank: How many rows of a matrix are independent.
max: The largest value along an axis.
max_pool: The largest value of each window.
maximum: The larger of two values.
mean: The mean along an axis.
median: The middle value along an axis.
meshgrid: The coordinates of a grid.
min: The smallest value along an axis.
minimum: The smaller of two values.
mod: The remainder with the sign of the divisor; `a % b`.
moments: Mean and variance along axes.
moveaxis: Axes moved to other places.
multi_hot: A 1 at each place that the whole numbers of a row name.
multiply: The product of two tensors, value by value; `a * b`.
nan_to_num: NaN and infinities replaced by numbers.
nanargmax: The place of the largest value, leaving NaN aside.
nanargmin: The place of the smallest value, leaving NaN aside.
nancumprod: The running product, leaving NaN aside.
nancumsum: The running sum, leaving NaN aside.
nanmax: The largest value, leaving NaN aside.
nanmean: The mean, leaving NaN aside.
nanmedian: The middle value, leaving NaN aside.
nanmin: The smallest value, leaving NaN aside.
nanpercentile: A percentile, leaving NaN aside.
nanprod: The product, leaving NaN aside.
nanquantile: A quantile, leaving NaN aside.
nanstd: The standard deviation, leaving NaN aside.
nansum: The sum, leaving NaN aside.
nanvar: The variance, leaving NaN aside.
ndim: How many axes a tensor has.
negative: Minus x; `-x`.
nextafter: The next float after x1 towards x2.
nonzero: The places of the values that are not 0.
norm: The length of vectors, or a norm of matrices.
normalize: Vectors scaled to length 1.
not_equal: Whether two values differ; `a != b`.
one_hot: A new axis with a 1 at the place that a whole number names.
ones: A tensor of ones.
ones_like: Ones in the same shape.
outer: Each value of one vector times each of another.
pad: More values before and behind along each axis.
percentile: The value below which so many per cent of an axis lie.
pinv: The pseudo-inverse of matrices.
polar: A complex number from its length and angle.
power: x1 to the power of x2; `a ** b`.
prod: The product along an axis.
psnr: The peak signal-to-noise ratio.
ptp: The largest value minus the smallest along an axis.
qr: An orthogonal and a triangular factor of matrices.
quantile: The value below which a share of an axis lies.
rad2deg: Radians as degrees.
ravel: All values in one axis.
real: The real part.
rearrange: Axes in a new order, written as a pattern.
reciprocal: 1 / x.
relu: x above 0, 0 below.
relu6: relu cut off at 6.
repeat: Each value several times along an axis.
reshape: The same values in another shape.
rfft: The Fourier transform of real numbers along the last axis.
right_shift: The bits of a whole number moved to the right.
rms_normalization: Values divided by their root mean square along axes, with nothing learnt.
roll: The values along an axis moved round.
rot90: Two axes turned by a quarter.
round: The nearest whole number, or so many decimals.
rsqrt: 1 over the square root.
saturate_cast: Another dtype, cut off at what it can hold.
scan: A Python function run along an axis.
scatter: Values put at given places of a tensor of zeros.
scatter_update: A tensor with values replaced at given places.
searchsorted: Where values would stand in a sorted sequence.
segment_max: The largest of the rows of each segment.
segment_min: The smallest of the rows of each segment.
segment_prod: The product of the rows of each segment.
segment_sum: The sum of the rows of each segment.
select: The value of the first condition that holds.
selu: A scaled elu that keeps mean and variance through the layers.
separable_conv: A depthwise convolution, then one that mixes the channels.
shape: The sizes of a tensor.
sigmoid: 1 / (1 + exp(-x)).
sign: -1, 0 or 1.
signbit: Whether the sign is minus.
silu: x times its sigmoid.
sin: The sine.
sinc: sin(πx) / (πx).
sinh: The hyperbolic sine.
size: How many values a tensor has.
slice: A block of values.
slice_update: A tensor with a block of it replaced.
slogdet: Sign and logarithm of the determinant.
soft_shrink: Moves values towards 0 and sets those near it to 0.
softmax: Positive values with a sum of 1 along an axis.
softplus: log(1 + exp(x)).
softsign: x / (1 + |x|).
solve: What a matrix must be multiplied with to give `b`.
solve_triangular: The same for a triangular matrix.
sort: The values in order along an axis.
space_to_depth: Blocks of an image laid out as channels.
sparse_categorical_crossentropy: The log loss of each row of probabilities against a class number.
sparse_plus: A softplus that is exactly 0 below -1.
sparse_sigmoid: A straight line from 0 to 1 between -1 and 1.
sparsemax: A softmax that gives exact zeros.
split: Parts along an axis.
sqrt: The square root.
square: x times x.
squareplus: A smooth relu made with a square root.
squeeze: Axes of size 1 taken away.
stack: Tensors side by side along a new axis.
std: The standard deviation along an axis.
stft: The Fourier transform of overlapping pieces.
stop_gradient: The same values, through which no gradient flows.
subtract: The difference of two tensors; `a - b`.
sum: The sum along an axis.
svd: Singular values, and the matrices on both sides of them.
swapaxes: Two axes that change places.
swish: x times its sigmoid.
switch: One of several Python functions.
take: The values at given places along an axis.
take_along_axis: For each row the values at places that another tensor names.
tan: The tangent.
tanh: The hyperbolic tangent.
tanh_shrink: x - tanh(x).
tensordot: Sums of products over given axes.
threshold: x above a threshold, another value below.
tile: The whole tensor several times along its axes.
top_k: The k largest along the last axis, and their places.
trace: The sum of a diagonal.
transpose: Axes in another order.
trapezoid: The area under the values along an axis.
tri: A matrix of ones below a diagonal.
tril: The lower triangle of matrices, zeros above.
triu: The upper triangle of matrices, zeros below.
true_divide: The quotient of two tensors; `a / b`.
trunc: The whole part of a number.
unfold: The patches of an image.
unique: The values without repetitions.
unravel_index: A flat place as one place an axis.
unstack: One tensor for each place along an axis.
vander: The powers of a vector as a matrix.
var: The variance along an axis.
vdot: The sum of products of all values.
vectorize: A Python function on each value.
vectorized_map: A Python function on each row.
view: The same bytes read as another dtype.
view_as_complex: Pairs of real numbers as complex ones.
view_as_real: Complex numbers as pairs of real ones.
vsplit: Parts along the batch.
vstack: Tensors one after the other along the batch.
where: One value where a condition holds, another where not.
while_loop: A Python function run while a condition holds.
zeros: A tensor of zeros.
zeros_like: Zeros in the same shape.
"""


@cache
def _table() -> dict[str, str]:
    return dict(line.split(": ", 1) for line in _DOCS.strip().splitlines())


def doc_of(name: str) -> str:
    """The sentence on that function."""
    return _table().get(name, "")
