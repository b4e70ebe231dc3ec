"""Tables that are named by an address: where the copy lies that `nnc fetch` made. Nothing here asks the network."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from urllib.parse import urlsplit

FOLDER = "fetched"
_SCHEMES = ("http://", "https://")
_LONGEST_NAME = 60


def is_address(path: str) -> bool:
    """Whether it is an address of HTTP and no path."""
    return path.lower().startswith(_SCHEMES)


def copy_of(address: str, base: Path) -> Path:
    """The file that an address's table has beside the spec: its own name behind a number that is the address's."""
    try:
        name = urlsplit(address).path.rpartition("/")[2]
    except ValueError:  # an address that is none; fetching it says so
        name = ""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)[-_LONGEST_NAME:].lstrip(".") or "table"
    return base / FOLDER / f"{hashlib.sha256(address.encode()).hexdigest()[:12]}-{plain}"
