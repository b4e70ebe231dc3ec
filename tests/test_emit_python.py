"""The emitted Python reads well, is laid out as ruff would, and nothing of a spec gets out of its literals."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnc.catalog import Size
from nnc.emit.names import identifier
from nnc.emit.python import code as python_code
from nnc.emit.python.source import python_source
from nnc.graph import Fn, FnRef, IndexItem, Object, Scope, Spec, TrainConfig
from tests.emit.graphs import EPSILON, Graph, call
from tests.emit.strategies import TEXTS, specs
from tests.emit.tools import checked, ruff_complaints, ruff_complaints_about


def deep_nn() -> Graph:
    graph = Graph("DeepNN")
    x = graph.input("x", 10)
    h = graph.layer("Dense", {"units": 6, "activation": "relu"}, x, layer="h1_dense")
    h = graph.layer("Dropout", {"rate": 0.2}, h, layer="h1_dropout", name="h1")
    h = graph.layer("Dense", {"units": 3, "activation": "relu"}, h, layer="h2_dense")
    h = graph.layer("Dropout", {"rate": 0.2}, h, layer="h2_dropout", name="h2")
    graph.output("y", graph.layer("Dense", {"units": 1, "activation": "sigmoid"}, h, layer="y", name="y"))
    return graph


RECALL = Fn(
    "recall_batch",
    ("y_true", "y_pred"),
    (
        ("hits", call("sum", call("round", call("clip", call("multiply", "y_true", "y_pred"), 0, 1)))),
        ("positives", call("sum", call("round", call("clip", "y_true", 0, 1)))),
    ),
    call("divide", "hits", call("add", "positives", EPSILON)),
    "The share of the positives that were found, of one batch.",
)


def test_it_reads_as_a_person_would_write_it() -> None:
    train = TrainConfig(
        {"y": "binary_crossentropy"},
        Object("optimizers", "Adam", {"learning_rate": 0.001}),
        {"y": ("accuracy", Object("metrics", "Recall"), FnRef("recall_batch"))},
        epochs=100,
        validation_split=0.2,
        seed=7,
    )
    spec = deep_nn().spec(RECALL, train=train, file="folder/deep_nn.nn")
    assert python_source(spec, spec.model) == DEEP_NN


def test_an_input_keeps_its_variable_to_the_end() -> None:
    """`keras.Model(inputs=x)` must not be given what a later binding of the same name made."""
    spec = checked("model M {\n  input x: [3]\n  x = x -> Dense(4)\n  x = x -> Dense(2)\n  output y = x -> Dense(1)\n}")
    lines = [line.strip() for line in python_source(spec, spec.model).splitlines()]
    assert 'x = keras.Input(shape=(3,), name="x")' in lines
    assert [line for line in lines if line.startswith("x =")] == ['x = keras.Input(shape=(3,), name="x")']
    assert 'return keras.Model(inputs=x, outputs=y, name="M")' in lines


DEEP_NN = '''\
"""DeepNN, written by nnc from deep_nn.nn."""

import keras
from keras import layers, ops


def match_targets(y_true, y_pred):
    """Give targets the axes and the type of predictions that are of their size."""
    y_true = ops.convert_to_tensor(y_true)
    if y_pred.shape[-1] == 1 and len(y_true.shape) < len(y_pred.shape):
        y_true = ops.expand_dims(y_true, -1)
    if y_true.shape[1:] == y_pred.shape[1:]:
        y_true = ops.cast(y_true, y_pred.dtype)
    return y_true


@keras.saving.register_keras_serializable(package="deep_nn")
def recall_batch(y_true, y_pred):
    """The share of the positives that were found, of one batch."""
    y_true = match_targets(y_true, y_pred)
    hits = ops.sum(ops.round(ops.clip(y_true * y_pred, 0, 1)))
    positives = ops.sum(ops.round(ops.clip(y_true, 0, 1)))
    return hits / (positives + keras.config.epsilon())


def build_model():
    """Build DeepNN."""
    keras.utils.set_random_seed(7)
    x = keras.Input(shape=(10,), name="x")
    h1 = layers.Dense(6, activation="relu", name="h1_dense")(x)
    h1 = layers.Dropout(0.2, name="h1_dropout")(h1)
    h2 = layers.Dense(3, activation="relu", name="h2_dense")(h1)
    h2 = layers.Dropout(0.2, name="h2_dropout")(h2)
    y = layers.Dense(1, activation="sigmoid", name="y")(h2)
    return keras.Model(inputs=x, outputs=y, name="DeepNN")


def compile_model(model):
    """Set the optimizer, the loss and the metrics."""
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.001),
        loss="binary_crossentropy",
        metrics=["accuracy", keras.metrics.Recall(name="recall"), recall_batch],
    )


def train(model, x, y):
    """Train on prepared arrays; returns the history of every epoch."""
    return model.fit(x, y, batch_size=32, epochs=100, validation_split=0.2)


if __name__ == "__main__":
    build_model().summary()
'''


def test_a_skip_keeps_the_tensor_that_is_still_needed() -> None:
    graph = Graph()
    x = graph.input("x", 4)
    h = graph.layer("Dense", {"units": 4}, x, layer="first", name="h")
    again = graph.layer("Dense", {"units": 4}, h, layer="second", name="h")
    graph.output("y", graph.op("add", h, again, shape=(4,), name="y"))
    text = python_source(graph.spec(), graph.model())
    assert 'h_2 = layers.Dense(4, name="second")(h)' in text
    assert "y = h + h_2" in text


def test_shared_layers_nested_operators_and_blocks() -> None:
    graph = Graph()
    a, b = graph.input("a", 4), graph.input("b", 4)
    left = graph.layer("Dense", {"units": 4}, a, layer="encoder", name="left")
    right = graph.layer("Dense", {"units": 4}, b, layer="encoder", name="right")
    graph.scope = (Scope("Residual", "residual_2", (1, 3)),)
    part = graph.op("power", graph.op("subtract", left, right, shape=(4,)), 2, shape=(4,))
    mixed = graph.layer("Dense", {"units": 2}, part, layer="mixed", name="mixed")
    graph.scope = ()
    first = graph.op("getitem", mixed, IndexItem(is_ellipsis=True), IndexItem(0, 1, None, True), shape=(1,))
    graph.output("y", graph.layer("Concatenate", {}, (first, mixed), layer="y", name="y"))
    assert python_source(graph.spec(), graph.model()).partition("def build_model():\n")[2] == SHARED


SHARED = '''\
    """Build M."""
    a = keras.Input(shape=(4,), name="a")
    b = keras.Input(shape=(4,), name="b")
    encoder = layers.Dense(4, name="encoder")
    left = encoder(a)
    right = encoder(b)

    # block Residual, 2 of 3
    mixed = layers.Dense(2, name="mixed")((left - right) ** 2)

    y = layers.Concatenate(name="y")([mixed[..., 0:1], mixed])
    return keras.Model(inputs=[a, b], outputs=y, name="M")


if __name__ == "__main__":
    build_model().summary()
'''


def test_a_width_that_hangs_on_data_is_a_parameter() -> None:
    graph = Graph()
    x = graph.input("x", Size("features"), features=())
    t = graph.input("t", Size("T"), 8)
    h = graph.layer("Flatten", {}, x, layer="flat", name="h")
    graph.output("y", graph.layer("Reshape", {"target_shape": (2, -1)}, h, layer="y", name="y"))
    graph.output("z", graph.layer("Identity", {}, t, layer="z", name="z"))
    text = python_source(graph.spec(), graph.model())
    assert "def build_model(n_features):" in text
    assert 'x = keras.Input(shape=(n_features,), name="x")' in text
    assert 't = keras.Input(shape=(None, 8), name="t")' in text
    assert 'outputs={"y": y, "z": z}' in text
    assert "__main__" not in text
    assert ruff_complaints(text) == ""


def test_what_no_output_needs_is_left_out() -> None:
    graph = deep_nn()
    graph.layer("Dense", {"units": 99}, graph.calls[0].outputs[0], layer="dead", name="dead")
    unused = Fn("unused", ("x",), (), call("exp", "x"))
    spec = graph.spec(unused, Fn("used", ("x",), (("dead", call("exp", "x")),), call("relu", "x")))
    text = python_source(spec, spec.model)
    assert "dead" not in text
    assert "unused" not in text
    assert ruff_complaints(text) == ""


def test_operators_stand_only_where_they_mean_what_keras_ops_mean() -> None:
    fn = Fn(
        "mixed",
        ("x", "y"),
        (("chosen", call("where", call("greater", "x", 0), 1, 0)), ("same", call("equal", "x", "y"))),
        call("add", call("multiply", "chosen", "y"), call("negative", call("power", call("subtract", "x", 1), 2))),
    )
    graph = deep_nn()
    train = TrainConfig({"y": FnRef("mixed")}, Object("optimizers", "SGD"), {})
    text = python_source(graph.spec(fn, train=train), graph.model())
    assert "    chosen = ops.where(x > 0, 1, 0)\n" in text
    assert "    return ops.multiply(chosen, y) + -((x - 1) ** 2)\n" in text


def test_two_minus_signs_never_meet() -> None:
    """`--x` and `-(-x)` read like C's decrement, and ruff says so (B002)."""
    fn = Fn("twice", ("x", "y"), (), call("negative", call("negative", call("subtract", "y", "x"))))
    graph = deep_nn()
    train = TrainConfig({"y": FnRef("twice")}, Object("optimizers", "SGD"), {})
    text = python_source(graph.spec(fn, train=train), graph.model())
    assert "return ops.negative(-(y - x))" in text
    minus_two = python_code.number(-2.0)
    assert python_code.flat(python_code.minus(minus_two, "")) == "2.0"
    assert python_code.flat(python_code.minus(minus_two, "ops.negative")) == "ops.negative(-2.0)"


