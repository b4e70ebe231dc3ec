"""A Keras model as an ONNX file, by Keras's own export, mended where that is known to go wrong, and tried out.

The file is written only if onnxruntime runs it and gives what Keras gives.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from nnc import codes
from nnc.diagnostics import Findings, UserFault

# How far onnxruntime's outputs may be from Keras's.
TOLERANCE = 1e-4
_ROWS = 3
_UNKNOWN_SIZE = 6


def save_onnx(model: keras.Model, outputs: Sequence[str], path: Path) -> None:
    """Write the model, its outputs under these names.

    Raises UserFault where a package is missing, or the model can't be said in ONNX.
    """
    onnx, runtime = _packages()
    rows = _rows(model)
    said = model(rows if len(rows) > 1 else rows[0])
    expected = {name: np.asarray(said[name] if isinstance(said, dict) else said) for name in outputs}
    try:
        _export(model, path)
        proto = onnx.load(path)
        _mend(proto, onnx)
        _name_outputs(proto, outputs)
        onnx.checker.check_model(proto)
        session = runtime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    except Exception as error:
        raise _fault(model, f"the converter says: {_first_line(error)}") from error
    fed = {item.name: row for item, row in zip(session.get_inputs(), rows, strict=True)}
    for (output, left), right in zip(expected.items(), session.run(None, fed), strict=True):
        if left.shape != right.shape or not np.allclose(left, right, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True):
            raise _fault(model, f"onnxruntime gives other numbers than Keras for the output `{output}`")
    onnx.save(proto, path)


def _packages() -> tuple[Any, Any]:
    try:
        import onnx
        import onnxruntime
        import tf2onnx  # noqa: F401 - Keras's export imports it, and says less clearly that it is missing
    except ImportError as error:
        findings = Findings()
        findings.add(
            codes.NEEDS_PACKAGE,
            f"writing .onnx needs the package `{error.name}`, which is not installed",
            help='install the extra: pip install "nnc[onnx]"',
        )
        raise UserFault(findings) from error
    return onnx, onnxruntime


def _export(model: keras.Model, path: Path) -> None:
    """Keras's export, without the messages of the converter: what is wrong is said by us."""
    for name in ("tf2onnx", "tf2onnx.tfonnx", "tf2onnx.tf_utils"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Keras writes beside what it is given, and wants the ending.
        model.export(path, format="onnx", verbose=False)


def _mend(proto: Any, onnx: Any) -> None:
    """`Erfc`, which the export writes for gelu and which ONNX has not, is 1 - Erf."""
    nodes = []
    for node in proto.graph.node:
        if node.op_type != "Erfc":
            nodes.append(node)
            continue
        inside = f"{node.output[0]}/erf"
        one = f"{node.output[0]}/one"
        nodes += [
            onnx.helper.make_node("Erf", [node.input[0]], [inside]),
            onnx.helper.make_node("CastLike", [_ONE, inside], [one]),
            onnx.helper.make_node("Sub", [one, inside], list(node.output)),
        ]
    if len(nodes) != len(proto.graph.node):
        proto.graph.initializer.append(onnx.helper.make_tensor(_ONE, onnx.TensorProto.FLOAT, [], [1.0]))
        del proto.graph.node[:]
        proto.graph.node.extend(nodes)


_ONE = "nnc/one"


def _name_outputs(proto: Any, names: Sequence[str]) -> None:
    """The outputs in the spec's order. Keras names several by their keys; a single one (`Identity:0`) gets its name."""
    outputs = proto.graph.output
    if len(names) == 1 and outputs[0].name != names[0]:
        taken = {name for node in proto.graph.node for name in node.output} | {item.name for item in proto.graph.input}
        wanted = names[0] if names[0] not in taken else f"{names[0]}_output"
        node = proto.graph.node.add()
        node.op_type = "Identity"
        node.input.append(outputs[0].name)
        node.output.append(wanted)
        outputs[0].name = wanted
    elif len(names) > 1:
        ordered = sorted(outputs, key=lambda item: names.index(item.name))
        del outputs[:]
        outputs.extend(ordered)


def _rows(model: keras.Model) -> list[Any]:
    """A few rows, the same each time; sizes that are not known are small, whole numbers 0 or 1."""
    random = np.random.default_rng(0)
    rows = []
    for tensor in model.inputs:
        shape = (_ROWS, *(size or _UNKNOWN_SIZE for size in tensor.shape[1:]))
        kind = keras.backend.standardize_dtype(tensor.dtype)
        if kind == "string":
            rows.append(np.full(shape, "a", dtype=object))
        else:
            whole = "int" in kind or kind == "bool"
            values = random.integers(0, 2, shape) if whole else random.normal(size=shape)
            rows.append(np.asarray(values).astype(kind))
    return rows


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)[:300]


def _fault(model: keras.Model, why: str) -> UserFault:
    findings = Findings()
    findings.add(
        codes.NOT_IN_ONNX,
        f"the model `{model.name}` can't be written as ONNX: {why}",
        help="compile to .keras, or to a folder (-o serving/) that TensorFlow Serving loads",
    )
    return UserFault(findings)
