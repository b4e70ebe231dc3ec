"""Rows that are pictures, as pictures: what the model sees of them, small enough for a report."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from nnc.data.picture_file import Pixels
from nnc.data.preparations import METHODS
from nnc.data.prepared import Part, Prepared
from nnc.data.table import Floats

# Pixels a side of a picture in the evidence.
SIDE = 64


def thumbnail(prepared: Prepared, part: Part, row: int) -> str:
    """A row of a part as a PNG in base 64, as the model sees it and no larger than 64 pixels a side.

    A picture's own values are shown as they are; of numbers in a table the smallest of the training rows is black and
    the largest white. Raises ValueError where the rows are no pictures.
    """
    return png(as_pixels(prepared, part, [row])[0])


def file_name(prepared: Prepared, part: Part, row: int) -> str:
    """The file of a row of a part; empty where rows are no picture files."""
    column = next((c for c in prepared.table.columns.values() if c.root is not None), None)
    return "" if column is None else str(column.values[part.positions[row]])


def as_pixels(prepared: Prepared, part: Part, rows: Sequence[int]) -> Pixels:
    """Rows of a part as uint8 [rows, height, width, channels]."""
    if prepared.layout is None:
        raise ValueError("these rows are no pictures")
    fitted = prepared.preparation.columns[0]
    if METHODS[fitted.kind].pictures:
        values: Floats = part.matrix[list(rows)].astype(np.float64) * fitted.scale
    else:
        low, high = _range(prepared)
        values = 255 * (_numbers(prepared, part.positions[list(rows)]) - low) / max(high - low, 1e-12)
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8).reshape(len(rows), *prepared.layout)


def png(pixels: Pixels) -> str:
    """The picture as a PNG in base 64; the same pixels give the same text."""
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    image.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    stream = io.BytesIO()
    image.save(stream, format="PNG", optimize=True)
    return base64.b64encode(stream.getvalue()).decode("ascii")


def _numbers(prepared: Prepared, positions: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    columns = [prepared.table.columns[fitted.name] for fitted in prepared.preparation.columns]
    return np.nan_to_num(np.stack([column.numbers[positions] for column in columns], axis=1))


def _range(prepared: Prepared) -> tuple[float, float]:
    values = _numbers(prepared, prepared.train.positions)
    return float(values.min()), float(values.max())
