"""What is to be predicted: which task it is, which number each class has, and the way there and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnc import codes
from nnc.data.columns import unknown
from nnc.data.kinds.category import categories, category_order
from nnc.data.kinds.faults import others
from nnc.data.kinds.numeric import numeric_faults
from nnc.data.table import Bools, Floats, Ints, RawColumn, Table
from nnc.diagnostics import DataPlace, Findings, UserFault
from nnc.evidence import Task
from nnc.graph import FnRef, ModelOutput, Object, Target, Value

MAX_CLASSES = 10_000


@dataclass(frozen=True)
class Transform:
    """A function of the target and its way back. `domain` says which values it takes."""

    forward: Callable[[Floats], Floats]
    inverse: Callable[[Floats], Floats]
    domain: Callable[[Floats], Bools]
    words: str


TRANSFORMS: Mapping[str, Transform] = {
    "log": Transform(np.log, np.exp, lambda y: y > 0, "a number above 0"),
    "log1p": Transform(np.log1p, np.expm1, lambda y: y > -1, "a number above -1"),
    "sqrt": Transform(np.sqrt, np.square, lambda y: y >= 0, "a number of 0 or more"),
}


@dataclass(frozen=True)
class LossRow:
    """What a loss says of the task and of how the target is written: `one_hot`, or `flat`, with no axis of its own."""

    task: Task
    one_hot: bool = False
    flat: bool = False


# Losses by Keras's name or alias, folded (no case, no underscores). Every other loss is one of numbers.
LOSSES: Mapping[str, LossRow] = {
    "binarycrossentropy": LossRow("binary"),
    "bce": LossRow("binary"),
    "binaryfocalcrossentropy": LossRow("binary"),
    "sparsecategoricalcrossentropy": LossRow("multiclass"),
    "scce": LossRow("multiclass"),
    "categoricalcrossentropy": LossRow("multiclass", one_hot=True),
    "cce": LossRow("multiclass", one_hot=True),
    "categoricalfocalcrossentropy": LossRow("multiclass", one_hot=True),
    # Keras's documentation allows [rows, 1] as well, of which it then makes [rows, rows, classes].
    "categoricalgeneralizedcrossentropy": LossRow("multiclass", flat=True),
}
# Losses whose output is neither a probability nor a number in the target's unit.
NOT_YET = frozenset({"hinge", "squaredhinge", "categoricalhinge", "kldivergence", "kld", "ctc", "dice", "tversky"})


@dataclass(frozen=True)
class TargetPlan:
    """The target as it was understood. `classes` in the order of their numbers, empty for regression.

    `one_hot`: the loss wants a vector; `from_logits`: the output is no probability yet; `axis`: the target has an axis
    beside the batch's, as the output has (`[1]`) and the loss takes it. `unit` is which of the output's units predicts
    it, where the output has one for each of several columns; None where the whole output does.
    """

    column: str
    output: str
    task: Task
    transform: str | None
    classes: tuple[str, ...]
    one_hot: bool
    from_logits: bool
    axis: bool = True
    unit: int | None = None

    @property
    def name(self) -> str:
        """What a report calls it: the output, or the column where the output predicts several."""
        return self.output if self.unit is None else self.column

    @property
    def width(self) -> int:
        """How many classes its predictions tell apart; 0 for numbers."""
        return 2 if self.task == "binary" else len(self.classes)

    def truth(self, column: RawColumn) -> npt.NDArray[np.float64]:
        """Class numbers, or the target in its own unit. Shape [rows]."""
        if self.task == "regression":
            return column.numbers
        number = {name: i for i, name in enumerate(self.classes)}
        return np.array([number[text] for text in categories(column)], dtype=np.float64)

    def encode(self, truth: Floats) -> npt.NDArray[np.float32] | npt.NDArray[np.int32]:
        """The target as Keras wants it: float32 [rows, 1], int32 [rows, 1] of class numbers, or one-hot [rows, k].

        Without `axis` [rows] in place of [rows, 1].
        """
        if self.task == "multiclass":
            if self.one_hot:
                return np.eye(len(self.classes), dtype=np.float32)[truth.astype(np.int64)]
            numbers = truth.astype(np.int32)
            return numbers[:, None] if self.axis else numbers
        values = TRANSFORMS[self.transform].forward(truth) if self.transform else truth
        encoded = values.astype(np.float32)
        return encoded[:, None] if self.axis else encoded

    def own_unit(self, predicted: Floats) -> Floats:
        """A regression's output in the target's own unit. Any shape."""
        with np.errstate(over="ignore"):
            return TRANSFORMS[self.transform].inverse(predicted) if self.transform else predicted


def fold(name: str) -> str:
    """A loss's or metric's name without case and underscores."""
    return name.replace("_", "").casefold()


def plan_targets(
    table: Table, targets: Sequence[Target], losses: Mapping[str, Value], outputs: Sequence[ModelOutput]
) -> tuple[tuple[TargetPlan, ...], Ints]:
    """A plan for each target, and the positions of the rows that have them all.

    Raises UserFault with all that is wrong.
    """
    findings = Findings()
    kept = _rows_with(table, [target.column for target in targets], findings)
    present = table.take(kept)
    by_name = {output.name: output for output in outputs}
    plans = []
    for target in targets:
        beside = [other.column for other in targets if other.output == target.output]
        unit = beside.index(target.column) if len(beside) > 1 else None
        plans.append(
            _plan(present, target, losses[target.output], by_name[target.output], (unit, len(beside)), findings)
        )
    if findings.has_errors:
        raise UserFault(findings)
    return tuple(plans), kept


def _rows_with(table: Table, columns: Sequence[str], findings: Findings) -> Ints:
    """The positions of the rows that have a value in each of the columns. Raises UserFault where there are none."""
    whole = np.ones(len(table), dtype=bool)
    for name in dict.fromkeys(columns):
        column = table.columns.get(name)
        if column is None:
            unknown(table, name, findings, "`target` names")
            continue
        whole &= ~column.missing
        if bool(column.missing.all()):
            findings.add(
                codes.DATA_EMPTY,
                f"no row of `{table.source}` has a value of the target `{name}`",
                data_place=DataPlace(table.source, None, name),
            )
    if not findings.has_errors and not whole.any():
        names = ", ".join(f"`{name}`" for name in columns)
        findings.add(codes.DATA_EMPTY, f"no row of `{table.source}` has a value of each of the targets {names}")
    if findings.has_errors:
        raise UserFault(findings)
    return np.flatnonzero(whole).astype(np.int64)


def _plan(
    table: Table, target: Target, loss: Value, output: ModelOutput, place: tuple[int | None, int], findings: Findings
) -> TargetPlan:
    """The plan of one target; `place` is its unit, and how many columns the output predicts."""
    before = len(findings)
    unit, columns = place
    column = table.columns[target.column]
    row = _row(loss, column, findings)
    task = row.task
    if task == "regression":
        classes: tuple[str, ...] = ()
        _check_numbers(table, column, target, findings)
    else:
        classes = _classes(table, column, findings, task)
        if target.transform:
            findings.add(
                codes.TARGET_CLASSES,
                f"`{target.transform}({target.column})` is a number, and the loss is one of classes",
                help="leave the transform out, or take a loss of numbers such as mse",
            )
    if len(findings) == before and unit is None:
        _check_width(output, task, classes, target.column, findings)
    elif len(findings) == before and unit == 0:
        _check_units(output, task, columns, findings)
    logits = isinstance(loss, Object) and bool(loss.args.get("from_logits", False))
    axis = len(output.tensor.type.shape) > 0 and not row.flat
    return TargetPlan(target.column, output.name, task, target.transform, classes, row.one_hot, logits, axis, unit)


def of_classes(loss: Value) -> bool:
    """Whether a loss is certainly one of classes."""
    name = loss.name if isinstance(loss, Object) else str(loss)
    return fold(name) in LOSSES


def _row(loss: Value, column: RawColumn, findings: Findings) -> LossRow:
    """The task that a loss stands for. An `fn` says nothing of it: two values make it binary."""
    name = fold(loss.name if isinstance(loss, (Object, FnRef)) else str(loss))
    if isinstance(loss, FnRef):
        two = len(set(column.texts)) == 2
        return LossRow("binary" if two else "regression")
    if name in NOT_YET:
        findings.add(
            codes.DATA_NOT_YET,
            f"what `{loss.name if isinstance(loss, Object) else loss}` trains can't be evaluated yet",
            expected="binary_crossentropy, sparse_categorical_crossentropy, categorical_crossentropy, mse, ...",
        )
    return LOSSES.get(name, LossRow("regression"))


def _classes(table: Table, column: RawColumn, findings: Findings, task: Task) -> tuple[str, ...]:
    """The classes in their order: the source's own, or sorted (numbers by size, then words)."""
    found = sorted({str(text) for text in categories(column)}, key=category_order)
    place = DataPlace(table.source, None, column.name)
    some = ", ".join(f"`{text[:40]}`" for text in found[:5]) + (", ..." if len(found) > 5 else "")
    if len(found) < 2:
        findings.add(
            codes.TARGET_CLASSES,
            f"the target `{column.name}` has the same value in every row: {some}",
            data_place=place,
            expected="two classes at least",
            help="is this the column that you meant?",
        )
    elif task == "binary" and len(found) > 2:
        third = next(i for i, text in enumerate(categories(column)) if text not in found[:2])
        findings.add(
            codes.TARGET_CLASSES,
            f"the target `{column.name}` has {len(found):,} different values, and the loss is one of two",
            data_place=table.place(third, column.name),
            expected="two classes",
            found=some,
            help="is this the column that you meant?"
            if len(found) > MAX_CLASSES
            else f"for classes take sparse_categorical_crossentropy and Dense({len(found)}, softmax); for numbers, mse",
        )
    elif len(found) > MAX_CLASSES or (len(found) > 100 and len(found) > len(column.values) / 2):
        findings.add(
            codes.TARGET_CLASSES,
            f"the target `{column.name}` has {len(found):,} different values among {len(column.values):,} rows",
            data_place=place,
            expected="classes with several rows each",
            help="if it is a number, take a loss of numbers such as mse",
        )
    return table.classes if column.name == table.target and set(found) <= set(table.classes) else tuple(found)


