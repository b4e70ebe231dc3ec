"""What exists in Keras comes in: the spec says the same model, reads well, and a file is never trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from nnc.pipeline.bring import Brought, bring, copy_weights
from tests.conftest import ROOT

if TYPE_CHECKING:
    import keras


def there_and_back(model: keras.Model, **options: Any) -> tuple[Brought, keras.Model]:
    """The spec of a model, and the model that it builds, with the weights of the first."""
    brought = bring("model", keras_model=model, **options)
    assert list(brought.findings) == []
    return brought, copy_weights(brought, model)


def same_outputs(left: keras.Model, right: keras.Model, *, at: float = 1e-6) -> None:
    """Both models give the same for the same random rows."""
    random = np.random.default_rng(3)
    rows = []
    for tensor in left.inputs:
        shape = (2, *(size or 7 for size in tensor.shape[1:]))
        rows.append(random.integers(0, 5, shape) if "int" in tensor.dtype else random.normal(size=shape).astype("f"))
    given = rows if len(rows) > 1 else rows[0]
    ours, theirs = right(given, training=False), left(given, training=False)
    import keras

    for a, b in zip(keras.tree.flatten(ours), keras.tree.flatten(theirs), strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), atol=at, rtol=0)


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


# ---- networks that everybody knows -------------------------------------------------------------


@pytest.mark.tf
@pytest.mark.parametrize(
    ("name", "options", "most"),
    [
        ("VGG16", {"input_shape": (32, 32, 3)}, 30),
        ("ResNet50", {"input_shape": (32, 32, 3)}, 120),
        ("MobileNetV2", {"input_shape": (32, 32, 3), "alpha": 0.35}, 90),
        ("MobileNetV3Small", {"input_shape": (32, 32, 3)}, 180),
        ("DenseNet121", {"input_shape": (32, 32, 3)}, 110),
        ("InceptionV3", {"input_shape": (75, 75, 3)}, 110),
    ],
)
def test_a_known_network_comes_in(name: str, options: dict[str, Any], most: int) -> None:
    import keras

    from tests.roundtrip.networks import troubles

    original = getattr(keras.applications, name)(weights=None, classes=10, **options)
    brought, found = troubles(original, name)
    assert found == []
    assert len(lines(brought.text)) < most
    if name in ("VGG16", "ResNet50"):  # names that a person gave stay the same
        kept = [layer.name for layer in copy_weights(brought, original).layers]
        assert kept == [layer.name for layer in original.layers]


# ---- how it reads --------------------------------------------------------------------------------


@pytest.mark.tf
def test_it_reads_as_a_person_would_have_written_it() -> None:
    import keras

    x = keras.Input((10,), name="x")
    h = keras.layers.Dropout(0.2)(keras.layers.Dense(6, activation="relu")(x))
    h = keras.layers.Dropout(0.2)(keras.layers.Dense(6, activation="relu", kernel_initializer="he_normal")(h))
    y = keras.layers.Dense(1, activation="sigmoid", name="risk")(h)
    brought, built = there_and_back(keras.Model(x, y, name="Risk"))
    assert brought.text == (
        "model Risk {\n"
        "  input x: [10]\n"
        "  h = x\n"
        "    -> Dense(6, relu)\n"
        "    -> Dropout(0.2)\n"
        "    -> Dense(6, relu, kernel_initializer=he_normal)\n"
        "    -> Dropout(0.2)\n"
        "  output risk = h -> Dense(1, sigmoid)\n"
        "}\n"
    )
    same_outputs(keras.Model(x, y), built)


@pytest.mark.tf
def test_all_names_stay_where_that_is_asked_for() -> None:
    import keras

    x = keras.Input((10,), name="x")
    h = keras.layers.Dense(6, name="dense")(x)
    for number in range(1, 9):
        h = keras.layers.Dense(6, name=f"dense_{number}")(h)
    model = keras.Model(x, h)
    _, built = there_and_back(model, names="all")
    assert [layer.name for layer in built.layers] == [layer.name for layer in model.layers]
    brought, built = there_and_back(model)
    assert "8 * Dense(6)" in brought.text
    same_outputs(model, built)


@pytest.mark.tf
def test_shared_layers_lists_calls_and_functions_come_in() -> None:
    import keras
    from keras import layers, ops

    left, right = keras.Input((5, 4), name="left"), keras.Input((5, 4), name="right")
    encoder = layers.Dense(8, activation="relu", name="encoder")
    a, b = encoder(left), encoder(right)
    attended = layers.MultiHeadAttention(2, 4, name="attention")(query=a, value=b)
    sequence, state, _ = layers.LSTM(6, return_sequences=True, return_state=True, name="memory")(attended)
    both = layers.Concatenate()([ops.mean(sequence, axis=1), state, ops.max(a - 0.5 * b, axis=1)])
    part = (both * 2.0)[:, 1:7]
    one = layers.Dense(3, activation="softmax", name="kind")(part)
    two = layers.Dense(1, name="size")(ops.abs(part) + 1.0)
    model = keras.Model([left, right], {"kind": one, "size": two})
    brought, built = there_and_back(model)
    assert "layer encoder = Dense(8, relu)" in brought.text
    assert "query=" in brought.text
    assert "[:, 1:7]" in brought.text
    same_outputs(model, built)


@pytest.mark.tf
def test_models_in_models_and_masks_come_in() -> None:
    import keras
    from keras import layers

    inner = keras.Sequential([keras.Input((6,)), layers.Dense(4, activation="relu"), layers.Dense(4)], name="inner")
    deep_in = keras.Input((6,))
    deep = keras.Model(deep_in, [inner(deep_in), layers.Dense(2, name="side")(deep_in)], name="deep")
    words, extra = keras.Input((None,), dtype="int32", name="words"), keras.Input((6,), name="extra")
    h = layers.GRU(6, name="gru")(layers.Embedding(20, 5, mask_zero=True, name="embedding")(words))
    first, side = deep(h)
    second, _ = deep(extra)
    y = layers.Dense(1, name="y")(layers.Concatenate()([first, side, second, inner(h)]))
    model = keras.Model([words, extra], y)
    brought, built = there_and_back(model)
    assert "input words: int32[?]" in brought.text
    same_outputs(model, built)


@pytest.mark.tf
def test_every_form_of_file_says_the_same(tmp_path: Path) -> None:
    import keras
    from keras import layers

    model = keras.Sequential(
        [keras.Input((8, 8, 1), name="image"), layers.Conv2D(4, 3, activation="relu", name="conv"),
         layers.MaxPooling2D(name="pool"), layers.Flatten(name="flat"), layers.Dense(3, name="y")], name="small"
    )  # fmt: skip
    for ending in (".keras", ".h5"):
        model.save(tmp_path / f"small{ending}")
    (tmp_path / "small.json").write_text(model.to_json())
    texts = {ending: bring(str(tmp_path / f"small{ending}")).text for ending in (".keras", ".h5", ".json")}
    assert set(texts.values()) == {bring("m", keras_model=model).text}
    assert "conv = image -> Conv2D(4, 3, activation=relu)" in texts[".keras"]


def test_what_keras_2_wrote_comes_in(tmp_path: Path) -> None:
    """Its configurations name no modules, and its calls are lists."""
    old = ROOT / "tests" / "cases" / "keras" / "functional_v2.json"
    text = bring(str(old)).text
    assert lines(text) == [
        "model model {",
        "  input input_1: [4]",
        "  input input_2: [4]",
        "  layer shared = Dense(8, relu, kernel_regularizer=L2(0.001))",
        "  h = input_1 -> shared",
        "  h_2 = input_2 -> shared",
        "  merged = [h, h_2] -> Concatenate()",
        "  output score = merged -> Dense(1, sigmoid)",
        "}",
    ]
