"""An example of each row of the catalog: a whole spec that checks, and what comes of it.

A layer's row has its own line; those of the other kinds stand where such a thing stands, with arguments that their
types take. Every example is checked as it is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product

from nnc.catalog import Arg, LayerRow, Rejection, Row
from nnc.catalog.values import Object
from nnc.check import check
from nnc.graph import ModelGraph, Spec
from nnc.lean import dataclass
from nnc.source import Source
from nnc.syntax import parse


@dataclass(frozen=True, slots=True)
class Example:
    """A spec that checks, and a sentence on what it gives."""

    text: str
    said: str = ""


def example(row: Row) -> Example | None:
    """The first spec that checks; None where there is none."""
    for text in _CANDIDATES.get(row.kind, _sections)(row):
        spec = _checked(text)
        if spec is not None:
            return Example(text, _said(row, spec.model))
    return None


def _checked(text: str) -> Spec | None:
    file, findings = parse(Source("example", text))
    if file is None:
        return None
    spec, found = check(file, syntax=findings)
    return None if found.has_errors or any(item.code.id == "NN0907" for item in found) else spec


def _said(row: Row, model: ModelGraph) -> str:
    if row.kind not in ("layers", "ops", "activations"):
        return ""
    shapes = ", ".join(f"`{output.name}` is `{output.tensor.type}`" for output in model.outputs)
    if row.kind != "layers" or model.trainable is None or model.non_trainable is None:
        return f"Here {shapes}."
    total = model.trainable + model.non_trainable
    return f"Here {shapes}, with {total:,} parameter{'s' * (total != 1)}."


# ---- layers --------------------------------------------------------------------------------------

_RESHAPED = re.compile(r"x -> Reshape\(\[([^\]]*)\]\)")
_BINDS = re.compile(r"([a-z_]\w*(?:, *\w+)*) = ")


def _model(inputs: Sequence[str], lines: Sequence[str], *more: str) -> str:
    body = [f"  input {text}" for text in inputs] + [f"  {line}" for line in lines]
    return "\n".join(["model Example {", *body, "}", *more]) + "\n"


def _layers(row: Row) -> Iterator[str]:
    """The row's line with an input that suits it: of the shape that it is brought to first, if it is."""
    if not isinstance(row, LayerRow) or not row.example:
        return
    lines = row.example.strip().split("\n")
    shape = "10"
    found = _RESHAPED.search(row.example)
    if found and row.name != "Reshape":
        shape = found[1]
        lines = [line.replace(f"{found[0]} -> ", "x -> ").replace(found[0], "x") for line in lines]
    bound = _BINDS.match(lines[-1])
    results = bound[1].split(", ") if bound else ["y"]
    if bound is None:
        lines[-1] = f"output y = {lines[-1]}"
    elif len(results) == 1:
        lines[-1] = f"output {lines[-1]}"
    else:
        lines += [f"output {name} = {name}" for name in results if name != "_"]
    named = [name for word, name in _INPUTS if re.search(rf"\b{word}\b", lines[0])]
    for inputs in (*named, f"x: [{shape}]", *_SHAPES):
        yield _model([inputs], lines)


# What an example's line calls its input, with types that may suit it.
_INPUTS = (
    ("ids", "ids: int32[10]"),
    ("ids", "ids: int32[2]"),
    ("text", "text: string[]"),
    ("text", "text: string[1]"),
    ("words", "words: string[10]"),
)
_SHAPES = ("x: int32[10]", "x: [8, 3]", "x: [8, 8, 3]", "x: [8, 8, 8, 3]")


def _activations(row: Row) -> Iterator[str]:
    for line in (f"output y = x -> Dense(8) -> {row.name}", f"output y = x -> Dense(8) -> Activation({row.name})"):
        yield _model(["x: [4]"], [line])


# ---- functions -----------------------------------------------------------------------------------

