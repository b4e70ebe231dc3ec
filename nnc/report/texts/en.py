"""The report's English. Keys are grouped by section; a text is whole sentences wherever it can be."""

from __future__ import annotations

from collections.abc import Mapping

_GENERAL = {
    "figure_label": "Figure {n}",
    "table_label": "Table {n}",
    "table_rest": "… and {n} more rows, which this page leaves out.",
    "contents": "Contents",
    "skip": "Skip to the report",
    "report_of": "Model report",
    "model": "Model",
    "evidence": "Evidence",
    "page": "Page",
    "of_pages": "of",
    "not_made": "This section could not be made.",
    "reason": "Reason: {reason}",
    "yes": "yes",
    "no": "no",
    "quoted": "“{name}”",
    "the_network": "The network",
    "with_interval": "{value} (95% interval {interval})",
    "interval_label": "95% interval",
    "list_comma": ", ",
    "list_and": "{items} and {last}",
    "list_more": "{items} and {n} more",
    "learning_rate": "Learning rate",
    "see": "See {label}.",
    "footer": "Made by nnc from the run's evidence alone. Every number on these pages stands in evidence.json.",
    "task.binary": "Tell two classes of “{target}” apart",
    "task.multiclass": "Tell {n} classes of “{target}” apart",
    "task.regression": "Predict the number “{target}”",
    "part.train": "training",
    "part.validation": "validation",
    "part.test": "test",
    "section.verdict": "The verdict",
    "section.warnings": "Warnings",
    "section.use": "Use and limits",
    "section.data": "The data",
    "section.network": "The network",
    "section.training": "Training",
    "section.evaluation": "Evaluation",
    "section.baselines": "Is the network worth it?",
    "section.errors": "The worst errors",
    "section.explanation": "Explanation",
    "section.reproduce": "Reproduce",
    "section.glossary": "Glossary",
}

_NAMES = {
    "metric.accuracy": "accuracy",
    "metric.balanced_accuracy": "balanced accuracy",
    "metric.precision": "precision",
    "metric.recall": "recall",
    "metric.f1": "F1 score",
    "metric.roc_auc": "ROC AUC",
    "metric.average_precision": "average precision",
    "metric.log_loss": "log loss",
    "metric.brier": "Brier score",
    "metric.ece": "calibration error (ECE)",
    "metric.macro_f1": "macro F1",
    "metric.r2": "R²",
    "metric.mae": "mean absolute error",
    "metric.rmse": "root mean squared error",
    "metric.median_absolute_error": "median absolute error",
    "baseline.majority": "always guessing the commonest class",
    "baseline.mean": "always guessing the mean",
    "baseline.linear": "a linear model",
    "baseline.random_forest": "a random forest",
    "baseline_title.majority": "Commonest class",
    "baseline_title.mean": "Mean of the target",
    "baseline_title.linear": "Linear model",
    "baseline_title.random_forest": "Random forest",
    "curve.loss": "loss",
    "kind.numeric": "number",
    "kind.category": "category",
    "reason.missing_target": "no target",
    "criterion.f1": "highest F1",
    "criterion.accuracy": "highest accuracy",
    "criterion.balanced_accuracy": "highest balanced accuracy",
    "criterion.youden": "highest Youden's J",
    "criterion.default": "0.5, as is usual",
    "criterion.half": "0.5, as is usual",
    "criterion.fixed": "0.5, as is usual",
    "unit.logit": "log-odds (logit)",
    "unit.target": "the target's own unit",
    "unit.probability": "probability",
    "link.identity": "none (identity)",
    "link.logit": "logit",
    "explained.network": "Network",
    "explained.random_forest": "Random forest",
    "explained.forest": "Random forest",
    "explainer.permutation": "permutation",
    "explainer.rescale": "DeepLIFT rescale rule",
    "explainer.tree": "TreeExplainer",
    "explainer.deep": "DeepExplainer",
}