# ---- layout --------------------------------------------------------------------------------------


def test_ruff_has_nothing_to_say(tmp_path: Path) -> None:
    """All modules are shown to ruff at once: to start it takes longer than to read them."""
    number = itertools.count()

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(specs())
    def write(spec: Spec) -> None:
        (tmp_path / f"module_{next(number)}.py").write_text(python_source(spec, spec.model), encoding="utf-8")

    write()
    assert next(number) >= 60
    assert ruff_complaints_about(tmp_path) == ""


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_a_string_literal_means_its_text(text: str) -> None:
    assert ast.literal_eval(python_code.string(text).text) == text


@given(st.floats() | st.integers())
def test_a_number_means_its_value(value: float) -> None:
    code = python_code.flat(python_code.number(value))
    if code.startswith("float("):
        assert repr(float(ast.literal_eval(code[6:-1]))) == repr(value)
    else:
        assert repr(ast.literal_eval(code)) == repr(value)


# ---- hostile names -------------------------------------------------------------------------------

ATTEMPTS = [
    '"); import os; os.system("true"); ("',
    "'); __import__('os').system('true'); ('",
    '"""\nimport os\n"""',
    "\\",
    '\\"',
    "\n__import__('os')\n",
    "\r\nimport os",
    "\x0cimport os",
    "\u2028import os",
    "\x00",
    "{__import__('os')}",
    "%(os)s",
    "__import__",
    "__class__",
    "ｉｍｐｏｒｔ",
    "\u202eso tropmi\u202c",
    "# noqa",
    "\ud800",
]


