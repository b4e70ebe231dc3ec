"""One network there and back: what must hold of it, as sentences about what does not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from nnc.emit.network import describe
from nnc.pipeline.bring import Brought, bring, copy_weights

if TYPE_CHECKING:
    import keras


def names() -> list[str]:
    """Every network of the installed keras.applications."""
    from keras import applications

    return sorted(name for name in dir(applications) if name[0].isupper() and callable(getattr(applications, name)))


def disturb(model: keras.Model, seed: int = 0) -> None:
    """Give every weight a value of its own, so that two that are mixed up show: a fresh network is full of 0 and 1."""
    random = np.random.default_rng(seed)
    for weight in model.weights:
        value = np.asarray(weight)
        if "variance" in weight.path:
            weight.assign(random.uniform(0.5, 1.5, value.shape))
        elif value.ndim < 2 and value.dtype.kind == "f":
            weight.assign(value + random.normal(0, 0.05, value.shape))


def images(model: keras.Model, side: int = 64) -> Any:
    """Two random images."""
    shape = [size or side for size in model.input_shape[1:]]
    return np.random.default_rng(1).uniform(0, 255, (2, *shape)).astype("float32")


def one_by_one(model: keras.Model, rows: Any) -> Any:
    """What comes of each image by itself, which takes the least memory."""
    return np.concatenate([np.asarray(model(rows[i : i + 1], training=False)) for i in range(len(rows))])


def counts(model: keras.Model) -> tuple[int, int]:
    """Trainable and other parameters, as Keras counts them."""
    return (
        sum(math.prod(weight.shape) for weight in model.trainable_weights),
        sum(math.prod(weight.shape) for weight in model.non_trainable_weights),
    )


def troubles(original: keras.Model, name: str) -> tuple[Brought, list[str]]:
    """What came in, and what is wrong with it."""
    from nnc.check import check
    from nnc.source import Source
    from nnc.syntax import parse

    disturb(original)
    brought = bring(name, keras_model=original)
    found = [finding.message for finding in brought.findings]
    file, _ = parse(Source(name, brought.text))
    assert file is not None
    spec, findings = check(file)
    if spec is None:
        return brought, [*found, *(finding.message for finding in findings)]
    network = describe(spec.model)
    if (network.trainable, network.non_trainable) != counts(original):
        found.append(f"it shows {network.trainable} and {network.non_trainable} parameters, Keras {counts(original)}")
    built = copy_weights(brought, original)
    rows = images(original)
    ours, theirs = (one_by_one(model, rows) for model in (built, original))
    distance = float(np.max(np.abs(ours - theirs)))
    if not distance <= 1e-5 or not np.ptp(theirs) > 0:
        found.append(f"its outputs are {distance} apart")
    return brought, found