_CHARTS = {
    "chart_epoch": "epoch",
    "chart_best_epoch": "best: epoch {epoch}",
    "chart_scores": "scores",
    "chart_rows": "rows",
    "chart_guess": "guessing",
    "chart_network": "the network",
    "chart_roc": "ROC curve",
    "chart_fpr": "false positive rate",
    "chart_tpr": "true positive rate (recall)",
    "chart_pr": "Precision and recall",
    "chart_observed": "observed share",
    "chart_predicted_probability": "predicted probability",
    "chart_predicted": "predicted class",
    "chart_truth": "true class",
    "chart_true_of": "true {target}",
    "chart_predicted_of": "predicted {target}",
    "chart_predicted_truth": "Predicted against true",
    "chart_residuals": "Residuals",
    "chart_residual": "predicted − true",
    "chart_share_of_rows": "share of the rows (%)",
    "chart_absolute_error": "absolute error of at most",
    "chart_correlation": "correlation with the target (blue: Pearson's r; orange: η of a category, which has no sign)",
    "chart_higher": "further right is better",
    "chart_lower": "further left is better",
}

_VERDICT = {
    "verdict.badge.better": "Better than the best baseline",
    "verdict.badge.same": "No better than the best baseline",
    "verdict.badge.worse": "Worse than the best baseline",
    "verdict.badge.alone": "Compared with no baseline",
    "verdict.headline": "On {n} test rows, which it never saw in training, the network's {metric} is {value}.",
    "verdict.better": "It is better than the best baseline: {baseline} comes to {score}, and the network's difference "
    "from that is {difference}, an interval that does not reach zero.",
    "verdict.same": "It is no better than the best baseline: {baseline} comes to {score}, and the network's difference "
    "from that is {difference}. The interval holds zero, so these rows do not tell the two apart.",
    "verdict.worse": "It is worse than the best baseline: {baseline} comes to {score}, and the network's difference "
    "from that is {difference}, an interval that does not reach zero. Use the baseline.",
    "verdict.alone": "No baseline was asked for, so these pages do not say whether a simpler model would do as well.",
    "verdict.higher": "higher is better",
    "verdict.lower": "lower is better",
    "verdict.task": "Task",
    "verdict.data": "Data",
    "verdict.data_value": "{rows} rows of {source}",
    "verdict.split": "Split",
    "verdict.split_part": "{n} {part}",
    "verdict.network": "Network",
    "verdict.network_value": "{name}, {parameters} trainable parameters",
    "verdict.training": "Training",
    "verdict.stopped_early": "best epoch {best}; stopped early after {run} of {planned}; weights of epoch {kept} kept",
    "verdict.ran_to_end": "best epoch {best} of {run}; weights of epoch {kept} kept",
    "verdict.caption": "The network and its baselines on the same test rows: {metric} with 95% intervals. Whether the "
    "gap is real is told by the paired difference in the sentence above, not by whether these intervals overlap.",
    "verdict.caption_alone": "The network's {metric} on the test rows, with its 95% interval.",
    "verdict.figure_alt": "Test {metric}: {values}.",
    "verdict.warnings": "Before you trust this number",
    "verdict.all_warnings": "All warnings: {n}",
    "verdict.no_warnings": "The checks for leaks, duplicates, identifiers, rare classes, missing values and "
    "over-fitting found nothing that weakens this verdict.",
}

