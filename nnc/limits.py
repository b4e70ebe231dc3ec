"""What a spec may at most be, in one place: checking a hostile spec takes bounded time and memory."""

from __future__ import annotations

MAX_SPEC_CHARS = 1 << 20
"""Characters in one file; the longest real spec is a hundredth of it."""

MAX_SPEC_BYTES = 1 << 20
"""Bytes of one file, so that a huge file is refused before it is decoded."""

MAX_TOKENS = 300_000
"""Words, numbers, signs and comments of one file: 20,000 layers, a line each, have some 200,000."""

MAX_DEPTH = 100
"""Levels of a syntax tree. Every walk over a tree recurses, and Python stops at a thousand frames."""

MAX_NUMBER_CHARS = 64
"""Characters of a number: no more digits have a meaning, and converting them costs their square."""

MAX_SYNTAX_FINDINGS = 100
"""Syntax errors after which a file is given up: what has so many is no spec."""

# ---- checking ------------------------------------------------------------------------------------

MAX_FINDINGS = 100
"""Errors after which checking stops: nobody reads more."""

MAX_STEPS = 450_000
"""Steps of expansion (statements run, expressions worked out) that one check may take: about two seconds."""

LAYER_STEPS = 15
"""What one applied layer or function of tensors costs in such steps: a spec has at most about 22,000 of them."""

FAULT_STEPS = 100
"""What a mistake costs that was met before, in a loop or a block that is used again and again."""

MODEL_STEPS = 30
"""What a model costs beside its layers."""

MAX_COMPARED = 100_000
"""Names that misspelt ones are compared with in one check; after that nothing is suggested any more."""

MAX_SUGGESTED = 2_000
"""Names that one misspelt name is compared with, those nearest to it first."""

MAX_SUGGESTED_CHARS = 80
"""Characters of a name that is compared: longer ones are no slips."""

MAX_NESTING = 100
"""Expressions, statements and blocks inside each other while checking."""

MAX_INTEGER = 2**63 - 1
"""The largest whole number: what the tensors' own index type holds."""

MAX_AXES = 64
"""Axes of a tensor: NumPy has no more, and no layer of Keras takes more than a handful."""

MAX_ITEMS = 10_000
"""Items of a list that a spec computes."""

MAX_STRING = 10_000
"""Characters of a string that a spec computes."""

MAX_USED_FILES = 100
"""Files that `use` may open for one spec."""

MAX_USED_CHARS = 1 << 18
"""Characters of all files together that `use` opens for one spec."""

MAX_USE_DEPTH = 20
"""Files that use each other, one from the other."""

MAX_SYNTAX_TROUBLES = 1000
"""Times that the parser takes up the thread again; not each of them is a finding of its own."""

MAX_ROUTE = 1000
"""Steps back that a tensor's way to a fault is followed; nobody reads more."""

# ---- model files ---------------------------------------------------------------------------------

MAX_MODEL_JSON = 1 << 25
"""Bytes of a model's configuration; that of the largest network of keras.applications is a fortieth of it."""

MAX_MODEL_CALLS = 20_000
"""Layers that a model's configuration may apply, those of models inside it counted at each use."""

MAX_MODEL_DEPTH = 20
"""Models inside each other."""
