"""A table larger than the memory: how much a training of it takes above the process's base, and how long.

`python -m benchmarks.large [ROWS]` writes a CSV of 30 columns (5,000,000 rows are 1.1 GB), trains on it, and watches
the process. The base is a process that has loaded what a training loads, and no data.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd

PYTHON = sys.executable
SPEC = """
model M {
  input x: [features]
  h = x -> Dense(16, relu) -> Dense(8, relu)
  output y = h -> Dense(1, sigmoid)
}
data {
  source = csv("rows.csv")
  target = y
}
train {
  loss = binary_crossentropy
  optimizer = adam
  metrics = [accuracy]
  epochs = 1
  batch_size = 512
}
"""
AT_MOST = 400  # MB above the base
_PIECE = 50_000


def write_rows(path: Path, rows: int) -> None:
    """28 numbers, a category and a target that hangs on all of them."""
    random = np.random.default_rng(0)
    weights = random.normal(size=28)
    for start in range(0, rows, _PIECE):
        numbers = random.normal(size=(min(_PIECE, rows - start), 28))
        colour = random.integers(0, 5, len(numbers))
        chance = 1 / (1 + np.exp(-(numbers @ weights + 2 * (colour == 2))))
        table = pd.DataFrame(numbers, columns=[f"f{i}" for i in range(28)])
        table["colour"] = np.array(list("abcde"))[colour]
        table["y"] = np.where(random.random(len(numbers)) < chance, "yes", "no")
        table.to_csv(path, mode="a", header=start == 0, index=False, float_format="%.4f")


def watched(command: list[str], folder: Path) -> tuple[float, float]:
    """The largest resident memory of a command in MB, and its seconds. Raises CalledProcessError."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    peak = [0.0]

    def watch() -> None:
        while process.poll() is None:
            peak[0] = max(peak[0], _resident(process.pid))
            time.sleep(0.2)

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    watcher.join()
    if code:
        raise subprocess.CalledProcessError(code, command)
    return peak[0], time.perf_counter() - begin


def _resident(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:  # it has just ended
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def main(rows: int) -> int:
    """Print what was seen; exit 1 where it takes more memory than it may."""
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        write_rows(there / "rows.csv", rows)
        (there / "m.nn").write_text(SPEC, encoding="utf-8")
        base, _ = watched([PYTHON, "-c", "import nnc.pipeline.quiet as q; q.load_tensorflow(); import nnc.run"], there)
        peak, seconds = watched([PYTHON, "-m", "nnc", "train", "m.nn", "-o", "run", "-q"], there)
    above = peak - base
    print(f"{rows:,} rows x 30: {seconds:.0f} s, {peak:.0f} MB at most, {above:.0f} MB above the base of {base:.0f} MB")
    return int(above > AT_MOST)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 5_000_000))
