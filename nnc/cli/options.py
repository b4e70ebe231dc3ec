"""What the commands share: their common options, and the reading of a spec."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from nnc.cli.terminal import report_findings
from nnc.pipeline import front

F = TypeVar("F", bound=Callable[..., Any])

PATH = click.Path(path_type=Path)


def common_options(command: F) -> F:
    """The options that every command has."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Say more, and show the traceback of a bug."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing but results and findings."),
        click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Set a param of the spec."),
    ):
        command = option(command)
    return command


def overrides(assignments: tuple[str, ...]) -> dict[str, str]:
    """The params that `--set` gives, by name."""
    found = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"--set wants NAME=VALUE, found {text!r}.")
        found[name.strip()] = value.strip()
    return found


def read_spec(spec: Path, assignments: tuple[str, ...], model: str | None = None) -> front.Checked:
    """Check a spec and print its findings on standard error; a spec with errors ends the command."""
    return checked_spec(spec, front.Settings(overrides(assignments), model))


def checked_spec(spec: Path, settings: front.Settings) -> front.Checked:
    """The same, with all settings."""
    checked = front.check(spec, settings)
    front.require(checked)
    report_findings(checked.findings)
    return checked
