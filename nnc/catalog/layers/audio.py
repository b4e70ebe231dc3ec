"""Layers that make spectrograms of sound."""

from __future__ import annotations

import math

from nnc.catalog.layers.conv import window_size
from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied
from nnc.catalog.rules import Args, Refused, compute_dtype, known_size, need_dtype, single, times, unknown
from nnc.catalog.shape import Dim, Shape, TensorType

# ---- STFTSpectrogram -----------------------------------------------------------------------------


def _stft(args: Args, tensor: TensorType) -> Applied:
    need_dtype(tensor, "floats", "`STFTSpectrogram`")
    frame, given = args["frame_length"], args["frame_step"]
    if given is not None and given > frame:
        raise Refused("`frame_step` must not be above `frame_length`", f"at most {frame}", given, "frame_step")
    step = frame // 2 if given is None else given
    if step < 1:
        raise Refused("a frame of 1 needs a `frame_step`", "1", "none", "frame_step")
    fft = args["fft_length"] or 2 ** math.ceil(math.log2(frame))
    if fft < frame:
        raise Refused("`fft_length` must not be below `frame_length`", f"at least {frame}", fft, "fft_length")
    first = args["data_format"] == "channels_first"
    known_size(tensor, 0 if first else -1, "the number of channels")
    frames = window_size(tensor.shape[1 if first else 0], frame, step, args["padding"], lambda: _too_short(frame))
    bins = fft // 2 + 1
    kernels = 1 if args["mode"] in ("real", "imag") else 2
    height = bins * 2 if args["mode"] == "stft" else bins
    shape = _spectrum(args, frames, height, tensor.shape[0 if first else -1])
    return Applied((TensorType(shape, compute_dtype(args)),), kernels * frame * bins)


def _too_short(frame: int) -> Refused:
    return Refused(f"the sound is shorter than a frame of {frame}", f"at least {frame} steps", None, "frame_length")


def _spectrum(args: Args, frames: Dim, bins: int, channels: Dim) -> Shape:
    first = args["data_format"] == "channels_first"
    if args["expand_dims"]:
        return (channels, frames, bins) if first else (frames, bins, channels)
    both = times(channels, bins)
    return (both, frames) if first else (frames, both)


# ---- MelSpectrogram ------------------------------------------------------------------------------


def _mel(args: Args, tensor: TensorType) -> Applied:
    need_dtype(tensor, "numbers", "`MelSpectrogram`")
    fft, stride = args["fft_length"], args["sequence_stride"]
    if (args["sequence_length"] or fft) > fft:
        reason = "`sequence_length` must not be above `fft_length`"
        raise Refused(reason, f"at most {fft}", args["sequence_length"], "sequence_length")
    steps = tensor.shape[0]
    if isinstance(steps, int):
        frames: Dim = (steps + stride + 1) // stride
        if steps <= fft // 2:
            raise Refused(
                "half of `fft_length` must be below the sound's length", f"below {2 * steps}", fft, "fft_length"
            )
        if frames != 1 + steps // stride:
            raise Refused(
                "Keras promises a frame more than there are for this length", "a length that the stride divides", steps,
                "sequence_stride",
            )  # fmt: skip
    else:
        frames = unknown(steps)
    return Applied((TensorType((args["num_mel_bins"], frames), compute_dtype(args)),))


ROWS: tuple[LayerSpec, ...] = (
    LayerSpec(
        "STFTSpectrogram",
        "Shows which frequencies a sound has in each stretch of time.",
        single(_stft, 2),
        "x -> Reshape([10, 1]) -> STFTSpectrogram(frame_length=4)",
        "any",
        shown=("mode", "frame_length"),
    ),
    LayerSpec(
        "MelSpectrogram",
        "A spectrogram on the mel scale, which is that of hearing.",
        single(_mel, 1),
        "x -> MelSpectrogram(fft_length=8, sequence_stride=4)",
        "any",
        shown=("num_mel_bins", "fft_length"),
    ),
)
