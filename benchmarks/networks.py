"""Checking the networks of keras.applications against Keras building them, both warm, one process each, in one run.

`python -m benchmarks.networks NAME...` for some; the specs are those that `nnc import` writes. Each side is timed by
the least of several rounds, the two sides network by network, so that both see the same machine.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

LEAST = 20  # times as fast

# Each process reads a name a line, and answers with seconds.
_CHECK = """
import sys, time
from pathlib import Path
from nnc.pipeline import front
folder = Path(sys.argv[1])
for line in sys.stdin:
    spec, rounds = folder / f"{line.strip()}.nn", []
    for _ in range(16):
        begin = time.perf_counter()
        front.require(front.check(spec))
        rounds.append(time.perf_counter() - begin)
    print(min(rounds[1:]), flush=True)
"""
_BUILD = """
import sys, time, gc, os
from pathlib import Path
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
import keras
from nnc.pipeline.bring import bring
folder = Path(sys.argv[1])
for line in sys.stdin:
    name, rounds = line.strip(), []
    make = getattr(keras.applications, name)
    for _ in range(4):
        keras.utils.clear_session()
        gc.collect()
        begin = time.perf_counter()
        model = make(weights=None)
        rounds.append(time.perf_counter() - begin)
    (folder / f"{name}.nn").write_text(bring(name, keras_model=model).text, encoding="utf-8")
    del model
    print(min(rounds[1:]), file=answers, flush=True)
"""


_NAMES = """
from keras import applications
print(*sorted(n for n in dir(applications) if n[0].isupper() and callable(getattr(applications, n))))
"""


def _names() -> list[str]:
    """Every network of the installed keras.applications."""
    done = subprocess.run([sys.executable, "-c", _NAMES], check=True, capture_output=True, text=True)
    return done.stdout.split()


class _Side:
    """A process that is asked for seconds."""

    def __init__(self, code: str, folder: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, name: str) -> float:
        """The seconds of one network."""
        asks, answers = self._process.stdin, self._process.stdout
        if asks is None or answers is None:
            raise AssertionError("the process was started with pipes")
        asks.write(f"{name}\n")
        asks.flush()
        return float(answers.readline())


def main(wanted: list[str]) -> int:
    """Print a line a network; exit 1 where one is not `LEAST` times as fast."""
    ratios: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        builds, checks = _Side(_BUILD, folder), _Side(_CHECK, folder)
        for name in wanted or _names():
            theirs = builds.ask(name)
            ours = checks.ask(name)
            ratios[name] = theirs / ours
            print(f"{name:<20} {ours * 1e3:>8.1f} ms {theirs * 1e3:>9.0f} ms {ratios[name]:>7.1f}", flush=True)
    least = min(ratios, key=lambda name: ratios[name])
    print(f"{len(ratios)} networks, the smallest ratio {ratios[least]:.1f} ({least}); at least {LEAST}")
    return int(ratios[least] < LEAST)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
