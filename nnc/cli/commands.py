"""The commands, each a few lines: what it takes, which function of the pipeline it calls, what it prints."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from nnc.cli.terminal import report_findings, say
from nnc.diagnostics import Diagnostic, UserFault
from nnc.pipeline import front
from nnc.pipeline.reading import read_source, read_stream
from nnc.render_machine import FORMATS
from nnc.spelling import suggest

F = TypeVar("F", bound=Callable[..., Any])

_SPEC = click.Path(path_type=Path)


class _Ordered(click.Group):
    """Lists the commands in the order of a day's work, and suggests the nearest for a misspelt one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.commands:
            near = suggest(name, self.commands)
            raise click.UsageError(f"there is no command {name!r}." + (f" Did you mean {near!r}?" if near else ""))
        return super().resolve_command(ctx, args)


def _settings(command: F) -> F:
    """The options that every command has."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Say more, and show the traceback of a bug."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing but results and findings."),
        click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Set a param of the spec."),
    ):
        command = option(command)
    return command


def _overrides(assignments: tuple[str, ...]) -> dict[str, str]:
    overrides = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"--set wants NAME=VALUE, found {text!r}.")
        overrides[name.strip()] = value.strip()
    return overrides


def _read(spec: Path, assignments: tuple[str, ...], model: str | None = None) -> front.Checked:
    """Check a spec and print its findings on standard error; a spec with errors ends the command."""
    return _checked(spec, front.Settings(_overrides(assignments), model))


def _checked(spec: Path, settings: front.Settings) -> front.Checked:
    checked = front.check(spec, settings)
    front.require(checked)
    report_findings(checked.findings)
    return checked


@click.group(cls=_Ordered, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nnc", message="nnc %(version)s")
def cli() -> None:
    """Neural networks from a small text language: checked at once, compiled to Keras, reported honestly."""


@cli.command(short_help="A starter spec, from a CSV's columns if one is given.")
@click.argument("name")
@click.argument("table", required=False, type=_SPEC)
@click.option("--target", metavar="COLUMN", help="The column to predict; the last one if it is not said.")
@_settings
def new(
    name: str, table: Path | None, target: str | None, assignments: tuple[str, ...], quiet: bool, verbose: bool
) -> None:
    """Write a starter spec NAME.nn, from the columns of TABLE (a CSV) if one is given."""
    del assignments, verbose
    from nnc.pipeline.new import new as new_spec

    out = Path(name if name.endswith(".nn") else f"{name}.nn")
    if out.exists():
        raise click.UsageError(f"{out} is there already; name another, or remove it.")
    new_spec(out, table, target)
    if not quiet:
        say(f"wrote {out}; next: nnc check {out}, then nnc report {out}")


@cli.command(short_help="Every mistake in specs; nothing is run.")
@click.argument("specs", nargs=-1, required=True, type=_SPEC)
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", help="How findings are written.")
@click.option("--shapes", is_flag=True, help="Show the whole way of every tensor to a fault of shapes.")
@click.option("--fix", is_flag=True, help="Make the changes that are certain, then check again.")
@click.option("--diff", is_flag=True, help="With --fix: change nothing; print what would change.")
@_settings
def check(
    specs: tuple[Path, ...],
    form: str,
    shapes: bool,
    fix: bool,
    diff: bool,
    assignments: tuple[str, ...],
    quiet: bool,
    verbose: bool,
) -> int:
    """Find every mistake in SPECS, shapes included; nothing is run and no TensorFlow is loaded."""
    del verbose
    if diff and not fix:
        raise click.UsageError("--diff goes with --fix; nnc fmt --diff shows what the formatter would change.")
    settings = front.Settings(_overrides(assignments))
    findings: list[Diagnostic] = []
    failed = False
    for path in specs:
        try:
            checked = _fixed(path, settings, diff=diff, quiet=quiet) if fix else front.check(path, settings)
        except UserFault as fault:
            findings.extend(fault.findings)
            failed = True
            continue
        findings.extend(checked.findings)
        failed = failed or checked.spec is None
        if checked.spec is not None and form == "text" and not quiet and not diff:
            say(f"{path}: {front.summary(checked.spec)}")
    if diff:
        return int(failed)
    if form == "text":
        report_findings(findings, sys.stdout, shapes=shapes)
    else:
        sys.stdout.write(FORMATS[form](findings))
    return int(failed)


def _fixed(path: Path, settings: front.Settings, *, diff: bool, quiet: bool) -> front.Checked:
    """Mend a spec, in its file or (`diff`) on paper; what is left to say about it."""
    from nnc.pipeline import fixes

    mended = fixes.mend(path, settings)
    if mended.changed and diff:
        sys.stdout.write(front.difference(path, mended.before, mended.after, "mended"))
    elif mended.changed:
        fixes.write(mended)
    if mended.changed and not quiet:
        count = len(mended.fixes)
        say(f"{path}: {count} change{'s' * (count != 1)}{' to make' if diff else ' made'}")
    return mended.checked


@cli.command(short_help="The layers, shapes and parameters.")
@click.argument("spec", type=_SPEC)
@click.option("--model", metavar="NAME", help="Which model; all of them if it is not said.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or programs.")
@_settings
def show(spec: Path, model: str | None, form: str, assignments: tuple[str, ...], quiet: bool, verbose: bool) -> None:
    """The layers as a tree: shapes, parameters, multiply-adds and memory, for each and in all."""
    del quiet, verbose
    from nnc.cli.show import as_json, print_models
    from nnc.emit.network import describe

    read = front.require(_read(spec, assignments, model))
    chosen = front.choose_model(read, model)
    models = [chosen] if model is not None else list(read.models.values())
    described = [(item, describe(item)) for item in models]
    if form == "json":
        sys.stdout.write(as_json(described))
    else:
        print_models(described)


@cli.command(short_help="Specs in the one canonical format.")
@click.argument("specs", nargs=-1, required=True, type=_SPEC)
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 if a file is not in the format.")
@click.option("--diff", is_flag=True, help="Change nothing; print what would change.")
@_settings
def fmt(
    specs: tuple[Path, ...], only_check: bool, diff: bool, assignments: tuple[str, ...], quiet: bool, verbose: bool
) -> int:
    """Put SPECS into the one canonical format; comments are kept. `-` reads standard input."""
    del assignments, verbose
    changed = 0
    for path in specs:
        from_stdin = str(path) == "-"
        source = read_stream(sys.stdin.buffer, "<stdin>") if from_stdin else read_source(path)
        text = front.formatted(source)
        if from_stdin and not only_check and not diff:
            sys.stdout.write(text)
            continue
        if text == source.text:
            continue
        changed += 1
        if diff:
            sys.stdout.write(front.difference(path, source.text, text, "formatted"))
        elif not only_check:
            from nnc.files import write_text

            write_text(path, text)
        if not quiet and not diff:
            say(f"{path}: {'is not in the format' if only_check else 'formatted'}")
    return int(bool(changed) and (only_check or diff))


@cli.command(name="compile", short_help="The model as Python, Keras file, ONNX, SavedModel or drawing.")
@click.argument("what", metavar="SPEC|RUN", type=_SPEC)
@click.option(
    "-o", "--output", metavar="OUT", help="The file; its ending says what. A folder (serving/): a SavedModel."
)
@click.option("--model", metavar="NAME", help="Which model, where the file has several.")
@click.option("--style", type=click.Choice(["layers", "neurons"]), default="layers", help="Which drawing.")
@click.option(
    "--weights", type=_SPEC, metavar="FILE", help="Weights for a .keras file, as import --weights wrote them."
)
@_settings
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
    settings = front.Settings(_overrides(assignments), model)
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
        checked = _read(what, assignments, model)
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


@cli.command(name="import", short_help="A Keras model as a spec.")
@click.argument("model")
@click.option("-o", "--output", type=_SPEC, help="The spec; standard output if it is not said.")
@click.option("--weights", type=_SPEC, metavar="FILE", help="Also write the weights, for compile --weights FILE.")
@click.option("--trust", multiple=True, metavar="MODULE", help="Import a module that defines custom objects: runs it.")
@click.option(
    "--names",
    type=click.Choice(["given", "all"]),
    default="given",
    help="Which layers' names must stay, come what may.",
)
@_settings
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
    and --trust imports a module: both run Python code, and only because you name it.
    """
    del assignments, verbose
    from nnc.pipeline import bring

    if weights is not None and not weights.name.endswith(".weights.h5"):
        raise click.UsageError(f"--weights wants a file that ends in .weights.h5, found {str(weights)!r}.")
    bring.trust(trust)
    original = bring.call_function(model) if bring.is_function(model) else None
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


