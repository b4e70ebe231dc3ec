"""How a model's features lie in a picture, where they make one; and how such rows are made smaller."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from nnc.graph import Call, ModelGraph, Tensor

# Height, width, channels.
Layout: TypeAlias = tuple[int, int, int]

# Fewer pixels a side are no picture; grey, colours, or colours and how opaque they are can be shown.
LEAST_SIDE = 4
CHANNELS = (1, 3, 4)


def layout(model: ModelGraph) -> Layout | None:
    """The picture that the only input is: by its own shape, or by the Reshape that takes it first. None: it is none."""
    if len(model.inputs) != 1:
        return None
    tensor = model.inputs[0].tensor
    own = _as_picture(tensor)
    if own is not None or len(tensor.type.shape) != 1:
        return own
    users = [call for call in model.calls if _takes(call, tensor)]
    if len(users) != 1 or users[0].layer is None or model.layers[users[0].layer].kind != "Reshape":
        return None
    return _as_picture(users[0].outputs[0])


def _takes(call: Call, tensor: Tensor) -> bool:
    def holds(operand: Any) -> bool:
        if isinstance(operand, Tensor):
            return operand.id == tensor.id
        return isinstance(operand, tuple) and any(holds(item) for item in operand)

    return any(holds(operand) for operand in (*call.args, *call.kwargs.values()))


def _as_picture(tensor: Tensor) -> Layout | None:
    sizes = [size for size in tensor.type.shape if isinstance(size, int)]
    if len(tensor.type.shape) != 3 or len(sizes) != 3 or sizes[2] not in CHANNELS or min(sizes[:2]) < LEAST_SIDE:
        return None
    return sizes[0], sizes[1], sizes[2]


def block_of(shape: Layout, most: int) -> int:
    """How many pixels a side make a cell, so that no side has more than `most` cells."""
    return -(-max(shape[:2]) // most)


def in_blocks(rows: npt.NDArray[Any], shape: Layout, block: int) -> npt.NDArray[np.float64]:
    """The sum of each block of pixels: [rows, h·w·c] → [rows, cells down, cells across, c]; those at the edge may be

    smaller.
    """
    height, width, channels = shape
    pictures = rows.reshape(len(rows), height, width, channels)
    down = np.add.reduceat(pictures, np.arange(0, height, block), axis=1, dtype=np.float64)
    return np.asarray(np.add.reduceat(down, np.arange(0, width, block), axis=2), dtype=np.float64)


def smaller(rows: npt.NDArray[np.float32], shape: Layout, most: int) -> npt.NDArray[np.float32]:
    """The rows with no side of more than `most` cells, each the mean of its pixels; flat again."""
    block = block_of(shape, most)
    if block == 1:
        return rows
    sizes = in_blocks(np.ones((1, int(np.prod(shape)))), shape, block)
    return (in_blocks(rows, shape, block) / sizes).reshape(len(rows), -1).astype(np.float32)
