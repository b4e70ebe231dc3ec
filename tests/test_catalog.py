"""The catalog by itself: every row is whole, names are found, messages speak of the argument."""

from __future__ import annotations

import random
import subprocess
import sys
from importlib import import_module

import pytest

from nnc.catalog import Applied, LayerRow, MetricRow, Rejection, Size, TensorType, apply_layer, apply_op, find, names
from nnc.catalog.arguments import type_of
from nnc.catalog.layers import FAMILIES
from nnc.catalog.ops.docs import doc_of
from nnc.catalog.ops.refused import IN_MODELS
from nnc.catalog.ops.table import rules
from nnc.catalog.registry import NOT_YET
from nnc.catalog.signatures import signature
from nnc.catalog.values import FnRef, IndexItem, Object

OBJECTS = (
    "layers", "losses", "metrics", "optimizers", "optimizers.schedules", "initializers", "regularizers",
    "constraints", "callbacks",
)  # fmt: skip
ROWS = [(kind, name) for kind in OBJECTS for name in names(kind)]
OFFERED = [(kind, name) for kind, name in ROWS if not find(kind, name).refused]


def layer(name: str, *operands, by_name=None, **args):
    row = find("layers", name)
    assert isinstance(row, LayerRow)
    return apply_layer(row, args, operands, by_name or {})


@pytest.mark.parametrize(("kind", "name"), OFFERED)
def test_every_argument_has_a_type_that_takes_its_default(kind, name):
    for arg in find(kind, name).args:
        assert type_of(kind, name, arg.name) is not None, arg.name
        if not arg.required:
            assert not isinstance(arg.kind.accept(arg.default), Rejection), arg.name


def test_every_row_says_what_it_is_or_why_not():
    for kind, name in ROWS:
        row = find(kind, name)
        assert row.doc or row.refused == NOT_YET, name
        if isinstance(row, LayerRow) and not row.refused:
            assert name in row.example, name
            assert all(row.arg(shown) for shown in row.shown), name
            assert row.units is None or row.arg(row.units), name
            assert row.role in {"hidden", "dropout", "other"}


def test_the_page_of_what_is_covered_is_that_of_the_catalog():
    from tests.oracle.coverage import FILE, page

    assert FILE.read_text(encoding="utf-8") == page(), "run `make catalog`"


def test_every_layer_of_keras_has_a_row_or_a_reason():
    assert [name for name in names("layers") if find("layers", name).refused == NOT_YET] == []


def test_the_index_of_families_is_that_of_the_tables():
    for family, listed in FAMILIES.items():
        table = import_module(f"nnc.catalog.layers.{family}").ROWS
        assert listed.split() == [row.name for row in table]


@pytest.mark.parametrize(
    ("kind", "spelling", "name"),
    [
        ("layers", "Dense", "Dense"),
        ("layers", "Convolution2D", "Conv2D"),
        ("layers", "MaxPool2D", "MaxPooling2D"),
        ("losses", "mae", "MeanAbsoluteError"),
        ("losses", "binary_crossentropy", "BinaryCrossentropy"),
        ("metrics", "accuracy", "Accuracy"),
        ("metrics", "acc", "Accuracy"),
        ("metrics", "mse", "MeanSquaredError"),
        ("optimizers", "adam", "Adam"),
        ("initializers", "he_normal", "HeNormal"),
        ("initializers", "zeros", "Zeros"),
        ("regularizers", "l2", "L2"),
        ("activations", "swish", "silu"),
        ("ops", "matmul", "matmul"),
    ],
)
def test_aliases_and_words_are_found(kind, spelling, name):
    assert find(kind, spelling).name == name


def test_what_is_not_there_is_not_found():
    assert find("layers", "Dens") is None
    assert find("nonsense", "Dense") is None
    assert "Convolution2D" not in names("layers")


def test_metrics_know_which_way_is_better():
    better = {name: find("metrics", name).higher_is_better for name in ("accuracy", "AUC", "mae", "R2Score", "Mean")}
    assert better == {"accuracy": True, "AUC": True, "mae": False, "R2Score": True, "Mean": None}
    assert all(find("losses", name).higher_is_better is False for name in names("losses"))
    assert all(isinstance(find("metrics", name), MetricRow) for name in names("metrics"))


