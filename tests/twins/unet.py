"""Ronneberger, Fischer, Brox: U-Net (2015), figure 1, with padded convolutions."""

import keras
from keras import layers


def convolutions(x, filters):
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return x


def unet(side=256, classes=2, width=64, depth=4):
    image = keras.Input((side, side, 3))

    def level(x, number):
        """What is between a picture of one side and the answer of the same side."""
        filters = width * 2**number
        if number == depth:
            return layers.Dropout(0.5)(convolutions(x, filters))
        across = convolutions(x, filters)
        below = level(layers.MaxPooling2D(2)(across), number + 1)
        up = layers.Conv2DTranspose(filters, 2, strides=2)(below)
        return convolutions(layers.Concatenate()([across, up]), filters)

    return keras.Model(image, layers.Conv2D(classes, 1, activation="softmax")(level(image, 0)))
