"""Warnings that hang on the data alone. Their keys and values: `nnc.evidence.Warn`.

Each is silent on clean data: what a check counts as suspicious stands beside it as a constant.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nnc.data.columns import counts_rows
from nnc.data.kinds.category import category_codes
from nnc.data.preparations import METHODS
from nnc.data.prepared import Prepared
from nnc.data.table import Bools, RawColumn
from nnc.evidence import Warn

SAME_BY_NATURE = 0.5  # of the training rows: a table of few possible rows has duplicates everywhere
EXAMPLES = 5
MISSING_SHARE = 0.3
FEW_TEST_ROWS = 50
RARE_TRAINING = 10
RARE_TEST = 3
IMBALANCED = 3.0
ANSWER = 0.995
ANSWER_SAMPLE = 5_000
ANSWER_LEAST = 20


def data_warnings(prepared: Prepared) -> tuple[Warn, ...]:
    """All that the data gives reason for, in the order of CHECKS."""
    found = (check(prepared) for check in CHECKS)
    return tuple(warn for warn in found if warn is not None)


def _row_keys(prepared: Prepared) -> npt.NDArray[Any]:
    """A number for each row of the table, the same for rows that are equal in every column."""
    columns = [column for column in prepared.table.columns.values() if not counts_rows(column)]
    frame = pd.DataFrame({i: pd.Series(column.texts, dtype=object) for i, column in enumerate(columns)})
    return np.asarray(pd.util.hash_pandas_object(frame, index=False))


def _pixel_keys(prepared: Prepared) -> npt.NDArray[Any]:
    """A number for each row of the table, the same for pictures that the model sees as one, whatever their files."""
    keys = np.zeros(len(prepared.table), dtype=np.uint64)
    for part in prepared.parts.values():
        digests = [hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in part.matrix]
        keys[part.positions] = np.frombuffer(b"".join(digests), dtype=np.uint64)
    return keys


def _pictures(prepared: Prepared) -> bool:
    return any(METHODS[fitted.kind].pictures for fitted in prepared.preparation.columns)


def _duplicates(prepared: Prepared) -> Warn | None:
    """Rows of test or validation that stand among the training rows too, in every column but those that count rows."""
    keys = _pixel_keys(prepared) if _pictures(prepared) else _row_keys(prepared)
    training = keys[prepared.train.positions]
    if len(np.unique(training)) < (1 - SAME_BY_NATURE) * len(training):
        return None
    first: dict[int, int] = {}
    for key, row in zip(training, prepared.train.rows, strict=True):
        first.setdefault(int(key), int(row))
    doubles = {
        name: [
            (int(row), first[int(key)])
            for key, row in zip(keys[part.positions], part.rows, strict=True)
            if int(key) in first
        ]
        for name, part in (("test", prepared.test), ("validation", prepared.validation))
    }
    total = sum(len(pairs) for pairs in doubles.values())
    if not total:
        return None
    examples = [list(pair) for pair in (doubles["test"] + doubles["validation"])[:EXAMPLES]]
    test = len(doubles["test"])
    return Warn(
        "duplicates_across_split",
        {
            "rows": total,
            "test": test,
            "validation": len(doubles["validation"]),
            "share": test / max(len(prepared.test), 1),
            "examples": examples,
        },
    )


def _answer(prepared: Prepared) -> Warn | None:
    """Columns that give the answer away each alone, on the training rows."""
    if len(prepared.train) < ANSWER_LEAST or _pictures(prepared):
        return None
    rows = np.random.default_rng(0).permutation(len(prepared.train))[:ANSWER_SAMPLE]
    truth = prepared.train.truth[rows]
    names = np.array(prepared.preparation.feature_columns, dtype=object)
    found = []
    for fitted in prepared.preparation.columns:
        features = prepared.train.matrix[np.ix_(rows, np.flatnonzero(names == fitted.name))].astype(np.float64)
        if features.shape[1] > len(truth) / 10:
            continue  # so many categories fit anything
        value = _alone(features, truth, len(prepared.preparation.target.classes))
        if value >= ANSWER:
            found.append([fitted.name, value])
    metric = "balanced_accuracy" if prepared.preparation.target.classes else "r2"
    return Warn("answer_column", {"columns": found, "metric": metric}) if found else None


def _alone(
    features: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    truth: np.ndarray[tuple[int], np.dtype[np.float64]],
    classes: int,
) -> float:
    """How well one column alone tells the target: a tree with a leaf a class, or a straight line."""
    if classes:
        from sklearn.metrics import balanced_accuracy_score
        from sklearn.tree import DecisionTreeClassifier

        leaves = max(classes, features.shape[1] + 1 if features.shape[1] > 1 else classes)
        tree = DecisionTreeClassifier(max_leaf_nodes=max(2, leaves), class_weight="balanced", random_state=0)
        return float(balanced_accuracy_score(truth, tree.fit(features, truth).predict(features)))
    design = np.column_stack([np.ones(len(truth)), features])
    residual = truth - design @ np.linalg.lstsq(design, truth, rcond=None)[0]
    total = float(np.sum((truth - truth.mean()) ** 2))
    return 1 - float(residual @ residual) / total if total > 0 else 0.0


def _identifiers(prepared: Prepared) -> Warn | None:
    """Columns that number or name the rows: left out, or used because the spec says so."""
    ignored = [name for name, why in prepared.left_out.items() if why == "identifier"]
    used = [
        fitted.name
        for fitted in prepared.preparation.columns
        if counts_rows(prepared.table.columns[fitted.name]) or _names_rows(prepared, fitted.name)
    ]
    if not ignored and not used:
        return None
    columns = [[name, _distinct(prepared.table.columns[name]), len(prepared.table)] for name in [*used, *ignored]]
    return Warn("identifier_columns", {"columns": columns, "used": used, "ignored": ignored})


def _names_rows(prepared: Prepared, name: str) -> bool:
    """A column of text with another value in (nearly) every row, taken as a category."""
    column = prepared.table.columns[name]
    kind = next(fitted.kind for fitted in prepared.preparation.columns if fitted.name == name)
    there = int((~column.missing).sum())
    return kind == "category" and there > ANSWER_LEAST and _distinct(column) > 0.95 * there


def _distinct(column: RawColumn) -> int:
    return len(set(column.texts[~column.missing]))


def _constant(prepared: Prepared) -> Warn | None:
    found = []
    for fitted in prepared.preparation.columns:
        column = prepared.table.columns[fitted.name].take(prepared.train.positions)
        values = set(column.texts[~column.missing])
        if len(values) == 1 and not column.missing.any():
            found.append([fitted.name, str(next(iter(values)))])
    found += [[name, ""] for name, why in prepared.left_out.items() if why == "empty"]
    return Warn("constant_columns", {"columns": found}) if found else None


def _missing(prepared: Prepared) -> Warn | None:
    rows = len(prepared.table)
    found = []
    for fitted in prepared.preparation.columns:
        missing = int(prepared.table.columns[fitted.name].missing.sum())
        if missing > MISSING_SHARE * rows:
            found.append([fitted.name, missing, missing / rows])
    return Warn("missing_values", {"columns": found}) if found else None


def _dropped(prepared: Prepared) -> Warn | None:
    reasons = [list(reason) for reason in prepared.evidence.dropped]
    rows = sum(count for _, count in prepared.evidence.dropped)
    return Warn("dropped_rows", {"rows": rows, "reasons": reasons}) if rows else None


def _wide(prepared: Prepared) -> Warn | None:
    found = [
        [fitted.name, len(fitted.categories) + fitted.cut, len(fitted.categories)]
        for fitted in prepared.preparation.columns
        if fitted.cut
    ]
    return Warn("wide_categories", {"columns": found}) if found else None


def _unseen(prepared: Prepared) -> Warn | None:
    found = []
    for fitted in prepared.preparation.columns:
        if fitted.categories and not fitted.cut and len(prepared.test):
            column = prepared.table.columns[fitted.name].take(prepared.test.positions)
            index, missing = category_codes(column, fitted)
            new: Bools = (index < 0) & ~missing
            if new.any():
                found.append([fitted.name, int(new.sum())])
    return Warn("unseen_categories", {"columns": found}) if found else None


def _rare(prepared: Prepared) -> Warn | None:
    counts = prepared.evidence.class_counts
    classes = prepared.evidence.classes
    tested = len(prepared.test) > 0
    found = [
        [name, counts["train"][i], counts["test"][i]]
        for i, name in enumerate(classes)
        if counts["train"][i] < RARE_TRAINING or (tested and counts["test"][i] < RARE_TEST)
    ]
    return Warn("rare_classes", {"classes": found, "least": RARE_TRAINING}) if found else None


def _imbalance(prepared: Prepared) -> Warn | None:
    if not prepared.evidence.classes:
        return None
    counts = prepared.evidence.class_counts["train"]
    ranked = sorted(zip(counts, prepared.evidence.classes, strict=True), key=lambda item: (-item[0], item[1]))
    if ranked[0][0] < IMBALANCED * ranked[-1][0]:
        return None
    classes = [[name, count / sum(counts)] for count, name in (ranked[0], ranked[-1])]
    return Warn("imbalance", {"classes": classes})


def _few_rows(prepared: Prepared) -> Warn | None:
    rows = len(prepared.parts[prepared.evaluated])
    if rows >= FEW_TEST_ROWS:
        return None
    return Warn("few_test_rows", {"rows": rows, "step": None if prepared.task == "regression" else 1 / rows})


def _no_test_rows(prepared: Prepared) -> Warn | None:
    if prepared.evaluated == "test":
        return None
    return Warn("no_test_rows", {"part": prepared.evaluated, "rows": len(prepared.parts[prepared.evaluated])})


CHECKS: tuple[Callable[[Prepared], Warn | None], ...] = (
    _no_test_rows,
    _duplicates,
    _answer,
    _identifiers,
    _constant,
    _missing,
    _dropped,
    _wide,
    _unseen,
    _rare,
    _imbalance,
    _few_rows,
)
