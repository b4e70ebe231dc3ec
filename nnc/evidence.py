"""What a run found: plain values that go to JSON and come back, and all that a report may read.

Every number on a page has its key here. Nothing in here depends on when or how fast the run was made (times are
written to `timing.json` beside it), so that the same run gives the same report, byte for byte.

Shapes and parameters of these classes are the file format: change `FORMAT` when you change what a key means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from nnc.plain_json import from_json

FORMAT = 1

Task = Literal["binary", "multiclass", "regression"]


# ---- the network ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class NetworkNode:
    """One box of the graph of layers, in topological order; also one row of the layers' table.

    `id` is unique; `layer` is Keras's layer name, shared by several nodes where a layer is called more than once
    (its parameters are counted on the first, later nodes have `shared` true and count 0); counts are None while a
    width is not known. `inputs` are ids.
    Shapes are texts without the batch axis (`[28, 28, 1]`), several where there are several tensors.
    `role` is input, hidden, dropout, output or other (what has neither units nor weights); `bias` None where the
    layer can have none. `scope` lists the blocks it stands in, outermost first, as (block name, instance).
    `repeat` is (i, n) for the i-th of n equal blocks. `weights` and `biases` say what is trained, for drawings.
    """

    id: str
    layer: str
    kind: str
    inputs: tuple[str, ...]
    in_shapes: tuple[str, ...]
    out_shapes: tuple[str, ...]
    units: int | None
    activation: str | None
    trainable: int | None
    non_trainable: int | None
    bias: bool | None
    role: Literal["input", "hidden", "dropout", "output", "other"]
    multiply_adds: int | None = None
    activation_bytes: int | None = None
    shared: bool = False
    scope: tuple[tuple[str, str], ...] = ()
    repeat: tuple[int, int] | None = None
    detail: str = ""  # the arguments worth showing on a box, e.g. `3×3, stride 2` or `rate 0.2`


@dataclass(frozen=True)
class Network:
    """A model as drawings and tables need it. `outputs` are ids of the nodes that give the outputs."""

    name: str
    nodes: tuple[NetworkNode, ...]
    outputs: tuple[str, ...]
    trainable: int | None
    non_trainable: int | None


# ---- the data ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Estimate:
    """A number with its 95% interval (None where none can be given) and the rows it rests on."""

    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True)
class Histogram:
    """Counts between edges (one more edge than counts)."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Column:
    """A column of the table. `kind` is numeric or category; `prepared` says in words how it was prepared.

    `width` is how many features it became; `guessed` that the kind was typed from the data. Statistics are of the
    training rows. `top` are (category, count), most frequent first, at most 10. `correlation` is with the target
    (Pearson for numbers, eta for categories), None where it has no meaning.
    """

    name: str
    kind: str
    prepared: str
    width: int
    guessed: bool
    missing: int
    unique: int
    mean: float | None = None
    std: float | None = None
    minimum: float | None = None
    median: float | None = None
    maximum: float | None = None
    histogram: Histogram | None = None
    top: tuple[tuple[str, int], ...] = ()
    correlation: float | None = None


@dataclass(frozen=True)
class PictureFiles:
    """The files of the pictures: their bytes, and their own sizes (`640 × 480`), most frequent first, of which there

    are `distinct` among `measured` files.
    """

    total: int
    smallest: int
    median: int
    largest: int
    measured: int
    distinct: int
    sizes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class PictureSample:
    """A few training rows of a class (of none: an empty name), each a PNG in base 64 of at most 64 pixels a side."""

    name: str
    pngs: tuple[str, ...]


@dataclass(frozen=True)
class PicturesEvidence:
    """Rows that are pictures, as the model sees them: `shape` is (height, width, channels). `simple` is the shape that

    baselines are given. `files` is None where the pixels come from a table.
    """

    shape: tuple[int, int, int]
    simple: tuple[int, int, int]
    files: PictureFiles | None
    samples: tuple[PictureSample, ...]


@dataclass(frozen=True)
class DataEvidence:
    """Where the rows came from and what became of them.

    `classes` are the target's classes in the order of their numbers (empty for regression); `class_counts` has for
    each part of the split (train, validation, test) the rows of each class. `dropped` are (reason, rows).
    `split_by` says what dealt the rows out where chance did not: (`column`, `group`, `time` or `files`, its name).
    `features` are the names of the prepared features, in the order of the model's input; `feature_columns` the
    source column of each. `whole_rows`: where the table is too large for the memory, the rows of each part of all of
    it; everything else is of a sample, but for the training, which took all.
    """

    source: str
    sha256: str
    rows: int
    target: str
    target_transform: str | None
    classes: tuple[str, ...]
    columns: tuple[Column, ...]
    ignored: tuple[str, ...]
    split_rows: Mapping[str, int]
    split_seed: int
    stratified: bool
    class_counts: Mapping[str, tuple[int, ...]]
    dropped: tuple[tuple[str, int], ...]
    features: tuple[str, ...]
    feature_columns: tuple[str, ...]
    target_histogram: Histogram | None = None
    split_by: tuple[str, str] | None = None
    pictures: PicturesEvidence | None = None
    whole_rows: Mapping[str, int] = field(default_factory=dict)


