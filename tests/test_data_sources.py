"""Where rows come from: each kind of file against what pandas wrote, and a finding for each that is broken."""

from __future__ import annotations

import bz2
import gzip
import lzma
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nnc import codes
from nnc.data import file_like, load
from nnc.data.table import Table
from nnc.diagnostics import Code, Diagnostic, UserFault
from nnc.graph import DataConfig


def read(source: str, base: Path, path: str, **args: str) -> Table:
    return load(DataConfig(source, {"path": path, **args}, ()), base)


def findings(source: str, base: Path, path: str, **args: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(UserFault) as fault:
        read(source, base, path, **args)
    return fault.value.findings


def frame(rows: int = 50) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    data = pd.DataFrame(
        {
            "n": rng.normal(size=rows),
            "i": rng.integers(-5, 5, rows),
            "word": rng.choice(["a", "b c", "é"], rows),
            "flag": rng.random(rows) < 0.5,
            "day": pd.Timestamp("2024-02-28") + pd.to_timedelta(rng.integers(0, 5, rows), "D"),
        }
    )
    data.loc[3, "n"] = np.nan
    data.loc[4, "word"] = None
    data["kind"] = data["word"].astype("category")
    return data


WRITERS: dict[str, tuple[str, Any]] = {
    "parquet": ("t.parquet", lambda data, path: data.to_parquet(path, row_group_size=7)),
    "arrow": ("t.feather", lambda data, path: data.to_feather(path)),
    "csv": ("t.csv", lambda data, path: data.to_csv(path, index=False)),
}


@pytest.mark.parametrize("source", WRITERS)
def test_a_table_is_the_same_in_every_kind_of_file(tmp_path: Path, source: str) -> None:
    data = frame()
    name, write = WRITERS[source]
    write(data, tmp_path / name)
    table = read(source, tmp_path, name)
    assert list(table.columns) == list(data)
    np.testing.assert_array_equal(table.columns["n"].numbers, data["n"])
    np.testing.assert_array_equal(table.columns["i"].numbers, data["i"])
    for column in ("word", "kind"):
        expected = [None if pd.isna(value) else value for value in data[column]]
        assert table.columns[column].texts.tolist() == expected
    assert table.columns["flag"].texts.tolist() == [str(value) for value in data["flag"]]
    assert [text[:10] for text in table.columns["day"].texts] == [str(day.date()) for day in data["day"]]
    again = file_like("sklearn", {}, tmp_path / name)  # what `nnc predict` opens, by the ending of the name
    assert sum(len(part) for part in again.chunks(8)) == len(data)
    assert max(len(part) for part in again.chunks(8)) <= 8


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_csv_is_the_csv(tmp_path: Path, pack: Any) -> None:
    text = frame().to_csv(index=False, sep=";").encode("utf-16")
    (tmp_path / "plain.csv").write_bytes(text)
    (tmp_path / "packed.csv.z").write_bytes(pack(text))
    plain, packed = (
        read("csv", tmp_path, name, delimiter=";", encoding="utf-16") for name in ("plain.csv", "packed.csv.z")
    )
    assert packed.rows.tolist() == plain.rows.tolist()
    for name, column in plain.columns.items():
        assert packed.columns[name].texts.tolist() == column.texts.tolist()


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnc.data.opening.MAX_BYTES", 10_000)
    (tmp_path / "bomb.csv").write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 100_000))
    assert findings("csv", tmp_path, "bomb.csv")[0].code is codes.DATA_TOO_LARGE


def test_numpys_files(tmp_path: Path) -> None:
    x = np.random.default_rng(1).normal(size=(9, 2, 3))
    np.savez_compressed(tmp_path / "a.npz", x=x, y=np.arange(9), word=np.array(list("abcabcabc")))
    table = read("npz", tmp_path, "a.npz")
    assert list(table.columns) == [*(f"x{i}" for i in range(6)), "y", "word"]
    np.testing.assert_array_equal(np.column_stack([table.columns[f"x{i}"].numbers for i in range(6)]), x.reshape(9, 6))
    assert table.columns["word"].texts.tolist() == list("abcabcabc")
    np.save(tmp_path / "a.npy", np.array([(1, "u"), (2, "v")], dtype=[("n", "i4"), ("s", "U1")]))
    fields = read("npy", tmp_path, "a.npy")
    assert fields.columns["n"].numbers.tolist() == [1.0, 2.0]
    assert fields.columns["s"].texts.tolist() == ["u", "v"]


def test_numbers_too_large_for_float64_stay_what_they_are(tmp_path: Path) -> None:
    pd.DataFrame({"account": [2**60, 2**60 + 1]}).to_parquet(tmp_path / "a.parquet")
    assert read("parquet", tmp_path, "a.parquet").columns["account"].texts.tolist() == [str(2**60), str(2**60 + 1)]


