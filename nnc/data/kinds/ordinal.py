"""`ordinal`: values with an order, `low < mid < high`. A value becomes its rank, from 0, and is then a number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nnc import codes
from nnc.data.kinds.category import canonical
from nnc.data.kinds.faults import Wrong, first_of, missing_values, text_at, wrong_values
from nnc.data.kinds.fitted import Allowed, Args, Fitted, Method, item_text, said
from nnc.data.kinds.numeric import apply_numeric, fit_numeric
from nnc.data.table import Floats, RawColumn, Table
from nnc.diagnostics import Findings
from nnc.spelling import suggest

_SHOWN = 12


def order_of(args: Args) -> tuple[str, ...]:
    """The order that the arguments name, () where they name none."""
    given = args.get("order")
    return tuple(canonical(item_text(item)) for item in given) if isinstance(given, tuple) else ()


def ranks(column: RawColumn, order: tuple[str, ...]) -> RawColumn:
    """The column as numbers: the place of each value in the order, NaN where it is missing or not in it."""
    place = {name: float(i) for i, name in enumerate(order)}
    found = [np.nan if text is None else place.get(canonical(str(text)), np.nan) for text in column.texts]
    return RawColumn(column.name, np.asarray(found, dtype=np.float64))


def _fit(column: RawColumn, args: Args, guessed: bool) -> Fitted:
    order = order_of(args)
    fitted = fit_numeric(ranks(column, order), args, guessed)
    return replace(fitted, kind="ordinal", words=said("ordinal", args), categories=order)


def _apply(column: RawColumn, fitted: Fitted) -> Floats:
    return apply_numeric(ranks(column, fitted.categories), fitted)


def _faults(table: Table, column: RawColumn, allowed: Allowed, findings: Findings) -> None:
    if allowed.order is None:
        return
    strange = np.isnan(ranks(column, allowed.order).numbers) & ~column.missing
    if strange.any():
        wrong_values(table, column, strange, _strange(text_at(column, first_of(strange)), allowed.order), findings)
    if not allowed.may_be_missing:
        missing_values(table, column, "value", "ordinal", findings)


def _strange(value: str, order: tuple[str, ...]) -> Wrong:
    near = suggest(value, order)
    return Wrong(
        codes.NOT_IN_ORDER,
        "is not in its order",
        ", ".join(order[:_SHOWN]) + (", ..." if len(order) > _SHOWN else ""),
        f"did you mean `{near}`?" if near else "correct it, or put it into `order`",
    )


ORDINAL = Method(_fit, _apply, _faults)