# ---- training ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Curve:
    """One metric over the epochs. `exact` false: the mean over batches of a function of a batch (an `fn`).

    `loss` true: the loss of one of several outputs.
    """

    name: str
    train: tuple[float, ...]
    validation: tuple[float, ...]
    exact: bool
    higher_is_better: bool | None
    loss: bool = False


@dataclass(frozen=True)
class TrainingEvidence:
    """How it was trained. The first curve is the loss. Epochs count from 1; `best_epoch` has the lowest

    validation loss (training loss where there is no validation). `kept` says which epoch's weights the model has.
    """

    optimizer: str
    optimizer_args: Mapping[str, Any]
    loss: str
    epochs_planned: int
    epochs_run: int
    batch_size: int
    best_epoch: int
    kept_epoch: int
    stopped_early: bool
    curves: tuple[Curve, ...]
    learning_rate: tuple[float, ...]
    interrupted: bool = False  # somebody pressed Ctrl-C, and `nnc train --resume` would go on


# ---- evaluation ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Metric:
    """A metric on the test rows. `key` is its stable name (`accuracy`, `roc_auc`, `r2`), which texts are keyed by.

    The keys that nnc computes itself, on all rows at once and with an interval (`exact`):
    binary: accuracy, balanced_accuracy, precision, recall, f1, roc_auc, average_precision, log_loss, brier, ece;
    multiclass: accuracy, balanced_accuracy, macro_f1, log_loss; regression: r2, mae, rmse, median_absolute_error
    (in the target's own unit). The metrics that the spec names follow, with the key `spec:NAME` and as Keras gives
    them: their value is in the unit that was trained on, `exact` is false for the mean over batches of a function
    of a batch (an `fn`), and `higher_is_better` is None where nobody said.
    """

    key: str
    estimate: Estimate
    higher_is_better: bool | None
    exact: bool = True


@dataclass(frozen=True)
class Line:
    """Points of a curve (ROC, precision-recall), thinned to at most 400."""

    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class CalibrationBin:
    """Rows whose predicted probability lies in one bin: mean prediction, observed share, and how many."""

    predicted: float
    observed: float
    n: int


@dataclass(frozen=True)
class ClassScores:
    """One class of several: precision, recall, F1 and how many test rows have it."""

    name: str
    precision: float
    recall: float
    f1: float
    n: int


@dataclass(frozen=True)
class Threshold:
    """The decision threshold for binary: chosen on validation rows to maximise `criterion`; scores on test rows."""

    value: float
    criterion: str
    accuracy: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class WorstRow:
    """A test row that the model got most wrong: its row in the file, truth, prediction, and how far off.

    `png` is the row as a picture in base 64, where it is one.
    """

    row: int
    truth: str
    predicted: str
    error: float
    values: Mapping[str, str] = field(default_factory=dict)
    png: str | None = None


