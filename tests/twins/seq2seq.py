"""Sutskever, Vinyals, Le: Sequence to sequence learning with neural networks (2014); one layer each."""

import keras
from keras import layers


def encode(source, words, width, units):
    embedded = layers.Embedding(words, width, mask_zero=True)(source)
    _, h, c = layers.LSTM(units, return_state=True)(embedded)
    return h, c


def decode(target, h, c, words, width, units):
    embedded = layers.Embedding(words, width, mask_zero=True)(target)
    lstm = layers.LSTM(units, return_sequences=True, return_state=True)
    out, h, c = lstm(embedded, initial_state=[h, c])
    return layers.Dense(words, activation="softmax")(out), h, c


def translator(source_words=8000, target_words=8000, width=128, units=256):
    source = keras.Input((None,), dtype="int32", name="source")
    target = keras.Input((None,), dtype="int32", name="target")
    h, c = encode(source, source_words, width, units)
    words, _, _ = decode(target, h, c, target_words, width, units)
    return keras.Model([source, target], words)


def encoder(source_words=8000, target_words=8000, width=128, units=256):
    source = keras.Input((None,), dtype="int32")
    h, c = encode(source, source_words, width, units)
    return keras.Model(source, {"h": h, "c": c})


def decoder(source_words=8000, target_words=8000, width=128, units=256):
    target = keras.Input((None,), dtype="int32", name="target")
    h, c = keras.Input((units,), name="state_h"), keras.Input((units,), name="state_c")
    words, next_h, next_c = decode(target, h, c, target_words, width, units)
    return keras.Model([target, h, c], {"words": words, "next_h": next_h, "next_c": next_c})
