"""Kingma, Welling: Auto-encoding variational Bayes (2014), with convolutions as in Keras's example of it."""

import keras
from keras import layers, ops


class Sampling(layers.Layer):
    """A place drawn from N(mean, exp(log_variance)) while training, and the mean otherwise."""

    def call(self, mean, log_variance, training=False):
        if not training:
            return mean
        return mean + ops.exp(0.5 * log_variance) * keras.random.normal(ops.shape(mean))


def encode(image, latent):
    h = layers.Conv2D(32, 3, activation="relu", strides=2, padding="same")(image)
    h = layers.Conv2D(64, 3, activation="relu", strides=2, padding="same")(h)
    h = layers.Dense(16, activation="relu")(layers.Flatten()(h))
    return layers.Dense(latent)(h), layers.Dense(latent)(h)


def decode(z):
    h = layers.Reshape((7, 7, 64))(layers.Dense(7 * 7 * 64, activation="relu")(z))
    h = layers.Conv2DTranspose(64, 3, activation="relu", strides=2, padding="same")(h)
    h = layers.Conv2DTranspose(32, 3, activation="relu", strides=2, padding="same")(h)
    return layers.Conv2DTranspose(1, 3, activation="sigmoid", padding="same")(h)


def vae(latent=2):
    image = keras.Input((28, 28, 1))
    mean, log_variance = encode(image, latent)
    moments = ops.concatenate([mean, log_variance], axis=1)
    return keras.Model(image, {"reconstruction": decode(Sampling()(mean, log_variance)), "moments": moments})


def encoder(latent=2):
    image = keras.Input((28, 28, 1))
    mean, log_variance = encode(image, latent)
    return keras.Model(image, {"center": mean, "spread": ops.sqrt(ops.exp(log_variance))})


def decoder(latent=2):
    z = keras.Input((latent,))
    return keras.Model(z, decode(z))
