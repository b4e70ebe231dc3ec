"""How good a trained model is on rows that it never saw, beside baselines, with intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnc.data import Part
from nnc.data.checks import data_warnings
from nnc.data.targets import TRANSFORMS
from nnc.emit.names import fn_names, named_metrics
from nnc.evidence import Baseline, Estimate, Evaluation, Metric, Task, Warn
from nnc.graph import FnRef
from nnc.run import details
from nnc.run.baselines import Simple, fit_baselines
from nnc.run.checks import training_warnings
from nnc.run.outputs import predictions
from nnc.run.training import Trained, better, in_history
from nnc.scoring import bootstrap
from nnc.scoring.scores import SCORERS, Predictions

# From this ratio of the largest class to the smallest on, accuracy flatters whoever names the largest class always.
IMBALANCED = 3.0
BALANCED_PRIMARY: Mapping[Task, str] = {"binary": "accuracy", "multiclass": "accuracy", "regression": "r2"}
IMBALANCED_PRIMARY: Mapping[Task, str] = {"binary": "roc_auc", "multiclass": "balanced_accuracy"}


@dataclass(frozen=True, eq=False)
class EvaluatedHead:
    """An evaluation of one target, and what the next phases ask for.

    `trained` has that target alone, `part` are the evaluated rows (test; or validation, or training, where there are no
    others), `predictions` what the network said of them; `forest` is the fitted scikit-learn forest, if it is among the
    baselines.
    """

    trained: Trained
    part: Part
    predictions: Predictions
    evaluation: Evaluation
    baselines: tuple[Baseline, ...]
    warnings: tuple[Warn, ...]
    forest: Any = None

    @property
    def name(self) -> str:
        """The target's name."""
        return self.trained.prepared.preparation.target.name


@dataclass(frozen=True, eq=False)
class Evaluated:
    """The evaluation of a trained model, with a head for each target. `part` are the evaluated rows."""

    trained: Trained
    part: Part
    heads: tuple[EvaluatedHead, ...]

    @property
    def warnings(self) -> tuple[Warn, ...]:
        """What every head has in common once, and of each head what is its own."""
        if len(self.heads) == 1:
            return self.heads[0].warnings
        first, *rest = self.heads
        common = [warn for warn in first.warnings if all(warn in head.warnings for head in rest)]
        own = (replace(warn, output=head.name) for head in self.heads for warn in head.warnings if warn not in common)
        return (*common, *own)


def evaluate(trained: Trained) -> Evaluated:
    """Metrics with intervals, baselines, warnings. Raises RunFault where the model predicts what is no number."""
    prepared = trained.prepared
    part = prepared.parts[prepared.evaluated]
    said = {
        key: predictions(trained.model, prepared.preparation, rows) for key, rows in prepared.parts.items() if len(rows)
    }
    own = _spec_metrics(trained, part)
    heads = tuple(
        _head(trained.of(target), {key: by_name[target.name] for key, by_name in said.items()}, own[target.name])
        for target in prepared.preparation.targets
    )
    return Evaluated(trained, part, heads)


def _head(trained: Trained, said: Mapping[str, Predictions], of_spec: tuple[Metric, ...]) -> EvaluatedHead:
    """One target's evaluation. `said` is what the network said of each part."""
    prepared, seed = trained.prepared, trained.train.seed
    name = prepared.evaluated
    part, mine = prepared.parts[name], said[name]
    wanted = trained.spec.report.baselines if trained.spec.report else None
    simple = fit_baselines(prepared, part, wanted, seed)
    found, *others = bootstrap.metrics([mine, *(one.predictions for one in simple)], seed)
    primary = _primary(trained, found)
    gaps = bootstrap.differences([mine, *(one.predictions for one in simple)], primary, seed)
    changed, *others_changed = _transformed(trained, [mine, *(one.predictions for one in simple)], seed)
    baselines = tuple(
        Baseline(one.key, metrics, gap, also)
        for one, metrics, gap, also in zip(simple, others, gaps, others_changed, strict=True)
    )
    evaluation = _evaluation(trained, said, part, primary, (*found, *of_spec))
    evaluation = replace(evaluation, transformed=changed)
    warnings = (*data_warnings(prepared), *training_warnings(trained.training, said, evaluation, baselines, seed))
    return EvaluatedHead(trained, part, mine, evaluation, baselines, warnings, _forest_of(simple))


