"""The HTML page → a tagged PDF (PDF/UA-1), by WeasyPrint."""

from __future__ import annotations

import base64
import hashlib
import logging
from typing import Any

_LOGS = ("weasyprint", "fontTools", "fontTools.subset")


def load() -> None:
    """Load WeasyPrint, which takes a second, while somebody else draws."""
    import weasyprint  # noqa: F401


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
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Inside(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        """Nothing but `data:` addresses; those of pictures are read here: urllib's reader is slow on long ones."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            kind, comma, content = url[len("data:") :].partition(";base64,")
            if comma and url.startswith("data:image/"):
                return URLFetcherResponse(url, base64.b64decode(content), {"Content-Type": kind})
            return super().fetch(url, headers)

    return Inside(allowed_protocols={"data"}, fail_on_errors=False)
