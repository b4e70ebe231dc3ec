"""The checker: what it makes of right specs, what it says of wrong ones, and that it always ends."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from nnc import codes, graph, limits
from nnc.catalog import Size
from nnc.check import check, parse_override
from nnc.diagnostics import Diagnostic
from nnc.render import render_text
from nnc.source import Source
from nnc.syntax import parse
from tests.bounded import HANGING
from tests.conftest import ROOT
from tests.golden import CASES, bad_cases, findings_of


def checked(text: str, **options: object) -> tuple[graph.Spec | None, list[Diagnostic]]:
    file, findings = parse(Source("spec.nn", text))
    assert file is not None
    assert not len(findings), render_text(findings)
    spec, found = check(file, **options)  # type: ignore[arg-type]  # passed on as they are
    return spec, list(found)


def right(text: str, **options: object) -> graph.Spec:
    spec, found = checked(text, **options)
    assert spec is not None, render_text(found)
    return spec


def body(text: str, width: str = "10") -> str:
    return f"model M {{\n  input x: [{width}]\n{text}\n}}\n"


def ids(found: list[Diagnostic]) -> list[str]:
    return [item.code.id for item in found]


# ---- golden files --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", bad_cases(), ids=lambda path: path.stem)
def test_findings_are_the_golden_ones(path: Path) -> None:
    assert render_text(findings_of(path)) == path.with_suffix(".txt").read_text(encoding="utf-8"), (
        "read the difference, then: python -m tests.golden"
    )


def test_every_code_of_the_checker_has_a_case() -> None:
    shown = "\n".join(path.with_suffix(".txt").read_text(encoding="utf-8") for path in bad_cases())
    mine = [code.id for code in codes.ALL if re.match(r"NN0[2-5]|NN09", code.id)]
    assert [id_ for id_ in mine if f"[{id_}]" not in shown] == ["NN0208"]  # --set: tested below


@pytest.mark.parametrize("path", bad_cases(), ids=lambda path: path.stem)
def test_a_fix_mends_what_it_says(path: Path) -> None:
    for finding in findings_of(path):
        if finding.fix is None:
            continue
        text = path.read_text(encoding="utf-8")
        span = finding.fix.span
        mended = text[: span.start] + finding.fix.replacement + text[span.end :]
        source = Source(path.name, mended)
        file, syntax = parse(source)
        assert file is not None
        found = [*syntax, *check(file, syntax=syntax)[1]]
        same = [f for f in found if (f.code, f.labels[0].span.start) == (finding.code, finding.labels[0].span.start)]
        assert same == []


GOOD = sorted([*(CASES / "good").glob("*.nn"), *(ROOT / "examples").glob("*.nn")])


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_right_specs_have_no_findings(path: Path) -> None:
    assert render_text(findings_of(path)) == ""


# ---- values --------------------------------------------------------------------------------------


def units(expression: str, head: str = "") -> object:
    spec = right(f"{head}\n{body(f'  output y = x -> Dense({expression})')}")
    return spec.model.layers["y"].args["units"]


@pytest.mark.parametrize(
    "expression",
    [
        "round((10 + 1) / 2)",
        "round((10 + 1) / 4)",
        "round(2.5)",
        "7 // 2 * 2 + 7 % 4",
        "2 ** 3 ** 2",
        "-(-3)",
        "floor(3.7) + ceil(3.2)",
        "min(3, 4) + max([5, 6])",
        "abs(-3) + round(sqrt(16))",
        "len(range(2, 20, 3))",
        "[1, 2, 3][-1]",
        "len([1, 2, 3][1:])",
    ],
)
def test_constants_are_as_in_python(expression: str) -> None:
    from math import ceil, floor, sqrt

    assert units(expression) == eval(expression, {"ceil": ceil, "floor": floor, "sqrt": sqrt})  # noqa: S307 - Python is the oracle


def test_conditions_and_shapes() -> None:
    assert units("if 1 < 2 and not false then 3 else 4") == 3
    assert units("channels(x) + shape(x)[0]") == 20
    assert units("round(100 * 20%)") == 20
    assert units("if false and [1][5] == 1 then 3 else 4") == 4


# ---- names of layers -----------------------------------------------------------------------------


def names(text: str, head: str = "") -> list[str]:
    return list(right(head + body(text)).model.layers)


def test_a_single_layer_has_the_name_of_its_binding() -> None:
    assert names("  h1 = x -> Dense(8)\n  output y = h1 -> Dense(1)") == ["h1", "y"]


def test_other_layers_are_named_after_binding_and_kind() -> None:
    text = "  h = x -> Dense(8) -> BatchNormalization() -> relu -> Dense(8)\n  output y = h -> Dense(1)"
    assert names(text) == ["h_dense", "h_batch_normalization", "h_activation", "h_dense_2", "y"]


def test_names_are_unique_and_those_in_the_spec_come_first() -> None:
    text = """
  h = x -> Dense(8)
  h = h -> Dense(8)
  x = h -> Dense(4)
  y = x -> Dense(3)
  h = y -> Dense(8, name="h")
  output y = h -> Dense(1)"""
    assert names(text) == ["h_2", "h_3", "x_2", "y_2", "h", "y"]


def test_blocks_repeats_and_shared_layers_are_named() -> None:
    block = 'block B(n) {\n  input x\n  a = x -> Dense(n)\n  output y = a -> Dense(n, name="last")\n}\n'
    text = """
  layer s = Dense(10)
  layer t = B(3)
  h = x -> s -> s -> B(10)
  h = h -> 2 * B(5) -> t -> t
  output y = h -> 2 * Dense(3)"""
    with pytest.raises(AssertionError, match="weights for another size"):
        names(text, block)
    fitting = text.replace("B(3)", "B(5)")
    assert names(fitting, block) == [
        *("s", "h_b_a", "h_b_last", "h_b_1_a", "h_b_1_last", "h_b_2_a", "h_b_2_last", "t_a", "t_last", "y_1", "y_2"),
    ]


def test_scopes_tell_blocks_and_repeats_apart() -> None:
    block = "block B(n) {\n  input x\n  output y = x -> Dense(n)\n}\n"
    model = right(block + body("  output y = x -> 2 * B(10) -> B(1)")).model
    assert [call.scope for call in model.calls] == [
        (graph.Scope("B", "y_b_1", (0, 2)),),
        (graph.Scope("B", "y_b_2", (1, 2)),),
        (graph.Scope("B", "y_b"),),
    ]


def test_an_edit_elsewhere_does_not_rename() -> None:
    before = names("  h = x -> Dense(8) -> Dense(8)\n  output y = h -> Dense(1)")
    after = names("  h = x -> Dense(8) -> Dense(8)\n  k = h -> Dense(2) -> Dense(8)\n  output y = k -> Dense(1)")
    assert [name for name in before if name not in after] == []


def test_layers_that_no_output_hangs_on_are_left_out_as_keras_leaves_them_out() -> None:
    model = right(body("  # allow NN0907: a dead end\n  h = x -> Dense(8)\n  output y = x -> Dense(1)")).model
    assert list(model.layers) == ["y"]
    assert (len(model.calls), model.trainable) == (1, 11)


def test_a_shared_block_in_a_shared_block_keeps_its_layers() -> None:
    blocks = """
