"""The formatter writes Keras's canonical names, and leaves alone what a file calls by such a name itself."""

from __future__ import annotations

import pytest

from nnc.catalog.signatures import spellings
from nnc.pipeline.front import formatted
from nnc.source import Source


def layers_in(text: str) -> str:
    return formatted(Source("a.nn", text))


@pytest.mark.parametrize(("alias", "name"), [(w, n) for w, n in spellings("layers").items() if w != n])
def test_an_alias_becomes_the_canonical_name(alias, name):
    said = layers_in(f"model M {{\n  input x: [8]\n  output y = x -> {alias}(2)  # kept\n}}\n")
    assert f"x -> {name}(2)  # kept" in said


def test_a_block_of_that_name_keeps_it():
    text = "block MaxPool2D(n) {\n  input x\n  output y = x -> Dense(n)\n}\n\n"
    text += "model M {\n  input x: [8]\n  output y = x -> MaxPool2D(2)\n}\n"
    assert layers_in(text) == text
    assert layers_in('use "a.nn"\n\n' + text.split("\n\n")[1]) == 'use "a.nn"\n\n' + text.split("\n\n")[1]
