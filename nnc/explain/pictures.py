"""SHAP values of pixels as maps over the picture: of each class for the rows shown alone, and the mean of all rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnc.data.layout import Layout, block_of, in_blocks
from nnc.evidence import ChosenRow, PictureMaps, PictureRow

# Cells a side that permutations switch as one: 100 cells are switched in seconds, where 784 pixels take minutes.
SWITCHED = 10
# Cells a side of a map in the evidence.
SHOWN = 64


@dataclass(frozen=True)
class Picture:
    """How the features lie in the picture, and of a test row its file's `name` and how it looks, a PNG in base 64."""

    layout: Layout
    name: Callable[[int], str]
    png: Callable[[int], str]


def cells(layout: Layout) -> np.ndarray | None:
    """The cell of each feature, numbered from the upper left along the rows; None where a cell is a feature."""
    height, width, channels = layout
    block = block_of(layout, SWITCHED)
    if block == channels == 1:
        return None
    across = -(-width // block)
    numbers = (np.arange(height)[:, None] // block) * across + np.arange(width)[None, :] // block
    return np.repeat(numbers.ravel(), channels)


def picture_maps(
    picture: Picture,
    values: np.ndarray,
    others: Mapping[str, Sequence[np.ndarray]],
    chosen: Sequence[ChosenRow],
    rows: np.ndarray,
    *,
    in_cells: bool,
) -> PictureMaps:
    """The maps of the network's `values` (rows, features, outputs) and of other models' (rows, features) by class.

    `rows` are the test rows that the values are of; `in_cells` says whether pixels were switched together.
    """
    layout = picture.layout
    switched = block_of(layout, SWITCHED)
    block = max(block_of(layout, SHOWN), switched if in_cells else 1)
    over = [_over(values[:, :, i], layout, block) for i in range(values.shape[2])]
    found = []
    for one in chosen:
        row = int(rows[one.index])
        maps = tuple(_flat(of_class[one.index]) for of_class in over)
        found.append(PictureRow(picture.name(row), picture.png(row), maps))
    models = {"network": over, **{name: [_over(v, layout, block) for v in some] for name, some in others.items()}}
    mean = {name: _flat(np.mean([np.abs(m).mean(axis=0) for m in some], axis=0)) for name, some in models.items()}
    grid = (over[0].shape[1], over[0].shape[2])
    return PictureMaps(layout, block, grid, switched, tuple(found), mean)


def _over(values: np.ndarray, layout: Layout, block: int) -> np.ndarray:
    """(rows, features) → (rows, cells down, cells across), the sum of each cell's pixels and channels."""
    found: np.ndarray = in_blocks(values, layout, block).sum(axis=3)
    return found


def _flat(cells_of_map: np.ndarray) -> tuple[float, ...]:
    """Four digits, which is more than a shade of a colour shows."""
    return tuple(float(f"{value:.4g}") for value in cells_of_map.ravel().tolist())