_WARNINGS = {
    "warnings.intro": "These checks ran on the data and the training before any metric was worked out.",
    "warnings.nothing": "Nothing was found: no rows in two parts of the split, no column that looks like an identifier "
    "or gives the answer away, no class too rare, no column mostly missing or constant, no sign of over-fitting.",
    "warnings.level.3": "grave",
    "warnings.level.2": "caution",
    "warnings.level.1": "note",
    "row_pair": "row {a} equals row {b}",
    "distinct_of": "“{name}” ({distinct} distinct values in {rows} rows)",
    "identifiers_used": "The network was given {names} all the same.",
    "identifiers_ignored": "Left out because of it: {names}.",
    "class_train_test": "“{name}” ({a} training rows, {b} test rows)",
    "name_a": "“{name}” ({a})",
    "missing_of": "“{name}” ({b} of the rows)",
    "rows_of": "“{name}” ({a} rows)",
    "always": "“{name}” (always {a})",
    "kept_of": "“{name}” ({b} of {a} kept)",
    "reason_rows": "{reason}: {rows}",
    "few_rows_step": " A single row more or less changes the accuracy by {step}.",
    "warn.duplicates_across_split.title": "Test rows that stand in the training rows too",
    "warn.duplicates_across_split.text": "{rows} validation and test rows equal a training row in every column, {share} "
    "of the test rows among them: {examples}.",
    "warn.duplicates_across_split.advice": "The metrics are likely too good. Remove the doubles, or split by what the "
    "rows belong to.",
    "warn.answer_column.title": "A column that gives the answer away",
    "warn.answer_column.text": "Alone, {columns} already tells the target; the number is the {metric} of that column by "
    "itself.",
    "warn.answer_column.advice": "Ask whether the column is known at the time of predicting. If it is not, ignore it.",
    "warn.identifier_columns.title": "A column that looks like an identifier",
    "warn.identifier_columns.text": "Nearly every row has a value of its own in {columns}. {fate}",
    "warn.identifier_columns.advice": "An identifier can be learned by heart and says nothing about new rows: ignore it.",
    "warn.constant_columns.title": "A column that never changes",
    "warn.constant_columns.text": "Among the training rows there is a single value in {columns}.",
    "warn.constant_columns.advice": "It can't help the network and may be ignored.",
    "warn.missing_values.title": "A column that is often empty",
    "warn.missing_values.text": "Many values are missing in {columns}; they were filled in from the training rows.",
    "warn.missing_values.advice": "Ask why they are missing. If that has to do with the target, filling in hides it.",
    "warn.dropped_rows.title": "Rows that were left out",
    "warn.dropped_rows.text": "{rows} rows were not used ({reasons}).",
    "warn.dropped_rows.advice": "The metrics say nothing about such rows.",
    "warn.wide_categories.title": "A category with too many values",
    "warn.wide_categories.text": "Only the most frequent values have a feature of their own in {columns}; the others "
    "look the same to the network.",
    "warn.wide_categories.advice": "Group the values, or ignore the column if it is an identifier.",
    "warn.unseen_categories.title": "Values that training never saw",
    "warn.unseen_categories.text": "Test rows have values that no training row has, in {columns}.",
    "warn.unseen_categories.advice": "The network can't know them. More data, or grouped values, would help.",
    "warn.rare_classes.title": "A class too rare to learn or to measure",
    "warn.rare_classes.text": "Too few rows have the class {classes}.",
    "warn.rare_classes.advice": "Believe no number about such a class. Stratify the split, collect more, or merge "
    "classes.",
    "warn.imbalance.title": "Classes of very different size",
    "warn.imbalance.text": "The most frequent and the rarest class are {classes} of the rows.",
    "warn.imbalance.advice": "Accuracy flatters the network here: read balanced accuracy and the scores of each class.",
    "warn.few_test_rows.title": "Few test rows",
    "warn.few_test_rows.text": "All metrics rest on {rows} test rows.{step}",
    "warn.few_test_rows.advice": "Read the intervals, not the values.",
    "warn.overfit.title": "It fits the training rows much better than others",
    "warn.overfit.text": "Its {metric} is {train} on training rows and {validation} on validation rows, a gap of {gap}.",
    "warn.overfit.advice": "Try fewer units, more dropout or weight decay, or more data.",
    "warn.overtrained.title": "It was trained past its best",
    "warn.overtrained.text": "The validation loss was lowest at epoch {best_epoch} ({best}); the weights kept are those "
    "of epoch {kept_epoch} ({kept}).",
    "warn.overtrained.advice": "Add EarlyStopping(patience=10, restore_best_weights=true).",
    "warn.not_converged.title": "Training had not finished",
    "warn.not_converged.text": "The best epoch is the last one ({epoch} of {epochs}), and the last tenth of the epochs "
    "still took {fall} off the loss.",
    "warn.not_converged.advice": "Give it more epochs or a higher learning rate.",
    "warn.worse_than_baseline.title": "A simpler model is better",
    "warn.worse_than_baseline.text": "The network's {metric} is {network}; {baseline} comes to {score}. The difference is "
    "{difference}.",
    "warn.worse_than_baseline.advice": "Use the simpler model, or mend the network.",
    "warn.no_better_than_trivial.title": "No better than guessing",
    "warn.no_better_than_trivial.text": "The network's {metric} is {network}; {baseline} comes to {score}. The "
    "difference is {difference}.",
    "warn.no_better_than_trivial.advice": "As it stands, the network has learned nothing of use.",
    "warn.missing_letters.title": "Letters without a font",
    "warn.missing_letters.text": "No font on the machine that made this page has {letters}: charts and PDF show boxes "
    "in their place.",
    "warn.missing_letters.advice": "Install a font that has them (on Debian and Ubuntu: {package}) and render again.",
}

