"""The repairs of what is right in another language: comments of C, assignments in place, bodies of Python, tuples.

Each knows its trouble, adds the finding and says how to go on, as in `repairs.py`.
"""

from __future__ import annotations

from nnc import codes
from nnc.diagnostics import Fix
from nnc.source import Span
from nnc.syntax.lexer import BAD, OPENERS, Token
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
    sizes = t.source.text[t.token.end : closer.start].strip().rstrip(",")
    fix = Fix(f"write [{sizes}]", t.source.span(t.token.start, closer.end), f"[{sizes}]")
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
    t.stream.insert([t.made("LSQB")])
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
    t.findings.add(
        codes.UNCLOSED,
        "a body stands in `{ }`",
        place,
        expected="`{`",
        found="`:`" if colon else "the line's end",
        help="write `{`",
        fix=Fix("write `{`", place, " {"),
    )
    if not colon:
        t.stream.retake()
    t.stream.insert([t.made("LBRACE")])
    return True


def _closed_below(t: Trouble) -> bool:
    """Whether the first line below that is not indented further begins with `}`, so that only the `{` is missing."""
    column, index = t.stream.column(t.first), t.stream.index
    while (token := t.stream.at(index)).kind != END:
        if token.kind != LINE_END and t.stream.begins_line(token) and t.stream.column(token) <= column:
            return token.kind == "RBRACE" and t.stream.column(token) == column
        index += 1
    return False
