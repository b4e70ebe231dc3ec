"""`nnc new`: a spec to begin with, from a table's own columns where one is given."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from nnc import codes
from nnc.data.columns import Choice, choose, unknown
from nnc.data.table import RawColumn, Table
from nnc.diagnostics import DataPlace, Findings, UserFault
from nnc.graph import DataConfig

# A column of so few different values is a question of classes, also where they are numbers.
MOST_CLASSES = 20

# Words of the language that can't be names; a column of such a name is quoted.
RESERVED = frozenset(["and", "else", "false", "for", "if", "in", "none", "not", "or", "return", "then", "true"])

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

_HIDDEN = """\
  h1 = x -> Dense(32, relu) -> Dropout(0.2)
  h2 = h1 -> Dense(16, relu) -> Dropout(0.2)
"""


@dataclass(frozen=True)
class _Question:
    """What a target asks for: the words of the spec that hang on it. `{n}` is the number of classes."""

    says: str
    output: str
    loss: str
    metrics: str
    stratify: bool


_BINARY = _Question("yes or no", "Dense(1, sigmoid)", "binary_crossentropy", "[accuracy, AUC()]", True)
_CLASSES = _Question("which of {n}", "Dense({n}, softmax)", "sparse_categorical_crossentropy", "[accuracy]", True)
_NUMBER = _Question("how much", "Dense(1)", "mean_squared_error", "[mae, R2Score()]", False)


def starter(name: str) -> str:
    """A spec on a table that everybody has, to be changed into one's own. `name` becomes the model's name."""
    return _spec(
        name,
        _BINARY,
        2,
        'A starter: 569 biopsies, bundled with scikit-learn. Put your own table in its place: csv("table.csv").',
        '  source = sklearn("breast_cancer")\n',
    )


def starter_for(name: str, table: Table, path: str, target: str | None) -> str:
    """A spec for a table: every column named, with the way it will be prepared. `path` is as the spec must say it.

    The target is the last column if it is not named. Raises UserFault where it is no column, or no question can be
    made of it.
    """
    findings = Findings()
    column = target if target is not None else list(table.columns)[-1]
    if column not in table.columns:
        unknown(table, column, findings, "`--target` names")
        raise UserFault(findings)
    question, classes = _question(table, table.columns[column])
    chosen = choose(table, DataConfig("csv", {}, (), ()), [column], findings)
    if findings.has_errors:
        raise UserFault(findings)
    data = f"  source = csv({_text(path)})\n  target = {_name(column)}\n"
    if chosen.left_out:
        data += f"  ignore = [{', '.join(map(_name, chosen.left_out))}]\n"
    data += _features(chosen.columns)
    return _spec(name, question, classes, f"{_flat(column)}: {question.says.format(n=classes)}?", data)


def _question(table: Table, column: RawColumn) -> tuple[_Question, int]:
    there = ~column.missing
    distinct = len(set(column.texts[there]))
    is_number = not column.not_numbers.any()
    if distinct == 2:
        return _BINARY, 2
    whole = is_number and bool((column.numbers[there] % 1 == 0).all())
    if 2 < distinct <= MOST_CLASSES and (whole or not is_number):
        return _CLASSES, distinct
    if is_number and distinct > 2:
        return _NUMBER, 0
    findings = Findings()
    findings.add(
        codes.NO_QUESTION,
        f"column `{column.name}` can't be predicted: it has {distinct:,} different values",
        data_place=DataPlace(table.source, None, column.name),
        expected=f"numbers, or 2 to {MOST_CLASSES} classes",
        help="name another column: --target COLUMN",
    )
    raise UserFault(findings)


def _features(columns: Sequence[Choice]) -> str:
    kinds: dict[str, list[str]] = {}
    for choice in columns:
        kinds.setdefault(choice.kind, []).append(_name(choice.name))
    lines = [f"    {', '.join(names)} = {kind}()\n" for kind, names in kinds.items()]
    return "  features {\n" + "".join(lines) + "  }\n"


def _spec(name: str, question: _Question, classes: int, comment: str, data: str) -> str:
    stratify = ", stratify: true" if question.stratify else ""
    return (
        f"# {comment}\n"
        f"model {model_name(name)} {{\n  input x: [features]\n{_HIDDEN}"
        f"  output y = h2 -> {question.output.format(n=classes)}\n}}\n\n"
        f"data {{\n{data}  split = {{validation: 20%, test: 20%{stratify}, seed: 1}}\n}}\n\n"
        f"train {{\n  loss = {question.loss}\n  optimizer = Adam(learning_rate=0.003)\n  metrics = {question.metrics}\n"
        "  epochs = 100\n  batch_size = 32\n"
        "  callbacks = [EarlyStopping(patience=15, restore_best_weights=true)]\n  seed = 1\n}\n\n"
        f"report {{\n  title = {_text(name)}\n}}\n"
    )


def model_name(name: str) -> str:
    """A model's name from a file's: `house-prices` becomes HousePrices."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    joined = "".join(word[0].upper() + word[1:] for word in words)
    return joined if joined and not joined[0].isdigit() else f"Model{joined}"


def _name(column: str) -> str:
    return column if _PLAIN.match(column) and column not in RESERVED else _text(column)


def _text(text: str) -> str:
    """A string of the language: JSON's escapes are among its own."""
    return json.dumps(text, ensure_ascii=False)


def _flat(text: str) -> str:
    return " ".join(text.split())
