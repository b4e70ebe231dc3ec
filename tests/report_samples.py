"""Evidence as a run would give it, made in a second: real data, real scores of small scikit-learn models, and

curves of training that are drawn by formula. Nothing here imports TensorFlow.
"""

from __future__ import annotations

import functools
import math

import numpy as np
from sklearn import datasets, metrics
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from nnc import evidence as ev
from nnc.report import render_html

SPEC = """# a spec that a test wrote
model Sample {
  input x: [features]
  h1 = x -> Dense(16, relu) -> Dropout(0.2)
  output y = h1 -> Dense(1, sigmoid)   # "quoted" <b>not bold</b> {{7*7}}
}

train {
  loss = binary_crossentropy
  optimizer = Adam(learning_rate=1e-3)
  epochs = 100
}
"""


def network(name: str, features: int, outputs: int, last: str) -> ev.Network:
    """Two hidden layers with dropout, as the tutorial has them."""

    def node(
        id_: str, kind: str, before: str | None, sizes: tuple[int, int], activation: str | None, role: str
    ) -> ev.NetworkNode:
        dense = kind == "Dense"
        count = (sizes[0] + 1) * sizes[1] if dense else 0
        return ev.NetworkNode(
            id=id_,
            layer=id_,
            kind=kind,
            inputs=(before,) if before else (),
            in_shapes=(f"[{sizes[0]}]",) if before else (),
            out_shapes=(f"[{sizes[1]}]",),
            units=sizes[1] if dense else None,
            activation=activation,
            trainable=count,
            non_trainable=0,
            bias=True if dense else None,
            role=role,  # type: ignore[arg-type]
            multiply_adds=sizes[0] * sizes[1] if dense else None,
            detail="rate 0.2" if kind == "Dropout" else "",
        )

    nodes = (
        node("x", "InputLayer", None, (features, features), None, "input"),
        node("h1", "Dense", "x", (features, 16), "relu", "hidden"),
        node("h1_dropout", "Dropout", "h1", (16, 16), None, "dropout"),
        node("h2", "Dense", "h1_dropout", (16, 8), "relu", "hidden"),
        node("h2_dropout", "Dropout", "h2", (8, 8), None, "dropout"),
        node("y", "Dense", "h2_dropout", (8, outputs), last, "output"),
    )
    return ev.Network(name, nodes, ("y",), sum(n.trainable for n in nodes), 0)


def bootstrap(score, *arrays: np.ndarray, seed: int = 0, times: int = 30) -> tuple[float, float]:
    """A percentile interval; few resamples, since only its being believable matters here."""
    rng = np.random.default_rng(seed)
    n = len(arrays[0])
    drawn = []
    for _ in range(times):
        rows = rng.integers(0, n, n)
        value = score(*(a[rows] for a in arrays))
        if math.isfinite(value):
            drawn.append(value)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def estimate(score, *arrays: np.ndarray) -> ev.Estimate:
    low, high = bootstrap(score, *arrays)
    return ev.Estimate(float(score(*arrays)), low, high, len(arrays[0]))


def training(task: ev.Task, epochs: int = 60, seed: int = 0) -> ev.TrainingEvidence:
    rng = np.random.default_rng(seed)
    t = np.arange(epochs)
    noise = rng.normal(0, 0.008, (6, epochs))
    loss = 0.65 * np.exp(-t / 12) + 0.06 + noise[0] * 0.5
    validation = 0.6 * np.exp(-t / 10) + 0.09 + 0.0011 * np.maximum(t - 30, 0) + noise[1]
    best = int(validation.argmin()) + 1

    def curve(name: str, a: np.ndarray, b: np.ndarray, exact: bool, up: bool) -> ev.Curve:
        return ev.Curve(name, tuple(map(float, a)), tuple(map(float, b)), exact, up)

    curves = [curve("loss", loss, validation, True, False)]
    if task == "regression":
        curves.append(curve("mae", loss * 60, validation * 60, True, False))
        curves.append(curve("r2_batch", 0.5 - loss / 2, 0.45 - validation / 2, False, True))
    else:
        for name, exact in (("accuracy", True), ("recall", True), ("f1_batch", False)):
            curves.append(curve(name, 0.98 - loss / 2 + noise[2], 0.96 - validation / 2 + noise[3], exact, True))
    return ev.TrainingEvidence(
        optimizer="Adam",
        optimizer_args={"learning_rate": 0.003},
        loss={"binary": "binary_crossentropy", "multiclass": "categorical_crossentropy"}.get(
            task, "mean_squared_error"
        ),
        epochs_planned=100,
        epochs_run=epochs,
        batch_size=32,
        best_epoch=best,
        kept_epoch=best,
        stopped_early=epochs < 100,
        curves=tuple(curves),
        learning_rate=(0.003,) * epochs,
    )


