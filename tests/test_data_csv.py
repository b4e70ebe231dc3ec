"""Reading tables: what is right comes back as it stands in the file, what is wrong is a finding with its place."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path

import pandas as pd
import pytest

from nnc import codes
from nnc.data import CsvFile, load
from nnc.diagnostics import Code, Diagnostic, UserFault
from nnc.graph import DataConfig


def read(path: Path, **args: str):
    return load(DataConfig("csv", {"path": path.name, **args}, ()), path.parent)


def findings(path: Path, **args: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(UserFault) as fault:
        read(path, **args)
    return fault.value.findings


def test_values_and_rows_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('name,n\n"two\nlines",1\n\n "quoted, comma" ,NA\nplain, 2.5 \n', encoding="utf-8")
    with pytest.raises(UserFault):  # a blank before a quote makes the comma part the row
        read(path)
    path.write_text('name,n\n"two\nlines",1\n\n"quoted, comma",NA\nplain, 2.5 \n', encoding="utf-8")
    table = read(path)
    assert table.rows.tolist() == [2, 5, 6]  # as an editor counts lines
    assert table.columns["name"].texts.tolist() == ["two\nlines", "quoted, comma", "plain"]
    assert table.columns["n"].texts.tolist() == ["1", None, "2.5"]
    assert table.columns["n"].numbers[[0, 2]].tolist() == [1.0, 2.5]


def test_reads_numbers_as_pandas_does(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x\n1\n-2.5\n1e3\n+4\n.5\nNA\n", encoding="utf-8")
    pd.testing.assert_series_equal(
        pd.Series(read(path).columns["x"].numbers, name="x"), pd.read_csv(path)["x"], check_exact=True
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("票价,舱\n7.25,头等\n", encoding=encoding)
    table = read(path, encoding="utf-8" if encoding == "utf-8-sig" else encoding)
    assert list(table.columns) == ["票价", "舱"]
    assert table.columns["舱"].texts.tolist() == ["头等"]


@pytest.mark.parametrize(
    ("content", "code", "row", "column"),
    [
        (b"", codes.DATA_EMPTY, None, None),
        (b"a,b\n", codes.DATA_EMPTY, None, None),
        (b"a,b\n1,2\n\n3,4,5\n", codes.RAGGED_ROW, 4, None),
        (b"a,b\n1\n", codes.RAGGED_ROW, 2, None),
        (b"a,b,a\n1,2,3\n", codes.DUPLICATE_COLUMN, 1, "a"),
        (b"a,b\n1,2\nM\xfcller,2\n", codes.DATA_ENCODING, 3, None),
        (b'a,b\n1,2\n"never closed,2\n3,4\n', codes.BROKEN_QUOTES, 3, None),
        (b'a,b\n"x"y,2\n', codes.BROKEN_QUOTES, 2, None),
        (b"a;b\n1;2\n", codes.SOURCE_ARGUMENT, 1, None),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-5], codes.DATA_NOT_FOUND, None, None),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-8] + b"12345678", codes.DATA_NOT_FOUND, None, None),
        (bz2.compress(b"a,b\n1,2\n")[:-9], codes.DATA_NOT_FOUND, None, None),
        (lzma.compress(b"a,b\n1,2\n")[:-9], codes.DATA_NOT_FOUND, None, None),
        (gzip.compress(b"a,b\n1,2\nM\xfcller,2\n", mtime=0), codes.DATA_ENCODING, 3, None),
        (gzip.compress(b"a,b\n1,2\n3\n", mtime=0), codes.RAGGED_ROW, 3, None),
        (b"PK\x03\x04rest", codes.NOT_A_TABLE, None, None),
        (b"a\n" + b"x" * 200_000, codes.BROKEN_QUOTES, 2, None),
        (b",".join(b"c%d" % i for i in range(50_000)) + b"\n", codes.DATA_TOO_LARGE, None, None),
    ],
)
def test_broken_files(tmp_path: Path, content: bytes, code: Code, row: int | None, column: str | None) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(content)
    found = findings(path)[0]
    assert found.code is code
    assert found.data_place is not None
    assert (found.data_place.file, found.data_place.row, found.data_place.column) == ("broken.csv", row, column)


def test_every_ragged_row_up_to_five_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1\n" * 9, encoding="utf-8")
    assert [f.data_place.row for f in findings(path) if f.data_place] == [2, 3, 4, 5, 6]


def test_a_missing_file_gets_a_suggestion(tmp_path: Path) -> None:
    (tmp_path / "titanic.csv").write_text("a\n1\n", encoding="utf-8")
    (found,) = findings(tmp_path / "titanik.csv")
    assert found.code is codes.DATA_NOT_FOUND
    assert "`titanic.csv`" in (found.help or "")
    assert findings(tmp_path / "away" / "x.csv")[0].code is codes.DATA_NOT_FOUND
    assert findings(tmp_path)[0].code is codes.DATA_NOT_FOUND  # a folder


@pytest.mark.parametrize(
    "args", [{"delimiter": ""}, {"delimiter": "ab"}, {"delimiter": "\n"}, {"encoding": "klingon"}, {"encoding": "hex"}]
)
def test_wrong_arguments(tmp_path: Path, args: dict[str, str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert findings(path, **args)[0].code is codes.SOURCE_ARGUMENT


def test_sources_that_are_not_there() -> None:
    for source, args, code in (
        ("images", {"folder": "a"}, codes.DATA_NOT_FOUND),
        ("parquet", {"path": "a"}, codes.DATA_NOT_FOUND),
        ("sklearn", {"name": "irs"}, codes.SOURCE_ARGUMENT),
        ("sklearn", {}, codes.SOURCE_ARGUMENT),
        ("csv", {"path": "a", "sep": ";"}, codes.SOURCE_ARGUMENT),
    ):
        with pytest.raises(UserFault) as fault:
            load(DataConfig(source, args, ()), Path())
        assert fault.value.findings[0].code is code


def test_chunks_are_the_file_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "".join(f"{i},x{i}\n" for i in range(10)), encoding="utf-8")
    pieces = list(CsvFile(path, "a.csv").chunks(rows=4))
    assert [len(piece) for piece in pieces] == [4, 4, 2]
    assert [row for piece in pieces for row in piece.rows] == list(range(2, 12))
    assert [text for piece in pieces for text in piece.columns["b"].texts] == [f"x{i}" for i in range(10)]


def test_bundled_sets_are_scikit_learns() -> None:
    from sklearn import datasets

    bunch = datasets.load_breast_cancer()
    table = load(DataConfig("sklearn", {"name": "breast_cancer"}, ()), Path())
    assert table.classes == ("malignant", "benign")
    assert list(table.columns) == [*bunch.feature_names, "target"]
    assert (table.columns["worst area"].numbers == bunch.data[:, list(bunch.feature_names).index("worst area")]).all()
    assert [table.classes.index(text) for text in table.columns["target"].texts] == bunch.target.tolist()
