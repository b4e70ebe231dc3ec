"""A column of picture files → pixels, a row a picture; with a finding for each file that gives none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nnc import codes
from nnc.data.picture_file import Unreadable, pixels
from nnc.data.table import RawColumn
from nnc.diagnostics import DataPlace, Findings, UserFault

_SHOWN = 5


def picture_rows(column: RawColumn, shape: tuple[int, int, int], divisor: float) -> npt.NDArray[np.float32]:
    """The pictures flat, float32 [rows, height · width · channels], 0 to 255 over `divisor`. Raises UserFault.

    Files are read one at a time: beside the result there is never more than one picture in memory.
    """
    rows = np.empty((len(column.values), int(np.prod(shape))), dtype=np.float32)
    broken: list[tuple[str, Unreadable]] = []
    for i, name in enumerate(column.values):
        if column.root is None:
            raise ValueError(f"column `{column.name}` holds no pictures")
        try:
            rows[i] = pixels(column.root / name, shape).reshape(-1)
        except Unreadable as error:
            broken.append((str(name), error))
    if broken:
        raise _fault(broken)
    rows /= np.float32(divisor)
    return rows


def _fault(broken: list[tuple[str, Unreadable]]) -> UserFault:
    findings = Findings()
    for number, (name, error) in enumerate(broken[:_SHOWN], 1):
        more = len(broken) - _SHOWN if number == _SHOWN else 0
        others = f" (and {more:,} picture{'s' * (more != 1)} more can't be read)" if more > 0 else ""
        findings.add(
            codes.NOT_A_PICTURE,
            f"`{name}` {error.reason}{others}",
            expected=error.expected,
            help=error.how,
            data_place=DataPlace(name),
        )
    return UserFault(findings)
