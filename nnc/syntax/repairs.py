"""How the parser gets over a syntax error where it is plain what was meant.

`mend` tries the repairs in order. A repair that knows the trouble adds the finding and either puts right what the
parser reads next (True) or gives the statement up (False); one that does not know it gives None. No repair puts in a
token that the parser would not take, so that each makes headway.
"""

from __future__ import annotations

from collections.abc import Callable

from nnc import codes
from nnc.diagnostics import Fix, Label, suggest
from nnc.source import Span
from nnc.syntax.complaints import complain
from nnc.syntax.lexer import CLOSERS, OPENERS, Token
from nnc.syntax.slips import FOREIGN_WORDS, SLIPS, Slip
from nnc.syntax.tables import END, LINE_END
from nnc.syntax.trouble import Trouble
from nnc.syntax.words import found


def mend(trouble: Trouble) -> bool:
    """Add the finding for a trouble; True where the parser can go on as if it had not been."""
    for repair in _REPAIRS:
        outcome = repair(trouble)
        if outcome is not None:
            return outcome
    complain(trouble)
    return False


def _slip(t: Trouble) -> bool | None:
    """A sign of another language, or one sign for another: `=>`, `:` for `=`, `;`, `elif`."""
    outcomes = (_mend_slip(t, slip) for slip in SLIPS.get(t.text, ()))
    return next((outcome for outcome in outcomes if outcome is not None), None)


def _mend_slip(t: Trouble, slip: Slip) -> bool | None:
    if slip.before_line_end and t.stream.following.kind != LINE_END:
        return None
    if slip.meant is not None and not t.machine.accepts(slip.meant or (LINE_END,)):
        return None
    t.findings.add(
        codes.SYNTAX,
        slip.message,
        t.span,
        expected=t.words.expected(slip.meant) if slip.meant else None,
        found=f"`{t.text}`",
        help=slip.help,
        fix=Fix(slip.fix, t.span, slip.written) if slip.written is not None else None,
    )
    if slip.meant is None:
        return False
    t.stream.insert([t.made(kind) for kind in slip.meant])
    return True


def _arrow_at_line_end(t: Trouble) -> bool | None:
    """`x ->` with the layer on the next line, or an operator there."""
    before = t.before
    following = t.stream.following
    if t.token.kind != LINE_END or before is None or before.kind == LINE_END:
        return None
    if following.kind == END or not t.machine.accepts([following.kind]):
        return None
    if t.stream.column(following) <= t.stream.column(t.first):
        return None
    sign = t.source.text[before.start : before.end]
    arrow = before.kind == "ARROW"
    gap = t.source.text[before.start : following.start]
    t.findings.add(
        codes.SYNTAX,
        "a line that is to go on can't end with `->`" if arrow else f"the statement ends here, after `{sign}`",
        t.span_of(before),
        help="begin the next line with the `->`" if arrow else "put what goes on in the next line into parentheses",
        fix=Fix(
            "begin the next line with the `->`",
            Span(t.source, before.start, following.start),
            gap[2:].lstrip(" \t") + "-> ",
        )
        if arrow and "#" not in gap
        else None,
    )
    return True


def _wrong_closer(t: Trouble) -> bool | None:
    """`(a]`: another bracket than the one that is open."""
    if t.token.kind not in CLOSERS or not t.stream.open:
        return None
    opener = t.stream.open[-1]
    meant = OPENERS[opener.kind]
    if opener.kind == "LBRACE" or t.token.kind == "RBRACE" or not t.machine.accepts([meant]):
        return None
    right = t.words.word(meant)
    t.findings.add(
        codes.UNCLOSED,
        f"{t.words.word(opener.kind)} is closed with {t.words.word(t.token.kind)}",
        t.span,
        Label(t.span_of(opener), "opened here"),
        expected=right,
        found=f"`{t.text}`",
        fix=Fix(f"write {right}", t.span, right.strip("`")),
    )
    t.stream.insert([t.made(meant)])
    return True


def _unclosed_bracket(t: Trouble) -> bool | None:
    """A `(` or `[` that is still open where the next statement begins."""
    opened = t.opened
    if not any(token.kind != "LBRACE" for token in opened) or (t.within_statement and t.token.kind != "RBRACE"):
        return None
    opener = next(token for token in reversed(opened) if token.kind != "LBRACE")
    closer = t.words.word(OPENERS[opener.kind])
    t.findings.add(
        codes.UNCLOSED,
        f"{t.words.word(opener.kind)} is not closed",
        Label(t.span_of(opener), "opened here"),
        Label(t.span, f"{closer} is missing before this"),
        expected=closer,
        found=found(t.token, t.source.text),
    )
    closers = [OPENERS[token.kind] for token in reversed(opened)]
    if not t.machine.accepts(closers):
        return False
    t.stream.untake()
    t.stream.insert([Token(kind, t.token.start, t.token.start) for kind in closers])
    return True


