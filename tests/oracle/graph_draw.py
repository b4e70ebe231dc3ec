"""Random plans that Keras can build: each step is carried out as it is drawn, and what Keras refuses is drawn again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.oracle.graph_keras import InKeras
from tests.oracle.graph_plans import Args, BlockPlan, Described, Input, Name, Plan, Step

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
    ("UnitNormalization", lambda _: {"axis": -1}),
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
        ("Bidirectional", lambda r: {"layer": Described("GRU", {"units": r.choice(_UNITS)})}),
        ("TimeDistributed", lambda r: {"layer": Described("Dense", {"units": r.choice(_UNITS)})}),
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
        ("GroupNormalization", lambda r: {"groups": r.choice((1, -1, 2, 4))}),
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
    ("argmax", lambda r: {"axis": r.choice((-1, 1))}),
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
_N = (Name("n"), Name("2 * n"), Name("n + 1"), 4)
_BODY: tuple[tuple[str, Draw], ...] = (
    ("Dense", lambda r: {"units": r.choice(_N), "activation": r.choice((Name("act"), *ACTIVATIONS))}),
    ("LayerNormalization", lambda _: {}),
    ("Dropout", lambda _: {"rate": 0.1}),
    ("Activation", lambda _: {"activation": Name("act")}),
)
_NORMS = (
    Described("LayerNormalization"), Described("BatchNormalization"), Described("Dropout", {"rate": 0.3}),
    Described("Dense", {"units": 4}),
)  # fmt: skip
_SHAPES: tuple[tuple[tuple[int | str | None, ...], str], ...] = (
    ((8,), "float32"), ((6, 4), "float32"), ((8, 8, 3), "float32"), ((None, 4), "float32"), ((5,), "int32"),
    (("T", 4), "float32"), (("T", 6), "float32"), (("S", 4), "float32"), ((4, 6), "float16"), ((8, 6, 4), "float32"),
    ((4,), "float32"), ((None, None, 3), "float32"), ((6,), "int64"),
)  # fmt: skip


def use_of(rng: random.Random) -> Args:
    """The arguments of a block's use."""
    args: Args = {"n": rng.choice((2, 4))}
    if rng.random() < 0.4:
        args["act"] = rng.choice(ACTIVATIONS)
    if rng.random() < 0.3:
        args["norm"] = rng.choice(_NORMS)
    return args


def draw_block(rng: random.Random, number: int, before: tuple[BlockPlan, ...]) -> BlockPlan:
    """A block of a few layers with a branch that comes back; one or two inputs, one or two outputs."""
    inputs = rng.choice((1, 1, 2))
    steps: list[Step] = []
    tensors = inputs
    if inputs == 2:
        steps.append(Step("many", rng.choice(MERGES), (0, 1)))
        tensors += 1
    for _ in range(rng.randint(1, 3)):
        steps.append(_draw_inner(rng, tensors - 1, before))
        tensors += steps[-1].gives
    if rng.random() < 0.5:
        steps.append(Step("many", rng.choice(("Concatenate", "Add")), (tensors - 1, rng.randrange(tensors - 1))))
        tensors += 1
    outputs = (tensors - 1,)
    if rng.random() < 0.3:
        outputs = (tensors - 1, rng.randrange(inputs, tensors))
    return BlockPlan(f"Block{number}", inputs, tuple(steps), outputs)


def _draw_inner(rng: random.Random, at: int, before: tuple[BlockPlan, ...]) -> Step:
    layer = lambda takes, **own: Step("layer", (drawn := rng.choice(_BODY))[0], takes, {**drawn[1](rng), **own})  # noqa: E731
    way = rng.random()
    alone = [block for block in before if block.inputs == 1]
    if way < 0.2 and alone:
        block = rng.choice(alone)
        args = {"n": rng.choice(_N), "act": Name("act")}
        return Step("block", block.name, (at,), args, gives=len(block.outputs))
    if way < 0.35:
        args = {"left": rng.choice((Name("n"), "rank")), "than": 2}
        return Step("if", "", (at,), args, inner=(layer((0,)), layer((0,))))
    if way < 0.5:
        values = rng.choice(((Name("n"), Name("2 * n")), (4, Name("n + 1")), (Name("n"),)))
        return Step("loop", "", (at,), {"values": values}, inner=(_dense_u(rng),))
    return Step("given", "norm", (at,)) if way < 0.6 else layer((at,))


def _dense_u(rng: random.Random) -> Step:
    return Step("layer", "Dense", (0,), {"units": Name("u"), "activation": rng.choice(ACTIVATIONS)})


def draw_inputs(rng: random.Random) -> tuple[Input, ...]:
    """One to three inputs."""
    return tuple(rng.choice(_SHAPES) for _ in range(rng.randint(1, 3)))


def draw_plan(rng: random.Random) -> tuple[Plan, InKeras]:
    """A plan of up to a dozen steps, and what Keras made of it."""
    blocks: tuple[BlockPlan, ...] = ()
    for number in range(rng.randint(0, 3)):
        blocks += (draw_block(rng, number, blocks),)
    shared = {"one": Described("Dense", {"units": 4}), "two": Described("LayerNormalization", {"axis": -1})}
    shared |= {f"deep{block.name[-1]}": Described(block.name, use_of(rng)) for block in blocks}
    plan = Plan(draw_inputs(rng), blocks, shared, ())
    made = InKeras(plan)
    for _ in range(rng.randint(3, 12)):
        step, state = _draw_step(rng, made), made.state()
        try:
            made.step(step, made.tensors, {})
        except Exception:  # noqa: BLE001 - whatever Keras raises is a refusal, and this is no step of the plan
            made.back(state)
            continue
        plan = replace(plan, steps=(*plan.steps, step))
    return (plan, made) if plan.steps else draw_plan(rng)