@pytest.mark.parametrize(
    ("row", "argument", "value", "reason"),
    [
        ("Dense", "units", -3, "`units` must be a positive whole number"),
        ("Dense", "units", 2.5, "`units` must be a positive whole number"),
        ("Dense", "units", True, "`units` must be a positive whole number"),
        ("Dropout", "rate", 1.5, "`rate` must be a number from 0 to 1"),
        ("Conv2D", "kernel_size", (3, 3, 3), "`kernel_size` must be a positive whole number or a list of 2"),
        ("Conv2D", "padding", "causal", "`padding` must be `valid` or `same`"),
        ("Dense", "kernel_initializer", 3, "`kernel_initializer` must be an initializer or none"),
        ("Bidirectional", "layer", "LSTM", "`layer` must be a layer"),
    ],
)
def test_a_refused_argument_is_named_with_what_was_expected(row, argument, value, reason):
    refused = find("layers", row).arg(argument).kind.accept(value)
    assert isinstance(refused, Rejection)
    assert refused.reason == reason
    assert refused.argument == argument
    assert refused.expected in reason
    assert refused.found


def test_a_misspelt_word_is_mended():
    refused = find("layers", "Dense").arg("activation").kind.accept("rleu")
    assert refused.help == "did you mean `relu`?"


def test_arguments_come_as_keras_has_them():
    conv = find("layers", "Conv2D")
    assert conv.arg("kernel_size").kind.accept([3, 3]) == (3, 3)
    assert conv.arg("kernel_size").kind.accept(3) == 3
    assert conv.arg("activation").kind.accept(FnRef("f")) == FnRef("f")
    he = Object("initializers", "HeNormal", {"seed": 1})
    assert conv.arg("kernel_initializer").kind.accept(he) == he
    assert conv.arg("kernel_initializer").kind.fn is False
    assert [arg.name for arg in conv.args][:2] == ["filters", "kernel_size"]
    assert conv.arg("filters").required


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "~/x", "C:\\x", "http://h/x", ""])
def test_a_callback_writes_inside_the_run_alone(path):
    kind = find("callbacks", "CSVLogger").arg("filename").kind
    assert isinstance(kind.accept(path), Rejection)
    assert kind.accept("logs/epochs.csv") == "logs/epochs.csv"


# ---- the tutorial's own figures ------------------------------------------------------------------


def test_a_perceptron_has_four_parameters():
    assert layer("Dense", TensorType((3,)), units=1).trainable == 4


def test_the_deep_network_has_91_parameters():
    x = TensorType((10,))
    total = 0
    for units in (6, 3, 1):
        dense = layer("Dense", x, units=units)
        total += dense.trainable
        (x,) = layer("Dropout", dense.outputs[0], rate=0.2).outputs
    assert (total, x) == (91, TensorType((1,)))


# ---- sizes that are not known --------------------------------------------------------------------


def test_a_named_size_passes_through():
    x = TensorType((Size("T"), 8))
    assert layer("Dense", x, units=4).outputs[0].shape == (Size("T"), 4)
    assert layer("Conv1D", x, filters=4, kernel_size=3, padding="same").outputs[0].shape == (Size("T"), 4)
    assert layer("Conv1D", x, filters=4, kernel_size=3).outputs[0].shape == (Size(), 4)
    assert layer("LSTM", x, units=4).multiply_adds is None


def test_a_width_of_the_table_leaves_counts_open():
    features = TensorType((Size("features"),))
    dense = layer("Dense", features, units=4)
    assert (dense.outputs[0].shape, dense.trainable) == ((4,), None)
    joined = layer("Concatenate", (features, TensorType((3,))))
    assert layer("Dense", joined.outputs[0], units=4).trainable is None
    assert isinstance(layer("Dense", TensorType((Size("T"),)), units=4), Rejection)


def test_frozen_layers_count_as_such():
    frozen = layer("Dense", TensorType((3,)), units=2, trainable=False)
    assert (frozen.trainable, frozen.non_trainable) == (0, 8)


def test_freezing_a_shell_is_refused():
    """In a model Keras would go on training what is inside."""
    x = TensorType((5, 3))
    lstm = Object("layers", "LSTM", {"units": 4})
    assert isinstance(layer("Bidirectional", x, layer=lstm, trainable=False), Rejection)
    inside = Object("layers", "LSTM", {"units": 4, "trainable": False})
    assert layer("Bidirectional", x, layer=inside).trainable == 0


def test_lists_may_be_written_either_way():
    x = TensorType((3,))
    assert layer("Add", (x, x)) == layer("Add", x, x)
    assert isinstance(layer("Add", x), Rejection)


