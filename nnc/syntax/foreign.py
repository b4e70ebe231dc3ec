"""The repairs of what is right in another language: comments of C, assignments in place, bodies of Python, tuples.

Each knows its trouble, adds the finding and says how to go on, as in `repairs.py`.
"""

from __future__ import annotations

import re

from nnc import codes
from nnc.diagnostics import Fix
from nnc.source import Span
from nnc.syntax.lexer import BAD, OPEN_STRING, OPENERS, Token
from nnc.syntax.tables import END, LINE_END
from nnc.syntax.trouble import Trouble

_PYTHON = frozenset({"class", "def", "import", "from", "with", "async"})


def comment(t: Trouble) -> bool | None:
    """`// words` behind a statement, `-- words` and the fences of Markdown on lines of their own."""
    at_first = t.token is t.first
    slashes = t.token.kind == "DOUBLE_SLASH"
    dashes = t.token.kind == "MINUS" and at_first and t.stream.following[:2] == ("MINUS", t.token.end)
    fence = t.token.kind == BAD and at_first and t.text.startswith("```")
    if not (slashes or dashes or fence):
        return None
    line = t.source.line(t.source.position(t.token.start)[0])
    end = t.token.start + len(line) - (t.stream.column(t.token) - 1)
    sign = t.span if slashes else t.source.span(t.token.start, t.token.start + 2)
    if fence:
        message, fix = "the fence of a Markdown block is no part of the spec", Fix("take the line out", t.span, "")
        fix = Fix("take the line out", t.source.span(t.token.start, end), "")
    else:
        message, fix = f"a comment begins with `#`, not `{sign.text}`", Fix("write `#`", sign, "#")
    t.findings.add(codes.SYNTAX, message, t.span if fence else sign, help=fix.title, fix=fix)
    while t.stream.following.kind not in (LINE_END, END):
        t.stream.skip()
    if at_first and t.stream.following.kind == LINE_END:
        t.stream.skip()
    return True


def python(t: Trouble) -> bool | None:
    """`import keras`, and `class Net(nn.Module):` or `def forward(self, x):` with the lines indented below."""
    word = t.source.text[t.first.start : t.first.end]
    if t.first.kind != "NAME" or word not in _PYTHON or not _is_python(t, word):
        return None
    imports = word in ("import", "from")
    t.findings.add(
        codes.SYNTAX,
        "a spec imports nothing: Keras's layers, losses and metrics are there" if imports else "this is Python",
        t.span_of(t.first),
        found=f"`{word}`",
        help='take the line out; use "file.nn" brings the blocks of another spec'
        if imports
        else "a network is `model NAME { ... }`, a reusable piece of one `block NAME(...) { ... }`, "
        "a function of tensors `fn NAME(x) = ...`",
    )
    t.leave_out_below()
    return True


def _is_python(t: Trouble, word: str) -> bool:
    line = t.source.line(t.source.position(t.first.start)[0]).split("#")[0].rstrip()
    rest = line[t.stream.column(t.first) - 1 + len(word) :].strip()
    if word in ("import", "from"):
        return rest[:1].isalpha()
    return line.endswith(":")


def no_python(t: Trouble) -> bool | None:
    """What a spec has none of: `lambda x: ...`, `f"..."`, `while`, `print`."""
    before = t.before
    if before is None:
        return None
    word = t.source.text[before.start : before.end]
    if before.kind != "NAME" or not _is_no_python(t, before, word):
        return None
    message, help_ = _NO_PYTHON[word]
    t.findings.add(codes.SYNTAX, message, t.span_of(before), help=help_)
    line = t.source.line(t.source.position(t.token.start)[0]).split("#")[0].rstrip()
    if word == "lambda" or line.endswith("{") or t.token.kind in ("STRING", OPEN_STRING):
        return False
    t.leave_out_below()
    return True


def _is_no_python(t: Trouble, before: Token, word: str) -> bool:
    if word not in _NO_PYTHON:
        return False
    if word == "lambda":
        return t.token.kind in ("NAME", "COLON", "STAR", "POWER")
    if len(word) <= 2:
        return t.token.kind in ("STRING", OPEN_STRING) and before.end == t.token.start
    return before is t.first and t.token.kind not in ("COLON", "COMMA")