@cli.command(short_help="What differs between two specs, models or runs.")
@click.argument("before", metavar="A", type=_SPEC)
@click.argument("after", metavar="B", type=_SPEC)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="In words, or as JSON.")
@_settings
def diff(before: Path, after: Path, form: str, assignments: tuple[str, ...], quiet: bool, verbose: bool) -> int:
    """Say what differs from A to B: each a spec, a model file or a run.

    Exits as diff does: 0 where nothing differs, 1 where something does, 2 where a side can't be read.
    """
    del verbose
    from nnc.pipeline import diff as sides

    settings = front.Settings(_overrides(assignments))
    try:
        found = sides.diff(sides.read_side(before, settings), sides.read_side(after, settings))
    except UserFault as fault:
        report_findings(fault.findings)
        return 2
    sys.stdout.write(sides.as_json(found) if form == "json" else sides.as_text(found))
    if not found and form == "text" and not quiet:
        say("nothing differs")
    return int(bool(found))


@cli.command(short_help="Train a spec's model into a run folder.")
@click.argument("what", metavar="SPEC|RUN", type=_SPEC)
@click.option("-o", "--output", type=_SPEC, help="The run folder; runs/NAME if it is not said.")
@click.option("--model", metavar="NAME", help="Which model, where the file has several.")
@click.option("--resume", is_flag=True, help="Go on with a training that was broken off; RUN alone says which.")
@click.option(
    "--log",
    multiple=True,
    type=click.Choice(["tensorboard", "mlflow"]),
    help="Write epochs there too; may be repeated.",
)
@click.option(
    "--folds", type=click.IntRange(2, 100), help="Train so many times more, each with another part for testing."
)
@click.option("--seeds", type=click.IntRange(2, 100), help="Train so many times more, each with another seed.")
@_settings
def train(
    what: Path,
    output: Path | None,
    model: str | None,
    assignments: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    **how: Any,
) -> None:
    """Train SPEC's model on its data into a run folder: weights, preparation, history, predictions, evidence.

    Ctrl-C once ends the training behind the epoch and evaluates what there is; twice stops at once. Either way, and
    also when it was killed, `nnc train --resume RUN` goes on and ends with the same weights.
    """
    del verbose
    from nnc.cli.progress import Progress
    from nnc.pipeline import runs, unfinished

    settings = front.Settings(_overrides(assignments), model)
    resume, log = how["resume"], how["log"]
    spec, run = what, output or Path("runs") / what.stem
    if what.is_dir():
        if not resume or assignments or model or output:
            raise click.UsageError(f"{what} is a folder: nnc train --resume {what} goes on with the training in it.")
        begun = unfinished.broken(what)
        spec, run, settings, log = begun.spec, what, begun.settings, log or begun.log
    checked = _checked(spec, settings)
    with Progress(quiet=quiet) as progress:
        verdict = runs.train(
            checked, run, settings, progress, runs.How(resume, log, runs.several(how["folds"], how["seeds"]))
        )
    sys.stdout.write(verdict + "\n")
    if not quiet:
        say(f"wrote {run}; next: nnc report {run}, or nnc predict {run} TABLE")


