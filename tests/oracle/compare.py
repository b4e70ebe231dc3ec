"""nnc's answer beside Keras's, and the reasons for which they may differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nnc.catalog import Applied, LayerRow, Operand, Rejection, Size, TensorType, apply_layer, find
from nnc.catalog.rules import tensors
from tests.oracle.keras_side import OPEN, Answer, ask
from tests.oracle.sampling import Sample


def nnc_answer(sample: Sample) -> Applied | Rejection:
    """What the catalog says: each argument accepted or not, then the rule."""
    row = find("layers", sample.name)
    assert isinstance(row, LayerRow)
    return _answer(row, sample.args, sample)


def _answer(row: LayerRow, args: dict[str, Any], sample: Sample) -> Applied | Rejection:
    taken = accepted(row, args)
    return taken if isinstance(taken, Rejection) else apply_layer(row, taken, sample.operands, sample.by_name)


def accepted(row: LayerRow, args: dict[str, Any]) -> dict[str, Any] | Rejection:
    """Each argument as its kind takes it; nested layers' arguments as well, as the checker does it."""
    taken = {}
    for name, value in args.items():
        arg = row.arg(name)
        assert arg is not None, (row.name, name)
        got = arg.kind.accept(value)
        if isinstance(got, Rejection):
            return got
        for item in got if isinstance(got, tuple) else (got,):
            inner = find(item.kind, item.name) if hasattr(item, "kind") else None
            if isinstance(inner, LayerRow):
                nested = accepted(inner, dict(item.args))
                if isinstance(nested, Rejection):
                    return nested
        taken[name] = got
    return taken


def disagreement(sample: Sample) -> str | None:
    """None where both say the same, else what differs."""
    ours = nnc_answer(sample)
    if isinstance(ours, Rejection) and sample.name.startswith("AdaptiveMaxPooling"):
        return None  # Keras hands it on to TensorFlow unasked, which divides by zero and takes this process with it
    theirs = ask(sample.name, sample.args, sample.operands, sample.by_name, data=not _cpu_cannot(sample))
    if isinstance(ours, Rejection) and theirs.accepted and _has_open(sample) and not _any_data_fits(sample):
        return None  # with a size open nothing is computed; on data of any size the call fails, so the data decides
    found = _difference(ours, theirs)
    if found is None or any(excuse(sample, ours, theirs) for excuse, _ in EXCUSES):
        return None
    return f"{sample}\n    {found}"


def _has_open(sample: Sample) -> bool:
    """Whether a size of what it is given is open."""
    leaves = [leaf for operand in (*sample.operands, *sample.by_name.values()) for leaf in tensors(operand)]
    return any(isinstance(size, Size) for leaf in leaves for size in leaf.shape)


def _any_data_fits(sample: Sample) -> bool:
    """Whether Keras accepts the call with some size in the place of those that are open."""
    return any(
        ask(
            sample.name,
            sample.args,
            [_closed(operand, size) for operand in sample.operands],
            {name: _closed(operand, size) for name, operand in sample.by_name.items()},
            data=not _cpu_cannot(sample),
        ).accepted
        for size in OPEN
    )


def _closed(operand: Operand, size: int) -> Operand:
    """The operand with that size for those that are open."""
    if isinstance(operand, TensorType):
        return TensorType(tuple(size if isinstance(n, Size) else n for n in operand.shape), operand.dtype)
    return tuple(_closed(item, size) for item in operand) if isinstance(operand, tuple) else operand


def _difference(ours: Applied | Rejection, theirs: Answer) -> str | None:
    if isinstance(ours, Rejection):
        return f"nnc refuses ({ours.reason}), Keras gives {theirs.outputs}" if theirs.accepted else None
    if not theirs.accepted:
        return f"nnc gives {[str(out) for out in ours.outputs]}, Keras refuses ({theirs.why})"
    shapes = tuple((_shape(out), out.dtype) for out in ours.outputs)
    if shapes != theirs.outputs:
        return f"nnc gives {shapes}, Keras gives {theirs.outputs}"
    counts = (ours.trainable, ours.non_trainable)
    wanted = (theirs.trainable, theirs.non_trainable)
    return None if counts == wanted else f"nnc counts {counts}, Keras counts {wanted}"


