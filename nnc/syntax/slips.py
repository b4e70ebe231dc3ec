"""Signs and words of other languages, and one sign for another: what was written, what was meant, and what to say.

To add a slip, add a row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class Slip(NamedTuple):
    """One slip. `meant` are the terminals that the parser reads instead: () reads nothing, None knows no way on."""

    message: str
    meant: tuple[str, ...] | None
    help: str | None = None
    written: str | None = None
    fix: str = ""
    before_line_end: bool = False
    outside: str | None = None  # what is said instead of `message` where no bracket of the statement is open


def _for(written: str, kind: str, message: str, outside: str | None = None) -> Slip:
    return Slip(message, (kind,), f"write `{written}`", written, f"write `{written}`", outside=outside)


_STATEMENTS = (
    Slip("a line needs no `;` at its end", (), "take it out", "", "take it out", before_line_end=True),
    Slip("each statement has a line of its own", ("_NL",), "put a line break instead of `;`"),
    _for(",", "COMMA", "a comma stands between two values"),
)
_BODY = Slip(
    "a body stands in `{ }`", None, "write `{` instead of `:`, and `}` on a line of its own behind the body's last line"
)

SLIPS: Mapping[str, tuple[Slip, ...]] = {
    "=>": (_for("->", "ARROW", "a layer is applied with `->`"),),
    "==": (_for("=", "ASSIGN", "`==` compares; a name gets its value with `=`"),),
    ":": (_for("=", "ASSIGN", "a name gets its value with `=`"), _BODY),
    ":=": (_for("=", "ASSIGN", "a name gets its value with `=`"),),
    "=": (
        _for(
            ":",
            "COLON",
            "inside `{ }` of a map, a key and its value stand around `:`",
            outside="an input and its sizes stand around `:`",
        ),
        _for("==", "EQUAL", "`=` gives a value to a name; two values are compared with `==`"),
    ),
    "&&": (_for("and", "AND", "both is written `and`"),),
    "||": (_for("or", "OR", "either is written `or`"),),
    "!": (Slip("the opposite is written `not`", ("NOT",), "write `not`", "not ", "write `not`"),),
    "<>": (_for("!=", "UNEQUAL", "unequal is written `!=`"),),
    "^": (_for("**", "POWER", "a power is written `**`"),),
    "elif": (Slip("`elif` is written `else if`", ("ELSE", "IF"), "write `else if`", "else if", "write `else if`"),),
    ";": _STATEMENTS,
    "；": _STATEMENTS,
    ",": (Slip("a line needs no `,` at its end", (), "take it out", "", "take it out", before_line_end=True),),
    "?": (Slip("`?` is the unknown size of an input, and nothing else", None, "a choice is `if c then a else b`"),),
}

FOREIGN_WORDS: Mapping[str, str] = {
    "def": "fn",
    "func": "fn",
    "function": "fn",
    "import": "use",
    "include": "use",
    "class": "model",
    "network": "model",
    "net": "model",
    "const": "param",
    "var": "param",
    "dataset": "data",
    "fit": "train",
}

FORMS: Mapping[str, str] = {
    "USE": 'use "PATH"',
    "PARAM": "param NAME = VALUE, param NAME = VALUE in [A, B, C] or param NAME = VALUE in LOW..HIGH log",
    "FN": "fn NAME(X, ...) = EXPR or fn NAME(X, ...) { ... return EXPR }",
    "BLOCK": "block NAME(PARAMETER, ...) { ... }",
    "MODEL": "model NAME { ... }",
    "DATA": "data { ... }",
    "TRAIN": "train { ... }",
    "REPORT": "report { ... }",
    "FEATURES": "features { ... }",
    "INPUT": "input NAME: [SIZE, ...] or input NAME: DTYPE[SIZE, ...]",
    "OUTPUT": "output NAME = EXPR",
    "LAYER": "layer NAME = LAYER(...)",
    "FOR": "for NAME in LIST { ... }",
    "IF": "if CONDITION { ... } else { ... }",
}
"""How that is written which begins with a keyword."""

HINTS: Mapping[str, str] = {
    "$": "a param is named without `$`",
    "\\": "a chain goes on in the next line with `->`; other expressions go on inside parentheses",
    "&": "both is written `and`",
    "|": "either is written `or`",
    "~": "the opposite is written `not`",
    "`": "names and specs stand without backticks",
    "²": "a power is written `**`: x ** 2",
    "³": "a power is written `**`: x ** 3",
    "·": "a product is written `*`",
    "√": "write ops.sqrt(x); on numbers sqrt(x)",
    "《": 'quotes are straight: `"`',
    "「": 'quotes are straight: `"`',
    "“": 'quotes are straight: `"`',
    "”": 'quotes are straight: `"`',
    "‘": "quotes are straight: `'`",
    "’": "quotes are straight: `'`",
}

# ---- look-alikes ---------------------------------------------------------------------------------

LOOKALIKES: Mapping[str, tuple[str, str]] = {
    "，": ("COMMA", ","),
    "、": ("COMMA", ","),
    "：": ("COLON", ":"),
    "（": ("LPAR", "("),
    "）": ("RPAR", ")"),
    "［": ("LSQB", "["),
    "］": ("RSQB", "]"),
    "【": ("LSQB", "["),
    "】": ("RSQB", "]"),
    "｛": ("LBRACE", "{"),
    "｝": ("RBRACE", "}"),
    "＝": ("ASSIGN", "="),
    "＋": ("PLUS", "+"),
    "－": ("MINUS", "-"),
    "−": ("MINUS", "-"),
    "–": ("MINUS", "-"),
    "＊": ("STAR", "*"),
    "×": ("STAR", "*"),
    "／": ("SLASH", "/"),
    "÷": ("SLASH", "/"),
    "＜": ("LESS", "<"),
    "＞": ("MORE", ">"),
    "≤": ("LESS_EQUAL", "<="),
    "≥": ("MORE_EQUAL", ">="),
    "≠": ("UNEQUAL", "!="),
    "…": ("ELLIPSIS", "..."),
    "→": ("ARROW", "->"),
    "⟶": ("ARROW", "->"),
    "➜": ("ARROW", "->"),
    "⇒": ("ARROW", "->"),
    "—>": ("ARROW", "->"),
    "–>": ("ARROW", "->"),
    "−>": ("ARROW", "->"),
    "-->": ("ARROW", "->"),
    "|>": ("ARROW", "->"),
    "~>": ("ARROW", "->"),
    ">>": ("ARROW", "->"),
}
"""What looks like a sign, or is one in another language, and can't be anything else: its terminal, how it is written.

