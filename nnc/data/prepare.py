"""From a table to arrays: plan the target, choose columns, deal out the rows, fit on training rows, apply to all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from nnc import codes
from nnc.catalog import Size
from nnc.catalog.tables import MAX_CATEGORIES
from nnc.data.columns import Choice, Chosen, choose, unknown
from nnc.data.describe import describe
from nnc.data.describe_pictures import with_pictures
from nnc.data.kinds.fitted import Fitted
from nnc.data.kinds.numeric import weight_faults
from nnc.data.numbered import check_embeddings, check_token_inputs
from nnc.data.picture_inputs import picture_layout, picture_shapes
from nnc.data.preparations import METHODS, allowed_in_training
from nnc.data.prepared import InputPlan, Part, Preparation, Prepared, encoded
from nnc.data.sources import csv_settings
from nnc.data.split import deal
from nnc.data.table import Floats, Ints, Table
from nnc.data.targets import plan_targets
from nnc.diagnostics import DataPlace, Findings, UserFault
from nnc.graph import DataConfig, ModelGraph, ModelInput, Spec, Target, TrainConfig
from nnc.spelling import suggest

MAX_CELLS = 1_000_000_000  # float32: 4 GB
DTYPES = ("float32", "float64", "float16", "int32", "int64")


def prepare(table: Table, spec: Spec, model: ModelGraph) -> Prepared:
    """The table as this model takes it. Raises UserFault with all that is wrong with data or spec.

    Everything that is fitted is fitted on the training rows alone.
    """
    config, train = _sections(spec)
    targets = _targets(table, config, model)
    if any(target.output not in train.losses for target in targets):
        raise _not_trainable("the train section names no loss", "write loss = binary_crossentropy, mse, ...")
    plans, kept = plan_targets(table, targets, train.losses, model.outputs)
    columns = tuple(plan.column for plan in plans)
    dropped = len(table) - len(kept)
    table = table.take(kept) if dropped else table
    dropped = dropped if table.whole is None else table.whole.dropped
    weights = _weights(table, train, columns)
    truths = {plan.name: plan.truth(table.columns[plan.column]) for plan in plans}
    choices = _choices(table, config, model.inputs, (*columns, train.sample_weight, *config.dealing()))
    dealt = deal(table, plans, truths, config.split, train)
    fitted = _fit(table, choices.columns, dealt.parts["train"], picture_shapes(table, choices.columns, model.inputs))
    preparation = Preparation(fitted, _inputs(table, model.inputs, fitted), plans, config.source, csv_settings(config))
    check_token_inputs(table.source, preparation.inputs, fitted)
    check_embeddings(table.source, model, preparation.inputs, fitted)
    matrix = preparation.matrix(table)
    _check_integers(table, preparation, matrix)
    parts = {name: _part(table, preparation, matrix, truths, weights, at) for name, at in dealt.parts.items()}
    described = {plan.name: describe(table, preparation, plan, dealt, parts, dropped) for plan in plans}
    prepared = Prepared(
        preparation,
        table,
        parts["train"],
        parts["validation"],
        parts["test"],
        described,
        choices.left_out,
        picture_layout(model, preparation),
    )
    return with_pictures(prepared)


def widths(prepared: Prepared, inputs: Sequence[ModelInput]) -> dict[str, int]:
    """How wide each size of the spec is that hangs on the data: `features`, `features(Age, Fare)`."""
    owner = prepared.preparation.feature_columns
    found: dict[str, int] = {}
    for one in inputs:
        if one.features is not None:
            name = f"features({', '.join(one.features)})" if one.features else "features"
            found[name] = sum(not one.features or column in one.features for column in owner)
    return found


def _sections(spec: Spec) -> tuple[DataConfig, TrainConfig]:
    if spec.data is None:
        raise _not_trainable("the spec has no data section", 'write data { source = csv("...") target = ... }')
    if spec.train is None:
        raise _not_trainable("the spec has no train section", "write train { loss = ... epochs = ... }")
    return spec.data, spec.train


def _not_trainable(message: str, how: str) -> UserFault:
    findings = Findings()
    findings.add(codes.NOT_TRAINABLE, message, help=how)
    return UserFault(findings)


def _targets(table: Table, config: DataConfig, model: ModelGraph) -> tuple[Target, ...]:
    """The spec's targets, or else the source's own; in the order of the model's outputs."""
    if config.targets:
        order = [output.name for output in model.outputs]
        return tuple(sorted(config.targets, key=lambda target: order.index(target.output)))
    if table.target is None:
        raise _not_trainable("the data section names no target", f"write target = {list(table.columns)[-1]}")
    if len(model.outputs) > 1:
        names = ", ".join(f"{output.name}: COLUMN" for output in model.outputs)
        raise _not_trainable(
            f"model `{model.name}` has {len(model.outputs)} outputs, and the data section names no target for each",
            f"write target = {{{names}}}",
        )
    return (Target(table.target, model.outputs[0].name),)


