"""A training that was killed, stopped or ran out of disk goes on, and ends as one that was left alone."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnc import codes
from nnc.data import load, prepare
from nnc.diagnostics import UserFault
from nnc.run.checkpoint import Checkpoint
from nnc.run.watch import Silence
from tests.conftest import ROOT

pytestmark = pytest.mark.tf


def test_killed_at_random_moments_it_ends_with_the_same_weights() -> None:
    """`make kill` tries fifty moments."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.killed", "3", "4"],
        cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ),
    )  # fmt: skip
    assert "3 moments (seed 4), 0 wrong" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


def _trained(folder: Path, same: dict[str, str], *, resume: bool, progress: Any = None) -> Any:
    from nnc import run
    from tests.test_run_training import breast_cancer

    spec = breast_cancer(epochs=6)
    assert spec.data is not None
    prepared = prepare(load(spec.data, Path()), spec, spec.model)
    folder.mkdir(exist_ok=True)
    return run.train(spec, spec.model, prepared, progress=progress, keep=run.Keep(folder, same, resume=resume))


class CtrlC(Silence):
    """Presses Ctrl-C in an epoch."""

    def epoch(self, number: int, logs: Mapping[str, float], seconds_left: float) -> None:
        del logs, seconds_left
        if number == 2:
            os.kill(os.getpid(), signal.SIGINT)


def test_stopped_by_ctrl_c_it_says_so_and_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    from nnc.run.reproduce import weights_sha256

    same = {"the spec": "a" * 64, "keras": "3.0"}
    alone = _trained(tmp_path / "alone", same, resume=False)
    stopped = _trained(tmp_path / "stopped", same, resume=False, progress=CtrlC())
    assert stopped.training.interrupted
    assert stopped.training.epochs_run == 2
    gone_on = _trained(tmp_path / "stopped", same, resume=True)
    assert not gone_on.training.interrupted
    assert gone_on.training == alone.training
    assert weights_sha256(gone_on.model) == weights_sha256(alone.model)
    lines = (tmp_path / "stopped" / "training.log").read_text(encoding="utf-8").splitlines()
    assert [line.split()[1] for line in lines] == [f"{i}/6" for i in range(1, len(lines) + 1)]
    assert len(lines) == alone.training.epochs_run

    with pytest.raises(UserFault) as fault:
        _trained(tmp_path / "stopped", {**same, "keras": "3.1"}, resume=True)
    (found,) = fault.value.findings
    assert found.code is codes.RESUME_CHANGED
    assert "keras" in found.message
    assert "3.0" in (found.expected or "")
    assert "3.1" in (found.found or "")

    (tmp_path / "stopped" / "checkpoint.npz").write_bytes(b"PK\x03\x04 no checkpoint")
    with pytest.raises(UserFault) as fault:
        _trained(tmp_path / "stopped", same, resume=True)
    assert fault.value.findings[0].code is codes.BROKEN_RUN


def test_a_checkpoint_that_is_cut_or_spoilt_gives_a_finding(tmp_path: Path) -> None:
    kept = Checkpoint(tmp_path, {})
    kept.write({"epochs": 1, "callbacks": [], "stopped": False}, {"model0": np.arange(9.0)})
    whole = kept.path.read_bytes()
    cut = [whole[:size] for size in range(len(whole) - 1)]
    spoilt = [whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :] for at in range(0, len(whole), 3)]
    refused = 0
    for content in [*cut, *spoilt, b"", b"PK\x03\x04 no checkpoint", b"\x93NUMPY", b"\x80\x04."]:
        kept.path.write_bytes(content)
        try:
            kept.read()
        except UserFault as fault:
            assert fault.findings[0].code is codes.BROKEN_RUN  # noqa: PT017 - some bytes of a zip mean nothing
            refused += 1
    assert refused >= len(cut) + 4


def test_a_full_disk_keeps_the_last_good_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Checkpoint(tmp_path, {})
    kept.write({"epochs": 1, "callbacks": [], "stopped": False}, {"model0": np.ones(3)})

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    kept.write({"epochs": 2, "callbacks": [], "stopped": False}, {"model0": np.zeros(3)})
    assert kept.failed is not None
    state, arrays = kept.read() or ({}, {})
    assert state["epochs"] == 1
    assert arrays["model0"].tolist() == [1, 1, 1]
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.npz"]
