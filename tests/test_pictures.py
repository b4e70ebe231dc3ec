"""Folders of pictures: from files to pixels as Pillow and Keras read them, and the whole way to a report."""

from __future__ import annotations

import base64
import csv
import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnc import codes, evidence
from nnc.cli import run
from nnc.data import load, prepare
from nnc.data.layout import in_blocks, layout, smaller
from nnc.data.picture_file import pixels
from nnc.data.picture_folder import PictureFiles
from nnc.diagnostics import UserFault
from nnc.pipeline import front
from nnc.pipeline.reading import read_source
from tests.conftest import ROOT

SPEC = """model Shapes {{
  input x: {shape}
  hidden = x -> Flatten() -> Dense(16, relu)
  output y = hidden -> Dense(3, softmax)
}}

data {{
  source = images("pictures")
  {more}
}}

train {{
  loss = sparse_categorical_crossentropy
  optimizer = Adam(learning_rate=0.01)
  epochs = 15
  seed = 1
}}
"""


def write_digits(root: Path, count: int = 50, side: int = 12) -> None:
    """Pictures of the digits 0, 1 and 2, of which scikit-learn has some, a folder a digit."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    for digit in range(3):
        folder = root / f"is {digit}"
        folder.mkdir(parents=True)
        for i, image in enumerate(digits.images[digits.target == digit][:count]):
            picture = Image.fromarray((image / 16 * 255).astype(np.uint8)).resize((side, side))
            picture.save(folder / f"{i:03d}.{'png' if i % 2 else 'jpg'}")


def checked(folder: Path, shape: str = "[8, 8, 1]", more: str = "") -> front.Checked:
    path = folder / "spec.nn"
    path.write_text(SPEC.format(shape=shape, more=more), encoding="utf-8")
    return front.check_source(path, read_source(path, "spec.nn"), front.Settings(), widths={})


def prepared_of(folder: Path, shape: str = "[8, 8, 1]", more: str = ""):
    spec = front.require(checked(folder, shape, more))
    return prepare(load(spec.data, folder), spec, spec.model)


def faults(folder: Path, **more: str) -> list[tuple[str, str]]:
    with pytest.raises(UserFault) as caught:
        prepared_of(folder, **more)
    return [(item.code.id, item.message) for item in caught.value.findings]


@pytest.fixture(scope="session")
def digits(tmp_path_factory) -> Path:
    base = tmp_path_factory.mktemp("digits")
    write_digits(base / "pictures")
    return base


# ---- pixels --------------------------------------------------------------------------------------


@pytest.mark.tf
@pytest.mark.parametrize(
    ("mode", "channels", "colours"), [("RGB", 3, "rgb"), ("L", 1, "grayscale"), ("RGB", 1, "grayscale")]
)
@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_pixels_are_those_that_keras_loads(mode, channels, colours, ending, tmp_path) -> None:
    from keras.utils import img_to_array, load_img

    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (23, 31, 3) if mode == "RGB" else (23, 31), dtype=np.uint8)
    path = tmp_path / f"a.{ending}"
    Image.fromarray(noise).save(path)
    theirs = img_to_array(load_img(path, color_mode=colours, target_size=(9, 14), interpolation="bilinear"))
    np.testing.assert_array_equal(pixels(path, (9, 14, channels)), theirs)


def test_a_see_through_picture_is_laid_on_white(tmp_path) -> None:
    clear = np.zeros((6, 6, 4), dtype=np.uint8)
    clear[:3, :, 3] = 255  # the upper half is black, the lower one clear
    Image.fromarray(clear).save(tmp_path / "clear.png")
    found = pixels(tmp_path / "clear.png", (6, 6, 3))
    assert (found[:3] == 0).all()
    assert (found[3:] == 255).all()
    assert pixels(tmp_path / "clear.png", (6, 6, 4))[5, 5].tolist() == [0, 0, 0, 0]


def test_sixteen_bits_are_brought_to_eight(tmp_path) -> None:
    deep = np.arange(36, dtype=np.uint16).reshape(6, 6) * 1_800
    Image.fromarray(deep).save(tmp_path / "deep.png")
    np.testing.assert_array_equal(pixels(tmp_path / "deep.png", (6, 6, 1))[:, :, 0], deep // 256)


def test_a_picture_is_turned_as_its_camera_says(tmp_path) -> None:
    upright = np.zeros((8, 16, 3), dtype=np.uint8)
    upright[:, :8] = 255
    turned = Image.fromarray(np.rot90(upright).copy())
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    turned.save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(pixels(tmp_path / "a.png", (8, 16, 3)), upright)


def test_values_are_divided_as_the_spec_says(digits) -> None:
    scaled, plain = (
        prepared_of(digits, more=more).train.inputs["x"]
        for more in ("", "features {\n    picture = picture(scale=none)\n  }")
    )
    assert scaled.shape[1:] == (8, 8, 1)
    assert scaled.max() <= 1
    assert 100 < plain.max() <= 255
    np.testing.assert_allclose(scaled * 255, plain, rtol=1e-6)
    assert np.array_equal(plain, np.rint(plain))


# ---- files that mean no good ---------------------------------------------------------------------


def _png_heading(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    heading = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + heading + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def _bytes_of(form: str) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)).save(stream, form)
    return stream.getvalue()


BROKEN = {
    "bomb.png": (_png_heading(60_000, 60_000), "has far too many pixels"),
    "large.png": (_png_heading(7_000, 7_000), "7,000 × 7,000 pixels"),
    "half.png": (_bytes_of("PNG")[:900], "ends too early"),
    "half.jpg": (_bytes_of("JPEG")[:900], "ends too early"),
    "words.png": (b"not a picture at all", "is neither PNG nor JPEG"),
    "moving.jpg": (_bytes_of("GIF"), "is neither PNG nor JPEG"),
    "nothing.png": (b"", "is empty"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_picture_is_named(name, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    write_digits(tmp_path / "pictures", 10)
    content, words = BROKEN[name]
    (tmp_path / "pictures" / "is 1" / name).write_bytes(content)
    ((code, message),) = faults(tmp_path)
    assert code == codes.NOT_A_PICTURE.id
    assert f"pictures/is 1/{name}" in message
    assert words in message


def test_a_wrong_ending_of_a_right_picture_does_no_harm(tmp_path) -> None:
    write_digits(tmp_path / "pictures", 10)
    (tmp_path / "pictures" / "is 1" / "a.png").write_bytes(_bytes_of("JPEG"))
    assert len(prepared_of(tmp_path).table) == 31


def test_what_is_no_picture_is_named(tmp_path) -> None:
    folder = tmp_path / "pictures" / "is 0"
    folder.mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(_bytes_of("PNG"))
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "a\nb.png").write_bytes(_bytes_of("PNG"))
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    (folder / ".DS_Store").write_bytes(b"x")
    (tmp_path / "pictures" / "none").mkdir()
    os.mkfifo(folder / "pipe.png")
    found = sorted(faults(tmp_path))
    assert {code for code, _ in found} == {codes.NOT_A_PICTURE.id}
    assert [message for _, message in found] == [
        "`pictures/is 0/a?b.png` has a name of unprintable characters",
        "`pictures/is 0/link.png` is a link to a place outside the folder",
        "`pictures/is 0/notes.txt` is no PNG or JPEG by its ending",
        "`pictures/is 0/pipe.png` is no file",
        "`pictures/none` holds no picture",
    ]


def test_pictures_beside_the_folders_of_classes(tmp_path) -> None:
    write_digits(tmp_path / "pictures", 5)
    (tmp_path / "pictures" / "loose.png").write_bytes(_bytes_of("PNG"))
    assert faults(tmp_path) == [
        (codes.NOT_A_PICTURE.id, "the picture `pictures/loose.png` lies in no folder of a class")
    ]


def test_a_folder_that_is_not_there(tmp_path) -> None:
    assert faults(tmp_path)[0] == (codes.DATA_NOT_FOUND.id, "the folder `pictures` is not there")


def test_more_files_than_nnc_takes(tmp_path, monkeypatch) -> None:
    write_digits(tmp_path / "pictures", 20)
    monkeypatch.setattr("nnc.data.picture_folder.MAX_PICTURES", 50)
    assert faults(tmp_path)[0][0] == codes.DATA_TOO_LARGE.id


@pytest.mark.parametrize("shape", ["[features]", "[64]", "[?, 8, 3]", "[8, 8, 2]"])
def test_an_input_that_takes_no_pictures(shape, digits) -> None:
    spec = SPEC.replace("-> Flatten() ", "") if shape in ("[features]", "[64]") else SPEC
    path = digits / "other.nn"
    path.write_text(spec.format(shape=shape, more=""), encoding="utf-8")
    found = front.check_source(path, read_source(path, "other.nn"), front.Settings(), widths={})
    if found.spec is None:  # Flatten of an open size is refused before that
        return
    with pytest.raises(UserFault) as caught:
        prepare(load(found.spec.data, digits), found.spec, found.spec.model)
    assert [item.code for item in caught.value.findings] == [codes.NO_PICTURE_INPUT]


def test_pictures_are_prepared_as_nothing_else(digits) -> None:
    found = faults(digits, more="features {\n    picture = category()\n  }")
    assert found == [
        (codes.PREPARATION_ARGUMENT.id, "column `picture` names picture files, so it can't be prepared by `category`")
    ]


# ---- the split and the checks --------------------------------------------------------------------


def test_a_folder_of_its_own_for_the_test(tmp_path) -> None:
    write_digits(tmp_path / "pictures", 20)
    write_digits(tmp_path / "held out", 5)
    prepared = prepared_of(tmp_path, more='split = {test: "held out"}')
    assert len(prepared.test) == 15
    assert all(
        name.startswith("held out/") for name in prepared.table.columns["picture"].values[prepared.test.positions]
    )
    assert prepared.preparation.target.classes == ("is 0", "is 1", "is 2")


def test_one_picture_in_two_parts_is_found_whatever_its_files(digits, tmp_path) -> None:
    from nnc.data.checks import data_warnings

    assert "duplicates_across_split" not in {warn.key for warn in data_warnings(prepared_of(digits))}
    write_digits(tmp_path / "pictures", 40)
    for folder in (tmp_path / "pictures").iterdir():
        first = Image.open(folder / "001.png")
        for i in range(6):  # saved anew, so that the files differ and the pixels don't
            first.save(folder / f"again{i}.png", compress_level=i)
    found = {warn.key: warn.values for warn in data_warnings(prepared_of(tmp_path))}
    assert found["duplicates_across_split"]["rows"] >= 3
    assert not {"identifier_columns", "answer_column", "constant_columns"} & set(found)


# ---- layouts -------------------------------------------------------------------------------------


def _model(text: str):
    from nnc.source import Source

    found = front.check_source(Path("m.nn"), Source("m.nn", f"model M {{\n{text}\n}}\n"), front.Settings(), widths={})
    return front.require(found).model


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input x: [8, 6, 3]\noutput y = x -> Flatten() -> Dense(1)", (8, 6, 3)),
        ("input x: [64]\noutput y = x -> Reshape([8, 8, 1]) -> Flatten() -> Dense(1)", (8, 8, 1)),
        ("input x: [64]\noutput y = x -> Dense(1)", None),
        ("input x: [64]\noutput y = x -> Reshape([8, 8]) -> LSTM(2) -> Dense(1)", None),
        ("input x: [8, 8, 5]\noutput y = x -> Flatten() -> Dense(1)", None),
        ("input a: [8, 8, 1]\ninput b: [2]\noutput y = [a -> Flatten(), b] -> Concatenate() -> Dense(1)", None),
    ],
)
def test_the_picture_that_features_make(text, expected) -> None:
    assert layout(_model(text)) == expected


def test_blocks_are_sums_and_smaller_pictures_means() -> None:
    picture = np.arange(5 * 7 * 3, dtype=np.float32).reshape(1, -1)
    whole = picture.reshape(5, 7, 3)
    sums = in_blocks(picture, (5, 7, 3), 3)[0]
    assert sums.shape == (2, 3, 3)
    np.testing.assert_allclose(sums[1, 2], whole[3:, 6:].sum(axis=(0, 1)))
    means = smaller(picture, (5, 7, 3), 3).reshape(2, 3, 3)
    np.testing.assert_allclose(means[0, 0], whole[:3, :3].mean(axis=(0, 1)))


# ---- explanation ---------------------------------------------------------------------------------


@pytest.mark.tf
def test_integrated_gradients_of_a_square_are_the_closed_form() -> None:
    import keras

    from nnc.explain.gradients import gradient_values
    from nnc.explain.twin import make_twin

    x = keras.Input((4, 4, 1))
    inner = keras.layers.Dense(1, use_bias=False)(keras.layers.Flatten()(x))
    model = keras.Model(x, keras.layers.Multiply()([inner, inner]))
    weights = model.layers[2].get_weights()[0][:, 0]
    rng = np.random.default_rng(0)
    rows, background = rng.normal(size=(3, 16)).astype("float32"), rng.normal(size=(5, 16)).astype("float32")
    found = gradient_values(make_twin(model, "regression"), rows, background)[:, :, 0]
    # Along the line from b to x, the integral of 2 (w·z) w is w (w·(x + b)).
    both = (rows[:, None, :] + background[None, :, :]) @ weights
    expected = ((rows[:, None, :] - background[None, :, :]) * weights * both[:, :, None]).mean(axis=1)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.tf
def test_permutations_of_cells_are_exact_for_a_linear_model() -> None:
    import keras

    from nnc.explain.ladder import Problem, climb
    from nnc.explain.pictures import cells
    from nnc.explain.twin import make_twin

    model = keras.Sequential([keras.Input((20, 20, 3)), keras.layers.Flatten(), keras.layers.Dense(1)])
    weights = model.layers[-1].get_weights()[0][:, 0]
    rng = np.random.default_rng(0)
    rows, background = rng.random((10, 1200), dtype="float32"), rng.random((12, 1200), dtype="float32")
    groups = cells((20, 20, 3))
    assert groups is not None
    assert np.bincount(groups).tolist() == [12] * 100
    problem = Problem(make_twin(model, "regression"), rows, background, 0, groups)
    judged = climb(problem)
    expected = (rows - background.mean(axis=0)) * weights
    np.testing.assert_allclose(judged.values[:, :, 0], expected, atol=1e-5)
    assert judged.correlation[0] > 0.999


@pytest.mark.tf
def test_augmentation_is_off_when_a_model_is_evaluated_and_explained() -> None:
    import keras

    from nnc.explain.twin import make_twin

    x = keras.Input((8, 8, 1))
    moved = keras.layers.RandomFlip()(keras.layers.RandomTranslation(0.4, 0.4)(x))
    moved = keras.layers.RandomBrightness(0.5, value_range=(0, 1))(keras.layers.RandomRotation(0.3)(moved))
    out = keras.layers.Dense(1)
    model = keras.Model(x, out(keras.layers.Flatten()(moved)))
    plain = keras.Model(x, out(keras.layers.Flatten()(x)))
    rows = np.random.default_rng(0).random((20, 8, 8, 1), dtype="float32")
    expected = plain.predict(rows, verbose=0)
    np.testing.assert_allclose(model.predict(rows, verbose=0), expected, atol=1e-6)
    twin = make_twin(model, "regression")
    np.testing.assert_allclose(twin(rows.reshape(20, -1)).numpy(), expected, atol=1e-6)


# ---- the whole way -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def report(digits, tmp_path_factory) -> Path:
    spec = digits / "whole.nn"
    text = SPEC.format(shape="[8, 8, 1]", more="")
    spec.write_text(text.replace("x -> Flatten()", "x -> RandomTranslation(0.1, 0.1) -> Flatten()"), encoding="utf-8")
    out = tmp_path_factory.mktemp("pictures") / "report"
    assert run(["report", str(spec), "-o", str(out)]) == 0
    return out


@pytest.mark.tf
@pytest.mark.xdist_group("pictures")
def test_a_folder_of_pictures_becomes_a_report(report, digits) -> None:
    found = evidence.read(report / "run" / "evidence.json")
    assert not found.missing
    assert found.evaluation.metrics[0].estimate.value >= 0.9
    shown = found.data.pictures
    assert shown is not None
    assert shown.shape == (8, 8, 1)
    assert shown.files.total == sum(path.stat().st_size for path in (digits / "pictures").rglob("*.*"))
    assert shown.files.sizes == (("12 × 12", 150),)
    assert [sample.name for sample in shown.samples] == ["is 0", "is 1", "is 2"]
    first = np.asarray(Image.open(io.BytesIO(base64.b64decode(shown.samples[0].pngs[0]))))
    assert first.shape == (8, 8)
    assert {baseline.key for baseline in found.baselines} == {"majority", "linear", "random_forest"}
    html = (report / "report.html").read_text(encoding="utf-8")
    assert "fig-shap-pictures" in html
    assert "fig-pictures" in html
    assert "beeswarm" not in html
    assert "waterfall" not in html
    assert len(html) < 5_000_000
    assert (report / "report.pdf").stat().st_size < 3_000_000


@pytest.mark.tf
@pytest.mark.xdist_group("pictures")
def test_maps_add_up_to_what_is_explained(report) -> None:
    found = evidence.read(report / "run" / "evidence.json").explanation
    maps = found.pictures
    assert [len(row.maps) for row in maps.rows] == [3] * len(found.chosen)
    for chosen, row in zip(found.chosen, maps.rows, strict=True):
        for values, cells in zip(found.network, row.maps, strict=True):
            span = max(values.outputs) - min(values.outputs)
            assert values.base + sum(cells) == pytest.approx(values.outputs[chosen.index], abs=0.01 * span)
        assert row.name.startswith("pictures/is ")
    assert all(values.additivity_error < 0.01 and not values.values for values in found.network)
    assert all(values.permutation_correlation > 0.9 for values in found.network)


@pytest.mark.tf
@pytest.mark.xdist_group("pictures")
def test_the_report_is_rendered_again_to_the_same_bytes(report, tmp_path) -> None:
    assert run(["report", str(report / "run"), "-o", str(tmp_path)]) == 0
    for page in ("report.html", "report.pdf"):
        assert (tmp_path / page).read_bytes() == (report / page).read_bytes()


@pytest.mark.tf
@pytest.mark.xdist_group("pictures")
def test_pictures_are_predicted_from_a_folder_and_from_a_file(report, digits, tmp_path, capsys) -> None:
    out = tmp_path / "said.csv"
    assert run(["predict", str(report / "run"), str(digits / "pictures"), "-o", str(out)]) == 0
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert len(rows) == 150
    right = [row["prediction"] in row["picture"] for row in rows]
    assert sum(right) > 140
    capsys.readouterr()
    assert run(["predict", str(report / "run"), str(digits / "pictures" / "is 2" / "001.png")]) == 0
    head, line = capsys.readouterr().out.splitlines()
    assert head.startswith("picture,prediction")
    assert line.startswith("001.png,is 2,")


def test_pictures_are_predicted_few_at_a_time(tmp_path) -> None:
    Image.new("L", (2, 2)).save(tmp_path / "0.png")
    for i in range(1, 300):
        os.link(tmp_path / "0.png", tmp_path / f"{i}.png")
    assert [len(table) for table in PictureFiles(tmp_path, "f").chunks(65_536)] == [256, 44]


def test_what_becomes_of_pictures_is_shown_before_training(digits, capsys) -> None:
    checked(digits)
    assert run(["check", "--data", str(digits / "spec.nn")]) == 0
    shown = "".join(capsys.readouterr())
    assert "picture(scale=255)" in shown
    assert "3 classes" in shown
    (digits / "wide.nn").write_text(
        (digits / "spec.nn").read_text(encoding="utf-8").replace("(3,", "(4,"), encoding="utf-8"
    )
    assert run(["check", "--data", str(digits / "wide.nn")]) == 1
    assert codes.OUTPUT_WIDTH.id in "".join(capsys.readouterr())


def test_chinese_has_every_text_of_pictures() -> None:
    import tomllib

    english, chinese = (
        tomllib.loads((ROOT / "templates" / "texts" / f"{language}.toml").read_text(encoding="utf-8"))["pictures"]
        for language in ("en", "zh")
    )
    assert english.keys() == chinese.keys()