block Inner() {
  input x
  output y = x -> Dense(4)
}
block Outer() {
  input x
  layer inner = Inner()
  h = x -> inner
  output y = h -> inner
}
"""
    model = right(blocks + body("  layer o = Outer()\n  output y = x -> o -> o", "4")).model
    assert len(model.layers) == 1
    assert len(model.calls) == 4


# ---- params, widths, use -------------------------------------------------------------------------

PARAMS = 'param n = 8 in [8, 16]\nparam path = "a.csv"\nparam rate = 1e-3 in 1e-4..1e-1 log\n' + body(
    "  # allow NN0908: under test\n  output y = x -> Dense(n)"
)


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("1e-3", 1e-3), ("20%", 0.2), ("-3", -3), ("true", True), ("none", None), ("[1, 2]", (1, 2))],
)
def test_an_override_is_a_value(text: str, value: object) -> None:
    assert parse_override(text) == value


@pytest.mark.parametrize("text", ["titanic.csv", "/data/a b.csv", "1\nmodel M {}", "", "1 in [1]", "f(3)", "#"])
def test_other_overrides_are_texts(text: str) -> None:
    assert parse_override(text) == text


def test_overrides() -> None:
    spec = right(PARAMS, overrides={"n": "16", "path": "12"})
    assert (spec.params["n"], spec.params["path"], spec.model.layers["y"].args["units"]) == (16, "12", 16)


@pytest.mark.parametrize(
    ("override", "code"),
    [({"m": "1"}, "NN0208"), ({"n": "9"}, "NN0207"), ({"rate": "1"}, "NN0207"), ({"n": "x"}, "NN0204")],
)
def test_wrong_overrides(override: dict[str, str], code: str) -> None:
    spec, found = checked(PARAMS, overrides=override)
    assert spec is None
    assert ids([f for f in found if f.severity == "error"]) == [code]


def test_widths_stand_for_the_columns_of_the_table() -> None:
    text = (
        'model M {\n  input a: [features]\n  input b: [features(Age, "Body mass")]\n'
        "  output y = [a, b] -> Concatenate() -> Dense(1)\n}\n"
    )
    unknown = right(text).model
    assert unknown.inputs[0].tensor.type.shape == (Size("features"),)
    assert unknown.inputs[1].tensor.type.shape == (Size("features(Age, Body mass)"),)
    assert [one.features for one in unknown.inputs] == [(), ("Age", "Body mass")]
    assert unknown.trainable is None
    known = right(text, widths={"features": 7, "features(Age, Body mass)": 2}).model
    assert known.trainable == 7 + 2 + 1


def reading(files: dict[str, str]):
    def read(path: str) -> Source:
        if path not in files:
            raise FileNotFoundError(2, "No such file or directory", path)
        return Source(path, files[path])

    return read


def test_use_brings_fns_and_blocks() -> None:
    files = {
        "blocks/b.nn": 'use "deep/c.nn"\nparam k = 3\nblock B() {\n  input x\n  output y = x -> Dense(k) -> act\n}\n',
        "blocks/deep/c.nn": "fn act(x) = relu(x) + one(x)\nfn one(x) = x\n",
    }
    spec = right('use "blocks/b.nn"\n' + body("  output y = x -> B()"), read=reading(files))
    assert spec.model.trainable == 33
    assert list(spec.fns) == ["one", "act"]


def test_fns_of_different_files_may_have_one_name_and_each_file_sees_its_own() -> None:
    files = {
        "lib.nn": "fn act(x) = scaled(x)\nfn scaled(x) = x * 2\nblock B() {\n  input x\n  output y = x -> act\n}\n"
    }
    deep = {
        "deep.nn": 'use "lib.nn"\nfn scaled(x) = x * 3\nblock C() {\n  input x\n  output y = x -> B() -> scaled\n}\n'
    }
    clash, found = checked('use "deep.nn"\n' + body("  output y = x -> C()"), read=reading(files | deep))
    assert clash is None
    assert ids(found) == ["NN0202"]  # `use` brings the name that the file has
    deep = {
        "deep.nn": 'use "lib.nn"\nfn other(x) = act(x) * 3\nblock C() {\n  input x\n  output y = x -> B() -> other\n}\n'
    }
    spec = right(
        'use "deep.nn"\nfn scaled(x) = x * 5\n' + body("  output y = x -> C() -> scaled"), read=reading(files | deep)
    )
    used = [layer.args["activation"] for layer in spec.model.layers.values()]
    assert used == [graph.FnRef("act"), graph.FnRef("other"), graph.FnRef("scaled")]
    (inner,) = (expr.op for expr in [spec.fns["act"].result] if isinstance(expr, graph.FnCall))
    assert inner == graph.FnRef("lib_scaled")
    assert spec.fns["lib_scaled"] != spec.fns["scaled"]


def test_an_fn_does_not_see_what_its_file_does_not_use() -> None:
    files = {"a.nn": 'use "b.nn"\nfn f(x) = g(x)\n', "b.nn": "fn g(x) = x + 1\n"}
    assert right('use "a.nn"\n' + body("  output y = f(x)"), read=reading(files)).fns.keys() == {"f", "g"}
    _, found = checked('use "a.nn"\nfn h(x) = g(x)\n' + body("  output y = h(f(x))"), read=reading(files))
    assert ids(found) == ["NN0321"]


def test_what_a_file_that_is_lost_may_have_is_not_called_unknown() -> None:
    text = body("  h = x -> Tower() -> Dence(3)\n  output y = x -> Dense(1)")
    _, found = checked('use "lost.nn"\n' + text, read=reading({}))
    assert ids(found) == ["NN0210", "NN0301"]
    assert "`Dence`" in found[1].message


def test_a_range_of_whole_numbers_has_whole_numbers_only() -> None:
    whole = "param n = 8 in 4..16\n" + body("  output y = x -> Dense(8) -> Dropout(n / 100)")
    assert right(whole, overrides={"n": "9"}).params["n"] == 9
    assert ids(checked(whole, overrides={"n": "9.5"})[1]) == ["NN0207"]
    assert right(whole.replace("4..16", "4.0..16"), overrides={"n": "9.5"}).params["n"] == 9.5


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_repeat_is_so_many_and_none_lets_the_tensor_through(count: int) -> None:
    block = "param n = 0 in 0..5\nblock B() {\n  input x\n  output y = x -> Dense(10)\n}\n"
    model = right(block + body("  output y = x -> n * B() -> Dense(1)"), overrides={"n": str(count)}).model
    assert [layer.kind for layer in model.layers.values()] == ["Dense"] * (count + 1)
    shared = right("param n = 0 in 0..5\n" + body("  layer d = Dense(10)\n  output y = x -> n * d -> Dense(1)"),
                   overrides={"n": str(count)}).model  # fmt: skip
    assert (len(shared.layers), len(shared.calls)) == (1 + (count > 0), count + 1)


def test_use_in_a_circle() -> None:
    files = {"a.nn": 'use "b.nn"\n', "b.nn": 'use "a.nn"\n'}
    _, found = checked('use "a.nn"\n' + body("  output y = x -> Dense(1)"), read=reading(files))
    assert ids(found) == ["NN0211"]


def test_what_a_used_file_uses_is_not_seen() -> None:
    files = {"a.nn": 'use "b.nn"\n', "b.nn": "block B() {\n  input x\n  output y = x\n}\n"}
    _, found = checked('use "a.nn"\n' + body("  output y = x -> B()"), read=reading(files))
    assert ids(found) == ["NN0301"]


def test_paths_stay_inside_the_tree() -> None:
    asked: list[str] = []

    def read(path: str) -> Source:
        asked.append(path)
        return Source(path, 'use "../../x.nn"\n')

    _, found = checked('use "a/b.nn"\n' + body("  output y = x -> Dense(1)"), read=read)
    assert asked == ["a/b.nn"]
    assert ids(found) == ["NN0210"]


# ---- sections ------------------------------------------------------------------------------------


def test_a_whole_spec() -> None:
    path = CASES / "good" / "router.nn"
    spec = right(path.read_text(encoding="utf-8"))
    assert spec.train is not None
    assert spec.data is not None
    assert spec.train.losses == {
        "priority": "binary_crossentropy",
        "department": graph.Object("losses", "SparseCategoricalCrossentropy"),
    }
    assert spec.train.optimizer == graph.Object("optimizers", "Adam")
    assert spec.train.metrics["department"] == ("accuracy",)
    assert spec.train.loss_weights == {"priority": 1.0, "department": 0.2}
    assert (spec.train.epochs, spec.train.batch_size, spec.train.shuffle) == (1, 32, True)  # Keras's defaults
    assert spec.data.targets == (
        graph.Target("Priority (h)", "priority", "log1p"),
        graph.Target("Department", "department"),
    )
    assert spec.data.args == {"path": "tickets.csv", "delimiter": ";"}


def test_class_weights_are_by_number() -> None:
    spec = right(
        body("  output y = x -> Dense(1, sigmoid)") + "train {\n  loss = bce\n  class_weight = {0: 1, 1: 5.5}\n}"
    )
    assert spec.train is not None
    assert spec.train.class_weight == {0: 1, 1: 5.5}


def test_an_allow_with_a_reason_silences() -> None:
    text = "  h = x -> Dense(3)  # allow NN0907: for the next step\n  output y = x -> Dense(1)"
    assert checked(body(text))[1] == []
    assert ids(checked(body(text.replace("for the next step", "")))[1]) == ["NN0907", "NN0912"]


# ---- bounds --------------------------------------------------------------------------------------

HOSTILE = {
    "loops": "  h = x\n  for i in range(9999) { for j in range(9999) { h = h -> Dense(4) } }",
    "empty loops": "  h = x\n  for i in range(9999) { for j in range(9999) { k = j } }",
    "loops around nothing": "  h = x\n  for i in range(9999) { for j in range(9999) { for k in range(9999) {} } }",
    "a fault in loops": "  h = x\n  for i in range(999) { for j in range(999) { h = x -> accuracyDens(4, 'rellu') } }",
    "a fault in a tower": "  h = x -> F59()",
    "repeat": "  h = x -> 1000000000 * Dense(4)",
    "doubling list": "  h = x\n  l = [1]\n  for i in range(9999) { l = l + l }",
    "list of lists of tensors": "  l = [x]\n  for i in range(99) { l = [l, l, l, l] }\n  h = l -> Add()",
    "list of lists": "  l = [1]\n  for i in range(99) { l = [l, l, l, l] }\n  h = x -> Dense(l)",
    "long lists": "  h = x\n  l = range(9999)\n  for i in range(9999) { k = max(l + [i]) }",
    "strings": '  h = x\n  t = "ab"\n  for i in range(99) { t = t + t }',
    "powers": "  h = x -> Dense(9 ** 9 ** 9 ** 9)",
    "a tower of fns": "  h = x -> f59",
    "a tower of blocks": "  h = x -> B59()",
    "a block in itself": "  h = x -> Self()",
    "a million faults": "  h = x\n" + "\n".join(f"  h = h -> Dens{i}(4, rellu)" for i in range(3000)),
}
TOWERS = (
    "fn f0(x) = x + x\n"
    + "".join(f"fn f{i}(x) = f{i - 1}(f{i - 1}(x))\n" for i in range(1, 60))
    + "block B0() {\n  input x\n  output y = x -> Dense(4)\n}\n"
    + "".join(f"block B{i}() {{\n  input x\n  output y = x -> 9 * B{i - 1}()\n}}\n" for i in range(1, 60))
    + "block F0() {\n  input x\n  a = x -> accuracyDens(4)\n  b = x -> Dense(4, 'rellu')\n  output y = x\n}\n"
    + "".join(
        f"block F{i}() {{\n  input x\n  a = x -> F{i - 1}()\n  output y = x -> F{i - 1}()\n}}\n" for i in range(1, 60)
    )
    + "block Self() {\n  input x\n  output y = x -> Self()\n}\n"
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_specs_end_in_a_finding(name: str) -> None:
    file, _ = parse(Source("spec.nn", TOWERS + body(HOSTILE[name] + "\n  output y = h -> Dense(1)", "4")))
    assert file is not None
    start = time.process_time()
    spec, found = check(file)
    assert time.process_time() - start < HANGING
    assert spec is None
    assert 1 <= len(found) <= limits.MAX_FINDINGS
