"""Long work shows itself in a terminal, with the time left, and is silent elsewhere."""

from __future__ import annotations

import os
import pty
import re
import sys
import time

import pytest

from nnc.cli.progress import Progress


def _use(progress: Progress) -> None:
    with progress:
        progress.phase("preparing")
        progress.start(4)
        for number in range(1, 4):
            time.sleep(0.15)
            progress.epoch(number, {"loss": 0.5 / number, "val_loss": 0.25})
        time.sleep(0.15)
        progress.end()


def test_a_terminal_sees_phases_numbers_and_the_time_left(monkeypatch) -> None:
    ours, theirs = pty.openpty()
    kept = os.dup(2)
    os.dup2(theirs, 2)
    try:
        with os.fdopen(os.dup(theirs), "w") as terminal:
            monkeypatch.setattr(sys, "stderr", terminal)
            monkeypatch.setenv("TERM", "xterm-256color")
            monkeypatch.setenv("COLUMNS", "120")
            _use(Progress(quiet=False))
    finally:
        os.dup2(kept, 2)
        os.close(kept)
    os.set_blocking(ours, False)
    shown = os.read(ours, 1 << 20).decode()
    assert "preparing" in shown
    assert "training" in shown
    assert "val_loss 0.25" in shown
    assert re.search(r"\d:\d\d left", shown)
    os.close(theirs)
    os.close(ours)


@pytest.mark.parametrize("quiet", [True, False])
def test_nobody_watches(quiet, capfd) -> None:
    _use(Progress(quiet=quiet))
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
