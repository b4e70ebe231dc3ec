"""What a checked spec is. Plain frozen values: no syntax in them and no Keras.

`check` makes a `Spec`, and everything behind it (emitters, drawings, runs) reads nothing else. After `check`
nothing can find fault with the user's text, so these classes validate nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TypeAlias

from nnc.catalog.shape import TensorType
from nnc.catalog.values import FnRef, IndexItem, Object, Value
from nnc.lean import dataclass

__all__ = [
    "Call",
    "DataConfig",
    "FeatureGroup",
    "Fn",
    "FnCall",
    "FnConst",
    "FnExpr",
    "FnList",
    "FnName",
    "FnRef",
    "IndexItem",
    "Layer",
    "ModelGraph",
    "ModelInput",
    "ModelOutput",
    "Object",
    "Operand",
    "Place",
    "ReportConfig",
    "Scope",
    "Spec",
    "Split",
    "Target",
    "Tensor",
    "TrainConfig",
    "Value",
]

# ---- functions of tensors ------------------------------------------------------------------------


@dataclass(frozen=True)
class FnName:
    """A parameter or local name of an `fn`."""

    id: str


@dataclass(frozen=True)
class FnCall:
    """A call of `keras.ops.<op>`, or of another `fn` (`op` is an FnRef). Operators are calls as well:

    `a + b` is `add`, and likewise subtract, multiply, divide, floor_divide, mod, power, negative, matmul, equal,
    not_equal, less, less_equal, greater, greater_equal, logical_and, logical_or, logical_not. `if c then a else b`
    is `where`. `a[...]` is `getitem` with the index as IndexItems.
    """

    op: str | FnRef
    args: tuple[FnExpr, ...]
    kwargs: Mapping[str, FnExpr] = field(default_factory=dict)


@dataclass(frozen=True)
class FnConst:
    """A number, string, boolean, None or tuple of them. `epsilon` and `pi` have their name in `name`.

    `param` is what it was written as, if that was a param: the file's name and the param's.
    """

    value: Value
    name: str | None = None
    param: tuple[str, str] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class FnList:
    """A list with tensors in it, as `concatenate([a, b])` takes one and `return [a, b]` gives one."""

    items: tuple[FnExpr, ...]


FnExpr: TypeAlias = FnName | FnCall | FnConst | FnList


@dataclass(frozen=True)
class Fn:
    """A pure function of tensors: its locals in order, then what it returns.

    A tuple of names takes the several values of its expression apart; `_` drops one.
    """

    name: str
    parameters: tuple[str, ...]
    body: tuple[tuple[str | tuple[str, ...], FnExpr], ...]
    result: FnExpr
    doc: str = ""


# ---- the model -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tensor:
    """A symbolic tensor. `id` is its number in the model; `name` the binding it has in the spec, if any."""

    id: int
    type: TensorType
    name: str | None = None


Operand: TypeAlias = Tensor | IndexItem | tuple["Operand", ...] | bool | int | float | str | Mapping[str, Value] | None


@dataclass(frozen=True)
class Place:
    """Where in the text something was written that the graph holds expanded: the file, and the first character.

    `rounds` are the rounds (from 0) of the loops and repeats around it in its model or block, outermost first. So an
    emitter can find all that came of one place, and write it once.
    """

    file: str
    start: int
    rounds: tuple[int, ...] = ()


@dataclass(frozen=True)
class Scope:
    """A block that a call stands in: `instance` tells apart the several uses of one block.

    `repeat` is (i, n) for the i-th (from 0) of `n * Block(...)`. `place` is where the block's use is written; uses
    that share their weights have one place.
    """

    block: str
    instance: str
    repeat: tuple[int, int] | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Layer:
    """A layer with its weights; calls that name the same layer share them.

    `kind` is the catalog's (Keras's) name and `args` what was given, by Keras's argument names in Keras's order,
    `name` left out. `-> relu` is kind Activation with `activation: "relu"`; an `fn` stands there as a FnRef.
    `place` and `scope` say where it was made, where a text did that.
    """

    name: str
    kind: str
    args: Mapping[str, Value]
    trainable: int | None
    non_trainable: int | None
    place: Place | None = field(default=None, compare=False)
    scope: tuple[Scope, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Call:
    """One application of a layer, or of a function of `keras.ops` where `layer` is None.

    `args` are the positional operands: tensors, tuples of tensors (`[a, b] -> Concatenate()` has one operand,
    a tuple of two), constants and indices; `kwargs` those passed by name. For an op they are its arguments,
    with the names of FnCall for operators.
    """

    layer: str | None
    op: str | None
    args: tuple[Operand, ...]
    kwargs: Mapping[str, Operand]
    outputs: tuple[Tensor, ...]
    scope: tuple[Scope, ...] = ()
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True)
class ModelInput:
    """An input. `features` is None unless its width comes from the prepared table: then the columns that it

    takes, or `()` for all of them. Such a size is a `Size("features")` (or `Size("features(Age, Fare)")`)
    until `check` is run again with `widths`.
    """

    name: str
    tensor: Tensor
    features: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ModelOutput:
    """An output: its name in the spec and the tensor."""

    name: str
    tensor: Tensor


@dataclass(frozen=True)
class ModelGraph:
    """A checked model. `calls` are in an order in which they can be built."""

    name: str
    inputs: tuple[ModelInput, ...]
    outputs: tuple[ModelOutput, ...]
    layers: Mapping[str, Layer]
    calls: tuple[Call, ...]

    @property
    def trainable(self) -> int | None:
        """Trainable parameters, None while a width is not known."""
        return _total(layer.trainable for layer in self.layers.values())

    @property
    def non_trainable(self) -> int | None:
        """Parameters that training does not change by gradients, None while a width is not known."""
        return _total(layer.non_trainable for layer in self.layers.values())


def _total(counts: Iterable[int | None]) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


# ---- data, training, report ----------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """A column to be predicted. `transform` is None or `log`, `log1p`, `sqrt`; `output` the model's output."""

    column: str
    output: str
    transform: str | None = None


