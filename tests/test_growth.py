"""Checking grows in proportion: ten times the layers take no more than twelve times as long.

Python's calls are counted, not timed, so that a busy machine changes nothing; what hides inside of one call (a copy of
all there is, at each layer) shows in the time alone, which is measured once, up to 20,000 layers.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import FrameType

import pytest

from nnc.check import check
from nnc.diagnostics import Findings
from nnc.source import Source
from nnc.syntax import parse

AT_MOST = 12


def _body(steps: str, end: str = "h") -> str:
    return f"model M {{\n  input x: [4]\n  h = x\n{steps}\n  output y = {end} -> Dense(1)\n}}\n"


def _lines(n: int) -> str:
    return _body("\n".join("  h = h -> Dense(4, relu)" for _ in range(n)))


def _chain(n: int) -> str:
    return _body("  h = h" + "".join(f"\n    {'-> Dense(4)' * 10}" for _ in range(n // 10)))


def _loop(n: int) -> str:
    return _body(f"  for i in range(20) {{ for j in range({n // 20}) {{ h = h -> Dense(4) }} }}")


def _blocks(n: int) -> str:
    block = "block B(n) {\n  input x\n  a = x -> Dense(n)\n  output y = a -> Dense(n)\n}\n"
    return block + _body(f"  h = h -> {n // 2} * B(4)")


def _skips(n: int) -> str:
    steps = f"  l = []\n  for i in range({n // 2}) {{\n    h = [h -> Dense(4), h] -> Add()\n    l = l + [h]\n  }}"
    return _body(steps, "l -> Add()")


def _names(n: int) -> str:
    return _body("\n".join(f"  h{i} = {f'h{i - 1}' if i else 'x'} -> Dense(4)" for i in range(n)), f"h{n - 1}")


def _findings(n: int) -> str:
    return _body("\n".join(f"  a{i} = x -> Dense(4)" for i in range(n)))  # as many unused bindings as are shown


SHAPES: dict[str, Callable[[int], str]] = {
    "a line for each": _lines,
    "one chain": _chain,
    "loops": _loop,
    "a repeated block": _blocks,
    "skips": _skips,
    "names": _names,
    "findings": _findings,
}


def _checked(text: str) -> Findings:
    file, _ = parse(Source("spec.nn", text))
    assert file is not None
    return check(file)[1]


def _calls(text: str) -> int:
    count = 0

    def note(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        del frame, arg
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        _checked(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_ten_times_the_layers_take_no_more_than_twelve_times_the_calls(shape: str) -> None:
    make = SHAPES[shape]
    findings = _checked(make(60))  # and whatever is read once
    assert not findings.has_errors, list(findings)
    assert _calls(make(600)) <= AT_MOST * _calls(make(60))


def test_twenty_thousand_layers_take_no_more_than_twelve_times_as_long_as_two_thousand() -> None:
    def seconds(layers: int) -> float:
        text = _loop(layers)
        begin = time.process_time()
        assert not _checked(text).has_errors
        return time.process_time() - begin

    few, many = [], []
    for _ in range(6):  # by turns: other processes only ever make it slower, so that the best of each counts
        few.append(min(seconds(2_000), seconds(2_000)))
        many.append(seconds(20_000))
        if min(many) <= AT_MOST * min(few):
            return
    pytest.fail(f"{min(many):.2f} s against {min(few):.2f} s")
