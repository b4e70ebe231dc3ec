"""nnc from Python: the same as the commands, as functions. `import nnc` gives these names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnc.diagnostics import Diagnostic, RunFault, UserFault
from nnc.pipeline import front

if TYPE_CHECKING:
    import os

    from nnc.graph import Spec
    from nnc.pipeline.runs import Pages

__all__ = ["Diagnostic", "RunFault", "UserFault", "build_model", "check_spec", "make_report", "python_source"]


class _Silent:
    """Progress that nobody watches."""

    def phase(self, words: str) -> None:
        """Say nothing."""

    def start(self, epochs: int) -> None:
        """Say nothing."""

    def epoch(self, number: int, logs: Any, seconds_left: float) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""


def _settings(params: dict[str, object], model: str | None = None) -> front.Settings:
    return front.Settings({name: str(value) for name, value in params.items()}, model)


def check_spec(path: str | os.PathLike[str], **params: object) -> tuple[Spec | None, tuple[Diagnostic, ...]]:
    """The checked spec (None where it has errors) and everything that was found, in the order of the text.

    `params` are what `--set` gives on the command line. Raises UserFault where the file can't be read.
    """
    checked = front.check(Path(path), _settings(params))
    return checked.spec, tuple(checked.findings)


def python_source(path: str | os.PathLike[str], *, model: str | None = None, **params: object) -> str:
    """The model as Python that builds it with Keras's functional API. Raises UserFault."""
    from nnc.pipeline.compile import python_text

    checked = front.check(Path(path), _settings(params, model))
    return python_text(checked, front.choose_model(front.require(checked), model))


def build_model(path: str | os.PathLike[str], *, model: str | None = None, **params: object) -> Any:
    """The model as a `keras.Model`, compiled where the spec says how to train it. Raises UserFault.

    Where a width hangs on the spec's table, the table is read.
    """
    from nnc.pipeline.sized import sized

    settings = _settings(params, model)
    spec = front.require(sized(front.check(Path(path), settings), settings))
    graph = front.choose_model(spec, model)
    from nnc.emit import keras_model

    built = keras_model.build_model(spec, graph, seed=spec.train.seed if spec.train else None)
    if spec.train is not None:
        keras_model.compile_model(built, spec, graph)
    return built


def make_report(
    path: str | os.PathLike[str], out: str | os.PathLike[str], *, model: str | None = None, **params: object
) -> Pages:
    """Train where need be and write report.html and report.pdf into the folder `out`. Raises UserFault, RunFault."""
    from nnc.pipeline import runs

    settings = _settings(params, model)
    return runs.report(front.check(Path(path), settings), Path(out), settings, _Silent())