_USE = {
    "use.use": "What it is for",
    "use.limits": "Its limits, by its author",
    "use.no_use": "The spec's author has not said what the model is for (use in the report section).",
    "use.no_limits": "The spec's author has named no limits (limits in the report section).",
    "use.general": "What can be said without the author",
    "use.rows_like_these": "The metrics hold for rows drawn as the {rows} rows of {source} were drawn; about other "
    "places, times or people they say nothing.",
    "use.ranges": "Outside the ranges in the table of columns the network extrapolates, and nothing here was tested.",
    "use.categories": "A category that training never saw is prepared as if it were none of the known ones.",
    "use.classes": "It always answers with one of its {n} classes ({classes}); it can't say that a row is none of them.",
    "use.one_split": "The intervals hold for the choice of test rows alone: not for another split, another seed or "
    "another training.",
    "use.association": "It has learned what goes together in these rows, not what causes what.",
}

_DATA = {
    "data.summary": "The table is {source}: {rows} rows and {columns} columns beside the target “{target}”, prepared as "
    "{features} features.",
    "data.transform": "The network is trained on {transform}({target}); metrics that nnc works out are in the unit of "
    "{target} itself.",
    "data.ignored": "Left out by the spec: {names}.",
    "data.dropped": "{rows} rows were dropped: {reason}.",
    "data.split_seed": "Rows were dealt out at random with seed {seed}.",
    "data.stratified": "Each part has the classes in the same proportions.",
    "data.fitted_on_train": "Whatever is fitted (means, scales, categories) was fitted on the training rows alone.",
    "data.split_heading": "The split",
    "data.columns_heading": "The columns",
    "data.target_heading": "The target",
    "data.class": "Class",
    "data.part": "",
    "data.all_rows": "All rows",
    "data.share": "Share",
    "data.split_caption": "How the {total} rows were split. Only the test rows speak in the verdict.",
    "data.columns_caption": "All {n} columns; numbers are of the training rows. A bar is a range of values (blue) or a "
    "category (orange), its height the rows in it.",
    "data.columns_caption_cut": "The {shown} columns of {n} that go most with “{target}”; numbers are of the training "
    "rows. A bar is a range of values (blue) or a category (orange), its height the rows in it.",
    "data.head.name": "Column",
    "data.head.kind": "Kind",
    "data.head.distribution": "Distribution",
    "data.head.missing": "Missing",
    "data.head.minimum": "Least",
    "data.head.median": "Median",
    "data.head.maximum": "Greatest",
    "data.head.correlation": "Corr.",
    "data.head.prepared": "Prepared",
    "data.guessed": "guessed",
    "data.became": "{prepared}; {n} features",
    "data.alt_top": "{n} categories: {top}",
    "data.alt_numeric": "mean {mean}, standard deviation {std}, {n} distinct values",
    "data.alt_unique": "{n} distinct values",
    "data.target_caption": "“{target}” runs from {low} to {high}; the commonest range, {peak_low} to {peak_high}, has "
    "{share} of the rows.",
    "data.correlations_caption": "“{first}” goes most with “{target}” ({value}). The {shown} strongest of {n} columns, "
    "each by itself, on training rows.",
    "data.correlations_alt": "Correlation with “{target}”: {values}.",
}

