"""From text to tree: `parse` gives what could be read of a file and everything that is wrong with its syntax.

The grammar is `grammar/nn.lark`; its tables are loaded once. After a mistake the parser mends it where it is
plain what was meant (`repairs.py`), else leaves out the statement that it stands in, and goes on: so a file with
five mistakes gives five findings, and what is sound of it is in the tree.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from nnc import codes, limits
from nnc.collector import collector_at_rest
from nnc.diagnostics import Findings
from nnc.source import Source, Span
from nnc.syntax import tree
from nnc.syntax.alikes import find_alikes
from nnc.syntax.build import builders
from nnc.syntax.indentation import put_right
from nnc.syntax.lalr import Machine, TooDeep
from nnc.syntax.lexer import CLOSERS, OPENERS, Token, pattern, tokenize
from nnc.syntax.literals import find_control
from nnc.syntax.repairs import mend
from nnc.syntax.stream import GOES_ON, Closers, Stream
from nnc.syntax.tables import END, LINE_END, Tables, load
from nnc.syntax.trouble import Anchor, Trouble
from nnc.syntax.words import Words


class _Language(NamedTuple):
    tables: Tables
    pattern: re.Pattern[str]
    words: Words


@cache
def _language() -> _Language:
    tables = load()
    return _Language(tables, pattern(tables.signs), Words(tables))


def parse(source: Source) -> tuple[tree.File | None, Findings]:
    """The tree of a spec and its syntax errors. There is a file even where there are errors: the parts that could be
    read; None where nothing can be made of the text.
    """
    with collector_at_rest():
        return _parse(source)


def _parse(source: Source) -> tuple[tree.File | None, Findings]:
    findings = Findings()
    if len(source.text) > limits.MAX_SPEC_CHARS:
        findings.add(
            codes.TOO_LARGE,
            f"`{source.name}` is larger than a spec may be",
            source.span(0, 0),
            expected=f"at most {limits.MAX_SPEC_CHARS:,} characters",
            found=f"{len(source.text):,}",
        )
        return None, findings
    _find_controls(source, findings)
    language = _language()
    lexed = tokenize(source.text, language.pattern, language.tables.words)
    if lexed.stopped is not None:
        findings.add(
            codes.TOO_LARGE,
            f"`{source.name}` has more words and signs than a spec may have",
            source.span(lexed.stopped, lexed.stopped),
            expected=f"at most {limits.MAX_TOKENS:,}, comments counted",
            help="is this the right file?",
        )
        return None, findings
    find_alikes(source, lexed.alikes, findings)
    said = list(findings)
    parsing = _Parse(source, list(lexed.tokens), language, findings)
    file = parsing.run()
    if len(findings) > len(said):
        # Read again with the braces that the indentation asks for; the reading that finds less was meant.
        anew = Findings(said)
        tokens = put_right(source, lexed.tokens, anew)
        if tokens is not None:
            other = _Parse(source, tokens, language, anew)
            read = other.run()
            if read is not None and len(anew) <= len(findings):
                parsing, file, findings = other, read, anew
    if file is None:
        return None, findings
    notes = tuple(_comment(source, start, end) for start, end in lexed.comments)
    return replace(file, comments=notes, unread=tuple(parsing.left_out)), findings


def _comment(source: Source, start: int, end: int) -> tree.Comment:
    text = source.text[start:end].rstrip()
    return tree.Comment(text, span=Span(source, start, start + len(text)))


def _find_controls(source: Source, findings: Findings) -> None:
    """Find the characters that nobody can see, wherever they stand: also in comments and strings."""
    position = find_control(source.text, 0)
    while position >= 0 and len(findings) < limits.MAX_SYNTAX_FINDINGS:
        char = ord(source.text[position])
        findings.add(
            codes.BAD_CHARACTER,
            f"the control character U+{char:04X} can't stand in a spec",
            source.span(position, position + 1),
            help="take it out; in a string, escapes such as `\\n` and `\\t` stand for line break and tab",
        )
        position = find_control(source.text, position + 1)


HEADS = {
    "MODEL": ("MODEL", "NAME", "LBRACE"),
    "BLOCK": ("BLOCK", "NAME", "LPAR", "RPAR", "LBRACE"),
    "DATA": ("DATA", "LBRACE"),
    "TRAIN": ("TRAIN", "LBRACE"),
    "REPORT": ("REPORT", "LBRACE"),
}
"""What is read in the place of an item's head that has a mistake, so that its body can be read."""


