"""Deals rows out to training, validation and test: by a seed, and so that each part has its share of each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnc import codes
from nnc.data.split_by import PARTS, check_parts, split_by
from nnc.data.table import Floats, Ints, Table
from nnc.data.targets import TargetPlan
from nnc.diagnostics import DataPlace, Findings, UserFault
from nnc.fractions import beside_files, fractions
from nnc.graph import Split, TrainConfig

# What is taken where the spec says nothing: fractions of all rows.
LEAST_TRAINING_ROWS = 2
STRATA = 10


@dataclass(frozen=True)
class Dealt:
    """Positions of rows by part, each in the order of the file; and how they were dealt.

    `by` is the key of the split and the column or file that decided, None where chance did.
    """

    parts: Mapping[str, Ints]
    seed: int
    stratified: bool
    by: tuple[str, str] | None = None


def deal(
    table: Table, plans: Sequence[TargetPlan], truths: Mapping[str, Floats], split: Split, train: TrainConfig
) -> Dealt:
    """The parts of the split. Raises UserFault where there are too few rows.

    A fraction that the spec doesn't give: 20% of all rows for the test; for validation Keras's `validation_split` of
    the rows that are not for the test, or else 20% of all rows. The seed is the split's, or else the training's. Where
    `split` says nothing at all, rows are stratified if every class has enough of them. A regression's strata are the
    tenths of its target; of several targets those of classes make the strata together. A column, a group, a time or
    files decide before that: see `nnc/data/split_by.py`.
    """
    said = split != Split()
    shares = fractions(split, train)
    test, validation, seed = shares.test, shares.validation, shares.seed
    if table.whole is not None:
        dealt_out = {name: np.flatnonzero(table.part_of == name).astype(np.int64) for name in PARTS}
        check_parts(table, dealt_out, split)
        return Dealt(dealt_out, seed, False)
    decided = split_by(table, split, {"test": test, "validation": validation}, seed)
    if decided is not None:
        check_parts(table, decided[1], split)
        return Dealt(decided[1], seed, False, decided[0])
    if table.part_of is not None:
        return _beside_files(table, split, seed)
    wanted = {"test": test, "validation": validation}
    _check_sizes(table, wanted)
    strata = np.zeros(len(table), dtype=np.int64)
    telling = [plan for plan in plans if plan.task != "regression"]
    stratify = split.stratify or (not said and bool(telling))
    if stratify:
        strata, names = _strata(telling or plans[:1], truths)
        parts = 1 + sum(fraction > 0 for fraction in wanted.values())
        if np.bincount(strata)[np.unique(strata)].min() < parts:
            if split.stratify:
                raise _too_rare(table, plans, names, strata, parts)
            stratify, strata = False, np.zeros_like(strata)
    rng = np.random.default_rng(seed)
    if split.fold is None:
        return Dealt(_deal(strata, wanted, rng), seed, stratify)
    held_out, others = _fold(strata, split.fold, rng)
    dealt = _deal(strata[others], {"test": 0.0, "validation": validation}, rng)
    return Dealt({**{name: others[at] for name, at in dealt.items()}, "test": held_out}, seed, stratify)


def _beside_files(table: Table, split: Split, seed: int) -> Dealt:
    """The parts that files make; a part without a file is a fraction of the training file's rows."""
    assert table.part_of is not None  # noqa: S101 - the caller looked
    parts = {name: np.flatnonzero(table.part_of == name).astype(np.int64) for name in PARTS}
    for name, fraction in zip(("validation", "test"), beside_files(split), strict=True):
        own = parts["train"]
        if fraction > 0 and len(own):
            shares = {"test": 0.0, "validation": 0.0, name: fraction}
            dealt = _deal(np.zeros(len(own), dtype=np.int64), shares, np.random.default_rng(seed))
            parts = {**parts, "train": own[dealt["train"]], name: own[dealt[name]]}
    check_parts(table, parts, split)
    return Dealt(parts, seed, False, ("files", ", ".join(f for f in (split.validation_file, split.test_file) if f)))


