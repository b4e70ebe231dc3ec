"""A training that was killed, stopped or ran out of disk goes on, and ends as one that was left alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.tf


def test_killed_at_random_moments_it_ends_with_the_same_weights() -> None:
    """`make kill` tries fifty moments."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.killed", "3", "4"],
        cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ),
    )  # fmt: skip
    assert "3 moments (seed 4), 0 wrong" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
