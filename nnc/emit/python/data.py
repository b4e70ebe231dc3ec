"""The data section as Python: `load_data()` with pandas, NumPy and scikit-learn, which gives the arrays that nnc gives.

Written for folders of pictures, and for tables from a CSV or from scikit-learn that are split by fractions; a CSV is
also dealt out by a column, a group, time or files, and may have weights of rows. Other data is left to the reader, as
the module's docstring then says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc.catalog import Size
from nnc.emit.python import pictures
from nnc.emit.python.code import Atom, Code, Group, Invoke, Subscript, Table, assign, comment, flat, statement, string
from nnc.emit.python.dealing import deal, deals_by_rows, says_part, truth_name
from nnc.emit.python.helpers import helpers_of
from nnc.emit.python.values import value_code
from nnc.graph import DataConfig, FnRef, ModelGraph, ModelInput, Object, Spec, Target, TrainConfig, Value
from nnc.lean import dataclass

# Losses of classes, by Keras's name without case and underscores, and how each wants its target.
_CLASSES: Mapping[str, str] = {
    **dict.fromkeys(("binarycrossentropy", "bce", "binaryfocalcrossentropy"), "binary"),
    **dict.fromkeys(("sparsecategoricalcrossentropy", "scce"), "numbers"),
    "categoricalgeneralizedcrossentropy": "flat numbers",
    **dict.fromkeys(("categoricalcrossentropy", "cce", "categoricalfocalcrossentropy"), "one hot"),
}
_TRANSFORMS = ("log", "log1p", "sqrt")
# Signs of a path that stands for several files.
_WILD = ("*", "?", "[")


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
        lines = [*pictures.table_lines(data), *_encoded(None, task), *deal(data.split, train, {None: task})]
        lines += pictures.input_lines(data, model)
    elif len(data.targets) > 1:
        lines = _several_targets(data, train, model)
    else:
        target = data.targets[0] if data.targets else None
        task = _task(train.losses[model.outputs[0].name])
        lines = [*_table(data, target), *_truth(target, task), *deal(data.split, train, {None: task})]
        lines += _features(data, train, [Atom("target")] if target else [], guessed=data.source == "csv")
        lines += _inputs(model, train, several=False)
    text = "\n".join(["def load_data():", f'    """{_title(data, train)}"""', *lines])
    return [*helpers_of(text), text]


def _can(data: DataConfig, train: TrainConfig, model: ModelGraph) -> bool:
    losses = [train.losses.get(output.name) for output in model.outputs]
    if any(loss is None or isinstance(loss, FnRef) for loss in losses):
        return False
    if data.source != "csv" and (train.sample_weight is not None or deals_by_rows(data.split)):
        return False
    if data.source == "images":
        one = len(losses) == 1 and losses[0] is not None and _task(losses[0]) != "regression"
        return one and pictures.can_read(data, model)
    if data.source == "sklearn":
        read = not data.targets and not data.features and len(losses) == 1 and data.args.get("name") != "linnerud"
    else:
        read = data.source == "csv" and {target.output for target in data.targets} == {
            one.name for one in model.outputs
        }
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


def _files(data: DataConfig) -> dict[str, str]:
    """The files of the parts; one that has all rows is that of training."""
    files = {
        "train": data.args.get("path"),
        "validation": data.split.validation_file,
        "test": data.split.test_file,
    }
    return {part: str(file) for part, file in files.items() if file is not None}


def _task(loss: Value) -> str:
    name = loss.name if isinstance(loss, Object) else str(loss)
    return _CLASSES.get(name.replace("_", "").casefold(), "regression")


def _title(data: DataConfig, train: TrainConfig) -> str:
    source = comment(str(next(iter(data.args.values()), "")))[:30]
    given = "(x, y)" if train.sample_weight is None else "(x, y, weights)"
    return f"Read {source}: {given} for training, validation and test."


def _table(data: DataConfig, target: Target | None) -> list[str]:
    if data.source == "sklearn":
        load = f"load_{data.args['name']}"
        return [
            f"    data = datasets.{load}()",
            "    table = pd.DataFrame(data.data, columns=data.feature_names)",
        ]
    assert target is not None  # noqa: S101 - a CSV without a target can't be emitted
    return [assign("target", string(target.column)), *_read(data, "[target]")]


def _read(data: DataConfig, targets: str) -> list[str]:
    """`table` of the rows that have their targets, and where files make the parts `part`, to which each row belongs."""
    files = _files(data)
    args = tuple((key, value_code(data.args[key], {})) for key in ("delimiter", "encoding") if key in data.args)
    if len(files) == 1:
        read = Invoke(_reader(files["train"]), (string(files["train"]),), args)
        return [assign("table", read), f"    table = table.dropna(subset={targets}, ignore_index=True)"]
    tables = Table(tuple((string(part), Invoke(_reader(file), (string(file),), args)) for part, file in files.items()))
    part = [] if says_part(data.split) else ["    part = table.index.get_level_values(0)"]
    return [
        assign("tables", tables),
        f"    table = pd.concat(tables).dropna(subset={targets})",
        *part,
        "    table = table.reset_index(drop=True)",
    ]


def _reader(path: str) -> Code:
    several = any(sign in path for sign in _WILD) and not path.startswith(("http://", "https://"))
    return Atom("read_tables" if several else "read_table")


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
    if task == "flat numbers":
        return ['    y = truth.astype("int32")']
    kind = "int32" if task == "numbers" else "float32"
    return [f'    y = {values}.astype("{kind}")[:, None]']


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
    lines += _read(data, "targets")
    lines.append(assign("truths", Table(entries)))
    by_output = {
        name: [_column(target, str(tasks[target.column])) for target in targets if target.output == name]
        for name in names
    }
    joined = {name: columns[0] if len(columns) == 1 else _side_by_side(columns) for name, columns in by_output.items()}
    several = len(names) > 1
    y: Code = Table(tuple((string(name), code) for name, code in joined.items())) if several else joined[names[0]]
    lines += [assign("y", y), *deal(data.split, train, tasks)]
    ignored: list[Code] = [Atom("*targets")]
    return [*lines, *_features(data, train, ignored, guessed=True), *_inputs(model, train, several=several)]


def _side_by_side(columns: Sequence[Code]) -> Code:
    return Invoke(Atom("np.concatenate"), (Group("[", tuple(columns)),), (("axis", Atom("1")),))


def _column(target: Target, task: str) -> Code:
    truth = Atom(truth_name(target.column))
    values = Invoke(Atom(f"np.{target.transform}"), (truth,)) if target.transform else truth
    if task == "one hot":
        return Invoke(Atom("one_hot"), (values,))
    if task == "flat numbers":
        return Invoke(Atom(f"{flat(values)}.astype"), (string("int32"),))
    return Invoke(Atom("as_column"), (values, string("int32" if task == "numbers" else "float32")))


# ---- features ------------------------------------------------------------------------------------


def _features(data: DataConfig, train: TrainConfig, targets: Sequence[Code], *, guessed: bool) -> list[str]:
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
    lines = [assign("columns", Table(tuple(entries)))] if entries else []
    names = dict.fromkeys((*data.ignore, *data.dealing(), *([train.sample_weight] if train.sample_weight else [])))
    ignored = Group("[", (*targets, *map(string, names)))
    return [*lines, assign("ignored", ignored), *_loop(named=bool(entries))]


def _loop(*, named: bool) -> list[str]:
    """The loop over the table's columns: first those that the spec names, then those that it leaves to a guess."""
    return [
        "    parts = {}",
        "    for name in table.columns:",
        "        kind = kind_of(table[name])",
        *(_NAMED if named else []),
        f'        {"elif" if named else "if"} name not in ignored and kind == "numbers":',
        "            parts[name] = numeric(table[name], train)",
        '        elif name not in ignored and kind == "categories":',
        "            parts[name] = category(table[name], train, max_categories=50)",
    ]