def _strata(plans: Sequence[TargetPlan], truths: Mapping[str, Floats]) -> tuple[Ints, tuple[str, ...]]:
    """The stratum of each row, numbered from 0, and what each stratum is called."""
    if plans[0].task == "regression":
        truth = truths[plans[0].name]
        edges = np.quantile(truth, np.linspace(0, 1, STRATA + 1)[1:-1])
        _, strata = np.unique(np.searchsorted(edges, truth, side="right"), return_inverse=True)
        return strata.astype(np.int64), tuple(f"tenth {i + 1}" for i in range(STRATA))
    numbers = np.stack([truths[plan.name].astype(np.int64) for plan in plans], axis=1)
    found, strata = np.unique(numbers, axis=0, return_inverse=True)
    names = (", ".join(plan.classes[i] for plan, i in zip(plans, row, strict=True)) for row in found.tolist())
    return strata.reshape(len(numbers)).astype(np.int64), tuple(names)


def _deal(strata: Ints, wanted: Mapping[str, float], rng: np.random.Generator) -> dict[str, Ints]:
    """Each part takes its share of each stratum; what is lost by rounding is given to the largest remainders."""
    groups = [rng.permutation(np.flatnonzero(strata == s)).astype(np.int64) for s in np.unique(strata)]
    sizes = np.array([len(group) for group in groups])
    taken = np.zeros(len(groups), dtype=np.int64)
    parts: dict[str, Ints] = {}
    for part, fraction in wanted.items():
        total = round(len(strata) * fraction)
        share = sizes * (total / len(strata))
        counts = np.floor(share).astype(np.int64)
        short = total - int(counts.sum())
        counts[np.argsort(-(share - counts), kind="stable")[:short]] += 1
        counts = np.minimum(counts, np.maximum(sizes - taken - 1, 0))  # training keeps a row of each stratum
        picked = [group[a : a + c] for group, a, c in zip(groups, taken, counts, strict=True)]
        parts[part] = np.sort(np.concatenate(picked))
        taken = taken + counts
    rest = [group[a:] for group, a in zip(groups, taken, strict=True)]
    return {"train": np.sort(np.concatenate(rest)), "validation": parts["validation"], "test": parts["test"]}


def _fold(strata: Ints, fold: tuple[int, int], rng: np.random.Generator) -> tuple[Ints, Ints]:
    """The rows of a fold and all others. Every row is in one fold, and each fold has its share of each stratum."""
    which, folds = fold
    shuffled = rng.permutation(len(strata))
    dealt = shuffled[np.argsort(strata[shuffled], kind="stable")]
    number = np.empty(len(strata), dtype=np.int64)
    number[dealt] = np.arange(len(strata)) % folds
    return np.flatnonzero(number == which), np.flatnonzero(number != which)


def _check_sizes(table: Table, wanted: Mapping[str, float]) -> None:
    """Every part that is wanted must get a row, and training two at least."""
    rows = len(table)
    counts = {part: round(rows * fraction) for part, fraction in wanted.items()}
    empty = [part for part, fraction in wanted.items() if fraction > 0 and counts[part] == 0]
    training = rows - sum(counts.values())
    if not empty and training >= LEAST_TRAINING_ROWS:
        return
    what = f"none is left for {' and '.join(empty)}" if empty else f"{max(training, 0)} are left for training"
    findings = Findings()
    findings.add(
        codes.TOO_FEW_ROWS,
        f"`{table.source}` has {rows} row{'s' * (rows != 1)} with a target, of which {what}",
        data_place=DataPlace(table.source),
        expected=f"a row for each part, and {LEAST_TRAINING_ROWS} for training",
        help="take more rows, or change the fractions of `split`",
    )
    raise UserFault(findings)


def _too_rare(table: Table, plans: Sequence[TargetPlan], names: Sequence[str], strata: Ints, parts: int) -> UserFault:
    findings = Findings()
    found, counts = np.unique(strata, return_counts=True)
    for stratum, count in zip(found.tolist(), counts.tolist(), strict=True):
        if count < parts:
            first = int(np.flatnonzero(strata == stratum)[0])
            findings.add(
                codes.CLASS_TOO_RARE,
                f"the class `{names[stratum]}` has {count} row{'s' * (count != 1)}, and there are {parts} parts",
                data_place=table.place(first, plans[0].column),
                expected=f"{parts} rows of each class at least",
                help="leave `stratify` out, or put rare classes together",
            )
    return UserFault(findings)
