"""The data section as Python: `load_data()` with pandas, NumPy and scikit-learn, which gives the arrays that nnc gives.

Written for folders of pictures, and for tables from a CSV or from scikit-learn that are split by fractions; a CSV is
also dealt out by a column, a group or time. Other data is left to the reader, as the module's docstring then says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from nnc.catalog import Size
from nnc.emit.python import pictures
from nnc.emit.python.code import Atom, Code, Group, Invoke, Subscript, Table, assign, comment, string
from nnc.emit.python.helpers import helpers_of
from nnc.emit.python.values import value_code
from nnc.fractions import Fractions, fractions
from nnc.graph import DataConfig, FnRef, ModelGraph, ModelInput, Object, Spec, Split, Target, TrainConfig, Value
from nnc.lean import dataclass

# Losses of classes, by Keras's name without case and underscores, and how each wants its target.
_CLASSES: Mapping[str, str] = {
    **dict.fromkeys(("binarycrossentropy", "bce", "binaryfocalcrossentropy"), "binary"),
    **dict.fromkeys(("sparsecategoricalcrossentropy", "scce"), "numbers"),
    **dict.fromkeys(("categoricalcrossentropy", "cce", "categoricalfocalcrossentropy"), "one hot"),
}
_TRANSFORMS = ("log", "log1p", "sqrt")
# A path that stands for several files. Of a name that nobody gives a file pandas says itself that it isn't there.
_SEVERAL_FILES = re.compile(r"[\w./ -]*[*?\[][\w./ *?\[\]-]*")


@dataclass(frozen=True)
class _Kind:
    """How a kind of column is prepared: by which function, whose defaults are these; `unused` is for the checker."""

    function: str
    defaults: Mapping[str, Value]
    unused: tuple[str, ...] = ()


_SCALED: Mapping[str, Value] = {"impute": "median", "scale": "standard"}
_ONE_OF: Mapping[str, Value] = {"impute": None, "max_categories": None}
_KINDS: Mapping[tuple[str, Value], _Kind] = {
    ("numeric", None): _Kind("numeric", _SCALED),
    ("category", None): _Kind("category", _ONE_OF, ("encode",)),
    ("category", "one_hot"): _Kind("category", _ONE_OF, ("encode",)),
    ("category", "ids"): _Kind("category_ids", _ONE_OF, ("encode",)),
    ("ordinal", None): _Kind("ordinal", _SCALED),
    ("date", None): _Kind("date", _SCALED),
    ("text", None): _Kind("text", {"length": None}),
    ("tokens", None): _Kind("tokens", {"length": None}, ("max_tokens",)),
}


def data_source(spec: Spec, model: ModelGraph) -> list[str] | None:
    """`load_data()` and the functions that it calls; None where the spec's data can't be prepared by them."""
    data, train = spec.data, spec.train
    if data is None or train is None or not _can(data, train, model):
        return None
    if data.source == "images":
        task = _task(train.losses[model.outputs[0].name])
        lines = [*pictures.table_lines(data), *_encoded(None, task), *_deal(data.split, train, {None: task})]
        lines += pictures.input_lines(data, model)
    elif len(data.targets) > 1:
        lines = _several_targets(data, train, model)
    else:
        target = data.targets[0] if data.targets else None
        task = _task(train.losses[model.outputs[0].name])
        lines = [*_table(data, target), *_truth(target, task), *_deal(data.split, train, {None: task})]
        lines += _features(data, [Atom("target")] if target else [], guessed=data.source == "csv")
        lines += _inputs(model, several=False)
    text = "\n".join(["def load_data():", f'    """{_title(data)}"""', *lines])
    return [*helpers_of(text), text]


def _can(data: DataConfig, train: TrainConfig, model: ModelGraph) -> bool:
    losses = [train.losses.get(output.name) for output in model.outputs]
    if any(loss is None or isinstance(loss, FnRef) for loss in losses) or train.sample_weight is not None:
        return False
    if not _can_deal(data):
        return False
    if data.source == "images":
        one = len(losses) == 1 and losses[0] is not None and _task(losses[0]) != "regression"
        return one and pictures.can_read(data, model)
    if data.source == "sklearn":
        read = not data.targets and not data.features and len(losses) == 1 and data.args.get("name") != "linnerud"
    else:
        one_file = data.source == "csv" and not _SEVERAL_FILES.fullmatch(str(data.args.get("path", "")))
        read = one_file and {target.output for target in data.targets} == {one.name for one in model.outputs}
    return read and _can_prepare(data) and _can_take(model)


def _can_prepare(data: DataConfig) -> bool:
    return all((group.kind, group.args.get("encode")) in _KINDS for group in data.features) and all(
        target.transform is None or target.transform in _TRANSFORMS for target in data.targets
    )


def _can_take(model: ModelGraph) -> bool:
    """Whether each input takes a row of features."""
    types = [one.tensor.type for one in model.inputs]
    several = len(model.inputs) > 1 and any(one.features is None for one in model.inputs)
    known = all(
        not isinstance(dim, Size) or dim.name.startswith("features") for one in types for dim in one.shape
    )  # fmt: skip
    return known and not several and all(len(one.shape) == 1 and one.dtype in _DTYPES for one in types)


_DTYPES = ("float32", "float64", "int32", "int64")


def _can_deal(data: DataConfig) -> bool:
    """By chance, or by a column of a CSV; files are left to the reader."""
    split = data.split
    by_column = any((split.column, split.group, split.time))
    return not (split.validation_file or split.test_file) and (data.source == "csv" or not by_column)


def _task(loss: Value) -> str:
    name = loss.name if isinstance(loss, Object) else str(loss)
    return _CLASSES.get(name.replace("_", "").casefold(), "regression")


def _title(data: DataConfig) -> str:
    source = comment(str(next(iter(data.args.values()), "")))[:40]
    return f"Read {source}: (x, y) of the rows for training, validation and test."


def _table(data: DataConfig, target: Target | None) -> list[str]:
    if data.source == "sklearn":
        load = f"load_{data.args['name']}"
        return [
            f"    data = datasets.{load}()",
            "    table = pd.DataFrame(data.data, columns=data.feature_names)",
        ]
    assert target is not None  # noqa: S101 - a CSV without a target can't be emitted
    drop = "    table = table.dropna(subset=[target], ignore_index=True)"
    return [assign("target", string(target.column)), _read(data), drop]


def _read(data: DataConfig) -> str:
    args = [(key, value_code(data.args[key], {})) for key in ("delimiter", "encoding") if key in data.args]
    return assign("table", Invoke(Atom("read_table"), (value_code(data.args["path"], {}),), tuple(args)))


def _truth(target: Target | None, task: str) -> list[str]:
    """`truth` are the classes' numbers or the target in its own unit, `y` what the loss takes."""
    if target is None:
        lines = ["    truth = data.target"]
    elif task == "regression":
        lines = ["    truth = pd.to_numeric(table[target]).to_numpy(dtype=float)"]
    else:
        lines = [
            "    labels = table[target].map(canonical)",
            "    classes = sorted(labels.unique(), key=in_order)",
            "    truth = labels.map(classes.index).to_numpy()",
        ]
    return [*lines, *_encoded(target, task)]


