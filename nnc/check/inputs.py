"""The inputs of models and blocks: their dtypes and sizes, and the columns that they take."""

from __future__ import annotations

from nnc import codes, limits
from nnc.catalog import Dim, Size, TensorType
from nnc.catalog.kinds import LARGEST
from nnc.catalog.shape import same_size
from nnc.check.builder import origins
from nnc.check.frame import Frame, unwrap
from nnc.check.values import (
    POISON,
    TensorValue,
    show,
)
from nnc.diagnostics import Label
from nnc.source import Span
from nnc.spelling import suggest
from nnc.syntax import tree

# Keras's names of what a tensor may hold, as far as inputs go.
_DTYPES = (
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


def check_input(node: tree.Input, frame: Frame) -> None:
    """An input of a model, or of a block in use."""
    if frame.place == "block":
        _block_input(node, frame)
        return
    existing = frame.scope.bindings.get(node.name.id)
    if existing is not None and existing.kind == "input":
        defined_twice(node.name, existing.site, "input", frame)
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
        if dtype not in _DTYPES:
            message = f"there is no type of number `{dtype}`"
            hint = f"the types are {', '.join(_DTYPES)}"
            frame.faults.misspelt(codes.BAD_DTYPE, message, node.dtype.span, _DTYPES, hint=hint)
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
    """An input of a block, which takes the tensor that it is given."""
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


def defined_twice(name: tree.Name, first: Span, what: str, frame: Frame) -> None:
    """Say that an input or output has the name of one before it."""
    first_one = Label(first, "the first one")
    frame.faults.add(codes.DEFINED_TWICE, f"there are two {what}s `{name.id}`", name.span, first_one)