The lexer reads it as what was meant; the parser says so.
"""


def _remark(text: str) -> str:
    """A comment of C as comments of the language."""
    lines = [line.strip().lstrip("*").strip() for line in text.removeprefix("/*").removesuffix("*/").split("\n")]
    return "\n".join(f"# {line}".rstrip() for line in lines)


def _straight(text: str) -> str:
    inner = text[1:-1].replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'


_BLANKS = "\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000"
_MARKS = "\u200b-\u200d\u2060\ufeff"  # which show nothing at all
_SPECIAL = (
    ("BLANK", rf"[{_BLANKS}\ufeff]+", lambda text: " " if re.search(rf"[^{_MARKS}]", text) else ""),
    ("BLANK", r"\\[ \t]*(?=\r?\n[ \t]*->)", lambda _: ""),
    ("COMMENT", r"/\*[^\n]*?\*/|/\*[^\n]*", _remark),
    ("STRING", r"[“”„«»][^“”„«»\n]*[“”«»]", _straight),
    ("STRING", r"[‘’‚][^‘’\n]*[‘’]", _straight),
    ("ARROW", r"-[ \t]+>", lambda _: "->"),
    ("NUMBER", r"[0-9]{1,3}(?:,[0-9]{3}){0,4},000(?![\w.])", lambda text: text.replace(",", "_")),
)

_SIGNS = [re.escape(sign) for sign in sorted(LOOKALIKES, key=len, reverse=True)]
ALIKE = rf"(?!\A\ufeff)(?:{'|'.join([*(pattern for _, pattern, _ in _SPECIAL), *_SIGNS])})"
"""An expression for all of them. At the very beginning of a text the mark U+FEFF is none: some editors put it there."""


def meant(text: str) -> tuple[str, str]:
    """The terminal that a look-alike stands for, and how that is written."""
    if text in LOOKALIKES:
        return LOOKALIKES[text]
    return next((kind, write(text)) for kind, pattern, write in _SPECIAL if re.match(pattern, text + "\n->"))
