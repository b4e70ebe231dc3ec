"""Random whole graphs: `nnc check` on the spec of a plan beside Keras built from the same plan.

Both must agree on acceptance, on every tensor's shape and dtype, and on every layer's kind and parameters, layer by
layer in the order of their first use. Where Keras builds what then fails on data, the data decides.
"""

from __future__ import annotations

import random

from tests.oracle.graph_draw import draw_plan
from tests.oracle.graph_keras import Built, InKeras, in_keras
from tests.oracle.graph_mutations import mutated
from tests.oracle.graph_plans import Plan
from tests.oracle.graph_spec import in_nnc, spec_of

# What becomes of a graph: the first four are agreements.
ACCEPTED, REFUSED = "accepted by both", "refused by both"
DATA = "built by Keras, fails on data; refused by nnc"
ROWS = "mixes the rows of a batch, as its results on data show; refused by nnc"
DIFFERS = "disagreements"


# How nnc says that rows would mix.
_OF_ROWS = ("batch", "each row has a vector")


def graph_outcome(rng: random.Random) -> tuple[str, str, bool]:
    """What becomes of a random graph, a text of what differs, and whether it was mutated."""
    plan, made = draw_plan(rng)
    if rng.random() < 0.5:
        return (*compared(plan, in_nnc(plan), made.built(), made), False)
    plan = mutated(rng, plan)
    return (*compared(plan, in_nnc(plan), *in_keras(plan)), True)


def compared(plan: Plan, ours: Built, theirs: Built, made: InKeras | None) -> tuple[str, str]:
    """The outcome of one plan, and a text of what differs."""
    text = f"{spec_of(plan)}nnc: %s\nKeras: %s"
    if made is None or theirs.wrong is not None:
        return (REFUSED, "") if ours.wrong else (DIFFERS, text % ("accepts", theirs.wrong))
    if ours.wrong is not None:
        try:
            mixes = made.run()
        except Exception:  # noqa: BLE001 - whatever TensorFlow raises, the data decides
            return DATA, ""
        # The only thing that a model may do in Keras and not in nnc, and only where it really does it.
        if mixes and any(words in ours.wrong for words in _OF_ROWS):
            return ROWS, ""
        return DIFFERS, text % (ours.wrong, "accepts")
    for own, their in ((ours.tensors, theirs.tensors), (ours.counts, theirs.counts)):
        if own != their:
            return DIFFERS, text % (own, their)
    return ACCEPTED, ""
