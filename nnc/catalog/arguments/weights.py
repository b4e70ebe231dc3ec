"""The arguments of initializers, regularizers and constraints."""

from __future__ import annotations

from nnc.catalog.arguments.common import ABOVE_ZERO, AXES, AXIS, NOT_NEGATIVE, NUMBER, SEED, WINDOWS
from nnc.catalog.kinds import BOOL, Type, as_float, choice, many, optional

TYPES: dict[str, Type] = {
    "seed": SEED,
    "window": optional(WINDOWS),
    "scaling": optional(choice("density", "spectrum")),
    "periodic": BOOL,
    "value": NUMBER,
    "initializers:mean": NUMBER,
    "initializers:stddev": NUMBER,
    "initializers:scale": ABOVE_ZERO,
    "minval": NUMBER,
    "maxval": NUMBER,
    "gain": NUMBER,
    "VarianceScaling.mode": choice("fan_in", "fan_out", "fan_avg"),
    "distribution": choice("truncated_normal", "untruncated_normal", "uniform"),
    **dict.fromkeys(("input_axes", "output_axes"), optional(many(AXIS, "a list of axes", empty=False))),
    "side": optional(choice("real", "imag")),
    "OrthogonalRegularizer.mode": choice("rows", "columns"),
    "regularizers:factor": as_float(NOT_NEGATIVE),
    "regularizers:l1": NOT_NEGATIVE,
    "regularizers:l2": NOT_NEGATIVE,
    "max_value": NUMBER,
    "min_value": NUMBER,
    "constraints:axis": AXES,
    "constraints:rate": NUMBER,
}
