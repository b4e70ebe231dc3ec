"""The state of a training, kept on disk at the end of epochs, so that one that was killed goes on as if it wasn't.

A checkpoint is one `.npz` file: the model's variables (its random states among them), the optimizer's, the callbacks'
state, and the history. It is written beside its place and moved there, so that there is a whole one or the one before.
Its content doesn't hang on how often it is written: that is done every few seconds, whatever an epoch takes.
"""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from nnc import codes
from nnc.diagnostics import Findings, UserFault
from nnc.run.hooks import lines_of_log

CHECKPOINT = "checkpoint.npz"
# Seconds between checkpoints, and how many times longer than writing one the training must have gone on.
EVERY = 2.0
PATIENCE = 20
# Attributes of a callback that are not its state: what it looks on, and what it derives from its arguments.
_NO_STATE = frozenset(
    {
        "model",
        "_model",
        "params",
        "_params",
        "monitor_op",
        "min_delta",
        "filename",
        "filepath",
        "append",
        "append_header",
    }
)
# What numpy, zipfile, zlib and json raise for a file that is cut short, or was never one of ours.
_UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)

Fingerprint = Mapping[str, str]


@dataclass(eq=False)
class Checkpoint:
    """Where a training is kept. `same` says by name what must be the same for it to go on (spec, data, versions)."""

    folder: Path
    same: Fingerprint
    failed: OSError | None = None
    _last: float = field(default_factory=time.monotonic)
    _cost: float = 0.0

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / CHECKPOINT

    def due(self) -> bool:
        """Whether it is time to write one again."""
        return time.monotonic() - self._last >= max(EVERY, PATIENCE * self._cost)

    def write(self, state: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
        """Keep the state. Where the disk is full the last good one stays, and the training goes on."""
        began = time.monotonic()
        meta = json.dumps({"same": dict(self.same), "state": state}, ensure_ascii=False)
        stream = io.BytesIO()
        np.savez(stream, allow_pickle=False, meta=np.frombuffer(meta.encode(), dtype=np.uint8), **arrays)
        made = self.path.with_suffix(".new")
        try:
            with made.open("wb") as file:
                file.write(stream.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            made.replace(self.path)
            self.failed = None
        except OSError as error:
            self.failed = error
            with suppress(OSError):
                made.unlink(missing_ok=True)
        self._last = time.monotonic()
        self._cost = self._last - began

    def read(self) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        """State and arrays, or None where nothing was kept yet.

        Raises UserFault where it is of another spec, data or version, or can't be read.
        """
        if not self.path.is_file():
            return None
        try:
            with np.load(self.path, allow_pickle=False) as kept:
                arrays = {name: kept[name] for name in kept.files}
            meta = json.loads(arrays.pop("meta").tobytes().decode())
            same, state = meta["same"], meta["state"]
            changed = {name: str(same.get(name)) for name, value in self.same.items() if same.get(name) != value}
            state = dict(state)
        except _UNREADABLE as error:
            raise self._fault(codes.BROKEN_RUN, f"`{self.path}` can't be read: {error}") from error
        if changed:
            raise self._changed(changed)
        return state, arrays

    def _changed(self, changed: Mapping[str, str]) -> UserFault:
        names = list(changed)
        what = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        short = {name: (value, self.same[name]) for name, value in changed.items() if len(value) < len("0" * 40)}
        return self._fault(
            codes.RESUME_CHANGED,
            f"the training in `{self.folder.parent}` can't go on: {what} changed since it was begun",
            expected=", ".join(f"{name} {then}" for name, (then, _) in short.items()) or None,
            found=", ".join(f"{name} {now}" for name, (_, now) in short.items()) or None,
            how="put back what was changed, or train anew without --resume",
        )

    @staticmethod
    def _fault(code: Any, message: str, how: str = "train anew without --resume", **labels: Any) -> UserFault:
        findings = Findings()
        findings.add(code, message, help=how, **labels)
        return UserFault(findings)


# ---- what is kept --------------------------------------------------------------------------------


def snapshot(model: Any, callbacks: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """State (JSON) and arrays of a training between two epochs."""
    arrays: dict[str, Any] = {}
    for kind, variables in _variables(model).items():
        for i, variable in enumerate(variables):
            arrays[f"{kind}{i}"] = np.asarray(variable)
    kept = [_plain(vars(callback), f"callback{i}", arrays) for i, callback in enumerate(callbacks)]
    return {"callbacks": kept, "stopped": bool(model.stop_training)}, arrays


def put_back(model: Any, callbacks: Sequence[Any], state: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
    """Give model, optimizer and callbacks the state that was kept. The optimizer must have been built."""
    for kind, variables in _variables(model).items():
        for i, variable in enumerate(variables):
            variable.assign(arrays[f"{kind}{i}"])
    for callback, kept in zip(callbacks, state["callbacks"], strict=True):
        for name, value in kept.items():
            setattr(callback, name, _live(value, arrays))
    model.stop_training = state["stopped"]


def _variables(model: Any) -> dict[str, list[Any]]:
    metrics = {id(variable) for variable in model.metrics_variables}
    return {
        "model": [variable for variable in model.variables if id(variable) not in metrics],
        "optimizer": list(model.optimizer.variables),
    }


def _plain(attributes: Mapping[str, Any], prefix: str, arrays: dict[str, Any]) -> dict[str, Any]:
    """A callback's state as JSON: numbers, texts, arrays, and lists and dicts of them. All else is not state."""
    found = {}
    for name, value in attributes.items():
        if name not in _NO_STATE:
            with suppress(TypeError):
                found[name] = _kept(value, f"{prefix}.{name}", arrays)
    return found


def _kept(value: Any, key: str, arrays: dict[str, Any]) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        arrays[key] = np.asarray(value)
        return {"array": key}
    if isinstance(value, list):
        return {"list": [_kept(item, f"{key}.{i}", arrays) for i, item in enumerate(value)]}
    if isinstance(value, dict) and all(isinstance(name, str) for name in value):
        return {"dict": {name: _kept(item, f"{key}.{name}", arrays) for name, item in value.items()}}
    raise TypeError(f"{type(value).__name__} is not kept")


def _live(value: Any, arrays: Mapping[str, Any]) -> Any:
    if not isinstance(value, dict):
        return value
    if "array" in value:
        array = arrays[value["array"]]
        return array if array.ndim else array[()]
    if "list" in value:
        return [_live(item, arrays) for item in value["list"]]
    return {name: _live(item, arrays) for name, item in value["dict"].items()}


def go_on_with_logs(callbacks: Sequence[Any], epochs: int) -> None:
    """Callbacks that write a line an epoch keep the lines of the epochs that are done, and write on behind them."""
    for callback in callbacks:
        path = lines_of_log(callback)
        if path is None:
            continue
        callback.append = True
        with suppress(OSError):
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            path.write_text("".join(lines[: epochs + 1]), encoding="utf-8", newline="")