def _choices(table: Table, config: DataConfig, inputs: Sequence[ModelInput], taken: tuple[str | None, ...]) -> Chosen:
    findings = Findings()
    chosen = _needed(choose(table, config, [name for name in taken if name], findings), inputs)
    for choice in chosen.columns:
        METHODS[choice.kind].faults(table, table.columns[choice.name], allowed_in_training(choice.args), findings)
    if not chosen.columns and not len(findings):
        findings.add(
            codes.NO_FEATURES,
            f"no column of `{table.source}` is left for the model",
            expected="one column at least beside the target",
            help=f"left out as identifiers or empty: {', '.join(chosen.left_out)}" if chosen.left_out else None,
        )
    if findings.has_errors:
        raise UserFault(findings)
    return chosen


def _needed(chosen: Chosen, inputs: Sequence[ModelInput]) -> Chosen:
    """Without the columns that no input takes: nothing is fitted on them, and predicting doesn't ask for them."""
    if not all(one.features for one in inputs):
        return chosen
    needed = {column for one in inputs for column in one.features or ()}
    unused = {choice.name: "unused" for choice in chosen.columns if choice.name not in needed}
    columns = tuple(choice for choice in chosen.columns if choice.name in needed)
    return Chosen(columns, {**chosen.left_out, **unused})


def _fit(
    table: Table, choices: Sequence[Choice], training: Ints, shapes: Mapping[str, tuple[int, ...]]
) -> tuple[Fitted, ...]:
    """Each column's preparation, fitted on the training rows; `shapes` are those of the columns of pictures."""
    findings = Findings()
    fitted: list[Fitted] = []
    for choice in choices:
        column = table.columns[choice.name].take(training)
        if column.missing.all() and not isinstance(choice.args.get("impute"), (int, float)):
            findings.add(
                codes.EMPTY_COLUMN,
                f"column `{choice.name}` has no value in any of the {len(training):,} training rows",
                data_place=DataPlace(table.source, None, choice.name),
                help="put it on the list of `ignore`",
            )
            continue
        one = METHODS[choice.kind].fit(column, choice.args, choice.guessed)
        one = replace(one, shape=shapes.get(choice.name, ()))
        if len(one.features) > MAX_CATEGORIES:
            findings.add(
                codes.TOO_MANY_CATEGORIES,
                f"column `{choice.name}` has {len(one.features):,} different values",
                data_place=DataPlace(table.source, None, choice.name),
                expected=f"at most {MAX_CATEGORIES:,}",
                help="keep the most frequent ones: category(max_categories=50)",
            )
        fitted.append(one)
    cells = len(table) * sum(one.width for one in fitted)
    if cells > MAX_CELLS and not findings.has_errors:
        findings.add(
            codes.DATA_TOO_LARGE,
            f"prepared, `{table.source}` has {cells:,} values",
            expected=f"at most {MAX_CELLS:,}",
            help="take a sample of the rows, smaller pictures, or fewer categories: category(max_categories=50)",
        )
    if findings.has_errors:
        raise UserFault(findings)
    return tuple(fitted)