def _check_numbers(table: Table, column: RawColumn, target: Target, findings: Findings) -> None:
    before = len(findings)
    if bool(column.not_numbers.all()):
        findings.add(
            codes.TARGET_CLASSES,
            f"the target `{column.name}` holds text, and the loss is one of numbers",
            data_place=table.place(0, column.name),
            found=f"`{str(column.texts[0])[:60]}`",
            help="for two classes take binary_crossentropy, for several sparse_categorical_crossentropy",
        )
        return
    numeric_faults(table, column, findings, may_be_missing=False)
    if len(findings) > before:
        return
    if len(np.unique(column.numbers)) < 2:
        findings.add(
            codes.TARGET_CLASSES,
            f"the target `{column.name}` is {column.texts[0]} in every row",
            data_place=DataPlace(table.source, None, column.name),
            expected="different values",
            help="is this the column that you meant?",
        )
    transform = TRANSFORMS.get(target.transform) if target.transform else None
    if target.transform and transform is None:
        findings.add(
            codes.DATA_NOT_YET,
            f"the target can't be transformed by `{target.transform}` yet",
            expected=", ".join(TRANSFORMS),
        )
    domain_faults(table, column, target.transform, findings)


def domain_faults(table: Table, column: RawColumn, name: str | None, findings: Findings) -> None:
    """Adds a finding where a target has a number that the transform of that name (None: none) can't take."""
    transform = TRANSFORMS.get(name) if name else None
    outside = ~transform.domain(column.numbers) if transform else np.zeros(len(column.values), dtype=bool)
    if outside.any():
        first = int(np.flatnonzero(outside)[0])
        findings.add(
            codes.TARGET_DOMAIN,
            f"`{name}` can't take {column.texts[first]} in column `{column.name}`, "
            f"row {int(table.rows[first])}{others(outside)}",
            data_place=table.place(first, column.name),
            expected=transform.words if transform else None,
            found=str(column.texts[first]),
            help="take log1p where zero occurs, or leave the transform out",
        )


