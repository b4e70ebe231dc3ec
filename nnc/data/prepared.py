"""A prepared table: what was fitted on the training rows, and the arrays that a model is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from nnc import codes
from nnc.data.kinds.fitted import Fitted
from nnc.data.layout import Layout
from nnc.data.preparations import METHODS, allowed_in_prediction, method_of
from nnc.data.table import Floats, Ints, Table
from nnc.data.targets import TargetPlan
from nnc.diagnostics import DataPlace, Findings, UserFault
from nnc.evidence import DataEvidence, Task
from nnc.plain_json import from_json, to_json
from nnc.spelling import suggest

FORMAT = 3
Array: TypeAlias = npt.NDArray[np.float32] | npt.NDArray[np.int32]
Matrix: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True)
class InputPlan:
    """A model's input: the columns that it takes, its shape without the batch axis, its dtype."""

    name: str
    columns: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class Preparation:
    """All that is needed to turn raw rows into a model's inputs, and its outputs into the target's own words.

    Plain values: it is saved beside the model as JSON. `source` is how the rows were read (`csv`, `sklearn`), `reading`
    the arguments that other files of the kind need (delimiter, encoding).
    """

    columns: tuple[Fitted, ...]
    inputs: tuple[InputPlan, ...]
    targets: tuple[TargetPlan, ...]
    source: str
    reading: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def target(self) -> TargetPlan:
        """The only target, or the first one."""
        return self.targets[0]

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The names of the features, in the order of the matrix."""
        return tuple(feature for column in self.columns for feature in column.feature_names())

    @cached_property
    def feature_columns(self) -> tuple[str, ...]:
        """The source column of each feature."""
        return tuple(column.name for column in self.columns for _ in range(column.width))

    def matrix(self, table: Table) -> Matrix:
        """The prepared features, float32 [rows, features]. Raises UserFault for what can't be prepared.

        Columns that were not there in training are left alone; a category that no training row has becomes zeros.
        """
        findings = Findings()
        for fitted in self.columns:
            column = table.columns.get(fitted.name)
            if column is None:
                near = suggest(fitted.name, table.columns)
                findings.add(
                    codes.NO_SUCH_COLUMN,
                    f"`{table.source}` has no column `{fitted.name}`, which the model was trained on",
                    data_place=DataPlace(table.source, None, fitted.name),
                    help=f"is it called `{near}` there? Rename it in the heading" if near else None,
                )
            else:
                method_of(fitted).faults(table, column, allowed_in_prediction(fitted), findings)
        if findings.has_errors:
            raise UserFault(findings)
        matrix = np.empty((len(table), sum(column.width for column in self.columns)), dtype=np.float32)
        start = 0
        for fitted in self.columns:
            end = start + fitted.width
            with np.errstate(over="ignore"):
                matrix[:, start:end] = method_of(fitted).apply(table.columns[fitted.name], fitted)
            start = end
        largest = np.finfo(np.float32).max
        return np.clip(matrix, -largest, largest, out=matrix)

    @cached_property
    def order(self) -> npt.NDArray[np.intp]:
        """Where in the matrix the model's inputs find their features, the inputs side by side."""
        owner = np.array(self.feature_columns, dtype=object)
        return np.concatenate([np.flatnonzero(np.isin(owner, list(plan.columns))) for plan in self.inputs])

    def input_arrays(self, matrix: Matrix) -> dict[str, Array]:
        """What each input of the model takes of the matrix. Shape [rows, *input's shape]."""
        owner = np.array(self.feature_columns, dtype=object)
        arrays: dict[str, Array] = {}
        for plan in self.inputs:
            chosen = np.isin(owner, list(plan.columns))
            part = matrix if chosen.all() else matrix[:, chosen]
            arrays[plan.name] = part.reshape(len(matrix), *plan.shape).astype(plan.dtype, copy=False)
        return arrays

    def to_json(self) -> str:
        """The text that is saved."""
        return to_json(self)

    @staticmethod
    def read(path: Path) -> Preparation:
        """The preparation again. Raises OSError, or ValueError where the text is none (it may come from anybody)."""
        preparation = from_json(Preparation, path.read_text(encoding="utf-8"))
        if preparation.format != FORMAT:
            raise ValueError(f"its format is {preparation.format}, and this nnc reads {FORMAT}")
        if any(fitted.kind not in METHODS for fitted in preparation.columns):
            raise ValueError("a column is prepared in a way that this nnc doesn't know")
        return preparation