@dataclass(frozen=True)
class FeatureGroup:
    """Columns that are prepared alike: `kind` is a row of the preparations (`numeric`, `category`, ...)."""

    columns: tuple[str, ...]
    kind: str
    args: Mapping[str, Value]


@dataclass(frozen=True)
class Split:
    """How rows are dealt out; fractions of all rows. What is left is for training.

    `validation_file` and `test_file` name files of these parts. `column` says of each row its part; rows with the same
    `group` stay together; `time` puts the latest rows into the test, those before them into validation. Of these three
    there is one at most.
    """

    validation: float | None = None
    test: float | None = None
    stratify: bool = False
    seed: int | None = None
    fold: tuple[int, int] | None = None  # (i, n): the i-th of n folds is the test part; no spec says it, `--folds` does
    validation_file: str | None = None
    test_file: str | None = None
    column: str | None = None
    group: str | None = None
    time: str | None = None


@dataclass(frozen=True)
class DataConfig:
    """The data section. `source` is a row of the sources (`csv`, `sklearn`, ...), `args` its arguments.

    `target` empty means: the source's own (sklearn's bundled sets have one). `features` empty means: every column
    that is neither target nor ignored, typed from the data.
    """

    source: str
    args: Mapping[str, Value]
    targets: tuple[Target, ...]
    ignore: tuple[str, ...] = ()
    features: tuple[FeatureGroup, ...] = ()
    split: Split = field(default_factory=Split)

    def dealing(self) -> tuple[str, ...]:
        """The columns that deal the rows out, which are no features; a time is one where `features` names it."""
        named = {column for group in self.features for column in group.columns}
        split = self.split
        columns = (split.column, split.group, None if split.time in named else split.time)
        return tuple(column for column in columns if column is not None)


@dataclass(frozen=True)
class TrainConfig:
    """The train section. Losses and metrics are by output name; Keras's defaults where nothing was said.

    A loss or metric is an Object (`losses`/`metrics`) or a FnRef; a bare name (`accuracy`, `mae`) stays a string,
    since Keras gives it a meaning that hangs on loss and shape.
    """

    losses: Mapping[str, Value]
    optimizer: Object
    metrics: Mapping[str, tuple[Value, ...]]
    loss_weights: Mapping[str, float] | None = None
    epochs: int = 1
    batch_size: int = 32
    validation_split: float = 0.0
    shuffle: bool = True
    class_weight: Mapping[int, float] | None = None
    sample_weight: str | None = None
    steps_per_epoch: int | None = None
    callbacks: tuple[Object, ...] = ()
    seed: int = 0


@dataclass(frozen=True)
class ReportConfig:
    """The report section; None or empty means: whatever fits the task."""

    title: str | None = None
    baselines: tuple[str, ...] | None = None
    explain: Mapping[str, Value] = field(default_factory=dict)
    language: str = "en"
    use: str | None = None
    limits: str | None = None


@dataclass(frozen=True)
class Spec:
    """A whole checked file (and the files that it uses).

    `origin` is what it was checked from (a `check.written.Written`), for emitters that keep its structure; None where
    a graph was made in another way.
    `chosen` is the model that was asked for, `trained` the one that the sections are for. Where these are two, the
    sections are left out, since they say nothing of the model that was asked for.
    """

    file: str
    params: Mapping[str, Value]
    fns: Mapping[str, Fn]
    models: Mapping[str, ModelGraph]
    data: DataConfig | None = None
    train: TrainConfig | None = None
    report: ReportConfig | None = None
    origin: object = field(default=None, compare=False, repr=False)
    chosen: str | None = None
    trained: str | None = None

    @property
    def model(self) -> ModelGraph:
        """The model that was asked for, or that the sections are for, or the first one."""
        return self.models[self.chosen or self.trained or next(iter(self.models))]
