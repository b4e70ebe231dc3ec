"""What can go wrong while a model trains, as findings."""

from __future__ import annotations

import math

from nnc import codes
from nnc.data import Prepared
from nnc.diagnostics import Findings, RunFault, UserFault
from nnc.graph import TrainConfig
from nnc.run.watch import Watch


def diverged(watch: Watch) -> RunFault:
    """The loss is no number: after which epoch, and what to try."""
    epoch = watch.diverged or 1
    part = "loss" if not math.isfinite(watch.history["loss"][-1]) else "val_loss"
    before = watch.history[part][-2] if len(watch.history[part]) > 1 else None
    rate = watch.learning_rate[-1]
    findings = Findings()
    findings.add(
        codes.DIVERGED,
        f"the {'training' if part == 'loss' else 'validation'} loss is no finite number after epoch {epoch}",
        expected="a finite loss" + (f" (it was {before:.4g} after epoch {epoch - 1})" if before is not None else ""),
        found=str(watch.history[part][-1]),
        help=f"try a lower learning rate ({rate / 10:.2g} in place of {rate:.2g}), clipnorm=1.0 in the optimizer, "
        "scale=standard for numeric columns, or a log of the target; does the output's activation fit the loss?",
    )
    return RunFault(findings)


def out_of_memory(prepared: Prepared, config: TrainConfig) -> RunFault:
    """The rows or the network are too large for this machine."""
    findings = Findings()
    findings.add(
        codes.OUT_OF_MEMORY,
        f"there is not enough memory to train with batches of {config.batch_size} rows",
        found=f"{len(prepared.train):,} training rows of {prepared.train.matrix.shape[1]:,} features",
        help="take a smaller batch_size, fewer units, or a sample of the rows",
    )
    return RunFault(findings)


def refused(error: Exception) -> UserFault:
    """Keras's own words, for what the checker could not know."""
    said = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    findings = Findings()
    findings.add(
        codes.TRAINING_REFUSED,
        f"Keras refuses to train this: {said[:400]}",
        help="look whether loss, metrics and callbacks fit the output's shape and the target",
    )
    return UserFault(findings)
