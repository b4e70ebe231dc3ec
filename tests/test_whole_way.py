"""From a spec to a report, on every example that has data: what a user does with two commands.

In one process, so that TensorFlow is loaded once; what must hold between processes is in its own test below.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nnc import evidence
from nnc.cli import run
from tests.conftest import ROOT, shared_data

pytestmark = [pytest.mark.tf, pytest.mark.xdist_group("whole way")]

# Test accuracy or R² that a network on this data reaches with room to spare; a broken preparation does not.
BUNDLED = {"breast_cancer": 0.92, "wine": 0.88, "diabetes": 0.3, "digits": 0.9}


@pytest.fixture(scope="session")
def reports(tmp_path_factory, examples):
    """A function that makes an example's report once and gives its folder."""
    made: dict[str, Path] = {}
    base = tmp_path_factory.mktemp("reports")

    def make(name: str, *more: str) -> Path:
        if name not in made:
            assert run(["report", str(examples / f"{name}.nn"), "-o", str(base / name), *more]) == 0
            made[name] = base / name
        return made[name]

    return make


def primary(found: evidence.Evidence) -> evidence.Metric:
    return next(metric for metric in found.evaluation.metrics if metric.key == found.evaluation.primary)


@pytest.mark.parametrize("name", BUNDLED)
def test_an_example_on_bundled_data(name, reports) -> None:
    folder = reports(name)
    found = evidence.read(folder / "run" / "evidence.json")
    metric = primary(found)
    assert metric.estimate.value >= BUNDLED[name]
    assert metric.estimate.low <= metric.estimate.value <= metric.estimate.high
    assert len(found.baselines) >= 2
    assert found.explanation is not None
    assert found.explanation.forest
    assert max(values.additivity_error for values in found.explanation.network) < 0.01
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF-")
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert found.title in html
    assert not found.missing


@pytest.mark.parametrize(("name", "least"), [("titanic", 0.72), ("houses", 0.7)])
def test_an_example_on_a_table_from_elsewhere(name, least, reports) -> None:
    table = shared_data(f"{name}.csv")
    folder = reports(name, "--set", f"path={table}")
    found = evidence.read(folder / "run" / "evidence.json")
    assert primary(found).estimate.value >= least
    if name == "houses":
        assert found.data.target_transform == "log"
        errors = {metric.key: metric.estimate.value for metric in found.evaluation.metrics}
        # Dollars, not their logarithm.
        assert 5_000 < errors["mae"] < 60_000


def test_the_report_says_which_metric_is_a_mean_over_batches(reports) -> None:
    found = evidence.read(reports("breast_cancer") / "run" / "evidence.json")
    kinds = {curve.name: curve.exact for curve in found.training.curves}
    assert kinds["f1_batch"] is False
    assert kinds["recall"] is True


def test_a_report_is_not_trained_again_without_need(reports, examples) -> None:
    folder = reports("wine")
    weights = folder / "run" / "model.weights.h5"
    before = weights.stat().st_mtime_ns
    html = (folder / "report.html").read_bytes()
    assert run(["report", str(examples / "wine.nn"), "-o", str(folder)]) == 0
    assert weights.stat().st_mtime_ns == before
    assert (folder / "report.html").read_bytes() == html


def test_a_run_is_rendered_again_without_tensorflow(reports, tmp_path) -> None:
    folder = reports("wine")
    probe = (
        "import sys\nfrom nnc.cli import run\n"
        f"code = run(['report', {str(folder / 'run')!r}, '-o', {str(tmp_path)!r}])\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)\nsys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.html").read_bytes() == (folder / "report.html").read_bytes()
    assert (tmp_path / "report.pdf").read_bytes() == (folder / "report.pdf").read_bytes()