def _draw_step(rng: random.Random, made: InKeras) -> Step:
    at = rng.choice([rng.randrange(len(made.tensors)), len(made.tensors) - 1])
    tensor = made.tensors[at]
    alike = rng.choice([other for other, t in enumerate(made.tensors) if len(t.shape) == len(tensor.shape)])
    (form,) = rng.choices(tuple(_FORMS), tuple(weight for weight, _ in _FORMS.values()))
    return _FORMS[form][1](rng, made, at, alike)


def draw_layer(rng: random.Random, made: InKeras, at: int, alike: int = 0) -> Step:
    """A layer for that tensor."""
    del alike
    tensor = made.tensors[at]
    name, args = rng.choice(LAYERS[min(3, max(1, len(tensor.shape) - 1))])
    if str(tensor.dtype).startswith("int") and len(tensor.shape) == 2:
        return Step("layer", "Embedding", (at,), {"input_dim": 10, "output_dim": rng.choice((3, 4))})
    if name == "LSTM" and rng.random() < 0.4:
        return Step("layer", "LSTM", (at,), {**args(rng), "return_state": True}, gives=3)
    return Step("layer", name, (at,), args(rng))


def _draw_merge(rng: random.Random, made: InKeras, at: int, alike: int) -> Step:
    name, more = rng.choice(MERGES), (at,) if rng.random() < 0.2 else ()
    args = {"axis": rng.choice((-1, -1, 1))} if name == "Concatenate" else {}
    return Step("many", name, (at, alike) if name == "Subtract" else (at, alike, *more), args)


def _draw_infix(rng: random.Random, made: InKeras, at: int, alike: int) -> Step:
    if rng.random() < 0.4:
        return Step("infix", rng.choice(INFIX[:4]), (at,), {"by": rng.choice((2, 0.5))})
    return Step("infix", rng.choice(INFIX), (at, alike))


def _draw_op(rng: random.Random, made: InKeras, at: int, alike: int) -> Step:
    way = rng.random()
    if way < 0.15:
        return Step("op", "split", (at,), {"indices_or_sections": 2, "axis": rng.choice((1, -1))}, gives=2)
    if way < 0.3:
        return Step("op", rng.choice(("maximum", "minimum", "matmul", "add")), (at, alike))
    name, args = rng.choice(OPS)
    return Step("op", name, (at,), args(rng))


def _draw_block_use(rng: random.Random, made: InKeras, at: int, alike: int) -> Step:
    if not made.plan.blocks:
        return draw_layer(rng, made, at)
    block = rng.choice(made.plan.blocks)
    again = rng.choice((1, 1, 2, 3)) if block.inputs == len(block.outputs) else 1
    return Step("block", block.name, (at, alike)[: block.inputs], use_of(rng), again, len(block.outputs))


def _draw_shared(rng: random.Random, made: InKeras, at: int, alike: int) -> Step:
    name = rng.choice([*made.plan.shared, *made.kept])  # those in use again rather than others
    block = made.plan.block(made.plan.shared[name].name)
    if block is None:
        return Step("shared", name, (at,), times=rng.choice((1, 1, 2)))
    return Step("shared", name, (at, alike)[: block.inputs], gives=len(block.outputs))


def _draw_loop(rng: random.Random, made: InKeras, at: int, alike: int) -> Step:
    if rng.random() < 0.4:
        one = rng.choice((Step("layer", "Dense", (0,), {"units": 4}), Step("shared", "one", (0,))))
        return Step("towers", rng.choice(("Add", "Concatenate")), (at, alike, at)[: rng.randint(2, 3)], inner=(one,))
    return Step("loop", "", (at,), {"values": rng.choice(((4,), (8, 4), (3, 3, 3)))}, inner=(_dense_u(rng),))


def _draw_if(rng: random.Random, made: InKeras, at: int, alike: int) -> Step:
    inner = tuple(replace(draw_layer(rng, made, at), takes=(0,), gives=1) for _ in range(2))
    inner = tuple(replace(s, args={k: v for k, v in s.args.items() if k != "return_state"}) for s in inner)
    return Step("if", "", (at,), {"left": rng.choice(("channels", "rank")), "than": rng.choice((1, 2, 4))}, inner=inner)


def _draw_index(rng: random.Random, made: Any, at: int, alike: int) -> Step:
    return Step("index", "", (at,), {"items": rng.choice(INDICES)})


def _draw_attend(rng: random.Random, made: Any, at: int, alike: int) -> Step:
    args = {"num_heads": rng.choice((1, 2)), "key_dim": 3}
    return Step("attend", "MultiHeadAttention", (at, alike), args) if rng.random() < 0.7 else Step(
        "attend", rng.choice(("Attention", "AdditiveAttention")), (at, alike))  # fmt: skip


# How often each form is drawn, and how.
_FORMS: dict[str, tuple[int, Callable[[random.Random, InKeras, int, int], Step]]] = {
    "layer": (9, draw_layer), "many": (3, _draw_merge), "infix": (2, _draw_infix), "op": (2, _draw_op),
    "index": (1, _draw_index), "shared": (2, _draw_shared), "attend": (1, _draw_attend), "block": (2, _draw_block_use),
    "loop": (2, _draw_loop), "if": (1, _draw_if),
}  # fmt: skip