def _missing_comma(t: Trouble) -> bool | None:
    """Two items of a list, call or map with nothing between them."""
    before = t.before
    kind = t.machine.kind(t.token)
    if before is None or not t.within_statement or not t.machine.accepts(["COMMA", kind]):
        return None
    if not t.opened or (before.kind == "PERCENTAGE" and before.end == t.token.start):
        return None
    gap = t.source.span(before.end, before.end)
    t.findings.add(
        codes.SYNTAX,
        "a comma is missing here",
        Label(t.span, "before this"),
        expected=t.words.expected(t.machine.acceptable() - {"NAME"}),
        found=found(t.token, t.source.text),
        fix=Fix("put a comma", gap, ","),
    )
    t.stream.untake()
    t.stream.insert([Token("COMMA", t.token.start, t.token.start)])
    return True


def _unclosed_body(t: Trouble) -> bool | None:
    """A body that is still open where the file ends or the next item begins."""
    braces = [token for token in t.stream.open if token.kind == "LBRACE" and token is not t.token]
    if not braces:
        return None
    at_end = t.first.kind == END
    if not at_end and not (_begins_item(t) and t.stream.column(t.first) <= t.stream.indent(braces[0])):
        return None
    opener = t.stream.suspect or braces[-1]
    t.findings.add(
        codes.UNCLOSED,
        "`{` is not closed",
        Label(t.span_of(opener), "opened here"),
        Label(t.span_of(t.first), "`}` is missing before this"),
        expected="`}`",
        found=found(t.first, t.source.text),
    )
    at = t.first.start
    t.begin_again()
    t.stream.suspect = None
    t.stream.insert([*(Token("RBRACE", at, at) for _ in braces), Token(LINE_END, at, at)])
    return True


_ITEM_WORDS = frozenset({"MODEL", "DATA", "TRAIN", "REPORT", "PARAM", "FN", "BLOCK", "USE"})


def _begins_item(t: Trouble) -> bool | None:
    return t.first.word in _ITEM_WORDS and t.before is t.first


def _misspelt_word(t: Trouble) -> bool | None:
    """`modle X {`, `inptu x: [3]`, `def f(x)`: a statement that begins with what is almost a keyword."""
    first = t.first
    at_first = t.token is first
    if first.kind != "NAME" or not (at_first or t.before is first):
        return None
    word = t.source.text[first.start : first.end]
    state = t.machine.tables.states[t.machine.states[t.height - 1]]
    known = [text for text, kind in t.machine.tables.words.items() if kind in state]
    near = FOREIGN_WORDS.get(word) or (suggest(word, known) if len(word) > 2 else None)
    if near not in known or near == word:
        return None
    kind = t.machine.tables.words[near]
    following = t.stream.following if at_first else t.token
    if not any(t.machine.accepts([kind, after], t.height) for after in (following.kind, following.word)):
        return None
    t.findings.add(
        codes.SYNTAX,
        f"nothing begins with `{word}`",
        t.span_of(first),
        expected=f"`{near}`",
        found=f"`{word}`",
        help=f"did you mean `{near}`?",
        fix=Fix(f"write `{near}`", t.span_of(first), near),
    )
    t.begin_again()
    t.stream.skip()
    t.stream.insert([Token(kind, first.start, first.end)])
    return True


def _stray_closer(t: Trouble) -> bool | None:
    """A bracket that closes nothing."""
    if t.token.kind not in CLOSERS or any(OPENERS[o.kind] == t.token.kind for o in t.stream.open):
        return None
    t.findings.add(codes.UNCLOSED, f"this `{t.text}` closes nothing", t.span, fix=Fix("take it out", t.span, ""))
    if t.stream.following.kind == LINE_END and t.token is t.first:
        t.stream.skip()
    return True


_REPAIRS: tuple[Callable[[Trouble], bool | None], ...] = (
    _slip,
    _arrow_at_line_end,
    _wrong_closer,
    _unclosed_bracket,
    _missing_comma,
    _unclosed_body,
    _misspelt_word,
    _stray_closer,
)
