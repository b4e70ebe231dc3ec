"""The statements of a model or block: chains where one thing goes into the next, bindings named after the layers.

A layer's name comes from where it stands (`h1 = x -> Dense(8)` makes `h1`), so the bindings are chosen such that the
names come out right; where that can't be, `name=` says it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from nnc import catalog
from nnc.catalog import LayerRow
from nnc.check.builder import snake
from nnc.emit.nn.pieces import common_prefix
from nnc.emit.nn.steps import Step, ids_in
from nnc.emit.nn.values import call_text, op_text, value_text
from nnc.graph import IndexItem, Operand, Tensor
from nnc.keras_import.names import identifier, is_identifier

# Steps after which a chain of layers without names of their own is broken.
_LONGEST_CHAIN = 12


class Body:
    """One body being written. `lines` are its statements; `layers` the model's layers in the order they are made in."""

    def __init__(
        self,
        steps: Sequence[Step],
        inputs: Mapping[int, str],
        outputs: Sequence[tuple[str, int]],
        forced: Collection[str],
        taken: Collection[str],
    ) -> None:
        self._steps = steps
        self._names: dict[int, str] = dict(inputs)
        self._outputs = outputs
        self._forced = forced
        self._taken = {*taken, *inputs.values(), *(name for name, _ in outputs)}
        self._words = self._taken
        self._result = {tensor: name for name, tensor in outputs}
        self._uses = Counter(tensor for step in steps for tensor in step.inputs)
        self._uses.update(tensor for _, tensor in outputs)
        self._inline: dict[int, Step] = {}
        self._temporary: dict[int, str] = {}
        self._said: list[str] = []
        self._shared: dict[str, str] = {}
        self.lines: list[str] = []
        self.layers: list[str] = []
        # Names that layers must have are not given to anything else.
        self._reserved = {step.name for step in steps if step.name is not None}

    def write(self) -> Body:
        """Write all statements."""
        for run in self._runs():
            self._write_run(run)
        if self._said != [name for name, _ in self._outputs]:
            self.lines = [re.sub(r"^output (?=\w+ = )", "", line) for line in self.lines]
            self.lines += [f"output {name} = {self._names[tensor]}" for name, tensor in self._outputs]
        return self

    # ---- runs ------------------------------------------------------------------------------------

    def _runs(self) -> list[list[Step]]:
        """The steps that go one into the next, together; functions used once are laid into what uses them."""
        kept: list[Step] = []
        for step in self._steps:
            single = step.is_op and len(step.outputs) == 1 and self._uses[step.outputs[0]] == 1
            if single and step.outputs[0] not in self._result and self._depth(step) < 4:
                self._inline[step.outputs[0]] = step
            else:
                kept.append(step)
        runs: list[list[Step]] = []
        for step in kept:
            if runs and self._follows(runs[-1][-1], step):
                runs[-1].append(step)
            else:
                runs.append([step])
        return runs

    def _depth(self, step: Step) -> int:
        return 1 + max((self._depth(self._inline[t]) for t in step.inputs if t in self._inline), default=0)

    def _follows(self, before: Step, step: Step) -> bool:
        if before.is_op or step.is_op or step.by_name or len(before.outputs) != 1:
            return False
        out = before.outputs[0]
        if self._uses[out] != 1 or out in self._result or before.shared or step.shared:
            return False
        return step.inputs == (out,) and (step.piece is not None or _is_alone(step.operands))

    def _write_run(self, run: list[Step]) -> None:
        head = ""
        for group, base in self._groups(run):
            last = group is run[-1:] or group[-1] is run[-1]
            head = self._statement(group, base, head, last=last)

    def _groups(self, run: list[Step]) -> list[tuple[list[Step], str | None]]:
        """A run in statements: each with the name it binds, or None where any will do."""
        groups: list[tuple[list[Step], str | None]] = []
        at = 0
        while at < len(run):
            group, base = self._group(run, at)
            groups.append((group, base))
            at += len(group)
        return groups

    def _group(self, run: list[Step], at: int) -> tuple[list[Step], str | None]:
        end = len(run) - 1 if run[-1].outputs[0] in self._result else len(run)
        step = run[at]
        if step.shared:
            return [step], None
        base, length = self._chained(run, at)
        if length > 1:
            return run[at : at + length], base
        if step.name is None:
            length = 1
            while at + length < max(end, at + 1) and run[at + length].name is None and length < _LONGEST_CHAIN:
                if not _alike(step, run[at + length]):
                    break
                length += 1
            return run[at : at + length], None
        if self._is_binding(step.name):
            return [step], step.name
        length = 1
        while at + length < len(run) and run[at + length].piece is None:
            name = run[at + length].name
            if (name is not None and self._is_binding(name)) or self._chained(run, at + length)[1] > 1:
                break
            if run[at + length].outputs[0] in self._result:
                break
            length += 1
        return run[at : at + length], None

    def _chained(self, run: list[Step], at: int) -> tuple[str | None, int]:
        """The binding whose chain gives the steps from here on the names they must have, and how many those are."""
        for place in range(at, len(run)):
            name = run[place].name
            if name is None:
                continue
            found = re.fullmatch(rf"(.+)_{re.escape(snake(run[place].kind or '-'))}(_\d+)?", name)
            if found is None or not is_identifier(found[1]) or run[place].piece is not None:
                return None, 0
            base, length = found[1], place - at
            while at + length < len(run) and self._named_after(run[at + length], base):
                length += 1
            result = run[at + length - 1].outputs[0] if length else None
            if result in self._result and self._result[result] != base:
                length -= 1
            if base in self._taken and self._result.get(run[at + length - 1].outputs[0] if length else -1) != base:
                return None, 0
            return base, length
        return None, 0

    def _named_after(self, step: Step, base: str) -> bool:
        if step.name is None:
            return True
        if step.piece is not None or step.hint in self._forced:
            return False
        return re.fullmatch(rf"{re.escape(base)}_{re.escape(snake(step.kind))}(_\d+)?", step.name) is not None

    def _is_binding(self, name: str) -> bool:
        return is_identifier(name) and (name not in self._taken or name in self._result.values())

    # ---- statements ------------------------------------------------------------------------------

    def _statement(self, group: list[Step], base: str | None, head: str, *, last: bool) -> str:
        """Write one statement; the text by which what it binds is used."""
        first, step = group[0], group[-1]
        result = step.outputs[0] if step.outputs else -1
        output = self._result.get(result)
        released = self._released(first)
        sole = len(group) == 1 and not first.is_op
        del last
        name = base
        if output is not None and result not in self._names:
            name = output
        if name is None or (name in self._taken and name != output):
            name = self._name_for(group, released, sole=sole)
        self._taken.add(name)
        if base is None:
            self._temporary[result] = name
        text = self._expression(group, head, name, sole=sole)
        targets = [name]
        for place, tensor in enumerate(step.outputs):
            if place:
                used = self._uses[tensor] > 0
                targets.append(
                    self._result.get(tensor) or identifier(f"{name}_{place + 1}", self._taken) if used else "_"
                )
                self._taken.add(targets[-1])
            elif len(step.outputs) > 1 and not self._uses[tensor]:
                targets[0] = name
            self._names[tensor] = targets[place]
        is_output = output == name and len(step.outputs) == 1
        if is_output:
            self._said.append(name)
        elif len(step.outputs) > 1:
            self._said += ["?" for tensor in step.outputs if tensor in self._result]
        self.lines.append(f"{'output ' if is_output else ''}{', '.join(targets)} = {text}")
        for made in group:
            self.layers += made.layers
        return name

    def _released(self, first: Step) -> str | None:
        """The passing name whose tensor is used here for the last time, so that it can be given again."""
        for tensor in self._leaves(first):
            self._uses[tensor] -= 1
            if self._uses[tensor] == 0 and tensor in self._temporary and re.fullmatch(r"h\d*", self._temporary[tensor]):
                return self._temporary[tensor]
        return None

    def _leaves(self, step: Step) -> list[int]:
        found: list[int] = []
        for tensor in step.inputs:
            found += self._leaves(self._inline[tensor]) if tensor in self._inline else [tensor]
        return found

    def _name_for(self, group: list[Step], released: str | None, *, sole: bool) -> str:
        own = group[0].hint if sole and group[0].piece is None and not group[0].shared else ""
        if own and is_identifier(own) and self._is_free(own):
            return own
        hints = [step.hint for step in group if step.hint and step.piece is not None]
        prefix = re.sub(r"[_\d]+$", "", (common_prefix(hints) or "") if len(hints) > 1 else "".join(hints[:1]))
        if prefix and is_identifier(prefix) and self._is_free(prefix):
            return prefix
        return released or identifier("h", self._taken | self._reserved)

    def _is_free(self, name: str) -> bool:
        return name not in self._taken and name not in self._reserved

    # ---- expressions -----------------------------------------------------------------------------

    def _expression(self, group: list[Step], head: str, base: str, *, sole: bool) -> str:
        first = group[0]
        if first.is_op:
            return self._op(first)
        parts = [head] if head else []
        rest = group
        called = self._called(first, base, sole=sole)
        if called is not None:
            parts, rest = [called], group[1:]
        elif not head:
            parts = [self._head(first)]
        at = 0
        while at < len(rest):
            text = self._step(rest[at], base, sole=sole)
            count = 1
            while at + count < len(rest) and _repeats(rest[at], rest[at + count]):
                count += 1
            repeated = count > 1 and text.endswith(")")
            parts.append(f"{count} * {text}" if repeated else text)
            at += count if repeated else 1
        return " -> ".join(parts)

    def _called(self, step: Step, base: str, *, sole: bool) -> str | None:
        """Keras's own call form, where operands go by name or stand beside the tensors."""
        plain = all(isinstance(item, (Tensor, tuple)) for item in step.operands)
        if step.piece is not None or (not step.by_name and plain):
            return None
        operands = [self._operand(item) for item in step.operands]
        operands += [f"{key}={self._operand(item)}" for key, item in step.by_name.items()]
        layer = self._shared_name(step) if step.shared else self._layer(step, base, sole=sole)
        return f"{layer}({', '.join(operands)})"

    def _head(self, step: Step) -> str:
        if step.piece is not None:
            names = [self._tensor(tensor) for tensor in step.inputs]
            return names[0] if len(names) == 1 else f"({', '.join(names)})"
        operands = [self._operand(item) for item in step.operands]
        return operands[0] if len(operands) == 1 else f"({', '.join(operands)})"

    def _step(self, step: Step, base: str, *, sole: bool) -> str:
        if step.shared:
            return self._shared_name(step)
        if step.piece is not None:
            return call_text(step.piece.name, step.args, None, self._words) if not _order(step) else _use(step)
        return self._layer(step, base, sole=sole)

    def _layer(self, step: Step, base: str, *, sole: bool) -> str:
        args = dict(step.args)
        if step.name is not None and (step.hint in self._forced or not self._is_right(step, base, sole=sole)):
            args["name"] = step.name
        activation = args.get("activation")
        alone = step.kind == "Activation" and len(args) == 1
        if alone and isinstance(activation, str) and activation not in self._words and activation.isidentifier():
            return activation
        return call_text(step.kind, args, catalog.find("layers", step.kind), self._words)

    def _is_right(self, step: Step, base: str, *, sole: bool) -> bool:
        """Whether the binding gives the layer its name."""
        if sole:
            return step.name == base
        return re.fullmatch(rf"{re.escape(base)}_{re.escape(snake(step.kind))}(_\d+)?", step.name or "") is not None

    def _shared_name(self, step: Step) -> str:
        """A layer that is used more than once has a statement of its own, before its first use."""
        if step.layer not in self._shared:
            wanted = step.name if step.name is not None and is_identifier(step.name) else identifier(step.hint, ())
            name = identifier(wanted, self._taken)
            self._taken.add(name)
            args = dict(step.args)
            if step.name is not None and step.name != name:
                args["name"] = step.name
            self._shared[step.layer] = name
            self.lines.append(
                f"layer {name} = {call_text(step.kind, args, catalog.find('layers', step.kind), self._words)}"
            )
        return self._shared[step.layer]

    def _tensor(self, tensor: int) -> str:
        return self._op(self._inline[tensor]) if tensor in self._inline else self._names[tensor]

    def _operand(self, operand: Operand) -> str:
        if isinstance(operand, Tensor):
            return self._tensor(operand.id)
        if isinstance(operand, tuple) and any(True for _ in ids_in((operand,))):
            return f"[{', '.join(self._operand(item) for item in operand)}]"
        return value_text(operand, None, self._words)

    def _op(self, step: Step) -> str:
        args = tuple(self._operand(item) for item in step.operands if not isinstance(item, IndexItem))
        kwargs = {key: self._operand(item) for key, item in step.by_name.items()}
        return op_text(step.kind, args, kwargs, step.operands)


