"""A use of a block: its body is carried out anew, with its parameters and inputs."""

from __future__ import annotations

from collections.abc import Sequence

from nnc import codes, graph
from nnc.check.builder import Builder
from nnc.check.frame import Frame, Use
from nnc.check.scope import Scope
from nnc.check.values import POISON, BlockDef, BlockProto, BlockValue, Pool, Several, TensorValue, Value, noun, show
from nnc.diagnostics import Label
from nnc.source import Span
from nnc.syntax import tree


def expand(
    proto: BlockProto,
    wanted: str,
    use: Use,
    frame: Frame,
    repeat: tuple[int, int] | None = None,
    pool: Pool | None = None,
) -> Value:
    """Carry the block out: its output, or a tuple of them."""
    given = _inputs(proto.definition.node, use, frame)
    if given is None:
        return POISON
    builder = frame.builder
    assert builder is not None  # noqa: S101 - blocks are applied in models and blocks alone
    instance = builder.instances.unique(wanted)
    frame.context.enter(use.node.span)
    name = proto.definition.node.name.id
    inner = Frame(
        context=frame.context,
        scope=Scope(frame.context.usage, proto.definition.scope),
        builder=builder,
        place="block",
        prefix=f"{instance}_",
        path=(*frame.path, graph.Scope(name, instance, repeat, frame.place_of(proto.span))),
        pool=pool or frame.pool,
        later=definitions(proto.definition.node.body),
        use=use.node.span,
        given=given,
    )
    _parameters(proto, inner)
    frame.context.entered.add(proto.definition.node.name.span)
    inner.run(proto.definition.node.body)
    frame.context.nesting -= 1
    return _result(proto.definition.node, inner)


def expand_shared(block: BlockValue, use: Use, frame: Frame) -> Value:
    """A use of a block made by `layer`: from the second on with the layers of the first."""
    pool = block.pool
    pool.next = 0
    value = expand(block.proto, block.name, use, frame, pool=pool)
    pool.replaying = True
    return value


def try_out(definition: BlockDef, frame: Frame) -> None:
    """Look for mistakes in a block that nothing uses: carry it out on inputs of which nothing is known."""
    inner = Frame(
        context=frame.context,
        scope=Scope(frame.context.usage, definition.scope),
        builder=Builder(frame.faults),
        place="block",
        later=definitions(definition.node.body),
        given=[(item.name.id, POISON) for item in block_inputs(definition.node)],
    )
    args = {p.name.id: POISON for p in definition.node.parameters if p.default is None}
    _parameters(BlockProto(definition, args, definition.node.name.span), inner)
    inner.run(definition.node.body)
    _result(definition.node, inner)


def block_inputs(node: tree.Block) -> list[tree.Input]:
    """The inputs of a block, in order."""
    return [item for item in node.body if isinstance(item, tree.Input)]


def definitions(body: Sequence[tree.Statement]) -> dict[str, Span]:
    """Where each name of a body is first given, so that a use before it can say so."""
    found: dict[str, Span] = {}
    for statement in body:
        names = statement.targets if isinstance(statement, tree.Bind) else ()
        if isinstance(statement, (tree.Input, tree.LayerDef, tree.Output)):
            names = (statement.name,)
        for name in names:
            found.setdefault(name.id, name.span)
    return found


def _parameters(proto: BlockProto, inner: Frame) -> None:
    for parameter in proto.definition.node.parameters:
        if parameter.name.id in proto.args:
            value = proto.args[parameter.name.id]
        else:
            value = POISON if parameter.default is None else inner.value(parameter.default)
        inner.scope.bind(parameter.name.id, value, parameter.name.span, "parameter")


def _inputs(node: tree.Block, use: Use, frame: Frame) -> list[tuple[str, Value]] | None:
    """Which operand goes to which input; None where they don't fit."""
    inputs = [item.name.id for item in block_inputs(node)]
    operands = use.operands
    if len(operands) == 1 and len(inputs) > 1 and isinstance(operands[0], Several):
        operands = operands[0]
    given: dict[str, Value] = dict(zip(inputs, operands, strict=False))
    for name, value in use.by_name.items():
        if name not in inputs or name in given:
            known = name in given
            message = f"the block `{node.name.id}` {f'is given `{name}` twice' if known else f'has no input `{name}`'}"
            near, place = () if known else inputs, _argument_place(use.node, name)
            frame.faults.misspelt(codes.BLOCK_INPUTS, message, place, near, hint=f"its inputs are {', '.join(inputs)}")
            return None
        given[name] = value
    if len(operands) > len(inputs) or len(given) < len(inputs):
        if not frame.context.has_gap(node):
            _wrong_number(node, inputs, use, frame)
        return None
    for value in given.values():
        if value is not POISON and not isinstance(value, (TensorValue, tuple)):
            message = f"the block `{node.name.id}` needs a tensor, and this is {noun(value)}"
            frame.faults.add(codes.NOT_A_TENSOR, message, use.place, expected="a tensor", found=show(value))
            return None
    return [(name, given[name]) for name in inputs]


def _wrong_number(node: tree.Block, inputs: Sequence[str], use: Use, frame: Frame) -> None:
    wanted = f"{len(inputs)} input{'s' * (len(inputs) != 1)}"
    frame.faults.add(
        codes.BLOCK_INPUTS,
        f"the block `{node.name.id}` has {wanted}, and it is given {len(use.operands) + len(use.by_name)}",
        use.node.span,
        Label(node.name.span, f"its inputs: {', '.join(inputs) or 'none'}"),
        expected=f"({', '.join(inputs)}) -> {node.name.id}(...)" if len(inputs) > 1 else wanted,
        help="a list is one input; several stand in round brackets"
        if len(inputs) > 1 and any(isinstance(operand, tuple) for operand in use.operands)
        else None,
    )


def _argument_place(use: tree.Expr, name: str) -> Span:
    if isinstance(use, tree.Call):
        for argument in use.arguments:
            if argument.name is not None and argument.name.id == name:
                return argument.name.span
    return use.span


def _result(node: tree.Block, inner: Frame) -> Value:
    if not inner.context.unread and not any(_has_output(statement) for statement in node.body):
        inner.faults.add(
            codes.NO_OUTPUT, f"the block `{node.name.id}` has no output", node.name.span, help="add: output y = ..."
        )
        return POISON
    values = Several(value for _, value in inner.outputs if isinstance(value, TensorValue))
    if not values or len(values) < len(inner.outputs):
        return POISON
    return values[0] if len(values) == 1 else values


def _has_output(statement: tree.Statement) -> bool:
    if isinstance(statement, tree.If):
        return any(_has_output(s) for s in (*statement.then, *statement.otherwise))
    if isinstance(statement, tree.For):
        return any(_has_output(s) for s in statement.body)
    return isinstance(statement, tree.Output)
