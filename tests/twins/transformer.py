"""Vaswani et al.: Attention is all you need (2017), the encoder of figure 1, with learned positions."""

import keras
from keras import layers, ops


class Positions(layers.Layer):
    """One learned vector for each place of a text."""

    def __init__(self, length, width, **kwargs):
        super().__init__(**kwargs)
        self.length = length
        self.table = layers.Embedding(length, width)

    def call(self, x):
        return x + self.table(ops.arange(self.length))


def transformer(words=20000, length=200, width=64, heads=4, depth=2, rate=0.1, classes=2):
    tokens = keras.Input((length,), dtype="int32")
    is_word = tokens != 0
    h = layers.Embedding(words, width)(tokens)
    h = layers.Dropout(rate)(Positions(length, width)(h))
    for _ in range(depth):
        attention = layers.MultiHeadAttention(num_heads=heads, key_dim=width // heads, dropout=rate)
        attended = attention(h, h, attention_mask=is_word[:, None, :])
        h = layers.LayerNormalization(epsilon=1e-6)(h + layers.Dropout(rate)(attended))
        thought = layers.Dense(width)(layers.Dense(4 * width, activation="relu")(h))
        h = layers.LayerNormalization(epsilon=1e-6)(h + layers.Dropout(rate)(thought))
    counted = ops.cast(is_word, "float32")[:, :, None]
    text = ops.sum(h * counted, axis=1) / ops.sum(counted, axis=1)
    return keras.Model(tokens, layers.Dense(classes, activation="softmax")(layers.Dropout(rate)(text)))
