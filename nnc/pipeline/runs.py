"""Checked graph → run → evidence → report; and predictions from a run.

A run folder is made beside its place and moved there when it is whole. TensorFlow is loaded by `train` and `predict`
alone: a report of a run that is there is rendered without it.
"""

from __future__ import annotations

import hashlib
import shlex
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

from nnc import codes
from nnc.diagnostics import Findings, UserFault
from nnc.files import beside
from nnc.lean import dataclass
from nnc.pipeline import unfinished
from nnc.pipeline.all_rows import all_rows
from nnc.pipeline.front import Checked, Settings, choose_model, require
from nnc.pipeline.pairs import with_pairs
from nnc.pipeline.quiet import load_tensorflow
from nnc.pipeline.repeats import Kind, Several, repeat
from nnc.pipeline.sized import prepare_and_check, read_table

if TYPE_CHECKING:
    from nnc.data import Table
    from nnc.evidence import Evidence, Explanation, Missing, Reproduce, Warn
    from nnc.graph import ModelGraph, Spec
    from nnc.report import Pool
    from nnc.report.build import Beside
    from nnc.run import Evaluated, EvaluatedHead, Trained

# What a report leaves in a folder; a new run takes them away, since they speak of the old one.
REPORTS = ("report.html", "report.pdf")


class Progress(Protocol):
    """Whoever shows how far the work is."""

    def phase(self, words: str) -> None:
        """A new piece of work begins."""

    def start(self, epochs: int) -> None:
        """Training begins; it takes at most so many epochs."""

    def epoch(self, number: int, logs: Mapping[str, float], seconds_left: float) -> None:
        """Epoch `number` (from 1) is done."""

    def end(self) -> None:
        """Training is done, perhaps before the last epoch."""


@dataclass(frozen=True)
class Pages:
    """A written report: where it lies, and its verdict in a sentence or two."""

    html: Path
    pdf: Path
    verdict: str


# ---- training ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class How:
    """How a run is made: `resume` goes on where an earlier one was broken off, `log` names further journals."""

    resume: bool = False
    log: tuple[str, ...] = ()
    several: tuple[Several, ...] = ()


def train(checked: Checked, run: Path, settings: Settings, progress: Progress, how: How | None = None) -> str:
    """Train the spec's model into the folder `run` and give the verdict in a sentence or two.

    Raises UserFault for what is wrong with spec or data, RunFault where the training fails. Whatever happens, a run
    that was there stays whole until the new one is, and what was trained so far is kept in `run/unfinished`.
    """
    from nnc.report import verdict

    how = how or How()
    _may_be_replaced(run)
    finished = _is_run(run) and not unfinished.is_unfinished(run)
    progress.phase("preparing")
    evidence = _current(run, checked, read_table(checked), settings) if how.resume and finished else None
    if evidence is None:
        with _begun(run, checked, settings, how):
            evidence = _train(checked, read_table(checked), run, settings, progress, how)
    progress.end()
    return verdict(evidence)


def several(folds: int | None, seeds: int | None) -> tuple[Several, ...]:
    """What `--folds` and `--seeds` ask for."""
    asked: tuple[tuple[Kind, int | None], ...] = (("folds", folds), ("seeds", seeds))
    return tuple(Several(kind, count) for kind, count in asked if count)


@contextmanager
def _begun(run: Path, checked: Checked, settings: Settings, how: How) -> Iterator[None]:
    """While a run is made, `run/unfinished` says so; afterwards it is there only if one can go on with it."""
    resumed = how.resume and unfinished.is_unfinished(run)
    if not resumed:
        unfinished.begin(run, checked, settings, how.log)
    try:
        yield
    except UserFault as fault:
        unfinished.give_up(run, fault, resumed=resumed)
        raise


def _train(checked: Checked, table: Table, run: Path, settings: Settings, progress: Progress, how: How) -> Evidence:
    began = time.monotonic()
    same = unfinished.fingerprint(checked, table, settings)
    checked, prepared = prepare_and_check(checked, table, settings)
    spec = require(checked)
    load_tensorflow()
    from nnc import run as runs

    keep = runs.Keep(run / unfinished.FOLDER, same, resume=how.resume, log=how.log)
    with all_rows(prepared, spec.train, keep.folder, how.several) as blocks:
        times = {"preparing": time.monotonic() - began}
        model = choose_model(spec, settings.model)
        trained = runs.train(spec, model, prepared, progress=progress, keep=keep, blocks=blocks)
    evaluated, evidence = _found(trained, checked, settings, progress, times)
    for several in how.several:
        progress.phase(f"{several.count} {several.kind}")
        found = repeat(checked, table, settings, several, progress)
        evidence = replace(evidence, repeats=(*evidence.repeats, *found))
    with beside(run) as folder:
        folder.mkdir()
        runs.save(folder, evaluated, evidence, checked.source.text, times)
        _keep_what_others_put_there(run, folder)
        _keep_what_training_wrote(run / unfinished.FOLDER, folder, goes_on=_is_interrupted(evidence))
    return evidence


