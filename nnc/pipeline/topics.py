"""What `nnc explain TOPIC` knows: the page of a finding's code, of a layer, of anything that has one.

A page is Markdown text. To give a new kind of thing pages, add a row to `_SHELVES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from nnc import codes
from nnc.assets import folder
from nnc.lean import dataclass
from nnc.spelling import suggest


@dataclass(frozen=True, slots=True)
class Shelf:
    """A kind of page. `find` gives the page of a topic or None; `names` are its topics, for suggestions."""

    find: Callable[[str], str | None]
    names: Callable[[], Iterable[str]]


class NoSuchTopic(Exception):
    """There is no page of that name; `near` is the name of one that may have been meant."""

    def __init__(self, topic: str, near: str | None) -> None:
        self.near = near
        super().__init__(f"there is no page about {topic!r}." + (f" Did you mean {near!r}?" if near else ""))


def page(topic: str) -> str:
    """The page of a topic, as Markdown. Raises NoSuchTopic."""
    for shelf in _SHELVES:
        text = shelf.find(topic)
        if text is not None:
            return text
    raise NoSuchTopic(topic, suggest(topic, [name for shelf in _SHELVES for name in shelf.names()]))


# ---- findings ------------------------------------------------------------------------------------

_CODE = re.compile(r"(?:NN)?0*(\d{1,4})", re.IGNORECASE)


def _finding(topic: str) -> str | None:
    """The page of a code, written `NN0312`, `nn0312` or `312`; None where there is none."""
    match = _CODE.fullmatch(topic)
    code = f"NN{match[1]:>04}" if match else ""
    if code not in _codes():
        return None
    path = folder("docs/findings") / f"{code}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _codes() -> list[str]:
    return [code.id for code in codes.ALL]


# ---- rows of the catalog -------------------------------------------------------------------------


def _row(topic: str) -> str | None:
    """The page of everything in the catalog that has this name."""
    from nnc.pipeline.reference import page_of

    return page_of(topic)


def _rows() -> Iterable[str]:
    from nnc.pipeline.reference import all_names

    return all_names()


_SHELVES: tuple[Shelf, ...] = (Shelf(_finding, _codes), Shelf(_row, _rows))