def _shape(tensor: TensorType) -> tuple[int | None, ...]:
    return tuple(None if isinstance(size, Size) else size for size in tensor.shape)


def _cpu_cannot(sample: Sample) -> bool:
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


# ---- where nnc differs on purpose ----------------------------------------------------------------

Excuse = Callable[[Sample, Applied | Rejection, Answer], bool]


def _mixes_rows(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and (
        "the rows of a batch" in ours.reason or "needs an axis beside the batch" in ours.reason
    )


def _only_a_gpu_knows(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return _cpu_cannot(sample) and isinstance(ours, Rejection) and " needs " in ours.reason


def _lists_through(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and "not a list of them" in ours.reason


def _along_heads(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and "attention can't go along axis" in ours.reason


def _text_added(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and "text and truth values" in ours.reason


def _unchecked_word(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and ours.argument in _LAX


_LAX = {
    "num_query_heads",
    "num_key_value_heads",
    "head_dim",
    "activity_regularizer",
    "scale",
    "offset",
    "shared_axes",
    "noise_shape",
    "fill_mode",
    "value_range",
    "mode",
    "bins",
}


def _mixed_cells(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and ("stacked cells must" in ours.reason or "list of one cell" in ours.reason)


def _frozen_shell(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and "hand `trainable` on" in ours.reason


def _alone(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    first = sample.operands[0]
    return sample.name == "Concatenate" and isinstance(first, tuple) and len(first) == 1


def _penalty(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and "a penalty" in ours.reason


def _only_data_knows(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return _has_open(sample) and isinstance(ours, Rejection) and "not string" in ours.reason


def _stacked_states(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and "nested states" in ours.reason


def _drawn(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and sample.name in ("AugMix", "RandAugment") and "on pictures of" in ours.reason


def _tiles_unseen(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and ours.argument in ("tile_grid_size", "alpha") and _has_open(sample)


def _dtype_forgotten(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and ours.argument == "dtype" and sample.name in ("StringLookup", "IntegerLookup")


def _weights_alone(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and ours.argument == "idf_weights" and sample.args.get("vocabulary") is None


def _no_place(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return sample.args.get("num_oov_indices") == 0 and not theirs.accepted and "call" in theirs.why


def _wrapped_unasked(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and sample.name == "TimeDistributed" and "beside the batch" in ours.reason


_ZERO = {
    **dict.fromkeys(("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), ("filters",)),
    **dict.fromkeys(("CenterCrop", "RandomCrop", "Resizing"), ("height", "width")),
    "EinsumDense": ("output_shape",),
    "AugMix": ("num_chains",),
    "RandAugment": ("num_ops",),
}


def _of_nothing(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    asked = ours.argument if isinstance(ours, Rejection) else None
    return asked in _ZERO.get(sample.name, ()) and sample.args.get(str(asked)) == 0


def _unused_fill(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    unused = sample.name == "Resizing" and not sample.args.get("pad_to_aspect_ratio")
    return unused and isinstance(ours, Rejection) and ours.argument == "fill_value"


def _batch_as_time(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    first = sample.operands[0]
    return sample.name == "MelSpectrogram" and isinstance(first, TensorType) and not first.shape


def _lora_inside(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return sample.name in _NESTING and isinstance(ours, Rejection) and ours.argument == "lora_rank"


_NESTING = ("Pipeline", "TimeDistributed", "SpectralNormalization")


def _gray_already(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return sample.name == "RandomGrayscale" and isinstance(ours, Rejection) and "not string" in ours.reason


_UNSEEN = {
    "RandomPerspective": "needs sides of at least",
    "RandomContrast": "needs floating-point numbers",
    "Resizing": "needs numbers, not bool",
}


def _picture_unseen(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    reason = _UNSEEN.get(sample.name)
    return isinstance(ours, Rejection) and reason is not None and reason in ours.reason and _has_open(sample)


def _idle_in_a_row(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    if sample.name == "Pipeline" and any(leaf.dtype != "float32" for item in sample.operands for leaf in tensors(item)):
        return True
    inside = sample.args.get("layers") or () if sample.name == "Pipeline" else ()
    idle = any(item.name == "Activation" and item.args["activation"] in (None, "linear") for item in inside)
    return idle or any(isinstance(item.args.get("scale"), tuple) for item in inside)


def _more_axes(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return sample.name == "EinsumDense" and isinstance(ours, Rejection) and "the equation speaks of" in ours.reason


def _steps_of_one(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and "needs one axis of steps" in ours.reason


def _sparse(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and ours.argument == "sparse"


def _sound_alone(sample: Sample, ours: Applied | Rejection, theirs: Answer) -> bool:
    return isinstance(ours, Rejection) and "`STFT` can't fill" in ours.reason


EXCUSES: tuple[tuple[Excuse, str], ...] = (
    (_mixes_rows, "Keras lets a layer work along the batch axis, so that a row's result hangs on its neighbours"),
    (_only_a_gpu_knows, "which dtypes a convolution takes can't be asked on a CPU where the channels come first"),
    (_lists_through, "a layer that happens to compute nothing (rate 0, linear) hands a list through in Keras"),
    (
        _idle_in_a_row,
        "alone in a model a layer is held to the dtype and shape that it promises; inside a `Pipeline` it is not",
    ),
    (_sound_alone, "`STFT` makes a kernel for one channel whatever is asked of it, which now and then fits by chance"),
    (_more_axes, "where an equation is a plain product of matrices, TensorFlow takes more axes than it names"),
    (_steps_of_one, "a causal mask of several axes of steps fits by chance, where one has the size 1"),
    (_sparse, "a sparse tensor fits into hardly any layer behind it, which alone does not show"),
    (_of_nothing, "Keras makes tensors without a single value, which train nothing"),
    (_batch_as_time, "with no axis of its own each row would be one moment of a sound"),
    (_unused_fill, "Keras looks at `fill_value` where it pads alone"),
    (_lora_inside, "Keras looks at `lora_rank` when the layer inside is built, and takes less than 0 for one"),
    (_gray_already, "a picture of one channel is gray already, and Keras hands it on, text too"),
    (_picture_unseen, "where a size of the picture is open, this step of it waits for data"),
    (_along_heads, "Keras lets `attention_axes` name the axis of the heads or of the features"),
    (_wrapped_unasked, "TimeDistributed calls the wrapped layer past its check of the number of axes"),
    (_text_added, "Keras joins text under the name of float32"),
    (_mixed_cells, "stacked cells of several dtypes, or one unrolled, work in Keras for some lengths and cells alone"),
    (_frozen_shell, "Keras takes `trainable=False` and goes on training the layers inside, once they are in a model"),
    (_alone, "Keras hands a single tensor through without looking at the axis"),
    (_penalty, "a penalty on whole numbers fails in most layers, and works in those that make floats of them"),
    (
        _unchecked_word,
        "Keras keeps any word for these, allows 0 heads or bins, and takes axis 0 of `shared_axes` for the last",
    ),
    (_only_data_knows, "text is refused when it is cast, and where a size is open nothing is cast until there is data"),
    (_drawn, "which numbers of channels it takes hangs on the changes that it happens to draw"),
    (_dtype_forgotten, "lookups take any word for a dtype, and forget it"),
    (_weights_alone, "Keras takes weights without the words that they are of, and forgets them"),
    (_no_place, "without a place for unknown values, whether they are refused hangs on the values"),
    (_tiles_unseen, "tiles and random numbers are drawn on data, and an open size has none"),
    (_stacked_states, "the states of stacked cells come as lists in lists, which the language has no form for yet"),
)
