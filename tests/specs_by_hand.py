"""Checked specs made by hand, so that data and runs are tested without parser and checker."""

from __future__ import annotations

from typing import Any

from nnc.catalog import Size, TensorType
from nnc.graph import (
    Call,
    DataConfig,
    Layer,
    ModelGraph,
    ModelInput,
    ModelOutput,
    Object,
    Spec,
    Target,
    Tensor,
    TrainConfig,
)


def mlp(width: int | None, *units: int, last: str = "linear", dropout: float = 0.0, kernel: Any = None) -> ModelGraph:
    """Dense layers with relu, the last one with another activation; width None: it hangs on the data."""
    size: Any = Size("features") if width is None else width
    tensor = Tensor(0, TensorType((size,)), "x")
    inputs = (ModelInput("x", tensor, ()),)
    layers: dict[str, Layer] = {}
    calls: list[Call] = []

    def apply(name: str, kind: str, args: dict[str, Any], width: int) -> None:
        nonlocal tensor
        layers[name] = Layer(name, kind, args, None, 0)
        out = Tensor(len(calls) + 1, TensorType((width,)), name)
        calls.append(Call(name, None, (tensor,), {}, (out,)))
        tensor = out

    for i, count in enumerate(units):
        final = i == len(units) - 1
        args: dict[str, Any] = {"units": count, "activation": last if final else "relu"}
        apply("y" if final else f"h{i + 1}", "Dense", args, count)
        if dropout and not final:
            apply(f"d{i + 1}", "Dropout", {"rate": dropout}, count)
    return ModelGraph("M", inputs, (ModelOutput("y", tensor),), layers, tuple(calls))


def spec_of(
    model: ModelGraph,
    source: str,
    path: str,
    loss: Any,
    *,
    target: str | None = None,
    transform: str | None = None,
    optimizer: Object | None = None,
    metrics: tuple[Any, ...] = (),
    fns: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
    **train: Any,
) -> Spec:
    """A spec with a data and a train section; `data` and `train` are further fields of those."""
    args = {"path" if source == "csv" else "name": path, **(data or {}).pop("args", {})}
    targets = (Target(target, "y", transform),) if target else ()
    config = DataConfig(source, args, targets, **(data or {}))
    training = TrainConfig(
        {"y": loss}, optimizer or Object("optimizers", "Adam", {"learning_rate": 0.01}), {"y": metrics}, **train
    )
    return Spec("spec.nn", {}, fns or {}, {"M": model}, config, training)
