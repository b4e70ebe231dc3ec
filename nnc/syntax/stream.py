"""The tokens as the parser takes them: line breaks that do not count left out, and room to put tokens in."""

from __future__ import annotations

from collections.abc import Sequence

from nnc.source import Source
from nnc.syntax.lexer import CLOSERS, OPENERS, Token
from nnc.syntax.tables import END, LINE_END

# A line that begins with one of these goes on with the line before.
GOES_ON = frozenset({"ARROW", "ELSE"})
_BRACKETS = CLOSERS.union(OPENERS)


class Closers:
    """The closing brackets that are still to come, the innermost last."""

    def __init__(self) -> None:
        self._kinds: list[str] = []
        self._counts = dict.fromkeys(OPENERS.values(), 0)

    def add(self, kind: str) -> None:
        """A bracket was opened that this closes."""
        self._kinds.append(kind)
        self._counts[kind] += 1

    def close(self, kind: str) -> None:
        """It has come; those that were opened behind its opener never will."""
        while (last := self._kinds.pop()) != kind:
            self._counts[last] -= 1
        self._counts[kind] -= 1

    def __bool__(self) -> bool:
        return bool(self._kinds)

    def __contains__(self, kind: str) -> bool:
        return self._counts.get(kind, 0) > 0

    @property
    def last(self) -> str:
        """What closes the innermost bracket."""
        return self._kinds[-1]


class Stream:
    """A place in the tokens of a text, with the brackets that are open there."""

    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self.source = source
        self.index = 0
        self.last = 0
        self.open: list[Token] = []
        self.suspect: Token | None = None
        self.closed: Token | None = None  # the last closer that had its opener
        self._tokens = tokens
        self._inserted: list[Token] = []
        self._round = 0  # how many of the open brackets are `(` or `[`

    def take(self) -> Token:
        """The next token that counts, END for ever at the end."""
        if self._inserted:
            token = self._inserted.pop()
            self._follow(token)
            return token
        while True:
            self.last = self.index
            token = self._tokens[self.index]
            kind = token[0]
            if kind == END:
                return token
            self.index += 1
            if kind in _BRACKETS:
                self._follow(token)
            elif kind == LINE_END and not self._counts():
                continue
            return token

    def _counts(self) -> bool:
        if self._tokens[self.index].kind in GOES_ON:
            return False
        return not self._round

    def _follow(self, token: Token) -> None:
        if token.kind in OPENERS:
            self.open.append(token)
            self._round += token.kind != "LBRACE"
        elif token.kind in CLOSERS and self.open and OPENERS[self.open[-1].kind] == token.kind:
            opener = self.open.pop()
            self.closed = token
            self._round -= opener.kind != "LBRACE"
            # A brace that closes a line of another indentation was probably meant for another line.
            misplaced = token.kind == "RBRACE" and self.begins_line(token) and self.column(token) != self.indent(opener)
            if misplaced and self.suspect is None:
                self.suspect = opener

    # ---- repairs ---------------------------------------------------------------------------------

    def insert(self, tokens: Sequence[Token]) -> None:
        """Put tokens before the next one."""
        self._inserted.extend(reversed(tokens))

    @property
    def inserted(self) -> bool:
        """Whether the next token is one that was put in."""
        return bool(self._inserted)

    def seek(self, index: int, open_brackets: Sequence[Token]) -> None:
        """Go on from the token of this index, with these brackets open."""
        self.index = index
        self.open = list(open_brackets)
        self._round = sum(token.kind != "LBRACE" for token in open_brackets)
        self._inserted.clear()

    def retake(self) -> None:
        """Put back the token that was taken last, which is none that was inserted."""
        self.index = self.last
        if self.open and self.open[-1] is self._tokens[self.index]:
            self._round -= self.open.pop().kind != "LBRACE"

    def untake(self) -> None:
        """Put back the token that was taken last (none that was inserted), and the line breaks before it."""
        self.retake()
        while self.index and self._tokens[self.index - 1].kind == LINE_END:
            self.index -= 1

    def skip(self) -> None:
        """Pass over the next token."""
        self.index += 1

    def exchange(self, index: int, token: Token) -> None:
        """Put another token in the place of one that is still to come."""
        self._tokens[index] = token

    # ---- looking around --------------------------------------------------------------------------

    @property
    def following(self) -> Token:
        """The token after the one that was taken last."""
        return self.at(self.index)

    def at(self, index: int) -> Token:
        """The token of an index; END past the end."""
        return self._tokens[min(index, len(self._tokens) - 1)]

    def column(self, token: Token) -> int:
        """The column of a token's first character, counted from 1."""
        return self.source.position(token.start)[1]

    def indent(self, token: Token) -> int:
        """The column of the first character of a token's line that is no blank."""
        line = self.source.line(self.source.position(token.start)[0])
        return len(line) - len(line.lstrip(" \t")) + 1

    def begins_line(self, token: Token) -> bool:
        """Whether nothing but blanks stands before a token on its line."""
        return self.column(token) == self.indent(token)
