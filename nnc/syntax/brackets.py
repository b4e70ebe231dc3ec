"""The repairs of brackets: one that is not closed, one that closes nothing, one that is closed with another."""

from __future__ import annotations

from nnc import codes
from nnc.diagnostics import Fix, Label
from nnc.syntax.lexer import CLOSERS, OPENERS, Token
from nnc.syntax.tables import END, LINE_END
from nnc.syntax.trouble import Trouble
from nnc.syntax.words import found

_ITEM_WORDS = frozenset({"MODEL", "DATA", "TRAIN", "REPORT", "PARAM", "FN", "BLOCK", "USE"})


def wrong_closer(t: Trouble) -> bool | None:
    """`(a]`: another bracket than the one that is open."""
    if t.token.kind not in CLOSERS or t.token.kind == "RBRACE" or not t.opened:
        return None
    opener = t.opened[-1]
    meant = OPENERS[opener.kind]
    if any(OPENERS[other.kind] == t.token.kind for other in t.opened) or not t.machine.accepts([meant]):
        return None
    right = t.words.word(meant)
    t.findings.add(
        codes.UNCLOSED,
        f"{t.words.word(opener.kind)} is closed with `{t.text}`",
        t.span,
        Label(t.span_of(opener), "opened here"),
        expected=right,
        found=f"`{t.text}`",
        fix=Fix(f"write {right}", t.span, right.strip("`")),
    )
    t.stream.insert([t.made(meant)])
    return True


def unclosed_bracket(t: Trouble) -> bool | None:
    """A bracket that is still open where the next statement, the body's end or an outer bracket's closer comes."""
    unclosed = _unclosed(t)
    if not unclosed:
        return None
    opener = unclosed[-1]
    closer = t.words.word(OPENERS[opener.kind])
    t.findings.add(
        codes.UNCLOSED,
        f"{t.words.word(opener.kind)} is not closed",
        Label(t.span_of(opener), "opened here"),
        Label(t.span, f"{closer} is missing before this"),
        expected=closer,
        found=found(t.token, t.source.text),
        help=f"put {closer} where what began there ends",
        fix=_closing(t, unclosed),
    )
    closers = [OPENERS[token.kind] for token in reversed(unclosed)]
    late = not t.within_statement and t.token.kind != END and not t.stream.begins_line(t.token)
    if late or not t.machine.accepts(closers):
        return False
    t.put_before(closers)
    return True


def _closing(t: Trouble, unclosed: list[Token]) -> Fix | None:
    """The closers at the end of the line that the outermost bracket stands on, if all of it stands there."""
    before, line = t.before_token, t.source.position(unclosed[0].start)[0]
    if t.token.kind == "LBRACE" or t.source.position(before.end)[0] != line:
        return None
    if t.token.kind != END and t.source.position(t.token.start)[0] == line and t.token.kind not in CLOSERS:
        return None
    written = "".join(t.words.word(OPENERS[token.kind]).strip("`") for token in reversed(unclosed))
    return Fix(f"put `{written}`", t.source.span(before.end, before.end), written)


def _unclosed(t: Trouble) -> list[Token]:
    """The brackets of a statement that should have been closed before the token, the outermost first."""
    opened = t.opened
    for index in reversed(range(len(opened))):
        if OPENERS[opened[index].kind] == t.token.kind:
            return opened[index + 1 :]
    closers = [OPENERS[token.kind] for token in reversed(opened)]
    before_body = t.token.kind == "LBRACE" and t.stream.following.kind == LINE_END
    if before_body and t.machine.accepts([*closers, "LBRACE"]):
        return opened
    return opened if t.token.kind == "RBRACE" or not t.within_statement else []


def unclosed_body(t: Trouble) -> bool | None:
    """A body that is still open where the file ends or the next item begins."""
    braces = t.machine.bodies(t.height)
    if not braces or not (t.first.kind == END or _begins_item(t, braces[0])):
        return None
    opener = t.stream.suspect or braces[-1]
    t.findings.add(
        codes.UNCLOSED,
        "`{` is not closed",
        Label(t.span_of(opener), "opened here"),
        Label(t.span_of(t.first), "`}` is missing before this"),
        expected="`}`",
        found=found(t.first, t.source.text),
        help="put `}` on a line of its own where what began there ends",
        fix=_closing_body(t, opener) if len(braces) == 1 else None,
    )
    at = t.first.start
    t.begin_again()
    t.stream.suspect = None
    t.stream.insert([*(Token("RBRACE", at, at) for _ in braces), Token(LINE_END, at, at)])
    return True


def _closing_body(t: Trouble, opener: Token) -> Fix | None:
    """`}` on a line of its own behind the body's last one, where the body's `{` ends its line."""
    index = t.anchor.first - 1
    while index > 0 and t.stream.at(index).kind == LINE_END:
        index -= 1
    last = t.stream.at(index)
    if last is opener or last.start < opener.start:
        return None
    number = t.source.position(last.end)[0]
    end = last.end + len(t.source.line(number)) - (t.source.position(last.end)[1] - 1)
    blanks = " " * (t.stream.indent(opener) - 1)
    return Fix("put `}`", t.source.span(end, end), f"\n{blanks}}}")


def _begins_item(t: Trouble, outermost: Token) -> bool:
    """Whether the statement is an item by its first word and its indentation, and only now proves to be none here."""
    if t.first.word not in _ITEM_WORDS or t.before is not t.first:
        return False
    return t.stream.column(t.first) <= t.stream.indent(outermost)


def stray_closer(t: Trouble) -> bool | None:
    """A bracket that closes nothing."""
    opened = [*t.machine.bodies(t.height), *t.opened]
    if t.token.kind not in CLOSERS or t.token is t.stream.closed:
        return None
    if any(OPENERS[token.kind] == t.token.kind for token in opened):
        return None
    fix = Fix("take it out", t.span, "")
    t.findings.add(codes.UNCLOSED, f"this `{t.text}` closes nothing", t.span, help="take it out", fix=fix)
    if t.stream.following.kind == LINE_END and t.token is t.first:
        t.stream.skip()
    return True
