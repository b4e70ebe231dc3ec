"""Tolstikhin et al.: MLP-Mixer, an all-MLP architecture for vision (2021), figure 1."""

import keras
from keras import layers, ops


def mlp(x, hidden, rate):
    width = x.shape[-1]
    x = layers.Dropout(rate)(layers.Dense(hidden, activation="gelu")(x))
    return layers.Dropout(rate)(layers.Dense(width)(x))


def mlpmixer(side=32, patch=4, classes=10, width=128, depth=8, rate=0.0):
    image = keras.Input((side, side, 3))
    h = layers.Conv2D(width, patch, strides=patch)(image)
    h = layers.Reshape((-1, width))(h)
    for _ in range(depth):
        across = ops.swapaxes(layers.LayerNormalization()(h), 1, 2)
        h = h + ops.swapaxes(mlp(across, width // 2, rate), 1, 2)
        h = h + mlp(layers.LayerNormalization()(h), 4 * width, rate)
    h = ops.mean(layers.LayerNormalization()(h), axis=1)
    return keras.Model(image, layers.Dense(classes, activation="softmax")(h))
