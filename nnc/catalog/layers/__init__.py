"""The layers: a table a family, read when a layer of that family is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from nnc.catalog.layers.spec import LayerSpec, RefusedSpec

__all__ = ["FAMILIES", "LayerSpec", "RefusedSpec", "spec"]

# Each module here, and the layers in its table: so that one layer is found without reading them all.
FAMILIES: Mapping[str, str] = {
    "plain": (
        "Dense Activation ReLU LeakyReLU PReLU ELU Softmax Dropout AlphaDropout GaussianDropout GaussianNoise "
        "SpatialDropout1D SpatialDropout2D SpatialDropout3D Identity ActivityRegularization Masking Rescaling "
        "Embedding ReversibleEmbedding"
    ),
    "reshaping": (
        "Flatten Reshape Permute RepeatVector ZeroPadding1D ZeroPadding2D ZeroPadding3D Cropping1D Cropping2D "
        "Cropping3D UpSampling1D UpSampling2D UpSampling3D"
    ),
    "conv": (
        "Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose DepthwiseConv1D DepthwiseConv2D "
        "SeparableConv1D SeparableConv2D"
    ),
    "pooling": (
        "MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D "
        "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalAveragePooling1D "
        "GlobalAveragePooling2D GlobalAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D "
        "AdaptiveMaxPooling3D AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D"
    ),
    "normalization": "BatchNormalization LayerNormalization GroupNormalization RMSNormalization UnitNormalization",
    "merging": "Add Subtract Multiply Average Maximum Minimum Concatenate Dot",
    "recurrent": "LSTM GRU SimpleRNN RNN LSTMCell GRUCell SimpleRNNCell StackedRNNCells",
    "attention": "Attention AdditiveAttention MultiHeadAttention GroupQueryAttention",
    "refused": "Lambda TorchModuleWrapper JaxLayer FlaxLayer TFSMLayer InputLayer MaxNumBoundingBoxes Equalization",
    "preprocessing": "Normalization Discretization CategoryEncoding Hashing HashedCrossing",
    "einsum": "EinsumDense",
    "audio": "STFTSpectrogram MelSpectrogram",
    "conv_recurrent": "ConvLSTM1D ConvLSTM2D ConvLSTM3D",
    "lookup": "StringLookup IntegerLookup TextVectorization",
    "images": "Resizing CenterCrop RandomCrop",
    "augmentation": (
        "AugMix AutoContrast ContrastLimitedAdaptiveHistogramEqualization CutMix MixUp RandAugment "
        "RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomElasticTransform "
        "RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective "
        "RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation "
        "RandomZoom Solarization"
    ),
    "wrappers": "Bidirectional TimeDistributed SpectralNormalization Pipeline",
}


@cache
def _family_of() -> Mapping[str, str]:
    return {layer: family for family, layers in FAMILIES.items() for layer in layers.split()}


@cache
def _table(family: str) -> Mapping[str, LayerSpec | RefusedSpec]:
    return {row.name: row for row in import_module(f"nnc.catalog.layers.{family}").ROWS}


def spec(name: str) -> LayerSpec | RefusedSpec | None:
    """The line of that layer, or None where no table has it yet."""
    family = _family_of().get(name)
    return None if family is None else _table(family)[name]
