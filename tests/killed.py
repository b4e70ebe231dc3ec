"""Kill a training at random moments, go on with it, and compare with one that was left alone: the same to the bit.

`python -m tests.killed 50` (`make kill`) tries so many moments; the suite a few. TensorFlow is loaded once, before any
of it runs, and each training is a fork of that process, so that a moment costs a training and no more.
"""

from __future__ import annotations

import csv
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

SPEC = """
model M {
  input x: [features]
  h = x -> Dense(8, relu) -> BatchNormalization() -> Dropout(0.3)
  output y = h -> Dense(1, sigmoid)
}
data {
  source = sklearn("breast_cancer")
  split = {validation: 20%, test: 20%, seed: 3}
}
train {
  loss = binary_crossentropy
  optimizer = Adam(learning_rate=0.02)
  metrics = [accuracy, AUC()]
  epochs = EPOCHS
  callbacks = [
    ReduceLROnPlateau(patience=3, factor=0.5),
    EarlyStopping(patience=PATIENCE, restore_best_weights=true),
    CSVLogger("epochs.csv"),
    ModelCheckpoint("best.weights.h5", save_best_only=true, save_weights_only=true)
  ]
  seed = 5
}
"""


def train(spec: Path, run: Path, *, resume: bool) -> None:
    """In a process of its own: a checkpoint at each epoch, and no explanation."""
    from nnc.api import _Silent
    from nnc.pipeline import front, runs
    from nnc.run import checkpoint

    checkpoint.EVERY = checkpoint.PATIENCE = 0
    runs.explain_rows = lambda *_: (None, "not asked for")
    settings = front.Settings()
    runs.train(front.check(spec, settings), run, settings, _Silent(), runs.How(resume=resume))


def fork(work: Callable[[], None]) -> int:
    """The id of a child that does the work and ends."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - a fork must end here, whatever happens
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def result(run: Path) -> dict[str, Any]:
    """What must be the same: weights, every epoch's numbers, and what callbacks and the log wrote."""
    from nnc import evidence

    found = evidence.read(run / "evidence.json")
    log = (run / "training.log").read_text(encoding="utf-8")
    with (run / "epochs.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.reader(stream))
    return {
        "weights": found.reproduce.sha256["weights"],
        "training": found.training,
        "evaluation": found.evaluation,
        "log": re.sub(r"  [\d.]+ s$", "", log, flags=re.MULTILINE),
        "callback's log": lines,
    }


def sweep(moments: int, seed: int, *, epochs: int = 40, patience: int = 8) -> list[str]:
    """The moments that went wrong, in words."""
    import nnc.run  # noqa: F401 - loads TensorFlow, and runs nothing of it

    rng = random.Random(seed)  # noqa: S311 - moments, not secrets
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "spec.nn"
        text = SPEC.replace("EPOCHS", str(epochs)).replace("PATIENCE", str(patience))
        spec.write_text(text, encoding="utf-8")
        alone = Path(folder) / "alone"
        began = time.monotonic()
        assert os.waitpid(fork(lambda: train(spec, alone, resume=False)), 0)[1] == 0
        whole = time.monotonic() - began
        wanted = result(alone)
        assert not (alone / "unfinished").exists()
        for i in range(moments):
            run = Path(folder) / f"run{i}"
            said = _one(spec, run, rng, whole)
            found = result(run)
            different = [name for name in wanted if wanted[name] != found[name]]
            if different or (run / "unfinished").exists():
                wrong.append(f"{said}: {', '.join(different) or 'still marked unfinished'}")
            sys.stdout.write(f"{i + 1}/{moments} {said} {'DIFFERENT: ' + str(different) if different else 'same'}\n")
            shutil.rmtree(run)
    return wrong


def _one(spec: Path, run: Path, rng: random.Random, whole: float) -> str:
    """Kill once or twice, then go on to the end."""
    said = []
    for resume in (False, True)[: rng.choice([1, 1, 2])]:
        child = fork(lambda resume=resume: train(spec, run, resume=resume))
        moment = rng.uniform(0, whole)
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        kept = (run / "unfinished" / "checkpoint.npz").is_file()
        said.append(f"killed after {moment:.2f} s{' with a checkpoint' if kept else ''}")
        whole_now = (run / "evidence.json").is_file()
        assert whole_now or not run.exists() or (run / "unfinished").is_dir(), list(run.iterdir())
    assert os.waitpid(fork(lambda: train(spec, run, resume=True)), 0)[1] == 0
    return " and ".join(said)


def main() -> int:
    """Try so many moments."""
    moments, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    wrong = sweep(moments, seed)
    sys.stdout.write(f"{moments} moments (seed {seed}), {len(wrong)} wrong\n" + "".join(f"  {one}\n" for one in wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
