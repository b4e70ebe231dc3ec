"""shap's plots without its explainers: for a process that does nothing but draw.

`import shap` takes three seconds, nearly all of them for libraries that explainers need and the plots of a report don't
(scikit-learn, numba, pandas, parts of scipy). Here they are absent: names of theirs can be imported and stand for
nothing. Whatever a plot draws differently for it would show in the bytes, which a test compares with a whole shap's.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_ABSENT = ("sklearn", "numba", "pandas", "scipy.stats", "scipy.cluster", "scipy.spatial", "scipy.sparse")


class _Nothing:
    """What a name of an absent library gives: a class with no instances, a decorator that leaves nothing."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __call__(self, *_: Any, **__: Any) -> _Nothing:
        return self

    def __bool__(self) -> bool:
        return False


class _Absent(ModuleType):
    def __getattr__(self, name: str) -> type[_Nothing]:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (_Nothing,), {})


class _Finder:
    """Finds absent libraries and what is in them."""

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: object = None) -> ModuleSpec | None:
        if any(f"{name}.".startswith(f"{absent}.") for absent in _ABSENT):
            return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]  # it is a loader by its methods
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Absent(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


def load() -> None:
    """Put shap with its plots alone into this process. Raises ImportError where shap is none that this knows."""
    found = importlib.util.find_spec("shap")
    if found is None or found.submodule_search_locations is None:
        raise ImportError("shap is not installed")
    shap: Any = ModuleType("shap")
    shap.__path__ = list(found.submodule_search_locations)
    finder: Any = _Finder()
    sys.meta_path.insert(0, finder)
    sys.modules["shap"] = shap
    explanation = importlib.import_module("shap._explanation")
    shap.Explanation, shap.Cohorts = explanation.Explanation, explanation.Cohorts
    shap.plots = importlib.import_module("shap.plots")
