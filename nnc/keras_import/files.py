"""A model file → its configuration as JSON. Nothing in a file is run, unpacked to disk or trusted to be small."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nnc import codes, limits
from nnc.diagnostics import Findings, UserFault
from nnc.keras_import.raw import Broken, mapping
from nnc.keras_import.saved_model import model_config


def read_config(path: Path) -> Mapping[str, Any]:
    """The configuration in a model file or a SavedModel folder. Raises UserFault where there is none."""
    reader = _saved_model if path.is_dir() else READERS.get(path.suffix.lower())
    findings = Findings()
    if reader is None:
        known = " ".join(READERS)
        findings.add(
            codes.MODEL_FILE,
            f"`{path}` says by its ending what it is, and that is no model file that nnc reads",
            expected=f"{known}, a SavedModel folder or package.module:function",
        )
        raise UserFault(findings)
    try:
        return mapping(_parsed(reader(path)), "the configuration")
    except OSError as error:
        findings.add(codes.MODEL_FILE, f"`{path}` can't be read: {error.strerror or _first_line(error)}")
    except Broken as broken:
        findings.add(codes.MODEL_FILE, f"`{path}` holds no model that nnc can read: {broken}")
    raise UserFault(findings)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _parsed(content: bytes | str) -> Any:
    if len(content) > limits.MAX_MODEL_JSON:
        raise Broken(f"its configuration is larger than {limits.MAX_MODEL_JSON:,} bytes")
    try:
        return json.loads(content, parse_constant=_no_constant)
    except RecursionError as error:
        raise Broken("its configuration is nested too deeply") from error
    except ValueError as error:  # also where it is not UTF-8
        raise Broken(f"its configuration is no JSON ({_first_line(error)})") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _json(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(limits.MAX_MODEL_JSON + 1)


def _keras(path: Path) -> bytes:
    """The member `config.json` alone; a size that the archive lies about is found while reading."""
    try:
        with zipfile.ZipFile(path) as archive:
            if "config.json" not in archive.namelist():
                raise Broken("there is no config.json in it")
            with archive.open("config.json") as stream:
                return stream.read(limits.MAX_MODEL_JSON + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Broken(f"it is no .keras archive ({_first_line(error)})") from error


def _h5(path: Path) -> bytes | str:
    import h5py

    with h5py.File(path, "r") as file:
        config = file.attrs.get("model_config")
    if not isinstance(config, (bytes, str)):
        raise Broken("it has weights and no configuration; save the whole model, or its `to_json()`")
    return config


def _saved_model(path: Path) -> str:
    metadata = path / "keras_metadata.pb"
    if not metadata.exists():
        if not (path / "saved_model.pb").exists():
            raise Broken("it is a folder, and no SavedModel lies in it")
        raise Broken(
            "this SavedModel is a program that no longer knows its layers; "
            'where the model was made, write `model.save("model.keras")`, and import that'
        )
    with metadata.open("rb") as stream:
        content = stream.read(limits.MAX_MODEL_JSON + 1)
    if len(content) > limits.MAX_MODEL_JSON:
        raise Broken(f"its configuration is larger than {limits.MAX_MODEL_JSON:,} bytes")
    return model_config(content)


# A new kind of file is a row, by its ending.
READERS: Mapping[str, Callable[[Path], bytes | str]] = {
    ".keras": _keras,
    ".h5": _h5,
    ".hdf5": _h5,
    ".json": _json,
}
