"""One line of a table of layers: what Keras's signature does not say."""

from __future__ import annotations

from dataclasses import field

from nnc.catalog.rows import Rule
from nnc.lean import dataclass


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """A layer's rule and traits; its arguments come from Keras's signature.

    `takes` says which dtypes its inputs may have: `floats`, `signed` (floats and whole numbers), `numbers` (truth
    values as well), `any` (text as well). Arguments, example and the other columns are those of `LayerRow`.
    """

    name: str
    doc: str
    rule: Rule
    example: str
    takes: str = "numbers"
    role: str = "other"
    units: str | None = None
    shown: tuple[str, ...] = field(default=())
    listed: bool = False
    nested: bool = False
    adapts: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class RefusedSpec:
    """A layer that can't stand in a spec: why, and what to write instead."""

    name: str
    doc: str
    refused: str
