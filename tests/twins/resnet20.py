"""He, Zhang, Ren, Sun: Deep residual learning for image recognition (2015), section 4.2, option B."""

import keras
from keras import layers


def conv_bn(x, filters, size, stride):
    x = layers.Conv2D(filters, size, strides=stride, padding="same", use_bias=False)(x)
    return layers.BatchNormalization()(x)


def residual(x, filters, stride):
    h = layers.ReLU()(conv_bn(x, filters, 3, stride))
    h = conv_bn(h, filters, 3, 1)
    if stride != 1 or x.shape[-1] != filters:
        x = conv_bn(x, filters, 1, stride)
    return layers.ReLU()(layers.Add()([h, x]))


def resnet(classes=10, depth=3):
    image = keras.Input((32, 32, 3))
    h = layers.ReLU()(conv_bn(image, 16, 3, 1))
    for stage in range(3):
        for block in range(depth):
            h = residual(h, 16 * 2**stage, 2 if stage > 0 and block == 0 else 1)
    h = layers.GlobalAveragePooling2D()(h)
    return keras.Model(image, layers.Dense(classes, activation="softmax")(h))
