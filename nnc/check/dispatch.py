"""Which function gives a kind of node its meaning."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.check.calls import CALLS
from nnc.check.expressions import EXPRESSIONS
from nnc.check.frame import Evaluator, Runner
from nnc.check.model import STATEMENTS

EVALUATORS: Mapping[type, Evaluator] = {**EXPRESSIONS, **CALLS}
RUNNERS: Mapping[type, Runner] = {**STATEMENTS}