def _transformed(trained: Trained, models: list[Predictions], seed: int) -> list[tuple[Metric, ...]]:
    """Each model's metrics in the unit that was trained on; none where the target is not transformed."""
    transform = trained.prepared.preparation.target.transform
    if transform is None:
        return [() for _ in models]
    forward = TRANSFORMS[transform].forward
    return bootstrap.metrics([Predictions(p.task, forward(p.truth), forward(p.scores)) for p in models], seed)


def _forest_of(simple: list[Simple]) -> Any:
    return next((one.model for one in simple if one.key == "random_forest"), None)


def _primary(trained: Trained, found: tuple[Metric, ...]) -> str:
    """The metric that the verdict speaks of.

    R² for numbers; accuracy for classes, unless the largest class of the training rows has three times the rows of the
    smallest: then ROC AUC for two classes, balanced accuracy for several. Where that has no value (a class is missing
    among the test rows), accuracy, or the mean absolute error.
    """
    prepared = trained.prepared
    primary = BALANCED_PRIMARY[prepared.task]
    if prepared.task != "regression":
        counts = np.bincount(prepared.train.truth.astype(np.int64), minlength=len(prepared.preparation.target.classes))
        if counts.max() >= IMBALANCED * counts.min():
            primary = IMBALANCED_PRIMARY[prepared.task]
    values = {metric.key: metric.estimate.value for metric in found}
    if math.isfinite(values[primary]):
        return primary
    return "mae" if prepared.task == "regression" else "accuracy"


def _spec_metrics(trained: Trained, part: Part) -> dict[str, tuple[Metric, ...]]:
    """The metrics that the spec names, as Keras gives them on the evaluated rows, by target's name.

    Where an output predicts several columns, its metrics are of all of them together, and of no target.
    """
    values = trained.model.evaluate(
        trained.inputs(part), part.y, batch_size=trained.train.batch_size, return_dict=True, verbose=0
    )
    found: dict[str, tuple[Metric, ...]] = {}
    for target in trained.prepared.preparation.targets:
        named = named_metrics(trained.train.metrics.get(target.output, ()), fn_names(trained.spec))
        before = in_history(trained.graph, target.output)
        found[target.name] = tuple(
            Metric(
                f"spec:{name}",
                Estimate(float(np.mean(values[f"{before}{name}"])), n=len(part)),
                better(metric),
                exact=not isinstance(metric, FnRef),
            )
            for name, metric in named
            if target.unit is None and f"{before}{name}" in values
        )
    return found


def _evaluation(
    trained: Trained, said: Mapping[str, Predictions], part: Part, primary: str, metrics: tuple[Metric, ...]
) -> Evaluation:
    prepared = trained.prepared
    mine = said[prepared.evaluated]
    shared: dict[str, Any] = {
        "task": prepared.task,
        "part": prepared.evaluated,
        "primary": primary,
        "metrics": metrics,
        "worst": details.worst(mine, prepared, part),
    }
    if prepared.task == "regression":
        truth, predicted = details.scatter(mine, trained.train.seed)
        quantiles = details.error_quantiles(mine)
        return Evaluation(**shared, truth=truth, predicted=predicted, error_quantiles=quantiles)
    classes = prepared.preparation.target.classes
    shared |= {"confusion": details.confusion(mine), "per_class": details.per_class(mine, classes)}
    if prepared.task == "multiclass":
        return Evaluation(**shared)
    validation = said.get("validation") if prepared.evaluated == "test" else None
    return Evaluation(
        **shared,
        roc=details.roc(mine),
        precision_recall=details.precision_recall(mine),
        calibration=details.calibration(mine),
        thresholds=details.thresholds(validation, mine),
    )


def metric_keys(task: Task) -> tuple[str, ...]:
    """The keys of the metrics that nnc computes itself for a task."""
    return tuple(SCORERS[task])