# Inputs and arguments of most functions, tried in turn; those of the others stand in the table.
_USUAL = (("x: [4, 6]", "x"), ("x: [4, 6]", "x, axis=-1"), ("x: [4, 6]", "x, x"), ("x: [4, 6]", "[x, x], axis=-1"))


def _ops(row: Row) -> Iterator[str]:
    from nnc.pipeline.op_examples import CALLS

    for inputs, call in (CALLS[row.name],) if row.name in CALLS else _USUAL:
        given = inputs.split("; ")
        yield _model(given, [f"output y = ops.{row.name}({call})"])
        for several in _SEVERAL:
            outputs = [f"output {part} = {part}" for part in several]
            yield _model(given, [f"{', '.join(several)} = ops.{row.name}({call})", *outputs])


_SEVERAL = (("a", "b"), ("a", "b", "c"), ("a", "b", "c", "d"))


# ---- the rest ------------------------------------------------------------------------------------


_VALUES: tuple[tuple[object, str], ...] = (
    (0.5, "0.5"), (1, "1"), (100, "100"),
    ("log.csv", '"log.csv"'), ("model.keras", '"model.keras"'), ((1, 2), "[1, 2]"),
    ((0.1, 0.01), "[0.1, 0.01]"), ((0.1, 0.01, 0.001), "[0.1, 0.01, 0.001]"), (Object("optimizers", "Adam"), "Adam()"),
    ("ckpt.weights.h5", '"ckpt.weights.h5"'), ("real", "real"), (True, "true"),
)  # fmt: skip
_LAYERS_WITH = {
    "initializers": "kernel_initializer",
    "regularizers": "kernel_regularizer",
    "constraints": "kernel_constraint",
}
# What doesn't suit the kernel of a Dense layer.
_OWN_LAYER = {("initializers", "STFT"): ("64, 1", "Conv1D(9, 16, kernel_initializer={call})")}


def _call(row: Row) -> Iterator[str]:
    """The name with values for what it requires, each that its type takes."""
    required = [arg for arg in row.args if arg.required]
    choices = [
        [text for value, text in _VALUES if not isinstance(arg.kind.accept(value), Rejection)] for arg in required
    ]
    for shift in range(3):
        parts = [_named(arg, texts[shift % len(texts)]) for arg, texts in zip(required, choices, strict=True) if texts]
        yield f"{row.name}({', '.join(parts)})"
    for several in islice(product(*choices), 12):  # some go together in some combinations alone
        yield f"{row.name}({', '.join(map(_named, required, several))})"


def _named(arg: Arg, text: str) -> str:
    return f"{arg.name}={text}"


def _sections(row: Row) -> Iterator[str]:
    for call in _call(row):
        if (row.kind, row.name) in _OWN_LAYER:
            shape, layer = _OWN_LAYER[row.kind, row.name]
            yield _model([f"x: [{shape}]"], [f"output y = x -> {layer.format(call=call)}"])
            continue
        if row.kind in _LAYERS_WITH:
            yield _model(["x: [4]"], [f"output y = x -> Dense(4, {_LAYERS_WITH[row.kind]}={call})"])
            continue
        for units, end in ((1, "sigmoid"), (3, "softmax"), (1, "linear")):
            net = [f"output y = x -> Dense({units}, {end})"]
            for lines in _TRAIN.get(row.kind, ()):
                body = "\n".join(f"  {line}" for line in lines.format(call=call).split("\n"))
                yield _model(["x: [4]"], net, "", "train {", body, "}")


_LOSSES = ("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy", "mse")
_TRAIN = {
    "losses": ("loss = {call}",),
    "metrics": tuple(f"loss = {loss}\nmetrics = [{{call}}]" for loss in _LOSSES),
    "optimizers": ("loss = mse\noptimizer = {call}",),
    "optimizers.schedules": ("loss = mse\noptimizer = Adam(learning_rate={call})",),
    "callbacks": ("loss = mse\ncallbacks = [{call}]",),
}
_CANDIDATES = {"layers": _layers, "activations": _activations, "ops": _ops}