_NETWORK = {
    "network.memory": "Its {parameters} parameters take {bytes} at 32 bits each.",
    "network.work": "One row costs {multiply_adds} multiply-adds.",
    "network.per_row": "That is {ratio} parameters for each training row.",
    "network.neurons_heading": "Neuron by neuron",
    "network.layers_heading": "Layer by layer",
    "network.table_heading": "The table of layers",
    "network.neurons_caption": "Every circle is a neuron, every line a weight; wide layers are shortened by an ellipsis "
    "with their count. A neuron sums its weighted inputs and its bias, then applies its activation.",
    "network.neurons_alt": "Drawing of the neurons. {description}",
    "network.layers_caption": "The graph of layers, with shapes and parameters on each box. “{name}” holds most of "
    "them: {parameters} of {total}.",
    "network.layers_alt": "Graph of the layers. {description}",
    "network.table_caption": "{trainable} trainable and {fixed} fixed parameters. Shapes are without the batch axis.",
    "network.head.layer": "Layer",
    "network.head.kind": "Kind",
    "network.head.in": "In",
    "network.head.out": "Out",
    "network.head.units": "Units",
    "network.head.activation": "Activation",
    "network.head.parameters": "Parameters",
    "network.head.bias": "Bias",
    "network.head.work": "Multiply-adds",
    "network.shared": "shared",
}

_TRAINING = {
    "training.setup": "It was trained by {optimizer} on the loss {loss}, in batches of {batch}, for at most {planned} "
    "epochs, with seed {seed}.",
    "training.stopped": "Training stopped early, after {run} of {planned} epochs.",
    "training.ran": "Training ran for all of its {run} epochs.",
    "training.best_validation": "The validation loss was lowest at epoch {best}, with {value}.",
    "training.best_train": "The training loss was lowest at epoch {best}, with {value}.",
    "training.kept_best": "The model has the weights of that epoch.",
    "training.kept_other": "The model has the weights of epoch {kept}, not of that one.",
    "training.gap_above": "There the training loss was {train}: validation stands {gap} above it.",
    "training.gap_below": "There the training loss was {train}: validation stands {gap} below it (dropout is on in "
    "training alone, so this need not be odd).",
    "training.rose": "After that it rose to {last}.",
    "training.no_validation": "There are no validation rows, so over-fitting can't be seen.",
    "training.batch_mean_mark": "{name} †",
    "training.panels_heading": "Metric by metric",
    "training.two_panels_heading": "Training beside validation",
    "training.panels_caption": "The training loss (solid) fell from {first} to {last}; the validation loss (dashed) was "
    "lowest at epoch {best} with {at_best}. † marks a mean over batches.",
    "training.panels_caption_train": "The training loss fell from {first} to {last}, its lowest at epoch {best} with "
    "{at_best}. † marks a mean over batches.",
    "training.panels_alt": "Line charts of {names} over {run} epochs; the best epoch, {best}, is marked.",
    "training.two_panels_caption": "Loss in black on the left axis, scores in colour on the right; both panels share "
    "their axes, so what differs is the rows. {gap}",
    "training.two_panels_caption_train": "Loss in black on the left axis, scores in colour on the right. {gap}",
    "training.two_panels_alt": "Two panels, training and validation, with {names} over the epochs; best epoch {best}.",
    "training.table_caption": "All that was watched, at epoch {best}.",
    "training.head.metric": "Metric",
    "training.head.kind": "How it is worked out",
    "training.head.train": "Training",
    "training.head.validation": "Validation",
    "training.head.gap": "Gap",
    "training.kind.loss": "mean over all rows",
    "training.kind.exact": "exact (Keras's metric, over all rows)",
    "training.kind.batch_mean": "mean over batches of the spec's fn †",
    "training.batch_means": "† {names}: worked out batch by batch by a function of the spec and then averaged, as the "
    "function was written. Such a mean differs from the exact metric over all rows, mostly where batches are small or "
    "a class is rare.",
}

