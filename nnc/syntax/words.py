"""Tokens and terminals in words: what was found, and what could stand there. No terminal's name reaches a user."""

from __future__ import annotations

from collections.abc import Iterable

from nnc.syntax.lexer import Token
from nnc.syntax.tables import END, LINE_END, Tables

_SHOWN = 40
"""Characters of the text that a message quotes."""

_OPERAND = frozenset(
    {"NAME", "NUMBER", "PERCENTAGE", "STRING", "TRUE", "FALSE", "NONE", "LPAR", "LSQB", "LBRACE", "PLUS", "MINUS"}
)
_ARITHMETIC = frozenset({"PLUS", "MINUS", "STAR", "SLASH", "DOUBLE_SLASH", "PERCENT", "AT"})
COMPARISONS = frozenset({"EQUAL", "UNEQUAL", "LESS", "LESS_EQUAL", "MORE", "MORE_EQUAL"})

# Sets of terminals that have a word of their own: where all of a set can come, the word stands for them all. The larger
# sets are looked for first.
_GROUPS: tuple[tuple[str, frozenset[str]], ...] = (
    (
        "an item (`model`, `data`, `train`, `report`, `param`, `fn`, `block` or `use`)",
        frozenset({"MODEL", "DATA", "TRAIN", "REPORT", "PARAM", "FN", "BLOCK", "USE"}),
    ),
    ("a statement", frozenset({"NAME", "INPUT", "OUTPUT", "LAYER", "FOR", "IF", "RETURN"})),
    ("an expression", _OPERAND | {"NOT", "IF"}),
    ("an expression", _OPERAND | {"NOT"}),
    ("an expression", _OPERAND),
    ("an operator", _ARITHMETIC),
    ("a number", frozenset({"NUMBER", "PERCENTAGE"})),
)

# What goes without saying beside an operator, and would bury the rest.
_AFTER_OPERAND = _ARITHMETIC | COMPARISONS | {"POWER", "LPAR", "LSQB", "POINT", "AND", "OR"}

_NAMED = {
    "NAME": "a name",
    "NUMBER": "a number",
    "PERCENTAGE": "a percentage",
    "STRING": "a string in quotes",
    LINE_END: "the line's end",
    END: "the file's end",
}

_FOUND = {"NUMBER": "the number", "PERCENTAGE": "the percentage", "STRING": "the string", "NAME": "the name"}


def found(token: Token, text: str) -> str:
    """A token as somebody would call it: "the name `x`", "the line's end", "`)`"."""
    if token.kind in (LINE_END, END):
        return _NAMED[token.kind]
    shown = text[token.start : min(token.end, token.start + _SHOWN)] + ("…" if token.end - token.start > _SHOWN else "")
    if token.word:
        return f"`{shown}`"
    kind = _FOUND.get(token.kind, "the word" if shown.isalpha() and token.kind.isupper() else "")
    return f"{kind} `{shown}`".strip()


class Words:
    """The terminals of a grammar in words."""

    def __init__(self, tables: Tables) -> None:
        self._signs = {name: word for word, name in tables.words.items()}
        self._signs.update((name, _unescaped(pattern)) for name, pattern in tables.signs if name not in _NAMED)

    def expected(self, kinds: Iterable[str]) -> str:
        """What could come, as a phrase: "`->`, an operator or the line's end"."""
        left = set(kinds)
        phrases: list[str] = []
        for phrase, group in _GROUPS:
            if group <= left and phrase not in phrases:
                phrases.append(phrase)
                left -= group
        if "an operator" in phrases:
            left -= _AFTER_OPERAND
        ends = {LINE_END, END} & left
        if ends:
            left.discard("RBRACE")  # where a line may end, a body may as well
        phrases = [self.word(kind) for kind in sorted(left - ends, key=self._rank)] + phrases
        if ends:
            phrases.append(_NAMED[LINE_END if LINE_END in ends else END])
        return _listed(phrases)

    def word(self, kind: str) -> str:
        """One terminal in words."""
        return _NAMED.get(kind) or f"`{self._signs[kind]}`"

    def _rank(self, kind: str) -> tuple[bool, str]:
        return (kind not in _NAMED, self.word(kind))


def _unescaped(pattern: str) -> str:
    return pattern.replace("\\", "")


def _listed(phrases: list[str]) -> str:
    if not phrases:
        return "nothing more"
    return phrases[0] if len(phrases) == 1 else ", ".join(phrases[:-1]) + " or " + phrases[-1]