@pytest.mark.parametrize(
    ("name", "args", "shape", "work"),
    [
        ("Dense", {"units": 4}, (3,), 12),
        ("Dense", {"units": 4}, (5, 3), 60),
        ("Conv2D", {"filters": 2, "kernel_size": 3}, (5, 5, 1), 3 * 3 * 9 * 2),
        ("Conv2D", {"filters": 4, "kernel_size": 1, "groups": 2}, (2, 2, 4), 4 * 2 * 4),
        ("DepthwiseConv2D", {"kernel_size": 3}, (3, 3, 2), 9 * 2),
        ("SeparableConv2D", {"filters": 5, "kernel_size": 3}, (3, 3, 2), 9 * 2 + 2 * 5),
        ("Conv2DTranspose", {"filters": 2, "kernel_size": 2, "strides": 2}, (3, 3, 1), 9 * 4 * 2),
        ("LSTM", {"units": 2}, (3, 4), 3 * 4 * 2 * (4 + 2)),
        ("Dropout", {"rate": 0.5}, (3,), 0),
    ],
)
def test_multiply_adds(name, args, shape, work):
    assert layer(name, TensorType(shape), **args).multiply_adds == work


def test_multiply_adds_of_attention():
    x = TensorType((5, 8))
    found = layer("MultiHeadAttention", x, x, num_heads=2, key_dim=4)
    projections = 4 * 5 * 8 * 8  # query, key, value and output: 5 steps, 8 to 8
    assert found.multiply_adds == projections + 2 * 5 * 5 * 8  # scores, and their mix of values


# ---- functions -----------------------------------------------------------------------------------


def test_operators_keep_the_batch():
    x, y = TensorType((3,)), TensorType((5, 3))
    assert apply_op("add", [x, 1], {}) == (x,)
    assert apply_op("greater", [x, 0], {}) == (TensorType((3,), "bool"),)
    assert apply_op("matmul", [y, TensorType((3, 2))], {}) == (TensorType((5, 2)),)
    assert apply_op("getitem", [y, IndexItem(is_slice=True), IndexItem(0)], {}) == (x,)
    assert apply_op("sum", [y], {"axis": -1}) == (TensorType((5,)),)


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        ("sum", [TensorType((3,))], {}),
        ("mean", [TensorType((3,))], {"axis": 0}),
        ("softmax", [TensorType((3,))], {"axis": 0}),
        ("add", [TensorType((3,)), TensorType((5, 3))], {}),
        ("getitem", [TensorType((3,)), IndexItem(0)], {}),
        ("concatenate", [(TensorType((3,)), TensorType((3,)))], {}),
        ("reshape", [TensorType((12,)), (-1, 6)], {}),
        ("transpose", [TensorType((3,))], {}),
    ],
)
def test_nothing_may_mix_the_rows_of_a_batch(name, args, kwargs):
    assert isinstance(apply_op(name, args, kwargs), Rejection)


def test_unknown_functions_and_arguments_are_refused():
    x = TensorType((3,))
    assert isinstance(apply_op("nonsense", [x], {}), Rejection)
    assert isinstance(apply_op("relu", [x], {"alpha": 1}), Rejection)
    assert isinstance(apply_op("add", [x], {}), Rejection)
    assert isinstance(apply_op("add", [x, "a"], {}), Rejection)


def test_every_function_of_keras_has_a_rule_or_a_reason():
    ruled, refused = set(rules()), set(IN_MODELS)
    assert not ruled & refused
    assert ruled | refused == {*names("ops"), "getitem"}
    assert len(ruled) >= 240
    assert all(doc_of(name) for name in names("ops"))


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "shapes"),
    [
        ("einsum", ["bij,bjk->bik", TensorType((3, 4)), TensorType((4, 5))], {}, [(3, 5)]),
        ("einsum", ["bhij,bhjk->bhik", TensorType((2, 3, 4)), TensorType((2, 4, 5))], {}, [(2, 3, 5)]),
        ("svd", [TensorType((4, 3))], {}, [(4, 4), (3,), (3, 3)]),
        ("stft", [TensorType((16,)), 4, 2, 4], {}, [(9, 3), (9, 3)]),
        ("pad", [TensorType((7,)), ((0, 0), (1, 2))], {}, [(10,)]),
        ("take", [TensorType((7, 3)), (0, 2)], {"axis": 1}, [(2, 3)]),
        ("max_pool", [TensorType((8, 8, 3)), 2], {}, [(4, 4, 3)]),
        ("dot_product_attention", [TensorType((5, 2, 4)), *[TensorType((6, 2, 4))] * 2], {}, [(5, 2, 4)]),
        ("unstack", [TensorType((3, 2))], {"axis": 1}, [(2,)] * 3),
        ("tril", [TensorType((3, 2))], {"k": 2}, [(3, 2)]),
        ("max_pool", [TensorType((6, 4)), (1, 2, 1), 2, "same"], {}, [(3, 4)]),
        ("bitwise_left_shift", [TensorType((4,), "int32"), TensorType((1,), "int32")], {}, [(4,)]),
    ],
)
def test_functions_have_the_shapes_of_their_definitions(name, args, kwargs, shapes):
    assert [out.shape for out in apply_op(name, args, kwargs)] == shapes


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "words"),
    [
        ("einsum", ["bij,bjk->bik", TensorType((3, 4)), TensorType((3, 5))], {}, "the axis `j` has two sizes"),
        ("inv", [TensorType((3, 4))], {}, "the matrices must be square"),
        ("take", [TensorType((7,)), 9], {"axis": 1}, "there is no place 9 in an axis of 7"),
        ("while_loop", [TensorType((7,))], {}, "a spec holds none"),
        ("segment_sum", [TensorType((7,)), (0, 1)], {}, "it would mix the rows of a batch"),
        ("irfft", [(TensorType((1,)), TensorType((1,)))], {}, "no values"),
        ("tril", [TensorType((3, 1))], {"k": 2}, "the edge of the triangle lies outside"),
        ("triu", [TensorType((3, 1))], {"k": -4}, "the edge of the triangle lies outside"),
        ("bitwise_left_shift", [TensorType((1,), "int32"), TensorType((4,), "int32")], {}, "the shape of `x`"),
    ],
)
def test_a_refused_function_says_why(name, args, kwargs, words):
    refused = apply_op(name, args, kwargs)
    assert isinstance(refused, Rejection)
    assert words in refused.reason


