"""LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition (1998), figure 2."""

import keras
from keras import layers


def lenet5(classes=10):
    return keras.Sequential(
        [
            keras.Input((32, 32, 1)),
            layers.Conv2D(6, kernel_size=5, activation="tanh"),
            layers.AveragePooling2D(pool_size=2),
            layers.Conv2D(16, kernel_size=5, activation="tanh"),
            layers.AveragePooling2D(pool_size=2),
            layers.Conv2D(120, kernel_size=5, activation="tanh"),
            layers.Flatten(),
            layers.Dense(84, activation="tanh"),
            layers.Dense(classes, activation="softmax"),
        ]
    )
