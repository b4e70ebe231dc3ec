"""The sections of the report in their order: a new one is a row here and a file in `templates/sections/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nnc.report.page import Page
from nnc.report.sections import (
    baselines,
    compare,
    data,
    errors,
    evaluation,
    explanation,
    glossary,
    network,
    reproduce,
    training,
    use,
    verdict,
    warnings,
)


def always(page: Page) -> bool:
    """The section stands in every report."""
    return bool(page.evidence)


@dataclass(frozen=True)
class Section:
    """A section: its id (also its template's and its title's), what fills it, and whether it applies.

    `per_head`: where the model predicts several things, it stands once for each, under a heading with its name.
    """

    id: str
    build: Callable[[Page], Mapping[str, object]]
    applies: Callable[[Page], bool] = always
    per_head: bool = False


SECTIONS: tuple[Section, ...] = (
    Section("verdict", verdict.build),
    Section("warnings", warnings.build),
    Section("use", use.build),
    Section("data", data.build),
    Section("network", network.build),
    Section("training", training.build, training.applies),
    Section("evaluation", evaluation.build, per_head=True),
    Section("baselines", baselines.build, baselines.applies, per_head=True),
    Section("compare", compare.build, compare.applies),
    Section("errors", errors.build, errors.applies, per_head=True),
    Section("explanation", explanation.build, explanation.applies, per_head=True),
    Section("reproduce", reproduce.build),
    Section("glossary", glossary.build),
)
