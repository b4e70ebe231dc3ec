"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same random cases on every run, however slow the machine: what a new seed finds belongs into a sweep of its own.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")

# Quiet, on the CPU, and two threads at most, however the tests are started.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

ROOT = Path(__file__).parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of example specs."""
    return ROOT / "examples"


def shared_data(name: str) -> Path:
    """A table that is not part of the project. Skips the test where it is absent."""
    path = SHARED_DATA / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside this checkout (../shared/data/{name})")
    return path