_NAMED = (
    "        if name in columns:",
    "            prepare, arguments = columns[name]",
    "            parts[name] = prepare(table[name], train, **arguments)",
)


def _entries(args: Mapping[str, Value]) -> tuple[tuple[Code, Code], ...]:
    return tuple((string(key), value_code(value, {})) for key, value in args.items())


def _inputs(model: ModelGraph, train: TrainConfig, *, several: bool) -> list[str]:
    """What each input takes of the parts, dealt out; `several` outputs have their targets by name."""
    codes = {item.name: _input(item) for item in model.inputs}
    named = len(codes) > 1
    x: Code = (
        Table(tuple((string(name), code) for name, code in codes.items())) if named else next(iter(codes.values()))
    )
    rows = [_ROWS_OF.format(name) if many else f"{name}[rows]" for name, many in (("x", named), ("y", several))]
    lines = [assign("x", x)]
    if train.sample_weight is not None:
        column = Subscript(Atom("table"), string(train.sample_weight).text)
        numbers = Invoke(Atom("pd.to_numeric"), (column,))
        lines.append(assign("weights", Invoke(Atom(f"{flat(numbers)}.to_numpy"), (string("float32"),))))
        rows.append("weights[rows]")
    return [*lines, *_dealt_out(rows, named + several)]


def _dealt_out(rows: Sequence[str], taken_apart: int) -> list[str]:
    """The return statement: what each part has of x, y and weights, of which so many are `taken_apart` by name."""
    if not taken_apart:
        return [f"    return [({', '.join(rows)}) for rows in (train, validation, test)]"]
    deep = ["        (", *(f"            {one}," for one in rows), "        )"]
    inner = deep if taken_apart > 1 else [f"        ({', '.join(rows)})"]
    return ["    return [", *inner, "        for rows in (train, validation, test)", "    ]"]


def _input(item: ModelInput) -> Code:
    dtype = string(item.tensor.type.dtype)
    if not item.features:
        return Invoke(Atom("np.concatenate(list(parts.values()), axis=1).astype"), (dtype,))
    columns = Group("[", tuple(string(name) for name in item.features))
    return Invoke(Atom("features_of"), (Atom("parts"), columns, dtype))


_ROWS_OF = "{{name: values[rows] for name, values in {}.items()}}"


def main_source(widths: Sequence[str], model: ModelGraph, train: TrainConfig, *, adapts: bool) -> str:
    """The main part of a module that has data: read, build, train, evaluate."""
    weighs = train.sample_weight is not None
    read = "(x_train, y_train, w_train), validation, (x_test, y_test, w_test)"
    read = read if weighs else "(x_train, y_train), validation, (x_test, y_test)"
    weights: list[tuple[str, Code]] = [("sample_weight", Atom("w_train"))] if weighs else []
    arguments = tuple(map(Atom, ("model", "x_train", "y_train")))
    named = {item.name: item.features for item in model.inputs if item.features is not None}
    single = len(model.inputs) == 1
    given = ["x_train.shape[1]" if single else f"x_train[{string(name).text}].shape[1]" for name in named]
    lines = [
        'if __name__ == "__main__":',
        f"    {read} = load_data()",
        assign("model", Invoke(Atom("build_model"), tuple(map(Atom, given[: len(widths)])))),
        *(["    adapt(model, x_train)"] if adapts else []),
        "    compile_model(model)",
        statement(Invoke(Atom("train"), arguments, (("validation_data", Atom("validation")), *weights))),
        f"    model.evaluate(x_test, y_test{', sample_weight=w_test' if weighs else ''})",
    ]
    return "\n".join(lines)
