"""Colours and families: the Okabe-Ito palette, with tints as fills so that dark text stands on every box.

Okabe and Ito, "Color Universal Design" (2008): eight colours that people with any colour vision tell apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from nnc.lean import dataclass

ThemeName = Literal["light", "dark"]

# The families that a box can have, in the order of the legend, and the colour of each.
_HUES: Mapping[str, str] = {
    "input": "#009E73",
    "dense": "#0072B2",
    "convolution": "#56B4E9",
    "sequence": "#B59F00",
    "pooling": "#E69F00",
    "dropout": "#CC79A7",
    "normalization": "#9C6ADE",
    "merge": "#4D4D4D",
    "other": "#8A8F98",
    "output": "#D55E00",
}
FAMILIES = tuple(_HUES)

_KINDS: Mapping[str, tuple[str, ...]] = {
    "input": ("Input", "InputLayer"),
    "dense": ("Dense", "EinsumDense", "Bilinear"),
    "convolution": (
        *(f"Conv{axes}D{transpose}" for axes in (1, 2, 3) for transpose in ("", "Transpose")),
        *(f"{way}Conv{axes}D" for way in ("Depthwise", "Separable") for axes in (1, 2)),
    ),
    "sequence": (
        "Embedding", "LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "TimeDistributed", "ConvLSTM1D", "ConvLSTM2D",
        "ConvLSTM3D", "LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells", "Attention", "AdditiveAttention",
        "MultiHeadAttention", "GroupQueryAttention",
    ),
    "pooling": (
        *(f"{way}Pooling{axes}D" for way in ("Max", "Average", "GlobalMax", "GlobalAverage") for axes in (1, 2, 3)),
        *(f"UpSampling{axes}D" for axes in (1, 2, 3)),
        *(f"Adaptive{way}Pooling{axes}D" for way in ("Max", "Average") for axes in (1, 2, 3)),
    ),
    "dropout": (
        "Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D", "SpatialDropout2D",
        "SpatialDropout3D", "ActivityRegularization",
    ),
    "normalization": (
        "BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization", "UnitNormalization",
        "SpectralNormalization", "Normalization", "Rescaling",
    ),
    "merge": (
        "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot", "add", "subtract",
        "multiply", "divide", "maximum", "minimum", "concatenate", "stack", "matmul", "dot", "einsum",
        "+", "−", "×", "÷", "@",
    ),
}  # fmt: skip
_FAMILY = {kind: family for family, kinds in _KINDS.items() for kind in kinds}
_BY_ROLE = frozenset({"input", "output", "dropout"})


def family(kind: str, role: str) -> str:
    """The family of a layer: its role where that says more than its kind, else by its kind."""
    return role if role in _BY_ROLE else _FAMILY.get(kind, "other")


@dataclass(frozen=True)
class Theme:
    """The colours of one drawing, as `#rrggbb`. `hues` are lines, `tints` the fills that belong to them."""

    ink: str
    muted: str
    wire: str
    link: str
    frame: str
    frame_fill: str
    paper: str
    hues: Mapping[str, str]
    tints: Mapping[str, str]


def _mix(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


_LIGHT_PAPER, _DARK_PAPER = "#FFFFFF", "#14181F"
THEMES: Mapping[str, Theme] = {
    "light": Theme(
        ink="#1A1F27",
        muted="#4F5866",
        wire="#5B6472",
        link="#A3ABB7",
        frame="#B4BBC6",
        frame_fill="#F6F7F9",
        paper=_LIGHT_PAPER,
        hues=_HUES,
        tints={name: _mix(hue, _LIGHT_PAPER, 0.14) for name, hue in _HUES.items()},
    ),
    "dark": Theme(
        ink="#EEF1F5",
        muted="#B6BECA",
        wire="#9AA4B2",
        link="#5A6473",
        frame="#4A5362",
        frame_fill="#1B2029",
        paper=_DARK_PAPER,
        hues={**{name: _mix(hue, "#FFFFFF", 0.8) for name, hue in _HUES.items()}, "merge": "#C3C8D0"},
        tints={name: _mix(hue, _DARK_PAPER, 0.28) for name, hue in _HUES.items()},
    ),
}
