"""Where nnc and Keras may differ about a layer: each exception with its reason. Those of the rest are in `looser`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nnc.catalog import Applied, Rejection, Size, TensorType
from nnc.catalog.rules import tensors
from tests.oracle.keras_side import Answer
from tests.oracle.sampling import Sample


def has_open(sample: Sample) -> bool:
    """Whether a size of what it is given is open."""
    leaves = [leaf for operand in (*sample.operands, *sample.by_name.values()) for leaf in tensors(operand)]
    return any(isinstance(size, Size) for leaf in leaves for size in leaf.shape)


def cpu_cannot(sample: Sample) -> bool:
    """What TensorFlow's CPU kernels lack, so that the symbolic call decides.

    Convolutions with the channels first need a GPU; holes in transposed convolutions and unequal strides in
    depthwise ones need a GPU or oneDNN, which the tests turn off.
    """
    if "Transpose" in sample.name and sample.args.get("dilation_rate") not in (None, 1):
        return True
    if sample.name in ("DepthwiseConv2D", "SeparableConv2D") and isinstance(sample.args.get("strides"), tuple):
        return True
    nested = [value for value in sample.args.values() if hasattr(value, "args")]
    uses = [(sample.name, sample.args), *((item.name, item.args) for item in nested)]
    return any(("Conv" in name or "STFT" in name) and "channels_first" in args.values() for name, args in uses)


# ---- where nnc refuses on purpose ----------------------------------------------------------------

Excuse = Callable[[Sample, Rejection], bool]


def _mixes_rows(sample: Sample, ours: Rejection) -> bool:
    return "the rows of a batch" in ours.reason or "needs an axis beside the batch" in ours.reason


def _only_a_gpu_knows(sample: Sample, ours: Rejection) -> bool:
    return cpu_cannot(sample) and " needs " in ours.reason and ", not " in ours.reason


def _lists_through(sample: Sample, ours: Rejection) -> bool:
    return "not a list of them" in ours.reason


def _along_heads(sample: Sample, ours: Rejection) -> bool:
    return "attention can't go along axis" in ours.reason


def _text_added(sample: Sample, ours: Rejection) -> bool:
    return "text and truth values" in ours.reason


def _mixed_cells(sample: Sample, ours: Rejection) -> bool:
    return "stacked cells must" in ours.reason or "list of one cell" in ours.reason


def _frozen_shell(sample: Sample, ours: Rejection) -> bool:
    return "hand `trainable` on" in ours.reason


def _penalty(sample: Sample, ours: Rejection) -> bool:
    return "a penalty" in ours.reason


def _stacked_states(sample: Sample, ours: Rejection) -> bool:
    return "nested states" in ours.reason


def _drawn(sample: Sample, ours: Rejection) -> bool:
    channels = "on pictures of" in ours.reason or "the number of channels" in ours.reason
    return sample.name in ("AugMix", "RandAugment") and channels


def _dtype_forgotten(sample: Sample, ours: Rejection) -> bool:
    return ours.argument == "dtype" and sample.name in ("StringLookup", "IntegerLookup")


def _weights_alone(sample: Sample, ours: Rejection) -> bool:
    return ours.argument == "idf_weights" and sample.args.get("vocabulary") is None


def _wrapped_unasked(sample: Sample, ours: Rejection) -> bool:
    return sample.name == "TimeDistributed" and "beside the batch" in ours.reason


def _unused_fill(sample: Sample, ours: Rejection) -> bool:
    unused = sample.name == "Resizing" and not sample.args.get("pad_to_aspect_ratio")
    return unused and ours.argument == "fill_value"


def _lora_inside(sample: Sample, ours: Rejection) -> bool:
    return sample.name in _NESTING and ours.argument == "lora_rank"


_NESTING = ("Pipeline", "TimeDistributed", "SpectralNormalization")


def _gray_already(sample: Sample, ours: Rejection) -> bool:
    return sample.name == "RandomGrayscale" and "not string" in ours.reason


def _more_axes(sample: Sample, ours: Rejection) -> bool:
    return sample.name == "EinsumDense" and "the equation speaks of" in ours.reason


def _steps_of_one(sample: Sample, ours: Rejection) -> bool:
    return "needs one axis of steps" in ours.reason


def _sparse(sample: Sample, ours: Rejection) -> bool:
    return ours.argument == "sparse"


def _sound_alone(sample: Sample, ours: Rejection) -> bool:
    return "`STFT` can't fill" in ours.reason


def _alone(sample: Sample, ours: Rejection) -> bool:
    first = sample.operands[0]
    return sample.name == "Concatenate" and isinstance(first, tuple) and len(first) == 1 and ours.argument == "axis"


def _ragged_words(sample: Sample, ours: Rejection) -> bool:
    return sample.name == "TextVectorization" and "a ragged tensor" in ours.reason


def _batch_as_time(sample: Sample, ours: Rejection) -> bool:
    first = sample.operands[0]
    return sample.name == "MelSpectrogram" and first == TensorType((), getattr(first, "dtype", ""))


_ZERO = {
    **dict.fromkeys(("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), ("filters",)),
    **dict.fromkeys(("CenterCrop", "RandomCrop", "Resizing"), ("height", "width")),
    "EinsumDense": ("output_shape",),
    "AugMix": ("num_chains",),
    "RandAugment": ("num_ops",),
}


def _of_nothing(sample: Sample, ours: Rejection) -> bool:
    return ours.argument in _ZERO.get(sample.name, ()) and sample.args.get(str(ours.argument)) == 0


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _zero(value: Any) -> bool:
    return value in (0, ())


# Arguments that Keras keeps without a look, or looks at once it needs them; and the values that it should have refused.
_UNLOOKED: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("num_query_heads", "num_key_value_heads", "head_dim", "bins"), _zero),
    **dict.fromkeys(
        ("activity_regularizer", "fill_mode", "mode", "scale", "offset", "reverse_dtype", "fill_value"), _text
    ),
    "value_range": lambda value: not isinstance(value, tuple) or len(value) != 2,
    "shared_axes": lambda value: 0 in value,
    "noise_shape": lambda value: isinstance(value, tuple),
    "logit_soft_cap": lambda value: value <= 0,
    "num_bins": lambda value: isinstance(value, float),
}


def _unlooked(sample: Sample, ours: Rejection) -> bool:
    value = sample.args.get(str(ours.argument))
    return ours.argument in _UNLOOKED and value is not None and _UNLOOKED[ours.argument](value)


# ---- whatever nnc says ---------------------------------------------------------------------------


def _no_place(sample: Sample, theirs: Answer) -> bool:
    looks_up = sample.name in ("IntegerLookup", "StringLookup")
    return looks_up and sample.args.get("num_oov_indices") == 0 and not theirs.accepted and "call" in theirs.why


def _idle_in_a_row(sample: Sample, theirs: Answer) -> bool:
    if sample.name != "Pipeline":
        return False
    whole = any("float" not in leaf.dtype for operand in sample.operands for leaf in tensors(operand))
    inside = sample.args.get("layers") or ()
    shaped = any(isinstance(item.args.get(key), tuple) for item in inside for key in ("scale", "noise_shape"))
    return whole or shaped


# ---- all of them ---------------------------------------------------------------------------------

REFUSED: tuple[tuple[Excuse, str], ...] = (
    (_mixes_rows, "Keras lets a layer work along the batch axis, so that a row's result hangs on its neighbours"),
    (_only_a_gpu_knows, "which dtypes a convolution takes can't be asked on a CPU where the channels come first"),
    (_lists_through, "a layer that happens to compute nothing (rate 0, linear) hands a list through in Keras"),
    (_sound_alone, "`STFT` makes a kernel for one channel whatever is asked of it, which now and then fits by chance"),
    (_more_axes, "where an equation is a plain product of matrices, TensorFlow takes more axes than it names"),
    (_steps_of_one, "a causal mask of several axes of steps fits by chance, where one has the size 1"),
    (_sparse, "a sparse tensor fits into hardly any layer behind it, which alone does not show"),
    (_of_nothing, "Keras makes tensors without a single value, which train nothing"),
    (_ragged_words, "texts come as a ragged tensor, which hardly any layer takes; alone that does not show"),
    (_batch_as_time, "with no axis of its own each row would be one moment of a sound"),
    (_unused_fill, "Keras looks at `fill_value` where it pads alone"),
    (_lora_inside, "Keras looks at `lora_rank` when the layer inside is built, and takes less than 0 for one"),
    (_gray_already, "a picture of one channel is gray already, and Keras hands it on, text too"),
    (_along_heads, "Keras lets `attention_axes` name the axis of the heads or of the features"),
    (_wrapped_unasked, "TimeDistributed calls the wrapped layer past its check of the number of axes"),
    (_text_added, "Keras joins text under the name of float32"),
    (_mixed_cells, "stacked cells of several dtypes, or one unrolled, work in Keras for some lengths and cells alone"),
    (_frozen_shell, "Keras takes `trainable=False` and goes on training the layers inside, once they are in a model"),
    (_alone, "Keras hands a single tensor through without looking at the axis"),
    (_penalty, "a penalty on whole numbers fails in most layers, and works in those that make floats of them"),
    (_drawn, "which numbers of channels it takes hangs on the changes that it happens to draw"),
    (_dtype_forgotten, "lookups take any word for a dtype, and forget it"),
    (_weights_alone, "Keras takes weights without the words that they are of, and forgets them"),
    (_stacked_states, "the states of stacked cells come as lists in lists, which the language has no form for yet"),
    (_unlooked, "Keras keeps what it does not look at: a word, a fraction, a 0; of `shared_axes` 0 is the last axis"),
)

EITHER: tuple[tuple[Callable[[Sample, Answer], bool], str], ...] = (
    (_idle_in_a_row, "alone a layer is held to the dtype and shape that it promises; inside a `Pipeline` it is not"),
    (_no_place, "without a place for unknown values, whether they are refused hangs on the values"),
)

EXCUSES = (*REFUSED, *EITHER)


def excused(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    """Whether both may differ about it."""
    if any(excuse(sample, theirs) for excuse, _ in EITHER):
        return True
    return isinstance(ours, Rejection) and any(excuse(sample, ours) for excuse, _ in REFUSED)
