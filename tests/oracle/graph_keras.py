"""A plan carried out in Keras, step by step."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from tests.oracle.graph_plans import Args, Described, Plan, Step, resolved
from tests.oracle.keras_side import rows_hang

Tensors = list[tuple[tuple[int | None, ...], str]]
_INFIX = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "@": operator.matmul}
_OPEN = 3  # what an open size is on data
ROWS = 7


@dataclass
class Built:
    """What an interpreter found: every tensor in order, and each layer's parameters in the order of their first use.

    Parameters are the layer's name, how many are trainable and how many are not.
    """

    tensors: Tensors = field(default_factory=list)
    counts: list[tuple[str, int | None, int | None]] = field(default_factory=list)
    wrong: str | None = None


class InKeras:
    """The network so far. `made` has each call: its layer (None for a function), what it took and what it gave."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.inputs = [keras.Input(_shape(shape), dtype=dtype) for shape, dtype in plan.inputs]
        self.tensors: list[Any] = list(self.inputs)
        self.made: list[tuple[Any, list[Any], list[Any]]] = []
        self.kept: dict[str, list[Any]] = {}  # of each shared layer or block: its layers, and what each was made from
        self._reuse: list[Any] | None = None  # those of the shared block that is in use, and how far it has come
        self._at = 0

    def state(self) -> tuple[int, int, dict[str, list[Any]]]:
        return len(self.made), len(self.tensors), {name: list(layers) for name, layers in self.kept.items()}

    def back(self, state: tuple[int, int, dict[str, list[Any]]]) -> None:
        """As if what was done since had not been tried."""
        del self.made[state[0] :], self.tensors[state[1] :]
        self.kept, self._reuse = state[2], None

    def step(self, step: Step, scope: list[Any], bound: Mapping[str, Any]) -> None:
        """One statement, in a scope that it adds its tensors to."""
        takes, args = [scope[at] for at in step.takes], resolved(step.args, bound)
        found: list[Any] = getattr(self, f"_{step.form}")(step, takes, args, bound)
        if len(found) != step.gives:
            raise ValueError(f"{len(found)} tensors for {step.gives} names")
        scope.extend(found)

    def _call(self, made: Described, operands: Sequence[Any]) -> list[Any]:
        if self._reuse is not None and self._at < len(self._reuse):
            there, layer = self._reuse[self._at]
            if there != made:
                raise ValueError("a shared block comes to another layer at this use")
        else:
            layer = _made(made)
            if self._reuse is not None:
                self._reuse.append((made, layer))
        self._at += 1
        return self._note(layer, list(operands), layer(*operands))

    def _note(self, layer: Any, took: list[Any], found: Any) -> list[Any]:
        tensors = list(found) if isinstance(found, (list, tuple)) else [found]
        for tensor in tensors:
            if not isinstance(tensor, keras.KerasTensor) or len(tensor.shape) < 1 or tensor.shape[0] is not None:
                raise ValueError("the batch is lost")
        self.made.append((layer, keras.tree.flatten(took), tensors))
        return tensors

    def _layer(self, step: Step, takes: list[Any], args: Args, _: object) -> list[Any]:
        found = takes
        for _round in range(step.times):
            found = self._call(Described(step.name, args), [found if len(found) > 1 else found[0]])
        return found

    def _given(self, step: Step, takes: list[Any], _: Args, bound: Mapping[str, Any]) -> list[Any]:
        return self._call(bound[step.name], takes)

    def _shared(self, step: Step, takes: list[Any], *_: object) -> list[Any]:
        shared = self.plan.shared[step.name]
        found = takes
        for _round in range(step.times):
            outer = self._reuse, self._at
            self._reuse, self._at = self.kept.setdefault(step.name, []), 0
            before = len(self._reuse)
            found = self._block(Step("block", shared.name, ()), found, shared.args, {}) \
                if self.plan.block(shared.name) else self._call(shared, found)  # fmt: skip
            if before and (before, before) != (len(self._reuse), self._at):
                raise ValueError("a shared block comes to fewer or more layers at this use")
            self._reuse, self._at = outer
        return found

    def _many(self, step: Step, takes: list[Any], args: Args, _: object) -> list[Any]:
        return self._call(Described(step.name, args), [takes])

    def _attend(self, step: Step, takes: list[Any], args: Args, _: object) -> list[Any]:
        return self._call(Described(step.name, args), takes)

    def _infix(self, step: Step, takes: list[Any], args: Args, _: object) -> list[Any]:
        return self._note(None, takes, _INFIX[step.name](takes[0], args["by"] if "by" in args else takes[-1]))

    def _op(self, step: Step, takes: list[Any], args: Args, _: object) -> list[Any]:
        return self._note(None, takes, getattr(keras.ops, step.name)(*takes, **args))

    def _index(self, _: Step, takes: list[Any], args: Args, __: object) -> list[Any]:
        return self._note(None, takes, takes[0][(slice(None), *map(_index_key, args["items"]))])

    def _same(self, _: Step, takes: list[Any], *__: object) -> list[Any]:
        return takes[:1]

    def _block(self, step: Step, takes: list[Any], args: Args, _: object) -> list[Any]:
        block = self.plan.block(step.name)
        assert block is not None
        if args.keys() - {"n", "act", "norm"} or "n" not in args:
            raise TypeError("no such parameter, or `n` is not given")
        for value in args.values():
            if isinstance(value, Described):
                _made(value)  # as Python would, whether the block uses it or not
        bound = {"act": "tanh", "norm": Described("LayerNormalization"), **args}
        for _round in range(step.times):
            if len(takes) != block.inputs:
                raise ValueError(f"{len(takes)} tensors for {block.inputs} inputs")
            scope = list(takes)
            for inner in block.steps:
                self.step(inner, scope, bound)
            takes = [scope[at] for at in block.outputs]
        return takes

    def _loop(self, step: Step, takes: list[Any], args: Args, bound: Mapping[str, Any]) -> list[Any]:
        for value in args["values"]:
            scope = list(takes)
            self.step(step.inner[0], scope, {**bound, "u": value})
            takes = scope[-1:]
        return takes

    def _if(self, step: Step, takes: list[Any], args: Args, bound: Mapping[str, Any]) -> list[Any]:
        shape = takes[0].shape[1:]
        left = {"channels": lambda: shape[-1], "rank": lambda: len(shape)}.get(str(args["left"]), lambda: args["left"])
        scope = list(takes)
        self.step(step.inner[0 if left() > args["than"] else 1], scope, bound)
        return scope[len(takes) :]

    def _towers(self, step: Step, takes: list[Any], args: Args, bound: Mapping[str, Any]) -> list[Any]:
        parts = []
        for tensor in takes:
            scope = [tensor]
            self.step(step.inner[0], scope, bound)
            parts.append(scope[-1])
        return self._call(Described(step.name, args), [parts])

    def built(self) -> Built:
        """Tensors and parameters of what some output hangs on, as Keras leaves out the rest."""
        needed = {id(tensor) for tensor in self.tensors}
        live = []
        for call in reversed(self.made):
            if any(id(tensor) in needed for tensor in call[2]):
                live.append(call)
                needed.update(map(id, call[1]))
        found, seen = Built(), set()
        for layer, _, outputs in reversed(live):
            found.tensors += [(tuple(t.shape[1:]), keras.backend.standardize_dtype(t.dtype)) for t in outputs]
            if layer is not None and id(layer) not in seen:
                seen.add(id(layer))
                trainable, other = _size(layer.trainable_weights), _size(layer.non_trainable_weights)
                found.counts.append((type(layer).__name__, trainable, other))
        return found

    def run(self) -> bool:
        """On data, as in training and as in predicting; raises what it raises.

        True where a row of the results hangs on the other rows of the batch, or on its place among them: those of
        the network, or those of one call by itself, since what a call is given may be the same in all rows (`x - x`).
        """
        outputs = [tensor for tensor in self.tensors if not any(tensor is own for own in self.inputs)] or self.inputs
        model = keras.Model(self.inputs, outputs)
        data = _random_rows(self.inputs)
        model(data, training=True)
        whole = keras.tree.flatten(model(data))
        for tensor, array in zip(outputs, whole, strict=True):
            promised = tuple(tensor.shape)
            if len(promised) != len(array.shape) or any(
                p not in (None, g) for p, g in zip(promised, array.shape, strict=True)
            ):
                raise ValueError(f"promised {promised} and gave {array.shape}")
            if array.shape[0] != ROWS:
                return True
        if rows_hang(lambda *arrays: model(list(arrays)), data):
            return True
        return any(_hangs_alone(took, found) for _, took, found in self.made)


