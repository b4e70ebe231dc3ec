"""Runs `nnc` in a process of its own that has 500 MB of address space, and says how long it took."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS = 5.0
"""What `make bounds` holds every attack to, on a machine that does nothing else."""
HANGING = 60.0
"""Seconds of the processor after which the suite says that it hangs, however slow and busy the machine is."""
MEMORY = 500 << 20
PATIENCE = 300.0
"""Seconds on the wall after which it counts as hanging, however busy the machine is."""

START = (
    f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY})); from nnc.cli import main; main()"
)


@dataclass(frozen=True)
class Outcome:
    """How it ended."""

    code: int
    said: str
    seconds: float


def slowness() -> float:
    """How much slower this machine is now than an idle one: even processor time grows where many share its caches."""
    start = time.process_time()
    sum(i * i for i in range(1_000_000))
    return max(1.0, (time.process_time() - start) / _IDLE)


# Seconds that the loop above takes on an idle machine.
_IDLE = 0.08


def run(command: str, arguments: Sequence[str], folder: Path) -> Outcome:
    """`nnc COMMAND ARGUMENTS` in that folder; its seconds are those of the processor on an idle machine."""
    slow = slowness()
    standard_input = (folder / "spec.nn").open("rb") if "-" in arguments else subprocess.DEVNULL
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", START, command, *arguments], cwd=folder, stdin=standard_input, capture_output=True,
        timeout=PATIENCE, check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Outcome(
        done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace"), seconds / max(slow, slowness())
    )
