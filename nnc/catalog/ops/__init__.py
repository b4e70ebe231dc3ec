"""The types of `keras.ops` functions on the tensors of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnc.catalog.rows import Argument, Rejection
from nnc.catalog.shape import TensorType


def apply_op(name: str, args: Sequence[Argument], kwargs: Mapping[str, Argument]) -> tuple[TensorType, ...] | Rejection:
    """The types of `keras.ops.<name>(...)`; tensors among the arguments stand there as TensorType.

    Operators have the names of `nnc.graph.FnCall` (`add`, `matmul`, `getitem`, ...). Axes count the batch as axis 0,
    as Keras does; what would mix the rows of a batch is refused.
    """
    from nnc.catalog.ops.arrays import enter, leave
    from nnc.catalog.ops.table import rule_of
    from nnc.catalog.rules import Refused

    rule = rule_of(name)
    if rule is None:
        return _not_in_a_model(name)
    try:
        bound = _bound(name, [enter(arg) for arg in args], {key: enter(arg) for key, arg in kwargs.items()})
        return tuple(leave(array) for array in rule(bound))
    except Refused as refused:
        return refused.rejection


def _not_in_a_model(name: str) -> Rejection:
    from nnc.catalog.ops.refused import IN_MODELS

    reason = IN_MODELS.get(name, "Keras has no such function")
    return Rejection(f"`ops.{name}` can't stand in a model: {reason}")


def _bound(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments by name, defaults filled in."""
    from nnc.catalog.ops.dtypes import DTYPES
    from nnc.catalog.rules import Refused
    from nnc.catalog.signatures import signature

    if name == "getitem":
        if not args or kwargs:
            raise Refused("an index needs a tensor", "`x[:, 0]`", "none")
        return {"x": args[0], "items": tuple(args[1:])}
    found = signature("ops", name)
    names = [arg[0].lstrip("*") for arg in found.args] if found else []
    if found and found.args and found.args[-1][0].startswith("*"):
        args = (*args[: len(names) - 1], tuple(args[len(names) - 1 :]))
    given = dict(zip(names, args, strict=False)) | dict(kwargs)
    unknown = [key for key in kwargs if key not in names]
    if len(args) > len(names) or unknown or len(given) < len(args) + len(kwargs):
        raise Refused(
            f"`ops.{name}` does not take these arguments", ", ".join(names), unknown[0] if unknown else len(args)
        )
    missing = [arg[0] for arg in (found.args if found else ()) if len(arg) == 1 and arg[0].lstrip("*") not in given]
    if missing:
        raise Refused(f"`ops.{name}` needs `{missing[0]}`", ", ".join(names), argument=missing[0])
    defaults = {arg[0]: arg[1] for arg in (found.args if found else ()) if len(arg) > 1}
    bound = {key: given[key] if key in given else defaults[key] for key in names}
    if bound.get("dtype") is not None and bound["dtype"] not in DTYPES:
        raise Refused("there is no such dtype", "a dtype such as `float32`", bound["dtype"], "dtype")
    return bound
