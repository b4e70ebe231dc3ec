"""The statements of models and blocks, and models as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc import codes, graph, limits
from nnc.catalog import Dim, Size, TensorType
from nnc.catalog.kinds import LARGEST
from nnc.catalog.shape import same_size
from nnc.check.applying import sole_step
from nnc.check.blocks import definitions
from nnc.check.builder import Builder, origins
from nnc.check.constants import unknown_size
from nnc.check.expressions import condition
from nnc.check.frame import Context, Frame, Runner, unwrap
from nnc.check.scope import Scope
from nnc.check.values import (
    POISON,
    BlockDef,
    BlockProto,
    BlockValue,
    LayerProto,
    LayerValue,
    Repeat,
    TensorValue,
    Value,
    noun,
    show,
)
from nnc.diagnostics import Label
from nnc.source import Span
from nnc.spelling import suggest
from nnc.syntax import tree

# Keras's names of what a tensor may hold, as far as inputs go.
DTYPES = (
    "float32",
    "float16",
    "bfloat16",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "bool",
    "string",
)


def check_model(node: tree.Model, context: Context, file_scope: Scope) -> graph.ModelGraph | None:
    """A model as a graph; None where something in it is at fault."""
    context.faults.spend(limits.MODEL_STEPS, node.name.span)
    before = len(context.faults.findings)
    builder = Builder(context.faults)
    scope = Scope(context.usage, file_scope)
    frame = Frame(context, scope, builder, "model", later=definitions(node.body))
    frame.run(node.body)
    if not builder.inputs and not context.unread and len(context.faults.findings) == before:
        hint = "add: input x: [10]"
        context.faults.add(codes.NO_INPUT, f"the model `{node.name.id}` has no input", node.name.span, help=hint)
    if not frame.outputs and not context.unread and len(context.faults.findings) == before:
        hint = "add: output y = ..."
        context.faults.add(codes.NO_OUTPUT, f"the model `{node.name.id}` has no output", node.name.span, help=hint)
    for name, value in frame.outputs:
        if isinstance(value, TensorValue):
            builder.outputs.append((name.id, value))
        elif not context.faults.met and not context.unread:
            raise AssertionError(f"the output {name.id!r} went wrong and nothing was said")
    whole = all(isinstance(value, TensorValue) for _, value in frame.outputs)
    is_right = whole and len(context.faults.findings) == before and not context.has_gap(node)
    return builder.finish(node.name.id) if is_right else None


# ---- input ---------------------------------------------------------------------------------------


def _input(node: tree.Input, frame: Frame) -> None:
    if frame.place == "block":
        _block_input(node, frame)
        return
    existing = frame.scope.bindings.get(node.name.id)
    if existing is not None and existing.kind == "input":
        _twice(node.name, existing.site, "input", frame)
        return
    if node.dims is None:
        hint = f"write the sizes of one row, as in input {node.name.id}: [10]"
        frame.faults.add(codes.BAD_DIMENSION, "an input of a model needs its shape", node.span, help=hint)
        frame.bind(node.name, POISON, "input")
        return
    dtype, shape, features = _input_type(node, frame)
    if dtype is None or shape is None or frame.builder is None:
        frame.bind(node.name, POISON, "input")
        return
    tensor = frame.builder.tensor(TensorType(shape, dtype), node.span, node.name.id)
    frame.builder.inputs.append((tensor, features))
    frame.bind(node.name, tensor, "input")


def _input_type(node: tree.Input, frame: Frame) -> tuple[str | None, tuple[Dim, ...] | None, tuple[str, ...] | None]:
    dtype: str | None = "float32"
    if node.dtype is not None:
        dtype = node.dtype.id
        if dtype not in DTYPES:
            message = f"there is no type of number `{dtype}`"
            hint = f"the types are {', '.join(DTYPES)}"
            frame.faults.misspelt(codes.BAD_DTYPE, message, node.dtype.span, DTYPES, hint=hint)
            dtype = None
    if len(node.dims or ()) > limits.MAX_AXES:
        most = f"at most {limits.MAX_AXES} sizes"
        frame.faults.add(
            codes.BAD_DIMENSION, "an input can't have so many axes", node.name.span, expected=most,
            found=f"{len(node.dims or ()):,}",
        )  # fmt: skip
        return None, None, None
    dims: list[Dim | None] = []
    features: tuple[str, ...] | None = None
    for expr in node.dims or ():
        columns = _feature_columns(expr, frame)
        if columns is None:
            dims.append(_dim(expr, frame))
        else:
            features = columns
            dims.append(_width(columns, expr, frame))
    shape = tuple(dim for dim in dims if dim is not None)
    return dtype, shape if len(shape) == len(dims) else None, features


def _feature_columns(expr: tree.Expr, frame: Frame) -> tuple[str, ...] | None:
    """The columns of `features(A, B)`, `()` for `features`; None where the size is something else."""
    expr = unwrap(expr)
    name = expr.function if isinstance(expr, tree.Call) else expr
    if not isinstance(name, tree.Name) or name.id != "features" or frame.scope.find("features") is not None:
        return None
    if not isinstance(expr, tree.Call):
        return ()
    columns = []
    for argument in expr.arguments:
        value = unwrap(argument.value)
        if argument.name is None and isinstance(value, (tree.Name, tree.String)):
            columns.append(value.id if isinstance(value, tree.Name) else value.value)
        else:
            frame.faults.add(
                codes.BAD_DIMENSION,
                "`features(...)` lists columns of the table",
                argument.span,
                expected='names of columns, as in features(Age, "Body mass (g)")',
            )
    return tuple(columns)


def _width(columns: tuple[str, ...], expr: tree.Expr, frame: Frame) -> Dim:
    name = f"features({', '.join(columns)})" if columns else "features"
    frame.context.features.setdefault(name, expr.span)
    width = frame.context.widths.get(name)
    return Size(name) if width is None else width


def _dim(expr: tree.Expr, frame: Frame) -> Dim | None:
    bare = unwrap(expr)
    if isinstance(bare, tree.Name):
        if bare.id == "?":
            return Size("?")
        if _is_letter(bare, frame):
            return _letter(bare.id, frame)
        if frame.scope.find(bare.id) is None and suggest(bare.id, ["features"]):
            message = f"nothing is called `{bare.id}` here"
            frame.faults.misspelt(codes.UNKNOWN_NAME, message, bare.span, ["features"])
            return None
    return _counted(expr, frame)


def _counted(expr: tree.Expr, frame: Frame) -> Dim | None:
    value = frame.value(expr)
    if value is POISON:
        return None
    if isinstance(value, Size):
        return value
    if expr.span.text == "None":
        return Size("?")  # which the parser has found fault with
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LARGEST:
        return value
    frame.faults.add(
        codes.BAD_DIMENSION,
        f"{show(value)} is no size of an axis",
        expr.span,
        expected="a whole number of at least 1, `?`, or a capital letter",
        found=show(value),
        help="the batch axis is never written; an unknown size is `?`" if value is None or value == 0 else None,
    )
    return None


def _is_letter(name: tree.Name, frame: Frame) -> bool:
    """Whether it is a capital letter that stands for an unknown size."""
    return len(name.id) == 1 and name.id.isupper() and frame.scope.find(name.id) is None


def _letter(letter: str, frame: Frame) -> Dim:
    size = frame.letters.get(letter)
    return size if isinstance(size, (int, Size)) else Size(letter)


def _block_input(node: tree.Input, frame: Frame) -> None:
    if not frame.given:
        frame.faults.add(codes.NOT_HERE, "a block's inputs stand at its top, outside of `for` and `if`", node.span)
        frame.bind(node.name, POISON, "input")
        return
    _, value = frame.given.pop(0)
    if node.dims is not None and isinstance(value, TensorValue):
        _hold_against(node, value, frame)
    frame.scope.bind(node.name.id, value, node.name.span, "input")


def _hold_against(node: tree.Input, value: TensorValue, frame: Frame) -> None:
    """A block's input that says its shape: the tensor given to it must be so."""
    shape = value.type.shape
    dims = node.dims or ()
    if len(dims) == len(shape):
        for expr, dim in zip(dims, shape, strict=True):
            bare = unwrap(expr)
            if isinstance(bare, tree.Name) and _is_letter(bare, frame):
                frame.letters.setdefault(bare.id, dim)
    dtype, wanted, _ = _input_type(node, frame)
    if dtype is None or wanted is None:
        return
    fits = len(wanted) == len(shape) and not any(same_size(a, b) is False for a, b in zip(wanted, shape, strict=True))
    if not fits or (node.dtype is not None and dtype != value.type.dtype):
        frame.faults.add(
            codes.BAD_SHAPE,
            f"the input `{node.name.id}` of the block is given another shape",
            frame.use or value.span,
            Label(node.span, "the block says so here"),
            *origins([value]),
            expected=str(TensorType(wanted, dtype)),
            found=str(value.type),
        )


