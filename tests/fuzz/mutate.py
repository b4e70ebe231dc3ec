"""Mutations that keep a spec nearly a spec: by token and by line, from the language's own words."""

# Words and lines are read more easily in few rows.
# ruff: noqa: E501
from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
_TOKENS = re.compile(r"\s+|\w+|->|\*\*|//|[<>=!]=|\.\.\.|\.\.|\"[^\"\n]*\"|#[^\n]*|.", re.DOTALL)
_ODD = ["\r\n", "\r", "\t", "\ufeff", "\x85", "\u2028", "\u2029", "\x00", "\u202e", "é", "票价", "🙂", "\u0301", "\x0c", '"', "'",
        "\\", "1e309", "9" * 30, "1e-400", "0x1F", "1_0", "70%", "(" * 12, "[" * 30, "-" * 40, "{", "}", "# allow NN0907: x"]  # fmt: skip
_LINES = [
    "  input x: [10]", "  h = x -> Dense(8, relu)", "  output y = h -> Dense(1, sigmoid)", "  for i in range(3) {", "  }",
    "  if 1 < 2 {", "  } else {", "  layer e = Dense(4)", "param n = 3 in [1, 2, 3]", "fn f(x) = where(x > 0, x, 0)",
    "block B(n = 2) {", "  input a", "train {", "  loss = mse", "data {", '  source = csv("a.csv")', "  a, b = x -> B()",
    "  h = x -> 3 * B(2)", "  h = [x, x] -> Concatenate()", "  s = s + [h]", "  h = h[:, 0]", "  metrics = [accuracy]",
    "  callbacks = [EarlyStopping(patience=3)]", "  h = Bidirectional(LSTM(4))(x)", 'use "b.nn"', "  return x", "}",
]  # fmt: skip


@cache
def seeds() -> tuple[str, ...]:
    """Every spec of the project, right ones and wrong ones."""
    places = [ROOT / "examples", ROOT / "tests" / "cases", Path(__file__).parent / "found"]
    paths = sorted(path for place in places for path in place.glob("**/*.nn"))
    return tuple(path.read_bytes().decode("utf-8", "replace") for path in paths)


@cache
def words() -> tuple[str, ...]:
    """Everything that has a meaning: the tokens of all seeds, Keras's names, and what is odd."""
    from nnc.catalog import names

    kinds = ("layers", "losses", "metrics", "optimizers", "callbacks", "activations", "initializers", "ops")
    catalog = {name for kind in kinds for name in names(kind)}
    tokens = {token for text in seeds() for token in _TOKENS.findall(text) if not token.isspace() and len(token) < 40}
    return tuple(sorted(catalog | tokens)) + tuple(_ODD)


def soup(rng: random.Random) -> str:
    """Words and lines in any order."""
    pieces = [rng.choice(words() if rng.random() < 0.6 else _LINES) for _ in range(rng.randint(1, 40))]
    return "".join(piece + rng.choice([" ", " ", "", "\n"]) for piece in pieces)


def mutated(text: str, rng: random.Random) -> str:
    """The text with a few changes."""
    for _ in range(rng.choice([1, 1, 1, 2, 3, 5])):
        text = rng.choice(_CHANGES)(text, rng)
    return text[:20_000]


def _by_token(text: str, rng: random.Random) -> str:
    tokens = _TOKENS.findall(text)
    if not tokens:
        return soup(rng)
    at = rng.randrange(len(tokens))
    way = rng.randrange(5)
    if way == 0:
        del tokens[at : at + rng.choice([1, 1, 1, 2, 5])]
    elif way == 1:
        tokens[at] = rng.choice(words())
    elif way == 2:
        tokens.insert(at, rng.choice(words()))
    elif way == 3:
        tokens.insert(at, tokens[rng.randrange(len(tokens))])
    else:
        other = rng.randrange(len(tokens))
        tokens[at], tokens[other] = tokens[other], tokens[at]
    return "".join(tokens)


def _by_line(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    way = rng.randrange(5)
    if way == 0:
        del lines[at : at + rng.choice([1, 1, 2, 4])]
    elif way == 1:
        lines.insert(at, rng.choice(_LINES))
    elif way == 2:
        lines.insert(at, lines[rng.randrange(len(lines))])
    elif way == 3:
        end = at + rng.randint(1, 8)
        lines[at:at] = lines[at:end]
    else:
        lines[at] = "#" + lines[at] if rng.random() < 0.5 else lines[at] + "  # c"
    return "\n".join(lines)


def _splice(text: str, rng: random.Random) -> str:
    other = rng.choice(seeds()).split("\n")
    lines = text.split("\n")
    at, start = rng.randrange(len(lines) + 1), rng.randrange(len(other))
    lines[at:at] = other[start : start + rng.randint(1, 12)]
    return "\n".join(lines)


def _by_character(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    if rng.random() < 0.3:
        return text[:at] + text[at + rng.randint(1, 4) :]
    return text[:at] + (rng.choice(_ODD) if rng.random() < 0.5 else chr(rng.randint(1, 0x2FF))) + text[at:]


def _cut(text: str, rng: random.Random) -> str:
    return text[: rng.randrange(len(text) + 1)]


_CHANGES: tuple[Callable[[str, random.Random], str], ...] = (
    _by_token, _by_token, _by_token, _by_line, _by_line, _splice, _by_character, _cut,
)  # fmt: skip
