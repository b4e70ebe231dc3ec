"""Plans with something changed that may make them wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.oracle.graph_draw import INFIX, LAYERS, MERGES, OPS
from tests.oracle.graph_plans import Args, Described, Name, Plan, Step

Change = Callable[[random.Random, Step, int], Step]


def mutated(rng: random.Random, plan: Plan) -> Plan:
    """The plan with one or two things changed."""
    for _ in range(rng.choice((1, 1, 2))):
        before, tries = plan, 0
        while plan == before and tries < 20:
            tries += 1
            plan = _input(rng, plan) if rng.random() < 0.12 else _some_step(rng, plan, rng.choice(_CHANGES))
    return plan


def _input(rng: random.Random, plan: Plan) -> Plan:
    at = rng.randrange(len(plan.inputs))
    shape, dtype = plan.inputs[at]
    way = rng.randrange(3)
    if way == 0:
        shape = tuple(rng.choice((size, 7, 2)) for size in shape)
    elif way == 1:
        shape = rng.choice(((*shape, 2), shape[1:], (5, *shape)))
    else:
        dtype = rng.choice(("int32", "bool", "float16", "string"))
    return replace(plan, inputs=(*plan.inputs[:at], (shape, dtype), *plan.inputs[at + 1 :]))


def _some_step(rng: random.Random, plan: Plan, change: Change) -> Plan:
    """A step of the model, or now and then of a block, changed."""
    if plan.blocks and rng.random() < 0.2:
        at = rng.randrange(len(plan.blocks))
        block = plan.blocks[at]
        block = replace(block, steps=_one_of(rng, block.steps, block.inputs, change))
        return replace(plan, blocks=(*plan.blocks[:at], block, *plan.blocks[at + 1 :]))
    return replace(plan, steps=_one_of(rng, plan.steps, len(plan.inputs), change))


def _one_of(rng: random.Random, steps: tuple[Step, ...], before: int, change: Change) -> tuple[Step, ...]:
    at = rng.randrange(len(steps))
    before += sum(step.gives for step in steps[:at])
    step = steps[at]
    if step.inner and rng.random() < 0.6:
        which = rng.randrange(len(step.inner))
        inner = change(rng, step.inner[which], 1)
        step = replace(step, inner=(*step.inner[:which], inner, *step.inner[which + 1 :]))
    else:
        step = change(rng, step, before)
    return (*steps[:at], step, *steps[at + 1 :])


def _rewired(rng: random.Random, step: Step, before: int) -> Step:
    """Other tensors: wrong sizes and ranks, merges of what does not fit."""
    return replace(step, takes=tuple(rng.choice((at, rng.randrange(before))) for at in step.takes))


def _counted(rng: random.Random, step: Step, before: int) -> Step:
    """One operand too many, or too few."""
    fewer = len(step.takes) > 1 and rng.random() < 0.5
    if step.form in ("infix", "index", "same", "if", "loop"):
        return step
    return replace(step, takes=step.takes[:-1] if fewer else (*step.takes, rng.randrange(before)))


def _dropped(rng: random.Random, step: Step, before: int) -> Step:
    """Nothing where a layer stood: a missing Flatten, a missing Dense."""
    return Step("same", "", step.takes[:1]) if step.gives == 1 else step


def _replaced(rng: random.Random, step: Step, before: int) -> Step:
    """A layer, merge, function or operator of another kind, such as one for other numbers of axes."""
    if step.form == "layer" and step.gives == 1:
        name, args = rng.choice(LAYERS[rng.choice((1, 2, 3))][11:])
        return replace(step, name=name, args=args(rng))
    if step.form == "many":
        return replace(step, name=rng.choice((*MERGES, "Dot", "Dense")))
    if step.form == "infix":
        return replace(step, name=rng.choice(INFIX))
    if step.form == "op" and step.gives == 1:
        name, args = rng.choice(OPS)
        return replace(step, name=name, args=args(rng))
    return step


def _argument(rng: random.Random, step: Step, before: int) -> Step:
    """A wrong number, word, axis or list for an argument; one that there is not; a needed one left out."""
    args: Args = dict(step.args)
    way = rng.random()
    if way < 0.08 and step.form in ("layer", "many", "attend", "block"):
        args["unit"] = 3
    elif way < 0.2 and args and step.form in ("layer", "attend", "block"):
        del args[rng.choice(list(args))]
    elif args:
        key = rng.choice(list(args))
        args[key] = _wrong(rng, key, args[key])
    return replace(step, args=args)


def _batch(rng: random.Random, step: Step, before: int) -> Step:
    """The axis of the batch named, which Keras allows in places and a model of nnc does not."""
    return replace(step, args={**step.args, "axis": 0}) if "axis" in step.args else step


_NUMBERS = (0, -1, -2, 2, 5, 9, 2.5, "three", (2, 2, 2, 2))
_WRONG: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("units", "filters", "kernel_size", "pool_size", "strides", "size", "n", "num_heads"), _NUMBERS),
    **dict.fromkeys(("groups", "output_dim", "input_dim", "key_dim", "depth_multiplier"), _NUMBERS),
    **dict.fromkeys(("dilation_rate", "cropping"), _NUMBERS),
    "axis": (2, 3, 4, -3, -4, "last"),
    "padding": ("causal", "vaild", -1, (1, 2, 3, 4), 3),
    "activation": ("rleu", 3, "softmax"),
    "act": ("rleu", "softmax"),
    "target_shape": ((3, -1), (-1,), (-1, -1), (7, 2), (0,)),
    "dims": ((1, 2), (2, 1, 3), (0, 1), (1,), (1, 1)),
    "items": ((9,), (":", ":", 0), (0, 0), ("...", 7), (":", 9), (-9,)),
    "rate": (-0.1, 1.5, "half"),
    "values": ((0,), (4, -2), (2.5,), ("four",)),
    "dtype": ("float31", "int8", 32),
    "axes": ((0, 1), (0, 2, 2), (0, 1, 2, 3, 4)),
    "indices_or_sections": (3, 5, 7, 0),
    "pad_width": (((0, 0),), ((0, 0), (1, 1), (1, 1), (1, 1), (1, 1))),
    "repeats": (-1, "two"),
    "norm": (Described("Dense", {"units": -4}), Described("Conv2D", {"filters": 4, "kernel_size": 3})),
    "layer": (Described("Dense", {"units": 0}), Described("Conv2D", {"filters": 4, "kernel_size": 3})),
    "by": (0, 3),
}


def _wrong(rng: random.Random, key: str, value: Any) -> Any:
    if isinstance(value, Name):
        return rng.choice((0, -3, Name("n + 1")))
    if isinstance(value, bool):
        return not value
    return rng.choice(_WRONG[key]) if key in _WRONG else value


_CHANGES: tuple[Change, ...] = (
    _rewired, _rewired, _rewired, _counted, _dropped, _replaced, _replaced, _argument, _argument, _argument, _batch,
)  # fmt: skip
