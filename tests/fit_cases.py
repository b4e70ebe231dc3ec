"""Trainings that must end as `model.fit` ends them: every optimizer, metric and loss of Keras, and what else counts.

`python -m tests.fit_cases` (`make fit`) compares them all; the suite takes a sample. A case is a function that gives a
compiled model and its rows, both anew at each call, so that two trainings start from the same numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from nnc import catalog

ROWS, BATCH, EPOCHS, VALIDATION = 75, 16, 3, 20
TOLERANCE = 1e-5
Case = Callable[[], tuple[Any, dict[str, Any]]]

RNG = np.random.default_rng(11)
X = RNG.normal(size=(ROWS + VALIDATION, 6)).astype(np.float32)
YES = (X[:, :1] + 0.3 * RNG.normal(size=(len(X), 1)) > 0).astype(np.float32)
NUMBER = (X @ RNG.normal(size=(6, 1)) + 0.1).astype(np.float32)
CLASSES = RNG.integers(0, 4, size=len(X)).astype(np.int32)
ONE_HOT = np.eye(4, dtype=np.float32)[CLASSES]
WEIGHTS = RNG.uniform(0.2, 2.0, size=len(X)).astype(np.float32)
TOKENS = np.where(np.arange(7) < RNG.integers(1, 8, size=(len(X), 1)), RNG.integers(1, 9, size=(len(X), 7)), 0)


def classes(kind: str) -> list[str]:
    """The names of Keras's classes of a kind, without its functions."""
    return [name for name in catalog.names(kind) if name[0].isupper()]


def net(units: int = 1, activation: str = "sigmoid", **dense: Any) -> Any:
    """A small network with batch normalization."""
    keras.utils.set_random_seed(3)
    x = keras.Input((6,))
    h = keras.layers.Dense(5, "tanh", **dense)(x)
    h = keras.layers.BatchNormalization()(h)
    return keras.Model(x, keras.layers.Dense(units, activation, name="y")(h))


def case(y: Any, loss: Any, metrics: Any = (), optimizer: Any = None, model: Any = None, **fit: Any) -> Any:
    """A compiled model with rows and further arguments of `fit`; every value may be a function that makes it."""
    made = (model or net)()
    chosen = optimizer() if callable(optimizer) else keras.optimizers.Adam(0.01)
    made.compile(chosen, loss, metrics=list(metrics) if isinstance(metrics, (list, tuple)) else metrics)
    return made, {"x": X, "y": y, **fit}


# These wrap others, or choose between them, by Python objects that a spec can't hold. ScheduleFreeAdamW is left out:
# its averages begin from 0 under `fit`, and with us from the weights, as Keras's own code says.
_NO_OPTIMIZERS = {"LossScaleOptimizer", "MultiOptimizer", "Optimizer", "OptimizerMap", "ScheduleFreeAdamW"}


def optimizers() -> dict[str, Case]:
    """One case for each optimizer that a spec can name, and for what all of them can."""

    def one(name: str, **args: Any) -> Case:
        return lambda: case(YES, "binary_crossentropy", optimizer=lambda: getattr(keras.optimizers, name)(**args))

    cases = {f"optimizer {name}": one(name) for name in classes("optimizers") if name not in _NO_OPTIMIZERS}
    for name in ("SGD", "Adam"):
        cases |= {
            f"{name} clipnorm": one(name, clipnorm=0.05),
            f"{name} global_clipnorm": one(name, global_clipnorm=0.05),
            f"{name} clipvalue": one(name, clipvalue=0.01),
            f"{name} accumulation": one(name, gradient_accumulation_steps=3),
            f"{name} ema": one(name, use_ema=True, ema_momentum=0.8),
            f"{name} ema overwriting": one(name, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=4),
            f"{name} weight decay": one(name, weight_decay=0.01),
        }
    decay = keras.optimizers.schedules.ExponentialDecay(0.05, 4, 0.7)
    cosine = keras.optimizers.schedules.CosineDecay(0.05, 10)
    cases["SGD momentum"] = one("SGD", momentum=0.9, nesterov=True)
    cases["Adam amsgrad"] = one("Adam", amsgrad=True)
    cases["Adam exponential decay"] = one("Adam", learning_rate=decay)
    cases["RMSprop centered, cosine"] = one("RMSprop", learning_rate=cosine, centered=True, momentum=0.5)
    return cases


_METRIC_ARGS: dict[str, dict[str, Any]] = {
    "FBetaScore": {"threshold": 0.5},
    "F1Score": {"threshold": 0.5},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "MeanRelativeError": {"normalizer": [1.0]},
    "BinaryIoU": {"target_class_ids": [0, 1]},
    "OneHotIoU": {"num_classes": 4, "target_class_ids": [0, 2]},
    "OneHotMeanIoU": {"num_classes": 4},
    "MeanIoU": {"num_classes": 2},
    "IoU": {"num_classes": 2, "target_class_ids": [0]},
}
_NO_METRICS = {"Metric", "Mean", "Sum", "MeanMetricWrapper", "ConcordanceCorrelation", "PearsonCorrelation"}