def _found(
    trained: Trained, checked: Checked, settings: Settings, progress: Progress, times: dict[str, float]
) -> tuple[Evaluated, Evidence]:
    """What evaluation and explanation find in a trained model; `times` gets their seconds."""
    from nnc import run as runs

    progress.phase("evaluating")
    began = time.monotonic()
    evaluated = runs.evaluate(trained)
    times["evaluating"] = time.monotonic() - began
    progress.phase("explaining")
    began = time.monotonic()
    explained = [explain_rows(head, evaluated.trained) for head in evaluated.heads]
    times["explaining"] = time.monotonic() - began
    reproduce = runs.reproduce(
        trained, command=_command(checked, settings), spec_text=checked.source.text, folder=checked.path.parent
    )
    reproduce = replace(reproduce, sha256={**reproduce.sha256, **_used_hashes(checked)})
    return evaluated, gather(trained.spec, trained.graph, evaluated, explained, reproduce)


Explained = tuple["Explanation | None", "str | None"]


def explain_rows(head: EvaluatedHead, trained: Trained) -> Explained:
    """SHAP of one target over the evaluated rows, or the reason why there is none. `trained` has all targets."""
    from nnc import explain
    from nnc.data.numbered import with_padding
    from nnc.data.thumbnails import file_name, thumbnail

    part, forest = head.part, head.forest
    prepared, config = head.trained.prepared, trained.spec.report
    target, order = prepared.preparation.target, prepared.preparation.order
    if forest is not None and order.tolist() != list(range(len(prepared.preparation.features))):
        # The forest was fitted on the matrix as it is; a model with several inputs sees its columns in another order.
        forest = None
    if any(column.places for column in prepared.preparation.columns):
        forest = None  # it was given a feature for each category or word, and the network their numbers
    if forest is not None and forest.n_features_in_ != prepared.train.matrix.shape[1]:
        forest = None  # it was fitted on smaller pictures
    picture = None
    if prepared.layout is not None:
        looks = partial(thumbnail, prepared, part)
        picture = explain.Picture(prepared.layout, partial(file_name, prepared, part), looks)
    asked = {key: value for key, value in (config.explain if config else {}).items() if isinstance(value, int)}
    try:
        explanation = explain.explain(
            trained.model,
            output=explain.Which(target.output, target.unit),
            train=with_padding(prepared.preparation, prepared.train.matrix)[:, order],
            test=part.matrix[:, order],
            display=() if picture else [[row[i] for i in order] for row in prepared.display(part)],
            features=[prepared.preparation.features[i] for i in order],
            columns=[prepared.preparation.feature_columns[i] for i in order],
            task=prepared.task,
            classes=target.classes,
            predictions=head.predictions.scores,
            truth=part.truth,
            file_rows=part.rows.tolist(),
            forest=forest,
            picture=picture,
            settings=explain.Settings(**asked),
            seed=trained.train.seed,
        )
    except explain.CannotExplain as error:
        return None, str(error)
    return explanation, None


def gather(
    spec: Spec, model: ModelGraph, evaluated: Evaluated, explained: Sequence[Explained], reproduce: Reproduce
) -> Evidence:
    """All that was found, as a report reads it; `explained` by target."""
    from nnc.emit.network import describe
    from nnc.evidence import Evidence, Head

    config = spec.report
    first, *others = (
        Head(
            head.name,
            head.trained.prepared.task,
            head.trained.prepared.evidence,
            head.evaluation,
            head.baselines,
            explanation,
        )
        for head, (explanation, _) in zip(evaluated.heads, explained, strict=True)
    )
    missing, concerns = _about_explanations(evaluated, explained)
    return Evidence(
        title=(config.title if config else None) or model.name,
        language=config.language if config else "en",
        task=first.task,
        use=config.use if config else None,
        limits=config.limits if config else None,
        network=describe(model),
        data=first.data,
        training=evaluated.trained.training,
        evaluation=first.evaluation,
        baselines=first.baselines,
        explanation=first.explanation,
        warnings=(*evaluated.warnings, *concerns),
        missing=missing,
        reproduce=reproduce,
        output=first.output,
        others=tuple(others),
    )


