"""The HTML page → a tagged PDF (PDF/UA-1), by WeasyPrint.

A page can be laid out while its figures are still being drawn, since their sizes are known: WeasyPrint asks them for no
more until it paints.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

from nnc.report.drawing import Drawing
from nnc.report.page import address

_LOGS = ("weasyprint", "fontTools", "fontTools.subset")
_VARIANT = "pdf/ua-1"
_PIXELS_PER_POINT = 96 / 72


def to_pdf(html: str) -> bytes:
    """The report in pages. The same text gives the same bytes: the identifier comes from it, and there is no date.

    Nothing is loaded: an address that is no `data:` address raises ValueError inside WeasyPrint, which then leaves
    the image out.
    """
    return lay_out(html, {}).pdf(html)


@dataclass(frozen=True)
class LaidOut:
    """Pages of which all has its place, and that wait for their figures."""

    document: Any  # WeasyPrint has no types
    waiting: Mapping[str, _Waiting]

    def pdf(self, html: str) -> bytes:
        """The pages as a PDF. `html` is the page's text with its figures, from which its identifier comes."""
        for picture in self.waiting.values():
            picture.come()
        identifier = hashlib.sha256(html.encode()).digest()[:16]
        content: bytes = self.document.write_pdf(pdf_variant=_VARIANT, pdf_identifier=identifier)
        return content


def lay_out(html: str, drawings: Mapping[str, Drawing]) -> LaidOut:
    """The page in pages. `drawings` are those of figures for which the text has an address alone."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    for name in _LOGS:
        logging.getLogger(name).setLevel(logging.ERROR)
    fonts, fetcher = FontConfiguration(), _only_inside()
    waiting = {address(name): _Waiting(drawing, fonts, fetcher) for name, drawing in drawings.items()}
    source = weasyprint.HTML(string=html, base_url=None, url_fetcher=fetcher)
    return LaidOut(source.render(font_config=fonts, pdf_variant=_VARIANT, cache=dict(waiting)), waiting)


class _Waiting:
    """A picture that WeasyPrint finds among those that it has seen before; it has a size, and later a drawing."""

    def __init__(self, drawing: Drawing, fonts: Any, fetcher: Any) -> None:
        self._drawing, self._fonts, self._fetcher = drawing, fonts, fetcher
        self._picture: Any = None

    def get_intrinsic_size(self, _resolution: float, _font_size: float) -> tuple[float, float, float]:
        """Width and height in CSS's pixels, and their ratio."""
        width, height = (float(side) * _PIXELS_PER_POINT for side in (self._drawing.width, self._drawing.height))
        return width, height, width / height

    def come(self) -> None:
        """Take the drawing, which is made by now."""
        from weasyprint import DEFAULT_OPTIONS
        from weasyprint.images import SVGImage, get_image_from_uri

        inner = partial(get_image_from_uri, cache={}, url_fetcher=self._fetcher, options=DEFAULT_OPTIONS)
        context = SimpleNamespace(font_config=self._fonts, get_image_from_uri=inner)
        tree = ET.fromstring(self._drawing.svg)  # noqa: S314 - we drew it
        self._picture = SVGImage(tree, None, self._fetcher, context)

    def draw(self, *place: Any) -> None:
        """Paint it where it belongs."""
        self._picture.draw(*place)


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