def columns(x: np.ndarray, names: list[str], y: np.ndarray) -> tuple[ev.Column, ...]:
    made = []
    for index, name in enumerate(names):
        values = x[:, index]
        counts, edges = np.histogram(values, bins=12)
        r = float(np.corrcoef(values, y)[0, 1]) if values.std() > 0 else None
        made.append(
            ev.Column(
                name=name,
                kind="numeric",
                prepared="standardised",
                width=1,
                guessed=True,
                missing=0,
                unique=len(np.unique(values)),
                mean=float(values.mean()),
                std=float(values.std()),
                minimum=float(values.min()),
                median=float(np.median(values)),
                maximum=float(values.max()),
                histogram=ev.Histogram(tuple(map(float, edges)), tuple(map(int, counts))),
                correlation=r,
            )
        )
    return tuple(made)


def reproduce(name: str) -> ev.Reproduce:
    return ev.Reproduce(
        command=f"nnc report {name}.nn -o build/{name}",
        spec_name=f"{name}.nn",
        spec_text=SPEC,
        params={"rate": 0.003},
        seed=7,
        versions={"nnc": "0.1.0", "python": "3.11.9", "tensorflow": "2.21.0", "keras": "3.15.1"},
        hardware={"machine": "x86_64", "processors": "2"},
        sha256={"data": "a" * 64, "spec": "b" * 64, "weights": "c" * 64},
        git=("0123456789abcdef0123456789abcdef01234567", True),
    )


def _class_metrics(task: ev.Task, y: np.ndarray, p: np.ndarray) -> tuple[ev.Metric, ...]:
    """`p` has a column of probabilities for each class."""
    label = p.argmax(axis=1)
    pairs = [("accuracy", metrics.accuracy_score, (y, label), True)]
    pairs.append(("balanced_accuracy", metrics.balanced_accuracy_score, (y, label), True))
    if task == "binary":
        pairs += [
            ("precision", functools.partial(metrics.precision_score, zero_division=0), (y, label), True),
            ("recall", metrics.recall_score, (y, label), True),
            ("f1", metrics.f1_score, (y, label), True),
            ("roc_auc", metrics.roc_auc_score, (y, p[:, 1]), True),
            ("average_precision", metrics.average_precision_score, (y, p[:, 1]), True),
            ("log_loss", functools.partial(metrics.log_loss, labels=[0, 1]), (y, p[:, 1]), False),
            ("brier", metrics.brier_score_loss, (y, p[:, 1]), False),
        ]
    else:
        macro = functools.partial(metrics.f1_score, average="macro", zero_division=0)
        labels = list(range(p.shape[1]))
        pairs += [
            ("macro_f1", macro, (y, label), True),
            ("log_loss", functools.partial(metrics.log_loss, labels=labels), (y, p), False),
        ]
    return tuple(ev.Metric(key, estimate(score, *args), up) for key, score, args, up in pairs)


def _difference(score, y: np.ndarray, a: np.ndarray, b: np.ndarray) -> ev.Estimate:
    return estimate(lambda t, u, v: score(t, u) - score(t, v), y, a, b)


def _shap(
    x: np.ndarray, weights: np.ndarray, base: float, names: list[str], unit: str, index: int | None
) -> ev.ShapValues:
    values = x * weights
    return ev.ShapValues(
        model="network",
        explainer="deeplift_rescale",
        unit=unit,
        link="logit" if unit == "logit" else "identity",
        class_index=index,
        base=base,
        values=tuple(tuple(map(float, row)) for row in values),
        data=tuple(tuple(map(float, row)) for row in x),
        display=tuple(tuple(f"{value:.3g}" for value in row) for row in x),
        outputs=tuple(float(base + row.sum()) for row in values),
        additivity_error=1.2e-7,
        permutation_correlation=0.998,
    )


def explanation(x: np.ndarray, weights: np.ndarray, names: list[str], unit: str, truth: list[str]) -> ev.Explanation:
    """SHAP values of a linear model, which are its weights times the distance from the mean."""
    x = x[:60]
    per_class = [weights] if weights.ndim == 1 else list(weights)
    several = len(per_class) > 1
    chosen = tuple(
        ev.ChosenRow(index, 100 + index, why, truth[index], truth[index])
        for index, why in enumerate(("confident_right", "confident_wrong", "borderline"))
    )
    return ev.Explanation(
        features=tuple(names),
        columns=tuple(names),
        background_rows=100,
        explained_rows=len(x),
        seed=7,
        network=tuple(_shap(x, w, 0.3, names, unit, i if several else None) for i, w in enumerate(per_class)),
        forest=(),
        chosen=chosen,
    )