def _random_rows(tensors: Sequence[Any]) -> list[Any]:
    rng = np.random.default_rng(3)
    shapes = [(ROWS, *(_OPEN if n is None else n for n in tensor.shape[1:])) for tensor in tensors]
    return [rng.uniform(0, 3, shape).astype(t.dtype) for shape, t in zip(shapes, tensors, strict=True)]


def _hangs_alone(took: Sequence[Any], found: Sequence[Any]) -> bool:
    """Whether rows of what one call gives hang on other rows, where what it takes is random."""
    inputs = list({id(tensor): tensor for tensor in took}.values())
    call = keras.Model(inputs, list(found))
    return rows_hang(lambda *arrays: call(list(arrays)), _random_rows(inputs))


def _made(described: Described) -> Any:
    args = {key: _made(value) if isinstance(value, Described) else value for key, value in described.args.items()}
    return getattr(keras.layers, described.name)(**args)


def _shape(shape: Sequence[int | str | None]) -> tuple[int | None, ...]:
    return tuple(None if isinstance(size, str) else size for size in shape)


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
    try:
        made = InKeras(plan)
        for step in plan.steps:
            made.step(step, made.tensors, {})
        return made.built(), made
    except Exception as error:  # noqa: BLE001 - whatever Keras raises is a refusal
        return Built(wrong=f"{type(error).__name__}: {str(error).strip()[:200]}"), None
