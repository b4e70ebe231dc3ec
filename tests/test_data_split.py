"""Rows dealt out by groups, time, a column or files; what the parts must never share, they never share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnc import codes
from nnc.data import Prepared, load, prepare
from nnc.diagnostics import Code, UserFault
from nnc.graph import FeatureGroup, Split
from tests.specs_by_hand import mlp, spec_of


def frame(rows: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    return pd.DataFrame(
        {
            "x": rng.normal(size=rows),
            "word": rng.choice(list("abc"), rows),
            "who": rng.choice([f"p{i}" for i in range(17)], rows),
            "day": (pd.Timestamp("2023-12-20") + pd.to_timedelta(rng.integers(0, 40, rows), "D")).strftime("%Y-%m-%d"),
            "fold": rng.choice(["Train", "val", "TEST"], rows, p=[0.6, 0.2, 0.2]),
            "alive": rng.choice(["yes", "no"], rows),
        }
    )


def prepared(path: Path, split: Split, table: pd.DataFrame | None = None, **data: Any) -> Prepared:
    if table is not None:
        table.to_csv(path / "t.csv", index=False)
    spec = spec_of(mlp(None, 1), "csv", "t.csv", "binary_crossentropy", target="alive", data={"split": split, **data})
    assert spec.data is not None
    return prepare(load(spec.data, path), spec, spec.model)


def rows_of(made: Prepared) -> dict[str, set[int]]:
    found = {name: set((part.positions).tolist()) for name, part in made.parts.items()}
    assert sum(map(len, found.values())) == len(made.table)  # every row in one part
    assert set().union(*found.values()) == set(range(len(made.table)))
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 99), groups=st.integers(3, 60), test=st.floats(0.1, 0.4))
def test_a_group_is_never_in_two_parts(tmp_path: Path, seed: int, groups: int, test: float) -> None:
    data = frame()
    data["who"] = np.random.default_rng(seed).integers(0, groups, len(data))
    made = prepared(tmp_path, Split(0.2, test, seed=seed, group="who"), data)
    parts = {name: set(data["who"].iloc[sorted(rows)]) for name, rows in rows_of(made).items()}
    assert not parts["train"] & parts["test"]
    assert not parts["train"] & parts["validation"]
    assert not parts["validation"] & parts["test"]
    largest = data["who"].value_counts().max()
    assert abs(len(made.test) - test * len(data)) <= largest
    assert "who" not in {fitted.name for fitted in made.preparation.columns}
    assert made.evidence.split_by == ("group", "who")


def test_folds_of_groups_hold_each_group_out_once(tmp_path: Path) -> None:
    data = frame()
    held: list[str] = []
    for i in range(4):
        made = prepared(tmp_path, Split(0.2, group="who", seed=3, fold=(i, 4)), data)
        parts = rows_of(made)
        assert not {data["who"][row] for row in parts["test"]} & {data["who"][row] for row in parts["train"]}
        held += sorted({data["who"][row] for row in parts["test"]})
    assert sorted(held) == sorted(set(data["who"]))


@pytest.mark.parametrize("as_number", [False, True])
def test_the_latest_rows_are_for_the_test(tmp_path: Path, as_number: bool) -> None:
    data = frame()
    when = pd.to_datetime(data["day"])
    if as_number:
        data["day"] = (when - when.min()).dt.days
    made = prepared(tmp_path, Split(0.2, 0.25, time="day"), data)
    parts = {name: when.iloc[sorted(rows)] for name, rows in rows_of(made).items()}
    assert parts["train"].max() < parts["validation"].min()
    assert parts["validation"].max() < parts["test"].min()
    assert len(made.test) == pytest.approx(0.25 * len(data), abs=8)


def test_a_time_may_be_a_feature_where_it_is_named(tmp_path: Path) -> None:
    data = frame()
    data["t"] = np.random.default_rng(1).permutation(len(data))
    group = (FeatureGroup(("t",), "numeric", {}),)
    named = prepared(tmp_path, Split(0.2, 0.2, time="t"), data, features=group)
    assert "t" in {fitted.name for fitted in named.preparation.columns}
    assert "t" not in {fitted.name for fitted in prepared(tmp_path, Split(0.2, 0.2, time="t")).preparation.columns}


def test_a_column_says_the_part(tmp_path: Path) -> None:
    data = frame()
    made = prepared(tmp_path, Split(column="fold"), data)
    for part, word in (("train", "Train"), ("validation", "val"), ("test", "TEST")):
        assert rows_of(made)[part] == set(np.flatnonzero(data["fold"] == word))


def test_files_say_the_part(tmp_path: Path) -> None:
    data = frame()
    data[:20].to_csv(tmp_path / "test.csv", index=False)
    data[20:35].to_csv(tmp_path / "val.csv", index=False)
    both = prepared(tmp_path, Split(validation_file="val.csv", test_file="test.csv"), data[35:])
    assert both.evidence.split_rows == {"train": 85, "validation": 15, "test": 20}
    np.testing.assert_array_equal(both.test.rows, np.arange(2, 22))  # rows of their own file
    assert both.table.place(int(both.test.positions[0])).file == "test.csv"
    one = prepared(tmp_path, Split(validation=0.2, test_file="test.csv", seed=1))
    assert one.evidence.split_rows == {"train": 68, "validation": 17, "test": 20}
    broken = data[:5].assign(x="oops")
    broken.to_csv(tmp_path / "test.csv", index=False)
    group = (FeatureGroup(("x",), "numeric", {}),)
    with pytest.raises(UserFault) as fault:
        prepared(tmp_path, Split(test_file="test.csv"), features=group)
    place = fault.value.findings[0].data_place
    assert place is not None
    assert (place.file, place.row, place.column) == ("test.csv", 2, "x")


@pytest.mark.parametrize(
    "split",
    [Split(0.2, 0.2, seed=1), Split(0.2, 0.2, group="who"), Split(0.2, 0.2, time="day"), Split(column="fold")],
)
def test_what_is_fitted_knows_nothing_of_other_rows(tmp_path: Path, split: Split) -> None:
    data = frame()
    first = prepared(tmp_path, split, data)
    others = np.setdiff1d(np.arange(len(data)), first.train.positions)
    data.loc[others, "x"] *= 1000
    data.loc[others, "word"] = "never seen"
    again = prepared(tmp_path, split, data)
    assert again.train.positions.tolist() == first.train.positions.tolist()
    assert again.preparation == first.preparation
    np.testing.assert_array_equal(again.train.matrix, first.train.matrix)


@pytest.mark.parametrize(
    ("change", "split", "code", "row"),
    [
        ({"fold": "holdout"}, Split(column="fold"), codes.SPLIT_VALUE, 7),
        ({"who": None}, Split(0.2, 0.2, group="who"), codes.SPLIT_VALUE, 7),
        ({"day": "28/02/2024"}, Split(0.2, 0.2, time="day"), codes.SPLIT_VALUE, 7),
        ({}, Split(0.2, 0.2, group="whom"), codes.NO_SUCH_COLUMN, None),
        ({}, Split(column="fold", fold=(0, 3)), codes.DATA_NOT_YET, None),
    ],
)
def test_what_the_split_cannot_go_by(
    tmp_path: Path, change: dict[str, Any], split: Split, code: Code, row: int | None
) -> None:
    data = frame()
    for name, value in change.items():
        data.loc[5, name] = value
    with pytest.raises(UserFault) as fault:
        prepared(tmp_path, split, data)
    found = fault.value.findings[0]
    assert found.code is code
    assert row is None or (found.data_place is not None and found.data_place.row == row)


def test_too_few_groups_or_moments(tmp_path: Path) -> None:
    for split in (Split(0.2, 0.2, group="who"), Split(0.2, 0.2, time="day"), Split(0.2, 0.2, column="fold")):
        same = frame().assign(who="one", day="2024-01-01", fold="test")
        with pytest.raises(UserFault) as fault:
            prepared(tmp_path, split, same)
        assert fault.value.findings[0].code is codes.TOO_FEW_ROWS


def test_python_that_is_written_never_deals_rows_out_otherwise() -> None:
    """Of other tables than a CSV it has no `load_data`, rather than a wrong one."""
    from dataclasses import replace

    from nnc.emit.python.data import data_source

    spec = spec_of(mlp(4, 1), "csv", "t.csv", "binary_crossentropy", target="alive")
    assert spec.data is not None
    assert data_source(spec, spec.model) is not None
    for split in (Split(), Split(group="who"), Split(test_file="a.parquet")):
        data = replace(spec.data, source="parquet", split=split)
        assert data_source(replace(spec, data=data), spec.model) is None
