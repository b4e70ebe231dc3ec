"""Warnings: each speaks where it is certain, and is silent in the spec beside it that differs in the one thing."""

# A case a line is easier to read than one broken in five.
# ruff: noqa: E501
from __future__ import annotations

import pytest

from nnc.catalog.tables import BUNDLED
from nnc.check import check
from nnc.render import render_text
from nnc.source import Source
from nnc.syntax import parse


def warnings(text: str) -> list[str]:
    file, syntax = parse(Source("t.nn", text))
    assert file is not None
    assert not len(syntax), render_text(syntax)
    spec, found = check(file)
    assert spec is not None, render_text(found)
    return [item.code.id for item in found]


def spec(output: str, train: str = "", *, data: str = "", head: str = "", width: str = "10", more: str = "") -> str:
    text = f"{head}\nmodel M {{\n  input x: [{width}]\n{more}\n  output y = {output}\n}}\n"
    if data:
        text += f'data {{\n  source = sklearn("{data}")\n  split = {{validation: 20%, test: 20%, seed: 1}}\n}}\n'
    return text + (f"train {{\n{train}\n}}\n" if train else "")


SIGMOID, SOFTMAX, LINEAR = "x -> Dense(1, sigmoid)", "x -> Dense(3, softmax)", "x -> Dense(3)"
BCE, SCCE, CCE, MSE = (
    f"loss = {loss}" for loss in ("bce", "sparse_categorical_crossentropy", "categorical_crossentropy", "mse")
)
FIT = "validation_split = 20%\nepochs = 20"


def stop(arguments: str, metrics: str = "accuracy", epochs: str = FIT, loss: str = BCE) -> str:
    return f"{loss}\nmetrics = [{metrics}]\n{epochs}\ncallbacks = [{arguments}]"


