"""Hadsell, Chopra, LeCun: Dimensionality reduction by learning an invariant mapping (2006)."""

import keras
from keras import layers, ops


def siamese(side=64, margin=1.0):
    tower = keras.Sequential([keras.Input((side, side, 1))])
    for filters in (16, 32, 64):
        tower.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        tower.add(layers.MaxPooling2D())
    tower.add(layers.GlobalAveragePooling2D())
    tower.add(layers.Dense(32))

    left, right = keras.Input((side, side, 1), name="left"), keras.Input((side, side, 1), name="right")
    a, b = (ops.normalize(tower(image), axis=-1) for image in (left, right))
    far = ops.sqrt(ops.sum((a - b) ** 2, axis=1, keepdims=True) + keras.config.epsilon())
    return keras.Model([left, right], far)
