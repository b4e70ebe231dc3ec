"""Ctrl-C: once ends the training behind this epoch, twice stops at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self


class Interrupt:
    """While it is entered, the first Ctrl-C is noted (`asked`) and told to `heard`; the second one interrupts.

    In a thread that is not the main one signals are not ours, and nothing is changed.
    """

    def __init__(self, heard: Callable[[], None] | None) -> None:
        self.asked = False
        self._heard = heard
        self._before: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        if self._heard is not None:
            self._heard()
