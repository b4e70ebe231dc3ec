"""The report section."""

from __future__ import annotations

from typing import Any, cast

from nnc import graph
from nnc.catalog import Kind
from nnc.catalog.kinds import choice, many
from nnc.check.frame import Frame
from nnc.check.sections import Key, count, keys_of, of_kind, of_type, read_map, read_section, text
from nnc.check.values import POISON, Value
from nnc.syntax import tree

BASELINES = ("majority", "mean", "linear", "random_forest")
LANGUAGES = ("en", "zh")

_EXPLAIN = keys_of(
    Key("background", count("background", "explain"), "rows that stand for what is usual"),
    Key("samples", count("samples", "explain"), "rows that are explained"),
    Key("top", count("top", "explain"), "features that are shown"),
)


def _explain(expr: tree.Expr, frame: Frame) -> Value:
    section = read_map(expr, _EXPLAIN, "explain", frame)
    if section is None or POISON in section.values.values():
        return POISON
    return dict(section.values)


def _baseline_kind() -> Kind:
    kind = many(choice(*BASELINES), f"a list of {', '.join(BASELINES)}").of("baselines")
    return Kind(kind.name, kind.accept, BASELINES)


KEYS = keys_of(
    Key("title", text("title", "report"), "the heading"),
    Key("baselines", of_kind("baselines", _baseline_kind(), "report"), "simple models to hold the network against"),
    Key("explain", _explain, "how much is explained"),
    Key("language", of_type("language", choice(*LANGUAGES), "report"), "en or zh"),
    Key("use", text("use", "report"), "what the model is for, in a sentence"),
    Key("limits", text("limits", "report"), "what it must not be used for, in a sentence"),
)


def check_report(node: tree.Section, frame: Frame) -> graph.ReportConfig | None:
    """The report section; None where something is wrong."""
    section = read_section(node, KEYS, frame)
    if POISON in section.values.values():
        return None
    return graph.ReportConfig(**cast("dict[str, Any]", section.values))
