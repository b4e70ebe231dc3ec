"""A model file and a table → a report, for a model that somebody trained elsewhere.

Nothing is known of its training, so nothing is prepared or fitted: the table's values go in as they stand.
"""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnc import codes
from nnc.catalog import Size
from nnc.diagnostics import Findings, UserFault
from nnc.graph import (
    DataConfig,
    FeatureGroup,
    ModelGraph,
    ModelInput,
    Object,
    ReportConfig,
    Spec,
    Split,
    Target,
    TrainConfig,
    Value,
)
from nnc.lean import dataclass
from nnc.pipeline.bring import Brought, bring, copy_weights, load_keras_model, read_again
from nnc.pipeline.quiet import load_tensorflow
from nnc.pipeline.runs import Asked, Pages, Progress, explain_rows, gather, prepare_pages, render_pages

if TYPE_CHECKING:
    from nnc.data import Prepared, Table
    from nnc.evidence import Evidence, Warn
    from nnc.run import Evaluated, EvaluatedHead

# Warnings about a split and a training that are not ours.
_NOT_OURS = ("no_test_rows", "overfit")


@dataclass(frozen=True)
class Rows:
    """The rows to measure on: a CSV, the column to predict, and whether training never saw them."""

    table: Path
    target: str
    held_out: bool = False


def report_model(model: Path, rows: Rows, out: Path, progress: Progress, asked: Asked | None = None) -> Pages:
    """Write the report of a model file on a table into the folder `out`. Raises UserFault, RunFault."""
    beside = prepare_pages(asked or Asked())
    progress.phase("preparing")
    brought = bring(str(model))
    if any(finding.severity == "error" for finding in brought.findings):
        raise UserFault(brought.findings)
    spec = read_again(brought)
    graph = _one_of_each(spec.model, model)
    data = DataConfig("csv", {"path": str(rows.table.absolute())}, (Target(rows.target, graph.outputs[0].name),))
    table = _table(data, rows)
    graph, data = _with_columns(graph, data, table, model, rows)
    loss = _loss(graph)
    train = TrainConfig({graph.outputs[0].name: loss}, Object("optimizers", "RMSprop", {}), {})
    report = ReportConfig(title=f"{model.name} on {rows.table.name}", baselines=("majority",))
    spec = replace(spec, data=data, train=train, report=report, models={graph.name: graph})
    load_tensorflow()
    from nnc.data import prepare

    prepared = prepare(table, spec, graph)
    network = copy_weights(brought, load_keras_model(str(model)))
    evidence = _evidence(spec, graph, prepared, network, (brought, model, rows), progress)
    return render_pages(evidence, out, progress, asked, beside)


def _one_of_each(graph: ModelGraph, model: Path) -> ModelGraph:
    """The model, if it takes numbers by columns and gives one output. Raises UserFault."""
    findings = Findings()
    if len(graph.outputs) != 1:
        message = f"`{model}` has {len(graph.outputs)} outputs, and a report speaks of one"
        findings.add(codes.RUN_NOT_YET, message, expected="a model with one output")
    for one in graph.inputs:
        if any(isinstance(dim, Size) for dim in one.tensor.type.shape):
            message = f"input `{one.name}` of `{model}` has no fixed size, so no columns belong to it"
            findings.add(codes.RUN_NOT_YET, message, expected="a fixed shape", found=str(one.tensor.type))
    if findings.has_errors:
        raise UserFault(findings)
    return graph


def _table(data: DataConfig, rows: Rows) -> Table:
    from nnc.data import load

    table = load(data, Path())
    if rows.target not in table.columns:
        from nnc.spelling import suggest

        findings = Findings()
        near = suggest(rows.target, table.columns)
        findings.add(
            codes.NO_SUCH_COLUMN,
            f"`{rows.table}` has no column `{rows.target}`, which --target names",
            expected=", ".join(list(table.columns)[:20]),
            help=f"did you mean `{near}`?" if near else None,
        )
        raise UserFault(findings)
    return table


