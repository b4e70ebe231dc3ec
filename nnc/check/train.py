"""The train section: loss, optimizer, metrics, callbacks, and Keras's arguments of `fit`."""

from __future__ import annotations

from typing import Any

from nnc import codes, graph
from nnc.catalog import Arg, find
from nnc.catalog.kinds import integer, keras_object, number
from nnc.check.arguments import argument_value
from nnc.check.data import column
from nnc.check.frame import Frame, key_text, unwrap
from nnc.check.sections import Key, Section, count, flag, fraction, keys_of, of_type, read_section
from nnc.check.values import POISON, Value, all_settled, noun, show
from nnc.graph import FnRef, Object
from nnc.source import Span
from nnc.syntax import tree

_LOSS = Arg("loss", keras_object("losses", "a loss of Keras or an fn", fn=True).of("loss"))
_METRIC = Arg("metrics", keras_object("metrics", "a metric of Keras or an fn", fn=True).of("metrics"))
_OPTIMIZER = Arg("optimizer", keras_object("optimizers", "an optimizer").of("optimizer"))
_CALLBACK = Arg("callbacks", keras_object("callbacks", "a callback", word=False).of("callbacks"))


def _one(arg: Arg, expr: tree.Expr, frame: Frame) -> Value:
    value = argument_value(expr, arg, "`train`", frame, codes.BAD_VALUE)
    if isinstance(value, FnRef) and not _is_measure(value, expr, frame):
        return POISON
    return value


def _is_measure(ref: FnRef, expr: tree.Expr, frame: Frame) -> bool:
    fn = frame.context.fns.get(ref.name)
    if fn is None or len(fn.parameters) == 2:
        return True
    frame.faults.add(
        codes.WRONG_FN,
        f"the fn `{fn.name}` takes {len(fn.parameters)} argument{'s' * (len(fn.parameters) != 1)}",
        expr.span,
        expected="two: the truth and the prediction, as in fn f(y_true, y_pred)",
        found=f"{fn.name}({', '.join(fn.parameters)})",
    )
    return False


class _PerOutput(dict[str, tuple[Value, Span]]):
    """Values by the output that they are for, and where each key stands."""


def _per_output(expr: tree.Expr, one: Arg, frame: Frame, *, several: bool) -> Value:
    """A value, or a map of values by output."""
    bare = unwrap(expr)
    if isinstance(bare, tree.ListOf) and not several:
        items = ", ".join(f"OUTPUT: {item.span.text}" for item in bare.items[:3])
        message = f"the {one.name} of each output stands in a map, by the output's name"
        hint = f"write {one.name} = {{{items}}}" if len(bare.items) > 1 else "write it without `[ ]`"
        frame.faults.add(codes.BAD_VALUE, message, expr.span, found="a list", help=hint)
        return POISON
    if not isinstance(bare, tree.MapOf):
        return _several(bare, one, frame) if several else _one(one, bare, frame)
    found = _PerOutput()
    for key, item in bare.entries:
        name = key_text(key)
        if name in found:
            frame.faults.add(codes.KEY_TWICE, f"the output `{name}` is given twice", key.span)
        found[name] = (_several(unwrap(item), one, frame) if several else _one(one, item, frame), key.span)
    return POISON if any(value is POISON for value, _ in found.values()) else found


def _several(expr: tree.Expr, one: Arg, frame: Frame) -> Value:
    items = expr.items if isinstance(expr, tree.ListOf) else (expr,)
    values = tuple(_one(one, item, frame) for item in items)
    return POISON if any(value is POISON for value in values) else values


def _optimizer(expr: tree.Expr, frame: Frame) -> Value:
    value = _one(_OPTIMIZER, expr, frame)
    if not isinstance(value, str):
        return value
    row = find("optimizers", value)
    return POISON if row is None else Object("optimizers", row.name)


def _weights(expr: tree.Expr, frame: Frame, what: str = "loss_weights", shown: str = "{OUTPUT: 2.0}") -> Value:
    bare = unwrap(expr)
    if not isinstance(bare, tree.MapOf):
        value = frame.value(expr)
        if value is not POISON:
            frame.faults.add(
                codes.BAD_VALUE,
                f"`{what}` needs a map, and this is {noun(value)}",
                expr.span,
                expected=shown,
                found=show(value),
            )
        return POISON
    arg = Arg("weight", number(0).of("weight"))
    found = _PerOutput()
    for key, item in bare.entries:
        name = key_text(key)
        found[name] = (argument_value(item, arg, "`train`", frame, codes.BAD_VALUE), key.span)
    return POISON if any(value is POISON for value, _ in found.values()) else found


def _class_weight(expr: tree.Expr, frame: Frame) -> Value:
    value = _weights(expr, frame, "class_weight", '{"0": 1.0, "1": 5.0}')
    if not isinstance(value, _PerOutput):
        return value
    right = True
    for name, (_, span) in value.items():
        if not name.isdecimal() or len(name) > 9:
            right = False
            frame.faults.add(
                codes.BAD_VALUE,
                "`class_weight` is by the number of the class",
                span,
                expected='{"0": 1.0, "1": 5.0}',
                found=name[:40],
            )
    return {int(name): weight for name, (weight, _) in value.items()} if right else POISON


