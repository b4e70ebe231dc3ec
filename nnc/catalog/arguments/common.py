"""The types that many arguments share."""

from __future__ import annotations

from nnc.catalog.kinds import choice, integer, keras_object, many, number, optional

POSITIVE = integer(1)
COUNT = integer(0)
INT = integer()
NUMBER = number()
NOT_NEGATIVE = number(0)
ABOVE_ZERO = number(0, above=True)
FRACTION = number(0, 1)
SEED = optional(INT)
AXIS = integer(noun="an axis (a whole number)")
AXES = AXIS | many(AXIS, "a list of axes", empty=False)
SIZES = many(POSITIVE, "a list of positive whole numbers")

INITIALIZER = optional(keras_object("initializers", "an initializer"))
REGULARIZER = optional(keras_object("regularizers", "a regularizer"))
CONSTRAINT = optional(keras_object("constraints", "a constraint"))
LAYER = keras_object("layers", "a layer", word=False)

# SciPy's windows that need no further number.
WINDOWS = choice(
    "hann", "hamming", "bartlett", "barthann", "blackman", "blackmanharris", "bohman", "boxcar", "cosine",
    "exponential", "flattop", "lanczos", "nuttall", "parzen", "taylor", "triang", "tukey",
)  # fmt: skip

_DTYPES = (
    "float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64",
    "uint8", "uint16", "uint32", "uint64", "bool", "string",
)  # fmt: skip
FLOATS = ("float16", "bfloat16", "float32", "float64")
POLICIES = (*_DTYPES, "mixed_float16", "mixed_bfloat16")