def metrics() -> dict[str, Case]:
    """One case for each metric class that a spec can name."""

    def one(name: str) -> Case:
        def make() -> Any:
            args = _METRIC_ARGS.get(name, {})
            metric = [getattr(keras.metrics, name)(**args)]
            if name.startswith("Sparse"):
                return case(CLASSES, "sparse_categorical_crossentropy", metric, model=lambda: net(4, "softmax"))
            if name.startswith(("Categorical", "OneHot", "TopK", "F", "Cosine", "KLD")):
                return case(ONE_HOT, "categorical_crossentropy", metric, model=lambda: net(4, "softmax"))
            return case(YES, "binary_crossentropy", metric)

        return make

    cases = {f"metric {name}": one(name) for name in classes("metrics") if name not in _NO_METRICS}
    for name in ("PearsonCorrelation", "ConcordanceCorrelation"):
        if hasattr(keras.metrics, name):
            cases[f"metric {name}"] = lambda name=name: case(
                NUMBER, "mse", [getattr(keras.metrics, name)()], model=lambda: net(1, "linear")
            )
    return cases


def losses() -> dict[str, Case]:
    """One case for each loss class that a spec can name."""

    def one(name: str) -> Case:
        def make() -> Any:
            loss = getattr(keras.losses, name)()
            if name.startswith("Sparse"):
                return case(CLASSES, loss, model=lambda: net(4, "softmax"))
            if name == "CategoricalGeneralizedCrossEntropy":  # class numbers, without an axis of their own
                return case(CLASSES.reshape(-1), loss, model=lambda: net(4, "softmax"))
            if name in {"CTC", "CircleLoss"} or name.startswith(("Categorical", "KLD", "Cosine")):
                return case(ONE_HOT, loss, model=lambda: net(4, "softmax"))
            return case(YES, loss)

        return make

    return {f"loss {name}": one(name) for name in classes("losses") if name not in {"Loss", "CTC", "CircleLoss"}}


def _two_outputs() -> Any:
    keras.utils.set_random_seed(3)
    x, z = keras.Input((6,), name="x"), keras.Input((6,), name="z")
    h = keras.layers.Concatenate()([keras.layers.Dense(4, "relu")(x), z])
    outputs = {
        "yes": keras.layers.Dense(1, "sigmoid", name="yes")(h),
        "number": keras.layers.Dense(1, name="number")(h),
    }
    return keras.Model([x, z], outputs)


def _masked() -> Any:
    keras.utils.set_random_seed(3)
    x = keras.Input((7,), dtype="int32")
    h = keras.layers.LSTM(4)(keras.layers.Embedding(9, 3, mask_zero=True)(x))
    return keras.Model(x, keras.layers.Dense(1, "sigmoid")(h))


def _masked_sequence() -> Any:
    keras.utils.set_random_seed(3)
    x = keras.Input((7,), dtype="int32")
    h = keras.layers.GRU(4, return_sequences=True)(keras.layers.Embedding(9, 3, mask_zero=True)(x))
    return keras.Model(x, keras.layers.Dense(1, "sigmoid")(h))


def _images() -> Any:
    keras.utils.set_random_seed(3)
    x = keras.Input((6, 6, 1))
    h = keras.layers.MaxPooling2D()(keras.layers.Conv2D(3, 3, activation="relu", kernel_constraint="max_norm")(x))
    return keras.Model(x, keras.layers.Dense(1, "sigmoid")(keras.layers.Flatten()(h)))


def others() -> dict[str, Case]:
    """What the loop must also get right."""
    images = np.einsum("ni,nj->nij", X, X)[..., None]
    both = {"yes": YES, "number": NUMBER}

    def several() -> dict[str, Any]:
        return {"yes": ["accuracy", keras.metrics.AUC(name="auc")], "number": ["mae"]}

    losses = {"yes": "binary_crossentropy", "number": "mse"}
    steps = np.repeat(YES[:, None], 7, axis=1)
    return {
        "sample weights": lambda: case(YES, "binary_crossentropy", ["accuracy"], sample_weight=WEIGHTS),
        "class weights": lambda: case(YES, "binary_crossentropy", ["accuracy"], class_weight={0: 0.5, 1: 3.0}),
        "class weights of one-hot rows": lambda: case(
            ONE_HOT, "categorical_crossentropy", model=lambda: net(4, "softmax"), class_weight={0: 2.0, 3: 0.1}
        ),
        "class weights of numbers": lambda: case(
            CLASSES, "sparse_categorical_crossentropy", model=lambda: net(4, "softmax"), class_weight={1: 2.0}
        ),
        "regularizers": lambda: case(
            YES,
            "binary_crossentropy",
            model=lambda: net(kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02), activity_regularizer="l2"),
        ),
        "several inputs and outputs": lambda: case(
            both, losses, several(), model=_two_outputs, x=[X, X[:, ::-1].copy()], sample_weight=WEIGHTS
        ),
        "a mask": lambda: case(YES, "binary_crossentropy", ["accuracy"], model=_masked, x=TOKENS),
        "a mask over steps": lambda: case(steps, "binary_crossentropy", ["accuracy"], model=_masked_sequence, x=TOKENS),
        "images and a constraint": lambda: case(YES, "binary_crossentropy", ["accuracy"], model=_images, x=images),
        "portions of a pass": lambda: case(YES, "binary_crossentropy", ["accuracy"], steps_per_epoch=2),
        "a batch of everything": lambda: case(YES, "binary_crossentropy", ["accuracy"], batch_size=1000),
        "a vector metric": lambda: case(
            ONE_HOT, "categorical_crossentropy", [keras.metrics.F1Score()], model=lambda: net(4, "softmax")
        ),
        "float64 rows": lambda: case(YES.astype(np.float64), "mse", ["mae"], x=X.astype(np.float64)),
        "nothing to train": lambda: case(YES, "mse", ["mae"], model=_frozen),
        "mixed precision": _mixed,
        "mixed precision, float16": lambda: _mixed("mixed_float16"),
    }


