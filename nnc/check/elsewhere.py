"""What other libraries, and older ones of Keras, call a thing: Keras's name for it, or a sentence on what to write.

By the code of the finding that an unknown name gives. To teach the checker another name, add it here.
"""

from __future__ import annotations

from collections.abc import Mapping

from nnc import codes

_SHAPE = "the shape of the input stands at `input`: input x: [8]"
_RATE = "it is an argument of the optimizer: optimizer = Adam(learning_rate=0.001)"

ELSEWHERE: Mapping[str, Mapping[str, str]] = {
    codes.UNKNOWN_LAYER.id: {
        "Linear": "Dense",
        "FullyConnected": "Dense",
        "BatchNorm1d": "BatchNormalization",
        "BatchNorm2d": "BatchNormalization",
        "BatchNorm": "BatchNormalization",
        "LayerNorm": "LayerNormalization",
        "MaxPool1d": "MaxPooling1D",
        "MaxPool2d": "MaxPooling2D",
        "AvgPool2d": "AveragePooling2D",
        "AdaptiveAvgPool2d": "GlobalAveragePooling2D",
        "ConvTranspose2d": "Conv2DTranspose",
        "Upsample": "UpSampling2D",
        "GlobalAvgPooling1D": "GlobalAveragePooling1D",
        "GlobalAvgPooling2D": "GlobalAveragePooling2D",
        "AvgPooling2D": "AveragePooling2D",
        "Concat": "Concatenate",
        "Input": "an input is a statement of its own: input x: [8]",
        "InputLayer": "an input is a statement of its own: input x: [8]",
        "Sequential": "a chain is written with `->`: x -> Dense(64, relu) -> Dense(1)",
        "Model": "a model is an item of the file: model Name { ... }",
    },
    codes.UNKNOWN_ARGUMENT.id: {
        "lr": "learning_rate",
        "sep": "delimiter",
        "batch_first": "the batch is always axis 0, and is never written",
        "dim": "axis",
        "input_shape": _SHAPE,
        "batch_input_shape": _SHAPE,
        "input_dim": _SHAPE,
        "in_features": _SHAPE,
        "in_channels": _SHAPE,
        "out_features": "units",
        "neurons": "units",
        "n_units": "units",
        "hidden_size": "units",
        "out_channels": "filters",
        "dropout_rate": "rate",
        "p": "rate",
        "act": "activation",
        "bias": "use_bias",
        "n_heads": "num_heads",
        "num_embeddings": "input_dim",
        "embedding_dim": "output_dim",
    },
    codes.UNKNOWN_OP.id: {
        "cat": "concatenate",
        "mm": "matmul",
        "bmm": "matmul",
        "view": "reshape",
        "permute": "transpose",
        "unsqueeze": "expand_dims",
        "reduce_sum": "sum",
        "reduce_mean": "mean",
        "reduce_max": "max",
        "pow": "power",
    },
    codes.BAD_DTYPE.id: {
        "int": "int32",
        "long": "int64",
        "float": "float32",
        "double": "float64",
        "half": "float16",
    },
    codes.UNKNOWN_OBJECT.id: {
        "cross_entropy": "SparseCategoricalCrossentropy",
        "mse_loss": "MeanSquaredError",
        "CrossEntropyLoss": "SparseCategoricalCrossentropy",
        "BCELoss": "BinaryCrossentropy",
        "BCEWithLogitsLoss": "BinaryCrossentropy",
        "MSELoss": "MeanSquaredError",
        "L1Loss": "MeanAbsoluteError",
        "RMSE": "RootMeanSquaredError",
    },
    codes.UNKNOWN_KEY.id: {
        "learning_rate": _RATE,
        "lr": _RATE,
        "validation_data": "the rows for it are split off: validation_split = 20%, or `split` in `data`",
        "criterion": "loss",
        "n_epochs": "epochs",
        "label": "target",
        "labels": "target",
        "file": "source",
        "path": "source",
        "drop": "ignore",
        "train": "what is left over is for training: {validation: 20%, test: 20%}",
        "device": "Keras takes a GPU by itself where there is one",
        "columns": "columns are prepared in `features { ... }`",
    },
}
