"""All training rows of a table that is too large for the memory, prepared once and read again in blocks.

They lie in flat files, a row behind the other: reading a block is reading bytes, and no more of a file is ever in
memory than a block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nnc import codes
from nnc.data.kinds.category import categories
from nnc.data.kinds.fitted import Allowed
from nnc.data.kinds.numeric import numeric_faults, weight_faults
from nnc.data.opening import fault
from nnc.data.preparations import method_of
from nnc.data.prepared import Array, Preparation, encoded
from nnc.data.table import Table, Whole
from nnc.data.targets import TargetPlan, domain_faults
from nnc.diagnostics import Findings, UserFault

_FEATURES, _WEIGHTS = "features", "weights"


@dataclass(frozen=True)
class _Kept:
    """A file of rows: `shape` and `dtype` of one."""

    path: Path
    shape: tuple[int, ...]
    dtype: str

    def read(self, start: int, stop: int) -> npt.NDArray[np.float32]:
        """Those rows, [stop - start, *shape]."""
        width = int(np.prod(self.shape, dtype=np.int64))
        dtype = np.dtype(self.dtype)
        with self.path.open("rb") as stream:
            stream.seek(start * width * dtype.itemsize)
            found = np.fromfile(stream, dtype, (stop - start) * width)
        return found.reshape(stop - start, *self.shape)


@dataclass(frozen=True, eq=False)
class Blocks:
    """Prepared training rows on disk. `targets` are by output, or one without a name."""

    preparation: Preparation
    rows: int
    features: _Kept
    targets: Mapping[str | None, _Kept]
    weights: _Kept | None

    def read(
        self, start: int, stop: int
    ) -> tuple[dict[str, Array], Array | dict[str, Array], npt.NDArray[np.float32] | None]:
        """The model's inputs by name, the targets as Keras takes them, and the weights, of those rows."""
        inputs = self.preparation.input_arrays(self.features.read(start, stop))
        targets = {name: kept.read(start, stop) for name, kept in self.targets.items()}
        y: Array | dict[str, Array] = {name: values for name, values in targets.items() if name is not None}
        weights = self.weights.read(start, stop) if self.weights is not None else None
        return inputs, targets.get(None, y), weights


def write_blocks(whole: Whole, preparation: Preparation, weight: str | None, folder: Path) -> Blocks:
    """Prepare all training rows into files of that folder, which is there. `weight` is the column of weights, if any.

    Raises UserFault where a value can't be prepared, and OSError where the disk is full.
    """
    shapes: dict[str | None, tuple[tuple[int, ...], str]] = {}
    count = 0
    with ExitStack() as stack:
        streams: dict[str, BufferedWriter] = {}

        def put(name: str, values: npt.NDArray[np.generic]) -> None:
            if name not in streams:
                streams[name] = stack.enter_context((folder / f"{name}.rows").open("wb"))
                shapes[name] = (values.shape[1:], values.dtype.name)
            np.ascontiguousarray(values).tofile(streams[name])

        for table in whole.training():
            if not len(table):
                continue
            _check(table, preparation, weight)
            put(_FEATURES, preparation.matrix(table))
            truths = {plan.name: plan.truth(table.columns[plan.column]) for plan in preparation.targets}
            y = encoded(preparation.targets, truths)
            for number, values in enumerate(y.values() if isinstance(y, dict) else [y]):
                put(f"target_{number}", values)
            if weight is not None:
                put(_WEIGHTS, table.columns[weight].numbers.astype(np.float32))
            count += len(table)

    def kept(name: str) -> _Kept:
        return _Kept(folder / f"{name}.rows", *shapes[name])

    outputs = list(dict.fromkeys(plan.output for plan in preparation.targets))
    names: Sequence[str | None] = outputs if len(outputs) > 1 else [None]
    targets = {name: kept(f"target_{number}") for number, name in enumerate(names)}
    return Blocks(preparation, count, kept(_FEATURES), targets, kept(_WEIGHTS) if weight is not None else None)


def _check(table: Table, preparation: Preparation, weight: str | None) -> None:
    """Raise UserFault for a value that none of the sample's rows had, and that can't be trained on."""
    findings = Findings()
    for fitted in preparation.columns:
        # As strict as with the rows that it was fitted on: what has no place in an order is a mistake.
        strict = Allowed(fitted.fill is not None, fitted.categories or None, fitted.places)
        method_of(fitted).faults(table, table.columns[fitted.name], strict, findings)
    for plan in preparation.targets:
        _check_target(table, plan, findings)
    if weight is not None:
        weight_faults(table, table.columns[weight], findings)
    if findings.has_errors:
        raise UserFault(findings)


def _check_target(table: Table, plan: TargetPlan, findings: Findings) -> None:
    column = table.columns[plan.column]
    if plan.task != "regression":
        strange = np.array([text not in plan.classes for text in categories(column)], dtype=bool)
        if strange.any():
            place = table.place(int(np.flatnonzero(strange)[0]), plan.column)
            message = f"the target `{plan.column}` has more classes than can be told apart"
            findings.add(
                codes.TARGET_CLASSES, message, data_place=place, help="is it a number? take a loss such as mse"
            )
        return
    before = len(findings)
    numeric_faults(table, column, findings, may_be_missing=False)
    if len(findings) == before:
        domain_faults(table, column, plan.transform, findings)


def no_room(folder: Path, error: OSError) -> UserFault:
    """The finding where the rows can't be written."""
    message = f"the prepared rows can't be written to `{folder}`: {error.strerror or error}"
    return fault(codes.CANNOT_WRITE, str(folder), message, how="name a place with more room with -o")
