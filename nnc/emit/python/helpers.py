"""The functions that an emitted `load_data()` calls, with pandas, NumPy, scikit-learn, Pillow and Keras."""

from __future__ import annotations

import symtable
from collections.abc import Mapping

_READ_TABLE = '''\
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
_READ_TABLES = '''\
def read_tables(pattern, delimiter=",", encoding="utf-8"):
    """Read the CSVs of these names, one below the other in the order of their names."""
    path = Path(pattern)
    paths = [path] if path.is_file() else sorted(path.parent.glob(path.name))
    tables = [read_table(path, delimiter, encoding) for path in paths]
    return pd.concat(tables, ignore_index=True)'''
_CANONICAL = '''\
def canonical(text):
    """`1.0` and `1` are one category; `007` is a text."""
    text = repr(float(text)) if not isinstance(text, str) else text
    if not re.fullmatch(r"[+-]?(0|[1-9]\\d{0,14})(\\.\\d{1,15})?", text):
        return text
    value = float(text)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)'''
_IN_ORDER = '''\
def in_order(text):
    """Numbers come first, by size, then words."""
    number = re.fullmatch(r"[+-]?(0|[1-9]\\d{0,14})(\\.\\d{1,15})?", text)
    return (0, float(text), text) if number else (1, 0.0, text)'''
_READ_PICTURE = '''\
def read_picture(path, height, width, mode):
    """Read a picture: upright, laid on white where it is see-through, resized."""
    with Image.open(path) as image:
        image = ImageOps.exif_transpose(image)
        if image.mode.startswith("I"):
            values = (np.asarray(image, dtype=int) // 256).clip(0, 255)
            image = Image.fromarray(values.astype("uint8"))
        if image.has_transparency_data:
            image = image.convert("RGBA")
            if mode != "RGBA":
                white = Image.new("RGBA", image.size, "white")
                image = Image.alpha_composite(white, image)
        image = image.convert(mode)
        image = image.resize((width, height), Image.Resampling.BILINEAR)
        return np.asarray(image).reshape(height, width, -1)'''
_NUMBERS_OF = '''\
def numbers_of(column):
    """A column of numbers as an array."""
    return pd.to_numeric(column).to_numpy(dtype=float)'''
_CLASS_NUMBERS = '''\
def class_numbers(column):
    """The number of each row's class, classes in order."""
    labels = column.map(canonical)
    classes = sorted(labels.unique(), key=in_order)
    return labels.map(classes.index).to_numpy()'''
_AS_COLUMN = '''\
def as_column(values, dtype):
    """The values as what a model with one unit is to give."""
    return values.astype(dtype)[:, None]'''
_ONE_HOT = '''\
def one_hot(numbers):
    """A column for each class, 1 where it is the row's."""
    return np.eye(numbers.max() + 1, dtype="float32")[numbers]'''
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
_SPLIT_BY_COLUMN = '''\
def split_by_column(column):
    """The rows of training, validation and test, as the column says it."""
    words = {"training": "train", "testing": "test"}
    words |= dict.fromkeys(("val", "valid", "dev"), "validation")
    names = ("train", "validation", "test")
    said = [words.get(text.casefold(), text.casefold()) for text in column]
    wrong = sorted(set(said).difference(names))
    if wrong:
        raise ValueError(f"no part of the split: {wrong}")
    return [np.flatnonzero(np.array(said) == name) for name in names]'''
_SPLIT_BY_GROUP = '''\
def split_by_group(column, validation, test, seed):
    """Groups in random order fill the test, then validation; the rest is training."""
    texts = column.map(canonical).to_numpy(dtype=str)
    names, which, sizes = np.unique(texts, return_inverse=True, return_counts=True)
    left = list(np.random.default_rng(seed).permutation(len(names)))
    parts = []
    for share in (test, validation):
        total, groups, taken = share * len(texts), [], 0
        while len(left) > 1 and total > 0:
            if groups and taken + sizes[left[0]] / 2 > total:
                break
            groups.append(left.pop(0))
            taken += sizes[groups[-1]]
        parts.append(np.flatnonzero(np.isin(which, groups)))
    return np.flatnonzero(np.isin(which, left)), parts[1], parts[0]'''
_SPLIT_BY_TIME = '''\
def split_by_time(column, validation, test):
    """The latest rows are the test, those before validation; a moment is not cut."""
    moments = pd.to_numeric(column, errors="coerce")
    if moments.isna().any():
        moments = pd.to_datetime(column, format="ISO8601", utc=True)
        moments = (moments - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
    moments = moments.to_numpy(dtype=float)
    order = np.argsort(moments, kind="stable")
    stop, parts = len(order), []
    for share in (test, validation):
        start = max(stop - round(share * len(order)), 0)
        if 0 < start < stop:
            start = int(np.searchsorted(moments[order], moments[order[start]]))
        parts.append(np.sort(order[start:stop]))
        stop = start
    return np.sort(order[:stop]), parts[1], parts[0]'''
_SPLIT_BY_FILE = '''\
def split_by_file(part, validation, test, seed):
    """The rows of each file; a part without a file is dealt out of the training rows."""
    names = ("train", "validation", "test")
    rows = {name: np.flatnonzero(part == name) for name in names}
    for name, share in (("validation", validation), ("test", test)):
        own = rows["train"]
        if share > 0:
            left, dealt, _ = split_rows(np.zeros(len(own)), share, 0, seed)
            rows |= {"train": own[left], name: own[dealt]}
    return rows.values()'''
_KIND_OF = '''\
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
_CATEGORY_IDS = '''\
def category_ids(column, train, impute=None, max_categories=None):
    """The number of each value that the training rows have, from 1; 0 is any other."""
    ones = category(column, train, impute, max_categories)
    return np.where(ones.any(axis=1), ones.argmax(axis=1) + 1, 0)[:, None]'''
_ORDINAL = '''\
def ordinal(column, train, order, impute="median", scale="standard"):
    """The rank of each value in the order, from 0, prepared as a number."""
    ranks = {canonical(value): rank for rank, value in enumerate(order)}
    values = column.map(canonical, na_action="ignore").map(ranks)
    return numeric(values, train, impute, scale)'''
_DATE = '''\
def date(column, train, parts, impute="median", scale="standard"):
    """What a date says; a part that comes round again is a point on a circle."""
    moments = pd.to_datetime(column, format="ISO8601", utc=True)
    days = (moments - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
    seconds = numeric(days, train, impute, scale=None)[:, 0] * 86_400
    at = pd.Series(pd.to_datetime(np.round(seconds), unit="s"))
    straight = {"days": (at - pd.Timestamp(0)) / pd.Timedelta(days=1)}
    straight["year"] = at.dt.year
    round_again = {
        "month": (at.dt.month - 1, 12),
        "yearday": (at.dt.day_of_year - 1, 365.25),
        "day": (at.dt.day - 1, 31),
        "weekday": (at.dt.day_of_week, 7),
        "hour": (at.dt.hour + at.dt.minute / 60, 24),
    }
    found = []
    for part in parts:
        if part in straight:
            found.append(numeric(straight[part], train, None, scale))
        else:
            values, length = round_again[part]
            angle = 2 * np.pi * values.to_numpy(dtype=float)[:, None] / length
            found += [np.sin(angle), np.cos(angle)]
    return np.concatenate(found, axis=1)'''
_PADDED = '''\
def padded(rows, train, length=None):
    """Lists of numbers in rows of one length: that of the longest training row."""
    length = length or min(max(1, *(len(rows[row]) for row in train)), 1_000)
    values = np.zeros((len(rows), length))
    for row, numbers in enumerate(rows):
        values[row, : len(numbers)] = numbers[:length]
    return values'''
_TEXT = '''\
def text(column, train, max_tokens, length=None):
    """The number of each word, the most frequent first; 0 is padding, 1 is unknown."""
    texts = column.fillna("").to_numpy(dtype=str)
    vectorize = keras.layers.TextVectorization(max_tokens)
    vectorize.adapt(texts[train])
    rows = [row[row > 0] for row in np.asarray(vectorize(texts))]
    return padded(rows, train, length)'''
_TOKENS = '''\
def tokens(column, train, length=None):
    """Numbers of words, as they stand in the file."""
    texts = (re.split(r"[\\s,;]+", text.strip("[]() ")) for text in column.fillna(""))
    rows = [[int(piece) for piece in pieces if piece] for pieces in texts]
    return padded(rows, train, length)'''
_FEATURES_OF = '''\
def features_of(parts, names, dtype):
    """The features of these columns side by side."""
    chosen = [part for name, part in parts.items() if name in names]
    return np.concatenate(chosen, axis=1).astype(dtype)'''

# By name, in the order in which they stand in a module.
HELPERS: Mapping[str, str] = {
    "read_table": _READ_TABLE,
    "read_tables": _READ_TABLES,
    "canonical": _CANONICAL,
    "in_order": _IN_ORDER,
    "read_picture": _READ_PICTURE,
    "numbers_of": _NUMBERS_OF,
    "class_numbers": _CLASS_NUMBERS,
    "as_column": _AS_COLUMN,
    "one_hot": _ONE_HOT,
    "split_rows": _SPLIT_ROWS,
    "split_by_column": _SPLIT_BY_COLUMN,
    "split_by_group": _SPLIT_BY_GROUP,
    "split_by_time": _SPLIT_BY_TIME,
    "split_by_file": _SPLIT_BY_FILE,
    "kind_of": _KIND_OF,
    "numeric": _NUMERIC,
    "category": _CATEGORY,
    "category_ids": _CATEGORY_IDS,
    "ordinal": _ORDINAL,
    "date": _DATE,
    "padded": _PADDED,
    "text": _TEXT,
    "tokens": _TOKENS,
    "features_of": _FEATURES_OF,
}


def helpers_of(source: str) -> list[str]:
    """The functions that the source calls, with those that they call."""
    wanted, before = _named(source), set[str]()
    while wanted != before:
        before = wanted
        wanted = wanted.union(*(_named(HELPERS[name]) for name in wanted & HELPERS.keys()))
    return [text for name, text in HELPERS.items() if name in wanted]


def _named(source: str) -> set[str]:
    """The global names that the functions of the source use; a local variable may have the name of a helper."""
    tables, found = [symtable.symtable(source, "helpers", "exec")], set[str]()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        found.update(symbol.get_name() for symbol in table.get_symbols() if symbol.is_global())
    return found
