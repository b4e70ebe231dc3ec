"""Where batches come from: rows that lie in memory as a whole, or blocks of rows that are read as they are needed.

A training loop asks a `Feed` for the blocks of an epoch and takes batches out of each. Every block but the last one
of a pass over the rows holds a whole number of batches, so that batches are the same however rows are stored: full
ones, and at the end one with what is left. The order hangs on the seed and on which pass it is, on nothing before:
a training that goes on after it was killed sees the rows as one that was not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import keras
import numpy as np
import numpy.typing as npt

Order: TypeAlias = npt.NDArray[np.int32]
# Rows are read from a file so many at a time: large enough for the disk, small enough for the memory.
BLOCK_ROWS = 65_536


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows as the model takes them. Each of x, y and weights is one array [rows, ...], or a list or dict of arrays by

    input or output; weights may be None.
    """

    x: Any
    y: Any
    weights: Any = None

    def __len__(self) -> int:
        return len(keras.tree.flatten(self.x)[0])

    def map(self, function: Callable[[Any], Any]) -> Rows:
        """The same structure with the function applied to each array."""
        parts = (self.x, self.y, self.weights)
        return Rows(*(None if part is None else keras.tree.map_structure(function, part) for part in parts))


@dataclass(frozen=True, eq=False)
class Block:
    """Rows at hand, and which batches of them to take: `steps` batches from number `first` on.

    `order` says in which order the rows are taken, None: as they lie.
    """

    rows: Rows
    order: Order | None
    first: int
    steps: int


class Feed(Protocol):
    """Rows in batches, as often as they are asked for.

    `steps` are the batches of one pass over all rows, the last one perhaps smaller than the others.
    """

    rows: int
    batch_size: int

    @property
    def steps(self) -> int:
        """Batches in a pass."""

    def blocks(self, number: int) -> Iterator[Block]:
        """The blocks of pass `number` (from 0), in the order in which they are to be taken."""


def order_of(rows: int, seed: int, *where: int) -> Order:
    """A random order of rows, the same for the same seed and place (pass, block) on every machine."""
    return np.random.default_rng((seed % 2**63, *where)).permutation(rows).astype(np.int32)


