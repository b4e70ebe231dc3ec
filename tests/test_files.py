"""A failed write leaves what was there, and no litter."""

from __future__ import annotations

import pytest

from nnc.diagnostics import UserFault
from nnc.files import beside, write_text


def test_a_failure_leaves_the_last_good_file(tmp_path) -> None:
    target = tmp_path / "out.py"
    write_text(target, "good")
    with pytest.raises(RuntimeError), beside(target) as made:
        made.write_text("half")
        raise RuntimeError
    assert target.read_text() == "good"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_is_replaced_whole(tmp_path) -> None:
    target = tmp_path / "run"
    for content in ("first", "second"):
        with beside(target) as made:
            made.mkdir()
            (made / content).write_text(content)
    assert [path.name for path in target.iterdir()] == ["second"]
    with pytest.raises(RuntimeError), beside(target) as made:
        made.mkdir()
        raise RuntimeError
    assert [path.name for path in target.iterdir()] == ["second"]
    assert list(tmp_path.iterdir()) == [target]


def test_a_place_that_cannot_be_written_is_a_finding(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserFault, match="NN0005"):
        write_text(tmp_path / "file" / "out.py", "text")
