"""Runs that are not whole yet: `RUN/unfinished` holds all that is needed to go on with a training that was broken off.

The folder is made before any work and goes when the run is whole. A finished run that was there before stays beside it,
untouched, until the new one takes its place.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnc import codes
from nnc.diagnostics import Findings, UserFault
from nnc.lean import dataclass
from nnc.pipeline.front import Checked, Settings

if TYPE_CHECKING:
    from nnc.data import Table

FOLDER = "unfinished"
_STATE = "state.json"
# What the weights hang on, to the bit.
_PACKAGES = ("nnc", "tensorflow", "keras", "numpy")
# These may have gone when somebody tries again.
_PASSING = (codes.CANNOT_WRITE, codes.OUT_OF_MEMORY)
# After these a training would only fail again: there is nothing to go on with.
_HOPELESS = (codes.DIVERGED, codes.TRAINING_REFUSED, codes.RUN_NOT_YET)


@dataclass(frozen=True)
class Broken:
    """A training that was broken off: what somebody typed for it."""

    spec: Path
    settings: Settings
    log: tuple[str, ...]


def begin(run: Path, checked: Checked, settings: Settings, log: Sequence[str]) -> Path:
    """An empty state folder in `run`, which says what is being trained. Raises UserFault where it can't be made."""
    folder = run / FOLDER
    state = {
        "spec": str(checked.path.absolute()),
        "set": dict(settings.overrides),
        "model": settings.model,
        "log": list(log),
    }
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        made = folder / f"{_STATE}.new"
        made.write_text(json.dumps(state, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        made.replace(folder / _STATE)
    except OSError as error:
        raise _fault(
            codes.CANNOT_WRITE, f"`{folder}` can't be written: {error.strerror or error}", "name another place with -o"
        ) from error
    return folder


def is_unfinished(run: Path) -> bool:
    """Whether a training in this folder was broken off."""
    return (run / FOLDER / _STATE).is_file()


def broken(run: Path) -> Broken:
    """What was being trained in `run`. Raises UserFault where nothing was, or where it can't be read."""
    try:
        found: Any = json.loads((run / FOLDER / _STATE).read_text(encoding="utf-8"))
        overrides = {str(name): str(value) for name, value in found["set"].items()}
        model = None if found["model"] is None else str(found["model"])
        return Broken(Path(found["spec"]), Settings(overrides, model), tuple(str(name) for name in found["log"]))
    except FileNotFoundError as error:
        message = f"there is no training in `{run}` that was broken off"
        raise _fault(codes.NOT_A_RUN, message, f"begin one: nnc train SPEC -o {run}") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"`{run / FOLDER / _STATE}` can't be read: {error}"
        raise _fault(codes.BROKEN_RUN, message, "train anew: nnc train SPEC -o RUN") from error


def fingerprint(checked: Checked, table: Table, settings: Settings) -> Mapping[str, str]:
    """By name, all that must be the same for a training to go on."""
    chosen = json.dumps([dict(settings.overrides), settings.model], sort_keys=True)
    spec = "\0".join([checked.source.text, *(source.text for source in checked.used)])
    return {
        "the spec": hashlib.sha256(spec.encode()).hexdigest(),
        "what --set and --model say": hashlib.sha256(chosen.encode()).hexdigest(),
        "the data": table.sha256,
        "Python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
    }


def give_up(run: Path, fault: UserFault, *, resumed: bool) -> None:
    """After a fault, keep the state where `--resume` may help (a full disk, too little memory), else take it away."""
    hopeless = any(finding.code in _HOPELESS for finding in fault.findings)
    helps = any(finding.code in _PASSING for finding in fault.findings)
    if hopeless or not (resumed or helps):
        drop(run)


def drop(run: Path) -> None:
    """Take the state away, and the folder with it where nothing else is in it."""
    shutil.rmtree(run / FOLDER, ignore_errors=True)
    if run.is_dir() and not any(run.iterdir()):
        run.rmdir()


def _fault(code: Any, message: str, how: str) -> UserFault:
    findings = Findings()
    findings.add(code, message, help=how)
    return UserFault(findings)
