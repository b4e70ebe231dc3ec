"""Raw rows in, predictions out, with a model and a preparation from a run folder; any number of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from nnc import codes
from nnc.data import Preparation, file_like
from nnc.data.preparations import METHODS
from nnc.data.table import CHUNK_ROWS
from nnc.diagnostics import Code, Findings, UserFault
from nnc.run.folder import MODEL, PREPARATION, spoken_of_all
from nnc.run.outputs import network_scores


@dataclass(frozen=True)
class Predicted:
    """Predictions as a table of text: `head` its heading, `rows` its rows, read and predicted as they are asked for.

    The first column is the row in the file that was read, or the picture's file. Asking for rows may raise UserFault.
    """

    head: tuple[str, ...]
    rows: Iterator[list[str]] = field(repr=False)


def predict(run: Path, table: Path, *, chunk: int = CHUNK_ROWS) -> Predicted:
    """Predictions for the rows of a file, `chunk` rows at a time in memory: CSV, Parquet, Arrow or NumPy's.

    Raises UserFault where `run` is no finished run, a column is missing, or a value can't be prepared. Columns that
    the model doesn't know are left alone; a category that it never saw counts as none of those it knows.
    """
    preparation, model = load_run(run)
    file = file_like(preparation.source, preparation.reading, table)
    targets = preparation.targets
    nothing = {target.name: np.empty((0, target.width) if target.task == "multiclass" else 0) for target in targets}
    head, _ = spoken_of_all(targets, nothing)
    pictures = next((column.name for column in preparation.columns if METHODS[column.kind].pictures), None)

    def rows() -> Iterator[list[str]]:
        for part in file.chunks(chunk):
            inputs = preparation.input_arrays(preparation.matrix(part))
            _, cells = spoken_of_all(targets, network_scores(model, preparation, inputs, part.rows.tolist()))
            firsts = (str(row) for row in part.rows) if pictures is None else part.columns[pictures].values
            yield from ([str(first), *cell] for first, cell in zip(firsts, cells, strict=True))

    return Predicted((pictures or "row", *head), rows())


def load_run(run: Path) -> tuple[Preparation, Any]:
    """Preparation and model of a run. Raises UserFault where a file is missing or broken."""
    if not (run / PREPARATION).is_file():
        raise _fault(codes.NOT_A_RUN, f"`{run}` is no finished run", f"train one first: nnc train SPEC -o {run}")
    try:
        preparation = Preparation.read(run / PREPARATION)
    except (OSError, ValueError) as error:
        raise _fault(codes.BROKEN_RUN, f"`{run / PREPARATION}` can't be read: {error}", "train again") from error
    if not (run / MODEL).is_file():
        why = "the run has no model file; an `fn` inside a layer can't be kept in one"
        raise _fault(codes.BROKEN_RUN, f"`{run / MODEL}` is not there: {why}", "use one of Keras's own activations")
    try:
        # Safe mode refuses files that hold Python code; nothing of the spec is needed to predict.
        model = keras.models.load_model(run / MODEL, compile=False, safe_mode=True)
    except (OSError, ValueError, TypeError, KeyError) as error:
        said = str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
        raise _fault(codes.BROKEN_RUN, f"`{run / MODEL}` can't be read: {said}", "train again") from error
    return preparation, model


def _fault(code: Code, message: str, how: str) -> UserFault:
    findings = Findings()
    findings.add(code, message, help=how)
    return UserFault(findings)
