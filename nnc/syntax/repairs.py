"""How the parser gets over a syntax error where it is plain what was meant.

`mend` tries the repairs in order. A repair that knows the trouble adds the finding and either puts right what the
parser reads next (True) or gives the statement up (False); one that does not know it gives None. No repair puts in a
token that the parser would not take, so that each makes headway.
"""

from __future__ import annotations

from collections.abc import Callable

from nnc import codes
from nnc.diagnostics import Fix
from nnc.source import Span
from nnc.spelling import suggest
from nnc.syntax.brackets import stray_closer, unclosed_body, unclosed_bracket, wrong_closer
from nnc.syntax.complaints import complain
from nnc.syntax.foreign import (
    augmented,
    blank_before_percent,
    comment,
    missing_brace,
    missing_map_brace,
    no_python,
    python,
    tuple_of_sizes,
    two_words,
)
from nnc.syntax.lexer import Token
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
    # A statement that was mended and fails again was mended wrongly: it has its finding.
    if not trouble.again:
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
        slip.outside if slip.outside and not t.opened else slip.message,
        t.span,
        expected=f"`{slip.written.strip()}`" if slip.written else t.words.expected(slip.meant) if slip.meant else None,
        found=f"`{t.text}`",
        help=slip.help,
        fix=Fix(slip.fix, t.span, slip.written) if slip.written is not None else None,
    )
    if slip.meant is None:
        return False
    t.stream.insert([t.made(kind) for kind in slip.meant])
    return True


def _brace_on_next_line(t: Trouble) -> bool | None:
    """`data` and the `{` on a line of its own."""
    before, brace = t.before, t.stream.following
    if t.token.kind != LINE_END or before is None or brace.kind != "LBRACE" or not t.machine.accepts(["LBRACE"]):
        return None
    gap = Span(t.source, before.end, brace.start)
    t.findings.add(
        codes.SYNTAX,
        "the `{` stands on the line that it belongs to",
        t.span_of(brace),
        help="put it at the end of the line before",
        fix=Fix("put it at the end of the line before", gap, " ") if "#" not in gap.text else None,
    )
    return True


def _lone_else(t: Trouble) -> bool | None:
    """An `else` that begins a line goes on with the one before; where that can't be, it is a statement's beginning."""
    if t.token.kind != "ELSE" or t.machine.at_anchor() or not t.machine.accepts([LINE_END]):
        return None
    t.stream.retake()
    t.stream.insert([Token(LINE_END, t.token.start, t.token.start)])
    return True  # without a finding: the `else` will be in trouble again, and alone


def _arrow_at_line_end(t: Trouble) -> bool | None:
    """`x ->` with the layer on the next line, or an operator there."""
    before = t.before
    following = t.stream.following
    if t.token.kind != LINE_END or before is None:
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


def _missing_sign(t: Trouble) -> bool | None:
    """Two things with nothing between them where a sign belongs: items without `,`, name and value without `=`."""
    before, kind = t.before, t.kind
    if before is None or not t.within_statement or (before.kind == "PERCENTAGE" and before.end == t.token.start):
        return None
    for sign, of_lists, message in _SIGNS:
        if of_lists != bool(t.opened) or not t.machine.accepts([sign, kind]):
            continue
        if sign == "ASSIGN" and (kind in ("LPAR", "LBRACE") or t.stream.following.kind in ("ASSIGN", "COMMA")):
            continue
        _say_missing(t, sign, message)
        t.put_before([sign])
        return True
    return None


def _say_missing(t: Trouble, sign: str, message: str) -> None:
    """Say it once for a statement: where one sign is forgotten, the next is often as well."""
    said = message.format(found="")
    if t.again and any(d.message.startswith(said) and d.labels[0].span.start > t.first.start for d in t.findings):
        return
    written = t.words.word(sign)
    end = t.before.end if t.before else t.token.start
    t.findings.add(
        codes.SYNTAX,
        message.format(found=found(t.token, t.source.text)),
        t.span,
        expected=written,
        found=found(t.token, t.source.text),
        fix=Fix(f"put {written}", t.source.span(end, end), _SPACED.get(sign, written.strip("`"))),
    )


# The signs that are left out most often; whether they stand inside brackets; and what to say.
_SIGNS = (
    ("COMMA", True, "a comma is missing before {found}"),
    ("COLON", True, "`:` is missing before {found}"),
    ("COLON", False, "`:` is missing before {found}"),
    ("ASSIGN", False, "`=` is missing before {found}"),
    ("IN", False, "`in` is missing before {found}"),
    ("COMMA", False, "a comma is missing before {found}"),
)
_SPACED = {"ASSIGN": " =", "IN": " in"}


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


_REPAIRS: tuple[Callable[[Trouble], bool | None], ...] = (
    python,
    comment,
    no_python,
    blank_before_percent,
    augmented,
    tuple_of_sizes,
    missing_brace,
    missing_map_brace,
    _slip,
    _lone_else,
    _brace_on_next_line,
    _arrow_at_line_end,
    wrong_closer,
    unclosed_bracket,
    unclosed_body,
    _misspelt_word,
    two_words,
    _missing_sign,
    stray_closer,
)
