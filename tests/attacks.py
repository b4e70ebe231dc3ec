"""Hostile specs: what each is, as files, and what must be said of it. `tests/test_bounds.py` measures them.

Each row is a function that writes an attack into a folder and gives the arguments of `nnc`; the findings' codes that it
must end in stand beside it. Nothing here is needed twice, so that a new attack is one row.
"""

# An attack a line is easier to read than one broken in five.
# ruff: noqa: E501
from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Attack:
    """What is written, which commands must bear it, and the codes of which one at least must be in what they say.

    No codes: it is a right spec, only a strange one.
    """

    name: str
    make: Callable[[Path], Sequence[str]]
    codes: tuple[str, ...]
    commands: tuple[str, ...] = ("check",)


def text(content: str) -> Callable[[Path], Sequence[str]]:
    """One file."""

    def make(folder: Path) -> Sequence[str]:
        (folder / "spec.nn").write_text(content, encoding="utf-8", newline="")
        return ["spec.nn"]

    return make


def raw(content: Callable[[], bytes], times: int = 1) -> Callable[[Path], Sequence[str]]:
    """One file of bytes, written again and again."""

    def make(folder: Path) -> Sequence[str]:
        piece = content()
        with (folder / "spec.nn").open("wb") as stream:
            for _ in range(times):
                stream.write(piece)
        return ["spec.nn"]

    return make


def files(**contents: str) -> Callable[[Path], Sequence[str]]:
    """Several files: `a__b` is a/b.nn."""

    def make(folder: Path) -> Sequence[str]:
        for name, content in contents.items():
            path = folder / (name.replace("__", "/") + ".nn")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return ["spec.nn"]

    return make


def model(body: str, head: str = "", width: str = "4") -> str:
    """A spec whose model has this body; it must leave a tensor `h`."""
    return f"{head}model M {{\n  input x: [{width}]\n  h = x\n{body}\n  output y = h -> Dense(1)\n}}\n"


def setting(spec: str, *assignments: str) -> Callable[[Path], Sequence[str]]:
    """One file, and `--set`."""

    def make(folder: Path) -> Sequence[str]:
        (folder / "spec.nn").write_text(spec, encoding="utf-8")
        return ["spec.nn", *(word for assignment in assignments for word in ("--set", assignment))]

    return make


# ---- a network that grows ------------------------------------------------------------------------

_TOWER = "block B0() {\n  input x\n  output y = x -> Dense(4)\n}\n" + "".join(
    f"block B{i}() {{\n  input x\n  output y = x -> 9 * B{i - 1}()\n}}\n" for i in range(1, 60)
)
_CHAIN = "block B0() {\n  input x\n  output y = x -> Dense(4)\n}\n" + "".join(
    f"block B{i}() {{\n  input x\n  output y = x -> B{i - 1}()\n}}\n" for i in range(1, 21)
)
_WIDE = "block W0() {\n  input x\n  output y = x -> Dense(4)\n}\n" + "".join(
    f"block W{i}() {{\n  input x\n  a = x -> W{i - 1}()\n  output y = a -> W{i - 1}()\n}}\n" for i in range(1, 60)
)
_FAULTS = "block F0() {\n  input x\n  a = x -> accuracyDens(4)\n  output y = x\n}\n" + "".join(
    f"block F{i}() {{\n  input x\n  a = x -> F{i - 1}()\n  output y = x -> F{i - 1}()\n}}\n" for i in range(1, 60)
)
_FNS = "fn f0(x) = x + x\n" + "".join(f"fn f{i}(x) = f{i - 1}(f{i - 1}(x))\n" for i in range(1, 60))
_SHARED = "block S0() {\n  input x\n  output y = x -> Dense(4)\n}\n" + "".join(
    f"block S{i}() {{\n  input x\n  layer s = S{i - 1}()\n  output y = x -> s -> s -> s\n}}\n" for i in range(1, 40)
)
_PASSED = "block P0() {\n  input x\n  output y = x -> Dense(4)\n}\n" + "".join(
    f"block P{i}(n) {{\n  input x\n  output y = x -> n * Dense(4) -> n * Dense(4)\n}}\n" for i in range(1, 3)
)

