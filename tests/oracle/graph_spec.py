"""A plan as a spec, and what `nnc check` finds in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nnc.catalog import Size
from nnc.check import check
from nnc.source import Source
from nnc.syntax import parse
from tests.oracle.graph_keras import Built
from tests.oracle.graph_plans import Args, BlockPlan, Described, Name, Plan, Step


def spec_of(plan: Plan) -> str:
    """The plan as a spec; blocks that nothing uses are left out."""
    lines = [line for block in plan.blocks if block.name in _used(plan) for line in (*_block(block), "")]
    lines.append("model Plan {")
    names = [f"i{at}" for at in range(len(plan.inputs))]
    for name, (shape, dtype) in zip(names, plan.inputs, strict=True):
        lines.append(f"  input {name}: {dtype}[{', '.join('?' if size is None else str(size) for size in shape)}]")
    shared = dict.fromkeys(step.name for step in _deep(plan.steps) if step.form == "shared")
    lines += [f"  layer {name} = {_called(plan.shared[name])}" for name in shared]
    lines += _body(plan.steps, names)
    return "\n".join([*lines, *(f"  output o_{name} = {name}" for name in names[len(plan.inputs) :]), "}", ""])


def _used(plan: Plan) -> set[str]:
    names = {step.name for step in _deep(plan.steps)}
    names |= {plan.shared[name].name for name in names & plan.shared.keys()}
    for block in reversed(plan.blocks):  # a block uses only those before it
        if block.name in names:
            names |= {step.name for step in _deep(block.steps)}
    return names


def _deep(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _deep(step.inner)


def _block(block: BlockPlan) -> list[str]:
    names = [f"x{at}" for at in range(block.inputs)]
    lines = [f"block {block.name}(n, act=tanh, norm=LayerNormalization()) {{"]
    lines += [f"  input {name}" for name in names]
    lines += _body(block.steps, names)
    return [*lines, *(f"  output y{at} = {names[out]}" for at, out in enumerate(block.outputs)), "}"]


def _body(steps: Sequence[Step], names: list[str]) -> list[str]:
    lines = []
    for step in steps:
        results = [f"t{len(names) + at}" for at in range(step.gives)]
        lines += _lines(step, names, results, "  ")
        names += results
    return lines


def _lines(step: Step, names: list[str], results: list[str], pad: str) -> list[str]:
    takes, deeper = [names[at] for at in step.takes], pad + "  "
    if step.form == "if":
        left = {"channels": f"channels({takes[0]})", "rank": f"len(shape({takes[0]}))"}.get(str(step.args["left"]))
        then, other = (_lines(inner, takes, results, deeper) for inner in step.inner)
        condition = f"{left or _text(step.args['left'])} > {step.args['than']}"
        return [f"{pad}if {condition} {{", *then, f"{pad}}} else {{", *other, f"{pad}}}"]
    if step.form == "loop":
        body = _lines(step.inner[0], results, results, deeper)
        first = f"{pad}{results[0]} = {takes[0]}"
        return [first, f"{pad}for u in {_text(step.args['values'])} {{", *body, f"{pad}}}"]
    if step.form == "towers":
        parts, (one,) = f"{results[0]}_parts", step.inner
        body = [*_lines(one, ["part"], ["made"], deeper), f"{deeper}{parts} = {parts} + [made]"]
        loop = [f"{pad}{parts} = []", f"{pad}for part in [{', '.join(takes)}] {{", *body, f"{pad}}}"]
        return [*loop, f"{pad}{results[0]} = {parts} -> {_called(Described(step.name, step.args))}"]
    return [f"{pad}{', '.join(results)} = {_expression(step, takes)}"]


def _expression(step: Step, takes: list[str]) -> str:
    times = f"{step.times} * " if step.times > 1 else ""
    several = takes[0] if len(takes) == 1 else f"({', '.join(takes)})"
    call = _called(Described(step.name, step.args))
    by = step.args["by"] if "by" in step.args else takes[-1]
    forms = {
        "infix": f"{takes[0]} {step.name} {by}",
        "op": f"ops.{step.name}({', '.join([*takes, *_named(step.args)])})",
        "index": f"{takes[0]}[:, {', '.join(str(item) for item in step.args.get('items', ()))}]",
        "many": f"[{', '.join(takes)}] -> {call}",
        "shared": f"{several} -> {times}{step.name}",
        "given": f"{several} -> {step.name}",
        "same": takes[0],
    }
    return forms.get(step.form, f"{several} -> {times}{call}")


def _named(args: Args) -> list[str]:
    return [f"{key}={_text(value)}" for key, value in args.items()]


def _called(described: Described) -> str:
    return f"{described.name}({', '.join(_named(described.args))})"


def _text(value: Any) -> str:
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, Described):
        return _called(value)
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
    built, seen = Built(), set()
    for call in spec.model.calls:
        built.tensors.extend(
            (tuple(None if isinstance(size, Size) else size for size in tensor.type.shape), tensor.type.dtype)
            for tensor in call.outputs
        )
        if call.layer is not None and call.layer not in seen:
            seen.add(call.layer)
            layer = spec.model.layers[call.layer]
            built.counts.append((layer.kind, layer.trainable, layer.non_trainable))
    return built
