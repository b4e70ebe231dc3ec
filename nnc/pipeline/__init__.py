"""Every phase in order: text → tree → checked graph → (Python | Keras | drawing) → run → evidence → report.

Nothing here prints. What is wrong with the user's spec or data comes back as findings, or as a UserFault where
there is nothing to give back. Keras and TensorFlow are imported by the functions that need them and no earlier.
"""

from __future__ import annotations

from nnc.pipeline.compile import OUTPUTS, Drawing, compile_to, python_text
from nnc.pipeline.front import (
    Checked,
    Settings,
    check,
    choose_model,
    difference,
    formatted,
    read_source,
    require,
    summary,
)
from nnc.pipeline.new import new
from nnc.pipeline.runs import Pages, predict, predict_to, report, report_run, train

__all__ = [
    "OUTPUTS",
    "Checked",
    "Drawing",
    "Pages",
    "Settings",
    "check",
    "choose_model",
    "compile_to",
    "difference",
    "formatted",
    "new",
    "predict",
    "predict_to",
    "python_text",
    "read_source",
    "report",
    "report_run",
    "require",
    "summary",
    "train",
]
