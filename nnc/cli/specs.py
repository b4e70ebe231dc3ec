"""The commands for specs as texts: new, check, fmt, explain."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nnc.cli.options import PATH, common_options, overrides
from nnc.cli.terminal import report_findings, say
from nnc.diagnostics import Diagnostic, UserFault
from nnc.pipeline import front
from nnc.pipeline.reading import read_source, read_stream
from nnc.render_machine import FORMATS

if TYPE_CHECKING:
    from nnc.data.look import DataLook


@click.command(short_help="A starter spec, from a CSV's columns if one is given.")
@click.argument("name")
@click.argument("table", required=False, type=PATH)
@click.option("--target", metavar="COLUMN", help="The column to predict; the last one if it is not said.")
@common_options
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


@click.command(short_help="Every mistake in specs; nothing is run.")
@click.argument("specs", nargs=-1, required=True, type=PATH)
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", help="How findings are written.")
@click.option("--shapes", is_flag=True, help="Show the whole way of every tensor to a fault of shapes.")
@click.option("--fix", is_flag=True, help="Make the changes that are certain, then check again.")
@click.option("--diff", is_flag=True, help="With --fix: change nothing; print what would change.")
@click.option(
    "--data", "with_data", is_flag=True, help="Read the table too: what becomes of each column, and what fits."
)
@common_options
def check(
    specs: tuple[Path, ...],
    form: str,
    assignments: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    **flags: bool,
) -> int:
    """Find every mistake in SPECS, shapes included; nothing is run and no TensorFlow is loaded."""
    del verbose
    fix, diff, with_data = flags["fix"], flags["diff"], flags["with_data"]
    if diff and not fix:
        raise click.UsageError("--diff goes with --fix; nnc fmt --diff shows what the formatter would change.")
    if with_data and (diff or form not in ("text", "json")):
        raise click.UsageError("--data goes with --format text or json, and not with --diff.")
    settings = front.Settings(overrides(assignments))
    findings: list[Diagnostic] = []
    looks: list[DataLook] = []
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
        if with_data and checked.spec is not None:
            failed = _looked(checked, settings, findings, looks) or failed
    if diff:
        return int(failed)
    if form == "text":
        _print_looks(looks)
        report_findings(findings, sys.stdout, shapes=flags["shapes"])
    elif with_data:
        from nnc.cli.data_look import looks_as_json

        sys.stdout.write(looks_as_json(findings, looks))
    else:
        sys.stdout.write(FORMATS[form](findings))
    return int(failed)


def _print_looks(looks: list[DataLook]) -> None:
    if looks:
        from nnc.cli.data_look import print_look

        for look in looks:
            print_look(look)


def _looked(
    checked: front.Checked, settings: front.Settings, findings: list[Diagnostic], looks: list[DataLook]
) -> bool:
    """Look at the spec's table, and put what was seen on the lists; tell whether the data is at fault."""
    from nnc.pipeline.data_look import look_at

    looked = look_at(checked, settings)
    findings.extend(looked.findings)
    if looked.look is not None:
        looks.append(looked.look)
    return looked.findings.has_errors


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


@click.command(short_help="Specs in the one canonical format.")
@click.argument("specs", nargs=-1, required=True, type=PATH)
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 if a file is not in the format.")
@click.option("--diff", is_flag=True, help="Change nothing; print what would change.")
@common_options
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


@click.command(short_help="The page of a finding's code (NN0312) or of a layer, loss, function, ...")
@click.argument("topic")
@common_options
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