def _encoded(target: Target | None, task: str) -> list[str]:
    transform = target.transform if target is not None else None
    values = f"np.{transform}(truth)" if transform else "truth"
    if task == "one hot":
        return ['    y = np.eye(truth.max() + 1, dtype="float32")[truth]']
    kind = "int32" if task == "numbers" else "float32"
    return [f'    y = {values}.astype("{kind}")[:, None]']


def _deal(split: Split, train: TrainConfig, tasks: Mapping[str | None, str]) -> list[str]:
    """Which row goes where. `tasks` are the targets', by name where there are several."""
    shares = fractions(split, train)
    by_column = _by_column(split, shares)
    if by_column is not None:
        return [assign("train, validation, test", by_column)]
    lines, strata = _strata(split, tasks, 1 + (shares.validation > 0) + (shares.test > 0))
    numbers = [(name, value_code(getattr(shares, name), {})) for name in ("validation", "test", "seed")]
    dealt = Invoke(Atom("split_rows"), (Atom(strata),), tuple(numbers))
    return [*lines, assign("train, validation, test", dealt)]


def _by_column(split: Split, shares: Fractions) -> Code | None:
    """The call that deals rows out by what stands in a column; None where chance does. The first of the three rules."""
    ways = (
        ("split_by_column", split.column, ()),
        ("split_by_group", split.group, ("validation", "test", "seed")),
        ("split_by_time", split.time, ("validation", "test")),
    )
    for function, column, names in ways:
        if column is not None:
            cells = Subscript(Atom("table"), string(column).text)
            numbers = tuple((name, value_code(getattr(shares, name), {})) for name in names)
            return Invoke(Atom(function), (cells,), numbers)
    return None