_EVALUATION = {
    "evaluation.summary": "All of this is on the {part} rows. Intervals are 95% bootstrap intervals over these rows: "
    "they tell what another draw of as many rows might give, not what another training might.",
    "evaluation.metrics_heading": "The metrics",
    "evaluation.head.metric": "Metric",
    "evaluation.head.value": "Value",
    "evaluation.head.interval": "95% interval",
    "evaluation.head.rows": "Rows",
    "evaluation.head.kind": "How it is worked out",
    "evaluation.head.criterion": "Chosen for",
    "evaluation.head.threshold": "Threshold",
    "evaluation.head.of_errors": "Of all errors",
    "evaluation.kind.own": "exact, over all rows at once",
    "evaluation.kind.spec": "the spec's, exact (Keras)",
    "evaluation.kind.batch_mean": "the spec's, mean over batches of an fn †",
    "evaluation.metrics_caption": "Metrics on the test rows; the one in bold is the verdict's.",
    "evaluation.metrics_caption_transformed": "Metrics on the test rows; the one in bold is the verdict's. The spec's "
    "own are in the unit that was trained on, {transform} of the target; the others in the target's own.",
    "evaluation.batch_means": "† A mean over batches of a function of one batch. It is near the exact metric of that "
    "name, but not the same; where both stand in the table, trust the exact one.",
    "evaluation.ranking_heading": "Ranking",
    "evaluation.ranking_caption": "Left: a row of “{positive}” is ranked above one of “{negative}” in {area} of all "
    "pairs (ROC AUC; guessing gives 0.5). Right: average precision {average}, where guessing gives {rate}.",
    "evaluation.calibration_heading": "Calibration",
    "evaluation.calibration_caption": "On the diagonal, a predicted probability comes true as often as it says. ECE "
    "{ece}, Brier score {brier}. The bin furthest off for its size: {predicted} predicted, {observed} observed, {n} rows.",
    "evaluation.thresholds_heading": "Thresholds",
    "evaluation.thresholds_caption": "Decision thresholds were chosen on the validation rows; the scores beside them "
    "are on the test rows.",
    "evaluation.confusion_heading": "What is taken for what",
    "evaluation.confusion_caption": "{right} of {total} rows are right. The commonest error, {n} times: “{truth}” taken "
    "for “{predicted}”. Colours are shares of the true class.",
    "evaluation.confusion_caption_none": "All {total} rows are right. Colours are shares of the true class.",
    "evaluation.per_class_heading": "Class by class",
    "evaluation.per_class_caption": "The weakest class is “{weakest}”, with an F1 of {f1}.",
    "evaluation.top_errors_caption": "Of {n} errors, the commonest takes “{truth}” for “{predicted}”.",
    "evaluation.predictions_heading": "Predictions",
    "evaluation.predictions_caption": "Left: the closer to the diagonal, the better. Right: what is left over. {over} of "
    "{n} test rows are predicted too high; on average the lowest quarter of “{target}” comes out {low}, the highest "
    "quarter {high}.",
    "evaluation.too_high": "{amount} too high",
    "evaluation.too_low": "{amount} too low",
    "evaluation.quantiles_heading": "How large the errors are",
    "evaluation.quantiles_caption": "{half} of the test rows are off by at most {half_error}, {tail} by at most "
    "{tail_error}.",
    "evaluation.quantile_table_caption": "Quantiles of the absolute error, in the target's own unit.",
}