def test_two_processes_give_the_same_bytes(reports, tmp_path) -> None:
    pages = []
    for name in ("first", "second"):
        done = subprocess.run(
            [sys.executable, "-m", "nnc", "report", "examples/wine.nn", "-o", str(tmp_path / name)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr.startswith("wrote "), "silent where nobody watches"
        pages.append([(tmp_path / name / page).read_bytes() for page in ("report.html", "report.pdf")])
    assert pages[0] == pages[1]


def test_predictions_for_raw_rows_are_those_of_the_run(reports, tmp_path, capsys) -> None:
    """The test rows, given again as a raw table, get the predictions that the run wrote down for them."""
    from sklearn import datasets

    folder = reports("wine")
    bunch = datasets.load_wine()
    table = tmp_path / "rows.csv"
    with table.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(bunch.feature_names)
        writer.writerows([repr(float(value)) for value in row] for row in bunch.data)
    out = tmp_path / "predictions.csv"
    assert run(["predict", str(folder / "run"), str(table), "-o", str(out)]) == 0
    with out.open(newline="") as stream:
        predicted = list(csv.DictReader(stream))
    assert len(predicted) == len(bunch.data)
    with (folder / "run" / "predictions.csv").open(newline="") as stream:
        for row in csv.DictReader(stream):
            again = predicted[int(row["row"]) - 1]
            assert again["prediction"] == row["prediction"]
            for column in row:
                if column.startswith("probability"):
                    assert float(again[column]) == pytest.approx(float(row[column]), abs=1e-5)
    capsys.readouterr()
    assert run(["predict", str(folder / "run"), str(table)]) == 0
    assert capsys.readouterr().out == out.read_text()


def test_a_table_without_a_column_is_a_finding(reports, tmp_path, capsys) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("alcohol\n13\n")
    out = tmp_path / "predictions.csv"
    assert run(["predict", str(reports("wine") / "run"), str(table), "-o", str(out)]) == 1
    err = capsys.readouterr().err
    assert "malic_acid" in err
    assert "Traceback" not in err
    assert not out.exists()


def test_a_failed_training_leaves_the_last_good_run(tmp_path, capsys) -> None:
    good = (ROOT / "examples" / "wine.nn").read_text().replace("epochs = 80", "epochs = 2")
    spec = tmp_path / "wine.nn"
    spec.write_text(good)
    out = tmp_path / "run"
    assert run(["train", str(spec), "-o", str(out)]) == 0
    (out / "notes.txt").write_text("mine")
    before = (out / "evidence.json").read_bytes()
    spec.write_text(good.replace("learning_rate=0.005", "learning_rate=1e30"))
    assert run(["train", str(spec), "-o", str(out)]) == 3
    err = capsys.readouterr().err
    assert "NN07" in err
    assert "Traceback" not in err
    assert (out / "evidence.json").read_bytes() == before
    spec.write_text(good.replace("seed = 3", "seed = 4"))
    assert run(["train", str(spec), "-o", str(out)]) == 0
    assert (out / "notes.txt").read_text() == "mine", "what a user put there stays"
    assert json.loads((out / "evidence.json").read_text())["reproduce"]["seed"] == 4


def test_a_folder_that_no_run_wrote_is_left_alone(tmp_path, capsys) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").write_text("...")
    assert run(["train", str(ROOT / "examples" / "wine.nn"), "-o", str(tmp_path / "thesis")]) == 1
    assert "left alone" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "thesis").iterdir()] == ["chapter1.tex"]


def test_a_broken_run_is_a_finding(reports, tmp_path, capsys) -> None:
    broken = tmp_path / "run"
    shutil.copytree(reports("wine") / "run", broken)
    (broken / "evidence.json").write_text('{"format": 1, "title": 3}')
    assert run(["report", str(broken)]) == 1
    assert "NN0703" in capsys.readouterr().err
    (broken / "evidence.json").unlink()
    assert run(["report", str(broken)]) == 1
    assert "NN0006" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("a,b,y\n", "no rows"),
        ("a,b,y\n1,2,0\n1,2\n", "row 3"),
        ("a,b,y\n1,2,0\n1,x,1\n3,4,0\n5,6,1\n7,8,0\n9,1,1\n" * 1, "row 3"),
        ("a,b,z\n1,2,0\n", "`y`"),
        ("a,a,y\n1,2,0\n", "a"),
    ],
)
def test_bad_data_is_a_finding_with_its_place(text, words, tmp_path, capsys) -> None:
    (tmp_path / "t.csv").write_text(text)
    spec = tmp_path / "s.nn"
    spec.write_text(
        'model M {\n  input x: [features]\n  output y = x -> Dense(1, sigmoid)\n}\n\ndata {\n  source = csv("t.csv")\n'
        "  target = y\n  features {\n    a, b = numeric()\n  }\n}\n\ntrain {\n  loss = binary_crossentropy\n"
        "  epochs = 1\n}\n"
    )
    assert run(["report", str(spec), "-o", str(tmp_path / "out")]) == 1
    err = capsys.readouterr().err
    assert "t.csv" in err
    assert words in err
    assert "Traceback" not in err
    assert not (tmp_path / "out" / "report.html").exists()


def test_rows_that_it_learned_from_are_never_called_unseen(tmp_path, capsys) -> None:
    text = (ROOT / "examples" / "wine.nn").read_text().replace("epochs = 80", "epochs = 2")
    spec = tmp_path / "wine.nn"
    spec.write_text(text.replace("validation: 20%, test: 25%", "validation: 0%, test: 0%"))
    assert run(["report", str(spec), "-o", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "never saw" not in said
    assert "no rows were kept for testing" in said
    assert "No rows were kept for testing" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
