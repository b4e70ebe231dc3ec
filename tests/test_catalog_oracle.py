"""The catalog against Keras itself: signatures, and a seeded sample of layers and functions.

`make oracle` runs the full count; see `tests/oracle`.
"""

from __future__ import annotations

import os
import random

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

pytestmark = pytest.mark.tf


def test_the_installed_keras_has_nothing_that_the_catalog_lacks():
    import keras

    from tests.oracle.coverage import lacking
    from tests.oracle.harvest import DATA, harvest

    found = {path.stem: path.read_text(encoding="utf-8") for path in DATA.glob("*.json")}
    wanted = harvest()
    assert lacking(found, wanted) == []
    if keras.__version__ in found["layers"].splitlines()[0]:
        assert found.keys() == wanted.keys()
        for kind, text in wanted.items():
            assert found[kind] == text, f"{kind}: run `make catalog`"


@pytest.mark.parametrize("kind", ["initializers", "regularizers", "constraints", "losses", "metrics", "optimizers"])
def test_a_word_stands_alone_where_keras_makes_something_of_it(kind: str) -> None:
    """`he_normal` is an initializer to Keras; from `constant` alone it can't make one, and the brackets mend that."""
    import keras

    from nnc.catalog import find
    from nnc.catalog.kinds import keras_object
    from nnc.catalog.rows import Rejection
    from nnc.catalog.signatures import spellings
    from nnc.check import check
    from nnc.source import Source
    from nnc.syntax import parse
    from tests.oracle.harvest import COMPILE_WORDS

    takes = keras_object(kind, kind).of("it").accept
    compiled = {word for words in COMPILE_WORDS.values() for word in words}
    for word in spellings(kind):
        row = find(kind, word)
        assert row is not None
        if row.refused:
            continue
        try:
            known = bool(getattr(keras, kind).get(word)) or True
        except (KeyError, TypeError, ValueError):
            known = kind == "metrics" and word in compiled
        assert isinstance(takes(word), Rejection) is not known, word
        if not known and kind == "initializers":
            text = f"model M {{\n  input x: [2]\n  output y = x -> Dense(1, kernel_initializer={word})\n}}\n"
            file, _ = parse(Source("spec.nn", text))
            assert file is not None
            _, findings = check(file)
            assert [(found.code.id, found.fix and found.fix.sure) for found in findings] == [("NN0406", True)]


def test_a_newer_keras_is_seen_to_have_more():
    from tests.oracle.coverage import lacking

    old = {"layers": '{"rows": {"Dense": {"args": [["units"]], "aliases": []}}}'}
    new = {
        "layers": '{"rows": {"Dense": {"args": [["units"], ["fast", 0]], "aliases": ["FC"]}, "Newer": {"args": []}}}',
        "losses": '{"rows": {"Hinge": {"args": []}}}',
    }
    assert lacking(old, new) == ["layers.Dense(fast)", "layers.FC", "layers.Newer", "losses.Hinge"]
    assert lacking(old, old) == []


def test_layers_agree_with_keras():
    from tests.oracle.compare import disagreement, nnc_answer
    from tests.oracle.sampling import SLOW, layer_names, sample

    rng = random.Random(2026)  # noqa: S311 - sampling, no secret
    drawn = [sample(rng, name) for name in layer_names() for _ in range(2 if name in SLOW else 8)]
    assert [found for item in drawn if (found := disagreement(item))] == []
    accepted = sum(not hasattr(nnc_answer(item), "reason") for item in drawn)
    assert 0.3 < accepted / len(drawn) < 0.9  # neither side of the question goes unasked


def test_losses_optimizers_and_the_like_agree_with_keras():
    from tests.oracle.objects import arguments, object_disagreement, refusal, rows

    rng = random.Random(2026)  # noqa: S311 - sampling, no secret
    drawn = [row for row in rows() for _ in range(4)]
    assert [found for row in drawn if (found := object_disagreement(rng, *row))] == []
    refused = sum(refusal(*row, arguments(rng, *row)) is not None for row in drawn)
    assert 0.2 < refused / len(drawn) < 0.8


