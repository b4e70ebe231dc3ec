"""What simple models are given of the prepared rows: they know no Embedding and take no large pictures."""

from __future__ import annotations

import numpy as np

from nnc.data.layout import Layout, block_of, smaller
from nnc.data.preparations import method_of
from nnc.data.prepared import Matrix, Part, Prepared

# Cells a side that simple models are given of a picture.
SIDE = 16


def simple(prepared: Prepared, part: Part) -> Matrix:
    """The features, of pictures those of a smaller one, and of numbers that name something how often each is there."""
    if prepared.layout is not None:
        return smaller(part.matrix, prepared.layout, SIDE)
    parts, start = [], 0
    for fitted in prepared.preparation.columns:
        end = start + fitted.width
        parts.append(method_of(fitted).plain(fitted, part.matrix[:, start:end]))
        start = end
    return np.concatenate(parts, axis=1)


def simple_shape(shape: Layout) -> Layout:
    """Height, width and channels of the smaller picture."""
    block = block_of(shape, SIDE)
    return -(-shape[0] // block), -(-shape[1] // block), shape[2]
