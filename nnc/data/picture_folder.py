"""A folder of pictures as a table: a column of files, and their class by the folder that each lies in."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from nnc import codes
from nnc.data.opening import fault
from nnc.data.picture_file import ENDINGS
from nnc.data.table import RawColumn, Table, Texts
from nnc.diagnostics import DataPlace, Findings, UserFault

PICTURE = "picture"
CLASS = "class"
MAX_PICTURES = 200_000
MAX_DEPTH = 8
# Pictures that are in memory at a time when predicting.
AT_ONCE = 256
_SHOWN = 5
# What file managers leave behind; a name that begins with a dot is passed over as well.
_LEFT_BEHIND = frozenset({"thumbs.db", "desktop.ini"})


def read_folder(args: Mapping[str, str], base: Path) -> Table:
    """The pictures of a folder with a folder for each class. Raises UserFault, which names the files at fault."""
    shown = args["folder"]
    names = _listed(base, shown)
    depth = len(Path(shown).parts)
    classes = [Path(name).parts[depth] if len(Path(name).parts) > depth + 1 else None for name in names]
    loose = next((name for name, of in zip(names, classes, strict=True) if of is None), None)
    if loose is not None:
        message = f"the picture `{loose}` lies in no folder of a class"
        raise fault(codes.NOT_A_PICTURE, loose, message, expected=f"{shown}/CLASS/{Path(loose).name}")
    labels = _texts([str(of) for of in classes])
    columns = {PICTURE: RawColumn(PICTURE, _texts(names), base), CLASS: RawColumn(CLASS, labels)}
    return Table(shown, _digest(base, names), columns, np.arange(1, len(names) + 1), CLASS)


class PictureFiles:
    """Pictures without classes: one file, or all in a folder and the folders in it."""

    def __init__(self, path: Path, shown: str) -> None:
        self._path = path
        self._shown = shown

    def chunks(self, rows: int = AT_ONCE) -> Iterator[Table]:
        """The pictures, so few at a time that their pixels fit in memory. Raises UserFault."""
        base, shown = self._path.parent, self._path.name
        names = [shown] if self._path.is_file() else _listed(base, shown)
        size = min(rows, AT_ONCE)
        for start in range(0, len(names), size):
            some = names[start : start + size]
            column = RawColumn(PICTURE, _texts(some), base)
            yield Table(self._shown, "", {PICTURE: column}, np.arange(start + 1, start + len(some) + 1))


def _listed(base: Path, shown: str) -> list[str]:
    """The pictures below the folder, from the spec's own folder on and in the order of their names."""
    root = base / shown
    if not root.is_dir():
        what = "is no folder" if root.exists() else "is not there"
        hint = "a path is taken from the folder that the spec stands in"
        raise fault(codes.DATA_NOT_FOUND, shown, f"the folder `{shown}` {what}", how=hint)
    findings = Findings()
    names = sorted(_walk(root, shown, root.resolve(), findings), key=lambda name: Path(name).parts)
    if len(findings):
        raise UserFault(findings)
    if not names:
        message = f"no picture lies in `{shown}`"
        raise fault(codes.DATA_EMPTY, shown, message, expected=f"files that end in {', '.join(ENDINGS)}")
    return names


def _walk(root: Path, shown: str, inside: Path, findings: Findings) -> Iterator[str]:
    """The names of pictures; a finding for each thing that is none, as far as the first few."""
    waiting: list[tuple[Path, str, int]] = [(root, shown, 0)]
    seen = 0
    while waiting:
        folder, prefix, depth = waiting.pop()
        found = 0
        with os.scandir(folder) as entries:
            for entry in entries:
                seen += 1
                if seen > MAX_PICTURES:
                    most = f"at most {MAX_PICTURES:,} files"
                    raise fault(codes.DATA_TOO_LARGE, shown, f"`{shown}` has more files than nnc takes", expected=most)
                if entry.name.startswith(".") or entry.name.lower() in _LEFT_BEHIND:
                    continue
                found += 1
                name = f"{prefix}/{entry.name}"
                if entry.is_dir(follow_symlinks=False) and depth < MAX_DEPTH:
                    waiting.append((Path(entry.path), name, depth + 1))
                elif (wrong := _wrong(entry, inside)) is not None:
                    _add(findings, name, wrong)
                else:
                    yield name
        if not found:
            _add(findings, prefix, ("holds no picture", "a picture at least", "take the folder out"))


def _wrong(entry: os.DirEntry[str], inside: Path) -> tuple[str, str, str | None] | None:
    """What is wrong with an entry, what was expected, and what to do; None where it may be a picture."""
    if not entry.name.isprintable():
        return "has a name of unprintable characters", "a name in UTF-8", "rename it"
    if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(inside):
        return "is a link to a place outside the folder", "a file in the folder", "copy the file there"
    if not entry.is_file():
        return "is no file", "files, in at most eight folders", None
    if not entry.name.lower().endswith(ENDINGS):
        return "is no PNG or JPEG by its ending", ", ".join(ENDINGS), "convert it, or take it out"
    return None


def _add(findings: Findings, name: str, wrong: tuple[str, str, str | None]) -> None:
    if len(findings) < _SHOWN:
        reason, expected, how = wrong
        printable = "".join(char if char.isprintable() else "?" for char in name)
        place = DataPlace(printable)
        findings.add(codes.NOT_A_PICTURE, f"`{printable}` {reason}", expected=expected, help=how, data_place=place)


def _digest(base: Path, names: list[str]) -> str:
    """A hash of all names and files, one file at a time in memory."""
    whole = hashlib.sha256()
    for name in names:
        try:
            with (base / name).open("rb") as stream:
                whole.update(name.encode() + b"\0" + hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            message = f"`{name}` can't be read: {error.strerror or error}"
            raise fault(codes.DATA_NOT_FOUND, name, message) from error
    return whole.hexdigest()


def _texts(values: list[str]) -> Texts:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
