"""Outputs are written beside their place and then moved into it, so that a failed run leaves the last good one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nnc import codes
from nnc.diagnostics import Findings, UserFault


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A path in the target's folder with the target's ending; what is written there is moved into place at the end.

    Works for a file and for a folder (make it). If the body raises, what it wrote is removed and the target is
    as it was. Raises UserFault where the operating system refuses.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=f".{target.stem}-", dir=target.parent))
    except OSError as error:
        raise _cannot_write(target, error) from error
    try:
        made = workshop / target.name
        yield made
        _move(made, target, workshop)
    except OSError as error:
        raise _cannot_write(target, error) from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _move(made: Path, target: Path, workshop: Path) -> None:
    """Replace the target. A folder can't replace a full one in a single step: the old one steps aside first."""
    if target.is_dir() and not target.is_symlink():
        old = workshop / "replaced"
        target.rename(old)
        try:
            made.rename(target)
        except OSError:
            old.rename(target)
            raise
    else:
        if target.is_file() and made.is_file():
            shutil.copymode(target, made)  # what only its owner may read stays so
        made.replace(target)


def _cannot_write(target: Path, error: OSError) -> UserFault:
    findings = Findings()
    findings.add(
        codes.CANNOT_WRITE,
        f"`{target}` can't be written: {error.strerror or error}",
        help="name another place with -o, or make room or give yourself the right to write there",
    )
    return UserFault(findings)


def write_text(target: Path, text: str) -> None:
    """Put text into a file as UTF-8, all of it or nothing."""
    with beside(target) as made:
        made.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(target: Path, content: bytes) -> None:
    """Put bytes into a file, all of them or nothing."""
    with beside(target) as made:
        made.write_bytes(content)
