"""`text` and `tokens`: a text as the numbers of its words, or numbers of words as they stand in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from nnc import codes
from nnc.data.kinds.faults import Wrong, wrong_values
from nnc.data.kinds.fitted import Allowed, Args, Features, Fitted, Method, counts, said
from nnc.data.table import Floats, RawColumn, Table
from nnc.data.words import RESERVED, UNKNOWN, longest, numbers_of_tokens, numbers_of_words, tokens, vocabulary, words
from nnc.diagnostics import Findings


def most_tokens(args: Args) -> int:
    """How many tokens the arguments say that there are."""
    given = args.get("max_tokens")
    return given if isinstance(given, int) else 0


def _fitted(column: RawColumn, args: Args, guessed: bool, kind: str, rows: Iterator[int]) -> Fitted:
    given = args["length"]
    length = given if isinstance(given, int) else longest(rows)
    names = tuple(f"{column.name}[{i}]" for i in range(length))
    return Fitted(column.name, kind, guessed, said(kind, args), names, length=length)


def _fit_text(column: RawColumn, args: Args, guessed: bool) -> Fitted:
    known = vocabulary(column, most_tokens(args))
    fitted = _fitted(column, args, guessed, "text", (len(words(text)) for text in column.texts))
    return replace(fitted, vocabulary=known, places=len(known) + RESERVED)


def _fit_tokens(column: RawColumn, args: Args, guessed: bool) -> Fitted:
    fitted = _fitted(column, args, guessed, "tokens", (len(tokens(text)) for text in column.texts))
    return replace(fitted, places=most_tokens(args))


def _apply_text(column: RawColumn, fitted: Fitted) -> Floats:
    return numbers_of_words(column, fitted.vocabulary, fitted.length)


def _apply_tokens(column: RawColumn, fitted: Fitted) -> Floats:
    return numbers_of_tokens(column, fitted.length)


def _token_faults(table: Table, column: RawColumn, allowed: Allowed, findings: Findings) -> None:
    """Adds a finding for a value that is no list of whole numbers below the number of tokens."""
    wrong = [_wrong_token(text, allowed.tokens) for text in column.texts]
    mask = np.array([token is not None for token in wrong], dtype=bool)
    token = next((one for one in wrong if one is not None), 0)
    large = f": {token:,} is not below {allowed.tokens:,}" if token >= allowed.tokens else ""
    said = Wrong(
        codes.NOT_A_TOKEN,
        f"is no list of tokens{large}",
        f"whole numbers from 0 to {allowed.tokens - 1:,}, as in 12 7 341",
        "give tokens() a larger max_tokens" if large else "for words write text() in the place of tokens()",
    )
    wrong_values(table, column, mask, said, findings)


def _wrong_token(text: str | None, most: int) -> int | None:
    """A token that there isn't, −1 for what is no list of whole numbers; None where all is well."""
    try:
        found = tokens(text)
    except ValueError:
        return -1
    return next((token for token in found if not 0 <= token < most), None)


def _shown_words(fitted: Fitted, features: Features) -> list[list[str]]:
    known = ["", "(unknown)", *fitted.vocabulary]
    return [[known[int(i)] for i in values] for values in features.T]


def _shown_numbers(fitted: Fitted, features: Features) -> list[list[str]]:
    del fitted
    return [[f"{i:.0f}" for i in values] for values in features.T]


# A model without an Embedding gets how often each word stands in a text, padding and unknown words left out.
def _count_words(fitted: Fitted, features: Features) -> Features:
    return counts(fitted, features, RESERVED if fitted.vocabulary else UNKNOWN)


def _count_tokens(fitted: Fitted, features: Features) -> Features:
    return counts(fitted, features, 1)


TEXT = Method(
    _fit_text, _apply_text, shown=_shown_words, plain=_count_words, fewer=lambda most: f"text(max_tokens={most})"
)
TOKENS = Method(
    _fit_tokens,
    _apply_tokens,
    _token_faults,
    shown=_shown_numbers,
    plain=_count_tokens,
    fewer=lambda most: f"tokens(max_tokens={most})",
)
