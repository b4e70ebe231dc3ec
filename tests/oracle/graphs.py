"""Random whole graphs: `nnc check` on the spec of a plan beside Keras built from the same plan.

Both interpreters read the plan alone. They must agree on acceptance, on every tensor's shape and dtype, and on every
layer's parameters. Where Keras builds what then fails on data, the data decides.
"""

from __future__ import annotations

import operator
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from nnc.catalog import Size
from nnc.check import check
from nnc.source import Source
from nnc.syntax import parse
from tests.oracle.graph_plans import (
    INDICES,
    INFIX,
    LAYERS,
    MERGES,
    OPS,
    PARAMETER,
    Args,
    Plan,
    Step,
    draw_block,
    draw_inputs,
    mutated,
)

Tensors = list[tuple[tuple[int | None, ...], str]]
_INFIX = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "@": operator.matmul}


@dataclass
class Built:
    """What an interpreter found: every tensor in order, and each layer's trainable and other parameters in order."""

    tensors: Tensors = field(default_factory=list)
    counts: list[tuple[int, int]] = field(default_factory=list)
    wrong: str | None = None


# ---- Keras ---------------------------------------------------------------------------------------


class InKeras:
    """Carries a plan out in Keras, step by step."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.inputs = [keras.Input(shape, dtype=dtype) for shape, dtype in plan.inputs]
        self.tensors: list[Any] = list(self.inputs)
        self.made: list[Any] = []
        self.layers: list[Any] = []
        self.shared: dict[str, Any] = {}

    def layer(self, name: str, args: Args) -> Any:
        made = getattr(keras.layers, name)(**args)
        self.layers.append(made)
        return made

    def note(self, tensor: Any) -> Any:
        if not isinstance(tensor, keras.KerasTensor) or tensor.shape[0] is not None or len(tensor.shape) < 1:
            raise ValueError("the batch is lost")
        self.made.append(tensor)
        return tensor

    def step(self, step: Step, scope: list[Any], parameter: int = 0) -> None:
        args = {key: parameter if value == PARAMETER else value for key, value in step.args.items()}
        scope.append(getattr(self, f"_{step.form}")(step, [scope[at] for at in step.takes], args))

    def _layer(self, step: Step, takes: list[Any], args: Args) -> Any:
        return self.note(self.layer(step.name, args)(takes[0]))

    def _shared(self, step: Step, takes: list[Any], args: Args) -> Any:
        del args
        if step.name not in self.shared:
            self.shared[step.name] = self.layer(*self.plan.shared[step.name])
        return self.note(self.shared[step.name](takes[0]))

    def _many(self, step: Step, takes: list[Any], args: Args) -> Any:
        return self.note(self.layer(step.name, args)(takes))

    def _attend(self, step: Step, takes: list[Any], args: Args) -> Any:
        return self.note(self.layer(step.name, args)(takes[0], takes[1]))

    def _infix(self, step: Step, takes: list[Any], args: Args) -> Any:
        return self.note(_INFIX[step.name](takes[0], args["by"] if "by" in args else takes[1]))

    def _op(self, step: Step, takes: list[Any], args: Args) -> Any:
        return self.note(getattr(keras.ops, step.name)(takes[0], **args))

    def _index(self, step: Step, takes: list[Any], args: Args) -> Any:
        del step
        return self.note(takes[0][(slice(None), *map(_index_key, args["items"]))])

    def _block(self, step: Step, takes: list[Any], args: Args) -> Any:
        block = next(block for block in self.plan.blocks if block.name == step.name)
        value = takes[0]
        for _ in range(step.times):
            scope = [value]
            for inner in block.steps:
                self.step(inner, scope, args["n"])
            value = scope[-1]
        return value

    def _loop(self, step: Step, takes: list[Any], args: Args) -> Any:
        value = takes[0]
        for units in args["values"]:
            value = self.note(self.layer(step.name, {"units": units, "activation": "relu"})(value))
        return value

    def counts(self) -> list[tuple[int, int]]:
        return [(_size(layer.trainable_weights), _size(layer.non_trainable_weights)) for layer in self.layers]

    def run(self) -> None:
        """On data, as in training and as in predicting; raises what it raises."""
        model = keras.Model(
            self.inputs, [tensor for tensor in self.tensors if tensor not in self.inputs] or self.inputs
        )
        data = [np.ones((7, *(3 if size is None else size for size in t.shape[1:])), t.dtype) for t in self.inputs]
        model(data, training=True)
        model(data)


def _size(weights: list[Any]) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights if "seed" not in weight.path)


def _index_key(item: Any) -> Any:
    if item == "...":
        return Ellipsis
    if isinstance(item, str):
        return slice(*(int(part) if part else None for part in item.split(":")))
    return item


def in_keras(plan: Plan) -> tuple[Built, InKeras | None]:
    """The plan as Keras has it."""
    built = Built()
    try:
        made = InKeras(plan)
        for step in plan.steps:
            made.step(step, made.tensors)
    except Exception as error:  # noqa: BLE001 - whatever Keras raises is a refusal
        built.wrong = f"{type(error).__name__}: {str(error).strip()[:200]}"
        return built, None
    built.tensors = [(tuple(t.shape[1:]), keras.backend.standardize_dtype(t.dtype)) for t in made.made]
    built.counts = made.counts()
    return built, made


# ---- .nn -----------------------------------------------------------------------------------------


def spec_of(plan: Plan) -> str:
    """The plan as a spec."""
    lines = []
    for block in plan.blocks:
        names = ["x"] + [f"t{at}" for at in range(1, len(block.steps))] + ["y"]
        lines += [f"block {block.name}({PARAMETER}) {{", "  input x"]
        for at, step in enumerate(block.steps):
            word = "output " if at + 1 == len(block.steps) else ""
            lines.append(f"  {word}{names[at + 1]} = {_expression(step, names)}")
        lines += ["}", ""]
    lines.append("model Plan {")
    names = [f"i{at}" for at in range(len(plan.inputs))]
    for name, (shape, dtype) in zip(names, plan.inputs, strict=True):
        lines.append(f"  input {name}: {dtype}[{', '.join('?' if s is None else str(s) for s in shape)}]")
    defined: set[str] = set()
    for step in plan.steps:
        if step.form == "shared" and step.name not in defined:
            defined.add(step.name)
            lines.append(f"  layer {step.name} = {_call(*plan.shared[step.name])}")
        name = f"t{len(names)}"
        if step.form == "loop":
            lines += [f"  {name} = {names[step.takes[0]]}", f"  for u in {_text(step.args['values'])} {{"]
            lines += [f"    {name} = {name} -> {step.name}(units=u, activation=relu)", "  }"]
        else:
            lines.append(f"  {name} = {_expression(step, names)}")
        names.append(name)
    lines += [f"  output o_{name} = {name}" for name in names[len(plan.inputs) :]]
    return "\n".join([*lines, "}"]) + "\n"


def _expression(step: Step, names: list[str]) -> str:
    takes = [names[at] for at in step.takes]
    by = step.args["by"] if "by" in step.args else takes[-1]
    named = "".join(f", {key}={_text(value)}" for key, value in step.args.items())
    times = f"{step.times} * " if step.times > 1 else ""
    forms = {
        "infix": f"{takes[0]} {step.name} {by}",
        "op": f"ops.{step.name}({takes[0]}{named})",
        "index": f"{takes[0]}[:, {', '.join(str(item) for item in step.args.get('items', ()))}]",
        "many": f"[{', '.join(takes)}] -> {_call(step.name, step.args)}",
        "attend": f"({', '.join(takes)}) -> {_call(step.name, step.args)}",
        "shared": f"{takes[0]} -> {step.name}",
    }
    return forms.get(step.form, f"{takes[0]} -> {times}{_call(step.name, step.args)}")


def _call(name: str, args: Args) -> str:
    return f"{name}({', '.join(f'{key}={_text(value)}' for key, value in args.items())})"


def _text(value: Any) -> str:
    if value is PARAMETER or (isinstance(value, str) and value == PARAMETER):
        return PARAMETER
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_text, value))}]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def in_nnc(plan: Plan) -> Built:
    """The plan as `nnc check` has it."""
    file, findings = parse(Source("plan", spec_of(plan)))
    if file is None:
        return Built(wrong="; ".join(item.message for item in findings))
    spec, found = check(file, syntax=findings)
    if spec is None or found.has_errors:
        return Built(wrong="; ".join(item.message for item in found if str(item.severity).lower().endswith("error")))
    tensors = [
        (tuple(None if isinstance(size, Size) else size for size in tensor.type.shape), tensor.type.dtype)
        for call in spec.model.calls
        for tensor in call.outputs
    ]
    counts = [(layer.trainable or 0, layer.non_trainable or 0) for layer in spec.model.layers.values()]
    return Built(tensors, counts)


# ---- plans that Keras can build ------------------------------------------------------------------


def draw_plan(rng: random.Random) -> Plan:
    """A plan of up to a dozen steps. Keras carries each step out as it is drawn; what it refuses is drawn again."""
    blocks = tuple(draw_block(rng, number) for number in range(rng.randint(0, 2)))
    shared = {"one": ("Dense", {"units": 4}), "two": ("LayerNormalization", {"axis": -1})}
    plan = Plan(draw_inputs(rng), blocks, shared, ())
    made = InKeras(plan)
    for _ in range(rng.randint(3, 12)):
        step = _draw_step(rng, made)
        state = len(made.made), len(made.layers), dict(made.shared)
        try:
            made.step(step, made.tensors)
        except Exception:  # noqa: BLE001 - whatever Keras raises is a refusal, and this is no step of the plan
            del made.made[state[0] :], made.layers[state[1] :]
            made.shared = state[2]
            continue
        plan = Plan(plan.inputs, blocks, shared, (*plan.steps, step))
    return plan if plan.steps else draw_plan(rng)


def _draw_step(rng: random.Random, made: InKeras) -> Step:
    at = rng.choice([rng.randrange(len(made.tensors)), len(made.tensors) - 1])
    tensor = made.tensors[at]
    alike = rng.choice([other for other, t in enumerate(made.tensors) if len(t.shape) == len(tensor.shape)])
    (form,) = rng.choices(tuple(_FORMS), tuple(_FORMS.values()))
    return _DRAWN[form](rng, made, at, alike)


def _draw_layer(rng: random.Random, made: InKeras, at: int, alike: int) -> Step:
    del alike
    tensor = made.tensors[at]
    name, args = rng.choice(LAYERS[min(3, max(1, len(tensor.shape) - 1))])
    if tensor.dtype == "int32" and len(tensor.shape) == 2:
        return Step("layer", "Embedding", (at,), {"input_dim": 10, "output_dim": rng.choice((3, 4))})
    return Step("layer", name, (at,), args(rng))


def _draw_merge(rng: random.Random, made: InKeras, at: int, alike: int) -> Step:
    del made
    name = rng.choice(MERGES)
    return Step("many", name, (at, alike), {"axis": rng.choice((-1, -1, 1))} if name == "Concatenate" else {})


def _draw_infix(rng: random.Random, made: InKeras, at: int, alike: int) -> Step:
    del made
    if rng.random() < 0.4:
        return Step("infix", rng.choice(INFIX[:4]), (at,), {"by": rng.choice((2, 0.5))})
    return Step("infix", rng.choice(INFIX), (at, alike))


def _draw_op(rng: random.Random, made: InKeras, at: int, alike: int) -> Step:
    del made, alike
    name, args = rng.choice(OPS)
    return Step("op", name, (at,), args(rng))


def _draw_block_use(rng: random.Random, made: InKeras, at: int, alike: int) -> Step:
    if not made.plan.blocks:
        return _draw_layer(rng, made, at, alike)
    block = rng.choice(made.plan.blocks)
    return Step("block", block.name, (at,), {"n": rng.choice((2, 4))}, rng.choice((1, 1, 2, 3)))


# How often each form is drawn, and how.
_FORMS = {"layer": 9, "many": 3, "infix": 2, "op": 2, "index": 1, "shared": 1, "attend": 1, "block": 1, "loop": 1}
_DRAWN: dict[str, Callable[[random.Random, InKeras, int, int], Step]] = {
    "layer": _draw_layer,
    "many": _draw_merge,
    "infix": _draw_infix,
    "op": _draw_op,
    "block": _draw_block_use,
    "index": lambda r, _, at, __: Step("index", "", (at,), {"items": r.choice(INDICES)}),
    "shared": lambda r, _, at, __: Step("shared", r.choice(("one", "two")), (at,)),
    "attend": lambda _, __, at, alike: Step(
        "attend", "MultiHeadAttention", (at, alike), {"num_heads": 2, "key_dim": 3}
    ),
    "loop": lambda r, _, at, __: Step("loop", "Dense", (at,), {"values": r.choice(((4,), (8, 4), (3, 3, 3)))}),
}


def graph_disagreement(rng: random.Random) -> tuple[str | None, bool]:
    """None where both agree on a random graph, else what differs; and whether it was accepted."""
    plan = draw_plan(rng)
    if rng.random() < 0.5:
        plan = mutated(rng, plan)
    ours, (theirs, made) = in_nnc(plan), in_keras(plan)
    accepted = theirs.wrong is None
    if ours.wrong is not None and "batch" in ours.wrong:
        return None, False  # Keras lets functions mix the rows of a batch; a model of nnc may not
    if accepted and ours.wrong is not None and made is not None:
        try:
            made.run()
        except Exception:  # noqa: BLE001 - as above: the data decides
            return None, False
    if (ours.wrong is None) != accepted:
        return f"{spec_of(plan)}nnc: {ours.wrong or 'accepts'}\nKeras: {theirs.wrong or 'accepts'}", accepted
    if accepted and ours.tensors != theirs.tensors:
        return f"{spec_of(plan)}nnc: {ours.tensors}\nKeras: {theirs.tensors}", accepted
    if accepted and sorted(ours.counts) != sorted(theirs.counts):
        return f"{spec_of(plan)}nnc: {ours.counts}\nKeras: {theirs.counts}", accepted
    return None, accepted