def _strata(split: Split, tasks: Mapping[str | None, str], parts: int) -> tuple[list[str], str]:
    """The lines that make strata, and what these are called: the classes, or tenths of a number."""
    telling = [name for name, task in tasks.items() if task != "regression"]
    first = next(iter(tasks))
    if not split.stratify and not (split == Split() and telling):
        return [], f"np.zeros_like({_truth_name(first)})"
    if not telling:
        lines = [
            f"    edges = np.quantile({_truth_name(first)}, np.linspace(0, 1, 11)[1:-1])",
            f'    strata = np.searchsorted(edges, {_truth_name(first)}, side="right")',
        ]
        return lines, "strata"
    lines, strata = [], _truth_name(telling[0])
    if len(telling) > 1:
        listed = Group("[", tuple(Atom(_truth_name(name)) for name in telling))
        lines = [assign("labels", Invoke(Atom("np.stack"), (listed,), (("axis", Atom("1")),)))]
        lines.append("    strata = np.unique(labels, axis=0, return_inverse=True)[1].ravel()")
        strata = "strata"
    if split.stratify:
        return lines, strata
    return [
        *lines,
        f"    counts = np.unique({strata}, return_counts=True)[1]",
        f"    strata = {strata} if counts.min() >= {parts} else np.zeros_like({strata})",
    ], "strata"


def _truth_name(target: str | None) -> str:
    return "truth" if target is None else f"truths[{string(target).text}]"


# ---- several targets -----------------------------------------------------------------------------


def _several_targets(data: DataConfig, train: TrainConfig, model: ModelGraph) -> list[str]:
    """`truths` by column, `y` what the losses take: an array for each output, a column for each of its targets."""
    names = [output.name for output in model.outputs]
    targets = sorted(data.targets, key=lambda target: names.index(target.output))
    tasks: dict[str | None, str] = {target.column: _task(train.losses[target.output]) for target in targets}
    entries = tuple(
        (
            string(target.column),
            Invoke(
                Atom("numbers_of" if tasks[target.column] == "regression" else "class_numbers"),
                (Subscript(Atom("table"), string(target.column).text),),
            ),
        )
        for target in targets
    )
    lines = [assign("targets", Group("[", tuple(string(target.column) for target in targets)))]
    lines += [_read(data), "    table = table.dropna(subset=targets, ignore_index=True)"]
    lines.append(assign("truths", Table(entries)))
    by_output = {
        name: [_column(target, str(tasks[target.column])) for target in targets if target.output == name]
        for name in names
    }
    joined = {name: columns[0] if len(columns) == 1 else _side_by_side(columns) for name, columns in by_output.items()}
    several = len(names) > 1
    y: Code = Table(tuple((string(name), code) for name, code in joined.items())) if several else joined[names[0]]
    lines += [assign("y", y), *_deal(data.split, train, tasks)]
    ignored: list[Code] = [Atom("*targets")]
    return [*lines, *_features(data, ignored, guessed=True), *_inputs(model, several=several)]


def _side_by_side(columns: Sequence[Code]) -> Code:
    return Invoke(Atom("np.concatenate"), (Group("[", tuple(columns)),), (("axis", Atom("1")),))


def _column(target: Target, task: str) -> Code:
    truth = Atom(_truth_name(target.column))
    values = Invoke(Atom(f"np.{target.transform}"), (truth,)) if target.transform else truth
    if task == "one hot":
        return Invoke(Atom("one_hot"), (values,))
    return Invoke(Atom("as_column"), (values, string("int32" if task == "numbers" else "float32")))


