"""How columns become features: one row of METHODS for each preparation that a spec can name.

A method is fitted on training rows alone. What was fitted is a `Fitted`: plain values that go to JSON, are saved with
the model, and are applied to raw rows when predicting.
"""

from __future__ import annotations

from collections.abc import Mapping

from nnc import codes
from nnc.catalog import Rejection
from nnc.catalog.tables import PREPARATIONS
from nnc.data.kinds.category import CATEGORY
from nnc.data.kinds.date import DATE
from nnc.data.kinds.fitted import Allowed, Args, Fitted, Method
from nnc.data.kinds.numeric import NUMERIC
from nnc.data.kinds.ordinal import ORDINAL, order_of
from nnc.data.kinds.picture import PICTURE
from nnc.data.kinds.sequences import TEXT, TOKENS, most_tokens
from nnc.diagnostics import Findings

# One for each row of PREPARATIONS.
METHODS: Mapping[str, Method] = {
    "numeric": NUMERIC,
    "category": CATEGORY,
    "ordinal": ORDINAL,
    "date": DATE,
    "picture": PICTURE,
    "text": TEXT,
    "tokens": TOKENS,
}


def method_of(fitted: Fitted) -> Method:
    """How the column was prepared."""
    return METHODS[fitted.kind]


def allowed_in_training(args: Args) -> Allowed:
    """What a column's values may be where it is fitted: nothing outside its order."""
    return Allowed(args.get("impute") is not None, order_of(args), most_tokens(args))


def allowed_in_prediction(fitted: Fitted) -> Allowed:
    """What they may be later: a value outside the order counts as missing, where something stands for missing ones."""
    may = fitted.fill is not None
    return Allowed(may, None if may else fitted.categories, fitted.places)


def accept(kind: str, args: Args, column: str, findings: Findings) -> Args:
    """The arguments with their defaults; a finding for each that the method doesn't take."""
    row = PREPARATIONS[kind]
    slots = {arg.name: arg for arg in row.args}
    accepted = row.defaults
    for name, value in args.items():
        if name not in slots:
            findings.add(
                codes.PREPARATION_ARGUMENT,
                f"`{kind}` has no argument `{name}` (column `{column}`)",
                expected=", ".join(slots),
            )
            continue
        taken = slots[name].kind.accept(value)
        if isinstance(taken, Rejection):
            findings.add(
                codes.PREPARATION_ARGUMENT,
                f"`{name}` of `{kind}` can't be this (column `{column}`)",
                expected=taken.expected,
                found=repr(value)[:60],
            )
        else:
            accepted[name] = taken
    return accepted
