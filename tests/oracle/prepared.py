"""Arguments and inputs for layers that prepare numbers and text."""

from __future__ import annotations

import random
from typing import Any

from nnc.catalog import Size, TensorType

_MODES = (("int", "one_hot", "multi_hot", "count"), ("tf_idf", "ints"))
_LOOKUP_MODES = (("int", "int", "one_hot", "multi_hot", "count", "tf_idf"), ("ints",))
_WORDS = ((None, ("a", "b", "c"), ("red",), ("[UNK]", "a", "b")), ((), ("a", "a"), ("a", "[UNK]"), (1, 2)))
_IDS = ((None, (1, 2, 3), (7,), (-1, 4, 5)), ((), (2, 2), (1, -1), ("a",)))

VALUES: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "bin_boundaries": ((None, None, (0.0, 1.0), (-1.0, 0.5, 2.0), (1,)), ("a", (1.0, "b"))),
    "Discretization.num_bins": ((None, 3, 4, 2), (-1, 2.5)),
    "Discretization.epsilon": ((0.01, 0.1), ()),
    "num_bins": ((1, 3, 8), (0, -1, None)),
    "num_tokens": ((1, 3, 8, 8), (0, None, -2)),
    "output_mode": _MODES,
    "CategoryEncoding.output_mode": (_MODES[0][1:], ("int", "ints")),
    "HashedCrossing.output_mode": (("int", "one_hot"), ("count",)),
    **{f"{name}.output_mode": _LOOKUP_MODES for name in ("StringLookup", "IntegerLookup", "TextVectorization")},
    "sparse": ((False,), (True,)),
    "Hashing.mask_value": ((None,), ()),
    "Hashing.salt": ((None, 3, (1, 2)), ((1, 2, 3), "a")),
    "salt": ((None, None, 3, (1, 2)), ((1, 2, 3), "a")),
    "oov_method": (("floormod", "farmhash"), ("md5",)),
    "max_tokens": ((None, None, 3, 10), (1, 0)),
    "pad_to_max_tokens": ((False, True), ()),
    "num_oov_indices": ((0, 1, 1, 2), (-1,)),
    "StringLookup.mask_token": ((None, None, "", "[M]"), ()),
    "IntegerLookup.mask_token": ((None, None, 0), ()),
    "StringLookup.oov_token": (("[UNK]",), ()),
    "IntegerLookup.oov_token": ((-1,), ()),
    "StringLookup.vocabulary": _WORDS,
    "TextVectorization.vocabulary": _WORDS,
    "IntegerLookup.vocabulary": _IDS,
    "vocabulary_dtype": (("int64",), ("int32", "string")),
    "idf_weights": ((None, None, (0.1, 0.2, 0.3), (0.5,)), ()),
    "standardize": ((None, "lower", "strip_punctuation", "lower_and_strip_punctuation"), ("upper",)),
    "split": (("whitespace", "character", None), ("lines",)),
    "ngrams": ((None, 2, (1, 2)), ("a",)),
    "output_sequence_length": ((None, 4), (2.5,)),
    "ragged": ((False,), (True,)),
}

INTERESTING = {
    "output_mode", "num_bins", "bin_boundaries", "num_tokens", "vocabulary", "max_tokens", "pad_to_max_tokens",
    "idf_weights", "output_sequence_length", "invert", "mask_token",
}  # fmt: skip


def _shape(rng: random.Random) -> tuple[Any, ...]:
    axes = rng.choice((0, 1, 1, 1, 2, 2, 3))
    sizes: list[Any] = [rng.choice((1, 1, 2, 3, 3)) for _ in range(axes)]
    if axes and rng.random() < 0.08:
        sizes[rng.randrange(axes)] = Size()
    return tuple(sizes)


def values(rng: random.Random, name: str, rank: int | None) -> Any:
    """Numbers, or text where the layer takes it."""
    texts = name in ("StringLookup", "TextVectorization") or (name == "Hashing" and rng.random() < 0.5)
    usual = "string" if texts else rng.choice(("float32", "int32", "int64"))
    odd = rng.choice(("string", "int32", "float32", "bool", "float16"))
    return (TensorType(_shape(rng), odd if rng.random() < 0.1 else usual),), {}


def crossed(rng: random.Random, name: str, rank: int | None) -> Any:
    """Two features of one value a row."""
    shape = rng.choice(((), (1,), (1,), (3,), (1, 1), (Size(),)))
    dtype = rng.choice(("int32", "int64", "string", "float32"))
    count = 2 if rng.random() < 0.9 else rng.choice((1, 3))
    items = tuple(TensorType(shape, dtype) for _ in range(count))
    return (items,), {}
