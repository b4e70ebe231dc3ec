"""The syntax tree: what somebody wrote, as frozen nodes with their places.

Spans take no part in comparison, so two trees are equal when they say the same thing; the formatter is held
to that. Numbers keep their text (`1_000`, `70%`) because the formatter must give it back.
"""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from nnc.lean import dataclass
from nnc.source import Source, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything with a place."""

    span: Span = field(compare=False, repr=False)


# ---- expressions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number(Node):
    """`3`, `1e-3`, `1_000`, `70%` (value 0.7, `percent` true)."""

    value: int | float
    text: str
    percent: bool = False


@dataclass(frozen=True, slots=True)
class String(Node):
    """A quoted string; `value` has its escapes resolved. Also a quoted column name."""

    value: str


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """`true`, `false` or `none`."""

    value: bool | None


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A bare name; in an input's dimensions `?` is a Name whose `id` is `?`."""

    id: str


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    """`[a, b]`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class TupleOf(Node):
    """`(q, v)`: several positional inputs. `(a)` is no tuple but `a`, with `Paren` around it."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Paren(Node):
    """`(a)`: kept so that the formatter gives back what was written."""

    inner: Expr


@dataclass(frozen=True, slots=True)
class MapOf(Node):
    """`{key: value}`; a key is a Name, a String or, as in Keras's `class_weight={0: 1.0, 1: 5.0}`, a Number."""

    entries: tuple[tuple[Name | String | Number, Expr], ...]


@dataclass(frozen=True, slots=True)
class RangeOf(Node):
    """`1..5`, with `log` behind it where steps multiply: a parameter's domain."""

    low: Expr
    high: Expr
    log: bool = False


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`-a`, `+a`, `not a`."""

    op: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """`+ - * / // % ** @`, `and or`, and the comparisons `== != < <= > >=`."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class IfExpr(Node):
    """`if c then a else b`."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class Argument(Node):
    """One argument of a call; `name` is None where it is positional."""

    name: Name | None
    value: Expr


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`Dense(64, relu)`, `ops.sum(x)`, `MultiHeadAttention(8, 64)(query=x, value=y)`."""

    function: Expr
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """`ops.sum`: a name inside a namespace."""

    value: Expr
    name: Name


@dataclass(frozen=True, slots=True)
class Slice(Node):
    """`a:b:c` inside an index; each part may be missing."""

    start: Expr | None
    stop: Expr | None
    step: Expr | None


@dataclass(frozen=True, slots=True)
class Index(Node):
    """`a[:, 0]`; an item is an expression, a Slice, or Ellipsis written `...` (a Name whose id is `...`)."""

    value: Expr
    items: tuple[Expr | Slice, ...]


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """`x -> A() -> 3 * B()`: the head, then the steps in order."""

    head: Expr
    steps: tuple[Expr, ...]


Expr: TypeAlias = (
    Number
    | String
    | Constant
    | Name
    | ListOf
    | TupleOf
    | Paren
    | MapOf
    | RangeOf
    | Unary
    | Binary
    | IfExpr
    | Call
    | Attribute
    | Index
    | Chain
)

# ---- statements of a model or block --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Input(Node):
    """`input x: float32[28, 28, 1]`. In a block the type may be left out (`type_span` None, dims None)."""

    name: Name
    dtype: Name | None
    dims: tuple[Expr, ...] | None


@dataclass(frozen=True, slots=True)
class Bind(Node):
    """`a = EXPR` and `out, h, c = EXPR`; `_` drops one."""

    targets: tuple[Name, ...]
    value: Expr


@dataclass(frozen=True, slots=True)
class LayerDef(Node):
    """`layer encoder = Dense(64, relu)`."""

    name: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class Output(Node):
    """`output y = EXPR`."""

    name: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for f in [64, 128] { ... }`; several targets take an item apart."""

    targets: tuple[Name, ...]
    iterable: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if c { ... } else if d { ... } else { ... }`; an `else if` is an If alone in `otherwise`."""

    condition: Expr
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Return(Node):
    """`return EXPR`: the last statement of an `fn` with a body."""

    value: Expr


Statement: TypeAlias = Input | Bind | LayerDef | Output | For | If | Return

# ---- top-level items -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Use(Node):
    """`use "blocks/residual.nn"`."""

    path: String


@dataclass(frozen=True, slots=True)
class Param(Node):
    """`param width = 64 in [32, 64, 128]`; the domain is a ListOf or a RangeOf."""

    name: Name
    value: Expr
    domain: Expr | None


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A formal parameter of an `fn` or block, with its default where it has one."""

    name: Name
    default: Expr | None


@dataclass(frozen=True, slots=True)
class Fn(Node):
    """`fn f(x) = EXPR` (body is a single Return and `short` is true) or `fn f(x) { ... return EXPR }`."""

    name: Name
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    short: bool


@dataclass(frozen=True, slots=True)
class Block(Node):
    """`block Residual(filters, stride = 1) { ... }`."""

    name: Name
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Model(Node):
    """`model DeepNN { ... }`."""

    name: Name
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """`key = EXPR` in a data, train or report section."""

    key: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class FeatureLine(Node):
    """`Age, Fare = numeric(impute=median)`; columns are bare names or quoted strings."""

    columns: tuple[Name | String, ...]
    value: Expr


@dataclass(frozen=True, slots=True)
class Features(Node):
    """`features { ... }` inside data."""

    lines: tuple[FeatureLine, ...]


@dataclass(frozen=True, slots=True)
class Section(Node):
    """`data`, `train` or `report`, told apart by `kind`."""

    kind: str
    entries: tuple[Entry | Features, ...]


Item: TypeAlias = Use | Param | Fn | Block | Model | Section


@dataclass(frozen=True, slots=True)
class Comment(Node):
    """`# ...`, text from the `#` to the end of the line without trailing blanks."""

    text: str


@dataclass(frozen=True, slots=True)
class File(Node):
    """A whole spec. Comments are kept beside the items, by place; they take no part in comparison.

    `unread` are the statements that the parser had to leave out; what they would have defined is not in the tree.
    """

    source: Source = field(compare=False, repr=False)
    items: tuple[Item, ...]
    comments: tuple[Comment, ...] = field(default=(), compare=False)
    unread: tuple[Span, ...] = field(default=(), compare=False)
