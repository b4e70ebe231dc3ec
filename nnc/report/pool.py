"""Another process that draws a report's figures, while this one has something else to do.

It builds the same page from the same evidence and draws those of its figures that it is asked for, so that nothing but
JSON goes to and fro, and a figure is the same wherever it is drawn. Whatever befalls that process (there is no memory
for it, it is killed), what it didn't draw is drawn here; but a figure at which it hangs is given up, since whoever
waited for it here would hang as well. It ends when this process does: its standard input ends.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from nnc.evidence import Evidence
from nnc.plain_json import to_json
from nnc.report.build import Beside, Planned
from nnc.report.drawing import Drawing

# Ctrl-C is this process's to answer. `-P`: what lies in the working folder is nobody's module.
_CODE = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); from nnc.report import draw; draw.main()"
_COMMAND = ("-P", "-c", _CODE)

# Seconds without a single new figure, after which nobody waits any longer. A slow machine takes a few for one, and the
# first one waits for matplotlib and shap as well.
PATIENCE = 120.0


class Pool:
    """A process that draws, from `with` on; none where this process has matplotlib already and may as well draw."""

    def __init__(self) -> None:
        self._worker: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._asked: Drawing | None = None

    def __enter__(self) -> Self:
        if "matplotlib" not in sys.modules and not hasattr(sys, "frozen"):
            with contextlib.suppress(OSError):
                self._worker = _started()
        return self

    def begin(self, planned: Planned, evidence: Evidence, beside: Beside) -> None:
        """Have the figures of a page drawn. `planned` is the page of just this evidence."""
        if self._worker is None:
            return
        message = _line(evidence=to_json(evidence), beside=[to_json(other) for other in beside])
        self._thread = threading.Thread(target=self._serve, args=(self._worker, message, planned), daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Wait until all is drawn that it can draw; a figure that keeps everybody waiting for `PATIENCE` has failed."""
        if self._worker is None or self._thread is None:
            return
        while self._thread.is_alive():
            before = self._asked
            self._thread.join(PATIENCE)
            if self._thread.is_alive() and self._asked is before:
                self._worker.kill()  # which ends the thread: nothing is left to read or to write to
                self._thread.join()
                if before is not None and not before.is_made:
                    before.fail(TimeoutError(f"the process that draws gave no answer for {PATIENCE:g} seconds"))

    def _serve(self, worker: subprocess.Popen[str], message: str, planned: Planned) -> None:
        """Give the worker one figure after another. What it fails at stays undrawn: the page then draws it itself."""
        if worker.stdin is None or worker.stdout is None:
            return
        undrawn = {name: drawing for name, drawing in planned.drawings.items() if not drawing.is_made}
        self._asked = next(iter(undrawn.values()), None)
        with contextlib.suppress(OSError, ValueError):
            worker.stdin.write(message)
            for name, drawing in undrawn.items():
                self._asked = drawing
                worker.stdin.write(_line(draw=name))
                worker.stdin.flush()
                answer: Mapping[str, Any] = json.loads(worker.stdout.readline())
                if isinstance(svg := answer.get("svg"), str):
                    drawing.give(svg)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()
            for stream in (self._worker.stdin, self._worker.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [sys.executable, *_COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )


def _line(**message: object) -> str:
    return json.dumps(message) + "\n"
