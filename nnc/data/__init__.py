"""From raw rows to arrays: read, type, deal out, prepare; and the same preparation again when predicting."""

from __future__ import annotations

from nnc.data.csv_file import CsvFile
from nnc.data.prepare import prepare, widths
from nnc.data.prepared import Part, Preparation, Prepared
from nnc.data.sources import file_like, load, sample
from nnc.data.table import Table
from nnc.data.whole import load_or_sample

__all__ = [
    "CsvFile",
    "Part",
    "Preparation",
    "Prepared",
    "Table",
    "file_like",
    "load",
    "load_or_sample",
    "prepare",
    "sample",
    "widths",
]
