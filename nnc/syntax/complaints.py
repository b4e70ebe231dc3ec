"""What is said about a syntax error that the parser can't mend: the statement that it stands in is left out."""

from __future__ import annotations

from collections.abc import Callable

from nnc import codes
from nnc.diagnostics import Label
from nnc.lean import dataclass
from nnc.source import Span
from nnc.syntax.lexer import BAD, BAD_NUMBER, OPEN_STRING, RESERVED
from nnc.syntax.literals import is_control
from nnc.syntax.slips import FORMS, HINTS
from nnc.syntax.tables import END, LINE_END
from nnc.syntax.trouble import Trouble
from nnc.syntax.words import COMPARISONS, found

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
        help="a number has one point"
        if t.text.count(".") > 1
        else "a name begins with a letter or `_`; a number is written as in Python: `1_000`, `1e-3`, `70%`",
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
            help=f'only a column may be called anything, in quotes: `"{t.text[:40]}"`',
        )
        return
    helps = [HINTS[char] for char in t.text if char in HINTS]
    if t.text.isdecimal():
        helps = [f"digits are 0 to 9: write {int(t.text[:20])}"]
    t.findings.add(
        codes.BAD_CHARACTER,
        f"the language has no use for `{t.text[:40]}`",
        t.span,
        help=helps[0] if helps else None,
    )


# ---- tokens that stand in the wrong place --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    message: str
    help: str | None


def _misplaced(t: Trouble) -> None:
    said = _particular(t) or _Said(_cannot_stand(t), _form(t))
    last = t.findings.last
    if said.message.startswith("a model is") and last is not None and last.message == said.message:
        return  # each line of a program in Python would say it again
    t.findings.add(
        codes.SYNTAX,
        said.message,
        _place(t),
        expected=t.words.expected(t.machine.acceptable() - ({LINE_END} if t.machine.at_anchor() else set())),
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
    return next((said for explain in _PARTICULAR if (said := explain(t)) is not None), None)


def _remainder(t: Trouble) -> _Said | None:
    before = t.before
    if before is None or before.kind != "PERCENTAGE" or before.end != t.token.start:
        return None
    return _Said("a number directly before `%` is a percentage", "for the remainder, write blanks: `7 % 2`")


def _nameless(t: Trouble) -> _Said | None:
    """A chain or a call that stands alone."""
    before = t.before
    if before is not t.first or before.kind != "NAME" or t.token.kind not in ("ARROW", "LPAR"):
        return None
    if not t.machine.accepts(["ASSIGN"]):
        return None
    return _Said("what this gives has no name", "bind it: `h = x -> Dense(8)`, or `output y = ...`")


def _loose_constant(t: Trouble) -> _Said | None:
    if t.height > 1 and t.machine.bodies(t.height):
        return None
    if t.token is not t.first or t.token.kind != "NAME" or t.stream.following.kind != "ASSIGN":
        return None
    return _Said(
        f"`{t.text}` can't be bound outside a model, block or fn", f"a constant of the file is `param {t.text} = ...`"
    )


def _reserved(t: Trouble) -> _Said | None:
    if t.text not in RESERVED or not t.machine.accepts(["NAME"]):
        return None
    message = f"`{t.text}` is a word of the language and can't be a name"
    return _Said(message, f'a column of this name is quoted: `"{t.text}"`')


def _foreign_comment(t: Trouble) -> _Said | None:
    comment = t.source.text.rfind("//", t.first.start, t.token.end)
    if comment < 0 or "\n" in t.source.text[comment : t.token.start]:
        return None
    return _Said(_cannot_stand(t), "a comment begins with `#`; `//` divides")


def _compared_twice(t: Trouble) -> _Said | None:
    if t.token.kind not in COMPARISONS or not t.machine.accepts(["AND"]):
        return None
    return _Said("comparisons do not chain", "write `a < b and b < c`")


def _lone_else(t: Trouble) -> _Said | None:
    return _Said("there is no `if` that this `else` belongs to", _form(t)) if t.token.kind == "ELSE" else None


def _ends_early(t: Trouble) -> _Said | None:
    if t.token.kind not in (LINE_END, END):
        return None
    return _Said("the line ends too early" if t.token.kind == LINE_END else "the file ends too early", _form(t))


def _program(t: Trouble) -> _Said | None:
    """`model.add(...)`, `model = Sequential()`."""
    if t.first.word != "MODEL" or t.before is not t.first or t.token.kind not in ("POINT", "ASSIGN"):
        return None
    return _Said(
        "a model is a body of statements, not an object with methods",
        "layers are chained: model M { input x: [8] ... output y = x -> Dense(64, relu) -> Dense(1) }; "
        "loss and optimizer stand in `train { ... }`",
    )


def _comprehension(t: Trouble) -> _Said | None:
    if t.token.kind != "FOR" or not t.opened:
        return None
    return _Said("a list is written out, or grows in a loop", "for n in [1, 2] { hs = hs + [x -> Dense(n)] }")


def _two_names(t: Trouble) -> _Said | None:
    """`loss = mean squared error`, and words for people that stand in a file."""
    before = t.before
    if (
        t.token is t.first
        and t.token.kind == "NAME"
        and not t.token.word
        and t.stream.following.kind == "NAME"
        and t.height == 1
    ):
        return _Said(_cannot_stand(t), "words for people stand behind a `#`")
    if t.token.kind != "NAME" or before is None or before.kind != "NAME" or t.opened or before is t.first:
        return None
    words = t.source.text[before.start : t.token.end]
    if "\n" in words:
        return None
    joined = words.replace(" ", "_")
    return _Said("a name is one word", f"join the words, `{joined}`, or put `->` or an operator between them")


def _loose_list(t: Trouble) -> _Said | None:
    if t.token.kind != "COMMA" or t.opened or t.stream.at(t.anchor.first + 1).kind != "ASSIGN":
        return None
    name = t.source.text[t.first.start : t.first.end]
    return _Said("several values stand in a list", f"write {name} = [..., ...]")


def _set_of_items(t: Trouble) -> _Said | None:
    if t.token.kind not in ("COMMA", "RBRACE") or not t.opened or t.opened[-1].kind != "LBRACE":
        return None
    if not t.machine.accepts(["COLON"]):
        return None
    return _Said("`{ }` is a map of keys and values", "a list stands in `[ ]`: [a, b]")


_PARTICULAR: tuple[Callable[[Trouble], _Said | None], ...] = (
    _program,
    _comprehension,
    _set_of_items,
    _foreign_comment,
    _two_names,
    _loose_list,
    _remainder,
    _nameless,
    _loose_constant,
    _lone_else,
    _reserved,
    _compared_twice,
    _ends_early,
)


def _cannot_stand(t: Trouble) -> str:
    return f"{found(t.token, t.source.text)} can't stand here"


def _form(t: Trouble) -> str | None:
    """How the statement is written that the token is one of the first of."""
    word = t.first.word or t.first.kind
    near = t.stream.last - t.anchor.first <= _HEAD or word == "PARAM"
    return f"the form is: {FORMS[word]}" if word in FORMS and near else None


_HEAD = 4
"""Tokens of a statement that its form has something to say about."""


_NO_TOKENS: dict[str, Callable[[Trouble], None]] = {
    OPEN_STRING: _open_string,
    BAD_NUMBER: _bad_number,
    BAD: _bad_character,
}
