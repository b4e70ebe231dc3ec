"""Signs and words of other languages, and one sign for another: what was written, what was meant, and what to say.

To add a slip, add a row.
"""

from __future__ import annotations

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


def _for(written: str, kind: str, message: str) -> Slip:
    return Slip(message, (kind,), f"write `{written}`", written, f"write `{written}`")


_IN_PLACE = "there is no such assignment: write `a = a + b`"

SLIPS: Mapping[str, tuple[Slip, ...]] = {
    "=>": (_for("->", "ARROW", "a layer is applied with `->`"),),
    "==": (_for("=", "ASSIGN", "`==` compares; a name gets its value with `=`"),),
    ":": (_for("=", "ASSIGN", "a name gets its value with `=`"),),
    ":=": (_for("=", "ASSIGN", "a name gets its value with `=`"),),
    "=": (
        _for(":", "COLON", "inside `{ }` of a map, a key and its value stand around `:`"),
        _for("==", "EQUAL", "`=` gives a value to a name; two values are compared with `==`"),
    ),
    "&&": (_for("and", "AND", "both is written `and`"),),
    "||": (_for("or", "OR", "either is written `or`"),),
    "!": (Slip("the opposite is written `not`", ("NOT",), "write `not`", "not ", "write `not`"),),
    "<>": (_for("!=", "UNEQUAL", "unequal is written `!=`"),),
    "^": (_for("**", "POWER", "a power is written `**`"),),
    "elif": (Slip("`elif` is written `else if`", ("ELSE", "IF"), "write `else if`", "else if", "write `else if`"),),
    ";": (
        Slip("a line needs no `;` at its end", (), "take it out", "", "take it out", before_line_end=True),
        Slip("each statement has a line of its own", ("_NL",), "put a line break instead of `;`"),
    ),
    ",": (Slip("a line needs no `,` at its end", (), "take it out", "", "take it out", before_line_end=True),),
    "?": (Slip("`?` is the unknown size of an input, and nothing else", None, "a choice is `if c then a else b`"),),
    "+=": (Slip("`+=` is no sign of the language", None, _IN_PLACE),),
    "-=": (Slip("`-=` is no sign of the language", None, "there is no such assignment: write `a = a - b`"),),
    "*=": (Slip("`*=` is no sign of the language", None, "there is no such assignment: write `a = a * b`"),),
    "/=": (Slip("`/=` is no sign of the language", None, "unequal is `!=`; for the assignment write `a = a / b`"),),
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
    "“": 'quotes are straight: `"`',
    "”": 'quotes are straight: `"`',
    "‘": "quotes are straight: `'`",
    "’": "quotes are straight: `'`",
    "→": "write `->`",
    "×": "write `*`",
    "−": "write `-`",
    "–": "write `-`",
}
