"""Losses, metrics, optimizers, schedules, initializers, regularizers, constraints and callbacks against Keras.

Each is made with sampled arguments and then used once, since Keras keeps many a value until it is needed: what the
first use refuses is refused.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from nnc.catalog import Arg, Rejection, find, names
from nnc.catalog.values import Object
from tests.oracle.keras_side import build
from tests.oracle.looser import excused

KINDS = (
    "losses", "metrics", "optimizers", "optimizers.schedules", "initializers", "regularizers", "constraints",
    "callbacks",
)  # fmt: skip

# Values of the kinds that arguments have, inside and outside of what most of them take.
_NUMBERS = (0, 1, 2, 5, -1, 0.5, 0.0, 1.0, 1.5, -0.5, 1e-7, 100)
_OTHERS = (None, "a", (), (0.2, 0.7), (1, 2))
# A label; and what takes other optimizers by the names of layers, or a file that a spec can't name.
_SKIPPED = {"name", "optimizer_map", "default_optimizer", "embeddings_metadata"}


def rows() -> list[tuple[str, str]]:
    """Every row that a spec can name."""
    return [(kind, name) for kind in KINDS for name in names(kind) if not find(kind, name).refused]  # type: ignore[union-attr]


def arguments(rng: random.Random, kind: str, name: str) -> dict[str, Any]:
    """Random arguments: the required ones, and of the others a few."""
    row = find(kind, name)
    assert row is not None
    given = {}
    for arg in row.args:
        if arg.name not in _SKIPPED and (arg.required or rng.random() < 0.25):
            given[arg.name] = _value(rng, arg, f"{name}.{arg.name}")
    return given


def _value(rng: random.Random, arg: Arg, key: str) -> Any:
    if found := _MEASURED.get(key, _MEASURED.get(arg.name)):
        return rng.choice(found[0] if rng.random() < 0.75 else found[1])
    good = _GOOD.get(key, _GOOD.get(arg.name))
    if good is not None and rng.random() < 0.75:
        return rng.choice(good)
    words = [word for word in arg.kind.words if word not in ("true", "false")]
    if words:
        return rng.choice((*words, *words, "nonsense"))
    if "true" in arg.kind.words:
        return rng.random() < 0.5
    return rng.choice(_OTHERS) if rng.random() < 0.05 else rng.choice(_NUMBERS)


# What is right for some data and wrong for others: values right for `_data`, and values that are right for none.
_MEASURED: Mapping[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "axis": ((-1, 1), ("a", 1.5, None)),
    "SparseCategoricalCrossentropy.axis": ((-1,), ("a", 1, 0)),
    **dict.fromkeys(("IoU.axis", "MeanIoU.axis", "OneHotIoU.axis", "OneHotMeanIoU.axis"), ((-1,), ("a", 1, 5))),
    "Dice.axis": ((None, -1, 1, (0, 1)), ("a", 0.5)),
    "Tversky.axis": ((None, -1, 1, (0, 1)), ("a", 0.5)),
    "top_k": ((None, 1, 2), (0, -1, 1.5, "a")),
    "class_id": ((None, 0, 1), (-1, 0.5, "a")),
    "k": ((1, 2), (0, -1, 1.5, "a")),
    "num_labels": ((None, 2), (0, -1, 1.5, "a")),
    "label_weights": ((None, (0.5, 0.5), (1, 0)), ((-1.0, 1.0), "a")),
    "num_regressors": ((0, 1), (-1, 0.5, "a")),
    "thresholds": ((None, 0.5, (0.5,), 0, 1), (-0.5, 2, "a", (), (0.2, 0.7))),
    "AUC.thresholds": ((None, (0.2, 0.7)), ((-0.2, 0.7), "a", (1.5,))),
}
_GOOD: Mapping[str, tuple[Any, ...]] = {
    "values": ((0.1, 0.01), (0.1, 0.01, 0.001)),
    "boundaries": ((10,), (10, 20)),
    "target_class_ids": ((0,), (0, 1)),
    "num_classes": (2, 3),
    "inner_optimizer": (Object("optimizers", "SGD", {}),),
    "monitor": ("loss", "val_loss"),
    "filepath": ("a.keras", "b.weights.h5"),
    "filename": ("a.csv",),
    "backup_dir": ("backup",),
    "log_dir": ("logs",),
    "separator": (",", ";"),
    "learning_rate": (0.01, 0.1, Object("optimizers.schedules", "ExponentialDecay",
                                        {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.9})),
    "exclude_layers": (None, ("a",)),
    "input_axes": (None,),
    "output_axes": (None,),
    "seed": (None, 1, 7),
    }  # fmt: skip


# ---- nnc's side ----------------------------------------------------------------------------------


def refusal(kind: str, name: str, args: Mapping[str, Any]) -> Rejection | None:
    """Why the catalog refuses these arguments, if it does."""
    from nnc.catalog import refused_together

    row = find(kind, name)
    assert row is not None
    for key, value in args.items():
        arg = row.arg(key)
        assert arg is not None
        taken = arg.kind.accept(value)
        if isinstance(taken, Rejection):
            return taken
    return refused_together(kind, name, args)


# ---- Keras's side --------------------------------------------------------------------------------


def keras_refusal(kind: str, name: str, args: Mapping[str, Any]) -> str | None:
    """Why Keras refuses to make it, or to use it once."""
    try:
        _USES[kind](build(Object(kind, name, _as_taken(kind, name, args))), name, args)
    except Exception as error:  # noqa: BLE001 - whatever Keras raises is a refusal
        return f"{type(error).__name__}: {str(error).strip()[:200]}"
    return None


def _as_taken(kind: str, name: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """The values as nnc hands them on, where it takes them."""
    row = find(kind, name)
    assert row is not None
    taken = {key: arg.kind.accept(value) for key, value in args.items() if (arg := row.arg(key)) is not None}
    return {key: args[key] if isinstance(value, Rejection) else value for key, value in taken.items()}


_LABELS = np.array([0, 1, 1, 0])
_ONE_HOT = np.array([[1, 0], [0, 1], [0, 1], [1, 0]], "float32")
_SCORES = np.array([[0.7, 0.3], [0.2, 0.8], [0.4, 0.6], [0.9, 0.1]], "float32")


def _data(name: str, args: Mapping[str, Any]) -> tuple[Any, Any]:
    """A truth and a prediction that suit the loss or metric."""
    if "IoU" in name:
        whole = "OneHot" not in name  # what is not said to be one-hot is so where it is said not to be sparse
        truth = _LABELS if args.get("sparse_y_true", whole) else _ONE_HOT
        return truth, _LABELS if args.get("sparse_y_pred", whole) else _SCORES
    if name == "CategoricalGeneralizedCrossEntropy" or "Sparse" in name or name == "Circle":
        return _LABELS, _SCORES
    if name == "CTC":
        return np.ones((2, 2), "int32"), np.ones((2, 4, 3), "float32")
    return _ONE_HOT, _SCORES


def _loss(loss: Any, name: str, args: Mapping[str, Any]) -> None:
    loss(*_data(name, args))


def _metric(metric: Any, name: str, args: Mapping[str, Any]) -> None:
    if name in ("Mean", "Sum"):
        metric.update_state(np.ones(3))
    else:
        metric.update_state(*_data(name, args))
    if np.ndim(metric.result()) and name not in _ONE_A_CLASS:
        raise ValueError(f"a metric of several numbers: {metric.result()}")


# These give a number for each class while `average` is none, and `class_aggregation` a number for each output.
_ONE_A_CLASS = {"F1Score", "FBetaScore", "R2Score"}


def _optimizer(optimizer: Any, name: str, args: Mapping[str, Any]) -> None:
    weights = [keras.Variable(np.ones((2, 2), "float32"), name="kernel")]
    optimizer.build(weights)
    optimizer.apply([tf.ones((2, 2))], weights)


def _matrix(made: Any, name: str, args: Mapping[str, Any]) -> None:
    made(tf.ones((2, 2)))


def _initializer(made: Any, name: str, args: Mapping[str, Any]) -> None:
    made((2, 1, 2) if name == "STFT" else (2, 2))


def _schedule(made: Any, name: str, args: Mapping[str, Any]) -> None:
    made(tf.constant(3))


def _callback(made: Any, name: str, args: Mapping[str, Any]) -> None:
    pass  # it would write files


_USES: Mapping[str, Callable[[Any, str, Mapping[str, Any]], None]] = {
    "losses": _loss,
    "metrics": _metric,
    "optimizers": _optimizer,
    "optimizers.schedules": _schedule,
    "initializers": _initializer,
    "regularizers": _matrix,
    "constraints": _matrix,
    "callbacks": _callback,
}


def object_disagreement(rng: random.Random, kind: str, name: str) -> str | None:
    """None where both take random arguments of that row, or both refuse them; else what differs."""
    args = arguments(rng, kind, name)
    ours, theirs = refusal(kind, name, args), keras_refusal(kind, name, args)
    if (ours is None) == (theirs is None):
        return None
    if ours is not None and excused(ours, args):
        return None
    said = f"nnc refuses ({ours.reason}), Keras takes it" if ours else f"nnc takes it, Keras refuses ({theirs})"
    return f"{kind}.{name}({args})\n    {said}"