GROWTH = [
    Attack("nested loops to a billion layers", text(model(
        "  for i in range(1000) { for j in range(1000) { for k in range(1000) { h = h -> Dense(4) } } }")), ("NN0215",)),
    Attack("nested loops of nothing", text(model(
        "  for i in range(9999) { for j in range(9999) { for k in range(9999) { } } }")), ("NN0215",)),
    Attack("a loop of constants", text(model(
        "  for i in range(9999) { for j in range(9999) { k = i * j + 1 } }")), ("NN0215",)),
    Attack("a tower of blocks", text(model("  h = x -> B59()", _TOWER)), ("NN0215", "NN0104")),
    Attack("blocks that double", text(model("  h = x -> W40()", _WIDE)), ("NN0215", "NN0104")),
    Attack("shared blocks that triple", text(model("  layer t = S30()\n  h = x -> t", _SHARED)), ("NN0215", "NN0104")),
    Attack("a fault in a tower", text(model("  h = x -> F25()", _FAULTS)), ("NN0301",)),
    Attack("a tower of fns", text(model("  h = f59(x)", _FNS)), ("NN0215", "NN0104")),
    Attack("a tower of fns as an activation", text(model("  h = x -> f59", _FNS)), ("NN0215", "NN0104")),
    Attack("a tower of fns as a loss", text(
        model("", _FNS + "fn l(a, b) = f59(a - b)\n") + "train {\n  loss = l\n}\n"), (), ("check", "show")),
    Attack("a block in itself", text(model(
        "  h = x -> R()", "block R() {\n  input x\n  output y = x -> R() -> R()\n}\n")), ("NN0104",)),
    Attack("a billion times a layer", text(model("  h = x -> 1000000000 * Dense(4)")), ("NN0215",)),
    Attack("a huge number of times a block", text(model("  h = x -> 9223372036854775807 * P1(9223372036854775807)", _PASSED)),
           ("NN0215",)),
    Attack("a billion times a layer in an argument", text(model("  h = x -> Bidirectional(1000000000 * LSTM(4))", width="5, 4")),
           ("NN0306",)),
    Attack("a huge range", text(model("  for i in range(10 ** 18) { h = h -> Dense(4) }")), ("NN0206",)),
    Attack("a huge range in steps", text(model("  for i in range(0, 10 ** 18, -1) { h = h -> Dense(4) }\n  k = range(10 ** 18, 0, -1)")),
           ("NN0206",)),
    Attack("a list of 20,000 tensors", text(model(
        "  l = [x]\n  for i in range(9000) { l = l + [h] }\n  h = l -> Add()\n  for i in range(9000) { h = l -> Add() }")), ("NN0215",)),
    Attack("tensors in nested lists", text(model("  l = [x]\n  for i in range(90) { l = [l, l, l, l] }\n  h = l -> Add()")),
           ("NN0309", "NN0215", "NN0104", "NN0312")),
    Attack("shapes of a tensor with many axes", text(model("  h = x -> Reshape(range(1, 9999)) -> Flatten()")), ("NN0312", "NN0306", "NN0206")),
    Attack("an input with many axes", text(model("", width=", ".join(["1"] * 50_000))), ("NN0311", "NN0312", "NN0215", "NN0206", "NN0003")),
]  # fmt: skip

# ---- numbers and lists ---------------------------------------------------------------------------

