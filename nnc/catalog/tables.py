"""What a data section can name: where rows come from, how a column is prepared, how a target is transformed.

One row each. The checker reads names and arguments here, and so does `nnc/data/`, which says what is done; no pandas
is needed to read them.
"""

from __future__ import annotations

from collections.abc import Mapping

from nnc.catalog.kinds import NO, STRING, Type, choice, integer, many, number, optional, several_of
from nnc.catalog.rows import Arg, Argument
from nnc.lean import dataclass

# scikit-learn's sets: how many rows each has, and how many classes (0: what is predicted is a number).
BUNDLED: Mapping[str, tuple[int, int]] = {
    "breast_cancer": (569, 2),
    "diabetes": (442, 0),
    "digits": (1797, 10),
    "iris": (150, 3),
    "linnerud": (20, 0),
    "wine": (178, 3),
}
MAX_CATEGORIES = 10_000


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows can come from, with its arguments. `has_target`: it names what is to be predicted by itself."""

    name: str
    args: tuple[Arg, ...]
    doc: str
    has_target: bool = False


@dataclass(frozen=True, slots=True)
class Preparation:
    """How a column can be prepared, with its arguments and their defaults."""

    name: str
    args: tuple[Arg, ...]
    doc: str

    @property
    def defaults(self) -> dict[str, Argument]:
        """What holds for an argument that is not given."""
        return {arg.name: arg.default for arg in self.args}


def _arg(name: str, type_: Type, doc: str, *, required: bool = False, default: Argument = None) -> Arg:
    return Arg(name, type_.of(name), required=required, default=default, doc=doc)


_PATH = _arg("path", STRING, "relative to the spec; `*` stands for any part of a file's name", required=True)

SOURCES: Mapping[str, Source] = {
    row.name: row
    for row in (
        Source(
            "csv",
            (
                _PATH,
                _arg("delimiter", STRING, "what stands between two values", default=","),
                _arg("encoding", STRING, "how characters are written as bytes", default="utf-8"),
            ),
            "a table as text, one row a line, its first line the names of the columns",
        ),
        Source(
            "sklearn",
            (_arg("name", choice(*BUNDLED), "which of them", required=True),),
            "a data set that comes with scikit-learn",
            has_target=True,
        ),
        Source("parquet", (_PATH,), "a table in Parquet"),
        Source("arrow", (_PATH,), "a table in Arrow's file format, which Feather is too"),
        Source("npz", (_PATH,), "arrays that NumPy has saved: one of one axis is a column, one of two several"),
        Source("npy", (_PATH,), "an array of two axes, or with named fields, that NumPy has saved"),
        Source(
            "images",
            (_arg("folder", STRING, "relative to the spec", required=True),),
            "a folder with one folder of pictures a class, PNG or JPEG",
            has_target=True,
        ),
    )
}

FILLS = ("median", "mean", "most_frequent", "zero")
SCALES = ("standard", "minmax", "robust")
DATE_PARTS = ("days", "year", "month", "yearday", "day", "weekday", "hour")
# A text may stand for a missing category; `median` is no such text but a slip.
_CATEGORY_FILL = Type(
    "`most_frequent` or another text",
    lambda value: value if isinstance(value, str) and value not in ("median", "mean") else NO,
    ("most_frequent",),
)

_TOKENS = integer(3, 1_000_000, "a whole number from 3 to 1,000,000")
_LENGTH = _arg(
    "length",
    optional(integer(1, 10_000, "a whole number from 1 to 10,000")),
    "what is shorter is filled with 0, what is longer is cut; none: as long as the longest training row, at most 1,000",
)

PREPARATIONS: Mapping[str, Preparation] = {
    row.name: row
    for row in (
        Preparation(
            "numeric",
            (
                _arg(
                    "impute",
                    optional(choice(*FILLS) | number()),
                    "what stands for a missing value; none: a value must stand in every row",
                    default="median",
                ),
                _arg("scale", optional(choice(*SCALES)), "how numbers are brought to one scale", default="standard"),
            ),
            "a number",
        ),
        Preparation(
            "category",
            (
                _arg(
                    "impute", optional(_CATEGORY_FILL), "what stands for a missing value; none: a category of its own"
                ),
                _arg(
                    "max_categories",
                    optional(integer(1, MAX_CATEGORIES, f"a whole number from 1 to {MAX_CATEGORIES:,}")),
                    "the most frequent are kept, the others become all zeros",
                ),
                _arg(
                    "encode",
                    optional(choice("one_hot", "ids")),
                    "a feature for each value (one_hot, the default); or one: the value's number from 1 on, and 0 for "
                    "any other, for an Embedding",
                ),
            ),
            "one of several values: a feature for each, 1 where the value is this one",
        ),
        Preparation(
            "ordinal",
            (
                _arg(
                    "order",
                    many(STRING | number(), "a list of values in their order", empty=False),
                    "the values from the least to the most",
                    required=True,
                ),
                _arg(
                    "impute",
                    optional(choice("median", "most_frequent")),
                    "what stands for a missing value; none: a value must stand in every row",
                    default="median",
                ),
                _arg("scale", optional(choice(*SCALES)), "how ranks are brought to one scale", default="standard"),
            ),
            "one of several values that have an order: its rank, from 0",
        ),
        Preparation(
            "date",
            (
                _arg(
                    "parts",
                    several_of(DATE_PARTS, "a list of parts of a date"),
                    "what is taken of a date; what comes round again becomes its sine and cosine",
                    default=("days", "month", "weekday"),
                ),
                _arg(
                    "impute",
                    optional(choice("median", "most_frequent")),
                    "which date stands for a missing one; none: a date must stand in every row",
                    default="median",
                ),
                _arg("scale", optional(choice(*SCALES)), "how the parts are brought to one scale", default="standard"),
            ),
            "a date as 2024-02-28, or a time as 2024-02-28T10:30:00",
        ),
        Preparation(
            "picture",
            (
                _arg(
                    "scale",
                    optional(number(0, above=True)),
                    "what the values of pixels, 0 to 255, are divided by; none: they stay, for a Rescaling layer",
                    default=255,
                ),
            ),
            "a picture file, brought to the size and channels of the model's input",
        ),
        Preparation(
            "text",
            (
                _arg(
                    "max_tokens",
                    _TOKENS,
                    "how many numbers there are: 0, 1 and the most frequent words",
                    default=10_000,
                ),
                _LENGTH,
            ),
            "words: their numbers from 2 on, the most frequent first; 1 is a word that is not known, 0 padding",
        ),
        Preparation(
            "tokens",
            (_arg("max_tokens", _TOKENS, "every number is below it", required=True), _LENGTH),
            "whole numbers between blanks that name something, as a tokenizer gives them; 0 is padding",
        ),
    )
}

TRANSFORMS = ("log", "log1p", "sqrt")