_BASELINES = {
    "baselines.summary": "The same rows, prepared alike, were given to simple models. The difference is the network's "
    "score minus theirs, from a bootstrap that draws the same test rows for both.",
    "baselines.head.model": "Model",
    "baselines.head.difference": "Network minus this",
    "baselines.caption": "The network and the baselines on the test rows. The difference is that of {metric}.",
    "baselines.figure_caption": "The network's {metric} is better than that of {won} of {n} baselines beyond doubt of "
    "the draw of test rows: there the interval keeps clear of zero, on the better side.",
    "baselines.figure_caption_none": "The network's {metric} is better than that of none of the {n} baselines beyond "
    "doubt of the draw of test rows: every interval holds zero or lies on the worse side.",
    "baselines.figure_alt": "Difference in {metric}, network minus baseline: {values}.",
    "baselines.axis": "difference in {metric}, network minus baseline",
    "baselines.right_better": "right of the line the network is better",
    "baselines.left_better": "left of the line the network is better",
}

_ERRORS = {
    "errors.summary": "Look at these first: the row numbers are those of the file. Often the label is wrong, a value is "
    "odd, or the rows are of a kind that training had few of.",
    "errors.head.row": "Row",
    "errors.head.truth": "True",
    "errors.head.predicted": "Predicted",
    "errors.head.error": "Error",
    "errors.error_kind_classes": "one minus the probability that the network gave to the true class",
    "errors.error_kind_regression": "the absolute difference between prediction and truth",
    "errors.caption": "The test rows that it got most wrong, the worst on top; the error is {kind}. Beside them the "
    "{columns} columns that go most with the target.",
}

_EXPLANATION = {
    "explanation.what": "A SHAP value is what a feature adds to one prediction, in {unit}: with the base value they sum "
    "to the network's output. This is association in these rows, not causation: changing a feature in the world need "
    "not change the outcome so.",
    "explanation.how": "The network was explained by {explainer} on {rows} test rows against {background} training rows "
    "as background, seed {seed}; link: {link}.",
    "explanation.checks_heading": "Can these values be trusted?",
    "explanation.importance_heading": "What matters overall",
    "explanation.rows_heading": "Single rows",
    "explanation.head.model": "Explained",
    "explanation.head.explainer": "Explainer",
    "explanation.head.unit": "Unit",
    "explanation.head.additivity": "Additivity error",
    "explanation.head.permutation": "Corr. with permutations",
    "explanation.head.verdict": "Verdict",
    "explanation.head.mean": "Mean |SHAP|",
    "explanation.head.share": "Share",
    "explanation.head.forest_rank": "Rank in the forest",
    "explanation.trust.good": "good",
    "explanation.trust.fair": "with care",
    "explanation.trust.poor": "not to be trusted",
    "explanation.checks_caption": "Additivity error: the greatest gap between the output and base plus values, by the "
    "outputs' range; under 0.001 is good, over 0.01 is not to be trusted. The correlation with permutation values of "
    "the same rows should be above 0.95.",
    "explanation.importance_caption": "{first} matter most to the network; one-hot features are summed to their column "
    "first. The {n} first columns.",
    "explanation.of_class": "{model}, class “{name}”",
}

_REPRODUCE = {
    "reproduce.intro": "The same command on the same data gives the same numbers and the same bytes of this page.",
    "reproduce.command_heading": "The command",
    "reproduce.spec_heading": "The spec",
    "reproduce.hashes_heading": "Fingerprints",
    "reproduce.machine_heading": "Versions and machine",
    "reproduce.seed": "Seed",
    "reproduce.git": "Git",
    "reproduce.no_git": "not under git",
    "reproduce.git_clean": "commit {commit}, nothing changed beside it",
    "reproduce.git_dirty": "commit {commit}, with changes that are not committed",
    "reproduce.param": "Param {name}",
    "reproduce.head.what": "What",
    "reproduce.head.value": "Value",
    "reproduce.hashes_caption": "SHA-256 of what went in and of what came out.",
    "reproduce.machine_caption": "What it was run with.",
    "reproduce.of.data": "Data",
    "reproduce.of.spec": "Spec",
    "reproduce.of.weights": "Weights",
}