NUMBERS = [
    Attack("9**9**9", text(model("  k = 9 ** 9 ** 9 ** 9")), ("NN0206",)),
    Attack("powers of powers", text(model("  k = ((2 ** 62) * 1.0) ** 99 ** 9")), ("NN0206",)),
    Attack("a negative power", text(model("  k = 9 ** -(9 ** 15)\n  h = x -> Dense(2 ** k)")), ("NN0306",)),
    Attack("1e309", text(model("  k = 1e309")), ("NN0105",)),
    Attack("a number of a million digits", text(model(f"  k = {'9' * 1_000_000}")), ("NN0105",)),
    Attack("a product in a loop", text(model("  k = 2\n  for i in range(9999) { k = k * k }\n  h = x -> Dense(k)")), ("NN0206",)),
    Attack("a string times a number", text(model('  k = "a" * 10 ** 9')), ("NN0204", "NN0206")),
    Attack("a list times a number", text(model("  k = [0] * 10 ** 9")), ("NN0204", "NN0206")),
    Attack("a list that doubles", text(model("  l = [1]\n  for i in range(9999) { l = l + l }")), ("NN0206",)),
    Attack("a list of lists that doubles", text(model(
        "  l = [1]\n  for i in range(90) { l = [l, l, l, l] }\n  h = x -> Dense(l)")), ("NN0306", "NN0104", "NN0215")),
    Attack("lists of lists compared", text(model(
        "  l = [1]\n  for i in range(90) { l = [l, l, l, l] }\n  if l == l { h = x }")), ("NN0204", "NN0104")),
    Attack("lists of lists as a layer's argument, kept", text(model(
        "  l = [1]\n  for i in range(60) { l = [l, l, l, l] }\n  h = x -> Lambda(l) -> Reshape(l) -> LayerNormalization(l)")), ("NN0306", "NN0308")),
    Attack("a string that doubles", text(model('  t = "ab"\n  for i in range(99) { t = t + t }')), ("NN0206",)),
    Attack("long lists again and again", text(model(
        "  l = range(9999)\n  for i in range(9999) { k = max(l + [i]) }")), ("NN0215", "NN0206")),
    Attack("slices of long lists again and again", text(model(
        "  l = range(9999)\n  for i in range(9999) { k = l[1:] }")), ("NN0215", "NN0907")),
    Attack("lists of slices kept", text(model(
        "  l = range(9999)\n  m = [0]\n  for i in range(9000) { m = m + [l[i:]] }")), ("NN0215",)),
    Attack("sorted by nothing: min of strings", text(model('  k = min(["a", 1, [2]])')), ("NN0204",)),
    Attack("a layer of 10^12 units", text(model("  h = x -> Dense(10 ** 12) -> Dense(10 ** 12)")), ("NN0306",), ("check", "show", "compile")),
    Attack("a shape whose product overflows", text(model(
        "  h = x -> Dense(2 ** 62)\n  h = h -> RepeatVector(2 ** 62) -> Flatten() -> RepeatVector(2 ** 62) -> Flatten()")), ("NN0312", "NN0306")),
    Attack("an input that overflows", text(model("", width="9223372036854775807, 9223372036854775807, 9223372036854775807")),
           ("NN0312", "NN0311"), ("check", "show")),
    Attack("padding that overflows", text(model(
        "  h = x -> ZeroPadding1D(2 ** 62) -> ZeroPadding1D(2 ** 62) -> UpSampling1D(2 ** 62)", width="4, 4")), ("NN0312", "NN0306")),
    Attack("arguments that are huge", text(model(
        "  h = x -> Conv1D(2 ** 62, 2 ** 62, 2 ** 62, dilation_rate=2 ** 62) -> MaxPooling1D(2 ** 62)", width="4, 4")), ("NN0306", "NN0312", "NN0303")),
    Attack("a slice with huge ends", text(model("  h = x[:, -(2 ** 62):2 ** 62:2 ** 62]")), (), ("check", "show")),
    Attack("rounding to many digits", text(model("  k = round(1.5, 10 ** 9)\n  l = round(1.5, -(10 ** 9))")), ("NN0205",)),
    Attack("epochs without end", text(model("") + "train {\n  loss = mse\n  epochs = 9223372036854775807\n  batch_size = 10 ** 18\n}\n"), ("NN0404",)),
]  # fmt: skip

# ---- depth ---------------------------------------------------------------------------------------

