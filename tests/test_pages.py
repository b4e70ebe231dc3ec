"""`nnc explain TOPIC`: the pages, and what a wrong topic says."""

from __future__ import annotations

import pytest

from nnc.cli import run


@pytest.mark.parametrize("topic", ["NN0312", "nn0312", "0312", "312"])
def test_a_code_s_page_in_all_its_spellings(topic, capsys) -> None:
    assert run(["explain", topic]) == 0
    out = capsys.readouterr().out
    assert out.startswith("NN0312: the layer can't take this input\n")
    assert "\x1b" not in out
    assert not any(line.endswith(" ") for line in out.splitlines())


def test_an_unknown_topic_says_what_may_have_been_meant(capsys) -> None:
    assert run(["explain", "NN03112"]) == 2
    assert "'NN0312'" in capsys.readouterr().err
    assert run(["explain", "NN9999"]) == 2
    assert run(["explain", "qqqqqqqq"]) == 2
    assert "Did you mean" not in capsys.readouterr().err.splitlines()[-1]
