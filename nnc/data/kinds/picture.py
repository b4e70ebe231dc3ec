"""`picture`: a column of picture files → pixels, a row a picture; with a finding for each file that gives none."""

from __future__ import annotations

import numpy as np

from nnc import codes
from nnc.data.kinds.fitted import Args, Features, Fitted, Method, said
from nnc.data.picture_file import Unreadable, pixels
from nnc.data.table import RawColumn
from nnc.diagnostics import DataPlace, Findings, UserFault

_SHOWN = 5


def _rows(column: RawColumn, shape: tuple[int, int, int], divisor: float) -> Features:
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


def _fit(column: RawColumn, args: Args, guessed: bool) -> Fitted:
    """Nothing hangs on the rows; the shape is put in by whoever knows the model's input."""
    divisor = args["scale"]
    scale = float(divisor) if isinstance(divisor, (int, float)) else 1.0
    return Fitted(column.name, "picture", guessed, said("picture", args), (), scale=scale)


def _apply(column: RawColumn, fitted: Fitted) -> Features:
    height, width, channels = fitted.shape
    return _rows(column, (height, width, channels), fitted.scale)


def _shown(fitted: Fitted, features: Features) -> list[list[str]]:
    """How bright each pixel is in its file, 0 to 255."""
    return [[f"{value:.0f}" for value in values] for values in features.T * np.float32(fitted.scale)]


PICTURE = Method(_fit, _apply, shown=_shown, pictures=True)