def classes(which: str) -> ev.Evidence:
    bunch = getattr(datasets, f"load_{which}")()
    task: ev.Task = "binary" if len(bunch.target_names) == 2 else "multiclass"
    names, labels = list(map(str, bunch.feature_names)), tuple(map(str, bunch.target_names))
    x, x_test, y, y_test = train_test_split(
        bunch.data, bunch.target, test_size=0.2, random_state=7, stratify=bunch.target
    )
    scaler = StandardScaler().fit(x)
    linear = LogisticRegression(max_iter=500, C=0.5).fit(scaler.transform(x), y)
    forest = RandomForestClassifier(20, random_state=0).fit(x, y)
    net = LogisticRegression(max_iter=500, C=0.05).fit(scaler.transform(x), y)
    p = net.predict_proba(scaler.transform(x_test))
    majority = np.zeros_like(p)
    majority[:, np.bincount(y).argmax()] = 1
    baselines = {
        "majority": majority,
        "linear": linear.predict_proba(scaler.transform(x_test)),
        "random_forest": forest.predict_proba(x_test),
    }
    label = p.argmax(axis=1)
    confusion = metrics.confusion_matrix(y_test, label)
    wrong = np.argsort(p[np.arange(len(p)), y_test])[:12]
    extra = {}
    if task == "binary":
        fpr, tpr, _ = metrics.roc_curve(y_test, p[:, 1])
        precision, recall, _ = metrics.precision_recall_curve(y_test, p[:, 1])
        bins = [(p[:, 1] >= lo / 10) & (p[:, 1] < (lo + 1) / 10 + 1e-9) for lo in range(10)]
        extra = {
            "roc": ev.Line(tuple(map(float, fpr)), tuple(map(float, tpr))),
            "precision_recall": ev.Line(tuple(map(float, recall)), tuple(map(float, precision))),
            "calibration": tuple(
                ev.CalibrationBin(float(p[b, 1].mean()), float(y_test[b].mean()), int(b.sum())) for b in bins if b.any()
            ),
            "thresholds": (
                ev.Threshold(0.5, "youden", 0.96, 0.95, 0.99, 0.97),
                ev.Threshold(0.437, "f1", 0.965, 0.96, 0.99, 0.974),
            ),
        }
    else:
        scores = metrics.precision_recall_fscore_support(y_test, label, zero_division=0)
        extra = {
            "per_class": tuple(
                ev.ClassScores(labels[i], float(a), float(b), float(c), int(n))
                for i, (a, b, c, n) in enumerate(zip(*scores, strict=True))
            )
        }
    spec_metric = ev.Metric("spec:f1_batch", ev.Estimate(0.951, n=len(y_test)), None, exact=False)
    evaluation = ev.Evaluation(
        task=task,
        part="test",
        primary="accuracy",
        metrics=(*_class_metrics(task, y_test, p), spec_metric),
        confusion=tuple(tuple(map(int, row)) for row in confusion),
        worst=tuple(
            ev.WorstRow(
                int(i) + 2,
                labels[y_test[i]],
                labels[label[i]],
                float(1 - p[i, y_test[i]]),
                {n: f"{v:.4g}" for n, v in zip(names, x_test[i], strict=True)},
            )
            for i in wrong
        ),
        **extra,
    )
    counts = {part: tuple(map(int, np.bincount(values))) for part, values in (("train", y), ("test", y_test))}
    data = ev.DataEvidence(
        source=f'sklearn("{which}")',
        sha256="a" * 64,
        rows=len(bunch.data),
        target="target",
        target_transform=None,
        classes=labels,
        columns=columns(x, names, y),
        ignored=(),
        split_rows={"train": len(y), "test": len(y_test)},
        split_seed=7,
        stratified=True,
        class_counts=counts,
        dropped=(),
        features=tuple(names),
        feature_columns=tuple(names),
    )
    weights = net.coef_[0] if task == "binary" else net.coef_
    return ev.Evidence(
        title={"breast_cancer": "Benign or malignant", "wine": "Which cultivar", "digits": "Which digit"}[which],
        language="en",
        task=task,
        use="A worked example: it shows what a report says of a small, clean, well-known table.",
        limits=None,
        network=network(which.title().replace("_", ""), len(names), 1 if task == "binary" else len(labels), "sigmoid"),
        data=data,
        training=training(task),
        evaluation=evaluation,
        baselines=tuple(
            ev.Baseline(
                key,
                tuple(m for m in _class_metrics(task, y_test, q)),
                _difference(metrics.accuracy_score, y_test, label, q.argmax(axis=1)),
            )
            for key, q in baselines.items()
        ),
        explanation=explanation(scaler.transform(x_test), weights, names, "logit", [labels[i] for i in y_test]),
        warnings=(
            ev.Warn("few_test_rows", {"rows": len(y_test), "step": 1 / len(y_test)}),
            ev.Warn("identifier_columns", {"columns": [["patient", 569, 569]], "used": ["patient"], "ignored": []}),
        ),
        missing=(),
        reproduce=reproduce(which),
    )


