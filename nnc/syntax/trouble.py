"""A token that can't stand where it stands, with all that a message or a repair needs to know about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from nnc.diagnostics import Findings
from nnc.lean import dataclass
from nnc.source import Source, Span
from nnc.syntax.lalr import Machine
from nnc.syntax.lexer import Token
from nnc.syntax.stream import Stream
from nnc.syntax.tables import END, LINE_END
from nnc.syntax.words import Words


class Anchor(NamedTuple):
    """Where an item, statement or entry begins: the index of its first token, and how many brackets are open there."""

    first: int
    open: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A token that can't stand where it stands.

    `height` is that of the stack where its statement begins, and `anchor` what is to be known to begin it again.
    `again` says that the last finding was about the same statement.
    """

    token: Token
    height: int
    anchor: Anchor
    machine: Machine
    stream: Stream
    words: Words
    source: Source
    findings: Findings
    again: bool

    @property
    def first(self) -> Token:
        """The first token of the statement."""
        return self.stream.at(self.anchor.first)

    @property
    def text(self) -> str:
        """The token's own text."""
        return self.source.text[self.token.start : self.token.end]

    @property
    def span(self) -> Span:
        """The token's place."""
        return Span(self.source, self.token.start, self.token.end)

    def span_of(self, token: Token) -> Span:
        """Another token's place."""
        return Span(self.source, token.start, token.end)

    def made(self, kind: str) -> Token:
        """A token that was meant, at the place of the one that was found."""
        return Token(kind, self.token.start, self.token.end)

    @property
    def before(self) -> Token | None:
        """The token before, line breaks aside, if it belongs to the same statement."""
        index = self.stream.last - 1
        while index > self.anchor.first and self.stream.at(index).kind == LINE_END:
            index -= 1
        return self.stream.at(index) if index >= self.anchor.first else None

    @property
    def before_token(self) -> Token:
        """The token before, line breaks aside, whatever it belongs to."""
        index = self.stream.last - 1
        while index > 0 and self.stream.at(index).kind == LINE_END:
            index -= 1
        return self.stream.at(max(index, 0))

    @property
    def kind(self) -> str:
        """The token's terminal in the grammar."""
        return self.machine.kind(self.token)

    def put_before(self, kinds: Iterable[str]) -> None:
        """Have the parser read these terminals before the token, and the line breaks before it again."""
        self.stream.untake()
        self.stream.insert([Token(kind, self.token.start, self.token.start) for kind in kinds])

    @property
    def opened(self) -> list[Token]:
        """The brackets that were opened in this statement before the token."""
        return [token for token in self.stream.open[self.anchor.open :] if token is not self.token]

    def begin_again(self) -> None:
        """Go back to where the statement begins, as if nothing of it had been read."""
        self.machine.drop_to(self.height)
        self.stream.seek(self.anchor.first, self.stream.open[: self.anchor.open])

    def leave_out_below(self) -> None:
        """Leave out the statement's line and the lines below that are indented further, as if they were not there."""
        column, index = self.stream.column(self.first), self.anchor.first
        while (token := self.stream.at(index)).kind != END:
            before = self.stream.at(index - 1).kind
            if index > self.anchor.first and before == LINE_END and self.stream.column(token) <= column:
                break
            index += 1
        self.begin_again()
        self.stream.seek(index, self.stream.open)

    @property
    def within_statement(self) -> bool:
        """Whether the token is on its statement's first line, or on one that is indented further than it."""
        if self.token.kind == END:
            return False
        lines = [self.source.position(token.start)[0] for token in (self.first, self.token)]
        return lines[0] == lines[1] or self.stream.indent(self.token) > self.stream.column(self.first)