def _with_columns(
    graph: ModelGraph, data: DataConfig, table: Table, model: Path, rows: Rows
) -> tuple[ModelGraph, DataConfig]:
    """Which columns each input takes: those of its name where every input has one, else all in the table's order."""
    columns = [name for name in table.columns if name != rows.target]
    widths = {one.name: _width(one) for one in graph.inputs}
    by_name = all(name in columns and width == 1 for name, width in widths.items())
    if by_name:
        columns = [name for name in columns if name in widths]
    elif sum(widths.values()) != len(columns):
        findings = Findings()
        wanted = sum(widths.values())
        findings.add(
            codes.INPUT_WIDTH,
            f"`{model}` takes {wanted} number{'s' * (wanted != 1)} a row, and `{rows.table}` has {len(columns)} column"
            f"{'s' * (len(columns) != 1)} beside `{rows.target}`",
            expected=", ".join(f"{name}: {width}" for name, width in widths.items()),
            found=", ".join(columns[:20]) or "no column",
            help="leave in the table the columns that the model was trained on, in their order then, prepared as then",
        )
        raise UserFault(findings)
    inputs, at = [], 0
    for one in graph.inputs:
        taken = (one.name,) if by_name else tuple(columns[at : at + widths[one.name]])
        at += widths[one.name]
        inputs.append(replace(one, features=taken))
    as_it_is = FeatureGroup(tuple(columns), "numeric", {"impute": None, "scale": None})
    ignored = tuple(name for name in table.columns if name != rows.target and name not in columns)
    split = Split(validation=0.0, test=0.0)
    return replace(graph, inputs=tuple(inputs)), replace(data, features=(as_it_is,), ignore=ignored, split=split)


def _width(one: ModelInput) -> int:
    width = 1
    for dim in one.tensor.type.shape:
        width *= dim if isinstance(dim, int) else 1
    return width


def _loss(graph: ModelGraph) -> Value:
    """What the output says of the task: a sigmoid of one unit, a softmax or several units, or a number."""
    output = graph.outputs[0].tensor
    made = next((call for call in graph.calls if any(t.id == output.id for t in call.outputs)), None)
    layer = graph.layers.get(made.layer) if made is not None and made.layer is not None else None
    activation = "" if layer is None else str(layer.args.get("activation", layer.kind)).lower()
    shape = output.type.shape
    if activation == "softmax" or (shape and shape[-1] != 1):
        return Object(
            "losses", "SparseCategoricalCrossentropy", {} if activation == "softmax" else {"from_logits": True}
        )
    return Object("losses", "BinaryCrossentropy" if activation == "sigmoid" else "MeanSquaredError", {})


def _evidence(
    spec: Spec,
    graph: ModelGraph,
    prepared: Prepared,
    network: Any,
    origin: tuple[Brought, Path, Rows],
    progress: Progress,
) -> Evidence:
    from nnc import run as runs
    from nnc.emit.keras_model import compile_model

    brought, model, rows = origin
    compile_model(network, spec, graph)
    progress.phase("evaluating")
    evaluated = runs.evaluate(runs.Trained(network, spec, graph, prepared, None, 0.0))
    progress.phase("explaining")
    explained = [explain_rows(head, evaluated.trained) for head in evaluated.heads]
    words = ["nnc", "report", str(model), "--data", str(rows.table), "--target", rows.target]
    command = shlex.join([*words, *(["--held-out"] if rows.held_out else [])])
    reproduce = runs.reproduce(evaluated.trained, command=command, spec_text=brought.text, folder=model.parent)
    reproduce = replace(reproduce, spec_name=f"{model.stem}.nn")
    return gather(spec, graph, _told(evaluated, rows), explained, reproduce)


def _told(evaluated: Evaluated, rows: Rows) -> Evaluated:
    """The evaluation with the rows called what they are: our own training rows are rows of a stranger's table."""
    return replace(evaluated, heads=tuple(_head_told(head, rows) for head in evaluated.heads))


def _head_told(head: EvaluatedHead, rows: Rows) -> EvaluatedHead:
    part = "test" if rows.held_out else "given"
    prepared = head.trained.prepared
    data = prepared.evidence
    counts = {part: data.class_counts["train"]} if "train" in data.class_counts else {}
    data = replace(
        data, source=str(rows.table), split_rows={part: data.split_rows["train"]}, class_counts=counts, stratified=False
    )
    warnings: tuple[Warn, ...] = tuple(warn for warn in head.warnings if warn.key not in _NOT_OURS)
    if not rows.held_out:
        from nnc.evidence import Warn

        warnings = (Warn("rows_may_be_known", {"rows": data.split_rows[part]}), *warnings)
    return replace(
        head,
        trained=replace(head.trained, prepared=replace(prepared, described={head.name: data})),
        evaluation=replace(head.evaluation, part=part),
        warnings=warnings,
    )
