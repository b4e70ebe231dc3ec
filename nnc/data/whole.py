"""Tables that are too large for the memory: a sample is looked at, measured and explained, and training takes all rows.

The rows are dealt out as they come, each by a number drawn from the seed and its place, so that every pass over the
files deals them alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nnc.data.sources import cells, load, pieces
from nnc.data.split_by import PARTS
from nnc.data.table import Bools, Floats, RawColumn, Table, Texts, Whole, joined
from nnc.data.targets import MAX_CLASSES, of_classes
from nnc.fractions import Fractions, fractions
from nnc.graph import DataConfig, Split, TrainConfig

# A table of fewer cells is read as a whole: as text so many take about two gigabytes.
LARGE_CELLS = 30_000_000
# Of a larger one so many rows are kept, at most twice as many.
SAMPLE_ROWS = 15_000
# Rows that are read at a time.
PIECE_ROWS = 16_384


def load_or_sample(config: DataConfig, train: TrainConfig | None, base: Path) -> Table:
    """The rows that the spec names, or a sample where they are too many for the memory. Raises UserFault.

    Rows that a column, a group, the time or files deal out are read as a whole, however many they are.
    """
    if train is None or not config.targets or not _by_chance(config.split) or cells(config, base) <= LARGE_CELLS:
        return load(config, base)
    classes = tuple(target.column for target in config.targets if of_classes(train.losses.get(target.output)))
    return _Dealer(config, fractions(config.split, train), base, classes).sample()


def _by_chance(split: Split) -> bool:
    return split == Split(split.validation, split.test, split.stratify, split.seed)


@dataclass(frozen=True)
class _Dealer:
    """Deals out the rows of a table that comes in pieces. Of the targets that are `classes` the sample has them all."""

    config: DataConfig
    shares: Fractions
    base: Path
    classes: tuple[str, ...]

    def sample(self) -> Table:
        """A sample of all parts that knows where the others are."""
        share, kept, rows, dropped = 1.0, list[tuple[Table, Texts, Floats]](), Counter[str](), 0
        seen: dict[str, set[str]] = {name: set() for name in self.classes}
        for number, table in enumerate(pieces(self.config, self.base, PIECE_ROWS)):
            parts, chance, present = self._deal(number, table)
            rows.update(parts[present].tolist())
            dropped += int(np.count_nonzero(~present))
            for name in seen.keys() & table.columns.keys():
                chance = np.where(_unseen(table.columns[name], seen[name]), 0.0, chance)
            kept.append(_few(table, parts, np.where(present, chance, 2.0), share))
            while sum(len(one) for one, _, _ in kept) > 2 * SAMPLE_ROWS:
                share /= 2
                kept = [_few(*one, share) for one in kept]
        some = [one for one in kept if len(one[0])] or kept[:1]
        table = joined([one for one, _, _ in some], str(self.config.args["path"]))
        whole = Whole({name: rows[name] for name in PARTS}, dropped, self.training)
        return replace(table, part_of=np.concatenate([parts for _, parts, _ in some]), whole=whole)

    def training(self) -> Iterator[Table]:
        """The training rows that have all targets."""
        for number, table in enumerate(pieces(self.config, self.base, PIECE_ROWS)):
            parts, _, present = self._deal(number, table)
            yield table.take(np.flatnonzero((parts == "train") & present).astype(np.int64))

    def _deal(self, number: int, table: Table) -> tuple[Texts, Floats, Bools]:
        """Of each row of piece `number` its part, a random number from 0 to 1, and whether it has all targets."""
        random = np.random.default_rng((self.shares.seed % 2**63, number))
        place, chance = random.random((2, len(table)))
        edge = self.shares.test + self.shares.validation
        parts = np.where(place < self.shares.test, "test", np.where(place < edge, "validation", "train"))
        present = np.ones(len(table), dtype=bool)
        for target in self.config.targets:
            if target.column in table.columns:
                present &= ~table.columns[target.column].missing
        return parts.astype(object), chance, present


def _unseen(column: RawColumn, seen: set[str]) -> Bools:
    """Which rows are the first that have their value."""
    first = np.zeros(len(column.values), dtype=bool)
    for row, text in enumerate(column.texts if len(seen) < MAX_CLASSES else ()):
        if text is not None and text not in seen:
            seen.add(text)
            first[row] = True
    return first


def _few(table: Table, parts: Texts, chance: Floats, share: float) -> tuple[Table, Texts, Floats]:
    """The rows whose number is below the share."""
    at = np.flatnonzero(chance < share).astype(np.int64)
    return table.take(at), parts[at], chance[at]