# ---- binding -------------------------------------------------------------------------------------


def _evaluate(name: tree.Name, expr: tree.Expr, frame: Frame) -> Value:
    frame.base, frame.sole = name.id, sole_step(expr)
    value = frame.value(expr)
    frame.base, frame.sole = "", None
    return value


def _bind(node: tree.Bind, frame: Frame) -> None:
    first = next((name for name in node.targets if name.id != "_"), node.targets[0])
    value = _evaluate(first, node.value, frame)
    if len(node.targets) == 1:
        frame.bind(node.targets[0], _bindable(node, value, frame))
        return
    _take_apart(node.targets, value, node.value, frame)


def _bindable(node: tree.Bind, value: Value, frame: Frame) -> Value:
    if not isinstance(value, (LayerProto, BlockProto, Repeat, BlockDef)):
        return value
    shown = unwrap(node.value).span.text
    shown = shown if len(shown) <= 40 and "\n" not in shown else "..."
    frame.faults.add(
        codes.NOT_A_TENSOR,
        f"`{node.targets[0].id} = ...` binds a tensor or a constant, and this is {noun(value)}",
        node.value.span,
        expected=f"x -> {shown}, which applies it",
        found=show(value),
        help=f"a layer with a name is `layer {node.targets[0].id} = {shown}`; each use of it shares its weights",
    )
    return POISON


