"""How large the parts of a split are, where a spec leaves that open: for the run, and for the emitted program."""

from __future__ import annotations

from nnc.graph import Split, TrainConfig
from nnc.lean import dataclass

TEST = 0.2
VALIDATION = 0.2


@dataclass(frozen=True)
class Fractions:
    """The parts of all rows that are for test and validation, and the seed that deals them out."""

    test: float
    validation: float
    seed: int


def beside_files(split: Split) -> tuple[float, float]:
    """Of the training file's rows, the parts that become validation and then test: 0 where a file has these."""
    validation = VALIDATION if split.validation is None else split.validation
    test = TEST if split.test is None else split.test
    return (0.0 if split.validation_file else validation, 0.0 if split.test_file else test)


def fractions(split: Split, train: TrainConfig) -> Fractions:
    """What the spec says of them, or else what is usual."""
    test = TEST if split.test is None else split.test
    if split.fold is not None:
        test = 1 / split.fold[1]
    if split.validation is not None:
        validation = split.validation
    elif train.validation_split > 0:
        validation = train.validation_split * (1 - test)
    else:
        validation = min(VALIDATION, (1 - test) / 2)
    return Fractions(test, validation, train.seed if split.seed is None else split.seed)
