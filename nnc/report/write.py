"""The public way in: evidence → `report.html` and `report.pdf`."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

from nnc.evidence import Evidence, Repeats
from nnc.files import write_bytes, write_text
from nnc.report.build import Beside, build_html, plan
from nnc.report.marks import visible
from nnc.report.numbers import number
from nnc.report.page import Page
from nnc.report.pdf import lay_out, to_pdf
from nnc.report.pool import Pool
from nnc.report.sections.verdict import comparison, headline, judge
from nnc.report.tables import write_tables
from nnc.report.texts import texts
from nnc.report.words import best_baseline, metric_name, primary, sentence


def render(
    evidence: Evidence, out: Path, own: Path | None = None, beside: Beside = (), pool: Pool | None = None
) -> tuple[Path, Path]:
    """Write `report.html` and `report.pdf` into the folder `out`, each moved into place when it is whole, and beside

    them the tables that they cut.

    `own` is a folder of templates that stand in the place of nnc's, `beside` are other runs to compare with, `pool`
    draws if one was begun earlier. Returns their paths. Raises UserFault where the folder can't be written, or a
    template is at fault.
    """
    with nullcontext(pool) if pool else Pool() as drawer:
        planned = plan(evidence, beside)
        drawer.begin(planned, evidence, beside)
        laid_out = lay_out(planned.html(own), planned.drawings)  # meanwhile
        drawer.end()
    whole = planned.drawn()
    html = whole.html(own)
    pages = laid_out.pdf(html) if whole is planned else to_pdf(html)
    web, paper = out / "report.html", out / "report.pdf"
    write_tables(out, planned.page.cut)
    write_text(web, html)
    write_bytes(paper, pages)
    return web, paper


def verdict(evidence: Evidence) -> str:
    """The verdict in two sentences, for a terminal; a line for each thing that the model predicts."""
    pages = Page(visible(evidence), texts(evidence.language)).heads
    lines = []
    for page in pages:
        name = f"{page.evidence.output}: " if len(pages) > 1 else ""
        metric, baseline = primary(page), best_baseline(page)
        said = sentence(headline(page, metric), comparison(page, metric, baseline, judge(metric, baseline)))
        lines += [f"{name}{line}" for line in (said, *(_again(page, repeats) for repeats in page.evidence.repeats))]
    return "\n".join(lines)


def _again(page: Page, repeats: Repeats) -> str:
    """`5 folds: accuracy 0.951 ± 0.012, ROC AUC 0.99 ± 0.004`."""
    figures = (f"{metric_name(page, m.key)} {number(m.mean)} ± {number(m.std)}" for m in repeats.metrics)
    return f"{page.say(f'evaluation.repeats_over.{repeats.kind}', n=repeats.count)}: {', '.join(figures)}"


def render_html(evidence: Evidence, own: Path | None = None, beside: Beside = ()) -> str:
    """The report as one HTML text that loads nothing; the same evidence and templates give the same text."""
    return build_html(evidence, own, beside)


def render_pdf(source: str | Evidence) -> bytes:
    """The report as a tagged PDF, from its HTML text or from the evidence; the same source gives the same bytes."""
    return to_pdf(source if isinstance(source, str) else render_html(source))