def _about_explanations(
    evaluated: Evaluated, explained: Sequence[Explained]
) -> tuple[tuple[Missing, ...], tuple[Warn, ...]]:
    """Why there are none, and what their checks say; each with its target's name where there are several."""
    from nnc.evidence import Missing
    from nnc.explain import concerns

    several = len(evaluated.heads) > 1
    missing: list[Missing] = []
    warnings: list[Warn] = []
    for head, (explanation, reason) in zip(evaluated.heads, explained, strict=True):
        name = head.name if several else None
        if reason is not None:
            missing.append(Missing("explanation", reason, name))
        if explanation is not None:
            warnings += (replace(warn, output=name) for warn in concerns(explanation))
    return tuple(missing), tuple(warnings)


def _command(checked: Checked, settings: Settings) -> str:
    """What somebody types to make this report again."""
    words = ["nnc", "report", str(checked.path)]
    for name, value in settings.overrides.items():
        words += ["--set", f"{name}={value}"]
    if settings.model is not None:
        words += ["--model", settings.model]
    return shlex.join(words)


def _used_hashes(checked: Checked) -> dict[str, str]:
    """SHA-256 of each file that the spec uses, by its name."""
    return {source.name: hashlib.sha256(source.text.encode()).hexdigest() for source in checked.used}


# ---- run folders ---------------------------------------------------------------------------------


def _is_run(folder: Path) -> bool:
    return (folder / "evidence.json").is_file() and (folder / "spec.nn").is_file()


def _may_be_replaced(run: Path) -> None:
    """Raise UserFault where `run` is something that no run wrote: what a user has is never replaced."""
    ours = _is_run(run) or unfinished.is_unfinished(run)
    if not run.exists() or ours or (run.is_dir() and {path.name for path in run.iterdir()} <= {unfinished.FOLDER}):
        return
    findings = Findings()
    findings.add(
        codes.CANNOT_WRITE,
        f"`{run}` is there already and is no run, so it is left alone",
        help="name another folder with -o",
    )
    raise UserFault(findings)


def _is_interrupted(evidence: Evidence) -> bool:
    return evidence.training is not None and evidence.training.interrupted


def _keep_what_others_put_there(run: Path, folder: Path) -> None:
    """Copy into the new run what lies in the old one and no run wrote (notes, say); old reports go."""
    if not run.is_dir():
        return
    from nnc.report import TABLES, write_tables

    for old in run.iterdir():
        new = folder / old.name
        if old.name in REPORTS or old.name == unfinished.FOLDER or new.exists():
            continue
        if old.is_dir() and not old.is_symlink():
            shutil.copytree(old, new, symlinks=True)
        else:
            shutil.copy2(old, new, follow_symlinks=False)
    if (folder / TABLES).is_dir():
        write_tables(folder, ())


def _keep_what_training_wrote(state: Path, folder: Path, *, goes_on: bool) -> None:
    """Copy the log and the callbacks' files into the run; the state too where the training can still go on."""
    for path in state.iterdir():
        if path.name in {"files", "logs", "mlruns"}:
            into = folder if path.name == "files" else folder / path.name
            shutil.copytree(path, into, dirs_exist_ok=True)
        elif path.suffix == ".log":
            shutil.copy2(path, folder / path.name)
    if goes_on:
        shutil.copytree(state, folder / unfinished.FOLDER)


# ---- reports -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What a report is asked for: `templates` of the user's own, other runs to `compare` with."""

    templates: Path | None = None
    compare: tuple[Path, ...] = ()


def report(checked: Checked, out: Path, settings: Settings, progress: Progress, asked: Asked | None = None) -> Pages:
    """Write the report of a spec into the folder `out`, with its run in `out/run`.

    Trains only where that run is not of just this spec, params, data and version of nnc. Raises UserFault, RunFault.
    """
    from nnc.report import Pool

    run = out / "run"
    _may_be_replaced(run)
    beside = prepare_pages(asked or Asked())
    progress.phase("preparing")
    with Pool() as pool:  # what it draws with is loaded while there is nothing to draw yet
        table = read_table(checked)
        evidence = _current(run, checked, table, settings)
        if evidence is None:
            with _begun(run, checked, settings, How()):
                evidence = _train(checked, table, run, settings, progress, How())
        beside = _paired(run, evidence, beside, asked)
        return render_pages(evidence, out, progress, asked, beside, pool)