_LETTER = "a string has no letter before it"
_PLAIN = "take the letter out"
_NO_PYTHON = {
    "lambda": ("there is no `lambda` in a spec", "outside the model: fn scaled(x) = x / 255; then its name, `scaled`"),
    "f": (_LETTER, "nothing is put into a string; a layer has the name of its binding, which is enough in a loop, too"),
    "r": (_LETTER, _PLAIN),
    "b": (_LETTER, _PLAIN),
    "u": (_LETTER, _PLAIN),
    "rf": (_LETTER, _PLAIN),
    "fr": (_LETTER, _PLAIN),
    "while": ("there is no `while`", "`for _ in range(3) { ... }` goes round as often as is known beforehand"),
    "print": ("a spec prints nothing", "`nnc show` prints the layers and their shapes"),
    "pass": ("there is no `pass`", "take the line out"),
    "break": ("there is no `break`", "put what is to be left out into an `if`"),
    "continue": ("there is no `continue`", "put what is to be left out into an `if`"),
    "assert": ("there is no `assert`", "an input that says its shape is held to it"),
    "del": ("there is no `del`", "take the line out"),
}


def blank_before_percent(t: Trouble) -> bool | None:
    """`20 %`: a percentage has no blank."""
    sign, number = t.before, t.stream.at(t.stream.last - 2)
    if sign is None or sign.kind != "PERCENT" or number.kind != "NUMBER" or number.end == sign.start:
        return None
    place = t.source.span(number.start, sign.end)
    written = t.source.text[number.start : number.end] + "%"
    fix = Fix(f"write {written}", place, written)
    t.findings.add(codes.SYNTAX, "a percentage has no blank before its `%`", place, help=fix.title, fix=fix)
    return False


_DECLARE = frozenset({"var", "let", "const", "val", "auto", "int", "float", "double", "string", "str"})


def two_words(t: Trouble) -> bool | None:
    """`batch size = 32`: a name of two words."""
    before = t.before
    if before is None or before is not t.first or t.token.kind != "NAME" or before.kind != "NAME" or t.opened:
        return None
    if t.stream.following.kind not in ("ASSIGN", "COLON") or not t.machine.accepts(["ASSIGN"]):
        return None
    word = t.source.text[before.start : before.end]
    place = t.source.span(before.start, t.token.end)
    if word in _DECLARE:
        fix = Fix(f"write {t.text}", place, t.text)
        t.findings.add(codes.SYNTAX, f"a name gets its value without `{word}`", place, help=fix.title, fix=fix)
        return False
    if t.machine.accepts(["COMMA"]):
        return None  # rather two names
    fix = Fix(f"write {word}_{t.text}", place, f"{word}_{t.text}")
    t.findings.add(codes.SYNTAX, "a name is one word", place, help=fix.title, fix=fix)
    return False


def augmented(t: Trouble) -> bool | None:
    """`n += 8`: the parser reads `n = n + 8`."""
    before = t.before
    if before is not t.first or before.kind != "NAME" or t.text not in _IN_PLACE or not t.machine.accepts(["ASSIGN"]):
        return None
    name, sign = t.source.text[before.start : before.end], t.text[0]
    written = f"{name} = {name} {sign} " + ("..." if sign == "+" else "(...)")
    t.findings.add(
        codes.SYNTAX,
        f"there is no `{t.text}`",
        t.span,
        expected="`=`",
        found=f"`{t.text}`",
        help=f"write {written}",
        fix=Fix(f"write {written}", t.span, f"= {name} {sign}") if sign == "+" else None,
    )
    t.stream.insert([t.made("ASSIGN"), before, t.made(_IN_PLACE[t.text])])
    return True


_IN_PLACE = {"+=": "PLUS", "-=": "MINUS", "*=": "STAR", "/=": "SLASH"}