def _take_apart(targets: Sequence[tree.Name], value: Value, expr: tree.Expr, frame: Frame) -> None:
    values: Sequence[Value] = [POISON] * len(targets)
    if isinstance(value, tuple) and len(value) == len(targets):
        values = value
    elif value is not POISON:
        found = f"{len(value)}" if isinstance(value, tuple) else f"one, {show(value)}"
        frame.faults.add(
            codes.BAD_TARGETS,
            f"{len(targets)} names take apart what has {len(value) if isinstance(value, tuple) else 'one part'}",
            targets[0].span.to(targets[-1].span),
            Label(expr.span, "this is taken apart"),
            expected=f"{len(targets)} values",
            found=found,
            help="`_` drops a value; return_state=true or return_sequences=true make a layer give more"
            if isinstance(value, TensorValue)
            else "`_` drops a value",
        )
    for target, item in zip(targets, values, strict=True):
        frame.bind(target, item)


def _layer(node: tree.LayerDef, frame: Frame) -> None:
    value = _evaluate(node.name, node.value, frame)
    builder = frame.builder
    result: Value = POISON
    if builder is not None and isinstance(value, LayerProto):
        result = builder.make(value, f"{frame.prefix}{node.name.id}", frame)
    elif builder is not None and isinstance(value, BlockProto):
        result = builder.share(value, f"{frame.prefix}{node.name.id}", frame)
    elif isinstance(value, (LayerValue, BlockValue)):
        result = value
    elif value is not POISON:
        frame.faults.add(
            codes.NOT_A_LAYER,
            f"`layer {node.name.id}` needs a layer or a block",
            node.value.span,
            expected="a layer, as in Dense(64, relu)",
            found=show(value),
        )
    frame.scope.bind(node.name.id, result, node.name.span, "layer")