@dataclass(frozen=True)
class Evaluation:
    """Test rows only. `primary` is the key of the metric that the verdict speaks of.

    Where the model was trained elsewhere, the part may be `given`: rows that training may have seen.

    `confusion[i][j]` counts rows of class i predicted as j. For regression `truth` and `predicted` are test rows
    in the target's own unit (at most 2,000, sampled by seed), and `error_quantiles` are (quantile, absolute error).
    `transformed` are a regression's metrics in the unit that was trained on, where the target is transformed.
    """

    task: Task
    part: str
    primary: str
    metrics: tuple[Metric, ...]
    confusion: tuple[tuple[int, ...], ...] = ()
    roc: Line | None = None
    precision_recall: Line | None = None
    calibration: tuple[CalibrationBin, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    per_class: tuple[ClassScores, ...] = ()
    truth: tuple[float, ...] = ()
    predicted: tuple[float, ...] = ()
    error_quantiles: tuple[tuple[float, float], ...] = ()
    worst: tuple[WorstRow, ...] = ()
    transformed: tuple[Metric, ...] = ()


@dataclass(frozen=True)
class Baseline:
    """A simple model on the same rows. `difference` is network minus baseline on the primary metric, by paired

    bootstrap over the test rows. `key` is majority, mean, linear or random_forest. `transformed` as in Evaluation.
    """

    key: str
    metrics: tuple[Metric, ...]
    difference: Estimate
    transformed: tuple[Metric, ...] = ()


@dataclass(frozen=True)
class Repeated:
    """A metric over several trainings: mean, standard deviation, and the value of each. `key` as in Metric."""

    key: str
    mean: float
    std: float
    values: tuple[float, ...]


@dataclass(frozen=True)
class Repeats:
    """The training again: over `count` folds, each of which was the test part once, or with as many seeds.

    `output` names what is predicted, where that are several things.
    """

    kind: Literal["folds", "seeds"]
    count: int
    metrics: tuple[Repeated, ...]
    output: str | None = None


# ---- explanation ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChosenRow:
    """A row picked to be explained alone. `why` is confident_right, confident_wrong, borderline, best, worst, median.

    `probability` is that of the predicted class (None for regression).
    """

    index: int  # into `ShapValues.values`
    row: int  # in the file
    why: str
    truth: str
    predicted: str
    probability: float | None = None


# What the checks on SHAP values say of them: good up to the first, a warning up to the second, then the next explainer.
ADDITIVITY_GOOD = 0.001
ADDITIVITY_REJECTED = 0.01
# Good from the first on, a warning from the second on.
CORRELATION_GOOD = 0.95
CORRELATION_REJECTED = 0.9


@dataclass(frozen=True)
class ShapValues:
    """SHAP values of one model. `values[r][f]` are in `unit` and of class `class_index` (None for regression with one

    output; 1, the second class, for binary). Units: `logit` (with link `logit` the sigmoid of an output is the
    class's probability; with link `identity` it is the class's logit less the mean of all classes' logits),
    `probability`, `target` (what was trained on, so after the target's transformation), `output` (as the model
    gives it). `data[r][f]` are the prepared feature values, `display[r][f]` what a person would call them (before
    scaling); both are given once, in the explanation's first ShapValues, and are empty in the others. `outputs[r]`
    is the explained output, so base + Σ values = output up to `additivity_error`, which is the largest such gap
    divided by the outputs' range.

    `permutation_correlation` is with values by five other permutations on ten of the rows. `seed_spread` says how
    far values move with the seed where permutations are drawn: the root mean square of their standard error,
    divided by the outputs' range.
    """

    model: str
    explainer: str
    unit: str
    link: Literal["identity", "logit"]
    class_index: int | None
    base: float
    values: tuple[tuple[float, ...], ...]
    data: tuple[tuple[float, ...], ...]
    display: tuple[tuple[str, ...], ...]
    outputs: tuple[float, ...]
    additivity_error: float
    permutation_correlation: float | None = None
    seed_spread: float | None = None


@dataclass(frozen=True)
class PictureRow:
    """A chosen row as a PNG in base 64, and its maps, one for each of `Explanation.network`, each flat by rows.

    `name` is the picture's file, empty where the pixels come from a table.
    """

    name: str
    png: str
    maps: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class PictureMaps:
    """SHAP values over pictures of a `shape` (height, width, channels): a map has a `grid` (down, across) of cells of

    `block` pixels a side, and in each the sum of its pixels' values over all channels. `rows` are parallel to
    `Explanation.chosen`. `mean` has by model (network, forest) the mean absolute value of each cell over rows and
    classes. Where permutations were drawn, `switched` pixels a side were switched as one.
    """

    shape: tuple[int, int, int]
    block: int
    grid: tuple[int, int]
    switched: int
    rows: tuple[PictureRow, ...]
    mean: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class Explanation:
    """SHAP for the network and, beside it, for the forest. One ShapValues a class where there are several.

    Of pictures there are `pictures`: `features` and `columns` are empty then, and so is what each ShapValues has of
    single features.
    """

    features: tuple[str, ...]
    columns: tuple[str, ...]  # the source column of each feature
    background_rows: int
    explained_rows: int
    seed: int
    network: tuple[ShapValues, ...]
    forest: tuple[ShapValues, ...]
    chosen: tuple[ChosenRow, ...]
    top: int = 10
    pictures: PictureMaps | None = None


# ---- all of it -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Warn:
    """A warning that a check found. `key` names the text; `values` fill it in.

    Columns, classes and reasons come as lists, so that a key stands at most once for an output. Shares are fractions
    of 1. `output` names what is predicted, where that are several things and the warning is of one of them.

    ======================= ====================================================================================
    key                     values
    ======================= ====================================================================================
    duplicates_across_split rows: test and validation rows that equal a training row in every column; test,
                            validation: the same by part; share: of the test rows; examples: [[row, training row],
                            ...] in the file, at most 5
    answer_column           columns: [[name, score], ...]; metric: `balanced_accuracy` or `r2`, of that column alone
    identifier_columns      columns: [[name, distinct values, rows], ...]; used: the names that the model was given
                            all the same; ignored: those that were left out because of it
    constant_columns        columns: [[name, its only value among the training rows], ...]
    missing_values          columns: [[name, missing rows, share], ...] of more than 30% missing
    dropped_rows            rows: how many; reasons: [[reason, rows], ...] (reason `missing_target`)
    wide_categories         columns: [[name, distinct values, kept], ...]: the rest became all zeros
    unseen_categories       columns: [[name, rows], ...]: test rows whose category no training row has
    rare_classes            classes: [[name, training rows, test rows], ...]; least: the rows a class should have
    imbalance               classes: [[name, share], ...], the most frequent and the rarest class
    no_test_rows            part: whose rows were evaluated in their place (`validation` or `train`); rows: how many
    rows_may_be_known       rows: how many a model from elsewhere was evaluated on; it may have been trained on them
    few_test_rows           rows; step: what one row changes the accuracy by, as a share (None for regression)
    overfit                 metric: the primary one; train, validation: its values on those rows; gap
    overtrained             best_epoch, kept_epoch; best, kept: the validation loss at each (kept is far above best)
    not_converged           epoch: the best one, which is the last; epochs: how many were planned; fall: how much of
                            the loss (a share) the last tenth of the epochs still took away
    worse_than_baseline     baseline: its key; metric: the primary one; network, score: the two values;
                            difference, low, high: network minus baseline (the interval lies below zero)
    no_better_than_trivial  the same values, for `majority` or `mean` (the interval holds zero or lies below it)
    ======================= ====================================================================================
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    output: str | None = None


@dataclass(frozen=True)
class Missing:
    """A section that could not be made, and why; for one of several outputs, or for all."""

    section: str
    reason: str
    output: str | None = None


@dataclass(frozen=True)
class Reproduce:
    """What somebody needs to do it again. `git` is (commit, dirty) or None."""

    command: str
    spec_name: str
    spec_text: str
    params: Mapping[str, Any]
    seed: int
    versions: Mapping[str, str]
    hardware: Mapping[str, str]
    sha256: Mapping[str, str]
    git: tuple[str, bool] | None


@dataclass(frozen=True)
class Head:
    """One of the things that a model predicts: an output, or one of the columns that an output predicts.

    `data` is the table with a view to this target.
    """

    output: str
    task: Task
    data: DataEvidence
    evaluation: Evaluation
    baselines: tuple[Baseline, ...]
    explanation: Explanation | None


@dataclass(frozen=True)
class Evidence:
    """All that a run found.

    Most models predict one thing, and `output`, `task`, `data`, `evaluation`, `baselines` and `explanation` are of
    that, or of the first one; what is known of the `others` stands beside it.
    """

    title: str
    language: str
    task: Task
    use: str | None
    limits: str | None
    network: Network
    data: DataEvidence
    training: TrainingEvidence | None  # None: it was trained elsewhere, and nothing is known of that
    evaluation: Evaluation
    baselines: tuple[Baseline, ...]
    explanation: Explanation | None
    warnings: tuple[Warn, ...]
    missing: tuple[Missing, ...]
    reproduce: Reproduce
    repeats: tuple[Repeats, ...] = ()
    output: str = ""
    others: tuple[Head, ...] = ()
    format: int = FORMAT

    @property
    def heads(self) -> tuple[Head, ...]:
        """Each of the things that the model predicts."""
        first = Head(self.output, self.task, self.data, self.evaluation, self.baselines, self.explanation)
        return (first, *self.others)

    def of(self, head: Head) -> Evidence:
        """The same evidence with a view to one of them, as if it were the only one."""

        def mine(output: str | None) -> bool:
            return output in (None, head.output)

        return replace(
            self,
            output=head.output,
            task=head.task,
            data=head.data,
            evaluation=head.evaluation,
            baselines=head.baselines,
            explanation=head.explanation,
            others=(),
            warnings=tuple(warn for warn in self.warnings if mine(warn.output)),
            missing=tuple(missing for missing in self.missing if mine(missing.output)),
            repeats=tuple(repeats for repeats in self.repeats if mine(repeats.output)),
        )


def read(path: Path) -> Evidence:
    """Evidence from a file. Raises OSError or ValueError."""
    return from_json(Evidence, path.read_text(encoding="utf-8"))
