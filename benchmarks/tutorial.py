"""What a tutorial's reader runs by hand: the network of examples/deep_nn.nn with Keras, its curves and its SHAP plots.

`python benchmarks/tutorial.py FOLDER` writes the pictures there. It is what `nnc report` is measured against, so it is
written as the reader would write it, and knows nothing of nnc.
"""

import sys
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import shap
from sklearn.model_selection import train_test_split

out = Path(sys.argv[1])
table = pd.read_csv(Path(__file__).parents[1] / "examples" / "deep_nn.csv")
X, y = table.drop(columns="y").to_numpy("float32"), table["y"].to_numpy("float32")
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=1)


def recall(y_true, y_pred):
    """The share of the positive rows that were found."""
    true_positives = keras.ops.sum(keras.ops.round(keras.ops.clip(y_true * y_pred, 0, 1)))
    return true_positives / (keras.ops.sum(keras.ops.round(keras.ops.clip(y_true, 0, 1))) + keras.backend.epsilon())


def precision(y_true, y_pred):
    """The share of the found rows that are positive."""
    true_positives = keras.ops.sum(keras.ops.round(keras.ops.clip(y_true * y_pred, 0, 1)))
    return true_positives / (keras.ops.sum(keras.ops.round(keras.ops.clip(y_pred, 0, 1))) + keras.backend.epsilon())


def f1(y_true, y_pred):
    """The harmonic mean of both."""
    p, r = precision(y_true, y_pred), recall(y_true, y_pred)
    return 2 * p * r / (p + r + keras.backend.epsilon())


inputs = keras.Input((10,), name="x")
h1 = keras.layers.Dropout(0.2)(keras.layers.Dense(6, "relu", name="h1")(inputs))
h2 = keras.layers.Dropout(0.2)(keras.layers.Dense(3, "relu", name="h2")(h1))
model = keras.Model(inputs, keras.layers.Dense(1, "sigmoid", name="y")(h2))
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy", recall, precision, f1])
training = model.fit(X_train, y_train[:, None], batch_size=32, epochs=100, validation_split=0.2, verbose=0)

scores = [name for name in training.history if "loss" not in name and "val" not in name]
figure, panels = plt.subplots(1, 2, figsize=(15, 4), sharey=True)
for panel, before in zip(panels, ("", "val_"), strict=True):
    panel.plot(training.history[f"{before}loss"], color="black")
    twin = panel.twinx()
    for name in scores:
        twin.plot(training.history[f"{before}{name}"], label=name)
    twin.legend()
figure.savefig(out / "training.png")
plt.close(figure)

background = X_train[np.random.default_rng(0).choice(len(X_train), 100, replace=False)]
names = [f"x{i}" for i in range(10)]
explainer = shap.DeepExplainer(model, background)
values = explainer.shap_values(X_test)[..., 0]
shap.summary_plot(values, X_test, feature_names=names, show=False)
plt.savefig(out / "summary.png")
plt.close("all")
base = float(np.asarray(explainer.expected_value).ravel()[0])
shap.decision_plot(base, values[:1], features=X_test[:1], feature_names=names, show=False)
plt.savefig(out / "decision.png")
plt.close("all")
