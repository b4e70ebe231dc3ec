"""Warnings: what runs but is likely not meant. They are looked for only where there are no errors.

A lint is a code in `nnc/codes.py` and a function in one of the tables here: of an output, of a model, of the training.
It speaks only where it is certain: a false alarm is worse than a miss.
"""

from __future__ import annotations

from collections.abc import Callable

from nnc import graph
from nnc.check.files import Unit
from nnc.check.frame import Context
from nnc.check.lints import network, outputs, training
from nnc.check.lints.outputs import Output
from nnc.check.sections import Section

OF_OUTPUTS: tuple[Callable[[Output, Context], None], ...] = (
    outputs.logits_twice,
    outputs.no_probability,
    outputs.one_class,
    outputs.class_count,
    outputs.labels,
    outputs.accuracy_of_numbers,
    outputs.late_dropout,
)
OF_MODELS: tuple[Callable[[graph.ModelGraph, graph.Spec, Unit, Context], None], ...] = (
    network.softmax_of_one,
    network.idle_layers,
    network.unused_inputs,
)
OF_TRAINING: tuple[Callable[[graph.Spec, graph.TrainConfig, Section, Context], None], ...] = (
    training.watched,
    training.idle_callbacks,
    training.large_rate,
    training.large_batch,
    training.no_such_class,
)


def lint(spec: graph.Spec, section: Section | None, unit: Unit, context: Context) -> None:
    """Put every warning on the list."""
    for name, model in spec.models.items():
        train = spec.train if name == spec.trained else None
        for output in outputs.outputs_of(model, unit.models[name], train, section, spec):
            for of_output in OF_OUTPUTS:
                of_output(output, context)
        for of_model in OF_MODELS:
            of_model(model, spec, unit, context)
    if spec.train is not None and section is not None and spec.models:
        for of_training in OF_TRAINING:
            of_training(spec, spec.train, section, context)
    network.unused(unit, context)
