"""A slip in each kind of name: what is suggested, and what a machine may write."""

from __future__ import annotations

import pytest

from nnc.spelling import guess, slips
from tests.golden import CASES, findings_of

MEANT = {
    "suggest_layers": "float32 Dense Residual swish2 picture width activation relu he_normal L2 MaxNorm relu filters",
    "suggest_train": "mean_squared_error optimizer Adam mae RootMeanSquaredError EarlyStopping patience batch_size "
    "title linear en background",
    "suggest_data": "csv target log validation stratify numeric impute standard",
    "suggest_sklearn": "breast_cancer",
    "suggest_fn": "round tp y_true epsilon",
    "monitor": "val_loss val_accuracy",
    "keywords_misspelt": "model input output param train data features",
}


@pytest.mark.parametrize("case", MEANT)
def test_every_kind_of_name_has_a_suggestion(case: str) -> None:
    found = findings_of(CASES / "bad" / f"{case}.nn")
    helps = [item.help or "" for item in found]
    assert [text.split("`")[1] if text.startswith("did you mean") else text for text in helps] == MEANT[case].split()


@pytest.mark.parametrize(
    ("written", "known", "name", "sure"),
    [
        ("dense", ["Dense", "Add"], "Dense", True),
        ("Adma", ["Adam", "Adamax", "AdamW"], "Adam", True),
        ("mea", ["mae", "mean", "mse"], "mae", True),
        ("h3", ["h2", "x"], "h2", False),
        ("width3", ["width1", "depth"], "width1", False),
        ("laye", ["layer", "layers"], "layer", True),
        ("val_acc", ["val_auc", "val_accuracy"], "val_accuracy", False),
        ("Drop", ["Dropout", "Crop"], "Dropout", False),
        ("bat", ["cat", "rat"], None, False),
    ],
)
def test_guesses(written: str, known: list[str], name: str | None, sure: bool) -> None:
    found = guess(written, known)
    assert found is not None
    assert found.sure is sure
    assert name in (found.name, None)


def test_nothing_near_is_no_guess() -> None:
    assert guess("qqqqq", ["Dense", "Add"]) is None
    assert guess("x", ["y"]) is None


def test_slips_are_counted() -> None:
    assert [slips("abcd", other) for other in ("abcd", "abdc", "abc", "abxd", "xabcd", "dcba")] == [0, 1, 1, 1, 1, 3]
