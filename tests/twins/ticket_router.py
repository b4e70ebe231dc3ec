"""Keras's guide to the functional API, "Models with multiple inputs and outputs"."""

import keras
from keras import layers


def ticketrouter(words=10000, tags=12, departments=4):
    title = keras.Input((None,), dtype="int32", name="title")
    text = keras.Input((None,), dtype="int32", name="text")
    chosen = keras.Input((tags,), name="chosen")
    read_title = layers.LSTM(128)(layers.Embedding(words, 64, mask_zero=True)(title))
    read_text = layers.LSTM(32)(layers.Embedding(words, 64, mask_zero=True)(text))
    both = layers.concatenate([read_title, read_text, chosen])
    priority = layers.Dense(1, activation="sigmoid")(both)
    department = layers.Dense(departments, activation="softmax")(both)
    return keras.Model([title, text, chosen], {"priority": priority, "department": department})