def hostile(text: str) -> Spec:
    """A spec with the text wherever a text may stand."""
    graph = Graph(text)
    x = graph.input(text, 4)
    graph.scope = (Scope(text, text, None),)
    h = graph.layer("Dense", {"units": 2, "activation": FnRef("step")}, x, layer=text, name=text)
    h = graph.layer("Dense", {"units": 2, "kernel_initializer": text}, h, layer=f"{text}2", name=text)
    graph.output(text, h)
    step = Fn("step", (text,), ((text, call("exp", text)),), call("equal", text, call("relu", text)), text)
    train = TrainConfig(
        {text: text},
        Object("optimizers", "Adam", {"name": text}),
        {text: (text, Object("metrics", "AUC", {"name": text}))},
    )
    return graph.spec(step, train=train, file=f"{text}.nn")


def harmless() -> Spec:
    return hostile("plain")


def _shape(text: str) -> list[str]:
    """The kinds of all nodes of the module, in order: what it does, whatever its names and texts are."""
    return [type(node).__name__ for node in ast.walk(ast.parse(text))]


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=ascii)
def test_no_text_gets_out_of_its_literal(attempt: str) -> None:
    spec = hostile(attempt)
    text = python_source(spec, spec.model)
    plain = harmless()
    assert _shape(text) == _shape(python_source(plain, plain.model))
    modules = [alias.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for alias in node.names]
    assert modules == ["keras"]
    called = {
        node.func.id
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called == {"build_model"}
    assert all(line.isprintable() for line in text.split("\n"))
    assert ruff_complaints(text) == ""


@pytest.mark.parametrize(
    "spec",
    [
        Graph().spec(Fn("f", ("x",), (), call("exp(1) or x", "x"))),
        Graph().spec(Fn("f", ("x",), (), call("__class__", "x"))),
        Graph().spec(Fn("f", ("x",), (), call("exp", "x", **{"a, b": 1}))),
    ],
    ids=["expression", "dunder", "argument"],
)
def test_names_that_can_only_be_keras_s_are_held_to_it(spec: Spec) -> None:
    train = TrainConfig({"y": FnRef("f")}, Object("optimizers", "Adam"), {})
    graph = deep_nn()
    whole = Spec("a.nn", {}, spec.fns, {"M": graph.model()}, train=train)
    with pytest.raises(ValueError, match="not a name of Keras"):
        python_source(whole, whole.model)


def test_module_names_can_t_be_taken() -> None:
    """An fn called `keras` neither hides the module nor loses its own meaning."""
    fns = [Fn(name, ("keras", "ops"), (), call("add", "keras", "ops")) for name in ("keras", "train", "print", "l")]
    train = TrainConfig({"y": "mse"}, Object("optimizers", "Adam"), {"y": tuple(FnRef(fn.name) for fn in fns)})
    spec = deep_nn().spec(*fns, train=train)
    text = python_source(spec, spec.model)
    names = [node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    assert names == [
        "match_targets", "keras_2", "train_2", "print_", "l_", "build_model", "compile_model", "train",
    ]  # fmt: skip
    assert ruff_complaints(text) == ""


@pytest.mark.parametrize("text", ["", "_", "__init__", "9", "a-b", "é", "名", "l", "None", "print"])
def test_an_identifier_is_one(text: str) -> None:
    name = identifier(text)
    assert name.isidentifier()
    assert name.isascii()
    compile(f"{name} = 1", "name", "exec")


def test_long_models_take_no_quadratic_time() -> None:
    """Ten thousand layers, all of one name and all still needed at the end: what a spec may have at most."""
    graph = Graph()
    x = graph.input("x", 1)
    ends = tuple(graph.layer("Identity", {}, x, layer=f"n{number}", name="h") for number in range(10_000))
    graph.output("y", graph.layer("Add", {}, ends, layer="y", name="y"))
    chain = itertools.accumulate(range(3000), lambda tensor, _: graph.op("negative", tensor, shape=(1,)), initial=x)
    graph.output("z", list(chain)[-1])
    text = python_source(graph.spec(), graph.model())
    assert "h_10000 = " in text