@cli.command(short_help="Write report.html and report.pdf; trains if need be.")
@click.argument("what", metavar="SPEC|RUN|MODEL", type=_SPEC)
@click.option("-o", "--output", type=_SPEC, help="The folder; build/NAME if it is not said, for a run the run itself.")
@click.option("--model", metavar="NAME", help="Which model, where the file has several.")
@click.option("--data", type=_SPEC, metavar="TABLE", help="For a .keras or .h5 file: the CSV to measure it on.")
@click.option("--target", metavar="COLUMN", help="With --data: the column that it predicts.")
@click.option("--held-out", is_flag=True, help="With --data: its training never saw these rows.")
@_settings
def report(
    what: Path,
    output: Path | None,
    model: str | None,
    assignments: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    **rows: Any,
) -> None:
    """Write report.html and report.pdf, training first if there is no run of just this spec and data yet.

    MODEL is a .keras or .h5 file that was trained elsewhere: nnc report MODEL --data TABLE --target COLUMN.
    """
    del verbose
    from nnc.cli.progress import Progress
    from nnc.pipeline import runs

    data, target = rows["data"], rows["target"]
    if what.suffix in (".keras", ".h5") or data or target or rows["held_out"]:
        if not data or not target or assignments or model or what.suffix not in (".keras", ".h5"):
            raise click.UsageError(
                "a model that was trained elsewhere: nnc report MODEL.keras --data TABLE --target COLUMN"
            )
        from nnc.pipeline import elsewhere

        with Progress(quiet=quiet) as progress:
            given = elsewhere.Rows(data, target, rows["held_out"])
            pages = elsewhere.report_model(what, given, output or Path("build") / what.stem, progress)
    elif what.is_dir():
        with Progress(quiet=quiet) as progress:
            pages = runs.report_run(what, output or what, progress)
    else:
        checked = _read(what, assignments, model)
        out = output or Path("build") / what.stem
        with Progress(quiet=quiet) as progress:
            pages = runs.report(checked, out, front.Settings(_overrides(assignments), model), progress)
    sys.stdout.write(pages.verdict + "\n")
    if not quiet:
        say(f"wrote {pages.html} and {pages.pdf}")