# A lint, what it must speak of, and what it must not.
CASES: dict[str, tuple[list[str], list[str]]] = {
    "NN0901": (
        [
            spec("x -> Dense(1, softmax)"), spec("x -> Dense(1) -> softmax"), spec("x -> Dense(1) -> Softmax()"),
            spec("ops.softmax(h)", more="  h = x -> Dense(1)"), spec("h -> Dense(2)", more="  h = x -> Dense(1, softmax)"),
            spec("x -> Dense(1, f)", head="fn f(x) = softmax(x * 2)"),
            spec("x -> TimeDistributed(Dense(1, softmax))", width="5, 4"),
            spec("x -> B()", head="block B() {\n  input a\n  output b = a -> Dense(1, softmax)\n}"),
        ],
        [
            spec("x -> Dense(2, softmax)"), spec("x -> Dense(1) -> Softmax(axis=1) -> Flatten()", width="5, 4"),
            spec("ops.softmax(h, axis=1)", more="  h = x -> Dense(1)", width="5, 4"), spec("x -> Dense(1, sigmoid)"),
            spec("x -> Dense(2, f)", head="fn f(x) = softmax(x * 2)"),
        ],
    ),
    "NN0902": (
        [
            spec(SIGMOID, "loss = BinaryCrossentropy(from_logits=true)"),
            spec(SOFTMAX, "loss = SparseCategoricalCrossentropy(from_logits=true)"),
            spec("x -> Dense(1) -> sigmoid", "loss = BinaryCrossentropy(from_logits=true)"),
            spec("x -> Dense(1, f)", "loss = BinaryCrossentropy(from_logits=true)", head="fn f(x) = sigmoid(x)"),
            spec("x -> Dense(3, softmax) -> Reshape([3])", "loss = CategoricalCrossentropy(from_logits=true)"),
            spec("ops.sigmoid(h)", "loss = BinaryCrossentropy(from_logits=true)", more="  h = x -> Dense(1)"),
        ],
        [
            spec("x -> Dense(1)", "loss = BinaryCrossentropy(from_logits=true)"), spec(SIGMOID, BCE),
            spec(SIGMOID, "loss = BinaryCrossentropy(from_logits=false)"),
            spec("x -> Dense(1, sigmoid) -> Dense(1)", "loss = BinaryCrossentropy(from_logits=true)"),
        ],
    ),
    "NN0903": (
        [
            spec(LINEAR, SCCE), spec("x -> Dense(1)", BCE), spec("x -> Dense(1, relu)", BCE), spec("x -> Dense(3, tanh)", CCE),
            spec("x -> Dense(3) -> linear", SCCE), spec("x -> TimeDistributed(Dense(3))", SCCE, width="5, 4"),
        ],
        [
            spec(SOFTMAX, SCCE), spec(SIGMOID, BCE), spec("x -> Dense(1, hard_sigmoid)", BCE), spec(LINEAR, MSE),
            spec("x -> Dense(3) -> softmax", SCCE), spec(LINEAR, "loss = CategoricalCrossentropy(from_logits=true)"),
            spec("a / (a + 1)", BCE, more="  a = x -> Dense(1, exponential)"),
            spec("x -> Dense(1, f)", BCE, head="fn f(x) = clip(x, 0, 1)"),
        ],
    ),
    "NN0904": (
        [
            spec(SOFTMAX, f"{CCE}\nmetrics = [SparseCategoricalAccuracy()]"),
            spec(SOFTMAX, f"{SCCE}\nmetrics = [CategoricalAccuracy()]"), spec(SOFTMAX, f"{SCCE}\nmetrics = [Precision()]"),
            spec(SOFTMAX, f"{SCCE}\nmetrics = [accuracy, AUC()]"),
        ],
        [
            spec(SOFTMAX, f"{SCCE}\nmetrics = [accuracy, SparseTopKCategoricalAccuracy(k=2)]"),
            spec(SOFTMAX, f"{CCE}\nmetrics = [accuracy, Precision(), AUC()]"), spec(SIGMOID, f"{BCE}\nmetrics = [Precision()]"),
        ],
    ),
    "NN0905": (
        [spec("x -> Dense(1)", f"{MSE}\nmetrics = [accuracy]"), spec("x -> Dense(1)", "loss = Huber()\nmetrics = [BinaryAccuracy()]")],
        [spec("x -> Dense(1)", f"{MSE}\nmetrics = [mae, R2Score()]"), spec(SIGMOID, f"{BCE}\nmetrics = [accuracy]")],
    ),
    "NN0906": (
        [spec("x -> Dense(1) -> Dropout(0.5)"), spec("x -> Dense(4) -> GaussianDropout(0.5)")],
        [spec("x -> Dropout(0.5) -> Dense(1)"), spec("x -> Dense(4) -> Dropout(0.5) -> Dense(1)")],
    ),
    "NN0911": (
        [
            spec(SIGMOID, stop('EarlyStopping(monitor="val_acc", patience=3)')),
            spec(SIGMOID, stop("EarlyStopping(patience=3)", epochs="epochs = 20")),
            spec(SIGMOID, stop('ReduceLROnPlateau(monitor="auc", patience=3)')),
            spec(SIGMOID, stop('EarlyStopping(monitor="learning_rate", patience=3)')),
        ],
        [
            spec(SIGMOID, stop('EarlyStopping(monitor="val_accuracy", patience=3)')),
            spec(SIGMOID, stop('EarlyStopping(monitor="val_auc", patience=3)', "AUC()")),
            spec(SIGMOID, stop('EarlyStopping(monitor="val_roc", patience=3)', 'AUC(name="roc")')),
            spec(SIGMOID, stop('EarlyStopping(monitor="loss", patience=3)', epochs="epochs = 20")),
            spec("x -> Dense(1, sigmoid)", stop("EarlyStopping(patience=3)", epochs="epochs = 20"), data="breast_cancer", width="features"),
        ],
    ),
    "NN0914": (
        [
            spec("x -> Dense(4, softmax)", SCCE, data="iris", width="features"),
            spec("x -> Dense(2, softmax)", SCCE, data="digits", width="features"),
            spec(SIGMOID, BCE, data="wine", width="features"), spec("x -> Dense(2)", MSE, data="diabetes", width="features"),
            spec("x -> Dense(3, softmax)", SCCE, data="diabetes", width="features"),
            spec("x -> Dense(2, sigmoid)", BCE, data="breast_cancer", width="features"),
        ],
        [
            spec("x -> Dense(3, softmax)", SCCE, data="iris", width="features"),
            spec("x -> Dense(10, softmax)", CCE, data="digits", width="features"),
            spec(SIGMOID, BCE, data="breast_cancer", width="features"),
            spec("x -> Dense(2, softmax)", SCCE, data="breast_cancer", width="features"),
            spec("x -> Dense(1)", MSE, data="diabetes", width="features"), spec("x -> Dense(7, softmax)", SCCE),
        ],
    ),
    "NN0915": (
        [
            spec("x -> Flatten() -> Dense(1)"),
            spec("x -> Dense(4) -> BatchNormalization() -> BatchNormalization() -> Dense(1)"),
        ],
        [
            spec("x -> Flatten() -> Dense(1)", width="5, 4"), spec("x -> B() -> Dense(1)", head="block B() {\n  input a\n  output b = a -> Flatten()\n}"),
            spec("x -> Dense(4) -> BatchNormalization() -> relu -> BatchNormalization() -> Dense(1)"),
            spec("h -> Dense(1)", more="  h = x\n  for _ in range(2) { h = h -> Flatten() }"),
        ],
    ),
    "NN0916": (
        [
            spec(SIGMOID, stop("EarlyStopping(patience=20)")), spec(SIGMOID, stop("ReduceLROnPlateau(patience=50)")),
            spec(SIGMOID, stop("ReduceLROnPlateau()", epochs="validation_split = 20%\nepochs = 8")),
        ],
        [
            spec(SIGMOID, stop("EarlyStopping(patience=19)")), spec(SIGMOID, stop("EarlyStopping(patience=99, restore_best_weights=true)")),
            spec(SIGMOID, stop("EarlyStopping(patience=9)", epochs="validation_split = 20%")),
        ],
    ),
    "NN0917": (
        [
            spec(SIGMOID, stop('EarlyStopping(monitor="val_accuracy", mode="min", patience=3)')),
            spec(SIGMOID, stop("EarlyStopping(mode=max, patience=3)")),
        ],
        [
            spec(SIGMOID, stop('EarlyStopping(monitor="val_accuracy", mode="max", patience=3)')),
            spec(SIGMOID, stop("EarlyStopping(mode=min, patience=3)")),
            spec(SIGMOID, stop('EarlyStopping(monitor="val_f", mode="max", patience=3)', "f"), head="fn f(a, b) = mean(a * b)"),
        ],
    ),
    "NN0918": (
        [spec(SIGMOID, f"{BCE}\noptimizer = Adam(learning_rate=1)"), spec(SIGMOID, f"{BCE}\noptimizer = RMSprop(10)")],
        [
            spec(SIGMOID, f"{BCE}\noptimizer = Adam(learning_rate=0.1)"), spec(SIGMOID, f"{BCE}\noptimizer = SGD(learning_rate=1)"),
            spec(SIGMOID, f"{BCE}\noptimizer = Adadelta(learning_rate=1.0)"), spec(SIGMOID, f"{BCE}\noptimizer = adam"),
        ],
    ),
    "NN0919": (
        [spec("x -> Dense(3, softmax)", f"{SCCE}\nbatch_size = 151", data="iris", width="features")],
        [
            spec("x -> Dense(3, softmax)", f"{SCCE}\nbatch_size = 150", data="iris", width="features"),
            spec(SIGMOID, f"{BCE}\nbatch_size = 4096"),
        ],
    ),
    "NN0920": (
        [
            spec(SIGMOID, f"{BCE}\nclass_weight = {{0: 1, 2: 5}}"), spec(SOFTMAX, f"{SCCE}\nclass_weight = {{0: 1, 3: 5}}"),
            spec("x -> Dense(1)", f"{MSE}\nclass_weight = {{0: 1, 1: 5}}"),
        ],
        [
            spec(SIGMOID, f"{BCE}\nclass_weight = {{0: 1, 1: 5}}"), spec(SOFTMAX, f"{SCCE}\nclass_weight = {{0: 1, 2: 5}}"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, (speaks, _) in CASES.items() for text in speaks])
def test_it_speaks(code: str, text: str) -> None:
    assert warnings(text) == [code], text


@pytest.mark.parametrize("text", [text for _, silent in CASES.values() for text in silent])
def test_it_is_silent(text: str) -> None:
    assert warnings(text) == [], text


@pytest.mark.parametrize(("code", "text"), [(code, speaks[0]) for code, (speaks, _) in CASES.items()])
def test_it_can_be_silenced_with_a_reason_and_only_so(code: str, text: str) -> None:
    file, _ = parse(Source("t.nn", text))
    assert file is not None
    (finding,) = check(file)[1]
    line = finding.labels[0].span.source.position(finding.labels[0].span.start)[0]
    lines = text.split("\n")
    reason = [*lines[: line - 1], f"{lines[line - 1]}  # allow {code}: on purpose", *lines[line:]]
    assert warnings("\n".join(reason)) == []
    above = [*lines[: line - 1], f"# allow {code}: on purpose", *lines[line - 1 :]]
    assert warnings("\n".join(above)) == []
    bare = [*lines[: line - 1], f"{lines[line - 1]}  # allow {code}", *lines[line:]]
    assert sorted(warnings("\n".join(bare))) == sorted([code, "NN0912"])
    other = [*lines[: line - 1], f"{lines[line - 1]}  # allow NN0999: on purpose", *lines[line:]]
    assert sorted(warnings("\n".join(other))) == sorted([code, "NN0913"])


def test_what_is_known_of_the_bundled_sets_is_so() -> None:
    from sklearn import datasets

    for name, (rows, classes) in BUNDLED.items():
        bunch = getattr(datasets, f"load_{name}")()
        assert len(bunch.data) == rows
        assert len(getattr(bunch, "target_names", [])) == classes or not classes