def _check_width(output: ModelOutput, task: Task, classes: tuple[str, ...], column: str, findings: Findings) -> None:
    """The output must have a unit for each class, or a single one."""
    shape = output.tensor.type.shape
    expected = len(classes) if task == "multiclass" else 1
    if shape == () and task != "multiclass":
        return
    if len(shape) != 1:
        findings.add(
            codes.OUTPUT_WIDTH,
            f"the output `{output.name}` has the shape {output.tensor.type}, and the target is one value a row",
            expected=f"[{expected}]",
            found=str(output.tensor.type),
            help="end with Flatten() or a pooling layer, and a Dense layer",
        )
    elif isinstance(shape[0], int) and shape[0] != expected:
        why = f"the target `{column}` has {expected} classes" if classes else f"the target `{column}` is one number"
        help_words = f"end with Dense({expected}{', softmax' if task == 'multiclass' else ''})"
        findings.add(
            codes.OUTPUT_WIDTH,
            f"the output `{output.name}` has {shape[0]} units, and {why}",
            expected=f"{expected} unit{'s' * (expected != 1)}",
            found=f"{shape[0]} unit{'s' * (shape[0] != 1)}",
            help=help_words,
        )


def _check_units(output: ModelOutput, task: Task, columns: int, findings: Findings) -> None:
    """An output of several columns must have a unit for each."""
    shape = output.tensor.type.shape
    if task == "multiclass":
        findings.add(
            codes.OUTPUT_WIDTH,
            f"the output `{output.name}` predicts {columns} columns, and its loss is one of several classes",
            expected="binary_crossentropy for columns of two classes, mse for columns of numbers",
            help="give each column of several classes an output of its own",
        )
    elif shape != (columns,) and (len(shape) != 1 or isinstance(shape[0], int)):
        findings.add(
            codes.OUTPUT_WIDTH,
            f"the output `{output.name}` has the shape {output.tensor.type}, and it predicts {columns} columns",
            expected=f"[{columns}]",
            found=str(output.tensor.type),
            help=f"end with Dense({columns}), a unit for each column",
        )
