"""Which callbacks must be asked at each batch, and which can be asked at each epoch alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras

_HOOKS: Mapping[str, tuple[str, ...]] = {
    "train": ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end"),
    "test": ("on_test_batch_begin", "on_test_batch_end"),
}
# Keras's own callbacks that have a hook for batches and don't need it: when that holds, by their class's name.
_IDLE: Mapping[str, Callable[[Any], bool]] = {
    # The compiled loop itself ends at the batch whose loss is no number, and tells it.
    "TerminateOnNaN": lambda _: True,
    "ModelCheckpoint": lambda callback: callback.save_freq == "epoch",
    "TensorBoard": lambda callback: callback.update_freq == "epoch" and not callback.profile_batch,
}


def needs_batches(callbacks: Sequence[Any], stage: str) -> bool:
    """Whether any callback looks at the batches of a stage, `train` or `test`."""
    return any(_looks(callback, stage) for callback in callbacks)


def _looks(callback: Any, stage: str) -> bool:
    idle = _IDLE.get(type(callback).__name__)
    if idle is not None and type(callback).__module__.startswith("keras.") and idle(callback):
        return False
    plain = keras.callbacks.Callback
    return any(getattr(type(callback), hook) is not getattr(plain, hook) for hook in _HOOKS[stage])


def stops_at_nan(callback: Any) -> bool:
    """Whether it ends the training at the batch whose loss is no number."""
    return isinstance(callback, keras.callbacks.TerminateOnNaN)


def lines_of_log(callback: Any) -> Path | None:
    """The file that it writes a line an epoch into, below a heading."""
    return Path(callback.filename) if isinstance(callback, keras.callbacks.CSVLogger) else None
