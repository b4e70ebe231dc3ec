"""Columns of texts and tokens: numbered as Keras's TextVectorization numbers them, trained, explained word by word."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnc import codes, evidence
from nnc.diagnostics import UserFault
from nnc.pipeline import front

SPEC = """model Review {
  input words: int32[features(review)]
  output y = words -> Embedding(40, 8) -> GlobalAveragePooling1D() -> Dense(1, sigmoid)
}

data {
  source = csv("t.csv")
  target = liked
  features {
    review = text(max_tokens=40)
  }
  split = {validation: 20%, test: 20%, seed: 4}
}

train {
  loss = binary_crossentropy
  optimizer = Adam(learning_rate=0.05)
  epochs = 15
  seed = 4
}

report {
  explain = {background: 10, samples: 12, top: 5}
}
"""
GOOD, BAD = ["great", "fine", "lovely"], ["dull", "awful", "boring"]
PLAIN = ["the", "film", "was", "and", "of", "a", "it", "quite"]
ROWS = 200


def write_table(folder: Path) -> list[list[str]]:
    rng = np.random.default_rng(3)
    rows = [["review", "liked"]]
    for i in range(ROWS):
        liked = i % 2
        said = [*rng.choice(PLAIN, rng.integers(3, 9)), *rng.choice(GOOD if liked else BAD, 2)]
        rng.shuffle(said)
        rows.append([" ".join(said).capitalize() + "!", "yes" if liked else "no"])
    rows[4][0] = ""
    with (folder / "t.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return rows[1:]


def prepared(folder: Path, spec: str = SPEC) -> Any:
    from nnc.data import load, prepare

    (folder / "m.nn").write_text(spec)
    checked = front.require(front.check(folder / "m.nn", front.Settings()))
    return prepare(load(checked.data, folder), checked, checked.model)


@pytest.mark.tf
def test_words_have_the_numbers_of_keras_text_vectorization(tmp_path: Path) -> None:
    import keras

    rows = write_table(tmp_path)
    made = prepared(tmp_path)
    (column,) = made.preparation.columns
    layer = keras.layers.TextVectorization(max_tokens=40, output_sequence_length=column.length)
    layer.set_vocabulary(list(column.vocabulary))
    for part in (made.train, made.test):
        texts = [rows[i][0] for i in part.positions]
        np.testing.assert_array_equal(part.inputs["words"], np.asarray(layer(texts)))
        assert part.inputs["words"].dtype == np.int32
    adapted = keras.layers.TextVectorization(max_tokens=40)
    adapted.adapt([rows[i][0] for i in made.train.positions])
    assert list(column.vocabulary) == adapted.get_vocabulary()[2:]


@pytest.mark.tf
@pytest.mark.parametrize("most", [12, 1000])
def test_words_are_keras_s_in_other_alphabets_and_at_the_cut(most: int) -> None:
    import keras

    from nnc.data.table import column_of_texts
    from nnc.data.words import numbers_of_words, vocabulary

    rng = np.random.default_rng(5)
    strange = ["Great!", "it's FINE", "süß", "ÄRGER no", "a\u00a0b", "É É", "tab\tnew\nline", "B-C_d\\e"]
    texts = [f"{rng.choice(strange)} w{rng.integers(0, 30)}  W{rng.integers(0, 30)}" for _ in range(80)]
    column = column_of_texts("t", texts)
    layer = keras.layers.TextVectorization(max_tokens=most, output_sequence_length=5)
    layer.adapt(texts)
    known = vocabulary(column, most)
    assert list(known) == layer.get_vocabulary()[2:]
    np.testing.assert_array_equal(numbers_of_words(column, known, 5), np.asarray(layer(texts)))


def test_an_input_may_leave_the_length_open_and_takes_whole_numbers(tmp_path: Path) -> None:
    write_table(tmp_path)
    wide = prepared(tmp_path).train.inputs["words"].shape[1]
    assert prepared(tmp_path, SPEC.replace("[features(review)]", "[?]")).train.inputs["words"].shape[1] == wide
    with pytest.raises(UserFault) as raised:
        prepared(tmp_path, SPEC.replace("int32[features(review)]", "[features(review)]"))
    (finding,) = raised.value.findings
    assert (finding.code, finding.expected) == (codes.INPUT_WIDTH, "int32[features(review)]")


def test_the_vocabulary_is_of_the_training_rows_alone(tmp_path: Path) -> None:
    rows = write_table(tmp_path)
    made = prepared(tmp_path)
    held_out = int(made.test.positions[0])
    rows[held_out][0] = "zanzibar great"
    with (tmp_path / "t.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([["review", "liked"], *rows])
    again = prepared(tmp_path)
    assert again.preparation.columns == made.preparation.columns
    assert again.test.inputs["words"][0][:3].tolist() == [
        1,
        made.preparation.columns[0].vocabulary.index("great") + 2,
        0,
    ]


@pytest.mark.parametrize(
    ("value", "said"), [("a fine film", "is no list of tokens"), ("3 99", "99 is not below 40"), ("3 -1", "is no list")]
)
def test_what_is_no_token_is_found_with_its_row(tmp_path: Path, value: str, said: str) -> None:
    lines = [f"{i % 7} {i % 5} {i % 3},{'yes' if i % 2 else 'no'}" for i in range(60)]
    lines[8] = f"{value},no"
    (tmp_path / "t.csv").write_text("\n".join(["review,liked", *lines]) + "\n")
    spec = SPEC.replace("text(max_tokens=40)", "tokens(max_tokens=40)")
    with pytest.raises(UserFault) as raised:
        prepared(tmp_path, spec)
    (finding,) = raised.value.findings
    assert finding.code is codes.NOT_A_TOKEN
    assert finding.data_place is not None
    assert (finding.data_place.row, finding.data_place.column) == (10, "review")
    assert said in finding.message
    lines[8] = "3 9,no"
    (tmp_path / "t.csv").write_text("\n".join(["review,liked", *lines]) + "\n")
    made = prepared(tmp_path, spec)
    assert made.train.inputs["words"].shape[1] == 3


def test_a_small_embedding_is_found(tmp_path: Path) -> None:
    write_table(tmp_path)
    with pytest.raises(UserFault) as raised:
        prepared(tmp_path, SPEC.replace("Embedding(40", "Embedding(10"))
    assert raised.value.findings[0].code is codes.TOO_MANY_IDS
    assert "text(max_tokens=10)" in (raised.value.findings[0].help or "")


@pytest.mark.tf
def test_the_whole_way_marks_the_words_that_decide(tmp_path: Path) -> None:
    from nnc.api import _Silent
    from nnc.pipeline import runs
    from nnc.report import render_html
    from nnc.run import predict
    from tests.report_reader import read

    write_table(tmp_path)
    (tmp_path / "m.nn").write_text(SPEC)
    settings = front.Settings()
    run = tmp_path / "run"
    runs.train(front.check(tmp_path / "m.nn", settings), run, settings, _Silent())
    found = evidence.read(run / "evidence.json")
    explanation = found.explanation
    assert explanation is not None, found.missing
    values = explanation.network[0]
    assert values.explainer == "permutation"
    assert values.additivity_error < 0.001
    by_word: dict[str, list[float]] = {}
    for row, words in zip(values.values, values.display, strict=True):
        for value, word in zip(row, words, strict=True):
            by_word.setdefault(word, []).append(value)
    # `yes` is the second class: what speaks for it is positive, and padding, which is the baseline, says nothing.
    assert all(np.mean(by_word[word]) > 0 for word in GOOD if word in by_word)
    assert all(np.mean(by_word[word]) < 0 for word in BAD if word in by_word)
    assert max(map(abs, by_word[""])) == 0
    linear = next(one for one in found.baselines if one.key == "linear")
    assert next(metric for metric in linear.metrics if metric.key == "accuracy").estimate.value > 0.9  # counts of words
    page = read(render_html(found))
    marked = page.all("div", "marked")
    assert len(marked) == len(explanation.chosen)
    spans = [span for one in marked for span in one.all("span")]
    assert {"up4", "down4"} & {span.attributes["class"] for span in spans}
    assert any(span.text in (*GOOD, *BAD) for span in spans)
    for one, chosen in zip(marked, explanation.chosen, strict=True):
        # Whatever was answered, what speaks for the answer is red.
        towards = GOOD if chosen.predicted == "yes" else BAD
        reds = [span.text for span in one.all("span") if str(span.attributes["class"]).startswith("up4")]
        assert all(word in towards for word in reds)
    assert "review[" not in page.text  # no place in a text stands for a feature
    rows = list(predict(run, tmp_path / "t.csv").rows)
    assert np.mean([row[1] == ("yes" if i % 2 else "no") for i, row in enumerate(rows)]) > 0.9