def encoded(plans: Sequence[TargetPlan], truths: Mapping[str, Floats]) -> Array | dict[str, Array]:
    """The targets as Keras takes them: an array, or one for each output by its name."""
    by_output: dict[str, list[Array]] = {}
    for plan in plans:
        by_output.setdefault(plan.output, []).append(plan.encode(truths[plan.name]))
    arrays = {output: _side_by_side(encoded) for output, encoded in by_output.items()}
    return next(iter(arrays.values())) if len(arrays) == 1 else arrays


def _side_by_side(encoded: Sequence[Array]) -> Array:
    return encoded[0] if len(encoded) == 1 else np.concatenate(encoded, axis=1).astype(np.float32, copy=False)


@dataclass(frozen=True, eq=False)
class Part:
    """The rows of one part of the split, in the order of the file.

    `positions` in the table, `rows` in the file; `matrix` float32 [rows, features]; `inputs` what the model takes, by
    input name; `y` the target as Keras takes it, by output where there are several; `truths` by target's name: class
    numbers or the target in its own unit, float64 [rows].
    """

    positions: Ints
    rows: Ints
    matrix: Matrix
    inputs: Mapping[str, Array]
    y: Array | dict[str, Array]
    truths: Mapping[str, Floats]
    weights: npt.NDArray[np.float32] | None

    @property
    def truth(self) -> Floats:
        """Of the only target, or the first one."""
        return next(iter(self.truths.values()))

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A table that is ready for training. `table` has the rows that have a target, as they were found.

    `described` is the data as a report tells of it, by target's name. `layout` is the picture that the model's features
    make, if they make one.
    """

    preparation: Preparation
    table: Table
    train: Part
    validation: Part
    test: Part
    described: Mapping[str, DataEvidence]
    left_out: Mapping[str, str]
    layout: Layout | None = None

    @property
    def evidence(self) -> DataEvidence:
        """The data with a view to the only target, or the first one."""
        return self.described[self.preparation.target.name]

    def of(self, target: TargetPlan) -> Prepared:
        """The same rows with one target alone. What the model takes stays whole."""

        def part(of: Part) -> Part:
            return replace(of, truths={target.name: of.truths[target.name]})

        return replace(
            self,
            preparation=replace(self.preparation, targets=(target,)),
            train=part(self.train),
            validation=part(self.validation),
            test=part(self.test),
            described={target.name: self.described[target.name]},
        )

    @property
    def task(self) -> Task:
        """What the (first) target is: one of two classes, one of several, or a number."""
        return self.preparation.target.task

    @property
    def parts(self) -> Mapping[str, Part]:
        """The parts by their names in the evidence."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    @property
    def evaluated(self) -> str:
        """The part that evaluation is made on: the test rows, or else what is nearest to them."""
        return next(name for name in ("test", "validation", "train") if len(self.parts[name]))

    def display(self, part: Part) -> tuple[tuple[str, ...], ...]:
        """What a person would call each feature: the value in the file, 1 or 0 for a category; [row][feature]."""
        columns: list[list[str]] = []
        start = 0
        for fitted in self.preparation.columns:
            end = start + fitted.width
            shown = method_of(fitted).shown
            if shown is None:
                texts = self.table.columns[fitted.name].take(part.positions).texts
                columns.append([_MISSING if text is None else str(text) for text in texts])
            else:
                columns.extend(shown(fitted, part.matrix[:, start:end]))
            start = end
        return tuple(zip(*columns, strict=True))

    def raw(self, position: int) -> dict[str, str]:
        """The columns that the model was given, as they stand in the file, of one row of the table."""
        names = [fitted.name for fitted in self.preparation.columns]
        texts = {name: self.table.columns[name].texts[position] for name in names}
        return {name: _MISSING if text is None else str(text) for name, text in texts.items()}


_MISSING = "–"
