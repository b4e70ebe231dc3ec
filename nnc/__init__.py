"""nnc: a small language for neural networks, its compiler and its reporter.

    import nnc
    spec, findings = nnc.check_spec("deep_nn.nn", n_features=12)
    model = nnc.build_model("deep_nn.nn")
    print(nnc.python_source("deep_nn.nn"))
    nnc.make_report("breast_cancer.nn", "build/breast_cancer")

The names of `__all__` are the public interface; everything else may change. They are loaded when they are first asked
for, so that importing a part of nnc doesn't load the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnc.api import Diagnostic, RunFault, UserFault, build_model, check_spec, make_report, python_source

__all__ = ["Diagnostic", "RunFault", "UserFault", "build_model", "check_spec", "make_report", "python_source"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from nnc import api

        return getattr(api, name)
    raise AttributeError(f"module 'nnc' has no attribute {name!r}")
