"""How the text of a spec is read: a bounded part of a plain file, and for `use` only below the spec's own folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from nnc import codes, limits
from nnc.diagnostics import Findings, UserFault
from nnc.source import Source
from nnc.spelling import suggest

# What a shell hands over in place of a file: `nnc check /dev/stdin`, `nnc check <(...)`.
_HANDED_OVER = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")


def read_source(path: Path, shown: str | None = None) -> Source:
    """The text of a spec. Raises UserFault where it can't be read, is too large or is not UTF-8."""
    name = shown or str(path)
    try:
        with _opened(path) as stream:
            return read_stream(stream, name)
    except OSError as error:
        near = suggest(path.name, (p.name for p in path.parent.glob("*.nn"))) if path.parent.is_dir() else None
        findings = Findings()
        findings.add(
            codes.NO_SUCH_FILE,
            f"`{name}` can't be read: {error.strerror or error}",
            help=f"did you mean `{path.with_name(near)}`?" if near else None,
        )
        raise UserFault(findings) from error


def _opened(path: Path) -> BinaryIO:
    """A plain file, opened. A pipe that nobody writes to would be waited for, and a device has no end."""
    wait = str(path).startswith(_HANDED_OVER)
    number = os.open(path, os.O_RDONLY | (0 if wait else os.O_NONBLOCK))
    kind = os.fstat(number).st_mode
    if not wait and not stat.S_ISREG(kind):
        os.close(number)
        raise OSError(f"it is a {'folder' if stat.S_ISDIR(kind) else 'device or pipe'} and no file")
    return os.fdopen(number, "rb")


def read_stream(stream: BinaryIO, name: str) -> Source:
    """The text of a spec from an open file. Raises UserFault where it is too large or not UTF-8."""
    findings = Findings()
    content = stream.read(limits.MAX_SPEC_BYTES + 1)
    if len(content) > limits.MAX_SPEC_BYTES:
        findings.add(
            codes.TOO_LARGE,
            f"`{name}` is larger than a spec may be",
            expected=f"at most {limits.MAX_SPEC_BYTES:,} bytes",
            help="is this a spec at all? Data belongs into a file that the spec names",
        )
        raise UserFault(findings)
    try:
        return Source(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        findings.add(
            codes.NOT_UTF8,
            f"`{name}` is not UTF-8: byte {content[error.start]:#04x} in line {line} is no character",
            help="save the file as UTF-8",
        )
        raise UserFault(findings) from error


def reader_beside(path: Path, used: dict[str, Source]) -> Callable[[str], Source]:
    """How `use` opens a file: by a path relative to the spec's folder, and no link may lead out of that folder.

    What was read is put into `used`.
    """
    folder = path.parent

    def read(name: str) -> Source:
        place = folder / name
        # `Path.resolve` raises RuntimeError for a link that leads to itself; reading such a file says so by itself.
        if not Path(os.path.realpath(place)).is_relative_to(os.path.realpath(folder)):
            raise OSError("a link leads out of the spec's folder")
        used[str(place)] = read_source(place)
        return used[str(place)]

    return read