N = 200_000
DEPTH = [
    Attack("round brackets", text(model(f"  k = {'(' * N}1{')' * N}")), ("NN0104",), ("check", "fmt")),
    Attack("round brackets that do not close", text(model(f"  k = {'(' * N}")), ("NN0104", "NN0103", "NN0101"), ("check", "fmt")),
    Attack("square brackets", text(model(f"  k = {'[' * N}{']' * N}")), ("NN0104",)),
    Attack("square brackets alone", text("[" * 900_000), ("NN0101", "NN0108", "NN0103")),
    Attack("braces", text(model(f"  k = {'{a:' * N}1{'}' * N}")), ("NN0104",)),
    Attack("closing brackets", text(")" * 900_000), ("NN0101", "NN0108")),
    Attack("indices", text(model(f"  k = x{'[x' * N}{']' * N}")), ("NN0104",)),
    Attack("indices in a row", text(model(f"  k = x{'[0]' * N}")), ("NN0104", "NN0215")),
    Attack("calls", text(model(f"  k = {'abs(' * N}1{')' * N}")), ("NN0104",)),
    Attack("calls in a row", text(model(f"  k = abs{'()' * N}")), ("NN0104",)),
    Attack("attributes in a row", text(model(f"  k = a{'.b' * N}")), ("NN0104",)),
    Attack("unary operators", text(model(f"  k = {'-' * 900_000}x")), ("NN0104",)),
    Attack("not not not", text(model(f"  k = {'not ' * N}true")), ("NN0104",)),
    Attack("powers to the right", text(model(f"  k = {'1 ** ' * N}1")), ("NN0104",)),
    Attack("a sum of 200,000 terms", text(model(f"  k = {'1 + ' * N}1\n  h = x -> Dense(k)")), ("NN0104",), ("check", "fmt")),
    Attack("a chain of 100,000 steps", text(model(f"  h = x{' -> relu' * 100_000}")), ("NN0215",)),
    Attack("a chain of 100,000 steps", text(model(f"  h = x{' -> relu' * 100_000}")), (), ("fmt",)),  # it only lays out
    Attack("a chain of arrows", text(model(f"  h = x{' ->' * 300_000} relu")), ("NN0101", "NN0108")),
    Attack("if then else in a row", text(model(f"  k = {'if true then 1 else ' * 45_000}1")), ("NN0104",)),
    Attack("blocks in blocks: for", text(model("  for i in [1] {\n" * 40_000 + "}\n" * 40_000)), ("NN0104",)),
    Attack("blocks in blocks: if", text(model("  if true {\n" * 60_000 + "}\n" * 60_000)), ("NN0104",)),
    Attack("else if in a row", text(model("  if false {\n  }" + " else if false {\n  }" * 40_000)), ("NN0104", "NN0215"), ("check", "fmt")),
    Attack("blocks that do not close", text(model("  for i in [1] {\n" * 60_000)), ("NN0104", "NN0103")),
    Attack("models in models", text("model M {\n" * 90_000), ("NN0101", "NN0103", "NN0107", "NN0108")),
    Attack("layers in layers", text(model(f"  h = x -> {'TimeDistributed(' * 50_000}Dense(1){')' * 50_000}")), ("NN0104",)),
    Attack("99 layers in layers", text(model(f"  h = x -> {'TimeDistributed(' * 90}Dense(1){')' * 90}", width="4, 4")), ("NN0312", "NN0104")),
    Attack("fns that call each other", text("".join(f"fn f{i}(x) = f{i + 1}(x)\n" for i in range(20_000)) + "fn f20000(x) = f0(x)\n"), ("NN0221",)),
    Attack("fns that call each other in a line", text(
        "".join(f"fn f{i}(x) = f{i + 1}(x)\n" for i in range(20_000)) + "fn f20000(x) = x\n" + model("  h = f0(x)")), ("NN0104", "NN0215"),
    ),
    Attack("a shape handed through 20 blocks", text(model("  h = x -> B20()", _CHAIN)), (), ("check", "show")),
]  # fmt: skip

# ---- what is no spec -----------------------------------------------------------------------------


def _noise(seed: int, size: int = MEGABYTE) -> bytes:
    return random.Random(seed).randbytes(size)  # noqa: S311 - repeatable, not secret


def _letters(seed: int, alphabet: str, size: int) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=size))  # noqa: S311 - repeatable, not secret


