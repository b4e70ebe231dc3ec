"""One training with its checkpoints: begun, or taken up where it was left, and stopped when somebody asks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from nnc.run.checkpoint import Checkpoint, go_on_with_logs, put_back, snapshot
from nnc.run.interrupt import Interrupt
from nnc.run.loop import Loop, Plan


class Session:
    """Trains `model` with `callbacks`, the first of which is the Watch. `interrupted`: it ended because of Ctrl-C."""

    def __init__(
        self, model: Any, callbacks: Sequence[Any], interrupt: Interrupt, checkpoint: Checkpoint | None
    ) -> None:
        self._model = model
        self._callbacks = callbacks
        self._watch = callbacks[0]
        self._interrupt = interrupt
        self._checkpoint = checkpoint
        self.interrupted = False

    def run(self, plan: Plan, *, resume: bool, params: Mapping[str, Any]) -> None:
        """Train to the end, or to where somebody asks to stop. Raises UserFault where it can't be taken up."""
        found = self._checkpoint.read() if self._checkpoint and resume else None
        done = found[0]["epochs"] if found else 0

        def begun() -> None:
            if found:
                put_back(self._model, self._callbacks, *found)
            self._watch.begin(params)

        if found:
            go_on_with_logs(self._callbacks, done)
        plan = dataclasses.replace(plan, first_epoch=done, begun=begun, after_epoch=self._after)
        Loop(self._model, plan, self._callbacks).run()

    def _after(self, epoch: int) -> bool:
        """Keep the state when it is time; tell whether to stop."""
        asked = self._interrupt.asked and not self._model.stop_training
        checkpoint = self._checkpoint
        if checkpoint is not None and (asked or self._model.stop_training or checkpoint.due()):
            state, arrays = snapshot(self._model, self._callbacks)
            checkpoint.write({"epochs": epoch + 1, **state}, arrays)
        self.interrupted = asked
        return asked
