"""What a row of the catalog is. The rows themselves stand in the other files of this folder.

A rule takes types and arguments and gives types, or a `Rejection`; it knows nothing of spans or of syntax.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any, TypeAlias

from nnc.catalog.shape import TensorType
from nnc.lean import dataclass

# Values are those of `nnc.graph.Value` (numbers, strings, tuples, maps, Object, FnRef), which this room may not import.
Argument: TypeAlias = Any
# What a layer is applied to: a tensor's type, or a tuple of them where it takes a list of tensors. Beside tensors a
# call has constants (`MultiHeadAttention(2, 4)(x, x, use_causal_mask=true)`).
Operand: TypeAlias = "TensorType | tuple[Operand, ...] | bool | int | float | str | None"


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why Keras would refuse. `argument` is the argument at fault (None: the input is); texts are whole sentences

    or, for `expected` and `found`, noun phrases: `expected="an input of 3 axes"`, `found="[28, 28]"`. `near` is the
    word that was probably meant by one that is misspelt.
    """

    reason: str
    expected: str | None = None
    found: str | None = None
    argument: str | None = None
    help: str | None = None
    near: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of an argument: what it is called in messages, and what it takes.

    `accept` gives the value as Keras should have it (`3` becomes `3.0` nowhere, `[3, 3]` becomes `(3, 3)`) or a
    Rejection. `words` are the bare words it takes (`same`, `relu`), for messages and completion; `objects` is the
    catalog kind whose objects it takes (`initializers`), if any; `fn` says whether an `fn` may stand there.
    """

    name: str
    accept: Callable[[Argument], Argument]
    words: tuple[str, ...] = ()
    objects: str | None = None
    fn: bool = False


@dataclass(frozen=True, slots=True)
class Arg:
    """An argument of a constructor, by Keras's name, in Keras's order."""

    name: str
    kind: Kind
    required: bool = False
    default: Argument = None
    doc: str = ""
    keyword: bool = False  # must be given by its name, as `trainable=false` of any layer
    many: bool = False  # any number of values may stand there (`*operands` of some functions)


@dataclass(frozen=True, slots=True)
class Row:
    """A Keras object that a spec can name. `kind` is its Keras module: `layers`, `losses`, `optimizers`, ...

    `refused` is None, or why it can't stand in a spec and what to write instead. `aliases` are Keras's other names
    for it; `identifiers` the words that Keras takes where a string stands (`mae`, `he_normal`).
    """

    kind: str
    name: str
    args: tuple[Arg, ...]
    doc: str
    aliases: tuple[str, ...] = ()
    refused: str | None = None
    identifiers: tuple[str, ...] = ()

    def arg(self, name: str) -> Arg | None:
        """The argument of that name."""
        return next((arg for arg in self.args if arg.name == name), None)


@dataclass(frozen=True, slots=True)
class Applied:
    """What comes of applying a layer: its outputs' types, its parameters, and the work per row of the batch.

    Counts are None while a size they hang on is not known.
    """

    outputs: tuple[TensorType, ...]
    trainable: int | None = 0
    non_trainable: int | None = 0
    multiply_adds: int | None = 0


# (arguments with defaults filled in, positional operands, operands by name) -> what comes of it. A rule may also
# raise `rules.Refused`; callers go through `apply_layer`, which makes a Rejection of it.
Rule: TypeAlias = Callable[[Mapping[str, Argument], Sequence[Operand], Mapping[str, Operand]], Applied | Rejection]


@dataclass(frozen=True, slots=True)
class LayerRow(Row):
    """A layer. `example` is a line of a model that the tests compile.

    Traits that emitters and drawings ask for stand here as columns: `role` for drawings (`hidden` has neurons,
    `dropout`, `other`), `units` the argument that says how many, `shown` the arguments worth a place on a box.
    `takes` says which dtypes its inputs may have: `floats`, `signed` (floats and whole numbers), `numbers` (truth
    values as well), `any` (text as well). `listed` layers take one list of tensors (`Add()([a, b])` in Keras), so
    `(a, b) -> Add()` means `[a, b] -> Add()` for them. `nested` layers keep their weights in layers of their own.
    `adapts` are the arguments that a layer learns from the training rows before training, where none is given.
    """

    rule: Rule = field(kw_only=True)
    takes: str = field(default="numbers", kw_only=True)
    listed: bool = field(default=False, kw_only=True)
    nested: bool = field(default=False, kw_only=True)
    adapts: tuple[str, ...] = field(default=(), kw_only=True)
    example: str = field(default="", kw_only=True)
    role: str = field(default="other", kw_only=True)
    units: str | None = field(default=None, kw_only=True)
    shown: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, slots=True)
class MetricRow(Row):
    """A loss or a metric, with what the checker and the report ask of it.

    `higher_is_better` None where the question has no answer; `task` the tasks it makes sense for (empty: any).
    """

    higher_is_better: bool | None = field(default=None, kw_only=True)
    tasks: tuple[str, ...] = field(default=(), kw_only=True)
