"""The layers: a table a family, put together here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from nnc.catalog.layers.spec import LayerSpec, RefusedSpec

__all__ = ["LayerSpec", "RefusedSpec", "specs"]


@cache
def specs() -> Mapping[str, LayerSpec | RefusedSpec]:
    """Every layer that has a line in a table, by name."""
    from nnc.catalog.layers import (
        attention,
        conv,
        merging,
        normalization,
        plain,
        pooling,
        recurrent,
        reshaping,
        wrappers,
    )

    families = (plain, reshaping, conv, pooling, normalization, merging, recurrent, attention, wrappers)
    return {spec.name: spec for family in families for spec in family.ROWS}
