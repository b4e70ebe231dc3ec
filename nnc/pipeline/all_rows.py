"""The training rows of a table that is too large for the memory, on disk for as long as the training takes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nnc import codes
from nnc.diagnostics import DataPlace, Findings, UserFault

if TYPE_CHECKING:
    from nnc.data import Prepared
    from nnc.data.blocks import Blocks
    from nnc.graph import TrainConfig
    from nnc.pipeline.repeats import Several

FOLDER = "rows"


@contextmanager
def all_rows(
    prepared: Prepared, train: TrainConfig | None, beside: Path, several: Sequence[Several] = ()
) -> Iterator[Blocks | None]:
    """All training rows prepared in a folder of `beside`; None where the table is in memory as a whole.

    Raises UserFault where a value can't be trained on, where there is no room, or where `several` trainings are wanted.
    """
    whole = prepared.table.whole
    if whole is None:
        yield None
        return
    from nnc.data.blocks import no_room, write_blocks

    if several:
        raise _once(prepared, several[0])
    folder = beside / FOLDER
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            blocks = write_blocks(whole, prepared.preparation, train.sample_weight if train else None, folder)
        except OSError as error:
            raise no_room(folder, error) from error
        yield blocks
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _once(prepared: Prepared, several: Several) -> UserFault:
    findings = Findings()
    findings.add(
        codes.RUN_NOT_YET,
        f"`{prepared.table.source}` is too large for the memory, and such a table is trained on once",
        data_place=DataPlace(prepared.table.source),
        found=f"--{several.kind} {several.count}",
        help=f"leave --{several.kind} out, or train on a sample of the rows",
    )
    return UserFault(findings)
