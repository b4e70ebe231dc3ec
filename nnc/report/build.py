"""Evidence → the one HTML page, by the table of sections and the templates."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from nnc.evidence import Evidence, Warn
from nnc.plain_json import to_json
from nnc.report import letters
from nnc.report.drawing import Drawing
from nnc.report.marks import visible
from nnc.report.page import Other, Page
from nnc.report.sections import SECTIONS, Section
from nnc.report.templates import environment, faults_told
from nnc.report.texts import catalogue, texts

_HASH_SHOWN = 10
_LETTERS_SHOWN = 20
_LOG = logging.getLogger(__name__)


# Other runs, by what they are called.
Beside: TypeAlias = Sequence[Other]


@dataclass(frozen=True)
class Filled:
    """What a section shows of one thing that the model predicts, or of all: views, or why they could not be made.

    `title` is that thing's name where there are several.
    """

    views: Mapping[str, object]
    missing: str | None = None
    title: str | None = None
    figures: tuple[str, ...] = ()
    """The ids of its figures."""


@dataclass(frozen=True)
class Built:
    """A section as the page shows it, in one part or one for each of the things that the model predicts."""

    id: str
    title: str
    template: str
    parts: tuple[Filled, ...]


@dataclass(frozen=True)
class Planned:
    """All that the page says, its figures not drawn yet: `drawings` are those by their ids."""

    page: Page
    sections: Sequence[Built]
    digest: str

    @property
    def drawings(self) -> Mapping[str, Drawing]:
        """The figures' drawings in their order."""
        return self.page.drawings

    def drawn(self) -> Planned:
        """The page with all its figures: what isn't drawn yet is drawn now.

        It is another one where a figure could not be drawn: then the section says why.
        """
        sections = [replace(built, parts=tuple(map(self._drawn, built.parts))) for built in self.sections]
        pairs = zip(sections, self.sections, strict=True)
        whole = all(new is old for one, other in pairs for new, old in zip(one.parts, other.parts, strict=True))
        return self if whole else replace(self, sections=sections)

    def html(self, own: Path | None = None) -> str:
        """The page as one HTML text that loads nothing, with addresses in the place of what isn't drawn yet.

        `own` is a folder of templates that stand in the place of nnc's. Raises UserFault where one is at fault.
        """
        lead, *rest = self.sections
        with faults_told(own):
            return (
                environment(own)
                .get_template("report.html")
                .render(
                    evidence=self.page.evidence,
                    say=self.page.say,
                    language=self.page.texts.tag,
                    lead=lead,
                    rest=rest,
                    digest=self.digest,
                )
            )

    def _drawn(self, part: Filled) -> Filled:
        """The part, or why one of its figures could not be drawn."""
        try:
            for name in part.figures:
                _ = self.drawings[name].svg
        except Exception as error:  # noqa: BLE001 - as in `_filled`
            return _failed(part.figures[0], error, part.title)
        return part


def plan(evidence: Evidence, beside: Beside = ()) -> Planned:
    """The page of some evidence, `beside` other runs to compare with. The same evidence gives the same page."""
    written = to_json(evidence)
    said = [written, *catalogue(evidence.language).values(), *map(to_json, beside)]
    shown = visible(_with_font_warning(evidence, said))
    page = Page(shown, texts(evidence.language), beside=tuple(visible(list(beside))))
    sections = [built for section in SECTIONS if (built := _built(page, section)) is not None]
    return Planned(page, sections, _digest(written))


def build_html(evidence: Evidence, own: Path | None = None, beside: Beside = ()) -> str:
    """The whole report as one HTML text, drawn in this process."""
    return plan(evidence, beside).drawn().html(own)


def _digest(written: str) -> str:
    """A short name for what the report stands on: the start of the SHA-256 of its evidence as JSON."""
    return hashlib.sha256(written.encode()).hexdigest()[:_HASH_SHOWN]


def _built(page: Page, section: Section) -> Built | None:
    pages = page.heads if section.per_head else (page,)
    filled = [_filled(one, section, one.evidence.output if len(pages) > 1 else None) for one in pages]
    parts = tuple(one for one in filled if one is not None)
    if not parts:
        return None
    return Built(section.id, page.say(f"section.{section.id}"), f"sections/{section.id}.html", parts)


def _filled(page: Page, section: Section, title: str | None) -> Filled | None:
    reasons = [missing.reason for missing in page.evidence.missing if missing.section == section.id]
    if reasons:
        return Filled({}, " ".join(reasons), title)
    if not section.applies(page):
        return None
    before = len(page.drawings)
    try:
        views = section.build(page)
    except Exception as error:  # noqa: BLE001 - a run of hours must not lose its report to a bug of one section
        return _failed(section.id, error, title)
    return Filled(views, None, title, tuple(page.drawings)[before:])


def _failed(what: str, error: Exception, title: str | None) -> Filled:
    _LOG.error("%r could not be made", what, exc_info=error)
    return Filled({}, f"{type(error).__name__}: {error}", title)


def _with_font_warning(evidence: Evidence, said: Iterable[str]) -> Evidence:
    """Add the warning that some letters have no font on this machine, so that boxes stand in their place."""
    found = letters.missing(said)
    if not found:
        return evidence
    values = {"letters": found[:_LETTERS_SHOWN], "package": letters.packages(found)}
    return replace(evidence, warnings=(*evidence.warnings, Warn("missing_letters", values)))
