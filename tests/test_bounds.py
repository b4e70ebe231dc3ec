"""Whatever is in a spec, checking it ends in 5 seconds and 500 MB, with a finding or with nothing to find."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from nnc import limits
from tests import bounded
from tests.attacks import ATTACKS, Attack
from tests.conftest import ROOT

# All of them with NNC_ALL_ATTACKS=1, as `make bounds` does; in the suite every fourth.
RUNS = [(attack, command) for attack in ATTACKS for command in attack.commands]
MEASURED = bool(os.environ.get("NNC_ALL_ATTACKS"))
CHOSEN = RUNS if MEASURED else RUNS[::4]
# The stated seconds are measured there, not in the suite, which runs on whatever machine is at hand.
SECONDS = bounded.SECONDS if MEASURED else bounded.HANGING


@pytest.mark.parametrize(("attack", "command"), CHOSEN, ids=lambda value: getattr(value, "name", value))
def test_an_attack_ends_in_a_finding(attack: Attack, command: str, tmp_path: Path) -> None:
    outcome = bounded.run(command, attack.make(tmp_path), tmp_path)
    assert outcome.code in (0, 1), outcome.said[-2000:]  # 70 is a bug, and a signal is negative
    assert "Traceback" not in outcome.said
    assert outcome.seconds < SECONDS
    found = set(re.findall(r"\[(NN\d{4})\]", outcome.said))
    if attack.codes:  # a text of more words than a spec may have may be refused as such before anything else is found
        assert found & {*attack.codes, "NN0003"}, outcome.said[-2000:]
    else:
        assert outcome.code == 0, outcome.said[-2000:]


def test_the_memory_of_an_attack_is_held() -> None:
    """The harness itself: a process that takes more than its 500 MB fails."""
    import subprocess
    import sys

    code = bounded.START.replace("from nnc.cli import main; main()", "x = bytearray(600 << 20)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert b"MemoryError" in done.stderr


def test_the_reference_states_every_bound() -> None:
    text = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| (.+?) \| ([\d,]+) \|$", text[text.index("## Limits") :], re.MULTILINE))
    stated = {int(number.replace(",", "")) for number in table.values()}
    bounds = {value for name, value in vars(limits).items() if name.startswith("MAX_") and name not in _INNER}
    assert stated == bounds


# Bounds that no author of a spec meets: how long the parser tries to go on, what is compared for suggestions, how long
# a shown way is, and those of a model that is imported.
_INNER = frozenset(
    {
        "MAX_SYNTAX_TROUBLES",
        "MAX_SYNTAX_FINDINGS",
        "MAX_COMPARED",
        "MAX_SUGGESTED",
        "MAX_SUGGESTED_CHARS",
        "MAX_SPEC_CHARS",
        "MAX_ROUTE",
        "MAX_MODEL_JSON",
        "MAX_MODEL_CALLS",
        "MAX_MODEL_DEPTH",
    }
)
