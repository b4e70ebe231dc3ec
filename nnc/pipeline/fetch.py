"""`nnc fetch`: copies of the tables that a spec names by an address, beside the spec. Nothing else asks the network."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import OpenerDirector

from nnc import codes
from nnc.data.fetched import copy_of, is_address
from nnc.data.opening import MAX_BYTES, fault, opened
from nnc.diagnostics import UserFault
from nnc.files import beside
from nnc.lean import dataclass
from nnc.pipeline.front import Checked, require

SECONDS = 60
"""How long an answer may be awaited."""
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Fetched:
    """A table's address and its copy; `size` in bytes. `new` is false where the copy was there before."""

    address: str
    path: Path
    size: int
    sha256: str
    new: bool


def fetch(checked: Checked, *, again: bool = False) -> Iterator[Fetched]:
    """Fetch what the spec names by an address and has no copy yet, or all of it `again`. Raises UserFault."""
    base = checked.path.parent
    for address in _addresses(checked):
        copy = copy_of(address, base)
        new = again or not copy.is_file()
        if new:
            with beside(copy) as made:
                _download(address, made)
        yield Fetched(address, copy, copy.stat().st_size, opened(copy, address), new)


def _addresses(checked: Checked) -> list[str]:
    data = require(checked).data
    if data is None:
        return []
    named = (data.args.get("path"), data.split.validation_file, data.split.test_file)
    return list(dict.fromkeys(item for item in named if isinstance(item, str) and is_address(item)))


def _opener() -> OpenerDirector:
    """HTTP and HTTPS and nothing else: no file of this machine, wherever an answer leads."""
    opener = OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener


def _download(address: str, made: Path) -> None:
    """Raises UserFault, and OSError where the file can't be written."""
    try:
        request = urllib.request.Request(address, headers={"User-Agent": "nnc"})  # noqa: S310 - the opener has HTTP alone
        answer = _opener().open(request, timeout=SECONDS)
    except urllib.error.HTTPError as error:
        raise _failed(address, f"the server answers {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise _failed(address, str(getattr(error.reason, "strerror", None) or error.reason)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _failed(address, str(error) or type(error).__name__) from error
    with answer, made.open("wb") as stream:
        size = 0
        for piece in _pieces(address, answer):
            size += len(piece)
            if size > MAX_BYTES:
                raise fault(
                    codes.DATA_TOO_LARGE,
                    address,
                    f"`{address}` has more than {MAX_BYTES:,} bytes",
                    expected=f"at most {MAX_BYTES:,} bytes",
                    how="take a sample of the rows",
                )
            stream.write(piece)
    promised = answer.headers.get("Content-Length", "")
    if promised.isdecimal() and int(promised) != size:
        raise _failed(address, f"the answer ended after {size:,} of {int(promised):,} bytes")


def _pieces(address: str, answer: Any) -> Iterator[bytes]:
    try:
        while piece := answer.read(_CHUNK):
            yield piece
    except (OSError, http.client.HTTPException) as error:
        raise _failed(address, f"the answer broke off: {str(error) or type(error).__name__}") from error


def _failed(address: str, why: str) -> UserFault:
    return fault(
        codes.DATA_NOT_FETCHED,
        address,
        f"`{address}` can't be fetched: {why[:200]}",
        how="look at the address in a browser, or fetch the file yourself and name its path",
    )