def _frozen() -> Any:
    model = net()
    model.trainable = False
    return model


def _mixed(policy: str = "mixed_bfloat16") -> Any:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        return case(YES, "binary_crossentropy", ["accuracy"])
    finally:
        keras.config.set_dtype_policy(before)


def every_case() -> dict[str, Case]:
    """All cases by their names."""
    return optimizers() | metrics() | losses() | others()


# ---- both ways -----------------------------------------------------------------------------------


def _cut(arrays: Any, part: slice) -> Any:
    return None if arrays is None else keras.tree.map_structure(lambda array: array[part], arrays)


def by_fit(make: Case) -> tuple[Any, dict[str, Any]]:
    """The model and its history after `fit`."""
    keras.utils.clear_session()  # else the second of two metrics of a kind has a number in its name
    model, args = make()
    rows = slice(VALIDATION, None)
    weights = args.get("sample_weight")
    validation = tuple(_cut(part, slice(0, VALIDATION)) for part in (args["x"], args["y"], weights) if part is not None)
    rest = {key: value for key, value in args.items() if key not in {"x", "y", "sample_weight", "batch_size"}}
    found = model.fit(
        _cut(args["x"], rows),
        _cut(args["y"], rows),
        sample_weight=_cut(weights, rows),
        validation_data=validation,
        batch_size=args.get("batch_size", BATCH),
        epochs=EPOCHS,
        shuffle=False,
        verbose=0,
        **rest,
    )
    return model, found.history


def by_us(make: Case, feed: Any = None) -> tuple[Any, dict[str, Any]]:
    """The same by our own loop; `feed(rows, batch_size)` gives the training rows."""
    from nnc.run.feed import Resident, Rows, weighted
    from nnc.run.loop import Loop, Plan

    keras.utils.clear_session()
    model, args = make()
    everything = Rows(args["x"], args["y"], _for_each(args.get("sample_weight"), args["y"]))
    rows = weighted(everything.map(lambda array: array[VALIDATION:]), args.get("class_weight"))
    size = args.get("batch_size", BATCH)
    train = (feed or Resident)(rows, size)
    validation = Resident(everything.map(lambda array: array[:VALIDATION]), size)
    plan = Plan(train, validation, EPOCHS, args.get("steps_per_epoch"))
    return model, dict(Loop(model, plan, args.get("callbacks", ())).run())


def _for_each(weights: Any, y: Any) -> Any:
    """`fit` gives one array of weights to every output."""
    return (
        keras.tree.map_structure(lambda _: weights, y) if weights is not None and keras.tree.is_nested(y) else weights
    )


def differences(make: Case, ours: Callable[[Case], Any] = by_us) -> dict[str, float]:
    """How far the two ways differ: the history's numbers, the weights, the optimizer's variables."""
    (theirs, wanted), (mine, found) = by_fit(make), ours(make)
    if set(wanted) != set(found):
        return {f"names {sorted(set(wanted) ^ set(found))}": float("inf")}
    far = {name: _far(wanted[name], found[name]) for name in wanted}
    far |= {weight.path: _far(weight, other) for weight, other in zip(theirs.weights, mine.weights, strict=True)}
    kept = zip(theirs.optimizer.variables, mine.optimizer.variables, strict=True)
    return far | {f"optimizer {one.path}": _far(one, other) for one, other in kept}


def _far(one: Any, other: Any) -> float:
    one, other = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if one.shape != other.shape:
        return float("inf")
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    gap = np.where(same, 0.0, np.abs(one - other) / np.maximum(1.0, np.abs(one)))
    return float(np.nan_to_num(gap, nan=np.inf).max(initial=0.0))


def main() -> int:
    """Compare every case and name those that differ."""
    bad = 0
    cases = every_case()
    for name, make in cases.items():
        try:
            worst = max(differences(make).items(), key=lambda item: item[1])
        except Exception as error:  # noqa: BLE001 - one broken case must not hide the others
            worst = (f"{type(error).__name__}: {str(error)[:200]}", float("inf"))
        bad += worst[1] > TOLERANCE
        sys.stdout.write(f"{'!!' if worst[1] > TOLERANCE else 'ok'} {name:40} {worst[1]:.1e} {worst[0]}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(cases) - bad} of {len(cases)} end as under fit\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
