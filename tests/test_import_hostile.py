"""A model file is hostile until proven otherwise: whatever is in it, findings come of it, and nothing is run."""

from __future__ import annotations

import copy
import json
import random
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from nnc import codes
from nnc.cli import run
from nnc.diagnostics import UserFault
from nnc.keras_import import import_config
from nnc.pipeline.bring import bring
from tests.bounded import HANGING
from tests.conftest import ROOT

GOOD: dict[str, Any] = json.loads((ROOT / "tests" / "cases" / "keras" / "functional_v2.json").read_text())


def written(folder: Path, config: Any, name: str = "m.json") -> str:
    path = folder / name
    path.write_text(config if isinstance(config, str) else json.dumps(config), encoding="utf-8")
    return str(path)


def with_layer(layer: dict[str, Any]) -> dict[str, Any]:
    """The good model with another layer where `score` stands."""
    config = copy.deepcopy(GOOD)
    calls = config["config"]["layers"][-1]["inbound_nodes"]
    config["config"]["layers"][-1] = {"name": "score", "inbound_nodes": calls, **layer}
    return config


def test_a_zip_bomb_is_read_no_further_than_a_configuration_is_long(tmp_path: Path) -> None:
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("config.json", "w") as stream:
        for _ in range(200):
            stream.write(b" " * (1 << 20))
    start = time.process_time()
    with pytest.raises(UserFault, match="larger than"):
        bring(str(path))
    assert time.process_time() - start < HANGING


@pytest.mark.parametrize(
    "text",
    ["", "[", "{}", "[]", "null", "[" * 100_000, '{"a":' * 50_000, '{"config": NaN}', "\ufeff{", '{"config": 1e999}',
     '{"class_name": "Functional", "config": {"layers": []}}', "9" * 10_000],
)  # fmt: skip
def test_what_is_no_configuration_is_a_finding(text: str, tmp_path: Path) -> None:
    with pytest.raises(UserFault) as caught:
        bring(written(tmp_path, text))
    assert {finding.code for finding in caught.value.findings} == {codes.MODEL_FILE}


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.json", "m.pt"])
def test_a_file_of_something_else_is_a_finding(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(random.Random(1).randbytes(2000))  # noqa: S311 - no secret
    with pytest.raises(UserFault):
        bring(str(tmp_path / name))
    with pytest.raises(UserFault):
        bring(str(tmp_path / "missing" / name))


def test_pickled_code_is_never_run_and_leaves_a_hole_that_check_points_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = {"class_name": "__lambda__", "config": {"value": ["4wEAAAA=", None, None]}}
    path = written(tmp_path, with_layer({"class_name": "Lambda", "config": {"name": "score", "function": code}}))
    assert run(["import", path, "-o", str(tmp_path / "m.nn")]) == 1
    said = capsys.readouterr().err
    assert "`score` (Lambda)" in said
    assert run(["check", str(tmp_path / "m.nn")]) == 1
    assert "Lambda" in capsys.readouterr().out
    assert "shared = Dense(8, relu" in (tmp_path / "m.nn").read_text()


@pytest.mark.parametrize(
    ("layer", "word"),
    [
        ({"class_name": "MyLayer", "module": "mine", "config": {"name": "score", "width": 3}}, "MyLayer(width=3)"),
        ({"class_name": "Dense", "module": "mine", "config": {"name": "score", "units": 3}}, "CustomDense"),
        ({"class_name": "Dense", "config": {"name": "score", "units": 3, "activation":
          {"class_name": "function", "module": "mine", "config": "bend", "registered_name": "bend"}}}, "bend"),
        ({"class_name": 'X"; import os\n#', "module": "mine", "config": {"name": "score"}}, "X_import_os"),
        ({"class_name": "Dense", "config": {"name": "score", "units": 3, "flux": 7}}, "flux=hole"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_named_and_check_points_at_it(layer: dict[str, Any], word: str, tmp_path: Path) -> None:
    from nnc.pipeline import front

    brought = bring(written(tmp_path, with_layer(layer)))
    assert [finding.code for finding in brought.findings] == [codes.NOT_SAYABLE]
    assert "`score`" in brought.findings[0].message
    assert word in brought.text
    (tmp_path / "m.nn").write_text(brought.text)
    assert front.check(tmp_path / "m.nn").findings.has_errors


def test_a_circle_of_layers_is_a_finding() -> None:
    config = copy.deepcopy(GOOD)
    config["config"]["layers"][2]["inbound_nodes"][0][0][0] = "score"
    with pytest.raises(UserFault, match="circle"):
        import_config(config, "m")


def test_models_in_models_without_end_are_a_finding() -> None:
    """Each level applies the one below it twice: the calls double with every level."""
    inner: dict[str, Any] = {"class_name": "Sequential", "config": {"name": "deep0", "layers": [
        {"class_name": "InputLayer", "config": {"name": "i", "batch_shape": [None, 4]}},
        {"class_name": "Dense", "config": {"name": "d", "units": 4}}]}}  # fmt: skip
    for level in range(1, 40):
        name = f"deep{level}"
        inner = {"class_name": "Functional", "config": {"name": name, "input_layers": [["i", 0, 0]],
            "output_layers": [[f"deep{level - 1}", 2, 0]], "layers": [
                {"class_name": "InputLayer", "name": "i", "config": {"name": "i", "batch_shape": [None, 4]}},
                {**inner, "name": f"deep{level - 1}",
                 "inbound_nodes": [[["i", 0, 0, {}]], [[f"deep{level - 1}", 1, 0, {}]]]}]}}  # fmt: skip
    start = time.process_time()
    with pytest.raises(UserFault):
        import_config(inner, "m")
    assert time.process_time() - start < HANGING


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += _places(item, (*path, key))
    return found


JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 3, 1.5, 1e300, 2**80, "", "x", "relu", "../../etc/passwd", "a\nb", "\u202e", "if", [], {}, [[]],
    [None, 4], {"class_name": "Dense", "config": {}},
    {"class_name": "__tensor__", "config": {"value": [1], "dtype": "x"}},
    {"class_name": "__lambda__", "config": {"value": "x"}}, ["shared", 0, 0], "shared", 'q" -> Dense(1)', "x" * 3000,
)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_no_junk_makes_it_fail(seed: int) -> None:
    """Any value of a configuration replaced by junk: a spec or findings, never another exception."""
    from nnc.emit.nn.source import OtherModel, nn_source

    dice = random.Random(seed)  # noqa: S311 - no secret
    places = _places(GOOD)
    came, said = 0, list[str]()
    for _ in range(250):
        config = copy.deepcopy(GOOD)
        for _ in range(dice.choice((1, 1, 2))):
            place = dice.choice(places)
            holder: Any = config
            try:
                for key in place[:-1]:
                    holder = holder[key]
                holder[place[-1]] = copy.deepcopy(dice.choice(JUNK))
            except (KeyError, IndexError, TypeError):
                continue
        try:
            imported = import_config(config, "m")
        except UserFault:
            continue
        came += 1
        try:
            nn_source(imported.spec.model, whole=not imported.findings.has_errors)
        except OtherModel as other:  # what the checker finds in it
            said.append(str(other))
    assert came > 40
    assert "" not in said
