"""From the tree of a spec to a checked graph: names, constants, layers, shapes, training, data and report.

`check` collects every finding and never raises for a user's mistake. One mistake gives one finding: what hangs on
it is silent. Work and memory are bounded by `nnc.limits`, whatever is in the spec.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from nnc import codes, graph
from nnc.check.allow import silence
from nnc.check.blocks import try_out
from nnc.check.data import check_data
from nnc.check.dispatch import EVALUATORS, RUNNERS
from nnc.check.faults import Halt
from nnc.check.files import Loader, Unit
from nnc.check.frame import Context, Frame
from nnc.check.functions import check_fns
from nnc.check.lints import lint
from nnc.check.model import check_model
from nnc.check.params import parse_override
from nnc.check.report import check_report
from nnc.check.sections import Section
from nnc.check.train import check_train
from nnc.check.trained import trained_model
from nnc.check.values import all_settled
from nnc.check.written import written
from nnc.collector import collector_at_rest
from nnc.diagnostics import Diagnostic, Findings
from nnc.source import Source, Span
from nnc.syntax import tree

__all__ = ["check", "parse_override"]


def check(
    file: tree.File,
    *,
    overrides: Mapping[str, object] | None = None,
    widths: Mapping[str, int] | None = None,
    read: Callable[[str], Source] | None = None,
    syntax: Iterable[Diagnostic] = (),
    model: str | None = None,
) -> tuple[graph.Spec | None, Findings]:
    """The checked spec (None where there are errors) and everything that was found.

    `overrides` are the values of `--set` by name, texts as on the command line or values. `widths` gives the sizes
    of `[features]` by the name of the Size (`features`, `features(Age, Fare)`) where the table is prepared. `read`
    opens the files of `use` by their path from the main file's folder; it may raise UserFault or OSError. `model` is
    the one that `--model` asks for: the sections are held against it if they can be for it.
    `syntax` are the findings of the parser: where it found errors, nobody can tell what is unused or unlikely.
    """
    context = Context(EVALUATORS, RUNNERS, widths or {}, whole=all(item.severity != "error" for item in syntax))
    spec: graph.Spec | None = None
    try:
        with collector_at_rest():
            loader = Loader(context, read)
            unit = loader.load(file, "", dict(overrides or {}))
            spec = _check_unit(unit, loader, model if model in unit.models else None)
            spec = replace(spec, origin=written(unit, loader.units))
    except Halt:
        pass  # a bound was reached; its finding is among the others already
    findings = context.faults.findings
    if not findings.has_errors:
        findings = silence(findings, file)
    return (None if findings.has_errors else spec), findings


def _check_unit(unit: Unit, loader: Loader, chosen: str | None) -> graph.Spec:
    context = loader.context
    check_fns(loader.fns, context)
    models: dict[str, graph.ModelGraph] = {}
    for name, node in unit.models.items():
        model = check_model(node, context, unit.scope)
        if model is not None:
            models[name] = model
    frame = Frame(context, unit.scope)
    for definition in unit.blocks.values():
        if definition.node.name.span not in context.entered:
            try_out(definition, frame)
    trained = trained_model(unit.models, unit.sections, chosen) if unit.sections else None
    outputs = _outputs(unit.models[trained], models.get(trained), context) if trained in unit.models else None
    data, train, report, section = _sections(unit, outputs, frame)
    spec = graph.Spec(
        unit.file.source.name,
        all_settled(unit.values),
        {name: context.fns[name] for name in context.fns},
        models,
        data,
        train,
        report,
        trained=trained,
    )
    if context.whole and not context.faults.findings.has_errors:
        with suppress(Halt):  # so many warnings that the rest are not looked for; the spec is right for all that
            lint(spec, section, unit, context)
    if chosen is not None and trained not in (chosen, None):
        return replace(spec, data=None, train=None, report=None, chosen=chosen)
    return replace(spec, chosen=chosen)


def _outputs(node: tree.Model, model: graph.ModelGraph | None, context: Context) -> tuple[str, ...] | None:
    """The names of a model's outputs, as far as they can be told of one that has mistakes."""
    if model is not None:
        return tuple(output.name for output in model.outputs)
    if context.has_gap(node) or any(isinstance(statement, (tree.For, tree.If)) for statement in node.body):
        return None
    return tuple(statement.name.id for statement in node.body if isinstance(statement, tree.Output)) or None


def _sections(
    unit: Unit, outputs: tuple[str, ...] | None, frame: Frame
) -> tuple[graph.DataConfig | None, graph.TrainConfig | None, graph.ReportConfig | None, Section | None]:
    """The sections for a model of these `outputs`; None where there is none or it has mistakes of its own."""
    data, train, report = (unit.sections.get(kind) for kind in ("data", "train", "report"))
    if train is not None and not unit.models and not frame.context.unread:
        hint = "add: model Name { ... }"
        frame.faults.add(codes.NOTHING_TO_TRAIN, "there is no model to train", _heading(train), help=hint)
    checked_data = None if data is None else check_data(data, outputs, frame)
    checked_train, section = (None, None) if train is None else check_train(train, outputs, frame)
    checked_report = None if report is None else check_report(report, frame)
    if train is not None and data is None and frame.context.features:
        name, span = next(iter(frame.context.features.items()))
        message = f"the width `{name}` comes from the table, and the spec has no `data`"
        hint = 'add: data { source = csv("rows.csv") ... }'
        frame.faults.add(codes.NO_DATA, message, span, help=hint)
    return checked_data, checked_train, checked_report, section


def _heading(node: tree.Section) -> Span:
    return Span(node.span.source, node.span.start, node.span.start + len(node.kind))
