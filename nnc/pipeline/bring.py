"""What exists in Keras → a spec: a model file's configuration, or the model that a Python function gives.

A file is data: its configuration is read as JSON and its weights by Keras in its safe mode. Only
`package.module:function` and `--trust` run Python, and they run what the user named.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nnc import codes
from nnc.check.params import parse_override
from nnc.diagnostics import Diagnostic, Findings, UserFault
from nnc.emit.nn.source import NnSource, OtherModel, nn_source
from nnc.files import beside
from nnc.graph import ModelGraph, Spec
from nnc.keras_import import Imported, import_config
from nnc.keras_import.files import read_config
from nnc.lean import dataclass
from nnc.pipeline.front import Checked, Settings, choose_model, require
from nnc.pipeline.quiet import load_tensorflow
from nnc.pipeline.sized import sized


@dataclass(frozen=True)
class Brought:
    """A spec that was written from a model; `findings` say what the language has no words for."""

    text: str
    findings: Sequence[Diagnostic]
    graph: ModelGraph
    imported: Imported
    source: NnSource


def bring(model: str, *, names: str = "given", keras_model: Any = None) -> Brought:
    """The spec of a model file, or of `package.module:function`. Raises UserFault where there is no model."""
    config = read_config(Path(model)) if keras_model is None else _config_of(keras_model, model)
    imported = import_config(config, model)
    graph = imported.spec.model
    try:
        source = nn_source(graph, names=names, whole=not imported.findings.has_errors)
    except OtherModel as other:  # Keras takes what the checker does not: the spec is written, and check points at it
        source = nn_source(graph, names=names, whole=False)
        imported.findings.add(codes.NOT_SAYABLE, f"the spec of `{model}` is not right yet: {other}")
    return Brought(source.text, tuple(imported.findings), graph, imported, source)


def is_function(model: str) -> bool:
    """Whether it names a function, as `package.module:function`."""
    return re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*", model) is not None and not Path(model).exists()


def call_function(model: str, arguments: Mapping[str, str] | None = None) -> Any:
    """The Keras model that `package.module:function` gives. It runs that code, which the user asked for.

    `arguments` by name, each as a param's value is written on the command line (`none`, `10`, `[224, 224, 3]`).
    """
    module_name, _, path = model.partition(":")
    load_tensorflow()
    import keras

    findings = Findings()
    given = {name: _as_python(parse_override(text)) for name, text in (arguments or {}).items()}
    module = _imported(module_name, findings)
    function: Any = module
    for part in path.split("."):
        function = getattr(function, part, None)
    try:
        made = function if isinstance(function, keras.Model) else function(**given) if callable(function) else None
    except Exception as error:  # the user's code may raise anything
        findings.add(
            codes.MODEL_FILE,
            f"`{model}` failed: {type(error).__name__}: {_first_line(error)}",
            help="--set NAME=VALUE gives it an argument; the networks of keras.applications need no download with "
            "--set weights=none",
        )
        raise UserFault(findings) from error
    if not isinstance(made, keras.Model):
        found = "nothing has that name" if function is None else f"it gives {type(made).__name__}"
        findings.add(
            codes.MODEL_FILE, f"`{model}` gives no Keras model", expected="a function that gives one", found=found
        )
        raise UserFault(findings)
    return made


def _as_python(value: object) -> object:
    """A value of the language as a function of Python takes it."""
    return [_as_python(item) for item in value] if isinstance(value, tuple) else value


def trust(modules: Sequence[str]) -> None:
    """Import modules that define custom objects. It runs their code, which the user asked for."""
    findings = Findings()
    for name in modules:
        load_tensorflow()
        _imported(name, findings)


def _imported(name: str, findings: Findings) -> Any:
    from importlib import import_module

    sys.path.insert(0, str(Path.cwd()))
    try:
        return import_module(name)
    except Exception as error:
        findings.add(codes.MODEL_FILE, f"the module `{name}` can't be imported: {_first_line(error)}")
        raise UserFault(findings) from error
    finally:
        sys.path.remove(str(Path.cwd()))


def _config_of(keras_model: Any, shown: str) -> Mapping[str, Any]:
    try:
        config: Mapping[str, Any] = json.loads(keras_model.to_json())
    except (TypeError, ValueError, NotImplementedError) as error:
        findings = Findings()
        findings.add(codes.MODEL_FILE, f"`{shown}` gives a model that can't be written down: {_first_line(error)}")
        raise UserFault(findings) from error
    return config


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


# ---- weights -------------------------------------------------------------------------------------


def load_keras_model(model: str) -> Any:
    """The Keras model in a file, with its weights, in Keras's safe mode. Raises UserFault where Keras refuses."""
    load_tensorflow()
    import keras

    findings = Findings()
    if Path(model).suffix.lower() not in (".keras", ".h5", ".hdf5"):
        findings.add(codes.MODEL_FILE, f"`{model}` holds no weights", expected="a .keras or .h5 file, or a function")
        raise UserFault(findings)
    try:
        return keras.saving.load_model(model, compile=False, safe_mode=True)
    except Exception as error:
        findings.add(codes.MODEL_FILE, f"Keras can't load the weights of `{model}`: {_first_line(error)}")
        raise UserFault(findings) from error


def read_again(brought: Brought) -> Spec:
    """The spec that was written, checked. Raises UserFault where it has a hole."""
    from nnc.check import check
    from nnc.source import Source
    from nnc.syntax import parse

    file, findings = parse(Source("<import>", brought.text))
    spec, found = check(file) if file is not None else (None, findings)
    if spec is None:
        raise UserFault(found)
    return spec


def copy_weights(brought: Brought, original: Any) -> Any:
    """The spec's model as nnc builds it, with the weights of the original: layer by layer, as they were imported."""
    from nnc.emit.keras_model import build_model

    spec = read_again(brought)
    built = build_model(spec, spec.model)
    for ours, theirs in zip(spec.model.layers, brought.source.layers, strict=True):
        layer = original
        for part in brought.imported.origins[theirs]:
            layer = layer.get_layer(part)
        built.get_layer(ours).set_weights(layer.get_weights())
    return built


def save_weights(brought: Brought, original: Any, path: Path) -> None:
    """Write the weights for the spec's model, as `nnc compile --weights` takes them."""
    built = copy_weights(brought, original)
    with beside(path) as made:
        built.save_weights(made)


def compile_with_weights(checked: Checked, settings: Settings, out: Path, weights: Path) -> None:
    """Write the spec's model with these weights as a `.keras` file. Raises UserFault where they are not its own."""
    checked = sized(checked, settings)
    spec = require(checked)
    model = choose_model(spec, settings.model)
    load_tensorflow()
    from nnc.emit.keras_model import build_model, save_model

    built = build_model(spec, model, seed=0)
    try:
        built.load_weights(weights)
    except Exception as error:
        findings = Findings()
        findings.add(
            codes.MODEL_FILE,
            f"`{weights}` does not hold the weights of `{checked.path}`: {_first_line(error)}",
            expected="a file that nnc import --weights or nnc train wrote for this spec",
        )
        raise UserFault(findings) from error
    with beside(out) as made:
        save_model(spec, model, made, built)
