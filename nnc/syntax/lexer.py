"""From text to tokens: the signs and words of the grammar, the comments beside them, and line breaks where they count.

Whether a line break counts hangs on the brackets around it, and after a mistake on where the parser takes up
the thread again. So `tokenize` gives every line break, and `Stream` drops those that do not count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from nnc import limits
from nnc.syntax.slips import ALIKE, meant
from nnc.syntax.tables import END, LINE_END

BLANKS = frozenset({"BLANK", "COMMENT"})

# What is no sign of the language but is often typed as one, and what is left when nothing else fits. Their names
# begin with a blank so that no grammar can have them.
SLIP, OPEN_STRING, BAD_NUMBER, BAD = " slip", " open string", " bad number", " bad"
_SLIPS = r"=>|&&|\|\||<>|:=|[-+*/]=|[;；]|!(?!=)"
_OPEN_STRING = r"[\"'][^\n\r]*"
# A whole run of what can't be read is one mistake: letters of other alphabets stay together with the name they are in.
_BAD = r"\w+|[^\w\s\"'#()\[\]{},=]+|."

# Words that make expressions; no place in the grammar turns them into names.
RESERVED = frozenset({"if", "then", "else", "and", "or", "not", "true", "false", "none", "for", "in", "return"})

OPENERS: Mapping[str, str] = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
CLOSERS = frozenset(OPENERS.values())


class Token(NamedTuple):
    """A word, name, number, sign or line break. `kind` is its terminal in the grammar; a name that is a keyword in
    some places has that keyword's terminal as its `word`.
    """

    kind: str
    start: int
    end: int
    word: str = ""


class Lexed(NamedTuple):
    """The tokens of a text, line end and END last, the places of its comments, and what was read as a look-alike: its
    place and how it is written.

    `stopped` is where the text has more of them than `limits.MAX_TOKENS`; what is behind it was not read.
    """

    tokens: list[Token]
    comments: list[tuple[int, int]]
    alikes: list[tuple[int, int, str]]
    stopped: int | None = None


# Nothing else begins as these do, so they may be tried first: most of a text is made of them.
_FIRST = ("NAME", LINE_END, "COMMA", "LPAR", "RPAR", "LSQB", "RSQB", "LBRACE", "RBRACE")


def pattern(signs: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """One expression for blanks and a sign behind them; `lastgroup` of a match is the sign's name, `_END` at the end.

    A letter right behind a name, which it can't have, makes the whole word a mistake: that is left to `_BAD`.
    """
    known = dict(signs)
    known["NAME"] = rf"(?:{known['NAME']})(?!\w)"
    groups = [
        *((name, known.pop(name)) for name in _FIRST),
        ("_ALIKE", ALIKE),
        ("_SLIP", _SLIPS),
        *known.items(),
        ("_OPEN", _OPEN_STRING),
        ("_BAD", _BAD),
        ("_END", r"\Z"),
    ]
    signs_ = "|".join(f"(?P<{name}>{sign})" for name, sign in groups)
    return re.compile(rf"[ \t]*+(?:{signs_})", re.DOTALL)


_OWN_NAMES = {"_SLIP": SLIP, "_OPEN": OPEN_STRING, "_BAD": BAD}


def tokenize(text: str, master: re.Pattern[str], words: Mapping[str, str]) -> Lexed:
    """All tokens of a text, in time linear in its length; nothing is an error here."""
    tokens: list[Token] = []
    comments: list[tuple[int, int]] = []
    alikes: list[tuple[int, int, str]] = []
    match, add, word_of = master.match, tokens.append, words.get
    position, size, most = 0, len(text), limits.MAX_TOKENS
    while position < size:
        if len(tokens) > most:
            return Lexed(tokens, comments, alikes, position)
        found = match(text, position)
        if found is None:  # unreachable: the last alternative takes any character
            raise AssertionError(f"no token at {position}")
        kind = found.lastgroup or ""
        start, position = found.span(kind)
        if kind == "NAME":
            name = text[start:position]
            word = word_of(name, "")
            add(_token(Token, (word, start, position, "") if name in RESERVED else (kind, start, position, word)))
        elif kind not in _RARE:
            add(_token(Token, (kind, start, position, "")))
        elif kind == LINE_END:
            if tokens and tokens[-1].kind != LINE_END:
                add(Token(kind, start, position))
        elif kind == "COMMENT":
            comments.append((start, position))
            most -= 1
        elif kind == "_ALIKE":
            position = _alike(text, start, position, tokens, alikes)
            most -= 1
        else:
            position = _rarer(kind, text, start, position, tokens)
    _end(tokens, size)
    return Lexed(tokens, comments, alikes)


def _rarer(kind: str, text: str, start: int, end: int, tokens: list[Token]) -> int:
    """Put a number or a mistake on the list, and give its end; blanks, and the end, are nothing."""
    glued = _GLUED.match(text, end) if kind == "NUMBER" else None
    if glued is not None:  # a letter or point right behind a number, which it can't have: the whole word is the mistake
        kind, end = BAD_NUMBER, glued.end()
    if kind not in _NOTHING:
        tokens.append(Token(_OWN_NAMES.get(kind, kind), start, end))
    return end


def _alike(text: str, start: int, end: int, tokens: list[Token], alikes: list[tuple[int, int, str]]) -> int:
    """Put the token that a look-alike stands for on the list (a blank or comment has none), and give its end."""
    if text.startswith("/*", start) and not text.endswith("*/", start + 2, end):
        closed = text.find("*/", end, end + _LONGEST_REMARK)
        end = closed + 2 if closed >= 0 else end
    kind, written = meant(text[start:end])
    alikes.append((start, end, written))
    if kind not in BLANKS:
        tokens.append(Token(kind, start, end))
    return end


_LONGEST_REMARK = 2000
"""Characters that a comment of C in several lines is looked through for its end, so that the time stays linear."""

_GLUED = re.compile(r"(?:\w|\.\d)(?:\w|\.\d)*")
_NOTHING = frozenset({"BLANK", "_END"})
_RARE = frozenset({LINE_END, "COMMENT", "NUMBER", "_ALIKE", *_NOTHING, *_OWN_NAMES})
_token = tuple.__new__  # makes a Token at half the cost of calling the class


def _end(tokens: list[Token], size: int) -> None:
    """Put in the line break that may be missing at the end of the text, and END."""
    if tokens and tokens[-1].kind != LINE_END:
        tokens.append(Token(LINE_END, tokens[-1].end, tokens[-1].end))
    tokens.append(Token(END, size, size))
