"""What is said about a syntax error that the parser can't mend: the statement that it stands in is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nnc import codes
from nnc.diagnostics import Code, Label
from nnc.source import Span
from nnc.syntax.lexer import BAD, BAD_NUMBER, OPEN_STRING, RESERVED
from nnc.syntax.literals import is_control
from nnc.syntax.slips import HINTS
from nnc.syntax.tables import END, LINE_END
from nnc.syntax.trouble import Trouble
from nnc.syntax.words import found

# ---- tokens that can stand nowhere ---------------------------------------------------------------


def complain(t: Trouble) -> None:
    """Add the finding for a trouble that has no repair."""
    _NO_TOKENS.get(t.token.kind, _misplaced)(t)


def _open_string(t: Trouble) -> None:
    mark = t.text[0]
    t.findings.add(
        codes.UNCLOSED,
        "this string is not closed on its line",
        Label(t.source.span(t.token.start, t.token.start + 1), "it begins here"),
        expected=f"`{mark}`",
        found="the line's end",
        help=f"close it with `{mark}`; a line break inside a string is written `\\n`",
    )


def _bad_number(t: Trouble) -> None:
    t.findings.add(
        codes.BAD_NUMBER,
        f"`{found(t.token, t.source.text).strip('`')}` is neither a number nor a name",
        t.span,
        help="a name begins with a letter or `_`; a number is written as in Python: `1_000`, `1e-3`, `70%`",
    )


def _bad_character(t: Trouble) -> None:
    if any(is_control(char) for char in t.text):
        return  # said already, for the whole text at once
    if t.text.isidentifier():
        t.findings.add(
            codes.BAD_CHARACTER,
            f"the name `{t.text[:40]}` has letters that a bare name can't have",
            t.span,
            expected="letters a to z, digits and `_`",
            help=f'a column\'s name may be anything in quotes: `"{t.text[:40]}"`',
        )
        return
    helps = [HINTS[char] for char in t.text if char in HINTS]
    t.findings.add(
        codes.BAD_CHARACTER,
        f"the language has no use for `{t.text[:40]}`",
        t.span,
        help=helps[0] if helps else None,
    )


# ---- tokens that stand in the wrong place --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    code: Code
    message: str
    help: str | None


def _misplaced(t: Trouble) -> None:
    said = _particular(t) or _Said(codes.SYNTAX, f"{found(t.token, t.source.text)} can't stand here", None)
    t.findings.add(
        said.code,
        said.message,
        _place(t),
        expected=t.words.expected(t.machine.acceptable()),
        found=found(t.token, t.source.text),
        help=said.help,
    )


def _place(t: Trouble) -> Span:
    """The token; for a line's end the place right behind what stands before it."""
    if t.token.kind in (LINE_END, END):
        return t.source.span(t.token.start, t.token.start)
    return t.span


def _particular(t: Trouble) -> _Said | None:
    """What can be said better than "can't stand here", by what stands around the token."""
    before = t.before
    ending = t.token.kind in (LINE_END, END)
    if before is not None and before.kind == "PERCENTAGE" and before.end == t.token.start:
        return _Said(
            codes.SYNTAX, "a number directly before `%` is a percentage", "for the remainder, write blanks: `7 % 2`"
        )
    if (
        before is t.first
        and before.kind == "NAME"
        and t.token.kind in ("ARROW", "LPAR")
        and t.machine.accepts(["ASSIGN"])
    ):
        return _Said(codes.SYNTAX, "what this gives has no name", "bind it: `h = x -> Dense(8)`, or `output y = ...`")
    if t.machine.accepts(["ASSIGN"]) and before is not None and not ending and not t.machine.accepts(["COLON"]):
        return _Said(codes.SYNTAX, f"`=` is missing before {found(t.token, t.source.text)}", None)
    word = t.text
    if word in RESERVED and t.machine.accepts(["NAME"]):
        return _Said(
            codes.SYNTAX,
            f"`{word}` is a word of the language and can't be a name",
            f'a column of this name is quoted: `"{word}"`',
        )
    comment = t.source.text.find("//", t.first.start, t.token.start)
    if comment >= 0 and "\n" not in t.source.text[comment : t.token.start]:
        return _Said(
            codes.SYNTAX, f"{found(t.token, t.source.text)} can't stand here", "a comment begins with `#`; `//` divides"
        )
    return _Said(codes.SYNTAX, "the file ends too early", None) if t.token.kind == END else None


_NO_TOKENS: dict[str, Callable[[Trouble], None]] = {
    OPEN_STRING: _open_string,
    BAD_NUMBER: _bad_number,
    BAD: _bad_character,
}