@cli.command(short_help="Predictions of a run for a table's raw rows.")
@click.argument("run", type=_SPEC)
@click.argument("table", type=_SPEC)
@click.option("-o", "--output", type=_SPEC, help="A CSV file; standard output if it is not said.")
@_settings
def predict(
    run: Path, table: Path, output: Path | None, assignments: tuple[str, ...], quiet: bool, verbose: bool
) -> None:
    """Raw rows in, predictions out: prepare TABLE (a CSV) as the training rows were, and ask RUN's model."""
    del assignments, verbose
    from nnc.pipeline import runs

    if output is None:
        runs.predict(run, table, sys.stdout)
        return
    rows = runs.predict_to(run, table, output)
    if not quiet:
        say(f"wrote {output}: {rows:,} row{'s' * (rows != 1)}")


@cli.command(short_help="The page of a finding's code (NN0312) or of a layer, loss, function, ...")
@click.argument("topic")
@_settings
def explain(topic: str, assignments: tuple[str, ...], quiet: bool, verbose: bool) -> None:
    """Say what TOPIC means: a finding's code (NN0312) and how to mend it, or anything of Keras by its name (Conv2D)."""
    del assignments, quiet, verbose
    from nnc.cli.pages import print_page
    from nnc.pipeline import topics

    try:
        text = topics.page(topic)
    except topics.NoSuchTopic as error:
        raise click.UsageError(str(error)) from error
    print_page(text)
