"""What somebody needs to make a run again: versions, hardware, hashes, the commit."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from nnc.evidence import Reproduce
from nnc.run.training import Trained, plain

PACKAGES = ("nnc", "tensorflow", "keras", "numpy", "pandas", "scikit-learn", "shap", "matplotlib", "weasyprint")
GIT_SECONDS = 10


def reproduce(trained: Trained, *, command: str, spec_text: str, folder: Path) -> Reproduce:
    """Evidence of how to do it again. `folder` is the spec's, whose git commit is told."""
    return Reproduce(
        command=command,
        spec_name=Path(trained.spec.file).name,
        spec_text=spec_text,
        params=plain(trained.spec.params),
        seed=trained.train.seed,
        versions=versions(),
        hardware=hardware(),
        sha256={
            "data": trained.prepared.table.sha256,
            "spec": hashlib.sha256(spec_text.encode()).hexdigest(),
            "weights": weights_sha256(trained.model),
        },
        git=git_state(folder),
    )


def versions() -> dict[str, str]:
    """Python and the packages that a run hangs on."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def hardware() -> dict[str, str]:
    """What the numbers were made on."""
    return {"system": platform.system(), "machine": platform.machine(), "processor": _processor(), "cores": _cores()}


def _cores() -> str:
    try:
        return str(len(os.sched_getaffinity(0)))
    except AttributeError:  # not on macOS and Windows
        return str(os.cpu_count() or 1)


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor() or "unknown"
    names = (line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")


def weights_sha256(model: Any) -> str:
    """A hash of the weights themselves; a model file also holds the time at which it was written."""
    digest = hashlib.sha256()
    for weight in model.weights:
        array = np.ascontiguousarray(np.asarray(weight))
        digest.update(f"{weight.path} {array.dtype} {array.shape}\n".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def git_state(folder: Path) -> tuple[str, bool] | None:
    """The commit that a folder stands at and whether anything in it differs; None where there is no git."""
    git = shutil.which("git")
    if git is None:
        return None
    commit = _git(git, folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    return commit, bool(_git(git, folder, "status", "--porcelain", "--untracked-files=no", "--", "."))


def _git(git: str, folder: Path, *args: str) -> str | None:
    # `core.fsmonitor` would let the configuration of a foreign repository start a program.
    command = [git, "-c", "core.fsmonitor=false", "-C", str(folder), *args]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=GIT_SECONDS, check=True)  # noqa: S603 - a fixed command without a shell
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