def steps_of(rows: int, batch_size: int) -> int:
    """How many batches the rows make."""
    return -(-rows // batch_size)


class Resident:
    """Rows that lie in memory as a whole. `seed` None: they are taken as they lie."""

    def __init__(self, rows: Rows, batch_size: int, seed: int | None = None) -> None:
        self.rows = len(rows)
        self.batch_size = batch_size
        self._seed = seed
        self._rows = rows.map(_tensor)

    @property
    def steps(self) -> int:
        """Batches in a pass."""
        return steps_of(self.rows, self.batch_size)

    def blocks(self, number: int) -> Iterator[Block]:
        """All rows as one block."""
        order = None if self._seed is None else order_of(self.rows, self._seed, number)
        yield Block(self._rows, order, 0, self.steps)


Read: TypeAlias = Callable[[int, int], Rows]


class Streamed:
    """Rows that are read block by block, the next one while the model learns from this one.

    `read(start, stop)` gives those rows, from a memory map, say; it is called in another thread. With a seed the blocks
    are taken in a random order, and the rows of each as well. At most three blocks are in memory at a time.
    """

    def __init__(
        self, read: Read, rows: int, batch_size: int, seed: int | None = None, *, block_rows: int = BLOCK_ROWS
    ) -> None:
        self.rows = rows
        self.batch_size = batch_size
        self._read = read
        self._seed = seed
        self._block_rows = max(block_rows, batch_size)

    @property
    def steps(self) -> int:
        """Batches in a pass."""
        return steps_of(self.rows, self.batch_size)

    def blocks(self, number: int) -> Iterator[Block]:
        """Block after block; rows that fill no batch go before the next block's."""
        starts = np.arange(0, self.rows, self._block_rows)
        which = range(len(starts)) if self._seed is None else order_of(len(starts), self._seed, number).tolist()
        over: Rows | None = None
        seen = 0
        with ThreadPoolExecutor(1) as reader:
            ahead: Future[Rows] | None = None
            for place, block in enumerate(which):
                rows = (ahead or reader.submit(self._block, number, block)).result()
                ahead = reader.submit(self._block, number, which[place + 1]) if place + 1 < len(which) else None
                seen += len(rows)
                rows = rows if over is None else _joined(over, rows)
                last = seen >= self.rows
                steps = steps_of(len(rows), self.batch_size) if last else len(rows) // self.batch_size
                whole = steps * self.batch_size
                over = None if last or whole == len(rows) else _part(rows, whole, len(rows))
                if steps:
                    yield Block(_part(rows, 0, whole).map(_tensor), None, 0, steps)

    def _block(self, number: int, block: int) -> Rows:
        start = block * self._block_rows
        stop = min(start + self._block_rows, self.rows)
        rows = self._read(start, stop)
        if self._seed is None:
            return rows.map(np.asarray)
        order = order_of(stop - start, self._seed, number, block)
        return rows.map(lambda array: np.asarray(array)[order])


def _part(rows: Rows, start: int, stop: int) -> Rows:
    return rows.map(lambda array: array[start:stop])


def _joined(before: Rows, after: Rows) -> Rows:
    def join(one: Any, other: Any) -> Any:
        return None if one is None else keras.tree.map_structure(lambda a, b: np.concatenate([a, b]), one, other)

    return Rows(join(before.x, after.x), join(before.y, after.y), join(before.weights, after.weights))


def _tensor(array: Any) -> Any:
    """A tensor of the array; floating-point numbers in Keras's own type, as `fit` takes them."""
    array = np.asarray(array)
    return keras.ops.convert_to_tensor(
        array.astype(keras.config.floatx(), copy=False) if array.dtype.kind == "f" else array
    )


# ---- weights of rows -----------------------------------------------------------------------------


def weighted(rows: Rows, class_weight: Mapping[int, float] | None) -> Rows:
    """The rows with their classes' weights: a row's weight times its class's.

    y holds class numbers, or one column a class. Raises ValueError where there are several outputs.
    """
    if not class_weight:
        return rows
    if keras.tree.is_nested(rows.y):
        raise ValueError("`class_weight` is only supported for a model with one output")
    y = np.asarray(rows.y)
    several = y.ndim > 1 and y.shape[-1] > 1
    numbers = np.argmax(y, axis=-1) if several else np.round(y.reshape(len(y), -1)[:, 0]).astype(np.int64)
    weights = _look_up(numbers, class_weight)
    return Rows(rows.x, rows.y, weights if rows.weights is None else weights * np.asarray(rows.weights))


def _look_up(numbers: npt.NDArray[np.int64], class_weight: Mapping[int, float]) -> npt.NDArray[np.float32]:
    weights = np.ones(numbers.shape, dtype=np.float32)
    for number, weight in class_weight.items():
        weights[numbers == number] = weight
    return weights


def portions(steps: int, wanted: int | None) -> Callable[[int], tuple[int, int, int]]:
    """Which part of which pass an epoch is: (pass, first batch, batches), by the epoch's number from 0.

    Without `steps_per_epoch` (`wanted`) an epoch is a pass. With it a pass is taken in portions of so many batches, and
    the rest of a pass is an epoch too, as under `fit`.
    """
    size = min(wanted or steps, steps)
    each = steps_of(steps, size)

    def portion(epoch: int) -> tuple[int, int, int]:
        number, part = divmod(epoch, each)
        first = part * size
        return number, first, min(size, steps - first)

    return portion


def taken(blocks: Iterator[Block], first: int, steps: int) -> Iterator[Block]:
    """Of a pass's blocks the batches from `first` on, `steps` of them."""
    for block in blocks:
        if first >= block.steps:
            first -= block.steps
            continue
        count = min(block.steps - first, steps)
        yield Block(block.rows, block.order, block.first + first, count)
        first = 0
        steps -= count
        if steps <= 0:
            return
