"""Reads an HTML page back with the standard library's parser, as a browser would see it, for tests to ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "wbr", "br", "hr", "input"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    children: list[Element | str] = field(default_factory=list)

    def walk(self):
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, tag: str, class_: str | None = None) -> list[Element]:
        found = (e for e in self.walk() if e.tag == tag)
        return [e for e in found if class_ is None or class_ in (e.attributes.get("class") or "").split()]

    def by_id(self, id_: str) -> Element | None:
        return next((e for e in self.walk() if e.attributes.get("id") == id_), None)

    @property
    def text(self) -> str:
        said = (c if isinstance(c, str) else c.text for c in self.children)
        return " ".join("".join(said).split())


class Reader(HTMLParser):
    """Builds the tree and fails on a tag that is closed out of turn or never."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs))
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data):
        self._open[-1].children.append(data)


def read(html: str) -> Element:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader._open == [reader.root], "a tag is never closed"
    return reader.root
