"""Opens data files: whether one is there, how large it is, what its bytes are; and unpacks gzip, bzip2 and xz."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import zlib
from collections.abc import Callable, Mapping
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any

from nnc import codes
from nnc.data.fetched import is_address
from nnc.diagnostics import Code, DataPlace, Findings, UserFault
from nnc.spelling import suggest

MAX_BYTES = 2 << 30

# What a packed file begins with, and what opens it.
_PACKED: Mapping[bytes, Callable[[Path], Any]] = {
    b"\x1f\x8b": gzip.GzipFile,
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
# What is raised where a packed file is damaged.
BROKEN_PACKING = (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError)


def how_broken(error: Exception) -> str:
    """What is wrong with a packed file, to go behind its name."""
    if isinstance(error, EOFError) or "end-of-stream" in str(error):
        return "ends too early: a part of the packed file is missing"
    return f"is packed, and damaged: {error}"


def opened(path: Path, shown: str) -> str:
    """The SHA-256 of a file that is there and not too large. Raises UserFault."""
    if not path.is_file():
        raise _not_found(path, shown)
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise fault(codes.DATA_NOT_FOUND, shown, f"`{shown}` can't be read: {error.strerror or error}") from error
    if size > MAX_BYTES:
        raise _too_large(shown, f"has {size:,} bytes")
    return sha256


def unpacked(path: Path, shown: str) -> BufferedReader:
    """The bytes of a file, unpacked if they are packed. Reading may raise BROKEN_PACKING, or UserFault where what

    comes out is too large.
    """
    opener = _opener(path)
    return path.open("rb") if opener is None else BufferedReader(_Bounded(opener(path), shown), 1 << 16)


def _opener(path: Path) -> Callable[[Path], Any] | None:
    with path.open("rb") as stream:
        head = stream.read(6)
    return next((opener for magic, opener in _PACKED.items() if head.startswith(magic)), None)


def is_packed(path: Path) -> bool:
    """Whether a file is packed. Raises OSError."""
    return _opener(path) is not None


class _Bounded(RawIOBase):
    """What comes out of a packed file, as long as it is not too much."""

    def __init__(self, stream: Any, shown: str) -> None:
        super().__init__()
        self._stream = stream
        self._shown = shown
        self._left = MAX_BYTES

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # what BufferedReader gives
        part = self._stream.read(len(buffer))
        self._left -= len(part)
        if self._left < 0:
            raise _too_large(self._shown, f"unpacks to more than {MAX_BYTES:,} bytes")
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self._stream.close()
        super().close()


def fault(
    code: Code,
    shown: str,
    message: str,
    *,
    column: str | None = None,
    expected: str | None = None,
    how: str | None = None,
) -> UserFault:
    """A finding about a file as a whole, or one of its columns."""
    findings = Findings()
    findings.add(code, message, expected=expected, help=how, data_place=DataPlace(shown, None, column))
    return UserFault(findings)


def _too_large(shown: str, what: str) -> UserFault:
    return fault(
        codes.DATA_TOO_LARGE,
        shown,
        f"`{shown}` {what}",
        expected=f"at most {MAX_BYTES:,} bytes",
        how="take a sample of the rows",
    )


def _not_found(path: Path, shown: str) -> UserFault:
    if is_address(shown):
        message = f"`{shown}` is in the network, and nothing is fetched unless you ask for it"
        return fault(codes.DATA_NOT_FETCHED, shown, message, how="nnc fetch SPEC makes a copy beside the spec")
    folder = path.parent
    if path.exists():
        return fault(codes.DATA_NOT_FOUND, shown, f"`{shown}` is no file", expected="a file")
    if not folder.is_dir():
        message = f"`{shown}` is not there, and neither is its folder"
        return fault(
            codes.DATA_NOT_FOUND, shown, message, how="a path is taken from the folder that the spec stands in"
        )
    alike = (p.name for p in folder.iterdir() if p.suffix.lower() == path.suffix.lower() and p.is_file())
    near = suggest(path.name, sorted(alike)[:10_000])
    hint = f"did you mean `{near}`?" if near else "a path is taken from the folder that the spec stands in"
    return fault(codes.DATA_NOT_FOUND, shown, f"there is no file `{shown}`", how=hint)
