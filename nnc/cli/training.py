"""The commands for runs: fetch, train, report, predict."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from nnc.cli.options import PATH, checked_spec, common_options, overrides, read_spec
from nnc.cli.terminal import say
from nnc.pipeline import front


@click.command(short_help="Copies of the tables that a spec names by an address.")
@click.argument("spec", type=PATH)
@click.option("--again", is_flag=True, help="Fetch also what was fetched before.")
@common_options
def fetch(spec: Path, again: bool, assignments: tuple[str, ...], quiet: bool, verbose: bool) -> None:
    """Fetch the tables that SPEC names by an address, as in csv("https://..."), into the folder `fetched` beside it.

    No other command asks the network: they read the copy. What was fetched before is left as it is.
    """
    del verbose
    from nnc.pipeline.fetch import fetch as fetched

    checked = read_spec(spec, assignments)
    found = 0
    for item in fetched(checked, again=again):
        found += 1
        if not quiet:
            done = "fetched" if item.new else "has a copy already (--again fetches anew)"
            say(f"{item.address}: {done}, {item.size:,} bytes, SHA-256 {item.sha256[:12]}..., in {item.path}")
    if not quiet:
        say(f"next: nnc check --data {spec}" if found else f"{spec} names no address, so there is nothing to fetch")


@click.command(short_help="Train a spec's model into a run folder.")
@click.argument("what", metavar="SPEC|RUN", type=PATH)
@click.option("-o", "--output", type=PATH, help="The run folder; runs/NAME if it is not said.")
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
@common_options
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

    settings = front.Settings(overrides(assignments), model)
    resume, log = how["resume"], how["log"]
    spec, run = what, output or Path("runs") / what.stem
    if what.is_dir():
        if not resume or assignments or model or output:
            raise click.UsageError(f"{what} is a folder: nnc train --resume {what} goes on with the training in it.")
        begun = unfinished.broken(what)
        spec, run, settings, log = begun.spec, what, begun.settings, log or begun.log
    checked = checked_spec(spec, settings)
    with Progress(quiet=quiet) as progress:
        verdict = runs.train(
            checked, run, settings, progress, runs.How(resume, log, runs.several(how["folds"], how["seeds"]))
        )
    sys.stdout.write(verdict + "\n")
    if not quiet:
        say(f"wrote {run}; next: nnc report {run}, or nnc predict {run} TABLE")


@click.command(short_help="Write report.html and report.pdf; trains if need be.")
@click.argument("what", metavar="SPEC|RUN|MODEL", type=PATH)
@click.option("-o", "--output", type=PATH, help="The folder; build/NAME if it is not said, for a run the run itself.")
@click.option("--model", metavar="NAME", help="Which model, where the file has several.")
@click.option("--data", type=PATH, metavar="TABLE", help="For a .keras or .h5 file: the CSV to measure it on.")
@click.option("--target", metavar="COLUMN", help="With --data: the column that it predicts.")
@click.option("--held-out", is_flag=True, help="With --data: its training never saw these rows.")
@click.option(
    "--compare", type=PATH, metavar="RUN", multiple=True, help="Another run to set beside it; may be repeated."
)
@click.option("--template", type=PATH, metavar="DIR", help="A folder of your own templates (docs/templates.md).")
@common_options
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
    asked = runs.Asked(rows["template"], rows["compare"])
    if what.suffix in (".keras", ".h5") or data or target or rows["held_out"]:
        if not data or not target or assignments or model or what.suffix not in (".keras", ".h5"):
            raise click.UsageError(
                "a model that was trained elsewhere: nnc report MODEL.keras --data TABLE --target COLUMN"
            )
        from nnc.pipeline import elsewhere

        with Progress(quiet=quiet) as progress:
            given = elsewhere.Rows(data, target, rows["held_out"])
            pages = elsewhere.report_model(what, given, output or Path("build") / what.stem, progress, asked)
    elif what.is_dir():
        with Progress(quiet=quiet) as progress:
            pages = runs.report_run(what, output or what, progress, asked)
    else:
        checked = read_spec(what, assignments, model)
        out = output or Path("build") / what.stem
        with Progress(quiet=quiet) as progress:
            settings = front.Settings(overrides(assignments), model)
            pages = runs.report(checked, out, settings, progress, asked)
    sys.stdout.write(pages.verdict + "\n")
    if not quiet:
        say(f"wrote {pages.html} and {pages.pdf}")


@click.command(short_help="Predictions of a run for a table's raw rows.")
@click.argument("run", type=PATH)
@click.argument("table", type=PATH)
@click.option("-o", "--output", type=PATH, help="A CSV file; standard output if it is not said.")
@common_options
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
