"""Colours for a spec's text: pieces with a class each, which the template escapes and wraps.

A scanner by one regular expression, not the parser: it must take any text, wrong specs as well, and keep every
character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_KEYWORDS = (
    "use|param|in|log|fn|return|block|model|data|train|report|input|output|layer|for|if|then|else|and|or|not"
    "|features|target"
)
_TOKENS = re.compile(
    r"(?P<comment>\#[^\n]*)"
    r"|(?P<string>\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?)"
    r"|(?P<number>\b\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?%?)"
    rf"|(?P<keyword>\b(?:{_KEYWORDS})\b)"
    r"|(?P<constant>\b(?:true|false|none|pi|epsilon)\b)"
    r"|(?P<layer>\b[A-Z][A-Za-z0-9_]*(?=\())"
    r"|(?P<arrow>->)"
)


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """(class, characters) in order; class is empty for what has no colour. Joined, the characters are the text."""
    end = 0
    for match in _TOKENS.finditer(text):
        if match.start() > end:
            yield "", text[end : match.start()]
        yield match.lastgroup or "", match.group()
        end = match.end()
    if end < len(text):
        yield "", text[end:]
