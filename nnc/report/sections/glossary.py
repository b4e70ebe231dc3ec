"""The terms that these pages use, and no others."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.report.page import Page


def build(page: Page) -> Mapping[str, object]:
    """Views for `sections/glossary.html`: (term, what it means), by name."""
    page.term("epoch", "interval", "test_rows")
    told = [
        (page.texts.name("metric", key) if page.texts.has(f"metric.{key}") else page.say(f"term.{key}"), key)
        for key in page.terms
        if page.texts.has(f"glossary.{key}")
    ]
    ordered = sorted(told, key=lambda pair: pair[0].casefold())
    return {"terms": [(name[:1].upper() + name[1:], page.say(f"glossary.{key}")) for name, key in ordered]}
