"""What is to be predicted: which task it is, which number each class has, and the way there and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnc import codes
from nnc.data.columns import unknown
from nnc.data.preparations import categories, category_order, numeric_faults, others
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
    """What a loss says of the task: how the target is written (`one_hot`), and the loss's plain name."""

    task: Task
    one_hot: bool = False


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
}
# Losses whose output is neither a probability nor a number in the target's unit.
NOT_YET = frozenset({"hinge", "squaredhinge", "categoricalhinge", "kldivergence", "kld", "ctc", "dice", "tversky"})


@dataclass(frozen=True)
class TargetPlan:
    """The target as it was understood. `classes` in the order of their numbers, empty for regression.

    `one_hot`: the loss wants a vector; `from_logits`: the output is no probability yet; `axis`: the output has an axis
    beside the batch's (`[1]`), so the target must have it too.
    """

    column: str
    output: str
    task: Task
    transform: str | None
    classes: tuple[str, ...]
    one_hot: bool
    from_logits: bool
    axis: bool = True

    def truth(self, column: RawColumn) -> npt.NDArray[np.float64]:
        """Class numbers, or the target in its own unit. Shape [rows]."""
        if self.task == "regression":
            return column.numbers
        number = {name: i for i, name in enumerate(self.classes)}
        return np.array([number[text] for text in categories(column)], dtype=np.float64)

    def encode(self, truth: Floats) -> npt.NDArray[np.float32] | npt.NDArray[np.int32]:
        """The target as Keras wants it: float32 [rows, 1], int32 [rows, 1] of class numbers, or one-hot [rows, k]."""
        if self.task == "multiclass":
            if self.one_hot:
                return np.eye(len(self.classes), dtype=np.float32)[truth.astype(np.int64)]
            return truth.astype(np.int32)[:, None]
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


def plan_target(table: Table, target: Target, loss: Value, output: ModelOutput) -> tuple[TargetPlan, Ints]:
    """The plan, and the positions of the rows that have a target. Raises UserFault with all that is wrong."""
    findings = Findings()
    column = table.columns.get(target.column)
    if column is None:
        unknown(table, target.column, findings, "`target` names")
        raise UserFault(findings)
    there = np.flatnonzero(~column.missing).astype(np.int64)
    if not len(there):
        findings.add(
            codes.DATA_EMPTY,
            f"no row of `{table.source}` has a value of the target `{column.name}`",
            data_place=DataPlace(table.source, None, column.name),
        )
        raise UserFault(findings)
    present, column = table.take(there), column.take(there)
    task, one_hot = _task(loss, column, findings)
    if task == "regression":
        classes: tuple[str, ...] = ()
        _check_numbers(present, column, target, findings)
    else:
        classes = _classes(present, column, findings, task)
        if target.transform:
            findings.add(
                codes.TARGET_CLASSES,
                f"`{target.transform}({target.column})` is a number, and the loss is one of classes",
                help="leave the transform out, or take a loss of numbers such as mse",
            )
    if not findings.has_errors:
        _check_width(output, task, classes, target.column, findings)
    if findings.has_errors:
        raise UserFault(findings)
    logits = isinstance(loss, Object) and bool(loss.args.get("from_logits", False))
    axis = len(output.tensor.type.shape) > 0
    plan = TargetPlan(target.column, output.name, task, target.transform, classes, one_hot, logits, axis)
    return plan, there


def _task(loss: Value, column: RawColumn, findings: Findings) -> tuple[Task, bool]:
    """The task that a loss stands for. An `fn` says nothing of it: two values make it binary."""
    name = fold(loss.name if isinstance(loss, (Object, FnRef)) else str(loss))
    if isinstance(loss, FnRef):
        two = len(set(column.texts)) == 2
        return ("binary" if two else "regression"), False
    if name in NOT_YET:
        findings.add(
            codes.DATA_NOT_YET,
            f"what `{loss.name if isinstance(loss, Object) else loss}` trains can't be evaluated yet",
            expected="binary_crossentropy, sparse_categorical_crossentropy, categorical_crossentropy, mse, ...",
        )
    row = LOSSES.get(name, LossRow("regression"))
    return row.task, row.one_hot


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
            help=f"for classes take sparse_categorical_crossentropy and Dense({len(found)}, softmax); for numbers, mse",
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
    outside = ~transform.domain(column.numbers) if transform else np.zeros(len(column.values), dtype=bool)
    if outside.any():
        first = int(np.flatnonzero(outside)[0])
        findings.add(
            codes.TARGET_DOMAIN,
            f"`{target.transform}` can't take {column.texts[first]} in column `{column.name}`, "
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
