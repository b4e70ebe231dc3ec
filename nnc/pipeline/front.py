"""Text → tree → checked graph; and text → canonical text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from nnc import codes
from nnc.check import check as check_file
from nnc.diagnostics import Findings, UserFault
from nnc.lean import dataclass
from nnc.pipeline.reading import read_source, reader_beside
from nnc.source import Source
from nnc.spelling import suggest
from nnc.syntax import parse

if TYPE_CHECKING:
    from nnc.graph import ModelGraph, Spec
    from nnc.syntax.tree import File


@dataclass(frozen=True)
class Settings:
    """What the command line says about a spec: `--set` by name, as text, and `--model`."""

    overrides: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None


@dataclass(frozen=True)
class Checked:
    """A spec that was read and checked. `spec` is None where there are errors among the findings.

    `used` are the other files that it reads by `use`.
    """

    path: Path
    source: Source
    file: File | None
    spec: Spec | None
    findings: Findings
    used: tuple[Source, ...] = ()


# ---- text → checked graph ------------------------------------------------------------------------


def check(path: Path, settings: Settings | None = None, *, widths: Mapping[str, int] | None = None) -> Checked:
    """Read, parse and check a spec. Raises UserFault only where the file itself can't be read."""
    return check_source(path, read_source(path), settings or Settings(), widths=widths or {})


def check_source(path: Path, source: Source, settings: Settings, *, widths: Mapping[str, int]) -> Checked:
    """Parse and check text that is at hand; `path` is where the files that it uses are looked for."""
    file, findings = parse(source)
    spec = None
    used: dict[str, Source] = {}

    if file is not None:
        spec, found = check_file(
            file,
            overrides=settings.overrides,
            widths=widths,
            read=reader_beside(path, used),
            syntax=findings,
            model=settings.model,
        )
        findings = Findings([*findings, *found])
    return Checked(path, source, file, None if findings.has_errors else spec, findings, tuple(used.values()))


def require(checked: Checked) -> Spec:
    """The checked spec. Raises UserFault with all findings where there are errors among them."""
    if checked.spec is None:
        raise UserFault(checked.findings)
    return checked.spec


def choose_model(spec: Spec, name: str | None) -> ModelGraph:
    """The model of that name, or else the one that the sections are for, or the first. Raises UserFault where there is

    none.
    """
    findings = Findings()
    if not spec.models:
        findings.add(codes.NO_MODEL, f"`{spec.file}` has no model", help="write one: model Name { ... }")
        raise UserFault(findings)
    if name is None:
        return spec.model
    if name not in spec.models:
        near = suggest(name, spec.models)
        findings.add(
            codes.NO_MODEL,
            f"`{spec.file}` has no model `{name}`",
            expected=", ".join(spec.models),
            help=f"did you mean `{near}`?" if near else None,
        )
        raise UserFault(findings)
    return spec.models[name]


# ---- text → canonical text -----------------------------------------------------------------------


def formatted(source: Source) -> str:
    """The text in the canonical format. Raises UserFault where it can't be parsed."""
    from nnc.pipeline.aliases import canonical
    from nnc.syntax import format_file

    file, findings = parse(source)
    if file is None or findings.has_errors:
        raise UserFault(findings)
    return format_file(canonical(file))


def difference(path: Path, before: str, after: str, word: str) -> str:
    """What the formatter or `--fix` would change, as a unified diff; `word` says which of them."""
    from difflib import unified_diff

    lines = unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), str(path), f"{path} ({word})"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def summary(spec: Spec) -> str:
    """A right spec in one line: its models and their parameters."""
    words = []
    for name, model in spec.models.items():
        if model.trainable is None or model.non_trainable is None:
            words.append(f"model {name}, parameters hang on the data")
        else:
            total = model.trainable + model.non_trainable
            words.append(f"model {name}, {total:,} parameter{'s' * (total != 1)}")
    return "; ".join(words) or "no model"