def prepare_pages(asked: Asked) -> Beside:
    """The runs to compare with. Raises UserFault for these and for templates, before anything is trained."""
    if asked.templates is not None:
        from nnc.report.templates import check_templates

        check_templates(asked.templates)
    if not asked.compare:
        return []
    from nnc.report import Other

    return [Other(_called(path, asked.compare), _read_evidence(_run_in(path))) for path in asked.compare]


def _called(path: Path, others: Sequence[Path]) -> str:
    """The folder's name, or its whole path where another one has the same name."""
    return path.name if sum(other.name == path.name for other in others) == 1 else str(path)


def report_run(folder: Path, out: Path, progress: Progress, asked: Asked | None = None) -> Pages:
    """Write the report of a run that is there, without training and without TensorFlow. Raises UserFault."""
    beside = prepare_pages(asked or Asked())
    run = _run_in(folder)
    evidence = _read_evidence(run)
    return render_pages(evidence, out, progress, asked, _paired(run, evidence, beside, asked))


def _paired(run: Path, evidence: Evidence, beside: Beside, asked: Asked | None) -> Beside:
    """The runs to compare with, row by row where that can be."""
    return with_pairs(run, evidence, beside, [_run_in(path) for path in asked.compare]) if asked else beside


def _run_in(folder: Path) -> Path:
    """The run that a folder is, or has in `run`. Raises UserFault where there is none."""
    run = folder if _is_run(folder) else folder / "run"
    findings = Findings()
    if not _is_run(run):
        findings.add(
            codes.NOT_A_RUN,
            f"`{folder}` is no finished run: it has no evidence.json",
            help=f"go on with it: nnc train --resume {run}"
            if unfinished.is_unfinished(run)
            else "train one: nnc train SPEC -o RUN",
        )
        raise UserFault(findings)
    return run


def _read_evidence(run: Path) -> Evidence:
    from nnc import evidence

    try:
        return evidence.read(run / "evidence.json")
    except (OSError, ValueError) as error:
        findings = Findings()
        findings.add(codes.BROKEN_RUN, f"`{run / 'evidence.json'}` can't be read: {error}", help="train again")
        raise UserFault(findings) from error


def _current(run: Path, checked: Checked, table: Table, settings: Settings) -> Evidence | None:
    """The run's evidence if it is of just this spec, params, data and version of nnc."""
    if not _is_run(run):
        return None
    try:
        found = _read_evidence(run)
    except UserFault:
        return None  # a run that can't be read is made again
    made = found.reproduce
    spec = hashlib.sha256(checked.source.text.encode()).hexdigest()
    wanted = {"spec": spec, "data": table.sha256, **_used_hashes(checked)}
    same = all(made.sha256.get(name) == digest for name, digest in wanted.items())
    command = made.command == _command(checked, settings)
    whole = not _is_interrupted(found)
    return found if same and command and whole and made.versions.get("nnc") == version("nnc") else None


def render_pages(
    evidence: Evidence,
    out: Path,
    progress: Progress,
    asked: Asked | None = None,
    beside: Beside = (),
    pool: Pool | None = None,
) -> Pages:
    """Write report.html and report.pdf into `out`, by nnc's templates and those that stand in their place.

    `pool` draws if it was begun earlier.
    """
    from nnc.report import render, verdict

    progress.phase("writing")
    html, pdf = render(evidence, out, asked.templates if asked else None, beside, pool)
    progress.end()
    return Pages(html, pdf, verdict(evidence))


# ---- predictions ---------------------------------------------------------------------------------


def predict(run: Path, table: Path, out: TextIO) -> int:
    """Write predictions for a CSV's raw rows as CSV, and give how many. Raises UserFault, RunFault."""
    load_tensorflow()
    from nnc.csv_files import write_rows
    from nnc.run import predict as run_predict

    predicted = run_predict(run, table)
    return write_rows(out, predicted.head, predicted.rows)


def predict_to(run: Path, table: Path, out: Path) -> int:
    """The same into a file, which is moved into place when it is whole."""
    with beside(out) as made, made.open("w", encoding="utf-8", newline="") as stream:
        return predict(run, table, stream)
