"""A drawing's SVG as PDF (by WeasyPrint) and as PNG (that PDF, by pdfium)."""

from __future__ import annotations

import base64
import logging
import re
from typing import Any

# A page may not be longer than a PDF reader takes, nor a picture larger than a viewer opens.
_LONGEST_PAGE = 14_000.0
_MOST_PIXELS = 60_000_000
_SCALE = 2.0  # pixels of a PNG for a pixel of the drawing
_SIZE = re.compile(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)"')


def svg_to_pdf(svg: str) -> bytes:
    """One page of the drawing's own size; its text stays text. Nothing is loaded from anywhere."""
    import weasyprint
    from weasyprint.urls import URLFetcher

    for name in ("weasyprint", "fontTools", "fontTools.subset"):
        logging.getLogger(name).setLevel(logging.ERROR)
    found = _SIZE.search(svg)
    wide, high = (float(found[1]), float(found[2])) if found else (800.0, 600.0)
    shrink = min(1.0, _LONGEST_PAGE / max(wide, high, 1.0))
    size = f"width:{wide * shrink:.2f}px;height:{high * shrink:.2f}px"
    picture = base64.b64encode(svg.encode()).decode()
    page = (
        f"<html><style>@page{{size:{wide * shrink:.2f}px {high * shrink:.2f}px;margin:0}}"
        f"body{{margin:0}}img{{display:block;{size}}}</style>"
        f'<img alt="" src="data:image/svg+xml;base64,{picture}">'
    )
    fetcher = URLFetcher(allowed_protocols={"data"}, fail_on_errors=False)
    content: bytes = weasyprint.HTML(string=page, base_url=None, url_fetcher=fetcher).write_pdf()
    return content


def svg_to_png(svg: str) -> bytes:
    """The drawing on white, two pixels for one, fewer where the picture would become too large."""
    import io

    import pypdfium2

    document = pypdfium2.PdfDocument(svg_to_pdf(svg))
    page: Any = document[0]
    wide, high = page.get_size()  # in points, of which 0.75 are a pixel
    scale = min(_SCALE / 0.75, (_MOST_PIXELS / max(wide * high, 1.0)) ** 0.5)
    stream = io.BytesIO()
    page.render(scale=scale).to_pil().save(stream, format="PNG", optimize=True)
    document.close()
    return stream.getvalue()
