"""The commands by their names; the module of one is loaded when that one is run, since each loads what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

from nnc.spelling import suggest

# In the order of a day's work: the module, and the function in it.
_COMMANDS: Mapping[str, tuple[str, str]] = {
    "new": ("nnc.cli.specs", "new"),
    "check": ("nnc.cli.specs", "check"),
    "show": ("nnc.cli.networks", "show"),
    "fmt": ("nnc.cli.specs", "fmt"),
    "compile": ("nnc.cli.networks", "compile_"),
    "import": ("nnc.cli.networks", "import_"),
    "diff": ("nnc.cli.networks", "diff"),
    "fetch": ("nnc.cli.training", "fetch"),
    "train": ("nnc.cli.training", "train"),
    "report": ("nnc.cli.training", "report"),
    "predict": ("nnc.cli.training", "predict"),
    "explain": ("nnc.cli.specs", "explain"),
}


class _Commands(click.Group):
    """The commands, loaded one by one, with the nearest suggested for a misspelt one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, function = _COMMANDS[cmd_name]
        command = getattr(import_module(module), function)
        assert isinstance(command, click.Command)  # noqa: S101 - the table is ours
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in _COMMANDS:
            near = suggest(name, _COMMANDS)
            raise click.UsageError(f"there is no command {name!r}." + (f" Did you mean {near!r}?" if near else ""))
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nnc", message="nnc %(version)s")
def cli() -> None:
    """Neural networks from a small text language: checked at once, compiled to Keras, reported honestly."""