def _sample_weight(expr: tree.Expr, frame: Frame) -> Value:
    name = column(expr)
    if name is None:
        frame.faults.add(codes.BAD_VALUE, "`sample_weight` is a column of the table", expr.span, expected="its name")
        return POISON
    return name


KEYS = keys_of(
    Key("loss", lambda expr, frame: _per_output(expr, _LOSS, frame, several=False), "what training makes small"),
    Key("optimizer", _optimizer, "how it goes about it; Keras's default is RMSprop"),
    Key("metrics", lambda e, frame: _per_output(e, _METRIC, frame, several=True), "what is measured beside the loss"),
    Key("loss_weights", _weights, "how much each output's loss counts"),
    Key("epochs", count("epochs", "train"), "how often training goes through all rows"),
    Key("batch_size", count("batch_size", "train"), "rows of one step"),
    Key("validation_split", fraction("validation_split", "train"), "the part of the training rows to watch it on"),
    Key("shuffle", flag("shuffle", "train"), "whether rows are dealt anew each epoch"),
    Key("class_weight", _class_weight, "how much each class counts"),
    Key("sample_weight", _sample_weight, "the column that says how much each row counts"),
    Key("steps_per_epoch", count("steps_per_epoch", "train"), "steps of an epoch where that is not all rows"),
    Key("callbacks", lambda e, frame: _several(unwrap(e), _CALLBACK, frame), "what looks on while training runs"),
    Key("seed", of_type("seed", integer(0, 2**32 - 1), "train"), "the number that all chance hangs on"),
)


def check_train(
    node: tree.Section, outputs: tuple[str, ...] | None, frame: Frame
) -> tuple[graph.TrainConfig | None, Section]:
    """The train section for a model with these outputs (None where something is wrong), and the places of its keys."""
    section = read_section(node, KEYS, frame)
    if "loss" not in section.places:
        if frame.context.unread or "loss" in section.meant:
            return None, section
        hint = "add: loss = binary_crossentropy, or mean_squared_error, or another of Keras's losses"
        frame.faults.add(codes.MISSING_KEY, "`train` needs a loss", section.span, help=hint)
        return None, section
    wrong = POISON in section.values.values() or _weighs_classes_of_several(section, outputs, frame)
    losses = _spread("loss", section, outputs, frame, every=True)
    metrics = _spread("metrics", section, outputs, frame, every=False)
    weights = _spread("loss_weights", section, outputs, frame, every=False)
    if wrong or losses is None or metrics is None or weights is None:
        return None, section
    optimizer, callbacks = section.get("optimizer"), section.get("callbacks", ())
    return graph.TrainConfig(
        losses=all_settled(losses),
        optimizer=optimizer if isinstance(optimizer, Object) else Object("optimizers", "RMSprop"),
        metrics={name: value if isinstance(value, tuple) else (value,) for name, value in metrics.items()},
        loss_weights={k: v for k, v in weights.items() if isinstance(v, (int, float))} or None,
        callbacks=tuple(c for c in callbacks if isinstance(c, Object)) if isinstance(callbacks, tuple) else (),
        **_plain(section),
    ), section


def _weighs_classes_of_several(section: Section, outputs: tuple[str, ...] | None, frame: Frame) -> bool:
    """Whether classes are weighed where it can't be said of which output, with a finding for it."""
    if "class_weight" not in section.places or len(outputs or ()) < 2:
        return False
    frame.faults.add(
        codes.BAD_VALUE,
        f"`class_weight` is for a model with one output, and this one has {len(outputs or ())}",
        section.exprs["class_weight"].span,
        help="weigh whole outputs by loss_weights, or rows by a column of weights: sample_weight = COLUMN",
    )
    return True


# Keys whose value goes into the TrainConfig as it is.
_AS_IT_IS = (
    "epochs",
    "batch_size",
    "validation_split",
    "shuffle",
    "class_weight",
    "sample_weight",
    "steps_per_epoch",
    "seed",
)


def _plain(section: Section) -> dict[str, Any]:
    return {key: section.values[key] for key in _AS_IT_IS if key in section.values}


def _spread(
    key: str, section: Section, outputs: tuple[str, ...] | None, frame: Frame, *, every: bool
) -> dict[str, Value] | None:
    """A key's value for each output; None where that can't be said."""
    value = section.get(key)
    if value is None:
        return {}
    if not isinstance(value, _PerOutput):
        return dict.fromkeys(outputs or ("",), value)
    if outputs is None:  # the model has mistakes of its own
        return {name: item for name, (item, _) in value.items()}
    right = True
    for name, (_, span) in value.items():
        if name not in outputs:
            right = False
            message = f"the model has no output `{name}`"
            hint = f"its outputs are {', '.join(outputs)}"
            frame.faults.misspelt(codes.UNKNOWN_OUTPUT, message, span, outputs, hint=hint)
    missing = [name for name in outputs if name not in value]
    if every and right and missing:
        right = False
        message = f"the output `{missing[0]}` has no {key}"
        frame.faults.add(
            codes.MISSING_KEY, message, section.exprs[key].span, expected=f"one for each of {', '.join(outputs)}"
        )
    return {name: item for name, (item, _) in value.items()} if right else None