_GLOSSARY = {
    "term.correlation": "correlation",
    "term.confusion": "confusion matrix",
    "term.calibration": "calibration",
    "term.threshold": "decision threshold",
    "term.baseline": "baseline",
    "term.bootstrap": "bootstrap",
    "term.interval": "95% interval",
    "term.test_rows": "training, validation and test rows",
    "term.epoch": "epoch",
    "term.batch_mean": "mean over batches",
    "term.shap": "SHAP value",
    "term.additivity": "additivity error",
    "term.background": "background rows",
    "glossary.accuracy": "The share of rows whose class is predicted right.",
    "glossary.balanced_accuracy": "The mean, over the classes, of the share of each class's rows that is found. "
    "Guessing gives one divided by the number of classes.",
    "glossary.precision": "Of the rows taken for a class, the share that has it.",
    "glossary.recall": "Of the rows that have a class, the share that is found.",
    "glossary.f1": "The harmonic mean of precision and recall: high only where both are.",
    "glossary.macro_f1": "The F1 score of each class, averaged with the same weight for every class.",
    "glossary.roc_auc": "The chance that a row of the positive class is ranked above one of the negative class: 0.5 is "
    "guessing, 1 is perfect.",
    "glossary.average_precision": "The area under the precision-recall curve, summed by steps. Guessing gives the share "
    "of positive rows.",
    "glossary.log_loss": "The mean of minus the logarithm of the probability given to the true class. Being sure and "
    "wrong costs most.",
    "glossary.brier": "The mean squared difference between predicted probability and outcome (0 or 1).",
    "glossary.ece": "Expected calibration error: how far predicted probabilities and observed shares are apart, averaged "
    "over bins by their rows.",
    "glossary.r2": "The share of the target's variance that is explained: 1 is perfect, 0 is no better than the mean, "
    "below 0 is worse.",
    "glossary.mae": "The mean of the absolute errors, in the target's unit.",
    "glossary.rmse": "The square root of the mean squared error, in the target's unit; large errors weigh more.",
    "glossary.median_absolute_error": "Half of the rows are off by less, half by more.",
    "glossary.correlation": "How closely two columns go together, from −1 to 1: Pearson's r for numbers, the correlation "
    "ratio η (0 to 1) where one is a category.",
    "glossary.confusion": "A table of the rows of each class by the class that they were taken for.",
    "glossary.calibration": "Whether what is predicted with a probability of 80% happens in 80% of the cases.",
    "glossary.threshold": "The probability from which on a row is taken for the positive class.",
    "glossary.baseline": "A model so simple that a network must beat it to be worth its trouble.",
    "glossary.bootstrap": "Drawing as many rows again and again from the test rows, with repeats, to see how much a "
    "metric moves by chance. Paired: both models are scored on the same draws.",
    "glossary.interval": "A range made by a method that holds the true value in 95 of 100 cases.",
    "glossary.test_rows": "The network learns from training rows, choices such as the best epoch are made on validation "
    "rows, and test rows are used once, for these pages.",
    "glossary.epoch": "One pass over all training rows.",
    "glossary.batch_mean": "A metric worked out on each batch and then averaged. It depends on the batch size.",
    "glossary.shap": "A feature's share in one prediction: its average effect over all orders in which features could "
    "be made known (the Shapley value).",
    "glossary.additivity": "How far base value plus SHAP values miss the model's output, by the range of the outputs.",
    "glossary.background": "Training rows that stand for “this feature is not known” when SHAP values are worked out.",
}

TEXTS: Mapping[str, str] = {
    **_GENERAL,
    **_NAMES,
    **_CHARTS,
    **_VERDICT,
    **_WARNINGS,
    **_USE,
    **_DATA,
    **_NETWORK,
    **_TRAINING,
    **_EVALUATION,
    **_BASELINES,
    **_ERRORS,
    **_EXPLANATION,
    **_REPRODUCE,
    **_GLOSSARY,
}
