"""Which braces of bodies are missing or too many, told by the indentation.

A text that has mistakes is read a second time with these braces put right. A brace that is forgotten is noticed only
where the file ends, or where something can't stand inside the body that went on; the lines say where it belongs.
"""

from __future__ import annotations

from typing import NamedTuple

from nnc import codes, limits
from nnc.diagnostics import Findings, Fix, Label
from nnc.source import Source
from nnc.syntax.lexer import Token
from nnc.syntax.tables import END, LINE_END

_HEADS = frozenset({"MODEL", "BLOCK", "DATA", "TRAIN", "REPORT", "FEATURES", "FOR", "IF", "ELSE"})
_BEFORE_MAP = frozenset({"ASSIGN", "COLON", "COMMA", "LPAR", "LSQB", "ARROW"})
_GOES_ON = frozenset({"ARROW", "RPAR", "RSQB", "ELSE"})


class _Open(NamedTuple):
    """A brace that is open: itself (None where it is forgotten), the column of its line, whether it is a map's."""

    brace: Token | None
    column: int
    is_map: bool = False


def put_right(source: Source, tokens: list[Token], findings: Findings) -> list[Token] | None:
    """The tokens with the braces that the indentation asks for, each with its finding; None where none is wrong."""
    reading = _Reading(source, findings)
    start = 0
    for index, token in enumerate(tokens):
        if token.kind == LINE_END:
            reading.line(tokens[start : index + 1], tokens[index + 1])
            start = index + 1
            if reading.is_hopeless:
                return None
    reading.end(tokens[-1])
    return reading.tokens if reading.changed and not reading.is_hopeless else None


class _Reading:
    def __init__(self, source: Source, findings: Findings) -> None:
        self.tokens: list[Token] = []
        self.changed = False
        self._source = source
        self._findings = findings
        self._open: list[_Open] = []

    @property
    def is_hopeless(self) -> bool:
        """Whether so many braces are wrong that another reading of the text can't be what was meant."""
        return len(self._findings) > limits.MAX_SYNTAX_FINDINGS

    def line(self, line: list[Token], following: Token) -> None:
        """One line, its line break last, and the first token of the next one."""
        first = line[0]
        if first.kind == LINE_END:
            self.tokens += line
            return
        column = self._column(first)
        closers = next(i for i, token in enumerate(line) if token.kind != "RBRACE")
        if closers:
            kept = [token for token in line[:closers] if self._closes(token, first, column)]
            line = [*kept, *line[closers:]]
            if not kept and line[0].kind == LINE_END:
                return
        elif first.kind not in _GOES_ON:
            while self._open and self._open[-1].column >= column:
                self._close(self._open.pop(), first)
        self.tokens += line
        self._open_in(line, column, following)

    def end(self, end: Token) -> None:
        """The file's end closes what is open."""
        while self._open:
            self._close(self._open.pop(), end)
        self.tokens.append(end)

    def _closes(self, closer: Token, first: Token, column: int) -> bool:
        """Whether a `}` that begins a line is one of an open body; bodies further in are closed before it."""
        if any(item.column == column for item in reversed(self._open)):
            while self._open[-1].column != column:
                self._close(self._open.pop(), first)
            self._open.pop()
            return True
        self.changed = True
        span = self._source.span(closer.start, closer.end)
        fix = Fix("take it out", span, "")
        self._findings.add(codes.UNCLOSED, "this `}` closes nothing", span, help="take it out", fix=fix)
        return False

    def _open_in(self, line: list[Token], column: int, following: Token) -> None:
        opened: list[_Open] = []
        before = line[0]
        for token in line:
            if token.kind == "LBRACE":
                opened.append(_Open(token, column, before.kind in _BEFORE_MAP))
            elif token.kind == "RBRACE" and opened:
                opened.pop()
            before = token
        self._open += opened
        deeper = following.kind not in (END, "ARROW") and self._column(following) > column
        if not opened and deeper and self._is_head(line):
            self._open.append(_Open(None, column))

    def _is_head(self, line: list[Token]) -> bool:
        head, second = (line[1:3] if line[0].kind == "RBRACE" else line[:2]) if len(line) > 2 else (line[0], line[-1])
        return (head.word or head.kind) in _HEADS and second.kind not in ("ASSIGN", "COMMA")

    def _close(self, opened: _Open, before: Token) -> None:
        """Put in the `}` that is missing before this line; what forgot both braces is told where it opens."""
        if self.is_hopeless:
            return
        self.changed = True
        at = before.start
        brace, end = Token("RBRACE", at, at), Token(LINE_END, at, at)
        if opened.is_map:
            self.tokens.insert(len(self.tokens) - 1, brace)
        else:
            self.tokens += [brace, end]
        if opened.brace is None:
            return
        last = next((t for t in reversed(self.tokens) if t.kind != LINE_END and t.end > t.start), opened.brace)
        number = self._source.position(last.end)[0]
        place = last.end + len(self._source.line(number)) - (self._source.position(last.end)[1] - 1)
        written = "}" if opened.is_map else f"\n{' ' * (opened.column - 1)}}}"
        span = self._source.span(last.end, last.end) if opened.is_map else self._source.span(place, place)
        self._findings.add(
            codes.UNCLOSED,
            "`{` is not closed",
            Label(self._source.span(opened.brace.start, opened.brace.end), "opened here"),
            Label(self._source.span(before.start, before.end), "`}` is missing before this"),
            expected="`}`",
            found="the file's end" if before.kind == END else f"`{self._source.text[before.start : before.end][:40]}`",
            help="put `}` on a line of its own where what began there ends" if not opened.is_map else "put `}`",
            fix=Fix("put `}`", span, written),
        )

    def _column(self, token: Token) -> int:
        return self._source.position(token.start)[1]
