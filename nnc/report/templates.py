"""Where the page's templates come from: nnc's own folder, and before it one of the user's (`nnc report --template`).

They run in Jinja's sandbox with escaping on: a template shows what it is given, and reaches nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from nnc import assets, codes
from nnc.diagnostics import DataPlace, Findings, UserFault
from nnc.spelling import suggest

_ENDINGS = (".html", ".css", ".js")


@cache
def environment(own: Path | None = None) -> ImmutableSandboxedEnvironment:
    """The templates, those in the folder `own` first. Raises UserFault where that is none, or overrides nothing."""
    loaders: list[BaseLoader] = [FileSystemLoader(assets.folder("templates"))]
    if own is not None:
        _check(own)
        loaders.insert(0, FileSystemLoader(own))
    return ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def check_templates(own: Path) -> None:
    """Raise UserFault where a template of the folder can't be read: before anything is trained for its sake."""
    with faults_told(own):
        templates = environment(own)
        for name in names(own):
            templates.get_template(name)


def names(folder: Path) -> list[str]:
    """The templates in a folder, as they call each other: `sections/verdict.html`."""
    found = (path for path in folder.rglob("*") if path.suffix in _ENDINGS and path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _check(own: Path) -> None:
    """A file that has no template's name would silently change nothing."""
    findings = Findings()
    known = names(assets.folder("templates"))
    found = names(own) if own.is_dir() else []
    if not found:
        findings.add(
            codes.BAD_TEMPLATE,
            f"`{own}` has no templates" if own.is_dir() else f"there is no folder `{own}`",
            expected="a folder with files such as sections/verdict.html",
            help="docs/templates.md lists the names",
        )
    shared = {name for name in found if name in known}
    for name in found if not shared else ():
        near = suggest(name, known)
        findings.add(
            codes.BAD_TEMPLATE,
            f"`{name}` in `{own}` stands in the place of no template",
            expected=", ".join(known[:6]) + ", ...",
            help=f"did you mean `{near}`?"
            if near
            else "a file that the others include is right beside one that overrides",
        )
    if findings.has_errors:
        raise UserFault(findings)


@contextmanager
def faults_told(own: Path | None) -> Iterator[None]:
    """What is wrong with the user's own templates, as a finding. A fault of nnc's own stays what it is: a bug."""
    try:
        yield
    except TemplateError as error:
        if own is None:
            raise
        raise _fault(own, error) from error


def _fault(own: Path, error: Exception) -> UserFault:
    where, line = _place(own, error)
    findings = Findings()
    findings.add(
        codes.BAD_TEMPLATE,
        f"the template `{where}` is at fault" + (f" in line {line}" if line else "") + f": {error}",
        data_place=DataPlace(where, line),
        help="docs/templates.md says what a template is given",
    )
    return UserFault(findings)


def _place(own: Path, error: Exception) -> tuple[str, int | None]:
    """The file and line of a fault: the error's own, or else the last line of a template that was being run."""
    if isinstance(error, TemplateSyntaxError):
        return error.filename or error.name or str(own), error.lineno
    found: tuple[str, int | None] = (str(own), None)
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.endswith(_ENDINGS):
            found = (name, trace.tb_lineno)
        trace = trace.tb_next
    return found
