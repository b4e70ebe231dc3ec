"""A checked spec as a Python module that builds the same model with Keras alone.

Every text that comes from the spec stands in it as a literal, a checked identifier, or a comment cleaned of what
could end it; `nnc/emit/python/code.py` lays it out as `ruff format` would.
"""

from __future__ import annotations

import ast
from pathlib import PurePath

from nnc.emit.names import MODULE_NAMES, Names, fn_names, scoring_fns, used_fns
from nnc.emit.python.code import comment
from nnc.emit.python.data import data_source, main_source
from nnc.emit.python.functions import MATCH_TARGETS, function_source
from nnc.emit.python.model import build_source, width_parameters
from nnc.emit.python.params import Constants
from nnc.emit.python.training import adapt_source, compile_source, train_source
from nnc.emit.python.written import structured
from nnc.graph import ModelGraph, Spec

_MAIN = """\
if __name__ == "__main__":
    build_model().summary()\
"""


def python_source(spec: Spec, model: ModelGraph) -> str:
    """The module's text: the fns that the model needs, `build_model`, and what the train section says.

    It passes `ruff check` and `ruff format --check` in their default configuration (line length 88).
    """
    definitions = _definitions(spec, model)
    body = "\n\n\n".join(definitions)
    gap = "\n\n\n" if definitions[0].startswith(("def ", "@")) else "\n\n"
    return f"{_docstring(spec, model)}\n\n{_imports(body)}{gap}{body}\n"


def _definitions(spec: Spec, model: ModelGraph) -> list[str]:
    fns = fn_names(spec)
    scores = scoring_fns(spec.train)
    seed = spec.train.seed if spec.train else None
    widths = width_parameters(model)
    constants = Constants(spec, Names({*MODULE_NAMES, *fns.values(), *widths.values()}))
    shaped = structured(spec, model, fns, widths, constants, seed=seed, scoring=scores)
    used = used_fns(spec, model, shaped.used_fns if shaped else ())
    definitions = [MATCH_TARGETS] if any(fn.name in scores and len(fn.parameters) == 2 for fn in used) else []
    definitions += [function_source(fn, spec, constants, scores=fn.name in scores) for fn in used]
    if shaped is None:
        definitions.append(build_source(model, fns, seed))
    else:
        definitions += shaped.functions
    adapts = adapt_source(model)
    definitions += adapts
    data = data_source(spec, model)
    if spec.train is not None:
        definitions += data or []
        definitions.append(compile_source(spec.train, model, fns, constants))
        definitions.append(train_source(spec, spec.train, fns, constants, data is not None))
    if spec.train is not None and data is not None:
        definitions.append(main_source(list(widths.values()), model, spec.train, adapts=bool(adapts)))
    elif not widths:
        definitions.append(_MAIN)
    at_the_top = constants.lines()
    return ["\n".join(at_the_top), *definitions] if at_the_top else definitions


def _docstring(spec: Spec, model: ModelGraph) -> str:
    file = comment(PurePath(spec.file.replace("\\", "/")).name)
    lines = [f'"""{comment(model.name)}, written by nnc from {file}.']
    if spec.data is not None and data_source(spec, model) is None:
        lines += ["", "The preparation of the data is not part of it: train() takes prepared arrays."]
    return "\n".join(lines) + ('"""' if len(lines) == 1 else '\n"""')


def _imports(body: str) -> str:
    """The imports that the body has a use for."""
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    from_keras = [name for name in ("layers", "ops") if name in used]
    standard = [f"import {name}" for name in ("math", "re") if name in used]
    standard += ["from pathlib import Path"] if "Path" in used else []
    groups = ["\n".join([*standard, ""])] if standard else []
    keras = ["import keras"] if "keras" in used else []
    if from_keras:
        keras.append(f"from keras import {', '.join(from_keras)}")
    tables = [f"import {name} as {short}" for name, short in (("numpy", "np"), ("pandas", "pd")) if short in used]
    learn = [
        f"from sklearn.{module} import {', '.join(found)}"
        for module, names in _SKLEARN.items()
        if (found := [name for name in names if name in used])
    ]
    if "datasets" in used:
        learn.insert(0, "from sklearn import datasets")
    pillow = [name for name in ("Image", "ImageOps") if name in used]
    if pillow:
        learn.insert(0, f"from PIL import {', '.join(pillow)}")
    plain = [line for line in (*keras[:1], *tables) if line.startswith("import")]
    return "\n".join([*groups, *plain, *keras[1:], *learn])


_SKLEARN = {"impute": ("SimpleImputer",), "preprocessing": ("MinMaxScaler", "RobustScaler", "StandardScaler")}
