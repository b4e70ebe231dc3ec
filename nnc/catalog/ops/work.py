"""The multiply-adds of functions: only products of matrices have any; see docs/counts.md for what is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nnc.catalog.rows import Operand
from nnc.catalog.rules import product
from nnc.catalog.shape import Dim, TensorType

Work = Callable[[Sequence[Operand], Sequence[TensorType]], "int | None"]


def _matmul(args: Sequence[Operand], outputs: Sequence[TensorType]) -> int | None:
    first = args[0]
    return product((*outputs[0].shape, first.shape[-1])) if isinstance(first, TensorType) and first.shape else None


def _einsum(args: Sequence[Operand], outputs: Sequence[TensorType]) -> int | None:
    """A multiply-add for each setting of the letters, whatever order the terms are taken in."""
    del outputs
    tensors = [arg for arg in args[1:] if isinstance(arg, TensorType)]
    if len(tensors) < 2:
        return 0
    parts = str(args[0]).replace(" ", "").partition("->")[0].split(",")
    sizes: dict[str, Dim] = {}
    for part, tensor in zip(parts, tensors, strict=True):
        head, dots, tail = part.partition("...")
        shape: tuple[Dim, ...] = (1, *tensor.shape)  # the batch is one row
        inner = len(shape) - len(tail)
        if dots:
            sizes.update((f"...{place}", size) for place, size in enumerate(reversed(shape[len(head) : inner])))
        sizes.update(zip(head + tail, (*shape[: len(head)], *shape[inner:]), strict=True))
    return product(sizes.values())


def _attention(args: Sequence[Operand], outputs: Sequence[TensorType]) -> int | None:
    del outputs
    query, key = args[:2]
    if not isinstance(query, TensorType) or not isinstance(key, TensorType):
        return None
    scores = product((*query.shape, key.shape[0]))
    return None if scores is None else 2 * scores


def _distances(args: Sequence[Operand], outputs: Sequence[TensorType]) -> int | None:
    return _matmul(args, outputs)


_WORK: Mapping[str, Work] = {
    "matmul": _matmul,
    "einsum": _einsum,
    "dot_product_attention": _attention,
    "cdist": _distances,
}


def op_work(name: str, args: Sequence[Operand], outputs: Sequence[TensorType]) -> int | None:
    """Multiply-adds per row of the batch; None while a size that they hang on is not known."""
    work = _WORK.get(name)
    return work(args, outputs) if work else 0
