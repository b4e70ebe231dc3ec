"""Rows on demand: Keras's signature, the types of its arguments, and what the tables here add to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from nnc.catalog.rows import Applied, Arg, Argument, LayerRow, MetricRow, Operand, Rejection, Row
from nnc.catalog.rules import Refused
from nnc.catalog.signatures import Signature, canonical_names, signature, spellings

NOT_YET = "nnc can't check this layer yet"


def find(kind: str, name: str) -> Row | None:
    """The row of that name, alias or identifier, or None."""
    canonical = spellings(kind).get(name)
    return None if canonical is None else _row(kind, canonical)


def names(kind: str) -> Sequence[str]:
    """Every name of that kind without aliases, sorted."""
    return canonical_names(kind)


@cache
def _row(kind: str, name: str) -> Row:
    found = signature(kind, name)
    if found is None:
        raise KeyError(f"{kind}.{name} has a spelling and no signature")
    make: Callable[[str, Signature], Row] = _MAKERS.get(kind, _plain_row)
    return make(kind, found)


def _args(kind: str, found: Signature) -> tuple[Arg, ...]:
    from nnc.catalog.arguments import kind_of

    return tuple(
        Arg(
            name,
            kind_of(kind, found.name, name),
            required=not default,
            default=default[0] if default else None,
            keyword=len(default) > 1,
        )
        for name, *default in found.args
    )


def _plain_row(kind: str, found: Signature) -> Row:
    from nnc.catalog.docs import DOCS, REFUSED

    doc = DOCS.get(kind, {}).get(found.name, "")
    return Row(
        kind, found.name, _args(kind, found), doc, found.aliases, REFUSED.get((kind, found.name)), found.identifiers
    )


def _measure_row(kind: str, found: Signature) -> Row:
    from nnc.catalog.measures import MEASURES

    about = MEASURES[kind, found.name]
    return MetricRow(
        kind,
        found.name,
        _args(kind, found),
        about.doc,
        found.aliases,
        about.refused,
        found.identifiers,
        higher_is_better=about.higher_is_better,
        tasks=about.tasks,
    )


def _function_row(kind: str, found: Signature) -> Row:
    """A function: of its arguments only names and defaults are known here; `apply_op` types them."""
    from nnc.catalog.docs import DOCS, REFUSED
    from nnc.catalog.kinds import ANY

    args = tuple(
        Arg(name.lstrip("*"), ANY.of(name.lstrip("*")), required=not default and not name.startswith("*"),
            default=default[0] if default else None, many=name.startswith("*"))
        for name, *default in found.args
    )  # fmt: skip
    if kind == "ops":
        from nnc.catalog.ops.docs import doc_of
        from nnc.catalog.ops.refused import NEVER

        return Row(kind, found.name, args, doc_of(found.name), found.aliases, NEVER.get(found.name))
    doc = DOCS.get(kind, {}).get(found.name, "")
    return Row(kind, found.name, args, doc, found.aliases, REFUSED.get((kind, found.name)))


def _layer_row(kind: str, found: Signature) -> Row:
    from nnc.catalog.layers import LayerSpec, RefusedSpec
    from nnc.catalog.layers import spec as spec_of

    spec = spec_of(found.name)
    args = _args(kind, found)
    if not isinstance(spec, LayerSpec):
        doc, refused = (spec.doc, spec.refused) if isinstance(spec, RefusedSpec) else ("", NOT_YET)
        return LayerRow(kind, found.name, args, doc, found.aliases, refused, rule=_never)
    return LayerRow(
        kind,
        found.name,
        args,
        spec.doc,
        found.aliases,
        rule=spec.rule,
        takes=spec.takes,
        example=spec.example,
        role=spec.role,
        units=spec.units,
        shown=spec.shown,
        listed=spec.listed,
        nested=spec.nested,
        adapts=spec.adapts,
    )


def _never(args: Mapping[str, Argument], operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Rejection:
    del args, operands, by_name
    return Rejection(NOT_YET)


_MAKERS: Mapping[str, Callable[[str, Signature], Row]] = {
    "layers": _layer_row,
    "losses": _measure_row,
    "metrics": _measure_row,
    "activations": _function_row,
    "ops": _function_row,
}


# ---- applying ------------------------------------------------------------------------------------


def apply_layer(
    row: LayerRow, args: Mapping[str, Argument], operands: Sequence[Operand], by_name: Mapping[str, Operand]
) -> Applied | Rejection:
    """What comes of applying a layer with these (already accepted) arguments; missing ones take their default."""
    from nnc.catalog.rules import check_dtypes

    if row.refused:
        return Rejection(row.refused)
    if row.listed and len(operands) > 1:
        operands = (tuple(operands),)
    filled = {arg.name: args.get(arg.name, arg.default) for arg in row.args}
    if row.nested and filled.get("trainable") is False:
        return _UNFROZEN
    try:
        check_dtypes(row, filled, operands, by_name)
        found = row.rule(filled, operands, by_name)
    except Refused as refused:
        return refused.rejection
    if isinstance(found, Rejection):
        return found
    if filled.get("dtype") == "bfloat16" or any(key.endswith(("_initializer", "cell")) for key in args):
        from nnc.catalog.weights import misfit

        if (wrong := misfit(row.name, filled, operands)) is not None:
            return wrong
    return _frozen(found) if filled.get("trainable") is False else found


def sees_data(name: str, args: Mapping[str, Argument]) -> bool:
    """Whether this layer must see the training rows first: it learns arguments, and none of them is given."""
    row = find("layers", name)
    learnt = row.adapts if isinstance(row, LayerRow) else ()
    return bool(learnt) and all(args.get(argument) is None for argument in learnt)


_UNFROZEN = Rejection(
    "Keras does not hand `trainable` on to the layers inside, so that they would go on training in a model",
    "true",
    "false",
    "trainable",
    "freeze the layer inside, such as `Bidirectional(LSTM(8, trainable=false))`",
)


def _frozen(found: Applied) -> Applied:
    both = found.trainable, found.non_trainable
    total = None if both[0] is None or both[1] is None else both[0] + both[1]
    return Applied(found.outputs, 0, total, found.multiply_adds)
