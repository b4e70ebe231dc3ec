"""nnc's answer beside Keras's; the reasons for which they may differ are in `excuses`."""

from __future__ import annotations

from typing import Any

from nnc.catalog import Applied, LayerRow, Operand, Rejection, Size, TensorType, apply_layer, find
from tests.oracle.excuses import cpu_cannot, excused, has_open
from tests.oracle.keras_side import OPEN, Answer, ask
from tests.oracle.sampling import Sample


def nnc_answer(sample: Sample) -> Applied | Rejection:
    """What the catalog says: each argument accepted or not, then the rule."""
    row = find("layers", sample.name)
    assert isinstance(row, LayerRow)
    return _answer(row, sample.args, sample)


def _answer(row: LayerRow, args: dict[str, Any], sample: Sample) -> Applied | Rejection:
    taken = accepted(row, args)
    return taken if isinstance(taken, Rejection) else apply_layer(row, taken, sample.operands, sample.by_name)


def accepted(row: LayerRow, args: dict[str, Any]) -> dict[str, Any] | Rejection:
    """Each argument as its kind takes it; nested layers' arguments as well, as the checker does it."""
    taken = {}
    for name, value in args.items():
        arg = row.arg(name)
        assert arg is not None, (row.name, name)
        got = arg.kind.accept(value)
        if isinstance(got, Rejection):
            return got
        for item in got if isinstance(got, tuple) else (got,):
            inner = find(item.kind, item.name) if hasattr(item, "kind") else None
            if isinstance(inner, LayerRow):
                nested = accepted(inner, dict(item.args))
                if isinstance(nested, Rejection):
                    return nested
        taken[name] = got
    return taken


def disagreement(sample: Sample) -> str | None:
    """None where both say the same, else what differs."""
    ours = nnc_answer(sample)
    if isinstance(ours, Rejection) and sample.name.startswith("AdaptiveMaxPooling"):
        return None  # Keras hands it on to TensorFlow unasked, which divides by zero and takes this process with it
    theirs = ask(sample.name, sample.args, sample.operands, sample.by_name, data=not cpu_cannot(sample))
    if isinstance(ours, Rejection) and theirs.accepted and has_open(sample) and not _any_data_fits(sample):
        return None  # with a size open nothing is computed; on data of any size the call fails, so the data decides
    found = _difference(ours, theirs)
    if found is None or excused(sample, ours, theirs):
        return None
    return f"{sample}\n    {found}"


def _any_data_fits(sample: Sample) -> bool:
    """Whether Keras accepts the call with some size in the place of those that are open."""
    return any(
        ask(
            sample.name,
            sample.args,
            [_closed(operand, size) for operand in sample.operands],
            {name: _closed(operand, size) for name, operand in sample.by_name.items()},
            data=not cpu_cannot(sample),
        ).accepted
        for size in OPEN
    )


def _closed(operand: Operand, size: int) -> Operand:
    """The operand with that size for those that are open."""
    if isinstance(operand, TensorType):
        return TensorType(tuple(size if isinstance(n, Size) else n for n in operand.shape), operand.dtype)
    return tuple(_closed(item, size) for item in operand) if isinstance(operand, tuple) else operand


def _difference(ours: Applied | Rejection, theirs: Answer) -> str | None:
    if isinstance(ours, Rejection):
        return f"nnc refuses ({ours.reason}), Keras gives {theirs.outputs}" if theirs.accepted else None
    if not theirs.accepted:
        return f"nnc gives {[str(out) for out in ours.outputs]}, Keras refuses ({theirs.why})"
    shapes = tuple((_shape(out), out.dtype) for out in ours.outputs)
    if shapes != theirs.outputs:
        return f"nnc gives {shapes}, Keras gives {theirs.outputs}"
    counts = (ours.trainable, ours.non_trainable)
    wanted = (theirs.trainable, theirs.non_trainable)
    return None if counts == wanted else f"nnc counts {counts}, Keras counts {wanted}"


def _shape(tensor: TensorType) -> tuple[int | None, ...]:
    return tuple(None if isinstance(size, Size) else size for size in tensor.shape)
