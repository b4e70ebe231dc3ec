"""Van den Oord et al.: WaveNet, a generative model for raw audio (2016), figure 4."""

import keras
from keras import layers, ops


def causal(x, filters, dilation=1, activation=None):
    return layers.Conv1D(filters, 2, padding="causal", dilation_rate=dilation, activation=activation)(x)


def wavenet(levels=256, filters=32, skip_filters=128, stacks=2, layers_=8):
    samples = keras.Input((None,), dtype="int32")
    h = causal(ops.one_hot(samples, levels), filters)
    skips = []
    for number in range(stacks * layers_):
        dilation = 2 ** (number % layers_)
        z = causal(h, filters, dilation, "tanh") * causal(h, filters, dilation, "sigmoid")
        h = h + layers.Conv1D(filters, 1)(z)
        skips.append(layers.Conv1D(skip_filters, 1)(z))
    h = layers.Conv1D(skip_filters, 1, activation="relu")(ops.relu(layers.add(skips)))
    return keras.Model(samples, layers.Conv1D(levels, 1, activation="softmax")(h))
