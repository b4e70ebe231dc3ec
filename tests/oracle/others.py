"""Arguments and inputs for Einstein sums, sound, convolutions along a sequence, and layers in a row."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from nnc.catalog import Size, TensorType
from nnc.catalog.values import Object


def _window_of(*options: Any) -> Callable[[random.Random, int], Any]:
    return lambda rng, rank: rng.choice((*options, tuple(rng.choice((1, 2)) for _ in range(rank))))


VALUES: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "equation": (
        ("ab,bc->ac", "abc,cd->abd", "...b,bc->...c", "abc,cde->abde", "ab...,bc->ac...", "abc,bd->adc", "abc,bc->abc"),
        ("ab,cd->ac", "ab->ac", "ab,bc->c", "aab,bc->aac", "ab,bc", "a,bc->ac"),
    ),
    "EinsumDense.output_shape": ((4, (None, 4), (4, 5), (None, 4, 5), (4,), 3, (None, 3)), (0, (3, 3, 3), "a")),
    "bias_axes": ((None, "c", "d", "b"), ("z", "", "a")),
    "tie_weights": ((True, False), ()),
    "reverse_dtype": ((None, "float32", "float16"), ("int33",)),
    "logit_soft_cap": ((None, 2.0), (-1.0, 0)),
    "STFTSpectrogram.mode": (("log", "magnitude", "psd", "real", "imag", "angle", "stft"), ("phase",)),
    "frame_length": ((2, 4, 5, 8, 1), (0, -1)),
    "frame_step": ((None, 1, 2, 4), (0, 9)),
    "fft_length": ((None, 4, 8, 16), (1, 0)),
    "MelSpectrogram.fft_length": ((2, 4, 8, 16), (0, -4)),
    "sequence_stride": ((1, 2, 3, 4), (0,)),
    "sequence_length": ((None, 2, 4), (99,)),
    "MelSpectrogram.window": (("hann", "hamming", None), ("boxcar", "hanning")),
    "window": (("hann", "hamming", None, "boxcar"), ("hanning",)),
    "scaling": (("density", "spectrum", None), ("power",)),
    "periodic": ((True, False), ()),
    "expand_dims": ((True, False), ()),
    "num_mel_bins": ((1, 4, 8), (0, -1)),
    "sampling_rate": ((16000, 100), (0,)),
    "min_freq": ((20.0, 0.0), ()),
    "max_freq": ((None, 40.0), ()),
    "power_to_db": ((True, False), ()),
    **{f"ConvLSTM{rank}D.kernel_size": ((1, 2, _window_of(1, 2)), (0, "3")) for rank in (1, 2, 3)},
}

INTERESTING = {
    "bias_axes", "mode", "frame_step", "fft_length", "expand_dims", "sequence_stride", "sequence_length",
    "num_mel_bins", "tie_weights", "reverse_dtype",
}  # fmt: skip
# Keras's own defaults are for long sounds; the samples are short.
ALWAYS = {("STFTSpectrogram", "frame_length"), ("MelSpectrogram", "fft_length")}


def _sizes(rng: random.Random, axes: int, *choices: int) -> tuple[Any, ...]:
    sizes: list[Any] = [rng.choice(choices) for _ in range(axes)]
    if axes and rng.random() < 0.08:
        sizes[rng.randrange(axes)] = Size()
    return tuple(sizes)


def _dtype(rng: random.Random) -> str:
    return rng.choice(("int32", "float16", "bool", "string", "float64")) if rng.random() < 0.08 else "float32"


def summed(rng: random.Random, name: str, rank: int | None) -> Any:
    """One to three axes of small sizes."""
    return (TensorType(_sizes(rng, rng.choice((1, 2, 2, 2, 3)), 3, 4, 4, 5), _dtype(rng)),), {}


def sound(rng: random.Random, name: str, rank: int | None) -> Any:
    """A series of values, with channels where the layer takes them."""
    axes = (2 if name == "STFTSpectrogram" else 1) if rng.random() > 0.06 else rng.choice((0, 1, 2, 3))
    return (TensorType(_sizes(rng, axes, 9, 16, 1, 3), _dtype(rng)),), {}


def frames(rng: random.Random, name: str, rank: int | None) -> Any:
    """A sequence of series, pictures or volumes."""
    axes = (rank or 1) + 2 if rng.random() > 0.06 else rng.choice((1, 2, 3, 4))
    return (TensorType(_sizes(rng, axes, 1, 2, 3, 4), _dtype(rng)),), {}


def embedded(rng: random.Random, name: str, rank: int | None) -> Any:
    """Numbers to be embedded, or vectors on the way back."""
    back = rng.random() < 0.5
    return (TensorType(_sizes(rng, rng.choice((1, 2)), 1, 4, 3), _dtype(rng)),), {"reverse": True} if back else {}


def in_a_row(layer: Callable[..., Any]) -> Callable[[random.Random, int], Any]:
    """A few layers, for a pipeline."""

    def make(rng: random.Random, rank: int) -> tuple[Object, ...]:
        pick = layer("Dense", "Dropout", "Flatten", "Rescaling", "LayerNormalization", "ReLU", "Activation")
        return tuple(pick(rng, rank) for _ in range(rng.randint(1, 3)))

    return make
