"""Checked graph → files: Python, Keras's own formats, drawings. Keras is imported only by the kinds that need it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nnc.files import beside
from nnc.lean import dataclass
from nnc.pipeline.front import Checked, Settings, choose_model, require
from nnc.pipeline.quiet import load_tensorflow
from nnc.pipeline.sized import sized

if TYPE_CHECKING:
    from nnc.graph import ModelGraph


@dataclass(frozen=True)
class Drawing:
    """How a drawing is to be made: `layers` (the graph of layers) or `neurons` (a circle a neuron)."""

    style: Literal["layers", "neurons"] = "layers"


def python_text(checked: Checked, model: ModelGraph) -> str:
    """The model as Python that builds it with Keras's functional API."""
    from nnc.emit.python_source import python_source

    return python_source(require(checked), model)


def _write_python(checked: Checked, model: ModelGraph, drawing: Drawing, path: Path) -> None:
    del drawing
    path.write_text(python_text(checked, model), encoding="utf-8", newline="\n")


def _write_svg(checked: Checked, model: ModelGraph, drawing: Drawing, path: Path) -> None:
    from nnc.emit.diagram import draw
    from nnc.emit.network import describe

    del checked
    path.write_text(draw(describe(model), drawing.style), encoding="utf-8", newline="\n")


def _write_keras(checked: Checked, model: ModelGraph, drawing: Drawing, path: Path) -> None:
    load_tensorflow()
    from nnc.emit.keras_model import save_model

    del drawing
    save_model(require(checked), model, path)


def _write_json(checked: Checked, model: ModelGraph, drawing: Drawing, path: Path) -> None:
    load_tensorflow()
    from nnc.emit.keras_model import model_json

    del drawing
    path.write_text(model_json(require(checked), model), encoding="utf-8", newline="\n")


@dataclass(frozen=True)
class Output:
    """A kind of output: the function that writes it, and whether every width must be known for it."""

    write: Callable[[Checked, ModelGraph, Drawing, Path], None]
    needs_widths: bool = False


# A new kind of output is a row, by its ending.
OUTPUTS: Mapping[str, Output] = {
    ".py": Output(_write_python),
    ".keras": Output(_write_keras, needs_widths=True),
    ".json": Output(_write_json, needs_widths=True),
    ".svg": Output(_write_svg),
}


def compile_to(checked: Checked, settings: Settings, out: Path, drawing: Drawing | None = None) -> None:
    """Write the model in the form that the ending of `out` says (a row of OUTPUTS).

    The table is read only for a form that needs a width which hangs on it. Raises UserFault.
    """
    output = OUTPUTS[out.suffix.lower()]
    if output.needs_widths:
        checked = sized(checked, settings)
    model = choose_model(require(checked), settings.model)
    with beside(out) as made:
        output.write(checked, model, drawing or Drawing(), made)
