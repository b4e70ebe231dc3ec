"""A spec whose widths hang on its table, checked again with the table's own: `[features]` becomes `[30]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnc import codes
from nnc.diagnostics import Findings, UserFault
from nnc.pipeline.front import Checked, Settings, check_source, choose_model, require

if TYPE_CHECKING:
    from nnc.data import Prepared, Table


def read_table(checked: Checked) -> Table:
    """The rows that the spec names. Raises UserFault where it names none or they can't be read."""
    from nnc.data import load_or_sample

    spec = require(checked)
    config = spec.data
    if config is None:
        findings = Findings()
        if spec.chosen is not None and spec.trained not in (spec.chosen, None):
            findings.add(
                codes.NOT_TRAINABLE,
                f"`data` and `train` of `{checked.source.name}` name the outputs of the model `{spec.trained}`,"
                f" so `{spec.chosen}` can't be trained",
                expected=f"sections by the outputs of `{spec.chosen}`:"
                f" {', '.join(output.name for output in spec.model.outputs)}",
                help="leave --model out, or write the other model into a file of its own",
            )
            raise UserFault(findings)
        findings.add(
            codes.NOT_TRAINABLE,
            f"`{checked.source.name}` has no data section, so there is nothing to train on",
            help='write data { source = csv("table.csv") target = ... }, or compile the model and train it yourself',
        )
        raise UserFault(findings)
    return load_or_sample(config, spec.train, checked.path.parent)


def prepare_and_check(checked: Checked, table: Table, settings: Settings) -> tuple[Checked, Prepared]:
    """The prepared table, and the spec with every shape checked again. Raises UserFault."""
    from nnc.data import prepare, widths

    spec = require(checked)
    model = choose_model(spec, settings.model)
    prepared = prepare(table, spec, model)
    again = check_source(checked.path, checked.source, settings, widths=widths(prepared, model.inputs))
    require(again)
    return again, prepared


def sized(checked: Checked, settings: Settings) -> Checked:
    """The spec with no width left open; the table is read only where one hangs on it. Raises UserFault."""
    model = choose_model(require(checked), settings.model)
    if all(one.features is None for one in model.inputs):
        return checked
    return prepare_and_check(checked, read_table(checked), settings)[0]