def _output(node: tree.Output, frame: Frame) -> None:
    value = _evaluate(node.name, node.value, frame)
    if value is not POISON and not isinstance(value, TensorValue):
        hint = "an output is one tensor: give each its own `output`" if isinstance(value, tuple) else None
        frame.faults.add(
            codes.NOT_A_TENSOR,
            f"the output `{node.name.id}` must be a tensor",
            node.value.span,
            expected="a tensor",
            found=noun(value) if isinstance(value, tuple) else show(value),
            help=hint,
        )
        value = POISON
    earlier = next((name for name, _ in frame.outputs if name.id == node.name.id), None)
    if earlier is node.name:
        frame.faults.add(
            codes.DEFINED_TWICE,
            f"each round of the `for` gives the output `{node.name.id}` again",
            node.name.span,
            help="bind a name in the loop, or gather what it makes in a list, and write the output behind it",
        )
        return
    if earlier is not None:
        _twice(node.name, earlier.span, "output", frame)
        return
    frame.outputs.append((node.name, value))
    if isinstance(value, TensorValue) and value.name is None:
        value.name = node.name.id
    frame.scope.bind(node.name.id, value, node.name.span, "output")


def _twice(name: tree.Name, first: Span, what: str, frame: Frame) -> None:
    first_one = Label(first, "the first one")
    frame.faults.add(codes.DEFINED_TWICE, f"there are two {what}s `{name.id}`", name.span, first_one)


# ---- for and if ----------------------------------------------------------------------------------


# Rounds of a loop that meet a mistake before the loop is given up.
_FAULTY_ROUNDS = 3


def _for(node: tree.For, frame: Frame) -> None:
    items = frame.value(node.iterable)
    if items is POISON:
        items = (POISON,)
    elif isinstance(items, TensorValue | Size) or not isinstance(items, tuple):
        if isinstance(items, Size):
            frame.faults.trouble(unknown_size(items), node.iterable.span)
        else:
            hint = f"range({show(items)}) counts from 0" if isinstance(items, int) else None
            frame.faults.add(
                codes.NOT_A_LIST,
                f"`for` goes through a list, and this is {noun(items)}",
                node.iterable.span,
                expected="a list, or range(n)",
                found=show(items),
                help=hint,
            )
        items = (POISON,)
    faulty = 0
    around = frame.rounds
    for number, item in enumerate(items):
        frame.rounds = (*around, number)
        frame.faults.spend(2, node.span)
        before = frame.faults.met
        if len(node.targets) == 1:
            frame.scope.bind(node.targets[0].id, item, node.targets[0].span, "loop")
        else:
            _take_apart(node.targets, item, node.iterable, frame)
        frame.run(node.body)
        faulty += frame.faults.met > before
        if faulty == _FAULTY_ROUNDS:  # the others would hardly say more, and what they bind is not known now
            _unknown_from_here(node.body, frame)
            break
    frame.rounds = around


def _if(node: tree.If, frame: Frame) -> None:
    holds = condition(node.condition, frame)
    if holds is None:  # nobody can say which branch is meant; both are looked at, and what they bind is not known
        frame.run(node.then)
        frame.run(node.otherwise)
        _unknown_from_here((*node.then, *node.otherwise), frame)
        return
    frame.run(node.then if holds else node.otherwise)


def _unknown_from_here(body: Sequence[tree.Statement], frame: Frame) -> None:
    for name in definitions(body):
        binding = frame.scope.bindings.get(name)
        if binding is not None:
            frame.scope.bind(name, POISON, binding.site, binding.kind)
    frame.outputs = [(name, POISON) for name, _ in frame.outputs]


def _return(node: tree.Return, frame: Frame) -> None:
    del node, frame  # the parser has said that it belongs to an fn


STATEMENTS: Mapping[type, Runner] = {
    tree.Input: _input,
    tree.Bind: _bind,
    tree.LayerDef: _layer,
    tree.Output: _output,
    tree.For: _for,
    tree.If: _if,
    tree.Return: _return,
}