def test_functions_agree_with_keras():
    from tests.oracle.ops import op_disagreement, op_names

    rng = random.Random(2026)  # noqa: S311 - sampling, no secret
    names = op_names()
    found = [op_disagreement(rng, names[number % len(names)]) for number in range(4 * len(names))]
    assert [text for text in found if text] == []


def test_whole_graphs_agree_with_keras():
    """A seeded few of the 10,000 of `make oracle`."""
    from tests.oracle.graphs import DIFFERS, graph_outcome

    drawn = [graph_outcome(random.Random(f"2026/{number}")) for number in range(60)]  # noqa: S311 - no secret
    assert [text for outcome, text, _ in drawn if outcome == DIFFERS] == []
    wrong = [outcome != "accepted by both" for outcome, _, changed in drawn if changed]
    assert 0.3 < len(wrong) / len(drawn) < 0.7
    assert 0.3 < sum(wrong) / len(wrong) < 0.85  # neither side of the question goes unasked


def test_what_they_once_disagreed_about_stays_settled():
    from tests.oracle.compare import disagreement
    from tests.oracle.settled import FUNCTIONS, LAYERS, function_differs

    assert [found for sample in LAYERS if (found := disagreement(sample))] == []
    assert [found for name, args, kwargs in FUNCTIONS if (found := function_differs(name, args, kwargs))] == []


def test_a_words_of_metrics_is_one_that_compile_takes():
    """Each bare word that `metrics` takes is trained with once; `log_cosh`, say, is a loss alone."""
    import keras
    import numpy as np

    from nnc.catalog import find
    from nnc.catalog.kinds import keras_object
    from nnc.catalog.rows import Rejection
    from nnc.catalog.signatures import spellings

    takes = keras_object("metrics", "a metric").of("metrics").accept
    rows = np.ones((4, 2), "float32")
    for word in {*spellings("metrics"), *spellings("losses")}:
        row = find("metrics", word)
        if row is None or row.refused or isinstance(takes(word), Rejection):
            continue
        sparse = "parse" in word
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "softmax")])
        model.compile(loss="mse", metrics=[word])
        model.compute_metrics(rows, np.zeros((4, 1)) if sparse else rows, model(rows))


def test_every_exception_is_on_the_page_with_its_reason():
    from pathlib import Path

    from tests.oracle import excuses, ops

    page = (Path(__file__).parents[1] / "docs/oracle.md").read_text(encoding="utf-8")
    assert [reason for _, reason in (*excuses.EXCUSES, *ops.EXCUSES) if f"- {reason}\n" not in page] == []


def test_every_layer_takes_the_arguments_of_all_layers():
    """`name`, `trainable` and `dtype` are offered where Keras's constructor takes them."""
    import keras

    from nnc.catalog import find
    from tests.oracle.keras_side import build
    from tests.oracle.sampling import arguments, layer_names, spatial_rank

    rng = random.Random(1)  # noqa: S311 - sampling, no secret
    for name in layer_names():
        row = find("layers", name)
        assert row is not None
        offered = {"name": "it", "trainable": False} | ({"dtype": "float16"} if row.arg("dtype") else {})
        given = {key: value for key, value in offered.items() if row.arg(key)}
        required = {arg.name for arg in row.args if arg.required}
        layer = _built(keras, build, rng, name, arguments, spatial_rank(name), required, given)
        assert layer.name == "it"
        assert layer.trainable is ("trainable" not in given)


def _built(keras, build, rng, name, arguments, rank, required, given):
    from nnc.catalog.values import Object

    for attempt in range(80):  # first with nothing else, then with others: some can't do without one of two
        drawn = {key: value for key, value in arguments(rng, name, rank).items() if key not in given}
        args = {key: value for key, value in drawn.items() if key in required or attempt >= 20}
        try:
            return build(Object("layers", name, args | given))
        except (TypeError, ValueError, ArithmeticError):
            continue  # a wrong sample of a required argument
    raise AssertionError(f"{name} can't be built with {given}")
