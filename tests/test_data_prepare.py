"""Preparing tables, against pandas and scikit-learn; nothing fitted knows of test rows; bad data has its place told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler

from nnc import codes
from nnc.catalog import TensorType
from nnc.data import CsvFile, Preparation, Prepared, load, prepare, widths
from nnc.data.checks import data_warnings
from nnc.diagnostics import Code, UserFault
from nnc.graph import FeatureGroup, FnRef, ModelGraph, ModelInput, Object, Split, Tensor
from tests.conftest import shared_data
from tests.specs_by_hand import mlp, spec_of

ROWS = 200


def frame(rows: int = ROWS) -> pd.DataFrame:
    """A table with numbers, gaps, categories, and a target of two words."""
    rng = np.random.default_rng(3)
    data = pd.DataFrame(
        {
            "age": rng.integers(1, 90, rows).astype(float),
            "fare": np.round(rng.lognormal(3, 1, rows), 2),
            "sex": rng.choice(["male", "female"], rows),
            "port": rng.choice(["S", "C", "Q"], rows, p=[0.7, 0.2, 0.1]),
            "alive": rng.choice(["yes", "no"], rows),
        }
    )
    data.loc[rng.random(rows) < 0.2, "age"] = np.nan
    data.loc[rng.random(rows) < 0.05, "port"] = np.nan
    return data


def prepared(
    path: Path, table: pd.DataFrame, model: ModelGraph | None = None, loss: Any = "binary_crossentropy", **spec: Any
) -> Prepared:
    """A table written to CSV, read and prepared."""
    table.to_csv(path / "t.csv", index=False)
    made = spec_of(model or mlp(None, 1), "csv", "t.csv", loss, target=spec.pop("target", "alive"), **spec)
    assert made.data is not None
    return prepare(load(made.data, path), made, made.model)


def fault(path: Path, table: pd.DataFrame, **spec: Any) -> Any:
    with pytest.raises(UserFault) as raised:
        prepared(path, table, **spec)
    return raised.value.findings[0]


def features(**groups: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {"features": tuple(FeatureGroup((name,), kind, args) for name, (kind, args) in groups.items())}


# ---- against scikit-learn ------------------------------------------------------------------------

SCALERS = {"standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler, None: None}


@pytest.mark.parametrize("impute", ["median", "mean", "most_frequent", -1.0])
@pytest.mark.parametrize("scale", list(SCALERS))
def test_numeric_is_scikit_learns(tmp_path: Path, impute: Any, scale: str | None) -> None:
    data = frame()
    made = prepared(tmp_path, data, data=features(age=("numeric", {"impute": impute, "scale": scale})))
    strategy = {"strategy": impute} if isinstance(impute, str) else {"strategy": "constant", "fill_value": impute}
    train = data[["age"]].to_numpy()[made.train.positions]
    test = data[["age"]].to_numpy()[made.test.positions]
    imputer = SimpleImputer(**strategy).fit(train)
    expected = imputer.transform(test)
    if scale:
        expected = SCALERS[scale]().fit(imputer.transform(train)).transform(expected)
    column = made.preparation.features.index("age")
    np.testing.assert_allclose(made.test.matrix[:, column], expected[:, 0], rtol=1e-6, atol=1e-6)
    assert made.test.matrix.dtype == np.float32


def test_categories_are_scikit_learns(tmp_path: Path) -> None:
    data = frame()
    data.loc[data.index[-1], "sex"] = "unheard of"
    made = prepared(tmp_path, data, data=features(port=("category", {"impute": "most_frequent"})))
    columns = ["sex", "port"]
    train, test = (data[columns].iloc[part.positions] for part in (made.train, made.test))
    imputer = SimpleImputer(strategy="most_frequent").fit(train)
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(imputer.transform(train))
    names = [f"{name}={text}" for name, texts in zip(columns, encoder.categories_, strict=True) for text in texts]
    mine = [made.preparation.features.index(name) for name in names]
    np.testing.assert_array_equal(made.test.matrix[:, mine], encoder.transform(imputer.transform(test)))


def test_nothing_fitted_knows_of_test_or_validation_rows(tmp_path: Path) -> None:
    data = frame()
    first = prepared(tmp_path, data)
    changed = data.copy()
    unseen = np.concatenate([first.test.positions, first.validation.positions])
    changed.loc[unseen, ["age", "fare"]] = 1e6
    changed.loc[unseen, "sex"] = "other"
    second = prepared(tmp_path, changed)
    assert second.preparation == first.preparation
    np.testing.assert_array_equal(second.train.matrix, first.train.matrix)


# ---- splits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("split", "train", "sizes"),
    [
        (Split(), {}, (120, 40, 40)),
        (Split(validation=0.1, test=0.3), {}, (120, 20, 60)),
        (Split(validation=0.0, test=0.25), {}, (150, 0, 50)),
        (Split(test=0.5), {"validation_split": 0.2}, (80, 20, 100)),
        (Split(validation=0.25, test=0.25, stratify=True), {}, (100, 50, 50)),
    ],
)
def test_every_row_is_dealt_out_once(tmp_path: Path, split: Split, train: Any, sizes: tuple[int, ...]) -> None:
    made = prepared(tmp_path, frame(), data={"split": split}, **train)
    assert tuple(len(part) for part in made.parts.values()) == sizes
    together = np.concatenate([part.rows for part in made.parts.values()])
    assert sorted(together) == list(range(2, ROWS + 2))


def test_stratified_parts_have_each_class_in_its_share(tmp_path: Path) -> None:
    data = frame(500)
    data["alive"] = ["yes"] * 50 + ["no"] * 450
    made = prepared(tmp_path, data, data={"split": Split(0.2, 0.2, stratify=True, seed=9)})
    assert made.evidence.class_counts == {
        "train": (270, 30),
        "validation": (90, 10),
        "test": (90, 10),
    }


def test_the_seed_decides(tmp_path: Path) -> None:
    first, again, other = (
        prepared(tmp_path, frame(), data={"split": Split(0.2, 0.2, seed=seed)}).test.rows.tolist() for seed in (1, 1, 2)
    )
    assert first == again != other


# ---- targets, tasks, inputs ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "values", "units", "task", "classes", "first"),
    [
        ("binary_crossentropy", ["yes", "no"], 1, "binary", ("no", "yes"), [1.0]),
        (Object("losses", "BinaryCrossentropy", {"from_logits": True}), [1, 0], 1, "binary", ("0", "1"), [1.0]),
        ("sparse_categorical_crossentropy", ["10", "9", "b"], 3, "multiclass", ("9", "10", "b"), [1]),
        ("categorical_crossentropy", ["b", "a", "c"], 3, "multiclass", ("a", "b", "c"), [0.0, 1.0, 0.0]),
        ("mse", [2.5, 7], 1, "regression", (), [2.5]),
        (FnRef("my_loss"), [1, 0], 1, "binary", ("0", "1"), [1.0]),
    ],
)
def test_the_loss_says_the_task(
    tmp_path: Path, loss: Any, values: list[Any], units: int, task: str, classes: tuple[str, ...], first: list[float]
) -> None:
    data = frame(60)
    data["alive"] = (values * 60)[:60]
    made = prepared(tmp_path, data, mlp(None, units), loss)
    assert (made.task, made.evidence.classes) == (task, classes)
    row = made.train.positions.tolist().index(next(i for i in made.train.positions if i % len(values) == 0))
    assert made.train.y[row].tolist() == first


@pytest.mark.parametrize("transform", ["log", "log1p", "sqrt"])
def test_a_transform_and_its_way_back(tmp_path: Path, transform: str) -> None:
    data = frame()
    made = prepared(tmp_path, data, loss="mse", target="fare", transform=transform, data={"ignore": ("alive",)})
    expected = getattr(np, transform)(data["fare"].to_numpy()[made.train.positions])
    np.testing.assert_allclose(made.train.y[:, 0], expected, rtol=1e-6)
    back = made.preparation.target.own_unit(made.train.y[:, 0].astype(float))
    np.testing.assert_allclose(back, data["fare"].to_numpy()[made.train.positions], rtol=1e-5)
    np.testing.assert_array_equal(made.train.truth, data["fare"].to_numpy()[made.train.positions])


def two_inputs() -> ModelGraph:
    one, both = (("age",), ("sex", "fare"))
    model = mlp(None, 1)
    kind = model.inputs[0].tensor.type
    inputs = (ModelInput("a", Tensor(0, kind), one), ModelInput("b", Tensor(9, kind), both))
    return ModelGraph(model.name, inputs, model.outputs, model.layers, model.calls)


def test_inputs_take_the_columns_that_they_name(tmp_path: Path) -> None:
    model = two_inputs()
    made = prepared(tmp_path, frame(), model)
    assert widths(made, model.inputs) == {"features(age)": 1, "features(sex, fare)": 3}
    assert widths(made, mlp(None, 1).inputs) == {"features": made.train.matrix.shape[1]}
    names = made.preparation.features
    mine = [names.index(name) for name in ("fare", "sex=female", "sex=male")]
    np.testing.assert_array_equal(made.train.inputs["b"], made.train.matrix[:, sorted(mine)])


def test_an_input_of_a_fixed_shape_is_filled_in_order() -> None:
    spec = spec_of(mlp(None, 10), "sklearn", "digits", "sparse_categorical_crossentropy")
    model = mlp(None, 10)
    picture = ModelInput("x", Tensor(0, TensorType((8, 8, 1))), None)
    model = ModelGraph("M", (picture,), model.outputs, model.layers, model.calls)
    assert spec.data is not None
    made = prepare(load(spec.data, Path()), spec, model)
    assert made.train.inputs["x"].shape == (1079, 8, 8, 1)
    np.testing.assert_array_equal(made.train.inputs["x"].reshape(1079, 64), made.train.matrix)


# ---- predicting ----------------------------------------------------------------------------------


def test_saved_and_read_it_prepares_the_same(tmp_path: Path) -> None:
    made = prepared(tmp_path, frame())
    (tmp_path / "p.json").write_text(made.preparation.to_json(), encoding="utf-8")
    again = Preparation.read(tmp_path / "p.json")
    assert again == made.preparation
    rows = CsvFile(tmp_path / "t.csv", "t.csv").read()
    np.testing.assert_array_equal(again.matrix(rows)[made.test.positions], made.test.matrix)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"columns": 3}', '{"columns": [], "inputs": [], "target": 1, "source": ""}']
)
def test_a_foreign_preparation_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r".+"):
        Preparation.read(tmp_path / "p.json")


def test_raw_rows_of_another_file(tmp_path: Path) -> None:
    made = prepared(tmp_path, frame()).preparation

    def matrix(text: str) -> Any:
        (tmp_path / "new.csv").write_text(text, encoding="utf-8")
        return made.matrix(CsvFile(tmp_path / "new.csv", "new.csv").read())

    def found(text: str) -> Any:
        with pytest.raises(UserFault) as raised:
            matrix(text)
        return raised.value.findings[0]

    known = dict(zip(made.features, matrix("port,extra,sex,fare,age\nMars,x,male,7.25,\n")[0], strict=True))
    assert known["sex=male"] == 1
    assert [known[name] for name in made.features if name.startswith("port=")] == [0, 0, 0, 0]
    missing = found("age,fare,Sex,port\n1,2,male,S\n")
    assert (missing.code, missing.data_place.column) == (codes.NO_SUCH_COLUMN, "sex")
    assert "`Sex`" in missing.help
    wrong = found("age,fare,sex,port\n1,2,male,S\nold,2,male,S\n")
    assert (wrong.code, wrong.data_place.row, wrong.data_place.column) == (codes.NOT_A_NUMBER, 3, "age")


def test_a_category_is_a_number_where_it_looks_like_one(tmp_path: Path) -> None:
    data = frame().assign(room=["1", "2", "010"] * 66 + ["1", "2"])
    made = prepared(tmp_path, data, data=features(room=("category", {})))
    assert [name for name in made.preparation.features if name.startswith("room")] == ["room=1", "room=2", "room=010"]
    (tmp_path / "new.csv").write_text("age,fare,sex,port,room\n1,1,male,S,1.0\n1,1,male,S,10\n", encoding="utf-8")
    matrix = made.preparation.matrix(CsvFile(tmp_path / "new.csv", "new.csv").read())
    assert matrix[:, made.preparation.features.index("room=1")].tolist() == [1, 0]
    assert matrix[1, made.preparation.features.index("room=010")] == 0


# ---- guesses -------------------------------------------------------------------------------------


def test_columns_that_nobody_names_are_typed() -> None:
    spec = spec_of(mlp(None, 1), "csv", str(shared_data("titanic.csv")), "binary_crossentropy", target="Survived")
    assert spec.data is not None
    made = prepare(load(spec.data, Path()), spec, spec.model)
    kinds = {column.name: column.kind for column in made.evidence.columns}
    assert kinds == dict.fromkeys(["Pclass", "Age", "SibSp", "Parch", "Fare"], "numeric") | dict.fromkeys(
        ["Sex", "Embarked"], "category"
    )
    assert all(column.guessed for column in made.evidence.columns)
    assert made.left_out == dict.fromkeys(["PassengerId", "Name", "Ticket", "Cabin"], "identifier")
    assert made.evidence.ignored == ("PassengerId", "Name", "Ticket", "Cabin")


def test_what_the_evidence_says_is_pandas(tmp_path: Path) -> None:
    data = frame()
    made = prepared(tmp_path, data)
    training = data.iloc[made.train.positions]
    (age,) = (column for column in made.evidence.columns if column.name == "age")
    assert (age.missing, age.unique) == (training["age"].isna().sum(), training["age"].nunique())
    assert age.mean == pytest.approx(training["age"].mean())
    assert age.std == pytest.approx(training["age"].std(ddof=0))
    assert age.median == training["age"].median()
    assert age.correlation == pytest.approx(training["age"].corr((training["alive"] == "yes").astype(float)))
    assert age.histogram is not None
    assert sum(age.histogram.counts) == training["age"].notna().sum()
    (port,) = (column for column in made.evidence.columns if column.name == "port")
    assert dict(port.top) == training["port"].value_counts().to_dict()


# ---- bad data ------------------------------------------------------------------------------------


def with_value(row: int, column: str, value: Any) -> pd.DataFrame:
    """The table with one value changed; `row` as an editor counts lines."""
    data = frame().astype(object)
    data.loc[row - 2, column] = value
    return data


@pytest.mark.parametrize(
    ("value", "code"), [("old", codes.NOT_A_NUMBER), ("inf", codes.NOT_FINITE), ("1e39", codes.NOT_FINITE)]
)
@pytest.mark.parametrize("group", [{}, features(fare=("numeric", {}))])
def test_a_bad_number_is_found(tmp_path: Path, value: str, code: Code, group: Any) -> None:
    found = fault(tmp_path, with_value(17, "fare", value), data=group)
    assert (found.code, found.data_place.row, found.data_place.column) == (code, 17, "fare")


def test_a_missing_number_that_may_not_be(tmp_path: Path) -> None:
    data = frame()
    found = fault(tmp_path, data, data=features(age=("numeric", {"impute": None})))
    first = int(np.flatnonzero(data["age"].isna())[0]) + 2
    assert (found.code, found.data_place.row, found.data_place.column) == (codes.MISSING_VALUE, first, "age")


def test_rows_without_a_target_are_dropped_and_counted(tmp_path: Path) -> None:
    data = frame()
    data.loc[[3, 5], "alive"] = np.nan
    made = prepared(tmp_path, data)
    assert made.evidence.dropped == (("missing_target", 2),)
    assert made.evidence.rows == ROWS
    together = np.concatenate([part.rows for part in made.parts.values()])
    assert sorted(together) == [row for row in range(2, ROWS + 2) if row not in (5, 7)]
    assert "dropped_rows" in {warn.key for warn in data_warnings(made)}


@pytest.mark.parametrize(
    ("changes", "spec", "code", "column"),
    [
        ({}, {"target": "alife"}, codes.NO_SUCH_COLUMN, "alife"),
        ({}, {"data": {"ignore": ("agge",)}}, codes.NO_SUCH_COLUMN, "agge"),
        ({}, {"data": features(agee=("numeric", {}))}, codes.NO_SUCH_COLUMN, "agee"),
        ({"alive": "yes"}, {}, codes.TARGET_CLASSES, "alive"),
        ({"alive": np.nan}, {}, codes.DATA_EMPTY, "alive"),
        ({}, {"target": "port"}, codes.TARGET_CLASSES, "port"),
        ({}, {"loss": "mse"}, codes.TARGET_CLASSES, "alive"),
        ({"fare": 0}, {"loss": "mse", "target": "age", "transform": "log"}, None, None),
        ({"age": np.nan}, {"data": features(age=("numeric", {}))}, codes.EMPTY_COLUMN, "age"),
        ({}, {"data": features(age=("numeric", {"impute": "modus"}))}, codes.PREPARATION_ARGUMENT, None),
        ({}, {"data": features(age=("numeric", {"scaling": None}))}, codes.PREPARATION_ARGUMENT, None),
        ({}, {"data": features(alive=("category", {}))}, codes.COLUMN_IN_TWO_ROLES, None),
        ({}, {"data": {"ignore": ("age", "fare", "sex", "port")}}, codes.NO_FEATURES, None),
        ({}, {"sample_weight": "weight"}, codes.NO_SUCH_COLUMN, "weight"),
        ({"fare": -1}, {"sample_weight": "fare"}, codes.TARGET_DOMAIN, "fare"),
        ({}, {"model": mlp(3, 1)}, codes.INPUT_WIDTH, None),
        ({}, {"model": mlp(None, 2)}, codes.OUTPUT_WIDTH, None),
        ({}, {"loss": "hinge"}, codes.DATA_NOT_YET, None),
    ],
)
def test_what_can_be_wrong(
    tmp_path: Path, changes: dict[str, Any], spec: dict[str, Any], code: Code | None, column: str | None
) -> None:
    data = frame().assign(**changes)
    if code is None:
        prepared(tmp_path, data, **spec)
        return
    found = fault(tmp_path, data, **spec)
    assert found.code is code
    assert column is None or found.data_place.column == column


def test_a_log_of_zero_is_found(tmp_path: Path) -> None:
    found = fault(tmp_path, with_value(9, "fare", 0), loss="mse", target="fare", transform="log")
    assert (found.code, found.data_place.row) == (codes.TARGET_DOMAIN, 9)


def test_too_few_rows(tmp_path: Path) -> None:
    assert fault(tmp_path, frame(2).assign(alive=["yes", "no"])).code is codes.TOO_FEW_ROWS
    rare = frame().assign(alive=["rare"] * 2 + ["usual"] * (ROWS - 2))
    found = fault(tmp_path, rare, data={"split": Split(0.2, 0.2, stratify=True)})
    assert (found.code, found.data_place.row) == (codes.CLASS_TOO_RARE, 2)
    assert not prepared(tmp_path, rare).evidence.stratified  # nobody asked for it


# ---- warnings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "units", "loss"),
    [
        ("breast_cancer", 1, "binary_crossentropy"),
        ("digits", 10, "sparse_categorical_crossentropy"),
        ("diabetes", 1, "mse"),
    ],
)
def test_clean_data_gives_no_warning(name: str, units: int, loss: str) -> None:
    spec = spec_of(mlp(None, units), "sklearn", name, loss)
    assert spec.data is not None
    found = data_warnings(prepare(load(spec.data, Path()), spec, spec.model))
    # Four pixels of the digits are always white, which is true and told.
    assert {warn.key for warn in found} == ({"constant_columns"} if name == "digits" else set())


def test_planted_faults_are_told(tmp_path: Path) -> None:
    data = frame(300)
    data["number"] = np.arange(300) + 1000
    data["spy"] = (data["alive"] == "yes") * 2.0 + np.random.default_rng(0).random(300)
    data["always"] = "same"
    data["gaps"] = np.where(np.arange(300) % 2 == 0, np.nan, data["fare"])
    first = prepared(tmp_path, data)
    double = int(first.test.positions[0])
    # The copy changes nothing in how rows are dealt out as long as the target stays.
    same = int(next(i for i in first.train.positions if data["alive"][i] == data["alive"][double]))
    data.loc[double] = data.loc[same]
    data.loc[double, "number"] = 1000 + double
    found = {warn.key: warn.values for warn in data_warnings(prepared(tmp_path, data))}
    assert set(found) == {
        "duplicates_across_split",
        "answer_column",
        "identifier_columns",
        "constant_columns",
        "missing_values",
    }
    assert found["duplicates_across_split"]["examples"] == [[double + 2, same + 2]]
    assert [name for name, _ in found["answer_column"]["columns"]] == ["spy"]
    assert found["identifier_columns"]["ignored"] == ["number"]
    assert found["constant_columns"]["columns"] == [["always", "same"]]
    assert [name for name, *_ in found["missing_values"]["columns"]] == ["gaps"]


def test_every_source_and_preparation_of_the_table_is_there() -> None:
    """The checker reads the table alone, and may not load pandas."""
    from nnc.catalog.tables import PREPARATIONS, SOURCES
    from nnc.data.preparations import METHODS
    from nnc.data.sources import READERS

    assert set(SOURCES) == set(READERS)
    assert set(PREPARATIONS) == set(METHODS)
