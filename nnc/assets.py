"""Finds `grammar/`, `templates/` and `docs/findings/`, outside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `grammar`, `templates` or `docs/findings`, wherever nnc is installed. Raises FileNotFoundError."""
    for place in (_PACKAGE / "_assets" / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"nnc's own folder {name!r} is missing: reinstall nnc")
