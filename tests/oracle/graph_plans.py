"""Random plans of whole networks: branches, merges, shared layers, blocks, loops, functions and indices.

A plan says nothing of .nn and nothing of Keras; `graphs.py` has an interpreter for each. Tensors are numbers: the
inputs first, then what the steps make, in order.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

Args = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One statement. `form` says how it is written: layer, shared, many (a list into a layer), attend, infix, op,

    index, block, loop. `takes` are the tensors; `times` repeats a block; `name` is the layer, operator, function,
    shared layer or block; an index stands in `args["items"]`, the values of a loop in `args["values"]`.
    """

    form: str
    name: str
    takes: tuple[int, ...]
    args: Args = field(default_factory=dict)
    times: int = 1


@dataclass(frozen=True)
class BlockPlan:
    """A block of one input (tensor 0) and a parameter `n`; the last step is its output."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Plan:
    """A network. `inputs` are (shape, dtype), sizes None where open; `shared` are layers by name."""

    inputs: tuple[tuple[tuple[int | None, ...], str], ...]
    blocks: tuple[BlockPlan, ...]
    shared: dict[str, tuple[str, Args]]
    steps: tuple[Step, ...]


PARAMETER = "n"  # stands for the block's parameter among arguments
ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "softmax", "linear")

Draw = Callable[[random.Random], Args]
_UNITS = (1, 3, 4, 8)
_COMMON: tuple[tuple[str, Draw], ...] = (
    ("Dense", lambda r: {"units": r.choice(_UNITS), "activation": r.choice(ACTIVATIONS)}),
    ("Dense", lambda r: {"units": r.choice(_UNITS), "use_bias": r.random() < 0.5}),
    ("Dropout", lambda r: {"rate": r.choice((0.0, 0.2, 0.5))}),
    ("BatchNormalization", lambda r: {"axis": r.choice((-1, -1, 1)), "scale": r.random() < 0.5}),
    ("LayerNormalization", lambda r: {"axis": -1, "center": r.random() < 0.5}),
    ("Activation", lambda r: {"activation": r.choice(ACTIVATIONS)}),
    ("Flatten", lambda _: {}),
    ("LeakyReLU", lambda _: {"negative_slope": 0.1}),
    ("PReLU", lambda _: {}),
    ("Rescaling", lambda _: {"scale": 0.5, "offset": 1.0}),
)


def _slide(r: random.Random) -> Args:
    return {"kernel_size": r.choice((1, 2, 3)), "strides": r.choice((1, 1, 2)), "padding": r.choice(("same", "valid"))}


def _pool(r: random.Random) -> Args:
    return {"pool_size": r.choice((1, 2, 3)), "padding": r.choice(("same", "valid"))}


# Layers by the number of axes beside the batch.
LAYERS: dict[int, tuple[tuple[str, Draw], ...]] = {
    1: (
        *_COMMON,
        ("RepeatVector", lambda r: {"n": r.choice((2, 5))}),
        ("Reshape", lambda _: {"target_shape": (-1, 2)}),
    ),
    2: (
        *_COMMON,
        ("Conv1D", lambda r: {"filters": r.choice(_UNITS), **_slide(r)}),
        ("SeparableConv1D", lambda r: {"filters": r.choice(_UNITS), **_slide(r)}),
        ("LSTM", lambda r: {"units": r.choice(_UNITS), "return_sequences": r.random() < 0.5}),
        ("GRU", lambda r: {"units": r.choice(_UNITS), "reset_after": r.random() < 0.5}),
        ("MaxPooling1D", _pool),
        ("GlobalAveragePooling1D", lambda r: {"keepdims": r.random() < 0.3}),
        ("Permute", lambda _: {"dims": (2, 1)}),
        ("UpSampling1D", lambda _: {"size": 2}),
        ("ZeroPadding1D", lambda r: {"padding": r.choice((1, (1, 2)))}),
        ("Cropping1D", lambda _: {"cropping": 1}),
    ),
    3: (
        *_COMMON,
        ("Conv2D", lambda r: {"filters": r.choice(_UNITS), **_slide(r)}),
        ("Conv2D", lambda r: {"filters": 4, "kernel_size": (3, 1), "dilation_rate": r.choice((1, 2))}),
        ("DepthwiseConv2D", lambda r: {"depth_multiplier": r.choice((1, 2)), **_slide(r)}),
        ("SeparableConv2D", lambda r: {"filters": r.choice(_UNITS), **_slide(r)}),
        ("Conv2DTranspose", lambda r: {"filters": r.choice(_UNITS), **_slide(r)}),
        ("MaxPooling2D", _pool),
        ("AveragePooling2D", _pool),
        ("GlobalMaxPooling2D", lambda _: {}),
        ("UpSampling2D", lambda r: {"size": r.choice((2, (1, 2)))}),
        ("ZeroPadding2D", lambda r: {"padding": r.choice((1, (1, 0)))}),
        ("SpatialDropout2D", lambda _: {"rate": 0.1}),
    ),
}
MERGES = ("Add", "Multiply", "Average", "Maximum", "Subtract", "Concatenate")
INFIX = ("+", "-", "*", "/", "@")
OPS: tuple[tuple[str, Draw], ...] = (
    ("softmax", lambda r: {"axis": r.choice((-1, 1, 2))}),
    ("mean", lambda r: {"axis": r.choice((-1, 1, 2)), "keepdims": r.random() < 0.5}),
    ("sum", lambda r: {"axis": r.choice((-1, 1)), "keepdims": r.random() < 0.5}),
    ("exp", lambda _: {}),
    ("expand_dims", lambda r: {"axis": r.choice((1, -1))}),
    ("squeeze", lambda r: {"axis": r.choice((1, -1))}),
    ("cumsum", lambda r: {"axis": r.choice((1, -1))}),
    ("flip", lambda r: {"axis": r.choice((1, -1))}),
    ("roll", lambda _: {"shift": 1, "axis": 1}),
    ("cast", lambda r: {"dtype": r.choice(("float32", "int32", "float16"))}),
    ("transpose", lambda r: {"axes": r.choice(((0, 2, 1), (0, 3, 1, 2)))}),
    ("repeat", lambda r: {"repeats": 2, "axis": r.choice((1, -1))}),
    ("pad", lambda r: {"pad_width": r.choice((((0, 0), (1, 1)), ((0, 0), (0, 2), (1, 0))))}),
)
INDICES = ((0,), (-1,), ("1:",), (":-1",), ("::2",), ("...", 0), (":", 0), ("...", "1:3"))
_BODY: tuple[tuple[str, Draw], ...] = (
    ("Dense", lambda r: {"units": PARAMETER, "activation": r.choice(ACTIVATIONS)}),
    ("LayerNormalization", lambda _: {}),
    ("Dropout", lambda _: {"rate": 0.1}),
    ("Activation", lambda r: {"activation": r.choice(ACTIVATIONS)}),
)


def draw_block(rng: random.Random, number: int) -> BlockPlan:
    """A block of a few layers, with a branch that comes back."""
    steps = []
    for at in range(rng.randint(1, 3)):
        name, args = rng.choice(_BODY)
        steps.append(Step("layer", name, (at,), args(rng)))
    if rng.random() < 0.7:
        merge = rng.choice(("Concatenate", "Concatenate", "Add"))
        steps.append(Step("many", merge, (len(steps), rng.randrange(len(steps)))))
    return BlockPlan(f"Block{number}", tuple(steps))


def draw_inputs(rng: random.Random) -> tuple[tuple[tuple[int | None, ...], str], ...]:
    """One to three inputs."""
    shapes: list[tuple[tuple[int | None, ...], str]] = [
        ((8,), "float32"), ((6, 4), "float32"), ((8, 8, 3), "float32"), ((None, 4), "float32"), ((5,), "int32"),
        ((4, 6), "float16"), ((8, 6, 4), "float32"),
    ]  # fmt: skip
    return tuple(rng.choice(shapes) for _ in range(rng.randint(1, 3)))


def mutated(rng: random.Random, plan: Plan) -> Plan:
    """The plan with one thing changed, which may make it wrong."""
    way = rng.random()
    if way < 0.15:
        at = rng.randrange(len(plan.inputs))
        shape, dtype = plan.inputs[at]
        shape = tuple(rng.choice((size, 7, 2)) for size in shape) if way < 0.08 else (*shape, 2)[way > 0.12 :]
        return replace(plan, inputs=(*plan.inputs[:at], (shape, dtype), *plan.inputs[at + 1 :]))
    at = rng.randrange(len(plan.steps))
    step = plan.steps[at]
    if way < 0.45:
        before = len(plan.inputs) + at
        step = replace(step, takes=tuple(rng.randrange(before) for _ in step.takes))
    else:
        step = replace(step, args=_wrong(rng, step.args))
    return replace(plan, steps=(*plan.steps[:at], step, *plan.steps[at + 1 :]))


def _wrong(rng: random.Random, args: Args) -> Args:
    changed = dict(args)
    for key, value in args.items():
        if rng.random() < 0.5:
            continue
        if isinstance(value, bool):
            changed[key] = not value
        elif key in ("axis", "units", "filters", "kernel_size", "pool_size", "strides", "size", "n", "shift"):
            changed[key] = rng.choice((0, -1, -2, 2, 3, 5, 9))
        elif key in ("padding", "activation") and isinstance(value, str):
            changed[key] = rng.choice(("valid", "same", "causal", "relu", "rleu"))
        elif key == "target_shape":
            changed[key] = rng.choice(((3, -1), (-1,), (-1, -1), (7, 2)))
        elif key == "dims":
            changed[key] = rng.choice(((1, 2), (2, 1, 3), (0, 1), (1,)))
        elif key == "items":
            changed[key] = rng.choice(((9,), (":", ":", 0), (0, 0), ("...", 7)))
        elif key == "rate":
            changed[key] = rng.choice((-0.1, 1.5, 1, 0.3))
    return changed
