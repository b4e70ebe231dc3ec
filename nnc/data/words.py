"""Texts as numbers of words: what `text()` and `tokens()` make of a column. 0 is padding, 1 a word that is not known.

A text is taken apart as Keras's TextVectorization does it: small letters, no punctuation, words between blanks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from nnc import codes
from nnc.data.table import RawColumn, Table
from nnc.diagnostics import Findings

UNKNOWN = 1
RESERVED = 2  # padding, and what is not known
LONGEST = 1_000  # tokens of a row, where the spec doesn't say how many

_PUNCTUATION = re.compile(r"""[!"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~']""")
# TensorFlow makes small letters of A to Z alone, and parts texts at ASCII's blanks; so does whoever wants its words.
_SMALL = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})
_BLANKS = re.compile(r"[ \t\n\v\f\r]+")
_BETWEEN = re.compile(r"[\s,;]+")


def words(text: str | None) -> list[str]:
    """The words of a text; none of a missing one."""
    if text is None:
        return []
    return [word for word in _BLANKS.split(_PUNCTUATION.sub("", text.translate(_SMALL))) if word]


def vocabulary(column: RawColumn, most: int) -> tuple[str, ...]:
    """The most frequent words, the first one most; of two that are as frequent the later one by bytes, as in Keras."""
    counts = Counter(word for text in column.texts for word in words(text))
    ranked = sorted(counts, key=lambda word: (counts[word], word.encode("utf-8", "surrogatepass")), reverse=True)
    return tuple(ranked[: max(most - RESERVED, 0)])


def longest(rows: Iterator[int]) -> int:
    """How many tokens the longest row has, one at least, and no more than LONGEST."""
    return min(max(max(rows, default=1), 1), LONGEST)


def numbers_of_words(column: RawColumn, known: Sequence[str], length: int) -> npt.NDArray[np.float64]:
    """The number of each word, [rows, length]; what is longer is cut."""
    number = {word: i for i, word in enumerate(known, RESERVED)}
    return _padded(
        ([number.get(word, UNKNOWN) for word in words(text)] for text in column.texts), len(column.values), length
    )


def tokens(text: str | None) -> list[int]:
    """Whole numbers between blanks, commas or semicolons. Raises ValueError where something is none."""
    return [] if text is None else [int(piece) for piece in _BETWEEN.split(text.strip("[]() ")) if piece]


def numbers_of_tokens(column: RawColumn, length: int) -> npt.NDArray[np.float64]:
    """The numbers as they are, [rows, length]; what is longer is cut."""
    return _padded((tokens(text) for text in column.texts), len(column.values), length)


def _padded(found: Iterator[list[int]], rows: int, length: int) -> npt.NDArray[np.float64]:
    out = np.zeros((rows, length))
    for i, row in enumerate(found):
        out[i, : min(len(row), length)] = row[:length]
    return out


def token_faults(table: Table, column: RawColumn, most: int, findings: Findings) -> None:
    """Adds a finding for the first value that is no list of whole numbers from 0 to `most` - 1."""
    for i, text in enumerate(column.texts):
        try:
            found = tokens(text)
        except ValueError:
            found = [-1]
        wrong = next((token for token in found if not 0 <= token < most), None)
        if wrong is None:
            continue
        place = table.place(i, column.name)
        findings.add(
            codes.NOT_A_TOKEN,
            f"`{str(text)[:60]}` in column `{column.name}`, row {place.row}, is no list of tokens"
            + (f": {wrong:,} is not below {most:,}" if wrong >= most else ""),
            data_place=place,
            expected=f"whole numbers from 0 to {most - 1:,}, as in 12 7 341",
            found=f"`{str(text)[:60]}`",
            help="for words write text() in the place of tokens()"
            if wrong < 0
            else "give tokens() a larger max_tokens",
        )
        return
