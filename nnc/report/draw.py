"""A process of `nnc.report.pool`: reads evidence and then names of figures, a line each, and draws them.

It answers each name with a line that has the drawing's SVG, or nothing where it could not be made.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import TextIO

from nnc.evidence import Evidence
from nnc.plain_json import from_json
from nnc.report import shap_alone
from nnc.report.build import Planned, plan
from nnc.report.page import Other


def main(lines: TextIO = sys.stdin, out: TextIO = sys.stdout) -> None:
    """Load what drawing needs, then draw what is asked for until the input ends."""
    logging.disable()
    _load()
    planned = _planned(json.loads(next(lines)))
    for line in lines:
        name = json.loads(line)["draw"]
        out.write(json.dumps(_drawn(planned, name)) + "\n")
        out.flush()


def _load() -> None:
    """Everything that takes long, before there is anything to draw."""
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot  # noqa: F401, ICN001 - loaded for its time

    from nnc.report import style, svg  # noqa: F401

    shap_alone.load()


def _planned(message: dict[str, object]) -> Planned:
    evidence, beside = str(message["evidence"]), message["beside"]
    others = beside if isinstance(beside, list) else []
    return plan(from_json(Evidence, evidence), [from_json(Other, text) for text in others])


def _drawn(planned: Planned, name: str) -> dict[str, str]:
    try:
        return {"svg": planned.drawings[name].svg}
    except Exception:  # noqa: BLE001 - the parent tries too, and says what is wrong
        return {}
