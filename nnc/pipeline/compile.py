"""Checked graph or run → files: Python, Keras's own formats, ONNX, SavedModel, drawings.

Keras is imported only by the kinds that need it. Each file is made beside its place and moved there when it is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nnc import codes
from nnc.diagnostics import Findings, UserFault
from nnc.files import beside
from nnc.lean import dataclass
from nnc.pipeline.front import Checked, Settings, choose_model, require
from nnc.pipeline.quiet import load_tensorflow
from nnc.pipeline.sized import sized

if TYPE_CHECKING:
    from nnc.graph import ModelGraph

# What stands for a folder among the endings: `-o serving/`.
FOLDER = "/"


@dataclass(frozen=True)
class Drawing:
    """How a drawing is to be made: `layers` (the graph of layers) or `neurons` (a circle a neuron)."""

    style: Literal["layers", "neurons"] = "layers"


def python_text(checked: Checked, model: ModelGraph) -> str:
    """The model as Python that builds it with Keras's functional API."""
    from nnc.emit.python.source import python_source

    return python_source(require(checked), model)


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_python(checked: Checked, model: ModelGraph, drawing: Drawing, path: Path) -> None:
    del drawing
    _text(path, python_text(checked, model))


def _svg(model: ModelGraph, drawing: Drawing) -> str:
    from nnc.emit.diagram import draw
    from nnc.emit.network import describe

    return draw(describe(model), drawing.style)


def _write_svg(checked: Checked, model: ModelGraph, drawing: Drawing, path: Path) -> None:
    del checked
    _text(path, _svg(model, drawing))


def _write_pdf(checked: Checked, model: ModelGraph, drawing: Drawing, path: Path) -> None:
    from nnc.emit.drawing_files import svg_to_pdf

    del checked
    path.write_bytes(svg_to_pdf(_svg(model, drawing)))


def _write_png(checked: Checked, model: ModelGraph, drawing: Drawing, path: Path) -> None:
    from nnc.emit.drawing_files import svg_to_png

    del checked
    path.write_bytes(svg_to_png(_svg(model, drawing)))


def _write_dot(checked: Checked, model: ModelGraph, drawing: Drawing, path: Path) -> None:
    from nnc.emit.graph_text import dot
    from nnc.emit.network import describe

    del checked, drawing
    _text(path, dot(describe(model)))


def _write_mermaid(checked: Checked, model: ModelGraph, drawing: Drawing, path: Path) -> None:
    from nnc.emit.graph_text import mermaid, mermaid_markdown
    from nnc.emit.network import describe

    del checked, drawing
    written = mermaid_markdown if path.suffix.lower() == ".md" else mermaid
    _text(path, written(describe(model)))


def _write_keras(checked: Checked, model: ModelGraph, drawing: Drawing, path: Path) -> None:
    load_tensorflow()
    from nnc.emit.keras_model import save_model

    del drawing
    save_model(require(checked), model, path)


def _write_json(checked: Checked, model: ModelGraph, drawing: Drawing, path: Path) -> None:
    load_tensorflow()
    from nnc.emit.keras_model import model_json

    del drawing
    _text(path, model_json(require(checked), model))


def _write_onnx(checked: Checked, model: ModelGraph, drawing: Drawing, path: Path) -> None:
    load_tensorflow()
    from nnc.emit.keras_model import portable_model
    from nnc.emit.onnx_file import save_onnx

    del drawing
    save_onnx(portable_model(require(checked), model), [output.name for output in model.outputs], path)


def _write_serving(checked: Checked, model: ModelGraph, drawing: Drawing, path: Path) -> None:
    load_tensorflow()
    from nnc.emit.keras_model import portable_model
    from nnc.run.serving import save_serving

    del drawing
    built = portable_model(require(checked), model)
    save_serving(built, [output.name for output in model.outputs], path, None)


@dataclass(frozen=True)
class Output:
    """A kind of output: the function that writes it, and what it asks for.

    `needs_widths`: every width must be known. `styles`: the drawings that there are of it, the first without --style.
    """

    write: Callable[[Checked, ModelGraph, Drawing, Path], None]
    needs_widths: bool = False
    styles: tuple[str, ...] = ()


_BOTH = ("layers", "neurons")
# A new kind of output is a row, by its ending.
OUTPUTS: Mapping[str, Output] = {
    ".py": Output(_write_python),
    ".keras": Output(_write_keras, needs_widths=True),
    ".json": Output(_write_json, needs_widths=True),
    ".onnx": Output(_write_onnx, needs_widths=True),
    FOLDER: Output(_write_serving, needs_widths=True),
    ".svg": Output(_write_svg, styles=_BOTH),
    ".png": Output(_write_png, styles=_BOTH),
    ".pdf": Output(_write_pdf, styles=_BOTH),
    ".dot": Output(_write_dot, styles=("layers",)),
    ".mmd": Output(_write_mermaid, styles=("layers",)),
    ".md": Output(_write_mermaid, styles=("layers",)),
}


def kind_of(out: str) -> str:
    """The row of OUTPUTS that a path asks for: its ending, or FOLDER where it ends with a slash or is a folder."""
    return FOLDER if out.endswith(("/", "\\")) or Path(out).is_dir() else Path(out).suffix.lower()


def compile_to(checked: Checked, settings: Settings, out: Path, drawing: Drawing | None = None, kind: str = "") -> None:
    """Write the model in the form that `kind`, or else the ending of `out`, says (a row of OUTPUTS).

    The table is read only for a form that needs a width which hangs on it. Raises UserFault.
    """
    kind = kind or kind_of(str(out))
    output = OUTPUTS[kind]
    may_be_replaced(out, kind)
    if output.needs_widths:
        checked = sized(checked, settings)
    model = choose_model(require(checked), settings.model)
    with beside(out) as made:
        output.write(checked, model, drawing or Drawing(), made)


# ---- from a run ----------------------------------------------------------------------------------

# What a run's trained model can be written as.
RUN_OUTPUTS = (".keras", ".onnx", FOLDER)


def compile_run(run: Path, out: Path, kind: str) -> None:
    """Write a run's trained model: for Keras, as ONNX, or for serving with the preparation of raw rows in front.

    Raises UserFault where `run` is no finished run.
    """
    may_be_replaced(out, kind)
    load_tensorflow()
    from nnc.emit.onnx_file import save_onnx
    from nnc.run import load_run
    from nnc.run.serving import save_serving

    preparation, model = load_run(run)
    outputs = list(dict.fromkeys(target.output for target in preparation.targets))
    with beside(out) as made:
        if kind == FOLDER:
            save_serving(model, outputs, made, preparation)
        elif kind == ".onnx":
            save_onnx(model, outputs, made)
        else:
            model.save(made)


def may_be_replaced(out: Path, kind: str) -> None:
    """Raise UserFault where `out` is something else than what would be written: that is never replaced."""
    if kind == FOLDER:
        fits = not out.exists() or (out.is_dir() and (not any(out.iterdir()) or (out / "saved_model.pb").is_file()))
        what = "is there already and is no SavedModel"
    else:
        fits, what = not out.is_dir(), "is a folder"
    if fits:
        return
    findings = Findings()
    findings.add(codes.CANNOT_WRITE, f"`{out}` {what}, so it is left alone", help="name another place with -o")
    raise UserFault(findings)
