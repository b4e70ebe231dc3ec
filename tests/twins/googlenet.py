"""Szegedy et al.: Going deeper with convolutions (2014), table 1."""

import keras
from keras import layers

# Columns #1x1, #3x3 reduce, #3x3, #5x5 reduce, #5x5, pool proj; None is a max pool.
TABLE = (
    None,
    (64, 96, 128, 16, 32, 32),  # 3a
    (128, 128, 192, 32, 96, 64),  # 3b
    None,
    (192, 96, 208, 16, 48, 64),  # 4a
    (160, 112, 224, 24, 64, 64),  # 4b
    (128, 128, 256, 24, 64, 64),  # 4c
    (112, 144, 288, 32, 64, 64),  # 4d
    (256, 160, 320, 32, 128, 128),  # 4e
    None,
    (256, 160, 320, 32, 128, 128),  # 5a
    (384, 192, 384, 48, 128, 128),  # 5b
)


def conv(x, filters, size, stride=1):
    return layers.Conv2D(filters, size, strides=stride, padding="same", activation="relu")(x)


def pool(x, stride=2):
    return layers.MaxPooling2D(3, strides=stride, padding="same")(x)


def googlenet(side=224, classes=1000):
    image = keras.Input((side, side, 3))
    h = pool(conv(image, 64, 7, 2))
    h = conv(conv(h, 64, 1), 192, 3)
    for row in TABLE:
        if row is None:
            h = pool(h)
            continue
        one, reduce3, three, reduce5, five, projected = row
        h = layers.concatenate(
            [
                conv(h, one, 1),
                conv(conv(h, reduce3, 1), three, 3),
                conv(conv(h, reduce5, 1), five, 5),
                conv(pool(h, 1), projected, 1),
            ]
        )
    h = layers.Dropout(0.4)(layers.GlobalAveragePooling2D()(h))
    return keras.Model(image, layers.Dense(classes, activation="softmax")(h))
