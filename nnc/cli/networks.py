"""The commands for networks in other forms: show, compile, import, diff."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

import click

from nnc.cli.options import PATH, common_options, overrides, read_spec
from nnc.cli.terminal import report_findings, say
from nnc.diagnostics import UserFault
from nnc.pipeline import front
from nnc.spelling import suggest


@click.command(short_help="The layers, shapes and parameters.")
@click.argument("spec", type=PATH)
@click.option("--model", metavar="NAME", help="Which model; all of them if it is not said.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or programs.")
@common_options
def show(spec: Path, model: str | None, form: str, assignments: tuple[str, ...], quiet: bool, verbose: bool) -> None:
    """The layers as a tree: shapes, parameters, multiply-adds and memory, for each and in all."""
    del quiet, verbose
    from nnc.cli.show import as_json, print_models
    from nnc.emit.network import describe

    read = front.require(read_spec(spec, assignments, model))
    chosen = front.choose_model(read, model)
    models = [chosen] if model is not None else list(read.models.values())
    described = [(item, describe(item)) for item in models]
    if form == "json":
        sys.stdout.write(as_json(described))
    else:
        print_models(described)


@click.command(name="compile", short_help="The model as Python, Keras file, ONNX, SavedModel or drawing.")
@click.argument("what", metavar="SPEC|RUN", type=PATH)
@click.option(
    "-o", "--output", metavar="OUT", help="The file; its ending says what. A folder (serving/): a SavedModel."
)
@click.option("--model", metavar="NAME", help="Which model, where the file has several.")
@click.option("--style", type=click.Choice(["layers", "neurons"]), default="layers", help="Which drawing.")
@click.option("--weights", type=PATH, metavar="FILE", help="Weights for a .keras file, as import --weights wrote them.")
@common_options
def compile_(
    what: Path,
    output: str | None,
    weights: Path | None,
    model: str | None,
    style: Literal["layers", "neurons"],
    assignments: tuple[str, ...],
    quiet: bool,
    verbose: bool,
) -> None:
    """The model as Python (standard output without -o), or as what OUT's ending says: .py .keras .json .onnx, a folder
    for TensorFlow Serving, or a drawing: .svg .png .pdf .dot .mmd .md. Of a RUN it is the trained model.
    """
    del verbose
    from nnc.pipeline import compile as outputs

    kind = None if output is None else _kind(output, style, outputs)
    settings = front.Settings(overrides(assignments), model)
    if weights is not None and (what.is_dir() or output is None or kind != ".keras"):
        raise click.UsageError(
            "--weights goes into a spec's .keras file: nnc compile SPEC -o model.keras --weights FILE"
        )
    if what.is_dir():
        if output is None or kind not in outputs.RUN_OUTPUTS:
            known = " ".join(outputs.RUN_OUTPUTS)
            raise click.UsageError(f"a run's model is written with -o as one of: {known} (a folder)")
        outputs.compile_run(what, Path(output), kind)
    else:
        checked = read_spec(what, assignments, model)
        chosen = front.choose_model(front.require(checked), model)
        if output is None or kind is None:
            sys.stdout.write(outputs.python_text(checked, chosen))
            return
        if weights is not None:
            from nnc.pipeline.bring import compile_with_weights

            compile_with_weights(checked, settings, Path(output), weights)
        else:
            outputs.compile_to(checked, settings, Path(output), outputs.Drawing(style), kind)
    if not quiet:
        say(f"wrote {output}")


def _kind(output: str, style: str, outputs: Any) -> str:
    """The kind of output that a path asks for; a usage error where there is none, or none in this style."""
    kind: str = outputs.kind_of(output)
    row = outputs.OUTPUTS.get(kind)
    if row is None:
        near = suggest(kind, outputs.OUTPUTS) if kind else None
        hint = f" Did you mean {near!r}?" if near else ""
        known = " ".join(outputs.OUTPUTS)
        raise click.UsageError(f"{output} says by its ending what to write, and that is none of: {known}.{hint}")
    if style != "layers" and style not in row.styles:
        drawn = " ".join(ending for ending, other in outputs.OUTPUTS.items() if style in other.styles)
        raise click.UsageError(f"--style {style} is a drawing, and {output} is none; such drawings are: {drawn}")
    return kind


@click.command(name="import", short_help="A Keras model as a spec.")
@click.argument("model")
@click.option("-o", "--output", type=PATH, help="The spec; standard output if it is not said.")
@click.option("--weights", type=PATH, metavar="FILE", help="Also write the weights, for compile --weights FILE.")
@click.option("--trust", multiple=True, metavar="MODULE", help="Import a module that defines custom objects: runs it.")
@click.option(
    "--names",
    type=click.Choice(["given", "all"]),
    default="given",
    help="Which layers' names must stay, come what may.",
)
@common_options
def import_(
    model: str,
    output: Path | None,
    weights: Path | None,
    trust: tuple[str, ...],
    names: str,
    assignments: tuple[str, ...],
    quiet: bool,
    verbose: bool,
) -> int:
    """Write the spec of MODEL: a .keras, .h5 or .json file, a SavedModel folder, or package.module:function.

    A file is read as data; nothing in it is run. `package.module:function` imports that module and calls the function,
    and --trust imports a module: both run Python code, and only because you name it. --set NAME=VALUE gives the
    function an argument, as in: nnc import keras.applications:VGG16 --set weights=none
    """
    del verbose
    from nnc.pipeline import bring

    if weights is not None and not weights.name.endswith(".weights.h5"):
        raise click.UsageError(f"--weights wants a file that ends in .weights.h5, found {str(weights)!r}.")
    arguments = overrides(assignments)
    if arguments and not bring.is_function(model):
        raise click.UsageError(f"--set gives arguments to a function, and {model!r} names none.")
    bring.trust(trust)
    original = bring.call_function(model, arguments) if bring.is_function(model) else None
    brought = bring.bring(model, names=names, keras_model=original)
    report_findings(brought.findings)
    if output is None:
        sys.stdout.write(brought.text)
    else:
        from nnc.files import write_text

        write_text(output, brought.text)
        if not quiet:
            say(f"wrote {output}; next: nnc check {output}, nnc show {output}")
    if weights is not None:
        bring.save_weights(brought, bring.load_keras_model(model) if original is None else original, weights)
        if not quiet:
            say(f"wrote {weights}; next: nnc compile {output or 'SPEC'} -o model.keras --weights {weights}")
    return int(any(finding.severity == "error" for finding in brought.findings))


@click.command(short_help="What differs between two specs, models or runs.")
@click.argument("before", metavar="A", type=PATH)
@click.argument("after", metavar="B", type=PATH)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="In words, or as JSON.")
@common_options
def diff(before: Path, after: Path, form: str, assignments: tuple[str, ...], quiet: bool, verbose: bool) -> int:
    """Say what differs from A to B: each a spec, a model file or a run.

    Exits as diff does: 0 where nothing differs, 1 where something does, 2 where a side can't be read.
    """
    del verbose
    from nnc.pipeline import diff as sides

    settings = front.Settings(overrides(assignments))
    try:
        found = sides.diff(sides.read_side(before, settings), sides.read_side(after, settings))
    except UserFault as fault:
        report_findings(fault.findings)
        return 2
    sys.stdout.write(sides.as_json(found) if form == "json" else sides.as_text(found))
    if not found and form == "text" and not quiet:
        say("nothing differs")
    return int(bool(found))
