"""The data section as Python: `load_data()` with pandas, NumPy and scikit-learn, which gives the arrays that nnc gives.

Written for folders of pictures, and for tables from a CSV or from scikit-learn whose columns are numbers and categories
and that have one target.
Other data is left to the reader, as the module's docstring then says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from nnc.catalog import Size
from nnc.emit import python_pictures
from nnc.emit.python_code import Atom, Code, Group, Invoke, Table, assign, comment, string
from nnc.emit.python_values import value_code
from nnc.graph import DataConfig, FnRef, ModelGraph, Object, Spec, Split, Target, TrainConfig, Value

# Losses of classes, by Keras's name without case and underscores, and how each wants its target.
_CLASSES: Mapping[str, str] = {
    **dict.fromkeys(("binarycrossentropy", "bce", "binaryfocalcrossentropy"), "binary"),
    **dict.fromkeys(("sparsecategoricalcrossentropy", "scce"), "numbers"),
    **dict.fromkeys(("categoricalcrossentropy", "cce", "categoricalfocalcrossentropy"), "one hot"),
}
_TRANSFORMS = ("log", "log1p", "sqrt")
_KINDS: Mapping[str, str] = {"numeric": "numbers", "category": "categories"}
# A path that stands for several files. Of a name that nobody gives a file pandas says itself that it isn't there.
_SEVERAL_FILES = re.compile(r"[\w./ -]*[*?\[][\w./ *?\[\]-]*")
_SPLIT = 0.2
_DEFAULTS: Mapping[str, Value] = {"impute": "median", "scale": "standard"}

_READ = '''\
def read_table(path, delimiter=",", encoding="utf-8"):
    """Read a CSV as text; what stands for a missing value becomes one."""
    missing = ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "-NaN"]
    missing += ["NULL", "null"]
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    table = pd.read_csv(
        path, dtype=str, keep_default_na=False, sep=delimiter, encoding=encoding
    )
    table = table.apply(lambda column: column.str.strip())
    return table.mask(table.isin(missing))'''
_CANONICAL = '''\
def canonical(text):
    """`1.0` and `1` are one category; `007` is a text."""
    text = repr(float(text)) if not isinstance(text, str) else text
    if not re.fullmatch(r"[+-]?(0|[1-9]\\d{0,14})(\\.\\d{1,15})?", text):
        return text
    value = float(text)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def in_order(text):
    """Numbers come first, by size, then words."""
    number = re.fullmatch(r"[+-]?(0|[1-9]\\d{0,14})(\\.\\d{1,15})?", text)
    return (0, float(text), text) if number else (1, 0.0, text)'''
_SPLIT_ROWS = '''\
def split_rows(strata, validation, test, seed):
    """Deal the rows out; each part has its share of each stratum."""
    random = np.random.default_rng(seed)
    groups = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    groups = [random.permutation(group) for group in groups]
    sizes = np.array([len(group) for group in groups])
    taken = np.zeros(len(groups), dtype=int)
    parts = []
    for share in (test, validation):
        total = round(len(strata) * share)
        exact = sizes * (total / len(strata))
        counts = np.floor(exact).astype(int)
        counts[np.argsort(counts - exact, kind="stable")[: total - counts.sum()]] += 1
        counts = np.minimum(counts, np.maximum(sizes - taken - 1, 0))
        dealt = zip(groups, taken, counts, strict=True)
        parts.append(np.sort(np.concatenate([g[a : a + c] for g, a, c in dealt])))
        taken = taken + counts
    rest = [group[a:] for group, a in zip(groups, taken, strict=True)]
    return np.sort(np.concatenate(rest)), parts[1], parts[0]'''
_NUMERIC = '''\
def numeric(column, train, impute="median", scale="standard"):
    """Fill and scale a column of numbers by what its training rows have."""
    values = pd.to_numeric(column).to_numpy(dtype=float)[:, None]
    if impute is not None:
        if isinstance(impute, str) and impute != "zero":
            filler = SimpleImputer(strategy=impute)
        else:
            filler = SimpleImputer(
                strategy="constant", fill_value=0.0 if impute == "zero" else impute
            )
        values = filler.fit(values[train]).transform(values)
    if scale is None:
        return values
    scalers = {
        "standard": StandardScaler,
        "minmax": MinMaxScaler,
        "robust": RobustScaler,
    }
    return scalers[scale]().fit(values[train]).transform(values)'''
_CATEGORY = '''\
def category(column, train, impute=None, max_categories=None):
    """A column of zeros and ones for each value that the training rows have."""
    values = column.map(canonical, na_action="ignore")
    seen = values.iloc[train]
    counts = seen.value_counts()
    ranked = sorted(counts.index, key=lambda text: (-counts[text], in_order(text)))
    kept = sorted(ranked[:max_categories], key=in_order)
    if impute is not None:
        fill = ranked[0] if impute == "most_frequent" else impute
        if fill not in kept and impute != "most_frequent" and seen.isna().any():
            kept.append(fill)
        values = values.fillna(fill)
    parts = [values == text for text in kept]
    if impute is None and seen.isna().any():
        parts.append(values.isna())
    return np.stack(parts, axis=1).astype(float)'''
_GUESS = '''\
def kind_of(column):
    """What a column holds: numbers, categories, or (None) only names for the rows."""
    there = column.dropna()
    numbers = pd.to_numeric(there, errors="coerce")
    if there.empty:
        return None
    if numbers.notna().all() and not there.astype(str).str.match("0[0-9]").any():
        counting = len(there) == len(column) >= 20 and (numbers.diff()[1:] == 1).all()
        return None if counting else "numbers"
    return "categories" if there.nunique() <= max(20, len(there) / 2) else None'''


def data_source(spec: Spec, model: ModelGraph) -> list[str] | None:
    """`load_data()` and the functions that it calls; None where the spec's data can't be prepared by them."""
    data, train = spec.data, spec.train
    if data is None or train is None or not _can(data, train, model):
        return None
    target = data.targets[0] if data.targets else None
    task = _task(train.losses[model.outputs[0].name])
    guessed = data.source == "csv"
    if data.source == "images":
        lines = [*python_pictures.table_lines(data), *_encoded(None, task), *_deal(data.split, train, task)]
        lines += python_pictures.input_lines(data, model)
        return [*python_pictures.HELPERS, _SPLIT_ROWS, _function(data, lines)]
    lines = [*_table(data, target), *_truth(target, task), *_deal(data.split, train, task)]
    lines += _features(data, target, guessed=guessed)
    lines += _inputs(model)
    text = _function(data, lines)
    helpers = [_READ] if data.source == "csv" else []
    classes = task != "regression" and data.source == "csv"
    helpers += [_CANONICAL] if classes or "category(" in text else []
    helpers += [_SPLIT_ROWS, *([_GUESS] if "kind_of(" in text else []), _NUMERIC]
    return [*helpers, *([_CATEGORY] if "category(" in text else []), text]


def _function(data: DataConfig, lines: Sequence[str]) -> str:
    return "\n".join(["def load_data():", f'    """{_title(data)}"""', *lines])


def _can(data: DataConfig, train: TrainConfig, model: ModelGraph) -> bool:
    loss = train.losses.get(model.outputs[0].name)
    if loss is None or isinstance(loss, FnRef) or len(model.outputs) != 1 or train.sample_weight is not None:
        return False
    if not _by_fractions(data.split):
        return False
    if data.source == "images":
        return _task(loss) != "regression" and python_pictures.can_read(data, model)
    shapes = [one.tensor.type.shape for one in model.inputs]
    several = len(model.inputs) > 1 and any(one.features is None for one in model.inputs)
    known = data.source == "csv" or (data.source == "sklearn" and not data.targets and not data.features)
    return (
        known
        and not _SEVERAL_FILES.fullmatch(str(data.args.get("path", "")))
        and data.args.get("name") != "linnerud"
        and len(data.targets) == (data.source == "csv")
        and not several
        and all(len(shape) == 1 for shape in shapes)
        and all(one.tensor.type.dtype == "float32" for one in model.inputs)
        and all(group.kind in _KINDS and group.args.get("encode") in (None, "one_hot") for group in data.features)
        and all(target.transform is None or target.transform in _TRANSFORMS for target in data.targets)
        and not any(isinstance(dim, Size) and not dim.name.startswith("features") for shape in shapes for dim in shape)
    )


def _by_fractions(split: Split) -> bool:
    return not any((split.validation_file, split.test_file, split.column, split.group, split.time))


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
    args = [(key, value_code(data.args[key], {})) for key in ("delimiter", "encoding") if key in data.args]
    read = Invoke(Atom("read_table"), (value_code(data.args["path"], {}),), tuple(args))
    lines = [assign("table", read)]
    assert target is not None  # noqa: S101 - a CSV without a target can't be emitted
    drop = "    table = table.dropna(subset=[target], ignore_index=True)"
    return [assign("target", string(target.column)), *lines, drop]


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


def _deal(split: Split, train: TrainConfig, task: str) -> list[str]:
    test = _SPLIT if split.test is None else split.test
    if split.validation is not None:
        validation = split.validation
    elif train.validation_split > 0:
        validation = train.validation_split * (1 - test)
    else:
        validation = min(_SPLIT, (1 - test) / 2)
    seed = train.seed if split.seed is None else split.seed
    strata = "np.zeros_like(truth)"
    lines = []
    if split.stratify and task == "regression":
        lines = [
            "    edges = np.quantile(truth, np.linspace(0, 1, 11)[1:-1])",
            '    strata = np.searchsorted(edges, truth, side="right")',
        ]
        strata = "strata"
    elif split.stratify:
        strata = "truth"
    elif split == Split() and task != "regression":
        parts = 1 + (validation > 0) + (test > 0)
        lines = [
            "    counts = np.unique(truth, return_counts=True)[1]",
            f"    strata = truth if counts.min() >= {parts} else np.zeros_like(truth)",
        ]
        strata = "strata"
    numbers = [("validation", value_code(validation, {})), ("test", value_code(test, {})), ("seed", Atom(str(seed)))]
    dealt = Invoke(Atom("split_rows"), (Atom(strata),), tuple(numbers))
    return [*lines, assign("train, validation, test", dealt)]


def _features(data: DataConfig, target: Target | None, *, guessed: bool) -> list[str]:
    """`parts`: the prepared features of each column, in the order of the table."""
    lines: list[str] = []
    named: dict[str, list[tuple[Code, Code]]] = {"numbers": [], "categories": []}
    for group in data.features:
        for column in group.columns:
            args = {
                key: value
                for key, value in group.args.items()
                if key != "encode"
                if group.kind == "category" or value != _DEFAULTS.get(key)
            }
            named[_KINDS[group.kind]].append((string(column), Table(_entries(args))))
    if not guessed:
        numeric = "numeric(table[name], train)"
        return [f"    parts = {{name: {numeric} for name in table.columns}}"]
    lines += [assign(kind, Table(tuple(entries))) for kind, entries in named.items()]
    others = [*([Atom("target")] if target else []), *(string(name) for name in data.ignore)]
    lines.append(assign("ignored", Group("[", tuple(others))))
    return [*lines, _LOOP]


_LOOP = """\
    parts = {}
    for name in table.columns:
        kind = kind_of(table[name])
        if name in numbers:
            parts[name] = numeric(table[name], train, **numbers[name])
        elif name in categories:
            parts[name] = category(table[name], train, **categories[name])
        elif name not in ignored and kind == "numbers":
            parts[name] = numeric(table[name], train)
        elif name not in ignored and kind == "categories":
            parts[name] = category(table[name], train, max_categories=50)"""


def _entries(args: Mapping[str, Value]) -> tuple[tuple[Code, Code], ...]:
    return tuple((string(key), value_code(value, {})) for key, value in args.items())


def _inputs(model: ModelGraph) -> list[str]:
    """What each input takes of the parts, dealt out."""
    lines: list[str] = []
    variables: list[tuple[str, str]] = []
    for number, item in enumerate(model.inputs):
        variable = "x" if len(model.inputs) == 1 else f"x_{number + 1}"
        variables.append((item.name, variable))
        chosen = "parts.values()"
        if item.features:
            columns = tuple(string(name) for name in item.features)
            lines.append(assign("columns", Group("[", columns)))
            chosen = "part for name, part in parts.items() if name in columns"
            lines.append(f"    chosen = [{chosen}]")
            chosen = "chosen"
        else:
            chosen = f"list({chosen})"
        lines.append(f'    {variable} = np.concatenate({chosen}, axis=1).astype("float32")')
    if len(variables) == 1:
        return [*lines, "    return [(x[rows], y[rows]) for rows in (train, validation, test)]"]
    table = Table(tuple((string(name), Atom(variable)) for name, variable in variables))
    return [*lines, assign("x", table), _SEVERAL]


_SEVERAL = """\
    return [
        ({name: values[rows] for name, values in x.items()}, y[rows])
        for rows in (train, validation, test)
    ]"""


def main_source(widths: Sequence[str], model: ModelGraph, *, adapts: bool) -> str:
    """The main part of a module that has data: read, build, train, evaluate."""
    named = {item.name: item.features for item in model.inputs if item.features is not None}
    single = len(model.inputs) == 1
    given = ["x_train.shape[1]" if single else f"x_train[{string(name).text}].shape[1]" for name in named]
    lines = [
        'if __name__ == "__main__":',
        "    (x_train, y_train), validation, (x_test, y_test) = load_data()",
        f"    model = build_model({', '.join(given[: len(widths)])})",
        *(["    adapt(model, x_train)"] if adapts else []),
        "    compile_model(model)",
        "    train(model, x_train, y_train, validation_data=validation)",
        "    model.evaluate(x_test, y_test)",
    ]
    return "\n".join(lines)