def _is_alone(operands: Sequence[Operand]) -> bool:
    return len(operands) == 1 and isinstance(operands[0], Tensor)


def _alike(first: Step, step: Step) -> bool:
    """Whether two uses belong into one statement: blocks that came from one part of the network."""
    if first.piece is None or step.piece is None:
        return first.piece is None and step.piece is None
    return common_prefix([first.hint, step.hint]) != "" or first.hint == step.hint


def _repeats(step: Step, other: Step) -> bool:
    same = step.kind == other.kind and step.piece is other.piece and step.name is None and other.name is None
    return same and repr(step.args) == repr(other.args) and not step.shared and not other.shared


def _order(step: Step) -> list[str]:
    return [param.name for param in step.piece.params] if step.piece is not None else []


def _use(step: Step) -> str:
    """A block with its arguments: those that it needs by their place, the others by name."""
    assert step.piece is not None  # noqa: S101 - the caller asked
    parts = []
    for param in step.piece.params:
        if param.name in step.args:
            text = value_text(step.args[param.name])
            parts.append(f"{param.name}={text}" if param.default else text)
    return f"{step.piece.name}({', '.join(parts)})"


def layer_row(kind: str) -> LayerRow | None:
    """The catalog's row of a layer, None for what Keras does not have."""
    row = catalog.find("layers", kind)
    return row if isinstance(row, LayerRow) else None


__all__: list[Any] = ["Body"]