# ---- features ------------------------------------------------------------------------------------


def _features(data: DataConfig, targets: Sequence[Code], *, guessed: bool) -> list[str]:
    """`parts`: the prepared features of each column, in the order of the table."""
    if not guessed:
        numeric = "numeric(table[name], train)"
        return [f"    parts = {{name: {numeric} for name in table.columns}}"]
    entries: list[tuple[Code, Code]] = []
    for group in data.features:
        kind = _KINDS[group.kind, group.args.get("encode")]
        args = {
            key: value
            for key, value in group.args.items()
            if key not in kind.unused and not (key in kind.defaults and kind.defaults[key] == value)
        }
        prepared = Group("(", (Atom(kind.function), Table(_entries(args))))
        entries += [(string(column), prepared) for column in group.columns]
    lines = [assign("columns", Table(tuple(entries)))]
    named = {column for group in data.features for column in group.columns}
    split = data.split
    dealing = (split.column, split.group, None if split.time in named else split.time)
    others = [*targets, *(string(name) for name in (*data.ignore, *dealing) if name is not None)]
    return [*lines, assign("ignored", Group("[", tuple(others))), _LOOP]


_LOOP = """\
    parts = {}
    for name in table.columns:
        kind = kind_of(table[name])
        if name in columns:
            prepare, arguments = columns[name]
            parts[name] = prepare(table[name], train, **arguments)
        elif name not in ignored and kind == "numbers":
            parts[name] = numeric(table[name], train)
        elif name not in ignored and kind == "categories":
            parts[name] = category(table[name], train, max_categories=50)"""


def _entries(args: Mapping[str, Value]) -> tuple[tuple[Code, Code], ...]:
    return tuple((string(key), value_code(value, {})) for key, value in args.items())


def _inputs(model: ModelGraph, *, several: bool) -> list[str]:
    """What each input takes of the parts, dealt out; `several` outputs have their targets by name."""
    codes = {item.name: _input(item) for item in model.inputs}
    named = len(codes) > 1
    x: Code = (
        Table(tuple((string(name), code) for name, code in codes.items())) if named else next(iter(codes.values()))
    )
    by_name = named, several
    rows = (_ROWS_OF.format(name) if many else f"{name}[rows]" for name, many in zip("xy", by_name, strict=True))
    return [assign("x", x), _RETURNS[sum(by_name)].format(**dict(zip("xy", rows, strict=True)))]


def _input(item: ModelInput) -> Code:
    dtype = string(item.tensor.type.dtype)
    if not item.features:
        return Invoke(Atom("np.concatenate(list(parts.values()), axis=1).astype"), (dtype,))
    columns = Group("[", tuple(string(name) for name in item.features))
    return Invoke(Atom("features_of"), (Atom("parts"), columns, dtype))


_ROWS_OF = "{{name: values[rows] for name, values in {}.items()}}"
# By how many of x and y are taken apart by name: each fits its lines.
_RETURNS = (
    "    return [({x}, {y}) for rows in (train, validation, test)]",
    """\
    return [
        ({x}, {y})
        for rows in (train, validation, test)
    ]""",
    """\
    return [
        (
            {x},
            {y},
        )
        for rows in (train, validation, test)
    ]""",
)


def main_source(widths: Sequence[str], model: ModelGraph, *, adapts: bool) -> str:
    """The main part of a module that has data: read, build, train, evaluate."""
    named = {item.name: item.features for item in model.inputs if item.features is not None}
    single = len(model.inputs) == 1
    given = ["x_train.shape[1]" if single else f"x_train[{string(name).text}].shape[1]" for name in named]
    lines = [
        'if __name__ == "__main__":',
        "    (x_train, y_train), validation, (x_test, y_test) = load_data()",
        assign("model", Invoke(Atom("build_model"), tuple(map(Atom, given[: len(widths)])))),
        *(["    adapt(model, x_train)"] if adapts else []),
        "    compile_model(model)",
        "    train(model, x_train, y_train, validation_data=validation)",
        "    model.evaluate(x_test, y_test)",
    ]
    return "\n".join(lines)