def tuple_of_sizes(t: Trouble) -> bool | None:
    """`input x: (28, 28)`: the sizes of an input stand in square brackets."""
    if t.first.word != "INPUT" or t.token.kind != "LPAR" or not t.machine.accepts(["LSQB"]):
        return None
    index, depth = t.stream.index, 1
    while depth and t.stream.at(index).kind not in (LINE_END, END):
        kind = t.stream.at(index).kind
        depth += (kind in OPENERS) - (kind in OPENERS.values())
        index += 1
    closer = t.stream.at(index - 1)
    if depth or closer.kind not in ("RPAR", "RSQB"):
        return None
    written = t.source.text[t.token.end : closer.start].strip().rstrip(",")
    sizes = re.sub(r"\bNone\b", "?", written)  # perhaps the batch, which is not written at all
    place = t.source.span(t.token.start, closer.end)
    fix = Fix(f"write [{sizes}]", place, f"[{sizes}]", sizes == written)
    t.findings.add(
        codes.SYNTAX,
        "the sizes of an input stand in `[ ]`",
        t.span,
        expected="`[`",
        found="`(`",
        help=fix.title,
        fix=fix,
    )
    t.stream.exchange(index - 1, Token("RSQB", closer.start, closer.end))
    t.stream.retake()
    t.stream.exchange(t.stream.index, t.made("LSQB"))
    return True


def missing_brace(t: Trouble) -> bool | None:
    """`model M` with its body indented below, and no `{`; or a `:` in its place."""
    colon = t.token.kind == "COLON" and t.stream.following.kind == LINE_END
    if not (colon or t.token.kind == LINE_END) or not t.machine.accepts(["LBRACE"]) or t.machine.accepts(["NAME"]):
        return None
    after = t.stream.at(t.stream.index + 1) if colon else t.stream.following
    if after.kind == END or t.stream.column(after) <= t.stream.column(t.first) or t.before is None:
        return None
    if colon and not _closed_below(t):
        return None
    place = t.span if colon else Span(t.source, t.before.end, t.before.end)
    whole = _has_closer(t)
    t.findings.add(
        codes.UNCLOSED,
        "a body stands in `{ }`",
        place,
        expected="`{`",
        found="`:`" if colon else "the line's end",
        help="write `{`" if whole else "write `{` here, and `}` on a line of its own behind the body's last line",
        fix=Fix("write `{`", place, " {") if whole else None,
    )
    if not colon:
        t.stream.retake()
    t.stream.insert([t.made("LBRACE")])
    return True


def missing_map_brace(t: Trouble) -> bool | None:
    """`loss =` with the entries of a map on the lines below."""
    before, entry = t.before, t.stream.at(t.stream.index + 1)
    if t.token.kind != LINE_END or before is None or entry.kind != "COLON" or not t.machine.accepts(["LBRACE"]):
        return None
    if t.stream.column(t.stream.following) <= t.stream.column(t.first):
        return None
    if not t.again:
        place = Span(t.source, before.end, before.end)
        fix = Fix("write `{`", place, " {")
        t.findings.add(codes.UNCLOSED, "a map stands in `{ }`", place, expected="`{`", found="the line's end",
                       help=fix.title, fix=fix)  # fmt: skip
    t.stream.retake()
    t.stream.insert([t.made("LBRACE")])
    return True


def _has_closer(t: Trouble) -> bool:
    """Whether the body's `}` was written, and not put in by its indentation."""
    index, depth = t.stream.index, 1
    while depth and (token := t.stream.at(index)).kind != END:
        depth += (token.kind == "LBRACE") - (token.kind == "RBRACE")
        index += 1
    return t.stream.at(index - 1).end > t.stream.at(index - 1).start


def _closed_below(t: Trouble) -> bool:
    """Whether the first line below that is not indented further begins with `}`, so that only the `{` is missing."""
    column, index = t.stream.column(t.first), t.stream.index
    while (token := t.stream.at(index)).kind != END:
        if token.kind != LINE_END and t.stream.begins_line(token) and t.stream.column(token) <= column:
            return token.kind == "RBRACE" and t.stream.column(token) == column
        index += 1
    return False