_UNICODE = (
    "".join(map(chr, [*range(0x20, 0x17F), *range(0x4E00, 0x4E80), *range(0x1F600, 0x1F640), *range(0x300, 0x330)]))
    + "\n\u2028\x85\ufeff"
)
_SIGNS = "()[]{}<>=+-*/%.,:;#'\"\\ \n\tabz019_"
GARBAGE = [
    Attack("100 MB of random bytes", raw(lambda: _noise(1), 100), ("NN0003",), ("check", "fmt", "show", "compile")),
    Attack("100 MB in one line", raw(lambda: b"x" * MEGABYTE, 100), ("NN0003",), ("check", "fmt")),
    Attack("100 MB of brackets", raw(lambda: b"(" * MEGABYTE, 100), ("NN0003",), ("check", "fmt")),
    Attack("100 MB of noise in UTF-8", raw(lambda: _letters(2, _UNICODE, MEGABYTE // 3).encode(), 150), ("NN0003",)),
    Attack("100 MB of NUL", raw(lambda: bytes(MEGABYTE), 100), ("NN0003",)),
    Attack("100 MB of a right spec", raw(lambda: b"fn f(x) = x\n" * (MEGABYTE // 12), 100), ("NN0003",), ("check", "fmt")),
    Attack("a mebibyte of random bytes", raw(lambda: _noise(3, MEGABYTE - 1)), ("NN0001",), ("check", "fmt")),
    Attack("a mebibyte in one name", raw(lambda: b"x" * (MEGABYTE - 1)), ("NN0101", "NN0108"), ("check", "fmt")),
    Attack("a mebibyte of brackets", raw(lambda: b"(" * (MEGABYTE - 1)), ("NN0101", "NN0103", "NN0108"), ("check", "fmt")),
    Attack("a mebibyte of Unicode", text(_letters(4, _UNICODE, MEGABYTE // 4)), ("NN0102",), ("check", "fmt")),
    Attack("a mebibyte of signs", text(_letters(5, _SIGNS, MEGABYTE - 1)), ("NN0108",), ("check", "fmt")),
    Attack("a mebibyte of signs and words", text(" ".join(
        random.Random(6).choices([*"()[]{},=:", "->", "\n", "model", "fn", "if", "x", "3", "for", "in", "block", "train"], k=300_000))), ("NN0108", "NN0101")),  # noqa: S311
    Attack("a mebibyte of NUL", raw(lambda: bytes(MEGABYTE - 1)), ("NN0102",), ("check", "fmt")),
    Attack("a mebibyte of line breaks", raw(lambda: b"\n" * (MEGABYTE - 1)), (), ("check", "fmt")),
    Attack("a mebibyte of carriage returns", raw(lambda: b"\r" * (MEGABYTE - 1)), ("NN0102",)),
    Attack("a mebibyte of comments", raw(lambda: b"#\n" * (MEGABYTE // 2 - 1)), ("NN0003",), ("check", "fmt")),
    Attack("50,000 allows", raw(lambda: b"# allow NN0907: x\n" * (MEGABYTE // 18)), ("NN0913",), ("check",)),
    Attack("a mebibyte of allows of many codes", raw(lambda: b"# allow " + b"NN0907, " * (MEGABYTE // 8 - 4) + b"NN0901: x\n"), ("NN0913",), ("check",)),
    Attack("a mebibyte of almost allows", raw(lambda: b"# allow " + b"NN0907 , " * (MEGABYTE // 9 - 4) + b"\n"), (), ("check",)),
    Attack("a mebibyte of blanks in an allow", raw(lambda: b"# allow NN0907" + b" " * (MEGABYTE - 40) + b"\n"), ("NN0912",), ("check",)),
    Attack("a mebibyte of quotes", raw(lambda: b"'" * (MEGABYTE - 1)), ("NN0101", "NN0108")),
    Attack("a mebibyte of open strings", raw(lambda: b"x = '\n" * (MEGABYTE // 6)), ("NN0103", "NN0108")),
    Attack("a mebibyte of backslashes in a string", raw(lambda: b"use '" + b"\\" * (MEGABYTE - 10) + b"'"), ("NN0210", "NN0103", "NN0106", "NN0101")),
    Attack("a mebibyte of digits and signs", raw(lambda: b"1_" * (MEGABYTE // 2)), ("NN0105", "NN0101", "NN0108")),
    Attack("a mebibyte of dots", raw(lambda: b"." * (MEGABYTE - 1)), ("NN0101", "NN0108")),
    Attack("a mebibyte of exponents", raw(lambda: b"1e" * (MEGABYTE // 2)), ("NN0105", "NN0101", "NN0108")),
    Attack("a mebibyte of indentation", raw(lambda: b"model M {\n" + b" " * (MEGABYTE - 20) + b"x }"), ("NN0101",)),
    Attack("a byte order mark in each line", text("\ufefffn f(x) = x\n" * 60_000), ("NN0102", "NN0101", "NN0108")),
    Attack("a mebibyte of right fns", text("".join(f"fn f{i}(x) = x + {i}\n" for i in range(25_000))), ("NN0909", "NN0215"), ("check",)),
    Attack("a mebibyte of right params", text("".join(f"param p{i} = {i}\n" for i in range(40_000))), ("NN0908", "NN0215"), ("check",)),
    Attack("a mebibyte of models", text("".join(f"model M{i} {{\n  input x: [4]\n  output y = x -> Dense(1)\n}}\n" for i in range(14_000))), ("NN0215",), ("check", "show")),
    Attack("a mebibyte of unused bindings", text(model("".join(f"  k{i} = 1\n" for i in range(60_000)))), ("NN0907", "NN0215")),
    Attack("a mebibyte of unknown names", text(model("".join(f"  k{i} = y{i}\n" for i in range(40_000)))), ("NN0201",)),
    Attack("unknown names among many", text(
        "".join(f"param accuracy_of_{i} = 1\n" for i in range(20_000)) + model("".join(f"  k{i} = acuracy_of_{i}\n" for i in range(9_000)))), ("NN0201",)),
    Attack("a name of half a mebibyte, misspelt", text(f"param {'a' * 500_000} = 1\n" + model(f"  k = {'a' * 499_999}b")), ("NN0201",), ("check",)),
    Attack("very long names", text(model(f"  {'a' * 300_000} = 1\n  h = x -> Dense({'a' * 300_000}, name='{'b' * 300_000}')")),
           ("NN0306", "NN0315"), ("check", "show")),
    Attack("a very long param", setting(f"param {'n' * 100_000} = 1\n" + model(""), f"{'n' * 100_000}=2"), ("NN0908",)),
    Attack("100 MB on standard input to fmt", lambda folder: raw(lambda: b"x" * MEGABYTE, 100)(folder) and ["-"], ("NN0003",), ("fmt",)),
]  # fmt: skip


# ---- files ---------------------------------------------------------------------------------------


def _use(path: str, *more: Callable[[Path], object]) -> Callable[[Path], Sequence[str]]:
    def make(folder: Path) -> Sequence[str]:
        (folder / "spec.nn").write_text(f'use "{path}"\n' + model(""), encoding="utf-8")
        for step in more:
            step(folder)
        return ["spec.nn"]

    return make


def _diamond(depth: int) -> Callable[[Path], Sequence[str]]:
    levels = {f"d{i}": f'use "d{i + 1}.nn"\nuse "e{i + 1}.nn"\n' for i in range(depth)}
    levels |= {f"e{i}": f'use "d{i + 1}.nn"\nuse "e{i + 1}.nn"\n' for i in range(depth)}
    return files(spec='use "d0.nn"\nuse "e0.nn"\n' + model(""), **levels, **{f"d{depth}": "", f"e{depth}": ""})


def _big(name: str, size: int) -> Callable[[Path], object]:
    return lambda folder: raw(lambda: b"#" * MEGABYTE, size)(folder) and (folder / "spec.nn").rename(folder / name)


def _many(count: int, each: str) -> Callable[[Path], Sequence[str]]:
    uses = "".join(f'use "u{i}.nn"\n' for i in range(count))
    return files(spec=uses + model(""), **{f"u{i}": each.replace("@", str(i)) for i in range(count)})


FILES = [
    Attack("a circle of two", files(spec='use "a.nn"\n' + model(""), a='use "b.nn"\n', b='use "a.nn"\n'), ("NN0211",)),
    Attack("a file that uses itself", files(spec='use "spec.nn"\n' + model("")), ("NN0211",)),
    Attack("a circle of itself by another path", files(spec='use "./a/../spec.nn"\n' + model("")), ("NN0211",)),
    Attack("a line of 50 files", files(spec='use "f0.nn"\n' + model(""), **{f"f{i}": f'use "f{i + 1}.nn"\n' for i in range(50)}, f50=""), ("NN0215",)),
    Attack("diamonds", _diamond(15), ()),
    Attack("deep diamonds", _diamond(40), ("NN0215",)),
    Attack("5,000 files", _many(5_000, "fn f@(x) = x\n"), ("NN0215",)),
    Attack("80 files of a mebibyte", _many(80, "".join(f"fn f@_{i}(x) = x\n" for i in range(60_000))), ("NN0215", "NN0210")),
    Attack("80 files of a mebibyte of comments", _many(80, "# no\n" * 200_000), ("NN0215",)),
    Attack("the same file 50,000 times", files(spec='use "a.nn"\n' * 60_000 + model(""), a="fn f(x) = x\n"), ()),
    Attack("the same block through many files", _many(90, "block B() {\n  input x\n  output y = x\n}\n"), ("NN0202",)),
    Attack("..", _use("../secret.nn"), ("NN0210",)),
    Attack("a way round to ..", _use("a/../../secret.nn"), ("NN0210",)),
    Attack("an absolute path", _use("/etc/passwd"), ("NN0210",)),
    Attack("a device in a use", _use("/dev/zero"), ("NN0210",)),
    Attack("a Windows drive", _use("C:/secret.nn"), ("NN0210",)),
    Attack("backslashes", _use("..\\\\secret.nn"), ("NN0210",)),
    Attack("a URL", _use("http://example.org/a.nn"), ("NN0210",)),
    Attack("a home folder", _use("~/a.nn"), ("NN0210",)),
    Attack("a NUL in a path", _use("a\\x00.nn"), ("NN0106",)),
    Attack("a very long path", _use("a/" * 100_000 + "b.nn"), ("NN0210",)),
    Attack("a very long name of a file", _use("a" * 100_000 + ".nn"), ("NN0210",)),
    Attack("a folder", _use("sub", lambda folder: (folder / "sub").mkdir()), ("NN0210",)),
    Attack("the folder itself", _use("."), ("NN0210",)),
    Attack("a FIFO", _use("pipe.nn", lambda folder: os.mkfifo(folder / "pipe.nn")), ("NN0210",)),
    Attack("a link to a device", _use("zero.nn", lambda folder: (folder / "zero.nn").symlink_to("/dev/zero")), ("NN0210",)),
    Attack("a link out of the tree", _use("out.nn", lambda folder: (folder / "out.nn").symlink_to("/etc/passwd")), ("NN0210",)),
    Attack("a linked folder out of the tree", _use("out/passwd", lambda folder: (folder / "out").symlink_to("/etc")), ("NN0210",)),
    Attack("a link to itself", _use("loop.nn", lambda folder: (folder / "loop.nn").symlink_to("loop.nn")), ("NN0210",)),
    Attack("a used file of 100 MB", _use("big.nn", lambda folder: (folder / "big.nn").write_bytes(b"#" * 100 * MEGABYTE)), ("NN0210",)),
    Attack("a used file that is no UTF-8", _use("noise.nn", lambda folder: (folder / "noise.nn").write_bytes(_noise(7, 5000))), ("NN0210",)),
    Attack("a used file of garbage", files(spec='use "a.nn"\n' + model(""), a="(" * 250_000), ("NN0101", "NN0103", "NN0108")),
    Attack("the spec is a device", lambda _: ["/dev/zero"], ("NN0002",), ("check", "fmt")),
    Attack("the spec is an endless device", lambda _: ["/dev/urandom"], ("NN0003", "NN0002")),
    Attack("the spec is a folder", lambda _: ["."], ("NN0002",), ("check", "fmt", "show")),
    Attack("the spec is a FIFO", lambda folder: os.mkfifo(folder / "spec.nn") or ["spec.nn"], ("NN0002",), ("check", "fmt")),
    Attack("the spec is not there, beside 20,000 others", lambda folder: [(folder / f"s{i}.nn").touch() for i in range(20_000)] and ["spec.nn"], ("NN0002",)),
]  # fmt: skip

# ---- the command line ----------------------------------------------------------------------------

_PARAM = 'param n = [1]\nparam t = 1\nparam s = "a"\n' + model("  # allow NN0907: hostile\n  k = [n, t, s]")
COMMAND = [
    Attack("a huge list in --set", setting(_PARAM, "n=[" + "1," * 30_000 + "]"), ()),
    Attack("deep brackets in --set", setting(_PARAM, "n=" + "[" * 30_000 + "]" * 30_000), ("NN0204", "NN0104")),
    Attack("open brackets in --set", setting(_PARAM, "n=" + "[" * 60_000), ("NN0204", "NN0104")),
    Attack("minus signs in --set", setting(_PARAM, "t=" + "-" * 60_000 + "1"), ("NN0204", "NN0104")),
    Attack("a long number in --set", setting(_PARAM, "t=" + "9" * 100_000), ("NN0204", "NN0206")),
    Attack("a number beyond all in --set", setting(_PARAM, "t=" + "9" * 40), ()),
    Attack("a power in --set", setting(_PARAM, "t=9**9**9"), ("NN0204",)),
    Attack("a long string in --set", setting(_PARAM, "s=" + "a" * 120_000), ()),
    Attack("many --set", setting(_PARAM, *(f"p{i}=1" for i in range(2_000))), ("NN0208",)),
    Attack("a control character in --set", setting(_PARAM, "s=a\x1b[2Jb\u202e"), ()),
]  # fmt: skip

ATTACKS = [*GROWTH, *NUMBERS, *DEPTH, *GARBAGE, *FILES, *COMMAND]
