"""Pictures as a report tells of them: their sizes and bytes, and a few of each class."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from nnc.data.picture_file import Unreadable, size_of
from nnc.data.prepared import Prepared
from nnc.data.simple import simple_shape
from nnc.data.table import RawColumn
from nnc.data.targets import TargetPlan
from nnc.data.thumbnails import as_pixels, png
from nnc.evidence import PictureFiles, PictureSample, PicturesEvidence

SAMPLES = 10
CLASSES = 12
SIZES = 5
# The headings of so many files are read for the sizes: of more, each so-many-th.
MEASURED = 2_000


def with_pictures(prepared: Prepared) -> Prepared:
    """With the pictures described too, where the rows are some."""
    if prepared.layout is None:
        return prepared
    described = {
        plan.name: replace(prepared.described[plan.name], pictures=describe_pictures(prepared, plan))
        for plan in prepared.preparation.targets
    }
    return replace(prepared, described=described)


def describe_pictures(prepared: Prepared, plan: TargetPlan) -> PicturesEvidence | None:
    """The evidence about the pictures, with samples by the classes of one target; None where rows are none."""
    shape = prepared.layout
    if shape is None:
        return None
    return PicturesEvidence(
        shape=shape,
        simple=simple_shape(shape),
        files=_files(prepared),
        samples=_samples(prepared, plan),
    )


def _samples(prepared: Prepared, plan: TargetPlan) -> tuple[PictureSample, ...]:
    """The first training rows of each of the most frequent classes, in the order of the classes."""
    truth = prepared.train.truths[plan.name]
    if not plan.classes:
        return (_sample(prepared, "", np.arange(len(truth))),)
    numbers = truth.astype(np.int64)
    counts = np.bincount(numbers, minlength=len(plan.classes))
    frequent = np.sort(np.argsort(-counts, kind="stable")[:CLASSES])
    return tuple(_sample(prepared, plan.classes[i], np.flatnonzero(numbers == i)) for i in frequent if counts[i])


def _sample(prepared: Prepared, name: str, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> PictureSample:
    """Rows spread over all, so that a series of shots one after another is not all that is seen."""
    spread = rows[np.unique(np.linspace(0, len(rows) - 1, min(SAMPLES, len(rows))).round().astype(int))]
    return PictureSample(name, tuple(png(pixels) for pixels in as_pixels(prepared, prepared.train, spread.tolist())))


def _files(prepared: Prepared) -> PictureFiles | None:
    column = next((c for c in prepared.table.columns.values() if c.root is not None), None)
    if column is None or column.root is None:
        return None
    sizes = np.array([(column.root / name).stat().st_size for name in column.values], dtype=np.int64)
    seen = _measured(column, column.root)
    top = sorted(seen.items(), key=lambda item: (-item[1], item[0]))[:SIZES]
    return PictureFiles(
        total=int(sizes.sum()),
        smallest=int(sizes.min()),
        median=int(np.median(sizes)),
        largest=int(sizes.max()),
        measured=sum(seen.values()),
        distinct=len(seen),
        sizes=tuple((f"{width} × {height}", count) for (width, height), count in top),
    )


def _measured(column: RawColumn, root: Path) -> Counter[tuple[int, int]]:
    found: Counter[tuple[int, int]] = Counter()
    step = -(-len(column.values) // MEASURED)
    for name in column.values[::step]:
        try:
            found[size_of(root / name)] += 1
        except (Unreadable, OSError):  # gone since it was read
            continue
    return found
