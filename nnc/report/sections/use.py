"""What the model is for and where it ends: the author's words, and what can be said without them."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.report.numbers import count
from nnc.report.page import Page
from nnc.report.words import listed


def build(page: Page) -> Mapping[str, object]:
    """Views for `sections/use.html`."""
    evidence = page.evidence
    data = evidence.data
    general = [page.say("use.rows_like_these", source=data.source, rows=count(data.rows))]
    numeric = [column.name for column in data.columns if column.kind == "numeric" and column.minimum is not None]
    if numeric:
        general.append(page.say("use.ranges"))
    if any(column.kind == "category" for column in data.columns):
        general.append(page.say("use.categories"))
    for head in evidence.heads:
        classes = list(head.data.classes)
        if classes:
            said = page.say("use.classes", n=len(classes), classes=listed(page, classes))
            general.append(f"{head.output}: {said}" if evidence.others else said)
    general.append(page.say("use.one_split"))
    general.append(page.say("use.association"))
    return {"use": evidence.use, "limits": evidence.limits, "general": general}
