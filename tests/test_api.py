"""What `import nnc` gives."""

from __future__ import annotations

import subprocess
import sys

import pytest

import nnc


def test_importing_nnc_loads_no_part_of_it() -> None:
    probe = "import sys, nnc; print([name for name in sys.modules if name.startswith('nnc.')])"
    assert subprocess.check_output([sys.executable, "-c", probe], text=True).strip() == "[]"


def test_every_public_name_is_there() -> None:
    for name in nnc.__all__:
        assert getattr(nnc, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'chek'"):
        nnc.chek  # noqa: B018 - asking for it is the test


def test_check_gives_the_spec_or_the_findings(examples, tmp_path) -> None:
    spec, findings = nnc.check_spec(examples / "deep_nn.nn", n_features=20)
    assert spec is not None
    assert spec.model.trainable == 271
    assert findings == ()
    wrong = tmp_path / "wrong.nn"
    wrong.write_text("model A {\n  input x: [3]\n  output y = x -> Dence(1)\n}\n")
    spec, findings = nnc.check_spec(wrong)
    assert spec is None
    assert findings[0].code.id == "NN0301"
    with pytest.raises(nnc.UserFault, match="NN0301"):
        nnc.python_source(wrong)
    with pytest.raises(nnc.UserFault, match="NN0002"):
        nnc.check_spec(tmp_path / "absent.nn")


@pytest.mark.tf
def test_the_model_and_its_source_are_those_of_the_spec(examples) -> None:
    model = nnc.build_model(examples / "deep_nn.nn")
    assert model.count_params() == 91
    assert model.optimizer.name == "adam"
    assert "def build_model()" in nnc.python_source(examples / "deep_nn.nn")


@pytest.mark.tf
def test_a_width_that_hangs_on_the_table_is_read_from_it(examples, tmp_path) -> None:
    from nnc.cli import run

    assert nnc.build_model(examples / "breast_cancer.nn").input_shape == (None, 30)
    assert run(["compile", str(examples / "breast_cancer.nn"), "-o", str(tmp_path / "net.keras")]) == 0
    import keras

    assert keras.models.load_model(tmp_path / "net.keras").input_shape == (None, 30)