class _Parse:
    """One run over one text."""

    def __init__(self, source: Source, tokens: list[Token], language: _Language, findings: Findings) -> None:
        self._source = source
        self._findings = findings
        self._words = language.words
        self._machine = Machine(language.tables, builders(source, findings), source)
        self._stream = Stream(source, tokens)
        self._anchors = {1: Anchor(0, 0)}
        self._troubles = 0
        self.left_out: list[Span] = []
        self._said = -1  # the statement that the last finding is about

    def run(self) -> tree.File | None:
        machine, stream = self._machine, self._stream
        while True:
            try:
                token = machine.run(stream.take, self._begin_statement)
            except TooDeep as deep:
                if self._gives_up(deep.token):
                    return None
                if self._is_first(deep):
                    self._leave_out(stream.last)
                else:
                    self._leave_out_item()
                continue
            if machine.result is not None:
                result: tree.File = machine.result
                return result
            if self._gives_up(token):
                return None
            self._go_on_after(token)

    # ---- after a mistake -------------------------------------------------------------------------

    def _gives_up(self, token: Token) -> bool:
        """Whether there are too many mistakes to go on."""
        self._troubles += 1
        if len(self._findings) < limits.MAX_SYNTAX_FINDINGS and self._troubles < limits.MAX_SYNTAX_TROUBLES:
            return False
        self._findings.add(
            codes.TOO_MANY,
            "there are too many mistakes to go on, and the rest of the file was not read",
            Span(self._source, token.start, token.end),
            help="is this the right file?",
        )
        return True

    def _go_on_after(self, token: Token) -> None:
        """Mend what is wrong with a token, or leave its statement out."""
        height = self._anchor_height()
        trouble = Trouble(
            token=token,
            height=height,
            anchor=self._anchors[height],
            machine=self._machine,
            stream=self._stream,
            words=self._words,
            source=self._source,
            findings=self._findings,
            again=self._said == self._anchors[height].first,
        )
        self._said = trouble.anchor.first
        if not mend(trouble):
            self._leave_out(self._stream.last)
        elif self._machine.at_anchor() and not self._stream.inserted:
            self._begin_statement()

    def _begin_statement(self) -> None:
        """Take note that what comes next may be taken up again from here."""
        self._anchors[len(self._machine.states)] = Anchor(self._stream.index, len(self._stream.open))

    def _anchor_height(self) -> int:
        height = len(self._machine.states)
        while not self._machine.at_anchor(height):
            height -= 1
        return height

    def _leave_out(self, reached: int) -> None:
        """Forget the statement that is being read, and go on with what follows it."""
        height = self._anchor_height()
        anchor = self._anchors[height]
        end = self._end_of_statement(anchor.first, reached)
        stream, first = self._stream, self._stream.at(anchor.first)
        body = self._end_of_body(anchor.first, end)
        if height == self._item_height():
            closed = stream.at(body - 2).kind == "RBRACE"
            if closed and first.word in HEADS and self._keep_body(first, height):
                return
            end = body
        elif first.kind == "NAME" and stream.at(end - 1).kind == LINE_END and stream.at(body - 2).kind == "RBRACE":
            end = body  # the entries of a map whose `{` is missing
        self._go_on_at(end, height)

    def _keep_body(self, first: Token, height: int) -> bool:
        """Read the body of an item whose head can't be read as if the head were sound; False where there is none."""
        stream, anchor = self._stream, self._anchors[height]
        index = anchor.first
        name = first
        while (token := stream.at(index)).kind not in (LINE_END, END):
            if token.kind == "NAME" and name is first and token is not first:
                name = token
            index += 1
        below = stream.at(index + 1)
        if below.kind == END or stream.column(below) <= stream.column(first) or stream.last > index:
            return False
        self._go_on_at(index + 1, height)
        at = stream.at(index).start
        places = {first.word: first, "NAME": name}
        made = [(kind, places.get(kind)) for kind in HEADS[first.word]]
        stream.insert([Token(kind, t.start, t.end) if t else Token(kind, at, at) for kind, t in made])
        return True

    def _end_of_body(self, first: int, index: int) -> int:
        """The index behind the lines that are indented further than a broken item's first one, and behind their `}`.

        They are the body of an item whose head can't be read; out here each of them would be a mistake.
        """
        stream = self._stream
        column, passed = stream.column(stream.at(first)), False
        while (token := stream.at(index)).kind != END:
            closes = passed and token.kind == "RBRACE" and stream.column(token) == column
            if stream.column(token) <= column and not closes:
                break
            while stream.at(index).kind not in (LINE_END, END):
                index += 1
            index += stream.at(index).kind == LINE_END
            passed = True
            if closes:
                break
        return index

    def _leave_out_item(self) -> None:
        """Forget the whole item, up to the line where the last of its brackets closes."""
        height = self._item_height()
        stream, index, depth = self._stream, self._anchors[height].first, 0
        while (token := stream.at(index)).kind != END:
            index += 1
            depth += (token.kind in OPENERS) - (token.kind in CLOSERS)
            if token.kind == LINE_END and depth <= 0 and index > stream.last:
                break
        self._go_on_at(index, height)

    def _go_on_at(self, index: int, height: int) -> None:
        anchor, stream = self._anchors[height], self._stream
        self.left_out.append(Span(self._source, stream.at(anchor.first).start, stream.at(index).start))
        self._machine.drop_to(height)
        stream.seek(index, stream.open[: anchor.open])
        self._begin_statement()

    def _end_of_statement(self, start: int, reached: int) -> int:
        """The index of the first token behind a broken statement that begins at `start` and was read up to `reached`.

        It ends where a line ends with its own brackets closed, before the `}` of the body around it, or before a line
        that is not indented further than its first line: somebody who forgets a bracket still indents.
        """
        stream = self._stream
        column = stream.column(stream.at(start))
        brackets = Closers()
        index = start
        while (token := stream.at(index)).kind != END:
            if token.kind in OPENERS:
                brackets.add(OPENERS[token.kind])
            elif token.kind in CLOSERS:
                if token.kind in brackets:
                    brackets.close(token.kind)
                elif token.kind == "RBRACE" and index > start:
                    return index
            index += 1
            if token.kind == LINE_END and self._ends(stream.at(index), brackets, column, passed=index >= reached):
                return index
        return index

    def _ends(self, following: Token, brackets: Closers, column: int, *, passed: bool) -> bool:
        """Whether a broken statement ends before this token, the first of a line."""
        if following.kind in GOES_ON or following.kind in brackets:
            return False
        if not brackets:
            return passed
        # The line after a forgotten `)` was read as if it went on; so it may end before the token that was in the way.
        return self._stream.column(following) <= column and (passed or brackets.last != "RBRACE")

    def _is_first(self, deep: TooDeep) -> bool:
        """Say that something is too deep, unless it was said before.

        What is nested a thousand deep is too deep at every hundredth level. So the first time the statement is left
        out, and from then on the whole item, lest each of a thousand levels be gone through for itself.
        """
        if any(item.code is codes.TOO_DEEP for item in self._findings):
            return False
        self._findings.add(
            codes.TOO_DEEP,
            "this is nested too deeply",
            Span(self._source, deep.start, deep.end),
            expected=f"at most {limits.MAX_DEPTH} levels of brackets, operators and bodies",
            help="give parts of it names of their own",
        )
        return True

    def _item_height(self) -> int:
        """The height of the stack where the item begins that is being read."""
        found = 1
        for height, value in enumerate(self._machine.values, 1):
            if self._machine.at_anchor(height):
                found = height
            if isinstance(value.node, Token) and value.node.kind == "LBRACE":
                break
        return found
