"""From evidence to charts, HTML and PDF. Reads nothing but evidence, and never loads TensorFlow.

`sections/` is the table of what stands on the pages and in which order, `charts/` draws, `texts/` holds every word,
and `templates/` (outside the package) the pages themselves.
"""

from __future__ import annotations

from nnc.report.page import TABLES, Other
from nnc.report.pool import Pool
from nnc.report.tables import write_tables
from nnc.report.templates import check_templates
from nnc.report.write import render, render_html, render_pdf, verdict

__all__ = [
    "TABLES",
    "Other",
    "Pool",
    "check_templates",
    "render",
    "render_html",
    "render_pdf",
    "verdict",
    "write_tables",
]
