"""Attention: one scalar or vector of weights, or several heads with projections of their own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from nnc.catalog.layers.merging import texts
from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied, Operand, Rule
from nnc.catalog.rules import Args, Refused, compute_dtype, is_float, known_size, need_dtype, need_rank, product
from nnc.catalog.shape import Dim, Shape, TensorType, same_size

_FLAGS = {"training", "use_causal_mask", "return_attention_scores"}
_MASKS = {"mask", "query_mask", "value_mask", "key_mask", "attention_mask"}


def _roles(names: Sequence[str], operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> dict[str, TensorType]:
    """Query, value and key (the value where none is given), by position or by name."""
    given = dict(zip(names, operands, strict=False))
    twice = set(given) & set(by_name)
    unknown = set(by_name) - set(names) - _FLAGS - _MASKS
    if len(operands) > len(names) or twice or unknown:
        found = ", ".join(sorted(twice | unknown)) or f"{len(operands)} inputs"
        raise Refused("attention takes a query, a value and perhaps a key", ", ".join(names), found)
    given.update({name: by_name[name] for name in names if name in by_name})
    tensors = {name: item for name, item in given.items() if isinstance(item, TensorType)}
    if missing := [name for name in ("query", "value") if name not in tensors]:
        raise Refused(
            f"attention needs a {missing[0]}", "a query and a value", f"no {missing[0]}",
            help="for self-attention give the same tensor twice: `(x, x)`",
        )  # fmt: skip
    return {"key": tensors["value"], **tensors}


def _equally_deep(items: Sequence[TensorType]) -> None:
    if len({len(item.shape) for item in items}) > 1:
        reason = "query, value and key must have equally many axes, or the rows of a batch would mix"
        raise Refused(reason, "equally many axes", texts(items))
    if len(items[0].shape) < 2:
        reason = "attention needs an axis of steps beside that of features, or the rows of a batch would mix"
        raise Refused(reason, "[steps, features]", items[0])


def _agree(a: Dim, b: Dim, what: str, items: Sequence[TensorType]) -> None:
    if same_size(a, b) is False:
        raise Refused(what, "equal sizes", texts(items))


def _identical(a: Dim, b: Dim, what: str, items: Sequence[TensorType]) -> None:
    """Keras compares these sizes as they stand: one that is known does not agree with one that is not."""
    if same_size(a, b) is False or isinstance(a, int) != isinstance(b, int):
        raise Refused(what, "equal sizes, or both unknown", texts(items))


# ---- Attention, AdditiveAttention ----------------------------------------------------------------


def _check_dtypes(args: Args, query: TensorType, key: TensorType) -> None:
    """Scores are a product that softmax must be able to take, or a sum of query and key."""
    if args.get("score_mode") == "dot":
        if not args["use_scale"] and not is_float(key.dtype):
            need_dtype(query, "floats", "attention without `use_scale`")
        return
    for tensor in (query, key):
        need_dtype(tensor, "signed", "this attention")
    if query.dtype != key.dtype and not (is_float(query.dtype) and is_float(key.dtype)):
        raise Refused("query and key must have the same dtype", "equal dtypes", texts((query, key)))


def _dot_product(weights: Callable[[Args, TensorType], int | None]) -> Rule:
    """Keras's rule: query [.., Tq, d], key [.., Tv, d], value [.., Tv, dv] give [.., Tq, dv]."""

    def apply(args: Args, operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Applied:
        if named := set(by_name) & {"query", "value", "key"}:
            raise Refused("this attention takes one list: query, value, key", "a list", f"`{min(named)}=`")
        items = operands[0] if len(operands) == 1 and isinstance(operands[0], tuple) else operands
        roles = _roles(("query", "value", "key"), items, by_name)
        query, value, key = roles["query"], roles["value"], roles["key"]
        everyone = (query, value, key)
        _equally_deep(everyone)
        _check_dtypes(args, query, key)
        if args.get("score_mode", "concat") == "dot" or 1 not in (query.shape[-1], key.shape[-1]):
            _agree(query.shape[-1], key.shape[-1], "query and key must have the same last size", everyone)
        _agree(key.shape[-2], value.shape[-2], "key and value must have equally many steps", everyone)
        for index, size in enumerate(query.shape[:-2]):
            for other in (key.shape[index], value.shape[index]):
                if other != 1:
                    _agree(size, other, "the leading sizes must agree", everyone)
        dtype = compute_dtype(args)
        out = TensorType((*query.shape[:-1], value.shape[-1]), dtype)
        scores = TensorType((*query.shape[:-1], key.shape[-2]), dtype)
        work = product((*query.shape, key.shape[-2])), product((*scores.shape, value.shape[-1]))
        both = None if work[0] is None or work[1] is None else work[0] + work[1]
        outputs = (out, scores) if by_name.get("return_attention_scores") else (out,)
        return Applied(outputs, weights(args, query), 0, both)

    return apply


def _scalars(args: Args, query: TensorType) -> int | None:
    del query
    return int(args["use_scale"]) + int(args["score_mode"] == "concat")


def _scale_vector(args: Args, query: TensorType) -> int | None:
    return known_size(query, -1, "the last size of the query") if args["use_scale"] else 0


# ---- several heads -------------------------------------------------------------------------------


def _heads(args: Args, operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Applied:
    roles = _roles(("query", "value", "key"), operands, by_name)
    query, value, key = roles["query"], roles["value"], roles["key"]
    everyone = (query, value, key)
    _equally_deep(everyone)
    for a, b in zip(value.shape[:-1], key.shape[:-1], strict=True):
        _identical(a, b, "key and value must agree in all sizes but the last", everyone)
    if len(query.shape) != 2 and (args["sliding_window"] or by_name.get("use_causal_mask")):
        raise Refused("a causal mask or a window needs one axis of steps", "[steps, features]", query)
    attended = _attended(args, query)
    for index, size in enumerate(query.shape[:-1]):
        if index not in attended:
            _agree(size, value.shape[index], "axes that are not attended to must agree", everyone)
    out_sizes = _out_sizes(args, query)
    out = TensorType((*query.shape[:-1], *out_sizes), compute_dtype(args))
    trainable, work = _head_counts(args, query, value, key, out_sizes, attended)
    if not by_name.get("return_attention_scores"):
        return Applied((out,), trainable, 0, work)
    return Applied((out, _scores(args, query, value)), trainable, 0, work)


def _attended(args: Args, query: TensorType) -> set[int]:
    """Indices into the shape of the axes that are attended to; Keras counts the batch as axis 0."""
    last = len(query.shape) - 1
    axes = args["attention_axes"]
    if axes is None:
        return set(range(last))
    rank = len(query.shape) + 1
    found = set()
    for axis in (axes,) if isinstance(axes, int) else axes:
        index = (axis if axis >= 0 else rank + axis) - 1
        if not 0 <= index < last:
            raise Refused(f"attention can't go along axis {axis}", f"axes from 1 to {last}", axis, "attention_axes")
        found.add(index)
    return found


def _out_sizes(args: Args, query: TensorType) -> Shape:
    sizes = args["output_shape"]
    if sizes is None:
        return query.shape[-1:]
    return (sizes,) if isinstance(sizes, int) else tuple(sizes)


def _scores(args: Args, query: TensorType, value: TensorType) -> TensorType:
    if len(query.shape) != 2 or same_size(query.shape[0], value.shape[0]) is False:
        raise Refused(
            "Keras gives the scores in another shape than it promises where query and value differ in steps",
            "equally many steps",
            texts((query, value)),
            "return_attention_scores",
        )
    return TensorType((args["num_heads"], query.shape[0], query.shape[0]), compute_dtype(args))


def _head_counts(
    args: Args, query: TensorType, value: TensorType, key: TensorType, out_sizes: Shape, attended: set[int]
) -> tuple[int | None, int | None]:
    heads, key_dim = args["num_heads"], args["key_dim"]
    value_dim = args["value_dim"] or key_dim
    bias = int(args["use_bias"])
    widths = [known_size(tensor, -1, "the last size of each input") for tensor in (query, key, value)]
    out = product(out_sizes)
    if None in widths or out is None:
        return None, None
    q, k, v = (width or 0 for width in widths)
    gate = heads * value_dim if args["use_gate"] else 0
    projections = (
        (heads * key_dim, q),
        (heads * key_dim, k),
        (heads * value_dim, v),
        (gate, q),
        (out, heads * value_dim),
    )
    weights = sum(outputs * (inputs + bias) for outputs, inputs in projections)
    steps, source = product(query.shape[:-1]), product(value.shape[:-1])
    across = product(value.shape[index] for index in attended)
    if steps is None or source is None or across is None:
        return weights, None
    places = (steps, source, source, steps, steps)
    work = sum(n * outputs * inputs for n, (outputs, inputs) in zip(places, projections, strict=True))
    return weights, work + steps * across * heads * (key_dim + value_dim)


def _grouped(args: Args, operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Applied:
    roles = _roles(("query", "value", "key"), operands, by_name)
    query, value, key = roles["query"], roles["value"], roles["key"]
    for tensor in (query, value, key):
        need_rank(tensor, 2)
    everyone = (query, value, key)
    _identical(key.shape[0], value.shape[0], "key and value must have equally many steps", everyone)
    _identical(query.shape[1], value.shape[1], "query and value must have the same last size", everyone)
    heads, pairs, size = args["num_query_heads"], args["num_key_value_heads"], args["head_dim"]
    if heads % pairs:
        raise Refused(
            f"{heads} query heads can't be dealt out to {pairs} key-value heads", f"a divisor of {heads}", pairs,
            "num_key_value_heads",
        )  # fmt: skip
    widths = [known_size(tensor, -1, "the last size of each input") for tensor in (query, key, value)]
    out = TensorType(query.shape, compute_dtype(args))
    if by_name.get("return_attention_scores"):
        raise Refused("nnc can't give the scores of grouped attention yet", argument="return_attention_scores")
    if None in widths:
        return Applied((out,), None, 0, None)
    q, k, v = (width or 0 for width in widths)
    bias = int(args["use_bias"])
    gate = heads * size if args["use_gate"] else 0
    projections = (heads * size, q), (pairs * size, k), (pairs * size, v), (gate, q), (q, heads * size)
    weights = sum(outputs * (inputs + bias) for outputs, inputs in projections)
    return Applied((out,), weights, 0, _grouped_work(query, value, projections, heads * size))


def _grouped_work(
    query: TensorType, value: TensorType, projections: Sequence[tuple[int, int]], width: int
) -> int | None:
    steps, source = query.shape[0], value.shape[0]
    if not isinstance(steps, int) or not isinstance(source, int):
        return None
    places = (steps, source, source, steps, steps)
    work = sum(n * math.prod(sizes) for n, sizes in zip(places, projections, strict=True))
    return work + 2 * steps * source * width


_INPUT = "x -> Reshape([5, 2])"

ROWS: tuple[LayerSpec, ...] = (
    LayerSpec(
        "Attention",
        "Weighs values by how well their keys fit each query (the dot product).",
        _dot_product(_scalars),
        f"q = {_INPUT}\ny = [q, q] -> Attention()",
        listed=True,
    ),
    LayerSpec(
        "AdditiveAttention",
        "Weighs values by how well their keys fit each query (a sum through tanh).",
        _dot_product(_scale_vector),
        f"q = {_INPUT}\ny = [q, q] -> AdditiveAttention()",
        listed=True,
    ),
    LayerSpec(
        "MultiHeadAttention",
        "Several attentions side by side, each over projections of its own.",
        _heads,
        f"q = {_INPUT}\ny = (q, q) -> MultiHeadAttention(2, 4)",
        "numbers",
        "hidden",
        None,
        ("num_heads", "key_dim"),
        nested=True,
    ),
    LayerSpec(
        "GroupQueryAttention",
        "Multi-head attention in which several query heads share a key and a value.",
        _grouped,
        f"q = {_INPUT}\ny = (q, q) -> GroupQueryAttention(4, 4, 2)",
        "numbers",
        "hidden",
        None,
        ("num_query_heads", "num_key_value_heads", "head_dim"),
        nested=True,
    ),
)
