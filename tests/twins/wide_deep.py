"""Cheng et al.: Wide & deep learning for recommender systems (2016), figure 4."""

import keras
from keras import layers


def widedeep(crossed=500, numbers=6, width=32):
    crosses = keras.Input((crossed,), name="crosses")
    numeric = keras.Input((numbers,), name="numeric")
    chosen = keras.Input((3,), dtype="int32", name="chosen")
    first = layers.Embedding(60, width)(chosen[:, 0])
    second = layers.Embedding(12, width)(chosen[:, 1])
    third = layers.Embedding(1000, width)(chosen[:, 2])
    deep = layers.Concatenate()([numeric, first, second, third])
    deep = layers.Dense(1024, activation="relu")(deep)
    deep = layers.Dense(512, activation="relu")(deep)
    deep = layers.Dense(256, activation="relu")(deep)
    wide = layers.Dense(1, use_bias=False)(crosses)
    taken = layers.Activation("sigmoid")(layers.Add()([wide, layers.Dense(1)(deep)]))
    return keras.Model([crosses, numeric, chosen], taken)