def test_several_files_are_one_table_and_each_row_knows_its_own(tmp_path: Path) -> None:
    for month, rows in (("02", "3,z\n"), ("01", "1,x\n2,y\n")):
        (tmp_path / f"m{month}.csv").write_text(f"a,b\n{rows}", encoding="utf-8")
    (tmp_path / "m03.csv").write_text("b,a\nw,4\n", encoding="utf-8")
    table = read("csv", tmp_path, "m*.csv")
    assert table.columns["a"].numbers.tolist() == [1, 2, 3, 4]
    assert table.columns["b"].texts.tolist() == ["x", "y", "z", "w"]
    places = [table.place(i) for i in range(4)]
    assert [(place.file, place.row) for place in places] == [
        ("m01.csv", 2),
        ("m01.csv", 3),
        ("m02.csv", 2),
        ("m03.csv", 2),
    ]
    assert table.take(np.array([3, 0])).place(0).file == "m03.csv"
    (tmp_path / "m04.csv").write_text("a,c\n1,2\n", encoding="utf-8")
    missing, more = findings("csv", tmp_path, "m*.csv")
    assert (missing.code, missing.data_place.file, missing.data_place.column) == (  # type: ignore[union-attr]  # is there
        codes.NO_SUCH_COLUMN,
        "m04.csv",
        "b",
    )
    assert "`c`" in more.message


def test_a_bad_row_of_several_files_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "m1.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "m2.csv").write_text("a,b\n1,2\n1,2,3\n", encoding="utf-8")
    place = findings("csv", tmp_path, "*.csv")[0].data_place
    assert place is not None
    assert (place.file, place.row) == ("m2.csv", 3)


def _broken_parquet(path: Path) -> None:
    frame().to_parquet(path)
    path.write_bytes(path.read_bytes()[:-100])


def _duplicate_names(path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(arrow.table([[1], [2]], names=["a", "a"]), path)


BAD: list[tuple[str, Any, Code]] = [
    ("parquet", _broken_parquet, codes.NOT_A_TABLE),
    ("parquet", lambda path: path.write_bytes(b""), codes.NOT_A_TABLE),
    ("parquet", lambda path: path.write_text("a,b\n1,2\n"), codes.NOT_A_TABLE),
    ("parquet", lambda path: pd.DataFrame({"a": []}).to_parquet(path), codes.DATA_EMPTY),
    ("parquet", lambda path: pd.DataFrame({"a": [[1, 2]]}).to_parquet(path), codes.NOT_A_TABLE),
    ("parquet", _duplicate_names, codes.DUPLICATE_COLUMN),
    ("arrow", lambda path: path.write_bytes(b"ARROW1\0\0"), codes.NOT_A_TABLE),
    ("npz", lambda path: path.write_bytes(b"PK\x03\x04"), codes.NOT_A_TABLE),
    ("npz", lambda path: np.savez(path.open("wb"), a=np.ones(2), b=np.ones(3)), codes.NOT_A_TABLE),
    ("npz", lambda path: np.savez(path.open("wb"), a=np.array([{}], dtype=object)), codes.NOT_A_TABLE),
    ("npy", lambda path: np.save(path.open("wb"), np.array([print], dtype=object)), codes.NOT_A_TABLE),
    ("npy", lambda path: np.save(path.open("wb"), np.empty((0, 3))), codes.DATA_EMPTY),
    ("npy", lambda path: np.save(path.open("wb"), np.ones((2, 50_000))), codes.DATA_TOO_LARGE),
    ("npy", lambda path: np.save(path.open("wb"), np.ones(2, dtype=complex)), codes.NOT_A_TABLE),
    ("npy", lambda path: np.save(path.open("wb"), np.float64(1)), codes.NOT_A_TABLE),
    ("csv", lambda path: pd.DataFrame({"a": [1]}).to_parquet(path), codes.NOT_A_TABLE),
]


@pytest.mark.parametrize(("source", "write", "code"), BAD)
def test_what_is_no_such_file_is_a_finding(tmp_path: Path, source: str, write: Any, code: Code) -> None:
    write(tmp_path / "file")
    found = findings(source, tmp_path, "file")[0]
    assert found.code is code
    assert found.data_place is not None
    assert found.data_place.file == "file"


@pytest.mark.parametrize("source", ["csv", "parquet", "arrow", "npz", "npy"])
def test_no_file_of_such_a_name(tmp_path: Path, source: str) -> None:
    assert findings(source, tmp_path, "away")[0].code is codes.DATA_NOT_FOUND
    assert findings(source, tmp_path, "a*.x")[0].code is codes.DATA_NOT_FOUND


def test_without_pyarrow_a_finding_says_what_to_install(tmp_path: Path) -> None:
    frame().to_parquet(tmp_path / "t.parquet")
    probe = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from pathlib import Path\nfrom nnc.data import load\nfrom nnc.diagnostics import UserFault\n"
        "from nnc.graph import DataConfig\n"
        f"try: load(DataConfig('parquet', {{'path': 't.parquet'}}, ()), Path({str(tmp_path)!r}))\n"
        "except UserFault as fault: print(fault.findings[0].help)\n"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert "nnc[parquet]" in done.stdout, done.stderr