def _inputs(table: Table, inputs: Sequence[ModelInput], fitted: Sequence[Fitted]) -> tuple[InputPlan, ...]:
    """What each input of the model takes, with a finding where its size doesn't fit."""
    findings = Findings()
    widths_by_column = {one.name: one.width for one in fitted}
    plans = []
    for one in inputs:
        for column in one.features or ():
            if column not in table.columns:
                unknown(table, column, findings, f"input `{one.name}` names")
            elif column not in widths_by_column:
                near = suggest(column, widths_by_column)
                findings.add(
                    codes.NO_SUCH_COLUMN,
                    f"input `{one.name}` names the column `{column}`, which is no feature",
                    expected="a column that is not target, weight or left out",
                    help=f"did you mean `{near}`?" if near else None,
                )
        columns = one.features or tuple(widths_by_column)
        width = sum(widths_by_column.get(column, 0) for column in dict.fromkeys(columns))
        texts = all(column.length for column in fitted if column.name in columns)
        plans.append(_input(_as_long(one, width) if texts else one, columns, width, len(inputs), findings))
    if findings.has_errors:
        raise UserFault(findings)
    return tuple(plans)


def _as_long(one: ModelInput, width: int) -> ModelInput:
    """The input of texts of any length (`int32[?]`) as one of those that are as long as the column makes them."""
    kind = one.tensor.type
    if kind.shape != (Size("?"),):
        return one
    return replace(one, tensor=replace(one.tensor, type=replace(kind, shape=(width,))))


def _input(one: ModelInput, columns: tuple[str, ...], width: int, inputs: int, findings: Findings) -> InputPlan:
    kind = one.tensor.type
    shape = tuple(
        dim if isinstance(dim, int) else (width if dim.name.startswith("features") else -1) for dim in kind.shape
    )
    if one.features is None and inputs > 1:
        findings.add(
            codes.INPUT_WIDTH,
            f"the model has {inputs} inputs, and input `{one.name}` doesn't say which columns it takes",
            help=f"write input {one.name}: [features(...)] with the columns",
        )
    elif int(np.prod(shape)) != width or -1 in shape:
        findings.add(
            codes.INPUT_WIDTH,
            f"input `{one.name}` takes {kind}, and the prepared table has {width} feature{'s' * (width != 1)}",
            expected=f"[{width}] or [features]",
            found=str(kind),
            help=f"write input {one.name}: [features], which takes its width from the table",
        )
    if kind.dtype not in DTYPES:
        findings.add(
            codes.DATA_NOT_YET,
            f"input `{one.name}` is {kind.dtype}, and columns can't be prepared as that yet",
            expected=", ".join(DTYPES),
        )
    return InputPlan(one.name, columns, shape, kind.dtype)


def _check_integers(table: Table, preparation: Preparation, matrix: npt.NDArray[np.float32]) -> None:
    """An input of whole numbers must not be given scaled ones, which would all be cut to zero."""
    findings = Findings()
    owner = preparation.feature_columns
    for plan in preparation.inputs:
        if not plan.dtype.startswith("int"):
            continue
        for column in plan.columns:
            values = matrix[:, [i for i, of in enumerate(owner) if of == column]]
            if not np.array_equal(values, np.rint(values)):
                findings.add(
                    codes.INPUT_WIDTH,
                    f"input `{plan.name}` takes whole numbers, and column `{column}` is prepared to others",
                    data_place=DataPlace(table.source, None, column),
                    help="write numeric(scale=none) for columns of whole numbers, picture(scale=none) for pictures",
                )
    if findings.has_errors:
        raise UserFault(findings)


def _weights(table: Table, train: TrainConfig, targets: Sequence[str]) -> npt.NDArray[np.float32] | None:
    """The column of sample weights, if there is one."""
    name = train.sample_weight
    if name is None:
        return None
    findings = Findings()
    column = table.columns.get(name)
    if column is None:
        unknown(table, name, findings, "`sample_weight` names")
    elif name in targets:
        findings.add(codes.COLUMN_IN_TWO_ROLES, f"column `{name}` is the target and the weight")
    else:
        weight_faults(table, column, findings)
    if findings.has_errors or column is None:
        raise UserFault(findings)
    return column.numbers.astype(np.float32)


def _part(
    table: Table,
    preparation: Preparation,
    matrix: npt.NDArray[np.float32],
    truths: Mapping[str, Floats],
    weights: npt.NDArray[np.float32] | None,
    at: Ints,
) -> Part:
    mine = matrix[at]
    own = {name: truth[at] for name, truth in truths.items()}
    return Part(
        at,
        table.rows[at],
        mine,
        preparation.input_arrays(mine),
        encoded(preparation.targets, own),
        own,
        None if weights is None else weights[at],
    )