JUNK = (
    None, True, 0, -1, 7, 10**30, 2.5, float("nan"), "a", "", (), (1, "a"), ((1, 2), (3,)), {"a": 1}, FnRef("f"),
    Object("layers", "Dense", {"units": 3}), Object("layers", "Nonsense"), IndexItem(0),
    IndexItem(step=0, is_slice=True), TensorType(()), TensorType((3,)),
    TensorType((Size(), 3)), TensorType((2, 3), "string"),
    (TensorType((3,)),),
)  # fmt: skip


def test_no_junk_makes_a_function_fail():
    rng = random.Random(1)  # noqa: S311 - sampling, no secret
    offered = [*rules(), "sum", "nonsense"]
    for number in range(6000):
        name = offered[number % len(offered)]
        found = signature("ops", name)
        known = [arg[0] for arg in found.args] if found else []
        args = [rng.choice(JUNK) for _ in range(rng.randint(0, 3))]
        kwargs = {key: rng.choice(JUNK) for key in known[len(args) :] if rng.random() < 0.4}
        result = apply_op(name, args, kwargs)
        assert isinstance(result, Rejection) or all(isinstance(item, TensorType) for item in result)


def test_no_junk_makes_a_layer_fail():
    rng = random.Random(1)  # noqa: S311 - sampling, no secret
    rows = [row for kind, name in OFFERED if isinstance(row := find(kind, name), LayerRow)]
    for number in range(6000):
        row = rows[number % len(rows)]
        args = {}
        for arg in row.args:
            taken = arg.kind.accept(rng.choice(JUNK))
            if not isinstance(taken, Rejection) and rng.random() < 0.5:
                args[arg.name] = taken
            elif arg.required and row.name in EASY:
                args |= EASY[row.name]
        if all(arg.name in args for arg in row.args if arg.required):
            operands = [rng.choice(JUNK) for _ in range(rng.randint(0, 3))]
            by_name = {"inputs": rng.choice(JUNK)} if rng.random() < 0.1 else {}
            assert isinstance(apply_layer(row, args, operands, by_name), Applied | Rejection)


EASY = {
    "Bidirectional": {"layer": Object("layers", "LSTM", {"units": 2})},
    "TimeDistributed": {"layer": Object("layers", "Dense", {"units": 2})},
    "RNN": {"cell": Object("layers", "LSTMCell", {"units": 2})},
    "Permute": {"dims": (1,)},
    "Reshape": {"target_shape": (3,)},
}


# ---- cost ----------------------------------------------------------------------------------------


def test_it_needs_the_standard_library_alone():
    code = (
        "import sys, nnc.catalog as c; c.find('layers', 'Dense'); c.find('metrics', 'accuracy');"
        "print([m for m in ('keras', 'tensorflow', 'numpy', 'lark') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_huge_arguments_cost_nothing():
    huge = 2**31 - 1
    found = layer("Conv3D", TensorType((8, 8, 8, huge)), filters=huge, kernel_size=(8, 8, 8))
    assert isinstance(found, Applied)
    assert found.trainable == 512 * huge * huge + huge
    assert isinstance(find("layers", "Dense").arg("units").kind.accept(10**400), Rejection)
