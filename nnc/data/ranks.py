"""Columns whose values have an order, `low < mid < high`: a value becomes its rank, from 0, and is then a number."""

from __future__ import annotations

import numpy as np

from nnc import codes
from nnc.data.category_names import canonical
from nnc.data.table import Floats, RawColumn, Table
from nnc.diagnostics import Findings
from nnc.spelling import suggest


def ranks(column: RawColumn, order: tuple[str, ...]) -> RawColumn:
    """The column as numbers: the place of each value in the order, NaN where it is missing or not in it."""
    place = {name: float(i) for i, name in enumerate(order)}
    found = [np.nan if text is None else place.get(canonical(str(text)), np.nan) for text in column.texts]
    return RawColumn(column.name, np.asarray(found, dtype=np.float64))


def rank_faults(
    table: Table, column: RawColumn, order: tuple[str, ...], findings: Findings, *, may_be_missing: bool
) -> None:
    """Adds a finding where a value is not in the order, or missing where it may not be."""
    numbers: Floats = ranks(column, order).numbers
    strange = np.isnan(numbers) & ~column.missing
    if strange.any():
        first = int(np.flatnonzero(strange)[0])
        place, value = table.place(first, column.name), str(column.texts[first])[:60]
        more = int(strange.sum()) - 1
        near = suggest(value, order)
        findings.add(
            codes.NOT_IN_ORDER,
            f"`{value}` in column `{column.name}`, row {place.row}, is not in its order"
            + (f" (and {more:,} row{'s' * (more != 1)} more)" if more else ""),
            data_place=place,
            expected=", ".join(order[:12]) + (", ..." if len(order) > 12 else ""),
            found=f"`{value}`",
            help=f"did you mean `{near}`?" if near else "correct it, or put it into `order`",
        )
    if not may_be_missing and column.missing.any():
        place = table.place(int(np.flatnonzero(column.missing)[0]), column.name)
        findings.add(
            codes.MISSING_VALUE,
            f"column `{column.name}` has no value in row {place.row}",
            data_place=place,
            expected="a value in every row",
            help="fill the values in, or say what stands for them: ordinal(impute=median)",
        )
