"""The table of findings: every code that nnc can print, one row each.

The hundreds say which phase found it: 00 text, 01 syntax, 02 names and constants, 03 layers and shapes,
04 training and report, 05 the data section, 06 the data itself, 07 runs, 09 warnings about what runs but is
likely wrong. A code, once released, keeps its meaning for ever.
"""

from __future__ import annotations

from nnc.diagnostics import Code

# 00: the text
NOT_UTF8 = Code("NN0001", "the file is not UTF-8")
NO_SUCH_FILE = Code("NN0002", "the file can't be read")
TOO_LARGE = Code("NN0003", "the file is larger than a spec may be")
OUTPUT_KIND = Code("NN0004", "no such kind of output")
CANNOT_WRITE = Code("NN0005", "the output can't be written")
NOT_A_RUN = Code("NN0006", "this is neither a spec nor a finished run")

# 01: syntax
SYNTAX = Code("NN0101", "this can't stand here")
BAD_CHARACTER = Code("NN0102", "a character that the language has no use for")
UNCLOSED = Code("NN0103", "a bracket or string is not closed")
TOO_DEEP = Code("NN0104", "nested too deeply")

ALL: tuple[Code, ...] = tuple(value for value in globals().values() if isinstance(value, Code))
