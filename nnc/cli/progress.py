"""Progress with the time left, for long work in a terminal; silent where nobody watches."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class Progress:
    """One line a phase, a bar for training. Every method may be called whether or not anybody watches."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._bars: Bars | None = None
        self._task: TaskID | None = None
        if not quiet and sys.stderr.isatty():
            self._bars = _bars()

    def __enter__(self) -> Self:
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def phase(self, words: str) -> None:
        """A new piece of work begins (`explaining`), and the one before is done."""
        if self._bars is None:
            return
        self._finish()
        self._task = self._bars.add_task(words, total=None, detail="")

    def start(self, epochs: int) -> None:
        """Training begins; it takes at most so many epochs."""
        if self._bars is None:
            return
        self._finish()
        self._task = self._bars.add_task("training", total=epochs, detail="")

    def epoch(self, number: int, logs: Mapping[str, float], seconds_left: float | None = None) -> None:
        """Epoch `number` (from 1) is done. The bar reckons the time left itself."""
        del seconds_left
        if self._bars is None or self._task is None:
            return
        shown = [f"{name} {logs[name]:.4g}" for name in ("loss", "val_loss") if name in logs]
        self._bars.update(self._task, completed=number, detail=" · ".join(shown))

    def stopping(self) -> None:
        """Somebody pressed Ctrl-C: training ends behind this epoch."""
        words = "stopping after this epoch; Ctrl-C again stops at once"
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, description=words)
        elif not self._quiet:
            sys.stderr.write(f"nnc: {words}\n")

    def end(self) -> None:
        """Training is done, perhaps before the last epoch."""
        self._finish()

    def _finish(self) -> None:
        if self._bars is None or self._task is None:
            return
        task = next(task for task in self._bars.tasks if task.id == self._task)
        total = task.total if task.total is not None else 1
        self._bars.update(self._task, total=task.completed or total, completed=task.completed or total)
        self._bars.stop_task(self._task)
        self._task = None


def _bars() -> Bars:
    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars
    from rich.text import Text

    class TimeLeft(ProgressColumn):
        """`0:07 left` while that can be told, else nothing."""

        def render(self, task: Task) -> Text:
            left = task.time_remaining
            if task.finished or left is None:
                return Text("")
            return Text(f"{int(left) // 60}:{int(left) % 60:02} left", style="progress.remaining")

    return Bars(
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description:<12}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[detail]}"),
        TimeElapsedColumn(),
        TimeLeft(),
        # A descriptor of its own: while TensorFlow is loaded, descriptor 2 leads elsewhere.
        console=Console(file=os.fdopen(os.dup(2), "w")),
        transient=False,
    )
