"""The HTML page → a tagged PDF (PDF/UA-1), by WeasyPrint."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

_LOGS = ("weasyprint", "fontTools", "fontTools.subset")


def to_pdf(html: str) -> bytes:
    """The report in pages. The same text gives the same bytes: the identifier comes from it, and there is no date.

    Nothing is loaded: an address that is no `data:` address raises ValueError inside WeasyPrint, which then leaves
    the image out.
    """
    import weasyprint

    for name in _LOGS:
        logging.getLogger(name).setLevel(logging.ERROR)
    identifier = hashlib.sha256(html.encode()).digest()[:16]
    document = weasyprint.HTML(string=html, base_url=None, url_fetcher=_only_inside())
    content: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    return content


def _only_inside() -> Any:
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols={"data"}, fail_on_errors=False)
