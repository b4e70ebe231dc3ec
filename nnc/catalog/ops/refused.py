"""What a model can't use of `keras.ops`, in groups that share their reason. In an `fn` most of them may stand."""

from __future__ import annotations

from collections.abc import Mapping

_PYTHON = "it needs a Python function, and a spec holds none"
_BATCH = "it would mix the rows of a batch, or not give a result for each"
_CONSTANT = "it makes a tensor out of nothing, without a batch axis; a number, or a list of numbers, may stand as it is"
_NO_TENSOR = "it gives no tensor; `shape(t)` and `channels(t)` give the sizes of one when compiling"
_OPEN = "how large its result is hangs on the values"
_COMPLEX = "its result is complex numbers, for which a spec has no dtype"
_BROKEN = "Keras 3.15 can't build it on TensorFlow while the size of the batch is open"
_WEIGHTS = "it needs kernels or statistics without a batch axis; the layer of that name has them"
_TRAINING = "it is a loss over whole batches; name it in the train section"


def _each(names: str, reason: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), reason)


# In no spec at all.
NEVER: Mapping[str, str] = _each(
    "associative_scan cond custom_gradient fori_loop jvp map scan switch vectorize vectorized_map while_loop", _PYTHON
)

IN_MODELS: Mapping[str, str] = {
    **NEVER,
    **_each(
        "allclose bincount broadcast_to corrcoef correlate diag diagflat dot flipud histogram inner lstsq outer ravel "
        "scatter scatter_update segment_max segment_min segment_prod segment_sum tensordot vander vdot vsplit vstack "
        "searchsorted meshgrid unravel_index digitize",
        _BATCH,
    ),
    **_each(
        "arange bartlett blackman empty eye full geomspace hamming hanning identity kaiser linspace logspace ones tri "
        "zeros",
        _CONSTANT,
    ),
    **_each("convert_to_numpy dtype is_tensor ndim shape size", _NO_TENSOR),
    **_each("nonzero unique", _OPEN),
    **_each("eig polar view_as_complex view_as_real", _COMPLEX),
    **_each(
        "adaptive_average_pool adaptive_max_pool argpartition gcd isin kron lcm lu_factor nanmedian nanpercentile "
        "nanquantile psnr rearrange slogdet unfold",
        _BROKEN,
    ),
    **_each("batch_normalization conv conv_transpose depthwise_conv separable_conv", _WEIGHTS),
    **_each("ctc_decode ctc_loss", _TRAINING),
    "get_item": "write it as an index, `x[:, 0]`",
}
