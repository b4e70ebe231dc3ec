"""Every row of the catalog by its example: the emitted Python builds what nnc builds in memory.

The examples are those of the reference pages (`nnc.pipeline.examples`). `make rows` goes through all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nnc import catalog
from nnc.catalog import Row
from nnc.emit.python.source import python_source
from nnc.pipeline.examples import example
from nnc.pipeline.reference import refusal
from tests.emit.tools import as_module, checked, ruff_complaints_about

KINDS = (
    "layers", "activations", "ops", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers",
    "optimizers.schedules", "callbacks",
)  # fmt: skip


def usable(kind: str) -> list[Row]:
    """The rows of a kind that a spec can name."""
    rows = [catalog.find(kind, name) for name in catalog.names(kind)]
    return [row for row in rows if row is not None and refusal(row) is None]


def differs(row: Row, folder: Path) -> str:
    """What is different between the model of the emitted Python and the one in memory; the Python stays in `folder`."""
    import keras

    from nnc.emit.keras_model import build_callbacks, build_model, compile_model

    shown = example(row)
    if shown is None:
        return "it has no example"
    spec = checked(shown.text, f"{row.name}.nn")
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(1)
    built = build_model(spec, spec.model)
    if spec.train is not None:
        compile_model(built, spec)
    keras.utils.clear_session(free_memory=False)  # or the second Adam is called `adam_1`
    keras.utils.set_random_seed(1)
    name = f"{row.kind.replace('.', '_')}_{row.name}"
    module = as_module(python_source(spec, spec.model), folder, name)
    emitted = module.build_model()
    pairs: list[tuple[Any, Any]] = [(emitted.get_config(), built.get_config())]
    if spec.train is not None:
        module.compile_model(emitted)
        pairs.append((emitted.get_compile_config(), built.get_compile_config()))
        said: dict[str, Any] = {}
        emitted.fit = lambda *_, **words: said.update(words)
        module.train(emitted, None, None)
        pairs.append(([_plain(one) for one in said.get("callbacks", ())], [_plain(c) for c in build_callbacks(spec)]))
    return next((f"{left}\n{right}" for left, right in pairs if left != right), "")


def _plain(callback: Any) -> tuple[str, dict[str, Any]]:
    kinds = (bool, int, float, str, type(None))
    return type(callback).__name__, {key: value for key, value in vars(callback).items() if isinstance(value, kinds)}


def complaints(rows: list[Row], folder: Path) -> Iterator[str]:
    """What is wrong with the Python of these rows."""
    for row in rows:
        try:
            found = differs(row, folder)
        except Exception as error:  # noqa: BLE001 - a sweep goes on, and says which rows failed
            found = f"{type(error).__name__}: {error}"
        if found:
            yield f"{row.kind} {row.name}: {found}"
    said = ruff_complaints_about(folder)
    if said:
        yield said


def main() -> int:
    """The full sweep."""
    failed = 0
    for kind in KINDS:
        with TemporaryDirectory() as folder:
            rows = usable(kind)
            found = list(complaints(rows, Path(folder)))
        failed += len(found)
        print("\n".join([f"{kind}: {len(rows)} rows, {len(found)} complaints", *found]), flush=True)  # noqa: T201
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