def regression() -> ev.Evidence:
    bunch = datasets.load_diabetes(scaled=False)
    names = list(map(str, bunch.feature_names))
    x, x_test, y, y_test = train_test_split(bunch.data, bunch.target, test_size=0.2, random_state=7)
    scaler = StandardScaler().fit(x)
    net = Ridge(20).fit(scaler.transform(x), y)
    predictions = {
        "mean": np.full(len(y_test), y.mean()),
        "linear": Ridge(1).fit(scaler.transform(x), y).predict(scaler.transform(x_test)),
        "random_forest": RandomForestRegressor(20, random_state=0).fit(x, y).predict(x_test),
    }
    p = net.predict(scaler.transform(x_test))

    def rmse(t: np.ndarray, q: np.ndarray) -> float:
        return float(np.sqrt(np.mean((t - q) ** 2)))

    def scores(q: np.ndarray) -> tuple[ev.Metric, ...]:
        return (
            ev.Metric("rmse", estimate(rmse, y_test, q), False),
            ev.Metric("r2", estimate(metrics.r2_score, y_test, q), True),
            ev.Metric("mae", estimate(metrics.mean_absolute_error, y_test, q), False),
        )

    error = np.abs(p - y_test)
    counts, edges = np.histogram(y, bins=16)
    worst = np.argsort(-error)[:10]
    base = classes("wine")
    return ev.Evidence(
        title="How far diabetes has gone after a year",
        language="en",
        task="regression",
        use=None,
        limits="A small study of one clinic.",
        network=network("Diabetes", len(names), 1, "linear"),
        data=ev.DataEvidence(
            source='sklearn("diabetes")',
            sha256="d" * 64,
            rows=len(bunch.data),
            target="progression",
            target_transform=None,
            classes=(),
            columns=columns(x, names, y),
            ignored=("id",),
            split_rows={"train": len(y), "test": len(y_test)},
            split_seed=7,
            stratified=False,
            class_counts={},
            dropped=(("missing_target", 3),),
            features=tuple(names),
            feature_columns=tuple(names),
            target_histogram=ev.Histogram(tuple(map(float, edges)), tuple(map(int, counts))),
        ),
        training=training("regression", 100),
        evaluation=ev.Evaluation(
            task="regression",
            part="test",
            primary="rmse",
            metrics=(*scores(p), ev.Metric("spec:r2_batch", ev.Estimate(0.41, n=len(y_test)), None, exact=False)),
            truth=tuple(map(float, y_test)),
            predicted=tuple(map(float, p)),
            error_quantiles=tuple((q, float(np.quantile(error, q))) for q in (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0)),
            worst=tuple(
                ev.WorstRow(
                    int(i) + 2,
                    f"{y_test[i]:.0f}",
                    f"{p[i]:.1f}",
                    float(error[i]),
                    {n: f"{v:.4g}" for n, v in zip(names, x_test[i], strict=True)},
                )
                for i in worst
            ),
        ),
        baselines=tuple(ev.Baseline(key, scores(q), _difference(rmse, y_test, p, q)) for key, q in predictions.items()),
        explanation=explanation(scaler.transform(x_test), net.coef_, names, "target", [f"{v:.0f}" for v in y_test]),
        warnings=(),
        missing=(),
        reproduce=base.reproduce,
    )


@functools.cache
def sample(which: str) -> ev.Evidence:
    """`breast_cancer`, `wine`, `digits` or `diabetes`."""
    return regression() if which == "diabetes" else classes(which)


@functools.cache
def rendered(which: str) -> str:
    """The sample's HTML, rendered once for all tests."""
    return render_html(sample(which))
